package casso

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sen-platform/sen/internal/rail"
	"github.com/sen-platform/sen/internal/rail/railtest"
	"github.com/sen-platform/sen/internal/rail/wire"
	"github.com/sen-platform/sen/internal/vn"
)

func TestConformanceCasso(t *testing.T) { railtest.Run(t, railtest.Cases(t, "casso"), conform) }

// The room's own copy, for a checkout without the folder of vectors.
func TestOwnVectors(t *testing.T) {
	railtest.Run(t, railtest.File(t, "testdata/casso.json"), conform)
}

func conform(t *testing.T, c railtest.Case) {
	if c.Kind != "webhook-v2" {
		railtest.Unknown(t, c)
	}
	var in struct {
		ChecksumKey, Header string
		Payload             json.RawMessage
	}
	railtest.Decode(t, c.Input, &in)
	var want struct {
		SignatureValid *bool
		SignedText, V1 string
	}
	railtest.Decode(t, c.Expected, &want)

	header := http.Header{}
	header.Set(HeaderSignature, in.Header)
	now := time.Unix(0, 0)
	if ts, _, ok := signature(in.Header); ok {
		now = millis(t, ts)
	}
	got, err := Receive(Config{Version: V2, ChecksumKey: in.ChecksumKey}, header, in.Payload, now)
	if right := !errors.Is(err, rail.ErrSignature); want.SignatureValid != nil && right != *want.SignatureValid {
		t.Fatalf("signature right = %v, want %v (%v)", right, *want.SignatureValid, err)
	}
	if want.SignedText != "" {
		conformText(t, in.ChecksumKey, in.Payload, want.SignedText, want.V1)
	}
	if err == nil {
		checkAgainstBody(t, got, in.Payload)
	}
}

func millis(t *testing.T, s string) time.Time {
	t.Helper()
	ms, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return time.UnixMilli(ms)
}

// conformText compares the canonical text and its code with the vector's; the time is the
// vector's own, because the header may lack one.
func conformText(t *testing.T, key string, payload []byte, text, v1 string) {
	ts, _, _ := strings.Cut(text, ".")
	v, err := wire.Parse(payload)
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for form := range signedTexts(ts, v) {
		found = found || string(form) == text
	}
	if !found {
		t.Errorf("none of our canonical texts is %s", text)
	}
	if v1 == "" {
		return
	}
	if !verify(key, ts, v1, v) {
		t.Errorf("the vector's own code of %s does not verify", text)
	}
	if _, err := strconv.Atoi(ts); err == nil && found {
		made, err := Sign(key, millis(t, ts).UnixMilli(), payload)
		if err != nil || made != "t="+ts+",v1="+v1 {
			t.Errorf("Sign gives %s, %v", made, err)
		}
	}
}

// checkAgainstBody compares an accepted delivery with a second, independent reading of it.
func checkAgainstBody(t *testing.T, got rail.Inbound, body []byte) {
	var b struct {
		Data struct {
			ID, Amount                                     int64
			Reference, AccountNumber, VirtualAccountNumber string
			Description, CounterAccountName                string
		}
	}
	railtest.Decode(t, body, &b)
	if b.Data.ID == 0 || b.Data.Amount < 0 {
		if len(got.Credits) != 0 || len(got.Skipped) != 1 {
			t.Errorf("want no credit and a reason, got %+v", got)
		}
		return
	}
	if len(got.Credits) != 1 {
		t.Fatalf("%d credits, want 1", len(got.Credits))
	}
	c := got.Credits[0]
	if int64(c.Amount) != b.Data.Amount || c.Account != b.Data.AccountNumber || c.VirtualAccount != b.Data.VirtualAccountNumber ||
		c.PartnerRef != strconv.FormatInt(b.Data.ID, 10) || c.BankRef != strings.ToUpper(vn.Clean(b.Data.Reference)) ||
		c.PayerName != vn.Clean(b.Data.CounterAccountName) || c.Memo != vn.Clean(b.Data.Description) || string(c.Raw) != string(body) {
		t.Errorf("credit %+v\nof %s", c, body)
	}
}
