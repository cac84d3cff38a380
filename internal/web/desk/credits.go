package desk

import (
	"net/http"

	"github.com/sen-platform/sen/internal/access"
	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/rail"
	"github.com/sen-platform/sen/internal/vn"
	"github.com/sen-platform/sen/internal/web/page"
)

type creditsView struct {
	page.Chrome
	Tabs     page.Tabs
	Hidden   []page.Hidden
	Find     page.Field
	From, To page.Field
	Method   page.Select
	Credits  *page.Table
	Empty    *page.Empty
	Pager    *page.Pager
}

// creditViews are the tabs above the list of credits, by the word in the address.
var creditViews = []struct {
	word, name string
	set        func(*collect.CreditFilter)
}{
	{"", "Tất cả", func(*collect.CreditFilter) {}},
	{"cho", "Chờ xử lý", func(f *collect.CreditFilter) { f.Waiting = true }},
	{"thua", "Tiền thừa", func(f *collect.CreditFilter) { f.Surplus = true }},
	{"tra-lai", "Trả lại", func(f *collect.CreditFilter) { f.Status = []collect.Status{collect.Returned} }},
	{"thu-hoi", "Ngân hàng thu hồi", func(f *collect.CreditFilter) { f.Status = []collect.Status{collect.Reversed} }},
}

const creditsPerPage = 50

// listCredits answers GET /desk/tien-ve: every credit of the facility, with where it is now.
func (f *face) listCredits(v *visit) error {
	filter := collect.CreditFilter{Facility: v.facility.ID, Text: v.query("tim"), Method: rail.Method(v.query("cach")), Limit: creditsPerPage}
	for _, one := range creditViews {
		if one.word == v.query("loc") {
			one.set(&filter)
		}
	}
	view := creditsView{Chrome: v.chrome("Tiền về"), Tabs: page.Tabs{Label: "Lọc theo tình trạng"}}
	view.From = page.Field{Name: "tu", Label: "Từ ngày", Value: v.query("tu"), Short: true}
	view.To = page.Field{Name: "den", Label: "Đến ngày", Value: v.query("den"), Short: true}
	for _, d := range []struct {
		field *page.Field
		set   func(string) error
	}{
		{&view.From, func(s string) (err error) { filter.From, err = vn.ParseDate(s); return err }},
		{&view.To, func(s string) (err error) { filter.To, err = vn.ParseDate(s); return err }},
	} {
		if d.field.Value != "" && d.set(d.field.Value) != nil {
			d.field.Error, view.Invalid = "Nhập ngày, ví dụ 30/11/2026", true
		}
	}
	if before, err := id.Parse[id.Credit](v.query("sau")); err == nil {
		filter.Before = before
	}
	var list []collect.Credit
	var next id.Credit
	err := v.view(func(tx *db.Tx) (err error) { list, next, err = collect.Credits(tx, filter); return err })
	if err != nil {
		return err
	}
	for _, one := range creditViews {
		view.Tabs.Items = append(view.Tabs.Items, page.Tab{
			Text: one.name, Current: one.word == v.query("loc"),
			Href: with("/desk/tien-ve", "loc", one.word, "tim", filter.Text, "cach", string(filter.Method), "tu", view.From.Value, "den", view.To.Value),
		})
	}
	if w := v.query("loc"); w != "" {
		view.Hidden = []page.Hidden{{Name: "loc", Value: w}}
	}
	view.Find = page.Field{Name: "tim", Label: "Tìm khoản tiền", Hint: "Lời chuyển tiền, tên người chuyển, mã giao dịch hoặc số tiền", Value: filter.Text, Key: "/"}
	view.Method = page.Select{Name: "cach", Label: "Cách trả", Short: true, Options: []page.Option{{Text: "Mọi cách"}}}
	for _, m := range methodNames {
		view.Method.Options = append(view.Method.Options, page.Option{Value: string(m.method), Text: m.name, Selected: m.method == filter.Method})
	}
	if len(list) == 0 {
		view.Empty = &page.Empty{Icon: "bank", Title: "Không có khoản tiền nào như vậy", Note: "Tiền về qua ngân hàng, sao kê hay quầy đều hiện ở đây."}
		return v.render(http.StatusOK, "credits", view)
	}
	t := creditTable(v, list)
	view.Credits = &t
	if next == 0 {
		view.Pager = v.nextPage("sau", "", "Hết danh sách")
	} else {
		view.Pager = v.nextPage("sau", next.String(), "Mỗi trang "+count(creditsPerPage, "khoản"))
	}
	return v.render(http.StatusOK, "credits", view)
}

