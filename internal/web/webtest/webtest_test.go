package webtest

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestMain(m *testing.M) { Main(m) }

const csp = "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; form-action 'self'"

// site serves pages by path; "/x.js" and the like come from the same map.
func site(t *testing.T, pages map[string]string) string {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, ok := pages[r.URL.Path]
		if r.URL.Path != "/foreign" { // the policy alone would stop the request before it is one
			w.Header().Set("Content-Security-Policy", csp)
		}
		switch {
		case strings.HasSuffix(r.URL.Path, ".js"):
			w.Header().Set("Content-Type", "text/javascript")
		case strings.HasSuffix(r.URL.Path, ".css"):
			w.Header().Set("Content-Type", "text/css")
		default:
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
		}
		if !ok {
			w.WriteHeader(http.StatusNotFound)
			body = doc("<h1>Không có trang này</h1>")
		}
		fmt.Fprint(w, body)
	}))
	t.Cleanup(srv.Close)
	return srv.URL
}

func doc(body string) string {
	return `<!doctype html><html lang="vi"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Thử</title>` +
		`<link rel="icon" href="data:,"></head><body><main>` + body + `</main></body></html>`
}

// The harness sees what it promises to see: a broken page of each kind, beside a sound one.
func TestCatches(t *testing.T) {
	base := site(t, map[string]string{
		"/sound":      doc(`<h1>Ổn</h1><p>Chữ <a href="/sound">đọc tiếp</a> được.</p>`),
		"/axe":        doc(`<h1>Thiếu nhãn</h1><input name="x">`),
		"/wide":       doc(`<h1>Rộng</h1><pre tabindex="0">` + strings.Repeat("x", 500) + `</pre>`),
		"/tiny":       doc(`<h1>Nhỏ</h1><p><button type="button">x</button></p>`),
		"/inline":     doc(`<h1>Nội dòng</h1><script>document.title = "chạy"</script>`),
		"/style":      doc(`<h1 style="color: red">Kiểu</h1>`),
		"/throws":     strings.Replace(doc(`<h1>Ném</h1>`), "</head>", `<script src="/throws.js"></script></head>`, 1),
		"/logs":       strings.Replace(doc(`<h1>Ghi</h1>`), "</head>", `<script src="/logs.js"></script></head>`, 1),
		"/missing":    strings.Replace(doc(`<h1>Thiếu</h1>`), "</head>", `<script src="/none.js"></script></head>`, 1),
		"/foreign":    strings.Replace(doc(`<h1>Ngoài</h1>`), "</head>", `<script src="/foreign.js"></script></head>`, 1),
		"/throws.js":  `throw new Error("hỏng")`,
		"/logs.js":    `console.error("hỏng")`,
		"/foreign.js": `fetch("http://127.0.0.1:9/x").catch(() => {})`,
	})
	for _, c := range []struct{ path, wantError, wantAxe string }{
		{"/sound", "", ""},
		{"/axe", "", "label"},
		{"/wide", "", ""},
		{"/tiny", "", ""},
		{"/inline", "Content Security Policy", ""},
		{"/style", "Content Security Policy", ""},
		{"/throws", "hỏng", ""},
		{"/logs", "hỏng", ""},
		{"/missing", "/none.js", ""},
		{"/foreign", "another host", ""},
		{"/nowhere", "", ""}, // a page that answers 404 is no error of the page
	} {
		tab := NewTab(t, Phone)
		tab.Allow("") // the errors are wanted
		tab.Goto(base + c.path)
		if c.wantError != "" {
			tab.until(c.wantError+" among the errors of "+c.path, func() (bool, error) {
				return strings.Contains(strings.Join(tab.Errors(), "\n"), c.wantError), nil
			})
		} else if got := tab.Errors(); len(got) > 0 {
			t.Errorf("%s: errors %q", c.path, got)
		}
		if c.path == "/sound" || c.wantAxe != "" {
			var ids []string
			for _, v := range tab.violations() {
				ids = append(ids, v.ID)
			}
			if c.wantAxe == "" && len(ids) > 0 || c.wantAxe != "" && !slices.Contains(ids, c.wantAxe) {
				t.Errorf("%s: axe says %v, want %q", c.path, ids, c.wantAxe)
			}
		}
		if wide := tab.sideScroll() != ""; wide != (c.path == "/wide") {
			t.Errorf("%s: sideways scroll seen: %v (%s)", c.path, wide, tab.sideScroll())
		}
		if tiny := len(tab.smallTargets()) > 0; tiny != (c.path == "/tiny" || c.path == "/axe") {
			t.Errorf("%s: small targets %q", c.path, tab.smallTargets())
		}
	}
}

