package casso

import (
	"crypto/sha512"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sen-platform/sen/internal/rail"
	"github.com/sen-platform/sen/internal/rail/railtest"
	"github.com/sen-platform/sen/internal/rail/wire"
)

const (
	key  = "TESTONLY-0123456789ABCDEFGHIJKLMNOP"
	sent = 1795317560123
	body = `{"error":0,"data":{"id":700001,"reference":"ft26326000001","description":"HPK7G3M9X077","amount":965000,"runningBalance":25000000,"transactionDateTime":"2026-11-22 10:19:15","accountNumber":"0123499999","bankName":"BIDV","bankAbbreviation":"BIDV","virtualAccountNumber":"96247HP0000123","virtualAccountName":"TRUONG A","counterAccountName":"NGUYEN VAN A","counterAccountNumber":"0011001234567","counterAccountBankId":"970436","counterAccountBankName":""}}`
	list = `{"error":0,"data":[` +
		`{"id":1,"tid":"ft1","description":"HP1","amount":1000,"cusum_balance":5,"when":"2026-11-22 10:19:15","bank_sub_acc_id":"0123499999","subAccId":"0123499999","bankName":"Ngân hàng TMCP Quân đội","virtualAccount":"VA1","corresponsiveName":"TRAN B","corresponsiveAccount":"22","corresponsiveBankName":"ACB"},` +
		`{"id":2,"tid":"ft2","description":"chi","amount":-500,"when":"2026-11-22 10:19:16","subAccId":"0123499999"},` +
		`{"id":3,"tid":"ft3","description":"HP3","amount":3000,"when":"2026-11-22 10:19:17","subAccId":"0123499999"}]}`
)

var (
	now = time.UnixMilli(sent)
	v2  = Config{Version: V2, ChecksumKey: key}
	v1  = Config{Version: V1, SecureToken: "token-1"}
)

func signedHeader(t testing.TB, body string) http.Header {
	t.Helper()
	s, err := Sign(key, sent, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	h := http.Header{}
	h.Set(HeaderSignature, s)
	return h
}

func TestReceiveV2(t *testing.T) {
	got, err := Receive(v2, signedHeader(t, body), []byte(body), now)
	if err != nil {
		t.Fatal(err)
	}
	want := rail.Inbound{Credits: []rail.Credit{{
		Stream: "casso", PartnerRef: "700001", Account: "0123499999", BankBIN: "970418", VirtualAccount: "96247HP0000123",
		Amount: 965000, BankRef: "FT26326000001", Memo: "HPK7G3M9X077",
		PayerName: "NGUYEN VAN A", PayerAccount: "0011001234567", PayerBank: "Vietcombank",
		BookedOn: "2026-11-22", OccurredAt: time.Date(2026, 11, 22, 3, 19, 15, 0, time.UTC),
		Method: rail.QR, Raw: []byte(body),
	}}}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	again, err := Decode([]byte(body))
	if d := cmp.Diff(want, again); d != "" || err != nil {
		t.Errorf("Decode differs: %v\n%s", err, d)
	}
}

func TestReceiveV1(t *testing.T) {
	h := http.Header{"Secure-Token": {"token-1"}}
	got, err := Receive(v1, h, []byte(list), now)
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Credits) != 2 || len(got.Skipped) != 1 || got.Skipped[0] != (rail.Skipped{PartnerRef: "2", Reason: rail.MoneyOut}) {
		t.Fatalf("got %+v", got)
	}
	c := got.Credits[0]
	if c.PartnerRef != "1" || c.BankRef != "FT1" || c.BankBIN != "970422" || c.VirtualAccount != "VA1" || c.PayerName != "TRAN B" ||
		c.PayerAccount != "22" || c.PayerBank != "ACB" || c.Account != "0123499999" || c.Raw != nil || got.Credits[1].Amount != 3000 {
		t.Errorf("got %+v", got.Credits)
	}
	one := strings.Replace(list[:strings.Index(list, `,{"id":2`)], `"id":1`, `"id":9`, 1) + "]}"
	if got, err = Receive(v1, h, []byte(one), now); err != nil || len(got.Credits) != 1 || string(got.Credits[0].Raw) != one {
		t.Errorf("a list of one keeps its body: %+v, %v", got, err)
	}
	if got, err = Receive(v1, h, []byte(`{"error":0,"data":[]}`), now); err != nil || len(got.Credits)+len(got.Skipped) != 0 {
		t.Errorf("an empty list: %+v, %v", got, err)
	}
}

