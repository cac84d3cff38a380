// Package session knows who sits at the browser: sign-in, sign-out, and the subject of a
// request (C1). Whether that subject may do something is access.Can's to say.
//
// All routes of staff stand behind Manager.Wrap; a face protects its handlers with Require
// and reads the subject with Subject.
package session

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"

	"github.com/sen-platform/sen/internal/access"
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/web/page"
)

// How long a session lives without use. The second is for machines that several people use
// (the box on the sign-in page).
const (
	idle       = time.Hour
	idleShared = 15 * time.Minute
	// touchAfter bounds how often a session's last use is written down.
	touchAfter = time.Minute
)

// Names of what a session holds.
const (
	keyUser   = "user"
	keyEpoch  = "epoch"
	keyShared = "shared"
	keySeen   = "seen"
	keyFlash  = "flash"
	keyUndo   = "undo"
)

// Config is what a Manager needs.
type Config struct {
	DB    *db.DB
	Clock clock.Clock
	Log   *slog.Logger
	// Secure marks the cookie for HTTPS only; false only on plain HTTP.
	Secure bool
	// Province and Sample are shown on the sign-in page.
	Province string
	Sample   bool
	// Hints are sign-ins of invented people, shown on the sign-in page of a demonstration.
	Hints []Hint
}

// Hint is the sign-in of an invented person.
type Hint struct{ Who, Login, Password string }

// Manager signs people in and out. Safe for concurrent use.
type Manager struct {
	cfg   Config
	scs   *scs.SessionManager
	auth  *access.Authenticator
	pages *page.Set
}

// New returns a Manager; it fails only when its page does not parse.
func New(cfg Config) (*Manager, error) {
	pages, err := parsePages()
	if err != nil {
		return nil, err
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	pages.Log = cfg.Log
	m := &Manager{cfg: cfg, auth: access.NewAuthenticator(cfg.DB, cfg.Clock), pages: pages}
	m.scs = access.NewSessions(cfg.DB, cfg.Clock).Manager(cfg.Secure)
	// Idle time is counted here, by the rule of the machine and at most once a minute: scs
	// would write the session at every request.
	m.scs.IdleTimeout = 0
	m.scs.ErrorFunc = func(w http.ResponseWriter, r *http.Request, err error) { m.broken(w, r, err) }
	if cfg.Secure {
		// The prefix makes browsers refuse a cookie that another host or plain HTTP planted.
		m.scs.Cookie.Name = "__Host-sen_session"
	}
	return m, nil
}

// person is who a request comes from, in its context.
type person struct {
	m      *Manager
	user   access.User
	signed bool
	shared bool
}

type contextKey struct{}

func of(r *http.Request) (person, bool) {
	p, ok := r.Context().Value(contextKey{}).(person)
	return p, ok
}

// Wrap loads the session of every request to next.
func (m *Manager) Wrap(next http.Handler) http.Handler {
	return m.scs.LoadAndSave(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p, err := m.resume(r)
		if err != nil {
			m.broken(w, r, err)
			return
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), contextKey{}, p)))
	}))
}

// resume reads who the session belongs to and ends it when it was idle too long, the account
// was shut or the password changed since.
func (m *Manager) resume(r *http.Request) (person, error) {
	ctx := r.Context()
	p := person{m: m}
	user := id.User(m.scs.GetInt64(ctx, keyUser))
	if user == 0 {
		return p, nil
	}
	p.shared = m.scs.GetBool(ctx, keyShared)
	now := m.cfg.Clock.Now()
	unused := now.Sub(clock.FromMicros(m.scs.GetInt64(ctx, keySeen)))
	limit := idle
	if p.shared {
		limit = idleShared
	}
	if unused > limit {
		return p, m.scs.Destroy(ctx)
	}
	err := m.cfg.DB.View(ctx, func(tx *db.Tx) (err error) {
		p.user, err = access.Resume(tx, access.User{ID: user, Epoch: m.scs.GetInt64(ctx, keyEpoch)})
		return err
	})
	if errors.Is(err, access.ErrCredentials) {
		return p, m.scs.Destroy(ctx)
	}
	if err != nil {
		return p, err
	}
	p.signed = true
	if unused > touchAfter && byHand(r) {
		m.scs.Put(ctx, keySeen, clock.Micros(now))
	}
	return p, nil
}

// byHand tells a person's request from a page that refreshes itself, which must not keep an
// abandoned session alive.
func byHand(r *http.Request) bool {
	dest := r.Header.Get("Sec-Fetch-Dest")
	return dest == "" || dest == "document" || r.Method != http.MethodGet
}

