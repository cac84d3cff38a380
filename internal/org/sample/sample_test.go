package sample_test

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sen-platform/sen/internal/access"
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/db/dbtest"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/org/sample"
)

func services(d *db.DB) (*org.Service, *access.Service, *clock.Manual) {
	clk := clock.NewManual(time.Date(2026, 9, 5, 1, 0, 0, 0, time.UTC))
	ids := id.NewGenNode(clk, 1)
	return &org.Service{DB: d, IDs: ids, Clock: clk}, &access.Service{DB: d, IDs: ids, Clock: clk}, clk
}

func load(t *testing.T, d *db.DB) (*org.Service, *access.Service, *clock.Manual) {
	t.Helper()
	o, a, clk := services(d)
	if err := sample.Load(t.Context(), o, a); err != nil {
		t.Fatal(err)
	}
	return o, a, clk
}

func view(t *testing.T, d *db.DB, fn func(tx *db.Tx) error) {
	t.Helper()
	if err := d.View(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func export(t *testing.T, o *org.Service) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := o.Export(t.Context(), &b, time.Unix(0, 0)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestSampleIsComplete(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		o, a, clk := load(t, d)
		before := export(t, o)
		if err := sample.Load(t.Context(), o, a); err != nil {
			t.Fatalf("second load: %v", err)
		}
		if !bytes.Equal(before, export(t, o)) {
			t.Error("loading twice changed something")
		}
		view(t, d, func(tx *db.Tx) error {
			all, _, err := org.Facilities(tx, org.Filter{Limit: org.MaxPage})
			if err != nil {
				return err
			}
			if len(all) < 38 || len(all) > 45 {
				t.Errorf("%d facilities", len(all))
			}
			seen := map[org.Level]int{}
			ids := make([]id.Facility, len(all))
			noBill := map[string]bool{}
			for i, f := range all {
				ids[i] = f.ID
				seen[f.Level]++
				if f.CanBill("2026-09-05") != nil {
					noBill[f.Code] = true
				}
			}
			for _, l := range org.Levels(org.Both) {
				if seen[l] == 0 {
					t.Errorf("no facility of level %s", l)
				}
			}
			if diff := cmp.Diff(map[string]bool{sample.Merged: true, sample.CollectsNil: true, sample.Paused: true}, noBill); diff != "" {
				t.Errorf("facilities that may not bill, -want +got:\n%s", diff)
			}
			checkAccounts(t, tx, all, ids)
			checkMethods(t, tx, ids)
			for sector, least := range map[org.Sector]int{org.Education: 12, org.Health: 6} {
				kinds, err := org.FeeKinds(tx, sector, "2026-09-05")
				if err != nil {
					return err
				}
				if len(kinds) < least {
					t.Errorf("%d fee kinds for %s, want %d", len(kinds), sector, least)
				}
			}
			kinds := map[org.AgencyKind]bool{}
			agencies, err := org.Agencies(tx, "")
			for _, g := range agencies {
				kinds[g.Kind] = true
			}
			if len(kinds) != 8 { // A1–A7, districts and communes apart
				t.Errorf("agencies of kinds %v", kinds)
			}
			return err
		})
		auth := access.NewAuthenticator(d, clk)
		roles := map[access.Role]bool{}
		for _, u := range sample.Users() {
			who, err := auth.Authenticate(t.Context(), u.Login, u.Password, "127.0.0.1")
			if err != nil || who.Role != u.Role {
				t.Errorf("sign in as %s: %v", u.Login, err)
			}
			roles[who.Role] = true
		}
		for _, r := range access.Roles() {
			if r.ForPeople() && !roles[r] {
				t.Errorf("no demo user with role %s", r)
			}
		}
	})
}

var invented = regexp.MustCompile(`^9990\d{8}$`)

func checkAccounts(t *testing.T, tx *db.Tx, all []org.Facility, ids []id.Facility) {
	t.Helper()
	accounts, err := org.AccountsOfMany(tx, ids)
	if err != nil {
		t.Fatal(err)
	}
	contacts, err := org.ContactsOfMany(tx, ids)
	if err != nil {
		t.Fatal(err)
	}
	banks, ranges, many := map[string]bool{}, 0, 0
	for _, f := range all {
		list := accounts[f.ID]
		if f.Collects && f.Status != org.Closed && (len(list) < 1 || len(list) > 3 || !list[0].IsDefault) {
			t.Errorf("%s has %d accounts", f.Code, len(list))
		}
		if len(list) > 1 {
			many++
		}
		for _, a := range list {
			banks[a.BankBIN] = true
			if a.VAPrefix != "" {
				ranges++
			}
			if !invented.MatchString(a.Number) {
				t.Errorf("account number %s does not look invented", a.Number)
			}
		}
		if f.Status == org.Active && len(contacts[f.ID]) == 0 {
			t.Errorf("%s has nobody who guides payers (P8)", f.Code)
		}
	}
	if len(banks) < 6 || ranges < 5 || many < 10 {
		t.Errorf("%d banks, %d ranges of virtual accounts, %d facilities with several accounts", len(banks), ranges, many)
	}
}

func checkMethods(t *testing.T, tx *db.Tx, ids []id.Facility) {
	t.Helper()
	states, err := org.MethodsOf(tx, ids)
	if err != nil {
		t.Fatal(err)
	}
	ready := map[int]int{}
	for _, f := range ids {
		n := 0
		for _, m := range states[f] {
			if m.Status == org.MethodConfigured {
				n++
			}
		}
		ready[n]++
	}
	for n := range 5 {
		if ready[n] == 0 {
			t.Errorf("no facility is ready on %d methods: the demo shows no variety (%v)", n, ready)
		}
	}
}

func TestSampleMapBeforeAndAfter(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		load(t, d)
		view(t, d, func(tx *db.Tx) error {
			old, err := org.MapAt(tx, "2024-12-31")
			if err != nil {
				return err
			}
			now, err := org.MapAt(tx, "2026-09-05")
			if err != nil {
				return err
			}
			if !old.Has(org.District) || now.Has(org.District) {
				t.Error("a report on 2024 must show districts, one on 2026 must not")
			}
			if len(old.Roots) != 1 || len(old.Roots[0].Children) != 6 || len(now.Roots) != 1 || len(now.Roots[0].Children) != 12 {
				t.Errorf("%d districts before, %d communes after", len(old.Roots[0].Children), len(now.Roots[0].Children))
			}
			if len(old.Unplaced)+len(now.Unplaced) != 0 || len(old.Roots[0].All()) != len(now.Roots[0].All()) {
				t.Errorf("facilities got lost: %d before, %d after", len(old.Roots[0].All()), len(now.Roots[0].All()))
			}
			school, err := org.FacilityByCode(tx, sample.CatVang)
			if err != nil {
				return err
			}
			names := func(path []org.Area) (s []string) {
				for _, a := range path {
					s = append(s, a.Name)
				}
				return s
			}
			if diff := cmp.Diff([]string{"Tỉnh Lam Giang", "Huyện Mộc Khê", "Xã Cát Vàng"}, names(old.Of(school.ID).Path())); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff([]string{"Tỉnh Lam Giang", "Xã Cát Vàng"}, names(now.Of(school.ID).Path())); diff != "" {
				t.Error(diff)
			}
			earlier, err := org.MapAt(tx, "2024-07-31")
			if err != nil {
				return err
			}
			merged, err := org.FacilityByCode(tx, sample.Merged)
			if err != nil {
				return err
			}
			if earlier.Of(merged.ID) == nil || old.Of(merged.ID) != nil {
				t.Error("the merged school must be on the map until the day it closed, not after")
			}
			for day, want := range map[clock.Date][2]bool{"2025-02-28": {true, false}, "2025-03-01": {false, true}} {
				list, err := org.Agencies(tx, day)
				if err != nil {
					return err
				}
				has := func(code string) bool {
					return slices.ContainsFunc(list, func(g org.Agency) bool { return g.Code == code })
				}
				if got := [2]bool{has("STTTT-LG"), has("NHNN-KV")}; got != want {
					t.Errorf("agencies on %s: %v, want %v", day, got, want)
				}
			}
			return nil
		})
	})
}

func TestSampleKeepsItsPromises(t *testing.T) {
	files, err := sample.Files()
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != len(org.Tables()) {
		t.Errorf("%d files for %d tables", len(files), len(org.Tables()))
	}
	for _, u := range sample.Users() {
		if p := access.PasswordProblem(u.Login, u.Password); p != "" {
			t.Errorf("%s: %s", u.Login, p)
		}
		if strings.TrimSpace(u.Name) == "" {
			t.Errorf("%s has no name", u.Login)
		}
	}
}
