package desk

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/sen-platform/sen/internal/access"
	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/web/page"
)

// fixBox is the table of rows that need a person, with the fields that correct them.
type fixBox struct {
	Action string
	Title  string
	Edits  bool
	Rows   []fixRow
	More   string
	Save   page.Link
}

// fixRow is one issue: where, whom about, what is wrong, what to do, and its field.
type fixRow struct {
	N                         int64
	Cell, Place               string
	Name, Class               string
	Reason, Remedy, FieldName string
	Input                     cell
	First                     bool // of its row of the workbook: carries the button that skips the row
}

// fixBox lists the first rows that need a person; nil when there are none.
func (v *visit) fixBox(at string, c *chart, typed map[int64]string) *fixBox {
	if c.openRows == 0 {
		return nil
	}
	box := &fixBox{
		Action: at + "/dong-sua", Title: count(c.openRows, "dòng cần sửa"), Edits: v.can(access.EditBills) && c.State != bill.RoundClosed,
		Save: page.Link{Text: "Tải các dòng này về Excel", Href: at + "/dong-sua.xlsx", Icon: "down", Class: "btn--quiet", Save: true},
	}
	seen := map[string]bool{}
	for _, i := range c.issues {
		value := i.Suggestion
		if value == "" {
			value = i.Value
		}
		if t, ok := typed[i.N]; ok {
			value = t
		}
		label := fmt.Sprintf("Giá trị mới cho %s, dòng %d", lower(i.FieldLabel), i.Row)
		row := fixRow{
			N: i.N, Cell: i.Cell, Place: fmt.Sprintf("%s, dòng %d", i.Sheet, i.Row), Name: i.Name, Class: className(v.facility, i.Class), Reason: i.Reason, Remedy: i.Remedy,
			FieldName: i.FieldLabel, Input: cell{16, page.Field{Name: "o-" + strconv.FormatInt(i.N, 10), Label: label, Value: value}},
		}
		if row.Name == "" {
			row.Name = "(trống tên)"
		}
		key := rowKey(i)
		row.First = !seen[key]
		seen[key] = true
		box.Rows = append(box.Rows, row)
	}
	if len(c.issues) == issuesShown {
		box.More = fmt.Sprintf("Đang hiện %d chỗ đầu. Sửa xong các chỗ này sẽ hiện tiếp; nhiều quá thì sửa ngay trong bảng Excel rồi tải lại cả bảng.", issuesShown)
	}
	return box
}

// rowKey names the row of the workbook an issue is about.
func rowKey(i bill.Issue) string { return fmt.Sprintf("%d|%s|%d", int64(i.Import), i.Sheet, i.Row) }

// fixRows answers POST /desk/dot-thu/{round}/dong-sua: rows are read again with what was
// typed, or one is skipped. What was typed elsewhere in the form is not lost by skipping.
func (f *face) fixRows(v *visit) error {
	if err := v.form(); err != nil {
		return err
	}
	var r bill.Round
	var issues []bill.Issue
	err := v.view(func(tx *db.Tx) error {
		var err error
		if r, err = v.round(tx, access.EditBills); err != nil {
			return err
		}
		issues, err = bill.Issues(tx, r.ID, 0, issuesShown)
		return err
	})
	if err != nil {
		return err
	}
	skip, skipping := int64(0), v.field("bo") != ""
	if skipping {
		if skip, err = strconv.ParseInt(v.field("bo"), 10, 64); err != nil {
			return db.ErrNotFound
		}
		if err := f.skipRow(v, r, skip); err != nil {
			return refused(err, func(status int, n page.Notice) error { return f.roundPage(v, status, typedIn(v, issues), &n) })
		}
	}
	fixed, failed := f.applyFixes(v, r, issues, skipping)
	if failed != nil {
		return refused(failed, func(status int, n page.Notice) error { return f.roundPage(v, status, typedIn(v, issues), &n) })
	}
	var left int
	if err := v.view(func(tx *db.Tx) (err error) { left, err = bill.OpenRows(tx, r.ID); return err }); err != nil {
		return err
	}
	var said []string
	if skipping {
		said = append(said, "Đã bỏ một dòng")
	}
	if fixed > 0 {
		said = append(said, "Đã sửa "+count(fixed, "dòng"))
	}
	if len(said) == 0 {
		said = append(said, "Chưa dòng nào dùng được")
	}
	if left > 0 {
		said = append(said, "còn "+count(left, "dòng cần sửa"))
	} else {
		said = append(said, "không còn dòng nào cần sửa")
	}
	return v.goTo("/desk/dot-thu/"+r.ID.String()+"#can-sua", strings.Join(said, ", "), "")
}

