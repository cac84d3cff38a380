package portal

import (
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"strings"
	"unicode"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/vn"
	"github.com/sen-platform/sen/internal/web/page"
)

// facilitiesShown is the length of a page of facilities.
const facilitiesShown = 20

type peopleView struct {
	page.Chrome
	Field page.Field
	Rows  []facilityRow
	Pager *page.Pager
	Empty *page.Empty
}

// facilityRow is a facility with the people who guide payers (P8).
type facilityRow struct {
	Name, Where string
	People      []any
	Phone       template.HTML
}

// showFacilities answers GET /co-so: schools and hospitals by name, with who helps.
func (f *face) showFacilities(w http.ResponseWriter, r *http.Request) {
	lang := page.RequestLang(r)
	q := clip(vn.Clean(r.URL.Query().Get("q")), 80)
	filter := org.Filter{Search: q, AsOf: clock.Today(f.Clock), Cursor: r.URL.Query().Get("sau"), Limit: facilitiesShown}
	var list []org.Facility
	var contacts map[id.Facility][]org.Contact
	var next string
	err := f.DB.View(r.Context(), func(tx *db.Tx) (err error) {
		if list, next, err = org.Facilities(tx, filter); err != nil {
			return err
		}
		ids := make([]id.Facility, len(list))
		for i, o := range list {
			ids[i] = o.ID
		}
		contacts, err = org.ContactsOfMany(tx, ids)
		return err
	})
	if errors.Is(err, org.ErrCursor) {
		f.goTo(w, r, "/co-so")
		return
	}
	if err != nil {
		f.broken(w, r, "facilities", err)
		return
	}
	v := peopleView{
		Chrome: f.chrome(r, f.t(lang, "people.title")),
		Field:  page.Field{Name: "q", Label: f.t(lang, "people.label"), Hint: f.t(lang, "people.hint"), Value: q, MaxLength: 80},
	}
	v.Width = page.WidthPay
	for _, o := range list {
		v.Rows = append(v.Rows, f.facilityRow(lang, o, contacts[o.ID]))
	}
	if len(v.Rows) == 0 {
		v.Empty = &page.Empty{Icon: "search", Title: f.t(lang, "people.none"), Note: f.t(lang, "people.none_text")}
	}
	if next != "" {
		p := url.Values{"sau": {next}}
		if q != "" {
			p.Set("q", q)
		}
		if lang == page.EN {
			p.Set("lang", string(lang))
		}
		v.Pager = &page.Pager{Note: f.t(lang, "people.more"), Next: with("/co-so", p)}
	}
	f.pages.Render(w, http.StatusOK, "people", v)
}

func (f *face) facilityRow(lang page.Lang, o org.Facility, contacts []org.Contact) facilityRow {
	row := facilityRow{Name: o.Name, Where: o.Address, Phone: phoneLink(o.Phone)}
	for _, c := range contacts {
		if !c.Public {
			continue
		}
		who := c.Name
		if c.Role != "" {
			who += ", " + lowerFirst(c.Role)
		}
		line := page.HTMLf(`%s`, vi(lang, who))
		if c.Phone != "" {
			line += page.HTMLf(`, %s`, phoneLink(c.Phone))
		}
		if c.Hours != "" {
			line += page.HTMLf(`, %s`, vi(lang, lowerFirst(c.Hours)))
		}
		row.People = append(row.People, line)
	}
	return row
}

// lowerFirst makes a phrase fit inside a sentence; an abbreviation stays.
func lowerFirst(s string) string {
	r := []rune(s)
	if len(r) > 1 && unicode.IsUpper(r[0]) && unicode.IsLower(r[1]) {
		r[0] = unicode.ToLower(r[0])
	}
	return string(r)
}

// phoneLink is a telephone number to press, in groups that can be read out.
func phoneLink(number string) template.HTML {
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, number)
	if digits == "" {
		return ""
	}
	shown := number
	if len(digits) == 10 || len(digits) == 11 {
		shown = digits[:4] + "\u00a0" + digits[4:7] + "\u00a0" + digits[7:]
	}
	return page.HTMLf(`<a class="num" href="tel:%s">%s</a>`, digits, shown)
}
