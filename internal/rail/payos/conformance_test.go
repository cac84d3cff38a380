package payos

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/sen-platform/sen/internal/rail"
	"github.com/sen-platform/sen/internal/rail/railtest"
	"github.com/sen-platform/sen/internal/vn"
)

func TestConformancePayOS(t *testing.T) { railtest.Run(t, railtest.Cases(t, "payos"), conform) }

// The room's own copy, for a checkout without the folder of vectors.
func TestOwnVectors(t *testing.T) {
	railtest.Run(t, railtest.File(t, "testdata/payos.json"), conform)
}

func conform(t *testing.T, c railtest.Case) {
	var in struct {
		ChecksumKey   string
		Data, Webhook json.RawMessage
	}
	railtest.Decode(t, c.Input, &in)
	var want struct {
		Signature, SignedText string
		SignatureValid        *bool
	}
	railtest.Decode(t, c.Expected, &want)
	switch c.Kind {
	case "webhook":
		got, err := Sign(in.ChecksumKey, in.Data)
		same(t, "signature", got, err, want.Signature)
		body := webhook(in.Data, want.Signature)
		if _, err := Receive(Config{in.ChecksumKey}, nil, body, time.Time{}); errors.Is(err, rail.ErrSignature) {
			t.Errorf("a genuine webhook is refused: %v", err)
		}
	case "create":
		var r CreateRequest
		railtest.Decode(t, in.Data, &r)
		same(t, "signature", r.Sign(in.ChecksumKey), nil, want.Signature)
		if want.SignedText != "" {
			same(t, "signed text", r.signedText(), nil, want.SignedText)
		}
	case "payout":
		got, err := SignPayout(in.ChecksumKey, in.Data)
		same(t, "signature", got, err, want.Signature)
	case "webhook-verify":
		if want.SignatureValid == nil {
			t.Fatal("the vector does not say whether the signature is valid")
		}
		got, err := Receive(Config{in.ChecksumKey}, nil, in.Webhook, time.Time{})
		if right := !errors.Is(err, rail.ErrSignature); right != *want.SignatureValid {
			t.Fatalf("signature right = %v, want %v (%v)", right, *want.SignatureValid, err)
		}
		if err == nil {
			checkAgainstBody(t, got, in.Webhook)
		}
	default:
		railtest.Unknown(t, c)
	}
}

func webhook(data []byte, signature string) []byte {
	return []byte(`{"code":"00","desc":"success","success":true,"data":` + string(data) + `,"signature":"` + signature + `"}`)
}

func same(t *testing.T, what, got string, err error, want string) {
	t.Helper()
	if err != nil || got != want {
		t.Errorf("%s %q, %v; want %q", what, got, err, want)
	}
}

// checkAgainstBody compares an accepted webhook with a second, independent reading of it.
func checkAgainstBody(t *testing.T, got rail.Inbound, body []byte) {
	var b struct {
		Data struct {
			OrderCode                                json.Number
			Amount                                   int64
			Reference, AccountNumber, Code           string
			VirtualAccountNumber, CounterAccountName *string
		}
	}
	railtest.Decode(t, body, &b)
	if len(got.Credits) == 0 {
		if len(got.Skipped) != 1 {
			t.Errorf("neither credit nor reason: %+v", got)
		}
		return
	}
	c := got.Credits[0]
	if int64(c.Amount) != b.Data.Amount || c.OrderID != b.Data.OrderCode.String() || c.BankRef != strings.ToUpper(vn.Clean(b.Data.Reference)) ||
		c.Account != b.Data.AccountNumber || c.PartnerRef != c.BankRef+"@"+b.Data.AccountNumber || string(c.Raw) != string(body) {
		t.Errorf("credit %+v\nof %s", c, body)
	}
	if b.Data.Code != "00" {
		t.Error("a payment that did not succeed brought a credit")
	}
	if v := b.Data.VirtualAccountNumber; v != nil && c.VirtualAccount != *v {
		t.Errorf("virtual account %q, body says %q", c.VirtualAccount, *v)
	}
}
