package pay

import (
	"net/http"

	"github.com/sen-platform/sen/internal/billcode"
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/rail"
	"github.com/sen-platform/sen/internal/vnd"
	"github.com/sen-platform/sen/internal/web/page"
)

type paidView struct {
	page.Chrome
	Live page.Live
	head
	Verdict  page.Verdict
	Total    vnd.Amount
	Facts    []page.Pair
	Receipts []receiptRow // when there are several
	Save     *page.Link   // of the one receipt
	Print    bool
	Surplus  *page.Notice
	Next     []any
	Lines    page.Lines
	Count    int
	Help     []page.Notice
}

// receiptRow is one receipt of a bill that was paid in parts.
type receiptRow struct {
	No, When, Method string
	Amount           vnd.Amount
	Page, PDF        page.Link
}

// receiptPath is the address of a receipt's check page.
func (f *face) receiptPath(r collect.Receipt, code billcode.Code) string {
	return "/r/" + r.ID.String() + "/" + f.Collect.CheckCode(r, string(code))
}

// received is when the money of a receipt came: the bank's instant, else the day it booked.
func received(s *slip, r collect.Receipt) any {
	c, ok := s.credits[r.Credit]
	if !ok {
		return r.IssuedAt
	}
	return arrived(c)
}

func arrived(c collect.Credit) any {
	if c.OccurredAt.IsZero() {
		return c.BookedOn
	}
	return c.OccurredAt
}

func (f *face) receivedDay(s *slip, r collect.Receipt) clock.Date {
	if c, ok := s.credits[r.Credit]; ok && !c.OccurredAt.IsZero() {
		return clock.DateOf(c.OccurredAt)
	} else if ok {
		return c.BookedOn
	}
	return clock.DateOf(r.IssuedAt)
}

// method is how a payer paid, with the account it came from all but hidden.
func (f *face) method(lang page.Lang, m rail.Method) string {
	return f.pages.T(lang, "method."+string(m))
}

// hiddenAccount shows the last four characters of an account: "••• 4471".
func hiddenAccount(number string) string {
	if len(number) < 8 {
		return ""
	}
	return "••• " + number[len(number)-4:]
}

// showPaid is the page of a bill that owes nothing more.
func (f *face) showPaid(w http.ResponseWriter, r *http.Request, s *slip) {
	lang := page.RequestLang(r)
	t := func(key string, args ...any) string { return f.pages.T(lang, key, args...) }
	who := f.noun(lang, s.payee)
	v := paidView{
		Chrome: f.chrome(r, t("paid.title")),
		Live:   f.watch(s, t("paid.say", f.subject(lang, s.payee), s.Total.String())),
		head:   f.head(lang, s),
		Total:  s.Total, Lines: f.billLines(lang, s), Count: len(s.lines),
		Verdict: page.Verdict{State: page.Paid, Title: t("paid.verdict", f.subject(lang, s.payee))},
		Help:    f.paidNotices(lang, s),
	}
	v.FootNote = f.who(lang, s)
	name := page.HTMLf(`<strong>%s</strong>`, v.Person)
	if v.Class != "" {
		name += page.HTMLf(`, %s`, v.Class)
	}
	v.Verdict.Text = page.HTMLf(t("paid.text"), vi(lang, s.Reason), name)
	valid := s.validReceipts()
	switch len(valid) {
	case 0: // a bill of nothing to pay
		v.Verdict.Title = t("paid.nothing")
	case 1:
		v.oneReceipt(f, lang, s, valid[0])
	default:
		v.Facts = f.commonFacts(lang, s)
		for _, rec := range valid {
			path := f.receiptPath(rec, s.Code)
			v.Receipts = append(v.Receipts, receiptRow{
				No: rec.No(), When: f.receivedDay(s, rec).VN(), Method: f.method(lang, rec.Method), Amount: rec.Amount,
				Page: page.Link{Text: t("receipts.open", rec.No()), Href: in(lang, path)},
				PDF:  page.Link{Text: t("receipts.pdf"), Href: path + "/pdf", Icon: "down", Save: true},
			})
		}
	}
	if s.surplus > 0 {
		v.Surplus = &page.Notice{State: page.Paid, Icon: "balance", Strong: t("surplus.strong", s.surplus.String()), Text: t("surplus.text", who)}
	}
	v.Next = []any{t("next.keep", who)}
	if len(valid) > 0 {
		v.Next = append(v.Next, page.HTMLf(t("next.check"), page.Link{Text: t("next.check_link"), Href: in(lang, f.receiptPath(valid[len(valid)-1], s.Code))}))
	}
	v.Next = append(v.Next, t("next.twice"))
	f.pages.Render(w, http.StatusOK, "paid", v)
}

