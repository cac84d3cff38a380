package desk

import (
	"bytes"
	"fmt"
	"net/http"

	"github.com/sen-platform/sen/internal/access"
	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/doc"
	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/vn"
	"github.com/sen-platform/sen/internal/web/page"
)

// noticesInOne is how many notices one file holds: the writer keeps 24 kB for each.
const noticesInOne = 1500

// unpaidStatuses are the bills that a notice asks money for.
var unpaidStatuses = []bill.Status{bill.StatusOpen, bill.StatusPartlyPaid, bill.StatusExpired}

// sendNotices answers GET /desk/dot-thu/{round}/thong-bao.pdf: notices of all unpaid bills of
// the round in roll order, or of one class with ?lop=.
func (f *face) sendNotices(v *visit) error {
	var r bill.Round
	var out bytes.Buffer
	name := "thong-bao"
	err := v.view(func(tx *db.Tx) error {
		var err error
		if r, err = v.round(tx, access.ViewBills); err != nil {
			return err
		}
		filter := bill.Filter{Round: r.ID, Status: unpaidStatuses, Today: v.today}
		var classes []string
		if class := v.query("lop"); class != "" {
			if class == noClass {
				class = ""
			}
			classes, filter.Class = []string{class}, &class
			name += "-" + vn.Memo(class)
		}
		n, err := bill.Count(tx, filter)
		switch {
		case err != nil:
			return err
		case n == 0:
			return slip("Không có phiếu nào còn phải thu, nên không có gì để in.")
		case n > noticesInOne:
			return slip(fmt.Sprintf("Có %s, nhiều quá cho một tệp (nhiều nhất %s). Tải theo từng lớp.", count(n, "phiếu"), page.Count(noticesInOne)))
		}
		head, err := v.letterhead(tx)
		if err != nil {
			return err
		}
		w, err := doc.NewNoticeWriter(&out, doc.NoticeOptions{Title: r.Name, MadeAt: f.Clock.Now(), Sample: f.Sample, PageByClass: true})
		if err != nil {
			return err
		}
		err = bill.EachNotice(tx, r.ID, classes, unpaidStatuses, v.today, func(n bill.Notice) error {
			one, err := f.notice(head, n)
			if err != nil {
				return err
			}
			return w.Add(one)
		})
		if err != nil {
			return err
		}
		return w.Close()
	})
	if err != nil {
		return err
	}
	return v.send("application/pdf", name+".pdf", out.Bytes())
}

const xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// sendRoundList answers GET /desk/dot-thu/{round}/bang-ke.xlsx: every bill of the round in
// roll order, with what was received.
func (f *face) sendRoundList(v *visit) error {
	var out bytes.Buffer
	err := v.view(func(tx *db.Tx) error {
		r, err := v.round(tx, access.ViewBills)
		if err != nil {
			return err
		}
		book, err := doc.NewWorkbook("Bảng kê "+lowerFirst(r.Name), f.Clock.Now())
		if err != nil {
			return err
		}
		defer book.Close()
		sheet, err := book.Sheet("Bảng kê", []doc.Column{
			{Title: classWord(v.facility)},
			{Title: "Mã " + lowerFirst(person(v.facility))},
			{Title: "Họ và tên", Width: 26},
			{Title: "Người trả", Width: 26},
			{Title: "Điện thoại", Width: 13},
			{Title: "Mã hóa đơn", Width: 15},
			{Title: "Phải thu", Kind: doc.Money},
			{Title: "Đã nhận", Kind: doc.Money},
			{Title: "Còn phải thu", Kind: doc.Money},
			{Title: "Tình trạng", Width: 18},
			{Title: "Hạn trả", Kind: doc.Date},
			{Title: "Trả đủ lúc", Kind: doc.Instant},
			{Title: "Trang của người trả", Width: 60},
		}, r.Name, v.facility.Name, "Lập lúc "+vn.DateTime(f.Clock.Now()))
		if err != nil {
			return err
		}
		filter := bill.Filter{Round: r.ID, Order: bill.ByRoll, Limit: 1000, Today: v.today}
		for more := true; more; more = filter.Cursor != "" {
			p, err := bill.Search(tx, filter)
			if err != nil {
				return err
			}
			for _, b := range p.Bills {
				open, link := any(b.Open()), f.BaseURL+"/p/"+b.Token
				if b.State == bill.Cancelled {
					open, link = nil, ""
				}
				if b.State == bill.Draft {
					link = ""
				}
				err := sheet.Row(b.Class, b.BeneficiaryCode, b.PersonName(), b.PayerName, b.PayerPhone, string(b.Code), b.Total, b.Paid, open,
					b.Status(v.today).Label(), b.DueOn, b.PaidAt, link)
				if err != nil {
					return err
				}
			}
			filter.Cursor = p.Next
		}
		if err := sheet.Total("Cộng"); err != nil {
			return err
		}
		return book.Write(&out)
	})
	if err != nil {
		return err
	}
	return v.send(xlsx, "bang-ke.xlsx", out.Bytes())
}

