package desk

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/sen-platform/sen/internal/access"
	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/doc"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/rail"
	"github.com/sen-platform/sen/internal/vn"
	"github.com/sen-platform/sen/internal/vnd"
	"github.com/sen-platform/sen/internal/web/page"
)

type receiptsView struct {
	page.Chrome
	Find     page.Field
	Method   page.Select
	Receipts *page.Table
	Empty    *page.Empty
	Pager    *page.Pager
}

const receiptsPerPage = 50

// listReceipts answers GET /desk/bien-lai: by number, or by anything that finds the bill.
func (f *face) listReceipts(v *visit) error {
	words := v.query("tim")
	filter := collect.ReceiptFilter{Facility: v.facility.ID, Method: rail.Method(v.query("cach")), Limit: receiptsPerPage}
	filter.BeforeYear, filter.BeforeNumber, _ = receiptNumber(v.query("sau"))
	byNumber := false
	if year, number, ok := receiptNumber(words); ok {
		byNumber = true
		filter.Year, filter.Number = year, number
	}
	var list []collect.Receipt
	var bills map[id.Bill]bill.Bill
	more := false
	err := v.view(func(tx *db.Tx) error {
		var err error
		if words != "" && !byNumber {
			found, err := bill.Search(tx, bill.Filter{Facility: v.facility.ID, Text: words, Limit: 200})
			if err != nil {
				return err
			}
			for _, b := range found.Bills {
				filter.Bills = append(filter.Bills, b.ID)
			}
			if len(filter.Bills) == 0 {
				return nil
			}
		}
		if list, more, err = collect.Receipts(tx, filter); err != nil {
			return err
		}
		ids := make([]id.Bill, len(list))
		for i, r := range list {
			ids[i] = r.Bill
		}
		bills, err = bill.ByIDs(tx, ids)
		return err
	})
	if err != nil {
		return err
	}
	view := receiptsView{Chrome: v.chrome("Biên lai")}
	view.Find = page.Field{Name: "tim", Label: "Tìm biên lai", Hint: fmt.Sprintf("Số biên lai, ví dụ %d/0000012 hoặc 12, tên, mã hóa đơn", v.today.Time().Year()), Value: words, Key: "/"}
	view.Method = page.Select{Name: "cach", Label: "Cách trả", Short: true, Options: []page.Option{{Text: "Mọi cách"}}}
	for _, m := range methodNames {
		view.Method.Options = append(view.Method.Options, page.Option{Value: string(m.method), Text: m.name, Selected: m.method == filter.Method})
	}
	if len(list) == 0 {
		view.Empty = &page.Empty{Icon: "file", Title: "Không có biên lai nào như vậy", Note: "Mỗi khoản tiền ghi vào phiếu có một biên lai, tự đánh số."}
		return v.render(http.StatusOK, "receipts", view)
	}
	t := page.Table{Caption: "Biên lai", Slips: true, Columns: []page.Column{{Head: "Số", Tight: true}, {Head: "Của ai", Long: true}, {Head: "Mã hóa đơn", Tight: true}, {Head: "Ngày", Tight: true}, {Head: "Cách trả", Tight: true}, {Head: "Số tiền", Number: true}, {Head: "Tình trạng"}}}
	for _, r := range list {
		b := bills[r.Bill]
		t.Rows = append(t.Rows, page.Row{Cells: []any{page.Link{Text: r.No(), Href: "/desk/bien-lai/" + r.ID.String()}, personOf(v.facility, b), page.Code(b.Code), clock.DateOf(r.IssuedAt), methodName(r.Method), r.Amount, receiptTag(r)}})
	}
	view.Receipts = &t
	next := ""
	if more {
		next = list[len(list)-1].No()
	}
	view.Pager = v.nextPage("sau", next, "Mỗi trang "+count(receiptsPerPage, "biên lai"))
	return v.render(http.StatusOK, "receipts", view)
}

// receiptNumber reads "2026/0000012", "2026/12" and "12"; year 0 means any.
func receiptNumber(s string) (year int, number int64, ok bool) {
	y, n, both := strings.Cut(strings.ReplaceAll(s, " ", ""), "/")
	if !both {
		y, n = "0", y
	}
	year, err := strconv.Atoi(y)
	if err != nil || year < 0 || year > 9999 {
		return 0, 0, false
	}
	number, err = strconv.ParseInt(n, 10, 64)
	if err != nil || number <= 0 || len(n) > 9 { // a telephone number is none
		return 0, 0, false
	}
	return year, number, true
}

