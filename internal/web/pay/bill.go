package pay

import (
	"html/template"
	"net/http"
	"strconv"
	"time"

	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/rail/vietqr"
	"github.com/sen-platform/sen/internal/vn"
	"github.com/sen-platform/sen/internal/vnd"
	"github.com/sen-platform/sen/internal/web/page"
)

// Names of the regions of a page that change by themselves (page.Live).
const (
	region    = "bill"
	regionBar = "bar"
)

// head is what every page says first: who collects, for whom, why.
type head struct {
	Payee, Reason string
	Person, Class string // masked
	Payer         string // masked; empty when it is the same person
	Code          string
}

type billView struct {
	page.Chrome
	Live page.Live
	head
	Due      vnd.Amount
	Step     string // which instalment, what is left of the whole
	Tag      page.Tag
	DueOn    clock.Date
	Left     string // "Còn 8 ngày."
	Notice   *page.Notice
	Lines    page.Lines
	Received *page.Lines // when part of it was paid
	Basis    []page.Pair
	Pay      *payView // nil when the facility has no account to pay to
	None     string   // says so then
	Sent     page.Link
	Paper    page.Link
	Again    page.Link
	Others   []page.Pair
	Help     []page.Notice
	Bar      page.PayBar
}

// payView is the half of the page that pays.
type payView struct {
	App, OtherApp *page.Link
	Holder        string
	QR            template.HTML
	Banks         []choice
	Steps         []page.Link // instalments
	Part          *partView
	Amount        vnd.Amount
	Bank          string
	Save          page.Link
	ShareTitle    string
	How           []any
	Copies        []page.CopyRow
}

// choice is one of the receiving accounts.
type choice struct {
	Text, Href string
	Current    bool
}

// partView is the form for a part of the sum.
type partView struct {
	Mistakes page.Mistakes
	Field    page.Field
	Action   string
	Hidden   []page.Hidden
	Open     bool
	Note     string
}

// showBill answers GET /p/{token} with the page for the state of the bill.
func (f *face) showBill(w http.ResponseWriter, r *http.Request, s *slip) {
	switch s.status {
	case bill.StatusPaid:
		f.showPaid(w, r, s)
	case bill.StatusCancelled:
		f.showCancelled(w, r, s)
	default:
		f.pages.Render(w, http.StatusOK, "bill", f.newBillView(r, s))
	}
}

// watch makes the page follow its bill. say is spoken when the page has turned to this state.
func (f *face) watch(s *slip, say string) page.Live {
	at := "/p/" + s.Token
	return page.Live{Target: region, Events: at + "/live", Poll: at + "/status?as=text", Version: version(s.Bill), Say: say, Final: final(s.Bill)}
}

func (f *face) head(lang page.Lang, s *slip) head {
	h := head{Payee: s.payee.Name, Reason: s.Reason, Person: s.person(), Class: f.class(lang, s.payee, s.Class), Code: string(s.Code)}
	if s.PayerName != "" && vn.Fold(s.PayerName) != vn.Fold(s.PersonName()) {
		h.Payer = vn.Mask(s.PayerName)
	}
	return h
}

func (f *face) newBillView(r *http.Request, s *slip) billView {
	lang := page.RequestLang(r)
	t := func(key string, args ...any) string { return f.pages.T(lang, key, args...) }
	o := f.offerOf(r, s)
	v := billView{
		Chrome: f.chrome(r, t("bill.title", s.Reason)),
		Live:   f.watch(s, ""),
		head:   f.head(lang, s),
		Due:    o.usual, DueOn: s.DueOn,
		Tag:    page.Tag{State: page.Need, Text: t("state." + string(s.status))},
		Lines:  f.billLines(lang, s),
		Basis:  basis(lang, s),
		Sent:   page.Link{Text: t("pay.sent"), Href: o.at(lang, s, "/cho"), Class: "btn--full", Icon: "clock"},
		Paper:  page.Link{Text: t("pay.paper"), Href: in(lang, "/p/"+s.Token+"/notice.pdf"), Icon: "print"},
		Again:  page.Link{Text: t("pay.again"), Href: o.at(lang, s, "")},
		Others: f.otherWays(lang, s),
		Help:   f.helpNotices(lang, s, &o),
		Bar:    page.PayBar{Label: t("bar.label"), Amount: o.amount, Action: t("bar.action"), Href: "#tra-tien", Live: regionBar},
	}
	v.None = t("pay.none_text", f.subject(lang, s.payee))
	v.FootNote = f.who(lang, s)
	v.Step = f.stepText(lang, s)
	v.Left = f.daysLeft(lang, s)
	switch {
	case s.status == bill.StatusExpired:
		v.Notice = &page.Notice{State: page.Need, Strong: t("expired.strong", s.ExpiresOn.VN()), Text: t("expired.text")}
	case s.Paid > 0:
		v.Live.Say = t("part.say", s.Paid.String(), s.Open().String())
	}
	if s.Paid > 0 {
		v.Received = f.receivedLines(lang, s)
	}
	if o.account != nil {
		v.Pay = f.newPayView(r, s, o)
		v.Invalid = v.Pay.Part != nil && len(v.Pay.Part.Mistakes) > 0
	}
	return v
}

