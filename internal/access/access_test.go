package access

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sen-platform/sen/internal/audit"
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/db/dbtest"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/org/orgtest"
)

// place is a store with one school, one hospital, and the services under test.
type place struct {
	*orgtest.World
	d     *db.DB
	clock *clock.Manual
	s     *Service
	auth  *Authenticator
}

func newPlace(t *testing.T, d *db.DB) *place {
	t.Helper()
	clk := clock.NewManual(time.Date(2026, 9, 5, 1, 0, 0, 0, time.UTC))
	ids := id.NewGenNode(clk, 1)
	return &place{World: orgtest.New(t, d, ids, clk), d: d, clock: clk, s: &Service{DB: d, IDs: ids, Clock: clk}, auth: NewAuthenticator(d, clk)}
}

func (p *place) user(t *testing.T, login string, role Role, f id.Facility) User {
	t.Helper()
	u, err := p.s.CreateUser(t.Context(), SystemSubject(), User{Login: login, Name: "Người Mẫu", Role: role, Facility: f}, goodPassword)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

const goodPassword = "hoa sen nở tháng năm"

func (p *place) signIn(t *testing.T, login, password, ip string) (User, error) {
	t.Helper()
	return p.auth.Authenticate(t.Context(), login, password, ip)
}

func badField(t *testing.T, err error, field string) {
	t.Helper()
	var bad *Invalid
	if !errors.As(err, &bad) {
		t.Errorf("error %v is no *Invalid about %s", err, field)
		return
	}
	for _, p := range bad.Problems {
		if p.Field == field && p.Text != "" {
			return
		}
	}
	t.Errorf("problems %v, want one about %s", bad.Problems, field)
}

func TestUsers(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		p := newPlace(t, d)
		manager := p.user(t, "Hieu.Truong", FacilityManager, p.School.ID)
		if manager.Login != "hieu.truong" {
			t.Errorf("login %q is not lower case", manager.Login)
		}
		by := manager.Subject()
		if _, err := p.s.CreateUser(ctx, by, User{Login: "ke.toan", Name: "Kế Toán Mẫu", Role: FacilityAccountant, Facility: p.School.ID}, goodPassword); err != nil {
			t.Errorf("a manager cannot make an accountant: %v", err)
		}
		for name, u := range map[string]User{
			"of another facility": {Login: "a.b", Name: "A", Role: FacilityAccountant, Facility: p.Hospital.ID},
			"officer":             {Login: "a.b", Name: "A", Role: DepartmentOfficer},
			"admin":               {Login: "a.b", Name: "A", Role: ProvinceAdmin},
		} {
			if _, err := p.s.CreateUser(ctx, by, u, goodPassword); !errors.Is(err, ErrForbidden) {
				t.Errorf("a manager makes a user %s: %v, want ErrForbidden", name, err)
			}
		}
		for field, u := range map[string]User{
			"login":    {Login: "Có dấu", Name: "A", Role: ProvinceAdmin},
			"name":     {Login: "abc", Role: ProvinceAdmin},
			"role":     {Login: "abc", Name: "A", Role: System},
			"facility": {Login: "abc", Name: "A", Role: FacilityCashier},
			"sector":   {Login: "abc", Name: "A", Role: DepartmentOfficer, Sector: "x"},
		} {
			_, err := p.s.CreateUser(ctx, SystemSubject(), u, goodPassword)
			badField(t, err, field)
		}
		_, err := p.s.CreateUser(ctx, SystemSubject(), User{Login: "HIEU.TRUONG", Name: "B", Role: ProvinceAdmin}, goodPassword)
		badField(t, err, "login")
		_, err = p.s.CreateUser(ctx, SystemSubject(), User{Login: "abc", Name: "B", Role: ProvinceAdmin}, "ngắn")
		badField(t, err, "password")

		self := manager
		self.Active = false
		_, err = p.s.UpdateUser(ctx, by, self)
		badField(t, err, "active")
		moved := manager
		moved.Facility = p.Hospital.ID
		if _, err := p.s.UpdateUser(ctx, by, moved); !errors.Is(err, ErrForbidden) {
			t.Errorf("a manager moves to another facility: %v, want ErrForbidden", err)
		}
		if err := p.s.SetPassword(ctx, p.user(t, "cashier", FacilityCashier, p.School.ID).Subject(), manager.ID, goodPassword); !errors.Is(err, ErrForbidden) {
			t.Errorf("a cashier sets the manager's password: %v, want ErrForbidden", err)
		}
		err = d.View(ctx, func(tx *db.Tx) error {
			list, err := UsersOf(tx, p.School.ID)
			if err != nil || len(list) != 3 || list[1].Login != "hieu.truong" {
				t.Errorf("users of the school: %+v %v", list, err)
			}
			got, err := UserByLogin(tx, " Hieu.TRUONG ")
			if diff := cmp.Diff(manager, got); err != nil || diff != "" {
				t.Errorf("%v\n%s", err, diff)
			}
			log, err := audit.Of(tx, manager.ID.String())
			if err != nil || len(log) != 1 || strings.Contains(log[0].Detail, "argon2") {
				t.Errorf("audit: %+v %v", log, err)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
