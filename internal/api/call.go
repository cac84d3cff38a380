package api

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sen-platform/sen/internal/access"
	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/web"
)

// apiVersion is the dated minor of /v1. A new one adds and never takes away; callers may name
// the one they were written for in X-API-Version.
const apiVersion = "2026-11-01"

const (
	headerVersion = "X-Api-Version"
	headerRequest = "X-Request-Id"
)

// call is what is known of one call to /v1.
type call struct {
	id      string // number of the request, as the server's log has it
	base    string // public origin
	path    string
	subject access.Subject // zero on public paths
	idem    string         // Idempotency-Key of a call that must have one
}

type callKey struct{}

// callOf is the call a context belongs to; an empty one outside of any.
func callOf(ctx context.Context) *call {
	if c, ok := ctx.Value(callKey{}).(*call); ok {
		return c
	}
	return &call{}
}

// actor is the caller as the use cases record it.
func (c *call) actor() collect.Actor { return collect.Actor{Name: c.subject.Actor()} }

// open are the paths that need no key: they say nothing about anybody.
var open = map[string]bool{openAPIPath: true, docsPath: true, machinesPath: true}

// begin gives each call its identity: request id, version, caller, rate limit.
func (f *face) begin(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := &call{id: cmp.Or(web.RequestID(r.Context()), newNumber()), base: f.BaseURL, path: r.URL.EscapedPath()}
		r = r.WithContext(context.WithValue(r.Context(), callKey{}, c))
		h := w.Header()
		h.Set(headerVersion, apiVersion)
		h.Set(headerRequest, cmp.Or(ownRequestID(r), c.id))
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cache-Control", "no-store")
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		if v := r.Header.Get(headerVersion); v != "" && v != apiVersion {
			f.fail(w, r, faultVersion)
			return
		}
		if !readable(r) {
			f.fail(w, r, faultRequest)
			return
		}
		if !open[r.URL.Path] {
			key, err := f.authenticate(r)
			if err != nil {
				f.fail(w, r, err)
				return
			}
			c.subject = key.Subject()
			if err := f.limits.take(h, key.ID, f.Clock.Now()); err != nil {
				f.fail(w, r, err)
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

// fail answers with a problem.
func (f *face) fail(w http.ResponseWriter, r *http.Request, err error) {
	writeProblem(w, f.problemFor(r.Context(), err))
}

// authenticate finds the key a call presents. The key is asked for each time, so that a
// revoked one ends at once.
func (f *face) authenticate(r *http.Request) (access.APIKey, error) {
	scheme, secret, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return access.APIKey{}, faultUnauthorized
	}
	var k access.APIKey
	err := f.DB.View(r.Context(), func(tx *db.Tx) (err error) {
		k, err = access.KeyBySecret(tx, strings.TrimSpace(secret), f.Clock.Now())
		return err
	})
	switch {
	case errors.Is(err, access.ErrKey):
		return k, faultUnauthorized
	case err == nil && k.Mode == access.Test && !f.Sample:
		return k, faultTestKey
	}
	return k, err
}

// may asks whether the caller may do an action on a facility. A key without the scope is told
// so; a facility out of reach is answered like one that does not exist.
func (c *call) may(a access.Action, of id.Facility) error {
	if !slices.Contains(c.subject.Scopes, a) {
		return faultScope.because("missing scope: " + string(a))
	}
	if !access.Can(c.subject, a, access.Target{Facility: of}) {
		return faultNotFound
	}
	return nil
}

// own is the facility a list is about: the one named, else the caller's own.
func (c *call) own(ctx context.Context, named string, a access.Action) (id.Facility, error) {
	of := c.subject.Facility
	if named != "" {
		var err error
		if of, err = id.Parse[id.Facility](named); err != nil {
			return 0, badParameter(ctx, "facility", "malformed", "Mã cơ sở có dạng fac_….")
		}
	}
	return of, c.may(a, of)
}

// ownRequestID is the identifier a caller gave its call, sent back so that it finds its own
// again; "" when there is none, or one that would do harm in a log.
func ownRequestID(r *http.Request) string {
	own := r.Header.Get(headerRequest)
	if len(own) > 64 || strings.IndexFunc(own, func(c rune) bool {
		return !(c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '-' || c == '_' || c == '.')
	}) >= 0 {
		return ""
	}
	return own
}

// newNumber numbers a request that nobody before us has numbered.
func newNumber() string { return strings.ToLower(rand.Text()[:10]) }

// readable refuses what no database text can hold.
func readable(r *http.Request) bool {
	fine := func(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }
	if !fine(r.URL.Path) {
		return false
	}
	q, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return false
	}
	for _, values := range q {
		for _, v := range values {
			if !fine(v) {
				return false
			}
		}
	}
	return true
}
