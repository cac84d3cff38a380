package vn

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
)

// ErrPhone is returned for text that is no Vietnamese telephone number.
var ErrPhone = errors.New("vn: not a Vietnamese telephone number")

// Phone normalises a telephone number to the national form 0xxxxxxxxx: mobile numbers of ten
// digits (03, 05, 07, 08, 09) and fixed lines of ten or eleven (02). It reads +84, 84, 0084
// and (0) in front, spaces, dots, dashes and parentheses, a number whose first zero a
// spreadsheet has eaten, and the eleven-digit mobile numbers that were renumbered in 2018.
// Anything else, short codes and 1800/1900 lines included, is ErrPhone.
func Phone(s string) (string, error) {
	var b strings.Builder
	for i, r := range strings.TrimSpace(s) {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case r == '+' && i == 0, r == '.', r == '-', r == '(', r == ')', r == '\u2011', r == '\u2013', unicode.IsSpace(r), invisible(r):
		default:
			return "", fmt.Errorf("%w: %.40q", ErrPhone, s)
		}
	}
	digits := b.String()
	for _, national := range nationalForms(digits) {
		if n, ok := validPhone(national); ok {
			return n, nil
		}
	}
	return "", fmt.Errorf("%w: %.40q", ErrPhone, s)
}

// nationalForms are the ways to read the digits with a leading zero, likeliest first.
func nationalForms(digits string) []string {
	if strings.HasPrefix(digits, "0084") {
		digits = digits[2:]
	}
	if strings.HasPrefix(digits, "0") {
		return []string{digits}
	}
	forms := []string{}
	if rest, ok := strings.CutPrefix(digits, "84"); ok {
		forms = append(forms, "0"+strings.TrimPrefix(rest, "0"))
	}
	return append(forms, "0"+digits)
}

// renumbered maps the prefixes of eleven-digit mobile numbers to those in force since 2018.
var renumbered = map[string]string{
	"0120": "070", "0121": "079", "0122": "077", "0126": "076", "0128": "078",
	"0123": "083", "0124": "084", "0125": "085", "0127": "081", "0129": "082",
	"0162": "032", "0163": "033", "0164": "034", "0165": "035", "0166": "036", "0167": "037", "0168": "038", "0169": "039",
	"0186": "056", "0188": "058", "0199": "059",
}

func validPhone(n string) (string, bool) {
	switch len(n) {
	case 10:
		return n, strings.IndexByte("235789", n[1]) >= 0
	case 11:
		if n[1] == '2' {
			return n, true
		}
		now, ok := renumbered[n[:4]]
		return now + n[4:], ok
	}
	return "", false
}
