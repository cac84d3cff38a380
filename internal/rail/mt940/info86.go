package mt940

import (
	"regexp"
	"strings"

	"github.com/sen-platform/sen/internal/rail/passbook"
)

// info is field 86 understood: one of four dialects, or plain text (bank-and-pos, section 2).
type info struct {
	text       []string // memo parts, best first
	memo       string
	endToEnd   string
	structured []string
	name       string
	account    string
	bank       string
	virtual    string // the collection account the payer used
	returned   bool
}

// Full line lengths: a line of at least this many characters was cut by the bank, so the word
// goes on in the next one. The tag counts on the first line of some banks.
const (
	fullFirst = 61
	fullNext  = 64
)

var (
	// subfieldStart finds the German form: an optional 3-digit code, a separator, a sub-field
	// number. Banks outside Germany use other separators than "?".
	subfieldStart = regexp.MustCompile(`^\s*([0-9]{0,3})([?~<^>+@])(00|10|20|21|30|31|32)`)
	slashTag      = regexp.MustCompile(`/(EREF|KREF|PREF|MARF|CSID|ORDP|BENM|CNTP|NAME|REMI|ISDT|RTRN|IBAN|BIC|TRTP|TRCD|SVCL|PURP|ULTB|ULTD|ULTC|ADDR|BUSP|ACCW|OCMT|CHGS|CHGT|EXCH|ID|INIT|ORDB|BENB)/`)
	keyValue      = regexp.MustCompile(`(?:^|[;,] *)(\p{Lu}[\p{Lu}. ]{1,14}): *`)
	sepaTag       = regexp.MustCompile(`(EREF|KREF|MREF|CRED|DEBT|SVWZ|ABWA|ABWE|PURP|COAM|OAMT|IBAN|BIC)\+`)
)

// parse86 reads the lines of one field 86.
func parse86(lines []string) info {
	glued := strings.Join(lines, "")
	if m := subfieldStart.FindStringSubmatch(glued); m != nil {
		return german(glued, m[1], m[2])
	}
	text := rejoin(lines)
	if strings.HasPrefix(strings.TrimSpace(text), "/") && slashTag.MatchString(text) {
		return slashes(text)
	}
	if strings.Contains(text, ";") && len(keyValue.FindAllStringIndex(text, 2)) == 2 {
		return keys(text, lines)
	}
	return info{memo: passbook.Clean(text), text: passbook.Append(nil, lines...)}
}

