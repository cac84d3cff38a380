package passbook

import (
	"strings"
	"unicode"

	"github.com/sen-platform/sen/internal/vn"
)

// Clean makes text from a file fit to keep: NFC, control characters removed, tabs and line
// breaks as spaces, trimmed. Spaces inside stay as the bank wrote them.
func Clean(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n' || r == '\r' || r == '\u00a0':
			return ' '
		case unicode.IsControl(r) || r == '\ufeff' || r == '\u200b' || r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, s)
	return strings.TrimSpace(vn.NFC(s))
}

// Append adds the cleaned text to parts unless it is empty.
func Append(parts []string, texts ...string) []string {
	for _, t := range texts {
		if t = Clean(t); t != "" {
			parts = append(parts, t)
		}
	}
	return parts
}

// maxMemo is how long a memo grows before notes are dropped: no bank writes as much, and
// appending without end to a long text is costly.
const maxMemo = 8 << 10

// AddNote appends further text of the bank to the memo, apart from what is there, unless it
// is there already.
func (d *Details) AddNote(text string) {
	text = Clean(text)
	if text == "" || len(d.Memo) > maxMemo || strings.Contains(d.Memo, text) {
		return
	}
	d.MemoParts = append(d.MemoParts, text)
	if d.Memo != "" {
		d.Memo += " "
	}
	d.Memo += text
}
