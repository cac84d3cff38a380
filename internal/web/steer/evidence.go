package steer

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/sen-platform/sen/internal/billcode"
	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/doc"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/indicator"
	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/rail"
	"github.com/sen-platform/sen/internal/vn"
	"github.com/sen-platform/sen/internal/web/page"
)

// evidencePage is how many receipts or bills one page lists.
const evidencePage = 100

type evidenceView struct {
	page.Chrome
	Crumbs  []page.Link
	Over    string
	Heading string
	Figure  string
	Same    *page.Notice
	Tabs    page.Tabs
	Table   page.Table
	Pager   *page.Pager
	Empty   *page.Empty
	Excel   page.Link
	Check   page.Link
}

// shortCode is a bill code by which a facility finds its bill and nobody else can open it.
func shortCode(c billcode.Code) string {
	s := string(c)
	if len(s) < 8 {
		return s
	}
	return s[:2] + "…" + s[len(s)-4:]
}

// receipts answers GET /steer/facilities/{facility}/receipts: the payments behind a figure.
func (f *face) receipts(c *call) (screen, error) {
	q := c.r.URL.Query()
	method := rail.Method(q.Get("method"))
	if method != "" && !slices.Contains(payments(), method) {
		return screen{}, badQuery("Không có cách trả như vậy. Mở lại từ trang của cơ sở.")
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
	filter := collect.EvidenceFilter{Facility: o.ID, From: o.from(), To: o.to(), Method: method, FeeKind: fee}
	if q.Get("as") == "" {
		filter.Limit = evidencePage
		if year, number, ok := strings.Cut(q.Get("before"), "-"); ok {
			filter.BeforeYear, _ = strconv.Atoi(year) // what is no number starts the list anew
			filter.BeforeNumber, _ = strconv.ParseInt(number, 10, 64)
		}
	}
	list, more, err := collect.Payments(c.tx, filter)
	if err != nil {
		return screen{}, err
	}
	t := o.receiptTable(list, method, name)
	want := o.figures(fee, o.from(), o.to()).Payments()
	if method != "" {
		want = o.figures(fee, o.from(), o.to()).Methods[method]
	}
	path, keep := o.path()+"/receipts", []string{"fee", fee.String(), "method", string(method)}
	v := evidenceView{
		Chrome: f.chrome(c.r, c.view, "Biên lai, "+o.ShortName+", "+o.inside()), Crumbs: o.crumbs("Biên lai"), Over: o.Name,
		Heading: "Biên lai " + o.inside() + whichPayments(method, name), Figure: figureText(want, "lượt thu"),
		Tabs: o.methodTabs(method, fee), Table: t.page(), Excel: page.Link{Text: "Tải cả danh sách (Excel)", Href: o.href(path, append(keep, "as", "xlsx")...), Icon: "down"},
		Check: page.Link{
			Text: "Tính lại tháng này từ biên lai và phiếu", Icon: "check",
			Href: o.in(checkMonth(o.period)).href("/steer/definitions", "facility", o.Code, "check", "1") + "#tinh-lai",
		},
	}
	switch {
	case want.N == 0 && len(list) == 0:
		v.Empty = &page.Empty{Title: "Không có biên lai nào", Note: "Trong kỳ này cơ sở không thu lượt nào như đã chọn."}
	case filter.BeforeYear == 0 && !more:
		v.Same = sameNotice(sumPayments(list), want, "biên lai")
	}
	if n := len(list); n > 0 && (more || filter.BeforeYear != 0) {
		last := list[n-1]
		v.Pager = &page.Pager{Note: vn.Count(int64(n)) + " biên lai trên trang này"}
		if more {
			v.Pager.Next = o.href(path, append(keep, "before", fmt.Sprintf("%d-%d", last.Year, last.Number))...)
		}
		if filter.BeforeYear != 0 {
			v.Pager.Prev = o.href(path, keep...)
		}
	}
	return screen{name: "evidence", data: v, title: o.Name + ", biên lai " + o.inside(), file: "sen-bien-lai-" + strings.ToLower(o.Code) + "-" + o.slug(), tables: []*table{t}}, nil
}

// feeName is the name of the fee kind an address asks for, "" for none.
func feeName(c *call, fee id.FeeKind) (string, error) {
	if fee == 0 {
		return "", nil
	}
	k, err := org.FeeKindByID(c.tx, fee)
	if errors.Is(err, db.ErrNotFound) {
		return "", badQuery("Không có khoản thu như vậy. Mở lại từ trang của cơ sở.")
	}
	return k.Name, err
}

// whichPayments is the method and the fee kind of a list, for its heading.
func whichPayments(m rail.Method, fee string) string {
	s := ""
	if m != "" {
		s += ", cách trả " + methodName(m)
	}
	if fee != "" {
		s += ", khoản " + fee
	}
	return s
}

// figureText is a figure as the summary has it.
func figureText(s indicator.Sum, unit string) string {
	return "Bảng tổng hợp ghi " + vn.Count(s.N) + " " + unit + ", " + s.Amount.String() + "."
}

func sumPayments(list []collect.Evidence) indicator.Sum {
	var s indicator.Sum
	for _, e := range list {
		if e.Part > 0 {
			s.N, s.Amount = s.N+1, s.Amount+e.Part
		}
	}
	return s
}

// sameNotice says whether a whole list adds up to the figure it stands behind.
func sameNotice(list, figure indicator.Sum, what string) *page.Notice {
	if list == figure {
		return &page.Notice{State: page.Paid, Strong: "Khớp.", Text: "Cộng mọi " + what + " bên dưới ra đúng con số của bảng tổng hợp."}
	}
	return &page.Notice{State: page.Danger, Strong: "Lệch.", Text: "Cộng mọi " + what + " bên dưới được " + vn.Count(list.N) + ", " + list.Amount.String() +
		". Báo người quản trị của tỉnh để kiểm tra sổ."}
}

func (o *one) crumbs(last string) []page.Link {
	return []page.Link{{Text: "Cơ sở", Href: o.href("/steer/facilities")}, {Text: o.ShortName, Href: o.href(o.path())}, {Text: last}}
}

// methodTabs lead to the payments by one way each.
func (o *one) methodTabs(method rail.Method, fee id.FeeKind) page.Tabs {
	tabs := page.Tabs{Label: "Cách trả"}
	f := o.figures(fee, o.from(), o.to())
	add := func(m rail.Method, text string, n int64) {
		tabs.Items = append(tabs.Items, page.Tab{Text: text, Count: int(n), Current: m == method, Href: o.receipts(o.period, "fee", fee.String(), "method", string(m))})
	}
	add("", "Mọi cách", f.Payments().N)
	for _, m := range payments() {
		add(m, methodName(m), f.Methods[m].N)
	}
	return tabs
}

func (o *one) receiptTable(list []collect.Evidence, m rail.Method, fee string) *table {
	t := &table{id: "bien-lai", title: "Biên lai", above: o.above(), summed: true, slips: true, still: true, columns: []column{
		{title: "Số biên lai", tight: true},
		{title: "Ngày báo có", kind: doc.Date, tight: true},
		{title: "Cấp lúc", kind: doc.Instant, tight: true},
		{title: "Cách trả"},
		{title: "Mã hóa đơn rút gọn", tight: true},
		{title: "Số tiền", kind: doc.Money},
	}}
	if which := whichPayments(m, fee); which != "" {
		t.above = append(t.above, strings.TrimPrefix(which, ", "))
	}
	if fee != "" {
		t.columns = append(t.columns, column{title: "Phần của khoản này", kind: doc.Money})
	}
	var sum indicator.Sum
	for _, e := range list {
		line := rowOf(e.No(), e.BookedOn, e.IssuedAt, methodName(e.Method), shortCode(e.Code), e.Amount)
		sum.Amount += e.Amount
		if fee != "" {
			line = append(line, cell{value: e.Part})
		}
		t.rows = append(t.rows, line)
	}
	t.foot = rowOf("Cộng "+vn.Count(int64(len(list)))+" biên lai", nil, nil, nil, nil, sum.Amount)
	if fee != "" {
		t.foot = append(t.foot, cell{value: sumPayments(list).Amount})
	}
	return t
}
