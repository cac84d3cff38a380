package desk

import (
	"net/http"
	"strings"
	"testing"

	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/rail/vietqr"
)

func TestSetupShowsWhatTheFacilitySays(t *testing.T) {
	each(t, func(h *house) {
		t := h.t
		h.as(accountant).page("/desk/co-so").says(t, "Trường Tiểu học Thử", "Cô Nguyễn Thị Thu Hà", "9990000001", "Vietcombank", "Tài khoản chính", "0 trên 4 cách, cần ít nhất 3", "Tờ treo")
		h.as(accountant).page("/desk/co-so").silent(t, "Thêm tài khoản")
		h.as(manager).page("/desk/co-so").says(t, "Thêm tài khoản", "Thêm người hướng dẫn")
		h.as(cashier).page("/desk/co-so").silent(t, "Thêm người hướng dẫn", "Lưu cách trả từng phần")
		pdf := h.as(cashier).get("/desk/co-so/to-treo.pdf")
		if pdf.status != http.StatusOK || pdf.kind != "application/pdf" {
			t.Errorf("poster: %d %s", pdf.status, pdf.kind)
		}
		if got := h.as(accountant).get("/desk/co-so/to-treo.pdf?tk=" + h.world.HospitalAccount.ID.String()); got.status != http.StatusNotFound {
			t.Errorf("the hospital's poster: %d", got.status)
		}
	})
}

func TestContactsAreKept(t *testing.T) {
	each(t, func(h *house) {
		t := h.t
		a := h.as(accountant)
		got := a.post("/desk/co-so/nguoi/moi", "name", "", "role", "", "phone", "12", "email", "sai", "position", "đầu")
		if got.status != http.StatusUnprocessableEntity {
			t.Fatalf("status %d", got.status)
		}
		got.says(t, "Thứ tự là một số")
		got = a.post("/desk/co-so/nguoi/moi", "name", "", "role", "", "phone", "12", "email", "sai")
		for _, at := range []string{`href="#name"`, `href="#role"`, `href="#phone"`, `href="#email"`} {
			if !strings.Contains(got.body, at) {
				t.Errorf("no mistake at %s", at)
			}
		}
		a.post("/desk/co-so/nguoi/moi", "name", "Thầy Lê Văn An", "role", "Thủ quỹ", "phone", "0912 345 678", "position", "1", "public", "1").went(t)
		p := a.page("/desk/co-so")
		p.says(t, "Đã lưu Thầy Lê Văn An", "Thủ quỹ", "0912 345 678")
		var an org.Contact
		h.view(func(tx *db.Tx) error {
			list, err := org.ContactsOf(tx, h.world.School.ID)
			an = list[1]
			return err
		})
		at := "/desk/co-so/nguoi/" + an.ID.String()
		a.page(at).says(t, "Thầy Lê Văn An")
		a.post(at, "name", "Thầy Lê Văn An", "role", "Kế toán", "phone", "0912345679", "position", "0").went(t)
		a.page("/desk/co-so").says(t, "Kế toán", "chỉ nội bộ")
		a.post(at + "/xoa").went(t)
		a.page("/desk/co-so").silent(t, "0912 345 679")
	})
}

