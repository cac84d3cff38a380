package api

import (
	"testing"

	"github.com/sen-platform/sen/internal/db/dbtest"
	"github.com/sen-platform/sen/internal/web/webtest"
)

func TestMain(m *testing.M) { webtest.Main(m) }

// The page for programmers on a phone and on a desk: axe finds nothing, nothing comes from
// elsewhere, and a problem's type leads to its explanation.
func TestDocsPageInBrowser(t *testing.T) {
	h := newHouse(t, dbtest.SQLite(t))
	for _, v := range webtest.Viewports {
		t.Run(v.Name, func(t *testing.T) {
			tab := webtest.NewTab(t, v)
			tab.Goto(h.srv.URL + docsPath + "#loi-bill_state")
			tab.WaitText("#loi-bill_state", "bill_state")
			tab.Check("api-docs")
		})
	}
}
