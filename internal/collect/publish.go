package collect

import (
	"context"
	"strconv"
	"time"

	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/event"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/indicator"
	"github.com/sen-platform/sen/internal/ledger"
	"github.com/sen-platform/sen/internal/vnd"
)

// roundStep is how many bills of a round one transaction publishes: large enough to be
// fast, small enough not to keep credits waiting behind it.
const roundStep = 1000

// Publish publishes the drafts of a round, all of them or those of some classes, and makes
// them owed: ledger row 1, the issued figures, one event each. It works in steps; progress,
// when not nil, is told the count so far. Called again it goes on where it stopped.
func (s *Service) Publish(ctx context.Context, by Actor, round id.Round, classes []string, progress func(done int)) (int, error) {
	return s.steps(ctx, by, "round.publish", round, classes, progress, func(tx *db.Tx, w *work) ([]bill.Bill, error) {
		list, err := bill.Publish(tx, round, classes, roundStep, w.now)
		if err != nil {
			return nil, err
		}
		return list, w.issue(tx, list)
	})
}

// Unpublish takes a round's published bills that received no money back to drafts (thu lại
// phiếu): what Publish did is undone in ledger and figures.
func (s *Service) Unpublish(ctx context.Context, by Actor, round id.Round, classes []string, progress func(done int)) (int, error) {
	return s.steps(ctx, by, "round.unpublish", round, classes, progress, func(tx *db.Tx, w *work) ([]bill.Bill, error) {
		list, err := bill.Unpublish(tx, round, classes, roundStep)
		if err != nil {
			return nil, err
		}
		return list, w.retract(tx, list, "")
	})
}

func (s *Service) steps(ctx context.Context, by Actor, action string, round id.Round, classes []string, progress func(int), step func(*db.Tx, *work) ([]bill.Bill, error)) (int, error) {
	done := 0
	for {
		var n int
		err := s.db.Update(ctx, func(tx *db.Tx) error {
			w := s.newWork(by)
			list, err := step(tx, w)
			if n = len(list); err != nil || n == 0 {
				return err
			}
			if err := w.audit(action, round.String(), list[0].Facility, map[string]any{"bills": n, "classes": classes}); err != nil {
				return err
			}
			return w.flush(tx)
		})
		if err != nil {
			return done, err
		}
		if n == 0 {
			return done, nil
		}
		done += n
		if progress != nil {
			progress(done)
		}
	}
}

// PublishBills publishes single drafts; bills published before are left out of the result.
func (s *Service) PublishBills(ctx context.Context, by Actor, ids []id.Bill) ([]bill.Bill, error) {
	var out []bill.Bill
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		w := s.newWork(by)
		var err error
		if out, err = s.publishBills(tx, w, ids); err != nil {
			return err
		}
		return w.flush(tx)
	})
	return out, err
}

func (s *Service) publishBills(tx *db.Tx, w *work, ids []id.Bill) ([]bill.Bill, error) {
	list, err := bill.PublishBills(tx, ids, w.now)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, nil
	}
	// One record for one call: the bill itself is its subject, several are listed in it.
	subject, detail := list[0].ID.String(), map[string]any{"total": int64(list[0].Total)}
	if len(list) > 1 {
		names := make([]string, len(list))
		for i, b := range list {
			names[i] = b.ID.String()
		}
		subject, detail = "", map[string]any{"bills": names}
	}
	if err := w.audit("bill.publish", subject, list[0].Facility, detail); err != nil {
		return nil, err
	}
	return list, w.issue(tx, list)
}

// Issue creates bills and, with publish, makes them owed at once, in one transaction: all or
// none. A bill whose external identifier exists with the same content is returned as it is.
func (s *Service) Issue(ctx context.Context, by Actor, list []bill.NewBill, publish bool) ([]bill.Bill, error) {
	var out []bill.Bill
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		w := s.newWork(by)
		var err error
		if out, err = bill.Create(tx, s.ids, s.codes, w.now, list); err != nil {
			return err
		}
		if publish {
			ids := make([]id.Bill, len(out))
			for i, b := range out {
				ids[i] = b.ID
			}
			fresh, err := s.publishBills(tx, w, ids)
			if err != nil {
				return err
			}
			byID := make(map[id.Bill]bill.Bill, len(fresh))
			for _, b := range fresh {
				byID[b.ID] = b
			}
			for i, b := range out {
				if p, ok := byID[b.ID]; ok {
					out[i] = p
				}
			}
		}
		return w.flush(tx)
	})
	return out, err
}

// Cancel ends a bill that received no money (row 1b).
func (s *Service) Cancel(ctx context.Context, by Actor, b id.Bill, reason string) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		w := s.newWork(by)
		before, err := bill.Cancel(tx, b, reason, w.now)
		if err != nil {
			return err
		}
		if err := w.cancelled(tx, before, reason); err != nil {
			return err
		}
		return w.flush(tx)
	})
}

