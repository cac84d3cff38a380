package indicator

import (
	"cmp"
	"slices"

	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
)

// Cells reads one facility's cells of the months From … To, all fee kinds and their totals;
// empty bounds mean none. Cells of nothing are left out.
func Cells(tx *db.Tx, facility id.Facility, from, to string) (Deltas, error) {
	out := Deltas{}
	rows, err := tx.Query("select month, fee_kind_id, measure, n, amount from rollup where facility_id = $1 and month >= $2 and ($3 = '' or month <= $3)",
		facility, from, to)
	err = db.Each(rows, err, func(r db.Rows) error {
		c := Cell{Facility: facility}
		var s Sum
		if err := r.Scan(&c.Month, &c.FeeKind, &c.Measure, &s.N, &s.Amount); err != nil {
			return err
		}
		if s != (Sum{}) {
			out[c] = s
		}
		return nil
	})
	return out, err
}

// Figures adds up the cells that pass. The totals over fee kinds are cells of their own, so
// pass must keep either those or the others.
func (d Deltas) Figures(pass func(Cell) bool) Figures {
	var f Figures
	for c, s := range d {
		if pass(c) {
			f.put(c.Measure, s)
		}
	}
	return f
}

// Comparison is one cell as it is kept and as the facts say.
type Comparison struct {
	Cell
	Kept, Facts Sum
}

// Same reports whether the two agree.
func (c Comparison) Same() bool { return c.Kept == c.Facts }

// Compare lists the cells that either side has, by month, fee kind (the total first) and measure.
func Compare(kept, facts Deltas) []Comparison {
	seen := map[Cell]bool{}
	var out []Comparison
	for _, side := range []Deltas{kept, facts} {
		for c := range side {
			if !seen[c] {
				seen[c] = true
				out = append(out, Comparison{c, kept[c], facts[c]})
			}
		}
	}
	slices.SortFunc(out, func(a, b Comparison) int {
		return cmp.Or(cmp.Compare(a.Facility, b.Facility), cmp.Compare(a.Month, b.Month), cmp.Compare(a.FeeKind, b.FeeKind), cmp.Compare(a.Measure, b.Measure))
	})
	return out
}
