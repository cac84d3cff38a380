package collect

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/sen-platform/sen/internal/audit"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
)

// Finding is one thing that is wrong.
type Finding struct {
	// Invariant is its number in the design, section 7; 0 for a reference that leads nowhere.
	Invariant int    `json:"invariant"`
	What      string `json:"what"`
	Text      string `json:"text"`
}

// Report is what Verify found. Notes are differences that the design allows as long as they
// are shown: a bank's closing balance that the book does not reach.
type Report struct {
	Checks   int       `json:"checks"`
	Findings []Finding `json:"findings"`
	Notes    []Finding `json:"notes"`
}

// Clean reports whether nothing is wrong.
func (r Report) Clean() bool { return len(r.Findings) == 0 }

// findingsMax bounds how many findings of one check are listed.
const findingsMax = 20

// a check is a query whose rows are findings: one text column each.
type check struct {
	invariant int
	what      string
	sql       string
}

// standing selects what each credit's standing allocations sum to, by kind.
const standing = `select credit_id,
	sum(case when kind = 'bill' then amount else 0 end) as on_bills,
	sum(case when kind = 'surplus' then amount else 0 end) as surplus,
	sum(case when kind = 'return' then amount else 0 end) as returned
	from allocation where undone_at is null group by credit_id`

// arrived is what each credit's postings moved into the accounts where money arrives.
const arrived = `select p.credit_id,
	sum(case when d.kind in ('bank','cash','psp') then p.amount else 0 end) - sum(case when c.kind in ('bank','cash','psp') then p.amount else 0 end) as amount
	from posting p join ledger_account d on d.id = p.debit join ledger_account c on c.id = p.credit
	where p.credit_id <> 0 group by p.credit_id`

// receivables is what the book says each bill owes.
const receivables = `select p.bill_id, sum(case when d.kind = 'ar' then p.amount else 0 end) - sum(case when c.kind = 'ar' then p.amount else 0 end) as owed
	from posting p join ledger_account d on d.id = p.debit join ledger_account c on c.id = p.credit
	where p.bill_id <> 0 group by p.bill_id`

// sums is every account's postings per day.
const sums = `select account_id, booked_on, cast(sum(debit) as bigint) as debit, cast(sum(credit) as bigint) as credit from (
	select debit as account_id, booked_on, amount as debit, 0 as credit from posting
	union all select credit, booked_on, 0, amount from posting) x group by account_id, booked_on`

