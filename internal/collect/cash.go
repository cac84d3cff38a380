package collect

import (
	"context"
	"errors"
	"fmt"

	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/ledger"
	"github.com/sen-platform/sen/internal/rail"
	"github.com/sen-platform/sen/internal/vnd"
)

// streamCash is the stream of credits taken at the desk.
const streamCash = "cash"

// Cash is money taken at the desk (row 11). It counts in the denominator of T3 and T4.
type Cash struct {
	Facility id.Facility
	Bill     id.Bill
	// Amount ≤ what the bill owes: change is given back at the desk, so there is no overpayment.
	Amount vnd.Amount
	// Payer is who stands at the desk; empty means the payer on the bill.
	Payer string
	// Key makes the call safe to repeat: the same key books once. Required.
	Key  string
	Note string
}

// TakeCash books cash on one bill and returns the credit and its receipt. A repeated call
// with the same key returns the first result.
//
// Errors: ErrAmount, ErrState (bill not published), ErrFacility, db.ErrNotFound.
func (s *Service) TakeCash(ctx context.Context, by Actor, in Cash) (Credit, Receipt, error) {
	if in.Key == "" {
		return Credit{}, Receipt{}, fmt.Errorf("%w: no key", ErrState)
	}
	partner := in.Facility.String() + ":" + in.Key
	var out Credit
	var rec Receipt
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		first, err := oneCredit(tx, "stream = $1 and partner_ref = $2", streamCash, partner)
		if err != nil && !errors.Is(err, db.ErrNotFound) {
			return err
		}
		if err == nil {
			rs, err := ReceiptsOfCredit(tx, first.ID)
			if err != nil {
				return err
			}
			if len(rs) == 0 {
				return fmt.Errorf("collect: cash %v has no receipt", first.ID)
			}
			out, rec = first, rs[0]
			return nil
		}
		w := s.newWork(by)
		found, err := bill.LockByIDs(tx, []id.Bill{in.Bill})
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return db.ErrNotFound
		}
		p := w.touch(&found[0])
		switch {
		case p.Facility != in.Facility:
			return ErrFacility
		case !p.Live():
			return fmt.Errorf("%w: bill %s is %s", ErrState, p.Code, p.State)
		case in.Amount <= 0 || in.Amount > p.Open():
			return fmt.Errorf("%w: %d on a bill that owes %d", ErrAmount, int64(in.Amount), int64(p.Open()))
		}
		c := &Credit{
			ID: id.New[id.Credit](s.ids), Stream: streamCash, PartnerRef: partner, Facility: in.Facility, Method: rail.Cash,
			Amount: in.Amount, BookedOn: clock.DateOf(w.now), OccurredAt: w.now, ReceivedAt: w.now,
			Memo: in.Note, PayerName: in.Payer, Status: Matched,
		}
		e := w.entry(c.BookedOn)
		if err := w.pay(c, p, in.Amount, RuleCash, string(p.Code), in.Note, &e, ledger.RowCash, arrival(c)); err != nil {
			return err
		}
		w.created = append(w.created, c)
		w.entries = append(w.entries, e)
		if err := w.vouch(); err != nil {
			return err
		}
		if err := w.flush(tx); err != nil {
			return err
		}
		out, rec = *c, *w.receipts[0]
		return nil
	})
	return out, rec, err
}
