package desk

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/sen-platform/sen/internal/access"
	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/web/page"
)

func escape(s string) string { return url.QueryEscape(s) }

// noClass stands in addresses for bills without a class.
const noClass = "-"

func classParam(class string) string {
	if class == "" {
		return noClass
	}
	return class
}

type billsView struct {
	page.Chrome
	Heading string
	Find    page.Field
	Hidden  []page.Hidden
	Round   *page.Select
	Class   *page.Select
	New     *page.Link
	Tabs    page.Tabs
	Bills   *page.Table
	Empty   *page.Empty
	Pager   *page.Pager
}

// billViews are the tabs above the list of bills, by the word in the address.
var billViews = []struct {
	word, name string
	status     []bill.Status
	overdue    bool
}{
	{"", "Tất cả", nil, false},
	{"chua-tra", "Chưa trả", []bill.Status{bill.StatusOpen, bill.StatusExpired}, false},
	{"mot-phan", "Trả một phần", []bill.Status{bill.StatusPartlyPaid}, false},
	{"qua-han", "Quá hạn", nil, true},
	{"da-tra", "Đã trả", []bill.Status{bill.StatusPaid}, false},
	{"nhap", "Chưa phát hành", []bill.Status{bill.StatusDraft}, false},
	{"da-huy", "Đã hủy", []bill.Status{bill.StatusCancelled}, false},
}

const billsPerPage = 50

// filterOf reads the list's filter from the address.
func (v *visit) filterOf() bill.Filter {
	f := bill.Filter{Facility: v.facility.ID, Text: v.query("tim"), Today: v.today, Cursor: v.r.URL.Query().Get("sau"), Limit: billsPerPage}
	if round, err := id.Parse[id.Round](v.query("dot")); err == nil {
		f.Round, f.Order = round, bill.ByRoll
	}
	if class := v.query("lop"); class != "" {
		if class == noClass {
			class = ""
		}
		f.Class, f.Order = &class, bill.ByRoll
	}
	for _, one := range billViews {
		if one.word == v.query("loc") {
			f.Status, f.Overdue = one.status, one.overdue
		}
	}
	return f
}

// listBills answers GET /desk/phieu: the facility's bills by words, state, round and class.
func (f *face) listBills(v *visit) error {
	filter := v.filterOf()
	var found bill.Page
	var total int
	var rounds []bill.Round
	var classes []bill.ClassCount
	err := v.view(func(tx *db.Tx) error {
		var err error
		if found, err = bill.Search(tx, filter); err != nil {
			return err
		}
		if total, err = bill.Count(tx, filter); err != nil {
			return err
		}
		if rounds, err = bill.Rounds(tx, v.facility.ID, 0, 50); err != nil || filter.Round == 0 {
			return err
		}
		if r, err := bill.RoundByID(tx, filter.Round); err != nil || r.Facility != v.facility.ID {
			return errors.Join(db.ErrNotFound, err)
		}
		classes, err = bill.Wall(tx, filter.Round)
		return err
	})
	if errors.Is(err, bill.ErrCursor) {
		return v.goTo("/desk/phieu", "", "")
	}
	if err != nil {
		return err
	}
	view := billsView{Chrome: v.chrome("Phiếu thu"), Heading: count(total, "phiếu thu"), Tabs: v.billTabs()}
	view.Find = page.Field{Name: "tim", Label: "Tìm phiếu", Hint: "Tên không cần dấu, mã hóa đơn, mã " + lowerFirst(person(v.facility)) + ", lớp hoặc số điện thoại", Value: filter.Text, Key: "/"}
	if w := v.query("loc"); w != "" {
		view.Hidden = append(view.Hidden, page.Hidden{Name: "loc", Value: w})
	}
	if len(rounds) > 0 {
		view.Round = &page.Select{Name: "dot", Label: "Đợt thu", Options: []page.Option{{Text: "Mọi đợt"}}}
		for _, r := range rounds {
			view.Round.Options = append(view.Round.Options, page.Option{Value: r.ID.String(), Text: r.Name, Selected: r.ID == filter.Round})
		}
	}
	if len(classes) > 1 {
		view.Class = &page.Select{Name: "lop", Label: classWord(v.facility), Options: []page.Option{{Text: "Tất cả"}}}
		for _, c := range classes {
			text := c.Class
			if text == "" {
				text = "Không ghi"
			}
			view.Class.Options = append(view.Class.Options, page.Option{Value: classParam(c.Class), Text: text, Selected: filter.Class != nil && *filter.Class == c.Class})
		}
	}
	if v.can(access.EditBills) {
		view.New = &page.Link{Text: "Lập phiếu lẻ", Href: "/desk/phieu/moi", Icon: "plus", Class: "btn--main"}
	}
	if len(found.Bills) == 0 {
		view.Empty = v.noBills(filter)
		return v.render(http.StatusOK, "bills", view)
	}
	t := f.billTable(v, found.Bills)
	view.Bills = &t
	view.Pager = v.nextPage("sau", found.Next, "Mỗi trang "+count(billsPerPage, "phiếu"))
	return v.render(http.StatusOK, "bills", view)
}

