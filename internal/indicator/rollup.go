// Package indicator is measured figures. Rollups are cells of count and amount per facility,
// month, fee kind and measure; they move in the transaction of the facts they count and can
// be computed again from them (invariant 6).
package indicator

import (
	"cmp"
	"slices"

	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/vnd"
)

// Measure says what a cell counts. Besides these, each rail.Method is a measure: payments
// by that method, one per receipt.
type Measure string

// The measures of bills.
const (
	Issued    Measure = "issued"    // bills published: count and total
	Cancelled Measure = "cancelled" // bills cancelled after publishing: count and total
	Settled   Measure = "settled"   // bills paid in full: count and total; taken back when reopened
)

// AllFees as the fee kind of a cell is the total over fee kinds.
const AllFees id.FeeKind = 0

// Cell names one cell. Month is YYYY-MM.
type Cell struct {
	Facility id.Facility
	Month    string
	FeeKind  id.FeeKind
	Measure  Measure
}

// Sum is what a cell holds.
type Sum struct {
	N      int64
	Amount vnd.Amount
}

// Deltas gathers movements of cells before they are written.
type Deltas map[Cell]Sum

// Add moves one cell.
func (d Deltas) Add(c Cell, n int64, amount vnd.Amount) error {
	s := d[c]
	s.N += n
	var err error
	if s.Amount, err = s.Amount.Add(amount); err != nil {
		return err
	}
	d[c] = s
	return nil
}

// AddByFee moves the total cell by one whole (n, Σ parts) and each fee kind's cell by its part.
func (d Deltas) AddByFee(f id.Facility, month string, m Measure, n int64, parts []FeePart) error {
	var total vnd.Amount
	for _, p := range parts {
		var err error
		if total, err = total.Add(p.Amount); err != nil {
			return err
		}
		if p.Amount == 0 {
			continue
		}
		if err := d.Add(Cell{f, month, p.FeeKind, m}, n, p.Amount); err != nil {
			return err
		}
	}
	return d.Add(Cell{f, month, AllFees, m}, n, total)
}

// FeePart is an amount that belongs to one fee kind.
type FeePart struct {
	FeeKind id.FeeKind
	Amount  vnd.Amount
}

// Write applies the movements, each cell once, in a fixed order so that writers cannot deadlock.
func (d Deltas) Write(tx *db.Tx) error {
	cells := make([]Cell, 0, len(d))
	for c, s := range d {
		if s != (Sum{}) {
			cells = append(cells, c)
		}
	}
	slices.SortFunc(cells, func(a, b Cell) int {
		return cmp.Or(cmp.Compare(a.Facility, b.Facility), cmp.Compare(a.Month, b.Month),
			cmp.Compare(a.FeeKind, b.FeeKind), cmp.Compare(a.Measure, b.Measure))
	})
	rows := make([][]any, len(cells))
	for i, c := range cells {
		rows[i] = []any{int64(c.Facility), c.Month, int64(c.FeeKind), string(c.Measure), d[c].N, int64(d[c].Amount)}
	}
	return tx.Upsert("rollup", []string{"facility_id", "month", "fee_kind_id", "measure", "n", "amount"}, rows,
		"on conflict (facility_id, month, fee_kind_id, measure) do update set n = rollup.n + excluded.n, amount = rollup.amount + excluded.amount", nil)
}

// All reads every cell that is not zero; for `sen verify` and reports over everything.
func All(tx *db.Tx) (Deltas, error) {
	out := Deltas{}
	rows, err := tx.Query("select facility_id, month, fee_kind_id, measure, n, amount from rollup")
	err = db.Each(rows, err, func(r db.Rows) error {
		var c Cell
		var s Sum
		if err := r.Scan(&c.Facility, &c.Month, &c.FeeKind, &c.Measure, &s.N, &s.Amount); err != nil {
			return err
		}
		if s != (Sum{}) {
			out[c] = s
		}
		return nil
	})
	return out, err
}
