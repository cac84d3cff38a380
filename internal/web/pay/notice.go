package pay

import (
	"bytes"
	"net/http"
	"strconv"

	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/doc"
	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/rail/vietqr"
	"github.com/sen-platform/sen/internal/web/page"
)

// sendNotice answers GET /p/{token}/notice.pdf: the bill on paper with its QR codes.
func (f *face) sendNotice(w http.ResponseWriter, r *http.Request, s *slip) {
	if !s.payable() {
		f.settled(w, r, s)
		return
	}
	o := f.offerOf(r, s)
	if o.account != nil { // paper asks for all that is owed: it cannot know what is paid in between
		o.amount = s.Open()
		o.payload = f.payload(s, &o)
	}
	if o.payload == "" {
		f.lost(w, r)
		return
	}
	body, err := f.notice(s, o)
	if err != nil {
		f.broken(w, r, "notice of bill "+s.ID.String(), err)
		return
	}
	sendPDF(w, "Thong-bao-"+string(s.Code), body)
}

func (f *face) notice(s *slip, o offer) ([]byte, error) {
	qr, err := modules(o.payload)
	if err != nil {
		return nil, err
	}
	link := f.BaseURL + "/p/" + s.Token
	linkQR, err := modules(link)
	if err != nil {
		return nil, err
	}
	n := doc.Notice{
		Payee: payee(s.payee), Title: s.Reason, BeneficiaryLabel: beneficiaryLabel(s.payee), Beneficiary: s.BeneficiaryName,
		Class: f.class(page.VI, s.payee, s.Class), BillCode: string(s.Code), Lines: paperLines(s.lines), PaidBefore: s.Paid, Due: s.DueOn,
		Account: doc.Account{Bank: o.bank.ShortName, Number: o.account.Number, Holder: o.account.Holder}, Memo: o.memo,
		QR: qr, Link: link, LinkQR: linkQR, NoFee: true,
	}
	if s.PayerName != s.BeneficiaryName {
		n.Payer = s.PayerName
	}
	if c := s.contact; c != nil {
		n.Contact = doc.Contact{Name: c.Name, Role: lowerFirst(c.Role), Phone: phoneText(c.Phone), Hours: lowerFirst(c.Hours)}
	}
	var b bytes.Buffer
	paper, err := doc.NewNoticeWriter(&b, doc.NoticeOptions{Title: s.Reason, MadeAt: f.Clock.Now(), Sample: f.Sample, OnePerPage: true})
	if err != nil {
		return nil, err
	}
	if err := paper.Add(&n); err != nil {
		return nil, err
	}
	if err := paper.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// payee is the facility as papers print it.
func payee(o org.Facility) doc.Payee {
	return doc.Payee{Name: o.Name, Address: o.Address, TaxCode: o.TaxCode, Phone: phoneText(o.Phone)}
}

func paperLines(lines []bill.Line) []doc.Line {
	out := make([]doc.Line, len(lines))
	for i, l := range lines {
		out[i] = doc.Line{Name: l.Name, Note: l.Note, Amount: l.Amount}
		if l.Quantity > 1 {
			out[i].Note = strconv.FormatInt(l.Quantity, 10) + " × " + l.UnitPrice.String()
			if l.Note != "" {
				out[i].Note += ", " + l.Note
			}
		}
	}
	return out
}

// modules is a QR code as papers draw it.
func modules(text string) (doc.Bits, error) {
	c, err := vietqr.Matrix(text)
	if err != nil {
		return nil, err
	}
	out := make(doc.Bits, c.Size)
	for y := range out {
		out[y] = make([]bool, c.Size)
		for x := range out[y] {
			out[y][x] = c.Black(x, y)
		}
	}
	return out, nil
}

func sendPDF(w http.ResponseWriter, name string, body []byte) {
	page.Headers(w.Header(), true)
	w.Header().Set("Content-Type", "application/pdf")
	w.Header().Set("Content-Disposition", `inline; filename="`+name+`.pdf"`)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body) // the reader may have gone
}
