// Package bill is what is owed: bills with their lines and instalments, the billing rounds
// that issue them in bulk, and the import that makes a round from the accountant's own
// workbook (requirements P6, P7, P11).
//
// A bill's state is what the facility did with it (draft, published, cancelled); its status
// is derived from that, from what is paid and from the date, and never stored. What is paid
// moves in payable.go only. Functions that take a *db.Tx are the store; use cases that move
// money figures (publish, cancel, reissue) are in room collect, which posts to the ledger in
// the same transaction.
package bill

import (
	"strings"
	"time"

	"github.com/sen-platform/sen/internal/billcode"
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/vn"
	"github.com/sen-platform/sen/internal/vnd"
)

// State is what the facility did with a bill.
type State string

// The states. Only a published bill is owed.
const (
	Draft     State = "draft"
	Published State = "published"
	Cancelled State = "cancelled"
)

// Status is how a bill stands on a day.
type Status string

// The statuses. Expired is not the end: the bill is still payable and the status turns to
// partly paid or paid when money comes (design, section 2).
const (
	StatusDraft      Status = "draft"
	StatusOpen       Status = "open"
	StatusPartlyPaid Status = "partly_paid"
	StatusPaid       Status = "paid"
	StatusCancelled  Status = "cancelled"
	StatusExpired    Status = "expired"
)

var statusLabels = []struct {
	status Status
	label  string
}{
	{StatusDraft, "Chưa phát hành"},
	{StatusOpen, "Chưa trả"},
	{StatusPartlyPaid, "Trả một phần"},
	{StatusPaid, "Đã trả"},
	{StatusExpired, "Quá thời hạn, vẫn trả được"},
	{StatusCancelled, "Đã hủy"},
}

// Label is the status in the words of the screens; the code itself when unknown.
func (s Status) Label() string {
	for _, l := range statusLabels {
		if l.status == s {
			return l.label
		}
	}
	return string(s)
}

// Statuses lists all statuses in the order of filters on screens.
func Statuses() []Status {
	out := make([]Status, len(statusLabels))
	for i, l := range statusLabels {
		out[i] = l.status
	}
	return out
}

// Bill is what one payer owes one payee. All text is NFC.
type Bill struct {
	ID       id.Bill
	Facility id.Facility
	Round    id.Round // zero for a bill issued on its own
	// ExternalID is the key of the facility's own software; unique per facility, "" for none.
	ExternalID string
	Code       billcode.Code
	// Token opens the payer's page; unguessable.
	Token                            string
	PayerName, PayerPhone            string
	BeneficiaryName, BeneficiaryCode string // pupil or patient, and the code the facility knows them by
	Class                            string // class, ward or group; "" when there is none
	BirthYear                        int    // of the beneficiary, 0 when unknown: a second fact for looking a bill up
	Reason                           string
	Period                           string // as shown, e.g. "tháng 12/2026"
	Total, Paid                      vnd.Amount
	SoleFeeKind                      id.FeeKind // the kind of all lines, or 0 when they differ
	State                            State
	PartPayment                      org.PartPayment
	Account                          id.Account // the receiving account to show first; 0 for the facility's default
	DueOn, ExpiresOn                 clock.Date
	CreatedAt                        time.Time
	// PublishedAt, CancelledAt, PaidAt are zero while it has not happened.
	PublishedAt, CancelledAt, PaidAt time.Time
	CancelReason                     string
	Replaces, ReplacedBy             id.Bill

	content, rowHash string
	importID         id.File
}

// Line is one thing charged. Amount is negative for a reduction (miễn giảm), else positive,
// and equals Quantity × UnitPrice.
type Line struct {
	FeeKind   id.FeeKind
	Name      string
	Quantity  int64
	UnitPrice vnd.Amount
	Amount    vnd.Amount
	Note      string
}

// Open is what is still owed.
func (b Bill) Open() vnd.Amount { return b.Total - b.Paid }

// Status derives how the bill stands on the day.
func (b Bill) Status(today clock.Date) Status {
	switch {
	case b.State == Cancelled:
		return StatusCancelled
	case b.State == Draft:
		return StatusDraft
	case b.Paid >= b.Total:
		return StatusPaid
	case b.ExpiresOn != "" && today > b.ExpiresOn:
		return StatusExpired
	case b.Paid > 0:
		return StatusPartlyPaid
	}
	return StatusOpen
}

// Overdue reports whether something is owed after the due date.
func (b Bill) Overdue(today clock.Date) bool {
	return b.State == Published && b.Paid < b.Total && today > b.DueOn
}

// PersonName is the name people look a bill up by: the beneficiary's, else the payer's.
func (b Bill) PersonName() string {
	if b.BeneficiaryName != "" {
		return b.BeneficiaryName
	}
	return b.PayerName
}

// PaymentInfo is the unified payment information (P6): the same fields on screen, in the QR,
// in the API, on the receipt and in the statement.
type PaymentInfo struct {
	Payer       string // payer's full name
	Beneficiary string // beneficiary's full name, if any
	Payee       string // the facility that collects
	Reason      string // reason for payment
	Code        billcode.Code
	// Memo is the transfer text, the code first: within the 25 characters of VietQR's field
	// 62-08, so that no bank cuts the code (bank-and-pos, section 4.3).
	Memo string
}

// memoMax is the length of VietQR's purpose of transaction.
const memoMax = 25

// PaymentInfo gives the bill's unified payment information.
func (b Bill) PaymentInfo(payee org.Facility) PaymentInfo {
	return PaymentInfo{
		Payer: b.PayerName, Beneficiary: b.BeneficiaryName, Payee: payee.Name,
		Reason: b.Reason, Code: b.Code, Memo: b.memo(payee.Sector),
	}
}

// memo adds the class of a pupil, which helps a cashier to sort and betrays nothing. A
// patient's ward would betray much, so a hospital's memo is the code alone.
func (b Bill) memo(sector org.Sector) string {
	code := string(b.Code)
	if sector != org.Education || b.Class == "" {
		return code
	}
	class := vn.Memo(b.Class)
	if !strings.HasPrefix(class, "LOP ") {
		class = "LOP " + class
	}
	if class == "LOP " || len(code)+1+len(class) > memoMax {
		return code
	}
	return code + " " + class
}
