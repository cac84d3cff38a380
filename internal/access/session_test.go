package access

import (
	"context"
	"testing"
	"time"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/db/dbtest"
)

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
