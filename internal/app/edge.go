package app

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/sen-platform/sen/internal/web"
	"github.com/sen-platform/sen/internal/web/page"
	"github.com/sen-platform/sen/internal/web/ui"
)

// Bounds of a request's body. Handlers set narrower ones.
const (
	maxBody   = 1 << 20
	maxUpload = 96 << 20  // files given to staff's pages: workbooks and statements
	maxStream = 512 << 20 // bills in bulk over the API
)

// longRequest is how long a file may take to come in over a slow line, and its answer to go out.
const longRequest = 15 * time.Minute

// edge is what surrounds every request: its number, the log, the net under panics, limits.
type edge struct {
	app      *App
	pages    *page.Set
	sample   bool
	province string
}

// passage is what the log tells of one request.
type passage struct {
	http.ResponseWriter
	status  int
	bytes   int64
	pattern string
}

// WriteHeader notes the status.
func (p *passage) WriteHeader(status int) {
	if p.status == 0 {
		p.status = status
	}
	p.ResponseWriter.WriteHeader(status)
}

// Write counts bytes.
func (p *passage) Write(b []byte) (int, error) {
	if p.status == 0 {
		p.status = http.StatusOK
	}
	n, err := p.ResponseWriter.Write(b)
	p.bytes += int64(n)
	return n, err
}

// Flush sends what is buffered, for event streams.
func (p *passage) Flush() {
	if p.status == 0 {
		p.status = http.StatusOK
	}
	_ = http.NewResponseController(p.ResponseWriter).Flush() // a writer that cannot flush keeps nothing back either
}

// Unwrap lets http.ResponseController reach the connection.
func (p *passage) Unwrap() http.ResponseWriter { return p.ResponseWriter }

type passageKey struct{}

// note remembers which route a request took: the log names routes, never addresses, because
// a payer's address is the key to the bill.
func (e *edge) note(mux http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p, ok := r.Context().Value(passageKey{}).(*passage); ok {
			defer func() { p.pattern = r.Pattern }()
		}
		mux.ServeHTTP(w, r)
	})
}

func (e *edge) wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		number := strings.ToLower(rand.Text()[:10])
		p := &passage{ResponseWriter: w}
		ctx := web.WithRequestID(context.WithValue(r.Context(), passageKey{}, p), number)
		if e.app.cfg.TrustProxy {
			r.RemoteAddr = forwarded(r)
		}
		h := w.Header()
		h.Set("X-Request-Id", number)
		if strings.HasPrefix(e.app.cfg.BaseURL, "https://") {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		ctx, cancel := e.limit(ctx, p, r)
		defer cancel()
		r = r.WithContext(ctx)
		defer func() {
			v := recover()
			if v != nil && v != http.ErrAbortHandler {
				e.app.cfg.Log.Error("panic", "request", number, "route", p.pattern, "panic", v, "stack", string(debug.Stack()))
				if p.status == 0 {
					e.pages.Fail(p, page.Failure{Chrome: e.chrome(r), Status: http.StatusInternalServerError, Ref: number})
				} else {
					v = http.ErrAbortHandler // part of the answer is out: cut it, so that nobody takes it for whole
				}
			}
			e.log(r, p, number, time.Since(began))
			if v == http.ErrAbortHandler {
				panic(v)
			}
		}()
		next.ServeHTTP(p, r)
	})
}

// limit bounds body and time. Event streams stay open until the server stops; uploads get
// the time a slow line needs.
func (e *edge) limit(ctx context.Context, p *passage, r *http.Request) (context.Context, context.CancelFunc) {
	line := http.NewResponseController(p)
	upload := strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") &&
		(strings.HasPrefix(r.URL.Path, "/desk/") || strings.HasPrefix(r.URL.Path, "/steer/"))
	stream := strings.HasPrefix(r.URL.Path, "/v1/")
	most := int64(maxBody)
	switch {
	case upload:
		most = maxUpload
	case stream:
		most = maxStream
	}
	r.Body = http.MaxBytesReader(p.ResponseWriter, r.Body, most)
	switch {
	case strings.Contains(r.Header.Get("Accept"), "text/event-stream"):
		_ = line.SetReadDeadline(time.Time{})
		_ = line.SetWriteDeadline(time.Time{})
		ctx, cancel := context.WithCancel(ctx)
		stop := context.AfterFunc(e.app.draining, cancel)
		return ctx, func() { stop(); cancel() }
	case upload, stream:
		_ = line.SetReadDeadline(time.Now().Add(longRequest))
		_ = line.SetWriteDeadline(time.Now().Add(longRequest))
	}
	return ctx, func() {}
}

// log writes one line per request: no address, no query, no body, no cookie. What comes in
// by the thousand and went well is for debugging only.
func (e *edge) log(r *http.Request, p *passage, number string, took time.Duration) {
	level := slog.LevelInfo
	switch {
	case p.status >= 500:
		level = slog.LevelError
	case p.status < 400 && door(r.URL.Path) == doorMachines && !strings.HasPrefix(r.URL.Path, "/v1/"):
		level = slog.LevelDebug
	}
	if !e.app.cfg.Log.Enabled(r.Context(), level) {
		return
	}
	route := p.pattern
	if route == "" {
		route = r.Method + " ?"
	}
	attrs := []slog.Attr{
		slog.String("request", number), slog.String("route", route), slog.String("method", r.Method), slog.Int("status", p.status),
		slog.Int64("bytes", p.bytes), slog.Int64("ms", took.Milliseconds()),
	}
	switch p.status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests:
		// Somebody tries doors: who, is needed to stop it.
		attrs = append(attrs, slog.String("from", host(r.RemoteAddr)))
	}
	e.app.cfg.Log.LogAttrs(r.Context(), level, "request", attrs...)
}

func (e *edge) chrome(r *http.Request) page.Chrome {
	return page.Chrome{Lang: page.RequestLang(r), Province: e.province, Sample: e.sample, Path: r.URL.Path}
}

func (e *edge) notFound(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, ui.Prefix) || door(r.URL.Path) == doorMachines {
		http.NotFound(w, r)
		return
	}
	e.pages.Fail(w, page.Failure{Chrome: e.chrome(r), Status: http.StatusNotFound})
}

// foreignForm answers a form that another site's page sent.
func (e *edge) foreignForm(w http.ResponseWriter, r *http.Request) {
	e.pages.Fail(w, page.Failure{
		Chrome: e.chrome(r), Status: http.StatusForbidden,
		Heading: "Yêu cầu này đến từ một trang khác",
		Text:    "Để an toàn, Sen chỉ nhận những gì gửi từ chính trang của Sen. Mở lại trang rồi làm lại.",
		Ref:     web.RequestID(r.Context()),
	})
}

// forwarded is the address that the nearest proxy saw.
func forwarded(r *http.Request) string {
	all := r.Header.Values("X-Forwarded-For")
	if len(all) == 0 {
		return r.RemoteAddr
	}
	list := strings.Split(all[len(all)-1], ",")
	last := strings.TrimSpace(list[len(list)-1])
	if net.ParseIP(last) == nil {
		return r.RemoteAddr
	}
	return net.JoinHostPort(last, "0")
}

func host(addr string) string {
	h, _, err := net.SplitHostPort(addr)
	if err != nil {
		return addr
	}
	return h
}