// billLines are the lines of the bill with their sum.
func (f *face) billLines(lang page.Lang, s *slip) page.Lines {
	out := page.Lines{Caption: f.pages.T(lang, "lines.caption"), Total: &page.Line{Label: f.pages.T(lang, "lines.total"), Value: s.Total}}
	for _, l := range s.lines {
		out.Rows = append(out.Rows, page.Line{Label: vi(lang, l.Name), Note: lineNote(lang, l), Value: l.Amount})
	}
	return out
}

func lineNote(lang page.Lang, l bill.Line) any {
	times := strconv.FormatInt(l.Quantity, 10) + " × " + l.UnitPrice.String()
	switch {
	case l.Quantity > 1 && l.Note != "":
		return page.HTMLf(`%s, %s`, times, vi(lang, l.Note))
	case l.Quantity > 1:
		return times
	case l.Note != "":
		return vi(lang, l.Note)
	}
	return nil
}

// receivedLines are the payments so far and what is left.
func (f *face) receivedLines(lang page.Lang, s *slip) *page.Lines {
	out := &page.Lines{Caption: f.pages.T(lang, "received.caption"), Total: &page.Line{Label: f.pages.T(lang, "received.left"), Value: s.Open()}}
	for _, r := range s.validReceipts() {
		out.Rows = append(out.Rows, page.Line{
			Label: f.pages.T(lang, "received.row", f.receivedDay(s, r).VN()), Href: in(lang, f.receiptPath(r, s.Code)),
			Note: f.pages.T(lang, "received.note", r.No()), Value: r.Amount,
		})
	}
	return out
}

// basis is what allows each kind of charge on the bill, once per kind (FeeKind.LegalBasis).
func basis(lang page.Lang, s *slip) []page.Pair {
	var out []page.Pair
	seen := map[string]bool{}
	for _, l := range s.lines {
		k := s.kinds[l.FeeKind]
		if k.LegalBasis == "" || seen[k.Code] {
			continue
		}
		seen[k.Code] = true
		out = append(out, page.Pair{Label: vi(lang, k.Name), Value: vi(lang, k.LegalBasis)})
	}
	return out
}

// stepText says which instalment the sum on top is and what is left of the whole bill.
func (f *face) stepText(lang page.Lang, s *slip) string {
	steps := s.steps()
	due := s.AmountDue(s.plan, s.today)
	for _, c := range steps {
		if c.amount != due || due == s.Open() {
			continue
		}
		if c.from == c.to {
			return f.pages.T(lang, "step.one", c.to, len(s.plan), s.Open().String())
		}
		return f.pages.T(lang, "step.many", c.from, c.to, len(s.plan), s.Open().String())
	}
	return ""
}

// daysLeft says how far the due date is: of the next instalment, else of the bill.
func (f *face) daysLeft(lang page.Lang, s *slip) string {
	due := s.DueOn
	if next, ok := s.NextDue(s.plan); ok {
		due = next.DueOn
	}
	if due == "" {
		return ""
	}
	days := int(due.Time().Sub(s.today.Time()) / (24 * time.Hour))
	switch {
	case days > 0:
		return f.pages.T(lang, "left.days", days)
	case days == 0:
		return f.pages.T(lang, "left.today")
	}
	return f.pages.T(lang, "left.over", -days)
}

func (f *face) newPayView(r *http.Request, s *slip, o offer) *payView {
	lang := page.RequestLang(r)
	t := func(key string, args ...any) string { return f.pages.T(lang, key, args...) }
	v := &payView{Holder: o.account.Holder, Amount: o.amount, Bank: o.bank.ShortName, ShareTitle: s.Reason}
	v.Save = page.Link{Text: t("pay.save"), Href: o.at(lang, s, "/qr.png"), Icon: "down", Class: "btn--full", Save: true}
	if o.payload != "" {
		svg, err := vietqr.SVG(o.payload, vietqr.SVGOptions{Label: f.qrLabel(lang, s, o)})
		if err != nil {
			f.Log.Error("QR code not drawn", "bill", s.ID.String(), "err", err)
		}
		v.QR = template.HTML(svg)
	}
	links := o.links()
	if last, ok := lastApp(r, links); ok {
		v.App = &page.Link{Text: t("pay.open_this", last.App.Name), Href: o.at(lang, s, "/app/"+last.App.ID), Icon: "bank", Class: "btn--main btn--tall btn--full"}
		v.OtherApp = &page.Link{Text: t("pay.open_other"), Href: o.at(lang, s, "/app")}
	} else if len(links) > 0 {
		v.App = &page.Link{Text: t("pay.open"), Href: o.at(lang, s, "/app"), Icon: "bank", Class: "btn--main btn--tall btn--full"}
	} else {
		v.Save.Class += " btn--main btn--tall"
	}
	if len(s.accounts) > 1 {
		for i := range s.accounts {
			a := &s.accounts[i]
			v.Banks = append(v.Banks, choice{Text: bankName(a.BankBIN), Href: o.choose(o.amount, a).at(lang, s, "") + "#tra-tien", Current: a.ID == o.account.ID})
		}
	}
	v.Steps, v.Part = f.parts(lang, s, o)
	v.How = []any{
		page.HTMLf(t("how.1"), page.HTMLf(`<strong>%s</strong>`, t("pay.save"))),
		page.HTMLf(t("how.2"), page.HTMLf(`<strong>%s</strong>`, t("how.scan")), page.HTMLf(`<strong>%s</strong>`, t("how.gallery"))),
		page.HTMLf(t("how.3"), page.HTMLf(`<strong>%s</strong>`, o.account.Holder), o.amount),
	}
	v.Copies = []page.CopyRow{
		{Label: t("copy.bank"), Shown: vi(lang, o.bank.ShortName)},
		{Label: t("copy.account"), Shown: groups(o.account.Number), Copy: o.account.Number},
		{Label: t("copy.holder"), Shown: o.account.Holder},
		{Label: t("copy.amount"), Shown: o.amount, Copy: strconv.FormatInt(int64(o.amount), 10)},
		{Label: t("copy.memo"), Shown: o.memo, Copy: o.memo},
	}
	return v
}