// Subject is who is signed in, as access.Can sees them; false when nobody is.
func Subject(r *http.Request) (access.Subject, bool) {
	p, ok := of(r)
	if !ok || !p.signed {
		return access.Subject{}, false
	}
	return p.user.Subject(), true
}

// User is the account that is signed in, for the masthead; false when nobody is.
func User(r *http.Request) (access.User, bool) {
	p, ok := of(r)
	return p.user, ok && p.signed
}

// Own is the subject's own place as a target: the facility of facility people, sector and
// area of officers. Require asks Can about it; a page about one thing asks again about that.
func Own(s access.Subject) access.Target {
	t := access.Target{Facility: s.Facility, Sector: s.Sector}
	if s.Sector == org.Both {
		t.Sector = ""
	}
	if s.Area != 0 {
		t.Areas = []id.Area{s.Area}
	}
	return t
}

// Require lets only people who are signed in through to next, and with actions only those
// whose role allows every one of them at their own place (see Own). Others are sent to sign
// in and come back to the same page; who is signed in but may not gets the page of status 403.
func Require(next http.Handler, actions ...access.Action) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p, ok := of(r)
		if !ok {
			http.Error(w, "session: handler outside Wrap", http.StatusInternalServerError)
			return
		}
		if !p.signed {
			toSignIn(w, r)
			return
		}
		s := p.user.Subject()
		for _, a := range actions {
			if !access.Can(s, a, Own(s)) {
				p.m.forbid(w, r)
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

// RequireFunc is Require for a function.
func RequireFunc(next http.HandlerFunc, actions ...access.Action) http.Handler {
	return Require(next, actions...)
}

// Forbid answers with the page of status 403. For a thing that the subject may not touch.
func Forbid(w http.ResponseWriter, r *http.Request) {
	if p, ok := of(r); ok {
		p.m.forbid(w, r)
		return
	}
	http.Error(w, http.StatusText(http.StatusForbidden), http.StatusForbidden)
}

// toSignIn sends a browser to the sign-in page. A script that follows the server (live
// regions) gets 401, so that it does not take the sign-in page for news.
func toSignIn(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Sec-Fetch-Dest") == "empty" || strings.Contains(r.Header.Get("Accept"), "text/event-stream") {
		http.Error(w, http.StatusText(http.StatusUnauthorized), http.StatusUnauthorized)
		return
	}
	back := r.URL.RequestURI()
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		// What was posted cannot be repeated by a link: come back to the form.
		back = ""
		if ref, err := url.Parse(r.Referer()); err == nil && ref.Host == r.Host {
			back = ref.RequestURI()
		}
	}
	q := url.Values{}
	if to := localPath(back); to != "" {
		q.Set("to", to)
	}
	target := "/signin"
	if len(q) > 0 {
		target += "?" + q.Encode()
	}
	http.Redirect(w, r, target, http.StatusSeeOther)
}

func (m *Manager) forbid(w http.ResponseWriter, r *http.Request) {
	f := page.Failure{Chrome: m.chrome(r), Status: http.StatusForbidden}
	if u, ok := User(r); ok {
		f.Next = []page.Link{{Text: "Về trang của bạn", Href: Landing(u.Role), Class: "btn--main"}}
	}
	m.pages.Fail(w, f)
}

func (m *Manager) broken(w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() == nil {
		m.cfg.Log.ErrorContext(r.Context(), "session", "err", err)
	}
	m.pages.Fail(w, page.Failure{Chrome: m.chrome(r), Status: http.StatusInternalServerError})
}

func (m *Manager) chrome(r *http.Request) page.Chrome {
	return page.Chrome{Lang: page.RequestLang(r), Province: m.cfg.Province, Sample: m.cfg.Sample, Path: r.URL.Path}
}

// Landing is the first page of a role: the desk for people of a facility, the province's
// figures for the others.
func Landing(r access.Role) string {
	if r.OfFacility() {
		return "/desk"
	}
	return "/steer"
}

// Flash keeps a message for the next page of this session, typically after a POST that
// redirects. undo is an address that a POST takes the step back, or "".
func Flash(r *http.Request, text, undo string) {
	if p, ok := of(r); ok && p.signed {
		p.m.scs.Put(r.Context(), keyFlash, text)
		p.m.scs.Put(r.Context(), keyUndo, undo)
	}
}

// TakeFlash is the message kept by Flash, once; nil when there is none.
func TakeFlash(r *http.Request) *page.Toast {
	p, ok := of(r)
	if !ok || !p.signed || !p.m.scs.Exists(r.Context(), keyFlash) {
		return nil
	}
	return &page.Toast{Text: p.m.scs.PopString(r.Context(), keyFlash), Undo: p.m.scs.PopString(r.Context(), keyUndo)}
}
