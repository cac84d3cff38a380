// Package audit says what happened, who did it, and proves that the record was not changed:
// each row's hash covers the row and the hash before it (invariant 7).
package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
)

// Record is one line of the log.
type Record struct {
	Seq      int64
	At       time.Time
	Actor    string // "usr_…", "key_…", "hook:sepay", "system"
	Action   string // "credits.receive", "bill.cancel" …
	Subject  string // identifier of what it was done to; "" for a batch
	Facility id.Facility
	Detail   string // JSON object
	Prev     string
	Hash     string
}

// New makes a record; detail is marshalled to JSON and must be marshallable.
func New(at time.Time, actor, action, subject string, f id.Facility, detail any) (Record, error) {
	b, err := json.Marshal(detail)
	if err != nil {
		return Record{}, fmt.Errorf("audit %s: %w", action, err)
	}
	return Record{At: at, Actor: actor, Action: action, Subject: subject, Facility: f, Detail: string(b)}, nil
}

// genesis is the hash before the first record.
const genesis = "0000000000000000000000000000000000000000000000000000000000000000"

// hash covers every field; lengths are part of it, so no field can flow into the next.
func (r Record) hash() string {
	h := sha256.New()
	fmt.Fprintf(h, "%s|%d|%d|%d", r.Prev, r.Seq, clock.Micros(r.At), int64(r.Facility))
	for _, s := range []string{r.Actor, r.Action, r.Subject, r.Detail} {
		fmt.Fprintf(h, "|%d:%s", len(s), s)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Append writes records at the end of the chain. On PostgreSQL it waits for other writers
// of the log by the lock of the event counter, so call it after event.Append, last in a
// transaction.
func Append(tx *db.Tx, recs ...Record) error {
	if len(recs) == 0 {
		return nil
	}
	if tx.Engine() == db.Postgres {
		// Taken again at no cost by a transaction that wrote events.
		if _, err := tx.Exec("select value from counter where name = 'event' for update"); err != nil {
			return err
		}
	}
	seq, prev := int64(0), genesis
	err := tx.Row("select seq, hash from audit order by seq desc limit 1", nil, &seq, &prev)
	if err != nil && !errors.Is(err, db.ErrNotFound) {
		return err
	}
	rows := make([][]any, len(recs))
	for i := range recs {
		r := &recs[i]
		seq++
		r.Seq, r.Prev = seq, prev
		r.Hash = r.hash()
		prev = r.Hash
		var f any
		if r.Facility != 0 {
			f = r.Facility
		}
		rows[i] = []any{r.Seq, clock.Micros(r.At), r.Actor, r.Action, r.Subject, f, r.Detail, r.Prev, r.Hash}
	}
	return tx.Insert("audit", []string{"seq", "at", "actor", "action", "subject", "facility_id", "detail", "prev_hash", "hash"}, rows)
}

const columns = "seq, at, actor, action, subject, coalesce(facility_id, 0), detail, prev_hash, hash"

func scan(r db.Rows, a *Record) error {
	var at int64
	err := r.Scan(&a.Seq, &at, &a.Actor, &a.Action, &a.Subject, &a.Facility, &a.Detail, &a.Prev, &a.Hash)
	a.At = clock.FromMicros(at)
	return err
}

// Of lists what was done to a subject, oldest first.
func Of(tx *db.Tx, subject string) ([]Record, error) {
	return db.All(tx, "select "+columns+" from audit where subject = $1 order by seq", []any{subject}, scan)
}

// ErrBroken: the log is not what was written.
var ErrBroken = errors.New("audit: chain broken")

// verifyPage is how many records Verify holds at a time.
const verifyPage = 1000

// Verify walks the whole chain and returns the first thing wrong with it (ErrBroken), or nil. each, when
// not nil, sees every record, so that callers can check what a record vouches for; it may use tx.
func Verify(tx *db.Tx, each func(Record) error) error {
	prev, next, last := genesis, int64(1), int64(math.MinInt64)
	for {
		page, err := db.All(tx, "select "+columns+" from audit where seq > $1 order by seq limit $2", []any{last, verifyPage}, scan)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, r := range page {
			switch {
			case r.Seq != next:
				return fmt.Errorf("%w: record %d is missing", ErrBroken, next)
			case r.Prev != prev:
				return fmt.Errorf("%w: record %d does not follow record %d", ErrBroken, r.Seq, r.Seq-1)
			case r.Hash != r.hash():
				return fmt.Errorf("%w: record %d was changed", ErrBroken, r.Seq)
			}
			prev, next, last = r.Hash, next+1, r.Seq
			if each != nil {
				if err := each(r); err != nil {
					return err
				}
			}
		}
	}
}
