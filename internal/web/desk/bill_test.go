package desk

import (
	"net/http"
	"strings"
	"testing"

	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/org"
)

func TestBillsAreFoundInAnySpelling(t *testing.T) {
	each(t, func(h *house) {
		t := h.t
		khoi := h.issue()
		an := h.issue(named("Vũ Tuệ An", "4D"), costs(900_000), func(n *bill.NewBill) { n.PayerPhone = "0912345678" })
		h.transfer(900_000, string(an.Code))
		h.draft(named("Bùi Quang Huy", "5A"))
		a := h.as(accountant)
		for query, want := range map[string]string{
			"?tim=nguyen+khoi": "Nguyễn Minh Khôi", "?tim=KHÔI": "Nguyễn Minh Khôi", "?tim=4d": "Vũ Tuệ An", "?tim=091+234+5678": "Vũ Tuệ An",
			"?tim=" + strings.ToLower(string(khoi.Code)): "Nguyễn Minh Khôi", "?tim=" + strings.ReplaceAll(khoi.Code.Display(), " ", "+"): "Nguyễn Minh Khôi",
			"?loc=da-tra": "Vũ Tuệ An", "?loc=chua-tra": "Nguyễn Minh Khôi", "?loc=nhap": "Bùi Quang Huy",
		} {
			p := a.page("/desk/phieu" + query)
			p.says(t, "1 phiếu thu", want)
		}
		a.page("/desk/phieu").says(t, "3 phiếu thu", "Đã trả", "Chưa trả", "Chưa phát hành")
		a.page("/desk/phieu?tim=khong+co+ai").says(t, "Không có phiếu nào như vậy")
		a.page("/desk/phieu?loc=mot-phan&tim=%25").says(t, "0 phiếu thu")
		if got := a.get("/desk/phieu?sau=nonsense").went(t); got != "/desk/phieu" {
			t.Errorf("unknown cursor leads to %s", got)
		}
	})
}

func TestBillsTurnPages(t *testing.T) {
	each(t, func(h *house) {
		t := h.t
		for range billsPerPage + 5 {
			h.issue()
		}
		a := h.as(accountant)
		first := a.page("/desk/phieu?tim=khoi")
		_, rest, found := strings.Cut(first.body, `rel="next" href="`)
		if !found {
			t.Fatal("no next page")
		}
		next, _, _ := strings.Cut(rest, `"`)
		second := a.page(strings.ReplaceAll(next, "&amp;", "&"))
		if got := strings.Count(second.body, "/desk/phieu/bil_"); got != 5 {
			t.Errorf("second page has %d bills", got)
		}
		second.says(t, "55 phiếu thu")
		if strings.Contains(second.body, `rel="next"`) || !strings.Contains(second.body, `rel="prev"`) {
			t.Error("the last page leads back and not on")
		}
	})
}

func TestBillPageTellsWhatHappened(t *testing.T) {
	each(t, func(h *house) {
		t := h.t
		b := h.issue()
		a := h.as(accountant)
		at := "/desk/phieu/" + b.ID.String()
		a.page(at).says(t, "Nguyễn Minh Khôi, lớp 3B", b.Code.Display(), "22 × 35.000 ₫", "−70.000 ₫", "Tổng cộng 1.250.000 ₫", "Thu tiền mặt", "Sửa phiếu", "Hủy phiếu",
			"HP", "LOP 3B", "https://sen.langiang.example/p/", "Lập phiếu")
		h.as(cashier).page(at).silent(t, "Sửa phiếu", "Hủy phiếu")
		o := h.transfer(500_000, string(b.Code))
		page := a.page(at)
		page.says(t, "Trả một phần", "Đã nhận 500.000 ₫", "Còn phải thu 750.000 ₫", "Nhận 500.000 ₫ , đúng mã hóa đơn trong lời chuyển tiền", "2026/0000001")
		page.silent(t, "Hủy phiếu", "Sửa phiếu")
		if _, err := h.s.Unmatch(h.ctx, collect.System, o.Credit, "thử"); err != nil {
			t.Fatal(err)
		}
		a.page(at).says(t, "Đã gỡ", "Gỡ 500.000 ₫ khỏi phiếu", "Còn phải thu 1.250.000 ₫")
		pdf := a.get(at + "/thong-bao.pdf")
		if pdf.status != http.StatusOK || pdf.kind != "application/pdf" || !strings.HasPrefix(pdf.body, "%PDF-") {
			t.Errorf("notice: %d %s", pdf.status, pdf.kind)
		}
		paid := h.issue()
		h.transfer(paid.Total, string(paid.Code))
		if got := a.get("/desk/phieu/" + paid.ID.String() + "/thong-bao.pdf"); got.status != http.StatusConflict {
			t.Errorf("notice of a paid bill: %d", got.status)
		} else {
			got.says(t, "không còn gì phải trả")
		}
	})
}

