package org

import (
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/vn"
)

const agencyCols = "g.id, g.code, g.name, g.kind, g.area_id, coalesce(g.parent_id, 0), g.valid_from, coalesce(g.valid_to, '')"

func scanAgency(r db.Rows, g *Agency) error {
	return r.Scan(&g.ID, &g.Code, &g.Name, &g.Kind, &g.Area, &g.Parent, &g.ValidFrom, &g.ValidTo)
}

// AgencyByID reads one agency of any time; db.ErrNotFound when there is none.
func AgencyByID(tx *db.Tx, agency id.Agency) (Agency, error) {
	return one(tx, "select "+agencyCols+" from agency g where g.id = $1", scanAgency, agency)
}

// AgencyByCode reads one agency of any time by its code; db.ErrNotFound when there is none.
func AgencyByCode(tx *db.Tx, code string) (Agency, error) {
	return one(tx, "select "+agencyCols+" from agency g where g.code = $1", scanAgency, code)
}

// Agencies lists the agencies that existed on the day, of all times when asOf is empty, by code.
func Agencies(tx *db.Tx, asOf clock.Date) ([]Agency, error) {
	if asOf == "" {
		return db.All(tx, "select "+agencyCols+" from agency g order by g.code", nil, scanAgency)
	}
	return db.All(tx, "select "+agencyCols+" from agency g where g.valid_from <= $1 and (g.valid_to is null or g.valid_to > $1) order by g.code",
		[]any{asOf}, scanAgency)
}

// AgencySuccessions lists who took over whose duties, oldest first.
func AgencySuccessions(tx *db.Tx) ([]AgencySuccession, error) {
	return db.All(tx, "select predecessor_id, successor_id, on_date, note from agency_succession order by on_date, predecessor_id, successor_id", nil,
		func(r db.Rows, s *AgencySuccession) error {
			return r.Scan(&s.Predecessor, &s.Successor, &s.On, &s.Note)
		})
}

func insertAgencies(tx *db.Tx, list []Agency) error {
	rows := make([][]any, len(list))
	for i, g := range list {
		rows[i] = []any{g.ID, g.Code, g.Name, vn.Fold(g.Name + " " + g.Code), g.Kind, g.Area, id.Null(g.Parent), g.ValidFrom, nullDate(g.ValidTo)}
	}
	return tx.Insert("agency", []string{"id", "code", "name", "search", "kind", "area_id", "parent_id", "valid_from", "valid_to"}, rows)
}

func updateAgencies(tx *db.Tx, list []Agency) error {
	rows := make([][]any, len(list))
	for i, g := range list {
		rows[i] = []any{g.ID, g.Name, vn.Fold(g.Name + " " + g.Code), g.Kind, g.Area, id.Null(g.Parent), g.ValidFrom, nullDate(g.ValidTo)}
	}
	_, err := tx.ExecMany("update agency set name = $2, search = $3, kind = $4, area_id = $5, parent_id = $6, valid_from = $7, valid_to = $8 where id = $1", rows)
	return err
}

func insertAgencySuccessions(tx *db.Tx, list []AgencySuccession) error {
	rows := make([][]any, len(list))
	for i, s := range list {
		rows[i] = []any{s.Predecessor, s.Successor, s.On, s.Note}
	}
	return tx.Insert("agency_succession", []string{"predecessor_id", "successor_id", "on_date", "note"}, rows)
}
