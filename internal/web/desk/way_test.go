package desk

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/db/dbtest"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/web/webtest"
)

// The accountant's way, with script and without, on a phone and on a desk: a workbook, a row
// fixed, published, money seen as it comes, a waiting credit assigned and taken back, cash,
// the receipt.
func TestAccountantsWay(t *testing.T) {
	for _, v := range webtest.Viewports {
		for name, opts := range map[string][]webtest.Option{"script": nil, "bare": {webtest.WithoutScript}} {
			t.Run(v.Name+"/"+name, func(t *testing.T) {
				h := newHouse(t, dbtest.SQLite(t))
				tab := h.signIn(t, v, accountant, opts...)
				h.wayOfARound(t, tab)
				thao := h.one(t, "Ngọc Thảo")
				tab.Goto(h.srv.URL + "/desk")
				tab.WaitText("[data-live-target=tien]", "4 phiếu")
				h.transfer(thao.Total, string(thao.Code))
				h.transfer(1_250_000, "be Han lop 3e", nobody)
				if name == "bare" {
					tab.Reload()
				}
				tab.WaitText("[data-live-target=tien]", "1 phiếu trả đủ, 25,0%")
				tab.WaitText("h1", "Hôm nay có 1 việc cần làm")
				tab.WaitText("[data-live-target=vua-ve]", "cho Lê Ngọc Thảo, lớp 3E")
				h.wayOfWaitingMoney(t, tab)
				h.wayOfCash(t, tab, name == "script")
				h.verify()
			})
		}
	}
}

func (h *house) one(t testing.TB, words string) bill.Bill {
	t.Helper()
	var out bill.Bill
	h.view(func(tx *db.Tx) error {
		found, err := bill.Search(tx, bill.Filter{Facility: h.world.School.ID, Text: words})
		if len(found.Bills) != 1 {
			t.Fatalf("%d bills of %q", len(found.Bills), words)
		}
		out = found.Bills[0]
		return err
	})
	return out
}

func (h *house) wayOfARound(t testing.TB, tab *webtest.Tab) {
	t.Helper()
	rows := append([]pupil{}, pupils...)
	rows[3].amount = "1,25tr"
	file := filepath.Join(t.TempDir(), "thu-thang-12.xlsx")
	h.must(os.WriteFile(file, h.workbook("Tiền ăn bán trú", rows...), 0o600))
	tab.Click("text=Mở đợt thu đầu tiên")
	tab.WaitPath("/desk/dot-thu/moi")
	tab.Fill("#han", "hôm nào đó")
	tab.Click("text=Tiếp tục: tải bảng lên")
	tab.WaitText(".error-summary", "không phải là ngày")
	tab.Check("desk-way-mistake")
	tab.Fill("#ten", "Đợt thu tháng 12/2026")
	tab.Fill("#han", h.today().AddDays(20).VN())
	tab.Click("text=Tiếp tục: tải bảng lên")
	tab.WaitText("h1", "Đợt thu tháng 12/2026")
	tab.Upload("#tep", file)
	tab.Click("text=Tải lên và kiểm tra")
	tab.WaitText("h1", "1 dòng cần sửa")
	tab.WaitText("#mau", "lớp 3E")
	tab.Check("desk-way-check")
	tab.Fill("#can-sua input[name^=o-]", "1250000")
	tab.Click("text=Kiểm tra lại các dòng này")
	tab.WaitText("h1", "4 phiếu sẵn sàng")
	tab.Click("text=Phát hành phiếu")
	tab.WaitText(".notice--danger", "Xem ba phiếu mẫu")
	tab.Click("#da-xem")
	tab.Click("text=Phát hành phiếu")
	tab.WaitText(".toast", "Đã phát hành 4 phiếu")
	tab.WaitText("main", "Tiền đợt thu tháng 12/2026")
}

