package bill

import (
	"encoding/json"
	"errors"
	"time"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
)

// ImportRecord is one workbook that was imported into a round.
type ImportRecord struct {
	ID         id.File
	Round      id.Round
	Name       string
	SHA256     string
	Size       int64
	Choices    []Choice
	RowsRead   int
	At         time.Time
	By         id.User
	FinishedAt time.Time // zero while it runs, when it died, and when drafts of its round were deleted
	Result     ImportResult
}

const recordColumns = `i.id, i.round_id, i.name, i.sha256, i.size, i.choices, i.rows_read, i.at, coalesce(i.by_user, 0),
	coalesce(i.finished_at, 0), i.mapping, i.result`

func scanRecord(r db.Rows, m *ImportRecord) error {
	var choices, mapping, result string
	var at, finished int64
	err := r.Scan(&m.ID, &m.Round, &m.Name, &m.SHA256, &m.Size, &choices, &m.RowsRead, &at, &m.By, &finished, &mapping, &result)
	if err != nil {
		return err
	}
	m.At, m.FinishedAt = instant(at), instant(finished)
	for _, part := range []struct {
		text string
		into any
	}{{choices, &m.Choices}, {result, &m.Result}, {mapping, &m.Result.Mapping}} {
		if part.text != "" {
			err = errors.Join(err, json.Unmarshal([]byte(part.text), part.into))
		}
	}
	return err
}

// Imports lists a round's imports, the newest first, without the workbooks themselves.
func Imports(tx *db.Tx, round id.Round) ([]ImportRecord, error) {
	return db.All(tx, "select "+recordColumns+" from round_import i where i.round_id = $1 order by i.id desc", []any{round}, scanRecord)
}

// ImportBody reads the workbook of an import as it came, with its name.
func ImportBody(tx *db.Tx, im id.File) (name string, body []byte, err error) {
	err = tx.Row("select name, body from round_import where id = $1", []any{im}, &name, &body)
	return name, body, err
}

// insertRecord begins an import.
func insertRecord(tx *db.Tx, m ImportRecord, body []byte) error {
	choices, mapping, result, err := m.texts()
	if err != nil {
		return err
	}
	return tx.Insert("round_import", []string{
		"id", "round_id", "name", "sha256", "size", "mapping", "choices", "result", "rows_read", "rows_ok", "rows_bad", "at", "by_user", "body",
	}, [][]any{{m.ID, m.Round, m.Name, m.SHA256, m.Size, mapping, choices, result, 0, 0, 0, clock.Micros(m.At), id.Null(m.By), body}})
}

func (m ImportRecord) texts() (choices, mapping, result string, err error) {
	c, err1 := json.Marshal(m.Choices)
	p, err2 := json.Marshal(m.Result.Mapping)
	res := m.Result
	res.Mapping = Mapping{} // stands in its own column
	r, err3 := json.Marshal(res)
	return string(c), string(p), string(r), errors.Join(err1, err2, err3)
}

// saveProgress notes how far an import has come, in the transaction of the rows it speaks of.
func saveProgress(tx *db.Tx, m ImportRecord) error {
	_, _, result, err := m.texts()
	if err != nil {
		return err
	}
	var finished any
	if !m.FinishedAt.IsZero() {
		finished = clock.Micros(m.FinishedAt)
	}
	_, err = tx.Exec("update round_import set rows_read = $2, rows_ok = $3, rows_bad = $4, result = $5, finished_at = $6 where id = $1",
		m.ID, m.RowsRead, m.Result.Good, m.Result.Bad, result, finished)
	return err
}

// rememberedChoices are what the facility's accountants chose for columns in their imports
// before, newest last, without those that were meant for one cell.
func rememberedChoices(tx *db.Tx, f id.Facility) ([]Choice, error) {
	var text string
	err := tx.Row(`select i.choices from round_import i join billing_round r on r.id = i.round_id
		where r.facility_id = $1 and i.finished_at is not null and i.choices not in ('', 'null') order by i.id desc limit 1`, []any{f}, &text)
	if errors.Is(err, db.ErrNotFound) {
		return nil, nil
	}
	var all, out []Choice
	if err == nil {
		err = json.Unmarshal([]byte(text), &all)
	}
	for _, c := range all {
		if c.Ref == "" {
			out = append(out, c)
		}
	}
	return out, err
}
