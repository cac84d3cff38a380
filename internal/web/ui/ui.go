// Package ui is the look of Sen: stylesheets, fonts, icons and scripts, embedded and served under addresses that
// carry a hash of the content, so that a browser keeps them for a year and never shows a stale one.
//
// The sources are css/ and js/; "go generate" writes what is served into static/ (see bundle). Payers and the
// public load pay.css and pay.js, a part of the same stylesheet small enough for a payer's budget (60 kB with the
// page); staff load sen.css and staff.js. Nothing comes from another host.
//
// There is no htmx: the one thing pages need, regions that follow the server, is js/live.js, and everything else
// is a form or a link that works without script.
package ui

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

//go:generate go run ./bundle

//go:embed static
var files embed.FS

// Prefix is where Handler is to be mounted: mux.Handle("GET "+ui.Prefix, ui.Handler()).
const Prefix = "/static/"

type asset struct {
	hash string
	mime string
	body []byte
	gzip []byte // nil when compression does not pay
}

var types = map[string]string{
	".css":   "text/css; charset=utf-8",
	".js":    "text/javascript; charset=utf-8",
	".svg":   "image/svg+xml",
	".woff2": "font/woff2",
	".txt":   "text/plain; charset=utf-8",
}

var cssURL = regexp.MustCompile(`url\("([^":]+)"\)`)

// assets reads, hashes and compresses everything once, on first use.
var assets = sync.OnceValue(func() map[string]asset {
	all := map[string]asset{}
	var sheets []string
	err := fs.WalkDir(files, "static", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := files.ReadFile(name)
		if err != nil {
			return err
		}
		short := strings.TrimPrefix(name, "static/")
		all[short] = newAsset(short, body)
		if path.Ext(name) == ".css" {
			sheets = append(sheets, short)
		}
		return nil
	})
	if err != nil {
		panic(err) // an embedded tree that cannot be read is a broken build
	}
	for _, name := range sheets {
		body := cssURL.ReplaceAllFunc(all[name].body, func(m []byte) []byte {
			ref := string(cssURL.FindSubmatch(m)[1])
			a, ok := all[ref]
			if !ok {
				panic(fmt.Sprintf("ui: %s refers to %s, which is not embedded", name, ref))
			}
			return fmt.Appendf(nil, "url(%q)", address(a, ref))
		})
		all[name] = newAsset(name, body)
	}
	return all
})

func newAsset(name string, body []byte) asset {
	sum := sha256.Sum256(body)
	a := asset{hash: hex.EncodeToString(sum[:8]), mime: types[path.Ext(name)], body: body}
	if path.Ext(name) == ".woff2" { // compressed by its format
		return a
	}
	var z bytes.Buffer
	w, _ := gzip.NewWriterLevel(&z, gzip.BestCompression)
	_, _ = w.Write(body)
	_ = w.Close()
	if z.Len() < len(body)*9/10 {
		a.gzip = z.Bytes()
	}
	return a
}

func address(a asset, name string) string { return Prefix + a.hash + "/" + name }

// Asset is the address of the embedded file name, such as "pay.css" → "/static/1f3a…/pay.css". It panics on a
// name that is not embedded: names are written in code and templates, and a test renders every one.
func Asset(name string) string {
	a, ok := assets()[name]
	if !ok {
		panic("ui: no asset " + name)
	}
	return address(a, name)
}

// Handler serves the files under Prefix: immutable for a year, with ETag, gzip where accepted. Any other address,
// an outdated hash among them, is 404 and not to be kept.
func Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		hash, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, Prefix), "/")
		a, ok := assets()[name]
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		if !ok || a.hash != hash {
			h.Set("Cache-Control", "no-store")
			http.Error(w, "404", http.StatusNotFound)
			return
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			h.Set("Allow", "GET, HEAD")
			http.Error(w, "405", http.StatusMethodNotAllowed)
			return
		}
		body, tag := a.body, `"`+a.hash+`"`
		h.Set("Content-Type", a.mime)
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		if a.gzip != nil {
			h.Set("Vary", "Accept-Encoding")
			if acceptsGzip(r.Header.Get("Accept-Encoding")) {
				body, tag = a.gzip, `"`+a.hash+`-gz"`
				h.Set("Content-Encoding", "gzip")
			}
		}
		h.Set("ETag", tag)
		if matches(r.Header.Get("If-None-Match"), tag) {
			h.Del("Content-Type")
			h.Del("Content-Encoding")
			w.WriteHeader(http.StatusNotModified)
			return
		}
		h.Set("Content-Length", strconv.Itoa(len(body)))
		if r.Method == http.MethodGet {
			_, _ = w.Write(body)
		}
	})
}

// acceptsGzip reads an Accept-Encoding header; "gzip;q=0" is a refusal.
func acceptsGzip(header string) bool {
	for part := range strings.SplitSeq(header, ",") {
		coding, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		if c := strings.TrimSpace(coding); !strings.EqualFold(c, "gzip") && c != "*" {
			continue
		}
		q, found := strings.CutPrefix(strings.ReplaceAll(strings.TrimSpace(params), " ", ""), "q=")
		if !found {
			return true
		}
		v, err := strconv.ParseFloat(q, 64)
		return err == nil && v > 0
	}
	return false
}

func matches(header, tag string) bool {
	for part := range strings.SplitSeq(header, ",") {
		if p := strings.TrimPrefix(strings.TrimSpace(part), "W/"); p == tag || p == "*" {
			return true
		}
	}
	return false
}

// File is the content of the embedded file name as it is served; it panics on a name that is not embedded.
func File(name string) []byte {
	a, ok := assets()[name]
	if !ok {
		panic("ui: no asset " + name)
	}
	return a.body
}
