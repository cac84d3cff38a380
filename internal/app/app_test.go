package app

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sen-platform/sen/internal/access"
	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/db/dbtest"
	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/web"
)

// journal collects log lines.
type journal struct {
	mu sync.Mutex
	bytes.Buffer
}

func (j *journal) Write(b []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.Buffer.Write(b)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.Buffer.String()
}

// open opens an App on an embedded database of the test's.
func open(t testing.TB, change func(*Config)) (*App, *journal) {
	t.Helper()
	j := &journal{}
	cfg := Config{Data: t.TempDir(), Log: slog.New(slog.NewJSONHandler(j, &slog.HandlerOptions{Level: slog.LevelDebug})), Env: func(string) (string, bool) { return "", false }}
	if change != nil {
		change(&cfg)
	}
	a, err := Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return a, j
}

// probe is a face with routes that behave in all the ways a face can.
func probe(mux *http.ServeMux, d *web.Deps) error {
	mux.HandleFunc("GET /p/{token}/probe", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "number "+web.RequestID(r.Context()))
	})
	mux.HandleFunc("GET /broken", func(http.ResponseWriter, *http.Request) { panic("khóa bí mật") })
	mux.HandleFunc("GET /half", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, "half")
		_ = http.NewResponseController(w).Flush()
		panic("too late")
	})
	read := func(w http.ResponseWriter, r *http.Request) {
		n, err := io.Copy(io.Discard, r.Body)
		var big *http.MaxBytesError
		if errors.As(err, &big) {
			http.Error(w, "too big", http.StatusRequestEntityTooLarge)
			return
		}
		fmt.Fprint(w, n, r.RemoteAddr)
	}
	mux.HandleFunc("POST /desk/form", read)
	mux.HandleFunc("POST /v1/probe", read)
	mux.HandleFunc("POST /hooks/probe/x", read)
	mux.HandleFunc("GET /p/{token}/probe-live", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		fmt.Fprint(w, "data: hello\n\n")
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
		fmt.Fprint(w, "data: bye\n\n")
	})
	return nil
}

func serve(t testing.TB, a *App) *httptest.Server {
	t.Helper()
	a.faces = append(a.faces, probe)
	h, err := a.Handler()
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return srv
}

type reply struct {
	status int
	body   string
	header http.Header
}

func ask(t testing.TB, method, address, body string, headers ...string) reply {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{resp.StatusCode, string(text), resp.Header}
}

func TestEdge(t *testing.T) {
	a, j := open(t, func(c *Config) { c.Sample = true })
	srv := serve(t, a)

	if got := ask(t, "GET", srv.URL+"/healthz", ""); got.status != 200 || got.body != `{"status":"ok"}`+"\n" {
		t.Errorf("health: %+v", got)
	}
	if got := ask(t, "GET", srv.URL+"/robots.txt", ""); got.status != 200 || !strings.Contains(got.body, "Disallow: /p/") {
		t.Errorf("robots: %+v", got)
	}
	icon := ask(t, "GET", srv.URL+"/favicon.ico", "")
	if got := ask(t, "GET", srv.URL+icon.header.Get("Location"), ""); got.status != 200 || got.header.Get("Content-Type") != "image/svg+xml" {
		t.Errorf("icon: %+v", got)
	}
	got := ask(t, "GET", srv.URL+"/p/bimat123/probe?amount=9", "")
	if number := got.header.Get("X-Request-Id"); number == "" || got.body != "number "+number {
		t.Errorf("request number: %q in the header, %q inside", number, got.body)
	}
	got = ask(t, "GET", srv.URL+"/nowhere", "")
	if got.status != 404 || !strings.Contains(got.body, "Không có trang này") || !strings.Contains(got.body, "Dữ liệu mẫu") || got.header.Get("Content-Security-Policy") == "" {
		t.Errorf("404: %+v", got)
	}
	got = ask(t, "GET", srv.URL+"/broken", "")
	if number := got.header.Get("X-Request-Id"); got.status != 500 || !strings.Contains(got.body, number) || strings.Contains(got.body, "khóa bí mật") {
		t.Errorf("after a panic: %+v", got)
	}
	if got = ask(t, "POST", srv.URL+"/desk/form", strings.Repeat("x", maxBody+1)); got.status != 413 {
		t.Errorf("a body over the limit: %d", got.status)
	}
	if got = ask(t, "POST", srv.URL+"/desk/form", strings.Repeat("x", maxBody+1), "Content-Type", "multipart/form-data; boundary=x"); got.status != 200 {
		t.Errorf("a file: %d", got.status)
	}
	if resp, err := http.Get(srv.URL + "/half"); err == nil {
		if _, err := io.ReadAll(resp.Body); err == nil {
			t.Error("half an answer looks whole")
		}
		resp.Body.Close()
	}

	text := j.String()
	for _, secret := range []string{"bimat123", "amount=9", "nowhere"} {
		if strings.Contains(text, secret) {
			t.Errorf("the log tells %q", secret)
		}
	}
	for _, line := range []string{`"route":"GET /p/{token}/probe"`, `"panic":"khóa bí mật"`, `"status":413`} {
		if !strings.Contains(text, line) {
			t.Errorf("the log lacks %s in\n%s", line, text)
		}
	}
}

