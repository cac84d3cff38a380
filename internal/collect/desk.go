package collect

import (
	"context"
	"fmt"
	"strconv"

	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/event"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/ledger"
	"github.com/sen-platform/sen/internal/vnd"
)

// Part is an amount for a bill; Amount 0 means as much as the bill owes and the money allows.
type Part struct {
	Bill   id.Bill
	Amount vnd.Amount
}

// change runs a use case on one locked credit.
func (s *Service) change(ctx context.Context, by Actor, c id.Credit, fn func(tx *db.Tx, w *work, c *Credit) error) (Credit, error) {
	var out Credit
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		w := s.newWork(by)
		cr, err := lockCredit(tx, c)
		if err != nil {
			return err
		}
		if err := fn(tx, w, &cr); err != nil {
			return err
		}
		w.changed = append(w.changed, &cr)
		if err := w.flush(tx); err != nil {
			return err
		}
		out = cr
		return nil
	})
	return out, err
}

// Assign books waiting money on bills of the same facility, as a human decided (row 13b). One
// part assigns, several split. Parts may not exceed what waits or what a bill owes; what is
// left goes on waiting, or, with keepRest, becomes payer's credit of the last bill.
//
// Errors: ErrState when nothing waits or a bill is not published; ErrAmount; ErrFacility; db.ErrNotFound.
func (s *Service) Assign(ctx context.Context, by Actor, credit id.Credit, parts []Part, keepRest bool, note string) (Credit, error) {
	return s.change(ctx, by, credit, func(tx *db.Tx, w *work, c *Credit) error {
		if c.Suspense == 0 {
			return fmt.Errorf("%w: nothing of this credit waits", ErrState)
		}
		if len(parts) == 0 {
			return fmt.Errorf("%w: no bill named", ErrAmount)
		}
		e := w.entry(c.BookedOn)
		if err := s.allot(tx, w, c, parts, RuleHuman, note, &e, ledger.RowAssign, acc(c.Facility, ledger.Suspense), &c.Suspense); err != nil {
			return err
		}
		if keepRest && c.Suspense > 0 {
			w.keep(c, c.Suspense, parts[len(parts)-1].Bill, RuleHuman, "", note, &e, ledger.RowAssign, acc(c.Facility, ledger.Suspense))
			c.Suspense = 0
		}
		w.entries = append(w.entries, e)
		if c.Suspense == 0 {
			c.Status, c.Reason = Assigned, ""
		}
		w.event(c.Facility, event.CreditSettled, int64(c.ID), `"credit":"`+c.ID.String()+`","suspense":`+strconv.FormatInt(int64(c.Suspense), 10))
		return w.audit("credit.assign", c.ID.String(), c.Facility, map[string]any{"parts": partsOf(parts), "note": note})
	})
}

// UseSurplus books payer's credit on another bill of the facility (row 6b). Errors as Assign.
func (s *Service) UseSurplus(ctx context.Context, by Actor, credit id.Credit, parts []Part, note string) (Credit, error) {
	return s.change(ctx, by, credit, func(tx *db.Tx, w *work, c *Credit) error {
		if c.Surplus == 0 {
			return fmt.Errorf("%w: no payer's credit", ErrState)
		}
		if err := s.openSurplus(tx, w, c); err != nil {
			return err
		}
		left := c.Surplus
		e := w.entry(c.BookedOn)
		from := acc(c.Facility, ledger.PayerCredit)
		if err := s.allot(tx, w, c, parts, RuleUseSurplus, note, &e, ledger.RowUseSurplus, from, &left); err != nil {
			return err
		}
		c.Surplus = left
		if left > 0 { // what is left stays payer's credit under an allocation of its own
			w.allocs = append(w.allocs, Allocation{
				ID: id.New[id.Alloc](s.ids), Facility: c.Facility, Credit: c.ID, Kind: "surplus", Bill: parts[len(parts)-1].Bill,
				Amount: left, Rule: RuleUseSurplus, At: w.now, By: by.User, Note: note,
			})
		}
		w.entries = append(w.entries, e)
		return w.audit("credit.use_surplus", c.ID.String(), c.Facility, map[string]any{"parts": partsOf(parts), "note": note})
	})
}

// openSurplus closes the standing surplus allocations: their money is about to be divided anew.
func (s *Service) openSurplus(tx *db.Tx, w *work, c *Credit) error {
	allocs, err := AllocationsOf(tx, c.ID)
	if err != nil {
		return err
	}
	for _, a := range allocs {
		if a.Kind == "surplus" && a.UndoneAt.IsZero() {
			w.undone = append(w.undone, a)
		}
	}
	return nil
}

