package collect

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/sen-platform/sen/internal/audit"
	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/event"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/indicator"
	"github.com/sen-platform/sen/internal/ledger"
	"github.com/sen-platform/sen/internal/vnd"
)

// Actor is who does something: a user of the desk, or a program.
type Actor struct {
	User id.User // 0 for a program
	Name string  // for the audit log: "usr_…", "key_…", "hook", "system"
}

// System is Sen itself.
var System = Actor{Name: "system"}

// work gathers what one transaction will write. All of it carries one instant.
type work struct {
	s     *Service
	now   time.Time
	actor Actor

	created  []*Credit // new credits
	changed  []*Credit // credits whose parts moved
	allocs   []Allocation
	undone   []Allocation
	entries  []ledger.Entry
	bills    map[id.Bill]*touched
	receipts []*Receipt
	reversed []Allocation // allocations whose receipt no longer holds
	deltas   indicator.Deltas
	rolls    []roll
	events   []event.Event
	audits   []audit.Record
}

// touched is a bill whose paid moves in this transaction.
type touched struct {
	*bill.Payable
	before vnd.Amount // Paid as the database has it
	paidBy []id.Credit
}

// roll is a payment to be counted once the fee kinds of its bill are known.
type roll struct {
	bill   *bill.Payable
	month  string
	method indicator.Measure
	amount vnd.Amount
	n      int64
}

func (s *Service) newWork(actor Actor) *work {
	return &work{s: s, now: s.clk.Now(), actor: actor, bills: map[id.Bill]*touched{}, deltas: indicator.Deltas{}}
}

// touch registers a locked bill; all changes go to the one copy.
func (w *work) touch(p *bill.Payable) *bill.Payable {
	if t, ok := w.bills[p.ID]; ok {
		return t.Payable
	}
	w.bills[p.ID] = &touched{Payable: p, before: p.Paid}
	return p
}

// arrival is the ledger account where a credit's money is when it arrives.
func arrival(c *Credit) ledger.Account {
	if c.Stream == streamCash {
		return acc(c.Facility, ledger.CashDesk)
	}
	return ledger.Account{Facility: c.Facility, Kind: ledger.Bank, Ref: int64(c.Account)}
}

func acc(f id.Facility, k ledger.Kind) ledger.Account { return ledger.Account{Facility: f, Kind: k} }

// pay puts a part of a credit on a bill: allocation, receipt, figures. The posting goes into
// the entry e, from the account the money is taken out of.
func (w *work) pay(c *Credit, p *bill.Payable, amount vnd.Amount, rule, evidence, note string, e *ledger.Entry, kind string, from ledger.Account) error {
	p = w.touch(p)
	if amount <= 0 || amount > p.Open() {
		return fmt.Errorf("%w: %d on a bill that owes %d", ErrAmount, int64(amount), int64(p.Open()))
	}
	a := Allocation{
		ID: id.New[id.Alloc](w.s.ids), Facility: c.Facility, Credit: c.ID, Kind: "bill", Bill: p.ID, Amount: amount,
		Rule: rule, Evidence: evidence, At: w.now, By: w.actor.User, Note: note,
	}
	w.allocs = append(w.allocs, a)
	e.Postings = append(e.Postings, ledger.Posting{
		Kind: kind, Debit: from, Credit: acc(c.Facility, ledger.AR), Amount: amount, Bill: p.ID, ByCredit: c.ID,
	})
	p.Paid += amount
	w.bills[p.ID].paidBy = append(w.bills[p.ID].paidBy, c.ID)
	c.Allocated += amount
	if p.Open() == 0 {
		w.settle(p, 1)
	}
	w.rolls = append(w.rolls, roll{p, c.BookedOn.Month(), indicator.Measure(c.Method), amount, 1})
	w.receipts = append(w.receipts, &Receipt{
		ID: id.New[id.Receipt](w.s.ids), Facility: c.Facility, Allocation: a.ID, Credit: c.ID, Bill: p.ID,
		Amount: amount, Method: c.Method, IssuedAt: w.now, State: ReceiptValid,
	})
	what := event.BillPartPaid
	if p.Open() == 0 {
		what = event.BillPaid
	}
	w.event(c.Facility, what, int64(p.ID), `"bill":"`+p.ID.String()+`","code":"`+string(p.Code)+`","credit":"`+c.ID.String()+
		`","amount":`+strconv.FormatInt(int64(amount), 10)+`,"open":`+strconv.FormatInt(int64(p.Open()), 10)+`,"method":"`+string(c.Method)+`"`)
	return nil
}