func creditTable(v *visit, list []collect.Credit) page.Table {
	t := page.Table{Caption: "Khoản tiền về", Slips: true, Columns: []page.Column{
		{Head: "Người chuyển", Tight: true}, {Head: "Lời chuyển tiền", Long: true}, {Head: "Lúc", Tight: true}, {Head: "Cách trả", Tight: true}, {Head: "Số tiền", Number: true}, {Head: "Tình trạng"},
	}}
	for _, c := range list {
		t.Rows = append(t.Rows, page.Row{Cells: []any{
			page.Link{Text: senderOf(c), Href: "/desk/tien-ve/" + c.ID.String()},
			c.Memo, page.HTMLf(`<span class="num">%s</span>`, shortTime(c.ReceivedAt, v.today)),
			methodName(c.Method), c.Amount, creditTag(c),
		}})
	}
	return t
}

type creditView struct {
	page.Chrome
	Mistakes page.Mistakes
	Notice   *page.Notice
	Crumbs   []page.Link
	Credit   collect.Credit
	Edge     string
	Tag      page.Tag
	Evidence []page.Pair
	Where    page.Lines
	Argument page.Table
	Actions  []page.Link
	Undo     *page.Field // reason for taking the matches back; nil when that is not possible
	Action   string
}

// dossier is a credit with everything known about it, read in one snapshot.
type dossier struct {
	collect.Credit
	allocs    []collect.Allocation
	sightings []collect.Sighting
	bills     map[id.Bill]bill.Bill
	receipts  map[id.Alloc]collect.Receipt
	people    map[id.User]string
}

func (v *visit) readDossier(tx *db.Tx, a access.Action) (*dossier, error) {
	c, err := v.credit(tx, a)
	if err != nil {
		return nil, err
	}
	d := &dossier{Credit: c, receipts: map[id.Alloc]collect.Receipt{}}
	if d.allocs, err = collect.AllocationsOf(tx, c.ID); err != nil {
		return nil, err
	}
	if d.sightings, err = collect.SightingsOf(tx, c.ID); err != nil {
		return nil, err
	}
	receipts, err := collect.ReceiptsOfCredit(tx, c.ID)
	if err != nil {
		return nil, err
	}
	for _, r := range receipts {
		d.receipts[r.Allocation] = r
	}
	var ids []id.Bill
	for _, al := range d.allocs {
		if al.Bill != 0 {
			ids = append(ids, al.Bill)
		}
	}
	if d.bills, err = bill.ByIDs(tx, ids); err != nil {
		return nil, err
	}
	d.people, err = staff(tx, c.Facility)
	return d, err
}

// showCredit answers GET /desk/tien-ve/{credit}: the evidence, where each đồng is, and why.
func (f *face) showCredit(v *visit) error { return f.creditPage(v, http.StatusOK, "", nil, nil) }

