package access

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/db/dbtest"
)

func TestIdempotency(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		now := time.Date(2026, 9, 5, 1, 0, 0, 0, time.UTC)
		call := Call{Caller: "key_1", Route: "POST /v1/bills", Key: "k", BodySHA256: "aa"}
		begin := func(c Call, at time.Time) (a *Answer, err error) {
			err = d.Update(t.Context(), func(tx *db.Tx) (err error) { a, err = Begin(tx, c, at); return err })
			return a, err
		}
		finish := func(c Call, a Answer) error {
			return d.Update(t.Context(), func(tx *db.Tx) error { return Finish(tx, c, a) })
		}
		if a, err := begin(call, now); a != nil || err != nil {
			t.Fatalf("first: %v %v", a, err)
		}
		if _, err := begin(call, now.Add(time.Second)); !errors.Is(err, ErrInFlight) {
			t.Errorf("while running: %v, want ErrInFlight", err)
		}
		other := call
		other.BodySHA256 = "bb"
		if _, err := begin(other, now); !errors.Is(err, ErrKeyReused) {
			t.Errorf("other body: %v, want ErrKeyReused", err)
		}
		for name, c := range map[string]Call{"caller": {Caller: "key_2", Route: call.Route, Key: "k", BodySHA256: "cc"}, "route": {Caller: "key_1", Route: "POST /v1/cash", Key: "k", BodySHA256: "cc"}} {
			if a, err := begin(c, now); a != nil || err != nil {
				t.Errorf("the same key of another %s: %v %v", name, a, err)
			}
		}
		want := Answer{Status: 201, ContentType: "application/json", Body: []byte(`{"id":"bil_1"}`)}
		if err := finish(call, want); err != nil {
			t.Fatal(err)
		}
		if err := finish(call, Answer{Status: 500}); !errors.Is(err, db.ErrNotFound) {
			t.Errorf("finished twice: %v, want ErrNotFound", err)
		}
		got, err := begin(call, now.Add(7*24*time.Hour))
		if diff := cmp.Diff(&want, got); err != nil || diff != "" {
			t.Errorf("seven days later: %v\n%s", err, diff)
		}
		if _, err := begin(other, now); !errors.Is(err, ErrKeyReused) {
			t.Errorf("other body after finish: %v, want ErrKeyReused", err)
		}

		// A call that died is taken over; one that failed without effect is freed.
		dead := call
		dead.Key = "dead"
		if _, err := begin(dead, now); err != nil {
			t.Fatal(err)
		}
		if a, err := begin(dead, now.Add(inFlightFor)); a != nil || err != nil {
			t.Errorf("after the first call died: %v %v", a, err)
		}
		if _, err := begin(dead, now.Add(inFlightFor+time.Second)); !errors.Is(err, ErrInFlight) {
			t.Errorf("taken over twice: %v", err)
		}
		if err := d.Update(t.Context(), func(tx *db.Tx) error { return Abandon(tx, dead) }); err != nil {
			t.Fatal(err)
		}
		if a, err := begin(dead, now); a != nil || err != nil {
			t.Errorf("after Abandon: %v %v", a, err)
		}

		purge := func(at time.Time) (n int64) {
			if err := d.Update(t.Context(), func(tx *db.Tx) (err error) { n, err = PurgeIdempotency(tx, at); return err }); err != nil {
				t.Fatal(err)
			}
			return n
		}
		if n := purge(now.Add(7 * 24 * time.Hour)); n != 0 {
			t.Errorf("purged %d within seven days", n)
		}
		if n := purge(now.Add(KeepIdempotency + time.Second)); n != 4 {
			t.Errorf("purged %d, want 4", n)
		}
	})
}

// Many retries at once of a call that does all in one transaction run its work once.
func TestIdempotencyUnderConcurrency(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		call := Call{Caller: "key_1", Route: "r", Key: "k", BodySHA256: "aa"}
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				err := d.Update(context.Background(), func(tx *db.Tx) error {
					a, err := Begin(tx, call, time.Unix(1_800_000_000, 0))
					if err != nil || a != nil {
						return err
					}
					if _, err := tx.Exec("update counter set value = value + 1 where name = 'bill'"); err != nil {
						return err
					}
					return Finish(tx, call, Answer{Status: 200})
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		var n int64
		if err := d.View(t.Context(), func(tx *db.Tx) error { return tx.Row("select value from counter where name = 'bill'", nil, &n) }); err != nil || n != 1 {
			t.Errorf("the work ran %d times: %v", n, err)
		}
	})
}
