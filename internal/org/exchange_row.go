package org

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/doc"
	"github.com/sen-platform/sen/internal/vn"
	"github.com/sen-platform/sen/internal/vnd"
)

// row is one row of a table in a file, read field by field. What is wrong with a cell is
// collected in problems with the cell's place.
type row struct {
	layout   *layout
	at       map[string]int
	place    string // "Trang tính Cơ sở"
	number   int
	cells    []doc.Cell
	problems []Problem
}

func newRow(l *layout, at map[string]int, place string, r doc.Row) *row {
	return &row{layout: l, at: at, place: place, number: r.Number, cells: append([]doc.Cell(nil), r.Cells...)}
}

// has reports whether the file has the field's column at all: fields of columns that are
// missing keep what is stored.
func (r *row) has(field string) bool {
	_, ok := r.at[field]
	return ok
}

func (r *row) cell(field string) doc.Cell {
	col, ok := r.at[field]
	if !ok || col >= len(r.cells) {
		return doc.Cell{}
	}
	return r.cells[col]
}

// where is the place of the field's cell, or of the row when the field has no column.
func (r *row) where(field string) string {
	if col, ok := r.at[field]; ok {
		return r.place + ", ô " + doc.Pos{Col: col, Row: r.number}.String()
	}
	return r.line()
}

func (r *row) line() string { return r.place + ", dòng " + strconv.Itoa(r.number) }

func (r *row) problem(field, value, reason, remedy string) {
	label := field
	if c := r.layout.column(field); c != nil {
		label = c.title
	}
	r.problems = append(r.problems, Problem{Place: r.where(field), Field: field, Label: label, Value: value, Reason: reason, Remedy: remedy})
}

// fieldNames are the fields of records whose columns are called otherwise.
var fieldNames = map[string]string{"valid_from": "from", "valid_to": "to", "scheme": "code"}

// adopt takes over problems of the record that the row made, with the places of its cells.
func (r *row) adopt(list []Problem) {
	for _, p := range list {
		field := p.Field
		if r.layout.column(field) == nil {
			field = fieldNames[field]
		}
		if p.Place == "" {
			p.Place = r.where(field)
		}
		r.problems = append(r.problems, p)
	}
}

// text is the field as text. A cell that cannot be trusted is a problem.
func (r *row) text(field string) string {
	c := r.cell(field)
	switch {
	case c.IsError:
		r.problem(field, c.Text, "ô bị lỗi công thức", "Sửa công thức hoặc ghi thẳng giá trị")
		return ""
	case c.Uncached:
		r.problem(field, "", "ô là công thức chưa có kết quả", "Mở tệp bằng Excel, lưu lại rồi gửi; hoặc ghi thẳng giá trị")
		return ""
	}
	return vn.Clean(c.Text)
}

// code is the field as a code or a number of an account: a number in a spreadsheet keeps 15
// digits, what is longer has been rounded.
func (r *row) code(field string) string {
	if c := r.cell(field); c.IsNumber && len(strings.TrimLeft(c.Text, "0")) > 15 {
		r.problem(field, c.Text, "Excel đã làm tròn các chữ số cuối", "Định dạng cột là Văn bản (Text) rồi nhập lại số")
		return ""
	}
	return r.text(field)
}

// into reads a text field into v when the file has its column.
func (r *row) into(field string, v *string) {
	if r.has(field) {
		*v = r.text(field)
	}
}

func (r *row) codeInto(field string, v *string) {
	if r.has(field) {
		*v = r.code(field)
	}
}

// dateInto reads a day: a date cell, or text like 01/07/2025.
func (r *row) dateInto(field string, v *clock.Date) {
	if !r.has(field) {
		return
	}
	text := r.text(field)
	if text == "" {
		*v = ""
		return
	}
	d, ok := cellDate(r.cell(field), text)
	if !ok {
		r.problem(field, text, "không phải ngày đúng", "Ghi ngày như 01/07/2025")
		return
	}
	*v = d
}

// cellDate is the day in a cell. Facilities can be older than the 1990 that dates of bills
// and credits begin with.
func cellDate(c doc.Cell, text string) (clock.Date, bool) {
	if c.Date != "" {
		return c.Date, true
	}
	if c.IsDate {
		serial, err := strconv.ParseFloat(c.Number, 64)
		if err != nil || serial < 61 || serial > 109_574 { // 1 March 1900 to the end of 2199
			return "", false
		}
		return clock.DateOf(time.Date(1899, 12, 30, 12, 0, 0, 0, clock.VN).AddDate(0, 0, int(math.Floor(serial)))), true
	}
	d, err := vn.ParseDate(text)
	if err == nil {
		return d, true
	}
	if errors.Is(err, vn.ErrDateRange) {
		for _, form := range []string{"2/1/2006", "2-1-2006", "2.1.2006", time.DateOnly} {
			if t, err := time.ParseInLocation(form, text, clock.VN); err == nil && t.Year() >= 1900 && t.Year() < 2200 {
				return clock.DateOf(t), true
			}
		}
	}
	return "", false
}

// boolInto reads yes or no.
func (r *row) boolInto(field string, v *bool) {
	if !r.has(field) {
		return
	}
	switch text := vn.Fold(r.text(field)); text {
	case "co", "x", "1", "true", "yes", "dung":
		*v = true
	case "khong", "0", "false", "no", "sai":
		*v = false
	case "":
	default:
		r.problem(field, text, "không phải Có hoặc Không", "Ghi Có hoặc Không")
	}
}

// countInto reads a whole number ≥ 0; an empty cell is 0.
func (r *row) countInto(field string, v *int64) {
	if !r.has(field) {
		return
	}
	text := r.text(field)
	if text == "" {
		*v = 0
		return
	}
	n, err := vnd.Parse(text)
	if err != nil || n < 0 {
		r.problem(field, text, "không phải số nguyên", "Ghi số như 450, hoặc để trống")
		return
	}
	*v = int64(n)
}

// amountInto reads an amount; an empty cell is none.
func (r *row) amountInto(field string, v **vnd.Amount) {
	if !r.has(field) {
		return
	}
	text := r.text(field)
	if text == "" {
		*v = nil
		return
	}
	a, err := vnd.Parse(text)
	if err != nil {
		r.problem(field, text, "không phải số tiền", "Ghi số tiền bằng đồng như 155000, hoặc để trống nếu không có mức trần")
		return
	}
	*v = &a
}

// choose reads a value from a list by its Vietnamese name or its code.
func choose[T ~string](r *row, field string, options []labelled[T], v *T) {
	if !r.has(field) {
		return
	}
	text := r.text(field)
	if text == "" {
		return
	}
	folded := vn.Fold(text)
	names := make([]string, len(options))
	for i, o := range options {
		names[i] = o.Label
		if folded == vn.Fold(o.Label) || folded == string(o.Value) {
			*v = o.Value
			return
		}
	}
	r.problem(field, text, "không có trong danh sách", "Ghi một trong: "+strings.Join(names, ", "))
}
