package org

import (
	"fmt"
	"slices"

	"github.com/sen-platform/sen/internal/doc"
)

// list is one table found in a file.
type list struct {
	layout *layout
	rows   []*row
}

// headerWithin is how far down a header row is looked for.
const headerWithin = 30

// readFiles finds the tables in the files, in the order they depend on each other.
func readFiles(files []File) ([]list, ImportResult, error) {
	var lists []list
	var result ImportResult
	for _, f := range files {
		t, err := doc.OpenTable(f.Body, f.Size, f.Name, importLimits)
		if err != nil {
			return nil, result, err
		}
		for _, sheet := range t.Sheets() {
			where := "Trang tính " + sheet
			if t.Format == doc.FormatCSV {
				where = "Tệp " + f.Name
			}
			l, err := readSheet(t, sheet, where, &result)
			if err != nil {
				return nil, result, err
			}
			if l == nil {
				result.Ignored = append(result.Ignored, where+": không thấy dòng tiêu đề của bảng nào")
				continue
			}
			lists = append(lists, *l)
		}
	}
	slices.SortStableFunc(lists, func(a, b list) int { return order(a.layout.table) - order(b.layout.table) })
	return lists, result, nil
}

func order(t Table) int { return slices.Index(Tables(), t) }

// readSheet reads the table of one sheet; nil when the sheet has none.
func readSheet(t *doc.Table, sheet, where string, result *ImportResult) (*list, error) {
	var l *list
	var at map[string]int // column of each field
	seen := 0
	for r, err := range t.Rows(sheet) {
		if err != nil {
			return nil, err
		}
		if l != nil {
			l.rows = append(l.rows, newRow(l.layout, at, where, r))
			continue
		}
		if seen++; seen > headerWithin {
			return nil, nil
		}
		var found *layout
		if found, at = recognise(r); found != nil {
			l = &list{layout: found}
			nameHeader(found, at, where, r, result)
		}
	}
	return l, nil
}

// recognise finds the table whose needed columns all stand in the row; the one that explains
// most of the row when several do.
func recognise(r doc.Row) (*layout, map[string]int) {
	heads := make([]string, len(r.Cells))
	for i, c := range r.Cells {
		heads[i] = normalHeader(c.Text)
	}
	var best *layout
	var bestAt map[string]int
	for i := range layouts {
		l := &layouts[i]
		at, complete := map[string]int{}, true
		for _, c := range l.columns {
			names := c.headers()
			col := slices.IndexFunc(heads, func(h string) bool { return h != "" && slices.Contains(names, h) })
			if col >= 0 {
				at[c.field] = col
			} else if c.needed {
				complete = false
			}
		}
		if complete && len(at) > len(bestAt) {
			best, bestAt = l, at
		}
	}
	return best, bestAt
}

// nameHeader reports columns that are not understood and columns that stand twice.
func nameHeader(l *layout, at map[string]int, where string, r doc.Row, result *ImportResult) {
	used := map[int]string{}
	for field, col := range at {
		used[col] = field
	}
	for i, c := range r.Cells {
		h := normalHeader(c.Text)
		if h == "" || used[i] != "" {
			continue
		}
		twin := slices.IndexFunc(l.columns, func(c column) bool { return slices.Contains(c.headers(), h) })
		if twin < 0 {
			result.Ignored = append(result.Ignored, fmt.Sprintf("%s, cột %s “%s”: không dùng đến", where, doc.ColumnName(i), c.Text))
			continue
		}
		first := at[l.columns[twin].field]
		result.Problems = append(result.Problems, Problem{
			Place: where + ", ô " + r.Ref(i), Field: l.columns[twin].field, Label: l.columns[twin].title, Value: c.Text,
			Reason: "trùng ý với cột " + doc.ColumnName(first), Remedy: "Chỉ giữ một trong hai cột",
		})
	}
}
