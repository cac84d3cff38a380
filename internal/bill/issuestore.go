package bill

import (
	"encoding/json"

	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
)

// storedRow is the row behind an issue: as the workbook had it, and what a person has typed
// for its cells since.
type storedRow struct {
	Row       input             `json:"row"`
	Corrected map[string]string `json:"corrected,omitempty"`
	Duplicate bool              `json:"duplicate,omitempty"` // of another row of the same workbook
}

// corrected is the row as it reads with the corrections.
func (s storedRow) corrected() input {
	in := s.Row
	in.Values = append([]value(nil), in.Values...)
	used := map[string]bool{}
	for i, v := range in.Values {
		if t, ok := s.Corrected[v.Key]; ok {
			in.Values[i] = value{Key: v.Key, Header: v.Header, Ref: v.Ref, Text: t}
			used[v.Key] = true
		}
	}
	for _, f := range Fields() { // fields the sheet has no column for
		if t, ok := s.Corrected[string(f)]; ok && !used[string(f)] {
			in.Values = append(in.Values, value{Key: string(f), Text: t})
		}
	}
	return in
}

const issueColumns = "n, import_id, sheet, row_no, cell, field, value, code, reason, remedy, suggestion, class_name, state, row_json"

// shown is what an issue needs besides the columns of its table.
type shown struct {
	storedRow
	Label string `json:"label"`
	Name  string `json:"name"`
}

func scanIssue(r db.Rows, i *Issue) error {
	var text string
	err := r.Scan(&i.N, &i.Import, &i.Sheet, &i.Row, &i.Cell, &i.Field, &i.Value, &i.Code, &i.Reason, &i.Remedy, &i.Suggestion, &i.Class, &i.State, &text)
	if err != nil {
		return err
	}
	var s shown
	err = json.Unmarshal([]byte(text), &s)
	i.FieldLabel, i.Name = s.Label, s.Name
	if t, ok := s.Corrected[i.Field]; ok {
		i.Value = t // what the person typed last
	}
	return err
}

// Issues lists a round's open issues in the order of the workbook, at most limit, after the
// number given (0 for the first page).
func Issues(tx *db.Tx, round id.Round, after int64, limit int) ([]Issue, error) {
	return db.All(tx, "select "+issueColumns+" from round_issue where round_id = $1 and n > $2 and state = 'open' order by n limit $3",
		[]any{round, after, limit}, scanIssue)
}

// OpenRows counts the rows of a round's imports that wait for a person; a row with several
// issues counts once.
func OpenRows(tx *db.Tx, round id.Round) (int, error) {
	var n int
	err := tx.Row("select count(*) from (select distinct import_id, sheet, row_no from round_issue where round_id = $1 and state = 'open') w", []any{round}, &n)
	return n, err
}

// insertIssues writes the issues of bad rows, numbered on from the last of the round.
func insertIssues(tx *db.Tx, round id.Round, im id.File, bad []reading, corrected map[string]string) error {
	if len(bad) == 0 {
		return nil
	}
	var last int64
	if err := tx.Row("select coalesce(max(n), 0) from round_issue where round_id = $1", []any{round}, &last); err != nil {
		return err
	}
	var rows [][]any
	for _, r := range bad {
		for _, i := range r.issues {
			stored := shown{storedRow{Row: r.in, Corrected: corrected, Duplicate: r.duplicate}, i.FieldLabel, i.Name}
			text, err := json.Marshal(stored)
			if err != nil {
				return err
			}
			last++
			rows = append(rows, []any{
				round, last, im, i.Sheet, i.Row, i.Cell, i.Field, i.Value, i.Code, i.Reason, i.Remedy, i.Suggestion, i.Class, r.hash, IssueOpen, string(text),
			})
		}
	}
	return tx.Insert("round_issue", []string{
		"round_id", "n", "import_id", "sheet", "row_no", "cell", "field", "value", "code", "reason", "remedy", "suggestion", "class_name", "row_hash", "state", "row_json",
	}, rows)
}

// SkipIssues sets rows aside: no bill is made of them, and the same row in the same or a later
// workbook does not ask again. A row with several issues is skipped whole. It returns the
// number of issues that were open.
func SkipIssues(tx *db.Tx, round id.Round, ns []int64) (int64, error) {
	return tx.Exec(`update round_issue set state = 'skipped' where round_id = $1 and state = 'open' and row_hash in (
		select o.row_hash from round_issue o where o.round_id = $1 and o.state = 'open' and `+tx.In("o.n", 2)+")", round, db.List(tx, ns))
}

// decided tells which of the rows were fixed or skipped by a person before.
func decided(tx *db.Tx, round id.Round, rows []reading) (map[string]IssueState, error) {
	out := map[string]IssueState{}
	if len(rows) == 0 {
		return out, nil
	}
	hashes := make([]string, len(rows))
	for i, r := range rows {
		hashes[i] = r.hash
	}
	found, err := tx.Query("select row_hash, state from round_issue where round_id = $1 and state <> 'open' and "+tx.In("row_hash", 2), round, db.List(tx, hashes))
	return out, db.Each(found, err, func(r db.Rows) error {
		var h string
		var s IssueState
		err := r.Scan(&h, &s)
		out[h] = s
		return err
	})
}
