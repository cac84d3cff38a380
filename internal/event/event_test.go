package event_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/db/dbtest"
	"github.com/sen-platform/sen/internal/event"
	"github.com/sen-platform/sen/internal/id"
)

var at = time.Date(2026, 11, 22, 2, 0, 0, 0, time.UTC)

// Writers that commit, and some that do not: numbers have no gap, and a reader who follows
// the feed while it grows sees each event once, in order.
func TestFeedMissesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		const writers, each = 4, 25
		giveUp := errors.New("changed its mind")
		var wg sync.WaitGroup
		for w := range writers {
			wg.Go(func() {
				for i := range each {
					err := d.Update(t.Context(), func(tx *db.Tx) error {
						evs := []event.Event{
							{Facility: id.Facility(w + 1), Kind: event.BillPaid, Subject: int64(i), At: at, Data: "{}"},
							{Facility: id.Facility(w + 1), Kind: event.BillPaid, Subject: int64(i), At: at, Data: "{}"},
						}
						if err := event.Append(tx, evs); err != nil {
							return err
						}
						if i%5 == 4 {
							return giveUp
						}
						return nil
					})
					if err != nil && !errors.Is(err, giveUp) {
						t.Error(err)
					}
				}
			})
		}
		done := make(chan struct{})
		go func() { wg.Wait(); close(done) }()
		var seen int64
		read := func() {
			err := d.View(t.Context(), func(tx *db.Tx) error {
				list, err := event.After(tx, seen, 7)
				for _, e := range list {
					if e.Seq != seen+1 {
						t.Errorf("event %d follows %d", e.Seq, seen)
					}
					seen = e.Seq
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		}
		for open := true; open; {
			select {
			case <-done:
				open = false
			default:
			}
			read()
		}
		const want = writers * each * 2 * 4 / 5
		for range want {
			read()
		}
		if seen != want {
			t.Errorf("the reader came to %d, want %d", seen, want)
		}
		var of, upto int64
		for more := true; more; {
			err := d.View(t.Context(), func(tx *db.Tx) error {
				list, to, again, err := event.AfterOf(tx, upto, 2, 3)
				for _, e := range list {
					if e.Facility != 2 || e.Seq <= upto {
						t.Errorf("event %+v after %d", e, upto)
					}
				}
				of += int64(len(list))
				upto, more = to, again
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		if of != want/writers || upto != want {
			t.Errorf("one facility has %d events up to %d, want %d up to %d", of, upto, want/writers, want)
		}
	})
}
