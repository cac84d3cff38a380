package bill

import (
	"context"
	"fmt"
	"iter"

	"github.com/sen-platform/sen/internal/doc"
)

// rows streams every sheet through the evaluator, step by step.
func (im *importer) rows(ctx context.Context, table *doc.Table) error {
	done := 0
	rows := make([]reading, 0, importStep)
	flush := func() error {
		done += len(rows)
		if done > im.resumeAt {
			if err := im.step(ctx, rows, done); err != nil {
				return err
			}
		}
		rows = rows[:0]
		if im.opt.Progress != nil {
			im.opt.Progress(done)
		}
		return ctx.Err()
	}
	for r, err := range im.readings(table) {
		if err != nil {
			return err
		}
		if rows = append(rows, r); len(rows) == importStep {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	if len(rows) == 0 {
		return nil
	}
	return flush()
}

// readings yields the rows of all sheets that speak of a person, read and compared with the
// rows before them.
func (im *importer) readings(table *doc.Table) iter.Seq2[reading, error] {
	return func(yield func(reading, error) bool) {
		res := &im.record.Result
		res.Controls, res.HiddenRows = nil, 0 // counted from the first row on, also when resumed
		e := evaluator{rules: im.rules, round: im.round}
		for n, m := range res.Mapping.Sheets {
			if m.Skipped != "" {
				continue
			}
			merged, err := table.Merged(m.Sheet)
			if err != nil {
				yield(reading{}, err)
				return
			}
			s := newSheetReader(m, merged)
			for row, err := range table.Rows(m.Sheet) {
				if err != nil {
					yield(reading{}, err)
					return
				}
				if row.Number <= m.HeaderRows[1] {
					continue
				}
				in, kind := s.read(row)
				if kind != rowData {
					continue
				}
				if row.Hidden {
					im.record.Result.HiddenRows++
				}
				r := e.read(in)
				im.remember(&r, place{int32(n), int32(row.Number)})
				if !yield(r, nil) {
					return
				}
			}
			im.record.Result.Controls = append(im.record.Result.Controls, s.Sums.Controls...)
		}
	}
}

// remember notes a row and finds out whether an earlier one speaks of the same person.
func (im *importer) remember(r *reading, at place) {
	if r.bill.Class != "" {
		im.classes[r.bill.Class]++
	}
	if len(r.issues) > 0 {
		im.bad[r.hash] = true
	}
	if r.key == "" {
		return
	}
	f := fingerprintOf(r.key)
	first, twice := im.seen[f]
	if !twice {
		im.seen[f] = at
		return
	}
	r.duplicate = true
	r.issues = append(r.issues, im.duplicate(*r, first))
	im.bad[r.hash] = true
}

func (im *importer) duplicate(r reading, first place) Issue {
	where := fmt.Sprintf("dòng %d", first.row)
	if sheet := im.record.Result.Mapping.Sheets[first.sheet].Sheet; sheet != r.in.Sheet {
		where += " trang tính " + sheet
	}
	return duplicateIssue(r, "đã dùng ở "+where, "Trùng họ tên, lớp và ngày sinh với "+where)
}

// duplicateIssue says that a row's person is there already, by the key that tells it.
func duplicateIssue(r reading, byKey, byName string) Issue {
	i := Issue{Sheet: r.in.Sheet, Row: r.in.Row, Name: r.bill.BeneficiaryName, Class: r.bill.Class, Code: CodeDuplicate}
	w := rowWork{in: r.in}
	field := FieldName
	switch {
	case w.get(FieldSlip).Text != "" && r.key[:3] == "so:":
		field = FieldSlip
	case r.bill.BeneficiaryCode != "":
		field = FieldCode
	}
	v := w.get(field)
	i.Cell, i.Field, i.FieldLabel, i.Value = v.Ref, string(field), v.Header, v.Text
	if i.FieldLabel == "" {
		i.FieldLabel = field.Label()
	}
	i.Reason, i.Remedy = byName+".", "Thêm ngày sinh hoặc mã để phân biệt, hoặc bỏ dòng trùng."
	if field != FieldName {
		i.Reason, i.Remedy = fmt.Sprintf("Mã “%s” %s.", clip(v.Text), byKey), "Sửa một trong hai dòng, hoặc bỏ dòng trùng."
	}
	return i
}
