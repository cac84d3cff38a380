package desk

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/db/dbtest"
	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/rail"
	"github.com/sen-platform/sen/internal/web/webtest"
)

// signIn opens a tab of a person.
func (h *house) signIn(t testing.TB, v webtest.Viewport, login string, opts ...webtest.Option) *webtest.Tab {
	t.Helper()
	h.user(login)
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

// season adds a published round, one that waits with problem rows, a statement, cash and a
// receipt to the busy morning.
func (h *house) season(at map[string]string) {
	h.t.Helper()
	a := h.as(accountant)
	first := h.openRound("Đợt thu tháng 11/2026")
	h.settled(a.upload(first+"/nhap", "tep", "thu-thang-11.xlsx", h.workbook("Tiền ăn bán trú", roll(5, 3)...)))
	var classes []string
	for g := 1; g <= 5; g++ {
		for _, l := range "ABC" {
			classes = append(classes, "lop", fmt.Sprintf("%d%c", g, l))
		}
	}
	h.settled(a.post(first+"/phat-hanh", append(classes, "da-xem", "1")...))
	h.view(func(tx *db.Tx) error {
		found, err := bill.Search(tx, bill.Filter{Facility: h.world.School.ID, Status: []bill.Status{bill.StatusOpen}, Today: h.today(), Limit: 200})
		for i, b := range found.Bills {
			if b.Round != 0 && i%7 != 0 && (b.Class != "4B" || i%2 == 0) {
				h.transfer(b.Total, string(b.Code))
			}
		}
		return err
	})
	cash := h.issue(named("Hồ Minh Tâm", "3B"), costs(270_000))
	_, rec, err := h.s.TakeCash(h.ctx, collect.Actor{User: h.user(cashier)}, cashOf(h, cash, 270_000))
	h.must(err)
	second := h.openRound("Đợt thu tháng 12/2026")
	rows := roll(5, 3)
	rows[3].amount, rows[10].name, rows[20].amount, rows[30].code = "1,25tr", "", "-45000", rows[29].code
	rows = append(rows[:40], pupil{"HS990", "Võ Đức Anh", "4Đ", "900000"})
	h.settled(a.upload(second+"/nhap", "tep", "thu-thang-12.xlsx", h.workbook("Tiền ăn bán trú", rows...)))
	odd := h.openRound("Đợt thu tháng 1/2027")
	h.settled(a.upload(odd+"/nhap", "tep", "la.xlsx", h.workbook("Xe điện tham quan", pupils...)))
	empty := h.openRound("Đợt thu tháng 2/2027")
	imp, err := h.s.ImportStatement(h.ctx, collect.Actor{User: h.user(accountant)}, h.world.School.ID, "sao-ke-22-11.xml",
		camt053(h.world.SchoolAccount.Number, h.today().AddDays(-1), 500_000, 99_000_000,
			entry("CRDT", h.today().AddDays(-1), "FT780", "khong ma", 240_000), entry("DBIT", h.today().AddDays(-1), "FT79", "TIEN DIEN", 90_000)), nil)
	h.must(err)
	h.face.results.keep(imp)
	at["round"], at["drafts"], at["odd"], at["empty"], at["file"], at["receipt"], at["cash"] = first, second, odd, empty, imp.File.String(), rec.ID.String(), h.issue(named("Cao Nhật Minh", "5E"), costs(270_000)).ID.String()
	h.view(func(tx *db.Tx) error {
		list, err := org.ContactsOf(tx, h.world.School.ID)
		at["contact"] = list[0].ID.String()
		return err
	})
}

// roll is a class list of so many grades with so many classes of four pupils.
func roll(grades, classes int) []pupil {
	family := []string{"Trần", "Lê", "Bùi", "Đặng", "Phan", "Võ", "Hồ"}
	given := []string{"Minh Khôi", "Ngọc Thảo", "Quang Huy", "Gia Hân", "Bảo Ngọc", "Đức Anh", "Khánh Vy", "Tuệ An", "Hồng Phúc"}
	var out []pupil
	for g := 1; g <= grades; g++ {
		for c := range classes {
			for range 4 {
				n := len(out)
				out = append(out, pupil{fmt.Sprintf("HS%03d", n), family[n%7] + " " + given[n%9], fmt.Sprintf("%d%c", g, 'A'+c), []string{"735000", "1105000", "935000"}[n%3]})
			}
		}
	}
	return out
}

// Every page passes axe, fits a phone of 360 px, has targets for fingers, and breaks no
// content policy; so do the same pages of a manager and a cashier, and forms with mistakes.
func TestPagesInBrowser(t *testing.T) {
	h := newHouse(t, dbtest.SQLite(t))
	at := h.busy()
	h.season(at)
	at["hook"] = h.connected()
	pages := []struct{ login, name, path string }{
		{accountant, "today", "/desk"},
		{accountant, "today-month", "/desk?dot=thang"},
		{cashier, "today-cashier", "/desk"},
		{accountant, "bills", "/desk/phieu"},
		{accountant, "bills-class", strings.Replace(at["round"], "dot-thu/", "phieu?dot=", 1) + "&lop=3B"},
		{accountant, "bills-none", "/desk/phieu?tim=khong-co-ai"},
		{accountant, "bill-open", "/desk/phieu/" + at["bill"]},
		{accountant, "bill-paid", "/desk/phieu/" + at["paid"]},
		{accountant, "bill-draft", "/desk/phieu/" + at["draft"]},
		{accountant, "bill-new", "/desk/phieu/moi"},
		{accountant, "bill-edit", "/desk/phieu/" + at["bill"] + "/sua"},
		{accountant, "bill-cancel", "/desk/phieu/" + at["bill"] + "/huy"},
		{accountant, "credits", "/desk/tien-ve"},
		{accountant, "credit", "/desk/tien-ve/" + at["waits"]},
		{accountant, "credit-surplus", "/desk/tien-ve/" + at["surplus"]},
		{accountant, "credit-return", "/desk/tien-ve/" + at["waits"] + "/tra-lai"},
		{accountant, "credit-use", "/desk/tien-ve/" + at["surplus"] + "/dung"},
		{accountant, "waiting", "/desk/cho-xu-ly"},
		{accountant, "waiting-one", "/desk/cho-xu-ly/" + at["waits"]},
		{accountant, "waiting-search", "/desk/cho-xu-ly/" + at["two"] + "?tim=ngan"},
		{manager, "waiting-manager", "/desk/cho-xu-ly/" + at["waits"]},
		{accountant, "waiting-split", "/desk/cho-xu-ly/" + at["two"] + "/chia?tim=nghia"},
		{accountant, "rounds", "/desk/dot-thu"},
		{accountant, "round-new", "/desk/dot-thu/moi"},
		{accountant, "round-empty", at["empty"]},
		{accountant, "round-odd", at["odd"]},
		{accountant, "round-columns", at["odd"] + "/cot"},
		{accountant, "round-drafts", at["drafts"]},
		{manager, "round-drafts-manager", at["drafts"]},
		{accountant, "round-changes", at["drafts"] + "/thay-doi"},
		{accountant, "round-published", at["round"]},
		{accountant, "round-mapping", at["round"] + "/cot"},
		{cashier, "till", "/desk/tien-mat?tim=minh"},
		{cashier, "cash", "/desk/tien-mat/" + at["cash"]},
		{cashier, "cash-done", "/desk/bien-lai/" + at["receipt"] + "?vua-thu=1&dua=300000"},
		{accountant, "receipts", "/desk/bien-lai"},
		{accountant, "receipt", "/desk/bien-lai/" + at["receipt"]},
		{accountant, "statements", "/desk/sao-ke"},
		{accountant, "statement", "/desk/sao-ke/" + at["file"]},
		{manager, "setup", "/desk/co-so"},
		{manager, "connect", "/desk/co-so/ket-noi"},
		{manager, "connect-hook", at["hook"]},
		{manager, "connect-hook-new", "/desk/co-so/ket-noi/bao-co/moi"},
		{manager, "connect-key-new", "/desk/co-so/ket-noi/khoa/moi"},
		{cashier, "setup-cashier", "/desk/co-so"},
		{accountant, "contact", "/desk/co-so/nguoi/" + at["contact"]},
		{manager, "account", "/desk/co-so/tai-khoan/" + h.world.SchoolAccount.ID.String()},
	}
	for _, v := range webtest.Viewports {
		for _, login := range []string{accountant, manager, cashier} {
			t.Run(v.Name+"/"+login, func(t *testing.T) {
				tab := h.signIn(t, v, login)
				for _, p := range pages {
					if p.login != login {
						continue
					}
					tab.Goto(h.srv.URL + p.path)
					tab.Check("desk-" + p.name)
				}
			})
		}
	}
}
