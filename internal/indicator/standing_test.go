package indicator_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/db/dbtest"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/indicator"
	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/rail"
	"github.com/sen-platform/sen/internal/vnd"
)

var measures = []indicator.Measure{indicator.Issued, indicator.Cancelled, "qr", "website", "mobile_money", "card", "cash"}

// randomCells draws movements of a few facilities, months and fee kinds.
func randomCells(t *rapid.T) indicator.Deltas {
	d := indicator.Deltas{}
	for range rapid.IntRange(0, 40).Draw(t, "movements") {
		f := id.Facility(rapid.IntRange(1, 3).Draw(t, "facility"))
		month := fmt.Sprintf("2026-%02d", rapid.IntRange(1, 4).Draw(t, "month"))
		parts := []indicator.FeePart{{FeeKind: 7, Amount: vnd.Amount(rapid.IntRange(1, 1000).Draw(t, "first fee"))}}
		if rapid.Bool().Draw(t, "second") {
			parts = append(parts, indicator.FeePart{FeeKind: 8, Amount: vnd.Amount(rapid.IntRange(1, 1000).Draw(t, "second fee"))})
		}
		if err := d.AddByFee(f, month, rapid.SampledFrom(measures).Draw(t, "measure"), 1, parts); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

// Standings, by facility and by fee kind, are what Query says for the same cells: the period,
// and everything up to its end; and any grouping adds up to the whole.
func TestStandings(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		rapid.Check(t, func(rt *rapid.T) {
			cells := randomCells(rt)
			f := indicator.Filter{From: fmt.Sprintf("2026-%02d", rapid.IntRange(1, 4).Draw(rt, "from")), To: fmt.Sprintf("2026-%02d", rapid.IntRange(1, 4).Draw(rt, "to"))}
			if rapid.Bool().Draw(rt, "some facilities") {
				f.Facilities = []id.Facility{1, 3}
			}
			err := d.Update(t.Context(), func(tx *db.Tx) error {
				if _, err := tx.Exec("delete from rollup"); err != nil {
					return err
				}
				if err := cells.Write(tx); err != nil {
					return err
				}
				for _, fee := range []id.FeeKind{0, 7} {
					f.FeeKind = fee
					list, err := indicator.Standings(tx, f)
					if err != nil {
						return err
					}
					sameAsQuery(rt, tx, f, list, func(g indicator.Filter, s indicator.Standing) indicator.Filter {
						g.Facilities = []id.Facility{s.Facility}
						return g
					})
				}
				f.FeeKind = 0
				fees, err := indicator.FeeStandings(tx, f)
				if err != nil {
					return err
				}
				sameAsQuery(rt, tx, f, fees, func(g indicator.Filter, s indicator.Standing) indicator.Filter {
					g.FeeKind = s.FeeKind
					return g
				})
				return addsUp(rt, tx, f, fees)
			})
			if err != nil {
				rt.Fatal(err)
			}
		})
	})
}

func sameAsQuery(t *rapid.T, tx *db.Tx, f indicator.Filter, list []indicator.Standing, narrow func(indicator.Filter, indicator.Standing) indicator.Filter) {
	for _, s := range list {
		for _, c := range []struct {
			from string
			got  indicator.Figures
		}{{f.From, s.Period}, {"", s.UpTo}} {
			g := narrow(f, s)
			g.From = c.from
			if c.from > f.To {
				g.To = "0000" // a period that ends before it begins holds nothing
			}
			rows, err := indicator.Query(tx, g)
			if err != nil {
				t.Fatal(err)
			}
			want := indicator.Figures{}
			for _, r := range rows {
				want = want.Add(r.Figures)
			}
			if diff := cmp.Diff(want.Add(indicator.Figures{}), c.got.Add(indicator.Figures{})); diff != "" {
				t.Fatalf("%v from %q to %q (-query +standing):\n%s", narrow(f, s), c.from, f.To, diff)
			}
		}
	}
}

func addsUp(t *rapid.T, tx *db.Tx, f indicator.Filter, fees []indicator.Standing) error {
	byFacility, err := indicator.Standings(tx, f)
	if err != nil {
		return err
	}
	var total, sum, parts indicator.Standing
	for _, s := range byFacility {
		sum = sum.Add(s)
	}
	for i, s := range fees {
		if i == 0 {
			total = s
			continue
		}
		parts = parts.Add(s)
	}
	if len(fees) > 0 && fees[0].FeeKind != 0 {
		t.Fatalf("the first row is fee kind %v", fees[0].FeeKind)
	}
	var whole indicator.Figures
	if f.From <= f.To {
		rows, err := indicator.Query(tx, f)
		if err != nil {
			return err
		}
		for _, r := range rows {
			whole = r.Figures
		}
	}
	if whole.Payments() != total.Period.Payments() || whole.Issued != total.Period.Issued {
		t.Fatalf("the total is %+v, Query says %+v", total.Period, whole)
	}
	if total.Period.Payments() != sum.Period.Payments() || total.Open() != sum.Open() {
		t.Fatalf("facilities add up to %+v, the total is %+v", sum, total)
	}
	if total.Period.Payments().Amount != parts.Period.Payments().Amount || total.UpTo.Issued.Amount != parts.UpTo.Issued.Amount {
		t.Fatalf("fee kinds add up to %+v, the total is %+v", parts, total)
	}
	return nil
}