func TestOneBadEntryRefusesTheList(t *testing.T) {
	bad := strings.Replace(list, `"amount":3000`, `"amount":3000.5`, 1)
	got, err := Receive(v1, http.Header{"Secure-Token": {"token-1"}}, []byte(bad), now)
	var r *rail.Refusal
	if !errors.As(err, &r) || r.Where != "data[2].amount" || len(got.Credits)+len(got.Skipped) != 0 {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestAuthentication(t *testing.T) {
	right := signedHeader(t, body).Get(HeaderSignature)
	at, code, _ := signature(right)
	header := func(s string) http.Header { return http.Header{HeaderSignature: {s}} }
	token := func(s string) http.Header { return http.Header{"Secure-Token": {s}} }
	noKey, err := Sign("", sent, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		cfg  Config
		h    http.Header
		now  time.Time
		want error
	}{
		"right":                   {v2, header(right), now, nil},
		"parts the other way":     {v2, header("v1=" + code + ", t=" + at), now, nil},
		"a further part":          {v2, header(right + ",v2=00"), now, nil},
		"hex in upper case":       {v2, header("t=" + at + ",v1=" + strings.ToUpper(code)), now, nil},
		"300 s late":              {v2, header(right), now.Add(300 * time.Second), nil},
		"over 300 s late":         {v2, header(right), now.Add(300*time.Second + time.Millisecond), rail.ErrStale},
		"over 300 s early":        {v2, header(right), now.Add(-300*time.Second - time.Millisecond), rail.ErrStale},
		"a wider window":          {Config{Version: V2, ChecksumKey: key, Window: time.Hour}, header(right), now.Add(time.Hour), nil},
		"late and wrong":          {v2, header("t=" + at + ",v1=00"), now.Add(time.Hour), rail.ErrSignature},
		"other key":               {Config{Version: V2, ChecksumKey: "x"}, header(right), now, rail.ErrSignature},
		"no key":                  {Config{Version: V2}, header(noKey), now, rail.ErrSignature},
		"no version":              {Config{ChecksumKey: key}, header(right), now, rail.ErrSignature},
		"no header":               {v2, http.Header{}, now, rail.ErrSignature},
		"header twice":            {v2, http.Header{HeaderSignature: {right, right}}, now, rail.ErrSignature},
		"two codes":               {v2, header(right + ",v1=" + code), now, rail.ErrSignature},
		"no time":                 {v2, header("v1=" + code), now, rail.ErrSignature},
		"no code":                 {v2, header("t=" + at), now, rail.ErrSignature},
		"time not a number":       {v2, header("t=x,v1=" + code), now, rail.ErrSignature},
		"other time":              {v2, header("t=1795317560124,v1=" + code), now, rail.ErrSignature},
		"half a code":             {v2, header(right[:60]), now, rail.ErrSignature},
		"token for a signed hook": {v2, token("token-1"), now, rail.ErrSignature},
		"token":                   {v1, token("token-1"), now, nil},
		"wrong token":             {v1, token("token-2"), now, rail.ErrSignature},
		"empty token":             {Config{Version: V1}, token(""), now, rail.ErrSignature},
		"signature for a token":   {v1, header(right), now, rail.ErrSignature},
		"token twice":             {v1, http.Header{"Secure-Token": {"token-1", "token-1"}}, now, rail.ErrSignature},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Receive(c.cfg, c.h, []byte(body), c.now)
			if !errors.Is(err, c.want) || (c.want == nil) != (len(got.Credits) == 1) {
				t.Errorf("got %+v, %v; want %v", got, err, c.want)
			}
		})
	}
	if _, err := Receive(v2, header(right), []byte(strings.Replace(body, "965000", "965001", 1)), now); !errors.Is(err, rail.ErrSignature) {
		t.Errorf("an altered amount: %v", err)
	}
	// The signature covers the meaning, not the layout.
	if _, err := Receive(v2, header(right), []byte(" "+strings.ReplaceAll(body, ",", " ,\n")), now); err != nil {
		t.Errorf("another layout: %v", err)
	}
}

// Vietnamese text signed by either of Casso's two samples is accepted, an altered one is not.
func TestEitherEscapingOfVietnamese(t *testing.T) {
	b := strings.Replace(body, "HPK7G3M9X077", "học phí 10/2026", 1)
	sorted := `{"data":{"accountNumber":"0123499999","amount":965000,"bankAbbreviation":"BIDV","bankName":"BIDV","counterAccountBankId":"970436","counterAccountBankName":"","counterAccountName":"NGUYEN VAN A","counterAccountNumber":"0011001234567","description":"DESC","id":700001,"reference":"ft26326000001","runningBalance":25000000,"transactionDateTime":"2026-11-22 10:19:15","virtualAccountName":"TRUONG A","virtualAccountNumber":"96247HP0000123"},"error":0}`
	at := strconv.FormatInt(sent, 10)
	for name, c := range map[string]struct {
		desc string
		ok   bool
	}{
		"JavaScript": {"học phí 10/2026", true},
		"PHP":        {`h\u1ecdc ph\u00ed 10\/2026`, true},
		"half PHP":   {`h\u1ecdc ph\u00ed 10/2026`, false},
		"other text": {"học phí 11/2026", false},
	} {
		code := hex.EncodeToString(wire.HMAC(sha512.New, key, []byte(at+"."+strings.Replace(sorted, "DESC", c.desc, 1))))
		got, err := Receive(v2, http.Header{HeaderSignature: {"t=" + at + ",v1=" + code}}, []byte(b), now)
		if (err == nil) != c.ok || !c.ok && !errors.Is(err, rail.ErrSignature) {
			t.Errorf("%s: %v", name, err)
		}
		if c.ok && got.Credits[0].Memo != "học phí 10/2026" {
			t.Errorf("%s: memo %q", name, got.Credits[0].Memo)
		}
	}
}

