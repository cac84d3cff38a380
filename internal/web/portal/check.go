package portal

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/rail/bank"
	"github.com/sen-platform/sen/internal/rail/vietqr"
	"github.com/sen-platform/sen/internal/vn"
	"github.com/sen-platform/sen/internal/web/page"
)

const fieldCheck = "ma-qr"

// finding is what is known of an account that somebody is about to pay to.
type finding string

const (
	registered finding = "registered" // a facility of the province receives here
	closed     finding = "closed"     // a facility's, but it is used no more
	otherBank  finding = "other_bank" // the number is a facility's, the bank is not
	foreign    finding = "foreign"    // no facility's
	unreadable finding = "unreadable" // no code that can be checked
	merchant   finding = "merchant"   // another scheme: says no account
)

// owner is a facility with the account that was asked about.
type owner struct {
	facility org.Facility
	account  org.Account
}

type checkView struct {
	page.Chrome
	Mistakes page.Mistakes
	Action   string
	Field    page.Field
	Found    finding // "" before anything was asked
	Good     bool
	Verdict  string
	Text     string
	Owners   []page.Pair
	Says     []page.Pair // what the code itself says
}

// showCheckForm answers GET /kiem-tra.
func (f *face) showCheckForm(w http.ResponseWriter, r *http.Request) {
	f.pages.Render(w, http.StatusOK, "check", f.newCheckView(r, ""))
}

func (f *face) newCheckView(r *http.Request, typed string) checkView {
	lang := page.RequestLang(r)
	v := checkView{
		Chrome: f.chrome(r, f.t(lang, "check.title")), Action: in(lang, "/kiem-tra"),
		Field: page.Field{Name: fieldCheck, Label: f.t(lang, "check.label"), Hint: f.t(lang, "check.hint"), Value: clip(typed, 600), MaxLength: 600, Rows: 3},
	}
	v.Width = page.WidthPay
	return v
}

// check answers POST /kiem-tra: whose account is it. It says what is registered, never that a
// stranger's account is good.
func (f *face) check(w http.ResponseWriter, r *http.Request) {
	if !f.form(w, r) {
		return
	}
	lang := page.RequestLang(r)
	typed := strings.TrimSpace(r.PostForm.Get(fieldCheck))
	v := f.newCheckView(r, typed)
	refuse := func(status int, text string) {
		v.Mistakes.Add(fieldCheck, text)
		v.Field.Error, v.Invalid = text, true
		f.pages.Render(w, status, "check", v)
	}
	if typed == "" {
		refuse(http.StatusUnprocessableEntity, f.t(lang, "check.missing"))
		return
	}
	if delay := f.checks.take(f.Clock.Now(), address(r)); delay > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(delay.Seconds())+1))
		refuse(http.StatusTooManyRequests, f.t(lang, "check.too_many"))
		return
	}
	bin, number := "", accountNumber(typed)
	if number == "" {
		p, err := vietqr.Decode(typed)
		var bad *vietqr.Error
		switch {
		case errors.As(err, &bad):
			v.found(f, lang, unreadable)
			why := f.t(lang, "found.unreadable.why")
			if lang == page.VI {
				why = strings.TrimRight(bad.Vietnamese(), ". ")
			}
			v.Text = f.t(lang, "found.unreadable.text", why)
		case err != nil:
			f.broken(w, r, "check of a code", err)
			return
		case p.Kind != vietqr.NAPAS || p.Service == vietqr.ToCard || p.Account == "":
			v.found(f, lang, merchant)
		}
		if v.Found != "" {
			f.pages.Render(w, http.StatusOK, "check", v)
			return
		}
		bin, number = p.BIN, p.Account
		v.Says = f.says(lang, p)
	}
	what, owners, err := f.ownersOf(r.Context(), bin, number)
	if err != nil {
		f.broken(w, r, "check of an account", err)
		return
	}
	v.found(f, lang, what)
	for _, o := range owners {
		v.Owners = append(v.Owners, page.Pair{
			Label: f.t(lang, "check.owner"), Value: vi(lang, o.facility.Name),
			Note: vi(lang, bankName(o.account.BankBIN)+", "+o.account.Number+", "+o.account.Holder),
		})
	}
	f.pages.Render(w, http.StatusOK, "check", v)
}

func (v *checkView) found(f *face, lang page.Lang, what finding) {
	v.Found, v.Good = what, what == registered
	v.Verdict = f.t(lang, "found."+string(what))
	if what != unreadable { // which says why besides
		v.Text = f.t(lang, "found."+string(what)+".text")
	}
}

// accountNumber is an account number as people type it, "" when the text is something else. A
// VietQR text is far longer.
func accountNumber(typed string) string {
	s := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" .-\u00a0\t", r) {
			return -1
		}
		return r
	}, typed)
	if len(s) < 6 || len(s) > 19 {
		return ""
	}
	digits := 0
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z':
		default:
			return ""
		}
	}
	if digits < 4 {
		return ""
	}
	return strings.ToUpper(s)
}

// ownersOf finds the facilities that receive on an account; bin is "" when only the number is
// known.
func (f *face) ownersOf(ctx context.Context, bin, number string) (finding, []owner, error) {
	var owners []owner
	what := foreign
	err := f.DB.View(ctx, func(tx *db.Tx) error {
		owners, what = nil, foreign
		byNumber, err := org.AccountsByNumber(tx, []string{number})
		if err != nil {
			return err
		}
		accounts := byNumber[number]
		if len(accounts) == 0 {
			virtual, err := org.AccountsByVirtual(tx, []string{number})
			if err != nil {
				return err
			}
			accounts = virtual[number]
		}
		today := clock.Today(f.Clock)
		var good, old []org.Account
		for _, a := range accounts {
			switch {
			case bin != "" && a.BankBIN != bin:
				what = otherBank
			case a.Usable(today):
				good = append(good, a)
			default:
				old = append(old, a)
			}
		}
		switch {
		case len(good) > 0:
			what = registered
		case len(old) > 0:
			what, good = closed, old
		}
		ids := make([]id.Facility, len(good))
		for i, a := range good {
			ids[i] = a.Facility
		}
		facilities, err := org.FacilitiesByID(tx, ids)
		if err != nil {
			return err
		}
		for _, a := range good {
			owners = append(owners, owner{facilities[a.Facility], a})
		}
		return nil
	})
	return what, owners, err
}

// says is what the code asks the payer to do.
func (f *face) says(lang page.Lang, p vietqr.Payload) []page.Pair {
	out := []page.Pair{
		{Label: f.t(lang, "says.bank"), Value: bankName(p.BIN)},
		{Label: f.t(lang, "says.account"), Value: p.Account},
	}
	if p.Amount > 0 {
		out = append(out, page.Pair{Label: f.t(lang, "says.amount"), Value: p.Amount})
	}
	if p.Purpose != "" {
		out = append(out, page.Pair{Label: f.t(lang, "says.memo"), Value: p.Purpose})
	}
	return out
}

// bankName is the brand of a bank, its BIN when it is not in the list.
func bankName(bin string) string {
	if b, ok := bank.ByBIN(bin); ok {
		return b.ShortName
	}
	return bin
}

// vi marks a text that is Vietnamese whatever the page's language (WCAG 3.1.2).
func vi(lang page.Lang, text string) any {
	if lang != page.EN || text == "" {
		return text
	}
	return page.HTMLf(`<span lang="vi">%s</span>`, vn.NFC(text))
}
