package steer

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/doc"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/indicator"
	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/rail"
	"github.com/sen-platform/sen/internal/vn"
	"github.com/sen-platform/sen/internal/web/page"
)

type facilityView struct {
	page.Chrome
	Crumbs   []page.Link
	Over     string
	Heading  string
	Answer   string
	Notice   *page.Notice
	About    []page.Pair
	Chooser  chooser
	Stats    []page.Stat
	Sections []section
	Check    page.Link
	Excel    page.Link
}

// payments are the ways in which a payment can come, cash last.
func payments() []rail.Method { return append(rail.Methods(), rail.Cash) }

func methodName(m rail.Method) string {
	if m == rail.Cash {
		return "Tiền mặt"
	}
	return org.Method(m).Label()
}

// one is one facility with all its cells and the names of fee kinds.
type one struct {
	view
	org.Entry
	cells indicator.Deltas
	names map[id.FeeKind]org.FeeKind
}

// readOne reads a facility and all its figures: two queries. The names of fee kinds are left to
// pages that show them.
func readOne(c *call) (*one, error) {
	facility, err := facilityOf(c)
	if err != nil {
		return nil, err
	}
	o := &one{view: c.view}
	if o.Entry, err = entryOf(c, facility); err != nil {
		return nil, err
	}
	o.cells, err = indicator.Cells(c.tx, facility, "", "")
	return o, err
}

// facilityOf is the facility named by the address; badQuery for text that names none.
func facilityOf(c *call) (id.Facility, error) {
	f, err := id.Parse[id.Facility](c.r.PathValue("facility"))
	if err != nil {
		return 0, badQuery("Đường dẫn đến cơ sở thiếu chữ. Tìm lại theo tên trong bảng cơ sở.")
	}
	return f, nil
}

// figures adds up the cells of a fee kind (0: all together) in months.
func (o *one) figures(fee id.FeeKind, from, to string) indicator.Figures {
	return o.cells.Figures(func(c indicator.Cell) bool { return c.FeeKind == fee && c.Month >= from && c.Month <= to })
}

func (o *one) path() string { return "/steer/facilities/" + o.ID.String() }

// receipts is the address of the payments behind a figure.
func (o *one) receipts(p period, more ...string) string {
	return o.only().in(p).href(o.path()+"/receipts", more...)
}

func (o *one) above() []string {
	lines := []string{o.Name + " (" + o.Code + ")", o.Label() + " (" + o.span() + ")"}
	if len(o.Path) > 0 {
		lines = append(lines, o.place())
	}
	return lines
}

// place is where it lay on the day of the map: "Xã Cát Vàng, Tỉnh Lam Giang".
func (o *one) place() string {
	var names []string
	for _, a := range slices.Backward(o.Path) {
		names = append(names, a.Name)
	}
	return strings.Join(names, ", ")
}

// facility answers GET /steer/facilities/{facility}.
func (f *face) facility(c *call) (screen, error) {
	c.view = c.view.only()
	o, err := readOne(c)
	if err != nil {
		return screen{}, err
	}
	if o.names, err = feeNames(c); err != nil {
		return screen{}, err
	}
	s := indicator.Standing{Facility: o.ID, Period: o.figures(0, o.from(), o.to()), UpTo: o.figures(0, "", o.to())}
	months, fees, methods := o.monthTable(), o.feeMethodTable(), o.methodTable(s)
	goals := f.goals(o.day())
	v := facilityView{
		Chrome: f.chrome(c.r, c.view, o.Name+", "+o.inside()),
		Crumbs: []page.Link{{Text: "Cơ sở", Href: o.href("/steer/facilities")}, {Text: o.ShortName}},
		Over:   o.Sector.Label() + ", " + lowerFirst(o.Level.Label()) + ", mã " + o.Code, Heading: o.Name, Answer: o.answer(s, goals), About: o.about(),
		Chooser: o.chooser(o.path(), o.Sector), Stats: o.stats(s, goals),
		Sections: []section{
			sectionOf(months, c.view, o.path(), "Mỗi ô mở ra danh sách biên lai làm nên con số đó."),
			sectionOf(fees, c.view, o.path(), o.Label()+". "+onceNote),
			sectionOf(methods, c.view, o.path(), "Cách trả do cơ sở khai. Đo được khi tiền đã về bằng cách đó trong tháng của ngày "+o.day().VN()+" hoặc tháng trước; việc trả thử để chứng minh chưa làm ở đây."),
		},
		Excel: page.Link{Text: "Tải các bảng (Excel)", Href: o.href(o.path(), "as", "xlsx"), Icon: "down"},
	}
	v.Check = page.Link{
		Text: "Tính lại " + checkMonth(o.period).inside() + " từ biên lai và phiếu", Icon: "check",
		Href: o.only().in(checkMonth(o.period)).href("/steer/definitions", "facility", o.Code, "check", "1") + "#tinh-lai",
	}
	v.Notice = o.notice(s)
	return screen{name: "facility", data: v, title: o.Name + ", " + o.inside(), file: "sen-" + strings.ToLower(o.Code) + "-" + o.slug(), tables: []*table{months, fees, methods}}, nil
}

