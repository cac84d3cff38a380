package desk

import (
	"errors"
	"net/http"
	"strings"

	"github.com/sen-platform/sen/internal/access"
	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/web/page"
)

// newBill answers GET /desk/phieu/moi: one bill for one person who stands there. With ?tu= it
// begins as a copy of a bill that was cancelled.
func (f *face) newBill(v *visit) error {
	form := billForm{value: map[string]string{"han": v.today.AddDays(7).VN()}}
	if v.facility.Sector == org.Health {
		form.value["han"] = v.today.VN()
	}
	var o billOptions
	err := v.view(func(tx *db.Tx) error {
		var err error
		if o, err = v.billOptions(tx); err != nil {
			return err
		}
		from, err := id.Parse[id.Bill](v.query("tu"))
		if err != nil {
			return nil // no bill to copy: an empty form
		}
		old, err := v.billByID(tx, from, access.EditBills)
		if err != nil {
			return err
		}
		lines, err := bill.LinesOf(tx, []id.Bill{old.ID})
		due := form.value["han"]
		form = formOf(old, lines[old.ID])
		if old.DueOn < v.today {
			form.value["han"] = due
		}
		return err
	})
	if err != nil {
		return err
	}
	form.blank(formRows)
	return f.newPage(v, http.StatusOK, form, o, id.NewToken(), nil)
}

func (f *face) newPage(v *visit, status int, form billForm, o billOptions, key string, notice *page.Notice) error {
	view := f.fillBill(v, form, o)
	view.Chrome = v.chrome("Lập phiếu lẻ")
	view.Invalid = len(form.wrong) > 0
	view.Heading, view.Action, view.Key, view.Notice = "Lập phiếu lẻ", "/desk/phieu/moi", key, notice
	view.Lead = "Một phiếu cho một người, ví dụ người đến tận nơi. Nhiều phiếu một lúc thì mở đợt thu từ bảng Excel."
	view.Crumbs = []page.Link{{Text: "Phiếu thu", Href: "/desk/phieu"}, {Text: "Lập phiếu lẻ"}}
	view.Send, view.Draft = "Lập và phát hành", true
	if !v.mayPublish() {
		view.Send, view.Draft = "Lập phiếu", false
	}
	view.Back = page.Link{Text: "Bỏ, không lập", Href: "/desk/phieu", Class: "btn--quiet"}
	return v.render(status, "billform", view)
}

// createBill answers POST /desk/phieu/moi.
func (f *face) createBill(v *visit) error {
	if err := v.form(); err != nil {
		return err
	}
	form, key := v.takeBill(), v.field("khoa")
	if len(key) != len(id.NewToken()) || strings.Trim(key, "0123456789abcdefghijklmnopqrstuvwxyz") != "" {
		key = id.NewToken()
	}
	var o billOptions
	if err := v.view(func(tx *db.Tx) (err error) { o, err = v.billOptions(tx); return err }); err != nil {
		return err
	}
	if v.pickAction() == "them" {
		form.blank(formRows)
		return f.newPage(v, http.StatusOK, form, o, key, nil)
	}
	n, rows := form.bill(v.facility.ID)
	if len(form.wrong) > 0 {
		return f.newPage(v, unprocessable, form, o, key, nil)
	}
	n.ExternalID = externalDesk + key
	publish := v.mayPublish() && v.pickAction() != "nhap"
	made, err := f.Collect.Issue(v.r.Context(), v.actor(), []bill.NewBill{n}, publish)
	var differs *bill.Differs
	switch {
	case form.faults(err, rows):
		return f.newPage(v, unprocessable, form, o, key, nil)
	case errors.As(err, &differs):
		// The form was sent before and then changed: the bill is there already.
		return v.goTo("/desk/phieu/"+differs.Existing.String(), "Phiếu này đã lập lúc trước; sửa ngay trên phiếu", "")
	case err != nil:
		return refused(err, func(status int, n page.Notice) error { return f.newPage(v, status, form, o, key, &n) })
	}
	said := "Đã lập phiếu nháp " + made[0].Code.Display()
	if made[0].State == bill.Published {
		said = "Đã lập và phát hành phiếu " + made[0].Code.Display()
	}
	return v.goTo("/desk/phieu/"+made[0].ID.String(), said, "")
}

