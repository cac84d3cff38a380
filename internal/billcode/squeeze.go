package billcode

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// A squeezed memo is view G of bank-and-pos section 4.4: marks dropped, Đ as D, upper case,
// everything but A-Z and 0-9 removed, because banks break, glue and strip memos at will. The
// top bit of a byte keeps what view T would know: that a word began here in the memo.
const (
	wordStart  = 0x80
	memoBuffer = 512 // longer memos than this cost an allocation
)

// letter is a squeezed byte without its word flag.
func letter(c byte) byte { return c &^ wordStart }

// plain is squeezed text without the word flags.
func plain(g []byte) string {
	b := make([]byte, len(g))
	for i, c := range g {
		b[i] = letter(c)
	}
	return string(b)
}

const (
	latinStart, latinEnd = 0x00c0, 0x0250
	vietStart, vietEnd   = 0x1e00, 0x1f00
)

var (
	asciiUpper = upperTable()                      // A-Z and 0-9 in upper case, 0 for separators
	latinBase  = baseLetters(latinStart, latinEnd) // base letter of accented Latin letters, 0 for none
	vietBase   = baseLetters(vietStart, vietEnd)   // the same for the block of Vietnamese letters
	gSymbol    = ignoringFlag(&symbolValue)        // symbolValue of a squeezed byte
	gLookAlike = ignoringFlag(&lookAlike)          // lookAlike of a squeezed byte
)

func upperTable() (t [utf8.RuneSelf]byte) {
	for c := range t {
		switch {
		case c >= '0' && c <= '9', c >= 'A' && c <= 'Z':
			t[c] = byte(c)
		case c >= 'a' && c <= 'z':
			t[c] = byte(c) - 'a' + 'A'
		}
	}
	return t
}

func baseLetters(start, end rune) []byte {
	t := make([]byte, end-start)
	for i := range t {
		r := start + rune(i)
		d := norm.NFD.String(string(r))
		switch {
		case r == 'Đ' || r == 'đ':
			t[i] = 'D'
		case d[0] < utf8.RuneSelf:
			t[i] = asciiUpper[d[0]]
		}
	}
	return t
}

func ignoringFlag(of *[256]byte) (t [256]byte) {
	for i := range t {
		t[i] = of[letter(byte(i))]
	}
	return t
}

// squeeze appends the squeezed memo to dst.
func squeeze(dst []byte, memo string) []byte {
	flag := byte(wordStart)
	for i := 0; i < len(memo); {
		if c := memo[i]; c < utf8.RuneSelf {
			i++
			if u := asciiUpper[c]; u != 0 {
				dst = append(dst, u|flag)
				flag = 0
			} else {
				flag = wordStart
			}
			continue
		}
		r, size := utf8.DecodeRuneInString(memo[i:])
		i += size
		dst, flag = squeezeRune(dst, flag, r)
	}
	return dst
}

// squeezeRune appends what is left of a rune outside ASCII.
func squeezeRune(dst []byte, flag byte, r rune) ([]byte, byte) {
	var base byte
	switch {
	case r >= latinStart && r < latinEnd:
		base = latinBase[r-latinStart]
	case r >= vietStart && r < vietEnd:
		base = vietBase[r-vietStart]
	case unicode.Is(unicode.Mn, r):
		return dst, flag
	default:
		return squeezeCompatible(dst, flag, r)
	}
	if base == 0 {
		return dst, wordStart
	}
	return append(dst, base|flag), 0
}

// squeezeCompatible handles full-width and other compatibility forms.
func squeezeCompatible(dst []byte, flag byte, r rune) ([]byte, byte) {
	for _, d := range norm.NFKD.String(string(r)) {
		switch {
		case d < utf8.RuneSelf && asciiUpper[d] != 0:
			dst, flag = append(dst, asciiUpper[d]|flag), 0
		case !unicode.Is(unicode.Mn, d):
			flag = wordStart
		}
	}
	return dst, flag
}

// offset is the byte of the memo that squeezed byte i came from.
func offset(memo string, i int) int {
	var buf [8]byte
	flag := byte(wordStart)
	for at, r := range memo {
		n := 0
		if r < utf8.RuneSelf {
			if asciiUpper[r] != 0 {
				n = 1
			}
		} else {
			var out []byte
			out, flag = squeezeRune(buf[:0], flag, r)
			n = len(out)
		}
		if n > i {
			return at
		}
		i -= n
	}
	return len(memo)
}
