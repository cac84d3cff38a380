package org

import (
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
)

// Map is the administrative map of one day with every facility in its place: province,
// district, commune before 1 July 2025, province and commune from then on. Reports on a
// past day stand on the map of that day.
type Map struct {
	On    clock.Date
	Roots []*Node
	// Unplaced are facilities that existed on the day but whose place then is not known.
	Unplaced []Facility

	nodes map[id.Area]*Node
	at    map[id.Facility]*Node
}

// Node is one unit of a Map.
type Node struct {
	Area     Area
	Parent   *Node // nil for a root
	Children []*Node
	// Facilities stand directly in the unit, in Vietnamese order of their names.
	Facilities []Facility
}

// MapAt reads the map of a day in four queries, whatever its size.
func MapAt(tx *db.Tx, on clock.Date) (*Map, error) {
	areas, err := Areas(tx, on)
	if err != nil {
		return nil, err
	}
	placed, err := db.All(tx, "select "+facilityCols+" from facility f join facility_place p on p.facility_id = f.id and p.valid_from <= $1 and (p.valid_to is null or p.valid_to > $1)"+
		" order by f.sort_key, f.id", []any{on}, scanFacility)
	if err != nil {
		return nil, err
	}
	unplaced, err := db.All(tx, facilityNow+" where f.opened_on <= $1 and (f.closed_on is null or f.closed_on > $1) and not exists"+
		" (select 1 from facility_place q where q.facility_id = f.id and q.valid_from <= $1 and (q.valid_to is null or q.valid_to > $1)) order by f.sort_key, f.id",
		[]any{on}, scanFacility)
	if err != nil {
		return nil, err
	}
	all := append(placed, unplaced...)
	if err := addCodes(tx, all); err != nil {
		return nil, err
	}
	m := newMap(on, areas, all[:len(placed)])
	m.Unplaced = append(m.Unplaced, all[len(placed):]...)
	return m, nil
}

// newMap builds the tree. Areas come parents first, as Areas lists them.
func newMap(on clock.Date, areas []Area, facilities []Facility) *Map {
	m := &Map{On: on, nodes: make(map[id.Area]*Node, len(areas)), at: make(map[id.Facility]*Node, len(facilities))}
	for _, a := range areas {
		n := &Node{Area: a, Parent: m.nodes[a.Parent]}
		m.nodes[a.ID] = n
		if n.Parent == nil {
			m.Roots = append(m.Roots, n)
		} else {
			n.Parent.Children = append(n.Parent.Children, n)
		}
	}
	for _, f := range facilities {
		n := m.nodes[f.Area]
		if n == nil {
			m.Unplaced = append(m.Unplaced, f)
			continue
		}
		n.Facilities = append(n.Facilities, f)
		m.at[f.ID] = n
	}
	return m
}

// Node is a unit of the map; nil when it did not exist on the day.
func (m *Map) Node(area id.Area) *Node { return m.nodes[area] }

// Of is the unit a facility stood in; nil when it was not on the map.
func (m *Map) Of(facility id.Facility) *Node { return m.at[facility] }

// Has reports whether the map has units of a tier: districts until 30 June 2025.
func (m *Map) Has(l AreaLevel) bool {
	for _, n := range m.nodes {
		if n.Area.Level == l {
			return true
		}
	}
	return false
}

// Path lists the units from the root down to n itself.
func (n *Node) Path() []Area {
	if n == nil {
		return nil
	}
	return append(n.Parent.Path(), n.Area)
}

// All lists the facilities of the unit and of all units below it.
func (n *Node) All() []Facility {
	out := append([]Facility(nil), n.Facilities...)
	for _, c := range n.Children {
		out = append(out, c.All()...)
	}
	return out
}
