package desk

import (
	"cmp"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/sen-platform/sen/internal/access"
	"github.com/sen-platform/sen/internal/audit"
	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/rail"
	"github.com/sen-platform/sen/internal/rail/vietqr"
	"github.com/sen-platform/sen/internal/web/page"
)

type billView struct {
	page.Chrome
	Notice      *page.Notice
	Crumbs      []page.Link
	Edge        string // the sheet's colour: the state of its money
	Heading     string
	Tag         page.Tag
	Code        string
	Lines       page.Lines
	Facts       []page.Pair
	Main        *page.Link // the one main button
	Publish     *page.Post
	Actions     []page.Link
	Pay         *payBox
	Payments    *page.Table
	Moments     []page.Moment
	Instalments *page.Table
}

// payBox is how the payer pays this bill: to show across the desk or send by message.
type payBox struct {
	QR     template.HTML
	Amount any
	Rows   []page.CopyRow
}

// folder is a bill with all that belongs to it, read in one snapshot.
type folder struct {
	bill.Bill
	lines    []bill.Line
	plan     []bill.Instalment
	allocs   []collect.Allocation
	credits  map[id.Credit]collect.Credit
	receipts map[id.Alloc]collect.Receipt
	accounts []org.Account
	round    *bill.Round
	log      []audit.Record
	people   map[id.User]string
	other    *bill.Bill // the one it replaces or is replaced by
}

func (v *visit) readFolder(tx *db.Tx, a access.Action) (*folder, error) {
	b, err := v.bill(tx, a)
	if err != nil {
		return nil, err
	}
	f := &folder{Bill: b, receipts: map[id.Alloc]collect.Receipt{}}
	lines, err := bill.LinesOf(tx, []id.Bill{b.ID})
	if err != nil {
		return nil, err
	}
	plans, err := bill.InstalmentsOf(tx, []id.Bill{b.ID})
	if err != nil {
		return nil, err
	}
	f.lines, f.plan = lines[b.ID], plans[b.ID]
	if f.allocs, err = collect.AllocationsOfBills(tx, b.ID); err != nil {
		return nil, err
	}
	var ids []id.Credit
	for _, al := range f.allocs {
		ids = append(ids, al.Credit)
	}
	if f.credits, err = collect.CreditsByID(tx, ids); err != nil {
		return nil, err
	}
	receipts, err := collect.ReceiptsOfBills(tx, b.ID)
	if err != nil {
		return nil, err
	}
	for _, r := range receipts {
		f.receipts[r.Allocation] = r
	}
	if f.accounts, err = org.AccountsOf(tx, b.Facility); err != nil {
		return nil, err
	}
	if b.Round != 0 {
		r, err := bill.RoundByID(tx, b.Round)
		if err != nil {
			return nil, err
		}
		f.round = &r
	}
	if other := max(b.Replaces, b.ReplacedBy); other != 0 { // a bill that does both shows its successor
		o, err := bill.ByID(tx, other)
		if err != nil {
			return nil, err
		}
		f.other = &o
	}
	if f.log, err = audit.Of(tx, b.ID.String()); err != nil {
		return nil, err
	}
	f.people, err = staff(tx, b.Facility)
	return f, err
}

// staff are the names of a facility's people, by account.
func staff(tx *db.Tx, f id.Facility) (map[id.User]string, error) {
	users, err := access.UsersOf(tx, f)
	out := make(map[id.User]string, len(users))
	for _, u := range users {
		out[u.ID] = u.Name
	}
	return out, err
}

// showBill answers GET /desk/phieu/{bill}.
func (f *face) showBill(v *visit) error { return f.billPage(v, http.StatusOK, nil) }

