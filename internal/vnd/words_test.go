package vnd

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestWords(t *testing.T) {
	for _, c := range []struct {
		in   Amount
		want string
	}{
		{0, "Không đồng"},
		{1, "Một đồng"},
		{5, "Năm đồng"},
		{10, "Mười đồng"},
		{11, "Mười một đồng"},
		{14, "Mười bốn đồng"},
		{15, "Mười lăm đồng"},
		{20, "Hai mươi đồng"},
		{21, "Hai mươi mốt đồng"},
		{24, "Hai mươi tư đồng"},
		{25, "Hai mươi lăm đồng"},
		{91, "Chín mươi mốt đồng"},
		{100, "Một trăm đồng"},
		{101, "Một trăm linh một đồng"},
		{104, "Một trăm linh bốn đồng"},
		{105, "Một trăm linh năm đồng"},
		{110, "Một trăm mười đồng"},
		{115, "Một trăm mười lăm đồng"},
		{555, "Năm trăm năm mươi lăm đồng"},
		{1_000, "Một nghìn đồng"},
		{1_005, "Một nghìn không trăm linh năm đồng"},
		{1_050, "Một nghìn không trăm năm mươi đồng"},
		{10_000, "Mười nghìn đồng"},
		{21_000, "Hai mươi mốt nghìn đồng"},
		{100_000, "Một trăm nghìn đồng"},
		{465_000, "Bốn trăm sáu mươi lăm nghìn đồng"},
		{1_000_000, "Một triệu đồng"},
		{1_000_005, "Một triệu không trăm linh năm đồng"},
		{1_005_000, "Một triệu không trăm linh năm nghìn đồng"},
		{1_250_000, "Một triệu hai trăm năm mươi nghìn đồng"},
		{2_345_678, "Hai triệu ba trăm bốn mươi lăm nghìn sáu trăm bảy mươi tám đồng"},
		{1_000_000_000, "Một tỷ đồng"},
		{1_001_000_000, "Một tỷ không trăm linh một triệu đồng"},
		{15_000_000_001, "Mười lăm tỷ không trăm linh một đồng"},
		{1_000_000_000_000, "Một nghìn tỷ đồng"},
		{1_500_000_000_000, "Một nghìn năm trăm tỷ đồng"},
		{MaxBill, "Chín nghìn chín trăm chín mươi chín tỷ chín trăm chín mươi chín triệu chín trăm chín mươi chín nghìn chín trăm chín mươi chín đồng"},
		{1_000_000_000_000_000_000, "Một tỷ tỷ đồng"},
		{-465_000, "Âm bốn trăm sáu mươi lăm nghìn đồng"},
	} {
		if got := c.in.Words(); got != c.want {
			t.Errorf("%d:\n got %s\nwant %s", int64(c.in), got, c.want)
		}
	}
}

// parseWords reads an amount in words by its own grammar: it looks for the largest unit and
// splits there, and does not know how Words builds its text.
func parseWords(s string) (Amount, error) {
	s, found := strings.CutSuffix(strings.ToLower(s), " đồng")
	if !found {
		return 0, errors.New("no đồng")
	}
	rest, negative := strings.CutPrefix(s, "âm ")
	n, err := readNumber(rest)
	if negative {
		n = -n
	}
	return Amount(n), err
}

func readNumber(s string) (uint64, error) {
	for _, u := range []struct {
		word  string
		value uint64
	}{{"tỷ", 1_000_000_000}, {"triệu", 1_000_000}, {"nghìn", 1_000}, {"trăm", 100}, {"mươi", 10}} {
		words := strings.Fields(s)
		for i := len(words) - 1; i >= 0; i-- {
			if words[i] != u.word {
				continue
			}
			high, err := readNumber(strings.Join(words[:i], " "))
			if err != nil || i == len(words)-1 {
				return high * u.value, err
			}
			low, err := readNumber(strings.Join(words[i+1:], " "))
			if err == nil && low >= u.value {
				err = fmt.Errorf("%q: %d after %s", s, low, u.word)
			}
			return high*u.value + low, err
		}
	}
	words := strings.Fields(s)
	ones := map[string]uint64{
		"không": 0, "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "lăm": 5,
		"sáu": 6, "bảy": 7, "tám": 8, "chín": 9, "mười": 10,
	}
	switch {
	case len(words) == 2 && words[0] == "linh":
		words = words[1:]
	case len(words) == 2 && words[0] == "mười":
		return 10 + ones[words[1]], nil
	}
	if len(words) != 1 {
		return 0, fmt.Errorf("%q is no number below ten", s)
	}
	n, ok := ones[words[0]]
	if !ok {
		return 0, fmt.Errorf("%q is no digit", s)
	}
	return n, nil
}

func TestWordsSayTheAmount(t *testing.T) {
	check := func(t interface{ Fatalf(string, ...any) }, a Amount) {
		w := a.Words()
		got, err := parseWords(w)
		if err != nil || got != a {
			t.Fatalf("%d is written %q, which says %d, %v", int64(a), w, int64(got), err)
		}
		for _, wrong := range []string{"mươi một", "mươi bốn", "mươi năm", "mười năm", "mười mốt", "linh lăm", "linh tư", "  "} {
			if strings.Contains(w, wrong+" ") || strings.HasSuffix(w, wrong) {
				t.Fatalf("%d is written %q, with %q", int64(a), w, wrong)
			}
		}
	}
	for a := range Amount(20_000) {
		check(t, a)
	}
	check(t, math.MaxInt64)
	check(t, math.MinInt64)
	rapid.Check(t, func(t *rapid.T) { check(t, anyAmount().Draw(t, "a")) })
}
