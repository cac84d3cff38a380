package vietqr

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/sen-platform/sen/internal/rail/railtest"
)

// encodeInput is the input of an encode case. The amount may be text or number.
type encodeInput struct {
	BankBin, AccountNumber, CardNumber, ServiceCode, InitiationMethod string
	Amount                                                            json.RawMessage
	MCC, MerchantName, MerchantCity, PostalCode                       string
	BillNumber, MobileNumber, StoreLabel, LoyaltyNumber               string
	ReferenceLabel, CustomerLabel, TerminalLabel, Purpose, DataReq    string
}

func (in encodeInput) payload(t *testing.T) (Payload, error) {
	p := Payload{
		BIN: in.BankBin, Account: in.AccountNumber, Service: Service(in.ServiceCode),
		Initiation: Initiation(in.InitiationMethod),
		MCC:        in.MCC, MerchantName: in.MerchantName, City: in.MerchantCity, PostalCode: in.PostalCode,
		BillNumber: in.BillNumber, Mobile: in.MobileNumber, StoreLabel: in.StoreLabel,
		LoyaltyNumber: in.LoyaltyNumber, ReferenceLabel: in.ReferenceLabel,
		CustomerLabel: in.CustomerLabel, TerminalLabel: in.TerminalLabel, Purpose: in.Purpose,
		ConsumerData: in.DataReq,
	}
	switch {
	case in.AccountNumber != "" && in.CardNumber != "":
		return p, fmt.Errorf("account and card")
	case in.CardNumber != "":
		if p.Service != ToCard {
			return p, fmt.Errorf("a card needs %s", ToCard)
		}
		p.Account = in.CardNumber
	case p.Service == ToCard:
		return p, fmt.Errorf("%s needs a card", ToCard)
	}
	if text := railtest.Text(t, in.Amount); text != "" {
		a, err := ParseAmount(text)
		if err != nil {
			return p, err
		}
		p.Amount = a
	}
	return p, nil
}

func TestConformanceVietQR(t *testing.T) { railtest.Run(t, railtest.Cases(t, "vietqr"), conform) }
func TestConformanceCRC(t *testing.T)    { railtest.Run(t, railtest.Cases(t, "crc"), conformCRC) }
func TestConformanceVNPayQR(t *testing.T) {
	railtest.Run(t, railtest.Cases(t, "vnpayqr"), conformVNPay)
}

// The room's own copies, for a checkout without the folder of vectors.
func TestOwnVectors(t *testing.T) {
	railtest.Run(t, railtest.File(t, "testdata/vietqr.json"), conform)
	railtest.Run(t, railtest.File(t, "testdata/crc.json"), conformCRC)
	railtest.Run(t, railtest.File(t, "testdata/vnpayqr.json"), conformVNPay)
}

func conform(t *testing.T, c railtest.Case) {
	switch c.Kind {
	case "encode":
		conformEncode(t, c)
	case "decode":
		conformDecode(t, c)
	default:
		railtest.Unknown(t, c)
	}
}

func conformEncode(t *testing.T, c railtest.Case) {
	var in encodeInput
	railtest.Decode(t, c.Input, &in)
	var want struct {
		Payload string
		Reject  bool
	}
	railtest.Decode(t, c.Expected, &want)
	verdict := c.Verdict
	if verdict == "" {
		verdict = "accept"
		if want.Reject {
			verdict = "reject"
		}
	}
	encode := func() (string, error) {
		p, err := in.payload(t)
		if err != nil {
			return "", err
		}
		return Encode(p)
	}
	got, err := encode()
	switch verdict {
	case "reject":
		if err == nil {
			t.Fatalf("accepted, want a refusal; got %s", got)
		}
		return
	case "strip-first":
		if err == nil {
			t.Fatalf("emitted diacritics: %s", got)
		}
		in.Purpose, in.MerchantName, in.MerchantCity = Plain(in.Purpose), Plain(in.MerchantName), Plain(in.MerchantCity)
		in.StoreLabel, in.TerminalLabel = Plain(in.StoreLabel), Plain(in.TerminalLabel)
		in.ReferenceLabel, in.CustomerLabel = Plain(in.ReferenceLabel), Plain(in.CustomerLabel)
		got, err = encode()
	case "accept":
	default:
		t.Fatalf("unknown verdict %q", verdict)
	}
	if err != nil {
		t.Fatal(err)
	}
	if want.Payload != "" && got != want.Payload {
		t.Fatalf("got  %s\nwant %s", got, want.Payload)
	}
	back, err := Decode(got)
	if err != nil {
		t.Fatalf("own code refused: %v", err)
	}
	if again, err := Encode(back); err != nil || again != got {
		t.Fatalf("round trip gives %s, %v", again, err)
	}
}