var checks = []check{
	{1, "balance", `select 'account ' || account_id || ' on ' || booked_on || ': kept ' || b.debit || '/' || b.credit || ', postings ' || coalesce(s.debit, 0) || '/' || coalesce(s.credit, 0)
		from ledger_balance b left join (` + sums + `) s using (account_id, booked_on) where b.debit <> coalesce(s.debit, 0) or b.credit <> coalesce(s.credit, 0)`},
	{1, "balance_missing", `select 'account ' || s.account_id || ' on ' || s.booked_on || ' has postings and no balance'
		from (` + sums + `) s where not exists (select 1 from ledger_balance b where b.account_id = s.account_id and b.booked_on = s.booked_on)`},
	{1, "posting", `select 'entry ' || p.entry_id || '/' || p.n || ': its accounts are missing or of another facility'
		from posting p left join ledger_account d on d.id = p.debit left join ledger_account c on c.id = p.credit
		where d.id is null or c.id is null or d.facility_id <> p.facility_id or c.facility_id <> p.facility_id or p.debit = p.credit`},
	{2, "receivable", `select 'bill ' || b.code || ': owes ' || (b.total - b.paid) || ', the book says ' || coalesce(r.owed, 0)
		from bill b left join (` + receivables + `) r on r.bill_id = b.id
		where coalesce(r.owed, 0) <> case when b.state = 'published' then b.total - b.paid else 0 end`},
	{2, "paid", `select 'bill ' || b.code || ': paid ' || b.paid || ', allocations ' || coalesce(a.amount, 0)
		from bill b left join (select bill_id, sum(amount) as amount from allocation where kind = 'bill' and undone_at is null group by bill_id) a on a.bill_id = b.id
		where b.paid <> coalesce(a.amount, 0)`},
	{2, "paid_by", `select 'bill ' || b.code || ' does not list credit ' || a.credit_id
		from allocation a join bill b on b.id = a.bill_id where a.kind = 'bill' and b.credit_ids || ' ' not like '% ' || a.credit_id || ' %'`},
	{2, "paid_at", `select 'bill ' || code || ': paid ' || paid || ' of ' || total || ' and paid_at does not fit'
		from bill where (paid_at is not null) <> (state = 'published' and total > 0 and paid = total)`},
	{3, "posted_once", `select 'credit ' || c.id || ' (' || c.stream || ' ' || c.partner_ref || '): ' || (c.amount - c.reversed) || ', the book has ' || coalesce(p.amount, 0)
		from credit c left join (` + arrived + `) p on p.credit_id = c.id where c.amount - c.reversed <> coalesce(p.amount, 0)`},
	{3, "unique", `select stream || ' ' || partner_ref || ' is booked ' || count(*) || ' times' from credit group by stream, partner_ref having count(*) > 1`},
	{4, "parts", `select 'credit ' || c.id || ': its parts do not add up to its allocations'
		from credit c left join (` + standing + `) a on a.credit_id = c.id
		where c.allocated <> coalesce(a.on_bills, 0) or c.surplus <> coalesce(a.surplus, 0) or c.returned <> coalesce(a.returned, 0)
		or c.allocated + c.surplus + c.suspense + c.returned + c.reversed <> c.amount`},
	{4, "facility", `select 'allocation ' || a.id || ': credit, bill and allocation are not of one facility'
		from allocation a left join credit c on c.id = a.credit_id left join bill b on b.id = a.bill_id
		where c.id is null or c.facility_id <> a.facility_id or (a.kind = 'bill' and (b.id is null or b.facility_id <> a.facility_id))`},
	{0, "receipt", `select 'allocation ' || a.id || ' stands and has ' || count(r.id) || ' valid receipts'
		from allocation a left join receipt r on r.credit_id = a.credit_id and r.allocation_id = a.id and r.state = 'valid'
		where a.kind = 'bill' and a.undone_at is null group by a.id having count(r.id) <> 1`},
	{0, "receipt_amount", `select 'receipt ' || r.id || ' says ' || r.amount || ', its allocation ' || coalesce(a.amount, 0)
		from receipt r left join allocation a on a.id = r.allocation_id where a.id is null or a.amount <> r.amount
		or (r.state = 'valid') <> (a.undone_at is null)`},
	{0, "receipt_series", `select 'facility ' || s.facility_id || ', ' || s.year || ': series at ' || s.last || ', ' || count(r.id) || ' receipts up to ' || coalesce(max(r.number), 0)
		from receipt_series s left join receipt r on r.facility_id = s.facility_id and r.year = s.year
		group by s.facility_id, s.year, s.last having count(r.id) <> s.last or coalesce(max(r.number), 0) <> s.last or coalesce(min(r.number), 1) <> 1`},
	{0, "reference", `select 'posting ' || p.entry_id || '/' || p.n || ' names a credit or bill that is not there'
		from posting p where (p.credit_id <> 0 and not exists (select 1 from credit c where c.id = p.credit_id))
		or (p.bill_id <> 0 and not exists (select 1 from bill b where b.id = p.bill_id))`},
}

