package doc

import (
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/vnd"
)

// Workbook is an XLSX file being written. Sheets are written one after the other, rows
// stream through a temporary file when there are many. Text stays text whatever it begins
// with, also when somebody edits the cell: its format is "@". Not safe for concurrent use.
type Workbook struct {
	f      *excelize.File
	styles map[look]int
	names  map[string]bool // folded names of the sheets
	cur    *Sheet
	err    error // first failure to register a style
}

// NewWorkbook starts a file. Title and instant stand in its properties. Call Write or, to
// give up, Close.
func NewWorkbook(title string, at time.Time) (*Workbook, error) {
	w := &Workbook{f: excelize.NewFile(), styles: map[look]int{}, names: map[string]bool{}}
	stamp := at.UTC().Format(time.RFC3339)
	err := w.f.SetDocProps(&excelize.DocProperties{
		Title: writable(title), Creator: "Sen", LastModifiedBy: "Sen", Language: "vi-VN",
		Created: stamp, Modified: stamp,
	})
	if err != nil {
		return nil, err
	}
	return w, nil
}

// Sheet starts the next sheet: lines of text on top (the first set large), an empty row,
// then the header row, which stays in view and is repeated on every printed page. A name
// that Excel would refuse is mended: 31 characters, none of []:*?/\, unique in the file.
func (w *Workbook) Sheet(name string, cols []Column, above ...string) (*Sheet, error) {
	if len(cols) == 0 {
		return nil, errors.New("doc: a sheet needs columns")
	}
	if err := w.endSheet(); err != nil {
		return nil, err
	}
	name = w.freeName(name)
	if len(w.names) == 1 {
		if err := w.f.SetSheetName("Sheet1", name); err != nil {
			return nil, err
		}
	} else if _, err := w.f.NewSheet(name); err != nil {
		return nil, err
	}
	s := &Sheet{book: w, name: name, cols: cols, sums: make([]vnd.Amount, len(cols)), cells: make([]any, len(cols))}
	if err := s.begin(above); err != nil {
		return nil, err
	}
	w.cur = s
	return s, nil
}

