package steer

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/sen-platform/sen/internal/doc"
	"github.com/sen-platform/sen/internal/indicator"
	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/vn"
	"github.com/sen-platform/sen/internal/web/page"
)

// listView is a page that is one or more tables.
type listView struct {
	page.Chrome
	Over     string
	Heading  string
	Lead     string
	Chooser  chooser
	Sections []section
	Excel    page.Link
	Pager    *page.Pager
	Empty    *page.Empty
}

// section is a table with what stands around it.
type section struct {
	Title string
	Note  string
	Table page.Table
	CSV   page.Link
}

// sectionOf makes a section; path is the page's own, for the link to the CSV file.
func sectionOf(t *table, v view, path, note string) section {
	return section{Title: t.title, Note: note, Table: t.page(), CSV: page.Link{Text: "CSV", Href: v.href(path, "as", "csv", "table", t.id)}}
}

// perPage is how many facilities one page lists.
const perPage = 50

// The orders of the list.
var orders = []struct{ key, label string }{
	{"", "Tên cơ sở"},
	{"share", "Tỷ lệ theo số lượt, thấp trước"},
	{"payments", "Lượt thu, nhiều trước"},
	{"open", "Còn phải thu, nhiều trước"},
	{"silent", "Có phiếu mà chưa thu được, trước"},
	{"idle", "Không tính vào mẫu số, trước"},
}

