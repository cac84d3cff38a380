package steer

import (
	"html/template"

	"github.com/sen-platform/sen/internal/doc"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/indicator"
	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/web/page"
)

// monthsView is the page of months: a list with the picture of its table.
type monthsView struct {
	listView
	Chart    template.HTML
	ChartFor string
}

// onceNote explains why the counts of fee kinds may exceed their total.
const onceNote = "Một lượt trả nhiều khoản được đếm ở từng khoản; dòng cộng đếm lượt đó một lần. Số tiền của lượt chia cho các khoản theo tỷ lệ trên phiếu, không lệch đồng nào."

// fees answers GET /steer/fees.
func (f *face) fees(c *call) (screen, error) {
	const path = "/steer/fees"
	p, err := readDirectory(c)
	if err != nil {
		return screen{}, err
	}
	names, err := feeNames(c)
	if err != nil {
		return screen{}, err
	}
	var standings []indicator.Standing
	if len(p.visible) > 0 {
		if standings, err = indicator.FeeStandings(c.tx, p.filter()); err != nil {
			return screen{}, err
		}
	}
	t := p.feeTable(standings, names)
	v := listView{
		Chrome: f.chrome(c.r, c.view, "Khoản thu, "+p.inside()), Over: p.scope() + ", " + p.span(), Heading: p.Label() + " theo khoản thu", Lead: onceNote,
		Chooser: p.chooser(path, fixedSector(c.who)), Excel: page.Link{Text: "Tải bảng (Excel)", Href: p.href(path, "as", "xlsx"), Icon: "down"},
	}
	if len(t.rows) == 0 {
		v.Empty = &page.Empty{Title: "Chưa có phiếu và chưa thu khoản nào", Note: "Chọn kỳ khác ở trên."}
	} else {
		v.Sections = []section{sectionOf(t, c.view, path, "")}
		v.Sections[0].Title = ""
	}
	return screen{name: "list", data: v, title: "Theo khoản thu, " + p.inside(), file: "sen-khoan-thu-" + p.slug(), tables: []*table{t}}, nil
}

// feeNames are the fee kinds of all times by identifier: one query.
func feeNames(c *call) (map[id.FeeKind]org.FeeKind, error) {
	kinds, err := org.FeeKinds(c.tx, org.Both, "")
	out := make(map[id.FeeKind]org.FeeKind, len(kinds))
	for _, k := range kinds {
		out[k.ID] = k
	}
	return out, err
}

// feeTable lists the fee kinds that have a figure of the period or are still owed, by name.
func (p *province) feeTable(standings []indicator.Standing, names map[id.FeeKind]org.FeeKind) *table {
	t := &table{id: "khoan-thu", title: "Theo khoản thu", above: append(p.above(), onceNote), slips: true, columns: []column{
		{title: "Khoản thu"},
		{title: "Mã khoản thu", hidden: true},
		{title: "Lượt thu", kind: doc.Count},
		{title: "Lượt không tiền mặt", kind: doc.Count, hidden: true},
		{title: "Theo số lượt", kind: doc.Percent},
		{title: "Số tiền thu", kind: doc.Money},
		{title: "Tiền không tiền mặt", kind: doc.Money, hidden: true},
		{title: "Theo số tiền", kind: doc.Percent},
		{title: "Phiếu phát hành", kind: doc.Count},
		{title: "Tiền phát hành", kind: doc.Money},
		{title: "Còn phải thu", kind: doc.Money},
	}}
	line := func(name, code cell, s indicator.Standing) []cell {
		count, value := s.Period.ByCount(), s.Period.ByValue()
		return append([]cell{name, code}, rowOf(count.Whole, count.Part, count, s.Period.Payments().Amount, s.Period.Cashless().Amount, second(value),
			s.Period.Issued.N, s.Period.Issued.Amount, s.UpTo.Outstanding())...)
	}
	var sum indicator.Standing
	kinds := make([]indicator.Standing, 0, len(standings))
	for _, s := range standings {
		switch {
		case s.FeeKind == indicator.AllFees:
			sum = s
		case s.Period.Applicable() || s.Period.Issued.N > 0 || s.UpTo.Outstanding() != 0:
			kinds = append(kinds, s)
		}
	}
	for _, s := range sorted(kinds, func(s indicator.Standing) string { return names[s.FeeKind].Name + " " + names[s.FeeKind].Code }) {
		k := names[s.FeeKind]
		t.rows = append(t.rows, line(cell{value: k.Name, href: p.href("/steer/facilities", "fee", k.ID.String())}, cell{value: k.Code}, s))
	}
	t.foot = line(cell{value: "Cộng, mỗi lượt một lần"}, cell{}, sum)
	return t
}