func TestActions(t *testing.T) {
	base := site(t, map[string]string{
		"/": strings.Replace(doc(`<h1>Mẫu</h1><form action="/sent"><label for="a">Tên</label><input id="a" name="a" value="cũ">`+
			`<label for="b">Lớp</label><select id="b" name="b"><option>3A</option><option>3B</option></select><button>Gửi đi</button></form><p id="k"></p>`),
			"</head>", `<script src="/k.js" defer></script></head>`, 1),
		"/k.js": `document.addEventListener("keydown", e => { document.querySelector("#k").textContent += e.key + " "; if (e.key === "x") e.preventDefault(); })`,
		"/sent": doc(`<h1>Đã gửi</h1>`),
	})
	for _, v := range Viewports {
		tab := NewTab(t, v)
		tab.Goto(base + "/")
		tab.Fill("#a", "Nguyễn")
		tab.Press("z")
		tab.Press("x") // the page keeps it out of the field
		tab.Press("F2")
		tab.WaitText("#k", "z x F2")
		tab.Choose("#b", "3B")
		if tab.Has(".none") || !tab.Has("#a") || tab.Attr("#a", "name") != "a" || tab.Text(".none") != "" {
			t.Error("Has, Attr or Text is wrong")
		}
		tab.Click("text=Gửi")
		tab.WaitPath("/sent?a=Nguy%E1%BB%85nz&b=3B")
		tab.WaitText("h1", "Đã gửi")
		tab.WaitPath("/sent")
	}
}

// Tabs share nothing: neither cookies nor storage nor cache.
func TestTabsArePrivate(t *testing.T) {
	base := site(t, map[string]string{"/": doc(`<h1>Riêng</h1>`)})
	one, two := NewTab(t, Desktop), NewTab(t, Desktop)
	one.Goto(base + "/")
	Eval[bool](one, `(localStorage.x = "1", document.cookie = "x=1", true)`)
	two.Goto(base + "/")
	if got := Eval[string](two, `String(localStorage.x) + document.cookie`); got != "undefined" {
		t.Errorf("the second tab sees %q", got)
	}
}

func TestBytesLoaded(t *testing.T) {
	css := "/* " + strings.Repeat("x", 5000) + " */"
	page := strings.Replace(doc(`<h1>Nặng</h1>`), "</head>", `<link rel="stylesheet" href="/a.css"></head>`, 1)
	base := site(t, map[string]string{"/": page, "/a.css": css})
	w := NewTab(t, Phone).BytesLoaded(base + "/")
	if w.Plain["Stylesheet"] != int64(len(css)) || w.Plain["Document"] != int64(len(page)) {
		t.Errorf("got %v, want %d and %d", w.Plain, len(css), len(page))
	}
	if w.Total()-w.Total("Stylesheet") != int64(len(css)) {
		t.Errorf("totals %d and %d", w.Total(), w.Total("Stylesheet"))
	}
}

func TestWithoutScript(t *testing.T) {
	base := site(t, map[string]string{
		"/":     strings.Replace(doc(`<h1>trước</h1><noscript><p>không có mã</p></noscript>`), "</body>", `<script src="/x.js"></script></body>`, 1),
		"/x.js": `document.querySelector("h1").textContent = "sau"`,
	})
	with, without := NewTab(t, Phone), NewTab(t, Phone, WithoutScript)
	with.Goto(base + "/")
	without.Goto(base + "/")
	with.WaitText("h1", "sau")
	if got := without.Text("main"); got != "trước không có mã" {
		t.Errorf("without script: %q", got)
	}
}

func TestScreenshot(t *testing.T) {
	t.Setenv("SEN_SHOTS", t.TempDir())
	base := site(t, map[string]string{"/": doc(`<h1>Ảnh</h1>`)})
	tab := NewTab(t, Phone)
	tab.Goto(base + "/")
	tab.Screenshot("a/b")
	png, err := os.ReadFile(filepath.Join(Shots(), "a-b-phone.png"))
	if err != nil || !strings.HasPrefix(string(png), "\x89PNG") {
		t.Errorf("%v, %.8q", err, png)
	}
}

func TestUnstyledClasses(t *testing.T) {
	got := UnstyledClasses([]byte(`<p class="sheet todo"><b class="todo stat unheard-of"></b></p>`), "pay.css")
	if !slices.Equal(got, []string{"todo", "stat"}) {
		t.Errorf("got %q", got)
	}
}
