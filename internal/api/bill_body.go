package api

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/billcode"
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/rail/bank"
	"github.com/sen-platform/sen/internal/rail/vietqr"
	"github.com/sen-platform/sen/internal/vnd"
)

// billBody is a bill as the API tells it. Payer, beneficiary, payee, reason and code are the
// unified payment information (P6), the same on screen, in the QR code, on the receipt.
type billBody struct {
	ID           string           `json:"id" example:"bil_0c3k9x2m4p7q1"`
	Code         billcode.Code    `json:"code" doc:"Mã hóa đơn thanh toán, 12 ký tự" example:"HPK7G3M9X077"`
	ExternalID   string           `json:"external_id,omitempty" doc:"Mã của phần mềm cơ sở; mỗi mã một phiếu"`
	Facility     string           `json:"facility" example:"fac_0c3k9x2m4p7q1"`
	Round        string           `json:"round,omitempty" doc:"Đợt thu, nếu phiếu thuộc một đợt"`
	State        bill.State       `json:"state" enum:"draft,published,cancelled" doc:"Cơ sở đã làm gì với phiếu"`
	Status       bill.Status      `json:"status" enum:"draft,open,partly_paid,paid,cancelled,expired" doc:"Tình trạng hôm nay, suy ra từ tiền đã nhận và các hạn"`
	Overdue      bool             `json:"overdue" doc:"Quá hạn trả mà còn nợ"`
	Payer        payerBody        `json:"payer"`
	Beneficiary  *beneficiaryBody `json:"beneficiary,omitempty"`
	Payee        string           `json:"payee" doc:"Đơn vị thu" example:"Trường Tiểu học Cát Vàng"`
	Reason       string           `json:"reason" example:"Thu tháng 12/2026"`
	Period       string           `json:"period,omitempty" example:"tháng 12/2026"`
	Lines        []lineBody       `json:"lines"`
	Instalments  []instalmentBody `json:"instalments,omitempty"`
	PartPayment  org.PartPayment  `json:"part_payment" enum:"none,free,instalments"`
	Account      string           `json:"account,omitempty" doc:"Tài khoản nhận tiền chọn riêng cho phiếu này"`
	Total        vnd.Amount       `json:"total" example:"1250000"`
	Paid         vnd.Amount       `json:"paid" example:"0"`
	Open         vnd.Amount       `json:"open" doc:"Còn phải trả" example:"1250000"`
	Currency     string           `json:"currency" enum:"VND"`
	DueOn        clock.Date       `json:"due_on" format:"date"`
	ExpiresOn    clock.Date       `json:"expires_on,omitempty" format:"date" doc:"Sau ngày này phiếu quá thời hạn nhưng vẫn trả được"`
	CreatedAt    *time.Time       `json:"created_at"`
	PublishedAt  *time.Time       `json:"published_at,omitempty"`
	PaidAt       *time.Time       `json:"paid_at,omitempty" doc:"Lúc trả đủ"`
	CancelledAt  *time.Time       `json:"cancelled_at,omitempty"`
	CancelReason string           `json:"cancel_reason,omitempty"`
	Replaces     string           `json:"replaces,omitempty" doc:"Phiếu cũ mà phiếu này thay"`
	ReplacedBy   string           `json:"replaced_by,omitempty" doc:"Phiếu mới thay phiếu này"`
	PayerURL     string           `json:"payer_url,omitempty" format:"uri" doc:"Trang trả tiền gửi cho người nộp; ai có địa chỉ này thì mở được"`
	QR           *qrBody          `json:"qr,omitempty" doc:"Mã VietQR cho số tiền nên trả hôm nay; không có khi phiếu không còn phải trả"`
}

type payerBody struct {
	Name  string `json:"name" example:"Trần Thị Mẫu"`
	Phone string `json:"phone,omitempty" example:"0912345678"`
}

type beneficiaryBody struct {
	Name      string `json:"name,omitempty" example:"Nguyễn Minh Khôi"`
	Code      string `json:"code,omitempty" doc:"Mã học sinh, mã người bệnh"`
	Class     string `json:"class,omitempty" example:"3B"`
	BirthYear int    `json:"birth_year,omitempty" example:"2018"`
}

type lineBody struct {
	FeeKind   string     `json:"fee_kind" example:"fee_0c3k9x2m4p7q1"`
	Name      string     `json:"name" example:"Tiền ăn bán trú"`
	Quantity  int64      `json:"quantity" example:"20"`
	UnitPrice vnd.Amount `json:"unit_price" example:"35000"`
	Amount    vnd.Amount `json:"amount" doc:"Âm là giảm trừ" example:"700000"`
	Note      string     `json:"note,omitempty"`
}

type instalmentBody struct {
	Amount vnd.Amount `json:"amount" minimum:"1" maximum:"999999999999999"`
	DueOn  clock.Date `json:"due_on" format:"date"`
}

type qrBody struct {
	Text          string     `json:"text" doc:"Nội dung mã VietQR"`
	Amount        vnd.Amount `json:"amount"`
	BankBIN       string     `json:"bank_bin" example:"970436"`
	Bank          string     `json:"bank,omitempty" example:"Vietcombank"`
	AccountNumber string     `json:"account_number"`
	AccountHolder string     `json:"account_holder"`
	Memo          string     `json:"memo" doc:"Nội dung chuyển khoản" example:"HPK7G3M9X077 LOP 3B"`
	SVGURL        string     `json:"svg_url" format:"uri"`
	PNGURL        string     `json:"png_url" format:"uri"`
}

