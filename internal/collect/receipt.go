package collect

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/rail"
	"github.com/sen-platform/sen/internal/vnd"
)

// ReceiptState is whether a receipt still holds.
type ReceiptState string

// The states of a receipt. Numbers are never reused: a reversed receipt keeps its own.
const (
	ReceiptValid    ReceiptState = "valid"
	ReceiptReversed ReceiptState = "reversed"
)

// Receipt is proof to the payer of one payment of one bill (biên lai).
type Receipt struct {
	ID         id.Receipt
	Facility   id.Facility
	Year       int   // of issue, in Viet Nam
	Number     int64 // 1, 2, 3 … per facility and year, without gaps
	Allocation id.Alloc
	Credit     id.Credit
	Bill       id.Bill
	Amount     vnd.Amount
	Method     rail.Method
	IssuedAt   time.Time
	State      ReceiptState
	ReversedAt time.Time
	Copies     int64 // how often it was printed again
}

// No is the number as printed, 2026/0001234.
func (r Receipt) No() string { return fmt.Sprintf("%d/%07d", r.Year, r.Number) }

const receiptColumns = "id, facility_id, year, number, allocation_id, credit_id, bill_id, amount, method, issued_at, state, coalesce(reversed_at, 0), copies"

func scanReceipt(r db.Rows, v *Receipt) error {
	var issued, reversed int64
	err := r.Scan(&v.ID, &v.Facility, &v.Year, &v.Number, &v.Allocation, &v.Credit, &v.Bill, &v.Amount, &v.Method, &issued, &v.State, &reversed, &v.Copies)
	v.IssuedAt = clock.FromMicros(issued)
	if reversed != 0 {
		v.ReversedAt = clock.FromMicros(reversed)
	}
	return err
}

// writeReceipts numbers and writes the new receipts. The series row is moved once per
// facility and transaction, inside it: a rollback gives the numbers back, so there are no
// gaps, and the row's lock keeps two transactions from drawing the same.
func (w *work) writeReceipts(tx *db.Tx) error {
	if len(w.reversed) > 0 {
		rows := make([][]any, len(w.reversed))
		for i, a := range w.reversed {
			rows[i] = []any{int64(a.ID), clock.Micros(w.now), int64(a.Credit)}
		}
		if _, err := tx.ExecMany("update receipt set state = 'reversed', reversed_at = $2 where credit_id = $3 and allocation_id = $1 and state = 'valid'", rows); err != nil {
			return err
		}
	}
	if len(w.receipts) == 0 {
		return nil
	}
	year := w.now.In(clock.VN).Year()
	need := map[id.Facility]int64{}
	for _, r := range w.receipts {
		need[r.Facility]++
	}
	facilities := make([]id.Facility, 0, len(need))
	for f := range need {
		facilities = append(facilities, f)
	}
	slices.SortFunc(facilities, func(a, b id.Facility) int { return cmp.Compare(a, b) })
	args := make([][]any, len(facilities))
	for i, f := range facilities {
		args[i] = []any{int64(f), int64(year), need[f]}
	}
	next := make(map[id.Facility]int64, len(need))
	err := tx.Upsert("receipt_series", []string{"facility_id", "year", "last"}, args,
		"on conflict (facility_id, year) do update set last = receipt_series.last + excluded.last returning facility_id, last",
		func(r db.Rows) error {
			var f id.Facility
			var last int64
			err := r.Scan(&f, &last)
			next[f] = last - need[f]
			return err
		})
	if err != nil {
		return err
	}
	rows := make([][]any, len(w.receipts))
	for i, r := range w.receipts {
		next[r.Facility]++
		r.Year, r.Number = year, next[r.Facility]
		rows[i] = []any{
			int64(r.ID), int64(r.Facility), int64(r.Year), r.Number, int64(r.Allocation), int64(r.Credit), int64(r.Bill),
			int64(r.Amount), string(r.Method), clock.Micros(r.IssuedAt), string(r.State),
		}
	}
	return tx.Insert("receipt", []string{
		"id", "facility_id", "year", "number", "allocation_id", "credit_id", "bill_id", "amount", "method", "issued_at", "state",
	}, rows)
}

// ReceiptByID reads one receipt; db.ErrNotFound when there is none.
func ReceiptByID(tx *db.Tx, r id.Receipt) (Receipt, error) {
	rs, err := db.All(tx, "select "+receiptColumns+" from receipt where id = $1", []any{r}, scanReceipt)
	if err != nil {
		return Receipt{}, err
	}
	if len(rs) == 0 {
		return Receipt{}, db.ErrNotFound
	}
	return rs[0], nil
}

// ReceiptsOfBills lists receipts of bills, oldest first.
func ReceiptsOfBills(tx *db.Tx, bills ...id.Bill) ([]Receipt, error) {
	credits, err := bill.CreditsOf(tx, bills)
	if err != nil || len(credits) == 0 {
		return nil, err
	}
	return db.All(tx, "select "+receiptColumns+" from receipt where "+tx.In("credit_id", 1)+" and "+tx.In("bill_id", 2)+" order by id",
		[]any{db.List(tx, credits), db.List(tx, bills)}, scanReceipt)
}

// ReceiptsOfCredit lists the receipts a credit led to, oldest first.
func ReceiptsOfCredit(tx *db.Tx, c id.Credit) ([]Receipt, error) {
	return db.All(tx, "select "+receiptColumns+" from receipt where credit_id = $1 order by id", []any{c}, scanReceipt)
}

// ReceiptsOf lists a facility's receipts, newest first, at most limit, those before the given
// one when it is not 0.
func ReceiptsOf(tx *db.Tx, f id.Facility, before id.Receipt, limit int) ([]Receipt, error) {
	return db.All(tx, "select "+receiptColumns+" from receipt where facility_id = $1 and (cast($2 as bigint) = 0 or id < cast($2 as bigint)) order by id desc limit $3",
		[]any{f, before, limit}, scanReceipt)
}

var checkEncoding = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// CheckCode seals what a receipt says: 80 bits of HMAC-SHA256 over facility, number, amount,
// bill code and day of issue. It is printed in the check address, so a receipt whose amount or number
// was changed on paper does not check, and addresses cannot be guessed.
func (s *Service) CheckCode(r Receipt, billCode string) string {
	h := hmac.New(sha256.New, s.key)
	fmt.Fprintf(h, "receipt|%d|%d|%d|%d|%s|%s", int64(r.ID), int64(r.Facility), r.Year, r.Number, billCode, clock.DateOf(r.IssuedAt))
	fmt.Fprintf(h, "|%d", int64(r.Amount))
	return checkEncoding.EncodeToString(h.Sum(nil)[:10])
}

// CheckVerdict is what the public check page says of a receipt.
type CheckVerdict string

// The verdicts.
const (
	CheckGenuine  CheckVerdict = "genuine"  // issued by us, and what is stored is what was sealed
	CheckChanged  CheckVerdict = "changed"  // there is such a receipt, but the seal does not fit
	CheckReversed CheckVerdict = "reversed" // genuine, but the payment was taken back later
	CheckUnknown  CheckVerdict = "unknown"  // no such receipt
)

// Check tells whether the seal on a printed receipt fits the stored one.
func (s *Service) Check(r Receipt, billCode, seal string) CheckVerdict {
	if !hmac.Equal([]byte(s.CheckCode(r, billCode)), []byte(strings.ToLower(seal))) {
		return CheckChanged
	}
	if r.State == ReceiptReversed {
		return CheckReversed
	}
	return CheckGenuine
}
