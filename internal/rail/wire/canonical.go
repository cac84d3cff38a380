package wire

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Dialect is a language whose JSON writer partners sign with.
type Dialect int

// The dialects; they differ only for text beyond ASCII and for the slash.
const (
	JavaScript Dialect = iota // JSON.stringify: UTF-8 as is, slash as is
	PHP                       // json_encode without flags: \uXXXX in lower case, \/
)

// AppendJSON writes v compactly as dialect d does, members in their present order.
func (v Value) AppendJSON(b []byte, d Dialect) []byte {
	switch v.Kind {
	case Bool:
		return append(b, v.Text...)
	case Number:
		return append(b, NumberText(v.Text)...)
	case String:
		return appendString(b, v.Text, d)
	case Array:
		b = append(b, '[')
		for i, m := range v.Members {
			if i > 0 {
				b = append(b, ',')
			}
			b = m.AppendJSON(b, d)
		}
		return append(b, ']')
	case Object:
		b = append(b, '{')
		for i, m := range v.Members {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendString(b, m.Key, d)
			b = append(b, ':')
			b = m.AppendJSON(b, d)
		}
		return append(b, '}')
	}
	return append(b, "null"...)
}

// SortKeys is v with the members of its object, and of the objects in it, in the order in
// which JavaScript lists them after Object.keys(o).sort(). Objects inside arrays are sorted
// only when arrays is set. v itself is not changed.
func (v Value) SortKeys(arrays bool) Value {
	switch v.Kind {
	case Object:
		v = v.SortTop()
	case Array:
		if !arrays {
			return v
		}
		v.Members = slices.Clone(v.Members)
	default:
		return v
	}
	for i, m := range v.Members {
		v.Members[i].Value = m.SortKeys(arrays)
	}
	return v
}

// SortTop is v with the members of its own object sorted as SortKeys does, nothing below.
func (v Value) SortTop() Value {
	v.Members = slices.Clone(v.Members)
	slices.SortStableFunc(v.Members, func(a, b Member) int { return compareKeys(a.Key, b.Key) })
	return v
}

// compareKeys orders as a JavaScript object that was filled in sorted order lists its keys:
// array indices first, by number, then the others by UTF-16 code units.
func compareKeys(a, b string) int {
	x, okA := arrayIndex(a)
	y, okB := arrayIndex(b)
	switch {
	case okA && okB:
		return cmp.Compare(x, y)
	case okA:
		return -1
	case okB:
		return 1
	}
	if ascii(a) && ascii(b) {
		return strings.Compare(a, b)
	}
	return slices.Compare(utf16.Encode([]rune(a)), utf16.Encode([]rune(b)))
}

func arrayIndex(s string) (uint64, bool) {
	if s == "" || len(s) > 10 || s[0] < '0' || s[0] > '9' || s[0] == '0' && len(s) > 1 {
		return 0, false
	}
	n, err := strconv.ParseUint(s, 10, 64)
	return n, err == nil && n < 1<<32-1
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// NumberText is a JSON number as JavaScript prints it after reading it: 1.50 is 1.5, 1e3 is
// 1000, and integers beyond 2^53 lose their last digits as they do there. A number outside the
// range of float64 is null, as in JSON.stringify. It is for signed text only, never for money.
func NumberText(s string) string {
	if len(s) <= 15 && s != "-0" && strings.Trim(s, "0123456789") == strings.TrimRight(s[:1], "0123456789") {
		return s // digits with at most a leading sign are exact
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return "null"
	}
	if f == 0 {
		return "0"
	}
	abs := max(f, -f)
	if abs >= 1e-6 && abs < 1e21 {
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	text := strconv.FormatFloat(f, 'e', -1, 64) // 1e-07 there, 1e-7 in JavaScript
	mantissa, exponent, _ := strings.Cut(text, "e")
	return mantissa + "e" + exponent[:1] + strings.TrimLeft(exponent[1:], "0")
}

const hexDigits = "0123456789abcdef"

func appendString(b []byte, s string, d Dialect) []byte {
	b = append(b, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\' || r == '/' && d == PHP:
			b = append(b, '\\', byte(r))
		case r == '\b':
			b = append(b, `\b`...)
		case r == '\f':
			b = append(b, `\f`...)
		case r == '\n':
			b = append(b, `\n`...)
		case r == '\r':
			b = append(b, `\r`...)
		case r == '\t':
			b = append(b, `\t`...)
		case r < ' ':
			b = appendUnit(b, uint16(r))
		case r >= utf8.RuneSelf && d == PHP:
			for _, u := range utf16.AppendRune(nil, r) {
				b = appendUnit(b, u)
			}
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return append(b, '"')
}

func appendUnit(b []byte, u uint16) []byte {
	return append(b, '\\', 'u', hexDigits[u>>12], hexDigits[u>>8&15], hexDigits[u>>4&15], hexDigits[u&15])
}