func (f *face) billPage(v *visit, status int, notice *page.Notice) error {
	var b *folder
	err := v.view(func(tx *db.Tx) (err error) { b, err = v.readFolder(tx, access.ViewBills); return err })
	if err != nil {
		return err
	}
	view := billView{
		Chrome: v.chrome("Phiếu " + b.Code.Display()), Notice: notice, Tag: billTag(b.Bill, v.today), Code: string(b.Code),
		Heading: personOf(v.facility, b.Bill), Lines: billLines(b.lines, b.Total), Facts: f.billFacts(v, b), Moments: billMoments(v, b),
	}
	view.Crumbs = []page.Link{{Text: "Phiếu thu", Href: "/desk/phieu"}, {Text: b.Code.Display()}}
	if b.round != nil {
		view.Crumbs = []page.Link{{Text: "Phiếu thu", Href: "/desk/phieu"}, {Text: b.round.Name, Href: "/desk/phieu?dot=" + b.round.ID.String()}, {Text: b.Code.Display()}}
	}
	switch {
	case b.State == bill.Published && b.Open() == 0:
		view.Edge = "sheet--paid"
	case b.State == bill.Published:
		view.Edge = "sheet--due"
	}
	f.billActions(v, b, &view)
	if b.State == bill.Published && b.Open() > 0 {
		view.Pay = f.payBox(v, b)
	}
	if len(b.allocs) > 0 {
		t := paymentTable(v, b)
		view.Payments = &t
	}
	if len(b.plan) > 1 {
		t := planTable(b)
		view.Instalments = &t
	}
	return v.render(status, "bill", view)
}

func billLines(lines []bill.Line, total any) page.Lines {
	out := page.Lines{Caption: "Các khoản trong phiếu"}
	for _, l := range lines {
		out.Rows = append(out.Rows, page.Line{Label: l.Name, Note: lineNote(l), Value: l.Amount})
	}
	out.Total = &page.Line{Label: "Tổng cộng", Value: total}
	return out
}

// lineNote says how a line's amount came about: "22 × 35.000 ₫, nghỉ 2 ngày".
func lineNote(l bill.Line) any {
	if l.Quantity <= 1 {
		return l.Note
	}
	h := page.HTMLf("%s × %s", l.Quantity, l.UnitPrice)
	if l.Note != "" {
		h += page.HTMLf(", %s", l.Note)
	}
	return h
}

func (f *face) billFacts(v *visit, b *folder) []page.Pair {
	facts := []page.Pair{{Label: person(v.facility), Value: b.PersonName(), Note: b.BeneficiaryCode}}
	if b.Class != "" {
		facts = append(facts, page.Pair{Label: classWord(v.facility), Value: b.Class})
	}
	if b.BirthYear != 0 {
		facts = append(facts, page.Pair{Label: "Năm sinh", Value: fmt.Sprint(b.BirthYear)})
	}
	facts = append(facts, page.Pair{Label: "Người trả", Value: b.PayerName})
	if b.PayerPhone != "" {
		facts = append(facts, page.Pair{Label: "Điện thoại", Value: page.HTMLf(`<a class="act" href="tel:%s">%s</a>`, b.PayerPhone, phoneText(b.PayerPhone))})
	}
	facts = append(facts, page.Pair{Label: "Nội dung", Value: b.Reason, Note: b.Period})
	if b.State != bill.Cancelled {
		facts = append(facts, page.Pair{Label: "Đã nhận", Value: b.Paid}, page.Pair{Label: "Còn phải thu", Value: b.Open()})
	}
	facts = append(facts, page.Pair{Label: "Hạn trả", Value: b.DueOn}, page.Pair{Label: "Trả từng phần", Value: b.PartPayment.Label()})
	if b.ExpiresOn != "" {
		facts = append(facts, page.Pair{Label: "Hết thời hạn", Value: b.ExpiresOn, Note: "sau ngày này vẫn trả được"})
	}
	if b.State == bill.Cancelled {
		facts = append(facts, page.Pair{Label: "Vì sao hủy", Value: b.CancelReason})
	}
	if b.other != nil {
		label := "Thay cho phiếu"
		if b.ReplacedBy == b.other.ID {
			label = "Đã thay bằng phiếu"
		}
		facts = append(facts, page.Pair{Label: label, Value: act(page.Code(b.other.Code), "/desk/phieu/"+b.other.ID.String())})
	}
	if b.ExternalID != "" && !strings.HasPrefix(b.ExternalID, externalDesk) {
		facts = append(facts, page.Pair{Label: "Mã của phần mềm", Value: b.ExternalID})
	}
	return facts
}

