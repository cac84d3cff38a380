package steer

import (
	"strconv"
	"strings"

	"github.com/sen-platform/sen/internal/doc"
	"github.com/sen-platform/sen/internal/indicator"
	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/vn"
)

// group is facilities that a table shows as one line.
type group struct {
	name  string
	short string // what a page shows in place of the name
	note  any
	href  string
	rows  []row
}

// groupBy puts rows into groups in the order of their first row; key names the group.
func groupBy(rows []row, key func(row) string, begin func(row) group) []group {
	at := map[string]int{}
	var out []group
	for _, r := range rows {
		k := key(r)
		i, ok := at[k]
		if !ok {
			i = len(out)
			at[k] = i
			out = append(out, begin(r))
		}
		out[i].rows = append(out[i].rows, r)
	}
	return out
}

// groupTable is the figures of groups, each group's name leading to its facilities.
func (p *province) groupTable(id, title, head string, groups []group) *table {
	t := &table{id: id, title: title, above: p.above(), summed: true, slips: true, columns: []column{
		{title: head},
		{title: "Cơ sở", kind: doc.Count},
		{title: "Có thu trong kỳ", kind: doc.Count, hidden: true},
		{title: "Lượt thu", kind: doc.Count},
		{title: "Lượt không tiền mặt", kind: doc.Count, hidden: true},
		{title: "Theo số lượt", kind: doc.Percent},
		{title: "Số tiền thu", kind: doc.Money},
		{title: "Tiền không tiền mặt", kind: doc.Money, hidden: true},
		{title: "Theo số tiền", kind: doc.Percent},
		{title: "Còn phải thu", kind: doc.Money},
		{title: "Có thu không tiền mặt", kind: doc.Count, hidden: true},
		{title: "Nhận và dùng (T2)", kind: doc.Percent},
		{title: "Phải sẵn sàng", kind: doc.Count, hidden: true},
		{title: "Đã khai đủ 3 cách", kind: doc.Count, hidden: true},
		{title: "Đủ 3/4 cách (T8)", kind: doc.Percent},
	}}
	for _, g := range groups {
		t.rows = append(t.rows, groupLine(g.cell(), g.rows))
	}
	t.foot = groupLine(cell{value: "Cộng"}, p.rows)
	return t
}

func (g group) cell() cell {
	c := cell{value: g.name, href: g.href, note: g.note}
	if g.short != "" {
		c.shown = g.short
	}
	return c
}

func groupLine(name cell, rows []row) []cell {
	s, c := total(rows), census(rows)
	count, value, using, equipped := s.Period.ByCount(), s.Period.ByValue(), c.Using(), c.Equipped()
	return rowOf(name, c.All(), c.Of[indicator.Measured], count.Whole, count.Part, count,
		s.Period.Payments().Amount, s.Period.Cashless().Amount, second(value), s.Open().Amount,
		using.Part, ofFacilities(using), equipped.Whole, equipped.Part, ofFacilities(equipped))
}

// ofFacilities is a share of facilities with what it is made of.
func ofFacilities(s indicator.Share) cell {
	c := second(s)
	if s.Known() {
		c.note = vn.Count(s.Part) + " trên " + vn.Count(s.Whole)
	}
	return c
}

// above are the lines over every table in a file: whose figures, of which days, on which map.
func (p *province) above() []string {
	lines := []string{p.scope() + ", " + p.inside() + " (" + p.span() + ")", "Bản đồ hành chính ngày " + p.on().VN()}
	if p.running() {
		lines[0] += ", kỳ chưa hết"
	}
	return lines
}

// bySector and byLevel are the tables on the first page.
func (p *province) bySector() *table {
	groups := groupBy(p.rows, func(r row) string { return string(r.Sector) }, func(r row) group {
		return group{name: r.Sector.Label(), href: p.href("/steer/facilities", "sector", string(r.Sector))}
	})
	return p.groupTable("nganh", "Theo ngành", "Ngành", sorted(groups, func(g group) string { return g.name }))
}

func (p *province) byLevel() *table {
	groups := groupBy(p.rows, func(r row) string { return string(r.Level) }, func(r row) group {
		return group{name: r.Level.Label(), href: p.href("/steer/facilities", "level", string(r.Level))}
	})
	place := map[string]string{} // levels stand in their own order, not in that of names
	for i, l := range org.Levels(org.Both) {
		place[l.Label()] = strconv.Itoa(100 + i)
	}
	return p.groupTable("loai", "Theo loại cơ sở", "Loại cơ sở", sorted(groups, func(g group) string { return place[g.name] }))
}

// tier is the tier of the map by which areas are compared: districts as long as there were
// any, communes since.
func (p *province) tier() org.AreaLevel {
	for _, a := range p.areas {
		if a.Level == org.District {
			return org.District
		}
	}
	return org.Commune
}

// byArea groups by the units of the map of the view's day. Facilities that were not on it stand
// in a line of their own, so that the sum stays whole.
func (p *province) byArea() *table {
	tier := p.tier()
	const nowhere = ""
	groups := groupBy(p.rows, func(r row) string {
		if a, ok := r.Unit(tier); ok {
			return a.ID.String()
		}
		return nowhere
	}, func(r row) group {
		a, ok := r.Unit(tier)
		if !ok {
			return group{name: nowhere}
		}
		return group{name: a.Name, href: p.href("/steer/facilities", "area", a.ID.String())}
	})
	groups = sorted(groups, lastWhenEmpty)
	for i := range groups {
		if groups[i].name == nowhere {
			groups[i].name, groups[i].note = "Không có trên bản đồ", "đã đóng hoặc chưa mở vào ngày "+p.on().VN()
		}
	}
	head := "Xã, phường"
	if tier == org.District {
		head = "Huyện, thị xã, thành phố"
	}
	return p.groupTable("dia-ban", "Theo địa bàn", head, groups)
}

// byAgency groups by who managed the facilities on the view's day.
func (p *province) byAgency() *table {
	const nobody = ""
	groups := groupBy(p.rows, func(r row) string { return r.Agency.String() }, func(r row) group {
		if r.Agency == 0 {
			return group{name: nobody}
		}
		return group{name: r.AgencyName, short: strings.Replace(r.AgencyName, "Ủy ban nhân dân", "UBND", 1), href: p.href("/steer/facilities", "agency", r.Agency.String())}
	})
	groups = sorted(groups, lastWhenEmpty)
	for i := range groups {
		if groups[i].name == nobody {
			groups[i].name = "Không thuộc cơ quan nào của tỉnh"
		}
	}
	return p.groupTable("co-quan", "Theo cơ quan quản lý", "Cơ quan", groups)
}

// lastWhenEmpty sorts groups by name, the one without a name at the end.
func lastWhenEmpty(g group) string {
	if g.name == "" {
		return "2"
	}
	return "1 " + g.name
}
