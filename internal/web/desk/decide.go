package desk

import (
	"fmt"
	"net/http"

	"github.com/sen-platform/sen/internal/access"
	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/vnd"
	"github.com/sen-platform/sen/internal/web/page"
)

// assignCredit answers POST /desk/cho-xu-ly/{credit}: the waiting money goes on one bill.
func (f *face) assignCredit(v *visit) error {
	if err := v.form(); err != nil {
		return err
	}
	var c collect.Credit
	if err := v.view(func(tx *db.Tx) (err error) { c, err = v.credit(tx, access.AssignCredits); return err }); err != nil {
		return err
	}
	to, err := id.Parse[id.Bill](v.field("phieu"))
	if err != nil {
		n := page.Notice{State: page.Danger, Strong: "Chưa chọn phiếu.", Text: "Chọn một phiếu gợi ý, hoặc tìm phiếu theo tên, lớp, mã rồi chọn.", Live: true}
		return f.waitingPage(v, unprocessable, c.ID, &n)
	}
	return f.settle(v, c, []collect.Part{{Bill: to}}, v.field("du") == "thua", func(status int, n page.Notice) error {
		return f.waitingPage(v, status, c.ID, &n)
	})
}

// settle books waiting money as a person decided, and goes on to the next that waits.
func (f *face) settle(v *visit, c collect.Credit, parts []collect.Part, keepRest bool, again func(int, page.Notice) error) error {
	// Bills of other facilities do not exist here; room collect would refuse them too.
	err := v.view(func(tx *db.Tx) error {
		for _, p := range parts {
			if _, err := v.billByID(tx, p.Bill, access.ViewBills); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	after, err := f.Collect.Assign(v.r.Context(), v.actor(), c.ID, parts, keepRest, cut(v.field("ghi-chu"), maxNote))
	if err != nil {
		return refused(err, again)
	}
	said := "Đã ghi " + (c.Suspense - after.Suspense).String() + " vào phiếu"
	if len(parts) > 1 {
		said = fmt.Sprintf("Đã chia %s vào %d phiếu", (c.Suspense - after.Suspense).String(), len(parts))
	}
	next := "/desk/cho-xu-ly"
	if after.Suspense > 0 {
		said += ", còn " + after.Suspense.String() + " chờ xử lý"
		next += "/" + c.ID.String()
	}
	return v.goTo(next, said, undoOf(c.ID))
}

type returnView struct {
	page.Chrome
	Mistakes page.Mistakes
	Notice   *page.Notice
	Crumbs   []page.Link
	Amount   vnd.Amount
	Facts    []page.Pair
	Reason   page.Field
	Action   string
	Back     page.Link
}

// askReturn answers GET /desk/tien-ve/{credit}/tra-lai.
func (f *face) askReturn(v *visit) error { return f.returnPage(v, http.StatusOK, "", nil, nil) }

func (f *face) returnPage(v *visit, status int, reason string, wrong page.Mistakes, notice *page.Notice) error {
	var c collect.Credit
	if err := v.view(func(tx *db.Tx) (err error) { c, err = v.credit(tx, access.ReturnCredits); return err }); err != nil {
		return err
	}
	at := "/desk/tien-ve/" + c.ID.String()
	amount := c.Suspense + c.Surplus
	if amount == 0 {
		return v.goTo(at, "", "")
	}
	view := returnView{
		Chrome: v.chrome("Trả lại người chuyển"), Mistakes: wrong, Notice: notice, Amount: amount, Action: at + "/tra-lai",
		Crumbs: []page.Link{{Text: "Tiền về", Href: "/desk/tien-ve"}, {Text: c.Amount, Href: at}, {Text: "Trả lại"}},
		Back:   page.Link{Text: "Chưa trả lại", Href: at, Class: "btn--quiet"},
		Reason: page.Field{Name: "ly-do", Label: "Vì sao trả lại", Hint: "Ví dụ “chuyển nhầm trường, người chuyển gọi điện xin lại”", Value: reason, Rows: 3, MaxLength: maxNote, Error: wrong.At("ly-do")},
	}
	view.Invalid = len(wrong) > 0
	view.Facts = []page.Pair{{Label: "Trả về", Value: senderOf(c), Note: account(c.PayerBank, c.PayerAccount)}, {Label: "Số tiền", Value: amount}, {Label: "Lời chuyển tiền", Value: c.Memo}, {Label: "Về lúc", Value: c.ReceivedAt}}
	return v.render(status, "return", view)
}

// returnCredit answers POST /desk/tien-ve/{credit}/tra-lai: what is on no bill becomes a
// refund to the account it came from.
func (f *face) returnCredit(v *visit) error {
	if err := v.form(); err != nil {
		return err
	}
	var c collect.Credit
	if err := v.view(func(tx *db.Tx) (err error) { c, err = v.credit(tx, access.ReturnCredits); return err }); err != nil {
		return err
	}
	reason := v.field("ly-do")
	if reason == "" {
		var m page.Mistakes
		m.Add("ly-do", "Nhập lý do trả lại, vài chữ là đủ")
		return f.returnPage(v, unprocessable, reason, m, nil)
	}
	after, err := f.Collect.Return(v.r.Context(), v.actor(), c.ID, cut(reason, maxNote))
	if err != nil {
		return refused(err, func(status int, n page.Notice) error { return f.creditPage(v, status, "", nil, &n) })
	}
	return v.goTo("/desk/tien-ve/"+c.ID.String(), "Đã ghi "+(after.Returned-c.Returned).String()+" là tiền trả lại. Chuyển khoản về tài khoản đã gửi", "")
}
