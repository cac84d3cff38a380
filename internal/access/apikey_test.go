package access

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/db/dbtest"
)

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
