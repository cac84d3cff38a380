package pay

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/vnd"
	"github.com/sen-platform/sen/internal/web/page"
)

// Bounds of open streams. Who gets none still has the poll address.
const (
	maxStreams       = 4000
	maxStreamsOfBill = 12 // a family and its grandparents
)

// seats counts open streams.
type seats struct {
	mu    sync.Mutex
	free  int
	each  int
	taken map[id.Bill]int
}

func newSeats(all, each int) *seats { return &seats{free: all, each: each, taken: map[id.Bill]int{}} }

// take gives a seat and the function that gives it back, or false when none is free.
func (s *seats) take(b id.Bill) (func(), bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.free == 0 || s.taken[b] >= s.each {
		return nil, false
	}
	s.free--
	s.taken[b]++
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.free++
		if s.taken[b]--; s.taken[b] == 0 {
			delete(s.taken, b)
		}
	}, true
}

// stream tells the payer's page that its bill changed: GET /p/{token}/live, server-sent events
// "version" (what the page should show now), "changed" and "paid", each with the version as
// data. It watches before it reads, so that no change falls between, and ends when the bill
// is final.
func (f *face) stream(w http.ResponseWriter, r *http.Request) {
	b, err := f.billOf(r.Context(), r.PathValue("token"))
	if err != nil {
		f.refuse(w, r, err)
		return
	}
	if final(b) && r.Header.Get("Last-Event-ID") == version(b) {
		page.Headers(w.Header(), true)
		w.WriteHeader(http.StatusNoContent) // tells an EventSource not to come back
		return
	}
	leave, ok := f.streams.take(b.ID)
	if !ok {
		page.Headers(w.Header(), true)
		w.Header().Set("Retry-After", "30")
		http.Error(w, "too many open streams", http.StatusServiceUnavailable)
		return
	}
	defer leave()
	wake, stop := f.Collect.Hub().WatchBill(b.ID)
	defer stop()
	if b, err = f.billOf(r.Context(), b.Token); err != nil {
		f.refuse(w, r, err)
		return
	}
	page.Headers(w.Header(), true)
	w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
	w.Header().Set("X-Accel-Buffering", "no") // a proxy in front must not hold events back
	out := &events{w: w, ctl: http.NewResponseController(w), patience: 2 * f.beat}
	shown := version(b)
	if out.send("retry: 2000\n"+event("version", shown)) != nil || final(b) {
		return
	}
	beat := time.NewTicker(f.beat)
	defer beat.Stop()
	end := time.NewTimer(f.longest)
	defer end.Stop()
	for {
		select {
		case <-r.Context().Done():
			return
		case <-end.C:
			return
		case <-beat.C:
			if out.send(": \n\n") != nil {
				return
			}
		case <-wake:
			if b, err = f.billOf(r.Context(), b.Token); err != nil {
				if !errors.Is(err, db.ErrNotFound) && r.Context().Err() == nil {
					f.Log.Error("payer's stream ended", "bill", b.ID.String(), "err", err)
				}
				return
			}
			now := version(b)
			if now == shown {
				continue
			}
			shown = now
			name := "changed"
			if b.State == bill.Published && b.Paid >= b.Total {
				name = "paid"
			}
			if out.send(event(name, now)) != nil || final(b) {
				return
			}
		}
	}
}

func event(name, version string) string {
	return "id: " + version + "\nevent: " + name + "\ndata: " + version + "\n\n"
}

// events writes to a stream that may live longer than the server's usual write timeout.
type events struct {
	w        http.ResponseWriter
	ctl      *http.ResponseController
	patience time.Duration
}

func (e *events) send(text string) error {
	if err := e.ctl.SetWriteDeadline(time.Now().Add(e.patience)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	if _, err := fmt.Fprint(e.w, text); err != nil {
		return err
	}
	return e.ctl.Flush()
}

// refuse answers a program that asked for a stream or a status.
func (f *face) refuse(w http.ResponseWriter, r *http.Request, err error) {
	page.Headers(w.Header(), true)
	if errors.Is(err, db.ErrNotFound) {
		http.Error(w, "404", http.StatusNotFound)
		return
	}
	if r.Context().Err() == nil {
		f.Log.Error("payer's page failed", "what", "status", "err", err)
	}
	http.Error(w, "500", http.StatusInternalServerError)
}

// state is the answer of the poll address.
type state struct {
	Version string      `json:"version"`
	Status  bill.Status `json:"status"`
	Paid    vnd.Amount  `json:"paid"`
	Open    vnd.Amount  `json:"open"`
	Final   bool        `json:"final"`
}

// sendStatus answers GET /p/{token}/status: a small JSON object with an ETag, or with ?as=text
// the version alone, which is what js/live.js compares.
func (f *face) sendStatus(w http.ResponseWriter, r *http.Request) {
	b, err := f.billOf(r.Context(), r.PathValue("token"))
	if err != nil {
		f.refuse(w, r, err)
		return
	}
	st := state{Version: version(b), Status: b.Status(clock.Today(f.Clock)), Paid: b.Paid, Open: b.Open(), Final: final(b)}
	if b.State == bill.Cancelled {
		st.Open = 0
	}
	page.Headers(w.Header(), true)
	tag := `"` + st.Version + "-" + string(st.Status) + `"`
	w.Header().Set("ETag", tag)
	if strings.Contains(r.Header.Get("If-None-Match"), tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	body := []byte(st.Version)
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if r.URL.Query().Get("as") != "text" {
		w.Header().Set("Content-Type", "application/json")
		if body, err = json.Marshal(st); err != nil {
			f.refuse(w, r, err)
			return
		}
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body) // the reader may have gone
}
