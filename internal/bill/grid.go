package bill

import (
	"regexp"
	"slices"
	"strings"

	"github.com/sen-platform/sen/internal/doc"
	"github.com/sen-platform/sen/internal/vn"
	"github.com/sen-platform/sen/internal/vnd"
)

// grid is the first rows of a sheet, kept for recognising its header.
type grid struct {
	rows  []doc.Row
	index map[int]int // row number to place in rows
	width int
}

func newGrid(rows []doc.Row) grid {
	g := grid{rows: rows, index: make(map[int]int, len(rows))}
	for i, r := range rows {
		g.index[r.Number] = i
		g.width = max(g.width, len(r.Cells))
	}
	return g
}

// keep copies a row, whose cells are only valid until the next.
func keep(r doc.Row) doc.Row {
	r.Cells = slices.Clone(r.Cells)
	return r
}

// at is the cell of a place, or the upper left cell of the merged range it belongs to, and
// the column that cell stands in.
func (g grid) at(i, col int) (doc.Cell, int) {
	c := g.rows[i].Cell(col)
	if c.Merged && (c.Anchor.Col != col || c.Anchor.Row != g.rows[i].Number) {
		if j, ok := g.index[c.Anchor.Row]; ok {
			return g.rows[j].Cell(c.Anchor.Col), c.Anchor.Col
		}
		return doc.Cell{}, c.Anchor.Col
	}
	return c, col
}

// label is the header of a column over the rows from … to: the lowest text that belongs to
// the column itself, and the texts above it, which may be merged over several columns.
type label struct {
	parent, child string
	row           int // place of the child
}

func (l label) full() string { return strings.TrimSpace(l.parent + " " + l.child) }

func (g grid) label(from, to, col int) label {
	l := label{row: -1}
	for i := to; i >= from; i-- {
		c, at := g.at(i, col)
		t := vn.Clean(c.Text)
		switch {
		case t == "":
		case l.child == "" && at == col:
			l.child, l.row = t, i
		case l.child != "" && t != l.child && !strings.HasPrefix(l.parent, t):
			l.parent = strings.TrimSpace(t + " " + l.parent)
		}
	}
	return l
}

// amountIn is the amount a cell holds, whatever the cell is for.
func amountIn(c doc.Cell) (vnd.Amount, bool) {
	t := c.Text
	if c.IsDate || c.IsError {
		return 0, false
	}
	if c.IsNumber {
		t = c.Number
	}
	a, err := vnd.Parse(t)
	return a, err == nil
}

// holdsAmount reports whether a cell is likely to be money and no code, year or telephone
// number: at least 500 ₫ in whole hundreds.
func holdsAmount(c doc.Cell) bool {
	a, ok := amountIn(c)
	if a < 0 {
		a = -a
	}
	text := strings.TrimSpace(c.Text)
	return ok && a >= 500 && a <= 99_999_999_999 && a%100 == 0 && !strings.HasPrefix(text, "0") && !strings.HasPrefix(text, "+")
}

// amounts reports whether the cells of a column from row i on look like money.
func (g grid) amounts(from, col int) bool {
	filled, money := 0, 0
	for _, r := range g.rows[min(from, len(g.rows)):] {
		c := r.Cell(col)
		if strings.Trim(c.Text, "-– ") == "" || c.Text == "0" {
			continue
		}
		filled++
		if holdsAmount(c) {
			money++
		}
	}
	return money > 0 && money*10 >= filled*6
}

// classWord finds a class in a title ("DANH SÁCH LỚP 3A", "Lớp: 6/2"), classSheet takes a
// sheet's name for one ("1A", "Lớp 10A1", "Chồi 2"), headingRow the heading of a group of
// rows ("Lớp 2B", "Khối 4", "II. Học sinh bán trú").
var (
	classWord  = regexp.MustCompile(`(?i)(?:^|[^\p{L}])lớp\s*:?\s*(\d{1,2}\s?[a-zđ]\d{0,2}|\d{1,2}[./]\d{1,2}|[a-zđ]\d{1,2})(?:[^\p{L}\d]|$)`)
	classSheet = regexp.MustCompile(`(?i)^(?:lớp\s*)?(\d{1,2}\s?[a-zđ]\d{0,2}|\d{1,2}[./_-]\d{1,2}|(?:nhà trẻ|mầm|chồi|lá|mẫu giáo|nhóm trẻ)\s*\p{L}?\d{0,2})$`)
	headingRow = regexp.MustCompile(`(?i)^(?:(?:[\divx]+[.)]\s*)?lớp\s*:?\s*(\S.{0,30})|khối\s.{1,30}|[ivx]+[.)]\s.{1,60})$`)
)

// unit finds a sheet that counts in thousands or millions, in folded words.
var unit = regexp.MustCompile(`\b(dvt|don vi|don vi tinh)( la)? (nghin|ngan|trieu|1 ?000)\b|\b(nghin|ngan|trieu|1 ?000) (dong|d|vnd)\b`)
