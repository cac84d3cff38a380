package session_test

import (
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/sen-platform/sen/internal/access"
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/db/dbtest"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/org/orgtest"
	"github.com/sen-platform/sen/internal/web/session"
	"github.com/sen-platform/sen/internal/web/ui"
)

const secret = "hoa sen trang 2026"

// house is a running server with one user of each kind and three protected pages.
type house struct {
	*httptest.Server
	world *orgtest.World
	users *access.Service
	clock *clock.Manual
	t     testing.TB
}

func newHouse(t testing.TB, d *db.DB) *house {
	t.Helper()
	// Sessions expire by the machine's clock too (scs), so the test's clock starts there.
	clk := clock.NewManual(time.Now())
	ids := id.NewGenNode(clk, 1)
	h := &house{world: orgtest.New(t, d, ids, clk), users: &access.Service{DB: d, IDs: ids, Clock: clk}, clock: clk, t: t}
	for _, u := range []access.User{
		{Login: "ketoan", Name: "Trần Thị Minh Khôi", Role: access.FacilityAccountant, Facility: h.world.School.ID},
		{Login: "thungan", Name: "Lê Văn An", Role: access.FacilityCashier, Facility: h.world.School.ID},
		{Login: "canbo", Name: "Phạm Bình", Role: access.DepartmentOfficer},
	} {
		if _, err := h.users.CreateUser(t.Context(), access.SystemSubject(), u, secret); err != nil {
			t.Fatalf("user %s: %v", u.Login, err)
		}
	}
	m, err := session.New(session.Config{DB: d, Clock: clk, Province: "Tỉnh Thử", Sample: true, Hints: []session.Hint{{Who: "Kế toán", Login: "ketoan", Password: secret}}})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	m.Register(mux)
	mux.Handle("GET "+ui.Prefix, ui.Handler())
	who := func(w http.ResponseWriter, r *http.Request) {
		u, _ := session.User(r)
		s, ok := session.Subject(r)
		if f := session.TakeFlash(r); f != nil {
			_, _ = io.WriteString(w, f.Text.(string)+" ")
		}
		if ok {
			_, _ = io.WriteString(w, u.Login+" "+string(s.Role))
		} else {
			_, _ = io.WriteString(w, "nobody")
		}
	}
	mux.Handle("GET /desk", session.RequireFunc(who))
	mux.Handle("GET /desk/round", session.RequireFunc(who, access.EditBills))
	mux.Handle("POST /desk/round", session.RequireFunc(func(w http.ResponseWriter, r *http.Request) {
		session.Flash(r, "Đã ghi", "")
		http.Redirect(w, r, "/desk", http.StatusSeeOther)
	}, access.EditBills))
	mux.Handle("GET /steer", session.RequireFunc(who, access.ViewFigures))
	mux.HandleFunc("GET /", who)
	h.Server = httptest.NewServer(m.Wrap(mux))
	t.Cleanup(h.Close)
	return h
}

// browser is a client with cookies that does not follow redirects.
func (h *house) browser() *http.Client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.t.Fatal(err)
	}
	return &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

type answer struct {
	status   int
	location string
	body     string
	header   http.Header
}

func (h *house) do(c *http.Client, method, path string, form url.Values, headers ...string) answer {
	h.t.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	req, err := http.NewRequestWithContext(h.t.Context(), method, h.URL+path, body)
	if err != nil {
		h.t.Fatal(err)
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := c.Do(req)
	if err != nil {
		h.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Header.Get("Location"), string(text), resp.Header}
}

func (h *house) signIn(c *http.Client, login, password, to string) answer {
	h.t.Helper()
	return h.do(c, "POST", "/signin", url.Values{"login": {login}, "password": {password}, "to": {to}})
}

func want(t *testing.T, a answer, status int, location string) {
	t.Helper()
	if a.status != status || a.location != location {
		t.Errorf("got %d to %q, want %d to %q\n%s", a.status, a.location, status, location, a.body)
	}
}

func TestSignInAndOut(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		c := h.browser()
		want(t, h.do(c, "GET", "/desk/round?x=1", nil), 303, "/signin?to=%2Fdesk%2Fround%3Fx%3D1")

		a := h.signIn(c, "ketoan", "sai mat khau", "")
		want(t, a, 422, "")
		if !strings.Contains(a.body, access.ErrCredentials.Error()) || !strings.Contains(a.body, `value="ketoan"`) || strings.Contains(a.body, "sai mat khau") {
			t.Error("a wrong password must be said so, keep the login and not show the password")
		}

		a = h.signIn(c, "KETOAN", secret, "/desk/round?x=1")
		want(t, a, 303, "/desk/round?x=1")
		cookie := a.header.Get("Set-Cookie")
		for _, part := range []string{"HttpOnly", "SameSite=Lax", "Path=/"} {
			if !strings.Contains(cookie, part) {
				t.Errorf("cookie %q lacks %s", cookie, part)
			}
		}
		if got := h.do(c, "GET", "/desk/round", nil).body; got != "ketoan facility_accountant" {
			t.Errorf("signed in as %q", got)
		}
		want(t, h.do(c, "GET", "/signin", nil), 303, "/desk")

		want(t, h.do(c, "POST", "/desk/round", url.Values{}), 303, "/desk")
		if got := h.do(c, "GET", "/desk", nil).body; !strings.HasPrefix(got, "Đã ghi ") {
			t.Errorf("the message for the next page is lost: %q", got)
		}
		if got := h.do(c, "GET", "/desk", nil).body; strings.HasPrefix(got, "Đã ghi ") {
			t.Error("a message is shown twice")
		}

		want(t, h.do(c, "POST", "/signout", url.Values{}), 303, "/signin?out=1")
		want(t, h.do(c, "GET", "/desk", nil), 303, "/signin?to=%2Fdesk")
	})
}

