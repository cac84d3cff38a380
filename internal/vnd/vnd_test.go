package vnd

import (
	"database/sql"
	"encoding/json"
	"errors"
	"math"
	"math/big"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// TestArithmetic compares with exact integers: the result is right, or it is ErrOverflow and
// the exact result does not fit.
func TestArithmetic(t *testing.T) {
	edge := rapid.OneOf(rapid.Int64(), rapid.SampledFrom([]int64{0, 1, -1, 2, -2, math.MaxInt64, math.MinInt64, math.MinInt64 + 1}))
	rapid.Check(t, func(t *rapid.T) {
		a, b := edge.Draw(t, "a"), edge.Draw(t, "b")
		x, y := big.NewInt(a), big.NewInt(b)
		for name, c := range map[string]struct {
			exact *big.Int
			op    func() (Amount, error)
		}{
			"add": {new(big.Int).Add(x, y), func() (Amount, error) { return Amount(a).Add(Amount(b)) }},
			"sub": {new(big.Int).Sub(x, y), func() (Amount, error) { return Amount(a).Sub(Amount(b)) }},
			"mul": {new(big.Int).Mul(x, y), func() (Amount, error) { return Amount(a).Mul(b) }},
			"sum": {new(big.Int).Add(x, y), func() (Amount, error) { return Sum(Amount(a), Amount(b)) }},
		} {
			got, err := c.op()
			if c.exact.IsInt64() {
				if err != nil || int64(got) != c.exact.Int64() {
					t.Fatalf("%s(%d, %d) = %d, %v; want %s", name, a, b, int64(got), err, c.exact)
				}
			} else if !errors.Is(err, ErrOverflow) {
				t.Fatalf("%s(%d, %d) = %d, %v; want overflow", name, a, b, int64(got), err)
			}
		}
	})
}

func TestFormat(t *testing.T) {
	for _, c := range []struct {
		in      Amount
		grouped string
	}{
		{0, "0"},
		{7, "7"},
		{999, "999"},
		{1_000, "1.000"},
		{-1_000, "\u22121.000"},
		{1_250_000, "1.250.000"},
		{-465_000, "\u2212465.000"},
		{MaxBill, "9.999.999.999.999"},
		{math.MaxInt64, "9.223.372.036.854.775.807"},
		{math.MinInt64, "\u22129.223.372.036.854.775.808"},
	} {
		if got := c.in.Grouped(); got != c.grouped {
			t.Errorf("Grouped(%d) = %q, want %q", int64(c.in), got, c.grouped)
		}
		if got, want := c.in.String(), c.grouped+"\u00a0\u20ab"; got != want {
			t.Errorf("String(%d) = %q, want %q", int64(c.in), got, want)
		}
	}
}

func TestJSON(t *testing.T) {
	type bill struct {
		Amount Amount  `json:"amount"`
		Paid   *Amount `json:"paid"`
	}
	b, err := json.Marshal(bill{Amount: -1_250_000})
	if err != nil || string(b) != `{"amount":-1250000,"paid":null}` {
		t.Errorf("Marshal = %s, %v", b, err)
	}
	for _, c := range []struct {
		in   string
		want Amount
	}{{"0", 0}, {"-0", 0}, {"1250000", 1_250_000}, {"-5", -5}, {"9223372036854775807", math.MaxInt64}, {"-9223372036854775808", math.MinInt64}} {
		var got bill
		if err := json.Unmarshal([]byte(`{"amount":`+c.in+`}`), &got); err != nil || got.Amount != c.want {
			t.Errorf("%s = %d, %v", c.in, int64(got.Amount), err)
		}
	}
	for _, c := range []struct {
		in   string
		want error
	}{
		{"1.0", ErrFraction},
		{"5.5", ErrFraction},
		{"-0.5", ErrFraction},
		{"1.5e1", ErrFraction},
		{"1e6", ErrSyntax},
		{"1E6", ErrSyntax},
		{`"1000"`, ErrSyntax},
		{"null", ErrSyntax},
		{"true", ErrSyntax},
		{"[1]", ErrSyntax},
		{"{}", ErrSyntax},
		{"9223372036854775808", ErrOverflow},
		{"-9223372036854775809", ErrOverflow},
		{"1000000000000000000000", ErrOverflow},
	} {
		got := bill{Amount: 7}
		if err := json.Unmarshal([]byte(`{"amount":`+c.in+`}`), &got); !errors.Is(err, c.want) || got.Amount != 7 {
			t.Errorf("%s = %d, %v; want %v", c.in, int64(got.Amount), err, c.want)
		}
	}
	var a Amount
	for _, in := range []string{"", "-", "01", "-01", "+1", " 1", "1 ", "0x1", "1_0"} {
		if err := a.UnmarshalJSON([]byte(in)); !errors.Is(err, ErrSyntax) {
			t.Errorf("UnmarshalJSON(%q): %v", in, err)
		}
	}
}

func TestDatabase(t *testing.T) {
	var a Amount
	for _, src := range []any{int64(1_250_000), "1250000", []byte("1250000")} {
		if a = 0; a.Scan(src) != nil || a != 1_250_000 {
			t.Errorf("Scan(%T) = %d", src, int64(a))
		}
	}
	for _, c := range []struct {
		src  any
		want error
	}{
		{5.5, ErrFraction},
		{5.0, ErrFraction},
		{math.NaN(), ErrFraction},
		{"5.5", ErrFraction},
		{nil, ErrSyntax},
		{true, ErrSyntax},
		{"mười đồng", ErrSyntax},
		{"", ErrSyntax},
		{[]byte(" 1"), ErrSyntax},
		{"9223372036854775808", ErrOverflow},
	} {
		a = 7
		if err := a.Scan(c.src); !errors.Is(err, c.want) || a != 7 {
			t.Errorf("Scan(%v) = %d, %v; want %v", c.src, int64(a), err, c.want)
		}
	}
	if v, err := Amount(-5).Value(); err != nil || v != int64(-5) {
		t.Errorf("Value = %v, %v", v, err)
	}
	var n sql.Null[Amount]
	if err := n.Scan(nil); err != nil || n.Valid {
		t.Errorf("a null column: %v, %v", n, err)
	}
	if err := n.Scan(int64(5)); err != nil || !n.Valid || n.V != 5 {
		t.Errorf("a nullable column: %v, %v", n, err)
	}
}

func TestSplit(t *testing.T) {
	for _, c := range []struct {
		total   Amount
		weights []int64
		want    []Amount
	}{
		{100, []int64{1}, []Amount{100}},
		{100, []int64{1, 1, 1}, []Amount{34, 33, 33}},
		{101, []int64{1, 1, 1}, []Amount{34, 34, 33}},
		{-100, []int64{1, 1, 1}, []Amount{-34, -33, -33}},
		{100, []int64{0, 1, 0, 1}, []Amount{0, 50, 0, 50}},
		{10, []int64{6, 1, 1}, []Amount{8, 1, 1}},
		{11, []int64{5, 3, 2}, []Amount{6, 3, 2}},
		{0, []int64{3, 4}, []Amount{0, 0}},
		{1, []int64{0, 5, 5}, []Amount{0, 1, 0}},
		{math.MaxInt64, []int64{math.MaxInt64 - 1, 1}, []Amount{math.MaxInt64 - 1, 1}},
		{math.MinInt64, []int64{1}, []Amount{math.MinInt64}},
	} {
		got, err := Split(c.total, c.weights)
		if err != nil {
			t.Errorf("Split(%d, %v): %v", int64(c.total), c.weights, err)
		} else if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("Split(%d, %v) (-want +got):\n%s", int64(c.total), c.weights, diff)
		}
	}
	for _, weights := range [][]int64{nil, {}, {0}, {0, 0}, {1, -1}} {
		if _, err := Split(100, weights); !errors.Is(err, ErrWeights) {
			t.Errorf("Split by %v: %v", weights, err)
		}
	}
	if _, err := Split(100, []int64{math.MaxInt64, 1}); !errors.Is(err, ErrOverflow) {
		t.Errorf("Split by too much: %v", err)
	}
}

