package steer

import (
	"cmp"
	"slices"
	"strings"

	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/doc"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/indicator"
	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/rail"
	"github.com/sen-platform/sen/internal/vn"
	"github.com/sen-platform/sen/internal/web/page"
)

type definitionsView struct {
	page.Chrome
	Mistakes page.Mistakes
	Targets  page.Table
	Facility page.Field
	Part     page.Select
	Year     page.Select
	Choices  []page.Link // facilities that fit what was typed, when they are several
	Verdict  *page.Verdict
	Checked  *section
	Excel    *page.Link
}

// choicesMost is how many facilities are offered when several fit.
const choicesMost = 20

// definitions answers GET /steer/definitions: what every figure means, and a recount of one
// facility's month for whoever doubts it.
func (f *face) definitions(c *call) (screen, error) {
	const path = "/steer/definitions"
	typed := vn.Clean(c.r.URL.Query().Get("facility"))
	check := c.r.URL.Query().Get("check") != ""
	c.view = view{period: checkMonth(c.view.period)}
	targets := f.planTable()
	part, year := c.view.selects()
	part.Label, part.Options = "Tháng", part.Options[:12]
	v := definitionsView{
		Chrome: f.chrome(c.r, c.view, "Số liệu này tính thế nào"), Targets: targets.page(), Part: part, Year: year,
		Facility: page.Field{Name: "facility", Label: "Mã hoặc tên cơ sở", Value: typed, MaxLength: 100},
	}
	s := screen{name: "definitions", title: "Cách tính và tính lại", file: "sen-tinh-lai-" + c.view.slug(), tables: []*table{targets}}
	if check {
		found, err := f.recount(c, typed, &v)
		if err != nil {
			return screen{}, err
		}
		if found != nil {
			sec := sectionOf(found, c.view, path, "")
			sec.CSV.Href = c.view.href(path, "facility", typed, "check", "1", "as", "csv", "table", found.id)
			v.Checked = &sec
			v.Excel = &page.Link{Text: "Tải bảng tính lại (Excel)", Href: c.view.href(path, "facility", typed, "check", "1", "as", "xlsx"), Icon: "down"}
			s.tables = []*table{found, targets}
		}
	}
	if v.Facility.Error != "" {
		v.Invalid = true
		v.Mistakes.Add("facility", v.Facility.Error)
	}
	s.data = v
	return s, nil
}

// recount finds the facility that was typed, computes its month again and compares. It returns
// nil when there is not exactly one such facility.
func (f *face) recount(c *call, typed string, v *definitionsView) (*table, error) {
	if typed == "" {
		v.Facility.Error = "Gõ mã hoặc tên cơ sở cần tính lại"
		return nil, nil
	}
	all := *c
	all.view.search = typed
	p, err := readDirectory(&all)
	if err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(p.rows, func(r row) bool { return strings.EqualFold(r.Code, typed) }); i >= 0 {
		p.rows = p.rows[i : i+1]
	}
	switch {
	case len(p.rows) == 0:
		v.Facility.Error = "Không có cơ sở nào như vậy. Gõ mã cơ sở, hoặc một phần tên"
		return nil, nil
	case len(p.rows) > 1:
		for _, r := range p.rows[:min(len(p.rows), choicesMost)] {
			v.Choices = append(v.Choices, page.Link{Text: r.Name + " (" + r.Code + ")", Href: c.view.href("/steer/definitions", "facility", r.Code, "check", "1") + "#tinh-lai"})
		}
		return nil, nil
	}
	month, facility := c.view.from(), p.rows[0].Entry
	kept, err := indicator.Cells(c.tx, facility.ID, month, month)
	if err != nil {
		return nil, err
	}
	facts, err := collect.FactsOf(c.tx, facility.ID, month)
	if err != nil {
		return nil, err
	}
	names, err := feeNames(c)
	if err != nil {
		return nil, err
	}
	list := indicator.Compare(kept, facts)
	v.Facility.Value = facility.Code
	v.Verdict = verdict(facility, c.view, list)
	return compareTable(facility, c.view, list, names), nil
}

