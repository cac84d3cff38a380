package collect

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/sen-platform/sen/internal/access"
	"github.com/sen-platform/sen/internal/audit"
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/rail/casso"
	"github.com/sen-platform/sen/internal/rail/payos"
	"github.com/sen-platform/sen/internal/rail/sepay"
)

// HookID identifies a hook: "hok_…".
type HookID int64

// Prefix implements id.Kind.
func (HookID) Prefix() string { return "hok" }

// String is the identifier with its prefix.
func (h HookID) String() string { return id.Format(h) }

// Hook is the address at which one partner reports the credits of one facility:
// /hooks/{stream}/{path}. The path is unguessable, and each message is proved by the secret
// that the facility agreed with the partner; the secret is stored sealed.
type Hook struct {
	ID       HookID
	Facility id.Facility
	Stream   string // "sepay", "casso", "payos"
	Mode     string // how the partner proves its messages: see HookModes
	Path     string
	Active   bool
	Created  time.Time

	sealed string
}

// HookChecksum is the only mode of payOS: its checksum key.
const HookChecksum = "checksum"

// HookModes lists the ways a stream can prove its messages, the best first; nil for a stream
// that has no hooks. SePay's way without any proof is left out on purpose: whoever learned the
// address could report money.
func HookModes(stream string) []string {
	switch stream {
	case sepay.Stream:
		return []string{string(sepay.HMAC), string(sepay.APIKey)}
	case casso.Stream:
		return []string{string(casso.V2), string(casso.V1)}
	case payos.Stream:
		return []string{HookChecksum}
	}
	return nil
}

// HookStreams lists the streams that can have hooks.
func HookStreams() []string { return []string{sepay.Stream, casso.Stream, payos.Stream} }

// HookInvalid is returned when a hook cannot be saved as entered; nothing was changed.
type HookInvalid struct{ Field, Text string }

// Error is the reason in Vietnamese.
func (e *HookInvalid) Error() string { return e.Text }

// Lengths of a partner's secret in characters.
const (
	minHookSecret = 8
	maxHookSecret = 512
)

func checkHook(stream, mode, secret string) error {
	modes := HookModes(stream)
	switch n := utf8.RuneCountInString(secret); {
	case modes == nil:
		return &HookInvalid{"stream", fmt.Sprintf("Không có đối tác “%.40s”. Chọn sepay, casso hoặc payos.", stream)}
	case !slices.Contains(modes, mode):
		return &HookInvalid{"mode", "Cách xác thực không dùng được với đối tác này. Chọn: " + strings.Join(modes, ", ") + "."}
	case n < minHookSecret || n > maxHookSecret:
		return &HookInvalid{"secret", fmt.Sprintf("Khóa bí mật có từ %d đến %d ký tự. Chép lại khóa ở trang của đối tác.", minHookSecret, maxHookSecret)}
	}
	return nil
}

func (h Hook) aad() string { return "hook/" + h.ID.String() + "/secret" }

// Secret opens the partner's secret; access.ErrSealed when keys are not those it was sealed with.
func (h Hook) Secret(keys *access.Keyring) (string, error) {
	b, err := keys.Open(h.sealed, h.aad())
	return string(b), err
}

// AddHook makes an address for a partner of a facility. The secret is what the facility
// agreed with the partner, without blanks around it. Errors: *HookInvalid; db.ErrCheck for a
// facility that does not exist.
func (s *Service) AddHook(ctx context.Context, by Actor, keys *access.Keyring, f id.Facility, stream, mode, secret string) (Hook, error) {
	secret = strings.TrimSpace(secret)
	if err := checkHook(stream, mode, secret); err != nil {
		return Hook{}, err
	}
	h := Hook{ID: id.New[HookID](s.ids), Facility: f, Stream: stream, Mode: mode, Path: id.NewToken(), Active: true, Created: s.clk.Now()}
	h.sealed = keys.Seal([]byte(secret), h.aad())
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		if err := tx.Insert("hook", []string{"id", "path", "stream", "facility_id", "mode", "secret_sealed", "active", "created_at"},
			[][]any{{int64(h.ID), h.Path, h.Stream, int64(h.Facility), h.Mode, h.sealed, true, clock.Micros(h.Created)}}); err != nil {
			return err
		}
		return s.recordHook(tx, by, "hook.create", h)
	})
	return h, err
}

// ChangeHook gives a hook another mode and secret and makes it active; the address stays, so
// that a secret can be replaced without a word to the partner. Errors: *HookInvalid, db.ErrNotFound.
func (s *Service) ChangeHook(ctx context.Context, by Actor, keys *access.Keyring, hook HookID, mode, secret string) (Hook, error) {
	secret = strings.TrimSpace(secret)
	var h Hook
	err := s.db.Update(ctx, func(tx *db.Tx) (err error) {
		if h, err = HookByID(tx, hook); err != nil {
			return err
		}
		if err := checkHook(h.Stream, mode, secret); err != nil {
			return err
		}
		h.Mode, h.Active, h.sealed = mode, true, keys.Seal([]byte(secret), h.aad())
		if _, err := tx.Exec("update hook set mode = $2, secret_sealed = $3, active = $4 where id = $1", h.ID, h.Mode, h.sealed, true); err != nil {
			return err
		}
		return s.recordHook(tx, by, "hook.change", h)
	})
	return h, err
}

// StopHook ends a hook: messages to its address are refused from then on, in other processes
// within some seconds. Errors: db.ErrNotFound.
func (s *Service) StopHook(ctx context.Context, by Actor, hook HookID) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		h, err := HookByID(tx, hook)
		if err != nil {
			return err
		}
		if _, err := tx.Exec("update hook set active = $2 where id = $1", h.ID, false); err != nil {
			return err
		}
		return s.recordHook(tx, by, "hook.stop", h)
	})
}

// recordHook writes the audit record; the address and the secret stay out of it.
func (s *Service) recordHook(tx *db.Tx, by Actor, action string, h Hook) error {
	r, err := audit.New(s.clk.Now(), by.Name, action, h.ID.String(), h.Facility, map[string]any{"stream": h.Stream, "mode": h.Mode})
	if err != nil {
		return err
	}
	return audit.Append(tx, r)
}

const hookColumns = "id, facility_id, stream, mode, path, active, created_at, secret_sealed"

func scanHook(r db.Rows, h *Hook) error {
	var created int64
	err := r.Scan(&h.ID, &h.Facility, &h.Stream, &h.Mode, &h.Path, &h.Active, &created, &h.sealed)
	h.Created = clock.FromMicros(created)
	return err
}

func oneHook(tx *db.Tx, where string, arg any) (Hook, error) {
	list, err := db.All(tx, "select "+hookColumns+" from hook where "+where, []any{arg}, scanHook)
	if err != nil {
		return Hook{}, err
	}
	if len(list) == 0 {
		return Hook{}, db.ErrNotFound
	}
	return list[0], nil
}

// HookByID reads one hook, stopped ones too; db.ErrNotFound when there is none.
func HookByID(tx *db.Tx, hook HookID) (Hook, error) { return oneHook(tx, "id = $1", hook) }

// HookByPath reads the hook behind an address, stopped ones too; db.ErrNotFound when there is none.
func HookByPath(tx *db.Tx, path string) (Hook, error) { return oneHook(tx, "path = $1", path) }

// HooksOf lists a facility's hooks, newest first, stopped ones too.
func HooksOf(tx *db.Tx, f id.Facility) ([]Hook, error) {
	return db.All(tx, "select "+hookColumns+" from hook where facility_id = $1 order by id desc", []any{f}, scanHook)
}
