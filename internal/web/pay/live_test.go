package pay

import (
	"bufio"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/db/dbtest"
	"github.com/sen-platform/sen/internal/vnd"
)

// listener is one open stream of a payer's page.
type listener struct {
	h    *house
	res  *http.Response
	scan *bufio.Scanner
}

func (h *house) listen(base string, b bill.Bill) *listener {
	h.t.Helper()
	res, err := http.Get(base + "/p/" + b.Token + "/live")
	h.must(err)
	h.t.Cleanup(func() { res.Body.Close() })
	if res.StatusCode != http.StatusOK || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/event-stream") {
		h.t.Fatalf("stream: %s %s", res.Status, res.Header.Get("Content-Type"))
	}
	return &listener{h, res, bufio.NewScanner(res.Body)}
}

// next is the name and data of the next event; "", "" when the stream ended. A sign of life
// is the event ":".
func (l *listener) next() (name, data string) {
	for l.scan.Scan() {
		line := l.scan.Text()
		switch {
		case strings.HasPrefix(line, ":"):
			return ":", ""
		case strings.HasPrefix(line, "event: "):
			name = line[7:]
		case strings.HasPrefix(line, "data: "):
			return name, line[6:]
		}
	}
	return "", ""
}

func (h *house) status(b bill.Bill) state {
	h.t.Helper()
	res, body := h.get("/p/" + b.Token + "/status")
	if res.StatusCode != http.StatusOK {
		h.t.Fatal(res.Status)
	}
	var s state
	h.must(json.Unmarshal([]byte(body), &s))
	return s
}

// A stream tells a part payment, then the payment in full, and ends. A page that comes back
// is told not to come again.
func TestStream(t *testing.T) {
	each(t, func(h *house) {
		base := h.serve()
		b := h.issue(free)
		l := h.listen(base, b)
		if name, data := l.next(); name != "version" || data != h.status(b).Version {
			h.t.Fatalf("first event %s %s", name, data)
		}
		h.pay(b, 500_000)
		if name, data := l.next(); name != "changed" || data != h.status(b).Version {
			h.t.Fatalf("after a part: %s %s", name, data)
		}
		h.pay(b, 750_000)
		name, last := l.next()
		if name != "paid" || last != h.status(b).Version {
			h.t.Fatalf("after the rest: %s %s", name, last)
		}
		if name, _ := l.next(); name != "" {
			h.t.Errorf("the stream goes on with %s", name)
		}
		res, _ := h.get("/p/"+b.Token+"/live", "Last-Event-ID", last)
		if res.StatusCode != http.StatusNoContent {
			h.t.Errorf("coming back to a final bill: %s", res.Status)
		}
	})
}

// A cancelled bill ends the stream too, and a draft again has none.
func TestStreamEnds(t *testing.T) {
	h := newHouse(t, dbtest.SQLite(t))
	base := h.serve()
	b := h.issue()
	l := h.listen(base, b)
	l.next()
	h.must(h.s.Cancel(h.ctx, collect.System, b.ID, "lập nhầm"))
	if name, data := l.next(); name != "changed" || data != h.status(b).Version {
		t.Errorf("%s %s", name, data)
	}
	if name, _ := l.next(); name != "" {
		t.Errorf("the stream goes on with %s", name)
	}
	for _, below := range []string{"/live", "/status"} {
		if res, _ := h.get("/p/" + h.draft().Token + below); res.StatusCode != http.StatusNotFound {
			t.Errorf("draft%s: %s", below, res.Status)
		}
	}
}

// Open streams are bounded, per bill and in all; a closed one makes room. A quiet stream shows
// that it lives.
func TestStreamsAreBounded(t *testing.T) {
	h := newHouse(t, dbtest.SQLite(t))
	h.face.streams = newSeats(3, 2)
	h.face.beat = time.Millisecond
	base := h.serve()
	b, other, third := h.issue(), h.issue(), h.issue()
	first := h.listen(base, b)
	first.next()
	if name, _ := first.next(); name != ":" {
		t.Errorf("no sign of life but %q", name)
	}
	h.listen(base, b).next()
	full := func(b bill.Bill) bool {
		res, err := http.Get(base + "/p/" + b.Token + "/live")
		h.must(err)
		defer res.Body.Close()
		if res.StatusCode == http.StatusServiceUnavailable && res.Header.Get("Retry-After") == "" {
			t.Error("503 without Retry-After")
		}
		return res.StatusCode == http.StatusServiceUnavailable
	}
	if !full(b) {
		t.Error("a third stream of one bill")
	}
	h.listen(base, other).next()
	if !full(third) {
		t.Error("a fourth stream in all")
	}
	if res, _ := h.get("/p/" + third.Token + "/status?as=text"); res.StatusCode != http.StatusOK {
		t.Errorf("no poll either: %s", res.Status)
	}
	first.res.Body.Close()
	for full(third) { // the server notices within a beat
	}
}

