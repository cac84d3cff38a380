package portal

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"golang.org/x/time/rate"
	"pgregory.net/rapid"

	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/db/dbtest"
)

// Any one of the facts on record opens the bill, typed as people type.
func TestLookUp(t *testing.T) {
	each(t, func(h *house) {
		b := h.issue(false)
		spaced := strings.ToLower(b.Code.Display())
		for _, fact := range []string{"2018", " 2018 ", "12/05/2018", "0318", "0900000318", "+84 900 000 318", "hs 0001", "HS0001"} {
			res, body := h.do(http.MethodPost, "/tra-cuu", "203.0.113."+fmt.Sprint(len(fact)), values("ma", spaced, "thong-tin", fact))
			if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/p/"+b.Token {
				h.t.Errorf("%q: %s %s\n%s", fact, res.Status, res.Header.Get("Location"), plain(body))
			}
			if got := res.Header.Get("Referrer-Policy"); got != "no-referrer" {
				h.t.Errorf("the way to the bill has the policy %q", got)
			}
		}
		if res, _ := h.do(http.MethodPost, "/tra-cuu?lang=en", "203.0.113.99", values("ma", spaced, "thong-tin", "2018")); res.Header.Get("Location") != "/p/"+b.Token+"?lang=en" {
			h.t.Errorf("English goes to %s", res.Header.Get("Location"))
		}
		for _, fact := range []string{"2017", "318", "900000318x", "0319", "HS0002", "Nguyễn Minh Khôi", "18", "0", "3B"} {
			if res, _ := h.do(http.MethodPost, "/tra-cuu", "198.51.100."+fmt.Sprint(len(fact)), values("ma", string(b.Code), "thong-tin", fact)); res.StatusCode == http.StatusSeeOther {
				h.t.Errorf("%q opens the bill", fact)
			}
			h.face.codes.forget(string(b.Code))
		}
	})
}

// What is not on record opens nothing: an empty fact is no key.
func TestMissingFactsAreNoKey(t *testing.T) {
	none := bill.Bill{}
	bare := bill.Bill{PayerPhone: "0900000318"}
	for _, fact := range []string{"", " ", "0", "0000", "-", "\x00", "0001"} {
		if knows(none, fact) || knows(bare, fact) {
			t.Errorf("%q opens a bill without that fact", fact)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		if fact := rapid.String().Draw(t, "fact"); knows(none, fact) {
			t.Fatalf("%q opens a bill of which nothing is known", fact)
		}
	})
}

// A code that does not exist, one that exists but is a draft, and one with a wrong fact get the
// same answer: status, headers, body, and the moment of it.
func TestLookUpCannotBeWalked(t *testing.T) {
	each(t, func(h *house) {
		known, draft := h.issue(false), h.issue(true)
		unknown := h.issue(false)
		h.must(h.d.Update(h.ctx, deleteBill(unknown)))
		type answer struct {
			status int
			header string
			body   string
		}
		var first answer
		for i, c := range []struct {
			what string
			b    bill.Bill
			fact string
		}{{"wrong fact", known, "1999"}, {"unknown", unknown, "2018"}, {"draft", draft, "2018"}} {
			h.held = nil
			res, body := h.post("/tra-cuu", "ma", string(c.b.Code), "thong-tin", c.fact)
			body = strings.NewReplacer(string(c.b.Code), "CODE", c.fact, "FACT").Replace(body)
			got := answer{res.StatusCode, fmt.Sprint(res.Header), body}
			if i == 0 {
				first = got
				h.want(plain(body), "Không có phiếu nào khớp với cả mã và thông tin này")
				continue
			}
			if got != first {
				h.t.Errorf("%s: another answer than for a wrong fact:\n%v\n%v", c.what, got, first)
			}
			if len(h.held) != 1 || h.held[0] != missAfter {
				h.t.Errorf("%s: answered after %v", c.what, h.held)
			}
		}
	})
}

// Tries are bounded per code, whether or not it exists, and per network address; time gives
// them back; who knows the fact pays nothing.
func TestLookUpsAreBounded(t *testing.T) {
	h := newHouse(t, dbtest.SQLite(t))
	known, unknown := h.issue(false), h.issue(false)
	h.must(h.d.Update(h.ctx, deleteBill(unknown)))
	var answers []string
	for _, b := range []bill.Bill{known, unknown} {
		for i := range lookUpsOfCode {
			if res, _ := h.do(http.MethodPost, "/tra-cuu", fmt.Sprintf("198.51.100.%d", i), values("ma", string(b.Code), "thong-tin", "1999")); res.StatusCode != http.StatusUnprocessableEntity {
				t.Fatalf("try %d: %s", i, res.Status)
			}
		}
		// The sixth is refused from any address, even with the right fact.
		res, body := h.do(http.MethodPost, "/tra-cuu", "198.51.100.77", values("ma", string(b.Code), "thong-tin", "2018"))
		if res.StatusCode != http.StatusTooManyRequests || res.Header.Get("Retry-After") != "601" {
			t.Errorf("%s, Retry-After %q", res.Status, res.Header.Get("Retry-After"))
		}
		h.want(plain(body), "Thử lại sau 10 phút")
		answers = append(answers, strings.ReplaceAll(body, string(b.Code), "CODE"))
	}
	if answers[0] != answers[1] {
		t.Error("the refusal tells whether the code exists")
	}
	h.clk.Advance(codeEvery)
	if res, _ := h.post("/tra-cuu", "ma", string(known.Code), "thong-tin", "2018"); res.StatusCode != http.StatusSeeOther {
		t.Errorf("after the time: %s", res.Status)
	}
	for i := range 3 * lookUpsOfCode { // a right fact gives the tries back
		if res, _ := h.do(http.MethodPost, "/tra-cuu", fmt.Sprintf("192.0.2.%d", i), values("ma", string(known.Code), "thong-tin", "2018")); res.StatusCode != http.StatusSeeOther {
			t.Fatalf("opening %d: %s", i, res.Status)
		}
	}
	// One network address walks over many codes.
	refused := 0
	for range lookUpsOfAddress + 5 {
		b := h.issue(false)
		if res, _ := h.do(http.MethodPost, "/tra-cuu", "203.0.113.200", values("ma", string(b.Code), "thong-tin", "1999")); res.StatusCode == http.StatusTooManyRequests {
			refused++
		}
	}
	if refused != 5 {
		t.Errorf("%d of %d tries of one address were refused, want 5", refused, lookUpsOfAddress+5)
	}
	if h.log.Len() > 0 {
		t.Errorf("log: %s", h.log)
	}
}

