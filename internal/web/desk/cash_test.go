package desk

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/vnd"
)

func TestCashMakesOneReceipt(t *testing.T) {
	each(t, func(h *house) {
		t := h.t
		b := h.issue()
		c := h.as(cashier)
		c.page("/desk/tien-mat").says(t, "Tiền mặt hôm nay 0 ₫", "Hôm nay chưa thu khoản tiền mặt nào")
		c.page("/desk/tien-mat?tim=minh+khoi").says(t, "Nguyễn Minh Khôi", "1.250.000 ₫", "Thu tiền")
		at := "/desk/tien-mat/" + b.ID.String()
		p := c.page(at)
		p.says(t, "Thu tiền mặt của Nguyễn Minh Khôi, lớp 3B", "Một triệu hai trăm năm mươi nghìn đồng", "Đưa 1.300.000 ₫ trả lại 50.000 ₫; đưa 1.400.000 ₫ trả lại 150.000 ₫; đưa 1.500.000 ₫ trả lại 250.000 ₫")
		key := fieldValue(p.body, "khoa")
		form := []string{"khoa", key, "so-tien", "1.250.000", "dua", "1.300.000", "nguoi-nop", "Bà Nguyễn Thị Lan"}
		to := c.post(at, form...).went(t)
		again := c.post(at, form...).went(t)
		if r, _, _ := strings.Cut(to, "?"); !strings.HasPrefix(again, r) {
			t.Errorf("sent twice: %s and %s", to, again)
		}
		c.page(to).says(t, "Đã thu 1.250.000 ₫ tiền mặt", "Trả lại người nộp 50.000 ₫", "Bà Nguyễn Thị Lan", "Tiền mặt", "Trần Văn Lộc", "chưa lần nào", "Thu phiếu khác")
		r, _, _ := strings.Cut(to, "?")
		first := c.post(r + "/in")
		if first.status != http.StatusOK || first.kind != "application/pdf" || !strings.HasPrefix(first.body, "%PDF-") {
			t.Fatalf("receipt: %d %s", first.status, first.kind)
		}
		c.page(r).says(t, "In lại, ghi rõ bản sao 1", "1 lần")
		if c.post(r+"/in").status != http.StatusOK {
			t.Error("no second print")
		}
		c.page(r).says(t, "In lại, ghi rõ bản sao 2")
		c.page("/desk/tien-mat").says(t, "Tiền mặt hôm nay 1.250.000 ₫ 1 lượt", "Nguyễn Minh Khôi, lớp 3B", "Trần Văn Lộc")
		if got := c.get(at).went(t); got != "/desk/phieu/"+b.ID.String() {
			t.Errorf("a paid bill's till is %s", got)
		}
		h.view(func(tx *db.Tx) error {
			list, _, err := collect.Receipts(tx, collect.ReceiptFilter{Facility: h.world.School.ID})
			if len(list) != 1 {
				t.Errorf("%d receipts", len(list))
			}
			return err
		})
		h.verify()
	})
}

func TestCashRefusesWhatDoesNotFit(t *testing.T) {
	each(t, func(h *house) {
		t := h.t
		whole := h.issue(func(n *bill.NewBill) { n.PartPayment = org.NoParts })
		c := h.as(cashier)
		at := "/desk/tien-mat/" + whole.ID.String()
		for _, bad := range []struct{ amount, given, says string }{
			{"", "", "Nhập số tiền thu"},
			{"0", "", "Nhập số tiền thu"},
			{"-5", "", "Nhập số tiền thu"},
			{"1,5", "", "Nhập số tiền thu"},
			{"1.250.001", "", "Phiếu chỉ còn 1.250.000 ₫"},
			{"999999999999999999999", "", "Nhập số tiền thu"},
			{"1.000.000", "", "Phiếu này trả một lần: thu đủ 1.250.000 ₫"},
			{"1.250.000", "1.000.000", "Người nộp đưa thiếu 250.000 ₫"},
			{"1.250.000", "nhiều", "Nhập số tiền người nộp đưa"},
		} {
			got := c.post(at, "khoa", id.NewToken(), "so-tien", bad.amount, "dua", bad.given)
			if got.status != http.StatusUnprocessableEntity {
				t.Errorf("%q %q: %d", bad.amount, bad.given, got.status)
				continue
			}
			got.says(t, bad.says)
			if !strings.Contains(got.body, `value="`+bad.amount+`"`) {
				t.Errorf("%q was not kept", bad.amount)
			}
		}
		if h.bill(whole.ID).Paid != 0 {
			t.Error("something was booked")
		}
		// A part by transfer, the rest in cash: that is allowed whatever the bill says.
		h.transfer(250_000, string(whole.Code))
		c.post(at, "khoa", id.NewToken(), "so-tien", "1.000.000").went(t)
		if h.bill(whole.ID).Open() != 0 {
			t.Error("the rest was not taken")
		}
		if got := h.as(manager).get(at); got.status != http.StatusForbidden {
			t.Errorf("a manager at the till: %d", got.status)
		}
		h.verify()
	})
}

