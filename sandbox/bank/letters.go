package bank

import "strings"

// marked lists the marked letters of Vietnamese by their plain one; combining marks fall away.
var marked = map[rune]string{}

func init() {
	for plain, letters := range map[string]string{
		"A": "àáảãạăằắẳẵặâầấẩẫậ", "E": "èéẻẽẹêềếểễệ", "I": "ìíỉĩị", "O": "òóỏõọôồốổỗộơờớởỡợ",
		"U": "ùúủũụưừứửữự", "Y": "ỳýỷỹỵ", "D": "đ",
	} {
		for _, r := range letters + strings.ToUpper(letters) {
			marked[r] = plain
		}
	}
}

// ascii is a character as banks pass it on. Spaces of all kinds are a space, marks of
// decomposed text fall away, and what has no form at all becomes a question mark, as in some
// banks' systems.
func ascii(r rune) string {
	switch {
	case r == '\n', r == '\t', r == '\u00a0':
		return " "
	case r >= 'a' && r <= 'z':
		return string(r - 32)
	case r >= ' ' && r <= '~':
		return string(r)
	case r >= 0x300 && r <= 0x36f:
		return ""
	}
	if p, ok := marked[r]; ok {
		return p
	}
	return "?"
}

// plain is text as it passes through banks: ASCII capitals, single spaces.
func plain(s string) string {
	var out strings.Builder
	for _, r := range s {
		out.WriteString(ascii(r))
	}
	return strings.Join(strings.Fields(out.String()), " ")
}
