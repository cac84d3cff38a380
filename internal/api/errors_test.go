package api

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sen-platform/sen/internal/access"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/db/dbtest"
	"github.com/sen-platform/sen/internal/org"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// TestErrors is the table of what callers do wrong: each gets a status, a stable code, the
// place and a Vietnamese sentence, and nothing is done.
func TestErrors(t *testing.T) {
	h := newHouse(t, dbtest.SQLite(t))
	c := h.client(h.School.ID)
	b, _ := c.create(c.bill("HD-1", 1000))
	bill := func(more m) []byte { return text(c.bill("HD-X", 1000, more)) }
	line := func(l m) []byte { return bill(m{"lines": []m{l}}) }
	post := func(path string, body []byte, opts ...option) func() answerOf {
		return func() answerOf { return c.call(http.MethodPost, path, body, opts...) }
	}
	get := func(path string, opts ...option) func() answerOf {
		return func() answerOf { return c.call(http.MethodGet, path, nil, opts...) }
	}
	do := func(method, path string) func() answerOf {
		return func() answerOf { return c.call(method, path, nil) }
	}
	const bills = "/v1/bills"
	for _, x := range []struct {
		name   string
		call   func() answerOf
		status int
		code   string
		at     string // pointer, or parameter
		field  string // code of the field
	}{
		{"no key", get(bills, without("Authorization")), 401, "unauthorized", "", ""},
		{"other scheme", get(bills, header("Authorization", "Basic c2stLi4u")), 401, "unauthorized", "", ""},
		{"unknown key", get(bills, header("Authorization", "Bearer sk_live_"+strings.Repeat("x", 43))), 401, "unauthorized", "", ""},
		{"no such path", get("/v1/bils"), 404, "no_such_path", "", ""},
		{"path below", get("/v1/bills/x/y/z"), 404, "no_such_path", "", ""},
		{"method", do(http.MethodDelete, "/v1/bills"), 405, "method_not_allowed", "", ""},
		{"method on one", do(http.MethodPut, "/v1/bills/"+b.ID), 405, "method_not_allowed", "", ""},
		{"version", get(bills, header("X-API-Version", "1999-01-01")), 400, "unknown_version", "", ""},
		{"NUL in a parameter", get("/v1/bills?q=%00"), 400, "malformed_request", "", ""},
		{"bytes that are no text", get("/v1/bills?q=%ff"), 400, "malformed_request", "", ""},
		{"half an escape", get("/v1/bills?q=%2"), 400, "malformed_request", "", ""},
		{"limit 0", get("/v1/bills?limit=0"), 422, "validation_failed", "limit", "too_small"},
		{"limit 501", get("/v1/bills?limit=501"), 422, "validation_failed", "limit", "too_large"},
		{"limit of letters", get("/v1/bills?limit=ten"), 422, "validation_failed", "limit", "malformed"},
		{"unknown parameter", get("/v1/bills?statuss=open"), 422, "validation_failed", "statuss", "unknown_field"},
		{"unknown status", get("/v1/bills?status=in:open,gone"), 422, "validation_failed", "status", "unknown"},
		{"cursor", get("/v1/bills?cursor=abc"), 422, "validation_failed", "cursor", "unknown"},
		{"cursor of another order", get("/v1/bills?order=roll&cursor=eyJpIjoxfQ"), 422, "validation_failed", "cursor", "unknown"},
		{"cursor of credits", get("/v1/credits?cursor=%21"), 422, "validation_failed", "cursor", "unknown"},
		{"cursor of receipts", get("/v1/receipts?cursor=bm86MToyOjM"), 422, "validation_failed", "cursor", "unknown"},
		{"date", get("/v1/bills?due_on[gte]=30/11/2026"), 422, "validation_failed", "due_on[gte]", "date"},
		{"month", get("/v1/indicators?from=2026-13"), 422, "validation_failed", "from", "malformed"},
		{"dimension", get("/v1/indicators?by=area"), 422, "validation_failed", "by", "unknown"},
		{"fee kind of figures", get("/v1/indicators?fee_kind=X"), 422, "validation_failed", "fee_kind", "unknown"},
		{"malformed facility", get("/v1/bills?facility=10"), 422, "validation_failed", "facility", "malformed"},
		{"check without a seal", get("/v1/receipts/rec_0000000000001/check"), 422, "validation_failed", "seal", "required"},
		{"malformed id", get("/v1/bills/123"), 404, "not_found", "", ""},
		{"id of another kind", get("/v1/bills/" + h.School.ID.String()), 404, "not_found", "", ""},
		{"unknown id", get("/v1/credits/cre_0000000000001"), 404, "not_found", "", ""},

		{"no Idempotency-Key", post(bills, bill(nil), without(headerIdempotency)), 400, "idempotency_key_missing", "", ""},
		{"empty Idempotency-Key", post(bills, bill(nil), header(headerIdempotency, "")), 400, "idempotency_key_missing", "", ""},
		{"key with a blank", post(bills, bill(nil), header(headerIdempotency, "a b")), 400, "idempotency_key_malformed", "", ""},
		{"long key", post(bills, bill(nil), header(headerIdempotency, strings.Repeat("k", 256))), 400, "idempotency_key_malformed", "", ""},
		{"no JSON", post(bills, []byte("{")), 400, "malformed_body", "", ""},
		{"no body", post(bills, nil), 400, "malformed_body", "", ""},
		{"form", post(bills, []byte("a=b"), header("Content-Type", "application/x-www-form-urlencoded")), 415, "unsupported_media_type", "", ""},
		{"long body", post(bills, []byte(`{"reason":"`+strings.Repeat("x", 300<<10)+`"}`)), 413, "body_too_large", "", ""},
		{"a list", post(bills, []byte("[]")), 422, "validation_failed", "", "type"},
		{"unknown field", post(bills, bill(m{"amout": 5})), 422, "validation_failed", "/amout", "unknown_field"},
		{"no reason", post(bills, bill(m{"reason": nil})), 422, "validation_failed", "/reason", "required"},
		{"empty reason", post(bills, bill(m{"reason": "  "})), 422, "validation_failed", "/reason", "required"},
		{"no lines", post(bills, bill(m{"lines": []m{}})), 422, "validation_failed", "/lines", "required"},
		{"lines null", post(bills, bill(m{"lines": []any{nil}})), 422, "validation_failed", "/lines/0", "type"},
		{"nobody to pay", post(bills, bill(m{"payer": nil, "beneficiary": nil})), 422, "validation_failed", "/payer/name", "required"},
		{"telephone", post(bills, bill(m{"payer": m{"name": "A", "phone": "12"}})), 422, "validation_failed", "/payer/phone", "malformed"},
		{"year of birth", post(bills, bill(m{"beneficiary": m{"name": "A", "birth_year": 1800}})), 422, "validation_failed", "/beneficiary/birth_year", "date"},
		{"due yesterday", post(bills, bill(m{"due_on": "2026-11-21"})), 422, "validation_failed", "/due_on", "date"},
		{"no such day", post(bills, bill(m{"due_on": "2026-02-30"})), 422, "validation_failed", "/due_on", "date"},
		{"day of Viet Nam's form", post(bills, bill(m{"due_on": "30/11/2026"})), 422, "validation_failed", "/due_on", "date"},
		{"amount 0", post(bills, line(m{"fee_kind": "BAN_TRU", "amount": 0})), 422, "validation_failed", "/lines/0/amount", "zero"},
		{"negative", post(bills, line(m{"fee_kind": "BAN_TRU", "amount": -5})), 422, "validation_failed", "/lines/0/amount", "negative"},
		{"fraction", post(bills, line(m{"fee_kind": "BAN_TRU", "amount": 5.5})), 422, "validation_failed", "/lines/0/amount", "type"},
		{"amount as text", post(bills, line(m{"fee_kind": "BAN_TRU", "amount": "1000"})), 422, "validation_failed", "/lines/0/amount", "type"},
		{"10^15", post(bills, line(m{"fee_kind": "BAN_TRU", "amount": int64(1e15)})), 422, "validation_failed", "/lines/0/amount", "too_large"},
		{"10^30", post(bills, []byte(strings.Replace(string(bill(nil)), `"amount":1000`, `"amount":1e30`, 1))), 422, "validation_failed", "/lines/0/amount", "too_large"},
		{"exponent", post(bills, []byte(strings.Replace(string(bill(nil)), `"amount":1000`, `"amount":1e3`, 1))), 422, "validation_failed", "", "malformed"},
		{"above a bill's limit", post(bills, line(m{"fee_kind": "BAN_TRU", "amount": 99999999999999})), 422, "validation_failed", "/lines/0/amount", "too_large"},
		{"unknown fee kind", post(bills, line(m{"fee_kind": "XYZ", "amount": 5})), 422, "validation_failed", "/lines/0/fee_kind", "unknown"},
		{"fee kind of the hospital", post(bills, line(m{"fee_kind": "KHAM", "amount": 5})), 422, "validation_failed", "/lines/0/fee_kind", "sector"},
		{"product", post(bills, line(m{"fee_kind": "BAN_TRU", "quantity": 2, "unit_price": 3, "amount": 7})), 422, "validation_failed", "/lines/0/amount", "sum"},
		{"instalments do not add up", post(bills, bill(m{"part_payment": "instalments", "instalments": []m{{"amount": 1, "due_on": "2026-12-01"}}})), 422, "validation_failed", "/instalments", "sum"},
		{"part payment", post(bills, bill(m{"part_payment": "some"})), 422, "validation_failed", "/part_payment", "unknown"},
		{"account of the hospital", post(bills, bill(m{"account": h.HospitalAccount.ID.String()})), 422, "validation_failed", "/account", "unknown"},
		{"malformed account", post(bills, bill(m{"account": "6800112233"})), 422, "validation_failed", "/account", "unknown"},
		{"long external_id", post(bills, bill(m{"external_id": strings.Repeat("x", 65)})), 422, "validation_failed", "/external_id", "too_long"},
		{"other facility", post(bills, bill(m{"facility": h.Hospital.ID.String()})), 404, "not_found", "", ""},
		{"external_id used", post(bills, text(c.bill("HD-1", 2000))), 409, "external_id_used", "", ""},
		{"cash of 0", post("/v1/payments", text(m{"bill": b.ID, "amount": 0})), 422, "validation_failed", "/amount", "too_small"},
		{"cash on a draft", post("/v1/payments", text(m{"bill": b.ID, "amount": 1})), 409, "bill_state", "", ""},
		{"batch as JSON", post(batchPath, []byte("{}")), 415, "unsupported_media_type", "", ""},
		{"batch without a key", post(batchPath, []byte("{}"), header("Content-Type", mediaNDJSON), without(headerIdempotency)), 400, "idempotency_key_missing", "", ""},
		{"batch parameter", post(batchPath+"?dry=1", []byte("{}"), header("Content-Type", mediaNDJSON)), 422, "validation_failed", "dry", "unknown_field"},
		{"batch switch", post(batchPath+"?dry_run=maybe", []byte("{}"), header("Content-Type", mediaNDJSON)), 422, "validation_failed", "dry_run", "type"},
	} {
		t.Run(x.name, func(t *testing.T) {
			c.t = t
			p := x.call().want(t, x.status).problem(t)
			if p.Code != x.code || p.Status != x.status || p.MessageVI == "" || p.Title == "" || p.RequestID == "" || !strings.HasPrefix(p.Type, h.deps.BaseURL+docsPath+"#loi-") || !strings.HasPrefix(p.Instance, "/v1/") {
				t.Errorf("problem %+v, want %s", p, x.code)
			}
			if x.field == "" {
				return
			}
			for _, f := range p.Errors {
				if (f.Pointer == x.at && (x.at == "" || f.Pointer != "") || f.Parameter == x.at && f.Parameter != "") && f.Code == x.field && f.Message != "" {
					return
				}
			}
			t.Errorf("errors %+v, want %s %s", p.Errors, x.at, x.field)
		})
	}
	c.t = t
	if n := len(h.bills()); n != 1 {
		t.Errorf("%d bills after all the errors, want the one from before", n)
	}
	if log := h.logs.String(); strings.Contains(log, "failed") {
		t.Errorf("errors of callers are logged as ours: %s", log)
	}
	if log := h.logs.String(); strings.Contains(log, "sk_live") {
		t.Error("the log holds a key")
	}
}

