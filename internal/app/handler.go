package app

import (
	"net/http"
	"strings"

	"github.com/sen-platform/sen/internal/api"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/event"
	"github.com/sen-platform/sen/internal/web"
	"github.com/sen-platform/sen/internal/web/desk"
	"github.com/sen-platform/sen/internal/web/page"
	"github.com/sen-platform/sen/internal/web/pay"
	"github.com/sen-platform/sen/internal/web/portal"
	"github.com/sen-platform/sen/internal/web/steer"
	"github.com/sen-platform/sen/internal/web/ui"
)

// face mounts the routes of one face.
type face func(*http.ServeMux, *web.Deps) error

// allFaces lists what answers requests.
func allFaces() []face {
	return []face{api.Register, pay.Register, desk.Register, portal.Register, steer.Register}
}

// Handler is the whole site under the configured BaseURL, for a server of the caller's.
func (a *App) Handler() (http.Handler, error) { return a.handler(a.cfg.BaseURL) }

func (a *App) handler(baseURL string) (http.Handler, error) {
	d, err := a.deps(baseURL)
	if err != nil {
		return nil, err
	}
	pages, err := page.New()
	if err != nil {
		return nil, err
	}
	pages.Log = a.cfg.Log
	mux := http.NewServeMux()
	d.Sessions.Register(mux)
	mux.Handle("GET "+ui.Prefix, ui.Handler())
	mux.HandleFunc("GET /healthz", a.health)
	mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, ui.Asset("lotus.svg"), http.StatusFound)
	})
	mux.HandleFunc("GET /robots.txt", robots)
	for _, register := range a.faces {
		if err := register(mux, d); err != nil {
			return nil, err
		}
	}
	e := &edge{app: a, pages: pages, sample: a.cfg.Sample, province: a.cfg.Province}
	mux.HandleFunc("/", e.notFound)
	matched := e.note(mux)
	guard := http.NewCrossOriginProtection()
	if err := guard.AddTrustedOrigin(baseURL); baseURL != "" && err != nil {
		return nil, err
	}
	guard.SetDenyHandler(http.HandlerFunc(e.foreignForm))
	public := guard.Handler(matched)
	staff := guard.Handler(d.Sessions.Wrap(matched))
	split := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch door(r.URL.Path) {
		case doorMachines:
			matched.ServeHTTP(w, r)
		case doorPayers:
			public.ServeHTTP(w, r)
		default:
			staff.ServeHTTP(w, r)
		}
	})
	whole := e.wrap(split)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, hooksPrefix) {
			// Thousands a second at their best: nothing stands between a bank's word and the book.
			// The face bounds the body and logs what goes wrong; net/http nets panics.
			mux.ServeHTTP(w, r)
			return
		}
		whole.ServeHTTP(w, r)
	}), nil
}

// hooksPrefix is where partners report.
const hooksPrefix = "/hooks/"

// The doors of the house: programs prove themselves by signature or key and have no cookie,
// payers need no session, everybody else may have one.
const (
	doorMachines = iota
	doorPayers
	doorStaff
)

func door(path string) int {
	switch {
	case strings.HasPrefix(path, hooksPrefix), strings.HasPrefix(path, "/v1/"), strings.HasPrefix(path, ui.Prefix), path == "/healthz":
		return doorMachines
	case strings.HasPrefix(path, "/p/"), strings.HasPrefix(path, "/r/"):
		return doorPayers
	}
	return doorStaff
}

// robots keeps search engines away from what a link or an account opens. The front page and
// the directory of facilities may be found.
func robots(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte("User-agent: *\nDisallow: /p/\nDisallow: /r/\nDisallow: /desk\nDisallow: /steer\nDisallow: /v1\nDisallow: /signin\n"))
}

// health answers 200 while the process takes requests and its database answers, else 503,
// for a load balancer.
func (a *App) health(w http.ResponseWriter, r *http.Request) {
	status, body := http.StatusOK, `{"status":"ok"}`
	if a.draining.Err() != nil {
		status, body = http.StatusServiceUnavailable, `{"status":"stopping"}`
	} else if err := a.DB.View(r.Context(), func(tx *db.Tx) error { _, err := event.Last(tx); return err }); err != nil {
		a.cfg.Log.Error("health", "err", err)
		status, body = http.StatusServiceUnavailable, `{"status":"database"}`
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(body + "\n"))
}
