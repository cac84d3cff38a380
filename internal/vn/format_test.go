package vn

import (
	"math"
	"math/big"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestPercent(t *testing.T) {
	for _, c := range []struct {
		num, den int64
		want     string
	}{
		{0, 0, "—"},
		{5, 0, "—"},
		{0, 7, "0,0%"},
		{897, 1000, "89,7%"},
		{1, 1, "100,0%"},
		{1, 3, "33,3%"},
		{2, 3, "66,7%"},
		{1, 2000, "0,1%"}, // a half is rounded up
		{1, 2001, "0,0%"}, // less than half is not
		{9995, 10_000, "100,0%"},
		{9994, 10_000, "99,9%"},
		{3, 2, "150,0%"},
		{12_345, 1, "1.234.500,0%"},
		{-1, 3, "−33,3%"},
		{-1, 100_000, "0,0%"},
		{1, -3, "−33,3%"},
		{math.MaxInt64, math.MaxInt64, "100,0%"},
		{math.MaxInt64 - 1, math.MaxInt64, "100,0%"},
		{math.MinInt64, math.MinInt64, "100,0%"},
		{math.MaxInt64, math.MinInt64, "−100,0%"},
		{math.MaxInt64, 1, "—"},
	} {
		if got := Percent(c.num, c.den); got != c.want {
			t.Errorf("Percent(%d, %d) = %q, want %q", c.num, c.den, got, c.want)
		}
	}
}

func TestPercentIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		den := rapid.OneOf(rapid.Int64Range(1, 1000), rapid.Int64Min(1)).Draw(t, "den")
		num := rapid.Int64Range(0, den).Draw(t, "num")
		digits := strings.NewReplacer(",", "", "%", "").Replace(Percent(num, den))
		tenths, ok := new(big.Int).SetString(digits, 10)
		if !ok {
			t.Fatalf("Percent(%d, %d) = %q", num, den, Percent(num, den))
		}
		// What is missing from the shown tenths lies in [−½, ½): an exact half was rounded up.
		off := new(big.Int).Mul(big.NewInt(num), big.NewInt(1000))
		off.Sub(off, tenths.Mul(tenths, big.NewInt(den)))
		off.Lsh(off, 1)
		if off.Cmp(big.NewInt(den)) >= 0 || off.Cmp(new(big.Int).Neg(big.NewInt(den))) < 0 {
			t.Fatalf("Percent(%d, %d) = %q", num, den, Percent(num, den))
		}
	})
}

func TestCount(t *testing.T) {
	for in, want := range map[int64]string{0: "0", 999: "999", 1000: "1.000", 1234567: "1.234.567", -4200: "−4.200", math.MinInt64: "−9.223.372.036.854.775.808"} {
		if got := Count(in); got != want {
			t.Errorf("Count(%d) = %q, want %q", in, got, want)
		}
	}
}

func TestDateTime(t *testing.T) {
	at := time.Date(2026, 11, 22, 12, 2, 33, 0, time.UTC)
	if got := DateTime(at); got != "19:02 22/11/2026" {
		t.Errorf("DateTime = %q", got)
	}
	if got := DateTime(at.Add(5 * time.Hour)); got != "00:02 23/11/2026" {
		t.Errorf("DateTime after midnight in Viet Nam = %q", got)
	}
}
