package ui

import (
	"compress/gzip"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
)

func get(t *testing.T, method, target string, header ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(method, target, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r io.Reader) string {
	t.Helper()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Every embedded file is served at its address with its type, for ever, and unchanged after decompression.
func TestEveryAsset(t *testing.T) {
	err := fs.WalkDir(files, "static", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		short := strings.TrimPrefix(name, "static/")
		res := get(t, "GET", Asset(short))
		if res.StatusCode != 200 {
			t.Errorf("%s: status %d", short, res.StatusCode)
		}
		if res.Header.Get("Content-Type") == "" {
			t.Errorf("%s: no content type", short)
		}
		if cc := res.Header.Get("Cache-Control"); !strings.Contains(cc, "immutable") {
			t.Errorf("%s: Cache-Control %q", short, cc)
		}
		plain := body(t, res.Body)
		zipped := get(t, "GET", Asset(short), "Accept-Encoding", "br, gzip;q=0.8")
		if zipped.Header.Get("Content-Encoding") == "gzip" {
			z, err := gzip.NewReader(zipped.Body)
			if err != nil {
				t.Fatal(err)
			}
			if got := body(t, z); got != plain {
				t.Errorf("%s: gzip holds other bytes", short)
			}
			if zipped.Header.Get("ETag") == res.Header.Get("ETag") {
				t.Errorf("%s: one ETag for two encodings", short)
			}
		} else if body(t, zipped.Body) != plain {
			t.Errorf("%s: differs without Content-Encoding", short)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestHandlerAnswers(t *testing.T) {
	css := Asset("pay.css")
	tag := get(t, "GET", css).Header.Get("ETag")
	for _, c := range []struct {
		name, method, target string
		header               []string
		status               int
		cache                string
	}{
		{"unknown file", "GET", "/static/0000/none.css", nil, 404, "no-store"},
		{"outdated hash", "GET", "/static/0123456789abcdef/pay.css", nil, 404, "no-store"},
		{"a folder", "GET", "/static/", nil, 404, "no-store"},
		{"walking out", "GET", "/static/x/../../go.mod", nil, 404, "no-store"},
		{"post", "POST", css, nil, 405, ""},
		{"head", "HEAD", css, nil, 200, "public, max-age=31536000, immutable"},
		{"known tag", "GET", css, []string{"If-None-Match", `"x", ` + tag}, 304, "public, max-age=31536000, immutable"},
		{"other tag", "GET", css, []string{"If-None-Match", `"x"`}, 200, "public, max-age=31536000, immutable"},
	} {
		res := get(t, c.method, c.target, c.header...)
		if res.StatusCode != c.status || res.Header.Get("Cache-Control") != c.cache {
			t.Errorf("%s: %d %q, want %d %q", c.name, res.StatusCode, res.Header.Get("Cache-Control"), c.status, c.cache)
		}
		if n := len(body(t, res.Body)); (c.method == "HEAD" || c.status == 304) && n > 0 {
			t.Errorf("%s: %d bytes of body", c.name, n)
		}
	}
}

func TestAcceptsGzip(t *testing.T) {
	for header, want := range map[string]bool{
		"": false, "gzip": true, "br, gzip": true, "gzip;q=0": false, "gzip; q=0.0": false, "*": true,
		"identity": false, "GZIP;q=0.5": true, "xgzip": false, "gzip;q=x": false,
	} {
		if got := acceptsGzip(header); got != want {
			t.Errorf("acceptsGzip(%q) = %v", header, got)
		}
	}
}

// The addresses inside the stylesheets lead to files that are served.
func TestFontsOfStylesheets(t *testing.T) {
	link := regexp.MustCompile(`url\("([^"]+)"\)`)
	for _, name := range []string{"pay.css", "sen.css"} {
		css := body(t, get(t, "GET", Asset(name)).Body)
		links := link.FindAllStringSubmatch(css, -1)
		if len(links) < 15 {
			t.Errorf("%s names %d fonts, want 15", name, len(links))
		}
		for _, m := range links {
			if s := get(t, "GET", m[1]).StatusCode; s != 200 {
				t.Errorf("%s: %s answers %d", name, m[1], s)
			}
		}
	}
}

func TestIcons(t *testing.T) {
	if n := len(IconNames()); n < 29 {
		t.Errorf("%d icons", n)
	}
	svg, err := Icon("check")
	if err != nil || !strings.Contains(svg, `aria-hidden="true"`) {
		t.Errorf("check: %q, %v", svg, err)
	}
	if _, err := Icon("nothing"); err == nil {
		t.Error("an unknown icon was accepted")
	}
}

func TestAssetUnknown(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("Asset of an unknown name did not panic")
		}
	}()
	Asset("none.css")
}