// A mistake in the form of a code is explained without looking anything up.
func TestCodeMistakes(t *testing.T) {
	h := newHouse(t, dbtest.SQLite(t))
	b := h.issue(false)
	wrong := []byte(b.Code)
	if wrong[5] = 'C'; b.Code[5] == 'C' {
		wrong[5] = 'F'
	}
	swapped := []byte(b.Code)
	swapped[4], swapped[5] = swapped[5], swapped[4]
	for code, say := range map[string]string{
		"":                        "Gõ mã hóa đơn in trên phiếu thu",
		"   ":                     "Gõ mã hóa đơn in trên phiếu thu",
		string(b.Code[:11]):       "Mã hóa đơn phải có 12 ký tự, mới có 11",
		"HP":                      "mới có 2",
		"XX" + string(b.Code[2:]): "bắt đầu bằng một trong các chữ HP, VP, TP",
		string(wrong):             "Gần nhất là " + b.Code.Display(),
		"HP!!!!!!!!!!":            "Mã này không đúng",
		strings.Repeat("9", 5000): "mới có 5000",
		"HP0123456789":            "Mã",
	} {
		res, body := h.post("/tra-cuu", "ma", code, "thong-tin", "2018")
		if res.StatusCode != http.StatusUnprocessableEntity || len(h.held) > 0 {
			t.Errorf("%.20q: %s", code, res.Status)
		}
		h.want(plain(body), say, "Có 1 chỗ cần sửa")
		h.want(body, "<title>Lỗi: ", `aria-invalid="true"`, `value="2018"`)
	}
	_, body := h.post("/tra-cuu", "ma", string(b.Code), "thong-tin", " ")
	h.want(plain(body), "Gõ năm sinh, hoặc 4 số cuối điện thoại")
	if res, _ := h.post("/tra-cuu", "ma", strings.Repeat("x", maxForm)); res.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a huge form: %s", res.Status)
	}
	if res, _ := h.get("/tra-cuu"); res.Header.Get("Location") != "/" {
		t.Errorf("GET /tra-cuu: %s", res.Status)
	}
	_, body = h.get("/?ma=" + string(b.Code))
	h.want(body, `value="`+string(b.Code)+`"`)
}

// The memory of limits is bounded, keeps whom it saw last, and never lets more through than a
// bucket holds.
func TestLimits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := newLimits(rate.Every(time.Second), 2, 3)
		now := start
		left := map[string]float64{} // of the keys still remembered
		var order []string
		for range rapid.IntRange(1, 80).Draw(t, "steps") {
			pause := time.Duration(rapid.IntRange(0, 1500).Draw(t, "pause")) * time.Millisecond
			now = now.Add(pause)
			for k := range left {
				left[k] = min(2, left[k]+pause.Seconds())
			}
			key := rapid.SampledFrom([]string{"a", "b", "c", "d"}).Draw(t, "key")
			if _, ok := left[key]; !ok {
				left[key] = 2
			}
			for i, k := range order {
				if k == key {
					order = append(order[:i], order[i+1:]...)
					break
				}
			}
			if order = append(order, key); len(order) > 3 {
				delete(left, order[0])
				order = order[1:]
			}
			free := left[key] > 0.9999
			if delay := l.take(now, key); (delay == 0) != free {
				t.Fatalf("%s has %.3f tries left and waits %v", key, left[key], delay)
			}
			if free {
				left[key]--
			}
			if l.order.Len() != len(order) || len(l.byKey) != len(order) {
				t.Fatalf("%d keys are remembered", l.order.Len())
			}
		}
	})
}

// One household has one bound, whatever addresses its telephones use.
func TestAddress(t *testing.T) {
	for remote, want := range map[string]string{
		"203.0.113.7:4711":            "203.0.113.7",
		"[2001:db8:1:2:aaaa::1]:4711": "2001:db8:1:2::/64",
		"[2001:db8:1:2:bbbb::9]:80":   "2001:db8:1:2::/64",
		"[::ffff:203.0.113.7]:80":     "203.0.113.7",
		"[fe80::1%eth0]:80":           "fe80::/64",
		"203.0.113.7":                 "203.0.113.7",
		"@":                           "@",
	} {
		if got := address(&http.Request{RemoteAddr: remote}); got != want {
			t.Errorf("%s: %s, want %s", remote, got, want)
		}
	}
}
