package api

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sen-platform/sen/internal/access"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/db/dbtest"
)

func TestIdempotency(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		c := h.client(h.School.ID)
		key := header(headerIdempotency, "3f0c0a5e-7d0b-4c7e")
		anonymous := func(amount int64) m { return c.bill("", amount, m{"external_id": nil}) }
		_, first := c.create(anonymous(1000), key)
		if first.header.Get(headerReplayed) != "" {
			t.Error("the first answer says it is a replay")
		}
		again := c.post("/v1/bills", anonymous(1000), key).want(t, 201)
		if string(again.body) != string(first.body) || again.header.Get(headerReplayed) != "true" || again.header.Get("Location") != first.header.Get("Location") || again.header.Get("ETag") != first.header.Get("ETag") {
			t.Errorf("replay %s %v\nfirst %s", again.body, again.header, first.body)
		}
		if p := c.post("/v1/bills", anonymous(2000), key).want(t, 422).problem(t); p.Code != "idempotency_key_reused" || p.Retryable {
			t.Errorf("other body: %+v", p)
		}
		// The key is the caller's own, and counts for one path.
		h.client(h.School.ID).post("/v1/bills", anonymous(1000), key).want(t, 201)
		c.post("/v1/bills/bil_0000000000001/publish", m{}, key).want(t, 404)
		if n := len(h.bills()); n != 2 {
			t.Errorf("%d bills, want 2", n)
		}
		// A call that failed leaves its key free for the corrected one.
		key = header(headerIdempotency, "sua-lai")
		c.post("/v1/bills", anonymous(0), key).want(t, 422)
		c.post("/v1/bills", anonymous(3000), key).want(t, 201)
		// An answer is kept for the promised week, and is the old one although the bill changed.
		h.clk.Advance(7 * 24 * time.Hour)
		var n int64
		h.must(d.Update(h.ctx, func(tx *db.Tx) (err error) { n, err = access.PurgeIdempotency(tx, h.clk.Now()); return err }))
		if n != 0 {
			t.Errorf("%d answers are thrown away within the week", n)
		}
		if a := c.post("/v1/bills", anonymous(3000), key).want(t, 201); a.header.Get(headerReplayed) != "true" {
			t.Error("after a week the call runs again")
		}
	})
}

// crash makes the store look as if the process had died between the work and its answer.
func (h *house) crash(key string) {
	h.t.Helper()
	h.must(h.d.Update(h.ctx, func(tx *db.Tx) error {
		n, err := tx.Exec("update idempotency set status = 0, response = null where key = $1 and status <> 0", key)
		if err == nil && n != 1 {
			h.t.Errorf("%d answers under key %s, want 1", n, key)
		}
		return err
	}))
}

// TestCrashBeforeTheAnswer repeats each kind of call whose first run died before its answer
// was stored: first it is in flight, later it runs again, and nothing happens twice.
func TestCrashBeforeTheAnswer(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		c := h.client(h.School.ID)
		b, _ := c.create(c.bill("HD-1", 5000))
		other, _ := c.create(c.bill("HD-2", 5000, m{"publish": true}))
		gone, _ := c.create(c.bill("HD-3", 5000, m{"publish": true}))
		for _, x := range []struct {
			name, path string
			body       m
			again      int // status of the second run
		}{
			{"create", "/v1/bills", c.bill("", 7000, m{"external_id": nil, "publish": true}), 200},
			{"publish", "/v1/bills/" + b.ID + "/publish", m{}, 200},
			{"cash", "/v1/payments", m{"bill": b.ID, "amount": 2000}, 201},
			{"reissue", "/v1/bills/" + other.ID + "/reissue", c.bill("", 6000, m{"external_id": nil}), 200},
			{"cancel", "/v1/bills/" + gone.ID + "/cancel", m{"reason": "nhầm người"}, 200},
		} {
			key := header(headerIdempotency, "viec-"+x.name)
			var first, second struct{ ID string }
			a := c.post(x.path, x.body, key)
			if a.status > 201 {
				t.Fatalf("%s: %d %s", x.name, a.status, a.body)
			}
			a.into(t, &first)
			h.crash("viec-" + x.name)
			p := c.post(x.path, x.body, key).want(t, 409)
			if p.problem(t).Code != "idempotency_in_flight" || !p.problem(t).Retryable || p.header.Get("Retry-After") == "" {
				t.Errorf("%s in flight: %s %v", x.name, p.body, p.header)
			}
			before, credits := len(h.bills()), h.count("credit")
			h.clk.Advance(16 * time.Minute)
			c.post(x.path, x.body, key).want(t, x.again).into(t, &second)
			if first.ID != second.ID || len(h.bills()) != before || h.count("credit") != credits {
				t.Errorf("%s ran twice: %s and %s, %d bills, %d credits before, %d and %d after", x.name, first.ID, second.ID, before, credits, len(h.bills()), h.count("credit"))
			}
			third := c.post(x.path, x.body, key)
			if third.header.Get(headerReplayed) != "true" {
				t.Errorf("%s is not stored after the second run: %d %s", x.name, third.status, third.body)
			}
		}
		h.verify()
	})
}

func (h *house) count(table string) (n int) {
	h.t.Helper()
	h.view(func(tx *db.Tx) error { return tx.Row("select count(*) from "+table, nil, &n) })
	return n
}

// TestSameKeyAtOnce sends one call many times at the same moment.
func TestSameKeyAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		c := h.client(h.School.ID)
		body := text(c.bill("", 1000, m{"external_id": nil, "publish": true}))
		var wg sync.WaitGroup
		answers := make([]answerOf, 24)
		for i := range answers {
			wg.Go(func() {
				mine := *c
				answers[i] = mine.call(http.MethodPost, "/v1/bills", body, header(headerIdempotency, "cung-luc"))
			})
		}
		wg.Wait()
		made := 0
		for _, a := range answers {
			switch {
			case a.status == 201 && a.header.Get(headerReplayed) == "":
				made++
			case a.status == 201 || a.status == 409 && strings.Contains(string(a.body), "idempotency_in_flight"):
			default:
				t.Errorf("%d %s", a.status, a.body)
			}
		}
		if made != 1 || len(h.bills()) != 1 {
			t.Errorf("made %d times, %d bills", made, len(h.bills()))
		}
		h.verify()
	})
}