func (w *work) cancelled(tx *db.Tx, before bill.Bill, reason string) error {
	if before.State == bill.Published {
		if err := w.retract(tx, []bill.Bill{before}, indicator.Cancelled); err != nil {
			return err
		}
	}
	w.event(before.Facility, event.BillCancelled, int64(before.ID), `"bill":"`+before.ID.String()+`","code":"`+string(before.Code)+`"`)
	return w.audit("bill.cancel", before.ID.String(), before.Facility, map[string]any{"reason": reason, "total": int64(before.Total)})
}

// issue makes published bills owed: receivable against revenue by fee kind.
func (w *work) issue(tx *db.Tx, list []bill.Bill) error {
	nets, err := netByFee(tx, list)
	if err != nil {
		return err
	}
	for _, b := range list {
		if err := w.receivable(b, nets[b.ID], ledger.RowIssue, 1); err != nil {
			return err
		}
		if err := w.deltas.AddByFee(b.Facility, clock.DateOf(b.PublishedAt).Month(), indicator.Issued, 1, nets[b.ID]); err != nil {
			return err
		}
		w.event(b.Facility, event.BillPublished, int64(b.ID), `"bill":"`+b.ID.String()+`","code":"`+string(b.Code)+`","total":`+strconv.FormatInt(int64(b.Total), 10))
	}
	return nil
}

// retract takes the receivable of published bills back. With measure cancelled it is counted
// as that, in the month of now; with none the issued figures are taken back where they stand.
func (w *work) retract(tx *db.Tx, list []bill.Bill, measure indicator.Measure) error {
	nets, err := netByFee(tx, list)
	if err != nil {
		return err
	}
	for _, b := range list {
		if err := w.receivable(b, nets[b.ID], ledger.RowCancel, -1); err != nil {
			return err
		}
		month, m, n, parts := clock.DateOf(w.now).Month(), measure, int64(1), nets[b.ID]
		if measure == "" {
			month, m, n, parts = clock.DateOf(b.PublishedAt).Month(), indicator.Issued, -1, negate(parts)
		}
		if err := w.deltas.AddByFee(b.Facility, month, m, n, parts); err != nil {
			return err
		}
	}
	return nil
}

// receivable posts what a bill is owed (sign 1) or takes it back (−1). A fee kind whose
// lines sum below nothing (a reduction) moves the other way.
func (w *work) receivable(b bill.Bill, nets []indicator.FeePart, kind string, sign vnd.Amount) error {
	e := w.entry(clock.DateOf(w.now))
	for _, p := range nets {
		amount := p.Amount * sign
		if amount == 0 {
			continue
		}
		debit, credit := acc(b.Facility, ledger.AR), ledger.Account{Facility: b.Facility, Kind: ledger.Revenue, Ref: int64(p.FeeKind)}
		if amount < 0 {
			debit, credit, amount = credit, debit, -amount
		}
		e.Postings = append(e.Postings, ledger.Posting{Kind: kind, Debit: debit, Credit: credit, Amount: amount, Bill: b.ID})
	}
	if len(e.Postings) > 0 { // a bill of nothing to pay has none
		w.entries = append(w.entries, e)
	}
	return nil
}

func negate(parts []indicator.FeePart) []indicator.FeePart {
	out := make([]indicator.FeePart, len(parts))
	for i, p := range parts {
		out[i] = indicator.FeePart{FeeKind: p.FeeKind, Amount: -p.Amount}
	}
	return out
}

// netByFee is the sum of each bill's lines by fee kind, in the order the kinds first appear.
func netByFee(tx *db.Tx, list []bill.Bill) (map[id.Bill][]indicator.FeePart, error) {
	ids := make([]id.Bill, len(list))
	for i, b := range list {
		ids[i] = b.ID
	}
	lines, err := bill.LinesOf(tx, ids)
	if err != nil {
		return nil, err
	}
	out := make(map[id.Bill][]indicator.FeePart, len(list))
	for b, ls := range lines {
		parts := make([]indicator.FeePart, 0, len(ls))
	next:
		for _, l := range ls {
			for i := range parts {
				if parts[i].FeeKind == l.FeeKind {
					parts[i].Amount += l.Amount
					continue next
				}
			}
			parts = append(parts, indicator.FeePart{FeeKind: l.FeeKind, Amount: l.Amount})
		}
		out[b] = parts
	}
	return out, nil
}

// Today is the present day in Viet Nam, by the service's clock.
func (s *Service) Today() clock.Date { return clock.Today(s.clk) }

// Now is the present instant, by the service's clock.
func (s *Service) Now() time.Time { return s.clk.Now() }
