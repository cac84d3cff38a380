package bill

import (
	"fmt"
	"strings"
	"time"

	"github.com/sen-platform/sen/internal/billcode"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/vn"
)

// known is a bill of the round with the key it was imported under.
type known struct {
	Bill
	key   string
	taken bool // by a row of this step
}

// step is a few thousand rows on their way into the round, in one transaction.
type step struct {
	round Round
	rules Rules
	im    id.File
	empty bool // the round had no bills when the import began
	dry   bool
	// adopted gathers the old keys of bills that were found by name and get a new key.
	adopted map[string]bool

	gen *id.Gen
	seq *billcode.Sequence
	now time.Time
}

// run compares rows with what the round has and makes it so. It returns res with the step
// added; res itself is not changed, since the transaction may run again. Nothing is written
// in a dry run.
func (s step) run(tx *db.Tx, rows []reading, res ImportResult) (ImportResult, error) {
	find, err := s.existing(tx, rows)
	if err != nil {
		return res, err
	}
	var bad []reading
	for _, r := range rows {
		if len(r.issues) > 0 {
			bad = append(bad, r)
		}
	}
	done, err := decided(tx, s.round.ID, bad)
	if err != nil {
		return res, err
	}
	bad = bad[:0]
	var fresh []NewBill
	var changes []edit
	var touched, rekeyed [][]any
	for _, r := range rows {
		b := find(r)
		if b != nil && b.key != r.key {
			rekeyed = append(rekeyed, []any{b.ID, r.key})
			s.adopted[b.key] = true
		}
		r.bill.importID = s.im
		res.Rows++
		switch {
		case b != nil && strings.TrimPrefix(b.rowHash, edited) == r.hash && !r.duplicate:
			res.good(r, b.Bill)
			res.Unchanged++
		case len(r.issues) > 0 && done[r.hash] == IssueSkipped:
			res.Bad++
			res.Skipped++
		case len(r.issues) > 0 && done[r.hash] == IssueFixed && !r.duplicate:
			res.Good++
			res.Unchanged++
		case len(r.issues) > 0:
			res.Bad++
			bad = append(bad, r)
		case b == nil:
			res.good(r, Bill{})
			res.Created++
			fresh = append(fresh, r.bill)
		case b.content == r.bill.content() && b.State == Draft:
			res.good(r, b.Bill)
			res.Unchanged++
			touched = append(touched, []any{b.ID, r.hash})
		case b.content == r.bill.content() && b.State == Published:
			res.good(r, b.Bill)
			res.Unchanged++
		case b.State != Draft || strings.HasPrefix(b.rowHash, edited):
			res.good(r, b.Bill)
			res.differ(r, b.Bill)
		default:
			res.good(r, Bill{})
			res.Updated++
			r.bill.ExternalID = b.ExternalID
			changes = append(changes, edit{b.Bill, r.bill})
		}
	}
	res.list(bad)
	if s.dry {
		return res, nil
	}
	return res, s.write(tx, fresh, changes, touched, rekeyed, bad)
}

// good counts a row whose bill is or will be in the round.
func (res *ImportResult) good(r reading, b Bill) {
	res.Good++
	total, err := r.bill.Total()
	if b.ID != 0 && (err != nil || len(r.issues) > 0) {
		total = b.Total
	}
	if sum, err := res.Total.Add(total); err == nil {
		res.Total = sum
	}
}

func (res *ImportResult) differ(r reading, b Bill) {
	res.DifferentCount++
	if len(res.Different) >= listed {
		return
	}
	why := "Phiếu đã phát hành. Sửa trên phiếu: phiếu cũ được thay bằng phiếu mới."
	switch {
	case b.State == Cancelled:
		why = "Phiếu đã hủy. Lập phiếu mới nếu vẫn thu."
	case b.State == Draft:
		why = "Phiếu đã được sửa tay sau lần nhập trước. Sửa trên phiếu nếu muốn lấy số mới."
	}
	total, _ := r.bill.Total() // a good row: cannot overflow
	// A new slice, because the result before this step may be used again.
	res.Different = append(res.Different[:len(res.Different):len(res.Different)], Difference{
		Person: Person{Bill: b.ID, Name: b.PersonName(), Class: b.Class, Total: b.Total},
		Sheet:  r.in.Sheet, Row: r.in.Row, RowTotal: total, Why: why,
	})
}

