package page

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"maps"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
)

//go:embed templates/*.html lang/*.json
var shared embed.FS

// Set is the parsed pages of one face. It is safe for concurrent use.
type Set struct {
	// Log takes the errors of templates; slog.Default when nil. Set it before the first Render.
	Log   *slog.Logger
	pages map[Lang]map[string]*template.Template
	words catalogue
}

// New parses the shared layouts and parts and every template under the given trees, in both languages. It fails on a
// template that does not parse, a page or key defined twice, a key missing in one language, and a key or icon that a
// template asks for and nobody has.
func New(trees ...fs.FS) (*Set, error) {
	own, err := fs.Sub(shared, "templates")
	if err != nil {
		return nil, err
	}
	s := &Set{pages: map[Lang]map[string]*template.Template{}, words: catalogue{}}
	if err := s.words.load(shared); err != nil {
		return nil, err
	}
	for _, tree := range trees {
		if err := s.words.load(tree); err != nil {
			return nil, err
		}
	}
	for _, lang := range []Lang{VI, EN} {
		if s.pages[lang], err = parsePages(funcs(lang, s.words), own, trees); err != nil {
			return nil, err
		}
	}
	return s, s.check()
}

// parsePages returns every page of all trees as a template set of its own, so that each can define "main".
func parsePages(fm template.FuncMap, own fs.FS, trees []fs.FS) (map[string]*template.Template, error) {
	base := template.New("").Funcs(fm).Option("missingkey=error")
	pages := map[string]*template.Template{}
	if err := addTree(base, pages, own); err != nil {
		return nil, err
	}
	for _, tree := range trees {
		face, err := base.Clone()
		if err != nil {
			return nil, err
		}
		if err := addTree(face, pages, tree); err != nil {
			return nil, err
		}
	}
	return pages, nil
}

// addTree parses the "_" files of tree into base, then each page into a clone of base.
func addTree(base *template.Template, pages map[string]*template.Template, tree fs.FS) error {
	var partials, bodies []string
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil || d.IsDir() || path.Ext(name) != ".html":
		case strings.HasPrefix(path.Base(name), "_"):
			partials = append(partials, name)
		default:
			bodies = append(bodies, name)
		}
		return err
	})
	if err != nil {
		return err
	}
	for _, name := range partials {
		if err := parseFile(base, tree, name); err != nil {
			return err
		}
	}
	for _, name := range bodies {
		key := strings.TrimSuffix(name, ".html")
		if pages[key] != nil {
			return fmt.Errorf("page: %s is defined twice", key)
		}
		t, err := base.Clone()
		if err != nil {
			return err
		}
		if err := parseFile(t, tree, name); err != nil {
			return err
		}
		pages[key] = t.Lookup(name)
	}
	return nil
}

func parseFile(t *template.Template, tree fs.FS, name string) error {
	src, err := fs.ReadFile(tree, name)
	if err != nil {
		return err
	}
	if _, err = t.New(name).Parse(string(src)); err != nil {
		return fmt.Errorf("page: %w", err)
	}
	return nil
}

// Names lists the pages in alphabetical order, the shared ones included.
func (s *Set) Names() []string { return slices.Sorted(maps.Keys(s.pages[VI])) }

// ErrNoPage says that a page of that name was never parsed.
var ErrNoPage = errors.New("page: no such page")

// HTML draws the page name with view v in the view's language and returns it whole.
func (s *Set) HTML(name string, v View) ([]byte, error) {
	lang := v.PageChrome().Lang
	if lang != EN {
		lang = VI
	}
	t := s.pages[lang][name]
	if t == nil {
		return nil, fmt.Errorf("%w: %s", ErrNoPage, name)
	}
	var b bytes.Buffer
	if err := t.Execute(&b, v); err != nil {
		return nil, fmt.Errorf("page %s: %w", name, err)
	}
	return b.Bytes(), nil
}

// Render sends the page name with view v and the status, with the headers of Headers. When the template fails, the
// error is logged and the reader gets the plain error page with status 500 instead: never half a page.
func (s *Set) Render(w http.ResponseWriter, status int, name string, v View) {
	body, err := s.HTML(name, v)
	if err != nil {
		s.log().Error("page not drawn", "page", name, "err", err)
		status, body = http.StatusInternalServerError, []byte(plainError)
	}
	Headers(w.Header(), v.PageChrome().Secret)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // the reader may have gone: nothing to do about it
}

// T is the catalogue's text for key in lang, with args as in fmt.Sprintf. A key nobody has comes back as "⟦key⟧".
func (s *Set) T(lang Lang, key string, args ...any) string {
	text, err := s.words.text(lang, key, args...)
	if err != nil {
		s.log().Error("no words", "key", key, "lang", lang, "err", err)
		return "⟦" + key + "⟧"
	}
	return text
}

func (s *Set) log() *slog.Logger {
	if s.Log != nil {
		return s.Log
	}
	return slog.Default()
}

// plainError is sent when even drawing a page fails; it depends on nothing.
const plainError = `<!doctype html><html lang="vi"><head><meta charset="utf-8">` +
	`<meta name="viewport" content="width=device-width, initial-scale=1"><title>Trang đang hỏng – Sen</title></head>` +
	`<body><main><h1>Trang này đang hỏng</h1>` +
	`<p><strong>Mở trang này không làm bạn mất tiền.</strong> ` +
	`Nếu tài khoản của bạn đã bị trừ tiền, đừng trả lại: tiền vào thẳng tài khoản của trường hoặc bệnh viện.</p>` +
	`<p>Mở lại trang sau một phút. Vẫn hỏng thì gọi nơi thu tiền, số điện thoại in trên phiếu thu.</p></main></body></html>`
