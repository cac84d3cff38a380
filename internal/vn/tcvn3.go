package vn

import (
	"strings"
	"unicode"
)

// tcvn3 maps the bytes A1–FE of TCVN 5712:1993 VN3 (the ABC fonts) to letters. Capitals with
// tones do not exist in it: the capital fonts show the bytes of the small letters.
var tcvn3 = func() (t [256]rune) {
	for i := range t {
		t[i] = unicode.ReplacementChar
		if i < 0x80 {
			t[i] = rune(i)
		}
	}
	t[0xa0] = '\u00a0'
	for start, letters := range map[int]string{
		0xa1: "ĂÂÊÔƠƯĐăâêôơưđ",
		0xb5: "àảãáạ",
		0xbb: "ằẳẵắ",
		0xc6: "ặầẩẫấậè",
		0xce: "ẻẽéẹềểễếệìỉ",
		0xdc: "ĩíịò",
		0xe1: "ỏõóọồổỗốộờởỡớợù",
		0xf1: "ủũúụừửữứựỳỷỹýỵ",
	} {
		for _, r := range letters {
			t[start] = r
			start++
		}
	}
	return t
}()

// decodeTCVN3 reads TCVN3 bytes. A word whose plain letters are two or more capitals was
// typed in a capital font, so its accented letters are raised too.
func decodeTCVN3(b []byte) string {
	var out strings.Builder
	out.Grow(len(b) * 2)
	start := 0
	flush := func(end int) {
		word := make([]rune, 0, end-start)
		capitals, small := 0, 0
		for _, c := range b[start:end] {
			word = append(word, tcvn3[c])
			switch {
			case c >= 'A' && c <= 'Z':
				capitals++
			case c >= 'a' && c <= 'z':
				small++
			}
		}
		s := string(word)
		if capitals > 1 && small == 0 {
			s = strings.ToUpper(s)
		}
		out.WriteString(s)
	}
	for i, c := range b {
		if c <= ' ' {
			flush(i)
			out.WriteByte(c)
			start = i + 1
		}
	}
	flush(len(b))
	return out.String()
}
