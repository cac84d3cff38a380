package rail

import (
	"encoding/json"
	"errors"
	"net/http"
)

// Inbound is what one verified message of a partner means: the money it reports, and what
// was in it that is no money for us. Both may be empty only when the message was an empty list.
type Inbound struct {
	// Credits are in the order of the message.
	Credits []Credit
	// Skipped are entries that were understood and deliberately bring no credit. They are
	// acknowledged like credits: sending them again would change nothing.
	Skipped []Skipped
}

// Skipped is an entry of a verified message that brings no credit.
type Skipped struct {
	// PartnerRef is the partner's key of the entry, empty when it has none.
	PartnerRef string
	Reason     Reason
}

// Reason says why an entry brings no credit.
type Reason string

// The reasons.
const (
	MoneyOut     Reason = "money_out"     // money left the account
	TestDelivery Reason = "test_delivery" // the partner tried the address; no money moved
	NotPaid      Reason = "not_paid"      // the partner reports an attempt that did not succeed
)

// VI is the reason as staff read it.
func (r Reason) VI() string {
	switch r {
	case MoneyOut:
		return "Tiền ra khỏi tài khoản, không phải tiền thu."
	case TestDelivery:
		return "Tin gửi thử của đối tác, không có tiền chuyển."
	case NotPaid:
		return "Đối tác báo lần trả này không thành."
	}
	return string(r)
}

// Refusal is an inbound message, or a part of one, that was not taken. Match its kind with
// errors.Is (ErrSignature, ErrStale, ErrMalformed).
type Refusal struct {
	// Kind is one of the error kinds of this package.
	Kind error
	// Where names the field or the byte, as the partner's document calls it.
	Where string
	// VI tells in Vietnamese what is wrong and what to do; it never holds a secret.
	VI string
}

// Error is for logs: the kind, the place and the Vietnamese text.
func (r *Refusal) Error() string {
	if r.Where == "" {
		return r.Kind.Error() + ": " + r.VI
	}
	return r.Kind.Error() + ": " + r.Where + ": " + r.VI
}

// Unwrap is the kind.
func (r *Refusal) Unwrap() error { return r.Kind }

// Answer is what a partner's request is answered with.
type Answer struct {
	Status      int
	ContentType string
	Body        []byte
}

// JSONAnswer is the answer of the partners that read {"success":…} and an HTTP status (SePay,
// Casso, payOS). A nil err means "the credits are committed": never call it with nil before
// the commit (design, section 2). A message that is not from the partner is answered 401, one
// that cannot be read 400; every other error is ours and answered 500, so that the partner
// sends the message again. Texts of our own errors are not told to the partner.
func JSONAnswer(err error) Answer {
	type body struct {
		Success bool   `json:"success"`
		Message string `json:"message,omitempty"`
	}
	status, b := http.StatusOK, body{Success: true}
	if err != nil {
		b.Success = false
		switch {
		case errors.Is(err, ErrSignature), errors.Is(err, ErrStale):
			status = http.StatusUnauthorized
		case errors.Is(err, ErrMalformed):
			status = http.StatusBadRequest
		default:
			status = http.StatusInternalServerError
			b.Message = "Máy chủ đang bận, hãy gửi lại tin này sau."
		}
		var r *Refusal
		if b.Message == "" && errors.As(err, &r) {
			b.Message = r.VI
		}
	}
	text, _ := json.Marshal(b) // a bool and a string always marshal
	return Answer{Status: status, ContentType: "application/json", Body: text}
}
