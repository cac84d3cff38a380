package desk

import (
	"slices"
	"strings"
	"unicode"

	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/indicator"
	"github.com/sen-platform/sen/internal/rail"
	"github.com/sen-platform/sen/internal/vn"
	"github.com/sen-platform/sen/internal/vnd"
	"github.com/sen-platform/sen/internal/web/page"
)

// shownTabs is how many rounds the first page offers.
const shownTabs = 3

// money is the second part of the first page: a round's money, or the month's.
func (f *face) money(v *visit, n *news) *moneyView {
	m := &moneyView{Methods: methodTable(n.methods)}
	var tabs []page.Tab
	for _, r := range n.rounds {
		shown := n.round != nil && n.round.ID == r.ID
		if n.sums[r.ID].Issued > 0 && (len(tabs) < shownTabs || shown) {
			tabs = append(tabs, page.Tab{Text: r.Name, Href: with("/desk", "dot", r.ID.String()), Current: shown})
		}
	}
	if n.round != nil || len(tabs) > 0 {
		tabs = append(tabs, page.Tab{Text: "Tháng này", Href: "/desk?dot=thang", Current: n.round == nil})
		m.Tabs = &page.Tabs{Label: "Đợt thu", Items: tabs}
	}
	if n.round == nil {
		m.Title = "Tiền tháng " + v.today.Time().Format("1/2006")
		m.Stats = f.monthStats(n)
		return m
	}
	r := n.round
	m.Title = "Tiền " + lowerFirst(r.Name)
	m.Export = &page.Link{Text: "Tải bảng kê (Excel)", Href: "/desk/dot-thu/" + r.ID.String() + "/bang-ke.xlsx", Icon: "down", Save: true}
	sum := bill.Sum(n.wall)
	left := sum.Issued - sum.Paid
	m.Stats = []page.Stat{
		{Label: "Đã phát hành", Value: sum.IssuedAmount, Note: count(sum.Issued, "phiếu")},
		{Label: "Đã nhận", Value: sum.PaidAmount, State: page.Paid, Note: count(sum.Paid, "phiếu trả đủ") + ", " + page.Percent(int64(sum.Paid), int64(sum.Issued))},
		{Label: "Còn phải thu", Value: sum.IssuedAmount - sum.PaidAmount, Note: page.HTMLf("%s, hạn %s", count(left, "phiếu"), r.DueOn)},
		cashlessStat(n),
	}
	base := "dot=" + r.ID.String()
	if wall, ok := wallOf(n.wall, base, r.Name); ok {
		m.Wall = &wall
	} else if len(n.wall) > 0 && !(len(n.wall) == 1 && n.wall[0].Class == "") {
		t := classTable(v, n.wall, base)
		m.Classes = &t
	}
	return m
}

func (f *face) monthStats(n *news) []page.Stat {
	sum := n.methodsSum()
	return []page.Stat{
		{Label: "Đã phát hành", Value: n.month.Issued.Amount, Note: count(n.month.Issued.N, "phiếu trong tháng")},
		{Label: "Đã nhận", Value: sum.Amount, State: page.Paid, Note: count(sum.N, "lượt trong tháng")},
		{Label: "Còn phải thu", Value: n.owed.Outstanding(), Note: "mọi phiếu còn mở, cả tháng trước"},
		cashlessStat(n),
	}
}

// cashlessStat is the share of T3 (count) with that of T4 (value) beside it. Who collected
// nothing has no share; it is not 0 %.
func cashlessStat(n *news) page.Stat {
	all, part := n.methodsSum(), n.cashless()
	s := page.Stat{Label: "Không dùng tiền mặt", Value: "Chưa có", Note: "chưa nhận khoản nào"}
	if all.N > 0 {
		s.Value = page.Percent(part.N, all.N) + " số lượt"
		s.Note = page.Percent(int64(part.Amount), int64(all.Amount)) + " số tiền"
	}
	return s
}

func methodTable(by map[rail.Method]indicator.Sum) page.Table {
	t := page.Table{
		Caption: "Tiền đã nhận theo cách trả", Still: true, Bare: true,
		Columns: []page.Column{{Head: "Cách trả"}, {Head: "Lượt", Number: true}, {Head: "Số tiền", Number: true}},
	}
	var sum indicator.Sum
	for _, m := range methodNames {
		s := by[m.method]
		if s.N == 0 && m.method != rail.QR && m.method != rail.Cash {
			continue
		}
		t.Rows = append(t.Rows, page.Row{Cells: []any{m.name, s.N, s.Amount}})
		sum.N += s.N
		sum.Amount += s.Amount
	}
	t.Foot = []any{"Cộng", sum.N, sum.Amount}
	return t
}

