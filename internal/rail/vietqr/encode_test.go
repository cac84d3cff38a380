package vietqr

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/sen-platform/sen/internal/vnd"
)

func TestEncodeRefuses(t *testing.T) {
	good := Payload{BIN: "970436", Account: "0011001234567", Service: ToAccount}
	if _, err := Encode(good); err != nil {
		t.Fatal(err)
	}
	pay := Payload{BIN: "970436", Account: "M1", Service: Push, MCC: "8211", MerchantName: "A", City: "B"}
	if _, err := Encode(pay); err != nil {
		t.Fatal(err)
	}
	change := func(p Payload, f func(*Payload)) Payload { f(&p); return p }
	long := strings.Repeat("A", 25)
	for name, c := range map[string]struct {
		p    Payload
		kind error
		path string
	}{
		"no BIN":                  {change(good, func(p *Payload) { p.BIN = "" }), ErrValue, "38.01.00"},
		"BIN with other digits":   {change(good, func(p *Payload) { p.BIN = "９７0436" }), ErrValue, "38.01.00"},
		"no account":              {change(good, func(p *Payload) { p.Account = "" }), ErrValue, "38.01.01"},
		"account of twenty":       {change(good, func(p *Payload) { p.Account = "12345678901234567890" }), ErrValue, "38.01.01"},
		"account with a hyphen":   {change(good, func(p *Payload) { p.Account = "0011-001" }), ErrValue, "38.01.01"},
		"card with letters":       {change(good, func(p *Payload) { p.Service = ToCard; p.Account = "9704ABC" }), ErrValue, "38.01.01"},
		"unknown service":         {change(good, func(p *Payload) { p.Service = "X" }), ErrValue, "38.02"},
		"no service":              {change(good, func(p *Payload) { p.Service = "" }), ErrValue, "52"},
		"ATM":                     {change(good, func(p *Payload) { p.Service = Cash }), ErrUnsupported, "38.02"},
		"VNPAY":                   {Payload{Kind: VNPAY, MerchantID: "1"}, ErrUnsupported, "26"},
		"VNPAY's merchant":        {change(good, func(p *Payload) { p.MerchantID = "1" }), ErrUnsupported, "26"},
		"unknown objects":         {change(good, func(p *Payload) { p.Other = []Object{{"80", "x"}} }), ErrUnsupported, "80"},
		"initiation":              {change(good, func(p *Payload) { p.Initiation = "1" }), ErrValue, "01"},
		"dynamic without amount":  {change(good, func(p *Payload) { p.Initiation = Dynamic }), ErrValue, "54"},
		"static with amount":      {change(good, func(p *Payload) { p.Initiation = Static; p.Amount = 1 }), ErrValue, "54"},
		"amount negative":         {change(good, func(p *Payload) { p.Amount = -1 }), ErrValue, "54"},
		"amount of 14 digits":     {change(good, func(p *Payload) { p.Amount = 10_000_000_000_000 }), ErrValue, "54"},
		"amount of 10^15":         {change(good, func(p *Payload) { p.Amount = 1_000_000_000_000_000 }), ErrValue, "54"},
		"purpose of 26":           {change(good, func(p *Payload) { p.Purpose = long + "A" }), ErrValue, "62.08"},
		"purpose with marks":      {change(good, func(p *Payload) { p.Purpose = "học phí" }), ErrValue, "62.08"},
		"purpose decomposed":      {change(good, func(p *Payload) { p.Purpose = "ho\u0323c" }), ErrValue, "62.08"},
		"purpose of two lines":    {change(good, func(p *Payload) { p.Purpose = "a\nb" }), ErrValue, "62.08"},
		"purpose of blanks":       {change(good, func(p *Payload) { p.Purpose = " " }), ErrValue, "62.08"},
		"bill number of 26":       {change(good, func(p *Payload) { p.BillNumber = long + "A" }), ErrValue, "62.01"},
		"bill number with blank":  {change(good, func(p *Payload) { p.BillNumber = "HP 1" }), ErrValue, "62.01"},
		"additional data over 99": {change(good, func(p *Payload) { p.StoreLabel, p.ReferenceLabel, p.CustomerLabel, p.Purpose = long, long, long, long }), ErrValue, "62"},
		"category":                {change(good, func(p *Payload) { p.MCC = "82" }), ErrValue, "52"},
		"name of 26":              {change(good, func(p *Payload) { p.MerchantName = long + "A" }), ErrValue, "59"},
		"city of 16":              {change(good, func(p *Payload) { p.City = "ABCDEFGHIJKLMNOP" }), ErrValue, "60"},
		"postal code of 11":       {change(good, func(p *Payload) { p.PostalCode = "12345678901" }), ErrValue, "61"},
		"tip on a transfer":       {change(good, func(p *Payload) { p.Tip = "01" }), ErrValue, "55"},
		"payment without name":    {change(pay, func(p *Payload) { p.MerchantName = "" }), ErrValue, "59"},
		"payment without MCC":     {change(pay, func(p *Payload) { p.MCC = "" }), ErrValue, "52"},
		"tip unknown":             {change(pay, func(p *Payload) { p.Tip = "04" }), ErrValue, "55"},
		"fixed fee missing":       {change(pay, func(p *Payload) { p.Tip = "02" }), ErrValue, "56"},
		"percentage of nothing":   {change(pay, func(p *Payload) { p.Tip = "03"; p.PercentFee = "00.00" }), ErrValue, "57"},
		"percentage of 100":       {change(pay, func(p *Payload) { p.Tip = "03"; p.PercentFee = "100" }), ErrValue, "57"},
		"consumer data":           {change(pay, func(p *Payload) { p.ConsumerData = "X" }), ErrValue, "62.09"},
		"local name alone":        {change(pay, func(p *Payload) { p.LocalName = "A" }), ErrValue, "64"},
		"language of three":       {change(pay, func(p *Payload) { p.Language = "vie"; p.LocalName = "A" }), ErrValue, "64.00"},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := Encode(c.p)
			var e *Error
			if s != "" || !errors.As(err, &e) || !errors.Is(err, c.kind) || e.Path != c.path || e.VI == "" || e.Pos != 0 {
				t.Fatalf("got %q, %v; want %v at %s", s, err, c.kind, c.path)
			}
		})
	}
}