func conformDecode(t *testing.T, c railtest.Case) {
	var in struct{ Payload string }
	railtest.Decode(t, c.Input, &in)
	var want map[string]json.RawMessage
	railtest.Decode(t, c.Expected, &want)
	valid := railtest.Text(t, want["valid"]) == "true"
	switch c.Verdict {
	case "":
	case "accept", "valid":
		valid = true
	case "reject", "invalid":
		valid = false
	default:
		t.Fatalf("unknown verdict %q", c.Verdict)
	}
	p, err := Decode(in.Payload)
	if !valid {
		if err == nil {
			t.Fatalf("accepted, want a refusal; got %+v", p)
		}
		if e, ok := err.(*Error); !ok || e.VI == "" {
			t.Fatalf("refusal without a Vietnamese text: %v", err)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	compareFields(t, p, want)
}

// compareFields checks every field the vector names against the payload.
func compareFields(t *testing.T, p Payload, want map[string]json.RawMessage) {
	amount := ""
	if p.Amount != 0 {
		amount = fmt.Sprint(int64(p.Amount))
	}
	got := map[string]string{
		"valid": "true", "initiationMethod": string(p.Initiation), "service": string(p.Service), "serviceCode": string(p.Service),
		"bankBin": p.BIN, "accountNumber": p.Account, "cardNumber": p.Account, "merchantId": p.MerchantID,
		"amount": amount, "mcc": p.MCC, "merchantName": p.MerchantName, "merchantCity": p.City, "postalCode": p.PostalCode,
		"billNumber": p.BillNumber, "mobileNumber": p.Mobile, "store": p.StoreLabel, "storeLabel": p.StoreLabel,
		"loyaltyNumber": p.LoyaltyNumber, "reference": p.ReferenceLabel, "referenceLabel": p.ReferenceLabel,
		"customerLabel": p.CustomerLabel, "terminal": p.TerminalLabel, "terminalLabel": p.TerminalLabel,
		"purpose": p.Purpose, "dataRequest": p.ConsumerData, "crc": p.CRC,
	}
	for name, raw := range want {
		have, known := got[name]
		if !known {
			t.Errorf("vector names the unknown field %q", name)
		} else if text := railtest.Text(t, raw); have != text {
			t.Errorf("%s = %q, want %q", name, have, text)
		}
	}
}

func conformCRC(t *testing.T, c railtest.Case) {
	if c.Kind != "crc" {
		railtest.Unknown(t, c)
	}
	var in struct{ Text string }
	var want struct{ CRC string }
	railtest.Decode(t, c.Input, &in)
	railtest.Decode(t, c.Expected, &want)
	if got := crcText(in.Text); !strings.EqualFold(got, want.CRC) {
		t.Errorf("CRC(%q) = %s, want %s", in.Text, got, want.CRC)
	}
}

// conformVNPay: VNPAY's codes are read, never issued, so each case's payload is decoded and
// compared with the input it was made from.
func conformVNPay(t *testing.T, c railtest.Case) {
	switch c.Kind {
	case "decode":
		conformDecode(t, c)
		return
	case "encode":
	default:
		railtest.Unknown(t, c)
	}
	var want struct {
		Payload string
		Reject  bool
	}
	railtest.Decode(t, c.Expected, &want)
	if want.Reject || c.Verdict == "reject" {
		for maker, raw := range c.Outputs {
			var out struct{ Payload string }
			railtest.Decode(t, raw, &out)
			if _, err := Decode(out.Payload); err == nil {
				t.Errorf("accepted what %s made", maker)
			}
		}
		return
	}
	p, err := Decode(want.Payload)
	if err != nil {
		t.Fatal(err)
	}
	if p.Kind != VNPAY {
		t.Errorf("kind %q", p.Kind)
	}
	var fields map[string]json.RawMessage
	railtest.Decode(t, c.Input, &fields)
	compareFields(t, p, fields)
	if _, err := Encode(p); err == nil {
		t.Error("minted a VNPAY code")
	}
}
