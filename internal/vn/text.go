// Package vn is what every screen and every import must know about Viet Nam: its text (marks,
// folding, alphabetical order, legacy encodings), names and telephone numbers, dates, working
// days, and the way numbers are shown (design, section 4).
package vn

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// NFC returns s with composed accents, the form in which all text is stored.
func NFC(s string) string { return norm.NFC.String(s) }

// Clean is how a field typed or imported is stored: NFC, no space at the ends, one plain
// space for each run of white space inside (no-break spaces, tabs and line ends included), and
// none of the invisible: zero-width characters, control characters. Bytes that are no UTF-8
// become U+FFFD.
func Clean(s string) string {
	if plainASCII(s) {
		return s
	}
	return norm.NFC.String(squash(strings.ToValidUTF8(s, "\ufffd")))
}

// plainASCII reports whether s is already clean: printable ASCII without spaces to remove.
func plainASCII(s string) bool {
	for i := range len(s) {
		c := s[i]
		if c < ' ' || c >= 0x7f || (c == ' ' && (i == 0 || i == len(s)-1 || s[i-1] == ' ')) {
			return false
		}
	}
	return true
}

// squash removes invisible characters and collapses white space.
func squash(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	gap := false
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			gap = true
		case invisible(r):
		default:
			if gap && b.Len() > 0 {
				b.WriteByte(' ')
			}
			gap = false
			b.WriteRune(r)
		}
	}
	return b.String()
}

// invisible is control and format characters: zero-width spaces and joiners, byte order
// marks, soft hyphens, direction marks.
func invisible(r rune) bool { return unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Cf, r) }

// Fold is the form people search by: no marks, đ as d, lower case, single spaces. "Nguyễn
// ĐÌNH  Khôi" becomes "nguyen dinh khoi". Folding twice changes nothing.
func Fold(s string) string {
	s = norm.NFKD.String(strings.ToLower(strings.ToValidUTF8(s, "\ufffd")))
	return squash(strings.Map(func(r rune) rune {
		switch {
		case r == 'đ' || r == 'Đ':
			return 'd'
		case unicode.Is(unicode.Mn, r):
			return -1
		}
		return unicode.ToLower(r)
	}, s))
}

// Memo is text fit for a bank transfer: capital A-Z, 0-9 and single spaces; marks are
// dropped, everything else is left out (payment-rails-vn, section 1). Length limits differ by
// rail and are the caller's.
func Memo(s string) string {
	return squash(strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			return r
		case unicode.IsSpace(r):
			return ' '
		}
		return -1
	}, Fold(s)))
}

// Tokens are the words of a name or a text, folded: letters and digits only, in order.
func Tokens(s string) []string {
	return strings.FieldsFunc(Fold(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// Mask is a person's name as open pages show it, initials and given name: "Nguyễn Minh Khôi"
// becomes "N. M. Khôi" (ui, section Words). A name of one word stays as it is.
func Mask(fullName string) string {
	words := strings.Fields(Clean(fullName))
	for i, w := range words[:max(len(words)-1, 0)] {
		r, _ := utf8.DecodeRuneInString(w)
		words[i] = string(unicode.ToUpper(r)) + "."
	}
	return strings.Join(words, " ")
}
