package desk

import (
	"net/http"
	"strings"
	"testing"

	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/rail"
)

func TestWaitingCreditFindsItsBill(t *testing.T) {
	each(t, func(h *house) {
		t := h.t
		khoi := h.issue()
		h.issue(named("Trịnh Đăng Khôi", "3C"))
		h.issue(named("Nguyễn Anh Khôi", "3D"), costs(1_205_000))
		o := h.transfer(1_250_000, "be Khoi lop 3b tien thang nay")
		a := h.as(accountant)
		at := "/desk/cho-xu-ly/" + o.Credit.String()
		p := a.page("/desk/cho-xu-ly")
		p.says(t, "1 khoản chờ xử lý", "Lời chuyển tiền không có mã hóa đơn", "be Khoi lop 3b tien thang nay",
			"Nguyễn Minh Khôi, lớp 3B 1.250.000 ₫ 1 Đúng số tiền còn phải thu, có tên “khoi”, đúng lớp, đúng tên người trả.",
			"Trịnh Đăng Khôi, lớp 3C 1.250.000 ₫ 2 Đúng số tiền còn phải thu, có tên “khoi”, đúng tên người trả, nhưng lời chuyển tiền ghi lớp 3B.")
		if !strings.Contains(p.body, `value="`+khoi.ID.String()+`" checked`) {
			t.Error("the bill that stands out is not chosen beforehand")
		}
		if got := a.post(at); got.status != http.StatusUnprocessableEntity {
			t.Errorf("nothing chosen: %d", got.status)
		} else {
			got.says(t, "Chưa chọn phiếu")
		}
		next := a.post(at, "phieu", khoi.ID.String()).went(t)
		done := a.page(next)
		done.says(t, "Đã ghi 1.250.000 ₫ vào phiếu", "Hoàn tác", "Không còn khoản nào chờ")
		if b := h.bill(khoi.ID); b.Open() != 0 {
			t.Errorf("bill still owes %v", b.Open())
		}
		a.page("/desk/tien-ve/"+o.Credit.String()).says(t, "Phiếu của Nguyễn Minh Khôi, lớp 3B", "Người của cơ sở quyết định", "Nguyễn Thị Thu Hà", "2026/0000001")
		// Somebody sends the same decision again: told, and nothing is booked twice.
		if got := a.post(at, "phieu", khoi.ID.String()); got.status != http.StatusSeeOther && got.status != http.StatusConflict {
			t.Errorf("second decision: %d", got.status)
		}
		a.post(undoOf(o.Credit)).went(t)
		a.page(at).says(t, "Đã gỡ khỏi phiếu, chờ ghi lại")
		if b := h.bill(khoi.ID); b.Paid != 0 {
			t.Errorf("after undo paid is %v", b.Paid)
		}
		h.verify()
	})
}

// A code with one wrong letter books nothing by itself and is offered first.
func TestSpoiltCodeIsSuggested(t *testing.T) {
	each(t, func(h *house) {
		b := h.issue(named("Vũ Tuệ An", "4D"))
		spoilt := []byte(b.Code)
		spoilt[4] = map[bool]byte{true: 'X', false: 'K'}[spoilt[4] != 'X']
		h.transfer(999_000, string(spoilt)+" hoc phi", func(c *rail.Credit) { c.PayerName = "" })
		h.as(accountant).page("/desk/cho-xu-ly").says(h.t, "Vũ Tuệ An, lớp 4D", "Mã trong lời chuyển tiền gần giống mã phiếu này", "gần giống", "trả một phần")
	})
}

func TestWaitingSearchAndRest(t *testing.T) {
	each(t, func(h *house) {
		t := h.t
		an := h.issue(named("Vũ Tuệ An", "4D"), costs(900_000))
		o := h.transfer(1_000_000, "ck", func(c *rail.Credit) { c.PayerName, c.PayerAccount = "", "" })
		a := h.as(accountant)
		at := "/desk/cho-xu-ly/" + o.Credit.String()
		a.page(at).says(t, "Chưa có gợi ý nào", "Không rõ người chuyển")
		a.page(at+"?tim=tue+an").says(t, "Tìm “tue an”: 1 phiếu còn phải thu", "Vũ Tuệ An, lớp 4D 900.000 ₫", "Nếu còn dư")
		a.page(at+"?tim=khong+ai").says(t, "0 phiếu còn phải thu")
		next := a.post(at, "phieu", an.ID.String(), "du", "cho").went(t)
		if next != at {
			t.Errorf("100.000 ₫ still waits, yet the desk goes to %s", next)
		}
		a.page(at).says(t, "còn 100.000 ₫ chờ xử lý", "Cả khoản là 1.000.000 ₫")
		if c := h.credit(o.Credit); c.Suspense != 100_000 || c.Status != collect.Waiting {
			t.Errorf("credit: %+v", c)
		}
		h.verify()
	})
}

