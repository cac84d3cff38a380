package page

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"
)

func tree(files ...string) fstest.MapFS {
	m := fstest.MapFS{}
	for i := 0; i < len(files); i += 2 {
		m[files[i]] = &fstest.MapFile{Data: []byte(files[i+1])}
	}
	return m
}

type helloView struct {
	Chrome
	Name string
}

const hello = `{{template "public" .}}{{define "main"}}<h1>{{template "greet" .Name}}</h1>{{end}}`

func helloSet(t *testing.T, extra ...string) *Set {
	t.Helper()
	s, err := New(tree(append([]string{
		"hello.html", hello, "_greet.html", `{{define "greet"}}{{t "hello" .}}{{end}}`,
		"lang/vi.json", `{"hello":"Chào %s"}`, "lang/en.json", `{"hello":"Hello %s"}`,
	}, extra...)...))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestRender(t *testing.T) {
	s := helloSet(t)
	for lang, want := range map[Lang]string{"": "<h1>Chào An &lt;b&gt;</h1>", VI: "<h1>Chào An &lt;b&gt;</h1>", EN: "<h1>Hello An &lt;b&gt;</h1>"} {
		w := httptest.NewRecorder()
		s.Render(w, http.StatusCreated, "hello", helloView{Chrome{Title: "Chào", Lang: lang}, "An <b>"})
		if w.Code != http.StatusCreated || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%q: status %d, no %q in\n%s", lang, w.Code, want, w.Body)
		}
	}
}

func TestHeaders(t *testing.T) {
	s := helloSet(t)
	for _, secret := range []bool{false, true} {
		w := httptest.NewRecorder()
		s.Render(w, 200, "hello", helloView{Chrome{Secret: secret}, ""})
		got := map[string]string{}
		for _, name := range []string{"Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Cache-Control", "X-Robots-Tag", "Content-Type"} {
			got[name] = w.Header().Get(name)
		}
		want := map[string]string{
			"Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
			"X-Content-Type-Options":  "nosniff", "Referrer-Policy": "same-origin", "Cache-Control": "no-store", "X-Robots-Tag": "",
			"Content-Type": "text/html; charset=utf-8",
		}
		if secret {
			want["Referrer-Policy"], want["X-Robots-Tag"] = "no-referrer", "noindex, nofollow, noarchive"
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("secret=%v: %s", secret, diff)
		}
	}
}

type brokenView struct {
	Chrome
	Rows []func() (string, error)
}

// Nobody gets half a page: a template that fails in the middle leaves nothing of itself in the answer.
func TestNeverHalfAPage(t *testing.T) {
	s, err := New(tree("broken.html", `{{template "public" .}}{{define "main"}}<p>nửa đầu</p>{{range .Rows}}{{call .}}{{end}}{{end}}`))
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	s.Log = slog.New(slog.NewTextHandler(&log, nil))
	for name, view := range map[string]View{
		"broken":  brokenView{Rows: []func() (string, error){func() (string, error) { return "", fmt.Errorf("hỏng") }}},
		"nowhere": helloView{},
	} {
		w := httptest.NewRecorder()
		s.Render(w, 200, name, view)
		if w.Code != 500 || strings.Contains(w.Body.String(), "nửa đầu") || !strings.Contains(w.Body.String(), "không làm bạn mất tiền") {
			t.Errorf("%s: status %d, body %s", name, w.Code, w.Body)
		}
		if !strings.Contains(log.String(), name) {
			t.Errorf("%s: not in the log: %s", name, log.String())
		}
	}
}