func (h *house) wayOfWaitingMoney(t testing.TB, tab *webtest.Tab) {
	t.Helper()
	tab.Click("text=Xử lý")
	tab.WaitText("h1", "1 khoản chờ xử lý")
	if tab.Has(".credits a") && !tab.Has("input[name=phieu]") { // a phone: the list first
		tab.Click(".credits a")
	}
	tab.WaitText(".cand", "Đặng Gia Hân, lớp 3E")
	tab.Check("desk-way-waiting")
	tab.Click("text=Ghi vào phiếu")
	tab.WaitText(".toast", "Đã ghi 1.250.000 ₫ vào phiếu")
	tab.WaitText("h1", "0 khoản chờ xử lý")
	if b := h.one(t, "Gia Hân"); b.Open() != 0 {
		t.Errorf("the bill still owes %v", b.Open())
	}
	tab.Click("text=Hoàn tác")
	tab.WaitText("h1", "1 khoản chờ xử lý")
	if b := h.one(t, "Gia Hân"); b.Paid != 0 {
		t.Errorf("after undo the bill has %v", b.Paid)
	}
}

func (h *house) wayOfCash(t testing.TB, tab *webtest.Tab, script bool) {
	t.Helper()
	tab.Goto(h.srv.URL + "/desk/tien-mat")
	tab.Fill("#tim", "hong phuc")
	tab.Click("text=Tìm")
	tab.WaitText("main", "Trần Hồng Phúc")
	tab.Click("text=Thu tiền")
	tab.WaitText("h1", "Thu tiền mặt của Trần Hồng Phúc, lớp 1C")
	tab.Fill("#dua", "800.000")
	tab.Click("text=Đã nhận tiền, lập biên lai")
	tab.WaitText("h1", "Đã thu 735.000 ₫ tiền mặt")
	tab.WaitText("main", "65.000 ₫")
	tab.Check("desk-way-cash")
	if !script {
		return
	}
	kind := webtest.Eval[string](tab, `fetch(location.pathname + "/in", {method: "POST"}).then(r => r.ok ? r.headers.get("content-type") : String(r.status))`)
	if !strings.HasPrefix(kind, "application/pdf") {
		t.Errorf("the receipt is %s", kind)
	}
}

// By keyboard alone: the next credit, a candidate, and the decision.
func TestWaitingByKeyboard(t *testing.T) {
	h := newHouse(t, dbtest.SQLite(t))
	h.issue(named("Trịnh Đăng Khôi", "3C"))
	khoi := h.issue()
	h.transfer(1_250_000, "be minh khoi", nobody)
	h.transfer(300_000, "ck", nobody)
	tab := h.signIn(t, webtest.Desktop, accountant)
	tab.Goto(h.srv.URL + "/desk/cho-xu-ly")
	tab.WaitText("#kh", "300.000 ₫")
	tab.Press("j")
	tab.WaitText("#kh", "1.250.000 ₫")
	tab.Press("2")
	if got := webtest.Eval[string](tab, `document.querySelector("input[name=phieu]:checked").value`); got == khoi.ID.String() {
		t.Error("key 2 did not choose the second bill")
	}
	tab.Press("1")
	if got := webtest.Eval[string](tab, `document.querySelector("input[name=phieu]:checked").value`); got != khoi.ID.String() {
		t.Errorf("key 1 chose %s", got)
	}
	tab.Press("Enter")
	tab.WaitText(".toast", "Đã ghi 1.250.000 ₫ vào phiếu")
	tab.WaitText("#kh", "300.000 ₫")
	tab.Press("/")
	tab.Press("k") // into the field, not up the list
	if got := webtest.Eval[string](tab, `document.activeElement.id`); got != "tim" {
		t.Errorf("the search has no focus: %s", got)
	}
}

// The page of a round follows its work to the end by itself: by script, and without it by
// asking again every few seconds.
func TestRoundFollowsItsWorkInBrowser(t *testing.T) {
	for name, opts := range map[string][]webtest.Option{"script": nil, "bare": {webtest.WithoutScript}} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, dbtest.SQLite(t))
			at := h.openRound("Đợt thu tháng 12")
			r, err := id.Parse[id.Round](strings.TrimPrefix(at, "/desk/dot-thu/"))
			h.must(err)
			step := make(chan int)
			h.face.jobs.start(r, "Đang phát hành phiếu", 1200, func(progress func(int)) error {
				for n := range step {
					progress(n)
				}
				return nil
			})
			step <- 300
			tab := h.signIn(t, webtest.Phone, accountant, opts...)
			tab.Goto(h.srv.URL + at)
			tab.WaitText("main", "300 trên 1.200")
			tab.Check("desk-round-running")
			step <- 900
			tab.WaitText("main", "900 trên 1.200")
			close(step)
			tab.WaitText("main", "Tải bảng lên")
		})
	}
}
