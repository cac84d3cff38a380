package org_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sen-platform/sen/internal/audit"
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/db/dbtest"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/org/orgtest"
	"github.com/sen-platform/sen/internal/vnd"
)

var now = clock.NewManual(time.Date(2026, 9, 5, 1, 0, 0, 0, time.UTC))

func world(t *testing.T, d *db.DB) *orgtest.World {
	t.Helper()
	return orgtest.New(t, d, id.NewGenNode(now, 1), now)
}

// view runs fn in a read-only transaction.
func view(t *testing.T, d *db.DB, fn func(tx *db.Tx) error) {
	t.Helper()
	if err := d.View(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func problems(t *testing.T, err error) []org.Problem {
	t.Helper()
	var bad *org.Invalid
	if !errors.As(err, &bad) {
		t.Fatalf("error %v is no *Invalid", err)
	}
	return bad.Problems
}

func hasField(list []org.Problem, field string) bool {
	for _, p := range list {
		if p.Field == field {
			return true
		}
	}
	return false
}

func TestUpdateFacilityKeepsIdentity(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := world(t, d)
		f := w.School
		f.Name, f.TaxCode, f.Status, f.PartPayment, f.Size, f.Collects = "Trường Tiểu học Đổi Tên", "0101248141", org.Paused, org.Instalments, 512, false
		f.Codes = map[org.CodeScheme]string{org.SchemeMOET: "99000101", org.SchemeBudget: "1234567"}
		f.Code, f.Sector = "OTHER", org.Health
		want, err := w.Service.UpdateFacility(t.Context(), "usr_1", f)
		if err != nil {
			t.Fatal(err)
		}
		view(t, d, func(tx *db.Tx) error {
			byID, err := org.FacilityByID(tx, f.ID)
			if err != nil {
				return err
			}
			byCode, err := org.FacilityByCode(tx, w.School.Code)
			if err != nil {
				return err
			}
			byScheme, err := org.FacilityByScheme(tx, org.SchemeMOET, "99000101")
			if err != nil {
				return err
			}
			for _, got := range []org.Facility{byID, byCode, byScheme} {
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("-written +read:\n%s", diff)
				}
			}
			if byID.Code != w.School.Code || byID.Size != 512 || byID.Collects {
				t.Errorf("read %+v", byID)
			}
			log, err := audit.Of(tx, f.ID.String())
			if err != nil {
				return err
			}
			if len(log) != 2 || log[1].Action != "facility.update" || log[1].Actor != "usr_1" {
				t.Errorf("audit log: %+v", log)
			}
			if _, err := org.FacilityByCode(tx, "OTHER"); !errors.Is(err, db.ErrNotFound) {
				t.Errorf("missing facility: %v, want ErrNotFound", err)
			}
			return nil
		})
	})
}

func TestCodesAreUnique(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := world(t, d)
		h := w.Hospital
		h.Codes = map[org.CodeScheme]string{org.SchemeCSKCB: "99001", org.SchemeBudget: "7654321"}
		if _, err := w.Service.UpdateFacility(t.Context(), "t", h); err != nil {
			t.Fatal(err)
		}
		twin := w.School
		twin.ID, twin.Name = 0, "Trường khác"
		_, err := w.Service.CreateFacility(t.Context(), "t", twin)
		if list := problems(t, err); !hasField(list, "code") {
			t.Errorf("same code twice: %v", list)
		}
		s := w.School
		s.Codes = map[org.CodeScheme]string{org.SchemeBudget: "7654321"}
		_, err = w.Service.UpdateFacility(t.Context(), "t", s)
		if list := problems(t, err); !hasField(list, "mqhns") {
			t.Errorf("same budget code twice: %v", list)
		}
		// The same text in another register is another code.
		s.Codes = map[org.CodeScheme]string{org.SchemeMOET: "7654321"}
		if _, err := w.Service.UpdateFacility(t.Context(), "t", s); err != nil {
			t.Errorf("same text in another register: %v", err)
		}
	})
}

