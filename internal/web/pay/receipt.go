package pay

import (
	"bytes"
	"context"
	"errors"
	"net/http"

	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/doc"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/rail"
	"github.com/sen-platform/sen/internal/vn"
	"github.com/sen-platform/sen/internal/vnd"
	"github.com/sen-platform/sen/internal/web/page"
)

// proof is a receipt with what stands on it. Only the verdict is set when the seal does not
// fit: whoever holds no genuine receipt learns nothing of the one that was asked about.
type proof struct {
	verdict collect.CheckVerdict
	receipt collect.Receipt
	bill    bill.Bill
	payee   org.Facility
	credit  collect.Credit
	lines   []bill.Line
	before  vnd.Amount // paid on the bill by earlier receipts
}

// prove reads the receipt an address names and compares the seal. Every input has a verdict.
func (f *face) prove(ctx context.Context, name, seal string) (proof, error) {
	rec, err := id.Parse[id.Receipt](name)
	if err != nil {
		return proof{verdict: collect.CheckUnknown}, nil
	}
	var p proof
	err = f.DB.View(ctx, func(tx *db.Tx) (err error) {
		p = proof{}
		if p.receipt, err = collect.ReceiptByID(tx, rec); err != nil {
			return err
		}
		if p.bill, err = bill.ByID(tx, p.receipt.Bill); err != nil {
			return err
		}
		p.verdict = f.Collect.Check(p.receipt, string(p.bill.Code), seal)
		if p.verdict == collect.CheckChanged {
			return nil
		}
		return p.read(tx)
	})
	switch {
	case errors.Is(err, db.ErrNotFound):
		return proof{verdict: collect.CheckUnknown}, nil
	case err != nil:
		return proof{}, err
	case p.verdict == collect.CheckChanged:
		return proof{verdict: collect.CheckChanged}, nil
	}
	return p, nil
}

func (p *proof) read(tx *db.Tx) error {
	var err error
	if p.payee, err = org.FacilityByID(tx, p.bill.Facility); err != nil {
		return err
	}
	if p.credit, err = collect.CreditByID(tx, p.receipt.Credit); err != nil {
		return err
	}
	lines, err := bill.LinesOf(tx, []id.Bill{p.bill.ID})
	if err != nil {
		return err
	}
	p.lines = lines[p.bill.ID]
	all, err := collect.ReceiptsOfBills(tx, p.bill.ID)
	if err != nil {
		return err
	}
	for _, r := range all {
		if r.ID < p.receipt.ID && r.State == collect.ReceiptValid {
			p.before += r.Amount
		}
	}
	return nil
}

type receiptView struct {
	page.Chrome
	Verdict  page.Verdict
	Sheet    page.State
	Amount   vnd.Amount // 0: nothing is shown
	Facts    []page.Pair
	Save     *page.Link
	Compare  *page.Notice
	Again    page.Link
	Reversed string
}

// showReceipt answers GET /r/{receipt}/{seal}: genuine, changed, reversed or unknown, and for a
// genuine one what must stand on the paper. Names are masked.
func (f *face) showReceipt(w http.ResponseWriter, r *http.Request) {
	p, err := f.prove(r.Context(), r.PathValue("receipt"), r.PathValue("seal"))
	if err != nil {
		f.broken(w, r, "receipt", err)
		return
	}
	lang := page.RequestLang(r)
	t := func(key string, args ...any) string { return f.pages.T(lang, key, args...) }
	v := receiptView{
		Chrome:  f.chrome(r, t("check.title")),
		Sheet:   page.Need,
		Verdict: page.Verdict{State: page.Need, Title: t("check." + string(p.verdict)), Text: t("check." + string(p.verdict) + ".text")},
		Again:   page.Link{Text: t("check.again"), Href: in(lang, "/bien-lai")},
	}
	status := http.StatusOK
	switch p.verdict {
	case collect.CheckUnknown, collect.CheckChanged:
		status = http.StatusNotFound
		v.Compare = &page.Notice{State: page.Danger, Strong: t("check.fake.strong"), Text: t("check.fake.text")}
		f.pages.Render(w, status, "receipt", v)
		return
	case collect.CheckGenuine:
		v.Sheet, v.Verdict.State = page.Paid, page.Paid
	case collect.CheckReversed:
		v.Reversed = t("check.reversed.on", clock.DateOf(p.receipt.ReversedAt).VN())
	}
	v.Amount = p.receipt.Amount
	v.Facts = f.receiptFacts(lang, p)
	v.Compare = &page.Notice{Icon: "shield", Strong: t("check.compare.strong"), Text: t("check.compare.text")}
	path := "/r/" + p.receipt.ID.String() + "/" + r.PathValue("seal") + "/pdf"
	v.Save = &page.Link{Text: t("check.pdf"), Href: path, Icon: "down", Class: "btn--full", Save: true}
	f.pages.Render(w, status, "receipt", v)
}

