// Package billcode is the code by which a payment finds its bill: two letters that tell the
// kind of fee, eight symbols of payload and two check symbols, as in HPK7G3M9X077 (P6).
//
// The alphabet has 23 symbols and no vowel, no W and no D, so that Telex and VNI keyboards
// leave a code as it was typed, and none of O I L S B Z Q U, which people confuse with digits.
// The check symbols are a Reed–Solomon code over GF(23) with distance three: every error in
// one or two symbols and every swap of two symbols is detected, one wrong symbol can be
// corrected, two lost ones at known places can be refilled. A code is looked up and its
// amount compared before any money is booked; a corrected code alone never pays a bill.
package billcode

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Code is a whole bill code without spaces, as stored, encoded in a QR and copied:
// "HPK7G3M9X077". Values made by this package are always valid; the zero value means none.
type Code string

// The kinds of fee a code can announce.
const (
	Tuition  = "HP" // học phí
	Hospital = "VP" // viện phí
	Other    = "TP" // any other fee
)

// Prefixes are the prefixes in use, in the order hits without a prefix are offered.
var Prefixes = []string{Tuition, Hospital, Other}

const (
	prefixLen  = 2
	payloadLen = 8
	bodyLen    = payloadLen + 2
	codeLen    = prefixLen + bodyLen
)

// Payloads is the number of payloads, 23^8; payloads run from 0 to Payloads-1.
const Payloads uint64 = 78_310_985_281

// Errors of this package; match with errors.Is.
var (
	ErrMalformed = errors.New("billcode: not a bill code")
	ErrPrefix    = errors.New("billcode: unknown prefix")
	ErrCheck     = errors.New("billcode: check symbols do not agree")
	ErrAllDigits = errors.New("billcode: ten digits are never a bill code")
	ErrRange     = errors.New("billcode: number out of range")
)

// Encode builds the code of a payload. Errors: ErrPrefix, ErrRange for payload >= Payloads,
// ErrAllDigits when all ten symbols would be digits, which is never issued so that no account
// number or trace number can look like a code.
func Encode(prefix string, payload uint64) (Code, error) {
	if !slices.Contains(Prefixes, prefix) {
		return "", fmt.Errorf("%w: %.10q", ErrPrefix, prefix)
	}
	if payload >= Payloads {
		return "", fmt.Errorf("%w: payload %d", ErrRange, payload)
	}
	var b body
	for i := payloadLen - 1; i >= 0; i-- {
		b[i] = byte(payload % order)
		payload /= order
	}
	b.fillChecks()
	if b.allDigits() {
		return "", fmt.Errorf("%w: %s", ErrAllDigits, b.String())
	}
	return Code(prefix + b.String()), nil
}

// Parse reads a code typed or pasted by a person: in any case, with spaces, dots or dashes,
// and with O Q I L S B Z where 0 0 1 1 5 8 2 were meant; the check then proves or refutes it.
// Errors: ErrMalformed, ErrPrefix, ErrCheck, ErrAllDigits.
func Parse(s string) (Code, error) {
	var buf [codeLen]byte
	n := 0
	for _, r := range s {
		switch {
		case r == ' ' || r == '.' || r == '-' || r == '_' || r == '\u00a0' || r == '\u202f' ||
			r == '\u2010' || r == '\u2011' || r == '\u2013' || r == '\t' || r == '\r' || r == '\n':
			continue
		case n == codeLen || r >= 0x80:
			return "", fmt.Errorf("%w: %.40q", ErrMalformed, s)
		}
		if r >= 'a' && r <= 'z' {
			r -= 'a' - 'A'
		}
		buf[n] = byte(r)
		n++
	}
	if n != codeLen {
		return "", fmt.Errorf("%w: %.40q has %d symbols, not %d", ErrMalformed, s, n, codeLen)
	}
	prefix := string(buf[:prefixLen])
	if !slices.Contains(Prefixes, prefix) {
		return "", fmt.Errorf("%w: %.40q", ErrPrefix, s)
	}
	var b body
	for i, c := range buf[prefixLen:] {
		v := lookAlike[c]
		if v == foreign {
			return "", fmt.Errorf("%w: %.40q", ErrMalformed, s)
		}
		b[i] = v
	}
	switch {
	case !b.valid():
		return "", fmt.Errorf("%w: %.40q", ErrCheck, s)
	case b.allDigits():
		return "", fmt.Errorf("%w: %.40q", ErrAllDigits, s)
	}
	return Code(prefix + b.String()), nil
}

// Prefix is the two letters: "HP".
func (c Code) Prefix() string { return string(c[:min(prefixLen, len(c))]) }

// Body is the ten symbols after the prefix: "K7G3M9X077".
func (c Code) Body() string { return string(c[min(prefixLen, len(c)):]) }

// Payload is the number encoded in the eight payload symbols, the inverse of Encode; zero for
// text that is no code.
func (c Code) Payload() uint64 {
	if len(c) != codeLen {
		return 0
	}
	var n uint64
	for i := range payloadLen {
		v := symbolValue[c[prefixLen+i]]
		if v == foreign {
			return 0
		}
		n = n*order + uint64(v)
	}
	return n
}

// Display is the code as shown to people, in groups of four: "HPK7 G3M9 X077".
func (c Code) Display() string {
	if len(c) != codeLen {
		return string(c)
	}
	return strings.Join([]string{string(c[:4]), string(c[4:8]), string(c[8:])}, " ")
}
