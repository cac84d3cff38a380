package steer

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/doc"
	"github.com/sen-platform/sen/internal/indicator"
	"github.com/sen-platform/sen/internal/vn"
	"github.com/sen-platform/sen/internal/web/page"
)

// table is figures as they are computed once: the page, the Excel file and the CSV file are
// drawn from it.
type table struct {
	id      string   // names it in addresses and files
	title   string   // caption on the page, name of the sheet
	above   []string // what the figures are of: whose, of which days, how they are known
	columns []column
	rows    [][]cell
	foot    []cell // nil for none; as many as columns, the first names it
	// summed says that the foot is the sum of its columns of money and counts, so that the
	// Excel file carries formulas; otherwise it is written as it is.
	summed bool
	slips  bool // on phones each row becomes a slip
	still  bool // rows do not light up
}

// column is one column. A hidden one is in files only.
type column struct {
	title  string
	kind   doc.Kind
	hidden bool
	tight  bool
	long   bool
}

// cell is one value: a string, a vnd.Amount, an int64, a clock.Date, a time.Time, an
// indicator.Share, or nil.
type cell struct {
	value any
	shown any // what the page shows in place of the value
	href  string
	note  any // smaller line under it, on the page only
}

// notApplicable is what stands where a share would: nothing was collected (design, section 3).
const notApplicable = "Không tính vào mẫu số"

// percent is a share as pages and CSV files write it.
func percent(s indicator.Share) string {
	if !s.Known() {
		return notApplicable
	}
	return page.Percent(s.Part, s.Whole)
}

// rowOf makes a row of plain values.
func rowOf(values ...any) []cell {
	out := make([]cell, len(values))
	for i, v := range values {
		if c, ok := v.(cell); ok {
			out[i] = c
			continue
		}
		out[i] = cell{value: v}
	}
	return out
}

// second is the share beside another of the same payments, which already says so when there is
// none.
func second(s indicator.Share) cell {
	c := cell{value: s}
	if !s.Known() {
		c.shown = "—"
	}
	return c
}

// counted is an amount with its number under it, leading to what it is made of. Nothing leads
// nowhere.
func counted(s indicator.Sum, unit, href string) cell {
	c := cell{value: s.Amount}
	if s != (indicator.Sum{}) {
		c.href, c.note = href, vn.Count(s.N)+" "+unit
	}
	return c
}

// show is the cell on a page.
func (c cell) show() any {
	v := c.shown
	if v == nil {
		v = c.value
	}
	switch w := v.(type) {
	case indicator.Share:
		v = percent(w)
		if !w.Known() { // columns of numbers do not break by themselves
			v = page.HTMLf("Không tính<br>vào mẫu số")
		}
	case clock.Date:
		if w == "" {
			v = nil
		}
	}
	if c.href != "" && v != nil {
		v = page.Link{Text: v, Href: c.href}
	}
	if c.note != nil {
		return page.Stacked{Value: v, Note: c.note}
	}
	return v
}

// page draws the table for a page.
func (t *table) page() page.Table {
	out := page.Table{Caption: t.title, Slips: t.slips, Still: t.still}
	for _, c := range t.columns {
		if !c.hidden {
			out.Columns = append(out.Columns, page.Column{Head: c.title, Number: c.kind == doc.Money || c.kind == doc.Count || c.kind == doc.Percent, Tight: c.tight, Long: c.long})
		}
	}
	line := func(cells []cell) []any {
		var shown []any
		for i, c := range cells {
			if !t.columns[i].hidden {
				shown = append(shown, c.show())
			}
		}
		return shown
	}
	for _, r := range t.rows {
		out.Rows = append(out.Rows, page.Row{Cells: line(r)})
	}
	if t.foot != nil {
		out.Foot = line(t.foot)
	}
	return out
}

// docColumns are the columns of a file.
func (t *table) docColumns() []doc.Column {
	out := make([]doc.Column, len(t.columns))
	for i, c := range t.columns {
		out[i] = doc.Column{Title: c.title, Kind: c.kind}
	}
	return out
}

