package pay

import (
	"net/http"
	"slices"
	"strings"

	"github.com/sen-platform/sen/internal/rail/bank"
	"github.com/sen-platform/sen/internal/vn"
	"github.com/sen-platform/sen/internal/web/page"
)

// appCookie remembers on the payer's own phone which bank's application they opened last.
const appCookie = "sen_app"

// links open banks' applications for the offer; none when the receiving bank is not known
// to the link service. The page's own address is never told to it.
func (o offer) links() []bank.Link {
	if o.account == nil {
		return nil
	}
	return bank.DeepLinks(bank.Target{BIN: o.account.BankBIN, Account: o.account.Number, Amount: o.amount, Memo: o.memo, Name: o.account.Holder})
}

// lastApp is the application opened last on this phone.
func lastApp(r *http.Request, links []bank.Link) (bank.Link, bool) {
	c, err := r.Cookie(appCookie)
	if err != nil {
		return bank.Link{}, false
	}
	return linkOf(links, c.Value)
}

func linkOf(links []bank.Link, app string) (bank.Link, bool) {
	i := slices.IndexFunc(links, func(l bank.Link) bool { return l.App.ID == app })
	if i < 0 {
		return bank.Link{}, false
	}
	return links[i], true
}

type appsView struct {
	page.Chrome
	Live        page.Live
	Back        page.Link
	Offer       []page.Pair
	Fills, Open []page.Link
}

// showApps answers GET /p/{token}/app: which bank's application shall be opened.
func (f *face) showApps(w http.ResponseWriter, r *http.Request, s *slip) {
	if !s.payable() {
		f.showBill(w, r, s)
		return
	}
	lang := page.RequestLang(r)
	o := f.offerOf(r, s)
	links := o.links()
	if len(links) == 0 {
		f.lost(w, r)
		return
	}
	v := appsView{
		Chrome: f.chrome(r, f.pages.T(lang, "apps.title")),
		Live:   f.watch(s, ""),
		Back:   page.Link{Text: f.pages.T(lang, "apps.back"), Href: o.at(lang, s, "")},
		Offer: []page.Pair{
			{Label: f.pages.T(lang, "copy.amount"), Value: o.amount},
			{Label: f.pages.T(lang, "copy.holder"), Value: vi(lang, o.account.Holder), Note: vi(lang, o.bank.ShortName+", "+o.account.Number)},
			{Label: f.pages.T(lang, "apps.memo"), Value: o.memo},
		},
	}
	v.FootNote = f.who(lang, s)
	for _, l := range links {
		text := any(l.App.Bank)
		if vn.Fold(l.App.Name) != vn.Fold(l.App.Bank) {
			text = page.HTMLf(`<span>%s<span class="note"> %s</span></span>`, l.App.Bank, l.App.Name)
		}
		link := page.Link{Text: text, Href: o.at(lang, s, "/app/"+l.App.ID), Class: "btn--full", Lang: page.VI}
		if lang == page.VI {
			link.Lang = ""
		}
		if l.App.Fills {
			v.Fills = append(v.Fills, link)
		} else {
			v.Open = append(v.Open, link)
		}
	}
	f.pages.Render(w, http.StatusOK, "apps", v)
}

// openApp answers GET /p/{token}/app/{app}: it remembers the bank and leads on to the link
// that opens its application. The answer forbids a referrer, so the service behind the link
// learns account, amount and memo, and not where the payer came from.
func (f *face) openApp(w http.ResponseWriter, r *http.Request, s *slip) {
	if !s.payable() {
		f.settled(w, r, s)
		return
	}
	link, ok := linkOf(f.offerOf(r, s).links(), r.PathValue("app"))
	if !ok {
		f.lost(w, r)
		return
	}
	http.SetCookie(w, &http.Cookie{
		Name: appCookie, Value: link.App.ID, Path: "/p/", MaxAge: 400 * 24 * 3600, HttpOnly: true,
		Secure: strings.HasPrefix(f.BaseURL, "https:"), SameSite: http.SameSiteLaxMode,
	})
	page.Headers(w.Header(), true)
	http.Redirect(w, r, link.URL, http.StatusSeeOther)
}
