package steer

import (
	"fmt"
	"strconv"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/doc"
	"github.com/sen-platform/sen/internal/indicator"
	"github.com/sen-platform/sen/internal/vn"
	"github.com/sen-platform/sen/internal/web/page"
)

// goals are the levels that hold on a day.
type goals struct {
	t2, t3, t4, t8         indicator.Target
	has2, has3, has4, has8 bool
	next3                  indicator.Target
	hasNext3               bool
}

func (f *face) goals(on clock.Date) goals {
	var g goals
	g.t2, g.has2 = f.plan.InForce(indicator.T2, on)
	g.t3, g.has3 = f.plan.InForce(indicator.T3, on)
	g.t4, g.has4 = f.plan.InForce(indicator.T4, on)
	g.t8, g.has8 = f.plan.InForce(indicator.T8, on)
	g.next3, g.hasNext3 = f.plan.Next(indicator.T3, on)
	return g
}

// basis names the target above the sentence.
func (g goals) basis() string {
	switch {
	case g.has3:
		return "Mục tiêu T3: " + levelText(g.t3.Level) + " số lượt, từ " + g.t3.By.VN() + "."
	case g.hasNext3:
		return "Mục tiêu T3 đầu tiên: " + levelText(g.next3.Level) + " số lượt, hạn " + g.next3.By.VN() + "."
	}
	return ""
}

// levelText is a level in words: "trên 95%", "50%".
func levelText(l indicator.Level) string {
	s := strconv.FormatInt(l.PerMille/10, 10)
	if l.PerMille%10 != 0 {
		s += "," + strconv.FormatInt(l.PerMille%10, 10)
	}
	if l.MoreThan {
		return "trên " + s + "%"
	}
	return s + "%"
}

// points of a share: "5,3 điểm phần trăm".
func gapText(thousandths int64) string {
	s := strconv.FormatInt(thousandths/10, 10)
	if thousandths%10 != 0 {
		s += "," + strconv.FormatInt(thousandths%10, 10)
	}
	return s + " điểm phần trăm"
}

// targets are the four indicators with what they are made of.
func (p *province) targets(f indicator.Figures, c indicator.Census, g goals) []page.Stat {
	stat := func(label string, s indicator.Share, unit string, evidence page.Evidence, goal indicator.Target, has bool) page.Stat {
		st := page.Stat{Label: label, Value: percent(s), Big: s.Known(), Evidence: evidence}
		if !s.Known() {
			st.Value, st.Evidence, st.Note = "Chưa có", page.EvidenceNone, "kỳ này chưa thu lượt nào"
			return st
		}
		st.Note = fmt.Sprintf("%s trên %s %s", vn.Count(s.Part), vn.Count(s.Whole), unit)
		if has {
			st.Note = fmt.Sprintf("%s; mục tiêu %s", st.Note, levelText(goal.Level))
		}
		return st
	}
	value := stat("Theo số tiền (T4)", f.ByValue(), "", page.EvidenceMeasured, g.t4, g.has4)
	if f.Applicable() {
		value.Note = page.HTMLf("%s trên %s", f.Cashless().Amount, f.Payments().Amount)
		if g.has4 {
			value.Note = page.HTMLf("%s trên %s; mục tiêu %s", f.Cashless().Amount, f.Payments().Amount, levelText(g.t4.Level))
		}
	}
	return []page.Stat{
		stat("Theo số lượt (T3)", f.ByCount(), "lượt", page.EvidenceMeasured, g.t3, g.has3),
		value,
		stat("Cơ sở có thu không tiền mặt (T2)", c.Using(), "cơ sở có thu", page.EvidenceMeasured, g.t2, g.has2),
		stat("Cơ sở đủ 3 trên 4 cách trả (T8)", c.Equipped(), "cơ sở, theo cơ sở khai; chưa trả thử", page.EvidenceDeclared, g.t8, g.has8),
	}
}

// targetTable is the indicators as the first sheet of the Excel file.
func (p *province) targetTable(s indicator.Standing, c indicator.Census, g goals) *table {
	t := &table{id: "chi-tieu", title: "Chỉ tiêu", above: p.above(), columns: []column{
		{title: "Chỉ tiêu"},
		{title: "Tử số", kind: doc.Count},
		{title: "Mẫu số", kind: doc.Count},
		{title: "Đơn vị"},
		{title: "Tỷ lệ", kind: doc.Percent},
		{title: "Mục tiêu"},
		{title: "Kết quả"},
		{title: "Căn cứ số liệu"},
	}}
	add := func(name string, s indicator.Share, unit, known string, goal indicator.Target, has bool) {
		want, result := any(nil), any(nil)
		if has {
			want, result = levelText(goal.Level), "chưa đạt"
			switch {
			case !s.Known():
				result = notApplicable
			case s.Reached(goal.Level):
				result = "đạt"
			}
		}
		t.rows = append(t.rows, rowOf(name, s.Part, s.Whole, unit, s, want, result, known))
	}
	add("T2. Cơ sở có thu không tiền mặt", c.Using(), "cơ sở có thu", "Đo được", g.t2, g.has2)
	add("T3. Tỷ lệ không tiền mặt theo số lượt", s.Period.ByCount(), "lượt thu", "Đo được", g.t3, g.has3)
	add("T4. Tỷ lệ không tiền mặt theo số tiền", s.Period.ByValue(), "đồng", "Đo được", g.t4, g.has4)
	add("T8. Cơ sở đủ 3 trên 4 cách trả", c.Equipped(), "cơ sở", "Tự khai", g.t8, g.has8)
	return t
}