func (f *face) creditPage(v *visit, status int, note string, wrong page.Mistakes, notice *page.Notice) error {
	var d *dossier
	err := v.view(func(tx *db.Tx) (err error) { d, err = v.readDossier(tx, access.ViewCredits); return err })
	if err != nil {
		return err
	}
	at := "/desk/tien-ve/" + d.ID.String()
	view := creditView{
		Chrome: v.chrome("Khoản tiền " + d.Amount.String()), Mistakes: wrong, Notice: notice, Credit: d.Credit, Tag: creditTag(d.Credit),
		Crumbs: []page.Link{{Text: "Tiền về", Href: "/desk/tien-ve"}, {Text: d.Amount}}, Evidence: v.evidence(d), Where: whereLines(v, d), Argument: argumentTable(v, d), Action: at + "/go",
	}
	view.Invalid = len(wrong) > 0
	switch {
	case d.Suspense > 0:
		view.Edge = "sheet--wait"
	case d.Allocated > 0:
		view.Edge = "sheet--paid"
	}
	add := func(ok bool, l page.Link) {
		if ok {
			view.Actions = append(view.Actions, l)
		}
	}
	add(d.Suspense > 0, page.Link{Text: "Ghi vào phiếu", Href: "/desk/cho-xu-ly/" + d.ID.String(), Class: "btn--main"})
	add(d.Surplus > 0 && v.can(access.AssignCredits), page.Link{Text: "Dùng tiền thừa cho phiếu khác", Href: at + "/dung"})
	add(d.Suspense+d.Surplus > 0 && v.can(access.ReturnCredits), page.Link{Text: "Trả lại người chuyển", Href: at + "/tra-lai"})
	if v.can(access.AssignCredits) && d.Returned == 0 && d.Reversed == 0 && d.Allocated+d.Surplus > 0 {
		view.Undo = &page.Field{Name: "ly-do", Label: "Vì sao gỡ", Hint: "Ghi lại để người sau hiểu, ví dụ “ghi nhầm em cùng tên”", Value: note, Error: wrong.At("ly-do"), MaxLength: maxNote}
	}
	return v.render(status, "credit", view)
}

// maxNote is the length of a note on a decision.
const maxNote = 200

// evidence is what the bank and others told of the credit.
func (v *visit) evidence(d *dossier) []page.Pair {
	out := []page.Pair{{Label: "Lời chuyển tiền", Value: d.Memo}, {Label: "Người chuyển", Value: senderOf(d.Credit), Note: account(d.PayerBank, d.PayerAccount)}}
	if d.Memo == "" {
		out[0].Value = "không có"
	}
	out = append(out, page.Pair{Label: "Ngày ghi sổ ở ngân hàng", Value: d.BookedOn})
	if !d.OccurredAt.IsZero() {
		out = append(out, page.Pair{Label: "Lúc chuyển", Value: d.OccurredAt})
	}
	out = append(out, page.Pair{Label: "Lúc Sen biết", Value: d.ReceivedAt}, page.Pair{Label: "Cách trả", Value: methodName(d.Method)})
	for _, p := range []page.Pair{
		{Label: "Mã giao dịch ngân hàng", Value: d.BankRef}, {Label: "Số tài khoản riêng", Value: d.VirtualAccount}, {Label: "Mã đơn của đối tác", Value: d.OrderID}, {Label: "Mã tham chiếu RF", Value: d.RF},
	} {
		if p.Value != "" {
			out = append(out, p)
		}
	}
	seen := page.HTMLf("%s, mã %s", streamName(d.Stream), d.PartnerRef)
	for _, s := range d.sightings {
		seen += page.HTMLf("<br>%s, mã %s, %s", streamName(s.Stream), s.PartnerRef, s.At)
	}
	if d.Stream == "cash" {
		seen = page.HTMLf("%s", streamName(d.Stream))
	}
	out = append(out, page.Pair{Label: "Thấy ở", Value: seen, Note: "mỗi khoản chỉ ghi sổ một lần, dù thấy ở mấy nơi"})
	if d.RawSHA256 != "" {
		out = append(out, page.Pair{Label: "Dấu vân tay bản gốc (SHA-256)", Value: page.HTMLf(`<span class="note">%s</span>`, breakable(d.RawSHA256))})
	}
	if d.File != 0 && v.can(access.ImportStatement) {
		out = append(out, page.Pair{Label: "Từ tệp sao kê", Value: act("Xem sao kê", "/desk/sao-ke/"+d.File.String())})
	}
	return out
}

func account(bank, number string) string {
	if bank != "" && number != "" {
		return bank + " " + number
	}
	return bank + number
}

