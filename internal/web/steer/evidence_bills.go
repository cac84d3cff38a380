package steer

import (
	"slices"
	"strings"

	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/doc"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/indicator"
	"github.com/sen-platform/sen/internal/vn"
	"github.com/sen-platform/sen/internal/web/page"
)

// billSet is one list of bills behind a figure.
type billSet struct {
	set  collect.BillSet
	tab  string
	text string // of the heading, before the period
}

// billSets are the lists of bills, in the order of the tabs.
var billSets = []billSet{
	{collect.BillsIssued, "Phát hành", "Phiếu phát hành trong "},
	{collect.BillsSettled, "Trả đủ", "Phiếu trả đủ trong "},
	{collect.BillsCancelled, "Hủy", "Phiếu hủy trong "},
	{collect.BillsOpen, "Còn phải thu", "Phiếu còn phải thu cuối "},
}

// bills answers GET /steer/facilities/{facility}/bills: the bills behind a figure.
func (f *face) bills(c *call) (screen, error) {
	q := c.r.URL.Query()
	set := collect.BillSet(q.Get("set"))
	at := slices.IndexFunc(billSets, func(b billSet) bool { return b.set == set })
	if at < 0 {
		return screen{}, badQuery("Không có danh sách phiếu như vậy. Mở lại từ trang của cơ sở.")
	}
	fee := c.view.fee
	c.view = c.view.only()
	o, err := readOne(c)
	if err != nil {
		return screen{}, err
	}
	name, err := feeName(c, fee)
	if err != nil {
		return screen{}, err
	}
	if fee != 0 && (set == collect.BillsSettled || set == collect.BillsOpen) {
		return screen{}, badQuery("Một phiếu được trả như một khối, nên danh sách này không chia theo khoản thu. Mở lại từ trang của cơ sở.")
	}
	filter := collect.BillFilter{Facility: o.ID, Set: set, From: o.from(), To: o.to(), FeeKind: fee}
	if q.Get("as") == "" {
		filter.Limit = evidencePage
		if err := parseID(q.Get("before"), &filter.Before); err != nil {
			return screen{}, badQuery("Đường dẫn đến trang sau thiếu chữ. Mở lại danh sách từ đầu.")
		}
	}
	list, more, err := collect.Bills(c.tx, filter)
	if err != nil {
		return screen{}, err
	}
	t := o.billTable(list, set, name)
	want := o.billFigure(set, fee)
	path, keep := o.path()+"/bills", []string{"set", string(set), "fee", fee.String()}
	v := evidenceView{
		Chrome: f.chrome(c.r, c.view, billSets[at].text+o.inside()+", "+o.ShortName), Crumbs: o.crumbs("Phiếu thu"), Over: o.Name,
		Heading: billSets[at].text + o.inside() + whichPayments("", name), Figure: figureText(want, "phiếu"), Table: t.page(),
		Excel: page.Link{Text: "Tải cả danh sách (Excel)", Href: o.href(path, append(keep, "as", "xlsx")...), Icon: "down"},
		Check: page.Link{
			Text: "Tính lại tháng này từ biên lai và phiếu", Icon: "check",
			Href: o.in(checkMonth(o.period)).href("/steer/definitions", "facility", o.Code, "check", "1") + "#tinh-lai",
		},
	}
	v.Tabs = page.Tabs{Label: "Danh sách phiếu"}
	for _, b := range billSets {
		v.Tabs.Items = append(v.Tabs.Items, page.Tab{Text: b.tab, Count: int(o.billFigure(b.set, 0).N), Current: b.set == set, Href: o.href(path, "set", string(b.set))})
	}
	switch {
	case want == indicator.Sum{} && len(list) == 0:
		v.Empty = &page.Empty{Title: "Không có phiếu nào", Note: "Không có phiếu nào như vậy đến hết kỳ này."}
	case filter.Before == 0 && !more:
		v.Same = sameNotice(o.sumBills(list, set), want, "phiếu")
	}
	if n := len(list); n > 0 && (more || filter.Before != 0) {
		v.Pager = &page.Pager{Note: vn.Count(int64(n)) + " phiếu trên trang này"}
		if more {
			v.Pager.Next = o.href(path, append(keep, "before", list[n-1].Bill.String())...)
		}
		if filter.Before != 0 {
			v.Pager.Prev = o.href(path, keep...)
		}
	}
	return screen{name: "evidence", data: v, title: o.Name + ", " + lowerFirst(billSets[at].text) + o.inside(), file: "sen-phieu-" + strings.ToLower(o.Code) + "-" + o.slug(), tables: []*table{t}}, nil
}

// billFigure is the figure that a list of bills stands behind.
func (o *one) billFigure(set collect.BillSet, fee id.FeeKind) indicator.Sum {
	f := o.figures(fee, o.from(), o.to())
	switch set {
	case collect.BillsIssued:
		return f.Issued
	case collect.BillsSettled:
		return f.Settled
	case collect.BillsCancelled:
		return f.Cancelled
	}
	return indicator.Standing{UpTo: o.figures(0, "", o.to())}.Open()
}

func (o *one) sumBills(list []collect.Owed, set collect.BillSet) indicator.Sum {
	var s indicator.Sum
	for _, b := range list {
		part := indicator.Sum{N: 1, Amount: b.Part}
		if set == collect.BillsOpen {
			part = b.Open(o.to())
		}
		s.N, s.Amount = s.N+part.N, s.Amount+part.Amount
	}
	return s
}

func (o *one) billTable(list []collect.Owed, set collect.BillSet, fee string) *table {
	t := &table{id: "phieu", title: "Phiếu thu", above: o.above(), summed: true, slips: true, still: true, columns: []column{
		{title: "Mã hóa đơn rút gọn", tight: true},
		{title: "Phát hành", kind: doc.Date, tight: true},
		{title: "Hạn trả", kind: doc.Date, tight: true},
		{title: "Trả đủ", kind: doc.Date, tight: true},
		{title: "Hủy", kind: doc.Date, tight: true},
		{title: "Số tiền", kind: doc.Money},
		{title: "Đã trả đến cuối kỳ", kind: doc.Money},
	}}
	last := ""
	switch {
	case set == collect.BillsOpen:
		last = "Còn phải thu"
	case fee != "":
		last = "Phần của khoản này"
	}
	if last != "" {
		t.columns = append(t.columns, column{title: last, kind: doc.Money})
	}
	var sum, paid, parts indicator.Sum
	for _, b := range list {
		line := rowOf(shortCode(b.Code), b.PublishedOn, b.DueOn, b.SettledOn, b.CancelledOn, b.Total, b.Paid)
		sum.Amount, paid.Amount = sum.Amount+b.Total, paid.Amount+b.Paid
		part := b.Part
		if set == collect.BillsOpen {
			part = b.Open(o.to()).Amount
		}
		if last != "" {
			parts.Amount += part
			line = append(line, cell{value: part})
		}
		t.rows = append(t.rows, line)
	}
	t.foot = rowOf("Cộng "+vn.Count(int64(len(list)))+" phiếu", nil, nil, nil, nil, sum.Amount, paid.Amount)
	if last != "" {
		t.foot = append(t.foot, cell{value: parts.Amount})
	}
	return t
}
