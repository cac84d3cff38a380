package sheet

import (
	"regexp"
	"strings"

	"github.com/sen-platform/sen/internal/rail/passbook"
)

// money is an amount in a cell. signed tells whether the cell itself says plus or minus.
type money struct {
	value  passbook.Decimal
	signed bool
}

// currencyAround is what stands before or behind a number and is no part of it.
var currencyAround = regexp.MustCompile(`(?i)^(?:vnd|vnđ|usd|eur|đồng|dong|đ|₫)\s*|\s*(?:vnd|vnđ|usd|eur|đồng|dong|đ|₫)$`)

// parseMoney reads an amount of any currency (bank-and-pos, section 3.1). An empty cell and a
// lone dash are zero. Text that can be read in two ways is an error: money is never guessed.
func parseMoney(c cell) (money, error) {
	if c.kind == broken {
		return money{}, errNumber
	}
	if c.kind == number {
		plain, err := plainNumber(c.text)
		if err != nil {
			return money{}, err
		}
		d, err := passbook.ParseDecimal(plain)
		if err != nil {
			return money{}, errNumber
		}
		return money{value: d, signed: d.IsNegative()}, nil
	}
	s, m, err := stripSigns(unwrap(c.text))
	if err != nil || s == "" {
		return m, err
	}
	plain, err := ungroup(s)
	if err != nil {
		return money{}, err
	}
	d, err := passbook.ParseDecimal(plain)
	if err != nil {
		return money{}, errNumber
	}
	if m.value.IsNegative() {
		d = d.Neg()
	}
	m.value = d
	return m, nil
}

// stripSigns removes sign, parentheses, currency and spaces. A negative sign is left as a
// negative value in the result.
func stripSigns(s string) (string, money, error) {
	s = strings.Map(func(r rune) rune {
		switch r {
		case '\u2212', '\u2013', '\uff0d':
			return '-'
		case ' ', '\u00a0', '\u2009', '\u202f', '\t', '\n', '\r':
			return -1
		}
		return r
	}, s)
	var m money
	minus := passbook.DecimalOf(-1)
	for range 3 { // "-1.000VND", "VND -1.000", "(1.000) đ"
		before := s
		s = currencyAround.ReplaceAllString(s, "")
		switch {
		case strings.HasPrefix(s, "(") && strings.HasSuffix(s, ")"):
			s, m.signed, m.value = s[1:len(s)-1], true, minus
		case !m.signed && strings.HasPrefix(s, "-") && len(s) > 1:
			s, m.signed, m.value = s[1:], true, minus
		case !m.signed && strings.HasSuffix(s, "-") && len(s) > 1:
			s, m.signed, m.value = s[:len(s)-1], true, minus
		case !m.signed && strings.HasPrefix(s, "+"):
			s, m.signed = s[1:], true
		}
		if s == before {
			break
		}
	}
	if s == "" || s == "-" {
		return "", money{}, nil
	}
	return s, m, nil
}

// ungroup removes grouping separators and makes the decimal separator a point. The last
// separator decides: three digits behind every separator are groups; otherwise the last one
// begins the fraction.
func ungroup(s string) (string, error) {
	if strings.Trim(s, "0123456789.,'") != "" || s[0] < '0' || s[0] > '9' {
		return "", errNumber
	}
	last := strings.LastIndexAny(s, ".,'")
	if last < 0 {
		return s, nil
	}
	groups := strings.FieldsFunc(s, func(r rune) bool { return r == '.' || r == ',' || r == '\'' })
	separators := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return -1
		}
		return r
	}, s)
	if len(groups) != len(separators)+1 && !strings.HasSuffix(s, separators[len(separators)-1:]) {
		return "", errNumber
	}
	if len(groups) == len(separators)+1 && uniform(separators) && groupsOfThree(groups) {
		return strings.Join(groups, ""), nil
	}
	if separators[len(separators)-1] == '\'' {
		return "", errNumber
	}
	whole, fraction := s[:last], s[last+1:]
	if inner := separators[:len(separators)-1]; inner != "" {
		parts := strings.FieldsFunc(whole, func(r rune) bool { return r == '.' || r == ',' || r == '\'' })
		if !uniform(inner) || inner[0] == separators[len(separators)-1] || len(parts) != len(inner)+1 || !groupsOfThree(parts) {
			return "", errNumber
		}
		whole = strings.Join(parts, "")
	}
	if len(fraction) == 3 && whole != "0" {
		return "", errNumber // "1500.000": grouped badly, or three decimals? not to be guessed
	}
	return whole + "." + fraction, nil
}

func uniform(separators string) bool {
	return strings.Trim(separators, separators[:1]) == ""
}

// groupsOfThree: "1", "500", "000", but not "0", "500", which is a fraction.
func groupsOfThree(groups []string) bool {
	if len(groups[0]) > 3 || groups[0] == "0" && len(groups) > 1 && strings.Trim(groups[1], "0") != "" {
		return false
	}
	for _, g := range groups[1:] {
		if len(g) != 3 {
			return false
		}
	}
	return true
}