// checkMonth is the month of a period that is recounted first: its last that has begun.
func checkMonth(p period) period { return monthPeriod(p.day().Month(), p.today) }

// notice tells what is special about the facility; at most one thing.
func (o *one) notice(s indicator.Standing) *page.Notice {
	switch {
	case len(o.Path) == 0:
		return &page.Notice{Strong: "Không có trên bản đồ ngày " + o.on().VN() + ".", Text: "Cơ sở đã đóng hoặc chưa mở vào ngày đó; số liệu đã có vẫn giữ nguyên."}
	case indicator.ClassOf(o.Facility, s) == indicator.Silent:
		return &page.Notice{State: page.Need, Strong: "Có phiếu chưa trả mà không thu được lượt nào trong kỳ.", Text: "Kỳ này cơ sở không tính vào mẫu số. Nên gọi hỏi trước khi kết luận."}
	case !o.Collects && !s.Period.Applicable():
		return &page.Notice{Strong: "Cơ sở khai không thu khoản nào.", Text: "Không tính vào mẫu số của các chỉ tiêu."}
	}
	return nil
}

func (o *one) answer(s indicator.Standing, g goals) string {
	count := s.Period.ByCount()
	if !count.Known() {
		return o.Label() + ": không thu lượt nào, nên không tính vào mẫu số."
	}
	text := fmt.Sprintf("%s: %s trong %s lượt thu không dùng tiền mặt, bằng %s", o.Label(), vn.Count(count.Part), vn.Count(count.Whole), percent(count))
	switch {
	case !g.has3:
		return text + "."
	case count.Reached(g.t3.Level):
		return text + "; đạt mức " + levelText(g.t3.Level) + "."
	}
	return text + "; để đạt " + levelText(g.t3.Level) + " cần thêm " + vn.Count(count.Missing(g.t3.Level)) + " lượt."
}

func (o *one) about() []page.Pair {
	phone, who := contact(o.Entry)
	if who != "" {
		who = " " + who
	}
	pairs := []page.Pair{{Label: "Gọi cho", Value: page.HTMLf("%s%s", phone, who)}}
	if o.Contact.Hours != "" {
		pairs[0].Note = o.Contact.Hours
	}
	place, manager := "Không có trên bản đồ", "Không thuộc cơ quan nào của tỉnh"
	if len(o.Path) > 0 {
		place = o.place()
	}
	if o.AgencyName != "" {
		manager = o.AgencyName
	}
	return append(pairs, page.Pair{Label: "Địa bàn ngày " + o.on().VN(), Value: place}, page.Pair{Label: "Cơ quan quản lý", Value: manager},
		page.Pair{Label: "Tình trạng", Value: o.Status.Label()})
}

func (o *one) stats(s indicator.Standing, g goals) []page.Stat {
	count, value := s.Period.ByCount(), s.Period.ByValue()
	share := func(label string, s indicator.Share, note any) page.Stat {
		if !s.Known() {
			return page.Stat{Label: label, Value: notApplicable, Evidence: page.EvidenceNone}
		}
		return page.Stat{Label: label, Value: percent(s), Big: true, Note: note, Evidence: page.EvidenceMeasured}
	}
	link := func(text any, some bool, href string) any {
		if !some {
			return text
		}
		return page.HTMLf(`<a class="act" href="%s">%s</a>`, href, text)
	}
	bills := func(set string) string { return o.href(o.path()+"/bills", "set", set) }
	pay, open := s.Period.Payments(), s.Open()
	return []page.Stat{
		share("Theo số lượt", count, vn.Count(count.Part)+" trên "+vn.Count(count.Whole)+" lượt"),
		share("Theo số tiền", value, page.HTMLf("%s trên %s", s.Period.Cashless().Amount, pay.Amount)),
		{Label: "Đã thu trong kỳ", Value: link(pay.Amount, pay.N > 0, o.receipts(o.period)), State: page.Paid, Note: vn.Count(pay.N) + " lượt, kể cả tiền mặt"},
		{Label: "Còn phải thu đến " + o.day().VN(), Value: link(open.Amount, open != indicator.Sum{}, bills("open")), Note: vn.Count(open.N) + " phiếu chưa trả đủ"},
		{Label: "Phát hành trong kỳ", Value: link(s.Period.Issued.Amount, s.Period.Issued.N > 0, bills("issued")), Note: vn.Count(s.Period.Issued.N) + " phiếu"},
		{Label: "Trả đủ trong kỳ", Value: link(s.Period.Settled.Amount, s.Period.Settled.N > 0, bills("settled")), Note: vn.Count(s.Period.Settled.N) + " phiếu"},
		{Label: "Hủy trong kỳ", Value: link(s.Period.Cancelled.Amount, s.Period.Cancelled.N > 0, bills("cancelled")), Note: vn.Count(s.Period.Cancelled.N) + " phiếu"},
		{Label: "Cách trả đã khai", Value: fmt.Sprintf("%d trên %d", o.Ready(), len(o.Since)), Note: "mục tiêu T8: ít nhất " + fmt.Sprint(org.MethodsNeeded), Evidence: page.EvidenceDeclared},
	}
}

