package access

import (
	"errors"
	"time"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
)

// Idempotency (design, section 6): a call that creates money or bills carries a key; the
// same key with the same body gets the stored answer again, so a retry after a lost reply
// does nothing twice.
//
// Begin and Finish belong in the transaction of the work itself: then a crash undoes all
// three. A call too long for one transaction may commit Begin first; until Finish, retries
// get ErrInFlight, and Abandon frees the key when the work failed.

var (
	// ErrKeyReused: the key was used with another body; the edge answers 422.
	ErrKeyReused = errors.New("access: idempotency key used with another body")
	// ErrInFlight: the first call with this key has not finished; the edge answers 409, retryable.
	ErrInFlight = errors.New("access: a call with this idempotency key is still running")
)

const (
	// KeepIdempotency is how long answers are kept; callers are promised seven days.
	KeepIdempotency = 8 * 24 * time.Hour
	// inFlightFor is after what time a call that never finished counts as dead.
	inFlightFor = 15 * time.Minute
)

// Call identifies one idempotent call.
type Call struct {
	Caller     string // Subject.Actor of who calls: keys of two callers never meet
	Route      string // "POST /v1/bills"
	Key        string // the header Idempotency-Key
	BodySHA256 string // hex of the raw body's hash
}

// Answer is the reply that was given.
type Answer struct {
	Status      int
	ContentType string
	Body        []byte
}

// Begin claims a key. A nil answer means: do the work, then Finish. An answer means: it was
// done, send this. Errors: ErrKeyReused, ErrInFlight.
func Begin(tx *db.Tx, c Call, now time.Time) (*Answer, error) {
	n, err := tx.Exec("insert into idempotency (caller, route, key, body_sha256, status, at) values ($1, $2, $3, $4, 0, $5) on conflict (caller, route, key) do nothing",
		c.Caller, c.Route, c.Key, c.BodySHA256, clock.Micros(now))
	if err != nil || n == 1 {
		return nil, err
	}
	var body string
	var at int64
	var a Answer
	err = tx.Row("select body_sha256, status, content_type, response, at from idempotency where caller = $1 and route = $2 and key = $3"+tx.ForUpdate(),
		[]any{c.Caller, c.Route, c.Key}, &body, &a.Status, &a.ContentType, &a.Body, &at)
	switch {
	case err != nil:
		return nil, err
	case body != c.BodySHA256:
		return nil, ErrKeyReused
	case a.Status != 0:
		return &a, nil
	case now.Sub(clock.FromMicros(at)) < inFlightFor:
		return nil, ErrInFlight
	}
	_, err = tx.Exec("update idempotency set at = $4 where caller = $1 and route = $2 and key = $3", c.Caller, c.Route, c.Key, clock.Micros(now))
	return nil, err
}

// Finish stores the answer of a call that Begin let through.
func Finish(tx *db.Tx, c Call, a Answer) error {
	n, err := tx.Exec("update idempotency set status = $4, content_type = $5, response = $6 where caller = $1 and route = $2 and key = $3 and status = 0",
		c.Caller, c.Route, c.Key, a.Status, a.ContentType, a.Body)
	if err == nil && n == 0 {
		return db.ErrNotFound
	}
	return err
}

// Abandon frees the key of a call that failed without effect, so that a retry may run.
func Abandon(tx *db.Tx, c Call) error {
	_, err := tx.Exec("delete from idempotency where caller = $1 and route = $2 and key = $3 and status = 0", c.Caller, c.Route, c.Key)
	return err
}

// PurgeIdempotency removes answers older than KeepIdempotency and returns how many.
func PurgeIdempotency(tx *db.Tx, now time.Time) (int64, error) {
	return tx.Exec("delete from idempotency where at < $1", clock.Micros(now.Add(-KeepIdempotency)))
}