// sendIssues answers GET /desk/dot-thu/{round}/dong-sua.xlsx: every place that needs a person,
// to be worked through away from the screen.
func (f *face) sendIssues(v *visit) error {
	var out bytes.Buffer
	err := v.view(func(tx *db.Tx) error {
		r, err := v.round(tx, access.EditBills)
		if err != nil {
			return err
		}
		book, err := doc.NewWorkbook("Dòng cần sửa, "+lowerFirst(r.Name), f.Clock.Now())
		if err != nil {
			return err
		}
		defer book.Close()
		sheet, err := book.Sheet("Dòng cần sửa", []doc.Column{
			{Title: "Trang tính"},
			{Title: "Dòng", Kind: doc.Count},
			{Title: "Ô"},
			{Title: classWord(v.facility)},
			{Title: "Họ và tên", Width: 26},
			{Title: "Cột", Width: 20},
			{Title: "Đang ghi", Width: 20},
			{Title: "Vì sao chưa dùng được", Width: 50},
			{Title: "Cách sửa", Width: 50},
			{Title: "Gợi ý", Width: 20},
		}, "Dòng cần sửa: "+r.Name)
		if err != nil {
			return err
		}
		for after := int64(0); ; {
			list, err := bill.Issues(tx, r.ID, after, 500)
			if err != nil {
				return err
			}
			if len(list) == 0 {
				break
			}
			for _, i := range list {
				if err := sheet.Row(i.Sheet, i.Row, i.Cell, i.Class, i.Name, i.FieldLabel, i.Value, i.Reason, i.Remedy, i.Suggestion); err != nil {
					return err
				}
			}
			after = list[len(list)-1].N
		}
		return book.Write(&out)
	})
	if err != nil {
		return err
	}
	return v.send(xlsx, "dong-can-sua.xlsx", out.Bytes())
}

type changesView struct {
	page.Chrome
	Crumbs                 []page.Link
	Heading, Lead          string
	Stats                  []page.Stat
	Fees                   *page.Table
	Entered, Left, Changed *page.Table
	Different              *page.Table
	Empty                  *page.Empty
}

const changesListed = 200

