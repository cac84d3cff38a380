package org

import (
	"context"
	"fmt"
	"slices"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
)

// Reform is one change of the administrative map: on a day some units end and others take
// over, as on 1 July 2025 when communes were merged and districts abolished.
type Reform struct {
	On   clock.Date
	Note string // the decision, e.g. its number
	// Predecessors end on the day.
	Predecessors []id.Area
	// Successors take over. One with an ID is a unit that exists already; one without is
	// made and begins on the day (its ValidFrom is set).
	Successors []Area
	// Placement tells, by successor code, where the facilities of the predecessors go. It
	// may be left out when there is one successor.
	Placement map[id.Facility]string
	// Managers replaces managing agencies of the facilities that move; an agency that is
	// not named keeps its facilities.
	Managers map[id.Agency]id.Agency
}

// Succeed carries out a change of the map and returns the successors. The map of every day
// before stays as it was. A unit cannot end while units below it go on: merge communes
// before their district ends.
func (s *Service) Succeed(ctx context.Context, by string, r Reform) (successors []Area, err error) {
	err = s.DB.Update(ctx, func(tx *db.Tx) error {
		successors = slices.Clone(r.Successors)
		if err := s.succeed(tx, r, successors); err != nil {
			return err
		}
		return s.record(tx, by, "area.succeed", fmt.Sprint(r.Predecessors), 0, map[string]any{
			"on": r.On, "note": r.Note, "successors": successors,
		})
	})
	return successors, taken(err)
}

func (s *Service) succeed(tx *db.Tx, r Reform, successors []Area) error {
	c := &checks{}
	if len(r.Predecessors) == 0 {
		c.need("predecessors", "Địa bàn cũ", "")
	}
	if len(successors) == 0 {
		c.need("successors", "Địa bàn mới", "")
	}
	if !checkDate(c, "on", "Ngày thay đổi", r.On, true) || len(c.list) > 0 {
		return invalid(c.list)
	}
	if err := s.found(tx, r.On, successors); err != nil {
		return err
	}
	ended := make([]Area, len(r.Predecessors))
	var links []Succession
	for i, p := range r.Predecessors {
		a, err := AreaByID(tx, p)
		if err != nil {
			return err
		}
		if !a.ValidOn(r.On.AddDays(-1)) || (a.ValidTo != "" && a.ValidTo != r.On) {
			c.add("predecessors", "Địa bàn cũ", a.Name, span(a.ValidFrom, a.ValidTo)+", không thể kết thúc vào "+r.On.VN(), "Kiểm tra lại ngày và địa bàn")
		}
		a.ValidTo = r.On
		ended[i] = a
		for _, n := range successors {
			links = append(links, Succession{Predecessor: a.ID, Successor: n.ID, On: r.On, Note: r.Note})
		}
	}
	if err := invalid(c.list); err != nil {
		return err
	}
	if err := s.resettle(tx, r, successors); err != nil {
		return err
	}
	if err := updateAreas(tx, ended); err != nil {
		return err
	}
	if err := insertSuccessions(tx, links); err != nil {
		return err
	}
	return consistent(tx)
}

// found makes the successors that are new and reads those that exist.
func (s *Service) found(tx *db.Tx, on clock.Date, successors []Area) error {
	c := &checks{}
	var fresh []*Area
	for i := range successors {
		n := &successors[i]
		if n.ID == 0 {
			n.ValidFrom = on
			c.list = append(c.list, checkArea(n)...)
			fresh = append(fresh, n)
			continue
		}
		old, err := AreaByID(tx, n.ID)
		if err != nil {
			return err
		}
		*n = old
		if !n.ValidOn(on) {
			c.add("successors", "Địa bàn mới", n.Name, span(n.ValidFrom, n.ValidTo)+", không có vào ngày "+on.VN(), "Chọn địa bàn có vào ngày đó")
		}
	}
	if err := invalid(c.list); err != nil {
		return err
	}
	return s.addAreas(tx, fresh)
}

// resettle moves the facilities that stand directly in a predecessor on the day of the change.
func (s *Service) resettle(tx *db.Tx, r Reform, successors []Area) error {
	facilities, err := db.All(tx, "select "+facilityCols+" from facility f join facility_place p on p.facility_id = f.id and p.valid_from <= $1 and (p.valid_to is null or p.valid_to > $1)"+
		" where "+tx.In("p.area_id", 2)+" order by f.id", []any{r.On, db.List(tx, r.Predecessors)}, scanFacility)
	if err != nil || len(facilities) == 0 {
		return err
	}
	if err := addCodes(tx, facilities); err != nil {
		return err
	}
	byCode := make(map[string]id.Area, len(successors))
	for _, n := range successors {
		byCode[n.Code] = n.ID
	}
	c := &checks{}
	to := make(map[id.Facility]Place, len(facilities))
	for _, f := range facilities {
		area, ok := byCode[r.Placement[f.ID]]
		switch {
		case ok:
		case r.Placement[f.ID] == "" && len(successors) == 1:
			area = successors[0].ID
		default:
			c.add("placement", "Địa bàn mới của cơ sở", f.Name, "chưa biết thuộc địa bàn mới nào", "Chọn một địa bàn mới cho cơ sở này")
		}
		agency := f.Agency
		if next, ok := r.Managers[agency]; ok {
			agency = next
		}
		to[f.ID] = Place{Area: area, Agency: agency}
	}
	if err := invalid(c.list); err != nil {
		return err
	}
	return s.move(tx, facilities, to, r.On)
}

// Handover ends an agency on a day: its facilities go to the agencies named for them, or to
// the successor when none is named (departments merged, district committees abolished).
func (s *Service) Handover(ctx context.Context, by string, predecessor, successor id.Agency, on clock.Date, named map[id.Facility]id.Agency, note string) error {
	return s.DB.Update(ctx, func(tx *db.Tx) error {
		old, err := AgencyByID(tx, predecessor)
		if err != nil {
			return err
		}
		next, err := AgencyByID(tx, successor)
		if err != nil {
			return err
		}
		c := &checks{}
		if !old.ValidOn(on.AddDays(-1)) || !next.ValidOn(on) || predecessor == successor {
			c.add("successor", "Cơ quan tiếp nhận", next.Name, "không thể tiếp nhận từ "+old.Name+" vào ngày "+on.VN(), "Kiểm tra lại ngày và hai cơ quan")
			return invalid(c.list)
		}
		facilities, err := db.All(tx, "select "+facilityCols+" from facility f join facility_place p on p.facility_id = f.id and p.valid_from <= $1 and (p.valid_to is null or p.valid_to > $1)"+
			" where p.agency_id = $2 order by f.id", []any{on, predecessor}, scanFacility)
		if err != nil {
			return err
		}
		if err := addCodes(tx, facilities); err != nil {
			return err
		}
		to := make(map[id.Facility]Place, len(facilities))
		for _, f := range facilities {
			agency, ok := named[f.ID]
			if !ok {
				agency = successor
			}
			to[f.ID] = Place{Area: f.Area, Agency: agency}
		}
		if err := s.move(tx, facilities, to, on); err != nil {
			return err
		}
		old.ValidTo = on
		if err := updateAgencies(tx, []Agency{old}); err != nil {
			return err
		}
		if err := insertAgencySuccessions(tx, []AgencySuccession{{Predecessor: predecessor, Successor: successor, On: on, Note: note}}); err != nil {
			return err
		}
		if err := consistent(tx); err != nil {
			return err
		}
		return s.record(tx, by, "agency.handover", predecessor.String(), 0, map[string]any{"successor": successor.String(), "on": on, "note": note})
	})
}