func TestFacilitiesFilterAndPages(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := world(t, d)
		want := []string{}
		for i := 1; i <= 12; i++ {
			f := w.School
			f.ID, f.Code, f.Name = 0, fmt.Sprintf("MN-%d", i), fmt.Sprintf("Trường Mầm non Hoa Sen %d", i)
			f.Level = org.MamNon
			if _, err := w.Service.CreateFacility(t.Context(), "t", f); err != nil {
				t.Fatal(err)
			}
			want = append(want, f.Name) // numbers sort by value
		}
		view(t, d, func(tx *db.Tx) error {
			var got []string
			filter := org.Filter{Sector: org.Education, Search: "HOA sen mam", Limit: 5}
			pages := 0
			for {
				list, next, err := org.Facilities(tx, filter)
				if err != nil {
					return err
				}
				for _, f := range list {
					got = append(got, f.Name)
				}
				pages++
				if next == "" {
					break
				}
				filter.Cursor = next
			}
			if diff := cmp.Diff(want, got); diff != "" || pages != 3 {
				t.Errorf("%d pages, -want +got:\n%s", pages, diff)
			}
			for _, tc := range []struct {
				name   string
				filter org.Filter
				want   int64
			}{
				{"all", org.Filter{}, 14},
				{"sector", org.Filter{Sector: org.Health}, 1},
				{"level", org.Filter{Level: org.MamNon}, 12},
				{"status", org.Filter{Status: org.Closed}, 0},
				{"by code", org.Filter{Search: "bv-thu"}, 1},
				{"percent is no wildcard", org.Filter{Search: "%"}, 0},
				{"underscore is no wildcard", org.Filter{Search: "_"}, 0},
				{"backslash", org.Filter{Search: `\`}, 0},
				{"province holds its communes", org.Filter{Area: w.Province.ID}, 14},
				{"commune", org.Filter{Area: w.Commune.ID, AsOf: "2024-01-01"}, 14},
				{"before they opened", org.Filter{AsOf: "2019-12-31"}, 0},
			} {
				n, err := org.CountFacilities(tx, tc.filter)
				if err != nil {
					return err
				}
				if n != tc.want {
					t.Errorf("%s: %d facilities, want %d", tc.name, n, tc.want)
				}
			}
			for _, bad := range []string{"x", "e30", "WzEsMl0"} {
				if _, _, err := org.Facilities(tx, org.Filter{Cursor: bad}); !errors.Is(err, org.ErrCursor) {
					t.Errorf("cursor %q: %v, want ErrCursor", bad, err)
				}
			}
			return nil
		})
	})
}

func TestAccounts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		w := world(t, d)
		s := w.Service
		if !w.SchoolAccount.IsDefault {
			t.Error("the first account is not the default")
		}
		second, err := s.CreateAccount(ctx, "t", org.Account{
			Facility: w.School.ID, BankBIN: "970418", Number: "9990000001", Holder: "TRUONG THU",
			Status: org.AccountActive, ValidFrom: "2024-01-01", IsDefault: true,
		})
		if err != nil {
			t.Fatal(err)
		}
		view(t, d, func(tx *db.Tx) error {
			list, err := org.AccountsOf(tx, w.School.ID)
			if err != nil {
				return err
			}
			if len(list) != 2 || list[0].ID != second.ID || !list[0].IsDefault || list[1].IsDefault {
				t.Errorf("a new default must replace the old one: %+v", list)
			}
			byNumber, err := org.AccountsByNumber(tx, []string{"9990000001", "9990000002", "nobody"})
			if err != nil {
				return err
			}
			if len(byNumber["9990000001"]) != 2 || len(byNumber["9990000002"]) != 1 || len(byNumber) != 2 {
				t.Errorf("by number: %+v", byNumber)
			}
			a, err := org.AccountByVirtual(tx, "", "999812345678")
			if err != nil || a.ID != w.SchoolAccount.ID {
				t.Errorf("virtual number: %v %v", a, err)
			}
			for name, q := range map[string][2]string{"too short": {"", "99981234567"}, "other prefix": {"", "999712345678"}, "other bank": {"970418", "999812345678"}, "empty": {"", ""}} {
				if _, err := org.AccountByVirtual(tx, q[0], q[1]); !errors.Is(err, db.ErrNotFound) {
					t.Errorf("%s: %v, want ErrNotFound", name, err)
				}
			}
			return nil
		})
		if err := s.CloseAccount(ctx, "t", second.ID, "2026-09-05"); err != nil {
			t.Fatal(err)
		}
		view(t, d, func(tx *db.Tx) error {
			a, err := org.DefaultAccount(tx, w.School.ID, "2026-09-05")
			if err != nil || a.ID != w.SchoolAccount.ID || !a.IsDefault {
				t.Errorf("after the default closed: %+v %v", a, err)
			}
			if _, err := org.DefaultAccount(tx, w.School.ID, "2019-01-01"); !errors.Is(err, db.ErrNotFound) {
				t.Errorf("before any account: %v, want ErrNotFound", err)
			}
			return nil
		})
		_, err = s.CreateAccount(ctx, "t", org.Account{Facility: w.Hospital.ID, BankBIN: "970436", Number: "9990 0000 01", Holder: "X", Status: org.AccountActive, ValidFrom: "2024-01-01"})
		if list := problems(t, err); !hasField(list, "number") {
			t.Errorf("same account twice: %v", list)
		}
		h := w.HospitalAccount
		h.BankBIN, h.VAPrefix, h.VALength = "970436", "99981", 12
		_, err = s.UpdateAccount(ctx, "t", h)
		if list := problems(t, err); !hasField(list, "va_prefix") {
			t.Errorf("overlapping virtual numbers: %v", list)
		}
		h.VALength = 13 // other length, other numbers
		if _, err := s.UpdateAccount(ctx, "t", h); err != nil {
			t.Errorf("ranges that do not overlap: %v", err)
		}
	})
}

func TestContactsAndMethods(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		w := world(t, d)
		second, err := w.Service.CreateContact(ctx, "t", org.Contact{Facility: w.School.ID, Name: "Bà Mẫu Hai", Role: "Kế toán", Phone: "0900 000 002", Public: true, Position: 1})
		if err != nil {
			t.Fatal(err)
		}
		first, err := w.Service.CreateContact(ctx, "t", org.Contact{Facility: w.School.ID, Name: "Ông Mẫu Một", Role: "Thủ quỹ", Phone: "0900000001"})
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range []org.MethodState{
			{Facility: w.School.ID, Method: org.MethodCard, Status: org.MethodConfigured, Since: "2025-01-01", Note: "POS"},
			{Facility: w.School.ID, Method: org.MethodCard, Status: org.MethodOff, Since: "2026-01-01"},
			{Facility: w.School.ID, Method: org.MethodQR, Status: org.MethodConfigured, Since: "2024-01-01"},
		} {
			if err := w.Service.SetMethod(ctx, "t", m); err != nil {
				t.Fatal(err)
			}
		}
		view(t, d, func(tx *db.Tx) error {
			list, err := org.ContactsOf(tx, w.School.ID)
			if diff := cmp.Diff([]org.Contact{first, second}, list); err != nil || diff != "" {
				t.Errorf("contacts: %v\n%s", err, diff)
			}
			states, err := org.MethodsOf(tx, []id.Facility{w.School.ID, w.Hospital.ID})
			if err != nil {
				return err
			}
			want := []org.MethodState{
				{Facility: w.School.ID, Method: org.MethodQR, Status: org.MethodConfigured, Since: "2024-01-01"},
				{Facility: w.School.ID, Method: org.MethodWebsite, Status: org.MethodOff},
				{Facility: w.School.ID, Method: org.MethodMobileMoney, Status: org.MethodOff},
				{Facility: w.School.ID, Method: org.MethodCard, Status: org.MethodOff, Since: "2026-01-01"},
			}
			if diff := cmp.Diff(want, states[w.School.ID]); diff != "" {
				t.Errorf("methods, -want +got:\n%s", diff)
			}
			if len(states[w.Hospital.ID]) != 4 {
				t.Errorf("a facility that said nothing: %+v", states[w.Hospital.ID])
			}
			return nil
		})
		if err := w.Service.DeleteContact(ctx, "t", first.ID); err != nil {
			t.Fatal(err)
		}
		view(t, d, func(tx *db.Tx) error {
			if list, err := org.ContactsOf(tx, w.School.ID); err != nil || len(list) != 1 {
				t.Errorf("after deleting one: %v %v", list, err)
			}
			return nil
		})
	})
}

func TestFeeKinds(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := world(t, d)
		zero, some := vnd.Amount(0), vnd.Amount(155_000)
		create := func(k org.FeeKind) org.FeeKind {
			t.Helper()
			k, err := w.Service.CreateFeeKind(t.Context(), "t", k)
			if err != nil {
				t.Fatal(err)
			}
			return k
		}
		old := create(org.FeeKind{Code: "hoc-phi", Name: "Học phí", Sector: org.Education, Ceiling: &some, LegalBasis: "Văn bản mẫu", ValidFrom: "2021-01-01", ValidTo: "2025-09-01"})
		free := create(org.FeeKind{Code: "HOC-PHI-2025", Name: "Học phí", Sector: org.Education, Ceiling: &zero, LegalBasis: "Văn bản mẫu", ValidFrom: "2025-09-01"})
		both := create(org.FeeKind{Code: "THE", Name: "Làm lại thẻ", Sector: org.Both, Voluntary: true, ValidFrom: "2021-01-01"})
		_, err := w.Service.CreateFeeKind(t.Context(), "t", org.FeeKind{Code: "THE", Name: "Thẻ khác", Sector: org.Both, Voluntary: true, ValidFrom: "2021-01-01"})
		if list := problems(t, err); !hasField(list, "code") {
			t.Errorf("same code twice: %v", list)
		}
		view(t, d, func(tx *db.Tx) error {
			for _, tc := range []struct {
				sector org.Sector
				asOf   clock.Date
				want   []org.FeeKind
			}{
				{org.Education, "2024-10-01", []org.FeeKind{w.Meals, old, both}},
				{org.Education, "2025-08-31", []org.FeeKind{w.Meals, old, both}},
				{org.Education, "2025-09-01", []org.FeeKind{w.Meals, free, both}},
				{org.Health, "2025-09-01", []org.FeeKind{w.Visit, both}},
				{"", "", []org.FeeKind{w.Meals, old, free, w.Visit, both}},
			} {
				got, err := org.FeeKinds(tx, tc.sector, tc.asOf)
				if err != nil {
					return err
				}
				if diff := cmp.Diff(tc.want, got); diff != "" {
					t.Errorf("%q on %q, -want +got:\n%s", tc.sector, tc.asOf, diff)
				}
			}
			if k, err := org.FeeKindByCode(tx, "HOC-PHI"); err != nil || *k.Ceiling != some {
				t.Errorf("by code: %+v %v", k, err)
			}
			return nil
		})
	})
}

func TestCreateFacilityOlderThanItsCommune(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := world(t, d)
		f := w.School
		f.ID, f.Code, f.OpenedOn = 0, "TH-CU", "1978-09-05"
		f, err := w.Service.CreateFacility(t.Context(), "t", f)
		if err != nil {
			t.Fatal(err)
		}
		view(t, d, func(tx *db.Tx) error {
			if p, err := org.PlaceAt(tx, f.ID, "2024-01-01"); err != nil || p.Area != w.Commune.ID {
				t.Errorf("place in 2024: %+v %v", p, err)
			}
			if _, err := org.PlaceAt(tx, f.ID, "1980-01-01"); !errors.Is(err, db.ErrNotFound) {
				t.Errorf("place before the map begins: %v, want ErrNotFound", err)
			}
			m, err := org.MapAt(tx, "1980-01-01")
			if err != nil || len(m.Unplaced) != 1 || len(m.Roots) != 0 {
				t.Errorf("map of 1980: %+v %v", m, err)
			}
			return nil
		})
	})
}
