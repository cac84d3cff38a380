package page_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/sen-platform/sen/internal/web/webtest"
)

func TestMain(m *testing.M) { webtest.Main(m) }

func serve(t testing.TB, h http.Handler) string {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	return srv.URL
}

// Every page of the gallery passes axe, fits a phone of 360 px, has targets for fingers, and breaks no content policy.
func TestGalleryInBrowser(t *testing.T) {
	base := serve(t, galleryHandler(t))
	names := []string{"fail/404", "fail/404?lang=en"}
	for name := range galleryViews() {
		names = append(names, name)
	}
	for _, v := range webtest.Viewports {
		for _, name := range names {
			t.Run(name+"/"+v.Name, func(t *testing.T) {
				tab := webtest.NewTab(t, v)
				tab.Goto(base + "/" + name)
				tab.Check("gallery-" + name)
			})
		}
	}
}
