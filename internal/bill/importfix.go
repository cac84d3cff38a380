package bill

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/vn"
)

// Fixed is what became of a corrected row: a bill, or what is still wrong with it.
type Fixed struct {
	Bill   *Bill
	Issues []Issue
}

// FixIssue reads the row of an issue again with corrected values (by Issue.Field; a row's
// other fields may be given too) and makes or updates its bill. What was typed is kept when
// the row is still not good. Errors: db.ErrNotFound when the issue is not open any more;
// *StateError for a closed round or when the row's bill can no longer be changed.
func (s *Service) FixIssue(ctx context.Context, round id.Round, n int64, values map[string]string) (Fixed, error) {
	var out Fixed
	err := s.DB.Update(ctx, func(tx *db.Tx) error {
		out = Fixed{}
		r, err := lockRound(tx, round)
		if err != nil {
			return err
		}
		if r.State == RoundClosed {
			return &StateError{Text: "Đợt thu đã đóng, không nhập thêm được. Mở đợt thu mới."}
		}
		rules, err := LoadRules(tx, r.Facility, clock.Today(s.Clock))
		if err != nil {
			return err
		}
		f, err := openIssue(tx, round, n)
		if err != nil {
			return err
		}
		f.correct(values)
		e := evaluator{rules: rules, round: r}
		now := e.read(f.row.corrected())
		now.in, now.hash = f.row.Row, f.hash // it stays the row of the workbook, corrected
		now.bill.rowHash, now.bill.importID = f.hash, f.im
		old := e.read(f.row.Row)
		taken, err := billByKey(tx, round, now.key)
		if err != nil {
			return err
		}
		other := taken != nil && (f.row.Duplicate || now.key != old.key) // another row's bill
		if taken == nil && !f.row.Duplicate {
			if taken, err = billByKey(tx, round, old.key); err != nil { // its own, from an earlier workbook
				return err
			}
		}
		if other && len(now.issues) == 0 {
			now.issues = []Issue{duplicateIssue(now, "đã có phiếu trong đợt thu", "Em này đã có phiếu trong đợt thu (trùng họ tên, lớp và ngày sinh)")}
			if r := rules.Facility.Sector; r == org.Health {
				now.issues[0].Reason = strings.Replace(now.issues[0].Reason, "Em này", "Người này", 1)
			}
		}
		if len(now.issues) > 0 {
			now.duplicate = f.row.Duplicate
			if _, err := tx.Exec("delete from round_issue where "+f.where, f.args...); err != nil {
				return err
			}
			if err := insertIssues(tx, round, f.im, []reading{now}, f.row.Corrected); err != nil {
				return err
			}
			out.Issues, err = f.read(tx)
			return err
		}
		b, err := s.place(tx, rules, now, taken)
		if err != nil {
			return err
		}
		out.Bill = &b
		_, err = tx.Exec("update round_issue set state = 'fixed' where "+f.where, f.args...)
		return err
	})
	return out, err
}

// place makes the bill of a row that is good now, or updates the draft it had.
func (s *Service) place(tx *db.Tx, rules Rules, r reading, existing *known) (Bill, error) {
	if existing != nil {
		if existing.State != Draft {
			return Bill{}, &StateError{Text: fmt.Sprintf("Phiếu %s của dòng này đã phát hành hoặc đã hủy. Sửa trên phiếu.", existing.Code.Display())}
		}
		r.bill.ExternalID = existing.ExternalID
		list, err := updateDrafts(tx, []edit{{existing.Bill, r.bill}})
		if err != nil {
			return Bill{}, err
		}
		return list[0], nil
	}
	codes, err := drawCodes(tx, s.Codes, []NewBill{r.bill}, func(id.Facility) string { return rules.Facility.CodePrefix })
	if err != nil {
		return Bill{}, err
	}
	m := newDraft(s.IDs, s.Clock.Now(), codes[0], r.bill)
	return m.bill, insert(tx, []made{m})
}

// openRow is the row behind an open issue.
type openRow struct {
	im    id.File
	hash  string
	row   storedRow
	where string // selects the open issues of the row
	args  []any
}

func openIssue(tx *db.Tx, round id.Round, n int64) (openRow, error) {
	var f openRow
	var sheet, text string
	var row int
	err := tx.Row("select import_id, sheet, row_no, row_hash, row_json from round_issue where round_id = $1 and n = $2 and state = 'open'", []any{round, n},
		&f.im, &sheet, &row, &f.hash, &text)
	if err != nil {
		return f, err
	}
	f.where = "round_id = $1 and import_id = $2 and sheet = $3 and row_no = $4 and state = 'open'"
	f.args = []any{round, f.im, sheet, row}
	return f, json.Unmarshal([]byte(text), &f.row)
}

func (f *openRow) correct(values map[string]string) {
	if f.row.Corrected == nil {
		f.row.Corrected = map[string]string{}
	}
	for key, v := range values {
		f.row.Corrected[key] = vn.Clean(v)
	}
}

// billByKey is the bill imported under a key; nil when there is none.
func billByKey(tx *db.Tx, round id.Round, key string) (*known, error) {
	if key == "" {
		return nil, nil
	}
	list, err := db.All(tx, "select "+billColumns+", b.row_key from bill b where b.round_id = $1 and b.row_key = $2", []any{round, key},
		func(r db.Rows, k *known) error { return scanBill(withKey{r, &k.key}, &k.Bill) })
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0], nil
}

func (f *openRow) read(tx *db.Tx) ([]Issue, error) {
	return db.All(tx, "select "+issueColumns+" from round_issue where "+f.where+" order by n", f.args, scanIssue)
}
