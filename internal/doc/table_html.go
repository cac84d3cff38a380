package doc

import (
	"errors"
	"io"
	"iter"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

func (t *Table) openHTML() error {
	open, err := t.in.text()
	if err != nil {
		return err
	}
	t.sheets = []sheet{&htmlSheet{input: t.in, open: open}}
	return nil
}

// htmlSheet is a web page seen as one sheet: the rows of all its tables in the order they
// end. Bank portals serve such pages under the name .xls, often with a table for the heading
// and one for the credits.
type htmlSheet struct {
	input
	open func() io.Reader
}

func (s *htmlSheet) title() string { return "HTML" }
func (s *htmlSheet) hidden() bool  { return false }

func (s *htmlSheet) merged() ([]Range, error) {
	var out []Range
	for _, err := range s.scan(func(r Range) { out = append(out, r) }) {
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (s *htmlSheet) rows() iter.Seq2[Row, error] { return s.scan(nil) }

func (s *htmlSheet) scan(found func(Range)) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		p := &htmlParser{in: s.input, found: found, yield: yield}
		z := html.NewTokenizer(s.open())
		z.SetMaxBuf(s.lim.CellBytes)
		for p.err == nil && !p.stopped {
			switch z.Next() {
			case html.ErrorToken:
				switch err := z.Err(); {
				case err == io.EOF:
					p.closeTables()
					return
				case errors.Is(err, html.ErrBufferExceeded):
					p.err = s.tooLongCell("dòng " + strconv.Itoa(p.number+1))
				default:
					p.err = s.fail("dòng "+strconv.Itoa(p.number+1), "không đọc được tệp", "Gửi lại tệp", err)
				}
			case html.TextToken:
				p.text(string(z.Text()))
			case html.StartTagToken, html.SelfClosingTagToken:
				p.start(z.Token())
			case html.EndTagToken:
				name, _ := z.TagName()
				p.end(atom.Lookup(name))
			}
		}
		if p.err != nil {
			yield(Row{}, p.err)
		}
	}
}

// htmlTable is one open <table>; tables may stand inside cells of others.
type htmlTable struct {
	row    *htmlRow
	spans  map[int]htmlSpan // by column: cells of earlier rows that reach down into this one
	inCell bool
}

type htmlSpan struct {
	rows   int // rows still to cover
	anchor Pos
}

type htmlRow struct {
	number int
	cells  []Cell
	col    int // next free column
	cur    Cell
	text   strings.Builder
	width  int // of the cell being read
	height int
}

type htmlParser struct {
	in      input
	found   func(Range)
	yield   func(Row, error) bool
	tables  []*htmlTable
	skip    atom.Atom // inside <style>, <script> or <title>
	number  int       // rows begun
	given   int
	err     error
	stopped bool
}

func (p *htmlParser) top() *htmlTable {
	if len(p.tables) == 0 {
		return nil
	}
	return p.tables[len(p.tables)-1]
}

const maxTableDepth = 64

func (p *htmlParser) start(tok html.Token) {
	t := p.top()
	switch tok.DataAtom {
	case atom.Style, atom.Script, atom.Title:
		if tok.Type == html.StartTagToken {
			p.skip = tok.DataAtom
		}
	case atom.Table:
		if len(p.tables) == maxTableDepth {
			p.err = p.in.fail("", "trang web có quá nhiều bảng lồng nhau", "Mở bằng Excel và lưu lại dạng .xlsx", nil)
			return
		}
		p.tables = append(p.tables, &htmlTable{spans: map[int]htmlSpan{}})
	case atom.Tr:
		if t == nil { // a row without a table, as cut-down exports have
			t = &htmlTable{spans: map[int]htmlSpan{}}
			p.tables = append(p.tables, t)
		}
		p.endRow(t)
		p.number++
		t.row = &htmlRow{number: p.number}
	case atom.Td, atom.Th:
		if t != nil && t.row != nil {
			p.startCell(t, tok)
		}
	case atom.Br, atom.P, atom.Div, atom.Li:
		if t != nil && t.inCell && t.row.text.Len() > 0 {
			t.row.text.WriteByte('\n')
		}
	}
}

func (p *htmlParser) end(a atom.Atom) {
	if p.skip != 0 {
		if a == p.skip {
			p.skip = 0
		}
		return
	}
	t := p.top()
	if t == nil {
		return
	}
	switch a {
	case atom.Td, atom.Th:
		p.endCell(t)
	case atom.Tr:
		p.endRow(t)
	case atom.Table:
		p.endRow(t)
		p.tables = p.tables[:len(p.tables)-1]
	}
}

func (p *htmlParser) closeTables() {
	for i := len(p.tables) - 1; i >= 0 && p.err == nil && !p.stopped; i-- {
		p.endRow(p.tables[i])
	}
	if p.err != nil {
		p.yield(Row{}, p.err)
	}
}

// text adds to the cell being read; white space of the source is one space.
func (p *htmlParser) text(s string) {
	t := p.top()
	if p.skip != 0 || t == nil || !t.inCell {
		return
	}
	b := &t.row.text
	if b.Len()+len(s) > p.in.lim.CellBytes {
		p.err = p.in.tooLongCell("ô " + Pos{t.row.col, t.row.number}.String())
		return
	}
	space := false
	for _, r := range s {
		if r == ' ' || r == '\n' || r == '\r' || r == '\t' {
			space = true
			continue
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(r)
	}
	if space {
		b.WriteByte(' ')
	}
}

func (p *htmlParser) startCell(t *htmlTable, tok html.Token) {
	p.endCell(t)
	r := t.row
	p.coverBySpans(t)
	if p.err != nil {
		return
	}
	r.cur, r.width, r.height = Cell{}, 1, 1
	for _, a := range tok.Attr {
		switch strings.ToLower(a.Key) {
		case "colspan":
			r.width = spanOf(a.Val, p.in.lim.Columns)
		case "rowspan":
			r.height = spanOf(a.Val, 1<<20)
		case "x:num": // Excel's own HTML: the number behind the formatted text
			if n, ok := plainDecimal(strings.TrimSpace(a.Val)); ok {
				r.cur.Number, r.cur.IsNumber = n, true
			}
		case "x:fmla":
			r.cur.IsFormula = true
		}
	}
	r.text.Reset()
	t.inCell = true
}

func spanOf(s string, limit int) int {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil || n < 1 {
		return 1
	}
	return min(n, limit)
}

// coverBySpans fills the columns that cells of earlier rows reach into.
func (p *htmlParser) coverBySpans(t *htmlTable) {
	r := t.row
	for {
		span, ok := t.spans[r.col]
		if !ok {
			return
		}
		if span.rows--; span.rows == 0 {
			delete(t.spans, r.col)
		} else {
			t.spans[r.col] = span
		}
		p.put(r, Cell{Merged: true, Anchor: span.anchor})
		if p.err != nil {
			return
		}
	}
}

func (p *htmlParser) put(r *htmlRow, c Cell) {
	if r.col >= p.in.lim.Columns {
		if c.Text != "" {
			p.err = p.in.tooManyColumns("dòng " + strconv.Itoa(r.number))
		}
		r.col++
		return
	}
	r.cells = append(r.cells, c)
	r.col++
}

func (p *htmlParser) endCell(t *htmlTable) {
	if !t.inCell {
		return
	}
	t.inCell = false
	r := t.row
	c, at := r.cur, Pos{r.col, r.number}
	c.Text = htmlText(r.text.String())
	if c.IsNumber && c.Text == "" {
		c.Text = c.Number
	}
	c.Uncached = c.IsFormula && c.Text == ""
	if r.width > 1 || r.height > 1 {
		c.Merged, c.Anchor = true, at
		if p.found != nil {
			p.found(Range{From: at, To: Pos{at.Col + r.width - 1, at.Row + r.height - 1}})
		}
	}
	for i := range r.width {
		if r.height > 1 && r.col < p.in.lim.Columns {
			t.spans[r.col] = htmlSpan{rows: r.height - 1, anchor: at}
		}
		if i > 0 {
			c = Cell{Merged: true, Anchor: at}
		}
		p.put(r, c)
	}
}

// htmlText tidies a cell: the spaces left around line breaks, and what cellText does.
func htmlText(s string) string {
	s = cellText(s)
	if !strings.Contains(s, "\n") {
		return s
	}
	var lines []string
	for l := range strings.SplitSeq(s, "\n") {
		if l = strings.TrimSpace(l); l != "" {
			lines = append(lines, l)
		}
	}
	return strings.Join(lines, "\n")
}

func (p *htmlParser) endRow(t *htmlTable) {
	p.endCell(t)
	if t.row == nil || p.err != nil || p.stopped {
		return
	}
	p.coverBySpans(t)
	r := t.row
	t.row = nil
	for col, span := range t.spans { // the row ends before them
		if col >= r.col {
			if span.rows--; span.rows == 0 {
				delete(t.spans, col)
			} else {
				t.spans[col] = span
			}
		}
	}
	row := Row{Number: r.number, Cells: r.cells}
	if p.err != nil || row.blank() {
		return
	}
	if p.given++; p.given > p.in.lim.Rows {
		p.err = p.in.tooManyRows("")
		return
	}
	if !p.yield(row, nil) {
		p.stopped = true
	}
}
