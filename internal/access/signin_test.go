package access

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/db/dbtest"
)

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
	for _, stored := range []string{
		"", "x", decoy[:20], "$argon2i$v=19$m=19456,t=2,p=1$AAAA$AAAA", "$argon2id$v=19$m=99999999,t=2,p=1$" + strings.Repeat("A", 22) + "$" + strings.Repeat("A", 43),
		"$argon2id$v=19$m=19456,t=0,p=1$" + strings.Repeat("A", 22) + "$" + strings.Repeat("A", 43), "$argon2id$v=16$m=19456,t=2,p=1$AAAA$AAAA", "$argon2id$v=19$m=19456,t=2,p=1$AAAA$",
	} {
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

func TestAuthenticate(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		p := newPlace(t, d)
		u := p.user(t, "ke.toan", FacilityAccountant, p.School.ID)
		got, err := p.signIn(t, " KE.TOAN ", goodPassword, "10.0.0.1")
		if err != nil || got.ID != u.ID {
			t.Fatalf("right password: %v %v", got, err)
		}
		for name, try := range map[string][2]string{
			"wrong password": {"ke.toan", "sai mật khẩu"}, "unknown login": {"ai.do", goodPassword}, "empty": {"", ""},
			"very long": {"ke.toan", strings.Repeat("x", 5000)},
		} {
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

func TestGreeting(t *testing.T) {
	for name, want := range map[string]string{"Nguyễn Thị Minh Mẫu": "Minh Mẫu", "Lê Mẫu": "Lê Mẫu", "Mẫu": "Mẫu", "": ""} {
		if got := (User{Name: name}).Greeting(); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}