func TestAccountsAreTheManagers(t *testing.T) {
	each(t, func(h *house) {
		t := h.t
		m := h.as(manager)
		m.page("/desk/co-so/tai-khoan/moi").says(t, "Chọn ngân hàng", "Vietcombank", "BIDV")
		for name, form := range map[string][]string{
			"nothing":        {"bank_bin", "", "number", "", "holder", "", "valid_from", h.today().VN()},
			"unknown bank":   {"bank_bin", "000000", "number", "1", "holder", "A", "valid_from", h.today().VN()},
			"the hospital's": {"bank_bin", h.world.HospitalAccount.BankBIN, "number", h.world.HospitalAccount.Number, "holder", "A", "valid_from", h.today().VN()},
			"no day":         {"bank_bin", "970418", "number", "1", "holder", "A", "valid_from", "mai"},
			"length":         {"bank_bin", "970418", "number", "1", "holder", "A", "valid_from", h.today().VN(), "va_prefix", "99", "va_length", "nhiều"},
		} {
			if got := m.post("/desk/co-so/tai-khoan/moi", form...); got.status != http.StatusUnprocessableEntity {
				t.Errorf("%s: %d", name, got.status)
			}
		}
		m.post("/desk/co-so/tai-khoan/moi", "bank_bin", "970418", "number", "6800112233", "holder", "TRUONG TIEU HOC THU", "valid_from", h.today().AddDays(-9).VN(), "is_default", "1").went(t)
		m.page("/desk/co-so").says(t, "Đã lưu tài khoản 6800112233", "BIDV", "Tờ treo mọi tài khoản")
		var list []org.Account
		h.view(func(tx *db.Tx) (err error) { list, err = org.AccountsOf(tx, h.world.School.ID); return err })
		if len(list) != 2 || !list[0].IsDefault || list[0].Number != "6800112233" {
			t.Fatalf("accounts: %+v", list)
		}
		at := "/desk/co-so/tai-khoan/" + list[0].ID.String()
		m.page(at).says(t, "BIDV 6800112233", "Đóng tài khoản này")
		m.post(at + "/dong").went(t)
		m.page("/desk/co-so").says(t, "Đã đóng tài khoản 6800112233")
		m.page(at).says(t, "Tài khoản đã đóng")
		if got := h.as(accountant).post(at + "/dong"); got.status != http.StatusForbidden {
			t.Errorf("an accountant closes an account: %d", got.status)
		}
	})
}

func TestMethodsAndParts(t *testing.T) {
	each(t, func(h *house) {
		t := h.t
		a := h.as(accountant)
		for _, m := range org.Methods()[:3] {
			a.post("/desk/co-so/cach-tra", "method", string(m), "on", "1", "note", "đã thử").went(t)
		}
		p := a.page("/desk/co-so")
		p.says(t, "3 trên 4 cách", "từ "+h.today().VN())
		if !strings.Contains(p.body, `value="đã thử"`) {
			t.Error("the note is lost")
		}
		a.post("/desk/co-so/cach-tra", "method", string(org.MethodQR)).went(t)
		a.page("/desk/co-so").says(t, "2 trên 4 cách, cần ít nhất 3")
		if got := a.post("/desk/co-so/cach-tra", "method", "bò sữa", "on", "1"); got.status != http.StatusUnprocessableEntity {
			t.Errorf("an unknown method: %d", got.status)
		}
		a.post("/desk/co-so/tra-phan", "part_payment", string(org.NoParts)).went(t)
		h.view(func(tx *db.Tx) error {
			o, err := org.FacilityByID(tx, h.world.School.ID)
			if o.PartPayment != org.NoParts || o.Name != h.world.School.Name || len(o.Codes) != len(h.world.School.Codes) {
				t.Errorf("facility: %+v", o)
			}
			return err
		})
		if got := a.post("/desk/co-so/tra-phan", "part_payment", "tùy"); got.status != http.StatusUnprocessableEntity {
			t.Errorf("an unknown way: %d", got.status)
		}
		if got := h.as(cashier).post("/desk/co-so/tra-phan", "part_payment", "none"); got.status != http.StatusForbidden {
			t.Errorf("a cashier sets it: %d", got.status)
		}
	})
}

// What a poster prints can be paid: the decoder reads the account of the facility and no amount.
func TestPosterCodeIsTheFacilitysAccount(t *testing.T) {
	h := newHouse(t, dbtestSQLite(t))
	text, err := vietqr.Transfer{BIN: h.world.SchoolAccount.BankBIN, Account: h.world.SchoolAccount.Number}.Encode()
	h.must(err)
	p, err := vietqr.Decode(text)
	if err != nil || p.Account != h.world.SchoolAccount.Number || p.Amount != 0 || p.Initiation != vietqr.Static {
		t.Errorf("decoded %+v: %v", p, err)
	}
}
