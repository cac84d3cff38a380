package api

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"github.com/sen-platform/sen/internal/access"
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/rail"
	"github.com/sen-platform/sen/internal/rail/casso"
	"github.com/sen-platform/sen/internal/rail/payos"
	"github.com/sen-platform/sen/internal/rail/sepay"
	"github.com/sen-platform/sen/internal/web"
)

// receiver verifies and reads one message of a partner; its errors are *rail.Refusal.
type receiver func(header http.Header, body []byte, now time.Time) (rail.Inbound, error)

// stream is how one partner is received and answered.
type stream struct {
	open    func(mode, secret string) receiver
	answer  func(error) rail.Answer
	success rail.Answer
}

var streams = map[string]stream{
	sepay.Stream: {open: openSePay, answer: sepay.Answer, success: sepay.Answer(nil)},
	casso.Stream: {open: openCasso, answer: casso.Answer, success: casso.Answer(nil)},
	payos.Stream: {open: openPayOS, answer: payos.Answer, success: payos.Answer(nil)},
}

func openSePay(mode, secret string) receiver {
	cfg := sepay.Config{Auth: sepay.Auth(mode)}
	switch cfg.Auth {
	case sepay.HMAC:
		cfg.Secret = secret
	case sepay.APIKey:
		cfg.APIKey = secret
	}
	return func(h http.Header, b []byte, now time.Time) (rail.Inbound, error) {
		return sepay.Receive(cfg, h, b, now)
	}
}

func openCasso(mode, secret string) receiver {
	cfg := casso.Config{Version: casso.Version(mode)}
	switch cfg.Version {
	case casso.V2:
		cfg.ChecksumKey = secret
	case casso.V1:
		cfg.SecureToken = secret
	}
	return func(h http.Header, b []byte, now time.Time) (rail.Inbound, error) {
		return casso.Receive(cfg, h, b, now)
	}
}

func openPayOS(_, secret string) receiver {
	cfg := payos.Config{ChecksumKey: secret}
	return func(h http.Header, b []byte, now time.Time) (rail.Inbound, error) {
		return payos.Receive(cfg, h, b, now)
	}
}

// notHere answers an address that is unknown or stopped; the two look the same.
var notHere = func() rail.Answer {
	b, _ := json.Marshal(map[string]any{"success": false, "message": "Địa chỉ nhận tin này không có hoặc đã ngừng. Kiểm tra lại địa chỉ ở trang Kết nối của cơ sở."})
	return rail.Answer{Status: http.StatusNotFound, Body: b}
}()

// budget bounds how many messages, and how many bytes, of one hook are kept.
type budget struct{ messages, bytes *rate.Limiter }

// A hook may put aside 30 messages at once and 30 more per minute, 1 MiB at once and 1 KiB more
// per second: under attack it costs less than 90 MB a day, and a month of honest mistakes fits.
func newBudget() *budget {
	return &budget{messages: rate.NewLimiter(0.5, 30), bytes: rate.NewLimiter(1<<10, 1<<20)}
}

func (b *budget) allow(now time.Time, size int) bool {
	m := b.messages.ReserveN(now, 1)
	if !m.OK() || m.DelayFrom(now) > 0 {
		m.CancelAt(now)
		return false
	}
	if !b.bytes.AllowN(now, size) {
		m.CancelAt(now)
		return false
	}
	return true
}

// hookEntry is a hook ready to receive.
type hookEntry struct {
	hook    collect.Hook
	receive receiver
	// What is kept of strangers and of the partner is counted apart, so that a flood of forged
	// messages does not crowd the real ones out.
	refused, taken *budget

	staleAt atomic.Int64 // microseconds: when to look at the database again
}

const (
	// hookFresh is how long a hook is used before the database is asked again: a hook that was
	// stopped or changed elsewhere is so here after that.
	hookFresh = 5 * time.Second
	hooksKept = 4096
)

// hookBook remembers hooks by address, at most hooksKept of them. Safe for concurrent use.
type hookBook struct {
	db    *db.DB
	clock clock.Clock
	keys  *access.Keyring

	mu     sync.RWMutex
	byPath map[string]*hookEntry
}

func newHookBook(d *web.Deps) *hookBook {
	return &hookBook{db: d.DB, clock: d.Clock, keys: d.Keys, byPath: map[string]*hookEntry{}}
}

// find returns the active hook of a stream at a path; db.ErrNotFound when there is none.
func (b *hookBook) find(ctx context.Context, streamName, path string) (*hookEntry, error) {
	b.mu.RLock()
	e := b.byPath[path]
	b.mu.RUnlock()
	now := b.clock.Now()
	if e != nil && e.hook.Stream != streamName {
		return nil, db.ErrNotFound
	}
	if e == nil {
		return b.load(ctx, streamName, path, nil, now)
	}
	if at := e.staleAt.Load(); clock.Micros(now) >= at && e.staleAt.CompareAndSwap(at, clock.Micros(now.Add(hookFresh))) {
		// One request asks the database; the others go on with what is known.
		return b.load(ctx, streamName, path, e, now)
	}
	return e, nil
}

func (b *hookBook) load(ctx context.Context, streamName, path string, old *hookEntry, now time.Time) (*hookEntry, error) {
	var h collect.Hook
	err := b.db.View(ctx, func(tx *db.Tx) (err error) { h, err = collect.HookByPath(tx, path); return err })
	if err == nil && (!h.Active || h.Stream != streamName) {
		err = db.ErrNotFound
	}
	if err != nil {
		b.forget(path)
		return nil, err
	}
	if old != nil && old.hook == h {
		return old, nil
	}
	secret, err := h.Secret(b.keys)
	if err != nil {
		b.forget(path)
		return nil, err
	}
	e := &hookEntry{hook: h, receive: streams[h.Stream].open(h.Mode, secret), refused: newBudget(), taken: newBudget()}
	if old != nil {
		e.refused, e.taken = old.refused, old.taken
	}
	e.staleAt.Store(clock.Micros(now.Add(hookFresh)))
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.byPath) >= hooksKept && b.byPath[path] == nil {
		for other := range b.byPath { // any one: it comes back with its next message
			delete(b.byPath, other)
			break
		}
	}
	b.byPath[path] = e
	return e, nil
}

func (b *hookBook) forget(path string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.byPath, path)
}
