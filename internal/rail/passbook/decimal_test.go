package passbook

import (
	"errors"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/sen-platform/sen/internal/vnd"
)

func TestParseDecimal(t *testing.T) {
	for _, c := range []struct {
		in, want string
		err      error
	}{
		{"8.50", "8.5", nil},
		{"-12", "-12", nil},
		{"+0.00", "0", nil},
		{"-0", "0", nil},
		{"185723.", "185723", nil},
		{".5", "0.5", nil},
		{"000000000025.00", "25", nil},
		{"0.00001", "0.00001", nil},
		{"999999999999999999", "999999999999999999", nil},
		{"9999999999999.99999", "9999999999999.99999", nil},
		{"1000000000000000000", "", ErrAmountRange},
		{"0.000001", "", ErrAmountRange},
		{"", "", ErrAmount},
		{"-", "", ErrAmount},
		{".", "", ErrAmount},
		{"1,5", "", ErrAmount},
		{"1e5", "", ErrAmount},
		{"--1", "", ErrAmount},
		{"1.2.3", "", ErrAmount},
		{"１", "", ErrAmount},
	} {
		got, err := ParseDecimal(c.in)
		if !errors.Is(err, c.err) || (err == nil && got.String() != c.want) {
			t.Errorf("ParseDecimal(%q) = %s, %v; want %s, %v", c.in, got, err, c.want, c.err)
		}
	}
}

func TestDecimalVND(t *testing.T) {
	whole, _ := ParseDecimal("1500000.00")
	if got, err := whole.VND(); err != nil || got != 1_500_000 {
		t.Errorf("VND = %d, %v", got, err)
	}
	part, _ := ParseDecimal("5.5")
	if _, err := part.VND(); !errors.Is(err, vnd.ErrFraction) {
		t.Errorf("fraction: %v", err)
	}
}

// decimals draws amounts of every size and scale as text.
func decimals() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		scale := rapid.IntRange(0, 5).Draw(t, "scale")
		digits := rapid.Int64Range(-999_999_999_999_999_999, 999_999_999_999_999_999).Draw(t, "digits")
		r := new(big.Rat).SetFrac64(digits, pow10[scale])
		return r.FloatString(scale)
	})
}

// TestTotalIsExact compares sums with rational arithmetic.
func TestTotalIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		texts := rapid.SliceOfN(decimals(), 0, 40).Draw(t, "amounts")
		var total Total
		want := new(big.Rat)
		for _, s := range texts {
			d, err := ParseDecimal(s)
			if err != nil {
				t.Fatalf("%q: %v", s, err)
			}
			r, _ := new(big.Rat).SetString(s)
			if back, _ := new(big.Rat).SetString(d.String()); back.Cmp(r) != 0 {
				t.Fatalf("%q became %s", s, d)
			}
			total.Add(d)
			want.Add(want, r)
		}
		got, _ := new(big.Rat).SetString(total.String())
		if got.Cmp(want) != 0 {
			t.Fatalf("sum %s, want %s", total.String(), want.FloatString(5))
		}
		if s := total.String(); strings.Contains(s, ".") && strings.HasSuffix(s, "0") {
			t.Fatalf("%q has trailing zeros", s)
		}
	})
}
