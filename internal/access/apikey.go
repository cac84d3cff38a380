package access

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/vn"
)

// KeyID identifies an API key: "key_…".
type KeyID int64

// Prefix implements id.Kind.
func (KeyID) Prefix() string { return "key" }

// String is the identifier with its prefix.
func (k KeyID) String() string { return id.Format(k) }

// Mode is whether a key moves real data or the test mode's.
type Mode string

// The modes; they show in the key itself.
const (
	Live Mode = "live"
	Test Mode = "test"
)

// APIKey is the right of a program to act for a facility, or for the province when Facility
// is zero. The secret itself is shown once and never stored.
type APIKey struct {
	ID       KeyID
	Facility id.Facility
	Name     string // what it is for: "Phần mềm quản lý trường"
	Mode     Mode
	Hint     string // its last four characters, to tell keys apart
	Scopes   []Action
	Active   bool
	Created  time.Time
	Expires  time.Time // zero = never
}

// Subject is the key as Can sees it.
func (k APIKey) Subject() Subject {
	role := FacilityKey
	if k.Facility == 0 {
		role = ProvinceKey
	}
	return Subject{Role: role, Key: k.ID, Facility: k.Facility, Scopes: k.Scopes}
}

// ErrKey is returned for a text that is no key in force.
var ErrKey = errors.New("access: unknown, revoked or expired API key")

// hashKey is what is stored of a key. A key carries 256 random bits, so a plain hash is as
// hard to invert as the key is to guess.
func hashKey(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// CreateKey makes an API key and returns its secret, sk_live_… or sk_test_…, which is shown
// this once. Errors: ErrForbidden, *Invalid.
func (s *Service) CreateKey(ctx context.Context, by Subject, k APIKey) (APIKey, string, error) {
	k.Name = vn.Clean(k.Name)
	bad := &Invalid{}
	if k.Name == "" {
		bad.Problems = append(bad.Problems, Problem{"name", "Chưa có tên khóa. Ghi phần mềm nào dùng khóa này."})
	}
	if k.Mode != Live && k.Mode != Test {
		bad.Problems = append(bad.Problems, Problem{"mode", "Chưa chọn khóa thật hay khóa thử."})
	}
	allowed := Scopes(k.Subject().Role)
	if len(k.Scopes) == 0 || slices.ContainsFunc(k.Scopes, func(a Action) bool { return !slices.Contains(allowed, a) }) {
		bad.Problems = append(bad.Problems, Problem{"scopes", "Chọn ít nhất một quyền trong danh sách quyền của khóa."})
	}
	if len(bad.Problems) > 0 {
		return APIKey{}, "", bad
	}
	if !Can(by, ManageKeys, Target{Facility: k.Facility}) {
		return APIKey{}, "", ErrForbidden
	}
	raw := make([]byte, 32)
	_, _ = rand.Read(raw) // never fails since Go 1.24
	secret := "sk_" + string(k.Mode) + "_" + base64.RawURLEncoding.EncodeToString(raw)
	slices.Sort(k.Scopes)
	k.ID, k.Hint, k.Active, k.Created = id.New[KeyID](s.IDs), secret[len(secret)-4:], true, s.Clock.Now()
	err := s.DB.Update(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec("insert into api_key (id, facility_id, name, hash, scopes, active, created_at, mode, hint, expires_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
			k.ID, id.Null(k.Facility), k.Name, hashKey(secret), joinScopes(k.Scopes), true, clock.Micros(k.Created), k.Mode, k.Hint, nullMicros(k.Expires))
		if err != nil {
			return err
		}
		return s.record(tx, by, "key.create", k.ID.String(), k.Facility, map[string]any{"name": k.Name, "mode": k.Mode, "scopes": k.Scopes})
	})
	return k, secret, err
}

// RevokeKey ends a key at once. Errors: ErrForbidden, db.ErrNotFound.
func (s *Service) RevokeKey(ctx context.Context, by Subject, key KeyID) error {
	return s.DB.Update(ctx, func(tx *db.Tx) error {
		list, err := db.All(tx, "select "+keyCols+" from api_key where id = $1", []any{key}, scanKey)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return db.ErrNotFound
		}
		if !Can(by, ManageKeys, Target{Facility: list[0].Facility}) {
			return ErrForbidden
		}
		if _, err := tx.Exec("update api_key set active = $2 where id = $1", key, false); err != nil {
			return err
		}
		return s.record(tx, by, "key.revoke", key.String(), list[0].Facility, struct{}{})
	})
}

// KeyBySecret finds the key in force that a program presents; ErrKey when there is none.
func KeyBySecret(tx *db.Tx, secret string, now time.Time) (APIKey, error) {
	if !strings.HasPrefix(secret, "sk_live_") && !strings.HasPrefix(secret, "sk_test_") {
		return APIKey{}, ErrKey
	}
	list, err := db.All(tx, "select "+keyCols+" from api_key where hash = $1", []any{hashKey(secret)}, scanKey)
	if err != nil {
		return APIKey{}, err
	}
	if len(list) == 0 || !list[0].Active || (!list[0].Expires.IsZero() && !now.Before(list[0].Expires)) {
		return APIKey{}, ErrKey
	}
	return list[0], nil
}

// KeysOf lists the keys of a facility, or with zero those of the province, newest first,
// revoked ones too.
func KeysOf(tx *db.Tx, facility id.Facility) ([]APIKey, error) {
	return db.All(tx, "select "+keyCols+" from api_key where coalesce(facility_id, 0) = $1 order by id desc", []any{facility}, scanKey)
}

const keyCols = "id, coalesce(facility_id, 0), name, mode, hint, scopes, active, created_at, coalesce(expires_at, 0)"

func scanKey(r db.Rows, k *APIKey) error {
	var scopes string
	var created, expires int64
	if err := r.Scan(&k.ID, &k.Facility, &k.Name, &k.Mode, &k.Hint, &scopes, &k.Active, &created, &expires); err != nil {
		return err
	}
	for _, a := range strings.Fields(scopes) {
		k.Scopes = append(k.Scopes, Action(a))
	}
	k.Created = clock.FromMicros(created)
	if expires != 0 {
		k.Expires = clock.FromMicros(expires)
	}
	return nil
}

func joinScopes(list []Action) string {
	texts := make([]string, len(list))
	for i, a := range list {
		texts[i] = string(a)
	}
	return strings.Join(texts, " ")
}

func nullMicros(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return clock.Micros(t)
}
