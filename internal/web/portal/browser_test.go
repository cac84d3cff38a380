package portal

import (
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/sen-platform/sen/internal/db/dbtest"
	"github.com/sen-platform/sen/internal/web/webtest"
)

// Every page, on a phone and on a desk.
func TestPagesInBrowser(t *testing.T) {
	h := newHouse(t, dbtest.SQLite(t))
	srv := httptest.NewServer(h.mux)
	t.Cleanup(srv.Close) // after the tabs, which hold a stream open
	for range 7 {
		h.pay(h.issue(false), 700_000)
	}
	pages := []struct{ name, path string }{
		{"home", "/"},
		{"home-en", "/?lang=en"},
		{"receipt-form", "/bien-lai"},
		{"check-form", "/kiem-tra"},
		{"people", "/co-so"},
		{"people-none", "/co-so?q=xyz"},
		{"figures", "/so-lieu"},
	}
	for _, v := range webtest.Viewports {
		tab := webtest.NewTab(t, v)
		for _, p := range pages {
			tab.Goto(srv.URL + p.path)
			tab.Check(p.name)
			_, html := h.get(p.path)
			missing := webtest.UnstyledClasses([]byte(html), "pay.css")
			// On a page that lays out its own bands the masthead is simply .wrap.
			if missing = slices.DeleteFunc(missing, func(c string) bool { return c == "wrap--full" }); len(missing) > 0 {
				t.Errorf("%s: classes without a rule in pay.css: %v", p.name, missing)
			}
		}
		for _, c := range []struct{ name, typed, say string }{
			{"check-good", "9990000001", "Đúng tài khoản đã đăng ký"}, {"check-bad", "1234567890", "đừng chuyển tiền"}, {"check-unreadable", "abc", "Không đọc được mã này"},
		} {
			tab.Goto(srv.URL + "/kiem-tra")
			webtest.Eval[string](tab, `document.querySelector("#ma-qr").value = "`+c.typed+`"`)
			tab.Click("text=Kiểm tra")
			tab.WaitText("h1", c.say)
			tab.Check(c.name)
		}
		tab.Goto(srv.URL + "/bien-lai")
		tab.Fill("#dia-chi", "https://sen-gia.example/r/rec_0000000000001/0000000000000000")
		tab.Click("form button")
		tab.WaitText("main", "không phải của Sen")
		tab.Check("receipt-foreign")
	}
}

// The way of somebody with a paper in hand: code, second fact, a mistake, the bill. With script
// and without.
func TestLookUpInBrowser(t *testing.T) {
	h := newHouse(t, dbtest.SQLite(t))
	srv := httptest.NewServer(h.mux)
	t.Cleanup(srv.Close) // after the tabs, which hold a stream open
	b := h.issue(false)
	for _, opts := range [][]webtest.Option{nil, {webtest.WithoutScript}} {
		tab := webtest.NewTab(t, webtest.Phone, opts...)
		tab.Goto(srv.URL + "/")
		tab.Fill("#ma", b.Code.Display())
		tab.Fill("#thong-tin", "1999")
		tab.Click("text=Xem phiếu và trả")
		tab.WaitText(".error-summary", "Không có phiếu nào khớp")
		if got := tab.Title(); !strings.HasPrefix(got, "Lỗi: ") {
			t.Errorf("title %q", got)
		}
		tab.Check("home-wrong")
		tab.Fill("#thong-tin", "2018")
		tab.Click("text=Xem phiếu và trả")
		tab.WaitPath("/p/" + b.Token)
		tab.WaitText("h1", "Phiếu thu tháng 11/2026")
	}
}