func TestKeysEnd(t *testing.T) {
	h := newHouse(t, dbtest.SQLite(t))
	c := h.client(h.School.ID)
	c.get("/v1/bills").want(t, 200)
	test := &client{h: h, t: t, key: h.makeKey(h.School.ID, access.Test), router: h.router()}
	if p := test.get("/v1/bills").want(t, 403).problem(t); p.Code != "test_key" {
		t.Errorf("test key on live data: %+v", p)
	}
	h.deps.Sample = true
	test.get("/v1/bills").want(t, 200)
	h.clk.Advance(time.Second)
	var k access.APIKey
	h.must(h.d.View(h.ctx, func(tx *db.Tx) (err error) { k, err = access.KeyBySecret(tx, c.key, h.clk.Now()); return err }))
	h.must(h.deps.Access.RevokeKey(h.ctx, access.SystemSubject(), k.ID))
	c.get("/v1/bills").want(t, 401)
}

func TestClosedFacility(t *testing.T) {
	h := newHouse(t, dbtest.SQLite(t))
	c := h.client(h.School.ID)
	b, _ := c.create(c.bill("HD-1", 1000))
	school := h.School
	school.Status = org.Paused
	if _, err := h.Service.UpdateFacility(h.ctx, "test", school); err != nil {
		t.Fatal(err)
	}
	if p := c.post("/v1/bills", c.bill("HD-2", 1000)).want(t, 422).problem(t); p.Errors[0].Code != "facility_closed" || p.Errors[0].Pointer != "/facility" {
		t.Errorf("new bill: %+v", p)
	}
	if p := c.post("/v1/bills/"+b.ID+"/publish", m{}).want(t, 409).problem(t); p.Code != "facility_cannot_bill" || !strings.Contains(p.MessageVI, "tạm dừng") {
		t.Errorf("publish: %+v", p)
	}
}