// oneReceipt fills the page of a bill paid at once.
func (v *paidView) oneReceipt(f *face, lang page.Lang, s *slip, r collect.Receipt) {
	path := f.receiptPath(r, s.Code)
	v.Facts = append([]page.Pair{
		{Label: f.pages.T(lang, "fact.received"), Value: received(s, r)},
		{Label: f.pages.T(lang, "fact.receipt"), Value: r.No()},
	}, f.commonFacts(lang, s)...)
	way := page.Pair{Label: f.pages.T(lang, "fact.method"), Value: f.method(lang, r.Method)}
	if from := hiddenAccount(s.credits[r.Credit].PayerAccount); from != "" {
		way.Note = f.pages.T(lang, "fact.from", from)
	}
	v.Facts = append(v.Facts, way, page.Pair{Label: f.pages.T(lang, "fact.cost"), Value: vnd.Amount(0)})
	v.Save = &page.Link{Text: f.pages.T(lang, "paid.save"), Href: path + "/pdf", Icon: "down", Class: "btn--main btn--tall btn--full", Save: true}
	v.Print = true
}

func (f *face) commonFacts(lang page.Lang, s *slip) []page.Pair {
	return []page.Pair{
		{Label: f.pages.T(lang, "fact.payee"), Value: vi(lang, s.payee.Name)},
		{Label: f.pages.T(lang, "fact.code"), Value: page.Code(s.Code)},
	}
}

// paidNotices warn of the refund swindle (N6) and name the person to ask.
func (f *face) paidNotices(lang page.Lang, s *slip) []page.Notice {
	out := []page.Notice{{Icon: "shield", Text: f.pages.T(lang, "safe.refund")}}
	if help, ok := f.helpNotice(lang, s); ok {
		out = append(out, help)
	}
	return out
}

type cancelledView struct {
	page.Chrome
	Live page.Live
	head
	Verdict page.Verdict
	Why     string // the reason given for it
	When    string
	Next    *page.Link
	Soon    bool // another bill is being prepared
	Help    []page.Notice
}

// showCancelled is the page of a bill that must not be paid any more.
func (f *face) showCancelled(w http.ResponseWriter, r *http.Request, s *slip) {
	lang := page.RequestLang(r)
	t := func(key string, args ...any) string { return f.pages.T(lang, key, args...) }
	who := f.noun(lang, s.payee)
	v := cancelledView{
		Chrome:  f.chrome(r, t("cancelled.title")),
		Live:    f.watch(s, t("cancelled.title")),
		head:    f.head(lang, s),
		Verdict: page.Verdict{State: page.Need, Title: t("cancelled.title"), Text: t("cancelled.text")},
		Why:     s.CancelReason, When: clock.DateOf(s.CancelledAt).VN(), Soon: s.ReplacedBy != 0 && s.next == nil,
		Help: []page.Notice{{Icon: "info", Strong: t("cancelled.paid.strong"), Text: t("cancelled.paid.text", who)}},
	}
	v.FootNote = f.who(lang, s)
	if s.next != nil {
		v.Next = &page.Link{Text: t("cancelled.next", s.next.Total.String()), Href: in(lang, "/p/"+s.next.Token), Class: "btn--main btn--tall btn--full"}
	}
	if help, ok := f.helpNotice(lang, s); ok {
		v.Help = append(v.Help, help)
	}
	f.pages.Render(w, http.StatusOK, "cancelled", v)
}