func receiptTag(r collect.Receipt) page.Tag {
	if r.State == collect.ReceiptReversed {
		return page.Tag{State: page.Danger, Text: "Không còn hiệu lực"}
	}
	return page.Tag{State: page.Paid, Text: "Có hiệu lực"}
}

// stub is a receipt with all that its paper says, read in one snapshot.
type stub struct {
	collect.Receipt
	bill   bill.Bill
	lines  []bill.Line
	credit collect.Credit
	alloc  collect.Allocation
	before vnd.Amount // on the bill when this money came
	head   letterhead
	people map[id.User]string
}

func (v *visit) readStub(tx *db.Tx) (*stub, error) {
	r, err := v.receipt(tx, access.ViewReceipts)
	if err != nil {
		return nil, err
	}
	s := &stub{Receipt: r}
	if s.bill, err = bill.ByID(tx, r.Bill); err != nil {
		return nil, err
	}
	lines, err := bill.LinesOf(tx, []id.Bill{r.Bill})
	if err != nil {
		return nil, err
	}
	s.lines = lines[r.Bill]
	if s.credit, err = collect.CreditByID(tx, r.Credit); err != nil {
		return nil, err
	}
	allocs, err := collect.AllocationsOfBills(tx, r.Bill)
	if err != nil {
		return nil, err
	}
	for _, al := range allocs {
		switch {
		case al.ID == r.Allocation:
			s.alloc = al
		case al.Kind == "bill" && al.ID < r.Allocation && (al.UndoneAt.IsZero() || al.UndoneAt.After(r.IssuedAt)):
			s.before += al.Amount
		}
	}
	if s.head, err = v.letterhead(tx); err != nil {
		return nil, err
	}
	s.people, err = staff(tx, r.Facility)
	return s, err
}

// checkAddress is where anybody can check the printed receipt.
func (f *face) checkAddress(s *stub) string {
	return f.BaseURL + "/r/" + s.ID.String() + "/" + f.Collect.CheckCode(s.Receipt, string(s.bill.Code))
}

type receiptView struct {
	page.Chrome
	Crumbs  []page.Link
	Verdict *page.Verdict
	Change  vnd.Amount // to give back
	Given   vnd.Amount
	Heading string
	Tag     page.Tag
	Edge    string
	Amount  vnd.Amount
	Facts   []page.Pair
	Print   string // address of the form that prints
	Word    string // on its button
	Check   page.CopyRow
	Next    *page.Link
}

// showReceipt answers GET /desk/bien-lai/{receipt}; after cash it is the page that says so.
func (f *face) showReceipt(v *visit) error {
	var s *stub
	if err := v.view(func(tx *db.Tx) (err error) { s, err = v.readStub(tx); return err }); err != nil {
		return err
	}
	b := s.bill
	view := receiptView{
		Chrome: v.chrome("Biên lai " + s.No()), Heading: "Biên lai " + s.No(), Tag: receiptTag(s.Receipt), Amount: s.Amount, Edge: "sheet--paid",
		Crumbs: []page.Link{{Text: "Biên lai", Href: "/desk/bien-lai"}, {Text: s.No()}}, Print: "/desk/bien-lai/" + s.ID.String() + "/in", Word: "In biên lai",
	}
	if s.Copies > 0 {
		view.Word = fmt.Sprintf("In lại, ghi rõ bản sao %d", s.Copies)
	}
	if s.State == collect.ReceiptReversed {
		view.Edge = ""
	}
	view.Facts = []page.Pair{
		{Label: person(v.facility), Value: act(personOf(v.facility, b), "/desk/phieu/"+b.ID.String())},
		{Label: "Người trả", Value: s.payer()},
		{Label: "Nội dung", Value: b.Reason},
		{Label: "Mã hóa đơn", Value: page.Code(b.Code)},
		{Label: "Cách trả", Value: methodName(s.Method), Note: s.credit.BankRef},
		{Label: "Lập lúc", Value: s.IssuedAt},
		{Label: "Người lập", Value: s.issuer()},
	}
	if s.State == collect.ReceiptReversed {
		view.Facts = append(view.Facts, page.Pair{Label: "Hết hiệu lực lúc", Value: s.ReversedAt, Note: "khoản tiền đã được gỡ khỏi phiếu hoặc ngân hàng thu hồi"})
	}
	view.Facts = append(view.Facts, page.Pair{Label: "Đã in", Value: printed(s.Copies)})
	if v.can(access.ViewCredits) {
		view.Facts = append(view.Facts, page.Pair{Label: "Khoản tiền", Value: act("Xem bằng chứng", "/desk/tien-ve/"+s.Credit.String())})
	}
	link := f.checkAddress(s)
	view.Check = page.CopyRow{Label: "Địa chỉ kiểm tra biên lai", Shown: page.HTMLf(`<span class="note">%s</span>`, breakable(link)), Copy: link}
	if v.query("vua-thu") != "" && isCash(s.Receipt) && s.State == collect.ReceiptValid {
		view.Verdict = &page.Verdict{State: page.Paid, Title: page.HTMLf("Đã thu %s tiền mặt", s.Amount), Text: personOf(v.facility, b)}
		if given, err := strconv.ParseInt(v.query("dua"), 10, 64); err == nil && vnd.Amount(given) > s.Amount && vnd.Amount(given) <= vnd.MaxBill {
			view.Given, view.Change = vnd.Amount(given), vnd.Amount(given)-s.Amount
		}
		if v.can(access.TakeCash) {
			view.Next = &page.Link{Text: "Thu phiếu khác", Href: "/desk/tien-mat"}
		}
	}
	return v.render(http.StatusOK, "receipt", view)
}