// billBodies reads what belongs to the bills, in one query per table.
func (f *face) billBodies(tx *db.Tx, list []bill.Bill) ([]billBody, error) {
	ids := make([]id.Bill, len(list))
	var facilities []id.Facility
	for i, b := range list {
		ids[i] = b.ID
		if !slices.Contains(facilities, b.Facility) {
			facilities = append(facilities, b.Facility)
		}
	}
	lines, err := bill.LinesOf(tx, ids)
	if err != nil {
		return nil, err
	}
	plans, err := bill.InstalmentsOf(tx, ids)
	if err != nil {
		return nil, err
	}
	accounts, err := org.AccountsOfMany(tx, facilities)
	if err != nil {
		return nil, err
	}
	payees := map[id.Facility]org.Facility{} // a caller sees one facility's bills, so this is one query
	for _, x := range facilities {
		if payees[x], err = org.FacilityByID(tx, x); err != nil {
			return nil, err
		}
	}
	today := clock.Today(f.Clock)
	out := make([]billBody, len(list))
	for i, b := range list {
		out[i] = f.billBody(b, payees[b.Facility], lines[b.ID], plans[b.ID], today)
		out[i].QR = f.qrOf(b, payees[b.Facility], accounts[b.Facility], plans[b.ID], today)
	}
	return out, nil
}

func (f *face) billBody(b bill.Bill, payee org.Facility, lines []bill.Line, plan []bill.Instalment, today clock.Date) billBody {
	out := billBody{
		ID: b.ID.String(), Code: b.Code, ExternalID: b.ExternalID, Facility: b.Facility.String(), Round: b.Round.String(),
		State: b.State, Status: b.Status(today), Overdue: b.Overdue(today), Payer: payerBody{Name: b.PayerName, Phone: b.PayerPhone},
		Payee: payee.Name, Reason: b.Reason, Period: b.Period, Lines: []lineBody{}, PartPayment: b.PartPayment, Account: b.Account.String(),
		Total: b.Total, Paid: b.Paid, Open: b.Open(), Currency: currency, DueOn: b.DueOn, ExpiresOn: b.ExpiresOn,
		CreatedAt: at(b.CreatedAt), PublishedAt: at(b.PublishedAt), PaidAt: at(b.PaidAt), CancelledAt: at(b.CancelledAt), CancelReason: b.CancelReason,
		Replaces: b.Replaces.String(), ReplacedBy: b.ReplacedBy.String(),
	}
	if b.State != bill.Published { // nothing is asked for
		out.Open = 0
	}
	if b.State != bill.Draft {
		out.PayerURL = f.payerURL(b)
	}
	if b.BeneficiaryName != "" || b.BeneficiaryCode != "" || b.Class != "" || b.BirthYear != 0 {
		out.Beneficiary = &beneficiaryBody{Name: b.BeneficiaryName, Code: b.BeneficiaryCode, Class: b.Class, BirthYear: b.BirthYear}
	}
	for _, l := range lines {
		out.Lines = append(out.Lines, lineBody{FeeKind: l.FeeKind.String(), Name: l.Name, Quantity: l.Quantity, UnitPrice: l.UnitPrice, Amount: l.Amount, Note: l.Note})
	}
	for _, p := range plan {
		out.Instalments = append(out.Instalments, instalmentBody{Amount: p.Amount, DueOn: p.DueOn})
	}
	return out
}

func (f *face) payerURL(b bill.Bill) string { return f.BaseURL + "/p/" + b.Token }

// qrOf is the code the payer's page shows first: the bill's own account before the default
// one, and the sum that is due; nil when nothing is owed or no account takes VietQR.
func (f *face) qrOf(b bill.Bill, payee org.Facility, accounts []org.Account, plan []bill.Instalment, today clock.Date) *qrBody {
	amount := b.AmountDue(plan, today)
	if amount <= 0 {
		return nil
	}
	var to *org.Account
	for i, a := range accounts {
		if a.Usable(today) && (to == nil || a.ID == b.Account) {
			to = &accounts[i]
		}
	}
	if to == nil || vietqr.CheckBank(to.BankBIN) != nil {
		return nil
	}
	memo := b.PaymentInfo(payee).Memo
	text, err := vietqr.Transfer{BIN: to.BankBIN, Account: to.Number, Amount: amount, Memo: memo}.Encode()
	if err != nil {
		f.Log.Error("no QR code for this account", "account", to.ID.String(), "bill", b.ID.String(), "err", err)
		return nil
	}
	known, _ := bank.ByBIN(to.BankBIN)
	return &qrBody{
		Text: text, Amount: amount, BankBIN: to.BankBIN, Bank: known.ShortName, AccountNumber: to.Number, AccountHolder: to.Holder, Memo: memo,
		SVGURL: f.payerURL(b) + "/qr.svg", PNGURL: f.payerURL(b) + "/qr.png",
	}
}

// etag changes with everything that somebody did to the bill; not with the day, on which
// status, overdue and the code depend.
func (b billBody) etag() string {
	b.Status, b.Overdue, b.QR = "", false, nil
	text, err := json.Marshal(b)
	if err != nil { // strings and numbers always marshal
		panic(err)
	}
	return `"` + digest(text)[:24] + `"`
}
