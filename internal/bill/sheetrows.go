package bill

import (
	"regexp"
	"slices"
	"strings"

	"github.com/sen-platform/sen/internal/doc"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/vn"
	"github.com/sen-platform/sen/internal/vnd"
)

// input is one row of a workbook that speaks of a person, by field and no longer by column:
// the order of columns is forgotten here.
type input struct {
	Sheet  string  `json:"s,omitempty"`
	Row    int     `json:"r"`
	Class  string  `json:"c,omitempty"` // of the sheet or the group the row stands in
	Values []value `json:"v"`
}

// key names a column's field so that no two columns of a sheet share it.
func (c Column) key() string {
	if !c.Field.repeats() {
		return string(c.Field)
	}
	return string(c.Field) + ":" + c.FeeKind.String() + ":" + headerWords(c.Header)
}

// parseKey is the field and fee kind of a key.
func parseKey(key string) (Field, id.FeeKind) {
	field, rest, _ := strings.Cut(key, ":")
	kind, _, _ := strings.Cut(rest, ":")
	k, err := id.Parse[id.FeeKind](kind)
	if err != nil {
		k = 0
	}
	return Field(field), k
}

type rowKind int

const (
	rowData rowKind = iota
	rowTotal
	rowOther // blank, a group heading, a repeated header, a signature
)

// sheetReader turns the rows of one sheet into inputs. It remembers what a row inherits from
// the rows above: the class of its group and the values of cells merged over several rows.
type sheetReader struct {
	m       SheetMapping
	columns []Column // those that are read
	keys    map[int]string
	tall    map[doc.Pos]doc.Range
	shared  map[doc.Pos]doc.Cell // upper left cells of tall ranges seen
	class   string
	totals  bool // a totals row was seen: what follows is data only when it looks so
	Sums    sums
}

func newSheetReader(m SheetMapping, merged []doc.Range) *sheetReader {
	s := &sheetReader{m: m, class: m.Class, tall: map[doc.Pos]doc.Range{}, shared: map[doc.Pos]doc.Cell{}, keys: map[int]string{}}
	for _, c := range m.Columns {
		if c.Field != FieldIgnore && c.Field != FieldUnknown {
			s.columns = append(s.columns, c)
			s.keys[c.Col] = c.key()
		}
	}
	for _, r := range merged {
		if r.To.Row > r.From.Row && r.To.Row > m.HeaderRows[1] {
			s.tall[r.From] = r
		}
	}
	s.Sums = newSums(m)
	return s
}

// read takes the next row below the header.
func (s *sheetReader) read(r doc.Row) (input, rowKind) {
	in := input{Sheet: s.m.Sheet, Row: r.Number, Class: s.class}
	var person, money, readable, index bool
	for _, c := range s.columns {
		v := s.value(r, c)
		if c.Field == FieldIndex {
			_, err := vnd.Parse(v.Text)
			index = err == nil
			continue
		}
		in.Values = append(in.Values, v) // blank ones too: they have a place to point at
		switch {
		case c.Field == FieldName || c.Field == FieldCode || c.Field == FieldSlip || c.Field == FieldGiven || c.Field == FieldFamily:
			person = person || !v.blank()
		case c.Field.money():
			money = money || !v.blank()
			_, t := v.amount()
			readable = readable || (!v.blank() && t == nil)
		}
	}
	switch {
	case s.total(r, in):
		s.totals = true
		s.Sums.total(r)
		return in, rowTotal
	case !money && !index && s.heading(r), !person && !money:
		return in, rowOther
	case s.repeatedHeader(r) || numbering(r):
		return in, rowOther
	case !index && !readable && (s.totals || signature(in)):
		return in, rowOther
	}
	s.Sums.add(r)
	slices.SortFunc(in.Values, func(a, b value) int { return strings.Compare(a.Key, b.Key) })
	return in, rowData
}

// inherits reports whether a cell merged over several rows speaks for all of them.
func (f Field) inherits() bool {
	switch f {
	case FieldClass, FieldPayer, FieldPhone, FieldDue, FieldReason:
		return true
	}
	return false
}

