package billcode

import (
	"fmt"
	"strings"
)

// ISO 11649 creditor references (bank-and-pos, section 4.2): an alternative key for
// structured remittance fields, foreign payers and accounting exports.

const (
	rfHead = 4
	rfMax  = 25
)

// RF is the creditor reference of the whole code, prefix included, so that ParseRF gives the
// same code back: HPK7G3M9X077 becomes RF and two digits before HPK7G3M9X077. "" for text
// that is no code.
func (c Code) RF() string {
	if len(c) != codeLen {
		return ""
	}
	s, err := MakeRF(string(c))
	if err != nil {
		return ""
	}
	return s
}

// ParseRF reads a creditor reference made by Code.RF, with or without its spaces.
// Errors: ErrCheck when the reference's own check fails, otherwise those of Parse.
func ParseRF(s string) (Code, error) {
	compact := compactRF(s)
	if !strings.HasPrefix(compact, "RF") || len(compact) != rfHead+codeLen {
		return "", fmt.Errorf("%w: %.40q is not a creditor reference of a bill", ErrMalformed, s)
	}
	if !ValidRF(compact) {
		return "", fmt.Errorf("%w: %.40q", ErrCheck, s)
	}
	code, err := Parse(compact[rfHead:])
	if err == nil && string(code) != compact[rfHead:] {
		return "", fmt.Errorf("%w: %.40q", ErrMalformed, s) // look-alikes cannot pass both checks honestly
	}
	return code, err
}

// MakeRF puts RF and the check digits before 1 to 21 characters of 0-9 and A-Z.
func MakeRF(reference string) (string, error) {
	if n := len(reference); n < 1 || n > rfMax-rfHead {
		return "", fmt.Errorf("%w: %.40q", ErrMalformed, reference)
	}
	m, ok := mod97(0, reference)
	if !ok {
		return "", fmt.Errorf("%w: %.40q", ErrMalformed, reference)
	}
	m, _ = mod97(m, "RF00")
	return fmt.Sprintf("RF%02d%s", 98-m, reference), nil
}

// ValidRF reports whether s is a creditor reference with right check digits. Spaces and lower
// case are allowed.
func ValidRF(s string) bool {
	s = compactRF(s)
	if len(s) <= rfHead || len(s) > rfMax || s[:2] != "RF" || !isDigit(s[2]) || !isDigit(s[3]) {
		return false
	}
	m, ok := mod97(0, s[rfHead:])
	if !ok {
		return false
	}
	m, _ = mod97(m, s[:rfHead])
	return m == 1
}

// ExtractRF returns the valid creditor references in a memo in order of appearance, each
// once, without spaces. A reference begins at the start of a word and ends at the end of one,
// since it may be printed in groups of four; where several ends pass the check (1 in 97 by
// chance) all are returned. The caller looks them up.
func ExtractRF(memo string) []string {
	var found []string
	var buf [memoBuffer]byte
	g := squeeze(buf[:0], memo)
	for i := 0; i+rfHead < len(g); i++ {
		if g[i] != 'R'|wordStart || letter(g[i+1]) != 'F' {
			continue
		}
		for end := i + rfHead + 1; end <= len(g) && end <= i+rfMax; end++ {
			if end < len(g) && g[end]&wordStart == 0 {
				continue
			}
			if ref := plain(g[i:end]); ValidRF(ref) {
				found = appendNew(found, ref)
			}
		}
	}
	return found
}

func appendNew(list []string, s string) []string {
	for _, have := range list {
		if have == s {
			return list
		}
	}
	return append(list, s)
}

func compactRF(s string) string { return strings.ToUpper(strings.ReplaceAll(s, " ", "")) }

// mod97 appends s to the number with remainder m, letters as 10..35.
func mod97(m int, s string) (int, bool) {
	for i := range len(s) {
		switch c := s[i]; {
		case isDigit(c):
			m = (m*10 + int(c-'0')) % 97
		case c >= 'A' && c <= 'Z':
			m = (m*100 + int(c-'A') + 10) % 97
		default:
			return 0, false
		}
	}
	return m, true
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