// settle counts a bill as paid in full (n = 1) or no longer (n = −1), in the month it became so.
func (w *work) settle(p *bill.Payable, n int64) {
	if n > 0 {
		p.PaidAt = clock.Micros(w.now)
	}
	cell := indicator.Cell{Facility: p.Facility, Month: clock.DateOf(clock.FromMicros(p.PaidAt)).Month(), Measure: indicator.Settled}
	sum := w.deltas[cell]
	w.deltas[cell] = indicator.Sum{N: sum.N + n, Amount: sum.Amount + vnd.Amount(n)*p.Total}
	if n < 0 {
		p.PaidAt = 0
	}
}

// keep makes a part of a credit payer's credit.
func (w *work) keep(c *Credit, amount vnd.Amount, of id.Bill, rule, evidence, note string, e *ledger.Entry, kind string, from ledger.Account) {
	w.allocs = append(w.allocs, Allocation{
		ID: id.New[id.Alloc](w.s.ids), Facility: c.Facility, Credit: c.ID, Kind: "surplus", Bill: of, Amount: amount,
		Rule: rule, Evidence: evidence, At: w.now, By: w.actor.User, Note: note,
	})
	e.Postings = append(e.Postings, ledger.Posting{
		Kind: kind, Debit: from, Credit: acc(c.Facility, ledger.PayerCredit), Amount: amount, ByCredit: c.ID,
	})
	c.Surplus += amount
}

func (w *work) event(f id.Facility, kind string, subject int64, fields string) {
	w.events = append(w.events, event.Event{Facility: f, Kind: kind, Subject: subject, At: w.now, Data: "{" + fields + "}"})
}

func (w *work) entry(on clock.Date) ledger.Entry {
	return ledger.Entry{ID: id.New[id.Entry](w.s.ids), At: w.now, BookedOn: on, By: w.actor.User}
}

func (w *work) audit(action, subject string, f id.Facility, detail any) error {
	r, err := audit.New(w.now, w.actor.Name, action, subject, f, detail)
	if err != nil {
		return err
	}
	w.audits = append(w.audits, r)
	return nil
}

// flush writes everything. Hot rows (balances, rollup cells, series, counters) are touched
// once each, the counters last, because they are held until the commit.
func (w *work) flush(tx *db.Tx) error {
	if err := w.writeCredits(tx); err != nil {
		return err
	}
	if err := w.writeAllocations(tx); err != nil {
		return err
	}
	if err := w.writeBills(tx); err != nil {
		return err
	}
	if err := w.s.book.Post(tx, w.entries); err != nil {
		return err
	}
	if err := w.writeReceipts(tx); err != nil {
		return err
	}
	if err := w.writeRollups(tx); err != nil {
		return err
	}
	if err := event.Append(tx, w.events); err != nil {
		return err
	}
	if err := audit.Append(tx, w.audits...); err != nil {
		return err
	}
	evs := w.events
	tx.OnCommit(func() { w.s.hub.wake(evs) })
	return nil
}