// parts is the choice of another amount that the bill allows: its instalments as links, or a
// form for any part; neither when it is to be paid whole.
func (f *face) parts(lang page.Lang, s *slip, o offer) ([]page.Link, *partView) {
	if s.PartPayment == org.Instalments {
		var links []page.Link
		for _, c := range s.steps() {
			if c.amount == o.amount {
				continue
			}
			key := "step.pay_to"
			if c.amount == s.Open() {
				key = "step.pay_all"
			}
			links = append(links, page.Link{
				Text: f.pages.T(lang, key, c.to, c.amount.String()), Href: o.choose(c.amount, o.account).at(lang, s, "") + "#tra-tien", Class: "btn--full",
			})
		}
		return links, nil
	}
	if s.PartPayment != org.FreeParts || s.Open() <= minPart {
		return nil, nil
	}
	p := &partView{
		Action: "/p/" + s.Token + "#tra-tien", Open: o.wrong != "" || o.amount != o.usual,
		Note: f.pages.T(lang, "amount.note"),
		Field: page.Field{
			Name: paramAmount, Label: f.pages.T(lang, "amount.label"), InputMode: "numeric", MaxLength: 20, Short: true, Value: o.asked,
			Hint: f.pages.T(lang, "amount.hint", minPart.Grouped(), s.Open().Grouped()),
		},
	}
	if o.wrong != "" {
		p.Mistakes.Add(paramAmount, f.pages.T(lang, o.wrong, minPart.String(), s.Open().String()))
		p.Field.Error = p.Mistakes.At(paramAmount)
	} else if o.amount != o.usual {
		p.Field.Value = o.amount.Grouped()
	}
	for name, values := range o.choose(o.usual, o.account).params(lang, s) {
		p.Hidden = append(p.Hidden, page.Hidden{Name: name, Value: values[0]})
	}
	return nil, p
}

// otherWays are the ways to pay besides a bank transfer that this facility really has, and
// cash, which is never hidden.
func (f *face) otherWays(lang page.Lang, s *slip) []page.Pair {
	desk := f.pages.T(lang, "way.desk", f.noun(lang, s.payee))
	if s.payee.Hours != "" {
		desk += ", " + lowerFirst(s.payee.Hours)
	}
	var out []page.Pair
	for _, m := range s.methods {
		p := page.Pair{Label: f.pages.T(lang, "way."+string(m.Method)), Value: f.pages.T(lang, "way."+string(m.Method)+".how"), Note: vi(lang, m.Note)}
		if m.Method == org.MethodCard {
			p.Value = desk
		}
		out = append(out, p)
	}
	return append(out, page.Pair{Label: f.pages.T(lang, "way.cash"), Value: desk, Note: f.pages.T(lang, "way.cash.note")})
}

// helpNotices are the safety notice and the named person (P8).
func (f *face) helpNotices(lang page.Lang, s *slip, o *offer) []page.Notice {
	never := f.pages.T(lang, "safe.never", f.subject(lang, s.payee))
	safe := page.Notice{Icon: "shield", Strong: f.pages.T(lang, "safe.strong")}
	check := page.Link{Text: f.pages.T(lang, "safe.check"), Href: in(lang, "/kiem-tra")}
	if o.account != nil {
		safe.Text = page.HTMLf(`%s <strong>%s</strong>. %s %s`, f.pages.T(lang, "safe.holder"), o.account.Holder, never, check)
	} else {
		safe.Text = page.HTMLf(`%s %s`, never, check)
	}
	out := []page.Notice{safe}
	if help, ok := f.helpNotice(lang, s); ok {
		out = append(out, help)
	}
	return out
}