// billActions offers what can be done with a bill in its state; one of them is the main one.
func (f *face) billActions(v *visit, b *folder, view *billView) {
	at := "/desk/phieu/" + b.ID.String()
	open := b.State == bill.Published && b.Open() > 0
	add := func(ok bool, l page.Link) {
		if ok {
			view.Actions = append(view.Actions, l)
		}
	}
	if open && v.can(access.TakeCash) {
		view.Main = &page.Link{Text: "Thu tiền mặt", Href: "/desk/tien-mat/" + b.ID.String(), Icon: "cash", Class: "btn--main"}
	}
	if b.State == bill.Draft && v.can(access.PublishBills) {
		view.Publish = &page.Post{Action: at + "/phat-hanh", Text: "Phát hành phiếu này", Class: "btn--main"}
	}
	add(open, page.Link{Text: "In phiếu báo", Href: at + "/thong-bao.pdf", Icon: "print", Save: true})
	add(open, page.Link{Text: "Trang người trả thấy", Href: "/p/" + b.Token, Icon: "phone"})
	add(b.State != bill.Cancelled && b.Paid == 0 && v.can(access.EditBills), page.Link{Text: "Sửa phiếu", Href: at + "/sua"})
	add(b.State != bill.Cancelled && b.Paid == 0 && v.can(access.CancelBills), page.Link{Text: "Hủy phiếu", Href: at + "/huy", Class: "btn--danger"})
	add(b.State == bill.Cancelled && b.ReplacedBy == 0 && v.can(access.EditBills), page.Link{Text: "Lập lại phiếu này", Href: "/desk/phieu/moi?tu=" + b.ID.String()})
}

// account is where the bill's money should go: its own account, else the facility's default.
func (b *folder) account(today clock.Date) *org.Account {
	var first *org.Account
	for i := range b.accounts {
		a := &b.accounts[i]
		switch {
		case !a.Usable(today):
		case a.ID == b.Account:
			return a
		case first == nil:
			first = a
		}
	}
	return first
}

// payBox draws the VietQR of what is due now. Without a usable account only the link is left.
func (f *face) payBox(v *visit, b *folder) *payBox {
	link := f.BaseURL + "/p/" + b.Token
	box := &payBox{Amount: b.AmountDue(b.plan, v.today)}
	a := b.account(v.today)
	if a != nil {
		info := b.PaymentInfo(v.facility)
		text, err := vietqr.Transfer{BIN: a.BankBIN, Account: a.Number, Amount: b.AmountDue(b.plan, v.today), Memo: info.Memo}.Encode()
		if err == nil && vietqr.CheckBank(a.BankBIN) == nil {
			box.QR, err = page.QR(text, fmt.Sprintf("Mã QR trả %s cho %s, nội dung %s", b.AmountDue(b.plan, v.today), v.facility.Name, info.Memo))
		}
		if err != nil {
			f.Log.Error("no QR code for this account", "account", a.ID.String(), "bill", b.ID.String(), "err", err)
		}
		box.Rows = append(box.Rows, page.CopyRow{Label: "Số tài khoản, " + bankName(a.BankBIN), Shown: a.Number, Copy: a.Number},
			page.CopyRow{Label: "Lời chuyển tiền", Shown: info.Memo, Copy: info.Memo})
	}
	box.Rows = append(box.Rows, page.CopyRow{Label: "Đường dẫn gửi người trả", Shown: page.HTMLf(`<span class="note">%s</span>`, breakable(link)), Copy: link})
	return box
}

func planTable(b *folder) page.Table {
	t := page.Table{Caption: "Các đợt trả", Still: true, Bare: true, Columns: []page.Column{{Head: "Đợt"}, {Head: "Hạn"}, {Head: "Số tiền", Number: true}}}
	for i, p := range b.plan {
		t.Rows = append(t.Rows, page.Row{Cells: []any{fmt.Sprint(i + 1), p.DueOn, p.Amount}})
	}
	return t
}

