package org

import (
	"context"
	"errors"
	"maps"

	"github.com/sen-platform/sen/internal/audit"
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
)

// Service holds the use cases that change who there is. Every change is one transaction and
// leaves one record in the audit log; by is the actor as audit writes it ("usr_…", "system").
// What a person entered wrong comes back as *Invalid with Vietnamese texts and changes
// nothing. Who may call what is access.Can's to say, asked by the caller.
type Service struct {
	DB    *db.DB
	IDs   *id.Gen
	Clock clock.Clock
	// KnownBank tells whether a bank's BIN is in the bank list; nil checks its form only.
	// (The list lives in a room above this one.)
	KnownBank func(bin string) bool
}

// record appends one audit record, last in its transaction.
func (s *Service) record(tx *db.Tx, by, action, subject string, f id.Facility, detail any) error {
	r, err := audit.New(s.Clock.Now(), by, action, subject, f, detail)
	if err != nil {
		return err
	}
	return audit.Append(tx, r)
}

// change is the detail of an audit record about a changed row.
type change struct {
	Before any `json:"before,omitempty"`
	After  any `json:"after,omitempty"`
}

// CreateFacility adds a facility. It stands in f.Area under f.Agency since it opened, or
// since its area or agency exists when that is later (a school older than its commune).
func (s *Service) CreateFacility(ctx context.Context, by string, f Facility) (Facility, error) {
	f.Codes = maps.Clone(f.Codes)
	problems := checkFacility(&f)
	if err := invalid(problems); err != nil {
		return Facility{}, err
	}
	err := s.DB.Update(ctx, func(tx *db.Tx) error {
		f.ID = id.New[id.Facility](s.IDs)
		if err := s.free(tx, f); err != nil {
			return err
		}
		areas, agencies, err := atlas(tx)
		if err != nil {
			return err
		}
		p := Place{
			Facility: f.ID, Area: f.Area, Agency: f.Agency, ValidTo: f.ClosedOn,
			ValidFrom: max(f.OpenedOn, areas[f.Area].ValidFrom, agencies[f.Agency].ValidFrom),
		}
		if err := invalid(CheckPlaces(f, []Place{p}, areas, agencies)); err != nil {
			return err
		}
		if err := insertFacilities(tx, []Facility{f}); err != nil {
			return err
		}
		if err := insertPlaces(tx, []Place{p}); err != nil {
			return err
		}
		return s.record(tx, by, "facility.create", f.ID.String(), f.ID, change{After: f})
	})
	return f, taken(err)
}

// UpdateFacility changes what a facility says of itself: names, level, codes, tax code,
// address, hours, pausing, part payment, size, whether it collects. Its code and sector stay;
// place and closing have use cases of their own (MoveFacility, CloseFacility, MergeFacilities).
func (s *Service) UpdateFacility(ctx context.Context, by string, f Facility) (Facility, error) {
	f.Codes = maps.Clone(f.Codes)
	err := s.DB.Update(ctx, func(tx *db.Tx) error {
		old, err := FacilityByID(tx, f.ID)
		if err != nil {
			return err
		}
		next := f
		next.Codes = maps.Clone(f.Codes)
		next.Code, next.Sector, next.Area, next.Agency, next.ClosedOn = old.Code, old.Sector, old.Area, old.Agency, old.ClosedOn
		problems := checkFacility(&next)
		if (next.Status == Closed) != (old.Status == Closed) {
			problems = append(problems, Problem{
				Field: "status", Label: "Trạng thái", Value: next.Status.Label(), Reason: "không đổi được ở đây",
				Remedy: "Dùng mục Đóng cơ sở; cơ sở đã đóng thì không mở lại, hãy lập cơ sở mới",
			})
		}
		if err := invalid(problems); err != nil {
			return err
		}
		if err := s.free(tx, next); err != nil {
			return err
		}
		if err := updateFacilities(tx, []Facility{next}); err != nil {
			return err
		}
		f = next
		return s.record(tx, by, "facility.update", f.ID.String(), f.ID, change{old, next})
	})
	return f, taken(err)
}

// free refuses a facility whose codes another facility has.
func (s *Service) free(tx *db.Tx, f Facility) error {
	c := &checks{}
	var owner string
	err := tx.Row("select name from facility where code = $1 and id <> $2", []any{f.Code, f.ID}, &owner)
	if err == nil {
		c.add("code", "Mã", f.Code, "đã là mã của "+owner, "Chọn mã khác")
	} else if !errors.Is(err, db.ErrNotFound) {
		return err
	}
	codes := make([]string, 0, len(f.Codes))
	for _, v := range f.Codes {
		codes = append(codes, v)
	}
	rows, err := tx.Query("select c.scheme, f.name, c.code from facility_code c join facility f on f.id = c.facility_id where c.facility_id <> $2 and "+tx.In("c.code", 1),
		db.List(tx, codes), f.ID)
	err = db.Each(rows, err, func(r db.Rows) error {
		var scheme CodeScheme
		var owner, code string
		if err := r.Scan(&scheme, &owner, &code); err != nil {
			return err
		}
		if f.Codes[scheme] == code {
			c.add(string(scheme), scheme.Label(), code, "đã là mã của "+owner, "Kiểm tra lại mã của từng cơ sở")
		}
		return nil
	})
	if err != nil {
		return err
	}
	return invalid(c.list)
}

// atlas reads all areas and agencies of all times by identifier, in two queries.
func atlas(tx *db.Tx) (map[id.Area]Area, map[id.Agency]Agency, error) {
	areas, err := Areas(tx, "")
	if err != nil {
		return nil, nil, err
	}
	agencies, err := Agencies(tx, "")
	if err != nil {
		return nil, nil, err
	}
	return indexAreas(areas), indexAgencies(agencies), nil
}

func indexAreas(list []Area) map[id.Area]Area {
	out := make(map[id.Area]Area, len(list))
	for _, a := range list {
		out[a.ID] = a
	}
	return out
}

func indexAgencies(list []Agency) map[id.Agency]Agency {
	out := make(map[id.Agency]Agency, len(list))
	for _, g := range list {
		out[g.ID] = g
	}
	return out
}
