package collect

import (
	"fmt"
	"strings"
	"time"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/rail"
	"github.com/sen-platform/sen/internal/vn"
	"github.com/sen-platform/sen/internal/vnd"
)

// CreditFilter selects credits of one facility for a list. Zero fields select everything.
type CreditFilter struct {
	Facility id.Facility // required
	Waiting  bool        // some of it is in suspense
	Surplus  bool        // some of it is payer's credit
	Status   []Status
	Method   rail.Method
	Text     string // words of memo, payer, account or bank reference, with or without marks; or an amount
	From, To clock.Date
	Before   id.Credit // continues a list after this one
	Limit    int       // 1 … 500; 0 means 50
}

// Credits lists credits, newest first; next is what Before of the following page must be,
// 0 on the last one.
func Credits(tx *db.Tx, f CreditFilter) (list []Credit, next id.Credit, err error) {
	c := &clauses{}
	f.where(tx, c)
	if f.Before != 0 {
		c.add("id < " + c.arg(f.Before))
	}
	limit := f.Limit
	if limit <= 0 {
		limit = 50
	}
	limit = min(limit, 500)
	list, err = db.All(tx, "select "+creditColumns+" from credit where "+c.text()+" order by id desc limit "+c.arg(limit+1), c.args, scanCredit)
	if len(list) > limit {
		list = list[:limit]
		next = list[limit-1].ID
	}
	return list, next, err
}

// bookedLate bounds how long before its booking day a credit can be in the store: a bank that
// takes in money on a holiday books it on the next working day.
const bookedLate = 14

func (f CreditFilter) where(tx *db.Tx, c *clauses) {
	c.add("facility_id = " + c.arg(f.Facility))
	if f.Waiting {
		c.add("suspense > 0")
	}
	if f.Surplus {
		c.add("surplus > 0")
	}
	if len(f.Status) > 0 {
		c.add(tx.In("status", c.next(db.List(tx, f.Status))))
	}
	if f.Method != "" {
		c.add("method = " + c.arg(f.Method))
	}
	if f.From != "" {
		// Identifiers rise with time, so the list by facility needs not be walked to its end.
		c.add("booked_on >= " + c.arg(f.From) + " and id >= " + c.arg(madeFrom(f.From.AddDays(-bookedLate).Time())))
	}
	if f.To != "" {
		c.add("booked_on <= " + c.arg(f.To))
	}
	f.whereText(c)
}

// whereText wants every word of the text somewhere in what the bank told, or the whole text
// to be the amount.
func (f CreditFilter) whereText(c *clauses) {
	text := vn.Clean(f.Text)
	if text == "" {
		return
	}
	var words []string
	for _, w := range strings.Fields(strings.ToLower(text)) {
		forms := []string{w}
		if plain := vn.Fold(w); plain != w {
			forms = append(forms, plain)
		}
		var any []string
		for _, form := range forms {
			p := c.arg("%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(form) + "%")
			for _, col := range []string{"memo", "payer_name", "payer_account", "bank_ref"} {
				any = append(any, "lower("+col+") like "+p+` escape '\'`)
			}
		}
		words = append(words, "("+strings.Join(any, " or ")+")")
	}
	cond := strings.Join(words, " and ")
	if amount, err := vnd.Parse(text); err == nil {
		cond = "(" + cond + ") or amount = " + c.arg(amount)
	}
	c.add("(" + cond + ")")
}

// clauses gathers conditions with numbered parameters.
type clauses struct {
	list []string
	args []any
}

// next keeps a parameter and returns its number.
func (c *clauses) next(v any) int {
	c.args = append(c.args, v)
	return len(c.args)
}

func (c *clauses) arg(v any) string { return fmt.Sprintf("$%d", c.next(v)) }

func (c *clauses) add(cond string) { c.list = append(c.list, cond) }

func (c *clauses) text() string { return strings.Join(c.list, " and ") }

// madeFrom is the smallest identifier that can have been made at the instant (see package id:
// 22 bits follow the milliseconds).
func madeFrom(t time.Time) int64 {
	return max(t.UnixMilli()-id.Time(0).UnixMilli(), 0) << 22
}

// WaitingSum is what a facility has in suspense.
type WaitingSum struct {
	N      int64
	Amount vnd.Amount
	Oldest time.Time // when the one that waits longest came in; zero when none waits
}

// WaitingOf sums up a facility's suspense.
func WaitingOf(tx *db.Tx, f id.Facility) (WaitingSum, error) {
	var s WaitingSum
	var oldest int64
	err := tx.Row("select count(*), cast(coalesce(sum(suspense), 0) as bigint), coalesce(min(received_at), 0) from credit where facility_id = $1 and suspense > 0",
		[]any{f}, &s.N, &s.Amount, &oldest)
	if oldest != 0 {
		s.Oldest = clock.FromMicros(oldest)
	}
	return s, err
}

// LastCredit is when money was last reported to a facility, cash apart; zero when never.
func LastCredit(tx *db.Tx, f id.Facility) (time.Time, error) {
	times, err := db.All(tx, "select received_at from credit where facility_id = $1 and stream <> $2 order by id desc limit 1", []any{f, streamCash},
		func(r db.Rows, t *time.Time) error {
			var us int64
			err := r.Scan(&us)
			*t = clock.FromMicros(us)
			return err
		})
	if err != nil || len(times) == 0 {
		return time.Time{}, err
	}
	return times[0], nil
}

// CreditsByID reads many credits in one query; unknown identifiers are absent from the result.
func CreditsByID(tx *db.Tx, ids []id.Credit) (map[id.Credit]Credit, error) {
	out := make(map[id.Credit]Credit, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	list, err := db.All(tx, "select "+creditColumns+" from credit where "+tx.In("id", 1), []any{db.List(tx, ids)}, scanCredit)
	for _, c := range list {
		out[c.ID] = c
	}
	return out, err
}

// Sighting is another stream's or file's view of a credit: evidence, never a second posting.
type Sighting struct {
	Stream, PartnerRef string
	File               id.File
	At                 time.Time
}

// SightingsOf lists where a credit was seen besides the stream that booked it, oldest first.
func SightingsOf(tx *db.Tx, c id.Credit) ([]Sighting, error) {
	return db.All(tx, "select stream, partner_ref, coalesce(file_id, 0), at from sighting where credit_id = $1 order by at, partner_ref", []any{c},
		func(r db.Rows, s *Sighting) error {
			var at int64
			err := r.Scan(&s.Stream, &s.PartnerRef, &s.File, &at)
			s.At = clock.FromMicros(at)
			return err
		})
}

// CashSum is the cash of one day.
type CashSum struct {
	N      int64
	Amount vnd.Amount
}

// CashOn lists the cash a facility took on a day, newest first, at most limit, and sums all of it.
func CashOn(tx *db.Tx, f id.Facility, day clock.Date, limit int) ([]Credit, CashSum, error) {
	const where = " from credit where facility_id = $1 and id >= $2 and booked_on = $3 and stream = $4"
	args := []any{f, madeFrom(day.Time()), day, streamCash}
	var s CashSum
	if err := tx.Row("select count(*), cast(coalesce(sum(amount), 0) as bigint)"+where, args, &s.N, &s.Amount); err != nil {
		return nil, s, err
	}
	list, err := db.All(tx, "select "+creditColumns+where+" order by id desc limit $5", append(args, limit), scanCredit)
	return list, s, err
}
