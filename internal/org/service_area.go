package org

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
)

// CreateArea adds a unit to the map.
func (s *Service) CreateArea(ctx context.Context, by string, a Area) (Area, error) {
	if err := invalid(checkArea(&a)); err != nil {
		return Area{}, err
	}
	err := s.DB.Update(ctx, func(tx *db.Tx) error {
		if err := s.addAreas(tx, []*Area{&a}); err != nil {
			return err
		}
		return s.record(tx, by, "area.create", a.ID.String(), 0, change{After: a})
	})
	return a, taken(err)
}

// addAreas gives new units identifiers, checks them against the whole map and writes them.
func (s *Service) addAreas(tx *db.Tx, list []*Area) error {
	all, err := Areas(tx, "")
	if err != nil {
		return err
	}
	c := &checks{}
	names := make(map[string]string, len(all))
	for _, a := range all {
		names[a.Code] = a.Name
	}
	fresh := make([]Area, len(list))
	for i, a := range list {
		if owner, ok := names[a.Code]; ok {
			c.add("code", "Mã", a.Code, "đã là mã của "+owner, "Chọn mã khác; mã của địa bàn cũ không dùng lại cho địa bàn mới")
		}
		names[a.Code] = a.Name
		a.ID = id.New[id.Area](s.IDs)
		fresh[i] = *a
	}
	if err := invalid(append(c.list, CheckTree(append(all, fresh...))...)); err != nil {
		return err
	}
	return insertAreas(tx, fresh)
}

// UpdateArea corrects a unit's name, parent or dates; its code stays. A change of the map
// itself is Succeed's.
func (s *Service) UpdateArea(ctx context.Context, by string, a Area) (Area, error) {
	err := s.DB.Update(ctx, func(tx *db.Tx) error {
		old, err := AreaByID(tx, a.ID)
		if err != nil {
			return err
		}
		a.Code = old.Code
		if err := invalid(checkArea(&a)); err != nil {
			return err
		}
		if err := updateAreas(tx, []Area{a}); err != nil {
			return err
		}
		if err := consistent(tx); err != nil {
			return err
		}
		return s.record(tx, by, "area.update", a.ID.String(), 0, change{old, a})
	})
	return a, err
}

// CreateAgency adds an agency.
func (s *Service) CreateAgency(ctx context.Context, by string, g Agency) (Agency, error) {
	if err := invalid(checkAgency(&g)); err != nil {
		return Agency{}, err
	}
	err := s.DB.Update(ctx, func(tx *db.Tx) error {
		if old, err := AgencyByCode(tx, g.Code); err == nil {
			return invalid([]Problem{{Field: "code", Label: "Mã", Value: g.Code, Reason: "đã là mã của " + old.Name, Remedy: "Chọn mã khác"}})
		} else if !errors.Is(err, db.ErrNotFound) {
			return err
		}
		areas, agencies, err := atlas(tx)
		if err != nil {
			return err
		}
		g.ID = id.New[id.Agency](s.IDs)
		agencies[g.ID] = g
		if err := invalid(CheckAgencies(slices.Collect(maps.Values(agencies)), areas)); err != nil {
			return err
		}
		if err := insertAgencies(tx, []Agency{g}); err != nil {
			return err
		}
		return s.record(tx, by, "agency.create", g.ID.String(), 0, change{After: g})
	})
	return g, taken(err)
}

// UpdateAgency corrects an agency's name, kind, area, parent or dates; its code stays.
func (s *Service) UpdateAgency(ctx context.Context, by string, g Agency) (Agency, error) {
	err := s.DB.Update(ctx, func(tx *db.Tx) error {
		old, err := AgencyByID(tx, g.ID)
		if err != nil {
			return err
		}
		g.Code = old.Code
		if err := invalid(checkAgency(&g)); err != nil {
			return err
		}
		if err := updateAgencies(tx, []Agency{g}); err != nil {
			return err
		}
		if err := consistent(tx); err != nil {
			return err
		}
		return s.record(tx, by, "agency.update", g.ID.String(), 0, change{old, g})
	})
	return g, err
}

// consistent checks the whole map after a change to it: areas, agencies and the places of
// all facilities. It reads five lists whatever their length.
func consistent(tx *db.Tx) error {
	r, err := load(tx)
	if err != nil {
		return err
	}
	return invalid(r.check())
}
