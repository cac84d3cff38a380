package desk

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/sen-platform/sen/internal/access"
	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/rail"
	"github.com/sen-platform/sen/internal/vnd"
	"github.com/sen-platform/sen/internal/web/page"
)

type tillView struct {
	page.Chrome
	Find  page.Field
	Found *page.Table
	Empty *page.Empty
	Sum   []page.Stat
	Today *page.Table
}

const (
	tillFound  = 12
	tillListed = 100
)

// showTill answers GET /desk/tien-mat: find the bill, and what was taken in cash today.
func (f *face) showTill(v *visit) error {
	words := v.query("tim")
	var found bill.Page
	var cash []collect.Credit
	var sum collect.CashSum
	var surplus []collect.Credit
	var who map[id.Credit]collect.Allocation
	var bills map[id.Bill]bill.Bill
	var people map[id.User]string
	err := v.view(func(tx *db.Tx) error {
		var err error
		if words != "" {
			if found, err = bill.Search(tx, bill.Filter{Facility: v.facility.ID, Text: words, Status: unpaidStatuses, Today: v.today, Limit: tillFound}); err != nil {
				return err
			}
		}
		if cash, sum, err = collect.CashOn(tx, v.facility.ID, v.today, tillListed); err != nil {
			return err
		}
		if surplus, _, err = collect.Credits(tx, collect.CreditFilter{Facility: v.facility.ID, Surplus: true, Limit: 1}); err != nil {
			return err
		}
		if who, bills, err = behindCash(tx, cash); err != nil {
			return err
		}
		people, err = staff(tx, v.facility.ID)
		return err
	})
	if err != nil {
		return err
	}
	view := tillView{Chrome: v.chrome("Quầy tiền mặt")}
	view.Find = page.Field{Name: "tim", Label: "Người nộp đưa phiếu nào?", Hint: "Mã hóa đơn, tên không cần dấu, lớp hoặc số điện thoại", Value: words, Key: "/"}
	if words != "" {
		if len(found.Bills) == 0 {
			view.Empty = &page.Empty{Icon: "search", Title: "Không có phiếu còn phải thu nào như vậy", Note: "Phiếu đã trả đủ hoặc chưa phát hành thì không hiện ở đây.", Next: &page.Link{Text: "Tìm trong mọi phiếu", Href: with("/desk/phieu", "tim", words)}}
		} else {
			t := page.Table{Caption: "Phiếu còn phải thu", Slips: true, Columns: []page.Column{{Head: person(v.facility)}, {Head: "Mã hóa đơn", Tight: true}, {Head: "Nội dung", Long: true}, {Head: "Còn phải thu", Number: true}, {}}}
			for _, b := range found.Bills {
				t.Rows = append(t.Rows, page.Row{Cells: []any{
					page.Stacked{Value: b.PersonName(), Note: className(v.facility, b.Class)},
					page.Code(b.Code), b.Reason, b.Open(),
					page.HTMLf(`<span class="row"><a class="btn" href="/desk/tien-mat/%s">Thu tiền<span class="vh"> phiếu của %s</span></a></span>`, b.ID.String(), b.PersonName()),
				}})
			}
			view.Found = &t
		}
	}
	view.Sum = []page.Stat{{Label: "Tiền mặt hôm nay", Value: sum.Amount, Note: count(sum.N, "lượt")}}
	if len(surplus) > 0 && v.can(access.AssignCredits) {
		view.Sum = append(view.Sum, page.Stat{Label: "Tiền thừa của người trả", Value: page.Link{Text: "Xem danh sách", Href: "/desk/tien-ve?loc=thua"}, Note: "dùng cho phiếu sau hoặc trả lại"})
	}
	if len(cash) > 0 {
		t := cashTable(v, cash, who, bills, people)
		view.Today = &t
	}
	return v.render(http.StatusOK, "till", view)
}

// behindCash finds the bill each cash credit went on, and who took it.
func behindCash(tx *db.Tx, cash []collect.Credit) (map[id.Credit]collect.Allocation, map[id.Bill]bill.Bill, error) {
	ids := make([]id.Credit, len(cash))
	for i, c := range cash {
		ids[i] = c.ID
	}
	allocs, err := collect.AllocationsOf(tx, ids...)
	if err != nil {
		return nil, nil, err
	}
	first := map[id.Credit]collect.Allocation{}
	var of []id.Bill
	for _, al := range allocs {
		if _, there := first[al.Credit]; !there {
			first[al.Credit] = al
			of = append(of, al.Bill)
		}
	}
	bills, err := bill.ByIDs(tx, of)
	return first, bills, err
}

