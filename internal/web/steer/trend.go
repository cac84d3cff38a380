package steer

import (
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/doc"
	"github.com/sen-platform/sen/internal/indicator"
	"github.com/sen-platform/sen/internal/vnd"
)

// monthly is one month's figures and what is open at its end.
type monthly struct {
	month string
	indicator.Figures
	open indicator.Sum
}

// readMonths reads the figures of months, which follow each other, from the first on that the
// facilities have any: one query.
func (p *province) readMonths(tx *db.Tx, months []string) ([]monthly, error) {
	out := make([]monthly, len(months))
	for i, m := range months {
		out[i].month = m
	}
	if len(p.visible) == 0 {
		return out, nil
	}
	f := p.filter()
	f.From, f.To = "", months[len(months)-1] // from the beginning: what is open follows from everything before
	rows, err := indicator.Query(tx, f, indicator.ByMonth)
	if err != nil {
		return nil, err
	}
	// What is drawn begins with the first month that has anything to draw.
	first := 0
	for len(rows) > 0 && first < len(out)-1 && out[first].month < rows[0].Month {
		first++
	}
	out = out[first:]
	var upTo indicator.Standing
	i := 0
	for j := range out {
		for ; i < len(rows) && rows[i].Month <= out[j].month; i++ {
			upTo.UpTo = upTo.UpTo.Add(rows[i].Figures)
			if rows[i].Month == out[j].month {
				out[j].Figures = rows[i].Figures
			}
		}
		out[j].open = upTo.Open()
	}
	return out, nil
}

// points are the shares of months for the chart.
func points(list []monthly) []point {
	out := make([]point, len(list))
	for i, m := range list {
		out[i] = point{m.month, m.ByCount(), m.ByValue()}
	}
	return out
}

// trendTable is the table under the chart.
func (p *province) trendTable(list []monthly) *table {
	t := &table{id: "thang", title: "Từng tháng", above: []string{p.scope(), "Bản đồ hành chính ngày " + p.on().VN()}, columns: []column{
		{title: "Tháng", tight: true},
		{title: "Lượt thu", kind: doc.Count},
		{title: "Lượt không tiền mặt", kind: doc.Count, hidden: true},
		{title: "Theo số lượt", kind: doc.Percent},
		{title: "Số tiền thu", kind: doc.Money},
		{title: "Tiền không tiền mặt", kind: doc.Money, hidden: true},
		{title: "Theo số tiền", kind: doc.Percent},
	}}
	for _, m := range list {
		t.rows = append(t.rows, rowOf(cell{value: monthName(m.month), href: p.in(monthPeriod(m.month, p.today)).href("/steer/facilities")},
			m.Payments().N, m.Cashless().N, m.ByCount(), m.Payments().Amount, m.Cashless().Amount, second(m.ByValue())))
	}
	return t
}

// monthsTable is the page of months: bills and money too.
func (p *province) monthsTable(list []monthly) *table {
	t := p.trendTable(list)
	t.slips = true
	t.columns = append(t.columns,
		column{title: "Phiếu phát hành", kind: doc.Count}, column{title: "Tiền phát hành", kind: doc.Money},
		column{title: "Phiếu hủy", kind: doc.Count}, column{title: "Phiếu trả đủ", kind: doc.Count},
		column{title: "Còn phải thu cuối tháng", kind: doc.Money})
	var sum indicator.Figures
	var open vnd.Amount
	for i, m := range list {
		t.rows[i] = append(t.rows[i], rowOf(m.Issued.N, m.Issued.Amount, m.Cancelled.N, m.Settled.N, m.open.Amount)...)
		sum, open = sum.Add(m.Figures), m.open.Amount
	}
	t.foot = rowOf("Cộng", sum.Payments().N, sum.Cashless().N, sum.ByCount(), sum.Payments().Amount, sum.Cashless().Amount, sum.ByValue(),
		sum.Issued.N, sum.Issued.Amount, sum.Cancelled.N, sum.Settled.N, open)
	return t
}