func TestRestIsKeptForThePayerAndUsed(t *testing.T) {
	each(t, func(h *house) {
		t := h.t
		an := h.issue(named("Vũ Tuệ An", "4D"), costs(900_000))
		o := h.transfer(1_000_000, "ck")
		a := h.as(accountant)
		a.post("/desk/cho-xu-ly/"+o.Credit.String(), "phieu", an.ID.String(), "du", "thua").went(t)
		a.page("/desk/tien-ve?loc=thua").says(t, "NGUYEN VAN LONG", "1.000.000 ₫")
		at := "/desk/tien-ve/" + o.Credit.String()
		a.page(at).says(t, "Tiền thừa của người trả", "100.000 ₫", "Dùng tiền thừa cho phiếu khác")
		a.page(at+"/dung").says(t, "Dùng 100.000 ₫ tiền thừa cho phiếu khác")
		next := h.issue(named("Vũ Tuệ An", "4D"), costs(80_000))
		a.page(at+"/dung?them="+next.ID.String()).says(t, "Vũ Tuệ An, lớp 4D", "Còn lại 20.000 ₫")
		if got := a.post(at+"/dung", "phieu", next.ID.String(), "tien", "90.000"); got.status != http.StatusConflict {
			t.Errorf("more than the bill owes: %d", got.status)
		} else {
			got.says(t, "Chưa làm được", "Số tiền không khớp")
		}
		a.post(at+"/dung", "phieu", next.ID.String(), "tien", "80.000").went(t)
		if c := h.credit(o.Credit); c.Surplus != 20_000 || c.Allocated != 980_000 {
			t.Errorf("credit: %+v", c)
		}
		h.verify()
	})
}

func TestSplitOverSeveralBills(t *testing.T) {
	each(t, func(h *house) {
		t := h.t
		ngan := h.issue(named("Lê Ngọc Ngân", "2A"), costs(1_215_000))
		nghia := h.issue(named("Lê Trọng Nghĩa", "4C"), costs(1_215_000))
		o := h.transfer(2_500_000, "nop tien cho 2 chau Ngan Nghia")
		a := h.as(accountant)
		at := "/desk/cho-xu-ly/" + o.Credit.String() + "/chia"
		a.page(at+"?tim=ngan").says(t, "Lê Ngọc Ngân, lớp 2A", "Thêm phiếu của Lê Ngọc Ngân")
		p := a.page(at + "?phieu=" + ngan.ID.String() + "&tien=1.000.000&them=" + nghia.ID.String())
		p.says(t, "Còn lại 285.000 ₫")
		if !strings.Contains(p.body, `value="1.000.000"`) || !strings.Contains(p.body, `value="1.215.000"`) {
			t.Error("amounts typed and offered are not both there")
		}
		a.page(at+"?phieu="+ngan.ID.String()+"&phieu="+nghia.ID.String()+"&tien=1&tien=2&bo="+ngan.ID.String()).silent(t, "Lê Ngọc Ngân, lớp 2A HP")
		for name, form := range map[string][]string{
			"none chosen": {}, "not a number": {"phieu", ngan.ID.String(), "tien", "nhiều"}, "zero": {"phieu", ngan.ID.String(), "tien", "0"},
			"more than came": {"phieu", ngan.ID.String(), "tien", "1.215.000", "phieu", nghia.ID.String(), "tien", "1.300.000"},
		} {
			if got := a.post(at, form...); got.status != http.StatusUnprocessableEntity {
				t.Errorf("%s: %d", name, got.status)
			}
		}
		if got := a.post(at, "phieu", ngan.ID.String(), "tien", "1.216.000"); got.status != http.StatusConflict {
			t.Errorf("more than owed: %d", got.status)
		}
		if c := h.credit(o.Credit); c.Suspense != 2_500_000 {
			t.Fatalf("refused forms booked something: %+v", c)
		}
		next := a.post(at, "phieu", ngan.ID.String(), "tien", "1.215.000", "phieu", nghia.ID.String(), "tien", "1.215.000", "du", "thua").went(t)
		a.page(next).says(t, "Đã chia 2.500.000 ₫ vào 2 phiếu")
		if c := h.credit(o.Credit); c.Allocated != 2_430_000 || c.Surplus != 70_000 || c.Suspense != 0 {
			t.Errorf("credit: %+v", c)
		}
		h.verify()
	})
}

