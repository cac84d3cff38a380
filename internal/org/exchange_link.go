package org

import (
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
)

// linkKind is what kind of record took over from another.
type linkKind string

const (
	linkArea     linkKind = "area"
	linkAgency   linkKind = "agency"
	linkFacility linkKind = "facility"
)

var linkKinds = []labelled[linkKind]{{linkArea, "Địa bàn"}, {linkAgency, "Cơ quan"}, {linkFacility, "Cơ sở"}}

// link is a succession of any kind, as the table "Kế thừa" holds it.
type link struct {
	kind     linkKind
	old, new int64
	on       clock.Date
	note     string
}

func (r register) links() []link {
	var out []link
	for _, l := range r.areaLinks {
		out = append(out, link{linkArea, int64(l.Predecessor), int64(l.Successor), l.On, l.Note})
	}
	for _, l := range r.agencyLinks {
		out = append(out, link{linkAgency, int64(l.Predecessor), int64(l.Successor), l.On, l.Note})
	}
	for _, l := range r.facilityLinks {
		out = append(out, link{linkFacility, int64(l.Predecessor), int64(l.Successor), l.On, l.Note})
	}
	return out
}

// saveLinks writes new successions and corrects day and note of known ones.
func (d *draft) saveLinks(tx *db.Tx) error {
	rows := map[linkKind][][]any{}
	for _, e := range d.links.list {
		if e.changed() {
			rows[e.now.kind] = append(rows[e.now.kind], []any{e.now.old, e.now.new, e.now.on, e.now.note})
		}
	}
	for _, t := range []struct {
		kind  linkKind
		table string
	}{{linkArea, "area_succession"}, {linkAgency, "agency_succession"}, {linkFacility, "facility_succession"}} {
		_, err := tx.ExecMany("insert into "+t.table+" (predecessor_id, successor_id, on_date, note) values ($1, $2, $3, $4)"+
			" on conflict (predecessor_id, successor_id) do update set on_date = excluded.on_date, note = excluded.note", rows[t.kind])
		if err != nil {
			return err
		}
	}
	return nil
}

// find is the identifier of the record a code names; 0 when there is none.
func (d *draft) find(kind linkKind, code string) int64 {
	switch kind {
	case linkArea:
		return int64(d.area(code))
	case linkAgency:
		return int64(d.agency(code))
	case linkFacility:
		return int64(d.facility(code))
	}
	return 0
}

func (d *draft) area(code string) id.Area {
	if e := d.areas.byKey[code]; e != nil {
		return e.now.ID
	}
	return 0
}

func (d *draft) agency(code string) id.Agency {
	if e := d.agencies.byKey[code]; e != nil {
		return e.now.ID
	}
	return 0
}

func (d *draft) facility(code string) id.Facility {
	if e := d.facilities.byKey[code]; e != nil {
		return e.now.ID
	}
	return 0
}