// order sorts rows, which come in the order of names.
func order(rows []row, by string) {
	first := func(b bool) int {
		if b {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(rows, func(a, b row) int {
		switch by {
		case "share":
			x, y := a.Period.ByCount(), b.Period.ByCount()
			return first(x.Less(y)) - first(y.Less(x))
		case "payments":
			return cmp.Compare(b.Period.Payments().N, a.Period.Payments().N)
		case "open":
			return cmp.Compare(b.Open().Amount, a.Open().Amount)
		case "silent":
			return cmp.Or(first(a.class == indicator.Silent)-first(b.class == indicator.Silent), cmp.Compare(b.Open().Amount, a.Open().Amount))
		case "idle":
			return first(a.class > indicator.Silent) - first(b.class > indicator.Silent)
		}
		return 0
	})
}

// facilities answers GET /steer/facilities.
func (f *face) facilities(c *call) (screen, error) {
	const path = "/steer/facilities"
	p, err := readProvince(c)
	if err != nil {
		return screen{}, err
	}
	fee := org.FeeKind{}
	if p.fee != 0 {
		if fee, err = org.FeeKindByID(c.tx, p.fee); err != nil {
			return screen{}, err
		}
	}
	order(p.rows, p.sort)
	t := p.facilityTable(fee)
	shown := *t
	from := min((p.page-1)*perPage, len(t.rows))
	to := min(from+perPage, len(t.rows))
	shown.rows = t.rows[from:to]
	v := listView{
		Chrome: f.chrome(c.r, c.view, "Cơ sở, "+p.inside()), Over: p.scope() + ", " + p.span(), Heading: p.Label() + ": " + vn.Count(int64(len(p.rows))) + " cơ sở",
		Chooser: p.facilityChooser(path), Excel: page.Link{Text: "Tải bảng (Excel)", Href: p.href(path, "as", "xlsx"), Icon: "down"},
	}
	if fee.ID != 0 {
		v.Heading += ", khoản " + fee.Name
	}
	if len(t.rows) == 0 {
		v.Empty = &page.Empty{
			Icon: "search", Title: "Không có cơ sở nào như đã chọn", Note: "Bỏ bớt điều kiện hoặc gõ ít chữ hơn ở ô tìm.",
			Next: &page.Link{Text: "Xem mọi cơ sở", Href: p.only().href(path)},
		}
	} else {
		v.Sections = []section{sectionOf(&shown, c.view, path, "")}
		v.Sections[0].Title = ""
		v.Pager = &page.Pager{Note: fmt.Sprintf("%s đến %s trong %s cơ sở", vn.Count(int64(from+1)), vn.Count(int64(to)), vn.Count(int64(len(t.rows))))}
		if p.page > 1 {
			v.Pager.Prev = p.href(path, "page", fmt.Sprint(p.page-1))
		}
		if to < len(t.rows) {
			v.Pager.Next = p.href(path, "page", fmt.Sprint(p.page+1))
		}
	}
	return screen{name: "list", data: v, title: "Cơ sở thu học phí, viện phí, " + p.inside(), file: "sen-co-so-" + p.slug(), tables: []*table{t}}, nil
}

// facilityTable lists the facilities, each figure leading to what it is made of.
func (p *province) facilityTable(fee org.FeeKind) *table {
	t := &table{id: "co-so", title: "Cơ sở", above: p.above(), summed: true, slips: true, columns: []column{
		{title: "Cơ sở"},
		{title: "Mã cơ sở", hidden: true},
		{title: "Ngành", hidden: true},
		{title: "Loại cơ sở"},
		{title: "Địa bàn", hidden: true},
		{title: "Cơ quan quản lý", hidden: true},
		{title: "Lượt thu", kind: doc.Count, hidden: true},
		{title: "Đã thu", kind: doc.Money},
		{title: "Lượt không tiền mặt", kind: doc.Count, hidden: true},
		{title: "Theo số lượt", kind: doc.Percent},
		{title: "Tiền không tiền mặt", kind: doc.Money, hidden: true},
		{title: "Theo số tiền", kind: doc.Percent},
		{title: "Phiếu phát hành", kind: doc.Count, hidden: true},
		{title: "Phát hành", kind: doc.Money},
		{title: "Còn phải thu", kind: doc.Money},
		{title: "Cách trả đã khai", tight: true},
	}}
	if fee.ID != 0 {
		t.above = append(t.above, "Khoản thu: "+fee.Name)
	}
	for _, r := range p.rows {
		t.rows = append(t.rows, p.facilityLine(r))
	}
	s := total(p.rows)
	pay, issued := s.Period.Payments(), s.Period.Issued
	t.foot = rowOf("Cộng "+vn.Count(int64(len(p.rows)))+" cơ sở", nil, nil, nil, nil, nil, pay.N, counted(pay, "lượt", ""), s.Period.Cashless().N, s.Period.ByCount(),
		s.Period.Cashless().Amount, s.Period.ByValue(), issued.N, counted(issued, "phiếu", ""), p.owed(s, ""), nil)
	return t
}

func (p *province) facilityLine(r row) []cell {
	v := p.only()
	v.fee = p.fee
	path := "/steer/facilities/" + r.ID.String()
	unit := "không có trên bản đồ"
	if len(r.Path) > 0 {
		unit = r.Path[len(r.Path)-1].Name
	}
	count := r.Period.ByCount()
	share := cell{value: count}
	switch r.class {
	case indicator.Measured:
		share.href = v.href(path, "fee", "")
	case indicator.Silent:
		share.note = "còn phiếu chưa trả"
	case indicator.Exempt:
		share.note = "khai không thu khoản nào"
	}
	pay, issued := r.Period.Payments(), r.Period.Issued
	return rowOf(
		cell{value: r.Name, shown: r.ShortName, href: v.href(path, "fee", "")},
		r.Code, r.Sector.Label(), cell{value: r.Level.Label(), note: unit}, unit, r.AgencyName,
		pay.N, counted(pay, "lượt", v.href(path+"/receipts")), count.Part, share, r.Period.Cashless().Amount, second(r.Period.ByValue()),
		issued.N, counted(issued, "phiếu", v.href(path+"/bills", "set", "issued")), p.owed(r.Standing, v.href(path+"/bills", "set", "open", "fee", "")),
		fmt.Sprintf("%d/%d", r.Ready(), len(r.Since)))
}

// owed is what is open at the end of the period. A bill is paid as a whole, so by fee kind there
// is an amount, but neither a number of bills nor a list of them.
func (p *province) owed(s indicator.Standing, href string) cell {
	if p.fee != 0 {
		return cell{value: s.Open().Amount}
	}
	return counted(s.Open(), "phiếu", href)
}

// facilityChooser is the form of the list: all conditions, search and order.
func (p *province) facilityChooser(path string) chooser {
	c := p.view.chooser(path, fixedSector(p.who))
	sector := p.sector
	if fixed := fixedSector(p.who); fixed != "" {
		sector = fixed
	}
	add := func(s page.Select) { c.Selects = append(c.Selects, s) }
	levels := page.Select{Name: "level", Label: "Loại cơ sở", Options: []page.Option{{Text: "Mọi loại", Selected: p.level == ""}}}
	for _, l := range org.Levels(sector) {
		levels.Options = append(levels.Options, page.Option{Value: string(l), Text: l.Label(), Selected: p.level == l})
	}
	add(levels)
	areas := page.Select{Name: "area", Label: "Địa bàn", Options: []page.Option{{Text: "Mọi địa bàn", Selected: p.area == 0}}}
	for _, a := range p.areas {
		if a.Level != org.Province {
			areas.Options = append(areas.Options, page.Option{Value: a.ID.String(), Text: a.Name, Selected: p.area == a.ID})
		}
	}
	add(areas)
	agencies := page.Select{Name: "agency", Label: "Cơ quan quản lý", Options: []page.Option{{Text: "Mọi cơ quan", Selected: p.agency == 0}}}
	for _, g := range p.agencies {
		agencies.Options = append(agencies.Options, page.Option{Value: g.ID.String(), Text: g.Name, Selected: p.agency == g.ID})
	}
	add(agencies)
	sort := page.Select{Name: "sort", Label: "Xếp theo"}
	for _, o := range orders {
		sort.Options = append(sort.Options, page.Option{Value: o.key, Text: o.label, Selected: p.sort == o.key})
	}
	add(sort)
	c.Search = &page.Field{Name: "q", Label: "Tìm tên hoặc mã cơ sở", Value: p.search, MaxLength: 100, Key: "/"}
	if p.fee != 0 {
		c.Keep = append(c.Keep, page.Hidden{Name: "fee", Value: p.fee.String()})
	}
	return c
}

// areas answers GET /steer/areas.
func (f *face) areas(c *call) (screen, error) {
	const path = "/steer/areas"
	p, err := readProvince(c)
	if err != nil {
		return screen{}, err
	}
	areas, agencies := p.byArea(), p.byAgency()
	tier := "xã, phường"
	if p.tier() == org.District {
		tier = "huyện, thị xã, thành phố"
	}
	v := listView{
		Chrome: f.chrome(c.r, c.view, "Địa bàn, "+p.inside()), Over: p.scope() + ", " + p.span(),
		Heading:  p.Label() + " theo địa bàn và cơ quan quản lý",
		Lead:     "Theo bản đồ hành chính ngày " + p.on().VN() + ": so sánh các " + tier + ". " + mapNote(p.view),
		Chooser:  p.chooser(path, fixedSector(c.who)),
		Sections: []section{sectionOf(areas, c.view, path, ""), sectionOf(agencies, c.view, path, "Cơ quan quản lý cơ sở vào ngày của bản đồ.")},
		Excel:    page.Link{Text: "Tải các bảng (Excel)", Href: p.href(path, "as", "xlsx"), Icon: "down"},
	}
	return screen{name: "list", data: v, title: "Theo địa bàn, " + p.inside(), file: "sen-dia-ban-" + p.slug(), tables: []*table{areas, agencies}}, nil
}

// mapNote tells of the change of the map when the period or its map lies near it.
func mapNote(v view) string {
	const change = "2025-07-01"
	if v.start() < change && v.end() >= change {
		return "Cấp huyện hết từ 01/07/2025, nằm trong kỳ này: chọn bản đồ đầu kỳ để xem theo huyện."
	}
	if v.on() < change {
		return "Cấp huyện còn đến hết 30/06/2025."
	}
	return ""
}

// months answers GET /steer/months.
func (f *face) months(c *call) (screen, error) {
	const path = "/steer/months"
	p, err := readDirectory(c)
	if err != nil {
		return screen{}, err
	}
	list, err := p.readMonths(c.tx, c.view.trend())
	if err != nil {
		return screen{}, err
	}
	t := p.monthsTable(list)
	goals := f.goals(p.day())
	v := monthsView{
		listView: listView{
			Chrome: f.chrome(c.r, c.view, "Từng tháng đến "+p.inside()), Over: p.scope(),
			Heading: "Từng tháng, " + strings.TrimPrefix(monthName(list[0].month), "0") + " đến " + strings.TrimPrefix(monthName(list[len(list)-1].month), "0"),
			Chooser: p.chooser(path, fixedSector(c.who)), Sections: []section{sectionOf(t, c.view, path, "")},
			Excel: page.Link{Text: "Tải bảng (Excel)", Href: p.href(path, "as", "xlsx"), Icon: "down"},
		},
		Chart: chart(points(list), goals.t3.Level, goals.has3), ChartFor: chartNote(list, p.period),
	}
	return screen{name: "months", data: v, title: "Từng tháng đến " + p.inside(), file: "sen-tung-thang-" + p.slug(), tables: []*table{t}}, nil
}