func verdict(e org.Entry, v view, list []indicator.Comparison) *page.Verdict {
	same := 0
	for _, c := range list {
		if c.Same() {
			same++
		}
	}
	of := e.Name + ", " + v.inside()
	switch {
	case len(list) == 0:
		return &page.Verdict{State: page.Paid, Title: "Khớp: cả hai bên đều không có gì", Text: of + ": không có phiếu, không có biên lai, và bảng tổng hợp cũng để trống."}
	case same == len(list):
		return &page.Verdict{State: page.Paid, Title: "Khớp cả " + vn.Count(int64(same)) + " ô", Text: of + ": tính lại từ từng phiếu và từng biên lai ra đúng các con số đang báo cáo."}
	}
	return &page.Verdict{
		State: page.Need, Title: "Lệch " + vn.Count(int64(len(list)-same)) + " trong " + vn.Count(int64(len(list))) + " ô",
		Text: of + ": báo người quản trị của tỉnh, kèm bảng dưới đây, để kiểm tra sổ trước khi dùng số liệu này.",
	}
}

// compareTable puts what is kept beside what was counted again.
func compareTable(e org.Entry, v view, list []indicator.Comparison, names map[id.FeeKind]org.FeeKind) *table {
	t := &table{id: "tinh-lai", title: "Tính lại " + v.inside(), above: []string{e.Name + " (" + e.Code + "), " + v.inside()}, slips: true, still: true, columns: []column{
		{title: "Chỉ số"},
		{title: "Khoản thu"},
		{title: "Tổng hợp, số lượng", kind: doc.Count},
		{title: "Tính lại, số lượng", kind: doc.Count},
		{title: "Tổng hợp, số tiền", kind: doc.Money},
		{title: "Tính lại, số tiền", kind: doc.Money},
		{title: "Kết quả", tight: true},
	}}
	slices.SortStableFunc(list, func(a, b indicator.Comparison) int {
		return cmp.Or(cmp.Compare(a.FeeKind, b.FeeKind), cmp.Compare(slices.Index(measures, a.Measure), slices.Index(measures, b.Measure)))
	})
	for _, c := range list {
		fee := names[c.FeeKind].Name
		if c.FeeKind == indicator.AllFees {
			fee = "Mọi khoản"
		}
		result := cell{value: "Khớp", shown: page.Tag{Text: "Khớp", Icon: "check"}}
		if !c.Same() {
			result = cell{value: "Lệch", shown: page.Tag{State: page.Danger, Text: "Lệch"}}
		}
		t.rows = append(t.rows, rowOf(measureName(c.Measure), fee, c.Kept.N, c.Facts.N, c.Kept.Amount, c.Facts.Amount, result))
	}
	return t
}

// measures are in the order in which a bill lives.
var measures = []indicator.Measure{
	indicator.Issued, indicator.Cancelled, indicator.Settled, indicator.Measure(rail.QR), indicator.Measure(rail.Website),
	indicator.Measure(rail.MobileMoney), indicator.Measure(rail.Card), indicator.Measure(rail.Cash),
}

func measureName(m indicator.Measure) string {
	switch m {
	case indicator.Issued:
		return "Phiếu phát hành"
	case indicator.Cancelled:
		return "Phiếu hủy"
	case indicator.Settled:
		return "Phiếu trả đủ"
	}
	return "Thu: " + methodName(rail.Method(m))
}

// planTable is the targets with their days and the text that sets them.
func (f *face) planTable() *table {
	t := &table{id: "muc-tieu", title: "Mục tiêu đang dùng", above: []string{planNote}, still: true, slips: true, columns: []column{
		{title: "Chỉ tiêu"}, {title: "Mức", tight: true}, {title: "Hạn đạt", kind: doc.Date, tight: true}, {title: "Căn cứ", long: true},
	}}
	plan := slices.Clone(f.plan)
	slices.SortStableFunc(plan, func(a, b indicator.Target) int {
		return strings.Compare(a.Indicator+string(a.By), b.Indicator+string(b.By))
	})
	for _, p := range plan {
		t.rows = append(t.rows, rowOf(p.Indicator+". "+indicatorNames[p.Indicator], levelText(p.Level), p.By, p.Basis))
	}
	return t
}

const planNote = "Tỉnh chưa nhập kế hoạch của mình nên dùng các mức của Kế hoạch 2349/KH-UBND tỉnh Tây Ninh."

var indicatorNames = map[string]string{
	indicator.T2: "Cơ sở nhận và dùng thanh toán không tiền mặt",
	indicator.T3: "Tỷ lệ không tiền mặt theo số lượt",
	indicator.T4: "Tỷ lệ không tiền mặt theo số tiền",
	indicator.T8: "Cơ sở sẵn sàng ít nhất 3 trên 4 cách trả",
}