// rejoin undoes the bank's wrapping: no space behind a full line, one behind a shorter one.
func rejoin(lines []string) string {
	var b strings.Builder
	for i, l := range lines {
		b.WriteString(l)
		full := fullNext
		if i == 0 {
			full = fullFirst
		}
		if i < len(lines)-1 && len([]rune(l)) < full && !strings.HasSuffix(l, " ") {
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// german reads "166?00UEBERWEISUNG?20SVWZ+…?32NAME". The lines are glued first, because a
// mark can be cut in two by the wrap.
func german(text, code, separator string) info {
	var in info
	var purpose, overflow, name strings.Builder
	posting := ""
	text = text[strings.Index(text, separator):]
	for _, sub := range strings.Split(text, separator) {
		number, content, ok := subfield(sub)
		if !ok {
			// The separator was text: it belongs to what came before.
			purpose.WriteString(separator + sub)
			continue
		}
		switch {
		case number == "00":
			posting = content
		case number >= "20" && number <= "29":
			purpose.WriteString(content)
		case number >= "60" && number <= "65":
			overflow.WriteString(content)
		case number == "30":
			in.bank = passbook.Clean(content)
		case number == "31":
			in.account = passbook.Clean(content)
		case number == "32", number == "33":
			name.WriteString(content)
		case number == "38":
			in.account = passbook.Clean(content)
		}
	}
	in.name = passbook.Clean(name.String())
	// Before the first sub-field stands nothing, which counts as text.
	in.sepa(strings.TrimPrefix(purpose.String(), separator) + overflow.String())
	in.text = passbook.Append(in.text, in.memo, posting)
	in.returned = code == "159" // a SEPA transfer of ours came back
	return in
}

func subfield(s string) (number, content string, ok bool) {
	if len(s) < 2 || s[0] < '0' || s[0] > '9' || s[1] < '0' || s[1] > '9' {
		return "", "", false
	}
	return s[:2], s[2:], true
}

// sepa takes the tags EREF+, SVWZ+ … out of a purpose; without them all of it is the memo.
func (in *info) sepa(purpose string) {
	marks := sepaTag.FindAllStringSubmatchIndex(purpose, -1)
	if len(marks) == 0 {
		in.memo = passbook.Clean(purpose)
		return
	}
	before := passbook.Clean(purpose[:marks[0][0]])
	memo := ""
	for i, m := range marks {
		end := len(purpose)
		if i+1 < len(marks) {
			end = marks[i+1][0]
		}
		value := passbook.Clean(purpose[m[1]:end])
		switch purpose[m[2]:m[3]] {
		case "SVWZ":
			memo = value
		case "EREF":
			in.endToEnd = given(value)
		}
	}
	if memo == "" {
		memo = before
	}
	in.memo = memo
}

// slashes reads "/EREF/…/ORDP//NAME/…/REMI/…": a tag's value runs to the next known tag.
func slashes(text string) info {
	var in info
	marks := slashMarks(text)
	party := ""
	for i, m := range marks {
		end := len(text)
		if i+1 < len(marks) {
			end = marks[i+1].start
		}
		value := passbook.Clean(text[m.end:end])
		switch m.tag {
		case "EREF":
			in.endToEnd = given(strings.Trim(value, "/"))
		case "REMI":
			in.remittance(value)
		case "RTRN":
			in.returned = true
		case "ORDP", "BENM":
			party = m.tag
			if v := strings.Trim(value, "/"); v != "" && in.name == "" {
				in.name = v
			}
		case "CNTP": // account / BIC / name / town
			fields := append(strings.Split(value, "/"), "", "", "")
			in.account, in.bank, in.name = fields[0], fields[1], fields[2]
		case "NAME":
			if party != "" || in.name == "" {
				in.name = strings.Trim(value, "/")
			}
		case "IBAN", "ACCW":
			in.account = strings.Trim(value, "/")
		case "BIC":
			in.bank = strings.Trim(value, "/")
		}
	}
	in.text = passbook.Append(nil, in.memo)
	if in.memo == "" {
		in.memo = passbook.Clean(text)
	}
	return in
}

type slashMark struct {
	tag        string
	start, end int
}

// slashMarks finds the tags; neighbours share a slash ("/BENM//NAME/"), so the search goes on
// at the closing slash.
func slashMarks(text string) []slashMark {
	var marks []slashMark
	for at := 0; at < len(text); {
		m := slashTag.FindStringSubmatchIndex(text[at:])
		if m == nil {
			break
		}
		marks = append(marks, slashMark{tag: text[at+m[2] : at+m[3]], start: at + m[0], end: at + m[1]})
		at += m[1] - 1
	}
	return marks
}

// remittance reads the value of /REMI/: plain, "USTD//text" or "STRD/CUR/reference".
func (in *info) remittance(value string) {
	value = strings.Trim(value, "/")
	switch {
	case strings.HasPrefix(value, "USTD//"):
		value = strings.TrimPrefix(value, "USTD//")
	case strings.HasPrefix(value, "STRD/"):
		fields := strings.Split(value, "/")
		in.structured = passbook.Append(in.structured, fields[len(fields)-1])
	}
	in.memo = passbook.Clean(value)
}

// maxKeys is how many keys of a text are looked at.
const maxKeys = 40

// keys reads "ID IPH: …; Z RACH.: …; OD: …; TYT.: …;" (mBank and its like). The whole text
// stays the memo's source; the words that are known are taken out.
func keys(text string, lines []string) info {
	in := info{text: passbook.Append(nil, lines...), memo: passbook.Clean(text)}
	marks := keyValue.FindAllStringSubmatchIndex(text, maxKeys)
	for i, m := range marks {
		end := len(text)
		if i+1 < len(marks) {
			end = marks[i+1][0]
		}
		value := strings.Trim(passbook.Clean(text[m[1]:end]), "; ")
		switch key := text[m[2]:m[3]]; key {
		case "OD", "FROM", "NGUOI CHUYEN", "NAME":
			in.name = value
		case "Z RACH.", "ACC", "TK", "SO TK":
			in.account = value
		case "ID IPH", "VA":
			in.virtual = value
		case "TYT.", "REMARK", "ND", "NOI DUNG":
			in.text = append([]string{value}, in.text...)
		}
	}
	return in
}

// given is a reference, or "" for the words that mean there is none or that it stands in
// field 86.
func given(ref string) string {
	switch strings.ToUpper(strings.TrimRight(ref, "+ ")) {
	case "NONREF", "NOTPROVIDED", "EREF", "KREF", "PREF", "NREF", "NONE":
		return ""
	}
	return ref
}
