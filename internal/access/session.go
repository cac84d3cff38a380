package access

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
)

// Sessions keeps web sessions in the database: an scs.CtxStore and scs.IterableCtxStore.
type Sessions struct {
	db    *db.DB
	clock clock.Clock
}

var (
	_ scs.CtxStore         = (*Sessions)(nil)
	_ scs.IterableCtxStore = (*Sessions)(nil)
)

// NewSessions returns the store of sessions in d.
func NewSessions(d *db.DB, c clock.Clock) *Sessions { return &Sessions{db: d, clock: c} }

// Manager returns a session manager with the house's rules: a working day at most, one hour
// without use, cookie for our pages only, and only a hash of the token in the database, so
// that a stolen copy of it opens no session. secure is false only on plain HTTP (demo).
func (s *Sessions) Manager(secure bool) *scs.SessionManager {
	m := scs.New()
	m.Store = s
	m.Lifetime = 12 * time.Hour
	m.IdleTimeout = time.Hour
	m.HashTokenInStore = true
	m.Cookie.Name = "sen_session"
	m.Cookie.HttpOnly = true
	m.Cookie.Secure = secure
	m.Cookie.SameSite = http.SameSiteLaxMode
	m.Cookie.Persist = false
	return m
}

// FindCtx returns the data of a session that has not expired.
func (s *Sessions) FindCtx(ctx context.Context, token string) (b []byte, found bool, err error) {
	err = s.db.View(ctx, func(tx *db.Tx) error {
		return tx.Row("select data from session where token = $1 and expiry > $2", []any{token, clock.Micros(s.clock.Now())}, &b)
	})
	if errors.Is(err, db.ErrNotFound) {
		return nil, false, nil
	}
	return b, err == nil, err
}

// CommitCtx writes a session, replacing what it held.
func (s *Sessions) CommitCtx(ctx context.Context, token string, b []byte, expiry time.Time) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec("insert into session (token, data, expiry) values ($1, $2, $3) on conflict (token) do update set data = excluded.data, expiry = excluded.expiry",
			token, b, clock.Micros(expiry))
		return err
	})
}

// DeleteCtx ends a session; ending one that does not exist is no error.
func (s *Sessions) DeleteCtx(ctx context.Context, token string) error {
	return s.db.Update(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec("delete from session where token = $1", token)
		return err
	})
}

// AllCtx returns the sessions that have not expired by token, hashed as stored.
func (s *Sessions) AllCtx(ctx context.Context) (map[string][]byte, error) {
	out := map[string][]byte{}
	err := s.db.View(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query("select token, data from session where expiry > $1", clock.Micros(s.clock.Now()))
		return db.Each(rows, err, func(r db.Rows) error {
			var token string
			var b []byte
			if err := r.Scan(&token, &b); err != nil {
				return err
			}
			out[token] = b
			return nil
		})
	})
	return out, err
}

// Find is FindCtx without a context, as scs.Store asks.
func (s *Sessions) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

// Commit is CommitCtx without a context, as scs.Store asks.
func (s *Sessions) Commit(token string, b []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, b, expiry)
}

// Delete is DeleteCtx without a context, as scs.Store asks.
func (s *Sessions) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }

// PurgeSessions removes expired sessions and returns how many; run it now and then.
func PurgeSessions(tx *db.Tx, now time.Time) (int64, error) {
	return tx.Exec("delete from session where expiry <= $1", clock.Micros(now))
}
