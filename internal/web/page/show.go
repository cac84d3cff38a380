package page

import (
	"fmt"
	"html"
	"html/template"
	"math/bits"
	"strconv"
	"strings"
	"time"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/vnd"
	"github.com/sen-platform/sen/internal/web/ui"
)

// Show turns a value of a part into HTML: nil is empty, a string is escaped, template.HTML is taken as it is,
// vnd.Amount is money, Tag, Link, Stacked, Evidence and Code are drawn, clock.Date and time.Time become a date and "19:02, 22/11/2026",
// integers are grouped by dots. Any other type is an error, so that nothing prints by accident.
func Show(v any) (template.HTML, error) {
	switch v := v.(type) {
	case nil:
		return "", nil
	case string:
		return template.HTML(html.EscapeString(v)), nil
	case template.HTML:
		return v, nil
	case vnd.Amount:
		return Money(v), nil
	case Tag:
		return v.html()
	case Link:
		return v.html()
	case Stacked:
		return v.html()
	case Evidence:
		return v.html()
	case Code:
		return v.html(), nil
	case clock.Date:
		return template.HTML(`<span class="num">` + v.VN() + `</span>`), nil
	case time.Time:
		return template.HTML(`<span class="num">` + when(v) + `</span>`), nil
	case int:
		return template.HTML(Count(int64(v))), nil
	case int64:
		return template.HTML(Count(v)), nil
	}
	return "", fmt.Errorf("page: cannot show a %T", v)
}

// HTMLf is fmt.Sprintf for HTML: format is markup written in the source, with %s only, and every argument goes through Show,
// so that text from people is escaped. It panics on an argument that Show does not take: that is a slip in the source.
func HTMLf(format string, args ...any) template.HTML {
	shown := make([]any, len(args))
	for i, a := range args {
		h, err := Show(a)
		if err != nil {
			panic(err)
		}
		shown[i] = string(h)
	}
	return template.HTML(fmt.Sprintf(format, shown...))
}

// Money is an amount that never breaks over two lines: <span class="money">1.250.000 ₫</span>.
func Money(a vnd.Amount) template.HTML {
	return template.HTML(`<span class="money">` + a.String() + `</span>`)
}

// Count writes n with dots between thousands, "1.200".
func Count(n int64) string { return vnd.Amount(n).Grouped() }

// Percent writes part of whole with one decimal, "87,7%", rounded half up; but a part that is not all never reads
// 100% and one that is not nothing never reads 0%. A whole of zero has no share: "Chưa có". Both must not be negative.
func Percent(part, whole int64) string {
	if whole <= 0 || part < 0 {
		return "Chưa có"
	}
	if part == 0 {
		return "0%"
	}
	if part == whole {
		return "100%"
	}
	p := permille(part, whole)
	if part < whole {
		p = min(p, 999)
	}
	p = max(p, 1)
	return fmt.Sprintf("%s,%d%%", Count(p/10), p%10)
}

// permille is part*1000/whole rounded half up, without overflow for any shares up to a whole of 2^62.
func permille(part, whole int64) int64 {
	hi, lo := bits.Mul64(uint64(part), 1000)
	lo, carry := bits.Add64(lo, uint64(whole)/2, 0)
	hi += carry
	if hi >= uint64(whole) {
		return 1<<62 - 1
	}
	q, _ := bits.Div64(hi, lo, uint64(whole))
	return int64(min(q, 1<<62-1))
}

func when(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return hour(t) + t.In(clock.VN).Format(", 02/01/2006")
}

// hour is the time of day as sentences say it: "8:10", "19:02", but "0:05" after midnight.
func hour(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return strconv.Itoa(t.In(clock.VN).Hour()) + t.In(clock.VN).Format(":04")
}

func date(v any) (string, error) {
	switch v := v.(type) {
	case clock.Date:
		return v.VN(), nil
	case time.Time:
		return clock.DateOf(v).VN(), nil
	}
	return "", fmt.Errorf("page: cannot write a %T as a date", v)
}

// Code is a bill code; it is shown in groups of four, "HPK7 G3M9 X077", and copied without spaces.
type Code string

// Grouped is the code in groups of four.
func (c Code) Grouped() string {
	var b strings.Builder
	for i, r := range []rune(string(c)) {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}

func (c Code) html() template.HTML {
	return template.HTML(`<span class="code">` + html.EscapeString(c.Grouped()) + `</span>`)
}

// funcs are the functions of templates in one language.
func funcs(lang Lang, words catalogue) template.FuncMap {
	return template.FuncMap{
		"t":       func(key string, args ...any) (string, error) { return words.text(lang, key, args...) },
		"lang":    func() string { return string(lang) },
		"show":    Show,
		"money":   money,
		"words":   func(a vnd.Amount) string { return a.Words() },
		"date":    date,
		"hour":    hour,
		"when":    when,
		"percent": percent,
		"count":   count,
		"code":    func(s string) template.HTML { return Code(s).html() },
		"icon":    icon,
		"lotus":   func() template.HTML { return ui.Lotus },
		"qr":      QR,
		"asset":   ui.Asset,
		"live":    func(l Live) template.HTMLAttr { return l.attrs() },
		"last":    func(i, n int) bool { return i == n-1 },
		"add":     func(a, b int) int { return a + b },
	}
}

func icon(name string) (template.HTML, error) {
	svg, err := ui.Icon(name)
	return template.HTML(svg), err
}

func integer(v any) (int64, error) {
	switch v := v.(type) {
	case int:
		return int64(v), nil
	case int64:
		return v, nil
	case vnd.Amount:
		return int64(v), nil
	}
	return 0, fmt.Errorf("page: %T is not a whole number", v)
}

func money(v any) (template.HTML, error) {
	n, err := integer(v)
	return Money(vnd.Amount(n)), err
}

func count(v any) (string, error) {
	n, err := integer(v)
	return Count(n), err
}

func percent(part, whole any) (string, error) {
	p, err := integer(part)
	if err != nil {
		return "", err
	}
	w, err := integer(whole)
	return Percent(p, w), err
}