func labels(max int) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		s := rapid.StringMatching(`[ -~]{0,`+"25"+`}`).Draw(t, "text")
		if len(s) > max {
			s = s[:max]
		}
		if strings.TrimSpace(s) == "" {
			return ""
		}
		return s
	})
}

func payloads() *rapid.Generator[Payload] {
	return rapid.Custom(func(t *rapid.T) Payload {
		p := Payload{
			Kind:    NAPAS,
			BIN:     rapid.StringMatching(`[0-9]{6}`).Draw(t, "bin"),
			Account: rapid.StringMatching(`[0-9A-Za-z]{1,19}`).Draw(t, "account"),
			Service: rapid.SampledFrom([]Service{ToAccount, ToCard, Push}).Draw(t, "service"),
			Amount:  vnd.Amount(rapid.Int64Range(0, 9_999_999_999_999).Draw(t, "amount")),
			Purpose: labels(25).Draw(t, "purpose"), BillNumber: rapid.StringMatching(`[0-9A-Za-z_-]{0,10}`).Draw(t, "bill"),
			StoreLabel: labels(10).Draw(t, "store"), TerminalLabel: labels(5).Draw(t, "terminal"),
		}
		if rapid.Bool().Draw(t, "static") {
			p.Amount = 0
		}
		p.Initiation = Static
		if p.Amount > 0 {
			p.Initiation = Dynamic
		}
		switch p.Service {
		case ToCard:
			p.Account = rapid.StringMatching(`[0-9]{12,19}`).Draw(t, "card")
		case Push:
			p.MCC, p.MerchantName, p.City = "8211", "TRUONG A", labels(15).Draw(t, "city")
			if p.City == "" {
				p.City = "HA NOI"
			}
		}
		return p
	})
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := payloads().Draw(t, "payload")
		s, err := Encode(p)
		if err != nil {
			t.Fatalf("refused %+v: %v", p, err)
		}
		back, err := Decode(s)
		if err != nil {
			t.Fatalf("own code refused: %v in %s", err, s)
		}
		if back.CRC != s[len(s)-4:] {
			t.Fatalf("CRC %s of %s", back.CRC, s)
		}
		back.CRC = ""
		if again, err := Encode(back); err != nil || again != s {
			t.Fatalf("%s became %s, %v", s, again, err)
		}
		if back.Amount != p.Amount || back.Account != p.Account || back.Purpose != p.Purpose || back.BillNumber != p.BillNumber {
			t.Fatalf("wrote %+v, read %+v", p, back)
		}
	})
}

// One changed, lost or doubled character is always noticed: a smudged code never pays another
// account or sum. Only the case of the CRC itself is free.
func TestOneWrongCharacterIsRefused(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, err := Encode(payloads().Draw(t, "payload"))
		if err != nil {
			t.Fatal(err)
		}
		i := rapid.IntRange(0, len(s)-1).Draw(t, "place")
		c := string(rune(rapid.IntRange(' ', '~').Draw(t, "character")))
		for _, wrong := range []string{s[:i] + c + s[i+1:], s[:i] + s[i+1:], s[:i] + c + s[i:]} {
			if _, err := Decode(wrong); err == nil && !strings.EqualFold(wrong, s) {
				t.Fatalf("took %s for %s", wrong, s)
			}
		}
	})
}

func TestCRCOfTheStandard(t *testing.T) {
	if got := CRC("123456789"); got != 0x29B1 {
		t.Errorf("check value %04X, want 29B1", got)
	}
}