// excel is the value as an Excel file holds it; a share stays a number.
func (c cell) excel() any {
	if s, ok := c.value.(indicator.Share); ok {
		if !s.Known() {
			return notApplicable
		}
		return doc.Share{Num: s.Part, Den: s.Whole}
	}
	return c.value
}

// csv is the value as a CSV file holds it; a share is written as on the page.
func (c cell) csv() any {
	if s, ok := c.value.(indicator.Share); ok {
		return percent(s)
	}
	return c.value
}

// export sends the tables of a screen as a file: all of them as the sheets of an Excel file,
// or one of them as CSV. badQuery when the address names no such file.
func export(w http.ResponseWriter, format, name string, s screen, now time.Time) error {
	made := "Lập lúc " + vn.DateTime(now) + " từ sổ của Sen"
	switch format {
	case "xlsx":
		if len(s.tables) == 0 {
			return badQuery("Trang này không có bảng nào để tải.")
		}
		return sendExcel(w, s, made, now)
	case "csv":
		for _, t := range s.tables {
			if t.id == name || name == "" {
				return sendCSV(w, s, t)
			}
		}
		return badQuery("Trang này không có bảng như vậy. Mở lại trang và bấm Tải bảng.")
	}
	return badQuery("Bảng tải được dạng Excel hoặc CSV. Mở lại trang và bấm Tải bảng.")
}

// attach sends a finished file: never half of one.
func attach(w http.ResponseWriter, kind, name string, body []byte) {
	page.Headers(w.Header(), false)
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="%s"`, name))
	_, _ = w.Write(body) // the reader may have gone: nothing to do about it
}

func sendExcel(w http.ResponseWriter, s screen, made string, now time.Time) error {
	book, err := doc.NewWorkbook(s.title, now)
	if err != nil {
		return err
	}
	defer func() { _ = book.Close() }() // after Write it does nothing
	for _, t := range s.tables {
		if err := t.excel(book, s.title, made); err != nil {
			return err
		}
	}
	var b bytes.Buffer
	if err := book.Write(&b); err != nil {
		return err
	}
	attach(w, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", s.file+".xlsx", b.Bytes())
	return nil
}

func (t *table) excel(book *doc.Workbook, title, made string) error {
	above := append([]string{title, t.title}, t.above...)
	if shares := t.footShares(); t.summed && shares != "" {
		above = append(above, shares) // a sum of shares is no share, so the row of sums has none
	}
	sheet, err := book.Sheet(t.title, t.docColumns(), append(above, made)...)
	if err != nil {
		return err
	}
	line := func(cells []cell) error {
		values := make([]any, len(cells))
		for i, c := range cells {
			values[i] = c.excel()
		}
		return sheet.Row(values...)
	}
	for _, r := range t.rows {
		if err := line(r); err != nil {
			return err
		}
	}
	switch {
	case t.foot == nil:
		return nil
	case t.summed:
		label, _ := t.foot[0].value.(string)
		return sheet.Total(label)
	}
	return line(t.foot)
}

// footShares are the shares in the foot as a line of text.
func (t *table) footShares() string {
	var parts []string
	for i, c := range t.foot {
		if s, ok := c.value.(indicator.Share); ok {
			parts = append(parts, lowerFirst(t.columns[i].title)+" "+percent(s))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "Cả bảng: " + strings.Join(parts, ", ")
}

func sendCSV(w http.ResponseWriter, s screen, t *table) error {
	var b bytes.Buffer
	out, err := doc.NewCSV(&b, t.docColumns())
	if err != nil {
		return err
	}
	lines := t.rows
	if t.foot != nil {
		lines = append(lines[:len(lines):len(lines)], t.foot)
	}
	for _, r := range lines {
		values := make([]any, len(r))
		for i, c := range r {
			values[i] = c.csv()
		}
		if err := out.Row(values...); err != nil {
			return err
		}
	}
	if err := out.Flush(); err != nil {
		return err
	}
	attach(w, "text/csv; charset=utf-8", s.file+"-"+t.id+".csv", b.Bytes())
	return nil
}