func (v *visit) billTabs() page.Tabs {
	t := page.Tabs{Label: "Lọc theo tình trạng"}
	for _, one := range billViews {
		t.Items = append(t.Items, page.Tab{
			Text: one.name, Current: one.word == v.query("loc"),
			Href: with("/desk/phieu", "loc", one.word, "tim", v.query("tim"), "dot", v.query("dot"), "lop", v.query("lop")),
		})
	}
	return t
}

func (v *visit) noBills(f bill.Filter) *page.Empty {
	e := &page.Empty{Icon: "search", Title: "Không có phiếu nào như vậy", Note: "Thử ít chữ hơn, hoặc bỏ bớt điều kiện lọc.", Next: &page.Link{Text: "Xem mọi phiếu", Href: "/desk/phieu"}}
	if f.Text == "" && len(f.Status) == 0 && !f.Overdue && f.Round == 0 {
		e = &page.Empty{Icon: "list", Title: "Chưa có phiếu thu nào", Note: "Mở đợt thu từ bảng Excel, hoặc lập phiếu lẻ."}
	}
	return e
}

// billTable is a list of bills in one look for all pages.
func (f *face) billTable(v *visit, bills []bill.Bill) page.Table {
	t := page.Table{Caption: "Phiếu thu", Slips: true, Columns: []page.Column{
		{Head: person(v.facility)},
		{Head: "Mã hóa đơn", Tight: true},
		{Head: "Nội dung", Long: true},
		{Head: "Hạn", Tight: true},
		{Head: "Tổng", Number: true},
		{Head: "Còn phải thu", Number: true},
		{Head: "Tình trạng"},
	}}
	for _, b := range bills {
		open := any(b.Open())
		if b.State == bill.Cancelled {
			open = "không thu"
		}
		t.Rows = append(t.Rows, page.Row{Cells: []any{
			page.Stacked{Value: page.Link{Text: b.PersonName(), Href: "/desk/phieu/" + b.ID.String()}, Note: className(v.facility, b.Class)},
			page.Code(b.Code), b.Reason, b.DueOn, b.Total, open, billTag(b, v.today),
		}})
	}
	return t
}

// nextPage keeps the list's address and moves its cursor; nil when there is one page only.
func (v *visit) nextPage(param, next, note string) *page.Pager {
	q := v.r.URL.Query()
	p := &page.Pager{Note: note}
	if q.Get(param) != "" {
		q.Del(param)
		p.Prev = with(v.r.URL.Path) + tail(q)
	}
	if next != "" {
		q.Set(param, next)
		p.Next = v.r.URL.Path + tail(q)
	}
	if p.Prev == "" && p.Next == "" {
		return nil
	}
	return p
}

func tail(q url.Values) string {
	if len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}

// bill reads the bill in the address for an action; what is of another facility is not there.
func (v *visit) bill(tx *db.Tx, a access.Action) (bill.Bill, error) {
	key, err := pathID[id.Bill](v, "bill")
	if err != nil {
		return bill.Bill{}, err
	}
	return v.billByID(tx, key, a)
}

func (v *visit) billByID(tx *db.Tx, key id.Bill, a access.Action) (bill.Bill, error) {
	b, err := bill.ByID(tx, key)
	if err == nil && !v.mine(a, b.Facility) {
		return bill.Bill{}, db.ErrNotFound
	}
	return b, err
}

// credit reads the credit in the address for an action.
func (v *visit) credit(tx *db.Tx, a access.Action) (collect.Credit, error) {
	key, err := pathID[id.Credit](v, "credit")
	if err != nil {
		return collect.Credit{}, err
	}
	c, err := collect.CreditByID(tx, key)
	if err == nil && !v.mine(a, c.Facility) {
		return collect.Credit{}, db.ErrNotFound
	}
	return c, err
}

// round reads the round in the address for an action.
func (v *visit) round(tx *db.Tx, a access.Action) (bill.Round, error) {
	key, err := pathID[id.Round](v, "round")
	if err != nil {
		return bill.Round{}, err
	}
	r, err := bill.RoundByID(tx, key)
	if err == nil && !v.mine(a, r.Facility) {
		return bill.Round{}, db.ErrNotFound
	}
	return r, err
}

// receipt reads the receipt in the address for an action.
func (v *visit) receipt(tx *db.Tx, a access.Action) (collect.Receipt, error) {
	key, err := pathID[id.Receipt](v, "receipt")
	if err != nil {
		return collect.Receipt{}, err
	}
	r, err := collect.ReceiptByID(tx, key)
	if err == nil && !v.mine(a, r.Facility) {
		return collect.Receipt{}, db.ErrNotFound
	}
	return r, err
}
