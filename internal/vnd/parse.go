package vnd

import (
	"fmt"
	"math"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// maxText is longer than any amount a bank or an accountant writes.
const maxText = 64

// Parse reads an amount as bank exports and accountants write it (bank-and-pos, section 3.1):
//
//	1500000   1.500.000   1,500,000   1 500 000   1,500,000.00   1.500.000,00
//	+500,000VND   −1.250.000 ₫   (1.500.000) đồng
//
// The last separator decides: when exactly three digits follow every separator, and all are
// the same sign, they are grouping; a last separator followed by zeros only is a zero
// fraction. Anything else is ErrSyntax, a true fraction ErrFraction, a number beyond int64
// ErrOverflow. Text that can be read in two ways, such as "1,500.000", is ErrSyntax: money is
// never guessed. Spaces include no-break and thin ones.
func Parse(s string) (Amount, error) {
	if len(s) > maxText {
		return 0, fmt.Errorf("%w: %d characters", ErrSyntax, len(s))
	}
	body, negative, ok := stripSign(s)
	if !ok {
		return 0, fmt.Errorf("%w: %q", ErrSyntax, s)
	}
	digits, err := integerDigits(body)
	if err != nil {
		return 0, fmt.Errorf("%w: %q", err, s)
	}
	a, ok := accumulate(digits, negative)
	if !ok {
		return 0, fmt.Errorf("%w: %q", ErrOverflow, s)
	}
	return a, nil
}

// stripSign removes outer space, one sign or one pair of parentheses, and the currency's name.
func stripSign(s string) (body string, negative, ok bool) {
	s = strings.Map(func(r rune) rune {
		switch r {
		case '\u00a0', '\u2007', '\u2009', '\u202f', '\t', '\r', '\n':
			return ' '
		case '\u2212', '\u2013', '\uff0d': // minus, en dash, full-width hyphen
			return '-'
		}
		return r
	}, norm.NFC.String(s))
	s = strings.TrimSpace(s)

	signed := false
	sign := func(t string) string {
		if !signed && t != "" && (t[0] == '-' || t[0] == '+') {
			signed, negative = true, t[0] == '-'
			return strings.TrimSpace(t[1:])
		}
		return t
	}
	s = sign(s)
	s = trimCurrency(s)
	s = sign(s)
	if inner, found := strings.CutPrefix(s, "("); found {
		inner, found = strings.CutSuffix(inner, ")")
		if !found || signed {
			return "", false, false
		}
		return trimCurrency(strings.TrimSpace(inner)), true, true
	}
	return s, negative, true
}

// currencies are the ways the đồng is named beside a number, longest first, in lower case.
var currencies = [...]string{"đồng", "dong", "vnđ", "vnd", "đ", "₫"}

func trimCurrency(s string) string {
	for _, c := range currencies {
		if n := len(s) - len(c); n > 0 && strings.EqualFold(s[n:], c) {
			return strings.TrimSpace(s[:n])
		}
	}
	for _, c := range currencies {
		if len(s) > len(c) && strings.EqualFold(s[:len(c)], c) {
			return strings.TrimSpace(s[len(c):])
		}
	}
	return s
}

// integerDigits removes grouping and a zero fraction from an unsigned number.
func integerDigits(s string) (string, error) {
	if s == "" || !isDigit(s[0]) || !isDigit(s[len(s)-1]) {
		return "", ErrSyntax
	}
	var parts []string
	var seps []byte
	start := 0
	for i := range len(s) {
		switch c := s[i]; {
		case isDigit(c):
		case c == '.' || c == ',' || c == ' ':
			if i == start {
				return "", ErrSyntax
			}
			parts, seps = append(parts, s[start:i]), append(seps, c)
			start = i + 1
		default:
			return "", ErrSyntax
		}
	}
	parts = append(parts, s[start:])
	if len(seps) == 0 {
		return s, nil
	}
	if grouped(parts, seps) {
		return strings.Join(parts, ""), nil
	}

	last := len(seps) - 1
	whole, fraction := parts[:last+1], parts[last+1]
	switch {
	case seps[last] == ' ' || (last > 0 && seps[last] == seps[last-1]):
		return "", ErrSyntax
	case last > 0 && !grouped(whole, seps[:last]):
		return "", ErrSyntax
	case len(fraction) == 3 && !(last == 0 && whole[0] == "0"):
		return "", ErrSyntax // a group of three beside an ungrouped or otherwise grouped number
	case strings.Trim(fraction, "0") != "":
		return "", ErrFraction
	}
	return strings.Join(whole, ""), nil
}

// grouped reports whether every separator is the same and three digits follow each.
func grouped(parts []string, seps []byte) bool {
	if n := len(parts[0]); n > 3 || (parts[0][0] == '0' && (n > 1 || strings.Trim(parts[1], "0") != "")) {
		return false
	}
	for i, sep := range seps {
		if sep != seps[0] || len(parts[i+1]) != 3 {
			return false
		}
	}
	return true
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// accumulate adds downwards, because the negative range is larger by one.
func accumulate(digits string, negative bool) (Amount, bool) {
	var v int64
	for i := range len(digits) {
		d := int64(digits[i] - '0')
		if v < (math.MinInt64+d)/10 {
			return 0, false
		}
		v = v*10 - d
	}
	if negative {
		return Amount(v), true
	}
	if v == math.MinInt64 {
		return 0, false
	}
	return Amount(-v), true
}
