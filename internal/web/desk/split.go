package desk

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/sen-platform/sen/internal/access"
	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/vn"
	"github.com/sen-platform/sen/internal/vnd"
	"github.com/sen-platform/sen/internal/web/page"
)

type splitView struct {
	page.Chrome
	Mistakes page.Mistakes
	Notice   *page.Notice
	Crumbs   []page.Link
	Heading  string
	Lead     string
	Action   string
	Facts    []page.Pair
	Parts    []splitPart
	Amount   vnd.Amount
	Left     vnd.Amount
	Over     bool
	Find     page.Field
	Found    []splitFound
	Empty    string
	Rest     *page.Select
	Send     string
	Back     page.Link
}

// splitPart is one bill of a division with its amount as typed.
type splitPart struct {
	Bill   string
	Name   string
	Note   string
	Open   vnd.Amount
	Amount cell
}

// splitFound is a bill that can be added.
type splitFound struct {
	Bill, Name, Why string
	Open            vnd.Amount
}

// division is money being divided over bills: waiting money of a credit, or payer's credit.
type division struct {
	credit  collect.Credit
	surplus bool
	parts   []collect.Part
	typed   []string
	wrong   page.Mistakes
	notice  *page.Notice
}

func (d division) amount() vnd.Amount {
	if d.surplus {
		return d.credit.Surplus
	}
	return d.credit.Suspense
}

// at is the address of the page that divides.
func (d division) at() string {
	if d.surplus {
		return "/desk/tien-ve/" + d.credit.ID.String() + "/dung"
	}
	return "/desk/cho-xu-ly/" + d.credit.ID.String() + "/chia"
}

// askSplit answers GET /desk/cho-xu-ly/{credit}/chia: waiting money over several bills.
func (f *face) askSplit(v *visit) error { return f.askDivide(v, false) }

// askUse answers GET /desk/tien-ve/{credit}/dung: payer's credit for the next bill.
func (f *face) askUse(v *visit) error { return f.askDivide(v, true) }

// splitCredit answers POST /desk/cho-xu-ly/{credit}/chia.
func (f *face) splitCredit(v *visit) error { return f.divide(v, false) }

// useSurplus answers POST /desk/tien-ve/{credit}/dung.
func (f *face) useSurplus(v *visit) error { return f.divide(v, true) }

// askDivide shows the division as the address has it. The search and the buttons that add
// and take away send the same form by GET, so that what was typed stays, without script.
func (f *face) askDivide(v *visit, surplus bool) error {
	if err := v.r.ParseForm(); err != nil {
		return err
	}
	d, err := f.takeDivision(v, surplus)
	if err != nil {
		return err
	}
	if add, err := id.Parse[id.Bill](v.query("them")); err == nil && !d.has(add) && len(d.parts) < maxParts {
		d.parts, d.typed = append(d.parts, collect.Part{Bill: add}), append(d.typed, "")
	}
	if drop, err := id.Parse[id.Bill](v.query("bo")); err == nil {
		if i := slices.IndexFunc(d.parts, func(p collect.Part) bool { return p.Bill == drop }); i >= 0 {
			d.parts, d.typed = slices.Delete(d.parts, i, i+1), slices.Delete(d.typed, i, i+1)
		}
	}
	if d.amount() == 0 {
		return v.goTo("/desk/tien-ve/"+d.credit.ID.String(), "", "")
	}
	return f.dividePage(v, http.StatusOK, d)
}

// maxParts bounds how many bills one transfer is divided over: a company pays for the
// children of a workshop, not of a town.
const maxParts = 60

func (d division) has(b id.Bill) bool {
	return slices.ContainsFunc(d.parts, func(p collect.Part) bool { return p.Bill == b })
}

// takeDivision reads credit, bills and amounts of a form.
func (f *face) takeDivision(v *visit, surplus bool) (division, error) {
	d := division{surplus: surplus}
	err := v.view(func(tx *db.Tx) (err error) { d.credit, err = v.credit(tx, access.AssignCredits); return err })
	if err != nil {
		return d, err
	}
	bills, amounts := v.r.Form["phieu"], v.r.Form["tien"]
	for i, text := range bills {
		b, err := id.Parse[id.Bill](text)
		if err != nil || d.has(b) || len(d.parts) == maxParts {
			continue
		}
		typed := ""
		if i < len(amounts) {
			typed = vn.Clean(amounts[i])
		}
		d.parts, d.typed = append(d.parts, collect.Part{Bill: b}), append(d.typed, typed)
	}
	return d, nil
}

