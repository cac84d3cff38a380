package api

import (
	"embed"
	"encoding/json"
	"io/fs"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/sen-platform/sen/internal/web/page"
)

//go:embed templates
var files embed.FS

// config is huma's configuration: nothing of its own is served, all answers are JSON.
func (f *face) config() huma.Config {
	cfg := huma.DefaultConfig("Sen", apiVersion)
	cfg.OpenAPIPath, cfg.DocsPath, cfg.SchemasPath = "", "", ""
	cfg.CreateHooks = nil // no $schema links in answers
	cfg.NoFormatFallback = false
	cfg.Info.Description = "Giao diện lập trình của Sen: phiếu thu, thanh toán, biên lai, sự kiện và chỉ số. Bản để đọc: " + docsPath
	cfg.Servers = []*huma.Server{{URL: f.BaseURL}}
	cfg.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		securityName: {Type: "http", Scheme: "bearer", Description: "Khóa API của cơ sở hoặc của tỉnh: Authorization: Bearer sk_live_…"},
	}
	for _, name := range []string{tagFacilities, tagFeeKinds, tagBills, tagPayments, tagCredits, tagReceipts, tagEvents, tagFigures, tagMachines} {
		cfg.Tags = append(cfg.Tags, &huma.Tag{Name: name})
	}
	return cfg
}

// documentRoutes serves the OpenAPI document and the page made from it.
func (f *face) documentRoutes() error {
	doc, err := json.Marshal(f.api.OpenAPI())
	if err != nil {
		return err
	}
	etag := `"` + digest(doc)[:24] + `"`
	f.mux.HandleFunc("GET "+openAPIPath, func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Type", "application/openapi+json; version=3.1")
		h.Set("Etag", etag)
		h.Set("Cache-Control", "no-cache")
		if matches(r.Header.Get("If-None-Match"), etag) {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		_, _ = w.Write(doc)
	})
	templates, err := fs.Sub(files, "templates")
	if err != nil {
		return err
	}
	if f.pages, err = page.New(templates); err != nil {
		return err
	}
	f.pages.Log = f.Log
	view := f.docsView()
	f.mux.HandleFunc("GET "+docsPath, func(w http.ResponseWriter, _ *http.Request) {
		f.pages.Render(w, http.StatusOK, "docs", view)
	})
	return nil
}
