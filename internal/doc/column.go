package doc

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/vn"
	"github.com/sen-platform/sen/internal/vnd"
)

// Kind is what a column holds. It decides the Go type of its values, the number format and
// the side it is set to.
type Kind int

// The kinds of columns with the type Row takes. Every kind also takes nil for an empty cell
// and a string for a remark in place of a value ("Không tính vào mẫu số").
const (
	Text    Kind = iota // string: names, codes, account numbers, telephones; zeros in front stay
	Money               // vnd.Amount
	Count               // int or int64
	Date                // clock.Date; empty for none
	Instant             // time.Time, shown in Viet Nam's zone to the minute; zero for none
	Percent             // Share
)

// Column is one column of a list that is written.
type Column struct {
	Title string
	Kind  Kind
	Width float64 // in characters; 0 takes a usual width for the kind
}

// Share is a part of a whole; a whole of zero means there is nothing to measure.
type Share struct{ Num, Den int64 }

var kindNames = [...]string{"Text", "Money", "Count", "Date", "Instant", "Percent"}

// String is the name of the kind, for error messages.
func (k Kind) String() string {
	if k < 0 || int(k) >= len(kindNames) {
		return fmt.Sprintf("Kind(%d)", int(k))
	}
	return kindNames[k]
}

func (k Kind) width() float64 {
	switch k {
	case Money, Instant:
		return 17
	case Count, Date, Percent:
		return 12
	default:
		return 24
	}
}

// check tells whether v may stand in a column of kind k, and turns int into int64.
func (k Kind) check(v any) (any, error) {
	ok := false
	switch v := v.(type) {
	case nil, string:
		return v, nil
	case vnd.Amount:
		ok = k == Money
	case int:
		if k == Count {
			return int64(v), nil
		}
	case int64:
		ok = k == Count
	case clock.Date:
		if k == Date && v == "" {
			return nil, nil
		}
		ok = k == Date
	case time.Time:
		if k == Instant && v.IsZero() {
			return nil, nil
		}
		ok = k == Instant
	case Share:
		ok = k == Percent
	}
	if !ok {
		return nil, fmt.Errorf("doc: a column of kind %v cannot hold %T", k, v)
	}
	return v, nil
}

func checkRow(cols []Column, values []any) error {
	if len(values) != len(cols) {
		return fmt.Errorf("doc: %d values for %d columns", len(values), len(cols))
	}
	for i, v := range values {
		checked, err := cols[i].Kind.check(v)
		if err != nil {
			return fmt.Errorf("%w (column %q)", err, cols[i].Title)
		}
		values[i] = checked
	}
	return nil
}

// writable is text as a cell may hold it: NFC, line ends as \n, no other control characters.
func writable(s string) string {
	plain := true
	for i := range len(s) {
		if s[i] < ' ' || s[i] >= 0x7f {
			plain = false
			break
		}
	}
	if plain {
		return s
	}
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\ufffd"), "\r\n", "\n")
	return vn.NFC(strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t', r == '\r':
			return ' '
		case unicode.Is(unicode.Cc, r), r == 0xfffe, r == 0xffff:
			return -1
		}
		return r
	}, s))
}

// risky tells whether a spreadsheet would run text as a formula when it opens it from CSV
// (OWASP, CSV injection).
func risky(s string) bool {
	return s != "" && strings.IndexByte("=+-@\t\r\n", s[0]) >= 0 || strings.HasPrefix(s, "＝") ||
		strings.HasPrefix(s, "＋") || strings.HasPrefix(s, "－") || strings.HasPrefix(s, "＠")
}

// invisible is control and format characters: zero-width spaces, byte order marks, soft
// hyphens, direction marks.
func invisible(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf) }
