package org_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/db/dbtest"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/org"
)

// country is a province of two districts with two communes each, and a school per commune
// managed by its district, as before 1 July 2025.
type country struct {
	s         *org.Service
	province  org.Area
	districts [2]org.Area
	communes  [2][2]org.Area
	committee [2]org.Agency
	schools   [2][2]org.Facility
}

const (
	since  = clock.Date("2004-01-01")
	reform = clock.Date("2025-07-01")
)

func oldCountry(t *testing.T, d *db.DB) *country {
	t.Helper()
	c := &country{s: &org.Service{DB: d, IDs: id.NewGenNode(now, 1), Clock: now}}
	area := func(code, name string, l org.AreaLevel, up id.Area) org.Area {
		t.Helper()
		a, err := c.s.CreateArea(t.Context(), "t", org.Area{Code: code, Name: name, Level: l, Parent: up, ValidFrom: since})
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	c.province = area("98", "Tỉnh Cũ", org.Province, 0)
	for i := range 2 {
		c.districts[i] = area(fmt.Sprintf("98.%d", i), fmt.Sprintf("Huyện %d", i), org.District, c.province.ID)
		g, err := c.s.CreateAgency(t.Context(), "t", org.Agency{
			Code: fmt.Sprintf("UBND-H%d", i), Name: fmt.Sprintf("UBND huyện %d", i), Kind: org.DistrictCommittee,
			Area: c.districts[i].ID, ValidFrom: since,
		})
		if err != nil {
			t.Fatal(err)
		}
		c.committee[i] = g
		for j := range 2 {
			c.communes[i][j] = area(fmt.Sprintf("98.%d.%d", i, j), fmt.Sprintf("Xã %d%d", i, j), org.Commune, c.districts[i].ID)
			f, err := c.s.CreateFacility(t.Context(), "t", org.Facility{
				Code: fmt.Sprintf("TH-%d%d", i, j), Name: fmt.Sprintf("Trường %d%d", i, j), Sector: org.Education,
				Level: org.TieuHoc, Area: c.communes[i][j].ID, Agency: g.ID, Status: org.Active, OpenedOn: since, PartPayment: org.NoParts, CodePrefix: "HP", Collects: true,
				Codes: map[org.CodeScheme]string{org.SchemeMOETOld: fmt.Sprintf("98%d%d0001", i, j)},
			})
			if err != nil {
				t.Fatal(err)
			}
			c.schools[i][j] = f
		}
	}
	return c
}

// reform2025 merges each district's communes into one, hands the schools to commune
// committees and abolishes the districts, in the order the service demands.
func (c *country) reform2025(t *testing.T) (communes [2]org.Area) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for i := range 2 {
		got, err := c.s.Succeed(t.Context(), "t", org.Reform{
			On: reform, Note: "Nghị quyết mẫu",
			Predecessors: []id.Area{c.communes[i][0].ID, c.communes[i][1].ID},
			Successors:   []org.Area{{Code: fmt.Sprintf("98.N%d", i), Name: fmt.Sprintf("Xã Mới %d", i), Level: org.Commune, Parent: c.province.ID}},
		})
		must(err)
		communes[i] = got[0]
		g, err := c.s.CreateAgency(t.Context(), "t", org.Agency{
			Code: fmt.Sprintf("UBND-X%d", i), Name: fmt.Sprintf("UBND xã Mới %d", i), Kind: org.CommuneCommittee,
			Area: got[0].ID, ValidFrom: reform,
		})
		must(err)
		must(c.s.Handover(t.Context(), "t", c.committee[i].ID, g.ID, reform, nil, ""))
		_, err = c.s.Succeed(t.Context(), "t", org.Reform{On: reform, Predecessors: []id.Area{c.districts[i].ID}, Successors: []org.Area{{ID: c.province.ID}}})
		must(err)
	}
	return communes
}

// outline is the map as nested names.
func outline(n *org.Node, indent string) string {
	s := indent + n.Area.Name
	for _, f := range n.Facilities {
		s += " · " + f.Name
	}
	s += "\n"
	for _, c := range n.Children {
		s += outline(c, indent+" ")
	}
	return s
}