func TestChangeHints(t *testing.T) {
	for amount, want := range map[vnd.Amount][]changeHint{
		270_000:   {{300_000, 30_000}, {400_000, 130_000}, {500_000, 230_000}},
		500_000:   nil,
		1_000:     {{50_000, 49_000}, {100_000, 99_000}, {200_000, 199_000}},
		2_550_000: {{2_600_000, 50_000}, {3_000_000, 450_000}},
		0:         nil,
		-5:        nil,
	} {
		if got := changeHints(amount); !slices.Equal(got, want) {
			t.Errorf("%d: %v, want %v", amount, got, want)
		}
	}
}

func TestReceiptsAreFound(t *testing.T) {
	each(t, func(h *house) {
		t := h.t
		a, b := h.issue(), h.issue(named("Vũ Tuệ An", "4D"), costs(900_000))
		o := h.transfer(a.Total, string(a.Code))
		h.transfer(b.Total, string(b.Code))
		acc := h.as(accountant)
		year := h.today()[:4]
		for query, want := range map[string][2]string{
			"":                                  {"Vũ Tuệ An", ""},
			"?tim=2":                            {"Vũ Tuệ An", "Nguyễn Minh Khôi"},
			"?tim=" + string(year) + "/0000001": {"Nguyễn Minh Khôi", "Vũ Tuệ An"},
			"?tim=khoi":                         {"Nguyễn Minh Khôi", "Vũ Tuệ An"},
			"?tim=" + string(b.Code):            {"Vũ Tuệ An", "Nguyễn Minh Khôi"},
			"?cach=cash":                        {"Không có biên lai nào như vậy", ""},
			"?tim=99":                           {"Không có biên lai nào như vậy", ""},
			"?tim=khong+ai":                     {"Không có biên lai nào như vậy", ""},
			"?sau=" + string(year) + "/0000002": {"Nguyễn Minh Khôi", "Vũ Tuệ An"},
		} {
			p := acc.page("/desk/bien-lai" + query)
			p.says(t, want[0])
			if want[1] != "" {
				p.silent(t, want[1])
			}
		}
		if _, err := h.s.Unmatch(h.ctx, collect.System, o.Credit, "thử"); err != nil {
			t.Fatal(err)
		}
		p := acc.page("/desk/bien-lai?tim=1")
		p.says(t, "Không còn hiệu lực")
		_, rest, _ := strings.Cut(p.body, `href="/desk/bien-lai/rec_`)
		name, _, _ := strings.Cut(rest, `"`)
		acc.page("/desk/bien-lai/rec_"+name).says(t, "Không còn hiệu lực", "Hết hiệu lực lúc", "Sen, tự động", "Địa chỉ kiểm tra biên lai https://sen.langiang.example/r/rec_"+name+"/")
		if got := acc.post("/desk/bien-lai/rec_" + name + "/in"); got.status != http.StatusOK || got.kind != "application/pdf" {
			t.Errorf("paper of a reversed receipt: %d", got.status)
		}
	})
}

func TestReceiptNumbers(t *testing.T) {
	for s, want := range map[string][3]int64{
		"2026/0000012": {2026, 12, 1}, "2026/12": {2026, 12, 1}, "12": {0, 12, 1}, " 2026 / 7 ": {2026, 7, 1},
		"": {}, "khoi": {}, "0912345678": {}, "2026/": {}, "-1": {}, "0": {}, "2026/0": {}, "x/1": {},
	} {
		y, n, ok := receiptNumber(s)
		got := [3]int64{int64(y), n, 0}
		if ok {
			got[2] = 1
		}
		if got != want {
			t.Errorf("%q: %v, want %v", s, got, want)
		}
	}
}
