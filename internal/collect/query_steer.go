package collect

import (
	"fmt"
	"slices"
	"time"

	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/billcode"
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/indicator"
	"github.com/sen-platform/sen/internal/rail"
	"github.com/sen-platform/sen/internal/vnd"
)

// What stands behind the figures of a facility, for people of the province: receipts and bills
// by number, amount and day, never a name (T3, T4, N3).

// Evidence is one payment as the figures count it: a receipt that holds.
type Evidence struct {
	Receipt  id.Receipt
	Year     int
	Number   int64
	BookedOn clock.Date // the day that decides its month
	IssuedAt time.Time
	Method   rail.Method
	Amount   vnd.Amount
	// Part is what of the amount belongs to the fee kind asked for; the whole amount otherwise.
	Part vnd.Amount
	Code billcode.Code
}

// No is the receipt's number as printed, 2026/0001234.
func (e Evidence) No() string { return Receipt{Year: e.Year, Number: e.Number}.No() }

// EvidenceFilter selects the payments behind one figure.
type EvidenceFilter struct {
	Facility id.Facility
	From, To string // months YYYY-MM, both included
	Method   rail.Method
	FeeKind  id.FeeKind // only payments of which a part goes to it
	// BeforeYear and BeforeNumber continue a list after that receipt.
	BeforeYear   int
	BeforeNumber int64
	Limit        int // 0 means all
}

// Payments lists the payments behind a figure, the highest receipt number first. more tells
// whether others follow; with a fee kind a page may hold fewer than Limit although they do.
// It takes one query, with a fee kind two.
func Payments(tx *db.Tx, f EvidenceFilter) (list []Evidence, more bool, err error) {
	c := &clauses{}
	c.add("r.facility_id = " + c.arg(f.Facility))
	c.add("r.state = 'valid'")
	c.add("c.booked_on >= " + c.arg(f.From+"-01"))
	c.add("c.booked_on <= " + c.arg(f.To+"-31"))
	// A receipt is issued when the money is reported, at the earliest bookedLate days before
	// the day it is booked on: the list needs not be walked to its beginning.
	c.add("r.year >= " + c.arg(clock.Date(f.From+"-01").AddDays(-bookedLate).Time().Year()))
	if f.Method != "" {
		c.add("r.method = " + c.arg(f.Method))
	}
	if f.FeeKind != 0 {
		c.add("exists (select 1 from bill_line l where l.bill_id = r.bill_id and l.fee_kind_id = " + c.arg(f.FeeKind) + ")")
	}
	if f.BeforeYear != 0 {
		c.add("(r.year, r.number) < (" + c.arg(f.BeforeYear) + ", " + c.arg(f.BeforeNumber) + ")")
	}
	limit := ""
	if f.Limit > 0 {
		limit = " limit " + c.arg(f.Limit+1)
	}
	bills := map[id.Receipt]id.Bill{}
	list, err = db.All(tx, `select r.id, r.year, r.number, c.booked_on, r.issued_at, r.method, r.amount, b.code, b.id
		from receipt r join credit c on c.id = r.credit_id join bill b on b.id = r.bill_id
		where `+c.text()+" order by r.year desc, r.number desc"+limit, c.args, func(r db.Rows, e *Evidence) error {
		var issued int64
		var b id.Bill
		err := r.Scan(&e.Receipt, &e.Year, &e.Number, &e.BookedOn, &issued, &e.Method, &e.Amount, &e.Code, &b)
		e.IssuedAt, e.Part = clock.FromMicros(issued), e.Amount
		bills[e.Receipt] = b
		return err
	})
	if f.Limit > 0 && len(list) > f.Limit {
		list, more = list[:f.Limit], true
	}
	if err != nil || f.FeeKind == 0 {
		return list, more, err
	}
	return list, more, splitEvidence(tx, list, bills, f.FeeKind)
}

// splitEvidence sets what of each payment goes to a fee kind, as the rollups divide it.
func splitEvidence(tx *db.Tx, list []Evidence, bills map[id.Receipt]id.Bill, fee id.FeeKind) error {
	for chunk := range slices.Chunk(list, factsStep) {
		ids := make([]id.Bill, len(chunk))
		for i, e := range chunk {
			ids[i] = bills[e.Receipt]
		}
		parts, err := bill.FeeParts(tx, ids)
		if err != nil {
			return err
		}
		for i := range chunk {
			shares, err := bill.SplitByFee(chunk[i].Amount, parts[ids[i]])
			if err != nil {
				return fmt.Errorf("receipt %v: %w", chunk[i].Receipt, err)
			}
			chunk[i].Part = 0
			for _, s := range shares {
				if s.FeeKind == fee {
					chunk[i].Part = s.Amount
				}
			}
		}
	}
	return nil
}

// BillSet is which bills stand behind a figure.
type BillSet string

// The sets, each as the figure of the same name counts them.
const (
	BillsIssued    BillSet = "issued"    // published in the months
	BillsCancelled BillSet = "cancelled" // cancelled in the months
	BillsSettled   BillSet = "settled"   // paid in full in the months
	BillsOpen      BillSet = "open"      // not paid in full at the end of the months
)

