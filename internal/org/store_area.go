package org

import (
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/vn"
)

const areaCols = "a.id, a.code, a.name, a.level, coalesce(a.parent_id, 0), a.valid_from, coalesce(a.valid_to, '')"

func scanArea(r db.Rows, a *Area) error {
	return r.Scan(&a.ID, &a.Code, &a.Name, &a.Level, &a.Parent, &a.ValidFrom, &a.ValidTo)
}

// AreaByID reads one unit of any time; db.ErrNotFound when there is none.
func AreaByID(tx *db.Tx, area id.Area) (Area, error) {
	return one(tx, "select "+areaCols+" from area a where a.id = $1", scanArea, area)
}

// AreaByCode reads one unit of any time by its code; db.ErrNotFound when there is none.
func AreaByCode(tx *db.Tx, code string) (Area, error) {
	return one(tx, "select "+areaCols+" from area a where a.code = $1", scanArea, code)
}

// Areas lists the units that existed on the day, parents before children, then by name.
// With asOf empty it lists the units of all times.
func Areas(tx *db.Tx, asOf clock.Date) ([]Area, error) {
	const order = " order by case a.level when 'province' then 0 when 'district' then 1 else 2 end, a.sort_key, a.id"
	if asOf == "" {
		return db.All(tx, "select "+areaCols+" from area a"+order, nil, scanArea)
	}
	return db.All(tx, "select "+areaCols+" from area a where a.valid_from <= $1 and (a.valid_to is null or a.valid_to > $1)"+order,
		[]any{asOf}, scanArea)
}

const successionCols = "s.predecessor_id, s.successor_id, s.on_date, s.note"

func scanSuccession(r db.Rows, s *Succession) error {
	return r.Scan(&s.Predecessor, &s.Successor, &s.On, &s.Note)
}

// SuccessorsOf lists the units that took over from area, in the order of their names; none
// for a unit that still exists.
func SuccessorsOf(tx *db.Tx, area id.Area) ([]Succession, error) {
	return db.All(tx, "select "+successionCols+" from area_succession s join area a on a.id = s.successor_id where s.predecessor_id = $1 order by a.sort_key, a.id",
		[]any{area}, scanSuccession)
}

// PredecessorsOf lists the units that area took over from.
func PredecessorsOf(tx *db.Tx, area id.Area) ([]Succession, error) {
	return db.All(tx, "select "+successionCols+" from area_succession s join area a on a.id = s.predecessor_id where s.successor_id = $1 order by a.sort_key, a.id",
		[]any{area}, scanSuccession)
}

// Successions lists every change of the map, oldest first.
func Successions(tx *db.Tx) ([]Succession, error) {
	return db.All(tx, "select "+successionCols+" from area_succession s order by s.on_date, s.predecessor_id, s.successor_id", nil, scanSuccession)
}

func insertAreas(tx *db.Tx, list []Area) error {
	rows := make([][]any, len(list))
	for i, a := range list {
		rows[i] = []any{a.ID, a.Code, a.Name, areaSearch(a), vn.Key(a.Name), a.Level, id.Null(a.Parent), a.ValidFrom, nullDate(a.ValidTo)}
	}
	return tx.Insert("area", []string{"id", "code", "name", "search", "sort_key", "level", "parent_id", "valid_from", "valid_to"}, rows)
}

func updateAreas(tx *db.Tx, list []Area) error {
	rows := make([][]any, len(list))
	for i, a := range list {
		rows[i] = []any{a.ID, a.Name, areaSearch(a), vn.Key(a.Name), a.Level, id.Null(a.Parent), a.ValidFrom, nullDate(a.ValidTo)}
	}
	_, err := tx.ExecMany("update area set name = $2, search = $3, sort_key = $4, level = $5, parent_id = $6, valid_from = $7, valid_to = $8 where id = $1", rows)
	return err
}

func areaSearch(a Area) string { return vn.Fold(a.Name + " " + a.Code) }

func insertSuccessions(tx *db.Tx, list []Succession) error {
	rows := make([][]any, len(list))
	for i, s := range list {
		rows[i] = []any{s.Predecessor, s.Successor, s.On, s.Note}
	}
	return tx.Insert("area_succession", []string{"predecessor_id", "successor_id", "on_date", "note"}, rows)
}

// one reads exactly one row; db.ErrNotFound when there is none.
func one[T any](tx *db.Tx, sql string, scan func(db.Rows, *T) error, args ...any) (T, error) {
	var v T
	list, err := db.All(tx, sql, args, scan)
	if err != nil {
		return v, err
	}
	if len(list) == 0 {
		return v, db.ErrNotFound
	}
	return list[0], nil
}