// A form on another site must not act with a person's cookie; partners' calls have none.
func TestCrossOrigin(t *testing.T) {
	a, _ := open(t, func(c *Config) { c.BaseURL = "https://thu.example.vn/" })
	srv := serve(t, a)
	for _, c := range []struct {
		name, path string
		headers    []string
		status     int
	}{
		{"same page", "/desk/form", []string{"Sec-Fetch-Site", "same-origin"}, 200},
		{"other site", "/desk/form", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"other site in an old browser", "/desk/form", []string{"Origin", "https://evil.example"}, 403},
		{"behind a proxy that renames the host", "/desk/form", []string{"Origin", "https://thu.example.vn", "Sec-Fetch-Site", "cross-site"}, 200},
		{"a program", "/desk/form", nil, 200},
		{"a partner", "/hooks/probe/x", []string{"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"}, 200},
	} {
		got := ask(t, "POST", srv.URL+c.path, "a=1", c.headers...)
		if got.status != c.status {
			t.Errorf("%s: %d, want %d", c.name, got.status, c.status)
		}
		if c.status == 403 && !strings.Contains(got.body, "Yêu cầu này đến từ một trang khác") {
			t.Errorf("%s: %s", c.name, got.body)
		}
		if got.header.Get("Strict-Transport-Security") == "" && c.name != "a partner" {
			t.Errorf("%s: no HSTS on https", c.name)
		}
	}
}

func TestForwardedAddress(t *testing.T) {
	for _, c := range []struct {
		trust  bool
		header string
		want   string
	}{
		{true, "203.0.113.9, 198.51.100.7", "7198.51.100.7:0"},
		{true, "2001:db8::1", "7[2001:db8::1]:0"},
		{true, "no address", "7127.0.0.1"},
		{false, "203.0.113.9", "7127.0.0.1"},
	} {
		a, _ := open(t, func(cfg *Config) { cfg.TrustProxy = c.trust })
		srv := serve(t, a)
		if got := ask(t, "POST", srv.URL+"/v1/probe", "1234567", "X-Forwarded-For", c.header); !strings.HasPrefix(got.body, c.want) {
			t.Errorf("trust %v, header %q: handler saw %q, want %q", c.trust, c.header, got.body, c.want)
		}
	}
}