// value reads one cell for one column.
func (s *sheetReader) value(r doc.Row, c Column) value {
	cell := r.Cell(c.Col)
	v := value{Key: s.keys[c.Col], Header: c.Header, Ref: r.Ref(c.Col), field: c.Field, feeKind: c.FeeKind}
	if cell.Merged {
		here := doc.Pos{Col: c.Col, Row: r.Number}
		_, isTall := s.tall[cell.Anchor]
		switch {
		case isTall && c.Field.inherits():
			if cell.Anchor == here {
				s.shared[here] = cell
			} else {
				cell = s.shared[cell.Anchor]
			}
		case isTall && c.Field != FieldIndex && c.Field != FieldNote:
			if cell.Anchor != here || c.Field.money() || c.Field == FieldQuantity {
				v.Kind, v.Text = mergedUnder, cell.Text
				return v
			}
		case cell.Anchor != here && c.Field.money() && s.readsMoney(cell.Anchor.Col):
			v.Kind = mergedUnder // one amount over two fees
			return v
		}
	}
	v.Text = vn.Clean(cell.Text)
	switch {
	case cell.Uncached:
		v.Kind = uncached
	case cell.IsError:
		v.Kind = errorCell
	case cell.IsDate:
		v.Kind, v.Number, v.Date = dateCell, cell.Number, string(cell.Date)
	case cell.IsNumber:
		v.Kind, v.Number = numberCell, cell.Number
	}
	return v
}

func (s *sheetReader) readsMoney(col int) bool {
	return slices.ContainsFunc(s.columns, func(c Column) bool { return c.Col == col && c.Field.money() })
}

// totalText recognises totals by their marks, because the name "Tống Công Minh" folds to the
// words of "tổng cộng"; without marks only the whole phrase counts.
var (
	totalText  = regexp.MustCompile(`^(?:[\divx]+[.)]?\s*)?(?:tổng(?: |$|:)|cộng(?: |$|:))`)
	totalPlain = regexp.MustCompile(`^(?:tong cong|tong|cong|tong so|tong tien|total|grand total)\s*:?$`)
)

// total reports whether a row sums the rows above: a totals word in its first text, and no code.
func (s *sheetReader) total(r doc.Row, in input) bool {
	if slices.ContainsFunc(in.Values, func(v value) bool { return v.Key == string(FieldCode) && !v.blank() && v.Text != firstText(r) }) {
		return false
	}
	t := strings.ToLower(firstText(r))
	return totalText.MatchString(t) || totalPlain.MatchString(t)
}

func firstText(r doc.Row) string {
	for _, c := range r.Cells {
		if t := vn.Clean(c.Text); t != "" && !c.IsNumber {
			return t
		}
	}
	return ""
}

// heading reports whether a row only opens a group of rows, and takes the class it names.
func (s *sheetReader) heading(r doc.Row) bool {
	filled := 0
	for _, c := range r.Cells {
		if strings.TrimSpace(c.Text) != "" {
			filled++
		}
	}
	m := headingRow.FindStringSubmatch(firstText(r))
	if m == nil || filled > 2 {
		return false
	}
	if m[1] != "" && !s.m.has(FieldClass) {
		s.class = className(m[1])
	}
	return true
}

// repeatedHeader reports whether the row is the header again, as on every printed page.
func (s *sheetReader) repeatedHeader(r doc.Row) bool {
	same := 0
	for _, c := range s.columns {
		t := vn.Clean(r.Cell(c.Col).Text)
		if t != "" && (t == c.Header || strings.HasSuffix(c.Header, " "+t)) {
			same++
		}
	}
	return same >= 2
}

var columnNumber = regexp.MustCompile(`^\(?(?:\d{1,2}|[A-Z]{1,2})\)?$`)

// numbering reports whether the row only numbers the columns: A, B, 1, 2 … or (1) (2) (3).
func numbering(r doc.Row) bool {
	n := 0
	for _, c := range r.Cells {
		t := strings.TrimSpace(c.Text)
		if t == "" {
			continue
		}
		if !columnNumber.MatchString(t) {
			return false
		}
		n++
	}
	return n >= 2
}

var signatureWords = []string{"nguoi lap", "ke toan", "hieu truong", "thu truong", "thu quy", "giam doc", "bang chu", "ky ten", "nguoi lap bieu", "giao vien chu nhiem", "ban giam hieu"}

func signature(in input) bool {
	return slices.ContainsFunc(in.Values, func(v value) bool {
		label := headerWords(v.Text)
		return (strings.HasPrefix(label, "ngay ") && hasPhrase(label, "nam")) ||
			slices.ContainsFunc(signatureWords, func(w string) bool { return strings.HasPrefix(label, w) })
	})
}
