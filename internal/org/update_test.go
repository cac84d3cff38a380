package org_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/db/dbtest"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/vnd"
)

func TestUpdateOfTheMap(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		c := oldCountry(t, d)
		a := c.communes[0][0]
		a.Name, a.Code = "Xã  Tên Mới", "OTHER"
		a, err := c.s.UpdateArea(ctx, "t", a)
		if err != nil || a.Name != "Xã Tên Mới" || a.Code != c.communes[0][0].Code {
			t.Fatalf("%+v %v", a, err)
		}
		a.ValidFrom = "2010-01-01" // after its school opened there
		_, err = c.s.UpdateArea(ctx, "t", a)
		if list := problems(t, err); !hasField(list, "area") {
			t.Errorf("a commune younger than its school's place: %v", list)
		}
		a.ValidFrom, a.Parent = since, a.ID
		_, err = c.s.UpdateArea(ctx, "t", a)
		if list := problems(t, err); !hasField(list, "parent") {
			t.Errorf("a commune under itself: %v", list)
		}
		g := c.committee[0]
		g.Name, g.Parent = "UBND huyện Tên Mới", c.committee[1].ID
		if g, err = c.s.UpdateAgency(ctx, "t", g); err != nil {
			t.Fatal(err)
		}
		h := c.committee[1]
		h.Parent = g.ID
		_, err = c.s.UpdateAgency(ctx, "t", h)
		if list := problems(t, err); !hasField(list, "parent") {
			t.Errorf("agencies in a circle: %v", list)
		}
		g.ValidTo = "2020-01-01"
		_, err = c.s.UpdateAgency(ctx, "t", g)
		if list := problems(t, err); !hasField(list, "agency") {
			t.Errorf("an agency that ends before its schools go: %v", list)
		}
		_, err = c.s.CreateAgency(ctx, "t", org.Agency{Code: "X", Name: "X", Kind: org.OtherAgency, Area: 99, ValidFrom: since})
		if list := problems(t, err); !hasField(list, "area") {
			t.Errorf("an agency nowhere: %v", list)
		}
		_, err = c.s.CreateAgency(ctx, "t", org.Agency{Code: g.Code, Name: "X", Kind: org.OtherAgency, Area: c.province.ID, ValidFrom: since})
		if list := problems(t, err); !hasField(list, "code") {
			t.Errorf("an agency's code twice: %v", list)
		}
		view(t, d, func(tx *db.Tx) error {
			got, err := org.AgencyByID(tx, g.ID)
			if err != nil || got.Name != "UBND huyện Tên Mới" || got.ValidTo != "" {
				t.Errorf("agency %+v %v", got, err)
			}
			area, err := org.AreaByCode(tx, "98.0.0")
			if err != nil || area.Name != "Xã Tên Mới" || area.ValidFrom != since {
				t.Errorf("area %+v %v", area, err)
			}
			places, err := org.PlacesAt(tx, "2024-01-01")
			if err != nil || len(places) != 4 || places[c.schools[1][1].ID].Area != c.communes[1][1].ID {
				t.Errorf("places %v %v", places, err)
			}
			m, err := org.MapAt(tx, "2024-01-01")
			if err != nil || m.Node(c.districts[1].ID) == nil || m.Node(12345) != nil || m.Of(12345).Path() != nil {
				t.Errorf("nodes of the map: %v", err)
			}
			return nil
		})
	})
}

