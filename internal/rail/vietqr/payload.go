// Package vietqr writes and reads the VietQR codes of bank transfers (P1): the EMVCo
// merchant-presented text with NAPAS's template in tag 38, its CRC, and its picture as SVG or
// PNG. It also reads VNPAY's merchant QR (template in tag 26), which only VNPAY may issue.
//
// The encoder emits printable ASCII only and refuses whatever a bank's application might read
// in another way; the decoder uses the same tables and rules, so that what it accepts can be
// written again to the same text. Its leniencies are listed at Decode. Nothing in a code
// carries a time: expiry is the platform's rule, not the code's.
//
// Source of the rules: payment-rails reference, sections 1 and 2 (NAPAS QR switching
// specification 1.5.2 as implemented by four public packages; the specification's own text
// could not be read).
package vietqr

import "github.com/sen-platform/sen/internal/vnd"

// Kind is whose merchant template a code carries.
type Kind string

// The kinds this package reads.
const (
	NAPAS Kind = "vietqr"  // tag 38, AID A000000727
	VNPAY Kind = "vnpayqr" // tag 26, AID A000000775; read only
)

// Application identifiers inside the merchant templates.
const (
	aidNAPAS = "A000000727"
	aidVNPAY = "A000000775"
)

// Initiation is tag 01.
type Initiation string

// A static code is reusable and the payer types the sum; a dynamic one fixes the sum.
const (
	Static  Initiation = "11"
	Dynamic Initiation = "12"
)

// Service is tag 38.02.
type Service string

// The services of NAPAS 247.
const (
	ToAccount Service = "QRIBFTTA" // transfer to an account
	ToCard    Service = "QRIBFTTC" // transfer to a card
	Push      Service = "QRPUSH"   // payment to a merchant; needs category, name and city
	Cash      Service = "QRCASH"   // withdrawal at an ATM; read only
)

// Payload is the content of one code. Empty text and a zero amount mean that the object is
// absent. The tag of every field stands beside it.
type Payload struct {
	Kind Kind
	// Initiation may be empty when encoding: then it follows from the amount.
	Initiation Initiation // 01
	BIN        string     // 38.01.00, six digits
	Account    string     // 38.01.01: account, virtual account, card or merchant id, at most 19 of 0-9A-Za-z
	Service    Service    // 38.02
	MerchantID string     // 26.01, VNPAY only

	MCC          string     // 52, four digits
	Amount       vnd.Amount // 54, 1 to 13 digits
	Tip          string     // 55: 01 payer is asked, 02 fixed fee, 03 percentage
	FixedFee     string     // 56
	PercentFee   string     // 57
	MerchantName string     // 59, at most 25
	City         string     // 60, at most 15
	PostalCode   string     // 61, at most 10

	// Additional data, tag 62: each at most 25, all together at most 99 with their headers.
	BillNumber     string // 62.01
	Mobile         string // 62.02
	StoreLabel     string // 62.03
	LoyaltyNumber  string // 62.04
	ReferenceLabel string // 62.05
	CustomerLabel  string // 62.06
	TerminalLabel  string // 62.07
	Purpose        string // 62.08: becomes the memo of the transfer
	ConsumerData   string // 62.09: which of A(ddress) M(obile) E(mail) the payer's app is to send

	Language  string // 64.00, two letters
	LocalName string // 64.01, at most 25
	LocalCity string // 64.02, at most 15

	CRC   string   // 63 as read, in the case it was written; Encode computes its own
	Other []Object // read, but without a field here; Encode refuses them
}

// Object is a data object that was read and has no field of its own: other schemes' merchant
// templates (02–51), reserved and unreserved tags. Path is its tag, or template.tag.
type Object struct{ Path, Value string }

// transfer tells whether the code is an interbank transfer to an account or a card.
func (p *Payload) transfer() bool {
	return p.Kind == NAPAS && (p.Service == ToAccount || p.Service == ToCard)
}
