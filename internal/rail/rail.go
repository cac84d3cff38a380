// Package rail holds the words that all payment rails share. A rail room (rail/vietqr,
// rail/sepay, rail/camt …) is pure protocol: bytes to meaning and back, no database, no
// clock of its own (design, section 1).
package rail

import (
	"errors"
	"time"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/vnd"
)

// Method is how a payer paid, as the province counts it (requirements P1–P4, T3, T4, T8).
type Method string

// The four cashless methods, and cash, which is recorded but is no cashless rail.
const (
	QR          Method = "qr"           // P1: VietQR and other bank transfers
	Website     Method = "website"      // P2
	MobileMoney Method = "mobile_money" // P3
	Card        Method = "card"         // P4: POS terminal
	Cash        Method = "cash"
)

// Methods lists the four cashless methods in the order P1–P4.
func Methods() []Method { return []Method{QR, Website, MobileMoney, Card} }

// Error kinds of inbound messages. Rails wrap these; the edge turns them into a status and a Vietnamese text.
var (
	// ErrSignature: the message is not from the partner, or was altered. Nothing in it may be used.
	ErrSignature = errors.New("rail: wrong signature")
	// ErrStale: the signature is right but the signed time is outside the replay window.
	ErrStale = errors.New("rail: message outside the replay window")
	// ErrMalformed: the message cannot be read.
	ErrMalformed = errors.New("rail: malformed message")
)

// Credit is money that arrived, or a partner's word that it did: evidence, not a verdict
// (design, section 2). Empty strings mean the partner did not say. All text is NFC.
type Credit struct {
	// Stream names where the evidence came from: "sepay", "casso", "payos", "camt", "mt940",
	// "sheet", "cash". With PartnerRef it identifies the credit for ever.
	Stream string
	// PartnerRef is the partner's own unique key within the stream; replaying it changes nothing.
	PartnerRef string
	// Account is the receiving account number as the partner wrote it, without spaces.
	Account string
	// BankBIN is the receiving bank's 6-digit BIN when the partner tells it.
	BankBIN string
	// VirtualAccount is the collection account the payer used, if any.
	VirtualAccount string
	// Amount is the money that came in, in đồng, always > 0.
	Amount vnd.Amount
	// BankRef is the bank's transaction reference (FT number, AcctSvcrRef); it is what two
	// streams that report the same credit have in common.
	BankRef string
	// OrderID is our own order or bill key when the rail carries one back (payOS orderCode).
	OrderID string
	// RF is an ISO 11649 reference whose check digits pass.
	RF string
	// Memo is the transfer text as received.
	Memo string
	// PayerName, PayerAccount, PayerBank describe the sending side.
	PayerName, PayerAccount, PayerBank string
	// BookedOn is the accounting date at the bank in Viet Nam; never empty.
	BookedOn clock.Date
	// OccurredAt is when the transfer happened, zero when the partner gives only a date.
	OccurredAt time.Time
	// Method is how the province counts it.
	Method Method
	// Reversal marks money that was taken back: the credit with this BankRef or of this
	// amount and memo is undone (reference section 6, row 12). Amount is still > 0.
	Reversal bool
	// Returned marks money of our own that came back (camt RtrInf): never a payment of a bill.
	Returned bool
	// Raw is the exact bytes of a single-credit message (a webhook body); nil for lines of a
	// file, whose bytes are kept once for the whole file.
	Raw []byte
}