func TestReportOn2024ShowsDistrictsOneOn2026DoesNot(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := oldCountry(t, d)
		communes := c.reform2025(t)
		const before = "Tỉnh Cũ\n Huyện 0\n  Xã 00 · Trường 00\n  Xã 01 · Trường 01\n Huyện 1\n  Xã 10 · Trường 10\n  Xã 11 · Trường 11\n"
		const after = "Tỉnh Cũ\n Xã Mới 0 · Trường 00 · Trường 01\n Xã Mới 1 · Trường 10 · Trường 11\n"
		view(t, d, func(tx *db.Tx) error {
			for on, want := range map[clock.Date]string{"2024-12-31": before, "2025-06-30": before, "2025-07-01": after, "2026-09-05": after} {
				m, err := org.MapAt(tx, on)
				if err != nil {
					return err
				}
				if diff := cmp.Diff(want, outline(m.Roots[0], "")); diff != "" || len(m.Roots) != 1 || len(m.Unplaced) != 0 {
					t.Errorf("map of %s, %d unplaced, -want +got:\n%s", on, len(m.Unplaced), diff)
				}
				if m.Has(org.District) != (on < reform) {
					t.Errorf("map of %s: districts = %v", on, m.Has(org.District))
				}
				if n := len(m.Roots[0].All()); n != 4 {
					t.Errorf("map of %s holds %d facilities, want 4", on, n)
				}
			}
			m, err := org.MapAt(tx, "2024-12-31")
			if err != nil {
				return err
			}
			path := m.Of(c.schools[1][0].ID).Path()
			if len(path) != 3 || path[1].ID != c.districts[1].ID {
				t.Errorf("path of a school in 2024: %+v", path)
			}
			// Lists follow the same map.
			for _, tc := range []struct {
				filter org.Filter
				want   int64
			}{
				{org.Filter{Area: c.districts[0].ID, AsOf: "2024-12-31"}, 2},
				{org.Filter{Area: c.districts[0].ID, AsOf: "2026-01-01"}, 0},
				{org.Filter{Area: communes[0].ID, AsOf: "2026-01-01"}, 2},
				{org.Filter{Area: communes[0].ID}, 2},
				{org.Filter{Area: communes[0].ID, AsOf: "2024-12-31"}, 0},
				{org.Filter{Agency: c.committee[0].ID, AsOf: "2024-12-31"}, 2},
				{org.Filter{Agency: c.committee[0].ID, AsOf: "2026-01-01"}, 0},
				{org.Filter{Area: c.province.ID, AsOf: "2024-12-31"}, 4},
			} {
				n, err := org.CountFacilities(tx, tc.filter)
				if err != nil {
					return err
				}
				if n != tc.want {
					t.Errorf("%+v: %d facilities, want %d", tc.filter, n, tc.want)
				}
			}
			f, err := org.FacilityByID(tx, c.schools[0][0].ID)
			if err != nil || f.Codes[org.SchemeMOETOld] == "" || f.Area != communes[0].ID {
				t.Errorf("the school after the reform: %+v %v", f, err)
			}
			next, err := org.SuccessorsOf(tx, c.communes[0][1].ID)
			if err != nil || len(next) != 1 || next[0].Successor != communes[0].ID || next[0].On != reform || next[0].Note != "Nghị quyết mẫu" {
				t.Errorf("successors: %+v %v", next, err)
			}
			prev, err := org.PredecessorsOf(tx, communes[0].ID)
			if err != nil || len(prev) != 2 {
				t.Errorf("predecessors: %+v %v", prev, err)
			}
			return nil
		})
	})
}

