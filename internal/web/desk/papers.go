package desk

import (
	"bytes"
	"fmt"
	"mime"
	"net/http"
	"strconv"

	"github.com/sen-platform/sen/internal/access"
	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/doc"
	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/rail/vietqr"
	"github.com/sen-platform/sen/internal/web/page"
)

// letterhead is what all papers of a facility share, read once.
type letterhead struct {
	facility org.Facility
	accounts []org.Account // that can be paid to today, the default first
	contact  *org.Contact
}

func (v *visit) letterhead(tx *db.Tx) (letterhead, error) {
	l := letterhead{facility: v.facility}
	accounts, err := org.AccountsOf(tx, v.facility.ID)
	if err != nil {
		return l, err
	}
	for _, a := range accounts {
		if a.Usable(v.today) {
			l.accounts = append(l.accounts, a)
		}
	}
	contacts, err := org.ContactsOf(tx, v.facility.ID)
	for i := range contacts {
		if contacts[i].Public {
			l.contact = &contacts[i]
			break
		}
	}
	return l, err
}

func (l letterhead) payee() doc.Payee {
	return doc.Payee{Name: l.facility.Name, Address: l.facility.Address, TaxCode: l.facility.TaxCode, Phone: phoneText(l.facility.Phone)}
}

// help is the named person who guides payers (P8); the facility itself when it names nobody.
func (l letterhead) help() doc.Contact {
	if c := l.contact; c != nil {
		return doc.Contact{Name: c.Name, Role: lowerFirst(c.Role), Phone: phoneText(c.Phone), Hours: c.Hours}
	}
	return doc.Contact{Name: l.facility.Name, Phone: l.facility.Phone, Hours: l.facility.Hours}
}

// class is the class as papers name it. A patient's ward says much about the patient and
// nothing about the payment: it stays off paper.
func (l letterhead) class(class string) string {
	if l.facility.Sector == org.Health {
		return ""
	}
	return className(l.facility, class)
}

// errNoAccount: nothing can be printed that asks for money without an account to send it to.
const errNoAccount = slip("Cơ sở chưa có tài khoản nhận tiền nào đang dùng, nên chưa in được. Thêm tài khoản ở mục Cơ sở.")

func (l letterhead) account(b bill.Bill) (org.Account, error) {
	for _, a := range l.accounts {
		if a.ID == b.Account {
			return a, nil
		}
	}
	if len(l.accounts) == 0 {
		return org.Account{}, errNoAccount
	}
	return l.accounts[0], nil
}

// notice is one printed notice of a bill with all that is needed to pay it (P6, P8).
func (f *face) notice(l letterhead, n bill.Notice) (*doc.Notice, error) {
	a, err := l.account(n.Bill)
	if err != nil {
		return nil, err
	}
	info := n.PaymentInfo(l.facility)
	text, err := vietqr.Transfer{BIN: a.BankBIN, Account: a.Number, Amount: n.Open(), Memo: info.Memo}.Encode()
	if err != nil {
		return nil, fmt.Errorf("QR of bill %s: %w", n.Code, err)
	}
	qr, err := modules(text)
	if err != nil {
		return nil, err
	}
	link := f.BaseURL + "/p/" + n.Token
	linkQR, err := modules(link)
	if err != nil {
		return nil, err
	}
	return &doc.Notice{
		Payee: l.payee(), Title: n.Reason, Payer: payerApart(n.Bill), BeneficiaryLabel: person(l.facility), Beneficiary: n.BeneficiaryName,
		Class: l.class(n.Class), BillCode: string(n.Code), Lines: docLines(n.Lines), PaidBefore: n.Paid, Due: n.DueOn,
		Account: doc.Account{Bank: bankName(a.BankBIN), Number: a.Number, Holder: a.Holder}, Memo: info.Memo, QR: qr,
		Link: link, LinkQR: linkQR, Contact: l.help(), NoFee: true,
	}, nil
}

func docLines(lines []bill.Line) []doc.Line {
	out := make([]doc.Line, len(lines))
	for i, l := range lines {
		note := l.Note
		if l.Quantity > 1 {
			note = fmt.Sprintf("%s × %s", page.Count(l.Quantity), l.UnitPrice)
			if l.Note != "" {
				note += ", " + l.Note
			}
		}
		out[i] = doc.Line{Name: l.Name, Note: note, Amount: l.Amount}
	}
	return out
}

// sendBillNotice answers GET /desk/phieu/{bill}/thong-bao.pdf.
func (f *face) sendBillNotice(v *visit) error {
	var b bill.Bill
	var out bytes.Buffer
	err := v.view(func(tx *db.Tx) error {
		var err error
		if b, err = v.bill(tx, access.ViewBills); err != nil {
			return err
		}
		if b.State != bill.Published || b.Open() == 0 {
			return slip("Phiếu này không còn gì phải trả, nên không in phiếu báo. Đã trả thì in biên lai.")
		}
		list, err := bill.Notices(tx, []bill.Bill{b})
		if err != nil {
			return err
		}
		l, err := v.letterhead(tx)
		if err != nil {
			return err
		}
		n, err := f.notice(l, list[0])
		if err != nil {
			return err
		}
		w, err := doc.NewNoticeWriter(&out, doc.NoticeOptions{Title: b.Reason, MadeAt: f.Clock.Now(), Sample: f.Sample})
		if err != nil {
			return err
		}
		if err := w.Add(n); err != nil {
			return err
		}
		return w.Close()
	})
	if err != nil {
		return err
	}
	return v.send("application/pdf", "phieu-bao-"+string(b.Code)+".pdf", out.Bytes())
}

// send answers with a file to look at or to keep.
func (v *visit) send(kind, name string, body []byte) error {
	page.Headers(v.w.Header(), false)
	h := v.w.Header()
	h.Set("Content-Type", kind)
	disposition := "inline"
	if kind != "application/pdf" {
		disposition = "attachment"
	}
	h.Set("Content-Disposition", mime.FormatMediaType(disposition, map[string]string{"filename": name}))
	h.Set("Content-Length", strconv.Itoa(len(body)))
	v.w.WriteHeader(http.StatusOK)
	_, _ = v.w.Write(body) // the reader may have gone
	return nil
}

// payerApart is the payer when that is somebody else than the beneficiary.
func payerApart(b bill.Bill) string {
	if b.PayerName == b.BeneficiaryName {
		return ""
	}
	return b.PayerName
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
