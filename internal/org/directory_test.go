package org_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sen-platform/sen/internal/access"
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/db/dbtest"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/org/sample"
)

// The directory says of each facility what MapAt, MethodsOf and ContactsOf say one by one, on
// both sides of the change of the map.
func TestDirectory(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ids := id.NewGenNode(now, 1)
		o := &org.Service{DB: d, IDs: ids, Clock: now}
		if err := sample.Load(t.Context(), o, &access.Service{DB: d, IDs: ids, Clock: now}); err != nil {
			t.Fatal(err)
		}
		view(t, d, func(tx *db.Tx) error {
			for _, on := range []clock.Date{"2024-05-10", "2024-12-31", "2025-06-30", "2025-07-01", "2026-09-05"} {
				if err := sameAsOneByOne(t, tx, on); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

func sameAsOneByOne(t *testing.T, tx *db.Tx, on clock.Date) error {
	t.Helper()
	m, err := org.MapAt(tx, on)
	if err != nil {
		return err
	}
	list, err := org.Directory(tx, on)
	if err != nil {
		return err
	}
	everyone, _, err := org.Facilities(tx, org.Filter{Limit: org.MaxPage})
	if err != nil {
		return err
	}
	if len(list) != len(everyone) {
		t.Fatalf("%s: %d entries of %d facilities", on, len(list), len(everyone))
	}
	all := make([]id.Facility, len(list))
	for i, e := range list {
		all[i] = e.ID
	}
	methods, err := org.MethodsOf(tx, all)
	if err != nil {
		return err
	}
	contacts, err := org.ContactsOfMany(tx, all)
	if err != nil {
		return err
	}
	placed := 0
	for i, e := range list {
		if e.ID != everyone[i].ID {
			t.Errorf("%s: entry %d is %s, want %s", on, i, e.Name, everyone[i].Name)
		}
		node := m.Of(e.ID)
		if diff := cmp.Diff(node.Path(), e.Path); diff != "" {
			t.Errorf("%s: path of %s (-map +directory):\n%s", on, e.Name, diff)
		}
		if node != nil {
			placed++
			if e.Area != node.Area.ID {
				t.Errorf("%s: %s lies in %v, want %v", on, e.Name, e.Area, node.Area.ID)
			}
		} else if e.Area != 0 || e.Agency != 0 || e.AgencyName != "" {
			t.Errorf("%s: %s was not there and lies in %v under %q", on, e.Name, e.Area, e.AgencyName)
		}
		var since [4]clock.Date
		for j, s := range methods[e.ID] {
			if s.Status == org.MethodConfigured && s.Since <= on {
				since[j] = s.Since
			}
		}
		if e.Since != since {
			t.Errorf("%s: methods of %s since %v, want %v", on, e.Name, e.Since, since)
		}
		want := org.Contact{}
		for _, c := range contacts[e.ID] {
			if c.Public {
				want = org.Contact{ID: c.ID, Facility: e.ID, Name: c.Name, Role: c.Role, Phone: c.Phone, Hours: c.Hours, Public: true}
				break
			}
		}
		if diff := cmp.Diff(want, e.Contact); diff != "" {
			t.Errorf("%s: contact of %s (-want +got):\n%s", on, e.Name, diff)
		}
		if len(e.Home) == 0 || e.Home[len(e.Home)-1] != everyone[i].Area {
			t.Errorf("%s: home of %s is %v, want to end in %v", on, e.Name, e.Home, everyone[i].Area)
		}
		_, district := e.Unit(org.District)
		if len(e.Path) > 0 && district != (on < "2025-07-01") {
			t.Errorf("%s: %s in a district: %v", on, e.Name, district)
		}
	}
	if placed == 0 {
		t.Errorf("%s: nobody is on the map", on)
	}
	one, err := org.Directory(tx, on, list[3].ID, 1)
	if err != nil {
		return err
	}
	if diff := cmp.Diff(list[3:4], one); diff != "" {
		t.Errorf("%s: one entry (-of all +alone):\n%s", on, diff)
	}
	return nil
}
