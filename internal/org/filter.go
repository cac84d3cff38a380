package org

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/vn"
)

// Filter chooses facilities. Zero fields choose everything.
type Filter struct {
	Sector Sector
	Level  Level
	// Area is a unit of the map: its facilities and those of all units below it.
	Area   id.Area
	Agency id.Agency
	Status Status
	// Search holds words that must all occur in the facility's names or codes, in any order,
	// with or without Vietnamese marks.
	Search string
	// AsOf is the day whose map counts: facilities that existed then, at their place of then.
	// Empty means all facilities at their latest place, closed ones too unless Status says
	// otherwise.
	AsOf clock.Date
	// Cursor continues a list: the text Facilities returned. Limit is at most MaxPage; 0 means 100.
	Cursor string
	Limit  int
}

// MaxPage is the longest page of a list.
const MaxPage = 1000

// ErrCursor is returned for a text that is not a cursor of this list.
var ErrCursor = errors.New("org: malformed cursor")

// Facilities lists facilities in Vietnamese order of their names, one page at a time. next
// is the cursor of the following page, empty on the last one. Two queries, whatever the page.
func Facilities(tx *db.Tx, f Filter) (list []Facility, next string, err error) {
	limit := f.Limit
	switch {
	case limit <= 0:
		limit = 100
	case limit > MaxPage:
		limit = MaxPage
	}
	from, q := f.query()
	if f.Cursor != "" {
		key, last, err := openCursor(f.Cursor)
		if err != nil {
			return nil, "", err
		}
		q.where("(f.sort_key, f.id) > (" + q.arg(key) + ", " + q.arg(last) + ")")
	}
	sql := "select f.sort_key, " + facilityCols + from + q.text() + " order by f.sort_key, f.id limit " + q.arg(limit+1)

	type row struct {
		key string
		Facility
	}
	rows, err := db.All(tx, sql, q.args, func(r db.Rows, v *row) error {
		return scanFacility(keyed{r, &v.key}, &v.Facility)
	})
	if err != nil {
		return nil, "", err
	}
	if len(rows) > limit {
		last := rows[limit-1]
		next = newCursor(last.key, last.ID)
		rows = rows[:limit]
	}
	list = make([]Facility, len(rows))
	for i, r := range rows {
		list[i] = r.Facility
	}
	return list, next, addCodes(tx, list)
}

// CountFacilities is the number of facilities the filter chooses, over all pages.
func CountFacilities(tx *db.Tx, f Filter) (n int64, err error) {
	from, q := f.query()
	return n, tx.Row("select count(*)"+from+q.text(), q.args, &n)
}

// query is the from clause and the conditions of the filter. Alias p gives the place.
func (f Filter) query() (from string, q *query) {
	q = &query{}
	from = " from facility f"
	if f.AsOf == "" {
		from += " join facility p on p.id = f.id"
	} else {
		on := q.arg(f.AsOf)
		from += " join facility_place p on p.facility_id = f.id and p.valid_from <= " + on + " and (p.valid_to is null or p.valid_to > " + on + ")"
	}
	q.equal("f.sector", string(f.Sector))
	q.equal("f.level", string(f.Level))
	q.equal("f.status", string(f.Status))
	if f.Agency != 0 {
		q.where("p.agency_id = " + q.arg(f.Agency))
	}
	if f.Area != 0 {
		q.where("p.area_id in (" + q.below(f.Area, f.AsOf) + ")")
	}
	for _, word := range strings.Fields(vn.Fold(f.Search)) {
		q.where("f.search like " + q.arg("%"+likeEscaper.Replace(word)+"%") + ` escape '\'`)
	}
	return from, q
}

// keyed scans one leading column more than the scan function asks for.
type keyed struct {
	db.Rows
	key *string
}

// Scan reads the key and then the rest.
func (k keyed) Scan(dest ...any) error { return k.Rows.Scan(append([]any{k.key}, dest...)...) }

var likeEscaper = strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`)

// query collects conditions and their parameters.
type query struct {
	conds []string
	args  []any
}

// arg adds a parameter and returns its placeholder.
func (q *query) arg(v any) string {
	q.args = append(q.args, v)
	return fmt.Sprintf("$%d", len(q.args))
}

func (q *query) where(cond string) { q.conds = append(q.conds, cond) }

// equal adds "col = v" unless v is empty.
func (q *query) equal(col, v string) {
	if v != "" {
		q.where(col + " = " + q.arg(v))
	}
}

func (q *query) text() string {
	if len(q.conds) == 0 {
		return ""
	}
	return " where " + strings.Join(q.conds, " and ")
}

// below is a subquery with the area and every unit under it on the day (now when empty).
func (q *query) below(area id.Area, on clock.Date) string {
	valid := "a.valid_to is null"
	if on != "" {
		d := q.arg(on)
		valid = "a.valid_from <= " + d + " and (a.valid_to is null or a.valid_to > " + d + ")"
	}
	return "with recursive below (id) as (select cast(" + q.arg(area) + " as bigint) union all" +
		" select a.id from area a join below on a.parent_id = below.id where " + valid + ") select id from below"
}

func newCursor(key string, last id.Facility) string {
	b, _ := json.Marshal([]string{key, last.String()}) // strings always marshal
	return base64.RawURLEncoding.EncodeToString(b)
}

func openCursor(s string) (key string, last id.Facility, err error) {
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return "", 0, fmt.Errorf("%w: %w", ErrCursor, err)
	}
	var parts []string
	if err := json.Unmarshal(b, &parts); err != nil || len(parts) != 2 {
		return "", 0, ErrCursor
	}
	if last, err = id.Parse[id.Facility](parts[1]); err != nil {
		return "", 0, fmt.Errorf("%w: %w", ErrCursor, err)
	}
	return parts[0], last, nil
}
