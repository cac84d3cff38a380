// Package clock makes time an input. Everything that asks "when is now" takes a
// Clock, so deadlines and reports can be tested at any date (design, section 4).
package clock

import (
	"sync"
	"time"
)

// Clock tells the present instant. Implementations are safe for concurrent use.
type Clock interface {
	Now() time.Time
}

// VN is Asia/Ho_Chi_Minh as a fixed zone: Viet Nam has had +07:00 without daylight
// saving since 1975, and a fixed zone does not depend on the host's zone files.
var VN = time.FixedZone("+07", 7*60*60)

// System is the machine's clock, cut to microseconds, the unit instants are stored in.
type System struct{}

// Now returns the present instant in UTC.
func (System) Now() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

// Manual is a clock that only moves when told to; for tests and simulations.
type Manual struct {
	mu  sync.Mutex
	now time.Time
}

// NewManual returns a clock standing at t.
func NewManual(t time.Time) *Manual { return &Manual{now: t.UTC().Truncate(time.Microsecond)} }

// Now returns the instant the clock stands at.
func (m *Manual) Now() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.now
}

// Set moves the clock to t, which may lie in the past.
func (m *Manual) Set(t time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now = t.UTC().Truncate(time.Microsecond)
}

// Advance moves the clock by d and returns the new instant.
func (m *Manual) Advance(d time.Duration) time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now = m.now.Add(d)
	return m.now
}

// Micros is t as stored in the database: microseconds since 1970 in UTC.
func Micros(t time.Time) int64 { return t.UnixMicro() }

// FromMicros is the inverse of Micros; the result is in UTC.
func FromMicros(us int64) time.Time { return time.UnixMicro(us).UTC() }

// Date is a calendar day without a zone, written YYYY-MM-DD. The empty Date means "none".
type Date string

// DateOf is the calendar day of t in Viet Nam.
func DateOf(t time.Time) Date { return Date(t.In(VN).Format(time.DateOnly)) }

// Today is the present calendar day in Viet Nam.
func Today(c Clock) Date { return DateOf(c.Now()) }

// ParseDate reads YYYY-MM-DD strictly.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return "", err
	}
	return Date(t.Format(time.DateOnly)), nil
}

// Time is midnight in Viet Nam at the start of d; the zero Time for an empty or malformed Date.
func (d Date) Time() time.Time {
	t, err := time.ParseInLocation(time.DateOnly, string(d), VN)
	if err != nil {
		return time.Time{}
	}
	return t
}

// AddDays is d moved by n calendar days; empty for an empty or malformed Date, so that "no
// date" never turns into a day of the year 1.
func (d Date) AddDays(n int) Date {
	t := d.Time()
	if t.IsZero() {
		return ""
	}
	return DateOf(t.AddDate(0, 0, n))
}

// Month is the first seven characters, YYYY-MM; empty for an empty Date.
func (d Date) Month() string {
	if len(d) < 7 {
		return ""
	}
	return string(d[:7])
}

// VN writes the day as people in Viet Nam do, 22/11/2026; empty for an empty Date.
func (d Date) VN() string {
	t := d.Time()
	if t.IsZero() {
		return ""
	}
	return t.Format("02/01/2006")
}
