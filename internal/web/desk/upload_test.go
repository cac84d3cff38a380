package desk

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/sen-platform/sen/internal/db/dbtest"
	"github.com/sen-platform/sen/internal/web/webtest"
)

// A file of 200 MB is refused with words that the browser gets to show, also where the server
// in front reads no more than 96 MB of any body.
func TestHugeUploadInBrowser(t *testing.T) {
	h := newHouse(t, dbtest.SQLite(t))
	inner := h.srv.Config.Handler
	edge := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, 96<<20)
		inner.ServeHTTP(w, r)
	}))
	t.Cleanup(edge.Close)
	h.srv.URL = edge.URL
	at := h.openRound("Đợt thu tháng 12")
	file := filepath.Join(t.TempDir(), "to.xlsx")
	f, err := os.Create(file)
	h.must(err)
	h.must(f.Truncate(200 << 20))
	h.must(f.Close())
	tab := h.signIn(t, webtest.Desktop, accountant)
	tab.Goto(edge.URL + at)
	tab.Upload("#tep", file)
	tab.Click("text=Tải lên và kiểm tra")
	tab.WaitText(".notice--danger", "Tệp quá lớn: 201 MB, nhiều nhất 64 MB")
	if w := h.wall(at); w.Drafts != 0 {
		t.Errorf("something was imported: %+v", w)
	}
}
