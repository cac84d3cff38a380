package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/db/dbtest"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/rail/casso"
	"github.com/sen-platform/sen/internal/rail/payos"
	"github.com/sen-platform/sen/internal/rail/sepay"
	"github.com/sen-platform/sen/internal/vnd"
)

const hookSecret = "khoa-bi-mat-cua-doi-tac"

// partner plays one of the partners: it words a transfer and signs it at an instant.
type partner struct {
	stream, mode string
	// say words a transfer to an account; n is the partner's own number of it.
	say func(n int, account string, amount vnd.Amount, memo string) []byte
	// sign signs at an instant and may put the signature into the body.
	sign func(secret string, at time.Time, body []byte) (http.Header, []byte)
	// timed: the signature covers a time.
	timed bool
}

func (p partner) String() string { return p.stream + "/" + p.mode }

func text(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

func saySePay(n int, account string, amount vnd.Amount, memo string) []byte {
	return text(map[string]any{
		"id": n, "gateway": "Vietcombank", "transactionDate": "2026-11-22 09:00:00", "accountNumber": account, "code": nil, "content": memo,
		"transferType": "in", "transferAmount": int64(amount), "accumulated": 0, "subAccount": nil, "referenceCode": "FT" + strconv.Itoa(n), "description": "",
	})
}

func sayCasso(n int, account string, amount vnd.Amount, memo string) []byte {
	return text(map[string]any{"error": 0, "data": map[string]any{
		"id": n, "reference": "FT" + strconv.Itoa(n), "description": memo, "amount": int64(amount), "runningBalance": 0,
		"transactionDateTime": "2026-11-22 09:00:00", "accountNumber": account, "bankName": "Vietcombank", "bankAbbreviation": "VCB",
	}})
}

func sayCassoV1(n int, account string, amount vnd.Amount, memo string) []byte {
	return text(map[string]any{"error": 0, "data": []any{map[string]any{
		"id": n, "tid": "FT" + strconv.Itoa(n), "description": memo, "amount": int64(amount), "cusum_balance": 0,
		"when": "2026-11-22 09:00:00", "bank_sub_acc_id": account, "subAccId": account,
	}}})
}

func sayPayOS(n int, account string, amount vnd.Amount, memo string) []byte {
	return text(map[string]any{"code": "00", "desc": "success", "success": true, "data": map[string]any{
		"orderCode": 900000 + n, "amount": int64(amount), "description": memo, "accountNumber": account, "reference": "FT" + strconv.Itoa(n),
		"transactionDateTime": "2026-11-22 09:00:00", "currency": "VND", "paymentLinkId": "link" + strconv.Itoa(n), "code": "00", "desc": "Thành công",
	}})
}

var partners = []partner{
	{stream: "sepay", mode: "hmac", say: saySePay, timed: true, sign: func(secret string, at time.Time, body []byte) (http.Header, []byte) {
		return http.Header{sepay.HeaderTimestamp: {strconv.FormatInt(at.Unix(), 10)}, sepay.HeaderSignature: {sepay.Sign(secret, at.Unix(), body)}}, body
	}},
	{stream: "sepay", mode: "apikey", say: saySePay, sign: func(secret string, _ time.Time, body []byte) (http.Header, []byte) {
		return http.Header{"Authorization": {"Apikey " + secret}}, body
	}},
	{stream: "casso", mode: "v2", say: sayCasso, timed: true, sign: func(secret string, at time.Time, body []byte) (http.Header, []byte) {
		s, err := casso.Sign(secret, at.UnixMilli(), body)
		if err != nil {
			panic(err)
		}
		return http.Header{casso.HeaderSignature: {s}}, body
	}},
	{stream: "casso", mode: "v1", say: sayCassoV1, sign: func(secret string, _ time.Time, body []byte) (http.Header, []byte) {
		return http.Header{casso.HeaderToken: {secret}}, body
	}},
	{stream: "payos", mode: "checksum", say: sayPayOS, sign: func(secret string, _ time.Time, body []byte) (http.Header, []byte) {
		var m map[string]json.RawMessage
		if err := json.Unmarshal(body, &m); err != nil {
			panic(err)
		}
		s, err := payos.Sign(secret, m["data"])
		if err != nil {
			panic(err)
		}
		m["signature"] = text(s)
		return nil, text(m)
	}},
}

func (h *house) hook(p partner, f id.Facility) collect.Hook {
	h.t.Helper()
	k, err := h.deps.Collect.AddHook(h.ctx, collect.System, h.deps.Keys, f, p.stream, p.mode, hookSecret)
	h.must(err)
	return k
}

func address(k collect.Hook) string { return "/hooks/" + k.Stream + "/" + k.Path }

// inbound lists the outcomes of all kept messages, oldest first.
func (h *house) inbound() (out []string) {
	h.t.Helper()
	h.view(func(tx *db.Tx) error {
		list, err := collect.InboundSince(tx, time.Unix(0, 0), 1000)
		for i := len(list) - 1; i >= 0; i-- {
			out = append(out, list[i].Outcome)
		}
		return err
	})
	return out
}

const success = `{"success":true}`

// TestHookOfEveryPartner sends what each partner may send and what others may send in its name.
func TestHookOfEveryPartner(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		for i, p := range partners {
			t.Run(p.String(), func(t *testing.T) {
				h.t = t
				path := address(h.hook(p, h.School.ID))
				b := h.issue(450000)[0]
				n := 100 * (i + 1)
				body := p.say(n, h.SchoolAccount.Number, 450000, "MBVCB.123."+string(b.Code)+" LOP 3B")
				send := func(header http.Header, body []byte) (int, string) { return h.post(path, header, body) }

				header, signed := p.sign("mot-khoa-khac-han", h.clk.Now(), body)
				if status, answer := send(header, signed); status != 401 || !strings.Contains(answer, `"success":false`) {
					t.Errorf("forged: %d %s, want 401", status, answer)
				}
				if status, _ := send(nil, body); status != 401 {
					t.Errorf("unsigned: %d, want 401", status)
				}
				header, signed = p.sign(hookSecret, h.clk.Now(), body)
				if altered := bytes.Replace(signed, []byte("450000"), []byte("950000"), 1); p.mode != "apikey" && p.mode != "v1" {
					if status, _ := send(header, altered); status != 401 {
						t.Errorf("altered: %d, want 401", status)
					}
				}
				if p.timed {
					oldHeader, old := p.sign(hookSecret, h.clk.Now().Add(-10*time.Minute), body)
					if status, answer := send(oldHeader, old); status != 401 {
						t.Errorf("stale: %d %s, want 401", status, answer)
					}
				}
				if got := h.bill(b.ID); got.Paid != 0 {
					t.Fatalf("a refused message paid %d", got.Paid)
				}
				if status, answer := send(header, signed); status != 200 || answer != success {
					t.Fatalf("signed: %d %s, want 200 %s", status, answer, success)
				}
				if got := h.bill(b.ID); got.Paid != 450000 {
					t.Fatalf("paid %d, want 450000, when the answer is out", got.Paid)
				}
				// Replayed, duplicate, delivered again with a new signature: success, nothing booked.
				again, signedAgain := p.sign(hookSecret, h.clk.Advance(time.Minute), body)
				for range 2 {
					if status, answer := send(again, signedAgain); status != 200 || answer != success {
						t.Errorf("duplicate: %d %s", status, answer)
					}
				}
				if got := h.bill(b.ID); got.Paid != 450000 {
					t.Errorf("a duplicate paid again: %d", got.Paid)
				}
				// A message of this partner at the address of another stream is nobody's.
				if status, _ := h.post("/hooks/khac/"+path[len(path)-26:], header, signed); status != 404 {
					t.Errorf("unknown stream: %d, want 404", status)
				}
			})
		}
		h.t = t
		h.verify()
		if log := h.logs.String(); strings.Contains(log, hookSecret) || strings.Contains(log, "mot-khoa-khac") {
			t.Error("the log holds a secret")
		}
	})
}

func TestHookOutOfOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		var sends []func() (int, string)
		var all []bill.Bill
		for i, p := range partners {
			path := address(h.hook(p, h.School.ID))
			for j := range 6 {
				n := 1000*(i+1) + j
				b := h.issue(vnd.Amount(100000 + n))[0]
				all = append(all, b)
				header, body := p.sign(hookSecret, h.clk.Now().Add(time.Duration(j)*time.Second), p.say(n, h.SchoolAccount.Number, b.Total, string(b.Code)))
				for range 1 + j%3 {
					sends = append(sends, func() (int, string) { return h.post(path, header, body) })
				}
			}
		}
		rand.New(rand.NewPCG(1, 2)).Shuffle(len(sends), func(i, j int) { sends[i], sends[j] = sends[j], sends[i] })
		for _, send := range sends {
			if status, answer := send(); status != 200 || answer != success {
				t.Fatalf("%d %s", status, answer)
			}
		}
		for _, b := range all {
			if got := h.bill(b.ID); got.Paid != b.Total {
				t.Errorf("bill over %d has %d", b.Total, got.Paid)
			}
		}
		h.verify()
	})
}

func TestHookKeepsWhatMakesNoCredit(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		p := partners[0]
		k := h.hook(p, h.School.ID)
		send := func(body []byte) (int, string) {
			header, body := p.sign(hookSecret, h.clk.Now(), body)
			return h.post(address(k), header, body)
		}
		out := bytes.Replace(saySePay(7, h.SchoolAccount.Number, 5000, "chi"), []byte(`"transferType":"in"`), []byte(`"transferType":"out"`), 1)
		for name, c := range map[string]struct {
			body    []byte
			status  int
			outcome string
		}{
			"money out":      {out, 200, "money_out"},
			"trial":          {saySePay(0, h.SchoolAccount.Number, 5000, "thu"), 200, "test_delivery"},
			"no JSON":        {[]byte("xin chào"), 400, "malformed"},
			"empty":          {nil, 400, "malformed"},
			"fraction":       {bytes.Replace(saySePay(8, h.SchoolAccount.Number, 5000, "x"), []byte("5000"), []byte("5000.5"), 1), 400, "malformed"},
			"zero":           {saySePay(9, h.SchoolAccount.Number, 0, "x"), 400, "malformed"},
			"negative":       {saySePay(10, h.SchoolAccount.Number, -5, "x"), 400, "malformed"},
			"10^15":          {saySePay(11, h.SchoolAccount.Number, 1e15, "x"), 400, "malformed"},
			"nobody's money": {saySePay(12, "0000000000", 5000, "x"), 200, collect.RefusedAccount},
			"not ours":       {saySePay(13, h.HospitalAccount.Number, 5000, "x"), 200, collect.RefusedScope},
		} {
			before := len(h.inbound())
			status, answer := send(c.body)
			kept := h.inbound()
			if status != c.status || len(kept) != before+1 || kept[len(kept)-1] != c.outcome {
				t.Errorf("%s: %d %s, kept %v; want %d, %s", name, status, answer, kept[before:], c.status, c.outcome)
			}
			if c.status != 200 && !strings.Contains(answer, `"message":"`) {
				t.Errorf("%s: the answer gives no reason: %s", name, answer)
			}
		}
		h.view(func(tx *db.Tx) error {
			list, err := collect.InboundSince(tx, time.Unix(0, 0), 1000)
			for _, m := range list {
				if m.Outcome == "money_out" && (!bytes.Equal(m.Body, out) || m.Hook != int64(k.ID) || m.SHA256 == "" || !strings.Contains(m.Detail, "7")) {
					t.Errorf("kept %+v", m)
				}
			}
			return err
		})
		h.verify()
	})
}