// showChanges answers GET /desk/dot-thu/{round}/thay-doi: who came, who left, whose amount
// changed since the round before (N9), and which rows differ from bills that stand.
func (f *face) showChanges(v *visit) error {
	var r bill.Round
	var d bill.Diff
	var previous bill.Round
	var kinds []org.FeeKind
	var imports []bill.ImportRecord
	err := v.view(func(tx *db.Tx) error {
		var err error
		if r, err = v.round(tx, access.ViewBills); err != nil {
			return err
		}
		if d, err = bill.ChangedSince(tx, r.ID, changesListed); err != nil {
			return err
		}
		if imports, err = bill.Imports(tx, r.ID); err != nil {
			return err
		}
		if kinds, err = org.FeeKinds(tx, "", ""); err != nil || r.Previous == 0 {
			return err
		}
		previous, err = bill.RoundByID(tx, r.Previous)
		return err
	})
	if err != nil {
		return err
	}
	at := "/desk/dot-thu/" + r.ID.String()
	view := changesView{
		Chrome: v.chrome("Thay đổi"), Heading: "Thay đổi của " + lowerFirst(r.Name),
		Crumbs: []page.Link{{Text: "Đợt thu", Href: "/desk/dot-thu"}, {Text: r.Name, Href: at}, {Text: "Thay đổi"}},
	}
	if len(imports) > 0 {
		view.Different = differentTable(v, imports[0].Result)
	}
	if r.Previous == 0 {
		view.Empty = &page.Empty{Icon: "info", Title: "Chưa có đợt nào trước đó để so", Note: "Từ đợt sau, trang này kể em nào vào, em nào ra, số tiền nào đổi."}
		return v.render(http.StatusOK, "changes", view)
	}
	view.Lead = "So với " + lowerFirst(previous.Name) + ". Ghép theo mã, không có mã thì theo họ tên, ngày sinh và " + lower(classWord(v.facility)) + "."
	who := someone(v.facility)
	view.Stats = []page.Stat{
		{Label: "Vào", Value: count(d.Entered, who), Note: "đợt trước không có phiếu"},
		{Label: "Ra", Value: count(d.Left, who), Note: "đợt này không có phiếu"},
		{Label: "Đổi số tiền", Value: count(d.Changed, who)},
		{Label: "Giữ nguyên", Value: count(d.Same, who)},
	}
	view.Entered = peopleTable(v, "Vào", d.EnteredList, d.Entered)
	view.Left = peopleTable(v, "Ra", d.LeftList, d.Left)
	if len(d.ChangedList) > 0 {
		t := page.Table{Caption: "Đổi số tiền", Slips: true, Columns: []page.Column{{Head: person(v.facility)}, {Head: "Đợt trước", Number: true}, {Head: "Đợt này", Number: true}, {Head: "Chênh", Number: true}}}
		for _, c := range d.ChangedList {
			t.Rows = append(t.Rows, page.Row{Cells: []any{personCell(v, c.Person), c.Before, c.Total, off(c.Total - c.Before)}})
		}
		view.Changed = &t
	}
	if len(d.Fees) > 0 {
		t := page.Table{Caption: "Theo khoản thu", Slips: true, Still: true, Columns: []page.Column{{Head: "Khoản thu"}, {Head: "Phiếu đợt trước", Number: true}, {Head: "Phiếu đợt này", Number: true}, {Head: "Tiền đợt trước", Number: true}, {Head: "Tiền đợt này", Number: true}}}
		for _, fee := range d.Fees {
			name := fee.FeeKind.String()
			for _, k := range kinds {
				if k.ID == fee.FeeKind {
					name = k.Name
				}
			}
			t.Rows = append(t.Rows, page.Row{Cells: []any{name, fee.BillsBefore, fee.BillsAfter, fee.AmountBefore, fee.AmountAfter}})
		}
		view.Fees = &t
	}
	return v.render(http.StatusOK, "changes", view)
}

func personCell(v *visit, p bill.Person) any {
	return page.Stacked{Value: page.Link{Text: p.Name, Href: "/desk/phieu/" + p.Bill.String()}, Note: className(v.facility, p.Class)}
}

// peopleTable lists people with their amounts; nil when there are none.
func peopleTable(v *visit, caption string, list []bill.Person, all int) *page.Table {
	if len(list) == 0 {
		return nil
	}
	if all > len(list) {
		caption += fmt.Sprintf(" (%d người đầu trong %s)", len(list), page.Count(int64(all)))
	}
	t := page.Table{Caption: caption, Slips: true, Columns: []page.Column{{Head: person(v.facility)}, {Head: "Số tiền", Number: true}}}
	for _, p := range list {
		t.Rows = append(t.Rows, page.Row{Cells: []any{personCell(v, p), p.Total}})
	}
	return &t
}

// differentTable lists rows that say something else than bills an import may not change; nil
// when there are none.
func differentTable(v *visit, res bill.ImportResult) *page.Table {
	if len(res.Different) == 0 {
		return nil
	}
	t := page.Table{Caption: "Dòng khác với phiếu đã có", Slips: true, Columns: []page.Column{{Head: person(v.facility)}, {Head: "Dòng", Tight: true}, {Head: "Trên phiếu", Number: true}, {Head: "Trong bảng", Number: true}, {Head: "Vì sao không tự đổi", Long: true}}}
	for _, d := range res.Different {
		t.Rows = append(t.Rows, page.Row{Cells: []any{personCell(v, d.Person), fmt.Sprintf("%s, dòng %d", d.Sheet, d.Row), d.Total, d.RowTotal, d.Why}})
	}
	return &t
}