// dividePage draws the division: what is chosen with its amounts, and what can be added.
func (f *face) dividePage(v *visit, status int, d division) error {
	view := splitView{Chrome: v.chrome("Chia khoản tiền"), Mistakes: d.wrong, Notice: d.notice, Action: d.at(), Amount: d.amount(), Left: d.amount()}
	view.Invalid = len(d.wrong) > 0
	c := d.credit
	view.Crumbs = []page.Link{{Text: "Khoản chờ xử lý", Href: "/desk/cho-xu-ly"}, {Text: d.amount(), Href: "/desk/cho-xu-ly/" + c.ID.String()}, {Text: "Chia ra"}}
	view.Heading, view.Lead, view.Send = "Chia "+d.amount().String()+" vào nhiều phiếu", "Chọn phiếu, sửa số tiền từng phiếu nếu cần.", "Ghi vào các phiếu"
	view.Back = page.Link{Text: "Chưa chia", Href: "/desk/cho-xu-ly/" + c.ID.String(), Class: "btn--quiet"}
	if d.surplus {
		view.Title, view.Heading, view.Send = "Dùng tiền thừa", "Dùng "+d.amount().String()+" tiền thừa cho phiếu khác", "Dùng cho phiếu"
		view.Lead = "Tiền người này trả thừa lần trước. Chọn phiếu còn phải thu của đúng người đó."
		view.Crumbs = []page.Link{{Text: "Tiền về", Href: "/desk/tien-ve"}, {Text: c.Amount, Href: "/desk/tien-ve/" + c.ID.String()}, {Text: "Dùng tiền thừa"}}
		view.Back = page.Link{Text: "Chưa dùng", Href: "/desk/tien-ve/" + c.ID.String(), Class: "btn--quiet"}
	} else {
		rest := restSelect(v.r.Form.Get("du"))
		view.Rest = &rest
	}
	view.Facts = []page.Pair{{Label: "Người chuyển", Value: senderOf(c)}, {Label: "Lời chuyển tiền", Value: c.Memo}}
	words := vn.Clean(v.r.Form.Get("tim"))
	view.Find = page.Field{Name: "tim", Label: "Tìm phiếu để thêm", Hint: "Tên không cần dấu, lớp, mã hóa đơn hoặc số điện thoại", Value: words, Key: "/", Error: d.wrong.At("tim")}
	err := v.view(func(tx *db.Tx) error {
		if err := f.fillParts(v, tx, d, &view); err != nil {
			return err
		}
		return f.fillFound(v, tx, d, words, &view)
	})
	if err != nil {
		return err
	}
	return v.render(status, "split", view)
}

func (f *face) fillParts(v *visit, tx *db.Tx, d division, view *splitView) error {
	ids := make([]id.Bill, len(d.parts))
	for i, p := range d.parts {
		ids[i] = p.Bill
	}
	bills, err := bill.ByIDs(tx, ids)
	if err != nil {
		return err
	}
	for i, p := range d.parts {
		b, ok := bills[p.Bill]
		if !ok || !v.mine(access.ViewBills, b.Facility) {
			return db.ErrNotFound
		}
		name := fmt.Sprintf("tien-%d", i)
		part := splitPart{
			Bill: b.ID.String(), Name: personOf(v.facility, b), Note: b.Code.Display() + ", " + lowerFirst(b.Reason), Open: b.Open(),
			Amount: cell{12, page.Field{ID: name, Name: "tien", Label: "Số tiền ghi vào phiếu của " + b.PersonName(), Value: d.typed[i], Error: d.wrong.At(name)}},
		}
		amount, err := vnd.Parse(d.typed[i])
		if d.typed[i] == "" {
			amount, err = min(max(view.Left, 0), b.Open()), nil
			part.Amount.Value = amount.Grouped()
		}
		if err == nil && amount > 0 && amount <= vnd.MaxBill {
			view.Left -= amount
		}
		view.Parts = append(view.Parts, part)
	}
	view.Over = view.Left < 0
	return nil
}