// A stream ends after its time; the browser opens another.
func TestStreamHasAnEnd(t *testing.T) {
	h := newHouse(t, dbtest.SQLite(t))
	h.face.longest = time.Millisecond
	base := h.serve()
	l := h.listen(base, h.issue())
	l.next()
	if name, _ := l.next(); name != "" {
		t.Errorf("the stream did not end after its time but said %q", name)
	}
}

func TestSeats(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := newSeats(5, 2)
		type held struct {
			b    bill.Bill
			back func()
		}
		var open []held
		per := map[int64]int{}
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			if len(open) > 0 && rapid.Bool().Draw(t, "leave") {
				i := rapid.IntRange(0, len(open)-1).Draw(t, "who")
				open[i].back()
				per[int64(open[i].b.ID)]--
				open = append(open[:i], open[i+1:]...)
				continue
			}
			var b bill.Bill
			n := rapid.Int64Range(1, 4).Draw(t, "bill")
			b.ID += 1
			for i := int64(1); i < n; i++ {
				b.ID++
			}
			back, ok := s.take(b.ID)
			if want := len(open) < 5 && per[n] < 2; ok != want {
				t.Fatalf("%d open, %d of bill %d: %v", len(open), per[n], n, ok)
			}
			if ok {
				open = append(open, held{b, back})
				per[n]++
			}
		}
		for _, o := range open {
			o.back()
		}
		if len(s.taken) != 0 || s.free != 5 {
			t.Fatalf("seats are lost: %+v", s)
		}
	})
}

// The poll address answers small, with an ETag, and as bare text for the page's script.
func TestStatus(t *testing.T) {
	each(t, func(h *house) {
		b := h.issue(free)
		res, body := h.get("/p/" + b.Token + "/status")
		tag := res.Header.Get("ETag")
		if len(body) > 150 || tag == "" || res.Header.Get("Content-Type") != "application/json" {
			h.t.Errorf("%d bytes, ETag %q, %s", len(body), tag, res.Header.Get("Content-Type"))
		}
		if s := h.status(b); s.Status != bill.StatusOpen || s.Open != 1_250_000 || s.Paid != 0 || s.Final {
			h.t.Errorf("%+v", s)
		}
		if res, body := h.get("/p/"+b.Token+"/status", "If-None-Match", tag); res.StatusCode != http.StatusNotModified || body != "" {
			h.t.Errorf("unchanged: %s %q", res.Status, body)
		}
		if _, body := h.get("/p/" + b.Token + "/status?as=text"); body != h.status(b).Version {
			h.t.Errorf("as text: %q", body)
		}
		h.pay(b, 1_250_000)
		if res, _ := h.get("/p/"+b.Token+"/status", "If-None-Match", tag); res.StatusCode != http.StatusOK {
			h.t.Errorf("paid, and yet %s", res.Status)
		}
		if s := h.status(b); s.Status != bill.StatusPaid || s.Open != 0 || !s.Final {
			h.t.Errorf("%+v", s)
		}
	})
}

// The version on the page, the poll's and the stream's are one, and it changes with every
// payment.
func TestVersion(t *testing.T) {
	h := newHouse(t, dbtest.SQLite(t))
	b := h.issue(free)
	seen := map[string]bool{}
	for _, amount := range []vnd.Amount{0, 100_000, 100_000, 50_000, 1_000_000} {
		if amount > 0 {
			h.pay(b, amount)
		}
		v := h.status(b).Version
		if seen[v] {
			t.Errorf("version %s twice", v)
		}
		seen[v] = true
		_, html := h.get("/p/" + b.Token)
		h.want(html, `data-version="`+v+`"`)
	}
}
