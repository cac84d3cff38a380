package indicator_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/db/dbtest"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/indicator"
	"github.com/sen-platform/sen/internal/rail"
)

func TestFigures(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		err := d.Update(t.Context(), func(tx *db.Tx) error {
			for range 2 { // written twice: cells add up
				w := indicator.Deltas{}
				add := func(f id.Facility, month string, m indicator.Measure, n int64, parts ...indicator.FeePart) {
					if err := w.AddByFee(f, month, m, n, parts); err != nil {
						t.Fatal(err)
					}
				}
				add(1, "2026-09", indicator.Issued, 1, indicator.FeePart{FeeKind: 7, Amount: 700}, indicator.FeePart{FeeKind: 8, Amount: 300})
				add(1, "2026-10", indicator.Measure(rail.QR), 1, indicator.FeePart{FeeKind: 7, Amount: 350}, indicator.FeePart{FeeKind: 8, Amount: 150})
				add(1, "2026-10", indicator.Measure(rail.Cash), 1, indicator.FeePart{FeeKind: 7, Amount: 100})
				add(2, "2026-10", indicator.Measure(rail.Card), 1, indicator.FeePart{FeeKind: 7, Amount: 50})
				if err := w.Write(tx); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		query := func(f indicator.Filter, dims ...indicator.Dim) []indicator.Row {
			t.Helper()
			var rows []indicator.Row
			if err := d.View(t.Context(), func(tx *db.Tx) (err error) { rows, err = indicator.Query(tx, f, dims...); return err }); err != nil {
				t.Fatal(err)
			}
			return rows
		}
		all := query(indicator.Filter{})
		if len(all) != 1 || all[0].Payments() != (indicator.Sum{N: 6, Amount: 1300}) || all[0].Cashless() != (indicator.Sum{N: 4, Amount: 1100}) || all[0].Outstanding() != 700 {
			t.Errorf("all: %+v", all)
		}
		want := []indicator.Row{{Facility: 1, Month: "2026-10", FeeKind: 7, Figures: indicator.Figures{Methods: map[rail.Method]indicator.Sum{rail.QR: {N: 2, Amount: 700}, rail.Cash: {N: 2, Amount: 200}}}}}
		if diff := cmp.Diff(want, query(indicator.Filter{Facilities: []id.Facility{1}, From: "2026-10", To: "2026-12", FeeKind: 7}, indicator.ByFacility, indicator.ByMonth, indicator.ByFeeKind)); diff != "" {
			t.Errorf("one cell (-want +got):\n%s", diff)
		}
		if got := query(indicator.Filter{}, indicator.ByFeeKind); len(got) != 2 || got[0].FeeKind != 7 || got[1].Issued.Amount != 600 {
			t.Errorf("by fee kind: %+v", got)
		}
		if f := (indicator.Figures{}); f.Applicable() {
			t.Error("nothing collected is not applicable, not 0 %")
		}
	})
}