// creditFields are the columns of a new credit. Those whose value is the schema's default
// for all credits of a batch are left out of the statement: most memos come without
// virtual account, order or RF reference.
var creditFields = []struct {
	name     string
	optional bool
	fallback any
	of       func(*Credit) any
}{
	{"id", false, nil, func(c *Credit) any { return int64(c.ID) }},
	{"stream", false, nil, func(c *Credit) any { return c.Stream }},
	{"partner_ref", false, nil, func(c *Credit) any { return c.PartnerRef }},
	{"facility_id", false, nil, func(c *Credit) any { return int64(c.Facility) }},
	{"account_id", false, nil, func(c *Credit) any { return int64(c.Account) }},
	{"method", false, nil, func(c *Credit) any { return string(c.Method) }},
	{"amount", false, nil, func(c *Credit) any { return int64(c.Amount) }},
	{"booked_on", false, nil, func(c *Credit) any { return string(c.BookedOn) }},
	{"occurred_at", false, nil, func(c *Credit) any {
		if c.OccurredAt.IsZero() {
			return int64(0)
		}
		return clock.Micros(c.OccurredAt)
	}},
	{"received_at", false, nil, func(c *Credit) any { return clock.Micros(c.ReceivedAt) }},
	{"memo", false, nil, func(c *Credit) any { return c.Memo }},
	{"payer_name", true, "", func(c *Credit) any { return c.PayerName }},
	{"payer_account", true, "", func(c *Credit) any { return c.PayerAccount }},
	{"payer_bank", true, "", func(c *Credit) any { return c.PayerBank }},
	{"bank_ref", true, "", func(c *Credit) any { return c.BankRef }},
	{"virtual_account", true, "", func(c *Credit) any { return c.VirtualAccount }},
	{"order_id", true, "", func(c *Credit) any { return c.OrderID }},
	{"rf", true, "", func(c *Credit) any { return c.RF }},
	{"bank_key", false, nil, func(c *Credit) any { return c.bankKey }},
	{"text_key", false, nil, func(c *Credit) any { return c.textKey }},
	{"status", false, nil, func(c *Credit) any { return string(c.Status) }},
	{"reason", true, "", func(c *Credit) any { return string(c.Reason) }},
	{"allocated", true, int64(0), func(c *Credit) any { return int64(c.Allocated) }},
	{"surplus", true, int64(0), func(c *Credit) any { return int64(c.Surplus) }},
	{"suspense", true, int64(0), func(c *Credit) any { return int64(c.Suspense) }},
	{"returned", true, int64(0), func(c *Credit) any { return int64(c.Returned) }},
	{"reversed", true, int64(0), func(c *Credit) any { return int64(c.Reversed) }},
	{"file_id", true, nil, func(c *Credit) any {
		if c.File == 0 {
			return nil
		}
		return int64(c.File)
	}},
	{"raw_sha256", true, "", func(c *Credit) any { return c.RawSHA256 }},
}

func (w *work) insertCredits(tx *db.Tx) error {
	var cols []string
	var fields []func(*Credit) any
	for _, f := range creditFields {
		if !f.optional || slices.ContainsFunc(w.created, func(c *Credit) bool { return f.of(c) != f.fallback }) {
			cols, fields = append(cols, f.name), append(fields, f.of)
		}
	}
	withRaw := slices.ContainsFunc(w.created, func(c *Credit) bool { return c.raw != nil })
	if withRaw {
		cols = append(cols, "raw")
	}
	rows := make([][]any, len(w.created))
	for i, c := range w.created {
		row := make([]any, 0, len(cols))
		for _, f := range fields {
			row = append(row, f(c))
		}
		if withRaw {
			var raw any
			if c.raw != nil {
				raw = c.raw
			}
			row = append(row, raw)
		}
		rows[i] = row
	}
	return tx.Insert("credit", cols, rows)
}

func (w *work) writeCredits(tx *db.Tx) error {
	if err := w.insertCredits(tx); err != nil {
		return err
	}
	var rows [][]any
	for _, c := range w.changed {
		rows = append(rows, []any{
			int64(c.ID), string(c.Status), string(c.Reason),
			int64(c.Allocated), int64(c.Surplus), int64(c.Suspense), int64(c.Returned), int64(c.Reversed),
		})
	}
	_, err := tx.ExecMany(`update credit set status = $2, reason = $3, allocated = $4, surplus = $5, suspense = $6,
		returned = $7, reversed = $8 where id = $1`, rows)
	return err
}

