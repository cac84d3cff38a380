package sheet

import (
	"io"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/sen-platform/sen/internal/rail/passbook"
)

// ReadHTML reads an HTML page of tables, which banks name .xls. The whole page is one grid:
// account and balances often stand in a table of their own above the lines. See ReadXLSX for
// the result.
//
// Errors are *passbook.Error: NoTable, Malformed, TooLarge.
func ReadHTML(raw []byte, name string, limits passbook.Limits) (*passbook.File, error) {
	limits = limits.WithDefaults()
	content, repaired, err := passbook.DecodeText(raw)
	if err != nil {
		return nil, err
	}
	z := html.NewTokenizer(strings.NewReader(content))
	z.SetMaxBuf(1 << 20)
	h := &htmlRows{z: z}
	f, err := assemble(one(grid{next: h.next}), name, limits)
	if err == nil && repaired {
		f.Problems = append(f.Problems, passbook.RepairedText())
	}
	return f, err
}

// htmlRows streams the rows of all tables. Text outside of tables gives rows of one cell, so
// that titles and account lines in paragraphs are seen.
type htmlRows struct {
	z       *html.Tokenizer
	n       int
	cells   []cell
	inRow   bool
	inCell  bool
	content strings.Builder
	loose   strings.Builder // text outside of cells
	colspan int
	rowspan int
	stored  string      // x:num, the number behind the shown text
	carry   map[int]int // columns still covered by a cell of a row above
	skip    atom.Atom   // script or style being skipped
	pending []row
}

func (h *htmlRows) next() (row, error) {
	for len(h.pending) == 0 {
		if h.z.Next() == html.ErrorToken {
			if err := h.z.Err(); err != io.EOF {
				return row{}, passbook.Errorf(passbook.Malformed,
					"Tệp HTML bị hỏng hoặc có ô quá dài. Hãy mở bằng Excel, lưu lại dạng .xlsx rồi nhập lại.").Because(err)
			}
			h.endRow()
			h.flushLoose()
			if len(h.pending) == 0 {
				return row{}, io.EOF
			}
			break
		}
		h.token(h.z.Token())
	}
	r := h.pending[0]
	h.pending = h.pending[1:]
	return r, nil
}

func (h *htmlRows) token(t html.Token) {
	switch t.Type {
	case html.TextToken:
		switch {
		case h.skip != 0:
		case h.inCell:
			appendText(&h.content, t.Data)
		case !h.inRow:
			appendText(&h.loose, t.Data)
		}
	case html.StartTagToken, html.SelfClosingTagToken:
		switch t.DataAtom {
		case atom.Script, atom.Style, atom.Title:
			if t.Type == html.StartTagToken {
				h.skip = t.DataAtom
			}
		case atom.Tr:
			h.endRow()
			h.flushLoose()
			h.inRow = true
		case atom.Td, atom.Th:
			h.endCell()
			h.inRow = true
			h.beginCell(t.Attr)
		case atom.Table:
			h.endRow() // a table inside a cell: its rows are what counts
			h.flushLoose()
			h.carry = nil
		case atom.Br, atom.P, atom.Div:
			if h.inCell {
				h.content.WriteByte('\n')
			} else {
				h.flushLoose()
			}
		}
	case html.EndTagToken:
		switch t.DataAtom {
		case h.skip:
			h.skip = 0
		case atom.Td, atom.Th:
			h.endCell()
		case atom.Tr, atom.Table:
			h.endRow()
		case atom.P, atom.Div:
			if !h.inCell {
				h.flushLoose()
			}
		}
	}
}

func appendText(b *strings.Builder, s string) {
	if b.Len() < maxCellText {
		b.WriteString(s[:min(len(s), maxCellText)])
	}
}

func (h *htmlRows) beginCell(attributes []html.Attribute) {
	h.inCell, h.colspan, h.rowspan, h.stored = true, 1, 1, ""
	h.content.Reset()
	for _, a := range attributes {
		switch a.Key {
		case "colspan":
			h.colspan = spanCount(a.Val)
		case "rowspan":
			h.rowspan = spanCount(a.Val)
		case "x:num":
			h.stored = a.Val
		}
	}
}

func spanCount(s string) int {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil || n < 1 {
		return 1
	}
	return min(n, maxColumns)
}

// endCell puts the cell behind the columns that cells above still cover.
func (h *htmlRows) endCell() {
	if !h.inCell {
		return
	}
	h.inCell = false
	h.fillCarried()
	c := cell{text: strings.TrimSpace(strings.ToValidUTF8(h.content.String(), ""))}
	if h.stored != "" {
		if _, err := plainNumber(h.stored); err == nil {
			c = cell{text: h.stored, kind: number}
		}
	}
	column := len(h.cells)
	for i := range h.colspan {
		if len(h.cells) >= maxColumns {
			break
		}
		if h.rowspan > 1 {
			if h.carry == nil {
				h.carry = map[int]int{}
			}
			h.carry[column+i] = h.rowspan
		}
		h.cells = append(h.cells, c)
		c = cell{}
	}
}

func (h *htmlRows) fillCarried() {
	for len(h.cells) < maxColumns && h.carry[len(h.cells)] > 0 {
		h.cells = append(h.cells, cell{})
	}
}

func (h *htmlRows) endRow() {
	h.endCell()
	if !h.inRow {
		return
	}
	h.inRow = false
	h.n++
	for column, rows := range h.carry {
		if rows > 1 {
			h.carry[column] = rows - 1
		} else {
			delete(h.carry, column)
		}
	}
	if len(h.cells) > 0 {
		h.pending = append(h.pending, row{n: h.n, cells: h.cells})
	}
	h.cells = nil
}

func (h *htmlRows) flushLoose() {
	s := strings.TrimSpace(h.loose.String())
	h.loose.Reset()
	if s != "" {
		h.pending = append(h.pending, row{n: h.n, cells: []cell{{text: s}}})
	}
}
