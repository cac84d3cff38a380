package collect

import (
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/rail"
)

// ReceiptFilter selects receipts of one facility for a list. Zero fields select everything.
type ReceiptFilter struct {
	Facility id.Facility // required
	Year     int
	Number   int64
	Method   rail.Method
	State    ReceiptState
	From, To clock.Date // days of issue
	Bills    []id.Bill  // only receipts of these; empty selects all
	// BeforeYear and BeforeNumber continue a list after that receipt.
	BeforeYear   int
	BeforeNumber int64
	Limit        int // 1 … 500; 0 means 50
}

// Receipts lists receipts by year and number, the highest first; more tells whether others follow.
func Receipts(tx *db.Tx, f ReceiptFilter) (list []Receipt, more bool, err error) {
	c := &clauses{}
	c.add("facility_id = " + c.arg(f.Facility))
	if f.Year != 0 {
		c.add("year = " + c.arg(f.Year))
	}
	if f.Number != 0 {
		c.add("number = " + c.arg(f.Number))
	}
	if f.Method != "" {
		c.add("method = " + c.arg(f.Method))
	}
	if f.State != "" {
		c.add("state = " + c.arg(f.State))
	}
	if f.From != "" {
		c.add("issued_at >= " + c.arg(clock.Micros(f.From.Time())))
	}
	if f.To != "" {
		c.add("issued_at < " + c.arg(clock.Micros(f.To.AddDays(1).Time())))
	}
	if len(f.Bills) > 0 {
		// Receipts of a bill are found through its allocations' credits (see ReceiptsOfBills).
		n := c.next(db.List(tx, f.Bills))
		c.add("credit_id in (select credit_id from allocation where bill_id <> 0 and " + tx.In("bill_id", n) + ") and " + tx.In("bill_id", n))
	}
	if f.BeforeYear != 0 {
		c.add("(year, number) < (" + c.arg(f.BeforeYear) + ", " + c.arg(f.BeforeNumber) + ")")
	}
	limit := f.Limit
	if limit <= 0 {
		limit = 50
	}
	limit = min(limit, 500)
	list, err = db.All(tx, "select "+receiptColumns+" from receipt where "+c.text()+" order by year desc, number desc limit "+c.arg(limit+1), c.args, scanReceipt)
	if len(list) > limit {
		return list[:limit], true, err
	}
	return list, false, err
}

// CashByKey finds the receipt of cash that was taken with a key (see Cash.Key);
// db.ErrNotFound when none was.
func CashByKey(tx *db.Tx, f id.Facility, key string) (Receipt, error) {
	rs, err := db.All(tx, "select "+receiptColumns+" from receipt where credit_id in (select id from credit where partner_ref = $1 and stream = $2) order by id limit 1",
		[]any{f.String() + ":" + key, streamCash}, scanReceipt)
	if err != nil {
		return Receipt{}, err
	}
	if len(rs) == 0 {
		return Receipt{}, db.ErrNotFound
	}
	return rs[0], nil
}
