package org

import (
	"maps"
	"slices"
	"strings"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/vn"
)

// facilityCols selects a facility; area and agency come from alias p, which is either the
// facility itself (now) or its place on a day.
const facilityCols = "f.id, f.code, f.name, f.short_name, f.sector, f.level, p.area_id, coalesce(p.agency_id, 0), f.tax_code, f.address, f.phone, f.hours," +
	" f.status, f.opened_on, coalesce(f.closed_on, ''), f.part_payment, f.code_prefix, f.size, f.collects"

const facilityNow = "select " + facilityCols + " from facility f join facility p on p.id = f.id"

func scanFacility(r db.Rows, f *Facility) error {
	return r.Scan(&f.ID, &f.Code, &f.Name, &f.ShortName, &f.Sector, &f.Level, &f.Area, &f.Agency, &f.TaxCode, &f.Address, &f.Phone, &f.Hours,
		&f.Status, &f.OpenedOn, &f.ClosedOn, &f.PartPayment, &f.CodePrefix, &f.Size, &f.Collects)
}

// FacilityByID reads one facility, closed ones too; db.ErrNotFound when there is none.
func FacilityByID(tx *db.Tx, facility id.Facility) (Facility, error) {
	return oneFacility(tx, facilityNow+" where f.id = $1", facility)
}

// FacilityByCode reads one facility by our code; db.ErrNotFound when there is none.
func FacilityByCode(tx *db.Tx, code string) (Facility, error) {
	return oneFacility(tx, facilityNow+" where f.code = $1", code)
}

// FacilityByScheme reads one facility by the code another register gave it; db.ErrNotFound
// when there is none.
func FacilityByScheme(tx *db.Tx, scheme CodeScheme, code string) (Facility, error) {
	return oneFacility(tx, facilityNow+" join facility_code c on c.facility_id = f.id where c.scheme = $1 and c.code = $2", scheme, code)
}

func oneFacility(tx *db.Tx, sql string, args ...any) (Facility, error) {
	f, err := one(tx, sql, scanFacility, args...)
	if err != nil {
		return Facility{}, err
	}
	list := []Facility{f}
	if err := addCodes(tx, list); err != nil {
		return Facility{}, err
	}
	return list[0], nil
}

// FacilitiesByID reads many facilities in two queries; unknown identifiers are absent from
// the result.
func FacilitiesByID(tx *db.Tx, ids []id.Facility) (map[id.Facility]Facility, error) {
	list, err := db.All(tx, facilityNow+" where "+tx.In("f.id", 1), []any{db.List(tx, ids)}, scanFacility)
	if err != nil {
		return nil, err
	}
	if err := addCodes(tx, list); err != nil {
		return nil, err
	}
	out := make(map[id.Facility]Facility, len(list))
	for _, f := range list {
		out[f.ID] = f
	}
	return out, nil
}

// addCodes fills Codes of a list in one query.
func addCodes(tx *db.Tx, list []Facility) error {
	if len(list) == 0 {
		return nil
	}
	ids := make([]id.Facility, len(list))
	at := make(map[id.Facility]int, len(list))
	for i, f := range list {
		ids[i], at[f.ID] = f.ID, i
		list[i].Codes = map[CodeScheme]string{}
	}
	rows, err := tx.Query("select facility_id, scheme, code from facility_code where "+tx.In("facility_id", 1), db.List(tx, ids))
	return db.Each(rows, err, func(r db.Rows) error {
		var f id.Facility
		var s CodeScheme
		var code string
		if err := r.Scan(&f, &s, &code); err != nil {
			return err
		}
		list[at[f]].Codes[s] = code
		return nil
	})
}

func insertFacilities(tx *db.Tx, list []Facility) error {
	rows := make([][]any, len(list))
	for i, f := range list {
		rows[i] = []any{
			f.ID, f.Code, f.Name, f.ShortName, facilitySearch(f), vn.Key(f.Name), f.Sector, f.Level, f.Area, id.Null(f.Agency),
			f.TaxCode, f.Address, f.Phone, f.Hours, f.Status, f.OpenedOn, nullDate(f.ClosedOn), f.PartPayment, f.CodePrefix, f.Size, f.Collects,
		}
	}
	err := tx.Insert("facility", []string{
		"id", "code", "name", "short_name", "search", "sort_key", "sector", "level", "area_id", "agency_id",
		"tax_code", "address", "phone", "hours", "status", "opened_on", "closed_on", "part_payment", "code_prefix", "size", "collects",
	}, rows)
	if err != nil {
		return err
	}
	return insertCodes(tx, list)
}

