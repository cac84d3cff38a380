package indicator_test

import (
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"github.com/sen-platform/sen/internal/indicator"
	"github.com/sen-platform/sen/internal/rail"
)

func TestShares(t *testing.T) {
	f := indicator.Figures{Methods: map[rail.Method]indicator.Sum{
		rail.QR: {N: 6, Amount: 600}, rail.Card: {N: 2, Amount: 900}, rail.Cash: {N: 2, Amount: 500},
	}}
	if got := f.ByCount(); got != (indicator.Share{Part: 8, Whole: 10}) {
		t.Errorf("by count %+v", got)
	}
	if got := f.ByValue(); got != (indicator.Share{Part: 1500, Whole: 2000}) {
		t.Errorf("by value %+v", got)
	}
	if (indicator.Figures{}).ByCount().Known() {
		t.Error("nothing collected has a share")
	}
	for _, c := range []struct {
		part, whole  int64
		level        indicator.Level
		reached      bool
		missing, gap int64
	}{
		{95, 100, indicator.Level{PerMille: 950}, true, 0, 0},
		{95, 100, indicator.Level{PerMille: 950, MoreThan: true}, false, 1, 1},
		{96, 100, indicator.Level{PerMille: 950, MoreThan: true}, true, 0, 0},
		{949_999, 1_000_000, indicator.Level{PerMille: 950}, false, 1, 1},
		{0, 0, indicator.Level{PerMille: 500}, false, 0, 0},
		{0, 7, indicator.Level{PerMille: 500}, false, 4, 500},
		{0, 7, indicator.Level{PerMille: 1000}, false, 7, 1000},
		{0, 1, indicator.Level{PerMille: 999, MoreThan: true}, false, 1, 999},
		{333_000, 371_200, indicator.Level{PerMille: 950, MoreThan: true}, false, 19_641, 53},
		{math.MaxInt64 - 1, math.MaxInt64, indicator.Level{PerMille: 1000}, false, 1, 1},
		{-3, 10, indicator.Level{PerMille: 500}, false, 8, 500},
	} {
		s := indicator.Share{Part: c.part, Whole: c.whole}
		if s.Reached(c.level) != c.reached || s.Missing(c.level) != c.missing || s.Gap(c.level) != c.gap {
			t.Errorf("%+v to %+v: reached %v, missing %d, gap %d", s, c.level, s.Reached(c.level), s.Missing(c.level), s.Gap(c.level))
		}
	}
	if !(indicator.Share{Part: 9, Whole: 10}).Less(indicator.Share{}) || (indicator.Share{}).Less(indicator.Share{}) {
		t.Error("unknown shares come last")
	}
}

// What is missing is exactly enough: with it the level is reached, with one less it is not.
func TestMissingIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		whole := rapid.Int64Min(1).Draw(t, "whole")
		s := indicator.Share{Part: rapid.Int64Range(0, whole).Draw(t, "part"), Whole: whole}
		l := indicator.Level{PerMille: rapid.Int64Range(1, 999).Draw(t, "per mille"), MoreThan: rapid.Bool().Draw(t, "more than")}
		m := s.Missing(l)
		if m < 0 || m > s.Whole-s.Part || (m == 0) != s.Reached(l) || (s.Gap(l) == 0) != s.Reached(l) {
			t.Fatalf("missing %d, gap %d, reached %v", m, s.Gap(l), s.Reached(l))
		}
		with := indicator.Share{Part: s.Part + m, Whole: whole}
		if !with.Reached(l) {
			t.Fatalf("with %d more it is still not reached", m)
		}
		if m > 0 && (indicator.Share{Part: s.Part + m - 1, Whole: whole}).Reached(l) {
			t.Fatalf("%d would do", m-1)
		}
		v := rapid.Int64Min(1).Draw(t, "other whole")
		o := indicator.Share{Part: rapid.Int64Range(0, v).Draw(t, "other part"), Whole: v}
		if s.Less(o) != (big.NewRat(s.Part, s.Whole).Cmp(big.NewRat(o.Part, o.Whole)) < 0) {
			t.Fatalf("%+v less than %+v: %v", s, o, s.Less(o))
		}
	})
}
