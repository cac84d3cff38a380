package session

import (
	"embed"
	"errors"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/sen-platform/sen/internal/access"
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/web/page"
)

//go:embed templates
var files embed.FS

func parsePages() (*page.Set, error) {
	sub, err := fs.Sub(files, "templates")
	if err != nil {
		return nil, err
	}
	return page.New(sub)
}

// Register mounts /signin and /signout; both must stand behind Wrap.
func (m *Manager) Register(mux *http.ServeMux) {
	mux.HandleFunc("GET /signin", m.showSignIn)
	mux.HandleFunc("POST /signin", m.signIn)
	mux.HandleFunc("POST /signout", m.signOut)
}

type signInView struct {
	page.Chrome
	Mistakes        page.Mistakes
	Login, Password page.Field
	To              string
	Shared          bool
	Left            bool // came from signing out
	Lost            bool // was sent here from a page that needs signing in
	Hints           []Hint
}

func (m *Manager) view(r *http.Request, to string) signInView {
	c := m.chrome(r)
	c.Title = "Đăng nhập cho cán bộ"
	return signInView{
		Chrome:   c,
		To:       to,
		Hints:    m.cfg.Hints,
		Login:    page.Field{Name: "login", Label: "Tên đăng nhập", Hint: "Thường là thư điện tử hoặc số điện thoại công vụ", Autocomplete: "username", MaxLength: 64},
		Password: page.Field{Name: "password", Label: "Mật khẩu", Hint: "Dán từ trình quản lý mật khẩu được", Type: "password", Autocomplete: "current-password"},
	}
}

func (m *Manager) showSignIn(w http.ResponseWriter, r *http.Request) {
	to := localPath(r.URL.Query().Get("to"))
	if u, ok := User(r); ok {
		http.Redirect(w, r, landingFor(u.Role, to), http.StatusSeeOther)
		return
	}
	v := m.view(r, to)
	v.Left = r.URL.Query().Get("out") != ""
	v.Lost = to != "" && !v.Left
	m.pages.Render(w, http.StatusOK, "signin", v)
}

// maxForm bounds the body of a sign-in.
const maxForm = 16 << 10

func (m *Manager) signIn(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		m.pages.Fail(w, page.Failure{Chrome: m.chrome(r), Status: http.StatusUnprocessableEntity})
		return
	}
	login, password, to := r.PostForm.Get("login"), r.PostForm.Get("password"), localPath(r.PostForm.Get("to"))
	v := m.view(r, to)
	v.Login.Value = login
	v.Shared = r.PostForm.Get("shared") != ""
	if strings.TrimSpace(login) == "" {
		v.Mistakes.Add("login", "Nhập tên đăng nhập")
	}
	if password == "" {
		v.Mistakes.Add("password", "Nhập mật khẩu")
	}
	status := http.StatusUnprocessableEntity
	if len(v.Mistakes) == 0 {
		user, err := m.auth.Authenticate(r.Context(), login, password, address(r))
		var wait *access.TooMany
		switch {
		case err == nil:
			m.begin(w, r, user, v.Shared, to)
			return
		case errors.As(err, &wait):
			status = http.StatusTooManyRequests
			w.Header().Set("Retry-After", strconv.Itoa(int(wait.Wait.Seconds())+1))
			v.Mistakes.Add("login", wait.Error())
		case errors.Is(err, access.ErrCredentials):
			v.Mistakes.Add("login", access.ErrCredentials.Error())
		default:
			m.broken(w, r, err)
			return
		}
	}
	v.Invalid = true
	v.Login.Error, v.Password.Error = v.Mistakes.At("login"), v.Mistakes.At("password")
	m.pages.Render(w, status, "signin", v)
}

// begin opens the session under a fresh token, so that a token planted before is worth nothing.
func (m *Manager) begin(w http.ResponseWriter, r *http.Request, u access.User, shared bool, to string) {
	ctx := r.Context()
	if err := m.scs.RenewToken(ctx); err != nil {
		m.broken(w, r, err)
		return
	}
	m.scs.Put(ctx, keyUser, int64(u.ID))
	m.scs.Put(ctx, keyEpoch, u.Epoch)
	m.scs.Put(ctx, keyShared, shared)
	m.scs.Put(ctx, keySeen, clock.Micros(m.cfg.Clock.Now()))
	http.Redirect(w, r, landingFor(u.Role, to), http.StatusSeeOther)
}

func (m *Manager) signOut(w http.ResponseWriter, r *http.Request) {
	if err := m.scs.Destroy(r.Context()); err != nil {
		m.broken(w, r, err)
		return
	}
	// Pages of the session must not come back from the browser's cache.
	w.Header().Set("Clear-Site-Data", `"cache"`)
	http.Redirect(w, r, "/signin?out=1", http.StatusSeeOther)
}

// landingFor is where a person goes after signing in: back to where they wanted to, unless
// that is the other house's side.
func landingFor(role access.Role, to string) string {
	home := Landing(role)
	if to == "" {
		return home
	}
	for _, side := range []string{"/desk", "/steer"} {
		if side != home && (to == side || strings.HasPrefix(to, side+"/") || strings.HasPrefix(to, side+"?")) {
			return home
		}
	}
	return to
}

// localPath is an address on this host that a person may be sent to, or "": never another
// host's, never one that signs in or out.
func localPath(s string) string {
	if !strings.HasPrefix(s, "/") || strings.HasPrefix(s, "//") || strings.ContainsAny(s, "\\\r\n\t") || len(s) > 2000 {
		return ""
	}
	u, err := url.Parse(s)
	if err != nil || u.Host != "" || u.Scheme != "" || u.Path == "/signin" || u.Path == "/signout" {
		return ""
	}
	return s
}

// address is the caller's without the port. Behind a proxy the edge puts the true one into
// RemoteAddr before it comes here.
func address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
