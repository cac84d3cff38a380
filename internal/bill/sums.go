package bill

import (
	"github.com/sen-platform/sen/internal/doc"
	"github.com/sen-platform/sen/internal/vnd"
)

// Control is a totals row of the workbook that does not agree with the rows above it.
type Control struct {
	Sheet   string     `json:"sheet"`
	Cell    string     `json:"cell"`
	Header  string     `json:"header"`
	Stated  vnd.Amount `json:"stated"`
	Counted vnd.Amount `json:"counted"`
}

// sums adds the amounts of a sheet's rows, to be compared with its totals rows: over all rows,
// and since the totals row before (subtotals per class).
type sums struct {
	columns  []Column
	all      []vnd.Amount
	since    []vnd.Amount
	unsure   []bool // a cell could not be read
	Controls []Control
	sheet    string
}

func newSums(m SheetMapping) sums {
	s := sums{sheet: m.Sheet}
	for _, c := range m.Columns {
		if c.Field == FieldTotal || (c.Field == FieldFee && !m.has(FieldTotal)) {
			s.columns = append(s.columns, c)
		}
	}
	s.all, s.since, s.unsure = make([]vnd.Amount, len(s.columns)), make([]vnd.Amount, len(s.columns)), make([]bool, len(s.columns))
	return s
}

func (s *sums) add(r doc.Row) {
	for i, c := range s.columns {
		cell := r.Cell(c.Col)
		a, ok := amountIn(cell)
		if !ok {
			s.unsure[i] = s.unsure[i] || cell.Text != "" || cell.Uncached
			continue
		}
		all, err1 := s.all[i].Add(a)
		since, err2 := s.since[i].Add(a)
		if s.all[i], s.since[i] = all, since; err1 != nil || err2 != nil {
			s.unsure[i] = true
		}
	}
}

// maxControls bounds the list; a workbook of classes has some dozens of totals rows.
const maxControls = 100

// total compares a totals row; it may sum everything above or only its class.
func (s *sums) total(r doc.Row) {
	for i, c := range s.columns {
		stated, ok := amountIn(r.Cell(c.Col))
		if ok && !s.unsure[i] && stated != s.all[i] && stated != s.since[i] && len(s.Controls) < maxControls {
			s.Controls = append(s.Controls, Control{Sheet: s.sheet, Cell: r.Ref(c.Col), Header: c.Header, Stated: stated, Counted: s.all[i]})
		}
		s.since[i] = 0
	}
}
