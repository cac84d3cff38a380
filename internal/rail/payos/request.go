package payos

import (
	"encoding/json"
	"fmt"
	"strconv"
	"unicode/utf8"

	"github.com/sen-platform/sen/internal/rail/wire"
	"github.com/sen-platform/sen/internal/vnd"
)

// MaxOrderCode is the greatest orderCode: payOS is written in JavaScript, 2^53 − 1.
const MaxOrderCode = 9007199254740991

// CreateRequest asks payOS for a payment link: POST /v2/payment-requests.
type CreateRequest struct {
	// OrderCode identifies the attempt, 1 to MaxOrderCode, never reused; 123 is payOS's trial.
	OrderCode int64      `json:"orderCode"`
	Amount    vnd.Amount `json:"amount"`
	// Description becomes the transfer text: at most 25 characters, 9 when the receiving
	// account is not linked through payOS. Match on OrderCode; payOS may put a code before it.
	Description string `json:"description"`
	CancelURL   string `json:"cancelUrl"`
	ReturnURL   string `json:"returnUrl"`
	// ExpiredAt is Unix seconds, 0 for never. Not signed.
	ExpiredAt int64 `json:"expiredAt,omitempty"`
}

// Check refuses what payOS would refuse or cut; the error is Vietnamese, of kind
// rail.ErrMalformed.
func (r CreateRequest) Check() error {
	switch {
	case r.OrderCode < 1 || r.OrderCode > MaxOrderCode || r.OrderCode == 123:
		return wire.Malformed("orderCode", "Mã lần trả phải từ 1 đến 9007199254740991 và khác 123.")
	case r.Amount < 1 || r.Amount >= wire.MaxAmount:
		return wire.Malformed("amount", "Số tiền phải lớn hơn 0 và nhỏ hơn 1.000.000.000.000.000 ₫.")
	case utf8.RuneCountInString(r.Description) > 25 || r.Description == "":
		return wire.Malformed("description", "Nội dung phải có 1 đến 25 ký tự.")
	case r.CancelURL == "" || r.ReturnURL == "":
		return wire.Malformed("returnUrl", "Thiếu địa chỉ quay về.")
	}
	return nil
}

// Sign is the signature of the request: exactly five fields, raw, in this order.
func (r CreateRequest) Sign(key string) string { return hexMAC(key, r.signedText()) }

func (r CreateRequest) signedText() string {
	return "amount=" + strconv.FormatInt(int64(r.Amount), 10) + "&cancelUrl=" + r.CancelURL +
		"&description=" + r.Description + "&orderCode=" + strconv.FormatInt(r.OrderCode, 10) +
		"&returnUrl=" + r.ReturnURL
}

// Body is the signed JSON to send, after Check.
func (r CreateRequest) Body(key string) ([]byte, error) {
	if err := r.Check(); err != nil {
		return nil, err
	}
	return json.Marshal(struct {
		CreateRequest
		Signature string `json:"signature"`
	}{r, r.Sign(key)})
}

// Link is payOS's answer to CreateRequest, and to a question about a link.
type Link struct {
	OrderID       string // orderCode
	PaymentLinkID string
	// Status: PENDING, PROCESSING, PAID, UNDERPAID, EXPIRED, CANCELLED or FAILED. Money is
	// booked from the webhook or the bank's statement, never from this word.
	Status      string
	Amount      vnd.Amount
	BIN         string // where to transfer to,
	Account     string // often a virtual account
	AccountName string
	Description string // the transfer text to use, possibly with payOS's code before it
	CheckoutURL string
	QR          string // the text of a VietQR code; read it with vietqr.Decode before showing it
}

// APIError is payOS's own refusal of a request.
type APIError struct{ Code, Desc string }

func (e *APIError) Error() string { return fmt.Sprintf("payos: %s: %s", e.Code, e.Desc) }

// ReadLink verifies and reads the reply to CreateRequest. Errors: *APIError when payOS
// refused, *rail.Refusal of kind ErrSignature or ErrMalformed.
func ReadLink(key string, reply []byte) (Link, error) {
	v, err := object(reply)
	if err != nil {
		return Link{}, err
	}
	top := wire.Read(v, "")
	code, desc, signature := top.Text("code"), top.Text("desc"), top.Text("signature")
	if err := top.Err(); err != nil {
		return Link{}, err
	}
	if code != "00" {
		return Link{}, &APIError{code, desc}
	}
	data := v.Get("data")
	if err := verifyData(key, data, signature); err != nil {
		return Link{}, err
	}
	f := wire.Read(data, "data.")
	l := Link{
		OrderID:       f.ID("orderCode"),
		PaymentLinkID: f.Text("paymentLinkId"),
		Status:        f.Text("status"),
		Amount:        f.MoneyIn("amount"),
		BIN:           f.Text("bin"),
		Account:       f.Account("accountNumber"),
		AccountName:   f.Text("accountName"),
		Description:   f.Text("description"),
		CheckoutURL:   f.Text("checkoutUrl"),
		QR:            f.Text("qrCode"),
	}
	return l, f.Err()
}
