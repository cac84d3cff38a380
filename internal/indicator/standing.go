package indicator

import (
	"strconv"

	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/rail"
)

// Standing is the figures of one facility, or of one fee kind, for a period: the flows of the
// period, and everything from the beginning up to its end, from which what is outstanding at
// that end follows.
type Standing struct {
	Facility id.Facility
	FeeKind  id.FeeKind
	Period   Figures
	UpTo     Figures
}

// Add adds the standings of disjoint cells; facility and fee kind stay those of s.
func (s Standing) Add(t Standing) Standing {
	s.Period, s.UpTo = s.Period.Add(t.Period), s.UpTo.Add(t.UpTo)
	return s
}

// Open is the bills that are not paid in full at the end of the period, and what they owe.
// Their number needs figures without a fee kind, like Settled.
func (s Standing) Open() Sum {
	return Sum{s.UpTo.Issued.N - s.UpTo.Cancelled.N - s.UpTo.Settled.N, s.UpTo.Outstanding()}
}

// Silent reports whether nothing was collected in the period although bills are open.
func (s Standing) Silent() bool { return !s.Period.Applicable() && s.Open().Amount > 0 }

// Standings reads the standings of facilities, in one query; those without any figure up to
// the end of the period are absent.
func Standings(tx *db.Tx, f Filter) ([]Standing, error) {
	return standings(tx, f, ByFacility, "and fee_kind_id = "+strconv.FormatInt(int64(f.FeeKind), 10))
}

// FeeStandings reads the standings of fee kinds, in one query. The first, with FeeKind zero,
// is the total in which each payment counts once, however many kinds it pays.
func FeeStandings(tx *db.Tx, f Filter) ([]Standing, error) {
	f.FeeKind = 0
	return standings(tx, f, ByFeeKind, "")
}

func standings(tx *db.Tx, f Filter, by Dim, and string) ([]Standing, error) {
	args := []any{f.From, f.To}
	if len(f.Facilities) > 0 {
		and += " and " + tx.In("facility_id", 3)
		args = append(args, db.List(tx, f.Facilities))
	}
	rows, err := tx.Query("select "+string(by)+`, measure, cast(sum(n) as bigint), cast(sum(amount) as bigint),
		cast(sum(case when month >= $1 then n else 0 end) as bigint), cast(sum(case when month >= $1 then amount else 0 end) as bigint)
		from rollup where ($2 = '' or month <= $2) `+and+" group by "+string(by)+", measure order by "+string(by), args...)
	var out []Standing
	err = db.Each(rows, err, func(r db.Rows) error {
		var key int64
		var m Measure
		var all, period Sum
		if err := r.Scan(&key, &m, &all.N, &all.Amount, &period.N, &period.Amount); err != nil {
			return err
		}
		s := Standing{Facility: id.Facility(key)}
		if by == ByFeeKind {
			s = Standing{FeeKind: id.FeeKind(key)}
		}
		if n := len(out); n == 0 || out[n-1].Facility != s.Facility || out[n-1].FeeKind != s.FeeKind {
			s.Period.Methods, s.UpTo.Methods = map[rail.Method]Sum{}, map[rail.Method]Sum{}
			out = append(out, s)
		}
		last := &out[len(out)-1]
		last.Period.put(m, period)
		last.UpTo.put(m, all)
		return nil
	})
	return out, err
}

// put adds a cell's sum to the figure its measure is.
func (f *Figures) put(m Measure, s Sum) {
	plus := func(t *Sum) { t.N, t.Amount = t.N+s.N, t.Amount+s.Amount }
	switch m {
	case Issued:
		plus(&f.Issued)
	case Cancelled:
		plus(&f.Cancelled)
	case Settled:
		plus(&f.Settled)
	default:
		if s == (Sum{}) {
			return
		}
		t := f.Methods[rail.Method(m)]
		plus(&t)
		if f.Methods == nil {
			f.Methods = map[rail.Method]Sum{}
		}
		f.Methods[rail.Method(m)] = t
	}
}