// SIGTERM: streams end, a running request is answered, what is queued is booked.
func TestServeStopsInOrder(t *testing.T) {
	a, _ := open(t, func(c *Config) { c.Addr = "127.0.0.1:0" })
	entered, leave := make(chan struct{}), make(chan struct{})
	a.faces = append(a.faces, probe, func(mux *http.ServeMux, d *web.Deps) error {
		mux.HandleFunc("POST /desk/slow", func(w http.ResponseWriter, r *http.Request) {
			close(entered)
			<-leave
			_, err := d.Collect.Receive(context.WithoutCancel(r.Context()), []collect.Incoming{{}})
			fmt.Fprint(w, errors.Is(err, collect.ErrStopped))
		})
		return nil
	})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ready, ended := make(chan string, 1), make(chan error, 1)
	go func() { ended <- a.Serve(ctx, func(origin string) { ready <- origin }) }()
	origin := <-ready

	req, err := http.NewRequestWithContext(t.Context(), "GET", origin+"/p/x/probe-live", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", "text/event-stream")
	live, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer live.Body.Close()
	lines := bufio.NewScanner(live.Body)
	if !lines.Scan() || lines.Text() != "data: hello" {
		t.Fatalf("stream says %q", lines.Text())
	}
	answer := make(chan string, 1)
	go func() { answer <- ask(t, "POST", origin+"/desk/slow", "").body }()
	<-entered

	cancel()
	for lines.Scan() { // ends only when the server lets the stream go
	}
	select {
	case err := <-ended:
		t.Fatalf("Serve returned with a request running: %v", err)
	default:
	}
	close(leave)
	if got := <-answer; got != "false" {
		t.Errorf("the inbox was closed before the last request was answered: %s", got)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if _, err := http.Get(origin + "/healthz"); err == nil {
		t.Error("still listening")
	}
}

func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	none := func(string) (string, bool) { return "", false }
	for _, c := range []struct {
		name string
		cfg  Config
		text string
	}{
		{"no store", Config{}, "chưa biết dữ liệu ở đâu"},
		{"folder is a file", Config{Data: filepath.Join(file, "x")}, "không mở được dữ liệu trong thư mục"},
		{"nobody listens", Config{DSN: "postgres://nobody:matkhau@127.0.0.1:1/x?connect_timeout=1"}, "không mở được PostgreSQL"},
		{"address with a path", Config{Data: dir, BaseURL: "https://a.vn/x"}, "địa chỉ công khai"},
		{"address of no web", Config{Data: dir, BaseURL: "ftp://a.vn"}, "địa chỉ công khai"},
		{"no port", Config{Data: dir, Addr: "localhost"}, "địa chỉ lắng nghe"},
	} {
		c.cfg.Env = none
		a, err := Open(t.Context(), c.cfg)
		if err == nil {
			a.Close()
			t.Errorf("%s: opened", c.name)
		} else if !strings.Contains(err.Error(), c.text) || strings.Contains(err.Error(), "matkhau") {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// Data of one master key are refused under another: bill codes would repeat.
func TestOtherKeyIsRefused(t *testing.T) {
	dsn := dbtest.DSN(t)
	for i, want := range []error{nil, access.ErrOtherKey} {
		a, err := Open(t.Context(), Config{DSN: dsn, Data: t.TempDir(), Env: func(string) (string, bool) { return "", false }})
		if !errors.Is(err, want) {
			t.Fatalf("opening %d: %v", i, err)
		}
		if err == nil {
			if err := a.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestPortInUse(t *testing.T) {
	a, _ := open(t, func(c *Config) { c.Addr = "127.0.0.1:0" })
	srv := httptest.NewServer(http.NotFoundHandler())
	defer srv.Close()
	u, err := url.Parse(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	a.cfg.Addr = u.Host
	if err := a.Serve(t.Context(), nil); err == nil || !strings.Contains(err.Error(), "--addr") {
		t.Errorf("error %v", err)
	}
}

func TestServicesWork(t *testing.T) {
	a, _ := open(t, nil)
	if _, err := a.Org.CreateArea(t.Context(), "system", org.Area{Code: "99", Name: "Tỉnh Thử", Level: org.Province, ValidFrom: "2020-01-01"}); err != nil {
		t.Error(err)
	}
	a.Start(t.Context())
	if _, err := a.Collect.Receive(t.Context(), []collect.Incoming{{}}); err != nil {
		t.Errorf("the inbox does not run: %v", err)
	}
	a.Stop()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if _, err := a.Collect.Receive(ctx, []collect.Incoming{{}}); !errors.Is(err, collect.ErrStopped) {
		t.Errorf("after Stop: %v", err)
	}
}

// A store of invented data keeps its banner, whoever serves it.
func TestSampleDataKeepTheirBanner(t *testing.T) {
	dir := t.TempDir()
	a, _ := open(t, func(c *Config) { c.Data = dir })
	if a.cfg.Sample {
		t.Fatal("a new store is marked as sample")
	}
	for _, state := range []string{access.SampleFilling, access.SampleReady} {
		if err := a.DB.Update(t.Context(), func(tx *db.Tx) error { return access.SetSample(tx, state) }); err != nil {
			t.Fatal(err)
		}
	}
	again, _ := open(t, func(c *Config) { c.Data = dir })
	srv := serve(t, again)
	if got := ask(t, "GET", srv.URL+"/nowhere", ""); !strings.Contains(got.body, "Dữ liệu mẫu") {
		t.Errorf("no banner: %s", got.body)
	}
}
