package pay

import (
	"net/http"
	"strconv"
	"time"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/web/page"
)

// paramSince is when the payer said that the money was sent, in seconds since 1970: the page
// remembers it in its own address, so that it works without an account and without a cookie.
const paramSince = "tu"

// lateAfter is when a payer should stop waiting and ask somebody: transfers between banks in
// Viet Nam arrive within seconds, and banks report most of them within minutes.
const lateAfter = 2 * time.Hour

type waitingView struct {
	page.Chrome
	Live page.Live
	head
	Verdict page.Verdict
	Facts   []page.Pair
	Again   page.Link
	Known   []page.Moment
	Todo    []page.Pair
}

// showWaiting answers GET /p/{token}/cho, where a payer who says "I have sent it" waits. It
// promises nothing: it says what is known, since when, and what to do in each case.
func (f *face) showWaiting(w http.ResponseWriter, r *http.Request, s *slip) {
	if !s.payable() {
		f.showBill(w, r, s)
		return
	}
	lang := page.RequestLang(r)
	o := f.offerOf(r, s)
	now := f.Clock.Now()
	since, ok := sentAt(r, now)
	if !ok {
		q := o.params(lang, s)
		q.Set(paramSince, strconv.FormatInt(now.Unix(), 10))
		page.Headers(w.Header(), true)
		http.Redirect(w, r, with("/p/"+s.Token+"/cho", q), http.StatusSeeOther)
		return
	}
	t := func(key string, args ...any) string { return f.pages.T(lang, key, args...) }
	v := waitingView{
		Chrome: f.chrome(r, t("wait.title")),
		Live:   f.watch(s, ""),
		head:   f.head(lang, s),
		Verdict: page.Verdict{
			State: page.Need, Title: t("wait.title"),
			Text: page.HTMLf(`<span class="lead">%s <strong>%s</strong> %s</span>`, t("wait.if"), t("wait.dont"), t("wait.safe")),
		},
		Again: page.Link{Text: t("wait.again"), Href: r.URL.RequestURI(), Class: "btn--main btn--tall btn--full"},
	}
	v.FootNote = f.who(lang, s)
	if s.Paid > 0 { // a part came while the payer waited: said again when more comes
		v.Live.Say = t("part.say", s.Paid.String(), s.Open().String())
	}
	person := any(v.Person)
	if v.Class != "" {
		person = v.Person + ", " + v.Class
	}
	v.Facts = []page.Pair{
		{Label: t("fact.amount"), Value: o.amount},
		{Label: t("fact.for"), Value: person, Note: vi(lang, s.payee.Name)},
		{Label: t("fact.since"), Value: since},
		{Label: t("fact.code"), Value: page.Code(s.Code)},
	}
	if s.Paid > 0 {
		v.Facts = append(v.Facts, page.Pair{Label: t("fact.part"), Value: s.Paid, Note: t("part.left", s.Open().String())})
	}
	v.Known = f.known(lang, since, now)
	v.Todo = []page.Pair{
		{Label: t("todo.taken"), Value: t("todo.taken.do"), Note: t("todo.taken.note")},
		{Label: t("todo.not"), Value: page.Link{Text: t("todo.not.do"), Href: o.at(lang, s, "")}, Note: t("todo.not.note")},
	}
	if help, hours := f.help(lang, s); help != nil {
		note := page.HTMLf(t("todo.unsure.note"), page.Code(s.Code))
		if hours != nil {
			note += page.HTMLf(`<br>%s`, hours)
		}
		v.Todo = append(v.Todo, page.Pair{Label: t("todo.unsure"), Value: help, Note: note})
	}
	f.pages.Render(w, http.StatusOK, "waiting", v)
}

// sentAt reads when the payer said so; false when the address does not tell, or tells nonsense.
func sentAt(r *http.Request, now time.Time) (time.Time, bool) {
	sec, err := strconv.ParseInt(r.URL.Query().Get(paramSince), 10, 64)
	if err != nil {
		return time.Time{}, false
	}
	at := time.Unix(sec, 0)
	return at, !at.After(now.Add(time.Minute)) && now.Sub(at) < 30*24*time.Hour
}

// known is what has happened and what comes next.
func (f *face) known(lang page.Lang, since, now time.Time) []page.Moment {
	t := func(key string, args ...any) string { return f.pages.T(lang, key, args...) }
	said := t("known.said")
	if day := clock.DateOf(since); day != clock.DateOf(now) {
		said = t("known.said_on", day.VN())
	}
	out := []page.Moment{
		{When: hour(since), Text: said},
		{When: hour(now), Text: t("known.nothing")},
	}
	late := since.Add(lateAfter)
	if now.Before(late) {
		return append(out, page.Moment{Text: page.HTMLf(`<strong>%s</strong>`, t("known.turns")), Next: true},
			page.Moment{When: hour(late), Text: t("known.ask"), Next: true})
	}
	return append(out, page.Moment{Text: page.HTMLf(`<strong>%s</strong>`, t("known.late")), Next: true})
}

// hour is the time of day as page.Moment shows it.
func hour(t time.Time) string { return t.In(clock.VN).Format("15:04") }