// Bounds of the wall: beyond them a plain table reads better.
const (
	wallColumns = 9
	wallRows    = 14
)

// wallOf lays classes out as schools speak of them, one row per grade: "3B" stands in row 3,
// column B. It reports false for classes that are not named so.
func wallOf(classes []bill.ClassCount, base, caption string) (page.Wall, bool) {
	type place struct{ grade, letter string }
	at := map[place]bill.ClassCount{}
	var grades, letters []string
	for _, c := range classes {
		g, l, ok := gradeOf(c.Class)
		if !ok {
			return page.Wall{}, false
		}
		if c.Issued == 0 {
			continue
		}
		at[place{g, l}] = c
		if !slices.Contains(grades, g) {
			grades = append(grades, g)
		}
		if !slices.Contains(letters, l) {
			letters = append(letters, l)
		}
	}
	if len(at) < 3 || len(letters) > wallColumns || len(grades) > wallRows {
		return page.Wall{}, false
	}
	byKey := func(a, b string) int { return strings.Compare(vn.Key(a), vn.Key(b)) }
	slices.SortFunc(grades, byKey)
	slices.SortFunc(letters, byKey)
	w := page.Wall{Caption: "Tỷ lệ đã trả theo lớp, " + lowerFirst(caption), Corner: "Khối", Heads: letters, SumHead: "Cả khối"}
	for _, g := range grades {
		row := page.WallRow{Name: "Khối " + g, Sum: page.WallCell{Name: "Khối " + g, Href: "/desk/phieu?" + base}}
		for _, l := range letters {
			c := at[place{g, l}]
			row.Cells = append(row.Cells, page.WallCell{Name: "Lớp " + c.Class, Href: with("/desk/phieu?" + base + "&lop=" + escape(c.Class)), Paid: int64(c.Paid), Total: int64(c.Issued)})
			row.Sum.Paid += int64(c.Paid)
			row.Sum.Total += int64(c.Issued)
		}
		w.Rows = append(w.Rows, row)
	}
	return w, true
}

// gradeOf divides a class into grade and letter: "10A1" is 10 and A1, "Lớp 3B" 3 and B.
func gradeOf(class string) (grade, letter string, ok bool) {
	if rest := strings.TrimSpace(class); strings.HasPrefix(vn.Fold(rest), "lop ") {
		_, class, _ = strings.Cut(rest, " ")
	}
	i := strings.IndexFunc(class, func(r rune) bool { return !unicode.IsDigit(r) })
	if i < 1 || i > 2 {
		return "", "", false
	}
	letter = strings.TrimLeft(class[i:], " ./-")
	return class[:i], letter, letter != "" && len([]rune(letter)) <= 4
}

func classTable(v *visit, classes []bill.ClassCount, base string) page.Table {
	t := page.Table{Caption: "Từng lớp đã trả", Bare: true, Columns: []page.Column{
		{Head: classWord(v.facility)}, {Head: "Phiếu", Number: true}, {Head: "Trả đủ", Number: true}, {Head: "Tỷ lệ", Number: true}, {Head: "Còn phải thu", Number: true},
	}}
	for _, c := range classes {
		if c.Issued == 0 {
			continue
		}
		name := c.Class
		if name == "" {
			name = "Không ghi " + strings.ToLower(classWord(v.facility))
		}
		t.Rows = append(t.Rows, page.Row{Cells: []any{
			page.Link{Text: name, Href: "/desk/phieu?" + base + "&lop=" + escape(classParam(c.Class))}, c.Issued, c.Paid, page.Percent(int64(c.Paid), int64(c.Issued)), c.IssuedAmount - c.PaidAmount,
		}})
	}
	sum := bill.Sum(classes)
	t.Foot = []any{"Cộng", sum.Issued, sum.Paid, page.Percent(int64(sum.Paid), int64(sum.Issued)), vnd.Amount(sum.IssuedAmount - sum.PaidAmount)}
	return t
}