// A list of Casso's first version is booked as a whole, and its bytes are kept once.
func TestHookListOfCredits(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		p := partners[3]
		k := h.hook(p, h.School.ID)
		bills := h.issue(1000, 2000)
		entry := func(n int, amount int64, memo string) map[string]any {
			return map[string]any{"id": n, "tid": fmt.Sprint("T", n), "description": memo, "amount": amount, "when": "2026-11-22 09:00:00", "bank_sub_acc_id": h.SchoolAccount.Number}
		}
		body := text(map[string]any{"error": 0, "data": []any{entry(1, 1000, string(bills[0].Code)), entry(2, -700, "phí"), entry(3, 2000, string(bills[1].Code))}})
		header, body := p.sign(hookSecret, h.clk.Now(), body)
		if status, answer := h.post(address(k), header, body); status != 200 || answer != success {
			t.Fatalf("%d %s", status, answer)
		}
		if h.bill(bills[0].ID).Paid != 1000 || h.bill(bills[1].ID).Paid != 2000 {
			t.Error("not all credits of the list are booked")
		}
		if kept := h.inbound(); len(kept) != 1 || kept[0] != outcomeList {
			t.Errorf("kept %v, want the list once", kept)
		}
		h.verify()
	})
}

func TestHookBudget(t *testing.T) {
	h := newHouse(t, dbtest.SQLite(t))
	k := h.hook(partners[0], h.School.ID)
	flood := func(times int, body []byte) {
		for range times {
			if status, _ := h.post(address(k), nil, body); status != 401 {
				t.Fatalf("forged: %d", status)
			}
		}
	}
	flood(200, []byte(`{"id":1}`))
	if n := len(h.inbound()); n != 30 {
		t.Errorf("%d forged messages are kept, want 30", n)
	}
	if n := strings.Count(h.logs.String(), "refused"); n != 30 {
		t.Errorf("%d log lines, want 30", n)
	}
	// The partner's own messages have a budget apart from that of strangers.
	header, body := partners[0].sign(hookSecret, h.clk.Now(), saySePay(0, h.SchoolAccount.Number, 5000, "thu"))
	if status, _ := h.post(address(k), header, body); status != 200 || h.inbound()[30] != "test_delivery" {
		t.Errorf("trial after the flood: %d %v", status, h.inbound())
	}
	h.clk.Advance(time.Minute)
	flood(100, []byte(`{"id":2}`))
	if n := len(h.inbound()); n != 61 {
		t.Errorf("%d messages a minute later, want 61", n)
	}
	h.clk.Advance(time.Hour)
	flood(20, bytes.Repeat([]byte{'x'}, 300<<10))
	if n := len(h.inbound()); n != 64 {
		t.Errorf("%d messages with large ones, want 64: 1 MiB holds three", n)
	}
}

