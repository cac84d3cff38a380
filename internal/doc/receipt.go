package doc

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/sen-platform/sen/internal/vnd"
)

// ReceiptState is what became of a receipt after it was issued.
type ReceiptState int

// The states of a receipt. Only a valid one proves a payment.
const (
	ReceiptValid     ReceiptState = iota
	ReceiptCancelled              // issued by mistake: ĐÃ HỦY
	ReceiptReversed               // the money went back: ĐÃ ĐẢO
)

// Receipt is everything that stands on one receipt (biên lai thu tiền). Its fields are those
// of the unified payment information (P6), of the payment, and of the paper itself.
type Receipt struct {
	Payee  Payee
	Number string // whole number as people quote it: BL26-0004187
	Series string // ký hiệu or quyển; may be empty
	Year   int    // the year the number belongs to

	Payer            string // người trả tiền
	BeneficiaryLabel string // "Học sinh", "Người bệnh"; "Thu cho" when empty
	Beneficiary      string
	Class            string // "lớp 3B", "Khoa Nội"; may be empty
	Reason           string // Phiếu thu tháng 11/2026
	BillCode         string // 12 characters without spaces; printed in groups of four

	Lines      []Line     // of the whole bill; may be empty when there is no bill
	PaidBefore vnd.Amount // paid on this bill by earlier receipts
	Received   vnd.Amount // what this receipt proves; in figures and in words
	Credit     vnd.Amount // part of Received beyond the bill, kept for the payer

	Method   string    // "Chuyển khoản QR", "Tiền mặt"
	BankRef  string    // the bank's reference; empty for cash
	PaidAt   time.Time // when the money was received
	IssuedAt time.Time // when the receipt was made; also stamps the file
	IssuedBy string    // person or "Sen"
	Sign     bool      // leave room for two signatures (cash desk)

	CheckURL string // public check page, printed in full
	CheckQR  Matrix // the same address as QR; nil leaves both out

	Copy      int // 0 original, n the n-th re-print: BẢN SAO
	State     ReceiptState
	StateNote string // when and why it was cancelled or reversed
	Sample    bool   // DỮ LIỆU MẪU
}

// Remaining is what is still owed on the bill after this receipt. It fails when the amounts
// contradict each other: more allocated to the bill than the bill asks, or a credit larger
// than what was received. Without lines nothing is owed.
func (r *Receipt) Remaining() (vnd.Amount, error) {
	if r.Received <= 0 || r.Credit < 0 || r.Credit > r.Received || r.PaidBefore < 0 {
		return 0, fmt.Errorf("doc: receipt %s: received %d, credit %d, paid before %d",
			r.Number, r.Received, r.Credit, r.PaidBefore)
	}
	if len(r.Lines) == 0 {
		return 0, nil
	}
	rest, err := sumLines(r.Lines)
	if err != nil {
		return 0, fmt.Errorf("doc: receipt %s: %w", r.Number, err)
	}
	for _, paid := range []vnd.Amount{r.PaidBefore, r.Received - r.Credit} {
		if rest, err = rest.Sub(paid); err != nil {
			return 0, fmt.Errorf("doc: receipt %s: %w", r.Number, err)
		}
	}
	if rest < 0 {
		return 0, fmt.Errorf("doc: receipt %s: %d more than the bill is allocated to it", r.Number, -rest)
	}
	return rest, nil
}

// WriteReceipt writes r as a PDF of A5 portrait pages: half of an A4 sheet on paper, and the
// shape of a telephone on a screen. A bill of about sixteen lines fits on one page; longer
// ones go on with the head of the table repeated. The file has about 25 kB.
func WriteReceipt(w io.Writer, r *Receipt) error {
	if r.Number == "" || r.Payee.Name == "" || r.PaidAt.IsZero() || r.IssuedAt.IsZero() {
		return errors.New("doc: a receipt needs number, payee, time of payment and time of issue")
	}
	rest, err := r.Remaining()
	if err != nil {
		return err
	}
	sheet := &receiptSheet{Receipt: r, rest: rest}
	sheet.pen = newPen(a5Width, a5Height, "Biên lai "+r.Number, r.Payee.Name, r.IssuedAt)
	sheet.drawAll()
	return sheet.finish(w)
}