// whereLines says where each đồng is now; the sum is the credit.
func whereLines(v *visit, d *dossier) page.Lines {
	out := page.Lines{Caption: "Số tiền này đang ở đâu", Total: &page.Line{Label: "Cộng", Value: d.Amount}}
	for _, al := range d.allocs {
		if !al.UndoneAt.IsZero() {
			continue
		}
		switch b := d.bills[al.Bill]; al.Kind {
		case "bill":
			out.Rows = append(out.Rows, page.Line{Label: "Phiếu của " + personOf(v.facility, b), Href: "/desk/phieu/" + b.ID.String(), Note: page.Code(b.Code), Value: al.Amount})
		case "surplus":
			out.Rows = append(out.Rows, page.Line{Label: "Tiền thừa của người trả", Note: "từ phiếu của " + personOf(v.facility, b), Value: al.Amount})
		case "return":
			out.Rows = append(out.Rows, page.Line{Label: "Trả lại người chuyển", Note: al.Note, Value: al.Amount})
		}
	}
	if d.Suspense > 0 {
		out.Rows = append(out.Rows, page.Line{Label: "Chờ xử lý", Note: reasonText(d.Reason), Value: d.Suspense})
	}
	if d.Reversed > 0 {
		out.Rows = append(out.Rows, page.Line{Label: "Ngân hàng đã thu hồi", Value: d.Reversed})
	}
	return out
}

// argumentTable says why the money is where it is: rule, evidence, who and when; what was
// taken back stays in the list.
func argumentTable(v *visit, d *dossier) page.Table {
	t := page.Table{Caption: "Vì sao ghi như vậy", Slips: true, Still: true, Columns: []page.Column{
		{Head: "Lúc", Tight: true}, {Head: "Vì sao", Long: true}, {Head: "Tìm thấy", Long: true}, {Head: "Người quyết định"}, {Head: "Số tiền", Number: true}, {Head: "Biên lai", Tight: true},
	}}
	for _, al := range d.allocs {
		why := page.HTMLf("%s", capital(ruleText(al.Rule)))
		if al.Note != "" {
			why += page.HTMLf(`<span class="note">%s</span>`, al.Note)
		}
		if !al.UndoneAt.IsZero() {
			why += page.HTMLf(`<span class="note">đã gỡ %s</span>`, shortTime(al.UndoneAt, v.today))
		}
		who := "Máy tự ghi"
		if al.By != 0 {
			who = d.people[al.By]
		}
		var receipt any
		if r, ok := d.receipts[al.ID]; ok {
			receipt = page.Link{Text: r.No(), Href: "/desk/bien-lai/" + r.ID.String()}
		}
		t.Rows = append(t.Rows, page.Row{Cells: []any{page.HTMLf(`<span class="num">%s</span>`, shortTime(al.At, v.today)), why, evidenceOf(al.Evidence), who, al.Amount, receipt}})
	}
	return t
}

// unmatchCredit answers POST /desk/tien-ve/{credit}/go: all matches of the credit are taken
// back and it waits again.
func (f *face) unmatchCredit(v *visit) error {
	if err := v.form(); err != nil {
		return err
	}
	var c collect.Credit
	if err := v.view(func(tx *db.Tx) (err error) { c, err = v.credit(tx, access.AssignCredits); return err }); err != nil {
		return err
	}
	note := v.field("ly-do")
	if v.query("hoan-tac") != "" {
		note = "hoàn tác ngay sau khi ghi"
	}
	if note == "" {
		var m page.Mistakes
		m.Add("ly-do", "Nhập lý do gỡ, vài chữ là đủ")
		return f.creditPage(v, unprocessable, note, m, nil)
	}
	if _, err := f.Collect.Unmatch(v.r.Context(), v.actor(), c.ID, cut(note, maxNote)); err != nil {
		return refused(err, func(status int, n page.Notice) error { return f.creditPage(v, status, note, nil, &n) })
	}
	return v.goTo("/desk/cho-xu-ly/"+c.ID.String(), "Đã gỡ "+c.Amount.String()+", khoản này chờ xử lý lại", "")
}

// undoOf is the address that takes a decision about a credit back at once.
func undoOf(c id.Credit) string { return "/desk/tien-ve/" + c.String() + "/go?hoan-tac=1" }

func cut(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most])
	}
	return s
}
