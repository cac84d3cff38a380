// Package portal is the public front page: find a bill, check a receipt, check a QR code before
// paying, find the person who helps, see how far the province is (requirements P8, P10, T3, T4).
//
// Nobody signs in here. What is asked with a person's data (the look-up) is bounded and gives
// an answer of one shape, so that codes cannot be walked.
package portal

import (
	"context"
	"embed"
	"errors"
	"io/fs"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"golang.org/x/time/rate"

	"github.com/sen-platform/sen/internal/web"
	"github.com/sen-platform/sen/internal/web/page"
)

//go:embed all:templates
var files embed.FS

// Bounds. A school's computer room or a telephone company's network can share one address, so
// the bound per address is wide; the bound per code is what stops guessing its second fact.
const (
	lookUpsOfAddress = 20
	lookUpEvery      = 10 * time.Second
	lookUpsOfCode    = 5
	codeEvery        = 10 * time.Minute
	checksOfAddress  = 40
	checkEvery       = 3 * time.Second
	remembered       = 20_000 // addresses, and as many codes
)

// maxForm bounds the body of a form of this face.
const maxForm = 8 << 10

type face struct {
	*web.Deps
	pages           *page.Set
	addresses       *limits // look-ups
	codes           *limits // look-ups
	checks          *limits // of QR codes
	figures         figures
	answerMissAfter time.Duration
	hold            func(context.Context, time.Duration)
}

// Register mounts the front page and the pages behind its doors.
func Register(mux *http.ServeMux, d *web.Deps) error {
	f, err := newFace(d)
	if err != nil {
		return err
	}
	f.mount(mux)
	return nil
}

func newFace(d *web.Deps) (*face, error) {
	templates, err := fs.Sub(files, "templates")
	if err != nil {
		return nil, err
	}
	pages, err := page.New(templates)
	if err != nil {
		return nil, err
	}
	pages.Log = d.Log
	return &face{
		Deps: d, pages: pages, answerMissAfter: missAfter, hold: wait,
		addresses: newLimits(rate.Every(lookUpEvery), lookUpsOfAddress, remembered),
		codes:     newLimits(rate.Every(codeEvery), lookUpsOfCode, remembered),
		checks:    newLimits(rate.Every(checkEvery), checksOfAddress, remembered),
	}, nil
}

func (f *face) mount(mux *http.ServeMux) {
	mux.HandleFunc("GET /{$}", f.showHome)
	mux.HandleFunc("POST /tra-cuu", f.lookUp)
	mux.HandleFunc("GET /tra-cuu", func(w http.ResponseWriter, r *http.Request) { f.goTo(w, r, "/") })
	mux.HandleFunc("GET /bien-lai", f.showReceiptForm)
	mux.HandleFunc("POST /bien-lai", f.openReceipt)
	mux.HandleFunc("GET /kiem-tra", f.showCheckForm)
	mux.HandleFunc("POST /kiem-tra", f.check)
	mux.HandleFunc("GET /co-so", f.showFacilities)
	mux.HandleFunc("GET /so-lieu", f.showFigures)
}

func (f *face) goTo(w http.ResponseWriter, r *http.Request, path string) {
	page.Headers(w.Header(), true)
	http.Redirect(w, r, in(page.RequestLang(r), path), http.StatusSeeOther)
}

// t is the catalogue's text.
func (f *face) t(lang page.Lang, key string, args ...any) string {
	return f.pages.T(lang, key, args...)
}

// chrome is what surrounds every page of this face.
func (f *face) chrome(r *http.Request, title string) page.Chrome {
	lang := page.RequestLang(r)
	c := page.Chrome{
		Title: title, Lang: lang, Home: in(lang, "/"), Province: f.Province, Width: page.WidthPage, Sample: f.Sample,
		FootLinks: []page.Link{
			{Text: f.t(lang, "foot.receipt"), Href: in(lang, "/bien-lai")},
			{Text: f.t(lang, "foot.check"), Href: in(lang, "/kiem-tra")},
			{Text: f.t(lang, "foot.people"), Href: in(lang, "/co-so")},
			{Text: f.t(lang, "foot.figures"), Href: in(lang, "/so-lieu")},
			{Text: f.t(lang, "foot.staff"), Href: "/signin"},
		},
	}
	if r.Method == http.MethodGet {
		c.Alternate = alternate(r)
	}
	return c
}

func alternate(r *http.Request) string {
	q := r.URL.Query()
	if page.RequestLang(r) == page.EN {
		q.Del("lang")
	} else {
		q.Set("lang", string(page.EN))
	}
	return with(r.URL.EscapedPath(), q)
}

// in is a path of this site in a language.
func in(lang page.Lang, path string) string {
	if lang != page.EN {
		return path
	}
	return with(path, url.Values{"lang": {string(lang)}})
}

func with(path string, q url.Values) string {
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// form reads a posted form. Pages with forms send their origin along (they are not
// page.Chrome.Secret): a browser that hides the referrer posts "Origin: null", which the guard
// against foreign forms refuses on browsers without Sec-Fetch-Site. Nothing typed is ever in
// an address. form answers itself and returns false when the form cannot be read.
func (f *face) form(w http.ResponseWriter, r *http.Request) bool {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		f.pages.Fail(w, page.Failure{Chrome: f.chrome(r, ""), Status: http.StatusUnprocessableEntity})
		return false
	}
	return true
}

// broken answers a failure of ours. What people typed never gets into the log.
func (f *face) broken(w http.ResponseWriter, r *http.Request, what string, err error) {
	if r.Context().Err() == nil && !errors.Is(err, context.Canceled) {
		f.Log.Error("public page failed", "what", what, "request", web.RequestID(r.Context()), "err", err)
	}
	c := f.chrome(r, "")
	c.Alternate = ""
	f.pages.Fail(w, page.Failure{Chrome: c, Status: http.StatusInternalServerError, Ref: web.RequestID(r.Context())})
}

// address is who asks: the network address, of IPv6 the part that belongs to one household. A
// server behind a proxy puts the client's into RemoteAddr before the request comes here.
func address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	ip, err := netip.ParseAddr(host)
	if err != nil {
		return host
	}
	ip = ip.Unmap().WithZone("")
	if ip.Is6() {
		if p, err := ip.Prefix(64); err == nil {
			return p.String()
		}
	}
	return ip.String()
}

func wait(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