func TestHandoverRefuses(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		c := oldCountry(t, d)
		a, b := c.committee[0].ID, c.committee[1].ID
		if list := problems(t, c.s.Handover(ctx, "t", a, a, reform, nil, "")); !hasField(list, "successor") {
			t.Errorf("to itself: %v", list)
		}
		if list := problems(t, c.s.Handover(ctx, "t", a, b, "1999-01-01", nil, "")); !hasField(list, "successor") {
			t.Errorf("before they existed: %v", list)
		}
		if err := c.s.Handover(ctx, "t", a, 99, reform, nil, ""); !errors.Is(err, db.ErrNotFound) {
			t.Errorf("to nobody: %v, want ErrNotFound", err)
		}
		// One school goes elsewhere than the rest.
		g, err := c.s.CreateAgency(ctx, "t", org.Agency{Code: "SO", Name: "Sở", Kind: org.EducationDepartment, Area: c.province.ID, ValidFrom: since})
		if err != nil {
			t.Fatal(err)
		}
		if err := c.s.Handover(ctx, "t", a, b, reform, map[id.Facility]id.Agency{c.schools[0][1].ID: g.ID}, "Quyết định mẫu"); err != nil {
			t.Fatal(err)
		}
		view(t, d, func(tx *db.Tx) error {
			list, err := org.FacilitiesByID(tx, []id.Facility{c.schools[0][0].ID, c.schools[0][1].ID, 99})
			if err != nil || len(list) != 2 || list[c.schools[0][0].ID].Agency != b || list[c.schools[0][1].ID].Agency != g.ID {
				t.Errorf("managers after the handover: %+v %v", list, err)
			}
			links, err := org.AgencySuccessions(tx)
			if err != nil || len(links) != 1 || links[0].Note != "Quyết định mẫu" {
				t.Errorf("links: %+v %v", links, err)
			}
			return nil
		})
	})
}

func TestUpdateContactFeeKindMethod(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		w := world(t, d)
		c, err := w.Service.CreateContact(ctx, "t", org.Contact{Facility: w.School.ID, Name: "Bà Mẫu", Role: "Kế toán", Phone: "0900000002"})
		if err != nil {
			t.Fatal(err)
		}
		c.Role, c.Facility = "Thủ quỹ", w.Hospital.ID
		if c, err = w.Service.UpdateContact(ctx, "t", c); err != nil || c.Facility != w.School.ID {
			t.Errorf("a contact changed its facility: %+v %v", c, err)
		}
		ceiling := vnd.Amount(910_000)
		k := w.Meals
		k.Ceiling, k.Code = &ceiling, "OTHER"
		if k, err = w.Service.UpdateFeeKind(ctx, "t", k); err != nil || k.Code != w.Meals.Code {
			t.Errorf("fee kind: %+v %v", k, err)
		}
		bad := k
		bad.Name = ""
		_, err = w.Service.UpdateFeeKind(ctx, "t", bad)
		if list := problems(t, err); !hasField(list, "name") {
			t.Errorf("a fee kind without name: %v", list)
		}
		if !k.For(org.Education) || k.For(org.Health) || !k.ValidOn("2026-01-01") || k.ValidOn("2019-12-31") {
			t.Error("who may charge the kind, and when")
		}
		err = d.Update(ctx, func(tx *db.Tx) error {
			return org.SetMethod(tx, w.Hospital.ID, org.MethodCard, org.MethodConfigured, "2026-01-01", "POS")
		})
		if err != nil {
			t.Fatal(err)
		}
		for name, err := range map[string]error{
			"account": second(w.Service.CreateAccount(ctx, "t", org.Account{Facility: 99, BankBIN: "970436", Number: "1", Holder: "A", Status: org.AccountActive, ValidFrom: "2024-01-01"})),
			"contact": second(w.Service.CreateContact(ctx, "t", org.Contact{Facility: 99, Name: "A", Role: "B", Phone: "0900000002"})),
			"method":  w.Service.SetMethod(ctx, "t", org.MethodState{Facility: 99, Method: org.MethodQR, Status: org.MethodOff, Since: "2026-01-01"}),
			"close":   w.Service.CloseFacility(ctx, "t", 99, "2026-01-01", ""),
		} {
			if !errors.Is(err, db.ErrNotFound) {
				t.Errorf("%s of a facility that is none: %v, want ErrNotFound", name, err)
			}
		}
		view(t, d, func(tx *db.Tx) error {
			got, err := org.FeeKindByID(tx, k.ID)
			if diff := cmp.Diff(k, got); err != nil || diff != "" {
				t.Errorf("%v\n%s", err, diff)
			}
			accounts, err := org.AccountsOfMany(tx, []id.Facility{w.School.ID, w.Hospital.ID})
			if err != nil || len(accounts) != 2 || accounts[w.Hospital.ID][0].ID != w.HospitalAccount.ID {
				t.Errorf("accounts: %v %v", accounts, err)
			}
			states, err := org.MethodsOf(tx, []id.Facility{w.Hospital.ID})
			if err != nil || states[w.Hospital.ID][3].Note != "POS" {
				t.Errorf("methods: %v %v", states, err)
			}
			return nil
		})
	})
}

func second[T any](_ T, err error) error { return err }
