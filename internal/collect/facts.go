package collect

import (
	"fmt"
	"maps"

	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/indicator"
	"github.com/sen-platform/sen/internal/ledger"
	"github.com/sen-platform/sen/internal/rail"
	"github.com/sen-platform/sen/internal/vnd"
)

// factsStep is how many rows are read at a time: a province has millions.
const factsStep = 5000

// Facts computes every rollup cell again from bills and allocations (invariant 6).
func Facts(tx *db.Tx) (indicator.Deltas, error) {
	d := indicator.Deltas{}
	if err := billFacts(tx, d); err != nil {
		return nil, err
	}
	if err := paymentFacts(tx, d); err != nil {
		return nil, err
	}
	maps.DeleteFunc(d, func(_ indicator.Cell, s indicator.Sum) bool { return s == indicator.Sum{} })
	return d, nil
}

func billFacts(tx *db.Tx, d indicator.Deltas) error {
	type row struct {
		id                         id.Bill
		facility                   id.Facility
		total                      vnd.Amount
		published, cancelled, paid int64
	}
	for last := id.Bill(0); ; {
		list, err := db.All(tx, `select id, facility_id, total, published_at, coalesce(cancelled_at, 0), coalesce(paid_at, 0)
			from bill where id > $1 and published_at is not null order by id limit $2`, []any{last, factsStep},
			func(r db.Rows, b *row) error {
				return r.Scan(&b.id, &b.facility, &b.total, &b.published, &b.cancelled, &b.paid)
			})
		if err != nil || len(list) == 0 {
			return err
		}
		last = list[len(list)-1].id
		bills := make([]bill.Bill, len(list))
		for i, b := range list {
			bills[i].ID = b.id
		}
		nets, err := netByFee(tx, bills)
		if err != nil {
			return err
		}
		for _, b := range list {
			if err := d.AddByFee(b.facility, monthOf(b.published), indicator.Issued, 1, nets[b.id]); err != nil {
				return err
			}
			if b.cancelled != 0 {
				if err := d.AddByFee(b.facility, monthOf(b.cancelled), indicator.Cancelled, 1, nets[b.id]); err != nil {
					return err
				}
			}
			if b.paid != 0 {
				if err := d.Add(indicator.Cell{Facility: b.facility, Month: monthOf(b.paid), Measure: indicator.Settled}, 1, b.total); err != nil {
					return err
				}
			}
		}
	}
}

func paymentFacts(tx *db.Tx, d indicator.Deltas) error {
	type row struct {
		id     id.Alloc
		bill   id.Bill
		at     id.Facility
		amount vnd.Amount
		on     clock.Date
		method rail.Method
	}
	for last := id.Alloc(0); ; {
		list, err := db.All(tx, `select a.id, a.bill_id, a.facility_id, a.amount, c.booked_on, c.method
			from allocation a join credit c on c.id = a.credit_id
			where a.id > $1 and a.kind = 'bill' and a.undone_at is null order by a.id limit $2`, []any{last, factsStep},
			func(r db.Rows, p *row) error { return r.Scan(&p.id, &p.bill, &p.at, &p.amount, &p.on, &p.method) })
		if err != nil || len(list) == 0 {
			return err
		}
		last = list[len(list)-1].id
		bills := make([]id.Bill, len(list))
		for i, p := range list {
			bills[i] = p.bill
		}
		parts, err := bill.FeeParts(tx, bills)
		if err != nil {
			return err
		}
		for _, p := range list {
			split, err := splitByFee(p.amount, 1, parts[p.bill])
			if err != nil {
				return fmt.Errorf("allocation %v: %w", p.id, err)
			}
			if err := d.AddByFee(p.at, p.on.Month(), indicator.Measure(p.method), 1, split); err != nil {
				return err
			}
		}
	}
}

func monthOf(us int64) string { return clock.DateOf(clock.FromMicros(us)).Month() }

// compareRollups lists the cells that differ from the facts.
func compareRollups(tx *db.Tx) ([]Finding, error) {
	facts, err := Facts(tx)
	if err != nil {
		return nil, err
	}
	kept, err := indicator.All(tx)
	if err != nil {
		return nil, err
	}
	var out []Finding
	differ := func(c indicator.Cell) {
		if k, f := kept[c], facts[c]; k != f && len(out) < findingsMax {
			out = append(out, Finding{6, "rollup", fmt.Sprintf("facility %v %s fee kind %v %s: kept %d/%d, facts %d/%d",
				c.Facility, c.Month, c.FeeKind, c.Measure, k.N, int64(k.Amount), f.N, int64(f.Amount))})
		}
	}
	for c := range kept {
		differ(c)
	}
	for c := range facts {
		if _, ok := kept[c]; !ok {
			differ(c)
		}
	}
	return out, nil
}

// bankDifferences compares the newest closing balance the bank gave for each account with the book's
// (invariant 5). A difference is an exception to be shown, not an error of the book.
func bankDifferences(tx *db.Tx) ([]Finding, error) {
	type row struct {
		account  id.Account
		facility id.Facility
		on       clock.Date
		closing  vnd.Amount
	}
	// A day's file may be imported again as it grows: the newest one speaks.
	list, err := db.All(tx, `select s.account_id, a.facility_id, s.to_on, s.closing from statement s join receiving_account a on a.id = s.account_id
		where s.closing is not null and s.closes_day and not exists (select 1 from statement t where t.account_id = s.account_id
			and t.closing is not null and t.closes_day and (t.to_on > s.to_on or (t.to_on = s.to_on and t.id > s.id)))
		order by s.account_id`, nil,
		func(r db.Rows, v *row) error { return r.Scan(&v.account, &v.facility, &v.on, &v.closing) })
	if err != nil {
		return nil, err
	}
	var out []Finding
	for _, v := range list {
		net, err := ledger.NetAt(tx, ledger.Account{Facility: v.facility, Kind: ledger.Bank, Ref: int64(v.account)}, v.on)
		if err != nil {
			return nil, err
		}
		if net != v.closing {
			out = append(out, Finding{5, "bank", fmt.Sprintf("account %v on %s: the bank says %d, the book %d", v.account, v.on, int64(v.closing), int64(net))})
		}
	}
	return out, nil
}