func (w *Workbook) freeName(name string) string {
	name = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`[]:*?/\`, r) || r < ' ' {
			return ' '
		}
		return r
	}, writable(name))
	name = strings.Trim(strings.TrimSpace(name), "'")
	if name == "" {
		name = "Trang"
	}
	for n := 1; ; n++ {
		suffix := ""
		if n > 1 {
			suffix = fmt.Sprintf(" (%d)", n)
		}
		try := clip(name, 31-len(suffix)) + suffix
		if !w.names[strings.ToLower(try)] {
			w.names[strings.ToLower(try)] = true
			return try
		}
	}
}

// clip keeps the first n characters; Excel counts UTF-16 units, which for the characters of
// names are the same.
func clip(s string, n int) string {
	for i := range s {
		if n--; n < 0 {
			return strings.TrimRight(s[:i], " ")
		}
	}
	return s
}

func (w *Workbook) endSheet() error {
	if w.cur == nil {
		return nil
	}
	s := w.cur
	w.cur = nil
	return s.stream.Flush()
}

// Write ends the file and writes it to out. The Workbook cannot be used afterwards.
func (w *Workbook) Write(out io.Writer) error {
	defer w.f.Close()
	if len(w.names) == 0 {
		return errors.New("doc: a workbook needs a sheet")
	}
	if err := w.endSheet(); err != nil {
		return err
	}
	if w.err != nil {
		return w.err
	}
	w.f.SetActiveSheet(0)
	z := newSortedZip(out)
	w.f.SetZipWriter(func(io.Writer) excelize.ZipWriter { return z })
	return w.f.Write(io.Discard)
}

// Close gives up and removes temporary files; after Write it does nothing.
func (w *Workbook) Close() error { return w.f.Close() }

// Sheet is one sheet being written.
type Sheet struct {
	book   *Workbook
	stream *excelize.StreamWriter
	name   string
	cols   []Column
	row    int // last row written, from 1
	first  int // first row of data
	sums   []vnd.Amount
	over   bool // a sum has overflowed
	cells  []any
}

// The size of a sheet.
const (
	maxExcelRows    = 1 << 20
	maxExcelColumns = 1 << 14
)

// Row writes one row; the values must fit the columns in number and kind.
func (s *Sheet) Row(values ...any) error {
	if s.book.cur != s {
		return errors.New("doc: this sheet is ended")
	}
	if s.row+1 >= maxExcelRows {
		return &FileError{
			Place: "Trang tính " + s.name, Reason: "danh sách dài hơn 1.048.575 dòng, Excel không mở được",
			Remedy: "Chọn khoảng thời gian hoặc đơn vị nhỏ hơn, hoặc xuất CSV",
		}
	}
	if err := checkRow(s.cols, values); err != nil {
		return err
	}
	for i, v := range values {
		s.add(i, v)
		s.cells[i] = s.cell(s.cols[i].Kind, v, false)
	}
	return s.put()
}

func (s *Sheet) put() error {
	s.row++
	ref, err := excelize.CoordinatesToCellName(1, s.row)
	if err != nil {
		return err
	}
	return s.stream.SetRow(ref, s.cells)
}

func (s *Sheet) add(col int, v any) {
	var a vnd.Amount
	switch v := v.(type) {
	case vnd.Amount:
		a = v
	case int64:
		a = vnd.Amount(v)
	}
	sum, err := s.sums[col].Add(a)
	if err != nil {
		s.over = true
	}
	s.sums[col] = sum
}

// Total writes a row that sums the Money and Count columns of all rows so far, each as a
// formula with its value, so that the reader can check it and every program shows it. The
// label stands in the first column.
func (s *Sheet) Total(label string) error {
	if s.book.cur != s {
		return errors.New("doc: this sheet is ended")
	}
	if s.over {
		return vnd.ErrOverflow
	}
	for i, c := range s.cols {
		style := s.book.style(look{kind: c.Kind, bold: true, top: true})
		switch {
		case i == 0:
			s.cells[i] = excelize.Cell{StyleID: s.book.style(look{kind: Text, bold: true, top: true}), Value: writable(label)}
		case c.Kind != Money && c.Kind != Count:
			s.cells[i] = excelize.Cell{StyleID: style, Value: ""}
		case s.row < s.first:
			s.cells[i] = excelize.Cell{StyleID: style, Value: int64(0)}
		default:
			name, err := excelize.ColumnNumberToName(i + 1)
			if err != nil {
				return err
			}
			cell := s.cell(c.Kind, s.sums[i], true)
			cell.Formula = fmt.Sprintf("SUM(%s%d:%s%d)", name, s.first, name, s.row)
			s.cells[i] = cell
		}
	}
	return s.put()
}

// exactInExcel is the largest whole number whose every neighbour a spreadsheet keeps (15
// significant digits). Larger amounts are written as text rather than changed.
const exactInExcel = 999_999_999_999_999

func (s *Sheet) cell(k Kind, v any, bold bool) excelize.Cell {
	l := look{kind: k, bold: bold, top: bold}
	c := excelize.Cell{}
	number := func(n int64) {
		if n > exactInExcel || n < -exactInExcel {
			l.kind, c.Value = Text, vnd.Amount(n).Grouped()
		} else {
			c.Value = n
		}
	}
	switch v := v.(type) {
	case nil:
		c.Value = nil
	case string:
		l.kind, c.Value = Text, clip(writable(v), excelize.TotalCellChars)
	case vnd.Amount:
		number(int64(v))
	case int64:
		number(v)
	case clock.Date:
		if n, ok := excelDay(v); ok {
			c.Value = n
		} else {
			l.kind, c.Value = Text, v.VN()
		}
	case time.Time:
		t := v.In(clock.VN)
		if n, ok := excelDay(clock.DateOf(t)); ok {
			minutes := t.Hour()*60 + t.Minute()
			c.Value = float64(n) + math.Round(float64(minutes)/1440*1e9)/1e9
		} else {
			l.kind, c.Value = Text, hourAndDay(t)
		}
	case Share:
		if v.Den == 0 {
			l.kind, c.Value = Text, "—"
		} else {
			c.Value = float64(v.Num) / float64(v.Den)
		}
	}
	c.StyleID = s.book.style(l)
	return c
}

// excelDay is the serial number of a day: days since 30 December 1899. Before 1 March 1900
// spreadsheets disagree about the calendar, so such days have none.
func excelDay(d clock.Date) (int64, bool) {
	t, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return 0, false
	}
	n := int64(t.Sub(time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)) / (24 * time.Hour))
	return n, n > 60
}

// begin writes everything above the data.
func (s *Sheet) begin(above []string) error {
	b, n := s.book, len(s.cols)
	landscape, paper, wide, high, fit := "portrait", 9, 1, 0, true
	total := 0.0
	for _, c := range s.cols {
		total += s.width(c)
	}
	if total > 95 { // characters on the width of A4
		landscape = "landscape"
	}
	headRow := 1
	if len(above) > 0 {
		headRow = len(above) + 2
	}
	s.first = headRow + 1
	quoted := "'" + strings.ReplaceAll(s.name, "'", "''") + "'"
	err := errors.Join(
		b.f.SetPageLayout(s.name, &excelize.PageLayoutOptions{Size: &paper, Orientation: &landscape, FitToWidth: &wide, FitToHeight: &high}),
		b.f.SetSheetProps(s.name, &excelize.SheetPropsOptions{FitToPage: &fit}),
		b.f.SetDefinedName(&excelize.DefinedName{
			Name: "_xlnm.Print_Titles", Scope: s.name,
			RefersTo: fmt.Sprintf("%s!$%d:$%d", quoted, headRow, headRow),
		}),
	)
	if err != nil {
		return err
	}
	if s.stream, err = b.f.NewStreamWriter(s.name); err != nil {
		return err
	}
	for i, c := range s.cols {
		if err := s.stream.SetColWidth(i+1, i+1, s.width(c)); err != nil {
			return err
		}
	}
	below, err := excelize.CoordinatesToCellName(1, s.first)
	if err != nil {
		return err
	}
	err = s.stream.SetPanes(&excelize.Panes{Freeze: true, YSplit: headRow, TopLeftCell: below, ActivePane: "bottomLeft"})
	if err != nil {
		return err
	}
	for i, line := range above {
		l := look{title: i == 0, plain: i > 0}
		if err := s.stream.SetRow(fmt.Sprintf("A%d", i+1), []any{excelize.Cell{StyleID: b.style(l), Value: writable(line)}}); err != nil {
			return err
		}
	}
	head := make([]any, n)
	for i, c := range s.cols {
		head[i] = excelize.Cell{StyleID: b.style(look{kind: c.Kind, head: true}), Value: writable(c.Title)}
	}
	s.row = headRow
	return s.stream.SetRow(fmt.Sprintf("A%d", headRow), head)
}

func (s *Sheet) width(c Column) float64 {
	w := c.Width
	if w <= 0 {
		w = max(c.Kind.width(), min(float64(utf8.RuneCountInString(c.Title))+2, 40))
	}
	return min(w, excelize.MaxColumnWidth)
}