func TestNoCreditForOtherDeliveries(t *testing.T) {
	for name, c := range map[string]struct {
		body   string
		reason rail.Reason
	}{
		"money out":      {strings.Replace(body, "965000", "-965000", 1), rail.MoneyOut},
		"trial delivery": {strings.Replace(body, "700001", "0", 1), rail.TestDelivery},
	} {
		got, err := Receive(v2, signedHeader(t, c.body), []byte(c.body), now)
		if err != nil || len(got.Credits) != 0 || len(got.Skipped) != 1 || got.Skipped[0].Reason != c.reason {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func TestRefusesMalformed(t *testing.T) {
	change := func(from, to string) string { return strings.Replace(body, from, to, 1) }
	for name, b := range map[string]string{
		"no data":                       `{"error":0}`,
		"data is text":                  `{"error":0,"data":"x"}`,
		"an error":                      change(`"error":0`, `"error":1`),
		"error is a list":               change(`"error":0`, `"error":[]`),
		"no id":                         change(`"id":700001,`, ``),
		"amount 0":                      change(`965000`, `0`),
		"amount fraction":               change(`965000`, `965000.25`),
		"amount exponent":               change(`965000`, `9.65e5`),
		"amount 10^15":                  change(`965000`, `1000000000000000`),
		"amount -10^15":                 change(`965000`, `-1000000000000000`),
		"amount as text":                change(`965000`, `"965000"`),
		"no account":                    change(`"accountNumber":"0123499999",`, ``),
		"no date":                       change(`2026-11-22 10:19:15`, ``),
		"memo is a number with a point": change(`"HPK7G3M9X077"`, `1.5`),
		"list in a list":                `{"error":0,"data":[[1]]}`,
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Receive(v2, signedHeader(t, b), []byte(b), now)
			var r *rail.Refusal
			if !errors.Is(err, rail.ErrMalformed) || !errors.As(err, &r) || r.VI == "" || len(got.Credits)+len(got.Skipped) != 0 {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
	// What cannot be parsed cannot be signed: it is refused before the signature.
	for name, b := range map[string]string{
		"empty": "", "truncated": body[:100], "key twice": `{"error":0,` + body[1:], "deep": strings.Repeat("[", 1<<18), "long": strings.Repeat(" ", wire.MaxBody+1),
	} {
		if _, err := Receive(v2, signedHeader(t, body), []byte(b), now); !errors.Is(err, rail.ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := Sign(key, sent, []byte(b)); err == nil {
			t.Errorf("%s: signed", name)
		}
	}
}

func FuzzReceive(f *testing.F) {
	for _, c := range railtest.File(f, "testdata/casso.json") {
		var in struct{ Payload json.RawMessage }
		railtest.Decode(f, c.Input, &in)
		f.Add([]byte(in.Payload))
	}
	f.Add([]byte(body))
	f.Add([]byte(list))
	f.Fuzz(func(t *testing.T, b []byte) {
		header := http.Header{"Secure-Token": {"token-1"}}
		if s, err := Sign(key, sent, b); err == nil {
			header.Set(HeaderSignature, s)
		}
		for _, cfg := range []Config{v1, v2} {
			got, err := Receive(cfg, header, b, now)
			if err != nil {
				// an unsigned body is refused for that, everything else is signed rightly
				if !errors.Is(err, rail.ErrMalformed) && header.Get(HeaderSignature) != "" || len(got.Credits)+len(got.Skipped) > 0 {
					t.Fatalf("%+v, %v", got, err)
				}
				continue
			}
			for _, c := range got.Credits {
				if c.Amount <= 0 || c.Amount >= wire.MaxAmount || c.PartnerRef == "" || c.Account == "" || c.BookedOn == "" || c.OccurredAt.IsZero() {
					t.Fatalf("credit %+v", c)
				}
			}
		}
	})
}

func BenchmarkReceive(b *testing.B) {
	h, raw := signedHeader(b, body), []byte(body)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Receive(v2, h, raw, now); err != nil {
			b.Fatal(err)
		}
	}
}
