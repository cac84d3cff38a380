package collect

import (
	"time"

	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/rail"
	"github.com/sen-platform/sen/internal/vnd"
)

// Status of a credit: matched | suspense → assigned | returned, and reversed.
type Status string

// The states of a credit.
const (
	Matched  Status = "matched"  // its bill was found by rule
	Waiting  Status = "suspense" // some of it waits for a human
	Assigned Status = "assigned" // a human decided
	Returned Status = "returned" // sent back to the payer
	Reversed Status = "reversed" // the bank took it back
)

// Reason says why money waits. Values are stable names; faces translate them.
type Reason string

// The reasons.
const (
	NoCode        Reason = "no_code"         // nothing in the memo names a bill
	UnknownCode   Reason = "unknown_code"    // a well-formed code that no bill has
	WeakCode      Reason = "weak_code"       // a code that had to be repaired, or without prefix and another amount
	WrongAccount  Reason = "wrong_account"   // the bill is another facility's
	BillCancelled Reason = "bill_cancelled"  // the bill was cancelled and not re-issued for this amount
	BillDraft     Reason = "bill_draft"      // the bill is not published yet
	OwnRefund     Reason = "returned_refund" // money we sent that came back
	NothingOpen   Reason = "nothing_open"    // a person's key, but nothing is owed
	Unmatched     Reason = "unmatched"       // a human undid the match
)

// Credit is a credit as kept: evidence and where each đồng of it is.
// Allocated + Surplus + Suspense + Returned + Reversed = Amount, always (invariant 4).
type Credit struct {
	ID             id.Credit
	Stream         string
	PartnerRef     string
	Facility       id.Facility
	Account        id.Account // 0 for cash
	Method         rail.Method
	Amount         vnd.Amount
	BookedOn       clock.Date
	OccurredAt     time.Time
	ReceivedAt     time.Time
	Memo           string
	PayerName      string
	PayerAccount   string
	PayerBank      string
	BankRef        string
	VirtualAccount string
	OrderID        string
	RF             string
	Status         Status
	Reason         Reason
	Allocated      vnd.Amount // on bills
	Surplus        vnd.Amount // payer's credit
	Suspense       vnd.Amount // bill not known
	Returned       vnd.Amount // given back, or on the way
	Reversed       vnd.Amount // taken back by the bank
	File           id.File
	RawSHA256      string

	bankKey, textKey int64
	raw              []byte
}

const creditColumns = `id, stream, partner_ref, facility_id, account_id, method, amount, booked_on, occurred_at, received_at,
	memo, payer_name, payer_account, payer_bank, bank_ref, virtual_account, order_id, rf, status, reason,
	allocated, surplus, suspense, returned, reversed, coalesce(file_id, 0), raw_sha256`

func scanCredit(r db.Rows, c *Credit) error {
	var occurred, received int64
	err := r.Scan(&c.ID, &c.Stream, &c.PartnerRef, &c.Facility, &c.Account, &c.Method, &c.Amount, &c.BookedOn, &occurred, &received,
		&c.Memo, &c.PayerName, &c.PayerAccount, &c.PayerBank, &c.BankRef, &c.VirtualAccount, &c.OrderID, &c.RF, &c.Status, &c.Reason,
		&c.Allocated, &c.Surplus, &c.Suspense, &c.Returned, &c.Reversed, &c.File, &c.RawSHA256)
	if occurred != 0 {
		c.OccurredAt = clock.FromMicros(occurred)
	}
	c.ReceivedAt = clock.FromMicros(received)
	return err
}

// CreditByID reads one credit; db.ErrNotFound when there is none.
func CreditByID(tx *db.Tx, c id.Credit) (Credit, error) {
	return oneCredit(tx, "id = $1", c)
}

// lockCredit is CreditByID that locks the row.
func lockCredit(tx *db.Tx, c id.Credit) (Credit, error) {
	return oneCredit(tx, "id = $1"+tx.ForUpdate(), c)
}

func oneCredit(tx *db.Tx, where string, args ...any) (Credit, error) {
	cs, err := db.All(tx, "select "+creditColumns+" from credit where "+where, args, scanCredit)
	if err != nil {
		return Credit{}, err
	}
	if len(cs) == 0 {
		return Credit{}, db.ErrNotFound
	}
	return cs[0], nil
}

// Allocation is a part of a credit: on a bill, as payer's credit (surplus), or given back.
type Allocation struct {
	ID       id.Alloc
	Facility id.Facility
	Credit   id.Credit
	Kind     string // bill, surplus, return
	Bill     id.Bill
	Amount   vnd.Amount
	Rule     string // why: see the rule names in match.go, or "human"
	Evidence string // what was found: the code and where
	At       time.Time
	By       id.User
	Note     string
	UndoneAt time.Time // zero while it stands
}

const allocColumns = "id, facility_id, credit_id, kind, bill_id, amount, rule, evidence, at, by_user, note, coalesce(undone_at, 0)"

func scanAlloc(r db.Rows, a *Allocation) error {
	var at, undone int64
	err := r.Scan(&a.ID, &a.Facility, &a.Credit, &a.Kind, &a.Bill, &a.Amount, &a.Rule, &a.Evidence, &at, &a.By, &a.Note, &undone)
	a.At = clock.FromMicros(at)
	if undone != 0 {
		a.UndoneAt = clock.FromMicros(undone)
	}
	return err
}

// AllocationsOf lists the allocations of credits, undone ones too, oldest first.
func AllocationsOf(tx *db.Tx, credits ...id.Credit) ([]Allocation, error) {
	return db.All(tx, "select "+allocColumns+" from allocation where "+tx.In("credit_id", 1)+" order by id", []any{db.List(tx, credits)}, scanAlloc)
}

// AllocationsOfBills lists the allocations to bills, undone ones too, oldest first.
func AllocationsOfBills(tx *db.Tx, bills ...id.Bill) ([]Allocation, error) {
	credits, err := bill.CreditsOf(tx, bills)
	if err != nil || len(credits) == 0 {
		return nil, err
	}
	return db.All(tx, "select "+allocColumns+" from allocation where "+tx.In("credit_id", 1)+" and "+tx.In("bill_id", 2)+" order by id",
		[]any{db.List(tx, credits), db.List(tx, bills)}, scanAlloc)
}
