package collect

import (
	"context"
	"sync"
	"time"

	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/event"
	"github.com/sen-platform/sen/internal/id"
)

// Hub wakes whoever watches a bill or a facility. A wake-up carries no data: the watcher
// reads the state again, so a lost or doubled one does no harm.
type Hub struct {
	mu       sync.Mutex
	bills    map[id.Bill]map[chan struct{}]struct{}
	facility map[id.Facility]map[chan struct{}]struct{}
}

func newHub() *Hub {
	return &Hub{bills: map[id.Bill]map[chan struct{}]struct{}{}, facility: map[id.Facility]map[chan struct{}]struct{}{}}
}

// WatchBill returns a channel that gets a value after a commit changed the bill, and a
// function that ends the watch.
func (h *Hub) WatchBill(b id.Bill) (<-chan struct{}, func()) { return watch(h, h.bills, b) }

// WatchFacility is WatchBill for anything of a facility.
func (h *Hub) WatchFacility(f id.Facility) (<-chan struct{}, func()) { return watch(h, h.facility, f) }

func watch[K comparable](h *Hub, m map[K]map[chan struct{}]struct{}, k K) (<-chan struct{}, func()) {
	ch := make(chan struct{}, 1)
	h.mu.Lock()
	defer h.mu.Unlock()
	if m[k] == nil {
		m[k] = map[chan struct{}]struct{}{}
	}
	m[k][ch] = struct{}{}
	return ch, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(m[k], ch)
		if len(m[k]) == 0 {
			delete(m, k)
		}
	}
}

func (h *Hub) wake(evs []event.Event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.bills) == 0 && len(h.facility) == 0 {
		return
	}
	for _, e := range evs {
		for ch := range h.bills[id.Bill(e.Subject)] {
			poke(ch)
		}
		for ch := range h.facility[e.Facility] {
			poke(ch)
		}
	}
}

func poke(ch chan struct{}) {
	select {
	case ch <- struct{}{}:
	default: // a wake-up is waiting already
	}
}

// followEvery is how often Follow looks for events of other processes: a payer's page must
// turn within a second of the commit, wherever it was made.
const followEvery = 400 * time.Millisecond

// Follow wakes watchers for events that other processes on the same database commit. Events
// of this process come through at once and once more here, which does no harm.
func (s *Service) Follow(ctx context.Context) error {
	var seen int64
	if err := s.db.View(ctx, func(tx *db.Tx) (err error) { seen, err = event.Last(tx); return err }); err != nil {
		return err
	}
	t := time.NewTicker(followEvery)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
		}
		var evs []event.Event
		err := s.db.View(ctx, func(tx *db.Tx) (err error) { evs, err = event.After(tx, seen, 1000); return err })
		if err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return err
		}
		if len(evs) > 0 {
			seen = evs[len(evs)-1].Seq
			s.hub.wake(evs)
		}
	}
}
