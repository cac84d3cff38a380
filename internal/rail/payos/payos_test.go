package payos

import (
	"encoding/json"
	"errors"
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
	data = `{"orderCode":2627000481,"amount":965000,"description":"CSHPK7G3M9X077","accountNumber":"12345678","reference":"ft26326000001","transactionDateTime":"2026-11-22 10:19:15","currency":"VND","paymentLinkId":"124c33293c43417ab7879e14c8d9eb18","code":"00","desc":"Thành công","counterAccountBankId":"970436","counterAccountBankName":"","counterAccountName":"NGUYEN VAN A","counterAccountNumber":null,"virtualAccountName":"","virtualAccountNumber":"V3CAS2627000481"}`
)

var cfg = Config{ChecksumKey: key}

// genuine is a webhook over data with a right signature.
func genuine(t testing.TB, data string) []byte {
	t.Helper()
	s, err := Sign(key, []byte(data))
	if err != nil {
		t.Fatal(err)
	}
	return webhook([]byte(data), s)
}

func receive(body []byte) (rail.Inbound, error) { return Receive(cfg, nil, body, time.Time{}) }

func TestReceive(t *testing.T) {
	body := genuine(t, data)
	got, err := receive(body)
	if err != nil {
		t.Fatal(err)
	}
	want := rail.Inbound{Credits: []rail.Credit{{
		Stream: "payos", PartnerRef: "FT26326000001@12345678", Account: "12345678", VirtualAccount: "V3CAS2627000481",
		Amount: 965000, BankRef: "FT26326000001", OrderID: "2627000481", Memo: "CSHPK7G3M9X077",
		PayerName: "NGUYEN VAN A", PayerBank: "Vietcombank",
		BookedOn: "2026-11-22", OccurredAt: time.Date(2026, 11, 22, 3, 19, 15, 0, time.UTC),
		Method: rail.QR, Raw: body,
	}}}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	again, err := Decode(body)
	if d := cmp.Diff(want, again); d != "" || err != nil {
		t.Errorf("Decode differs: %v\n%s", err, d)
	}
}