// typedIn is what the form holds for each issue.
func typedIn(v *visit, issues []bill.Issue) map[int64]string {
	out := map[int64]string{}
	for _, i := range issues {
		key := "o-" + strconv.FormatInt(i.N, 10)
		if _, there := v.r.PostForm[key]; there {
			out[i.N] = v.field(key)
		}
	}
	return out
}

func (f *face) skipRow(v *visit, r bill.Round, n int64) error {
	return f.DB.Update(v.r.Context(), func(tx *db.Tx) error {
		gone, err := bill.SkipIssues(tx, r.ID, []int64{n})
		if err != nil || gone == 0 {
			return err
		}
		return v.record(tx, "round.skip", r.ID.String(), map[string]any{"issue": n})
	})
}

// applyFixes reads rows again with what was typed and returns how many became bills. With
// onlyTyped only rows with a changed value are read: the press of another button must not
// accept suggestions nobody looked at.
func (f *face) applyFixes(v *visit, r bill.Round, issues []bill.Issue, onlyTyped bool) (int, error) {
	type row struct {
		first  int64
		values map[string]string
		typed  bool
	}
	rows := map[string]*row{}
	var order []string
	for _, i := range issues {
		key := "o-" + strconv.FormatInt(i.N, 10)
		if _, there := v.r.PostForm[key]; !there || i.Field == "" {
			continue
		}
		k := rowKey(i)
		if rows[k] == nil {
			rows[k] = &row{first: i.N, values: map[string]string{}}
			order = append(order, k)
		}
		value := v.field(key)
		rows[k].values[i.Field] = value
		rows[k].typed = rows[k].typed || value != i.Value && value != i.Suggestion
	}
	fixed := 0
	for _, k := range order {
		w := rows[k]
		if onlyTyped && !w.typed {
			continue
		}
		done, err := f.Bills.FixIssue(v.r.Context(), r.ID, w.first, w.values)
		switch {
		case errors.Is(err, db.ErrNotFound): // fixed or skipped by somebody else meanwhile
		case err != nil:
			return fixed, err
		case done.Bill != nil:
			fixed++
		}
	}
	return fixed, nil
}

// dropVanished answers POST /desk/dot-thu/{round}/bo: drafts that the last workbook does not
// speak of any more are thrown away.
func (f *face) dropVanished(v *visit) error {
	if err := v.form(); err != nil {
		return err
	}
	var r bill.Round
	var ids []id.Bill
	err := v.view(func(tx *db.Tx) error {
		var err error
		if r, err = v.round(tx, access.EditBills); err != nil {
			return err
		}
		for _, text := range v.r.PostForm["phieu"] {
			key, err := id.Parse[id.Bill](text)
			if err != nil {
				return db.ErrNotFound
			}
			b, err := v.billByID(tx, key, access.EditBills)
			if err != nil {
				return err
			}
			if b.Round != r.ID {
				return db.ErrNotFound
			}
			ids = append(ids, b.ID)
		}
		return nil
	})
	if err != nil {
		return err
	}
	at := "/desk/dot-thu/" + r.ID.String()
	if len(ids) == 0 {
		return v.goTo(at, "Chưa chọn phiếu nháp nào để bỏ", "")
	}
	err = f.DB.Update(v.r.Context(), func(tx *db.Tx) error {
		if err := bill.DeleteDrafts(tx, ids); err != nil {
			return err
		}
		return v.record(tx, "round.drop", r.ID.String(), map[string]any{"bills": len(ids)})
	})
	if err != nil {
		return refused(err, func(status int, n page.Notice) error { return f.roundPage(v, status, nil, &n) })
	}
	return v.goTo(at, "Đã bỏ "+count(len(ids), "phiếu nháp"), "")
}