// list keeps the first issues for the caller.
func (res *ImportResult) list(bad []reading) {
	res.Issues = res.Issues[:len(res.Issues):len(res.Issues)]
	for _, r := range bad {
		for _, i := range r.issues {
			if len(res.Issues) < listed {
				res.Issues = append(res.Issues, i)
			}
		}
	}
}

func (s step) write(tx *db.Tx, fresh []NewBill, changes []edit, touched, rekeyed [][]any, bad []reading) error {
	if _, err := tx.ExecMany("update bill set row_key = $2 where id = $1", rekeyed); err != nil {
		return err
	}
	if _, err := tx.ExecMany("update bill set row_hash = $2 where id = $1", touched); err != nil {
		return err
	}
	if _, err := updateDrafts(tx, changes); err != nil {
		return err
	}
	if len(fresh) > 0 {
		codes, err := drawCodes(tx, s.seq, fresh, func(id.Facility) string { return s.rules.Facility.CodePrefix })
		if err != nil {
			return err
		}
		list := make([]made, len(fresh))
		for i, n := range fresh {
			list[i] = newDraft(s.gen, s.now, codes[i], n)
		}
		if err := insert(tx, list); err != nil {
			return fmt.Errorf("import bills: %w", err)
		}
	}
	return insertIssues(tx, s.round.ID, s.im, bad, nil)
}

// existing finds the bills the rows speak of: by key, and for rows whose key is new by class
// and name, so that a code added to the workbook later does not double the bills.
func (s step) existing(tx *db.Tx, rows []reading) (func(reading) *known, error) {
	byKey := map[string]*known{}
	byName := map[string][]*known{}
	scan := func(r db.Rows, k *known) error { return scanBill(withKey{r, &k.key}, &k.Bill) }
	if !s.empty {
		keys := make([]string, 0, len(rows))
		for _, r := range rows {
			if r.key != "" {
				keys = append(keys, r.key)
			}
		}
		list, err := db.All(tx, "select "+billColumns+", b.row_key from bill b where b.round_id = $1 and "+tx.In("b.row_key", 2),
			[]any{s.round.ID, db.List(tx, keys)}, scan)
		if err != nil {
			return nil, err
		}
		for i := range list {
			byKey[list[i].key] = &list[i]
		}
		var names []string
		for _, r := range rows {
			if r.key != "" && byKey[r.key] == nil && len(r.issues) == 0 {
				names = append(names, vn.NameKey(r.bill.BeneficiaryName))
			}
		}
		if len(names) > 0 {
			list, err := db.All(tx, "select "+billColumns+", b.row_key from bill b where b.round_id = $1 and b.row_key is not null and "+tx.In("b.sort_key", 2),
				[]any{s.round.ID, db.List(tx, names)}, scan)
			if err != nil {
				return nil, err
			}
			for i := range list {
				k := samePlace(list[i].Class, list[i].BeneficiaryName)
				byName[k] = append(byName[k], &list[i])
			}
		}
	}
	inFile := map[string]bool{}
	for _, r := range rows {
		inFile[r.key] = true
	}
	return func(r reading) *known {
		if b := byKey[r.key]; b != nil {
			return b
		}
		if s.rules.Facility.Sector != "education" || len(r.issues) > 0 {
			return nil // one patient has many bills
		}
		var match *known
		for _, k := range byName[samePlace(r.bill.Class, r.bill.BeneficiaryName)] {
			if k.taken || inFile[k.key] || !couldBe(k.Bill, r.bill) {
				continue
			}
			if match != nil {
				return nil // two of that name: which one cannot be told
			}
			match = k
		}
		if match != nil {
			match.taken = true
		}
		return match
	}, nil
}

func samePlace(class, name string) string { return vn.Fold(class) + "|" + strings.ToLower(name) }

// couldBe reports whether what is known of both does not contradict.
func couldBe(b Bill, n NewBill) bool {
	return (b.BeneficiaryCode == "" || n.BeneficiaryCode == "" || vn.Fold(b.BeneficiaryCode) == vn.Fold(n.BeneficiaryCode)) &&
		(b.BirthYear == 0 || n.BirthYear == 0 || b.BirthYear == n.BirthYear)
}

// withKey scans the import key after the columns of a bill.
type withKey struct {
	db.Rows
	key *string
}

func (r withKey) Scan(dest ...any) error { return r.Rows.Scan(append(dest, r.key)...) }