func printed(n int64) string {
	if n == 0 {
		return "chưa lần nào"
	}
	return count(n, "lần")
}

// payer is who paid: who stood at the desk, or the payer on the bill.
func (s *stub) payer() string {
	if isCash(s.Receipt) && s.credit.PayerName != "" {
		return s.credit.PayerName
	}
	return s.bill.PayerName
}

// issuer is the person whose decision made the receipt; Sen itself when money found its bill.
func (s *stub) issuer() string {
	if name := s.people[s.alloc.By]; name != "" {
		return name
	}
	return "Sen, tự động"
}

// printReceipt answers POST /desk/bien-lai/{receipt}/in with the paper. The first print is
// the original, every later one says which copy it is.
func (f *face) printReceipt(v *visit) error {
	var s *stub
	if err := v.view(func(tx *db.Tx) (err error) { s, err = v.readStub(tx); return err }); err != nil {
		return err
	}
	n, err := f.Collect.CountPrint(v.r.Context(), s.ID)
	if err != nil {
		return err
	}
	body, err := f.receiptPaper(s, int(n-1))
	if err != nil {
		return err
	}
	return v.send("application/pdf", "bien-lai-"+strings.ReplaceAll(s.No(), "/", "-")+".pdf", body)
}

// receiptPaper draws a receipt; copies is 0 for the original.
func (f *face) receiptPaper(s *stub, copies int) ([]byte, error) {
	link := f.checkAddress(s)
	qr, err := modules(link)
	if err != nil {
		return nil, err
	}
	b := s.bill
	rec := doc.Receipt{
		Payee: s.head.payee(), Number: s.No(), Year: s.Year, Payer: s.payer(), BeneficiaryLabel: person(s.head.facility), Beneficiary: b.BeneficiaryName,
		Class: s.head.class(b.Class), Reason: b.Reason, BillCode: string(b.Code), Lines: docLines(s.lines), PaidBefore: s.before, Received: s.Amount,
		Method: methodName(s.Method), BankRef: s.credit.BankRef, PaidAt: s.credit.OccurredAt, IssuedAt: s.IssuedAt, IssuedBy: s.issuer(),
		CheckURL: link, CheckQR: qr, Copy: copies, Sample: f.Sample,
	}
	if rec.PaidAt.IsZero() {
		rec.PaidAt = s.credit.BookedOn.Time()
	}
	if isCash(s.Receipt) {
		rec.Sign, rec.BankRef = true, ""
	}
	if s.State == collect.ReceiptReversed {
		rec.State, rec.StateNote = doc.ReceiptReversed, "Hết hiệu lực từ "+vn.DateTime(s.ReversedAt)
	}
	var out bytes.Buffer
	if err := doc.WriteReceipt(&out, &rec); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
