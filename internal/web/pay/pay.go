// Package pay is the payer's face: the page behind the link on every bill, and the page that
// says whether a receipt is genuine (requirements P1, P6, P8, T8).
//
// A payer needs no account. The address is the key: 128 random bits name a bill, 80 sealed
// bits prove a receipt. So no answer of this package may be kept, none sends a referrer, no
// link to another host carries the address, and nothing here writes it to a log.
//
// Everything works by links alone; script only shortens the way (see package page, Live).
package pay

import (
	"context"
	"embed"
	"errors"
	"io/fs"
	"net/http"
	"net/url"
	"time"

	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/web"
	"github.com/sen-platform/sen/internal/web/page"
)

//go:embed all:templates
var files embed.FS

// face is the payer's face with its pages and limits.
type face struct {
	*web.Deps
	pages   *page.Set
	streams *seats
	beat    time.Duration // between two signs of life of a stream
	longest time.Duration // after which a stream ends and the browser opens another
}

// Register mounts /p/ and /r/.
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
	return &face{Deps: d, pages: pages, streams: newSeats(maxStreams, maxStreamsOfBill), beat: 15 * time.Second, longest: 10 * time.Minute}, nil
}

func (f *face) mount(mux *http.ServeMux) {
	mux.HandleFunc("GET /p/{token}", f.withSlip(f.showBill))
	mux.HandleFunc("GET /p/{token}/cho", f.withSlip(f.showWaiting))
	mux.HandleFunc("GET /p/{token}/app", f.withSlip(f.showApps))
	mux.HandleFunc("GET /p/{token}/app/{app}", f.withSlip(f.openApp))
	mux.HandleFunc("GET /p/{token}/qr.png", f.withSlip(f.sendPNG))
	mux.HandleFunc("GET /p/{token}/qr.svg", f.withSlip(f.sendSVG))
	mux.HandleFunc("GET /p/{token}/notice.pdf", f.withSlip(f.sendNotice))
	mux.HandleFunc("GET /p/{token}/status", f.sendStatus)
	mux.HandleFunc("GET /p/{token}/live", f.stream)
	mux.HandleFunc("GET /r/{receipt}/{seal}", f.showReceipt)
	mux.HandleFunc("GET /r/{receipt}/{seal}/pdf", f.sendReceipt)
}

// withSlip reads the bill behind the address and answers when there is none.
func (f *face) withSlip(show func(http.ResponseWriter, *http.Request, *slip)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s, err := f.slipOf(r.Context(), r.PathValue("token"))
		switch {
		case errors.Is(err, db.ErrNotFound):
			f.lost(w, r)
		case err != nil:
			f.broken(w, r, "bill", err)
		default:
			show(w, r, s)
		}
	}
}

// chrome is what surrounds every page of this face.
func (f *face) chrome(r *http.Request, title string) page.Chrome {
	lang := page.RequestLang(r)
	return page.Chrome{
		Title: title, Lang: lang, Alternate: alternate(r), Home: in(lang, "/"), Width: page.WidthPay, Sample: f.Sample, Secret: true,
		FootLinks: []page.Link{
			{Text: f.pages.T(lang, "foot.home"), Href: in(lang, "/")},
			{Text: f.pages.T(lang, "foot.receipt"), Href: in(lang, "/bien-lai")},
			{Text: f.pages.T(lang, "foot.check"), Href: in(lang, "/kiem-tra")},
		},
	}
}

// alternate is the address of the page in the other language.
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

// lost answers an address that opens nothing. Unknown, draft and misspelt look the same.
func (f *face) lost(w http.ResponseWriter, r *http.Request) {
	c := f.chrome(r, "")
	c.Alternate, c.Width = "", page.WidthText
	f.pages.Fail(w, page.Failure{
		Chrome: c, Status: http.StatusNotFound, Heading: f.pages.T(c.Lang, "lost.heading"), Text: f.pages.T(c.Lang, "lost.text"),
		Next: []page.Link{
			{Text: f.pages.T(c.Lang, "lost.look_up"), Href: in(c.Lang, "/#ma"), Icon: "search"},
			{Text: f.pages.T(c.Lang, "lost.ask"), Href: in(c.Lang, "/co-so"), Icon: "call"},
		},
	})
}

// broken answers a failure of ours. what names the thing in the log; the address and the
// names on the bill never get there.
func (f *face) broken(w http.ResponseWriter, r *http.Request, what string, err error) {
	if r.Context().Err() == nil && !errors.Is(err, context.Canceled) {
		f.Log.Error("payer's page failed", "what", what, "request", web.RequestID(r.Context()), "err", err)
	}
	c := f.chrome(r, "")
	c.Alternate, c.Width = "", page.WidthText
	f.pages.Fail(w, page.Failure{Chrome: c, Status: http.StatusInternalServerError, Ref: web.RequestID(r.Context())})
}
