package steer

import (
	"fmt"
	"html/template"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/sen-platform/sen/internal/indicator"
	"github.com/sen-platform/sen/internal/vn"
	"github.com/sen-platform/sen/internal/web/page"
)

type overviewView struct {
	page.Chrome
	At       time.Time
	Goal     string
	Answer   string
	Lead     []string
	Chooser  chooser
	Targets  []page.Stat
	Money    []page.Stat
	CallText string
	Calls    *page.Table
	CallNone string
	All      page.Link
	Chart    template.HTML
	ChartFor string
	Trend    page.Table
	Sectors  page.Table
	Levels   page.Table
	Sure     []page.Pair
	Excel    page.Link
}

// overview answers GET /steer: one sentence, then the figures it rests on.
func (f *face) overview(c *call) (screen, error) {
	c.view = c.view.only()
	p, err := readProvince(c)
	if err != nil {
		return screen{}, err
	}
	months, err := p.readMonths(c.tx, c.view.trend())
	if err != nil {
		return screen{}, err
	}
	sum, count := total(p.rows), census(p.rows)
	goals := f.goals(p.day())
	level := goals.t3.Level
	if !goals.has3 {
		level = goals.next3.Level
	}
	calls := toCall(p.rows, level)
	callTable, trend, sectors, levels := p.callTable(calls, level), p.trendTable(months), p.bySector(), p.byLevel()
	v := overviewView{
		Chrome: f.chrome(c.r, c.view, p.scope()+": mục tiêu "+p.inside()), At: c.now,
		Answer: p.answer(sum.Period, goals), Lead: p.lead(sum.Period, count, goals), Goal: goals.basis(),
		Chooser: p.chooser("/steer", fixedSector(c.who)),
		Targets: p.targets(sum.Period, count, goals), Money: p.moneyStats(sum),
		All:   page.Link{Text: "Xem cả " + vn.Count(int64(len(p.rows))) + " cơ sở", Href: p.href("/steer/facilities")},
		Chart: chart(points(months), level, goals.has3 || goals.hasNext3), Trend: trend.page(), Sectors: sectors.page(), Levels: levels.page(),
		Sure: p.sure(count), Excel: page.Link{Text: "Tải các bảng (Excel)", Href: p.href("/steer", "as", "xlsx"), Icon: "down"},
	}
	v.ChartFor = chartNote(months, p.period)
	switch {
	case len(calls) > 0:
		t := callTable.page()
		v.Calls = &t
		v.CallText = fmt.Sprintf("Trước hết là tỷ lệ thấp nhất theo số lượt, chỉ xét cơ sở có từ %d lượt thu trong kỳ; rồi đến cơ sở có phiếu chưa trả mà không thu được lượt nào. "+
			"Còn thiếu: số lượt tiền mặt cần chuyển để chính cơ sở đó đạt %s.", enoughPayments, levelText(level))
	case sum.Period.Applicable():
		v.CallNone = "Không cơ sở nào có từ " + strconv.Itoa(enoughPayments) + " lượt thu mà chưa đạt " + levelText(level) + ", và không cơ sở nào có phiếu chưa trả mà không thu được gì."
	default:
		v.CallNone = "Trong kỳ chưa cơ sở nào thu tiền, và không có phiếu nào còn phải thu."
	}
	return screen{
		name: "overview", data: v, title: "Mục tiêu thanh toán không dùng tiền mặt, " + p.inside(), file: "sen-muc-tieu-" + p.slug(),
		tables: []*table{p.targetTable(sum, count, goals), callTable, trend, sectors, levels},
	}, nil
}

// chartNote says what the picture shows.
func chartNote(months []monthly, p period) string {
	note := "Đường liền: theo số lượt (T3). Đường chấm: theo số tiền (T4)."
	if last := months[len(months)-1].month; last == p.today.Month() {
		note += " Tháng " + strings.TrimPrefix(monthName(last), "0") + " tính đến ngày " + strings.TrimPrefix(p.today.VN()[:2], "0") + "."
	}
	return note
}