func (w *work) writeAllocations(tx *db.Tx) error {
	rows := make([][]any, len(w.allocs))
	for i, a := range w.allocs {
		rows[i] = []any{
			int64(a.ID), int64(a.Facility), int64(a.Credit), a.Kind, int64(a.Bill), int64(a.Amount),
			a.Rule, a.Evidence, clock.Micros(a.At), int64(a.By), a.Note,
		}
	}
	if err := tx.Insert("allocation", []string{
		"id", "facility_id", "credit_id", "kind", "bill_id", "amount", "rule", "evidence", "at", "by_user", "note",
	}, rows); err != nil {
		return err
	}
	rows = rows[:0]
	for _, a := range w.undone {
		rows = append(rows, []any{int64(a.ID), clock.Micros(w.now), int64(w.actor.User)})
	}
	n, err := tx.ExecMany("update allocation set undone_at = $2, undone_by = $3 where id = $1 and undone_at is null", rows)
	if err == nil && n != int64(len(rows)) {
		return fmt.Errorf("%w: an allocation was undone before", ErrState)
	}
	return err
}

func (w *work) writeBills(tx *db.Tx) error {
	changes := make([]bill.PaidChange, 0, len(w.bills))
	for _, t := range w.bills {
		if t.Paid != t.before || len(t.paidBy) > 0 {
			changes = append(changes, bill.PaidChange{Bill: t.ID, Delta: t.Paid - t.before, At: t.PaidAt, Credits: t.paidBy})
		}
	}
	slices.SortFunc(changes, func(a, b bill.PaidChange) int { return cmp.Compare(a.Bill, b.Bill) })
	return bill.ChangePaid(tx, changes)
}

// writeRollups turns payments into cells. Bills of one fee kind, the usual case, need no look-up.
func (w *work) writeRollups(tx *db.Tx) error {
	var mixed []id.Bill
	for _, r := range w.rolls {
		if r.bill.SoleFee == 0 {
			mixed = append(mixed, r.bill.ID)
		}
	}
	parts, err := bill.FeeParts(tx, mixed)
	if err != nil {
		return err
	}
	for _, r := range w.rolls {
		split := []indicator.FeePart{{FeeKind: r.bill.SoleFee, Amount: r.amount * vnd.Amount(r.n)}}
		if r.bill.SoleFee == 0 {
			if split, err = splitByFee(r.amount, r.n, parts[r.bill.ID]); err != nil {
				return err
			}
		}
		if err := w.deltas.AddByFee(r.bill.Facility, r.month, r.method, r.n, split); err != nil {
			return err
		}
	}
	return w.deltas.Write(tx)
}

// splitByFee is a payment's parts by fee kind; n = −1 takes them back.
func splitByFee(amount vnd.Amount, n int64, parts []bill.FeePart) ([]indicator.FeePart, error) {
	shares, err := bill.SplitByFee(amount, parts)
	if err != nil {
		return nil, err
	}
	out := make([]indicator.FeePart, len(shares))
	for i, p := range shares {
		out[i] = indicator.FeePart{FeeKind: p.FeeKind, Amount: p.Amount * vnd.Amount(n)}
	}
	return out, nil
}

// digest covers what is signed of new credits: the audit record of a batch holds it, so a
// credit that is changed or removed later is found out (invariant 7).
func digest(cs []*Credit) string {
	h := sha256.New()
	for _, c := range cs {
		fmt.Fprintf(h, "%d|%d|%d|%d|%s|%d:%s|%d:%s\n", int64(c.ID), int64(c.Facility), int64(c.Account), int64(c.Amount), c.BookedOn,
			len(c.Stream), c.Stream, len(c.PartnerRef), c.PartnerRef)
	}
	return hex.EncodeToString(h.Sum(nil))
}