// editBill answers GET /desk/phieu/{bill}/sua.
func (f *face) editBill(v *visit) error {
	var b bill.Bill
	var o billOptions
	var form billForm
	err := v.view(func(tx *db.Tx) error {
		var err error
		if b, err = v.bill(tx, access.EditBills); err != nil {
			return err
		}
		lines, err := bill.LinesOf(tx, []id.Bill{b.ID})
		if err != nil {
			return err
		}
		form = formOf(b, lines[b.ID])
		o, err = v.billOptions(tx)
		return err
	})
	if err != nil {
		return err
	}
	form.blank(1)
	return f.editPage(v, http.StatusOK, b, form, o, nil)
}

func (f *face) editPage(v *visit, status int, b bill.Bill, form billForm, o billOptions, notice *page.Notice) error {
	at := "/desk/phieu/" + b.ID.String()
	view := f.fillBill(v, form, o)
	view.Chrome = v.chrome("Sửa phiếu " + b.Code.Display())
	view.Invalid = len(form.wrong) > 0
	view.Heading, view.Action, view.Notice = "Sửa phiếu "+b.Code.Display(), at+"/sua", notice
	view.Crumbs = []page.Link{{Text: "Phiếu thu", Href: "/desk/phieu"}, {Text: b.Code.Display(), Href: at}, {Text: "Sửa"}}
	view.Send, view.Lead = "Lưu phiếu nháp", "Phiếu chưa phát hành nên sửa thẳng, mã hóa đơn giữ nguyên."
	if b.State == bill.Published {
		view.Send = "Phát hành phiếu mới thay phiếu này"
		view.Lead = "Phiếu đã phát hành thì không sửa chữ trên phiếu cũ: phiếu cũ được hủy, phiếu mới có mã mới. Ai trả bằng mã cũ đúng số tiền mới thì tiền vẫn vào phiếu mới."
	}
	view.Back = page.Link{Text: "Giữ nguyên phiếu", Href: at, Class: "btn--quiet"}
	return v.render(status, "billform", view)
}

// correctBill answers POST /desk/phieu/{bill}/sua: a draft is changed in place, a published
// bill is re-issued under a new code.
func (f *face) correctBill(v *visit) error {
	if err := v.form(); err != nil {
		return err
	}
	form := v.takeBill()
	var b bill.Bill
	var plan []bill.Instalment
	var o billOptions
	err := v.view(func(tx *db.Tx) error {
		var err error
		if b, err = v.bill(tx, access.EditBills); err != nil {
			return err
		}
		plans, err := bill.InstalmentsOf(tx, []id.Bill{b.ID})
		if err != nil {
			return err
		}
		plan = plans[b.ID]
		o, err = v.billOptions(tx)
		return err
	})
	if err != nil {
		return err
	}
	if v.pickAction() == "them" {
		form.blank(formRows)
		return f.editPage(v, http.StatusOK, b, form, o, nil)
	}
	n, rows := form.bill(v.facility.ID)
	if len(form.wrong) > 0 {
		return f.editPage(v, unprocessable, b, form, o, nil)
	}
	if n.PartPayment == org.Instalments {
		if n.Instalments, err = redivide(n, plan); err != nil {
			return err
		}
	}
	n.ExpiresOn = b.ExpiresOn
	after, err := f.Collect.Correct(v.r.Context(), v.actor(), b.ID, n)
	switch {
	case form.faults(err, rows):
		return f.editPage(v, unprocessable, b, form, o, nil)
	case err != nil:
		return refused(err, func(status int, n page.Notice) error { return f.editPage(v, status, b, form, o, &n) })
	}
	said := "Đã sửa phiếu " + after.Code.Display()
	if after.ID != b.ID {
		said = "Đã thay phiếu " + b.Code.Display() + " bằng phiếu " + after.Code.Display()
	}
	return v.goTo("/desk/phieu/"+after.ID.String(), said, "")
}

// redivide keeps a bill's instalments in proportion when its total changes.
func redivide(n bill.NewBill, plan []bill.Instalment) ([]bill.Instalment, error) {
	total, err := n.Total()
	if err != nil || len(plan) == 0 || total <= 0 {
		return plan, nil // room bill says what is wrong with it
	}
	shares := make([]bill.Share, len(plan))
	for i, p := range plan {
		shares[i] = bill.Share{Weight: int64(p.Amount), DueOn: p.DueOn}
	}
	return bill.Divide(total, shares)
}
