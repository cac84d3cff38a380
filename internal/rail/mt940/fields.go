package mt940

import (
	"regexp"
	"strings"

	"github.com/sen-platform/sen/internal/rail/passbook"
)

// field is one tag with its content.
type field struct {
	tag   string
	lines []string // the first stands behind the tag; line breaks are gone, spaces are kept
	line  int      // of the tag in the file, from 1
}

// first is the first line, trimmed.
func (f *field) first() string { return trim(f.lines[0]) }

// Bounds on one field: maxFieldLines lines of maxLine bytes are kept; the standard has 6 of 65.
const (
	maxFieldLines = 200
	maxLine       = 4 << 10
)

// message is one SWIFT message, or one statement of a file without envelopes.
type message struct {
	kind   string // "MT940", "MT942", "MT950", or "" when no envelope or header line tells
	fields []field
}

// tags that are read or at least known. Anything else that looks like a tag is text: payers
// write "10:15:30" and ":86:" can wrap anywhere.
var tags = map[string]bool{
	"12": true, "13": true, "13D": true, "20": true, "21": true, "25": true, "25P": true, "28": true, "28C": true,
	"34F": true, "37H": true, "60": true, "60F": true, "60M": true, "61": true, "62": true, "62F": true, "62M": true,
	"64": true, "65": true, "86": true, "90C": true, "90D": true, "NS": true,
	"940": true, "941": true, "942": true, "950": true,
}

var envelopePattern = regexp.MustCompile(`\{2:[IO](9[0-9]{2})`)

// split cuts a file into messages. A message begins at field 20; an envelope or a header line
// such as ":940:" before it tells its kind. What stands before the first field is dropped.
//
// Errors: as passbook.Limits, for more statements or fields than a file may have.
func split(text string, limits passbook.Limits) ([]message, error) {
	var messages []message
	var current *message
	kind, fields, ended := "", 0, false
	begin := func() {
		messages = append(messages, message{kind: kind})
		current = &messages[len(messages)-1]
	}
	lines := physicalLines(text)
	for i, raw := range lines {
		if len(raw) > maxLine {
			raw = strings.ToValidUTF8(raw[:maxLine], "")
		}
		if strings.Contains(raw, "{") {
			if m := envelopePattern.FindStringSubmatch(raw); m != nil {
				kind, current = "MT"+m[1], nil
			}
			if raw = afterEnvelope(raw); trim(raw) == "" {
				continue
			}
		}
		if t := trim(raw); t == "" {
			continue
		} else if isEnd(t) {
			ended = true
			continue
		}
		tag, rest, isTag := tagOf(raw)
		switch {
		case !isTag:
			// Between the end of a block and the next field stand headers of envelopes, no text.
			if current != nil && len(current.fields) > 0 && !ended {
				f := &current.fields[len(current.fields)-1]
				if len(f.lines) < maxFieldLines {
					f.lines = append(f.lines, raw)
				}
			}
			continue
		case len(tag) == 3 && tag[0] == '9' && tag[2] >= '0' && tag[2] <= '9':
			kind = "MT" + tag
			continue
		case tag == "20" || current == nil || restarts(current, tag):
			begin()
			if err := limits.Statements(len(messages)); err != nil {
				return nil, err
			}
		}
		if fields++; fields > fieldsPerLine*limits.Lines+maxHeadFields {
			return nil, limits.TooManyLines()
		}
		ended = false
		current.fields = append(current.fields, field{tag: tag, lines: []string{rest}, line: i + 1})
	}
	for i := range messages {
		messages[i].unpad()
	}
	return messages, nil
}

// Bounds on one file: every line has a field 61 and a field 86, with room for more, and every
// statement some fields beside them.
const (
	fieldsPerLine = 4
	maxHeadFields = 1000
)

// unpad removes the blank some banks put at the end of every line. It is padding, not text,
// when every tag line of the message has it.
func (m *message) unpad() {
	for _, f := range m.fields {
		if !strings.HasSuffix(f.lines[0], " ") {
			return
		}
	}
	for _, f := range m.fields {
		for i := range f.lines {
			f.lines[i] = strings.TrimSuffix(f.lines[i], " ")
		}
	}
}

// restarts tells a new statement or page in files that leave field 20 away: an account, a
// number or an opening balance after a closing balance.
func restarts(m *message, tag string) bool {
	switch tag {
	case "25", "25P", "28", "28C", "60F", "60M":
	default:
		return false
	}
	for _, f := range m.fields {
		if f.tag == "62F" || f.tag == "62M" || f.tag == "62" {
			return true
		}
	}
	return false
}

// physicalLines splits at CRLF, LF, CR or the "@@" of German home banking.
func physicalLines(text string) []string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	text = strings.ReplaceAll(text, "\r", "\n")
	if strings.Count(text, "@@:") > strings.Count(text, "\n:") {
		text = strings.ReplaceAll(text, "@@", "\n")
	}
	return strings.Split(text, "\n")
}

// tagOf splits a line into tag and rest. Blanks and control characters may stand before the
// tag, as real files have them.
func tagOf(line string) (tag, rest string, ok bool) {
	line = strings.TrimLeftFunc(line, func(r rune) bool { return r <= ' ' || r == '\ufeff' })
	if len(line) < 4 || line[0] != ':' {
		return "", "", false
	}
	end := strings.IndexByte(line[1:min(len(line), 6)], ':')
	if end < 2 {
		return "", "", false
	}
	if tag = line[1 : 1+end]; !tags[tag] {
		if tag = strings.ToUpper(tag); !tags[tag] {
			return "", "", false
		}
	}
	return tag, line[2+end:], true
}

// afterEnvelope drops the SWIFT blocks around the text block: "{1:…}{2:…}{4:" before and
// "-}{5:…}" behind.
func afterEnvelope(line string) string {
	if i := strings.Index(line, "{4:"); i >= 0 {
		return line[i+len("{4:"):]
	}
	if start := strings.TrimLeft(line, " \x01\x02\x03"); strings.HasPrefix(start, "{1:") || strings.HasPrefix(start, "{2:") ||
		strings.HasPrefix(start, "{3:") || strings.HasPrefix(start, "{5:") || strings.HasPrefix(start, "-}") {
		return ""
	}
	return line
}

// isEnd recognises the end of a text block in a trimmed line: "-", "-}", or both and a trailer.
func isEnd(line string) bool {
	return line == "-" || line == "-}" || strings.HasPrefix(line, "-}{")
}

// trim removes blanks and control characters at both ends.
func trim(s string) string {
	return strings.TrimFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f || r == '\u00a0' || r == '\ufeff' })
}
