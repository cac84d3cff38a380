package access

import (
	"context"
	"errors"
	"strings"
	"sync"
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

func TestPasswordHash(t *testing.T) {
	h := HashPassword(goodPassword)
	if !strings.HasPrefix(h, "$argon2id$v=19$m=19456,t=2,p=1$") || h == HashPassword(goodPassword) {
		t.Errorf("hash %q has no cost or no salt", h)
	}
	if !checkPassword(h, goodPassword) || checkPassword(h, goodPassword+" ") || checkPassword(h, "") {
		t.Error("the wrong password fits, or the right one does not")
	}
	// What a phone sends decomposed is the same password.
	if !checkPassword(h, "hoa sen nở tháng năm") {
		t.Error("the decomposed form does not fit")
	}
	if outdated(h) || !outdated(strings.Replace(h, "t=2", "t=1", 1)) {
		t.Error("cost is not compared")
	}
	for _, stored := range []string{"", "x", decoy[:20], "$argon2i$v=19$m=19456,t=2,p=1$AAAA$AAAA", "$argon2id$v=19$m=99999999,t=2,p=1$" + strings.Repeat("A", 22) + "$" + strings.Repeat("A", 43),
		"$argon2id$v=19$m=19456,t=0,p=1$" + strings.Repeat("A", 22) + "$" + strings.Repeat("A", 43), "$argon2id$v=16$m=19456,t=2,p=1$AAAA$AAAA", "$argon2id$v=19$m=19456,t=2,p=1$AAAA$"} {
		if checkPassword(stored, goodPassword) {
			t.Errorf("a password fits the malformed hash %q", stored)
		}
	}
}

func TestPasswordProblem(t *testing.T) {
	for password, says := range map[string]string{
		goodPassword: "", "chín ký tự": "", "123": "ít nhất 10", "": "ít nhất 10", "Password123": "phổ biến", "aaaaaaaaaaaa": "lặp lại",
		"ketoan.catvang.1": "tên đăng nhập", strings.Repeat("ab", 101): "dài quá",
	} {
		got := PasswordProblem("ketoan.catvang", password)
		if (got == "") != (says == "") || !strings.Contains(got, says) {
			t.Errorf("%q: %q, want %q", password, got, says)
		}
	}
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

func TestAuthenticate(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		p := newPlace(t, d)
		u := p.user(t, "ke.toan", FacilityAccountant, p.School.ID)
		got, err := p.signIn(t, " KE.TOAN ", goodPassword, "10.0.0.1")
		if err != nil || got.ID != u.ID {
			t.Fatalf("right password: %v %v", got, err)
		}
		for name, try := range map[string][2]string{"wrong password": {"ke.toan", "sai mật khẩu"}, "unknown login": {"ai.do", goodPassword}, "empty": {"", ""},
			"very long": {"ke.toan", strings.Repeat("x", 5000)}} {
			if _, err := p.signIn(t, try[0], try[1], "10.0.0.2"); err != ErrCredentials {
				t.Errorf("%s: %v, want ErrCredentials", name, err)
			}
		}
		// A password change ends sessions begun before it; shutting the account too.
		if err := p.s.SetPassword(ctx, u.Subject(), u.ID, goodPassword+" mới"); err != nil {
			t.Fatal(err)
		}
		resume := func(u User) error {
			return d.View(ctx, func(tx *db.Tx) error { _, err := Resume(tx, u); return err })
		}
		if err := resume(u); err != ErrCredentials {
			t.Errorf("session from before the change: %v", err)
		}
		fresh, err := p.signIn(t, "ke.toan", goodPassword+" mới", "10.0.0.1")
		if err != nil || resume(fresh) != nil {
			t.Errorf("new password: %v", err)
		}
		shut := fresh
		shut.Active = false
		if _, err := p.s.UpdateUser(ctx, SystemSubject(), shut); err != nil {
			t.Fatal(err)
		}
		if _, err := p.signIn(t, "ke.toan", goodPassword+" mới", "10.0.0.1"); err != ErrCredentials {
			t.Errorf("shut account: %v, want ErrCredentials", err)
		}
		if err := resume(fresh); err != ErrCredentials {
			t.Errorf("session of a shut account: %v", err)
		}
	})
}

func TestOldHashIsRenewedAtSignIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		p := newPlace(t, d)
		u := p.user(t, "ke.toan", FacilityAccountant, p.School.ID)
		weak := "$argon2id$v=19$m=8,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$"
		sum := argon(goodPassword, make([]byte, 16), 8, 1, 1, 32)
		weak += b64(sum)
		if err := d.Update(t.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec("update user_account set password_hash = $2 where id = $1", u.ID, weak)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := p.signIn(t, "ke.toan", goodPassword, "ip"); err != nil {
			t.Fatal(err)
		}
		var stored string
		if err := d.View(t.Context(), func(tx *db.Tx) error {
			return tx.Row("select password_hash from user_account where id = $1", []any{u.ID}, &stored)
		}); err != nil || outdated(stored) || !checkPassword(stored, goodPassword) {
			t.Errorf("stored %q: %v", stored, err)
		}
	})
}

