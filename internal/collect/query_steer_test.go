package collect_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/db/dbtest"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/indicator"
	"github.com/sen-platform/sen/internal/rail"
	"github.com/sen-platform/sen/internal/vnd"
)

// payOn sends one credit for a bill, by any method and booked on any day of the last months.
func (w *world) payOn(rt *rapid.T) {
	b, ok := pick(rt, w.bills)
	if !ok {
		return
	}
	account := schoolNo
	if b.Facility == hospital {
		account = hospNo
	}
	in := w.credit(vnd.Amount(rapid.IntRange(1, 4000).Draw(rt, "amount")), string(b.Code), func(c *rail.Credit) {
		c.Account, c.OccurredAt = account, w.clk.Now()
		c.BookedOn = clock.Today(w.clk).AddDays(-rapid.IntRange(-bookedAhead, 70).Draw(rt, "days ago"))
		c.Method = rapid.SampledFrom(rail.Methods()).Draw(rt, "method")
	})
	out := w.receive(in)
	w.sent = append(w.sent, in)
	if out[0].Verdict == collect.Posted {
		w.credits = append(w.credits, out[0].Credit)
	}
}

// bookedAhead is how many days a bank may book a credit after it reported it.
const bookedAhead = 10

// TestEvidenceAddsUp: after any history, the receipts and bills listed behind every figure add
// up to it, in one piece and page by page, and recounting a facility's month gives the rollup.
func TestEvidenceAddsUp(t *testing.T) {
	for _, engine := range []struct {
		name string
		open func(testing.TB) *db.DB
	}{{"sqlite", dbtest.SQLite}, {"postgres", dbtest.Postgres}} {
		t.Run(engine.name, func(t *testing.T) {
			rapid.Check(t, func(rt *rapid.T) {
				w := &world{house: newHouse(t, engine.open(t))}
				for i := range 60 {
					if i%2 == 0 {
						w.payOn(rt)
					}
					w.step(rt)
				}
				w.view(func(tx *db.Tx) error { return evidenceOf(rt, tx) })
			})
		})
	}
}

func evidenceOf(t *rapid.T, tx *db.Tx) error {
	all, err := collect.Facts(tx)
	if err != nil {
		return err
	}
	months := map[string]bool{"2026-11": true}
	for c := range all {
		months[c.Month] = true
	}
	counted := 0
	for _, f := range []id.Facility{school, hospital} {
		for _, month := range slices.Sorted(maps.Keys(months)) {
			of := maps.Clone(all)
			maps.DeleteFunc(of, func(c indicator.Cell, _ indicator.Sum) bool { return c.Facility != f || c.Month != month })
			counted += len(of)
			recount, err := collect.FactsOf(tx, f, month)
			if err != nil {
				return err
			}
			kept, err := indicator.Cells(tx, f, month, month)
			if err != nil {
				return err
			}
			for name, got := range map[string]indicator.Deltas{"recounted": recount, "kept": kept} {
				if diff := cmp.Diff(of, got); diff != "" {
					t.Fatalf("%v in %s (-all facts +%s):\n%s", f, month, name, diff)
				}
			}
			if err := paymentsBehind(t, tx, f, month, of); err != nil {
				return err
			}
			if err := billsBehind(t, tx, f, month, of); err != nil {
				return err
			}
		}
	}
	if counted != len(all) {
		t.Fatalf("%d of %d cells looked at", counted, len(all))
	}
	return nil
}

func paymentsBehind(t *rapid.T, tx *db.Tx, f id.Facility, month string, of indicator.Deltas) error {
	for _, fee := range []id.FeeKind{0, meals, boarding, treatment} {
		for _, m := range append(rail.Methods(), rail.Cash) {
			filter := collect.EvidenceFilter{Facility: f, From: month, To: month, Method: m, FeeKind: fee}
			list, more, err := collect.Payments(tx, filter)
			if err != nil {
				return err
			}
			var sum indicator.Sum
			for _, e := range list {
				if e.Part > 0 { // a payment so small that nothing of it goes to the kind
					sum.N, sum.Amount = sum.N+1, sum.Amount+e.Part
				}
				if e.BookedOn.Month() != month || e.Method != m || (fee == 0 && e.Part != e.Amount) {
					t.Fatalf("%+v does not belong to %+v", e, filter)
				}
			}
			if want := of[indicator.Cell{Facility: f, Month: month, FeeKind: fee, Measure: indicator.Measure(m)}]; sum != want || more {
				t.Fatalf("%+v: the list adds up to %+v, the figure is %+v", filter, sum, want)
			}
			var pages []collect.Evidence
			filter.Limit = 2
			for more := true; more; {
				var page []collect.Evidence
				if page, more, err = collect.Payments(tx, filter); err != nil {
					return err
				}
				pages = append(pages, page...)
				if n := len(page); n > 0 {
					filter.BeforeYear, filter.BeforeNumber = page[n-1].Year, page[n-1].Number
				}
			}
			if diff := cmp.Diff(list, pages); diff != "" {
				t.Fatalf("%+v in pages (-whole +pages):\n%s", filter, diff)
			}
		}
	}
	return nil
}

func billsBehind(t *rapid.T, tx *db.Tx, f id.Facility, month string, of indicator.Deltas) error {
	for _, set := range []collect.BillSet{collect.BillsIssued, collect.BillsCancelled, collect.BillsSettled} {
		for _, fee := range []id.FeeKind{0, meals, boarding} {
			if fee != 0 && set == collect.BillsSettled {
				continue
			}
			list, more, err := collect.Bills(tx, collect.BillFilter{Facility: f, Set: set, From: month, To: month, FeeKind: fee})
			if err != nil {
				return err
			}
			var sum indicator.Sum
			for _, b := range list {
				sum.N, sum.Amount = sum.N+1, sum.Amount+b.Part
			}
			if want := of[indicator.Cell{Facility: f, Month: month, FeeKind: fee, Measure: indicator.Measure(set)}]; sum != want || more {
				t.Fatalf("%v %s of %s, fee %v: the list adds up to %+v, the figure is %+v", f, set, month, fee, sum, want)
			}
		}
	}
	standings, err := indicator.Standings(tx, indicator.Filter{Facilities: []id.Facility{f}, From: month, To: month})
	if err != nil {
		return err
	}
	want := indicator.Standing{}
	for _, s := range standings {
		want = s
	}
	filter := collect.BillFilter{Facility: f, Set: collect.BillsOpen, To: month, Limit: 3}
	var sum indicator.Sum
	for more := true; more; {
		var page []collect.Owed
		if page, more, err = collect.Bills(tx, filter); err != nil {
			return err
		}
		for _, b := range page {
			open := b.Open(month)
			if open == (indicator.Sum{}) {
				t.Fatalf("%s owed nothing at the end of %s: %+v", b.Code, month, b)
			}
			sum.N, sum.Amount = sum.N+open.N, sum.Amount+open.Amount
			filter.Before = b.Bill
		}
	}
	if sum != want.Open() {
		t.Fatalf("%v at the end of %s: open bills add up to %+v, the figure is %+v", f, month, sum, want.Open())
	}
	return nil
}

func TestBillsRefusesUnknownSet(t *testing.T) {
	h := newHouse(t, dbtest.SQLite(t))
	h.view(func(tx *db.Tx) error {
		if _, _, err := collect.Bills(tx, collect.BillFilter{Facility: school, Set: "lost", From: "2026-11", To: "2026-11"}); err == nil {
			t.Error("a set that does not exist was listed")
		}
		return nil
	})
}