// Owed is one bill as the figures count it.
type Owed struct {
	Bill        id.Bill
	Code        billcode.Code
	PublishedOn clock.Date
	DueOn       clock.Date
	CancelledOn clock.Date
	SettledOn   clock.Date
	Total       vnd.Amount
	// Paid is what was booked on it by the end of the months.
	Paid vnd.Amount
	// Part is what of the total belongs to the fee kind asked for; the whole total otherwise.
	Part vnd.Amount
}

// Open is what the bill adds to what is outstanding at the end of a month (YYYY-MM), which must
// be the To it was asked for with: one bill or none, and the amount owed.
func (o Owed) Open(month string) indicator.Sum {
	by := func(d clock.Date) bool { return d != "" && d.Month() <= month }
	s := indicator.Sum{Amount: -o.Paid}
	if by(o.PublishedOn) && !by(o.CancelledOn) {
		s.Amount += o.Total
		if !by(o.SettledOn) {
			s.N = 1
		}
	}
	return s
}

// BillFilter selects the bills behind one figure.
type BillFilter struct {
	Facility id.Facility
	Set      BillSet
	From, To string     // months YYYY-MM; From does not matter to BillsOpen
	FeeKind  id.FeeKind // of BillsIssued and BillsCancelled: only bills of which a part goes to it
	Before   id.Bill    // continues a list after this bill
	Limit    int        // 0 means all
}

// Bills lists the bills behind a figure, newest first. more tells whether others follow; with a
// fee kind a page may hold fewer than Limit although they do. It takes one query, with a fee
// kind two.
func Bills(tx *db.Tx, f BillFilter) (list []Owed, more bool, err error) {
	c := &clauses{}
	facility, end := c.arg(f.Facility), c.arg(monthEnd(f.To))
	last := c.arg(f.To + "-31")
	c.add("b.facility_id = " + facility)
	c.add("b.published_at is not null")
	// A subquery over the facility's credits: allocations have no index by facility.
	paid := "select a.bill_id, sum(a.amount) as amount from credit c join allocation a on a.credit_id = c.id where c.facility_id = " + facility +
		" and c.booked_on <= " + last + " and a.kind = 'bill' and a.undone_at is null group by a.bill_id"
	within := func(col string) { c.add(col + " >= " + c.arg(monthStart(f.From)) + " and " + col + " < " + end) }
	switch f.Set {
	case BillsIssued:
		within("b.published_at")
	case BillsCancelled:
		within("b.cancelled_at")
	case BillsSettled:
		within("b.paid_at")
	case BillsOpen:
		c.add("(b.published_at < " + end + " and (b.cancelled_at is null or b.cancelled_at >= " + end + ") and (b.paid_at is null or b.paid_at >= " + end + ")" +
			" or coalesce(p.amount, 0) <> case when b.published_at < " + end + " and (b.cancelled_at is null or b.cancelled_at >= " + end + ") then b.total else 0 end)")
	default:
		return nil, false, fmt.Errorf("collect: no set of bills %q", f.Set)
	}
	if f.FeeKind != 0 {
		c.add("exists (select 1 from bill_line l where l.bill_id = b.id and l.fee_kind_id = " + c.arg(f.FeeKind) + ")")
	}
	if f.Before != 0 {
		c.add("b.id < " + c.arg(f.Before))
	}
	limit := ""
	if f.Limit > 0 {
		limit = " limit " + c.arg(f.Limit+1)
	}
	list, err = db.All(tx, `select b.id, b.code, b.published_at, b.due_on, coalesce(b.cancelled_at, 0), coalesce(b.paid_at, 0), b.total, cast(coalesce(p.amount, 0) as bigint)
		from bill b left join (`+paid+`) p on p.bill_id = b.id
		where `+c.text()+" order by b.id desc"+limit, c.args, scanOwed)
	if f.Limit > 0 && len(list) > f.Limit {
		list, more = list[:f.Limit], true
	}
	if err != nil || f.FeeKind == 0 {
		return list, more, err
	}
	nets, err := netByFee(tx, billsOf(list))
	for i := range list {
		list[i].Part = 0
		for _, p := range nets[list[i].Bill] {
			if p.FeeKind == f.FeeKind {
				list[i].Part = p.Amount
			}
		}
	}
	return list, more, err
}

func scanOwed(r db.Rows, o *Owed) error {
	var published, cancelled, settled int64
	err := r.Scan(&o.Bill, &o.Code, &published, &o.DueOn, &cancelled, &settled, &o.Total, &o.Paid)
	o.Part = o.Total
	o.PublishedOn, o.CancelledOn, o.SettledOn = dayOf(published), dayOf(cancelled), dayOf(settled)
	return err
}

// dayOf is the day of a stored instant; none for 0.
func dayOf(us int64) clock.Date {
	if us == 0 {
		return ""
	}
	return clock.DateOf(clock.FromMicros(us))
}

func billsOf(list []Owed) []bill.Bill {
	out := make([]bill.Bill, len(list))
	for i, o := range list {
		out[i].ID = o.Bill
	}
	return out
}

// monthStart and monthEnd are the instants at which a month begins in Viet Nam and at which
// the next one does.
func monthStart(month string) int64 { return clock.Micros(clock.Date(month + "-01").Time()) }

func monthEnd(month string) int64 {
	return clock.Micros(clock.Date(month+"-01").Time().AddDate(0, 1, 0))
}
