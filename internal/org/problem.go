package org

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/sen-platform/sen/internal/db"
)

// Problem is one thing wrong with what a person entered or imported. Its texts are
// Vietnamese and end without a full stop.
type Problem struct {
	Place  string // where in a file: "Trang tính Cơ sở, ô C12"; empty for a form
	Field  string // the field's name in code, for the form: "tax_code"
	Label  string // the field's name on screen: "Mã số thuế"
	Value  string // what was entered
	Reason string // what is wrong
	Remedy string // what to do
	About  string // identifier of the record it is about, when it has one
}

// String is the whole problem in one line.
func (p Problem) String() string {
	var b strings.Builder
	for _, s := range []string{p.Place, p.Label} {
		if s != "" {
			b.WriteString(s + ": ")
		}
	}
	b.WriteString(p.Reason)
	if p.Value != "" {
		fmt.Fprintf(&b, " (đang ghi “%s”)", p.Value)
	}
	if p.Remedy != "" {
		b.WriteString(". " + p.Remedy)
	}
	return b.String()
}

// Invalid is returned when what was entered cannot be saved; nothing was changed.
type Invalid struct{ Problems []Problem }

// Error lists the problems in Vietnamese, for a log or a command line.
func (e *Invalid) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = p.String()
	}
	return strings.Join(lines, "; ")
}

// invalid is the error for a list of problems; nil when there is none.
func invalid(list []Problem) error {
	if len(list) == 0 {
		return nil
	}
	return &Invalid{Problems: list}
}

// taken turns a unique key's violation, which another session caused between our check and
// our write, into a problem; other errors pass.
func taken(err error) error {
	if errors.Is(err, db.ErrConflict) {
		return &Invalid{Problems: []Problem{{Field: "code", Label: "Mã", Reason: "mã hoặc số này vừa được người khác dùng", Remedy: "Tải lại trang để xem dữ liệu mới rồi lưu lại"}}}
	}
	return err
}

// checks collects problems. about is the identifier of the record being checked.
type checks struct {
	list  []Problem
	about string
}

func (c *checks) add(field, label, value, reason, remedy string) {
	c.list = append(c.list, Problem{Field: field, Label: label, Value: value, Reason: reason, Remedy: remedy, About: c.about})
}

// need refuses an empty text.
func (c *checks) need(field, label, value string) {
	if value == "" {
		c.add(field, label, "", "còn trống", "Điền mục này")
	}
}

// short refuses a text of more than n characters.
func (c *checks) short(field, label, value string, n int) {
	if k := len([]rune(value)); k > n {
		c.add(field, label, value, fmt.Sprintf("dài %d ký tự, tối đa %d", k, n), "Rút gọn lại")
	}
}

// oneOf refuses a coded value outside its list.
func oneOf[T ~string](c *checks, field, label string, value T, list []labelled[T]) {
	if known(list, value) {
		return
	}
	names := make([]string, len(list))
	for i, l := range list {
		names[i] = l.Label
	}
	c.add(field, label, string(value), "không có trong danh sách", "Chọn một trong: "+strings.Join(slices.Compact(names), ", "))
}
