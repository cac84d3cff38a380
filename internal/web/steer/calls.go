package steer

import (
	"slices"
	"strings"

	"github.com/sen-platform/sen/internal/doc"
	"github.com/sen-platform/sen/internal/indicator"
	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/web/page"
)

// Who should be called first. A share of a handful of payments says little, so it takes
// enoughPayments to be blamed for one; some places are kept for facilities that collect nothing
// at all although bills are open, which no share shows.
const (
	callMost       = 10
	callSilent     = 3
	enoughPayments = 20
)

// toCall chooses at most callMost facilities: those with the lowest share of the number of
// payments below the level, then the silent ones that are owed most.
func toCall(rows []row, level indicator.Level) []row {
	var low, silent []row
	for _, r := range rows {
		switch s := r.Period.ByCount(); {
		case len(r.Path) == 0: // closed: there is nobody to call
		case r.class == indicator.Silent:
			silent = append(silent, r)
		case s.Whole >= enoughPayments && !s.Reached(level):
			low = append(low, r)
		}
	}
	slices.SortStableFunc(low, func(a, b row) int {
		switch x, y := a.Period.ByCount(), b.Period.ByCount(); {
		case x.Less(y):
			return -1
		case y.Less(x):
			return 1
		}
		return int(min(max(b.Period.Payments().N-a.Period.Payments().N, -1), 1))
	})
	slices.SortStableFunc(silent, func(a, b row) int { return int(min(max(b.Open().Amount-a.Open().Amount, -1), 1)) })
	low = low[:min(len(low), callMost-min(len(silent), callSilent))]
	return append(low, silent[:min(len(silent), callMost-len(low))]...)
}

// callTable lists them with the reason and the number to dial.
func (p *province) callTable(list []row, level indicator.Level) *table {
	t := &table{id: "can-goi", title: "Cơ sở nên gọi trước", above: p.above(), summed: true, slips: true, columns: []column{
		{title: "Cơ sở"},
		{title: "Loại cơ sở"},
		{title: "Lượt thu", kind: doc.Count},
		{title: "Theo số lượt", kind: doc.Percent},
		{title: "Còn thiếu, lượt", kind: doc.Count},
		{title: "Còn phải thu", kind: doc.Money},
		{title: "Gọi cho"},
	}}
	sum := total(list)
	var missing int64
	for _, r := range list {
		s := r.Period.ByCount()
		share := cell{value: s}
		if r.class == indicator.Silent {
			share = cell{value: "chưa thu lượt nào"}
		}
		missing += s.Missing(level)
		phone, who := contact(r.Entry)
		call := cell{value: who, shown: phone}
		if link, ok := phone.(page.Link); ok {
			call = cell{value: strings.TrimSpace(who + " " + strings.ReplaceAll(link.Text.(string), "\u00a0", " ")), shown: phone, note: who}
		}
		t.rows = append(t.rows, rowOf(cell{value: r.Name, href: r.path(p.only())}, r.Level.Label(), s.Whole, share, s.Missing(level), r.Open().Amount, call))
	}
	t.foot = rowOf("Cộng", nil, sum.Period.Payments().N, nil, missing, sum.Open().Amount, nil)
	return t
}

// contact is whom to call at a facility: the number as a link that dials, and who answers.
func contact(e org.Entry) (phone any, who string) {
	c := e.Contact
	number := c.Phone
	who = strings.Trim(c.Name+", "+lowerFirst(c.Role), ", ")
	if number == "" {
		number, who = e.Phone, "số chung của cơ sở"
	}
	if number == "" {
		return "Chưa có số điện thoại", ""
	}
	return page.Link{Text: grouped(number), Href: "tel:" + strings.Map(dialled, number)}, who
}

// dialled keeps what a telephone number is dialled with.
func dialled(r rune) rune {
	if r >= '0' && r <= '9' || r == '+' {
		return r
	}
	return -1
}

// grouped is a telephone number in groups of digits that stay on one line.
func grouped(phone string) string {
	if len(phone) < 10 || strings.Trim(phone, "0123456789") != "" {
		return strings.ReplaceAll(phone, " ", "\u00a0")
	}
	return phone[:4] + "\u00a0" + phone[4:7] + "\u00a0" + phone[7:]
}