func cashTable(v *visit, cash []collect.Credit, who map[id.Credit]collect.Allocation, bills map[id.Bill]bill.Bill, people map[id.User]string) page.Table {
	t := page.Table{Caption: "Tiền mặt hôm nay", Slips: true, Columns: []page.Column{{Head: "Lúc", Tight: true}, {Head: "Của ai"}, {Head: "Mã hóa đơn", Tight: true}, {Head: "Người thu"}, {Head: "Số tiền", Number: true}, {Head: "Tình trạng"}}}
	for _, c := range cash {
		al := who[c.ID]
		b := bills[al.Bill]
		tag := page.Tag{State: page.Paid, Text: "Đã thu"}
		if !al.UndoneAt.IsZero() {
			tag = creditTag(c)
		}
		t.Rows = append(t.Rows, page.Row{Cells: []any{
			page.HTMLf(`<span class="num">%s</span>`, shortTime(c.ReceivedAt, v.today)),
			page.Link{Text: personOf(v.facility, b), Href: "/desk/phieu/" + b.ID.String()},
			page.Code(b.Code), people[al.By], c.Amount, tag,
		}})
	}
	return t
}

type cashView struct {
	page.Chrome
	Mistakes page.Mistakes
	Notice   *page.Notice
	Crumbs   []page.Link
	Who      string
	Code     string
	Open     vnd.Amount
	Lines    page.Lines
	Paid     vnd.Amount
	Action   string
	Key      string
	Fields   []page.Field
	Back     page.Link
}

// changeHint is a sum somebody may hand over, and what goes back.
type changeHint struct{ Given, Back vnd.Amount }

// askCash answers GET /desk/tien-mat/{bill}.
func (f *face) askCash(v *visit) error {
	return f.cashPage(v, http.StatusOK, nil, nil, nil)
}

// cashPage draws the form that takes cash; typed is nil the first time.
func (f *face) cashPage(v *visit, status int, typed map[string]string, wrong page.Mistakes, notice *page.Notice) error {
	var b bill.Bill
	var lines []bill.Line
	var plan []bill.Instalment
	err := v.view(func(tx *db.Tx) error {
		var err error
		if b, err = v.bill(tx, access.TakeCash); err != nil {
			return err
		}
		all, err := bill.LinesOf(tx, []id.Bill{b.ID})
		if err != nil {
			return err
		}
		plans, err := bill.InstalmentsOf(tx, []id.Bill{b.ID})
		lines, plan = all[b.ID], plans[b.ID]
		return err
	})
	if err != nil {
		return err
	}
	if b.State != bill.Published || b.Open() == 0 {
		return v.goTo("/desk/phieu/"+b.ID.String(), "", "")
	}
	if typed == nil {
		typed = map[string]string{"so-tien": b.AmountDue(plan, v.today).Grouped(), "khoa": id.NewToken()}
	}
	view := cashView{
		Chrome: v.chrome("Thu tiền mặt"), Mistakes: wrong, Notice: notice, Who: personOf(v.facility, b), Code: string(b.Code), Open: b.Open(), Paid: b.Paid,
		Lines: billLines(lines, b.Total), Action: "/desk/tien-mat/" + b.ID.String(), Key: typed["khoa"],
		Crumbs: []page.Link{{Text: "Quầy tiền mặt", Href: "/desk/tien-mat"}, {Text: b.Code.Display()}}, Back: page.Link{Text: "Chưa thu", Href: "/desk/tien-mat", Class: "btn--quiet"},
	}
	view.Invalid = len(wrong) > 0
	view.Fields = []page.Field{
		{Name: "so-tien", Label: "Số tiền thu", Hint: partsHint(b, plan), Value: typed["so-tien"], InputMode: "numeric", Short: true, Error: wrong.At("so-tien")},
		{Name: "dua", Label: "Người nộp đưa", Optional: true, Hint: givenHint(typed["so-tien"]), Value: typed["dua"], InputMode: "numeric", Short: true, Error: wrong.At("dua")},
		{Name: "nguoi-nop", Label: "Người nộp", Optional: true, Hint: "Để trống nếu là " + b.PayerName, Value: typed["nguoi-nop"], MaxLength: bill.MaxName, Error: wrong.At("nguoi-nop")},
	}
	return v.render(status, "cash", view)
}

// givenHint says what goes back for usual banknotes.
func givenHint(amount string) string {
	hint := "Điền thì máy tính tiền trả lại"
	a, err := vnd.Parse(amount)
	if err != nil {
		return hint
	}
	var usual []string
	for _, c := range changeHints(a) {
		usual = append(usual, fmt.Sprintf("đưa %s trả lại %s", c.Given, c.Back))
	}
	if len(usual) == 0 {
		return hint
	}
	return hint + ". " + capital(strings.Join(usual, "; "))
}