// walkIn is the form of a bill for one person who stands there.
func walkIn(h *house, key string, more ...string) []string {
	return append([]string{
		"khoa", key, "ten", "Lê Thị Hoa", "lop", "2A", "noi-dung", "Thu lẻ", "han", h.today().AddDays(5).VN(), "tra-phan", "",
		"khoan-0", h.world.Meals.ID.String(), "dien-giai-0", "Tiền ăn", "sl-0", "3", "gia-0", "35.000",
		"khoan-1", h.world.Meals.ID.String(), "dien-giai-1", "Giảm", "sl-1", "", "gia-1", "-5.000",
		"khoan-2", "", "dien-giai-2", "", "sl-2", "", "gia-2", "",
	}, more...)
}

func TestNewBillIsMadeOnce(t *testing.T) {
	each(t, func(h *house) {
		t := h.t
		a := h.as(accountant)
		key := id.NewToken()
		to := a.post("/desk/phieu/moi", walkIn(h, key, "lam", "gui")...).went(t)
		again := a.post("/desk/phieu/moi", walkIn(h, key, "lam", "gui")...).went(t)
		if to != again {
			t.Errorf("sent twice: %s and %s", to, again)
		}
		a.page(to).says(t, "Đã lập và phát hành phiếu", "Lê Thị Hoa, lớp 2A", "3 × 35.000 ₫", "Tổng cộng 100.000 ₫", "Chưa trả")
		// The same form, changed: the bill that was made is shown, not a second one.
		changed := walkIn(h, key, "lam", "gui")
		changed[3] = "Lê Thị Hồng"
		if got := a.post("/desk/phieu/moi", changed...).went(t); got != to {
			t.Errorf("changed form leads to %s", got)
		}
		draft := a.post("/desk/phieu/moi", walkIn(h, id.NewToken(), "lam", "nhap")...).went(t)
		a.page(draft).says(t, "Chưa phát hành", "Phát hành phiếu này")
		a.post(draft + "/phat-hanh").went(t)
		a.page(draft).says(t, "Chưa trả", "Phát hành, Nguyễn Thị Thu Hà")
		h.verify()
	})
}

func TestNewBillKeepsWhatWasTyped(t *testing.T) {
	each(t, func(h *house) {
		t := h.t
		a := h.as(accountant)
		got := a.post("/desk/phieu/moi", "ten", "", "noi-dung", "", "han", "hôm qua", "dien-thoai", "12", "nam-sinh", "abc",
			"khoan-0", "", "dien-giai-0", "Tiền vé", "sl-0", "0", "gia-0", "mười nghìn")
		if got.status != http.StatusUnprocessableEntity {
			t.Fatalf("status %d", got.status)
		}
		got.says(t, "Lỗi: Lập phiếu lẻ", "Hạn trả “hôm qua” không phải là ngày", "Năm sinh gồm 4 chữ số", "Chọn khoản thu", "Số lượng là số nguyên từ 1", "Nhập số tiền, ví dụ 35.000")
		for _, typed := range []string{`value="hôm qua"`, `value="mười nghìn"`, `value="Tiền vé"`, `value="abc"`, `href="#han"`, `href="#gia-0"`} {
			if !strings.Contains(got.body, typed) {
				t.Errorf("page lost %s", typed)
			}
		}
		// What room bill finds wrong stands at its field too.
		got = a.post("/desk/phieu/moi", "ten", "Lê Thị Hoa", "noi-dung", "", "han", h.today().AddDays(-1).VN(), "dien-thoai", "12",
			"khoan-0", h.world.Visit.ID.String(), "gia-0", "10.000")
		got.says(t, "Thiếu nội dung thu", "đã qua", "Số điện thoại “12” không đúng", "không thuộc ngành của cơ sở")
		for _, at := range []string{`href="#noi-dung"`, `href="#han"`, `href="#dien-thoai"`, `href="#khoan-0"`} {
			if !strings.Contains(got.body, at) {
				t.Errorf("no mistake at %s", at)
			}
		}
		more := a.post("/desk/phieu/moi", walkIn(h, id.NewToken(), "lam", "them")...)
		if more.status != http.StatusOK || strings.Count(more.body, `name="gia-`) != 6 {
			t.Errorf("more lines: %d, %d", more.status, strings.Count(more.body, `name="gia-`))
		}
		more.says(t, "Tổng 100.000 ₫")
		a.page("/desk/phieu").says(t, "Chưa có phiếu thu nào")
	})
}

