package org

import (
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
)

// register is everything this room knows, of all times: what is exported, and what an
// import is compared with. A province has a few thousand rows, so it fits in memory.
type register struct {
	areas      []Area
	agencies   []Agency
	facilities []Facility
	places     []Place
	accounts   []Account
	contacts   []Contact
	methods    []MethodState
	feeKinds   []FeeKind

	areaLinks     []Succession
	agencyLinks   []AgencySuccession
	facilityLinks []FacilitySuccession
}

// load reads the register, one query per kind of row.
func load(tx *db.Tx) (r register, err error) {
	steps := []func() error{
		func() error { r.areas, err = Areas(tx, ""); return err },
		func() error { r.agencies, err = Agencies(tx, ""); return err },
		func() error {
			if r.facilities, err = db.All(tx, facilityNow+" order by f.code", nil, scanFacility); err != nil {
				return err
			}
			return addCodes(tx, r.facilities)
		},
		func() error {
			r.places, err = db.All(tx, "select "+placeCols+" from facility_place p join facility f on f.id = p.facility_id order by f.code, p.valid_from", nil, scanPlace)
			return err
		},
		func() error {
			r.accounts, err = db.All(tx, "select "+accountCols+" from receiving_account a join facility f on f.id = a.facility_id order by f.code, a.is_default desc, a.valid_from, a.bank_bin, a.number",
				nil, scanAccount)
			return err
		},
		func() error {
			r.contacts, err = db.All(tx, "select "+contactCols+" from contact c join facility f on f.id = c.facility_id order by f.code, c.position, c.name", nil, scanContact)
			return err
		},
		func() error {
			r.methods, err = db.All(tx, "select m.facility_id, m.method, m.status, m.since, m.note from facility_method m join facility f on f.id = m.facility_id order by f.code,"+
				" case m.method when 'qr' then 0 when 'website' then 1 when 'mobile_money' then 2 else 3 end", nil, scanMethod)
			return err
		},
		func() error { r.feeKinds, err = FeeKinds(tx, "", ""); return err },
		func() error { r.areaLinks, err = Successions(tx); return err },
		func() error { r.agencyLinks, err = AgencySuccessions(tx); return err },
		func() error { r.facilityLinks, err = FacilitySuccessions(tx); return err },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return register{}, err
		}
	}
	return r, nil
}

// check returns what is wrong between the rows of the register.
func (r register) check() []Problem {
	areas, agencies := indexAreas(r.areas), indexAgencies(r.agencies)
	problems := CheckTree(r.areas)
	problems = append(problems, CheckAgencies(r.agencies, areas)...)
	places := groupBy(r.places, func(p Place) id.Facility { return p.Facility })
	for _, f := range r.facilities {
		problems = append(problems, CheckPlaces(f, places[f.ID], areas, agencies)...)
	}
	return append(problems, CheckAccounts(r.accounts)...)
}