func TestSignInIsSlowedDown(t *testing.T) {
	d := dbtest.SQLite(t)
	p := newPlace(t, d)
	p.user(t, "ke.toan", FacilityAccountant, p.School.ID)
	var wait *TooMany
	for i := range 5 {
		if _, err := p.signIn(t, "ke.toan", "sai", "10.0.0.1"); err != ErrCredentials {
			t.Fatalf("try %d: %v", i, err)
		}
	}
	_, err := p.signIn(t, "ke.toan", goodPassword, "10.0.0.1")
	if !errors.As(err, &wait) || wait.Wait <= 0 || wait.Wait > time.Minute || !strings.Contains(err.Error(), "1 phút") {
		t.Fatalf("sixth try: %v, want TooMany", err)
	}
	for range 200 { // hammering on from there hinders nobody elsewhere
		if _, err := p.signIn(t, "ke.toan", "sai", "10.0.0.1"); !errors.As(err, &wait) {
			t.Fatalf("hammering: %v, want TooMany", err)
		}
	}
	if _, err := p.signIn(t, "ke.toan", goodPassword, "10.0.0.9"); err != nil {
		t.Errorf("the same person from another address: %v", err)
	}
	p.clock.Advance(wait.Wait)
	if _, err := p.signIn(t, "ke.toan", goodPassword, "10.0.0.1"); err != nil {
		t.Errorf("after waiting as told: %v", err)
	}
	// Success gives all tries back.
	for i := range 5 {
		if _, err := p.signIn(t, "ke.toan", "sai", "10.0.0.1"); err != ErrCredentials {
			t.Fatalf("try %d after success: %v", i, err)
		}
	}
}

func TestLimitsAreBounded(t *testing.T) {
	l := newLimits(1, 1, 100)
	now := time.Unix(0, 0)
	for i := range 10_000 {
		l.take(now, string(rune(i)))
	}
	if n := l.len(); n != 100 {
		t.Errorf("%d keys are remembered, want 100", n)
	}
	if l.take(now, "x") != 0 || l.take(now, "x") == 0 {
		t.Error("the bucket of one does not empty")
	}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 200 {
				l.take(now, string(rune(i*j)))
				l.forget(string(rune(j)))
			}
		})
	}
	wg.Wait()
}

func TestSessions(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		clk := clock.NewManual(time.Date(2026, 9, 5, 1, 0, 0, 0, time.UTC))
		s := NewSessions(d, clk)
		if _, found, err := s.Find("none"); found || err != nil {
			t.Errorf("no session: %v %v", found, err)
		}
		if err := s.Commit("a", []byte{1, 0, 255}, clk.Now().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		if err := s.Commit("a", []byte{2}, clk.Now().Add(2*time.Hour)); err != nil {
			t.Fatal(err)
		}
		if err := s.Commit("b", []byte{3}, clk.Now().Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		if b, found, err := s.Find("a"); err != nil || !found || string(b) != "\x02" {
			t.Errorf("session a: %v %v %v", b, found, err)
		}
		clk.Advance(time.Minute)
		if _, found, _ := s.Find("b"); found {
			t.Error("an expired session is found")
		}
		if all, err := s.AllCtx(ctx); err != nil || len(all) != 1 {
			t.Errorf("all: %v %v", all, err)
		}
		var n int64
		if err := d.Update(ctx, func(tx *db.Tx) (err error) { n, err = PurgeSessions(tx, clk.Now()); return err }); err != nil || n != 1 {
			t.Errorf("purged %d: %v", n, err)
		}
		for range 2 { // the second time it is gone already
			if err := s.Delete("a"); err != nil {
				t.Error(err)
			}
		}
		m := s.Manager(true)
		sctx, err := m.Load(ctx, "")
		if err != nil {
			t.Fatal(err)
		}
		m.Put(sctx, "user", "usr_1")
		token, _, err := m.Commit(sctx)
		if err != nil {
			t.Fatal(err)
		}
		if sctx, err = m.Load(ctx, token); err != nil || m.GetString(sctx, "user") != "usr_1" {
			t.Errorf("loaded %q: %v", m.GetString(sctx, "user"), err)
		}
		if _, found, _ := s.Find(token); found {
			t.Error("the database holds the token itself")
		}
	})
}