func TestCorrectionKeepsOrReplacesTheBill(t *testing.T) {
	each(t, func(h *house) {
		t := h.t
		a := h.as(accountant)
		draft := h.draft()
		at := "/desk/phieu/" + draft.ID.String()
		a.page(at+"/sua").says(t, "mã hóa đơn giữ nguyên")
		if got := a.post(at+"/sua", walkIn(h, "", "lam", "gui")...).went(t); got != at {
			t.Errorf("a corrected draft is %s", got)
		}
		if b := h.bill(draft.ID); b.BeneficiaryName != "Lê Thị Hoa" || b.Total != 100_000 || b.Code != draft.Code {
			t.Errorf("draft: %+v", b)
		}
		old := h.issue()
		at = "/desk/phieu/" + old.ID.String()
		a.page(at+"/sua").says(t, "phiếu mới có mã mới")
		to := a.post(at+"/sua", walkIn(h, "", "lam", "gui")...).went(t)
		if to == at {
			t.Fatal("a published bill was changed in place")
		}
		a.page(to).says(t, "Đã thay phiếu", "Thay cho phiếu", old.Code.Display(), "Chưa trả")
		a.page(at).says(t, "Đã hủy", "Đã thay bằng phiếu")
		paid := h.issue()
		h.transfer(10_000, string(paid.Code))
		got := a.post("/desk/phieu/"+paid.ID.String()+"/sua", walkIn(h, "", "lam", "gui")...)
		if got.status != http.StatusConflict {
			t.Errorf("correcting a paid bill: %d", got.status)
		}
		got.says(t, "Chưa làm được", "đã nhận 10.000 ₫")
		h.verify()
	})
}

// A bill in instalments keeps them in proportion when its total changes.
func TestCorrectionRedividesInstalments(t *testing.T) {
	each(t, func(h *house) {
		b := h.draft(costs(900_000), func(n *bill.NewBill) {
			n.PartPayment = org.Instalments
			n.Instalments = []bill.Instalment{{Amount: 600_000, DueOn: h.today().AddDays(5)}, {Amount: 300_000, DueOn: h.today().AddDays(40)}}
		})
		form := walkIn(h, "", "lam", "gui")
		for i := range form {
			if form[i] == "tra-phan" {
				form[i+1] = string(org.Instalments)
			}
		}
		h.as(accountant).post("/desk/phieu/"+b.ID.String()+"/sua", form...).went(h.t)
		h.view(func(tx *db.Tx) error {
			plans, err := bill.InstalmentsOf(tx, []id.Bill{b.ID})
			if got := plans[b.ID]; len(got) != 2 || got[0].Amount != 66_667 || got[1].Amount != 33_333 {
				h.t.Errorf("instalments: %+v", got)
			}
			return err
		})
	})
}

func TestCancelNeedsAReason(t *testing.T) {
	each(t, func(h *house) {
		t := h.t
		b := h.issue()
		at := "/desk/phieu/" + b.ID.String()
		m := h.as(manager)
		got := m.post(at+"/huy", "ly-do", " ")
		if got.status != http.StatusUnprocessableEntity {
			t.Fatalf("without a reason: %d", got.status)
		}
		got.says(t, "Thiếu lý do hủy")
		m.post(at+"/huy", "ly-do", "Em chuyển trường").went(t)
		m.page(at).says(t, "Đã hủy phiếu", "Vì sao hủy Em chuyển trường", "Hủy phiếu, Phạm Thị Bình")
		if got := m.post(at+"/huy", "ly-do", "lần nữa"); got.status != http.StatusConflict {
			t.Errorf("cancelled twice: %d", got.status)
		}
		h.as(accountant).page("/desk/phieu/moi?tu="+b.ID.String()).says(t, "Lập phiếu lẻ")
		h.verify()
	})
}