// methodColumns are two columns per way of paying, of which the page shows one: the money, with
// the number of payments under it.
func methodColumns(first string) []column {
	cols := []column{{title: first, tight: true}}
	for _, m := range payments() {
		cols = append(cols, column{title: methodName(m) + ", lượt", kind: doc.Count, hidden: true}, column{title: methodName(m), kind: doc.Money})
	}
	return append(cols, column{title: "Mọi cách, lượt", kind: doc.Count, hidden: true}, column{title: "Mọi cách", kind: doc.Money},
		column{title: "Theo số lượt", kind: doc.Percent}, column{title: "Theo số tiền", kind: doc.Percent})
}

// methodLine is one row of such a table; href leads to the payments by a method, or by any with "".
func methodLine(name cell, f indicator.Figures, href func(rail.Method) string) []cell {
	line := []cell{name}
	add := func(s indicator.Sum, to string) {
		line = append(line, cell{value: s.N}, counted(s, "lượt", to))
	}
	for _, m := range payments() {
		add(f.Methods[m], href(m))
	}
	add(f.Payments(), href(""))
	return append(line, cell{value: f.ByCount()}, second(f.ByValue()))
}

// monthTable is the payments by month and method.
func (o *one) monthTable() *table {
	t := &table{id: "thang", title: "Từng tháng, theo cách trả", above: o.above(), columns: methodColumns("Tháng"), summed: true, slips: true}
	var sum indicator.Figures
	for _, month := range slices.Backward(o.trend()) {
		f, p := o.figures(0, month, month), monthPeriod(month, o.today)
		sum = sum.Add(f)
		t.rows = append(t.rows, methodLine(cell{value: monthName(month), href: o.in(p).href(o.path())}, f, func(m rail.Method) string {
			return o.receipts(p, "method", string(m))
		}))
	}
	t.foot = methodLine(cell{value: "Cộng"}, sum, func(rail.Method) string { return "" })
	return t
}

// feeMethodTable is the payments of the period by fee kind and method.
func (o *one) feeMethodTable() *table {
	t := &table{id: "khoan-thu", title: "Theo khoản thu và cách trả", above: append(o.above(), onceNote), columns: methodColumns("Khoản thu"), slips: true}
	t.columns[0].tight = false
	kinds := map[id.FeeKind]bool{}
	for c := range o.cells {
		if c.FeeKind != indicator.AllFees && c.Month >= o.from() && c.Month <= o.to() {
			kinds[c.FeeKind] = true
		}
	}
	list := make([]org.FeeKind, 0, len(kinds))
	for k := range kinds {
		list = append(list, o.names[k])
	}
	for _, k := range sorted(list, func(k org.FeeKind) string { return k.Name + " " + k.Code }) {
		f := o.figures(k.ID, o.from(), o.to())
		if !f.Applicable() {
			continue
		}
		t.rows = append(t.rows, methodLine(cell{value: k.Name, href: o.receipts(o.period, "fee", k.ID.String())}, f, func(m rail.Method) string {
			return o.receipts(o.period, "fee", k.ID.String(), "method", string(m))
		}))
	}
	t.foot = methodLine(cell{value: "Cộng, mỗi lượt một lần"}, o.figures(0, o.from(), o.to()), func(m rail.Method) string { return o.receipts(o.period, "method", string(m)) })
	return t
}

// methodTable says of each method since when it is declared and when money last came by it (T8, N4).
func (o *one) methodTable(s indicator.Standing) *table {
	t := &table{id: "cach-tra", title: "Bốn cách trả không dùng tiền mặt", above: o.above(), still: true, slips: true, columns: []column{
		{title: "Cách trả"}, {title: "Khai từ ngày", kind: doc.Date}, {title: "Tiền về gần nhất"}, {title: "Lượt trong kỳ", kind: doc.Count}, {title: "Căn cứ"},
	}}
	recent := clock.DateOf(clock.Date(o.day().Month()+"-01").Time().AddDate(0, -1, 0)).Month()
	for i, m := range rail.Methods() {
		last := ""
		for c, sum := range o.cells {
			if c.FeeKind == indicator.AllFees && c.Measure == indicator.Measure(m) && sum.N > 0 && c.Month <= o.day().Month() {
				last = max(last, c.Month)
			}
		}
		since, when := cell{value: o.Since[i]}, cell{value: "chưa có"}
		if o.Since[i] == "" {
			since = cell{value: "chưa khai"}
		}
		if last != "" {
			when = cell{value: "tháng " + monthName(last), href: o.receipts(monthPeriod(last, o.today), "method", string(m))}
		}
		known := cell{value: "Chưa có", shown: page.EvidenceNone}
		switch {
		case last >= recent:
			known = cell{value: "Đo được", shown: page.EvidenceMeasured}
		case o.Since[i] != "":
			known = cell{value: "Tự khai", shown: page.EvidenceDeclared}
		}
		t.rows = append(t.rows, rowOf(methodName(m), since, when, s.Period.Methods[m].N, known))
	}
	return t
}
