package vnd

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		in   string
		want Amount
	}{
		{"0", 0},
		{"1500000", 1_500_000},
		{"1.500.000", 1_500_000},
		{"1,500,000", 1_500_000},
		{"1 500 000", 1_500_000},
		{"1\u00a0500\u00a0000", 1_500_000},
		{"1\u202f500\u202f000", 1_500_000},
		{"1,500,000.00", 1_500_000},
		{"1.500.000,00", 1_500_000},
		{"1 500 000,0", 1_500_000},
		{"1500000.00", 1_500_000},
		{"1500000,0", 1_500_000},
		{"0.00", 0},
		{"0,000", 0},
		{"0.0000", 0},
		{"500.000", 500_000},
		{"1.500", 1_500},
		{"+500,000VND", 500_000},
		{"+4,997,800vnd", 4_997_800},
		{"-500.000", -500_000},
		{"\u2212500.000 ₫", -500_000},
		{"- 500.000đ", -500_000},
		{"(1.500.000)", -1_500_000},
		{"(1.500.000) đồng", -1_500_000},
		{"(1.500.000 VND)", -1_500_000},
		{"( 15 )", -15},
		{"1.250.000\u00a0₫", 1_250_000},
		{"1.250.000 đ", 1_250_000},
		{"1.250.000 Đ", 1_250_000},
		{"1250000 đồng", 1_250_000},
		{"1250000 ĐỒNG", 1_250_000},
		{"1250000 \u0111o\u0302\u0300ng", 1_250_000}, // decomposed accents
		{"1250000 dong", 1_250_000},
		{"1250000 VNĐ", 1_250_000},
		{"VND 1,250,000", 1_250_000},
		{"-VND1,250,000", -1_250_000},
		{"VND -1,250,000", -1_250_000},
		{"\t1.000\r\n", 1_000},
		{"007", 7},
		{"9223372036854775807", math.MaxInt64},
		{"-9223372036854775808", math.MinInt64},
		{"-9.223.372.036.854.775.808,00", math.MinInt64},
	} {
		got, err := Parse(c.in)
		if err != nil || got != c.want {
			t.Errorf("Parse(%q) = %d, %v; want %d", c.in, int64(got), err, int64(c.want))
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, c := range []struct {
		in   string
		want error
	}{
		{"", ErrSyntax},
		{" ", ErrSyntax},
		{"VND", ErrSyntax},
		{"-", ErrSyntax},
		{"()", ErrSyntax},
		{"(1", ErrSyntax},
		{"1)", ErrSyntax},
		{"-(1)", ErrSyntax},
		{"(-1)", ErrSyntax},
		{"--1", ErrSyntax},
		{"1-", ErrSyntax},
		{"1.5", ErrFraction},
		{"1,50", ErrFraction},
		{"1.500,50", ErrFraction},
		{"1,500.25 VND", ErrFraction},
		{"0.500", ErrFraction},
		{"1500000.001", ErrSyntax},
		{"1500000.000", ErrSyntax},
		{"1,500.000", ErrSyntax},
		{"1.500,000", ErrSyntax},
		{"1.50.000", ErrSyntax},
		{"1.500.00", ErrSyntax},
		{"1.5.0", ErrSyntax},
		{"1..500", ErrSyntax},
		{".500", ErrSyntax},
		{"500.", ErrSyntax},
		{"1 5", ErrSyntax},
		{"1 000 00", ErrSyntax},
		{"000.000", ErrSyntax},
		{"012.345", ErrSyntax},
		{"0,123,456", ErrSyntax},
		{"1e6", ErrSyntax},
		{"0x10", ErrSyntax},
		{"1_000", ErrSyntax},
		{"1'000", ErrSyntax},
		{"mười đồng", ErrSyntax},
		{"1.000 USD", ErrSyntax},
		{"\uff11\uff12", ErrSyntax}, // full-width digits
		{"1 VND VND", ErrSyntax},
		{"9223372036854775808", ErrOverflow},
		{"-9223372036854775809", ErrOverflow},
		{"99.999.999.999.999.999.999", ErrOverflow},
		{"1" + string(make([]byte, 100)), ErrSyntax},
	} {
		got, err := Parse(c.in)
		if !errors.Is(err, c.want) {
			t.Errorf("Parse(%q) = %d, %v; want %v", c.in, int64(got), err, c.want)
		}
	}
}

func anyAmount() *rapid.Generator[Amount] {
	return rapid.Custom(func(t *rapid.T) Amount {
		if rapid.Bool().Draw(t, "wide") {
			return Amount(rapid.Int64().Draw(t, "amount"))
		}
		return Amount(rapid.Int64Range(-2_000_000, 2_000_000).Draw(t, "amount"))
	})
}

func TestParseReadsWhatIsWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := anyAmount().Draw(t, "a")
		for _, s := range []string{a.String(), a.Grouped(), a.Grouped() + ",00 VND"} {
			if got, err := Parse(s); err != nil || got != a {
				t.Fatalf("Parse(%q) = %d, %v; want %d", s, int64(got), err, int64(a))
			}
		}
	})
}

func FuzzVNDParse(f *testing.F) {
	for _, s := range []string{"1.500.000", "1,500,000.00", "(1.500.000) đồng", "−1.250.000\u00a0₫", "+4,997,800vnd", "1.5", "0.500"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := Parse(s)
		if err != nil {
			if !errors.Is(err, ErrSyntax) && !errors.Is(err, ErrFraction) && !errors.Is(err, ErrOverflow) {
				t.Fatalf("Parse(%q): error of no kind: %v", s, err)
			}
			return
		}
		back, err := Parse(a.String())
		if err != nil || back != a {
			t.Fatalf("Parse(%q) = %d, written %q reads as %d, %v", s, int64(a), a.String(), int64(back), err)
		}
	})
}
