package sepay

import (
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
	secret = "TESTONLY-0123456789ABCDEFGHIJKLMNOP"
	sent   = 1795317560
	body   = `{"id":92704,"gateway":"Vietcombank","transactionDate":"2026-11-22 10:19:15","accountNumber":"0123499999","code":null,"content":"HPK7G3M9X077 FT26326000001","transferType":"in","transferAmount":965000,"accumulated":19077000,"subAccount":"96247HP0000123","referenceCode":" ft26326000001 ","description":""}`
)

var (
	now  = time.Unix(sent, 0)
	hmac = Config{Auth: HMAC, Secret: secret}
)

func signed(body string) http.Header {
	h := http.Header{}
	h.Set(HeaderTimestamp, strconv.Itoa(sent))
	h.Set(HeaderSignature, Sign(secret, sent, []byte(body)))
	return h
}

func TestReceive(t *testing.T) {
	got, err := Receive(hmac, signed(body), []byte(body), now)
	if err != nil {
		t.Fatal(err)
	}
	want := rail.Inbound{Credits: []rail.Credit{{
		Stream: "sepay", PartnerRef: "92704", Account: "0123499999", BankBIN: "970436", VirtualAccount: "96247HP0000123",
		Amount: 965000, BankRef: "FT26326000001", Memo: "HPK7G3M9X077 FT26326000001",
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

// with replaces one member of the sample body by its text.
func with(pairs ...string) string {
	s := body
	for i := 0; i < len(pairs); i += 2 {
		from := strings.Index(s, `"`+pairs[i]+`":`)
		from += len(pairs[i]) + 3
		to := from
		for quoted := false; quoted || s[to] != ',' && s[to] != '}'; to++ {
			quoted = quoted != (s[to] == '"')
		}
		s = s[:from] + pairs[i+1] + s[to:]
	}
	return s
}

func TestNoCreditForOtherDeliveries(t *testing.T) {
	for name, c := range map[string]struct {
		body   string
		reason rail.Reason
	}{
		"money out":           {with("transferType", `"out"`), rail.MoneyOut},
		"money out of zero":   {with("transferType", `"OUT"`, "transferAmount", "0"), rail.MoneyOut},
		"trial delivery id 0": {with("id", "0"), rail.TestDelivery},
	} {
		got, err := Receive(hmac, signed(c.body), []byte(c.body), now)
		if err != nil || len(got.Credits) != 0 || len(got.Skipped) != 1 || got.Skipped[0].Reason != c.reason || c.reason.VI() == string(c.reason) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

func TestNormalises(t *testing.T) {
	b := with("content", `"ho\u0323c phi\u0301  HPK7G3M9X077\n"`, "accountNumber", `"0123 499 999"`, "subAccount", `""`, "gateway", `"Ngân hàng lạ"`, "referenceCode", "null", "id", `"0092704"`)
	got, err := Receive(hmac, signed(b), []byte(b), now)
	if err != nil {
		t.Fatal(err)
	}
	c := got.Credits[0]
	if c.Memo != "học phí HPK7G3M9X077" || c.Account != "0123499999" || c.VirtualAccount != "" || c.BankBIN != "" || c.BankRef != "" || c.PartnerRef != "92704" {
		t.Errorf("got %+v", c)
	}
	b = with("content", `""`, "description", `"BankAPINotify HPK7G3M9X077"`, "transactionDate", `"2026-11-22 23:59:59"`)
	if got, err = Decode([]byte(b)); err != nil || got.Credits[0].Memo != "BankAPINotify HPK7G3M9X077" || got.Credits[0].BookedOn != "2026-11-22" {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestRefusesMalformed(t *testing.T) {
	for name, b := range map[string]string{
		"empty":                ``,
		"truncated":            body[:len(body)/2],
		"array":                `[` + body + `]`,
		"number":               `5`,
		"deep":                 `{"id":` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + `}`,
		"key twice":            `{"transferAmount":1,` + body[1:],
		"long":                 `{"x":"` + strings.Repeat("a", wire.MaxBody) + `"}`,
		"no id":                strings.Replace(body, `"id"`, `"ID"`, 1),
		"negative id":          with("id", "-1"),
		"fractional id":        with("id", "1.5"),
		"no type":              with("transferType", "null"),
		"other type":           with("transferType", `"credit"`),
		"no account":           with("accountNumber", "null"),
		"account of blanks":    with("accountNumber", `"  "`),
		"account is a list":    with("accountNumber", `["1"]`),
		"no amount":            with("transferAmount", "null"),
		"amount as text":       with("transferAmount", `"965000"`),
		"amount 0":             with("transferAmount", "0"),
		"amount negative":      with("transferAmount", "-965000"),
		"amount fraction":      with("transferAmount", "965000.5"),
		"amount point zero":    with("transferAmount", "965000.0"),
		"amount exponent":      with("transferAmount", "9e5"),
		"amount 10^15":         with("transferAmount", "1000000000000000"),
		"amount beyond int64":  with("transferAmount", "99999999999999999999"),
		"other case of name":   strings.Replace(body, "transferAmount", "TransferAmount", 1),
		"no date":              with("transactionDate", "null"),
		"date of another form": with("transactionDate", `"22/11/2026"`),
		"impossible date":      with("transactionDate", `"2026-02-30 10:00:00"`),
		"not UTF-8":            strings.Replace(body, "HPK7", "\xff", 1),
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Receive(hmac, signed(b), []byte(b), now)
			var r *rail.Refusal
			if !errors.Is(err, rail.ErrMalformed) || !errors.As(err, &r) || r.VI == "" || len(got.Credits)+len(got.Skipped) != 0 {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}

func TestSignature(t *testing.T) {
	right := Sign(secret, sent, []byte(body))
	header := func(timestamp, signature string) http.Header {
		h := http.Header{}
		h.Set(HeaderTimestamp, timestamp)
		h.Set(HeaderSignature, signature)
		return h
	}
	at := strconv.Itoa(sent)
	twice := header(at, right)
	twice.Add(HeaderSignature, right)
	for name, c := range map[string]struct {
		cfg  Config
		h    http.Header
		now  time.Time
		want error
	}{
		"right":                      {hmac, header(at, right), now, nil},
		"hex in upper case":          {hmac, header(at, "sha256="+strings.ToUpper(right[7:])), now, nil},
		"blanks around":              {hmac, header(" "+at+" ", " "+right+" "), now, nil},
		"300 s late":                 {hmac, header(at, right), now.Add(300 * time.Second), nil},
		"300 s early":                {hmac, header(at, right), now.Add(-300 * time.Second), nil},
		"301 s late":                 {hmac, header(at, right), now.Add(301 * time.Second), rail.ErrStale},
		"301 s early":                {hmac, header(at, right), now.Add(-301 * time.Second), rail.ErrStale},
		"a narrower window":          {Config{Auth: HMAC, Secret: secret, Window: time.Second}, header(at, right), now.Add(2 * time.Second), rail.ErrStale},
		"late and wrong":             {hmac, header(at, right[:len(right)-1]), now.Add(time.Hour), rail.ErrSignature},
		"other secret":               {Config{Auth: HMAC, Secret: "x"}, header(at, right), now, rail.ErrSignature},
		"no secret":                  {Config{Auth: HMAC}, header(at, Sign("", sent, []byte(body))), now, rail.ErrSignature},
		"no way chosen":              {Config{Secret: secret}, header(at, right), now, rail.ErrSignature},
		"unknown way":                {Config{Auth: "x", Secret: secret}, header(at, right), now, rail.ErrSignature},
		"no headers":                 {hmac, http.Header{}, now, rail.ErrSignature},
		"no timestamp":               {hmac, header("", right), now, rail.ErrSignature},
		"other timestamp":            {hmac, header(strconv.Itoa(sent+1), right), now, rail.ErrSignature},
		"timestamp with a sign":      {hmac, header("+"+at, right), now, rail.ErrSignature},
		"timestamp not a number":     {hmac, header("abc", "sha256=00"), now, rail.ErrSignature},
		"timestamp beyond all":       {hmac, header("9999999999999999999", right), now, rail.ErrSignature},
		"no prefix":                  {hmac, header(at, right[7:]), now, rail.ErrSignature},
		"prefix of another":          {hmac, header(at, "sha512="+right[7:]), now, rail.ErrSignature},
		"empty code":                 {hmac, header(at, "sha256="), now, rail.ErrSignature},
		"half the code":              {hmac, header(at, right[:40]), now, rail.ErrSignature},
		"signature twice":            {hmac, twice, now, rail.ErrSignature},
		"only an API key":            {hmac, http.Header{"Authorization": {"Apikey k"}}, now, rail.ErrSignature},
		"API key":                    {Config{Auth: APIKey, APIKey: "k-1"}, http.Header{"Authorization": {"Apikey k-1"}}, now, nil},
		"API key, scheme lower case": {Config{Auth: APIKey, APIKey: "k-1"}, http.Header{"Authorization": {"apikey k-1"}}, now, nil},
		"wrong API key":              {Config{Auth: APIKey, APIKey: "k-1"}, http.Header{"Authorization": {"Apikey k-2"}}, now, rail.ErrSignature},
		"API key as bearer":          {Config{Auth: APIKey, APIKey: "k-1"}, http.Header{"Authorization": {"Bearer k-1"}}, now, rail.ErrSignature},
		"empty API key":              {Config{Auth: APIKey}, http.Header{"Authorization": {"Apikey "}}, now, rail.ErrSignature},
		"API key missing":            {Config{Auth: APIKey, APIKey: "k-1"}, http.Header{}, now, rail.ErrSignature},
		"none":                       {Config{Auth: None}, http.Header{}, now, nil},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Receive(c.cfg, c.h, []byte(body), c.now)
			if !errors.Is(err, c.want) || (c.want == nil) != (len(got.Credits) == 1) {
				t.Errorf("got %d credits, %v; want %v", len(got.Credits), err, c.want)
			}
			if err != nil && strings.Contains(err.Error(), secret) {
				t.Error("the error tells the secret")
			}
		})
	}
	if got, err := Receive(hmac, header(at, right), []byte(strings.Replace(body, "965000", "9650000", 1)), now); !errors.Is(err, rail.ErrSignature) || len(got.Credits) > 0 {
		t.Errorf("an altered body: %+v, %v", got, err)
	}
	if _, err := Receive(hmac, header(at, right), []byte(body+" "), now); !errors.Is(err, rail.ErrSignature) {
		t.Errorf("a blank more: %v", err)
	}
}

func TestAnswer(t *testing.T) {
	malformed := wire.Malformed("x", "Thiếu trường x.")
	for name, c := range map[string]struct {
		err    error
		status int
		body   string
	}{
		"committed": {nil, 200, `{"success":true}`},
		"signature": {rail.ErrSignature, 401, `{"success":false}`},
		"stale":     {&rail.Refusal{Kind: rail.ErrStale, VI: "Cũ."}, 401, `{"success":false,"message":"Cũ."}`},
		"malformed": {malformed, 400, `{"success":false,"message":"Thiếu trường x."}`},
		"ours":      {errors.New("disk full at /var/lib"), 500, `{"success":false,"message":"Máy chủ đang bận, hãy gửi lại tin này sau."}`},
	} {
		a := Answer(c.err)
		if a.Status != c.status || string(a.Body) != c.body || a.ContentType != "application/json" {
			t.Errorf("%s: %d %s", name, a.Status, a.Body)
		}
	}
}

func TestCheckoutRefusesAFieldTwice(t *testing.T) {
	if _, err := (Merchant{}).Checkout([]Field{{"currency", "VND"}, {"currency", "USD"}}); err == nil {
		t.Error("passes")
	}
}

// The expected signatures were made by sepay-pg-node 1.0.0.
func TestCheckoutKeepsTheCallersPlaces(t *testing.T) {
	m := Merchant{ID: "TEST_MERCHANT", Secret: secret}
	for name, c := range map[string]struct {
		in        []Field
		order     string
		signature string
	}{
		"merchant where the caller put it": {
			[]Field{{"merchant", "x"}, {"order_amount", "10000"}, {"currency", "VND"}},
			"merchant order_amount currency operation signature", "zGQeIIjpkxLf9WrgTEmswZBnssjnT58duzzeIhBj35U=",
		},
		"all signed fields, an empty one too": {
			[]Field{{"env", "live"}, {"operation", "VERIFY"}, {"customer_id", ""}, {"agreement_id", "A1"}, {"agreement_amount_per_payment", "5"}, {"order_id", "7"}, {"x", "unsigned"}},
			"env operation customer_id agreement_id agreement_amount_per_payment order_id x merchant signature", "ke/SRukehrTwUTtw+iDxNdmqbd6wqcZvnOqmtgyZu3o=",
		},
	} {
		f, err := m.Checkout(c.in)
		if err != nil || f.URL != CheckoutURL {
			t.Fatal(f.URL, err)
		}
		var names []string
		for _, x := range f.Fields {
			names = append(names, x.Name)
		}
		if got := strings.Join(names, " "); got != c.order {
			t.Errorf("%s: order %s", name, got)
		}
		if got := f.Fields[len(f.Fields)-1].Value; got != c.signature {
			t.Errorf("%s: signature %s, want %s", name, got, c.signature)
		}
		if f.get("merchant") != "TEST_MERCHANT" {
			t.Errorf("%s: merchant %s", name, f.get("merchant"))
		}
	}
}

func FuzzReceive(f *testing.F) {
	for _, c := range railtest.File(f, "testdata/sepay.json") {
		if c.Kind == "webhook-hmac" {
			var in delivery
			railtest.Decode(f, c.Input, &in)
			f.Add([]byte(in.RawBody))
		}
	}
	f.Add([]byte(body))
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := Receive(hmac, signed(string(b)), b, now)
		if err != nil {
			if !errors.Is(err, rail.ErrMalformed) || len(got.Credits)+len(got.Skipped) > 0 {
				t.Fatalf("%+v, %v", got, err)
			}
			return
		}
		if len(got.Credits)+len(got.Skipped) != 1 {
			t.Fatalf("got %+v", got)
		}
		for _, c := range got.Credits {
			if c.Amount <= 0 || c.Amount >= wire.MaxAmount || c.PartnerRef == "" || c.Account == "" || c.BookedOn == "" || c.OccurredAt.IsZero() {
				t.Fatalf("credit %+v", c)
			}
		}
		if len(b) > 0 {
			altered := append([]byte(nil), b...)
			altered[len(b)/2] ^= 1
			if _, err := Receive(hmac, signed(string(b)), altered, now); !errors.Is(err, rail.ErrSignature) {
				t.Fatalf("an altered body: %v", err)
			}
		}
	})
}

// The hot path of the platform: aim 10 µs or less.
func BenchmarkReceive(b *testing.B) {
	h, raw := signed(body), []byte(body)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Receive(hmac, h, raw, now); err != nil {
			b.Fatal(err)
		}
	}
}