// fillFound lists bills to add: those that were searched for, else those that are suggested.
func (f *face) fillFound(v *visit, tx *db.Tx, d division, words string, view *splitView) error {
	add := func(b bill.Bill, why string) {
		if !d.has(b.ID) {
			view.Found = append(view.Found, splitFound{Bill: b.ID.String(), Name: personOf(v.facility, b), Why: why, Open: b.Open()})
		}
	}
	open := []bill.Status{bill.StatusOpen, bill.StatusPartlyPaid, bill.StatusExpired}
	if words != "" {
		found, err := bill.Search(tx, bill.Filter{Facility: v.facility.ID, Text: words, Today: v.today, Status: open, Limit: foundBills})
		for _, b := range found.Bills {
			add(b, b.Code.Display()+", "+lowerFirst(b.Reason))
		}
		if len(found.Bills) == 0 {
			view.Empty = fmt.Sprintf("Không có phiếu còn phải thu nào khớp “%s”. Thử tên hoặc mã khác.", words)
		}
		return err
	}
	if d.surplus {
		next, err := v.nextBills(tx, d.credit)
		for _, b := range next {
			add(b, "Phiếu còn phải thu của đúng người này, "+lowerFirst(b.Reason))
		}
		if err != nil || len(view.Found) > 0 {
			return err
		}
	}
	list, err := f.Collect.Suggest(tx, d.credit, suggestions)
	for _, s := range list {
		add(s.Bill, whySuggested(s))
	}
	return err
}

// nextBills are open bills of the person whose bill was overpaid.
func (v *visit) nextBills(tx *db.Tx, c collect.Credit) ([]bill.Bill, error) {
	allocs, err := collect.AllocationsOf(tx, c.ID)
	if err != nil {
		return nil, err
	}
	for _, al := range allocs {
		if al.Kind != "surplus" || !al.UndoneAt.IsZero() {
			continue
		}
		from, err := bill.ByID(tx, al.Bill)
		if err != nil {
			return nil, err
		}
		f := bill.Filter{Facility: v.facility.ID, Today: v.today, Status: []bill.Status{bill.StatusOpen, bill.StatusPartlyPaid, bill.StatusExpired}, Limit: foundBills}
		if f.Beneficiary = from.BeneficiaryCode; f.Beneficiary == "" {
			f.Text = from.PersonName()
		}
		found, err := bill.Search(tx, f)
		return found.Bills, err
	}
	return nil, nil
}

// divide books the division.
func (f *face) divide(v *visit, surplus bool) error {
	if err := v.form(); err != nil {
		return err
	}
	d, err := f.takeDivision(v, surplus)
	if err != nil {
		return err
	}
	if d.amount() == 0 {
		return v.goTo("/desk/tien-ve/"+d.credit.ID.String(), "", "")
	}
	if len(d.parts) == 0 {
		d.wrong.Add("tim", "Chưa chọn phiếu nào. Tìm phiếu rồi bấm Thêm")
		return f.dividePage(v, unprocessable, d)
	}
	var sum vnd.Amount
	for i, text := range d.typed {
		amount, err := vnd.Parse(text)
		switch {
		case err != nil || amount <= 0:
			d.wrong.Add(fmt.Sprintf("tien-%d", i), "Nhập số tiền lớn hơn 0, ví dụ 500.000")
		case amount > d.amount():
			d.wrong.Add(fmt.Sprintf("tien-%d", i), "Nhiều hơn cả khoản tiền, nhiều nhất "+d.amount().String())
		default:
			sum += amount // at most maxParts amounts that each fit the credit
		}
		d.parts[i].Amount = amount
	}
	if len(d.wrong) == 0 && sum > d.amount() {
		d.wrong.Add("tien-0", fmt.Sprintf("Các phần cộng lại là %s, nhiều hơn %s. Bớt một phần", sum, d.amount()))
	}
	if len(d.wrong) > 0 {
		return f.dividePage(v, unprocessable, d)
	}
	again := func(status int, n page.Notice) error {
		d.notice = &n
		return f.dividePage(v, status, d)
	}
	if !surplus {
		return f.settle(v, d.credit, d.parts, v.field("du") == "thua", again)
	}
	err = v.view(func(tx *db.Tx) error { return f.fillParts(v, tx, d, &splitView{}) }) // another facility's bills are not there
	if err != nil {
		return err
	}
	if _, err := f.Collect.UseSurplus(v.r.Context(), v.actor(), d.credit.ID, d.parts, cut(v.field("ghi-chu"), maxNote)); err != nil {
		return refused(err, again)
	}
	return v.goTo("/desk/tien-ve/"+d.credit.ID.String(), "Đã dùng "+sum.String()+" tiền thừa cho phiếu", "")
}