// allot books parts of *left on bills and takes them off *left.
func (s *Service) allot(tx *db.Tx, w *work, c *Credit, parts []Part, rule, note string, e *ledger.Entry, row string, from ledger.Account, left *vnd.Amount) error {
	ids := make([]id.Bill, len(parts))
	for i, p := range parts {
		ids[i] = p.Bill
	}
	found, err := bill.LockByIDs(tx, ids)
	if err != nil {
		return err
	}
	byID := map[id.Bill]*bill.Payable{}
	for i := range found {
		byID[found[i].ID] = &found[i]
	}
	for _, p := range parts {
		b := byID[p.Bill]
		switch {
		case b == nil:
			return fmt.Errorf("bill %v: %w", p.Bill, db.ErrNotFound)
		case b.Facility != c.Facility:
			return ErrFacility
		case !b.Live():
			return fmt.Errorf("%w: bill %s is %s", ErrState, b.Code, b.State)
		}
		b = w.touch(b)
		amount := p.Amount
		if amount == 0 {
			amount = min(*left, b.Open())
		}
		if amount <= 0 || amount > *left || amount > b.Open() {
			return fmt.Errorf("%w: %d of %d on bill %s that owes %d", ErrAmount, int64(amount), int64(*left), b.Code, int64(b.Open()))
		}
		if err := w.pay(c, b, amount, rule, string(b.Code), note, e, row, from); err != nil {
			return err
		}
		*left -= amount
	}
	return nil
}

func partsOf(parts []Part) []map[string]any {
	out := make([]map[string]any, len(parts))
	for i, p := range parts {
		out[i] = map[string]any{"bill": p.Bill.String(), "amount": int64(p.Amount)}
	}
	return out
}

// Unmatch takes all matches of a credit back: its bills are owed again, its receipts no
// longer hold, and the whole amount waits (the state before any match). It refuses a
// credit of which something was given back or reversed.
func (s *Service) Unmatch(ctx context.Context, by Actor, credit id.Credit, note string) (Credit, error) {
	return s.change(ctx, by, credit, func(tx *db.Tx, w *work, c *Credit) error {
		if c.Returned > 0 || c.Reversed > 0 || c.Allocated+c.Surplus == 0 {
			return fmt.Errorf("%w: credit is %s", ErrState, c.Status)
		}
		allocs, err := AllocationsOf(tx, c.ID)
		if err != nil {
			return err
		}
		if err := w.lockBillsOf(tx, allocs, nil); err != nil {
			return err
		}
		e := w.entry(c.BookedOn)
		for _, a := range allocs {
			if a.UndoneAt.IsZero() {
				if err := w.undo(c, a, &e, ledger.RowUnmatch, acc(c.Facility, ledger.Suspense)); err != nil {
					return err
				}
				c.Suspense += a.Amount
			}
		}
		c.Status, c.Reason = Waiting, Unmatched
		w.entries = append(w.entries, e)
		w.event(c.Facility, event.CreditWaiting, int64(c.ID), `"credit":"`+c.ID.String()+`","amount":`+strconv.FormatInt(int64(c.Suspense), 10)+`,"reason":"`+string(Unmatched)+`"`)
		return w.audit("credit.unmatch", c.ID.String(), c.Facility, map[string]any{"note": note})
	})
}

// Return gives waiting money or payer's credit back to who sent it (row 13c, first half): it
// becomes a refund to be paid out to the account the money came from. All of it that is on
// no bill is returned.
func (s *Service) Return(ctx context.Context, by Actor, credit id.Credit, note string) (Credit, error) {
	return s.change(ctx, by, credit, func(tx *db.Tx, w *work, c *Credit) error {
		if c.Suspense == 0 && c.Surplus == 0 {
			return fmt.Errorf("%w: nothing of this credit is free to return", ErrState)
		}
		e := w.entry(c.BookedOn)
		move := func(kind ledger.Kind, amount vnd.Amount) {
			w.allocs = append(w.allocs, Allocation{
				ID: id.New[id.Alloc](s.ids), Facility: c.Facility, Credit: c.ID, Kind: "return", Amount: amount,
				Rule: RuleGiveBack, At: w.now, By: by.User, Note: note,
			})
			e.Postings = append(e.Postings, ledger.Posting{
				Kind: ledger.RowReturn, Debit: acc(c.Facility, kind), Credit: acc(c.Facility, ledger.Refund), Amount: amount, ByCredit: c.ID,
			})
			c.Returned += amount
		}
		if c.Suspense > 0 {
			move(ledger.Suspense, c.Suspense)
			c.Suspense = 0
		}
		if c.Surplus > 0 {
			if err := s.openSurplus(tx, w, c); err != nil {
				return err
			}
			move(ledger.PayerCredit, c.Surplus)
			c.Surplus = 0
		}
		if c.Allocated == 0 {
			c.Status = Returned
		} else {
			c.Status = Assigned
		}
		c.Reason = ""
		w.entries = append(w.entries, e)
		w.event(c.Facility, event.CreditSettled, int64(c.ID), `"credit":"`+c.ID.String()+`","returned":`+strconv.FormatInt(int64(c.Returned), 10))
		return w.audit("credit.return", c.ID.String(), c.Facility, map[string]any{"amount": int64(c.Returned), "note": note})
	})
}
