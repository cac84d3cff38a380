package steer

import (
	"cmp"
	"slices"

	"github.com/sen-platform/sen/internal/access"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/indicator"
	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/vn"
	"github.com/sen-platform/sen/internal/web/session"
)

// row is one facility with its figures.
type row struct {
	org.Entry
	indicator.Standing
	class indicator.Class
}

// path is the facility's own page.
func (r row) path(v view) string { return v.href("/steer/facilities/" + r.ID.String()) }

// province is the facilities that a view chooses and the reader may see.
type province struct {
	view
	who  access.Subject
	rows []row
	// visible are all facilities the view chooses, also those that have nothing to show.
	visible []id.Facility
	// everyone says that these are all facilities there are, so that a query needs no list.
	everyone bool
	// areas and agencies are those of all facilities the reader may see, for lists to choose from.
	areas    []org.Area
	agencies []agency
}

type agency struct {
	ID   id.Agency
	Name string
}

// readProvince reads the directory and the standings: two queries. A facility that was not on
// the map and has no figure of the period is left out.
func readProvince(c *call) (*province, error) {
	p, err := readDirectory(c)
	if err != nil || len(p.visible) == 0 {
		return p, err
	}
	standings, err := indicator.Standings(c.tx, p.filter())
	if err != nil {
		return nil, err
	}
	of := make(map[id.Facility]indicator.Standing, len(standings))
	for _, s := range standings {
		of[s.Facility] = s
	}
	kept := p.rows[:0]
	for _, r := range p.rows {
		r.Standing = of[r.ID]
		r.Standing.Facility = r.ID
		r.class = indicator.ClassOf(r.Entry.Facility, r.Standing)
		some := r.class == indicator.Measured || r.Open() != (indicator.Sum{}) || r.Period.Issued.N+r.Period.Cancelled.N > 0
		if some || len(r.Path) > 0 && p.fee == 0 { // a list about one fee kind needs only those that charge it
			kept = append(kept, r)
		}
	}
	p.rows = kept
	return p, nil
}

// readDirectory is readProvince without figures: one query.
func readDirectory(c *call) (*province, error) {
	p := &province{view: c.view, who: c.who}
	on := session.Own(c.who)
	if c.view.sector != "" {
		on.Sector = c.view.sector
	}
	if !access.Can(c.who, access.ViewFigures, on) {
		return nil, errForbidden
	}
	entries, err := org.Directory(c.tx, c.view.on())
	if err != nil {
		return nil, err
	}
	areas, agencies := map[id.Area]org.Area{}, map[id.Agency]string{}
	for _, e := range entries {
		if !access.Can(c.who, access.ViewFigures, target(e)) {
			continue
		}
		for _, a := range e.Path {
			areas[a.ID] = a
		}
		if e.Agency != 0 {
			agencies[e.Agency] = e.AgencyName
		}
		if !c.view.wants(e) {
			continue
		}
		p.visible = append(p.visible, e.ID)
		p.rows = append(p.rows, row{Entry: e})
	}
	p.everyone = len(p.visible) == len(entries)
	p.areas, p.agencies = inOrder(areas), byName(agencies)
	return p, nil
}

// target is a facility as the object of a permission: where it lies today, whatever day the
// page's map is of.
func target(e org.Entry) access.Target {
	return access.Target{Facility: e.ID, Sector: e.Sector, Areas: e.Home}
}

// filter is the cells of the province in the view's period. It must not be used when nothing
// is visible: an empty list means all.
func (p *province) filter() indicator.Filter {
	f := indicator.Filter{From: p.from(), To: p.to(), FeeKind: p.fee}
	if !p.everyone {
		f.Facilities = p.visible
	}
	return f
}

// total adds the standings of rows.
func total(rows []row) indicator.Standing {
	var s indicator.Standing
	for _, r := range rows {
		s = s.Add(r.Standing)
	}
	return s
}

// census counts rows for the shares of facilities.
func census(rows []row) indicator.Census {
	var c indicator.Census
	for _, r := range rows {
		c.Count(r.Entry, r.Standing)
	}
	return c
}

// fixedSector is the only sector the reader may see, or "" for both.
func fixedSector(who access.Subject) org.Sector {
	if who.Sector == org.Both {
		return ""
	}
	return who.Sector
}

// scope names whose figures a page shows: "Toàn tỉnh", "Ngành Giáo dục", "Xã Cát Vàng".
func (p *province) scope() string {
	name := "Toàn tỉnh"
	if p.who.Area != 0 {
		name = "Địa bàn của bạn"
		for _, a := range p.areas {
			if a.ID == p.who.Area {
				name = a.Name
			}
		}
	}
	sector := p.sector
	if fixed := fixedSector(p.who); fixed != "" {
		sector = fixed
	}
	if sector != "" {
		if p.who.Area == 0 {
			name = "Ngành " + sector.Label()
		} else {
			name += ", ngành " + sector.Label()
		}
	}
	if p.level != "" {
		name += ", loại " + p.level.Label()
	}
	for _, a := range p.areas {
		if a.ID == p.area {
			name += ", " + a.Name
		}
	}
	for _, g := range p.agencies {
		if g.ID == p.agency {
			name += ", " + g.Name + " quản lý"
		}
	}
	if p.search != "" {
		name += ", tìm “" + p.search + "”"
	}
	return name
}

// entryOf reads one facility for a page about it: one query. Errors: db.ErrNotFound when there
// is none, errForbidden when it is not the reader's.
func entryOf(c *call, facility id.Facility) (org.Entry, error) {
	list, err := org.Directory(c.tx, c.view.on(), facility)
	if err != nil {
		return org.Entry{}, err
	}
	if len(list) == 0 {
		return org.Entry{}, db.ErrNotFound
	}
	if !access.Can(c.who, access.ViewFigures, target(list[0])) {
		return org.Entry{}, errForbidden
	}
	return list[0], nil
}

func inOrder(areas map[id.Area]org.Area) []org.Area {
	out := make([]org.Area, 0, len(areas))
	for _, a := range areas {
		out = append(out, a)
	}
	return sorted(out, func(a org.Area) string { return tiers[a.Level] + a.Name })
}

func byName(agencies map[id.Agency]string) []agency {
	out := make([]agency, 0, len(agencies))
	for g, name := range agencies {
		out = append(out, agency{g, name})
	}
	return sorted(out, func(g agency) string { return g.Name })
}

// tiers puts provinces before districts and those before communes when joined with a name.
var tiers = map[org.AreaLevel]string{org.Province: "1 ", org.District: "2 ", org.Commune: "3 "}

// sorted orders a list by Vietnamese text.
func sorted[T any](list []T, text func(T) string) []T {
	keys := make(map[string]string, len(list))
	for _, v := range list {
		keys[text(v)] = vn.Key(text(v))
	}
	slices.SortFunc(list, func(a, b T) int { return cmp.Compare(keys[text(a)], keys[text(b)]) })
	return list
}
