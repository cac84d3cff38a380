// Package sepay speaks with SePay, which reports the credits of a bank account (P1, P9): its
// signed bank webhook, and the signature of its checkout form.
//
// Source: payment-rails reference, section 7. The text under the webhook's signature (timestamp
// + "." + body) is known from public implementations, not from SePay's page: check it with a
// first real delivery.
package sepay

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/rail"
	"github.com/sen-platform/sen/internal/rail/bank"
	"github.com/sen-platform/sen/internal/rail/wire"
)

// Stream is rail.Credit.Stream of every credit from here.
const Stream = "sepay"

// Headers of a signed delivery, spelled as net/http keeps them (SePay writes X-SePay-…; case
// does not count).
const (
	HeaderTimestamp = "X-Sepay-Timestamp" // Unix seconds
	HeaderSignature = "X-Sepay-Signature" // sha256=<hex>
)

// Auth is how the account at SePay is set to authenticate its webhook.
type Auth string

// The ways. There is no default: a Config without one refuses everything.
const (
	HMAC   Auth = "hmac"   // signed and protected against replay; the one to use
	APIKey Auth = "apikey" // Authorization: Apikey KEY; the body is not protected
	None   Auth = "none"   // anyone who knows the address can report money: for trials only
)

// Config is one account at SePay.
type Config struct {
	Auth   Auth
	Secret string // of HMAC
	APIKey string // of APIKey
	// Window is how far the signed time may be from now, either way; 0 means 300 s, as SePay's
	// documentation gives.
	Window time.Duration
}

// Receive verifies one delivery by cfg over the raw bytes of body and reads it. Errors are
// *rail.Refusal: ErrSignature (not from SePay, or altered, or not configured), ErrStale (right
// signature, but signed more than the window away from now), ErrMalformed. A credit is returned
// for money in only; money out and trial deliveries are in Skipped. The result keeps body as
// Raw, so the caller must not reuse it.
func Receive(cfg Config, header http.Header, body []byte, now time.Time) (rail.Inbound, error) {
	if len(body) > wire.MaxBody {
		return rail.Inbound{}, wire.Malformed("", "Tin dài quá 1 MiB.")
	}
	if err := verify(cfg, header, body, now); err != nil {
		return rail.Inbound{}, err
	}
	return Decode(body)
}

func verify(cfg Config, header http.Header, body []byte, now time.Time) error {
	switch cfg.Auth {
	case None:
		return nil
	case APIKey:
		scheme, key, _ := strings.Cut(wire.Once(header, "Authorization"), " ")
		if !strings.EqualFold(scheme, "Apikey") || !wire.EqualSecret(cfg.APIKey, strings.TrimSpace(key)) {
			return wire.Refuse(rail.ErrSignature, "Authorization", "Khóa API không đúng. Kiểm tra khóa đã khai ở SePay và ở cấu hình của cơ sở.")
		}
		return nil
	case HMAC:
		return verifyHMAC(cfg, wire.Once(header, HeaderTimestamp), wire.Once(header, HeaderSignature), body, now)
	}
	return wire.Refuse(rail.ErrSignature, "", "Chưa chọn cách xác thực webhook SePay cho cơ sở.")
}

func verifyHMAC(cfg Config, timestamp, signature string, body []byte, now time.Time) error {
	text, ok := strings.CutPrefix(signature, "sha256=")
	if !ok || cfg.Secret == "" || !wire.Digits(timestamp, 12) || !wire.EqualHex(mac(cfg.Secret, timestamp, body), text) {
		return wire.Refuse(rail.ErrSignature, HeaderSignature, "Chữ ký không đúng. Kiểm tra khóa bí mật đã khai ở SePay và ở cấu hình của cơ sở.")
	}
	if !fresh(timestamp, now, cfg.Window) {
		return wire.Refuse(rail.ErrStale, HeaderTimestamp, "Tin được ký cách lúc nhận quá xa. Kiểm tra đồng hồ máy chủ; SePay sẽ gửi lại.")
	}
	return nil
}

func fresh(timestamp string, now time.Time, window time.Duration) bool {
	s, err := strconv.ParseInt(timestamp, 10, 64)
	return err == nil && wire.Fresh(time.Unix(s, 0), now, window)
}

func mac(secret, timestamp string, body []byte) []byte {
	return wire.HMAC(sha256.New, secret, []byte(timestamp), []byte{'.'}, body)
}

// Sign is the value of X-SePay-Signature for a body sent at timestamp (Unix seconds), as SePay
// makes it.
func Sign(secret string, timestamp int64, body []byte) string {
	return "sha256=" + hex.EncodeToString(mac(secret, strconv.FormatInt(timestamp, 10), body))
}

// Decode reads a delivery without verifying it: for a stored body whose signature was checked
// when it came.
func Decode(body []byte) (rail.Inbound, error) {
	var in rail.Inbound
	v, err := wire.Parse(body)
	if err != nil {
		return in, err
	}
	f := wire.Read(v, "")
	id := f.ID("id")
	direction := strings.ToLower(f.Text("transferType"))
	if err := f.Err(); err != nil {
		return in, err
	}
	switch {
	case id == "0":
		in.Skipped = []rail.Skipped{{PartnerRef: id, Reason: rail.TestDelivery}}
		return in, nil
	case direction == "out":
		in.Skipped = []rail.Skipped{{PartnerRef: id, Reason: rail.MoneyOut}}
		return in, nil
	case direction != "in":
		return in, wire.Malformed("transferType", "Phải là in hoặc out.")
	}
	at := f.Time("transactionDate")
	c := rail.Credit{
		Stream:         Stream,
		PartnerRef:     id,
		Account:        f.NeedAccount("accountNumber"),
		VirtualAccount: f.Account("subAccount"),
		Amount:         f.MoneyIn("transferAmount"),
		BankRef:        f.Reference("referenceCode"),
		Memo:           f.First("content", "description"),
		BookedOn:       clock.DateOf(at),
		OccurredAt:     at,
		Method:         rail.QR,
		Raw:            body,
	}
	if b, ok := bank.ByName(f.Text("gateway")); ok {
		c.BankBIN = b.BIN
	}
	if err := f.Err(); err != nil {
		return in, err
	}
	in.Credits = []rail.Credit{c}
	return in, nil
}

// Answer is what SePay expects: status 200 to 299 and {"success":true} after the commit, else
// it delivers again, eight times in 33 minutes. See rail.JSONAnswer.
func Answer(err error) rail.Answer { return rail.JSONAnswer(err) }
