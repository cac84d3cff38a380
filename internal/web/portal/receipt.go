package portal

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/sen-platform/sen/internal/web/page"
)

const fieldReceipt = "dia-chi"

// seal finds the two parts of a receipt's check address in what was typed or pasted.
var seal = regexp.MustCompile(`(rec_[0-9a-z]{5,20})/([0-9a-z]{16})(?:/pdf)?$`)

type receiptView struct {
	page.Chrome
	Mistakes page.Mistakes
	Action   string
	Field    page.Field
	Foreign  bool // the address is not ours: perhaps a swindle
	Host     string
}

// showReceiptForm answers GET /bien-lai.
func (f *face) showReceiptForm(w http.ResponseWriter, r *http.Request) {
	f.renderReceipt(w, r, http.StatusOK, "", "", false)
}

// openReceipt answers POST /bien-lai and leads to the check page.
func (f *face) openReceipt(w http.ResponseWriter, r *http.Request) {
	if !f.form(w, r) {
		return
	}
	lang := page.RequestLang(r)
	typed := strings.ToLower(strings.Join(strings.Fields(r.PostForm.Get(fieldReceipt)), ""))
	if typed == "" {
		f.renderReceipt(w, r, http.StatusUnprocessableEntity, typed, f.t(lang, "receipt.missing"), false)
		return
	}
	if u, err := url.Parse(typed); err == nil && u.Host != "" && u.Host != f.host() {
		f.renderReceipt(w, r, http.StatusUnprocessableEntity, typed, f.t(lang, "receipt.foreign", f.host()), true)
		return
	}
	m := seal.FindStringSubmatch(typed)
	if m == nil {
		f.renderReceipt(w, r, http.StatusUnprocessableEntity, typed, f.t(lang, "receipt.form"), false)
		return
	}
	f.goTo(w, r, "/r/"+m[1]+"/"+m[2])
}

// host is the name under which this site is printed on papers.
func (f *face) host() string {
	u, err := url.Parse(f.BaseURL)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Host)
}

func (f *face) renderReceipt(w http.ResponseWriter, r *http.Request, status int, typed, wrong string, foreign bool) {
	lang := page.RequestLang(r)
	v := receiptView{
		Chrome: f.chrome(r, f.t(lang, "receipt.title")), Action: in(lang, "/bien-lai"), Foreign: foreign, Host: f.host(),
		Field: page.Field{Name: fieldReceipt, Label: f.t(lang, "receipt.label"), Hint: f.t(lang, "receipt.hint", f.host()), Value: clip(typed, 200), MaxLength: 200, Error: wrong},
	}
	v.Width = page.WidthPay
	if wrong != "" {
		v.Mistakes.Add(fieldReceipt, wrong)
		v.Invalid = true
	}
	f.pages.Render(w, status, "receipt", v)
}