// partsHint says how much may be taken.
func partsHint(b bill.Bill, plan []bill.Instalment) string {
	switch {
	case b.PartPayment == org.Instalments && len(plan) > 1:
		var steps []string
		for i, p := range plan {
			steps = append(steps, fmt.Sprintf("đợt %d %s", i+1, p.Amount))
		}
		return "Trả theo đợt: " + strings.Join(steps, ", ")
	case b.PartPayment == org.NoParts:
		return "Phiếu này trả một lần"
	}
	return "Thu một phần cũng được"
}

// notes are banknotes that people hand over instead of the exact sum.
var notes = []vnd.Amount{50_000, 100_000, 200_000, 500_000}

// changeHints are the next round sums above an amount, at most three; none for an amount
// that banknotes pay exactly.
func changeHints(amount vnd.Amount) []changeHint {
	if amount <= 0 || amount > vnd.MaxBill || amount%100_000 == 0 {
		return nil
	}
	var out []changeHint
	last := amount
	for _, n := range notes {
		given := (amount + n - 1) / n * n
		if given > last && len(out) < 3 {
			out, last = append(out, changeHint{given, given - amount}), given
		}
	}
	return out
}

// takeCash answers POST /desk/tien-mat/{bill}. The form's key makes sending it twice safe.
func (f *face) takeCash(v *visit) error {
	if err := v.form(); err != nil {
		return err
	}
	var b bill.Bill
	if err := v.view(func(tx *db.Tx) (err error) { b, err = v.bill(tx, access.TakeCash); return err }); err != nil {
		return err
	}
	typed := map[string]string{}
	for _, name := range []string{"so-tien", "dua", "nguoi-nop", "khoa"} {
		typed[name] = v.field(name)
	}
	if typed["khoa"] == "" || len(typed["khoa"]) > 64 {
		typed["khoa"] = id.NewToken()
	}
	amount, given, wrong := readCash(typed, b)
	if len(wrong) > 0 {
		if paid, ok := f.sameCash(v, typed["khoa"]); ok { // sent before: the bill owes less by now
			return v.goTo(receiptAfter(paid, 0), "Khoản này đã thu lúc trước, không thu lần nữa", "")
		}
		return f.cashPage(v, unprocessable, typed, wrong, nil)
	}
	_, rec, err := f.Collect.TakeCash(v.r.Context(), v.actor(), collect.Cash{
		Facility: v.facility.ID, Bill: b.ID, Amount: amount, Payer: cut(typed["nguoi-nop"], bill.MaxName), Key: typed["khoa"],
	})
	if err != nil {
		return refused(err, func(status int, n page.Notice) error { return f.cashPage(v, status, typed, nil, &n) })
	}
	return v.goTo(receiptAfter(rec, given), "", "")
}

// receiptAfter is the page that follows cash: the receipt, with the change to give back.
func receiptAfter(r collect.Receipt, given vnd.Amount) string {
	text := ""
	if given > r.Amount {
		text = strconv.FormatInt(int64(given), 10)
	}
	return with("/desk/bien-lai/"+r.ID.String(), "vua-thu", "1", "dua", text)
}

// sameCash finds the receipt of a form that was sent before.
func (f *face) sameCash(v *visit, key string) (collect.Receipt, bool) {
	var out collect.Receipt
	err := v.view(func(tx *db.Tx) (err error) { out, err = collect.CashByKey(tx, v.facility.ID, key); return err })
	return out, err == nil
}

// readCash reads the amounts of the form against the bill.
func readCash(typed map[string]string, b bill.Bill) (amount, given vnd.Amount, wrong page.Mistakes) {
	amount, err := vnd.Parse(typed["so-tien"])
	switch {
	case errors.Is(err, vnd.ErrFraction), err != nil, amount <= 0:
		wrong.Add("so-tien", "Nhập số tiền thu, ví dụ 270.000")
	case amount > b.Open():
		wrong.Add("so-tien", fmt.Sprintf("Phiếu chỉ còn %s. Tiền thừa trả lại người nộp ngay tại quầy", b.Open()))
	case b.PartPayment == org.NoParts && amount < b.Open():
		wrong.Add("so-tien", fmt.Sprintf("Phiếu này trả một lần: thu đủ %s", b.Open()))
	}
	if typed["dua"] != "" {
		given, err = vnd.Parse(typed["dua"])
		switch {
		case err != nil || given <= 0:
			wrong.Add("dua", "Nhập số tiền người nộp đưa, ví dụ 500.000, hoặc để trống")
		case len(wrong) == 0 && given < amount:
			wrong.Add("dua", fmt.Sprintf("Người nộp đưa thiếu %s", amount-given))
		}
	}
	return amount, given, wrong
}

// isCash tells a receipt of the desk.
func isCash(r collect.Receipt) bool { return r.Method == rail.Cash }