func TestSucceedRefuses(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := oldCountry(t, d)
		fresh := func(code string) org.Area {
			return org.Area{Code: code, Name: "Xã " + code, Level: org.Commune, Parent: c.province.ID}
		}
		both := []id.Area{c.communes[0][0].ID, c.communes[0][1].ID}
		for name, tc := range map[string]struct {
			r     org.Reform
			field string
		}{
			"nothing":                       {org.Reform{On: reform}, "predecessors"},
			"no successor":                  {org.Reform{On: reform, Predecessors: both}, "successors"},
			"no day":                        {org.Reform{Predecessors: both, Successors: []org.Area{fresh("A")}}, "on"},
			"before it existed":             {org.Reform{On: "2003-01-01", Predecessors: both, Successors: []org.Area{{ID: c.province.ID}}}, "successors"},
			"code of an old unit":           {org.Reform{On: reform, Predecessors: both, Successors: []org.Area{fresh("98.0.0")}}, "code"},
			"district before its communes":  {org.Reform{On: reform, Predecessors: []id.Area{c.districts[0].ID}, Successors: []org.Area{{ID: c.province.ID}}}, "parent"},
			"split without placement":       {org.Reform{On: reform, Predecessors: both, Successors: []org.Area{fresh("A"), fresh("B")}}, "placement"},
			"placement in no successor":     {org.Reform{On: reform, Predecessors: both, Successors: []org.Area{fresh("A")}, Placement: map[id.Facility]string{c.schools[0][0].ID: "Z"}}, "placement"},
			"successor under a commune":     {org.Reform{On: reform, Predecessors: both, Successors: []org.Area{{Code: "A", Name: "A", Level: org.Commune, Parent: c.communes[1][0].ID}}}, "parent"},
			"successor in an ended commune": {org.Reform{On: reform, Predecessors: both[:1], Successors: []org.Area{{ID: both[0]}}}, "area"},
		} {
			_, err := c.s.Succeed(t.Context(), "t", tc.r)
			if list := problems(t, err); !hasField(list, tc.field) {
				t.Errorf("%s: problems %v, want one with %s", name, list, tc.field)
			}
		}
		view(t, d, func(tx *db.Tx) error {
			m, err := org.MapAt(tx, "2026-01-01")
			if err != nil || !m.Has(org.District) || len(m.Roots[0].All()) != 4 {
				t.Errorf("a refused reform changed the map: %v", err)
			}
			return nil
		})
	})
}

func TestSplitPlacesFacilities(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := oldCountry(t, d)
		got, err := c.s.Succeed(t.Context(), "t", org.Reform{
			On:           reform,
			Predecessors: []id.Area{c.communes[0][0].ID, c.communes[0][1].ID},
			Successors: []org.Area{
				{Code: "A", Name: "Xã A", Level: org.Commune, Parent: c.districts[0].ID},
				{Code: "B", Name: "Xã B", Level: org.Commune, Parent: c.districts[0].ID},
			},
			Placement: map[id.Facility]string{c.schools[0][0].ID: "B", c.schools[0][1].ID: "A"},
		})
		if err != nil {
			t.Fatal(err)
		}
		view(t, d, func(tx *db.Tx) error {
			for f, want := range map[id.Facility]id.Area{c.schools[0][0].ID: got[1].ID, c.schools[0][1].ID: got[0].ID} {
				if p, err := org.PlaceAt(tx, f, reform); err != nil || p.Area != want || p.Agency != c.committee[0].ID {
					t.Errorf("place after the split: %+v %v", p, err)
				}
			}
			return nil
		})
	})
}

func TestMoveCloseMerge(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		c := oldCountry(t, d)
		a, b := c.schools[0][0], c.schools[0][1]
		if err := c.s.MoveFacility(ctx, "t", a.ID, c.communes[0][1].ID, c.committee[0].ID, "2020-01-01"); err != nil {
			t.Fatal(err)
		}
		if err := c.s.MergeFacilities(ctx, "t", []id.Facility{a.ID}, b.ID, "2023-08-01", "Quyết định mẫu"); err != nil {
			t.Fatal(err)
		}
		view(t, d, func(tx *db.Tx) error {
			places, err := org.PlacesOf(tx, a.ID)
			want := []org.Place{
				{Facility: a.ID, Area: c.communes[0][0].ID, Agency: c.committee[0].ID, ValidFrom: since, ValidTo: "2020-01-01"},
				{Facility: a.ID, Area: c.communes[0][1].ID, Agency: c.committee[0].ID, ValidFrom: "2020-01-01", ValidTo: "2023-08-01"},
			}
			if diff := cmp.Diff(want, places); err != nil || diff != "" {
				t.Errorf("places: %v\n%s", err, diff)
			}
			f, err := org.FacilityByID(tx, a.ID)
			if err != nil || f.Status != org.Closed || f.ClosedOn != "2023-08-01" || f.CanBill("2023-08-01") == nil || f.Codes[org.SchemeMOETOld] == "" {
				t.Errorf("merged school: %+v %v", f, err)
			}
			links, err := org.FacilitySuccessions(tx)
			if err != nil || len(links) != 1 || links[0].Successor != b.ID {
				t.Errorf("links: %+v %v", links, err)
			}
			return nil
		})
		if list := problems(t, c.s.CloseFacility(ctx, "t", a.ID, "2024-01-01", "")); !hasField(list, "status") {
			t.Errorf("closed twice: %v", list)
		}
		if list := problems(t, c.s.MergeFacilities(ctx, "t", []id.Facility{b.ID}, b.ID, "2024-01-01", "")); !hasField(list, "successor") {
			t.Errorf("merged into itself: %v", list)
		}
		if list := problems(t, c.s.MergeFacilities(ctx, "t", []id.Facility{b.ID}, a.ID, "2024-01-01", "")); !hasField(list, "successor") {
			t.Errorf("merged into a closed one: %v", list)
		}
		if list := problems(t, c.s.MoveFacility(ctx, "t", b.ID, c.communes[0][0].ID, c.committee[0].ID, "1999-01-01")); !hasField(list, "area") {
			t.Errorf("moved before the map began: %v", list)
		}
		f := b
		f.Status = org.Closed
		_, err := c.s.UpdateFacility(ctx, "t", f)
		if list := problems(t, err); !hasField(list, "status") {
			t.Errorf("closed by an update: %v", list)
		}
	})
}