func TestAPIKeys(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		p := newPlace(t, d)
		manager := Subject{Role: FacilityManager, User: 1, Facility: p.School.ID}
		k, secret, err := p.s.CreateKey(ctx, manager, APIKey{Facility: p.School.ID, Name: "Phần mềm trường", Mode: Live, Scopes: []Action{ViewBills, EditBills}, Expires: p.clock.Now().Add(time.Hour)})
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(secret, "sk_live_") || len(secret) != 51 || !strings.HasSuffix(secret, k.Hint) {
			t.Errorf("secret %q with hint %q", secret, k.Hint)
		}
		find := func(secret string) (got APIKey, err error) {
			err = d.View(ctx, func(tx *db.Tx) (err error) { got, err = KeyBySecret(tx, secret, p.clock.Now()); return err })
			return got, err
		}
		got, err := find(secret)
		if diff := cmp.Diff(k, got); err != nil || diff != "" {
			t.Errorf("%v\n%s", err, diff)
		}
		if s := got.Subject(); !Can(s, ViewBills, Target{Facility: p.School.ID}) || Can(s, ViewBills, Target{Facility: p.Hospital.ID}) || s.Actor() != k.ID.String() {
			t.Errorf("subject %+v", s)
		}
		for _, bad := range []string{"", "sk_live_", secret + "x", strings.Replace(secret, "live", "test", 1), secret[:len(secret)-1], strings.ToUpper(secret)} {
			if _, err := find(bad); !errors.Is(err, ErrKey) {
				t.Errorf("secret %q: %v, want ErrKey", bad, err)
			}
		}
		_, testSecret, err := p.s.CreateKey(ctx, Subject{Role: ProvinceAdmin, User: 2}, APIKey{Name: "Trục liên thông", Mode: Test, Scopes: []Action{ViewFigures}})
		if err != nil || !strings.HasPrefix(testSecret, "sk_test_") {
			t.Errorf("province key %q: %v", testSecret, err)
		}
		for name, try := range map[string]struct {
			by Subject
			k  APIKey
		}{
			"another facility":           {manager, APIKey{Facility: p.Hospital.ID, Name: "x", Mode: Live, Scopes: []Action{ViewBills}}},
			"accountant":                 {Subject{Role: FacilityAccountant, User: 3, Facility: p.School.ID}, APIKey{Facility: p.School.ID, Name: "x", Mode: Live, Scopes: []Action{ViewBills}}},
			"province for a facility":    {Subject{Role: ProvinceAdmin, User: 2}, APIKey{Facility: p.School.ID, Name: "x", Mode: Live, Scopes: []Action{ViewBills}}},
			"a facility's, for province": {manager, APIKey{Name: "x", Mode: Live, Scopes: []Action{ViewFigures}}},
		} {
			if _, _, err := p.s.CreateKey(ctx, try.by, try.k); !errors.Is(err, ErrForbidden) {
				t.Errorf("%s: %v, want ErrForbidden", name, err)
			}
		}
		for field, bad := range map[string]APIKey{
			"name":   {Facility: p.School.ID, Mode: Live, Scopes: []Action{ViewBills}},
			"mode":   {Facility: p.School.ID, Name: "x", Scopes: []Action{ViewBills}},
			"scopes": {Facility: p.School.ID, Name: "x", Mode: Live, Scopes: []Action{ManageUsers}},
		} {
			_, _, err := p.s.CreateKey(ctx, manager, bad)
			badField(t, err, field)
		}
		p.clock.Advance(time.Hour)
		if _, err := find(secret); !errors.Is(err, ErrKey) {
			t.Errorf("expired key: %v, want ErrKey", err)
		}
		p.clock.Advance(-time.Minute)
		if err := p.s.RevokeKey(ctx, Subject{Role: FacilityManager, User: 9, Facility: p.Hospital.ID}, k.ID); !errors.Is(err, ErrForbidden) {
			t.Errorf("revoked by another facility: %v", err)
		}
		if err := p.s.RevokeKey(ctx, manager, k.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := find(secret); !errors.Is(err, ErrKey) {
			t.Errorf("revoked key: %v, want ErrKey", err)
		}
		if err := p.s.RevokeKey(ctx, manager, 99); !errors.Is(err, db.ErrNotFound) {
			t.Errorf("no such key: %v", err)
		}
		err = d.View(ctx, func(tx *db.Tx) error {
			list, err := KeysOf(tx, p.School.ID)
			if err != nil || len(list) != 1 || list[0].Active {
				t.Errorf("keys of the school: %+v %v", list, err)
			}
			var n int64
			if err := tx.Row("select count(*) from api_key where hash like '%'||$1||'%'", []any{secret[8:20]}, &n); err != nil || n != 0 {
				t.Errorf("the secret is stored: %d %v", n, err)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestIdempotency(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		now := time.Date(2026, 9, 5, 1, 0, 0, 0, time.UTC)
		call := Call{Caller: "key_1", Route: "POST /v1/bills", Key: "k", BodySHA256: "aa"}
		begin := func(c Call, at time.Time) (a *Answer, err error) {
			err = d.Update(t.Context(), func(tx *db.Tx) (err error) { a, err = Begin(tx, c, at); return err })
			return a, err
		}
		finish := func(c Call, a Answer) error {
			return d.Update(t.Context(), func(tx *db.Tx) error { return Finish(tx, c, a) })
		}
		if a, err := begin(call, now); a != nil || err != nil {
			t.Fatalf("first: %v %v", a, err)
		}
		if _, err := begin(call, now.Add(time.Second)); !errors.Is(err, ErrInFlight) {
			t.Errorf("while running: %v, want ErrInFlight", err)
		}
		other := call
		other.BodySHA256 = "bb"
		if _, err := begin(other, now); !errors.Is(err, ErrKeyReused) {
			t.Errorf("other body: %v, want ErrKeyReused", err)
		}
		for name, c := range map[string]Call{"caller": {Caller: "key_2", Route: call.Route, Key: "k", BodySHA256: "cc"}, "route": {Caller: "key_1", Route: "POST /v1/cash", Key: "k", BodySHA256: "cc"}} {
			if a, err := begin(c, now); a != nil || err != nil {
				t.Errorf("the same key of another %s: %v %v", name, a, err)
			}
		}
		want := Answer{Status: 201, ContentType: "application/json", Body: []byte(`{"id":"bil_1"}`)}
		if err := finish(call, want); err != nil {
			t.Fatal(err)
		}
		if err := finish(call, Answer{Status: 500}); !errors.Is(err, db.ErrNotFound) {
			t.Errorf("finished twice: %v, want ErrNotFound", err)
		}
		got, err := begin(call, now.Add(7*24*time.Hour))
		if diff := cmp.Diff(&want, got); err != nil || diff != "" {
			t.Errorf("seven days later: %v\n%s", err, diff)
		}
		if _, err := begin(other, now); !errors.Is(err, ErrKeyReused) {
			t.Errorf("other body after finish: %v, want ErrKeyReused", err)
		}

		// A call that died is taken over; one that failed without effect is freed.
		dead := call
		dead.Key = "dead"
		if _, err := begin(dead, now); err != nil {
			t.Fatal(err)
		}
		if a, err := begin(dead, now.Add(inFlightFor)); a != nil || err != nil {
			t.Errorf("after the first call died: %v %v", a, err)
		}
		if _, err := begin(dead, now.Add(inFlightFor+time.Second)); !errors.Is(err, ErrInFlight) {
			t.Errorf("taken over twice: %v", err)
		}
		if err := d.Update(t.Context(), func(tx *db.Tx) error { return Abandon(tx, dead) }); err != nil {
			t.Fatal(err)
		}
		if a, err := begin(dead, now); a != nil || err != nil {
			t.Errorf("after Abandon: %v %v", a, err)
		}

		purge := func(at time.Time) (n int64) {
			if err := d.Update(t.Context(), func(tx *db.Tx) (err error) { n, err = PurgeIdempotency(tx, at); return err }); err != nil {
				t.Fatal(err)
			}
			return n
		}
		if n := purge(now.Add(7 * 24 * time.Hour)); n != 0 {
			t.Errorf("purged %d within seven days", n)
		}
		if n := purge(now.Add(KeepIdempotency + time.Second)); n != 4 {
			t.Errorf("purged %d, want 4", n)
		}
	})
}

// Many retries at once of a call that does all in one transaction run its work once.
func TestIdempotencyUnderConcurrency(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		call := Call{Caller: "key_1", Route: "r", Key: "k", BodySHA256: "aa"}
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				err := d.Update(context.Background(), func(tx *db.Tx) error {
					a, err := Begin(tx, call, time.Unix(1_800_000_000, 0))
					if err != nil || a != nil {
						return err
					}
					if _, err := tx.Exec("update counter set value = value + 1 where name = 'bill'"); err != nil {
						return err
					}
					return Finish(tx, call, Answer{Status: 200})
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		var n int64
		if err := d.View(t.Context(), func(tx *db.Tx) error { return tx.Row("select value from counter where name = 'bill'", nil, &n) }); err != nil || n != 1 {
			t.Errorf("the work ran %d times: %v", n, err)
		}
	})
}

func TestGreeting(t *testing.T) {
	for name, want := range map[string]string{"Nguyễn Thị Minh Mẫu": "Minh Mẫu", "Lê Mẫu": "Lê Mẫu", "Mẫu": "Mẫu", "": ""} {
		if got := (User{Name: name}).Greeting(); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}
