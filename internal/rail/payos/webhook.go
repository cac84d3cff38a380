// Package payos speaks with payOS, which opens a payment link with its own virtual account and
// reports its payment (P1, P2, P9): webhooks, signing of requests, replies.
//
// Source: payment-rails reference, section 6, and the npm package @payos/node 2.0.5.
package payos

import (
	"net/http"
	"strings"
	"time"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/rail"
	"github.com/sen-platform/sen/internal/rail/bank"
	"github.com/sen-platform/sen/internal/rail/wire"
)

// Stream is rail.Credit.Stream of every credit from here.
const Stream = "payos"

// Config is one payment channel at payOS.
type Config struct {
	ChecksumKey string
}

// Receive verifies one webhook and reads it. The signature stands in the body and covers data
// only: code, desc and success outside it are ignored. It covers no time, so there is no
// replay window; the unique key (reference and account) makes a replay harmless. header and
// now are not used; they are here so that all webhooks are received alike.
//
// Errors are *rail.Refusal: ErrSignature (not from payOS, or altered, or no key configured),
// ErrMalformed. The trial call of payOS and payments that did not succeed are in Skipped. The
// result keeps body as Raw, so the caller must not reuse it.
func Receive(cfg Config, _ http.Header, body []byte, _ time.Time) (rail.Inbound, error) {
	v, err := wire.Parse(body)
	if err != nil {
		return rail.Inbound{}, err
	}
	signature := v.Get("signature")
	if signature.Kind != wire.String {
		signature.Text = ""
	}
	if err := verifyData(cfg.ChecksumKey, v.Get("data"), signature.Text); err != nil {
		return rail.Inbound{}, err
	}
	return read(v, body)
}

// Decode reads a webhook without verifying it: for a stored body whose signature was checked
// when it came.
func Decode(body []byte) (rail.Inbound, error) {
	v, err := wire.Parse(body)
	if err != nil {
		return rail.Inbound{}, err
	}
	return read(v, body)
}

func read(v wire.Value, body []byte) (rail.Inbound, error) {
	var in rail.Inbound
	f := wire.Read(v.Get("data"), "data.")
	order, account := f.ID("orderCode"), f.NeedAccount("accountNumber")
	reference, code := f.Reference("reference"), f.Text("code")
	memo := f.Text("description")
	if reference == "" {
		f.Fail("reference", "Thiếu mã giao dịch của ngân hàng.")
	}
	if code == "" {
		f.Fail("code", "Thiếu kết quả giao dịch.")
	}
	if currency := f.Text("currency"); currency != "" && !strings.EqualFold(currency, "VND") {
		f.Fail("currency", "Chỉ nhận đồng Việt Nam (VND).")
	}
	if err := f.Err(); err != nil {
		return in, err
	}
	ref := reference + "@" + account
	switch {
	case trial(order, memo):
		in.Skipped = []rail.Skipped{{PartnerRef: ref, Reason: rail.TestDelivery}}
		return in, nil
	case code != "00":
		in.Skipped = []rail.Skipped{{PartnerRef: ref, Reason: rail.NotPaid}}
		return in, nil
	}
	at := f.Time("transactionDateTime")
	c := rail.Credit{
		Stream:         Stream,
		PartnerRef:     ref,
		Account:        account,
		VirtualAccount: f.Account("virtualAccountNumber"),
		Amount:         f.MoneyIn("amount"),
		BankRef:        reference,
		OrderID:        order,
		Memo:           memo,
		PayerName:      f.Text("counterAccountName"),
		PayerAccount:   f.Account("counterAccountNumber"),
		PayerBank:      f.Text("counterAccountBankName"),
		BookedOn:       clock.DateOf(at),
		OccurredAt:     at,
		Method:         rail.QR,
		Raw:            body,
	}
	if b, ok := bank.ByBIN(f.Text("counterAccountBankId")); ok && c.PayerBank == "" {
		c.PayerBank = b.ShortName
	}
	if err := f.Err(); err != nil {
		return in, err
	}
	in.Credits = []rail.Credit{c}
	return in, nil
}

// trial recognises the call payOS makes when the address is registered: the sample of its
// documentation, order 123 (our own order codes are never that small) with one of the two
// texts seen in public implementations. The text alone would let a payer's memo hide money.
func trial(order, memo string) bool {
	return order == "123" && (memo == "VQRIO123" || strings.EqualFold(memo, "Ma giao dich thu nghiem"))
}

// Answer is what payOS expects: a 2xx status and {"success":true} after the commit. See
// rail.JSONAnswer.
func Answer(err error) rail.Answer { return rail.JSONAnswer(err) }
