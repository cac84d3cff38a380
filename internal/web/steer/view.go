package steer

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/vn"
	"github.com/sen-platform/sen/internal/web/page"
)

// badQuery is an address that asks for what cannot be; its text tells an officer what to do.
type badQuery string

// Error is the text.
func (b badQuery) Error() string { return string(b) }

// view is what an address asks for: a period, the day whose map counts, and which facilities.
type view struct {
	period
	mapAt  string // "" the day the figures stand at, "start" the first day of the period, "today"
	sector org.Sector
	level  org.Level
	area   id.Area
	agency id.Agency
	fee    id.FeeKind
	search string
	sort   string
	page   int // from 1
}

func readView(q url.Values, today clock.Date) (view, error) {
	p, err := readPeriod(q.Get("part"), q.Get("year"), today)
	if err != nil {
		return view{}, err
	}
	v := view{
		period: p, mapAt: q.Get("map"), sector: org.Sector(q.Get("sector")), level: org.Level(q.Get("level")),
		search: vn.Clean(q.Get("q")), sort: q.Get("sort"), page: 1,
	}
	if len(v.search) > 200 {
		v.search = ""
	}
	if !slices.Contains([]string{"", "start", "today"}, v.mapAt) || !slices.Contains([]org.Sector{"", org.Education, org.Health}, v.sector) ||
		v.level != "" && v.level.Sector() == "" {
		return view{}, badQuery("Ngành, loại cơ sở hoặc bản đồ không có trong danh sách. Chọn lại ở đầu trang.")
	}
	if v.level != "" && v.sector != "" && v.level.Sector() != v.sector {
		v.level = "" // the sector was changed in the form after the level
	}
	for _, read := range []func() error{
		func() error { return parseID(q.Get("area"), &v.area) },
		func() error { return parseID(q.Get("agency"), &v.agency) },
		func() error { return parseID(q.Get("fee"), &v.fee) },
	} {
		if err := read(); err != nil {
			return view{}, badQuery("Địa bàn, cơ quan hoặc khoản thu không có trong danh sách. Chọn lại ở đầu trang.")
		}
	}
	if n, err := strconv.Atoi(q.Get("page")); err == nil && n > 1 && n < 100_000 {
		v.page = n
	}
	return v, nil
}

func parseID[K id.Kind](s string, to *K) (err error) {
	if s != "" {
		*to, err = id.Parse[K](s)
	}
	return err
}

// on is the day whose map counts.
func (v view) on() clock.Date {
	switch v.mapAt {
	case "start":
		return v.start()
	case "today":
		return v.today
	}
	return v.day()
}

// values are the parts of the address that stand for the view, all but the page.
func (v view) values() url.Values {
	q := url.Values{}
	set := func(key, value string) {
		if value != "" {
			q.Set(key, value)
		}
	}
	if v.part != "" {
		set("part", v.part)
		set("year", strconv.Itoa(v.year))
	}
	set("map", v.mapAt)
	set("sector", string(v.sector))
	set("level", string(v.level))
	set("area", v.area.String())
	set("agency", v.agency.String())
	set("fee", v.fee.String())
	set("q", v.search)
	set("sort", v.sort)
	return q
}

// href is the address of a page that shows the same view. more are further keys and values.
func (v view) href(path string, more ...string) string {
	q := v.values()
	for i := 0; i < len(more); i += 2 {
		if more[i+1] == "" {
			q.Del(more[i])
		} else {
			q.Set(more[i], more[i+1])
		}
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// only is the view without the choice of facilities: period, map and sector.
func (v view) only() view {
	return view{period: v.period, mapAt: v.mapAt, sector: v.sector}
}

// in is the view of another period.
func (v view) in(p period) view { v.period = p; return v }

// wants reports whether the view chooses a facility, its map and search included.
func (v view) wants(e org.Entry) bool {
	switch {
	case v.sector != "" && e.Sector != v.sector,
		v.level != "" && e.Level != v.level,
		v.agency != 0 && e.Agency != v.agency,
		v.area != 0 && !slices.ContainsFunc(e.Path, func(a org.Area) bool { return a.ID == v.area }):
		return false
	}
	for _, word := range strings.Fields(vn.Fold(v.search)) {
		if !strings.Contains(e.Text, word) {
			return false
		}
	}
	return true
}

// chooser is the form on top of a page: period, map, and on lists of facilities the rest.
type chooser struct {
	Action     string
	Selects    []page.Select
	Search     *page.Field
	Keep       []page.Hidden
	Prev, Next *page.Link
}

// chooser offers period, sector and map; fixed is the only sector the reader may see, or "".
func (v view) chooser(path string, fixed org.Sector) chooser {
	c := chooser{Action: path}
	part, year := v.selects()
	c.Selects = append(c.Selects, part, year)
	if fixed == "" {
		s := page.Select{Name: "sector", Label: "Ngành", Options: []page.Option{{Text: "Cả hai ngành", Selected: v.sector == ""}}}
		for _, sector := range []org.Sector{org.Education, org.Health} {
			s.Options = append(s.Options, page.Option{Value: string(sector), Text: sector.Label(), Selected: v.sector == sector})
		}
		c.Selects = append(c.Selects, s)
	}
	c.Selects = append(c.Selects, page.Select{Name: "map", Label: "Bản đồ hành chính", Options: []page.Option{
		{Text: v.day().VN() + ", cuối kỳ", Selected: v.mapAt == ""},
		{Value: "start", Text: v.start().VN() + ", đầu kỳ", Selected: v.mapAt == "start"},
		{Value: "today", Text: v.today.VN() + ", hôm nay", Selected: v.mapAt == "today"},
	}})
	if p, ok := v.shift(-1); ok {
		c.Prev = &page.Link{Text: p.Label(), Href: v.in(p).href(path)}
	}
	if p, ok := v.shift(1); ok {
		c.Next = &page.Link{Text: p.Label(), Href: v.in(p).href(path)}
	}
	return c
}
