package collect

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/event"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/indicator"
	"github.com/sen-platform/sen/internal/ledger"
)

// reversalDays is how far back a bank's reversal is looked for.
const reversalDays = 190

// takeBack undoes an earlier credit because the bank did (camt RvslInd on a debit, MT RC;
// reference section 6, row 12): its bills are owed again, its receipts no longer hold. The
// credit is found by bank reference, else by account, amount and text.
func (s *Service) takeBack(tx *db.Tx, w *work, c *Credit, bs *bills) (Outcome, error) {
	const stands = " = $1 and facility_id = $2 and booked_on >= $3 and account_id = $4 and amount = $5 and reversed = 0 order by booked_on desc, id desc limit 1"
	since := c.BookedOn.AddDays(-reversalDays)
	var orig Credit
	err := db.ErrNotFound
	if c.bankKey != 0 {
		orig, err = oneCredit(tx, "bank_key"+stands+tx.ForUpdate(), c.bankKey, c.Facility, since, c.Account, c.Amount)
	}
	if errors.Is(err, db.ErrNotFound) {
		orig, err = oneCredit(tx, "text_key"+stands+tx.ForUpdate(), c.textKey, c.Facility, since, c.Account, c.Amount)
	}
	if errors.Is(err, db.ErrNotFound) {
		return Outcome{Verdict: Refused, Reason: RefusedReversal}, nil
	}
	if err != nil {
		return Outcome{}, err
	}
	if orig.Returned > 0 {
		// What was given back to the payer cannot be taken back by rule; a human must look.
		return Outcome{Verdict: Refused, Reason: RefusedReversal}, nil
	}
	allocs, err := AllocationsOf(tx, orig.ID)
	if err != nil {
		return Outcome{}, err
	}
	if err := w.lockBillsOf(tx, allocs, bs.byID); err != nil {
		return Outcome{}, err
	}
	e := w.entry(c.BookedOn)
	to := arrival(&orig)
	o := Outcome{Verdict: Undone, Credit: orig.ID, Status: Reversed}
	for _, a := range allocs {
		if !a.UndoneAt.IsZero() {
			continue
		}
		if err := w.undo(&orig, a, &e, ledger.RowBankReversal, to); err != nil {
			return Outcome{}, err
		}
		if a.Bill != 0 && a.Kind == "bill" {
			o.Bills = append(o.Bills, a.Bill)
		}
	}
	if orig.Suspense > 0 {
		e.Postings = append(e.Postings, ledger.Posting{
			Kind: ledger.RowBankReversal, Debit: acc(orig.Facility, ledger.Suspense), Credit: to, Amount: orig.Suspense, ByCredit: orig.ID,
		})
		orig.Suspense = 0
	}
	orig.Reversed = orig.Amount
	orig.Status, orig.Reason = Reversed, ""
	w.changed = append(w.changed, &orig)
	w.entries = append(w.entries, e)
	return o, w.audit("credit.reverse", orig.ID.String(), orig.Facility, map[string]any{"stream": c.Stream, "ref": c.PartnerRef, "amount": int64(c.Amount)})
}

// lockBillsOf locks the bills of allocations and makes them part of the work; known ones are reused.
func (w *work) lockBillsOf(tx *db.Tx, allocs []Allocation, known map[id.Bill]*bill.Payable) error {
	var need []id.Bill
	for _, a := range allocs {
		if a.Kind == "bill" && a.UndoneAt.IsZero() && w.bills[a.Bill] == nil && known[a.Bill] == nil {
			need = append(need, a.Bill)
		}
	}
	found, err := bill.LockByIDs(tx, need)
	if err != nil {
		return err
	}
	for i := range found {
		w.touch(&found[i])
	}
	return nil
}

// undo takes one standing allocation back: the bill is owed again, the receipt is marked,
// figures go down in the cells they went up in. The money moves from where the allocation
// had put it to the account to. Postings go into e.
func (w *work) undo(c *Credit, a Allocation, e *ledger.Entry, kind string, to ledger.Account) error {
	w.undone = append(w.undone, a)
	w.reversed = append(w.reversed, a)
	switch a.Kind {
	case "surplus":
		e.Postings = append(e.Postings, ledger.Posting{
			Kind: kind, Debit: acc(c.Facility, ledger.PayerCredit), Credit: to, Amount: a.Amount, ByCredit: c.ID,
		})
		c.Surplus -= a.Amount
		return nil
	case "bill":
	default:
		return fmt.Errorf("%w: allocation %v of kind %s", ErrState, a.ID, a.Kind)
	}
	t := w.bills[a.Bill]
	if t == nil {
		return fmt.Errorf("collect: bill %v was not locked", a.Bill)
	}
	e.Postings = append(e.Postings, ledger.Posting{
		Kind: kind, Debit: acc(c.Facility, ledger.AR), Credit: to, Amount: a.Amount, Bill: a.Bill, ByCredit: c.ID,
	})
	if t.Open() == 0 {
		w.settle(t.Payable, -1)
	}
	t.Paid -= a.Amount
	c.Allocated -= a.Amount
	w.rolls = append(w.rolls, roll{t.Payable, c.BookedOn.Month(), indicator.Measure(c.Method), a.Amount, -1})
	w.event(c.Facility, event.BillReopened, int64(a.Bill), `"bill":"`+a.Bill.String()+`","credit":"`+c.ID.String()+
		`","amount":`+strconv.FormatInt(int64(a.Amount), 10)+`,"open":`+strconv.FormatInt(int64(t.Open()), 10))
	return nil
}