func TestHookAddresses(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		p := partners[0]
		k := h.hook(p, h.School.ID)
		b := h.issue(1000)[0]
		header, body := p.sign(hookSecret, h.clk.Now(), saySePay(1, h.SchoolAccount.Number, 1000, string(b.Code)))
		for _, path := range []string{"/hooks/payos/" + k.Path, "/hooks/sepay/" + id.NewToken(), "/hooks/sepay/x", "/hooks/momo/" + k.Path} {
			if status, answer := h.post(path, header, body); status != 404 || !strings.Contains(answer, `"success":false`) {
				t.Errorf("%s: %d %s, want 404", path, status, answer)
			}
		}
		if status, answer := h.post(address(k), header, bytes.Repeat([]byte{' '}, 1<<20+1)); status != 413 || !strings.Contains(answer, "1 MiB") {
			t.Errorf("too long: %d %s, want 413", status, answer)
		}
		res, err := h.srv.Client().Get(h.srv.URL + address(k))
		h.must(err)
		res.Body.Close()
		if res.StatusCode != http.StatusMethodNotAllowed {
			t.Errorf("GET: %d, want 405", res.StatusCode)
		}
		// A new secret and a stop are obeyed once what is remembered is five seconds old.
		_, err = h.deps.Collect.ChangeHook(h.ctx, collect.System, h.deps.Keys, k.ID, "hmac", "khoa-thay-moi-2027")
		h.must(err)
		h.clk.Advance(hookFresh)
		header, body = p.sign("khoa-thay-moi-2027", h.clk.Now(), body)
		if status, answer := h.post(address(k), header, body); status != 200 {
			t.Errorf("the new secret: %d %s", status, answer)
		}
		h.must(h.deps.Collect.StopHook(h.ctx, collect.System, k.ID))
		h.clk.Advance(hookFresh)
		if status, _ := h.post(address(k), header, body); status != 404 {
			t.Errorf("stopped: %d, want 404", status)
		}
		if h.bill(b.ID).Paid != 1000 {
			t.Error("not booked")
		}
	})
}

// While the program shuts down partners are told to send again, and nothing is acknowledged.
func TestHookWhileStopping(t *testing.T) {
	h := newHouse(t, dbtest.SQLite(t))
	p := partners[0]
	k := h.hook(p, h.School.ID)
	b := h.issue(1000)[0]
	header, body := p.sign(hookSecret, h.clk.Now(), saySePay(1, h.SchoolAccount.Number, 1000, string(b.Code)))
	h.stop()
	if status, answer := h.post(address(k), header, body); status != 500 || !strings.Contains(answer, "gửi lại") {
		t.Errorf("%d %s, want 500", status, answer)
	}
	if h.bill(b.ID).Paid != 0 {
		t.Error("booked without a worker")
	}
}
