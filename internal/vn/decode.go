package vn

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

// ErrEncoding is returned, wrapped with the particular problem and its remedy in Vietnamese, for
// bytes that cannot be read as text.
var ErrEncoding = errors.New("không đọc được chữ trong tệp")

const resave = "hãy mở tệp bằng Excel và lưu lại dạng .xlsx hoặc “CSV UTF-8”"

// DecodeText reads the bytes of a text file from a bank or a school: UTF-8 with or without byte
// order mark, UTF-16 of either order with or without it, windows-1258, and TCVN3 (ABC, the fonts
// .VnTime…). The two last have no mark of their own; they are told apart by which of them yields
// Vietnamese syllables. The result is NFC, without byte order mark.
//
// What cannot be recognised is ErrEncoding with a message for people: nothing is guessed that
// would put a wrong name on a bill.
func DecodeText(b []byte) (string, error) {
	switch {
	case bytes.HasPrefix(b, []byte{0xff, 0xfe, 0, 0}), bytes.HasPrefix(b, []byte{0, 0, 0xfe, 0xff}):
		return "", fmt.Errorf("%w: tệp dùng bảng mã UTF-32; %s", ErrEncoding, resave)
	case bytes.HasPrefix(b, []byte{0xff, 0xfe}):
		return decodeUTF16(b[2:], binary.LittleEndian)
	case bytes.HasPrefix(b, []byte{0xfe, 0xff}):
		return decodeUTF16(b[2:], binary.BigEndian)
	}
	marked := bytes.HasPrefix(b, []byte("\ufeff"))
	b = bytes.TrimPrefix(b, []byte("\ufeff"))
	switch {
	case bytes.IndexByte(b, 0) >= 0:
		return decodeUnmarkedUTF16(b)
	case utf8.Valid(b):
		return norm.NFC.String(string(b)), nil
	case marked || mostlyUTF8(b):
		at := firstInvalid(b)
		line := 1 + bytes.Count(b[:at], []byte("\n"))
		return "", fmt.Errorf("%w: dòng %d có ký tự hỏng (tệp UTF-8 bị cắt hoặc lẫn bảng mã khác); %s", ErrEncoding, line, resave)
	}
	return decodeLegacy(b)
}

func decodeUTF16(b []byte, order binary.ByteOrder) (string, error) {
	if len(b)%2 != 0 {
		return "", fmt.Errorf("%w: tệp UTF-16 bị cắt ở byte cuối; hãy xuất lại tệp", ErrEncoding)
	}
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = order.Uint16(b[2*i:])
	}
	runes := utf16.Decode(units)
	for i, r := range runes {
		if r == utf8.RuneError || (r < ' ' && !textControl(r)) {
			return "", fmt.Errorf("%w: ký tự thứ %d trong tệp UTF-16 bị hỏng; %s", ErrEncoding, i+1, resave)
		}
	}
	return norm.NFC.String(string(runes)), nil
}

// decodeUnmarkedUTF16 relies on spaces, digits and unmarked letters: their zero bytes stand at
// odd places in little-endian text, at even ones in big-endian text.
func decodeUnmarkedUTF16(b []byte) (string, error) {
	var zeros [2]int
	for i, c := range b {
		if c == 0 {
			zeros[i%2]++
		}
	}
	var order binary.ByteOrder = binary.LittleEndian
	if zeros[0] > zeros[1] {
		order = binary.BigEndian
	}
	// In running Vietnamese text more than a quarter of the letters are plain.
	if most, least := max(zeros[0], zeros[1]), min(zeros[0], zeros[1]); most*8 >= len(b) && least == 0 {
		if s, err := decodeUTF16(b, order); err == nil {
			return s, nil
		}
	}
	return "", fmt.Errorf("%w: tệp không phải là văn bản (có byte 0); hãy chọn tệp .csv, .txt hoặc .xlsx", ErrEncoding)
}

func textControl(r rune) bool { return r == '\t' || r == '\n' || r == '\r' || r == '\f' }

// mostlyUTF8 reports whether well-formed multi-byte sequences outnumber the broken bytes.
// Accidental sequences are rare in legacy text.
func mostlyUTF8(b []byte) bool {
	good, bad := 0, 0
	for len(b) > 0 {
		r, size := utf8.DecodeRune(b)
		switch {
		case r == utf8.RuneError && size == 1:
			bad++
		case size > 1:
			good++
		}
		b = b[size:]
	}
	return good > bad
}

func firstInvalid(b []byte) int {
	at := 0
	for at < len(b) {
		r, size := utf8.DecodeRune(b[at:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		at += size
	}
	return at
}

// sampleSize is how much of a legacy file is looked at to tell its encoding.
const sampleSize = 1 << 16

// decodeLegacy chooses between windows-1258 and TCVN3.
func decodeLegacy(b []byte) (string, error) {
	sample := b[:min(len(b), sampleSize)]
	best, bestShare := decode1258, 0.0
	for _, decode := range [...]func([]byte) string{decode1258, decodeTCVN3} {
		good, bad := syllables(decode(sample))
		if share := float64(good) / float64(max(good+bad, 1)); share > bestShare {
			best, bestShare = decode, share
		}
	}
	text := best(b)
	if bestShare < 0.75 || strings.ContainsRune(text, utf8.RuneError) {
		return "", fmt.Errorf("%w: bảng mã lạ (không phải UTF-8, UTF-16, windows-1258 hay TCVN3); %s", ErrEncoding, resave)
	}
	return text, nil
}

// decode1258 composes the tone marks, which windows-1258 writes after the letter. Undefined
// bytes become U+FFFD.
func decode1258(b []byte) string {
	u, _ := charmap.Windows1258.NewDecoder().Bytes(b) // a charmap decoder never fails
	return norm.NFC.String(string(u))
}

// syllables counts the words with letters outside ASCII that could be Vietnamese, and those
// that could not.
func syllables(text string) (good, bad int) {
	words := strings.FieldsFunc(text, func(r rune) bool {
		return (r < utf8.RuneSelf && !unicode.IsLetter(r)) || harmless(r)
	})
	for _, w := range words {
		switch {
		case isASCII(w):
		case plausibleSyllable(w):
			good++
		default:
			bad++
		}
	}
	return good, bad
}

// harmless are signs outside ASCII that any office text may hold.
func harmless(r rune) bool {
	return strings.ContainsRune("\u00a0–—‘’“”…•€₫°«»", r)
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