func TestCellsAndCompare(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		at := func(f id.Facility, month string, fee id.FeeKind, m indicator.Measure) indicator.Cell {
			return indicator.Cell{Facility: f, Month: month, FeeKind: fee, Measure: m}
		}
		kept := indicator.Deltas{
			at(1, "2026-09", 0, "qr"): {N: 2, Amount: 300}, at(1, "2026-09", 7, "qr"): {N: 2, Amount: 300}, at(1, "2026-10", 0, "cash"): {N: 1, Amount: 5},
			at(1, "2026-11", 0, "qr"): {N: 4, Amount: 4}, at(2, "2026-10", 0, "cash"): {N: 9, Amount: 9},
		}
		var got indicator.Deltas
		err := d.Update(t.Context(), func(tx *db.Tx) error {
			err := kept.Write(tx)
			if err == nil {
				got, err = indicator.Cells(tx, 1, "2026-09", "2026-10")
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		want := indicator.Deltas{}
		for c, s := range kept {
			if c.Facility == 1 && c.Month <= "2026-10" {
				want[c] = s
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		f := got.Figures(func(c indicator.Cell) bool { return c.FeeKind == 0 })
		if f.Payments() != (indicator.Sum{N: 3, Amount: 305}) || f.Methods[rail.QR].N != 2 {
			t.Errorf("added up: %+v", f)
		}
		facts := indicator.Deltas{at(1, "2026-09", 0, "qr"): {N: 2, Amount: 300}, at(1, "2026-09", 0, "card"): {N: 1, Amount: 1}}
		var said []string
		for _, c := range indicator.Compare(got, facts) {
			said = append(said, fmt.Sprintf("%s %d %s %v", c.Month, int64(c.FeeKind), c.Measure, c.Same()))
		}
		if diff := cmp.Diff([]string{"2026-09 0 card false", "2026-09 0 qr true", "2026-09 7 qr false", "2026-10 0 cash false"}, said); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	})
}

func TestCensus(t *testing.T) {
	paid := func(m rail.Method) indicator.Standing {
		f := indicator.Figures{Methods: map[rail.Method]indicator.Sum{m: {N: 1, Amount: 10}}}
		return indicator.Standing{Period: f, UpTo: f}
	}
	owed := indicator.Standing{UpTo: indicator.Figures{Issued: indicator.Sum{N: 2, Amount: 20}}}
	here := []org.Area{{ID: 1}}
	entry := func(collects bool, status org.Status, methods int, path []org.Area) org.Entry {
		e := org.Entry{Facility: org.Facility{Collects: collects, Status: status}, Path: path}
		for i := range methods {
			e.Since[i] = "2026-01-01"
		}
		return e
	}
	var c indicator.Census
	c.Count(entry(true, org.Active, 3, here), paid(rail.QR))
	c.Count(entry(true, org.Active, 4, here), paid(rail.Cash))
	c.Count(entry(true, org.Active, 2, here), owed)
	c.Count(entry(true, org.Active, 0, here), indicator.Standing{})
	c.Count(entry(false, org.Active, 4, here), indicator.Standing{})
	c.Count(entry(false, org.Active, 4, here), paid(rail.Card)) // declared nothing, collected all the same
	c.Count(entry(true, org.Paused, 1, here), indicator.Standing{})
	c.Count(entry(true, org.Closed, 1, nil), paid(rail.Website)) // closed before the day of the report
	want := indicator.Census{Of: [4]int64{4, 1, 2, 1}, Cashless: 3, Due: 4, Ready: 2}
	if c != want {
		t.Errorf("census %+v, want %+v", c, want)
	}
	if c.Using() != (indicator.Share{Part: 3, Whole: 4}) || c.Equipped() != (indicator.Share{Part: 2, Whole: 4}) || c.All() != 8 {
		t.Errorf("T2 %+v, T8 %+v of %d", c.Using(), c.Equipped(), c.All())
	}
	if (owed.Open() != indicator.Sum{N: 2, Amount: 20}) || !owed.Silent() || paid(rail.QR).Silent() {
		t.Error("open bills without money are silent")
	}
}
