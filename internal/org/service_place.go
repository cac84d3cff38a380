package org

import (
	"context"
	"fmt"
	"slices"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
)

// MoveFacility puts a facility into another area or under another agency from a day on; the
// former place stays in the map of the days before.
func (s *Service) MoveFacility(ctx context.Context, by string, facility id.Facility, area id.Area, agency id.Agency, on clock.Date) error {
	return s.DB.Update(ctx, func(tx *db.Tx) error {
		f, err := FacilityByID(tx, facility)
		if err != nil {
			return err
		}
		if err := s.move(tx, []Facility{f}, map[id.Facility]Place{facility: {Area: area, Agency: agency}}, on); err != nil {
			return err
		}
		return s.record(tx, by, "facility.move", facility.String(), facility,
			change{Place{Area: f.Area, Agency: f.Agency}, Place{Area: area, Agency: agency, ValidFrom: on}})
	})
}

// move gives facilities a new area and agency from a day on. A place that began on that
// same day is corrected instead of being followed by another.
func (s *Service) move(tx *db.Tx, facilities []Facility, to map[id.Facility]Place, on clock.Date) error {
	c := &checks{}
	if !checkDate(c, "on", "Từ ngày", on, true) {
		return invalid(c.list)
	}
	areas, agencies, err := atlas(tx)
	if err != nil {
		return err
	}
	ids := make([]id.Facility, len(facilities))
	for i, f := range facilities {
		ids[i] = f.ID
	}
	past, err := placesOfMany(tx, ids)
	if err != nil {
		return err
	}
	var all []Place
	for i := range facilities {
		f := &facilities[i]
		target := to[f.ID]
		places := follow(past[f.ID], Place{Facility: f.ID, Area: target.Area, Agency: target.Agency, ValidFrom: on, ValidTo: f.ClosedOn})
		if problems := CheckPlaces(*f, places, areas, agencies); len(problems) > 0 {
			c.list = append(c.list, problems...)
			continue
		}
		f.Area, f.Agency = target.Area, target.Agency
		all = append(all, places...)
	}
	if err := invalid(c.list); err != nil {
		return err
	}
	if err := replacePlaces(tx, ids, all); err != nil {
		return err
	}
	return updateFacilities(tx, facilities)
}

// follow ends the places that reach beyond next's first day and appends next.
func follow(past []Place, next Place) []Place {
	var out []Place
	for _, p := range past {
		if p.ValidFrom >= next.ValidFrom {
			continue
		}
		if p.ValidTo == "" || p.ValidTo > next.ValidFrom {
			p.ValidTo = next.ValidFrom
		}
		out = append(out, p)
	}
	return append(out, next)
}

// CloseFacility ends a facility: from the day on it no longer exists and issues no bills.
// Bills already issued stay payable, and its accounts still recognise money.
func (s *Service) CloseFacility(ctx context.Context, by string, facility id.Facility, on clock.Date, note string) error {
	return s.DB.Update(ctx, func(tx *db.Tx) error {
		if err := s.close(tx, facility, on); err != nil {
			return err
		}
		return s.record(tx, by, "facility.close", facility.String(), facility, map[string]any{"on": on, "note": note})
	})
}

func (s *Service) close(tx *db.Tx, facility id.Facility, on clock.Date) error {
	f, err := FacilityByID(tx, facility)
	if err != nil {
		return err
	}
	c := &checks{}
	if f.Status == Closed {
		c.add("status", "Trạng thái", f.Status.Label(), f.Name+" đã đóng từ ngày "+f.ClosedOn.VN(), "Không cần đóng lần nữa")
		return invalid(c.list)
	}
	f.Status, f.ClosedOn = Closed, on
	if err := invalid(checkFacility(&f)); err != nil {
		return err
	}
	past, err := PlacesOf(tx, facility)
	if err != nil {
		return err
	}
	var places []Place
	for _, p := range past {
		if p.ValidFrom < on {
			if p.ValidTo == "" || p.ValidTo > on {
				p.ValidTo = on
			}
			places = append(places, p)
		}
	}
	areas, agencies, err := atlas(tx)
	if err != nil {
		return err
	}
	if err := invalid(CheckPlaces(f, places, areas, agencies)); err != nil {
		return err
	}
	if err := replacePlaces(tx, []id.Facility{facility}, places); err != nil {
		return err
	}
	return updateFacilities(tx, []Facility{f})
}

// MergeFacilities closes facilities on a day and records who goes on in their place. The
// successor must exist on that day; create it first when the merger founds a new one.
func (s *Service) MergeFacilities(ctx context.Context, by string, predecessors []id.Facility, successor id.Facility, on clock.Date, note string) error {
	return s.DB.Update(ctx, func(tx *db.Tx) error {
		to, err := FacilityByID(tx, successor)
		if err != nil {
			return err
		}
		c := &checks{}
		if len(predecessors) == 0 {
			c.need("predecessors", "Cơ sở sáp nhập", "")
		}
		if slices.Contains(predecessors, successor) {
			c.add("successor", "Cơ sở tiếp nhận", to.Name, "nằm trong các cơ sở bị sáp nhập", "Bỏ cơ sở này khỏi danh sách sáp nhập")
		}
		if to.OpenedOn > on || (to.ClosedOn != "" && to.ClosedOn <= on) {
			c.add("successor", "Cơ sở tiếp nhận", to.Name, "không hoạt động vào ngày "+on.VN(), "Chọn cơ sở đang hoạt động hoặc đổi ngày")
		}
		if err := invalid(c.list); err != nil {
			return err
		}
		links := make([]FacilitySuccession, len(predecessors))
		for i, p := range predecessors {
			from, err := FacilityByID(tx, p)
			if err != nil {
				return err
			}
			if from.Sector != to.Sector {
				c.add("predecessors", "Cơ sở sáp nhập", from.Name, "khác ngành với "+to.Name, "Chỉ sáp nhập các cơ sở cùng ngành")
				return invalid(c.list)
			}
			if err := s.close(tx, p, on); err != nil {
				return err
			}
			links[i] = FacilitySuccession{Predecessor: p, Successor: successor, On: on, Note: note}
		}
		if err := insertFacilitySuccessions(tx, links); err != nil {
			return err
		}
		return s.record(tx, by, "facility.merge", successor.String(), successor, map[string]any{
			"predecessors": fmt.Sprint(predecessors), "on": on, "note": note,
		})
	})
}

func placesOfMany(tx *db.Tx, facilities []id.Facility) (map[id.Facility][]Place, error) {
	list, err := db.All(tx, "select "+placeCols+" from facility_place p where "+tx.In("p.facility_id", 1)+" order by p.facility_id, p.valid_from",
		[]any{db.List(tx, facilities)}, scanPlace)
	return groupBy(list, func(p Place) id.Facility { return p.Facility }), err
}

// replacePlaces writes the whole history of the facilities anew.
func replacePlaces(tx *db.Tx, facilities []id.Facility, places []Place) error {
	if _, err := tx.Exec("delete from facility_place where "+tx.In("facility_id", 1), db.List(tx, facilities)); err != nil {
		return err
	}
	return insertPlaces(tx, places)
}