// Verify proves the invariants of the design, section 7, over the whole store, from one
// snapshot. It changes nothing and may run while the store is in use. step, when not nil,
// is told the name of each check before it runs.
func (s *Service) Verify(ctx context.Context, step func(name string)) (Report, error) {
	var rep Report
	err := s.db.View(ctx, func(tx *db.Tx) error {
		rep = Report{}
		begin := func(name string) {
			rep.Checks++
			if step != nil {
				step(name)
			}
		}
		for _, c := range checks {
			begin(c.what)
			found, err := findings(tx, c)
			if err != nil {
				return fmt.Errorf("check %s: %w", c.what, err)
			}
			rep.Findings = append(rep.Findings, found...)
		}
		begin("bank")
		notes, err := bankDifferences(tx)
		if err != nil {
			return fmt.Errorf("check bank: %w", err)
		}
		rep.Notes = notes
		begin("rollup")
		found, err := compareRollups(tx)
		if err != nil {
			return fmt.Errorf("check rollup: %w", err)
		}
		rep.Findings = append(rep.Findings, found...)
		begin("audit")
		if err := s.verifyAudit(tx); err != nil {
			if !errors.Is(err, errTampered) {
				return fmt.Errorf("check audit: %w", err)
			}
			rep.Findings = append(rep.Findings, Finding{7, "audit", err.Error()})
		}
		return nil
	})
	return rep, err
}

func findings(tx *db.Tx, c check) ([]Finding, error) {
	return db.All(tx, c.sql+fmt.Sprintf(" limit %d", findingsMax), nil, func(r db.Rows, f *Finding) error {
		f.Invariant, f.What = c.invariant, c.what
		return r.Scan(&f.Text)
	})
}

var errTampered = errors.New("the record was changed")

// verifyAudit walks the chain and checks every credit that a record vouches for.
func (s *Service) verifyAudit(tx *db.Tx) error {
	var credits int64
	type batch struct {
		seq    int64
		ids    []id.Credit
		digest string
	}
	var pending []batch
	flush := func() error {
		var ids []id.Credit
		for _, b := range pending {
			ids = append(ids, b.ids...)
		}
		list, err := db.All(tx, "select "+creditColumns+" from credit where "+tx.In("id", 1), []any{db.List(tx, ids)}, scanCredit)
		if err != nil {
			return err
		}
		byID := make(map[id.Credit]*Credit, len(list))
		for i := range list {
			byID[list[i].ID] = &list[i]
		}
		for _, b := range pending {
			cs := make([]*Credit, 0, len(b.ids))
			for _, c := range b.ids {
				if byID[c] == nil {
					return fmt.Errorf("%w: credit %v of audit record %d is gone", errTampered, c, b.seq)
				}
				cs = append(cs, byID[c])
			}
			if digest(cs) != b.digest {
				return fmt.Errorf("%w: a credit of audit record %d", errTampered, b.seq)
			}
		}
		pending = pending[:0]
		return nil
	}
	n := 0
	err := audit.Verify(tx, func(r audit.Record) error {
		if r.Action != actionReceive {
			return nil
		}
		var v vouched
		if err := json.Unmarshal([]byte(r.Detail), &v); err != nil {
			return fmt.Errorf("%w: audit record %d cannot be read", errTampered, r.Seq)
		}
		b := batch{seq: r.Seq, digest: v.SHA256}
		var last int64
		for _, d := range v.Credits {
			last += d
			b.ids = append(b.ids, id.Credit(last))
		}
		credits += int64(len(b.ids))
		pending = append(pending, b)
		if n += len(b.ids); n >= 2000 {
			n = 0
			return flush()
		}
		return nil
	})
	if err == nil {
		err = flush()
	}
	if err != nil {
		if errors.Is(err, audit.ErrBroken) {
			return fmt.Errorf("%w: %w", errTampered, err)
		}
		return err
	}
	var stored int64
	if err := tx.Row("select count(*) from credit", nil, &stored); err != nil {
		return err
	}
	if stored != credits {
		return fmt.Errorf("%w: %d credits, the audit log vouches for %d", errTampered, stored, credits)
	}
	return nil
}
