package steer

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/web/page"
)

// period is the months a page reports on: a month, a quarter, a calendar year or a school
// year, which runs from September to August.
type period struct {
	part  string // "m1" … "m12", "q1" … "q4", "y", "s"
	year  int    // of a school year: the one it begins in
	today clock.Date
}

// firstYear is when the programme began (dispatch 781/BTTTT-QLDN of March 2022).
const firstYear = 2022

// readPeriod reads a period from an address; both empty means the present month. It must have
// begun.
func readPeriod(part, year string, today clock.Date) (period, error) {
	now := today.Time()
	p := period{part: part, year: now.Year(), today: today}
	if part == "" {
		p.part = "m" + strconv.Itoa(int(now.Month()))
	}
	if year != "" {
		n, err := strconv.Atoi(year)
		if err != nil || n < firstYear || n > now.Year() {
			return period{}, badQuery(fmt.Sprintf("Năm chọn được từ %d đến %d. Chọn lại năm ở đầu trang mục tiêu.", firstYear, now.Year()))
		}
		p.year = n
	}
	if first, _ := p.bounds(); first.IsZero() {
		return period{}, badQuery("Kỳ báo cáo là một tháng, một quý, một năm hoặc một năm học. Chọn lại kỳ ở đầu trang mục tiêu.")
	}
	if p.from() > today.Month() {
		return period{}, badQuery(p.Label() + " chưa tới. Chọn một kỳ đã bắt đầu.")
	}
	return p, nil
}

// monthPeriod is the period of one month YYYY-MM.
func monthPeriod(month string, today clock.Date) period {
	t := clock.Date(month + "-01").Time()
	return period{part: "m" + strconv.Itoa(int(t.Month())), year: t.Year(), today: today}
}

// bounds are the first days of the first and of the last month; zero for an unknown part.
func (p period) bounds() (first, last time.Time) {
	month := func(y, m int) time.Time { return time.Date(y, time.Month(m), 1, 0, 0, 0, 0, clock.VN) }
	switch p.part {
	case "y":
		return month(p.year, 1), month(p.year, 12)
	case "s":
		return month(p.year, 9), month(p.year+1, 8)
	}
	if p.part == "" {
		return time.Time{}, time.Time{}
	}
	n, err := strconv.Atoi(p.part[1:])
	switch {
	case err != nil || n < 1 || strconv.Itoa(n) != p.part[1:]:
	case p.part[0] == 'm' && n <= 12:
		return month(p.year, n), month(p.year, n)
	case p.part[0] == 'q' && n <= 4:
		return month(p.year, 3*n-2), month(p.year, 3*n)
	}
	return time.Time{}, time.Time{}
}

func (p period) from() string { first, _ := p.bounds(); return clock.DateOf(first).Month() }
func (p period) to() string   { _, last := p.bounds(); return clock.DateOf(last).Month() }

// start is the first day; end the last, which may lie ahead.
func (p period) start() clock.Date { first, _ := p.bounds(); return clock.DateOf(first) }

func (p period) end() clock.Date {
	_, last := p.bounds()
	return clock.DateOf(last.AddDate(0, 1, -1))
}

// running reports whether the period is not over.
func (p period) running() bool { return p.end() >= p.today }

// day is the day the figures stand at: the last of the period, or today while it runs.
func (p period) day() clock.Date { return min(p.end(), p.today) }

// trend is the months around the period that are drawn: those of a year, otherwise the twelve
// that end with it; none that lie ahead.
func (p period) trend() []string {
	first, last := p.bounds()
	if p.part[0] == 'm' || p.part[0] == 'q' {
		first = last.AddDate(0, -11, 0)
	}
	var out []string
	for t := first; !t.After(last) && clock.DateOf(t) <= p.today; t = t.AddDate(0, 1, 0) {
		out = append(out, clock.DateOf(t).Month())
	}
	return out
}

// Label is the period as a sentence begins with it: "Tháng 11/2026".
func (p period) Label() string {
	switch p.part[0] {
	case 'm':
		return "Tháng " + p.part[1:] + "/" + strconv.Itoa(p.year)
	case 'q':
		return "Quý " + [...]string{"I", "II", "III", "IV"}[p.part[1]-'1'] + "/" + strconv.Itoa(p.year)
	case 's':
		return fmt.Sprintf("Năm học %d-%d", p.year, p.year+1)
	}
	return "Năm " + strconv.Itoa(p.year)
}

// inside is the period inside a sentence: "tháng 11/2026".
func (p period) inside() string {
	return strings.Replace(strings.Replace(strings.Replace(p.Label(), "Tháng", "tháng", 1), "Năm", "năm", 1), "Quý", "quý", 1)
}

// span says which days the figures cover: "từ 01/11 đến 22/11/2026".
func (p period) span() string {
	from := p.start().VN()
	if p.start().Time().Year() == p.day().Time().Year() {
		from = from[:5]
	}
	return "từ " + from + " đến " + p.day().VN()
}

// slug names the period in file names.
func (p period) slug() string {
	switch p.part[0] {
	case 'm':
		return p.from()
	case 's':
		return fmt.Sprintf("nam-hoc-%d-%d", p.year, p.year+1)
	case 'y':
		return strconv.Itoa(p.year)
	}
	return strconv.Itoa(p.year) + "-" + p.part
}

// shift is the period of the same length n steps later; false when that lies outside what can
// be chosen.
func (p period) shift(n int) (period, bool) {
	q := p
	switch {
	case p.part[0] == 'm':
		first, _ := p.bounds()
		q = monthPeriod(clock.DateOf(first.AddDate(0, n, 0)).Month(), p.today)
	case p.part[0] == 'q':
		i := p.year*4 + int(p.part[1]-'1') + n
		q.year, q.part = i/4, "q"+strconv.Itoa(i%4+1)
	default:
		q.year += n
	}
	return q, q.year >= firstYear && q.from() <= p.today.Month()
}

// monthName is a month YYYY-MM as tables show it: "11/2026".
func monthName(month string) string { return month[5:7] + "/" + month[:4] }

// selects are the two lists from which a period is chosen.
func (p period) selects() (part, year page.Select) {
	part = page.Select{Name: "part", Label: "Kỳ"}
	add := func(value, text string) {
		part.Options = append(part.Options, page.Option{Value: value, Text: text, Selected: value == p.part})
	}
	for m := 1; m <= 12; m++ {
		add("m"+strconv.Itoa(m), "Tháng "+strconv.Itoa(m))
	}
	for q, name := range []string{"I", "II", "III", "IV"} {
		add("q"+strconv.Itoa(q+1), "Quý "+name)
	}
	add("y", "Cả năm")
	add("s", "Năm học (từ tháng 9)")
	year = page.Select{Name: "year", Label: "Năm"}
	for y := p.today.Time().Year(); y >= firstYear; y-- {
		year.Options = append(year.Options, page.Option{Value: strconv.Itoa(y), Text: strconv.Itoa(y), Selected: y == p.year})
	}
	return part, year
}
