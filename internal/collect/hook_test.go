package collect_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/sen-platform/sen/internal/access"
	"github.com/sen-platform/sen/internal/audit"
	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/db/dbtest"
	"github.com/sen-platform/sen/internal/id"
)

func TestHooks(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		keys, err := access.NewKeyring(bytes.Repeat([]byte{7}, 32))
		h.must(err)
		other, err := access.NewKeyring(bytes.Repeat([]byte{8}, 32))
		h.must(err)
		made, err := h.s.AddHook(h.ctx, collect.System, keys, school, "sepay", "hmac", "  bí mật của trường \n")
		h.must(err)
		read := func(path string) (got collect.Hook, err error) {
			err = d.View(h.ctx, func(tx *db.Tx) (err error) { got, err = collect.HookByPath(tx, path); return err })
			return got, err
		}
		got, err := read(made.Path)
		h.must(err)
		if got != made || !got.Active || got.Facility != school || len(got.Path) != 26 {
			t.Errorf("read %+v, made %+v", got, made)
		}
		if secret, err := got.Secret(keys); err != nil || secret != "bí mật của trường" {
			t.Errorf("secret %q %v", secret, err)
		}
		if _, err := got.Secret(other); !errors.Is(err, access.ErrSealed) {
			t.Errorf("another installation opens the secret: %v", err)
		}
		second, err := h.s.AddHook(h.ctx, collect.System, keys, school, "payos", collect.HookChecksum, "12345678")
		h.must(err)
		if second.Path == made.Path {
			t.Error("two hooks have one address")
		}
		changed, err := h.s.ChangeHook(h.ctx, collect.System, keys, made.ID, "apikey", "khóa mới 2027")
		h.must(err)
		if secret, err := changed.Secret(keys); err != nil || secret != "khóa mới 2027" || changed.Path != made.Path || changed.Mode != "apikey" {
			t.Errorf("changed %+v: %q %v", changed, secret, err)
		}
		h.must(h.s.StopHook(h.ctx, collect.System, made.ID))
		if got, err = read(made.Path); err != nil || got.Active {
			t.Errorf("stopped: %+v %v", got, err)
		}
		if _, err := read("0000000000000000000000000a"); !errors.Is(err, db.ErrNotFound) {
			t.Errorf("unknown address: %v", err)
		}
		if err := h.s.StopHook(h.ctx, collect.System, 1); !errors.Is(err, db.ErrNotFound) {
			t.Errorf("stop of an unknown hook: %v", err)
		}
		h.view(func(tx *db.Tx) error {
			list, err := collect.HooksOf(tx, school)
			if err != nil || len(list) != 2 || list[0].ID != second.ID {
				t.Errorf("list: %+v %v", list, err)
			}
			log, err := audit.Of(tx, made.ID.String())
			if err != nil || len(log) != 3 {
				t.Errorf("audit: %+v %v", log, err)
			}
			for _, r := range log {
				if strings.Contains(r.Detail, "khóa") || strings.Contains(r.Detail, made.Path) {
					t.Errorf("the log betrays the secret or the address: %s", r.Detail)
				}
			}
			return nil
		})
	})
}

func TestHookInvalid(t *testing.T) {
	h := newHouse(t, dbtest.SQLite(t))
	keys, err := access.NewKeyring(bytes.Repeat([]byte{7}, 32))
	h.must(err)
	for name, c := range map[string]struct{ stream, mode, secret, field string }{
		"stream":         {"momo", "hmac", "12345678", "stream"},
		"empty stream":   {"", "", "12345678", "stream"},
		"no proof":       {"sepay", "none", "12345678", "mode"},
		"another's mode": {"payos", "hmac", "12345678", "mode"},
		"no mode":        {"casso", "", "12345678", "mode"},
		"short":          {"casso", "v2", "   1234567   ", "secret"},
		"long":           {"casso", "v2", strings.Repeat("x", 513), "secret"},
	} {
		_, err := h.s.AddHook(h.ctx, collect.System, keys, school, c.stream, c.mode, c.secret)
		var bad *collect.HookInvalid
		if !errors.As(err, &bad) || bad.Field != c.field || bad.Text == "" {
			t.Errorf("%s: %v, want a complaint about %s", name, err, c.field)
		}
	}
	for _, stream := range collect.HookStreams() {
		for _, mode := range collect.HookModes(stream) {
			if _, err := h.s.AddHook(h.ctx, collect.System, keys, school, stream, mode, "12345678"); err != nil {
				t.Errorf("%s %s: %v", stream, mode, err)
			}
		}
	}
	if _, err := h.s.AddHook(h.ctx, collect.System, keys, id.Facility(99), "payos", "checksum", "12345678"); !errors.Is(err, db.ErrCheck) {
		t.Errorf("of a facility that does not exist: %v", err)
	}
	if _, err := h.s.ChangeHook(h.ctx, collect.System, keys, 1, "hmac", "12345678"); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("change of an unknown hook: %v", err)
	}
}
