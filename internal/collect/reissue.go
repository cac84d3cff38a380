package collect

import (
	"context"

	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/event"
	"github.com/sen-platform/sen/internal/id"
)

// Reissue cancels a bill that received no money and issues another in its place under a new
// code; the old QR forwards a payment of the new amount. The new bill is published when the
// old one was. It returns the new bill. Errors: those of bill.Replace.
func (s *Service) Reissue(ctx context.Context, by Actor, old id.Bill, n bill.NewBill) (bill.Bill, error) {
	return s.replace(ctx, by, func(tx *db.Tx, w *work) (before, after bill.Bill, err error) {
		return bill.Replace(tx, s.ids, s.codes, w.now, old, n)
	})
}

// Correct changes what a bill says: a draft in place, a published one by reissue. It returns
// the bill that holds now.
func (s *Service) Correct(ctx context.Context, by Actor, b id.Bill, n bill.NewBill) (bill.Bill, error) {
	return s.replace(ctx, by, func(tx *db.Tx, w *work) (before, after bill.Bill, err error) {
		c, err := bill.Correct(tx, s.ids, s.codes, w.now, b, n)
		return c.Before, c.After, err
	})
}

// replace runs a change that may have cancelled one bill in favour of another.
func (s *Service) replace(ctx context.Context, by Actor, change func(*db.Tx, *work) (before, after bill.Bill, err error)) (bill.Bill, error) {
	var out bill.Bill
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		w := s.newWork(by)
		before, after, err := change(tx, w)
		if err != nil {
			return err
		}
		out = after
		if before.ID == after.ID {
			if err := w.audit("bill.correct", after.ID.String(), after.Facility, map[string]any{"total": int64(after.Total)}); err != nil {
				return err
			}
			return w.flush(tx)
		}
		if err := w.cancelled(tx, before, "replaced by "+string(after.Code)); err != nil {
			return err
		}
		w.event(after.Facility, event.BillReissued, int64(after.ID), `"bill":"`+after.ID.String()+`","replaces":"`+before.ID.String()+`"`)
		if before.State == bill.Published {
			fresh, err := s.publishBills(tx, w, []id.Bill{after.ID})
			if err != nil {
				return err
			}
			out = fresh[0]
		}
		return w.flush(tx)
	})
	return out, err
}