// paymentTable lists what came in for the bill, undone payments too.
func paymentTable(v *visit, b *folder) page.Table {
	t := page.Table{Caption: "Tiền đã ghi vào phiếu", Slips: true, Still: true, Columns: []page.Column{
		{Head: "Lúc", Tight: true}, {Head: "Người chuyển", Long: true}, {Head: "Cách trả"}, {Head: "Số tiền", Number: true}, {Head: "Tình trạng"}, {Head: "Biên lai", Tight: true},
	}}
	for _, al := range b.allocs {
		c := b.credits[al.Credit]
		tag := page.Tag{State: page.Paid, Text: "Đã nhận"}
		if al.Kind == "surplus" {
			tag = page.Tag{Text: "Tiền thừa"}
		}
		if !al.UndoneAt.IsZero() {
			tag = page.Tag{Text: "Đã gỡ"}
			if c.Status == collect.Reversed {
				tag = page.Tag{State: page.Danger, Text: "Ngân hàng thu hồi"}
			}
		}
		var receipt any
		if r, ok := b.receipts[al.ID]; ok {
			receipt = r.No()
			if v.can(access.ViewReceipts) {
				receipt = page.Link{Text: r.No(), Href: "/desk/bien-lai/" + r.ID.String()}
			}
		}
		sender := any(senderOf(c))
		if v.can(access.ViewCredits) {
			sender = page.Link{Text: senderOf(c), Href: "/desk/tien-ve/" + c.ID.String()}
		}
		t.Rows = append(t.Rows, page.Row{Cells: []any{page.HTMLf(`<span class="num">%s</span>`, shortTime(al.At, v.today)), page.Stacked{Value: sender, Note: c.Memo}, methodName(c.Method), al.Amount, tag, receipt}})
	}
	return t
}

// moment is an entry of a bill's history before it is put in order.
type moment struct {
	at   time.Time
	text any
}

// billMoments tells what happened to a bill, oldest first, with who did it.
func billMoments(v *visit, b *folder) []page.Moment {
	list := []moment{{b.CreatedAt, "Lập phiếu"}}
	if b.Replaces != 0 {
		list[0].text = "Lập phiếu thay cho phiếu cũ"
	}
	published := false
	for _, r := range b.log {
		who := actorName(r.Actor, b.people)
		switch r.Action {
		case "bill.publish":
			published = true
			list = append(list, moment{r.At, "Phát hành" + who})
		case "bill.correct":
			list = append(list, moment{r.At, "Sửa phiếu" + who})
		case "bill.cancel":
			list = append(list, moment{r.At, "Hủy phiếu" + who + ": " + b.CancelReason})
		}
	}
	if !b.PublishedAt.IsZero() && !published {
		list = append(list, moment{b.PublishedAt, "Phát hành cùng đợt thu"})
	}
	for _, al := range b.allocs {
		c := b.credits[al.Credit]
		what := page.HTMLf("Nhận %s, %s", al.Amount, ruleText(al.Rule))
		switch {
		case al.Kind == "surplus":
			what = page.HTMLf("Giữ %s làm tiền thừa của người trả", al.Amount)
		case c.Method == rail.Cash:
			what = page.HTMLf("Thu %s tiền mặt%s", al.Amount, byName(al.By, b.people))
		case al.By != 0:
			what = page.HTMLf("Ghi %s vào phiếu%s", al.Amount, byName(al.By, b.people))
		}
		list = append(list, moment{al.At, what})
		if !al.UndoneAt.IsZero() {
			list = append(list, moment{al.UndoneAt, page.HTMLf("Gỡ %s khỏi phiếu", al.Amount)})
		}
	}
	slices.SortStableFunc(list, func(x, y moment) int { return cmp.Compare(x.at.UnixMicro(), y.at.UnixMicro()) })
	out := make([]page.Moment, len(list))
	for i, m := range list {
		out[i] = momentAt(v, m)
	}
	return out
}

// momentAt puts the day beside an entry and the time of day into it.
func momentAt(v *visit, m moment) page.Moment {
	local := m.at.In(clock.VN)
	day := local.Format("02/01")
	when := fmt.Sprintf("%d:%02d", local.Hour(), local.Minute())
	if local.Year() != v.today.Time().Year() {
		when += " năm " + local.Format("2006")
	}
	return page.Moment{When: day, Text: page.HTMLf(`%s <span class="note">%s</span>`, m.text, when)}
}

// actorName turns an actor of the audit log into words after a sentence: ", Trần Thị Minh".
func actorName(actor string, people map[id.User]string) string {
	if u, err := id.Parse[id.User](actor); err == nil {
		return byName(u, people)
	}
	return ""
}

func byName(u id.User, people map[id.User]string) string {
	if name := people[u]; name != "" {
		return ", " + name
	}
	return ""
}
