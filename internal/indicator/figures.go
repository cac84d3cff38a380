package indicator

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/rail"
	"github.com/sen-platform/sen/internal/vnd"
)

// Figures is what the rollups say about a set of cells. Flows are of the period asked for;
// what is outstanding is a stock, so ask for it from the beginning (Filter.From empty).
type Figures struct {
	Issued    Sum // bills published
	Cancelled Sum // bills cancelled after publishing
	Settled   Sum // bills paid in full; only without a fee kind, since a bill is settled as a whole
	Methods   map[rail.Method]Sum
}

// Payments is all payments by any method, cash included: the denominator of T3 and T4.
func (f Figures) Payments() Sum {
	var t Sum
	for _, s := range f.Methods {
		t.N += s.N
		t.Amount += s.Amount
	}
	return t
}

// Cashless is the payments by the four methods P1–P4: the numerator of T3 and T4.
func (f Figures) Cashless() Sum {
	var t Sum
	for _, m := range rail.Methods() {
		t.N += f.Methods[m].N
		t.Amount += f.Methods[m].Amount
	}
	return t
}

// Applicable reports whether a cashless share means anything: a facility that collected
// nothing has none, it is not 0 % (design, section 3).
func (f Figures) Applicable() bool { return f.Payments().N > 0 }

// Outstanding is what published bills still owe, over the whole period of the figures.
func (f Figures) Outstanding() vnd.Amount {
	return f.Issued.Amount - f.Cancelled.Amount - f.Payments().Amount
}

// Add adds the figures of disjoint cells.
func (f Figures) Add(g Figures) Figures {
	plus := func(a, b Sum) Sum { return Sum{a.N + b.N, a.Amount + b.Amount} }
	out := Figures{Issued: plus(f.Issued, g.Issued), Cancelled: plus(f.Cancelled, g.Cancelled), Settled: plus(f.Settled, g.Settled), Methods: map[rail.Method]Sum{}}
	for m, s := range f.Methods {
		out.Methods[m] = s
	}
	for m, s := range g.Methods {
		out.Methods[m] = plus(out.Methods[m], s)
	}
	return out
}

// Dim is a dimension that figures can be grouped by.
type Dim string

// The dimensions. Sector, level and area are facilities' properties on a date, which the
// caller groups by (rooms below know no map).
const (
	ByFacility Dim = "facility_id"
	ByMonth    Dim = "month"
	ByFeeKind  Dim = "fee_kind_id"
)

// Filter says which cells count. Zero values mean no bound.
type Filter struct {
	Facilities []id.Facility // empty means all
	From, To   string        // months YYYY-MM, both included
	FeeKind    id.FeeKind    // 0 means all fee kinds together
}

// Row is the figures of one group; dimensions not grouped by are zero.
type Row struct {
	Facility id.Facility
	Month    string
	FeeKind  id.FeeKind
	Figures
}

// Query sums the cells that fit, grouped by the given dimensions, in their order. Grouped by
// fee kind, each kind has a row; otherwise payments are counted once however many kinds they pay.
func Query(tx *db.Tx, f Filter, dims ...Dim) ([]Row, error) {
	where, args := []string{"1 = 1"}, []any{}
	arg := func(cond string, v any) {
		args = append(args, v)
		where = append(where, strings.ReplaceAll(cond, "?", "$"+strconv.Itoa(len(args))))
	}
	if len(f.Facilities) > 0 {
		args = append(args, db.List(tx, f.Facilities))
		where = append(where, tx.In("facility_id", len(args)))
	}
	if f.From != "" {
		arg("month >= ?", f.From)
	}
	if f.To != "" {
		arg("month <= ?", f.To)
	}
	switch {
	case f.FeeKind != 0:
		arg("fee_kind_id = ?", f.FeeKind)
	case slices.Contains(dims, ByFeeKind):
		where = append(where, "fee_kind_id <> 0")
	default:
		where = append(where, "fee_kind_id = 0")
	}
	cols := []string{"cast(0 as bigint)", "''", "cast(0 as bigint)"}
	var group []string
	for _, d := range dims {
		cols[slices.Index([]Dim{ByFacility, ByMonth, ByFeeKind}, d)] = string(d)
		group = append(group, string(d))
	}
	by := strings.Join(append(slices.Clone(group), "measure"), ", ")
	rows, err := tx.Query("select "+strings.Join(cols, ", ")+", measure, cast(sum(n) as bigint), cast(sum(amount) as bigint) from rollup where "+
		strings.Join(where, " and ")+" group by "+by+" order by "+by, args...)
	var out []Row
	err = db.Each(rows, err, func(r db.Rows) error {
		var k Row
		var m Measure
		var s Sum
		if err := r.Scan(&k.Facility, &k.Month, &k.FeeKind, &m, &s.N, &s.Amount); err != nil {
			return err
		}
		n := len(out) - 1
		if n < 0 || out[n].Facility != k.Facility || out[n].Month != k.Month || out[n].FeeKind != k.FeeKind {
			k.Methods = map[rail.Method]Sum{}
			out = append(out, k)
			n++
		}
		switch m {
		case Issued:
			out[n].Issued = s
		case Cancelled:
			out[n].Cancelled = s
		case Settled:
			out[n].Settled = s
		default:
			out[n].Methods[rail.Method(m)] = s
		}
		return nil
	})
	return out, err
}
