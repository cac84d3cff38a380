package sepay

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sen-platform/sen/internal/rail"
	"github.com/sen-platform/sen/internal/rail/railtest"
	"github.com/sen-platform/sen/internal/rail/wire"
	"github.com/sen-platform/sen/internal/vn"
)

func TestConformanceSePay(t *testing.T) { railtest.Run(t, railtest.Cases(t, "sepay"), conform) }

// The room's own copy, for a checkout without the folder of vectors.
func TestOwnVectors(t *testing.T) {
	railtest.Run(t, railtest.File(t, "testdata/sepay.json"), conform)
}

func conform(t *testing.T, c railtest.Case) {
	switch c.Kind {
	case "checkout":
		conformCheckout(t, c)
	case "webhook-hmac":
		conformWebhook(t, c)
	default:
		railtest.Unknown(t, c)
	}
}

// fields keeps the order in which the vector writes them.
func fields(t *testing.T, raw json.RawMessage) []Field {
	t.Helper()
	v, err := wire.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	var out []Field
	for _, m := range v.Members {
		text := m.Text
		if m.Kind == wire.Number {
			text = wire.NumberText(m.Text)
		}
		out = append(out, Field{m.Key, text})
	}
	return out
}

func conformCheckout(t *testing.T, c railtest.Case) {
	var in struct {
		MerchantID string `json:"merchant_id"`
		SecretKey  string `json:"secret_key"`
		Env        string
		Fields     json.RawMessage
	}
	railtest.Decode(t, c.Input, &in)
	var want struct {
		Fields      json.RawMessage
		CheckoutURL string
	}
	railtest.Decode(t, c.Expected, &want)
	m := Merchant{ID: in.MerchantID, Secret: in.SecretKey, Sandbox: want.CheckoutURL == SandboxCheckoutURL}
	if in.Env != "" {
		m.Sandbox = in.Env == "sandbox"
	}
	form, err := m.Checkout(fields(t, in.Fields))
	if err != nil {
		t.Fatal(err)
	}
	if want.CheckoutURL != "" && form.URL != want.CheckoutURL {
		t.Errorf("address %s, want %s", form.URL, want.CheckoutURL)
	}
	if d := cmp.Diff(fields(t, want.Fields), form.Fields); d != "" {
		t.Errorf("fields (-want +got):\n%s", d)
	}
}

type delivery struct {
	Secret  string
	Headers map[string]string
	RawBody string
	Now     int64
}

func (d delivery) header() http.Header {
	h := http.Header{}
	for k, v := range d.Headers {
		h.Set(k, v)
	}
	return h
}

func conformWebhook(t *testing.T, c railtest.Case) {
	var in delivery
	railtest.Decode(t, c.Input, &in)
	var want struct{ SignatureValid, Fresh *bool }
	railtest.Decode(t, c.Expected, &want)
	now := time.Unix(in.Now, 0)
	got, err := Receive(Config{Auth: HMAC, Secret: in.Secret}, in.header(), []byte(in.RawBody), now)
	right := !errors.Is(err, rail.ErrSignature)
	if want.SignatureValid != nil && right != *want.SignatureValid {
		t.Fatalf("signature right = %v, want %v (%v)", right, *want.SignatureValid, err)
	}
	if want.Fresh != nil {
		if f := fresh(in.header().Get(HeaderTimestamp), now, 0); f != *want.Fresh {
			t.Errorf("fresh = %v, want %v", f, *want.Fresh)
		}
		if right && errors.Is(err, rail.ErrStale) == *want.Fresh {
			t.Errorf("want fresh = %v, got %v", *want.Fresh, err)
		}
	}
	if err != nil {
		if len(got.Credits) > 0 {
			t.Error("a refused delivery brought a credit")
		}
		return
	}
	checkAgainstBody(t, got, in.RawBody)
}

// checkAgainstBody compares an accepted delivery with a second, independent reading of it.
func checkAgainstBody(t *testing.T, got rail.Inbound, body string) {
	var b struct {
		ID                                         json.Number
		TransferType, AccountNumber, ReferenceCode string
		TransferAmount                             int64
		SubAccount                                 *string
	}
	railtest.Decode(t, json.RawMessage(body), &b)
	if b.TransferType != "in" || b.ID == "0" {
		if len(got.Credits) != 0 || len(got.Skipped) != 1 {
			t.Errorf("money out, or a trial, gave %+v", got)
		}
		return
	}
	if len(got.Credits) != 1 {
		t.Fatalf("%d credits, want 1", len(got.Credits))
	}
	cr := got.Credits[0]
	if int64(cr.Amount) != b.TransferAmount {
		t.Errorf("amount %d, body says %d", int64(cr.Amount), b.TransferAmount)
	}
	if cr.Account != b.AccountNumber || cr.BankRef != strings.ToUpper(vn.Clean(b.ReferenceCode)) || string(cr.Raw) != body {
		t.Errorf("got %+v", cr)
	}
	if b.SubAccount != nil && cr.VirtualAccount != *b.SubAccount {
		t.Errorf("virtual account %q, body says %q", cr.VirtualAccount, *b.SubAccount)
	}
}