// TestSplitIsFair: the parts add up, none is a whole đồng or more away from its exact share,
// and a larger weight never gets less.
func TestSplitIsFair(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		total := anyAmount().Draw(t, "total")
		weights := rapid.SliceOfN(rapid.Int64Range(0, 1_000_000), 1, 12).Draw(t, "weights")
		parts, err := Split(total, weights)
		if errors.Is(err, ErrWeights) {
			return
		}
		sum, err2 := Sum(parts...)
		if err != nil || err2 != nil || sum != total {
			t.Fatalf("parts %v of %d: %v, %v", parts, int64(total), err, err2)
		}
		all := big.NewInt(0)
		for _, w := range weights {
			all.Add(all, big.NewInt(w))
		}
		for i, p := range parts {
			// |p·Σw − total·w| < Σw
			exact := new(big.Int).Mul(big.NewInt(int64(total)), big.NewInt(weights[i]))
			off := new(big.Int).Mul(big.NewInt(int64(p)), all)
			if off.Sub(off, exact).CmpAbs(all) >= 0 {
				t.Fatalf("part %d of %v by %v is %d", i, int64(total), weights, int64(p))
			}
			for j := range parts {
				if weights[i] < weights[j] && parts[i].abs() > parts[j].abs() {
					t.Fatalf("weights %v got %v", weights, parts)
				}
			}
		}
	})
}