// answer is the one sentence of the page.
func (p *province) answer(f indicator.Figures, g goals) string {
	when := p.Label()
	if p.running() {
		when = "Từ " + strings.TrimPrefix(p.span(), "từ ")
	}
	who := lowerFirst(p.scope())
	s := f.ByCount()
	if !s.Known() {
		return when + ", " + who + " chưa có lượt thu nào nên chưa có tỷ lệ."
	}
	text := when + ", " + who + " có " + percent(s) + " số lượt thu không dùng tiền mặt"
	switch {
	case !g.has3:
		return text + "."
	case s.Reached(g.t3.Level):
		return text + ": đạt mục tiêu " + levelText(g.t3.Level) + "."
	}
	return text + ": chưa đạt mục tiêu " + levelText(g.t3.Level) + ", còn thiếu " + gapText(s.Gap(g.t3.Level)) + "."
}

// lead says what it would take, how the value stands, and what the figures were measured on.
func (p *province) lead(f indicator.Figures, c indicator.Census, g goals) []string {
	s, v := f.ByCount(), f.ByValue()
	if !s.Known() {
		if c.Of[indicator.Silent] == 0 {
			return []string{"Không cơ sở nào trong " + vn.Count(c.All()) + " cơ sở có phiếu chưa trả."}
		}
		return []string{fmt.Sprintf("%s trong %s cơ sở có phiếu chưa trả.", vn.Count(c.Of[indicator.Silent]), vn.Count(c.All()))}
	}
	var out []string
	if g.has3 && !s.Reached(g.t3.Level) {
		out = append(out, "Muốn đạt, cần thêm "+vn.Count(s.Missing(g.t3.Level))+" lượt chuyển từ tiền mặt sang cách trả khác.")
	}
	text := "Theo số tiền là " + percent(v)
	if g.has4 {
		if v.Reached(g.t4.Level) {
			text += ", đạt mục tiêu " + levelText(g.t4.Level)
		} else {
			text += ", chưa đạt mục tiêu " + levelText(g.t4.Level) + ", còn thiếu " + gapText(v.Gap(g.t4.Level))
		}
	}
	out = append(out, text+".")
	if g.hasNext3 && g.has3 {
		out = append(out, "Mức tiếp theo: "+levelText(g.next3.Level)+" số lượt, hạn "+g.next3.By.VN()+".")
	}
	return append(out, fmt.Sprintf("Đo trên %s lượt thu, %s, ở %s trong %s cơ sở.", vn.Count(s.Whole), f.Payments().Amount, vn.Count(c.Of[indicator.Measured]), vn.Count(c.All())))
}

// moneyStats are bills and money of the period.
func (p *province) moneyStats(s indicator.Standing) []page.Stat {
	bills := func(n int64) string { return vn.Count(n) + " phiếu" }
	return []page.Stat{
		{Label: "Phát hành trong kỳ", Value: s.Period.Issued.Amount, Note: bills(s.Period.Issued.N)},
		{Label: "Đã thu trong kỳ", Value: s.Period.Payments().Amount, State: page.Paid, Note: vn.Count(s.Period.Payments().N) + " lượt, kể cả tiền mặt"},
		{Label: "Trả đủ trong kỳ", Value: bills(s.Period.Settled.N), Note: page.HTMLf("%s; hủy %s", s.Period.Settled.Amount, bills(s.Period.Cancelled.N))},
		{Label: "Còn phải thu đến " + p.day().VN(), Value: s.Open().Amount, Note: bills(s.Open().N) + " chưa trả đủ, phát hành từ trước đến nay"},
	}
}

// sure says on how many facilities the figures rest.
func (p *province) sure(c indicator.Census) []page.Pair {
	href := func(class string) string { return p.href("/steer/facilities", "sort", class) }
	pair := func(label any, n int64, class, note string) page.Pair {
		return page.Pair{Label: label, Value: page.Link{Text: vn.Count(n) + " cơ sở", Href: href(class)}, Note: note}
	}
	return []page.Pair{
		pair(page.EvidenceMeasured, c.Of[indicator.Measured], "payments", "có thu trong kỳ, từng khoản tiền nằm trong sổ của Sen"),
		pair(page.EvidenceNone, c.Of[indicator.Silent], "silent", "có phiếu chưa trả mà không thu được lượt nào"),
		pair(notApplicable, c.Of[indicator.Idle]+c.Of[indicator.Exempt], "idle",
			fmt.Sprintf("%s cơ sở không có phiếu và không thu gì trong kỳ, %s cơ sở khai không thu khoản nào", vn.Count(c.Of[indicator.Idle]), vn.Count(c.Of[indicator.Exempt]))),
	}
}

// lowerFirst is text that begins inside a sentence.
func lowerFirst(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToLower(r)) + s[n:]
}
