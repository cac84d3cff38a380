package org

import (
	"strings"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
)

// Entry is one facility in a Directory: what reports over many facilities ask about it, so
// that they need neither a query per facility nor one per kind of record.
type Entry struct {
	// Facility stands as on the day: Area and Agency are zero when it was not on the map then.
	// Codes are not read.
	Facility
	// Path is where it lay on the day, from the province down; empty when it was not on the map.
	Path []Area
	// Home are the units it lies in at present (its last ones when it is closed): what an
	// officer of one area may see goes by today's map, whatever day a report stands on.
	Home []id.Area
	// AgencyName is who managed it on the day; empty for nobody in the province.
	AgencyName string
	// Since tells from when each of the four methods is declared to be set up, in the order of
	// Methods; empty for one that is not, or was not yet on the day (T8).
	Since [4]clock.Date
	// Contact is the first of its public contacts (P8); zero when it has none.
	Contact Contact
	// Text is what a search looks through, folded.
	Text string
}

// Ready is how many of the four methods the facility declares to be set up (T8).
func (e Entry) Ready() int {
	n := 0
	for _, since := range e.Since {
		if since != "" {
			n++
		}
	}
	return n
}

// Unit is the unit of a tier in which the facility lay on the day; false when there is none.
func (e Entry) Unit(tier AreaLevel) (Area, bool) {
	for _, a := range e.Path {
		if a.Level == tier {
			return a, true
		}
	}
	return Area{}, false
}

// areaColsOf selects an area that may be missing.
func areaColsOf(alias string) string {
	return strings.NewReplacer("a.", alias+".").Replace(
		"coalesce(a.id, 0), coalesce(a.code, ''), coalesce(a.name, ''), coalesce(a.level, ''), coalesce(a.parent_id, 0), coalesce(a.valid_from, ''), coalesce(a.valid_to, '')")
}

var directorySQL = "select " + strings.Replace(facilityCols, "p.area_id", "coalesce(p.area_id, 0)", 1) + ", f.search, " +
	areaColsOf("u") + ", " + areaColsOf("v") + ", " + areaColsOf("w") + `, f.area_id, coalesce(h.parent_id, 0), coalesce(k.parent_id, 0), coalesce(g.name, ''),
	coalesce(m1.since, ''), coalesce(m2.since, ''), coalesce(m3.since, ''), coalesce(m4.since, ''),
	coalesce(c.id, 0), coalesce(c.name, ''), coalesce(c.role, ''), coalesce(c.phone, ''), coalesce(c.hours, '')
	from facility f
	left join facility_place p on p.facility_id = f.id and p.valid_from <= $1 and (p.valid_to is null or p.valid_to > $1)
	left join area u on u.id = p.area_id
	left join area v on v.id = u.parent_id
	left join area w on w.id = v.parent_id
	left join area h on h.id = f.area_id
	left join area k on k.id = h.parent_id
	left join agency g on g.id = p.agency_id
	left join facility_method m1 on m1.facility_id = f.id and m1.method = 'qr' and m1.status = 'configured' and m1.since <= $1
	left join facility_method m2 on m2.facility_id = f.id and m2.method = 'website' and m2.status = 'configured' and m2.since <= $1
	left join facility_method m3 on m3.facility_id = f.id and m3.method = 'mobile_money' and m3.status = 'configured' and m3.since <= $1
	left join facility_method m4 on m4.facility_id = f.id and m4.method = 'card' and m4.status = 'configured' and m4.since <= $1
	left join contact c on c.id = (select x.id from contact x where x.facility_id = f.id and x.public order by x.position, x.id limit 1)`

// Directory lists every facility of any time, in Vietnamese order of the names, as it stood on
// the day: one query, whatever their number. With only, it lists those; unknown ones are absent.
func Directory(tx *db.Tx, on clock.Date, only ...id.Facility) ([]Entry, error) {
	sql, args := directorySQL, []any{on}
	if len(only) > 0 {
		sql, args = sql+" where "+tx.In("f.id", 2), append(args, db.List(tx, only))
	}
	return db.All(tx, sql+" order by f.sort_key, f.id", args, scanEntry)
}

func scanEntry(r db.Rows, e *Entry) error {
	var path [3]Area
	var home [3]id.Area
	more := []any{&e.Text}
	for i := range path {
		a := &path[i]
		more = append(more, &a.ID, &a.Code, &a.Name, &a.Level, &a.Parent, &a.ValidFrom, &a.ValidTo)
	}
	c := &e.Contact
	more = append(more, &home[0], &home[1], &home[2], &e.AgencyName, &e.Since[0], &e.Since[1], &e.Since[2], &e.Since[3],
		&c.ID, &c.Name, &c.Role, &c.Phone, &c.Hours)
	if err := scanFacility(longer{r, more}, &e.Facility); err != nil {
		return err
	}
	for i := len(path) - 1; i >= 0; i-- { // the query climbs, a path descends
		if path[i].ID != 0 {
			e.Path = append(e.Path, path[i])
		}
		if home[i] != 0 {
			e.Home = append(e.Home, home[i])
		}
	}
	if c.ID != 0 {
		c.Facility, c.Public = e.ID, true
	}
	return nil
}

// longer scans columns that follow those the scan function asks for.
type longer struct {
	db.Rows
	more []any
}

// Scan reads what is asked for and then the rest.
func (l longer) Scan(dest ...any) error { return l.Rows.Scan(append(dest, l.more...)...) }