// receiptFacts are what stands on the paper, in its order.
func (f *face) receiptFacts(lang page.Lang, p proof) []page.Pair {
	t := func(key string, args ...any) string { return f.pages.T(lang, key, args...) }
	b := p.bill
	out := []page.Pair{
		{Label: t("fact.receipt"), Value: p.receipt.No()},
		{Label: t("fact.issued"), Value: clock.DateOf(p.receipt.IssuedAt)},
		{Label: t("fact.payee"), Value: vi(lang, p.payee.Name)},
		{Label: t("fact.payer"), Value: vn.Mask(b.PayerName), Note: t("fact.masked")},
	}
	if b.BeneficiaryName != "" {
		who := page.Pair{Label: t("fact.for"), Value: vn.Mask(b.BeneficiaryName)}
		if class := f.class(lang, p.payee, b.Class); class != "" {
			who.Note = class
		}
		out = append(out, who)
	}
	return append(out,
		page.Pair{Label: t("fact.reason"), Value: vi(lang, b.Reason)},
		page.Pair{Label: t("fact.code"), Value: page.Code(b.Code)},
		page.Pair{Label: t("fact.method"), Value: f.method(lang, p.receipt.Method)},
		page.Pair{Label: t("fact.received"), Value: arrived(p.credit)})
}

// sendReceipt answers GET /r/{receipt}/{seal}/pdf: the receipt on paper, A5. The first print is
// the original, every later one says which copy it is. A HEAD request prints nothing.
func (f *face) sendReceipt(w http.ResponseWriter, r *http.Request) {
	p, err := f.prove(r.Context(), r.PathValue("receipt"), r.PathValue("seal"))
	if err != nil {
		f.broken(w, r, "receipt", err)
		return
	}
	if p.verdict != collect.CheckGenuine && p.verdict != collect.CheckReversed {
		f.lost(w, r)
		return
	}
	if r.Method == http.MethodHead {
		page.Headers(w.Header(), true)
		w.Header().Set("Content-Type", "application/pdf")
		return
	}
	n, err := f.Collect.CountPrint(r.Context(), p.receipt.ID)
	if err != nil {
		f.broken(w, r, "print of receipt "+p.receipt.ID.String(), err)
		return
	}
	body, err := f.paper(p, int(n-1))
	if err != nil {
		f.broken(w, r, "receipt "+p.receipt.ID.String(), err)
		return
	}
	sendPDF(w, "Bien-lai-"+p.receipt.No()[:4]+"-"+p.receipt.No()[5:], body)
}

// paper draws the receipt; copies is 0 for the original.
func (f *face) paper(p proof, copies int) ([]byte, error) {
	url := f.BaseURL + f.receiptPath(p.receipt, p.bill.Code)
	qr, err := modules(url)
	if err != nil {
		return nil, err
	}
	b, c := p.bill, p.credit
	rec := doc.Receipt{
		Payee: payee(p.payee), Number: p.receipt.No(), Year: p.receipt.Year,
		Payer: b.PayerName, BeneficiaryLabel: beneficiaryLabel(p.payee), Beneficiary: b.BeneficiaryName,
		Class: f.class(page.VI, p.payee, b.Class), Reason: b.Reason, BillCode: string(b.Code),
		Lines: paperLines(p.lines), PaidBefore: p.before, Received: p.receipt.Amount,
		Method: f.method(page.VI, p.receipt.Method), BankRef: c.BankRef,
		PaidAt: c.OccurredAt, IssuedAt: p.receipt.IssuedAt, IssuedBy: f.pages.T(page.VI, "paper.by"),
		CheckURL: url, CheckQR: qr, Copy: copies, Sample: f.Sample,
	}
	if from := hiddenAccount(c.PayerAccount); from != "" {
		rec.Method += ", " + f.pages.T(page.VI, "fact.from", from)
	}
	if rec.PaidAt.IsZero() {
		rec.PaidAt = c.BookedOn.Time()
	}
	if p.receipt.Method == rail.Cash {
		rec.Sign, rec.BankRef, rec.IssuedBy = true, "", f.pages.T(page.VI, "paper.by_desk")
	}
	if p.receipt.State == collect.ReceiptReversed {
		rec.State = doc.ReceiptReversed
		rec.StateNote = f.pages.T(page.VI, "check.reversed.on", clock.DateOf(p.receipt.ReversedAt).VN())
	}
	var out bytes.Buffer
	if err := doc.WriteReceipt(&out, &rec); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
