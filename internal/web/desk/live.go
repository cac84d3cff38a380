package desk

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/indicator"
	"github.com/sen-platform/sen/internal/web/page"
)

// maxStreams bounds the open streams of all desks. Who gets none still has the poll address.
const maxStreams = 2000

// seats counts open streams.
type seats struct {
	mu   sync.Mutex
	free int
}

// take gives a seat, or false when none is free.
func (s *seats) take() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.free == 0 {
		return false
	}
	s.free--
	return true
}

func (s *seats) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.free++
}

// versionOf changes with everything the first page shows of money: the figures, what waits,
// the newest credit. It reads a few rows and no bills.
func versionOf(tx *db.Tx, f id.Facility) (string, error) {
	rows, err := indicator.Query(tx, indicator.Filter{Facilities: []id.Facility{f}}, indicator.ByMonth)
	if err != nil {
		return "", err
	}
	h := sha256.New()
	for _, r := range rows {
		fmt.Fprintf(h, "%s|%v|%v|%v|", r.Month, r.Issued, r.Cancelled, r.Settled)
		for _, m := range methodNames {
			fmt.Fprintf(h, "%v|", r.Methods[m.method])
		}
	}
	w, err := collect.WaitingOf(tx, f)
	if err != nil {
		return "", err
	}
	last, _, err := collect.Credits(tx, collect.CreditFilter{Facility: f, Limit: 1})
	if err != nil {
		return "", err
	}
	fmt.Fprintf(h, "%d|%d", w.N, int64(w.Amount))
	for _, c := range last {
		fmt.Fprintf(h, "|%d", int64(c.ID))
	}
	return hex.EncodeToString(h.Sum(nil)[:6]), nil
}

func (v *visit) version() (string, error) {
	var out string
	err := v.view(func(tx *db.Tx) (err error) { out, err = versionOf(tx, v.facility.ID); return err })
	return out, err
}

// sendVersion answers GET /desk/phien-ban with the version alone, for pages whose stream is
// held up on the way.
func (f *face) sendVersion(v *visit) error {
	now, err := v.version()
	if err != nil {
		return err
	}
	page.Headers(v.w.Header(), false)
	v.w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = fmt.Fprint(v.w, now) // the reader may have gone
	return nil
}

// streamToday answers GET /desk/song: server-sent events that tell the first page to fetch
// itself again (P9). It watches before it reads, so that no change falls between, and speaks
// at most once in a while: on the day of a large round money comes every second.
func (f *face) streamToday(v *visit) error {
	if !f.streams.take() {
		page.Headers(v.w.Header(), false)
		v.w.Header().Set("Retry-After", "30")
		http.Error(v.w, "too many open streams", http.StatusServiceUnavailable)
		return nil
	}
	defer f.streams.leave()
	wake, stop := f.Collect.Hub().WatchFacility(v.facility.ID)
	defer stop()
	shown, err := v.version()
	if err != nil {
		return err
	}
	page.Headers(v.w.Header(), false)
	v.w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
	v.w.Header().Set("X-Accel-Buffering", "no") // a proxy in front must not hold events back
	ctl := http.NewResponseController(v.w)
	send := func(text string) error {
		if err := ctl.SetWriteDeadline(time.Now().Add(2 * f.beat)); err != nil && !errors.Is(err, http.ErrNotSupported) {
			return err
		}
		if _, err := fmt.Fprint(v.w, text); err != nil {
			return err
		}
		return ctl.Flush()
	}
	if send("retry: 2000\nevent: version\ndata: "+shown+"\n\n") != nil {
		return nil
	}
	beat := time.NewTicker(f.beat)
	defer beat.Stop()
	end := time.NewTimer(f.longest)
	defer end.Stop()
	for {
		select {
		case <-v.r.Context().Done():
			return nil
		case <-end.C:
			return nil
		case <-beat.C:
			if send(": \n\n") != nil {
				return nil
			}
			continue
		case <-wake:
		}
		now, err := v.version()
		if err != nil {
			return nil // the browser comes back by itself
		}
		if now != shown {
			shown = now
			if send("event: changed\ndata: "+now+"\n\n") != nil {
				return nil
			}
			select {
			case <-v.r.Context().Done():
				return nil
			case <-time.After(f.calm):
			}
		}
	}
}