func TestNewRejects(t *testing.T) {
	for name, files := range map[string][]string{
		"syntax":                {"a.html", `{{if}}`},
		"key missing in en":     {"lang/vi.json", `{"a":"A"}`, "lang/en.json", `{}`},
		"key missing in vi":     {"lang/vi.json", `{}`, "lang/en.json", `{"a":"A"}`},
		"no english at all":     {"lang/vi.json", `{"a":"A"}`},
		"other arguments":       {"lang/vi.json", `{"a":"%d em"}`, "lang/en.json", `{"a":"children"}`},
		"plural lacks one":      {"lang/vi.json", `{"a":"%d em"}`, "lang/en.json", `{"a":"one child|%d children"}`},
		"shared key again":      {"lang/vi.json", `{"skip":"A"}`, "lang/en.json", `{"skip":"A"}`},
		"not json":              {"lang/vi.json", `{`, "lang/en.json", `{}`},
		"key nobody has":        {"a.html", `{{if true}}{{range .X}}{{with t "nobody.has" 1}}{{end}}{{end}}{{end}}`},
		"icon nobody has":       {"a.html", `{{define "x"}}{{icon "nobody-has"}}{{end}}`},
		"page of the same name": {"failure.html", `x`},
		"function nobody has":   {"a.html", `{{nofunc}}`},
	} {
		if _, err := New(tree(files...)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if _, err := New(tree("a.html", "x"), tree("a.html", "y")); err == nil {
		t.Error("two faces with a page of one name: accepted")
	}
}

func TestWords(t *testing.T) {
	s := helloSet(t, "lang/vi.json", `{"hello":"Chào %s","n":"%d khoản của %s","swap":"%[2]s rồi %[1]s"}`,
		"lang/en.json", `{"hello":"Hello %s","n":"%d item of %s|%d items of %s","swap":"%s, then %s"}`)
	for _, c := range []struct {
		lang Lang
		key  string
		args []any
		want string
	}{
		{VI, "n", []any{1, "An"}, "1 khoản của An"},
		{EN, "n", []any{1, "An"}, "1 item of An"},
		{EN, "n", []any{int64(5), "An"}, "5 items of An"},
		{"", "swap", []any{"a", "b"}, "b rồi a"},
		{EN, "swap", []any{"a", "b"}, "a, then b"},
		{EN, "undo", nil, "Undo"},
	} {
		if got := s.T(c.lang, c.key, c.args...); got != c.want {
			t.Errorf("T(%s, %s, %v) = %q, want %q", c.lang, c.key, c.args, got, c.want)
		}
	}
}

// Every failure page says in its first sentence after the heading whether money was taken.
func TestFail(t *testing.T) {
	s := helloSet(t)
	for _, lang := range []Lang{VI, EN} {
		for _, status := range []int{0, 403, 404, 409, 422, 500, 503} {
			w := httptest.NewRecorder()
			s.Fail(w, Failure{Chrome: Chrome{Lang: lang}, Status: status, Ref: "req_1"})
			if want := max(status, 400); status != 0 && w.Code != want || status == 0 && w.Code != 500 {
				t.Errorf("%d: answered %d", status, w.Code)
			}
			text := textOf(t, w.Body.String())
			money := map[Lang]string{VI: "tiền", EN: "money"}[lang]
			_, after, found := strings.Cut(text, s.T(lang, "fail.code", w.Code))
			if !found || !strings.Contains(after[:min(len(after), 160)], money) {
				t.Errorf("%s %d: does not say first whether money was taken:\n%s", lang, status, text)
			}
			if !strings.Contains(text, "req_1") || strings.Contains(text, "⟦") {
				t.Errorf("%s %d:\n%s", lang, status, text)
			}
		}
	}
	w := httptest.NewRecorder()
	s.Fail(w, Failure{Status: 409, Heading: "Phiếu đã hủy", Money: "Chưa có tiền nào về.", Text: HTMLf("<em>%s</em>", "a<b")})
	if text := textOf(t, w.Body.String()); !strings.Contains(text, "Phiếu đã hủy Chưa có tiền nào về. a<b") {
		t.Error(text)
	}
}

// textOf is the visible text of a page, words separated by one space.
func textOf(t *testing.T, src string) string {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(src))
	if err != nil {
		t.Fatal(err)
	}
	var words []string
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.TextNode {
			words = append(words, strings.Fields(n.Data)...)
		}
		if n.Data == "head" {
			return
		}
		for c := range n.ChildNodes() {
			walk(c)
		}
	}
	walk(doc)
	return strings.Join(words, " ")
}

func TestCurrentNav(t *testing.T) {
	items := []NavItem{{Href: "/desk/"}, {Href: "/desk/bills"}, {Href: "/desk/bills/new"}}
	for path, want := range map[string]int{"/desk/": 0, "/desk/bills": 1, "/desk/bills/7": 1, "/desk/bills/new": 2, "/desk/billsx": 0, "/other": -1} {
		got := -1
		for i, it := range CurrentNav(items, path) {
			if it.Current {
				got = i
			}
		}
		if got != want {
			t.Errorf("%s: current is %d, want %d", path, got, want)
		}
	}
}

// A key nobody has shows as a scar and is logged, but does not take the page away.
func TestWordsUnknown(t *testing.T) {
	s := helloSet(t)
	var log bytes.Buffer
	s.Log = slog.New(slog.NewTextHandler(&log, nil))
	if got := s.T(VI, "none"); got != "⟦none⟧" || !strings.Contains(log.String(), "none") {
		t.Errorf("got %q, log %q", got, log.String())
	}
}