// updateFacilities writes everything except the code, which never changes.
func updateFacilities(tx *db.Tx, list []Facility) error {
	rows := make([][]any, len(list))
	ids := make([]id.Facility, len(list))
	for i, f := range list {
		ids[i] = f.ID
		rows[i] = []any{
			f.ID, f.Name, f.ShortName, facilitySearch(f), vn.Key(f.Name), f.Sector, f.Level, f.Area, id.Null(f.Agency),
			f.TaxCode, f.Address, f.Phone, f.Hours, f.Status, f.OpenedOn, nullDate(f.ClosedOn), f.PartPayment, f.CodePrefix, f.Size, f.Collects,
		}
	}
	_, err := tx.ExecMany("update facility set name = $2, short_name = $3, search = $4, sort_key = $5, sector = $6, level = $7, area_id = $8, agency_id = $9,"+
		" tax_code = $10, address = $11, phone = $12, hours = $13, status = $14, opened_on = $15, closed_on = $16, part_payment = $17, code_prefix = $18,"+
		" size = $19, collects = $20 where id = $1", rows)
	if err != nil {
		return err
	}
	if _, err := tx.Exec("delete from facility_code where "+tx.In("facility_id", 1), db.List(tx, ids)); err != nil {
		return err
	}
	return insertCodes(tx, list)
}

func insertCodes(tx *db.Tx, list []Facility) error {
	var rows [][]any
	for _, f := range list {
		for _, s := range slices.Sorted(maps.Keys(f.Codes)) {
			rows = append(rows, []any{f.ID, s, f.Codes[s]})
		}
	}
	return tx.Insert("facility_code", []string{"facility_id", "scheme", "code"}, rows)
}

// facilitySearch is what a search for a facility looks through: names and every code.
func facilitySearch(f Facility) string {
	parts := []string{f.Name, f.ShortName, f.Code, f.TaxCode}
	for _, s := range slices.Sorted(maps.Keys(f.Codes)) {
		parts = append(parts, f.Codes[s])
	}
	return vn.Fold(strings.Join(parts, " "))
}

const placeCols = "p.facility_id, p.area_id, coalesce(p.agency_id, 0), p.valid_from, coalesce(p.valid_to, '')"

func scanPlace(r db.Rows, p *Place) error {
	return r.Scan(&p.Facility, &p.Area, &p.Agency, &p.ValidFrom, &p.ValidTo)
}

// PlaceAt tells where a facility stood and who managed it on the day; db.ErrNotFound when it
// did not exist then.
func PlaceAt(tx *db.Tx, facility id.Facility, on clock.Date) (Place, error) {
	return one(tx, "select "+placeCols+" from facility_place p where p.facility_id = $1 and p.valid_from <= $2 and (p.valid_to is null or p.valid_to > $2)",
		scanPlace, facility, on)
}

// PlacesAt tells where every facility that existed on the day stood, in one query.
func PlacesAt(tx *db.Tx, on clock.Date) (map[id.Facility]Place, error) {
	list, err := db.All(tx, "select "+placeCols+" from facility_place p where p.valid_from <= $1 and (p.valid_to is null or p.valid_to > $1)", []any{on}, scanPlace)
	if err != nil {
		return nil, err
	}
	out := make(map[id.Facility]Place, len(list))
	for _, p := range list {
		out[p.Facility] = p
	}
	return out, nil
}

// PlacesOf lists where a facility stood over time, oldest first.
func PlacesOf(tx *db.Tx, facility id.Facility) ([]Place, error) {
	return db.All(tx, "select "+placeCols+" from facility_place p where p.facility_id = $1 order by p.valid_from", []any{facility}, scanPlace)
}

func insertPlaces(tx *db.Tx, list []Place) error {
	rows := make([][]any, len(list))
	for i, p := range list {
		rows[i] = []any{p.Facility, p.Area, id.Null(p.Agency), p.ValidFrom, nullDate(p.ValidTo)}
	}
	return tx.Insert("facility_place", []string{"facility_id", "area_id", "agency_id", "valid_from", "valid_to"}, rows)
}

// FacilitySuccessions lists the mergers of facilities, oldest first.
func FacilitySuccessions(tx *db.Tx) ([]FacilitySuccession, error) {
	return db.All(tx, "select predecessor_id, successor_id, on_date, note from facility_succession order by on_date, predecessor_id, successor_id", nil,
		func(r db.Rows, s *FacilitySuccession) error {
			return r.Scan(&s.Predecessor, &s.Successor, &s.On, &s.Note)
		})
}

func insertFacilitySuccessions(tx *db.Tx, list []FacilitySuccession) error {
	rows := make([][]any, len(list))
	for i, s := range list {
		rows[i] = []any{s.Predecessor, s.Successor, s.On, s.Note}
	}
	return tx.Insert("facility_succession", []string{"predecessor_id", "successor_id", "on_date", "note"}, rows)
}
