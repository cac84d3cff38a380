// Package event is the outbox and the pull feed in one table: a row is written in the
// transaction of the fact it announces, and read by number afterwards (design, sections 2
// and 5). Whether and to whom an event is delivered is no part of the fact.
package event

import (
	"time"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
)

// The kinds of events.
const (
	BillPublished = "bill.published"
	BillPaid      = "bill.paid"        // paid in full
	BillPartPaid  = "bill.partly_paid" // something is still owed
	BillReopened  = "bill.reopened"    // a payment was taken back
	BillCancelled = "bill.cancelled"
	BillReissued  = "bill.reissued"
	CreditWaiting = "credit.suspense" // arrived, bill not known
	CreditSettled = "credit.settled"  // a waiting credit was assigned or returned
)

// Event says that something happened to a subject (a bill or a credit) of a facility.
type Event struct {
	// Seq rises in commit order without gaps: a reader that has seen n never misses a smaller number.
	Seq      int64
	Facility id.Facility
	Kind     string
	// Subject is the bill's or credit's identifier, by Kind.
	Subject int64
	At      time.Time
	// Data is a JSON object without names of people.
	Data string
}

// Append writes events and sets their Seq. It takes the lock of the event counter, which
// keeps numbers in commit order, so call it late in a transaction.
func Append(tx *db.Tx, evs []Event) error {
	if len(evs) == 0 {
		return nil
	}
	var last int64
	if err := tx.Row("update counter set value = value + $1 where name = 'event' returning value",
		[]any{len(evs)}, &last); err != nil {
		return err
	}
	rows := make([][]any, len(evs))
	for i := range evs {
		e := &evs[i]
		e.Seq = last - int64(len(evs)-1-i)
		rows[i] = []any{e.Seq, e.Facility, e.Kind, e.Subject, clock.Micros(e.At), e.Data}
	}
	return tx.Insert("event", []string{"seq", "facility_id", "kind", "subject", "at", "data"}, rows)
}

// Last is the number of the newest event; 0 when there is none.
func Last(tx *db.Tx) (int64, error) {
	var v int64
	err := tx.Row("select value from counter where name = 'event'", nil, &v)
	return v, err
}

func scan(r db.Rows, e *Event) error {
	var at int64
	err := r.Scan(&e.Seq, &e.Facility, &e.Kind, &e.Subject, &at, &e.Data)
	e.At = clock.FromMicros(at)
	return err
}

// After lists at most limit events with a number above seq, oldest first.
func After(tx *db.Tx, seq int64, limit int) ([]Event, error) {
	return db.All(tx, "select seq, facility_id, kind, subject, at, data from event where seq > $1 order by seq limit $2", []any{seq, limit},
		scan)
}

// scanMost bounds how many numbers AfterOf looks at in one call.
const scanMost = 20000

// AfterOf is After for one facility. There is no index by facility, since each event would
// touch a page of its own for it; so a call looks at a bounded range of numbers, and upto is
// how far it came: ask again from there. more is false when that was the end of the feed.
func AfterOf(tx *db.Tx, seq int64, f id.Facility, limit int) (list []Event, upto int64, more bool, err error) {
	last, err := Last(tx)
	if err != nil {
		return nil, seq, false, err
	}
	end := min(last, seq+scanMost)
	list, err = db.All(tx, `select seq, facility_id, kind, subject, at, data from event
		where seq > $1 and seq <= $2 and facility_id = $3 order by seq limit $4`, []any{seq, end, f, limit},
		scan)
	if err != nil {
		return nil, seq, false, err
	}
	if len(list) == limit {
		end = list[limit-1].Seq
	}
	return list, max(seq, end), end < last, nil
}
