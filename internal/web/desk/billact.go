package desk

import (
	"errors"
	"net/http"

	"github.com/sen-platform/sen/internal/access"
	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/web/page"
)

// publishBill answers POST /desk/phieu/{bill}/phat-hanh.
func (f *face) publishBill(v *visit) error {
	var b bill.Bill
	if err := v.view(func(tx *db.Tx) (err error) { b, err = v.bill(tx, access.PublishBills); return err }); err != nil {
		return err
	}
	if _, err := f.Collect.PublishBills(v.r.Context(), v.actor(), []id.Bill{b.ID}); err != nil {
		return refused(err, func(status int, n page.Notice) error { return f.billPage(v, status, &n) })
	}
	return v.goTo("/desk/phieu/"+b.ID.String(), "Đã phát hành phiếu "+b.Code.Display(), "")
}

type cancelView struct {
	page.Chrome
	Mistakes page.Mistakes
	Notice   *page.Notice
	Crumbs   []page.Link
	Bill     bill.Bill
	Who      string
	Action   string
	Reason   page.Field
	Back     page.Link
}

// askCancel answers GET /desk/phieu/{bill}/huy.
func (f *face) askCancel(v *visit) error {
	return f.cancelPage(v, http.StatusOK, "", nil, nil)
}

func (f *face) cancelPage(v *visit, status int, reason string, wrong page.Mistakes, notice *page.Notice) error {
	var b bill.Bill
	if err := v.view(func(tx *db.Tx) (err error) { b, err = v.bill(tx, access.CancelBills); return err }); err != nil {
		return err
	}
	at := "/desk/phieu/" + b.ID.String()
	view := cancelView{
		Chrome: v.chrome("Hủy phiếu " + b.Code.Display()), Bill: b, Who: personOf(v.facility, b), Action: at + "/huy", Mistakes: wrong, Notice: notice,
		Crumbs: []page.Link{{Text: "Phiếu thu", Href: "/desk/phieu"}, {Text: b.Code.Display(), Href: at}, {Text: "Hủy"}},
		Back:   page.Link{Text: "Giữ phiếu", Href: at, Class: "btn--quiet"},
		Reason: page.Field{Name: "ly-do", Label: "Vì sao hủy", Hint: "Người trả đọc được lý do này khi mở phiếu", Value: reason, Rows: 3, MaxLength: bill.MaxReason, Error: wrong.At("ly-do")},
	}
	view.Invalid = len(wrong) > 0
	if notice == nil && (b.State == bill.Cancelled || b.Paid > 0) {
		text := "Phiếu đã hủy rồi."
		if b.Paid > 0 {
			text = (&bill.HasMoney{Bill: b.ID, Code: b.Code, Paid: b.Paid}).Error()
		}
		view.Notice = &page.Notice{State: page.Need, Text: text}
	}
	return v.render(status, "cancel", view)
}

// cancelBill answers POST /desk/phieu/{bill}/huy.
func (f *face) cancelBill(v *visit) error {
	if err := v.form(); err != nil {
		return err
	}
	var b bill.Bill
	if err := v.view(func(tx *db.Tx) (err error) { b, err = v.bill(tx, access.CancelBills); return err }); err != nil {
		return err
	}
	reason := v.field("ly-do")
	err := f.Collect.Cancel(v.r.Context(), v.actor(), b.ID, reason)
	var invalid *bill.Invalid
	switch {
	case errors.As(err, &invalid):
		var m page.Mistakes
		for _, one := range invalid.Fields {
			m.Add("ly-do", one.MessageVI)
		}
		return f.cancelPage(v, http.StatusUnprocessableEntity, reason, m, nil)
	case err != nil:
		return refused(err, func(status int, n page.Notice) error { return f.cancelPage(v, status, reason, nil, &n) })
	}
	return v.goTo("/desk/phieu/"+b.ID.String(), "Đã hủy phiếu "+b.Code.Display(), "")
}