// Whatever sequence of mergers is tried, accepted or refused, the map of every day stays a
// tree in which each existing facility stands exactly once, and the past never changes.
func TestMapStaysATreeUnderAnyReform(t *testing.T) {
	d := dbtest.SQLite(t)
	c := oldCountry(t, d)
	undo := errors.New("undo")
	rapid.Check(t, func(rt *rapid.T) {
		err := d.Update(t.Context(), func(tx *db.Tx) error {
			anyReforms(t, rt, tx, c)
			return undo
		})
		if !errors.Is(err, undo) {
			rt.Fatal(err)
		}
	})
}

func anyReforms(t *testing.T, rt *rapid.T, tx *db.Tx, c *country) {
	must := func(err error) {
		if err != nil {
			rt.Fatal(err)
		}
	}
	past := map[clock.Date]string{}
	unchanged := func() {
		for day, was := range past {
			if got := drawn(t, tx, day); got != was {
				rt.Fatalf("the map of %s changed:\n%s\nwas:\n%s", day, got, was)
			}
		}
	}
	for step, on := range []clock.Date{"2010-01-01", "2015-01-01", "2020-01-01", "2025-07-01", "2026-01-01"} {
		past[on.AddDays(-1)] = drawn(t, tx, on.AddDays(-1))
		units, err := org.Areas(tx, on)
		must(err)
		r := org.Reform{On: on}
		for _, i := range rapid.SliceOfNDistinct(rapid.IntRange(0, len(units)-1), 1, 3, rapid.ID[int]).Draw(rt, "units") {
			r.Predecessors = append(r.Predecessors, units[i].ID)
		}
		parent := units[rapid.IntRange(0, len(units)-1).Draw(rt, "parent")]
		level := rapid.SampledFrom([]org.AreaLevel{org.District, org.Commune, org.Commune}).Draw(rt, "level")
		r.Successors = []org.Area{{Code: fmt.Sprintf("N%d", step), Name: fmt.Sprintf("Mới %d", step), Level: level, Parent: parent.ID}}
		if rapid.Bool().Draw(rt, "existing") {
			r.Successors = []org.Area{{ID: parent.ID}}
		}
		_, err = tx.Exec("savepoint step")
		must(err)
		if err := c.s.SucceedIn(tx, r); err != nil {
			problems(t, err) // refused with a reason, never by a broken constraint
			_, err := tx.Exec("rollback to savepoint step")
			must(err)
		}
		unchanged()
	}
	all, err := org.Areas(tx, "")
	must(err)
	if bad := org.CheckTree(all); len(bad) > 0 {
		rt.Fatalf("no tree: %v", bad)
	}
	m, err := org.MapAt(tx, "2026-06-01")
	must(err)
	n := 0
	for _, r := range m.Roots {
		if r.Area.Level != org.Province {
			rt.Fatalf("%s hangs under nothing", r.Area.Name)
		}
		n += len(r.All())
	}
	if n != 4 || len(m.Unplaced) != 0 {
		rt.Fatalf("%d facilities on the map and %d beside it, want 4 and 0", n, len(m.Unplaced))
	}
}

func drawn(t *testing.T, tx *db.Tx, on clock.Date) string {
	t.Helper()
	m, err := org.MapAt(tx, on)
	if err != nil {
		t.Fatal(err)
	}
	var s string
	for _, r := range m.Roots {
		s += outline(r, "")
	}
	return s
}