func TestRolesAndLanding(t *testing.T) {
	h := newHouse(t, dbtest.SQLite(t))
	for _, c := range []struct{ login, to, land string }{
		{"ketoan", "", "/desk"},
		{"canbo", "", "/steer"},
		{"ketoan", "/steer/x", "/desk"},
		{"canbo", "/desk?a=1", "/steer"},
		{"ketoan", "//evil.example/x", "/desk"},
		{"ketoan", "https://evil.example/", "/desk"},
		{"ketoan", `/\evil.example`, "/desk"},
		{"ketoan", "/signout", "/desk"},
		{"ketoan", "/deskside", "/deskside"},
	} {
		want(t, h.signIn(h.browser(), c.login, secret, c.to), 303, c.land)
	}

	cashier := h.browser()
	h.signIn(cashier, "thungan", secret, "")
	a := h.do(cashier, "GET", "/desk/round", nil)
	want(t, a, 403, "")
	if !strings.Contains(a.body, "Bạn không xem được trang này") || !strings.Contains(a.body, `href="/desk"`) {
		t.Errorf("no page of status 403: %s", a.body)
	}
}

// A page that follows the server must not swap in the sign-in page.
func TestScriptsGet401(t *testing.T) {
	h := newHouse(t, dbtest.SQLite(t))
	want(t, h.do(h.browser(), "GET", "/desk", nil, "Sec-Fetch-Dest", "empty"), 401, "")
	want(t, h.do(h.browser(), "GET", "/desk", nil, "Accept", "text/event-stream"), 401, "")
	// What was posted cannot be repeated by a link; the form's own page can.
	want(t, h.do(h.browser(), "POST", "/desk/round", url.Values{}, "Referer", h.URL+"/desk/round"), 303, "/signin?to=%2Fdesk%2Fround")
	want(t, h.do(h.browser(), "POST", "/desk/round", url.Values{}, "Referer", "https://evil.example/desk"), 303, "/signin")
}

func TestSessionsEnd(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		open := func(shared bool) *http.Client {
			c := h.browser()
			form := url.Values{"login": {"ketoan"}, "password": {secret}}
			if shared {
				form.Set("shared", "1")
			}
			want(t, h.do(c, "POST", "/signin", form), 303, "/desk")
			return c
		}
		alive := func(c *http.Client, headers ...string) bool {
			return h.do(c, "GET", "/desk", nil, headers...).status == 200
		}

		own, shared, watching := open(false), open(true), open(true)
		for range 2 {
			h.clock.Advance(10 * time.Minute)
			if !alive(own) || !alive(shared) {
				t.Fatal("a session in use ended")
			}
			alive(watching, "Sec-Fetch-Dest", "empty")
		}
		if alive(watching) {
			t.Error("a page that refreshes itself keeps an abandoned session alive")
		}
		h.clock.Advance(16 * time.Minute)
		if alive(shared) {
			t.Error("a shared machine stays signed in")
		}
		if !alive(own) {
			t.Error("one's own machine is signed out too early")
		}
		h.clock.Advance(61 * time.Minute)
		if alive(own) {
			t.Error("a session without use stays open")
		}

		changed := open(false)
		var u access.User
		if err := d.View(context.Background(), func(tx *db.Tx) (err error) { u, err = access.UserByLogin(tx, "ketoan"); return err }); err != nil {
			t.Fatal(err)
		}
		if err := h.users.SetPassword(t.Context(), access.SystemSubject(), u.ID, "mot mat khau khac"); err != nil {
			t.Fatal(err)
		}
		if alive(changed) {
			t.Error("a session outlives the password it began with")
		}
	})
}

func TestThrottle(t *testing.T) {
	h := newHouse(t, dbtest.SQLite(t))
	for range 5 {
		want(t, h.signIn(h.browser(), "ketoan", "sai mat khau", ""), 422, "")
	}
	a := h.signIn(h.browser(), "ketoan", secret, "")
	want(t, a, 429, "")
	if a.header.Get("Retry-After") == "" || !strings.Contains(a.body, "Đã nhập sai nhiều lần. Đợi khoảng 1 phút") {
		t.Errorf("the page does not say how long to wait: %s", a.body)
	}
	h.clock.Advance(time.Minute)
	want(t, h.signIn(h.browser(), "ketoan", secret, ""), 303, "/desk")
}

func TestEmptyFields(t *testing.T) {
	h := newHouse(t, dbtest.SQLite(t))
	a := h.signIn(h.browser(), " ", "", "/desk/round")
	want(t, a, 422, "")
	for _, text := range []string{"<title>Lỗi: ", "Nhập tên đăng nhập", "Nhập mật khẩu", `name="to" value="/desk/round"`, `href="#password"`} {
		if !strings.Contains(a.body, text) {
			t.Errorf("page lacks %q", text)
		}
	}
}

func TestSecureCookie(t *testing.T) {
	d := dbtest.SQLite(t)
	h := newHouse(t, d)
	m, err := session.New(session.Config{DB: d, Clock: h.clock, Secure: true})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	m.Register(mux)
	r := httptest.NewRequest("POST", "/signin", strings.NewReader(url.Values{"login": {"ketoan"}, "password": {secret}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	m.Wrap(mux).ServeHTTP(w, r)
	if c := w.Header().Get("Set-Cookie"); !strings.HasPrefix(c, "__Host-sen_session=") || !strings.Contains(c, "Secure") || strings.Contains(c, "Domain") {
		t.Errorf("cookie %q", c)
	}
}
