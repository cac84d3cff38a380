package portal

import (
	"net/http"

	"github.com/sen-platform/sen/internal/web/page"
)

type homeView struct {
	page.Chrome
	Mistakes   page.Mistakes
	Action     string
	Code, Fact page.Field
	Doors      []door
	Ways       []way
}

// door leads to one thing a visitor may want.
type door struct {
	Icon, Title string
	Text        any
	Links       []page.Link
}

type way struct{ Icon, Text string }

// showHome answers GET /. With ?ma= the code is filled in, for links on posters.
func (f *face) showHome(w http.ResponseWriter, r *http.Request) {
	f.renderHome(w, r, http.StatusOK, r.URL.Query().Get(fieldCode), "", nil)
}

func (f *face) renderHome(w http.ResponseWriter, r *http.Request, status int, code, fact string, wrong page.Mistakes) {
	lang := page.RequestLang(r)
	v := homeView{
		Chrome: f.chrome(r, f.t(lang, "home.title")), Mistakes: wrong, Action: in(lang, "/tra-cuu"),
		Code: page.Field{Name: fieldCode, Label: f.t(lang, "home.code"), Hint: f.t(lang, "home.code_hint"), Value: clip(code, 40), MaxLength: 40, Code: true, Error: wrong.At(fieldCode)},
		Fact: page.Field{Name: fieldFact, Label: f.t(lang, "home.fact"), Hint: f.t(lang, "home.fact_hint"), Value: clip(fact, 64), MaxLength: 64, Error: wrong.At(fieldFact)},
		Ways: []way{{"qr", f.t(lang, "way.qr")}, {"card", f.t(lang, "way.card")}, {"phone", f.t(lang, "way.mobile")}, {"bank", f.t(lang, "way.website")}},
	}
	v.Width, v.Invalid = page.WidthFull, len(wrong) > 0
	share, err := f.shareText(r.Context(), lang)
	if err != nil {
		f.broken(w, r, "figures", err)
		return
	}
	link := func(key, path string) page.Link { return page.Link{Text: f.t(lang, key), Href: in(lang, path)} }
	v.Doors = []door{
		{"shield", f.t(lang, "door.check"), f.t(lang, "door.check.text"), []page.Link{link("door.check.link", "/kiem-tra")}},
		{"file", f.t(lang, "door.receipt"), f.t(lang, "door.receipt.text"), []page.Link{link("door.receipt.link", "/bien-lai"), link("door.receipt.none", "/bien-lai#chua-co")}},
		{"chart", f.t(lang, "door.figures"), share, []page.Link{link("door.figures.link", "/so-lieu"), link("door.figures.how", "/so-lieu#cach-tinh")}},
		{"help", f.t(lang, "door.people"), f.t(lang, "door.people.text"), []page.Link{link("door.people.link", "/co-so")}},
	}
	f.pages.Render(w, status, "home", v)
}

// clip bounds what is shown again of what was typed.
func clip(s string, runes int) string {
	r := []rune(s)
	return string(r[:min(len(r), runes)])
}