func TestNoCreditForOtherDeliveries(t *testing.T) {
	change := func(pairs ...string) string { return strings.NewReplacer(pairs...).Replace(data) }
	for name, c := range map[string]struct {
		data   string
		reason rail.Reason
	}{
		"not paid":                   {change(`"code":"00"`, `"code":"01"`), rail.NotPaid},
		"trial of the documentation": {change("2627000481,", "123,", "CSHPK7G3M9X077", "VQRIO123"), rail.TestDelivery},
		"trial with the other text":  {change("2627000481,", "123,", "CSHPK7G3M9X077", "Ma giao dich thu nghiem"), rail.TestDelivery},
	} {
		got, err := receive(genuine(t, c.data))
		if err != nil || len(got.Credits) != 0 || len(got.Skipped) != 1 || got.Skipped[0].Reason != c.reason {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	// A payer who types the trial's text still pays.
	if got, err := receive(genuine(t, change("CSHPK7G3M9X077", "VQRIO123"))); err != nil || len(got.Credits) != 1 {
		t.Errorf("money hidden by its memo: %+v, %v", got, err)
	}
}

func TestSignatureGuardsData(t *testing.T) {
	right := string(genuine(t, data))
	s, err := Sign(key, []byte(data))
	if err != nil {
		t.Fatal(err)
	}
	unkeyed, err := Sign("", []byte(data))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		cfg  Config
		body string
		ok   bool
	}{
		"right":                   {cfg, right, true},
		"hex in upper case":       {cfg, strings.Replace(right, s, strings.ToUpper(s), 1), true},
		"another layout":          {cfg, strings.ReplaceAll(right, `,"`, " ,\n \""), true},
		"members another way":     {cfg, strings.Replace(strings.Replace(right, `"orderCode":2627000481,`, "", 1), `"currency":"VND"`, `"currency":"VND","orderCode":2627000481`, 1), true},
		"outside of data changed": {cfg, strings.Replace(right, `"success":true`, `"success":false`, 1), true},
		"null as empty text":      {cfg, strings.Replace(right, `"counterAccountNumber":null`, `"counterAccountNumber":""`, 1), true},
		"amount changed":          {cfg, strings.Replace(right, "965000", "96500", 1), false},
		"member added":            {cfg, strings.Replace(right, `"currency"`, `"note":"x","currency"`, 1), false},
		"member taken":            {cfg, strings.Replace(right, `"currency":"VND",`, "", 1), false},
		"text moved between":      {cfg, strings.NewReplacer(`"virtualAccountName":""`, `"virtualAccountName":"x"`).Replace(right), false},
		"other key":               {Config{"x"}, right, false},
		"no key":                  {Config{}, string(webhook([]byte(data), unkeyed)), false},
		"no signature":            {cfg, `{"data":` + data + `}`, false},
		"signature null":          {cfg, `{"data":` + data + `,"signature":null}`, false},
		"signature of a number":   {cfg, `{"data":` + data + `,"signature":12}`, false},
		"signature empty":         {cfg, `{"data":` + data + `,"signature":""}`, false},
		"half a signature":        {cfg, strings.Replace(right, s, s[:32], 1), false},
		"no data":                 {cfg, `{"signature":"` + s + `"}`, false},
		"data null":               {cfg, `{"data":null,"signature":"` + s + `"}`, false},
		"data a list":             {cfg, `{"data":[` + data + `],"signature":"` + s + `"}`, false},
		"a list with null":        {cfg, strings.Replace(right, `"currency"`, `"l":[null],"currency"`, 1), false},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Receive(c.cfg, nil, []byte(c.body), time.Time{})
			if c.ok && err != nil || !c.ok && !errors.Is(err, rail.ErrSignature) || c.ok != (len(got.Credits) == 1) {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}

func TestRefusesMalformed(t *testing.T) {
	change := func(from, to string) string { return strings.Replace(data, from, to, 1) }
	for name, d := range map[string]string{
		"amount 0":           change("965000", "0"),
		"amount negative":    change("965000", "-965000"),
		"amount fraction":    change("965000", "965000.5"),
		"amount exponent":    change("965000", "9e5"),
		"amount 10^15":       change("965000", "1000000000000000"),
		"amount as text":     change("965000", `"965000"`),
		"no order":           change(`"orderCode":2627000481,`, ""),
		"order of text":      change(`2627000481`, `"HP1"`),
		"no account":         change(`"12345678"`, "null"),
		"no reference":       change(`"ft26326000001"`, `" "`),
		"no result":          change(`"code":"00",`, ""),
		"dollars":            change(`"VND"`, `"USD"`),
		"no date":            change("2026-11-22 10:19:15", "hôm nay"),
		"nested description": change(`"CSHPK7G3M9X077"`, `{"a":1}`),
	} {
		t.Run(name, func(t *testing.T) {
			got, err := receive(genuine(t, d))
			var r *rail.Refusal
			if !errors.Is(err, rail.ErrMalformed) || !errors.As(err, &r) || r.VI == "" || len(got.Credits)+len(got.Skipped) != 0 {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
	body := string(genuine(t, data))
	for name, b := range map[string]string{
		"empty": "", "truncated": body[:200], "key twice": strings.Replace(body, `"currency"`, `"amount":1,"currency"`, 1),
		"deep": strings.Repeat(`{"data":`, 100000), "long": strings.Repeat(" ", wire.MaxBody+1),
	} {
		if _, err := receive([]byte(b)); !errors.Is(err, rail.ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The expected signatures were made by @payos/node 2.0.5.
func TestSignIsThePackages(t *testing.T) {
	for in, want := range map[string]string{
		`{"orderCode":1,"amount":2,"items":[{"b":1,"a":"x"},{"z":null,"y":[1]}]}`:                                "2547a7ce7a7facc6b2c6631d670228fcb0e632e483a36119bb17a27264b4f46c",
		`{"orderCode":1,"nested":{"a":1},"flag":true,"off":false,"n":null,"s":"null","u":"undefined","list":[]}`: "12b7911502a0620eb2b23c83995462d625e59940dbddab46a852f745b47dd194",
		`{"orderCode":9007199254740991,"f":1.50,"e":1e21,"tags":["refund","ệ"],"nums":[1,true,[5,6]]}`:           "c6ac0682b8bdaa30e3d93a6a5386d7cb9bfed77a10d057bad68536f63b83e8ad",
		`{"B":"d","10":"a","a":"e","9":"b","ệ":"c"}`:                                                             "74eb1d931e41fb1ec61defbe335dc35dcce3876c8730637077a040e276c85263",
		`{"description":"Học phí & lệ phí = 5/10","amount":0}`:                                                   "03ce2632ba196a24551b00257b4c35f1a20b2a7fa42d22e0bb19c71ae8f398f1",
	} {
		if got, err := Sign(key, []byte(in)); err != nil || got != want {
			t.Errorf("Sign(%s) = %s, %v; want %s", in, got, err, want)
		}
	}
	in, want := `{"referenceId":"RF 1","amount":2000,"description":"hoàn tiền !*'()~","category":["b","a"],"meta":{"z":1,"a":{"y":2,"b":3}},"n":null,"ok":true,"list":[{"b":1,"a":2}]}`,
		"4d08d171b2a804c24387215aa83687e5d01db3ad9bc4d35d84370966fa7d116c"
	if got, err := SignPayout(key, []byte(in)); err != nil || got != want {
		t.Errorf("SignPayout = %s, %v; want %s", got, err, want)
	}
	for _, in := range []string{``, `[]`, `5`, `{"l":[null]}`, `{"l":["😀"]}`} {
		if got, err := Sign(key, []byte(in)); err == nil {
			t.Errorf("Sign(%s) = %s", in, got)
		}
	}
	for _, in := range []string{``, `[]`, `{"a":1,"a":2}`} {
		if got, err := SignPayout(key, []byte(in)); err == nil {
			t.Errorf("SignPayout(%s) = %s", in, got)
		}
	}
}

func TestCreateRequest(t *testing.T) {
	good := CreateRequest{OrderCode: 2627000481, Amount: 965000, Description: "HP2627000481", CancelURL: "https://pay.example.vn/huy", ReturnURL: "https://pay.example.vn/x?a=1&b=2", ExpiredAt: 1795320000}
	body, err := good.Body(key)
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(body, &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"orderCode": 2627000481.0, "amount": 965000.0, "description": "HP2627000481", "cancelUrl": "https://pay.example.vn/huy",
		"returnUrl": "https://pay.example.vn/x?a=1&b=2", "expiredAt": 1795320000.0,
		"signature": "7c5b4152dfe50129a572fc619f0585c2eb324aa3f672685cfced55beaa437f38",
	} // vector po-d04
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	change := func(f func(*CreateRequest)) CreateRequest { r := good; f(&r); return r }
	for name, r := range map[string]CreateRequest{
		"order 0":               change(func(r *CreateRequest) { r.OrderCode = 0 }),
		"order negative":        change(func(r *CreateRequest) { r.OrderCode = -1 }),
		"order beyond 2^53":     change(func(r *CreateRequest) { r.OrderCode = MaxOrderCode + 1 }),
		"the trial's order":     change(func(r *CreateRequest) { r.OrderCode = 123 }),
		"amount 0":              change(func(r *CreateRequest) { r.Amount = 0 }),
		"amount negative":       change(func(r *CreateRequest) { r.Amount = -1 }),
		"amount 10^15":          change(func(r *CreateRequest) { r.Amount = 1_000_000_000_000_000 }),
		"description of 26":     change(func(r *CreateRequest) { r.Description = strings.Repeat("A", 26) }),
		"no description":        change(func(r *CreateRequest) { r.Description = "" }),
		"no address to go back": change(func(r *CreateRequest) { r.ReturnURL = "" }),
	} {
		if _, err := r.Body(key); !errors.Is(err, rail.ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestReadLink(t *testing.T) {
	link := `{"bin":"970418","accountNumber":"V3CAS2627000481","accountName":"TRUONG A","amount":965000,"description":"CSHP1","orderCode":2627000481,"currency":"VND","paymentLinkId":"p1","status":"PENDING","checkoutUrl":"https://pay.payos.vn/web/p1","qrCode":"000201"}`
	got, err := ReadLink(key, genuine(t, link))
	if err != nil {
		t.Fatal(err)
	}
	want := Link{
		OrderID: "2627000481", PaymentLinkID: "p1", Status: "PENDING", Amount: 965000, BIN: "970418", Account: "V3CAS2627000481",
		AccountName: "TRUONG A", Description: "CSHP1", CheckoutURL: "https://pay.payos.vn/web/p1", QR: "000201",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
	altered := strings.Replace(string(genuine(t, link)), "V3CAS2627000481", "V3CAS9999999999", 1)
	if _, err := ReadLink(key, []byte(altered)); !errors.Is(err, rail.ErrSignature) {
		t.Errorf("another account: %v", err)
	}
	var refused *APIError
	if _, err := ReadLink(key, []byte(`{"code":"231","desc":"Đơn thanh toán đã tồn tại","data":null}`)); !errors.As(err, &refused) || refused.Code != "231" {
		t.Errorf("payOS's refusal: %v", err)
	}
	for _, s := range []string{"", "[]", `{"code":{},"data":{}}`, string(genuine(t, strings.Replace(link, "965000", "9.5", 1)))} {
		if _, err := ReadLink(key, []byte(s)); !errors.Is(err, rail.ErrMalformed) {
			t.Errorf("ReadLink(%.30s): %v", s, err)
		}
	}
}

func FuzzReceive(f *testing.F) {
	for _, c := range railtest.File(f, "testdata/payos.json") {
		var in struct{ Data, Webhook json.RawMessage }
		railtest.Decode(f, c.Input, &in)
		if len(in.Data) > 0 {
			f.Add([]byte(in.Data))
		}
		if len(in.Webhook) > 0 {
			f.Add([]byte(in.Webhook))
		}
	}
	f.Add([]byte(data))
	f.Fuzz(func(t *testing.T, b []byte) {
		bodies := [][]byte{b}
		if s, err := Sign(key, b); err == nil {
			bodies = append(bodies, webhook(b, s))
		}
		for i, body := range bodies {
			got, err := receive(body)
			if err != nil {
				if !errors.Is(err, rail.ErrMalformed) && (i == 1 || !errors.Is(err, rail.ErrSignature)) || len(got.Credits)+len(got.Skipped) > 0 {
					t.Fatalf("%+v, %v", got, err)
				}
				continue
			}
			for _, c := range got.Credits {
				if c.Amount <= 0 || c.Amount >= wire.MaxAmount || c.PartnerRef == "" || c.OrderID == "" || c.Account == "" || c.BookedOn == "" {
					t.Fatalf("credit %+v", c)
				}
			}
		}
	})
}

func BenchmarkReceive(b *testing.B) {
	body := genuine(b, data)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := receive(body); err != nil {
			b.Fatal(err)
		}
	}
}
