package steer

import (
	"fmt"
	"html/template"
	"slices"
	"strconv"
	"strings"

	"github.com/sen-platform/sen/internal/indicator"
)

// point is one month of a chart.
type point struct {
	month        string
	count, value indicator.Share
}

// The drawing area, in the units of the picture.
const (
	chartLeft, chartRight = 44, 624
	chartTop, chartBottom = 20, 250
	labelGap              = 18 // between two labels at the end of lines
)

// chart draws the shares by month as a picture of the table on the same page: T3 as a line, T4
// dotted, the target dashed. Months in which nothing was collected interrupt the lines. It is
// empty when no month has a share.
func chart(points []point, goal indicator.Level, hasGoal bool) template.HTML {
	low, last := int64(1000), -1
	for i, p := range points {
		for _, s := range []indicator.Share{p.count, p.value} {
			if s.Known() {
				low, last = min(low, thousandths(s)), i
			}
		}
	}
	if last < 0 {
		return ""
	}
	if hasGoal {
		low = min(low, goal.PerMille)
	}
	low = min(low-1, 899) / 100 * 100
	low = max(low, 0)
	d := &drawing{low: low, n: len(points)}
	d.frame(points)
	if hasGoal {
		y := d.y(goal.PerMille)
		fmt.Fprintf(&d.b, `<path class="goal" d="M%d %sH%d"/>`, chartLeft, y, chartRight)
		d.label("tg", "Mục tiêu "+levelText(goal), goal.PerMille)
	}
	d.line("l2", "d2", points, func(p point) indicator.Share { return p.value })
	d.line("l1", "d1", points, func(p point) indicator.Share { return p.count })
	if s := points[last].value; s.Known() {
		d.label("", "Số tiền "+percent(s), thousandths(s))
	}
	if s := points[last].count; s.Known() {
		d.label("t1", "Số lượt "+percent(s), thousandths(s))
	}
	d.labels()
	title := "Tỷ lệ không dùng tiền mặt theo tháng, từ " + monthName(points[0].month) + " đến " + monthName(points[len(points)-1].month)
	return template.HTML(`<svg class="chart" viewBox="0 0 760 292" role="img" aria-labelledby="ct cd"><title id="ct">` + title +
		`</title><desc id="cd">Số liệu đầy đủ ở bảng bên dưới.</desc>` + d.b.String() + `</svg>`)
}

// thousandths is a share for drawing.
func thousandths(s indicator.Share) int64 { return 1000 - s.Gap(indicator.Level{PerMille: 1000}) }

type drawing struct {
	b   strings.Builder
	low int64 // the thousandths at the bottom
	n   int
	tag []tag
}

type tag struct {
	class, text string
	y           float64
}

func (d *drawing) x(i int) string {
	if d.n == 1 {
		return number((chartLeft + chartRight) / 2)
	}
	return number(chartLeft + float64(i)*(chartRight-chartLeft)/float64(d.n-1))
}

func (d *drawing) height(v int64) float64 {
	return chartBottom - float64(v-d.low)*(chartBottom-chartTop)/float64(1000-d.low)
}

func (d *drawing) y(v int64) string { return number(d.height(v)) }

func number(v float64) string { return strconv.FormatFloat(v, 'f', 1, 64) }

// frame draws the lines of the scale and the months below.
func (d *drawing) frame(points []point) {
	step := int64(100)
	if d.low < 500 {
		step = 200
	}
	for v := int64(1000); v >= d.low; v -= step {
		y := d.height(v)
		fmt.Fprintf(&d.b, `<path class="grid-l" d="M%d %sH%d"/><text x="36" y="%s" text-anchor="end">%d%%</text>`, chartLeft, number(y), chartRight, number(y+4.5), v/10)
	}
	for i, p := range points {
		name := "T" + strings.TrimPrefix(p.month[5:7], "0")
		if p.month[5:7] == "01" || i == 0 && (d.n == 1 || points[1].month[5:7] != "01") {
			name = strings.TrimPrefix(monthName(p.month), "0")
		}
		fmt.Fprintf(&d.b, `<text x="%s" y="276" text-anchor="middle">%s</text>`, d.x(i), name)
	}
}

// line draws one series with a dot on every month that has a share.
func (d *drawing) line(line, dot string, points []point, of func(point) indicator.Share) {
	var run []string
	end := func() {
		if len(run) > 1 {
			fmt.Fprintf(&d.b, `<polyline class="%s" points="%s"/>`, line, strings.Join(run, " "))
		}
		run = nil
	}
	for i, p := range points {
		s := of(p)
		if !s.Known() {
			end()
			continue
		}
		run = append(run, d.x(i)+","+d.y(thousandths(s)))
		fmt.Fprintf(&d.b, `<circle class="%s" cx="%s" cy="%s" r="3"/>`, dot, d.x(i), d.y(thousandths(s)))
	}
	end()
}

func (d *drawing) label(class, text string, at int64) {
	d.tag = append(d.tag, tag{class, text, d.height(at) + 4.5})
}

// labels writes the labels at the end of the lines, moved apart where they would lie on each other.
func (d *drawing) labels() {
	slices.SortStableFunc(d.tag, func(a, b tag) int { return int(10 * (a.y - b.y)) })
	for i := 1; i < len(d.tag); i++ {
		d.tag[i].y = max(d.tag[i].y, d.tag[i-1].y+labelGap)
	}
	for i := len(d.tag) - 1; i >= 0; i-- { // not below the bottom
		most := float64(chartBottom + 5 - labelGap*(len(d.tag)-1-i))
		d.tag[i].y = min(d.tag[i].y, most)
	}
	for _, t := range d.tag {
		fmt.Fprintf(&d.b, `<text class="%s" x="634" y="%s">%s</text>`, t.class, number(t.y), t.text)
	}
}