func TestRateLimit(t *testing.T) {
	h := newHouse(t, dbtest.SQLite(t))
	c := h.client(h.School.ID)
	first := c.get("/v1/fee_kinds").want(t, 200)
	if got := first.header.Get("RateLimit-Policy") + " " + first.header.Get("RateLimit"); got != `"key";q=1200;w=60 "key";r=1199;t=1` {
		t.Errorf("headers: %s", got)
	}
	var k access.APIKey
	h.must(h.d.View(h.ctx, func(tx *db.Tx) (err error) { k, err = access.KeyBySecret(tx, c.key, h.clk.Now()); return err }))
	l := newLimits()
	for range limitQuota {
		h.must(l.take(http.Header{}, k.ID, h.clk.Now()))
	}
	head := http.Header{}
	if err := l.take(head, k.ID, h.clk.Now()); err != faultRate || head.Get("Retry-After") != "1" || head.Get("Ratelimit") != `"key";r=0;t=60` {
		t.Errorf("call too many: %v %v", err, head)
	}
	if err := l.take(http.Header{}, k.ID+1, h.clk.Now()); err != nil {
		t.Errorf("another key: %v", err)
	}
	if err := l.take(http.Header{}, k.ID, h.clk.Now().Add(time.Second)); err != nil {
		t.Errorf("a second later: %v", err)
	}
	for i := range 2 * limitKeys {
		h.must(l.take(http.Header{}, access.KeyID(i+100), h.clk.Now()))
	}
	if len(l.byKey) > limitKeys {
		t.Errorf("%d keys are remembered", len(l.byKey))
	}
	for range limitQuota - 1 {
		c.get("/v1/fee_kinds").want(t, 200)
	}
	p := c.get("/v1/fee_kinds").want(t, 429)
	if p.problem(t).Code != "rate_limited" || !p.problem(t).Retryable || p.header.Get("Retry-After") != "1" {
		t.Errorf("%s %v", p.body, p.header)
	}
}

func TestRequestID(t *testing.T) {
	h := newHouse(t, dbtest.SQLite(t))
	c := h.client(h.School.ID)
	for sent, same := range map[string]bool{"abc-1.2_X": true, "": false, "a b": false, "<script>": false, strings.Repeat("x", 65): false} {
		got := c.get("/v1/bills/x", header("X-Request-Id", sent))
		id, number := got.header.Get("X-Request-Id"), got.problem(t).RequestID
		if (id == sent) != same || number == "" || !same && number != id {
			t.Errorf("sent %q, got %q, number %q", sent, id, number)
		}
	}
}