func TestReturnToTheSender(t *testing.T) {
	each(t, func(h *house) {
		t := h.t
		o := h.transfer(360_000, "chuyen nham")
		at := "/desk/tien-ve/" + o.Credit.String()
		m := h.as(manager)
		m.page(at+"/tra-lai").says(t, "Trả lại 360.000 ₫", "NGUYEN VAN LONG 1903456704471")
		if got := m.post(at+"/tra-lai", "ly-do", ""); got.status != http.StatusUnprocessableEntity {
			t.Errorf("without a reason: %d", got.status)
		}
		m.post(at+"/tra-lai", "ly-do", "Người chuyển nhầm trường").went(t)
		m.page(at).says(t, "Trả lại người chuyển", "Người chuyển nhầm trường", "360.000 ₫")
		m.page("/desk/tien-ve?loc=tra-lai").says(t, "NGUYEN VAN LONG")
		if got := m.get(at + "/tra-lai").went(t); got != at {
			t.Errorf("nothing left to return, yet %s", got)
		}
		h.as(accountant).page("/desk/cho-xu-ly").says(t, "Không còn khoản nào chờ")
		h.verify()
	})
}

func TestUnmatchNeedsAReason(t *testing.T) {
	each(t, func(h *house) {
		t := h.t
		b := h.issue()
		o := h.transfer(b.Total, string(b.Code))
		at := "/desk/tien-ve/" + o.Credit.String()
		a := h.as(accountant)
		a.page(at).says(t, "Ghi nhầm?", "Đúng mã hóa đơn trong lời chuyển tiền", b.Code.Display(), "Máy tự ghi", "Thấy ở SePay")
		if got := a.post(at+"/go", "ly-do", ""); got.status != http.StatusUnprocessableEntity {
			t.Errorf("without a reason: %d", got.status)
		}
		if h.bill(b.ID).Paid == 0 {
			t.Fatal("it was taken back without a reason")
		}
		a.post(at+"/go", "ly-do", "em cùng tên").went(t)
		if h.bill(b.ID).Paid != 0 {
			t.Error("it was not taken back")
		}
		if got := a.post(at+"/go", "ly-do", "lần nữa"); got.status != http.StatusConflict {
			t.Errorf("taken back twice: %d", got.status)
		}
		h.verify()
	})
}

func TestCreditsAreFiltered(t *testing.T) {
	each(t, func(h *house) {
		t := h.t
		b := h.issue()
		h.transfer(b.Total, string(b.Code), func(c *rail.Credit) { c.PayerName = "PHAM THI HUE" })
		h.transfer(77_000, "Tiền sách của Ngân")
		a := h.as(accountant)
		for query, want := range map[string][2]string{
			"":                                   {"77.000 ₫", ""},
			"?loc=cho":                           {"77.000 ₫", "PHAM THI HUE"},
			"?tim=hue":                           {"PHAM THI HUE", "77.000 ₫"},
			"?tim=77.000":                        {"Tiền sách", "PHAM THI HUE"},
			"?tim=sách":                          {"Tiền sách", "PHAM THI HUE"},
			"?cach=cash":                         {"Không có khoản tiền nào như vậy", ""},
			"?tu=hôm+nay":                        {"Nhập ngày, ví dụ 30/11/2026", ""},
			"?den=" + h.today().AddDays(-1).VN(): {"Không có khoản tiền nào như vậy", ""},
			"?tu=" + h.today().VN():              {"77.000 ₫", ""},
		} {
			p := a.page("/desk/tien-ve" + query)
			p.says(t, want[0])
			if want[1] != "" {
				p.silent(t, want[1])
			}
		}
	})
}
