package doc

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/xml"
	"errors"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"

	"github.com/sen-platform/sen/internal/clock"
)

// xlsxSheet is one worksheet of an XLSX file.
type xlsxSheet struct {
	*workbook
	part     string
	name     string
	isHidden bool
	ranges   []Range
	scanned  bool
}

func (s *xlsxSheet) title() string { return s.name }
func (s *xlsxSheet) hidden() bool  { return s.isHidden }

func (s *xlsxSheet) place(rest string) string {
	p := "trang tính " + s.name
	if rest != "" {
		p += ", " + rest
	}
	return p
}

// maxRanges bounds the merged ranges that are held; a sheet with more is no list.
const maxRanges = 200_000

// merged reads the merged ranges, which stand behind the rows in the file. It looks at the
// tags only, so that the extra pass costs a fraction of reading the rows.
func (s *xlsxSheet) merged() ([]Range, error) {
	if s.scanned {
		return s.ranges, nil
	}
	r, err := s.open(s.part)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	b := bufio.NewReaderSize(r, 64<<10)
	for {
		chunk, err := b.ReadSlice('>')
		if ref := mergeRef(chunk); ref != "" && len(s.ranges) < maxRanges {
			if rng, ok := parseRange(ref); ok {
				s.ranges = append(s.ranges, rng)
			}
		}
		switch {
		case err == io.EOF:
			slices.SortFunc(s.ranges, func(a, b Range) int {
				return cmp.Or(cmp.Compare(a.From.Row, b.From.Row), cmp.Compare(a.From.Col, b.From.Col))
			})
			s.scanned = true
			return s.ranges, nil
		case err != nil && !errors.Is(err, bufio.ErrBufferFull):
			return nil, s.broken(s.place(""), err)
		}
	}
}

// mergeRef is the ref of a tag <mergeCell ref="A1:C3"/> that ends the chunk.
func mergeRef(chunk []byte) string {
	tag := chunk[bytes.LastIndexByte(chunk, '<')+1:]
	name, rest, _ := bytes.Cut(tag, []byte(" "))
	if i := bytes.LastIndexByte(name, ':'); i >= 0 {
		name = name[i+1:]
	}
	if string(name) != "mergeCell" {
		return ""
	}
	_, ref, ok := bytes.Cut(rest, []byte("ref="))
	if !ok || len(ref) < 2 {
		return ""
	}
	ref, _, _ = bytes.Cut(ref[1:], ref[:1])
	return string(ref)
}

func parseRange(s string) (Range, bool) {
	a, b, ok := strings.Cut(s, ":")
	if !ok {
		return Range{}, false
	}
	from, ok1 := parsePos(a)
	to, ok2 := parsePos(b)
	return Range{from, to}, ok1 && ok2 && from.Col <= to.Col && from.Row <= to.Row
}

// parsePos reads a cell name within the size of a sheet: XFD1048576 is the last.
func parsePos(s string) (Pos, bool) {
	col, i := 0, 0
	for ; i < len(s) && s[i] >= 'A' && s[i] <= 'Z'; i++ {
		if col = col*26 + int(s[i]-'A'+1); col > maxExcelColumns {
			return Pos{}, false
		}
	}
	row := 0
	for j := i; j < len(s); j++ {
		if s[j] < '0' || s[j] > '9' {
			return Pos{}, false
		}
		if row = row*10 + int(s[j]-'0'); row > maxExcelRows {
			return Pos{}, false
		}
	}
	return Pos{col - 1, row}, col > 0 && row > 0
}

func (s *xlsxSheet) rows() iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		ranges, err := s.merged()
		if err != nil {
			yield(Row{}, err)
			return
		}
		p := &sheetParser{xlsxSheet: s, yield: yield, ranges: ranges}
		if err := s.decode(s.part, s.place(""), p.token); err != nil && !p.stopped {
			yield(Row{}, err)
		}
	}
}

// sheetParser turns the tokens of a worksheet into rows.
type sheetParser struct {
	*xlsxSheet
	yield  func(Row, error) bool
	ranges []Range // not reached yet
	active []Range // reaching into the present row

	inData, inRow, inCell bool
	capture               bool // inside <v>, or <t> of an inline text
	phonetic              int
	row                   Row
	col                   int
	kind                  string // attribute t of the cell
	style                 int
	hasFormula, hasValue  bool
	value                 []byte
	given                 int
	stopped               bool
}

func (p *sheetParser) token(tok xml.Token) error {
	switch e := tok.(type) {
	case xml.StartElement:
		return p.start(e)
	case xml.EndElement:
		return p.end(e.Name.Local)
	case xml.CharData:
		if p.capture && p.phonetic == 0 {
			if p.value = append(p.value, e...); len(p.value) > p.lim.CellBytes {
				return p.tooLongCell(p.place("ô " + p.ref()))
			}
		}
	}
	return nil
}

func (p *sheetParser) ref() string { return Pos{p.col, p.row.Number}.String() }

func (p *sheetParser) start(e xml.StartElement) error {
	switch e.Name.Local {
	case "sheetData":
		p.inData = true
	case "row":
		if p.inData && !p.inRow {
			return p.startRow(e)
		}
	case "c":
		if p.inRow && !p.inCell {
			return p.startCell(e)
		}
	case "v":
		p.capture = p.inCell
		p.hasValue = p.hasValue || p.inCell
	case "f":
		p.hasFormula = p.hasFormula || p.inCell
	case "t":
		if p.inCell && p.kind == "inlineStr" {
			p.capture, p.hasValue = true, true
		}
	case "rPh":
		p.phonetic++
	}
	return nil
}

