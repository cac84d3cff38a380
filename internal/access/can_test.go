package access

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/org"
)

const (
	ownFacility   = id.Facility(1)
	otherFacility = id.Facility(2)
	communeA      = id.Area(11)
	communeB      = id.Area(12)
	provinceArea  = id.Area(10)
)

// subjects is one subject per role. The officer is the education department's.
func subjects() map[Role]Subject {
	return map[Role]Subject{
		FacilityAccountant: {Role: FacilityAccountant, User: 1, Facility: ownFacility},
		FacilityCashier:    {Role: FacilityCashier, User: 2, Facility: ownFacility},
		FacilityManager:    {Role: FacilityManager, User: 3, Facility: ownFacility},
		DepartmentOfficer:  {Role: DepartmentOfficer, User: 4, Sector: org.Education},
		ProvinceAdmin:      {Role: ProvinceAdmin, User: 5},
		System:             SystemSubject(),
		FacilityKey:        {Role: FacilityKey, Key: 6, Facility: ownFacility, Scopes: Actions()},
		ProvinceKey:        {Role: ProvinceKey, Key: 7, Scopes: Actions()},
	}
}

var targets = []struct {
	name string
	Target
}{
	{"own", Target{Facility: ownFacility, Sector: org.Education, Areas: []id.Area{provinceArea, communeA}}},
	{"other", Target{Facility: otherFacility, Sector: org.Education, Areas: []id.Area{provinceArea, communeB}}},
	{"other sector", Target{Facility: 3, Sector: org.Health, Areas: []id.Area{provinceArea, communeA}}},
	{"sector total", Target{Sector: org.Education}},
	{"province total", Target{}},
}

// Every cell role × action × target, against a table a person has read and agreed to.
// Regenerate with UPDATE=1 and read the difference.
func TestCanTable(t *testing.T) {
	var b strings.Builder
	for _, target := range targets {
		fmt.Fprintf(&b, "## %s\n", target.name)
		for _, r := range Roles() {
			var may []string
			for _, a := range Actions() {
				if Can(subjects()[r], a, target.Target) {
					may = append(may, string(a))
				}
			}
			fmt.Fprintf(&b, "%s: %s\n", r, strings.Join(may, " "))
		}
	}
	path := filepath.Join("testdata", "can.txt")
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("-agreed +now:\n%s", diff)
	}
}

// withNames are the actions that show names of pupils, patients or payers.
var withNames = []Action{ViewBills, EditBills, PublishBills, CancelBills, ViewCredits, ImportStatement, AssignCredits, ReturnCredits, TakeCash, ViewReceipts, ReverseReceipts, ViewEvents}

func TestTheTwoRules(t *testing.T) {
	for _, r := range Roles() {
		s := subjects()[r]
		for _, a := range Actions() {
			for _, on := range targets {
				may := Can(s, a, on.Target)
				if r.OfFacility() && on.Facility != ownFacility && may {
					t.Errorf("%s of one facility may %s on %s", r, a, on.name)
				}
				if !r.OfFacility() && r != System && slices.Contains(withNames, a) && may {
					t.Errorf("%s may %s, which shows names", r, a)
				}
			}
		}
		if got, want := SeesNames(s, targets[0].Target), r.OfFacility() || r == System; got != want {
			t.Errorf("%s sees names: %v, want %v", r, got, want)
		}
	}
}

func TestOfficerOfOneArea(t *testing.T) {
	s := Subject{Role: DepartmentOfficer, User: 1, Area: communeA}
	for _, tc := range []struct {
		on   Target
		want bool
	}{
		{Target{Facility: 1, Sector: org.Education, Areas: []id.Area{provinceArea, communeA}}, true},
		{Target{Facility: 1, Sector: org.Health, Areas: []id.Area{provinceArea, communeA}}, true},
		{Target{Areas: []id.Area{provinceArea, communeA}}, true},
		{Target{Facility: 1, Sector: org.Education, Areas: []id.Area{provinceArea, communeB}}, false},
		{Target{Facility: 1, Sector: org.Education}, false},
		{Target{}, false},
	} {
		if got := Can(s, ViewFigures, tc.on); got != tc.want {
			t.Errorf("commune officer on %+v: %v, want %v", tc.on, got, tc.want)
		}
	}
	f := org.Facility{ID: 9, Sector: org.Health}
	if !Can(s, ViewFigures, OnFacility(f, org.Area{ID: provinceArea}, org.Area{ID: communeA})) {
		t.Error("OnFacility loses the path")
	}
}

func TestKeysNeedTheirScope(t *testing.T) {
	on := targets[0].Target
	s := Subject{Role: FacilityKey, Key: 1, Facility: ownFacility, Scopes: []Action{ViewBills}}
	if !Can(s, ViewBills, on) || Can(s, EditBills, on) || Can(s, ViewFacility, on) {
		t.Error("a key acts outside its scopes, or not inside")
	}
	s.Scopes = Actions() // a key cannot be scoped beyond the table
	if Can(s, ManageUsers, on) || Can(s, AssignCredits, on) {
		t.Error("scopes widen what the table grants")
	}
	for _, a := range Scopes(ProvinceKey) {
		if slices.Contains(withNames, a) {
			t.Errorf("a province key can be scoped to %s", a)
		}
	}
	if len(Scopes(FacilityKey)) == 0 || len(Scopes(ProvinceKey)) == 0 {
		t.Error("no scopes to choose from")
	}
}

// No subject whatever that is bound to a facility reaches another one, and the empty
// subject reaches nothing.
func TestCanNeverLeaks(t *testing.T) {
	if got := Actions(); len(got) != len(table) {
		t.Fatalf("%d actions, %d rows", len(got), len(table))
	}
	roles := append(Roles(), "", "guest")
	rapid.Check(t, func(t *rapid.T) {
		s := Subject{
			Role: rapid.SampledFrom(roles).Draw(t, "role"), Facility: id.Facility(rapid.Int64Range(0, 3).Draw(t, "facility")),
			Sector: rapid.SampledFrom([]org.Sector{"", org.Education, org.Health}).Draw(t, "sector"), Area: id.Area(rapid.Int64Range(0, 3).Draw(t, "area")),
			Key: KeyID(rapid.Int64Range(0, 1).Draw(t, "key")),
		}
		on := Target{
			Facility: id.Facility(rapid.Int64Range(0, 3).Draw(t, "on")), Sector: rapid.SampledFrom([]org.Sector{"", org.Education, org.Health}).Draw(t, "on sector"),
			Areas: []id.Area{id.Area(rapid.Int64Range(1, 3).Draw(t, "on area"))},
		}
		a := rapid.SampledFrom(append(Actions(), "unknown.action")).Draw(t, "action")
		may := Can(s, a, on)
		switch {
		case !may:
		case a == "unknown.action" || s.Role == "" || s.Role == "guest":
			t.Fatalf("%+v may %s", s, a)
		case s.Role.OfFacility() && (s.Facility == 0 || s.Facility != on.Facility):
			t.Fatalf("%+v may %s on facility %d", s, a, on.Facility)
		case s.Role == DepartmentOfficer && s.Sector != "" && s.Sector != on.Sector:
			t.Fatalf("%+v may %s on sector %q", s, a, on.Sector)
		case s.Key != 0:
			t.Fatalf("a key without scopes may %s", a)
		}
	})
}

func TestRolesHaveNames(t *testing.T) {
	for _, r := range Roles() {
		if r.Label() == string(r) || r.Label() == "" {
			t.Errorf("%s has no Vietnamese name", r)
		}
	}
}
