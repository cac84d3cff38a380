package desk

import (
	"testing"

	"github.com/sen-platform/sen/internal/db/dbtest"
	"github.com/sen-platform/sen/internal/rail"
	"github.com/sen-platform/sen/internal/web/webtest"
)

// signIn opens a tab of a person.
func (h *house) signIn(t testing.TB, v webtest.Viewport, login string, opts ...webtest.Option) *webtest.Tab {
	t.Helper()
	tab := webtest.NewTab(t, v, opts...)
	tab.Goto(h.srv.URL + "/signin")
	tab.Fill("#login", login)
	tab.Fill("#password", secret)
	tab.Click("text=Đăng nhập")
	tab.WaitPath("/desk")
	return tab
}

// busy fills the school with a usual morning.
func (h *house) busy() map[string]string {
	h.t.Helper()
	at := map[string]string{}
	khoi := h.issue()
	h.issue(named("Trịnh Đăng Khôi", "3C"), costs(1_205_000))
	h.issue(named("Lê Ngọc Ngân", "2A"), costs(1_215_000))
	h.issue(named("Lê Trọng Nghĩa", "4C"), costs(1_215_000))
	paid := h.issue(named("Hoàng Gia Bảo", "1A"))
	h.transfer(paid.Total, string(paid.Code))
	over := h.issue(named("Vũ Tuệ An", "4D"), costs(900_000))
	surplus := h.transfer(1_000_000, string(over.Code)+" hoc phi")
	waits := h.transfer(1_250_000, "be Khoi lop 3b tien thang nay")
	two := h.transfer(2_430_000, "nop tien cho 2 chau Ngan Nghia", func(c *rail.Credit) { c.PayerName = "PHAM THI HUE" })
	h.transfer(500_000, "ck", func(c *rail.Credit) { c.PayerName, c.PayerAccount = "", "" })
	draft := h.draft(named("Bùi Quang Huy", "5A"))
	at["bill"], at["paid"], at["draft"] = khoi.ID.String(), paid.ID.String(), draft.ID.String()
	at["waits"], at["two"], at["surplus"] = waits.Credit.String(), two.Credit.String(), surplus.Credit.String()
	return at
}

// Every page passes axe, fits a phone of 360 px, has targets for fingers, and breaks no
// content policy.
func TestPagesInBrowser(t *testing.T) {
	h := newHouse(t, dbtest.SQLite(t))
	at := h.busy()
	pages := []struct{ name, path string }{
		{"today", "/desk"},
		{"bills", "/desk/phieu"}, {"bills-none", "/desk/phieu?tim=khong-co-ai"},
		{"bill-open", "/desk/phieu/" + at["bill"]}, {"bill-paid", "/desk/phieu/" + at["paid"]}, {"bill-draft", "/desk/phieu/" + at["draft"]},
		{"bill-new", "/desk/phieu/moi"}, {"bill-edit", "/desk/phieu/" + at["bill"] + "/sua"}, {"bill-cancel", "/desk/phieu/" + at["bill"] + "/huy"},
		{"credits", "/desk/tien-ve"}, {"credit", "/desk/tien-ve/" + at["waits"]}, {"credit-surplus", "/desk/tien-ve/" + at["surplus"]},
		{"credit-return", "/desk/tien-ve/" + at["waits"] + "/tra-lai"}, {"credit-use", "/desk/tien-ve/" + at["surplus"] + "/dung"},
		{"waiting", "/desk/cho-xu-ly"}, {"waiting-one", "/desk/cho-xu-ly/" + at["waits"]}, {"waiting-search", "/desk/cho-xu-ly/" + at["two"] + "?tim=ngan"},
		{"waiting-split", "/desk/cho-xu-ly/" + at["two"] + "/chia?tim=nghia"},
	}
	for _, v := range webtest.Viewports {
		t.Run(v.Name, func(t *testing.T) {
			tab := h.signIn(t, v, accountant)
			for _, p := range pages {
				tab.Goto(h.srv.URL + p.path)
				tab.Check("desk-" + p.name)
			}
		})
	}
}