func (p *sheetParser) startRow(e xml.StartElement) error {
	number := p.row.Number + 1
	if r := attr(e, "r"); r != "" {
		n, err := strconv.Atoi(r)
		if err != nil || n < number || n > maxExcelRows {
			return p.broken(p.place("sau dòng "+strconv.Itoa(p.row.Number)), errors.New("doc: row "+strconv.Quote(r)))
		}
		number = n
	}
	p.inRow = true
	p.row = Row{Number: number, Hidden: isTrue(attr(e, "hidden")), Cells: p.row.Cells[:0]}
	p.col = -1
	return nil
}

func (p *sheetParser) startCell(e xml.StartElement) error {
	p.col++
	p.kind, p.style = "", 0
	p.hasFormula, p.hasValue, p.value = false, false, p.value[:0]
	for _, a := range e.Attr {
		switch a.Name.Local {
		case "r":
			pos, ok := parsePos(a.Value)
			if !ok || pos.Row != p.row.Number || pos.Col < p.col {
				return p.broken(p.place("dòng "+strconv.Itoa(p.row.Number)), errors.New("doc: cell "+strconv.Quote(a.Value)))
			}
			p.col = pos.Col
		case "t":
			p.kind = a.Value
		case "s":
			p.style, _ = strconv.Atoi(a.Value) // a malformed one is style 0
		}
	}
	p.inCell = true
	return nil
}

func (p *sheetParser) end(name string) error {
	switch name {
	case "v", "t":
		p.capture = false
	case "rPh":
		p.phonetic--
	case "c":
		if p.inCell {
			p.inCell = false
			return p.endCell()
		}
	case "row":
		if p.inRow {
			p.inRow = false
			return p.endRow()
		}
	case "sheetData":
		return io.EOF // the rest of the part is not rows
	}
	return nil
}

func (p *sheetParser) endCell() error {
	c, err := p.cell()
	if err != nil || (c == Cell{}) {
		return err
	}
	if p.col >= p.lim.Columns {
		return p.tooManyColumns(p.place(""))
	}
	p.reach(p.col)
	p.row.Cells[p.col] = c
	return nil
}

// reach makes the row long enough for the column.
func (p *sheetParser) reach(col int) {
	for len(p.row.Cells) <= col {
		p.row.Cells = append(p.row.Cells, Cell{})
	}
}

// cell reads the present cell (ECMA-376 part 1, sections 18.3.1.4 and 18.18.11).
func (p *sheetParser) cell() (Cell, error) {
	var c Cell
	value := string(p.value)
	switch p.kind {
	case "s":
		if !p.hasValue {
			break
		}
		i, err := strconv.Atoi(strings.TrimSpace(value))
		text, ok := p.shared.get(i)
		if err != nil || !ok {
			return c, p.broken(p.place("ô "+p.ref()), errors.New("doc: shared text "+strconv.Quote(value)))
		}
		c.Text = text
	case "b":
		c.Text = map[string]string{"0": "FALSE", "1": "TRUE", "false": "FALSE", "true": "TRUE"}[strings.TrimSpace(value)]
	case "e":
		c.Text, c.IsError = cellText(value), true
	case "d":
		c.IsDate = true
		c.Text = cellText(value)
		if len(value) >= 10 {
			if d, err := clock.ParseDate(value[:10]); err == nil {
				c.Date, c.Text = d, d.VN()
				if clockText := strings.TrimSuffix(value[10:], "Z"); len(clockText) >= 9 {
					c.Text += " " + clockText[1:9]
				}
			}
		}
	case "str", "inlineStr":
		c.Text = cellText(unescapeX(value))
	default:
		if value = strings.TrimSpace(value); value == "" {
			break
		}
		var sh shape
		if p.style >= 0 && p.style < len(p.shapes) {
			sh = p.shapes[p.style]
		}
		number, ok := numberCell(value, sh, p.date1904)
		if !ok {
			return c, p.broken(p.place("ô "+p.ref()), errors.New("doc: number "+strconv.Quote(value)))
		}
		c = number
	}
	c.IsFormula = p.hasFormula
	// A saved empty text has type str; programs that compute nothing leave the value out or empty.
	c.Uncached = p.hasFormula && c.Text == "" && !(p.kind == "str" && p.hasValue)
	return c, nil
}

func (p *sheetParser) endRow() error {
	if err := p.merge(); err != nil {
		return err
	}
	if p.row.blank() {
		return nil
	}
	if p.given++; p.given > p.lim.Rows {
		return p.tooManyRows(p.place(""))
	}
	if !p.yield(p.row, nil) {
		p.stopped = true
		return io.EOF
	}
	return nil
}

// merge marks the cells of the row that belong to merged ranges. Ranges cannot overlap, so
// together they are no wider than a sheet.
func (p *sheetParser) merge() error {
	n := p.row.Number
	for len(p.ranges) > 0 && p.ranges[0].From.Row <= n {
		p.active = append(p.active, p.ranges[0])
		p.ranges = p.ranges[1:]
	}
	width := 0
	p.active = slices.DeleteFunc(p.active, func(r Range) bool {
		width += r.To.Col - r.From.Col + 1
		return r.To.Row < n
	})
	if len(p.active) > 0 && width > 2*maxExcelColumns {
		return p.broken(p.place("dòng "+strconv.Itoa(n)), errors.New("doc: overlapping merged ranges"))
	}
	for _, r := range p.active {
		for col := r.From.Col; col <= r.To.Col && col < p.lim.Columns; col++ {
			p.reach(col)
			p.row.Cells[col].Merged, p.row.Cells[col].Anchor = true, r.From
		}
	}
	return nil
}
