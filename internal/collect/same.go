package collect

import (
	"encoding/binary"
	"hash"
	"hash/fnv"
	"time"

	"github.com/sen-platform/sen/internal/billcode"
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/vn"
	"github.com/sen-platform/sen/internal/vnd"
)

// One credit can reach us through several streams: a webhook within seconds, the intraday
// report, the end-of-day statement, an accountant's Excel export. It is booked once; the
// other views are kept as sightings. Two views of different streams are the same credit when
//
//   - they name the same bank reference on the same account with the same amount, or
//   - account, amount and bill code are the same and the days lie at most three apart, or,
//     without a code, account, amount, day and the memo's letters and digits are the same,
//
// and the booked one has not been seen in the new view's stream yet. The last condition
// keeps two equal payments of one day apart: each stream reports both (reference 1.6).

// sameDays is how far apart two streams may date one credit: cut-off time and a weekend.
const sameDays = 3

// keysOf computes the two look-up keys of a credit; bank is 0 when there is no bank reference.
func keysOf(c *Credit, k keys) (bank, text int64) {
	if c.BankRef != "" {
		h := fnv.New64a()
		putInt(h, int64(c.Account))
		h.Write([]byte(c.BankRef))
		bank = int64(h.Sum64() | 1)
	}
	h := fnv.New64a()
	putInt(h, int64(c.Account))
	putInt(h, int64(c.Amount))
	if code := firstCode(k); code != "" {
		h.Write([]byte(code))
	} else {
		h.Write([]byte(c.BookedOn))
		writeLetters(h, c.Memo)
	}
	return bank, int64(h.Sum64())
}

func putInt(h hash.Hash64, v int64) {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], uint64(v))
	h.Write(b[:])
}

func firstCode(k keys) billcode.Code {
	for _, h := range k.hits {
		if h.Kind.IsKey() {
			return h.Code
		}
	}
	return ""
}

// writeLetters hashes the letters and digits of a memo, folded: streams differ in case,
// marks, punctuation and white space.
func writeLetters(h hash.Hash64, memo string) {
	for _, r := range vn.Memo(memo) {
		if r != ' ' {
			h.Write([]byte{byte(r)})
		}
	}
}

// known is what the database says about credits of a batch that were seen before.
type known struct {
	refs   map[ref]id.Credit // exact: this stream's own key
	byBank map[int64][]booked
	byText map[int64][]booked
	// seen tells which streams have shown a booked credit.
	seen map[id.Credit]map[string]bool
}

type ref struct{ stream, partner string }

type booked struct {
	id      id.Credit
	stream  string
	account id.Account
	amount  vnd.Amount
	on      clock.Date
}

// lookUp reads all earlier views of the batch's credits.
func lookUp(tx *db.Tx, cs []*Credit, now int64) (*known, error) {
	k := &known{refs: map[ref]id.Credit{}, byBank: map[int64][]booked{}, byText: map[int64][]booked{}, seen: map[id.Credit]map[string]bool{}}
	byStream := map[string][]string{}
	for _, c := range cs {
		byStream[c.Stream] = append(byStream[c.Stream], c.PartnerRef)
	}
	for stream, refs := range byStream {
		rows, err := tx.Query("select partner_ref, id from credit where stream = $1 and "+tx.In("partner_ref", 2)+
			" union all select partner_ref, credit_id from sighting where stream = $1 and "+tx.In("partner_ref", 2), stream, db.List(tx, refs))
		err = db.Each(rows, err, func(r db.Rows) error {
			var p string
			var c id.Credit
			if err := r.Scan(&p, &c); err != nil {
				return err
			}
			k.refs[ref{stream, p}] = c
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	found, err := candidates(tx, k, cs, now)
	if err != nil || len(found) == 0 {
		return k, err
	}
	rows, err := tx.Query("select credit_id, stream from sighting where "+tx.In("credit_id", 1), db.List(tx, found))
	err = db.Each(rows, err, func(r db.Rows) error {
		var c id.Credit
		var stream string
		if err := r.Scan(&c, &stream); err != nil {
			return err
		}
		k.mark(c, stream)
		return nil
	})
	return k, err
}

// booked columns, in the order scanBooked reads them.
const bookedColumns = "id, stream, account_id, amount, booked_on, bank_key, text_key"

// candidates reads the booked credits of other streams that could be the same as one of cs.
//
// A webhook's credit is compared with those that a file showed first, by their keys. A
// file's credits are compared with everything of their accounts and days, which is one read
// for many lines. Two webhook streams on one account are an exception; their
// credits are compared as a file's.
func candidates(tx *db.Tx, k *known, cs []*Credit, now int64) ([]id.Credit, error) {
	var found []id.Credit
	seen := map[id.Credit]bool{}
	take := func(r db.Rows) error {
		var b booked
		var bank, text int64
		if err := r.Scan(&b.id, &b.stream, &b.account, &b.amount, &b.on, &bank, &text); err != nil {
			return err
		}
		if seen[b.id] {
			return nil
		}
		seen[b.id] = true
		found = append(found, b.id)
		if bank != 0 {
			k.byBank[bank] = append(k.byBank[bank], b)
		}
		k.byText[text] = append(k.byText[text], b)
		return nil
	}
	streams, err := hookStreams(tx, cs, now)
	if err != nil {
		return nil, err
	}
	var banks, texts []int64
	type span struct {
		facility    id.Facility
		first, last clock.Date
	}
	wide := map[id.Account]span{}
	for _, c := range cs {
		if c.File == 0 {
			texts = append(texts, c.textKey)
			if c.bankKey != 0 {
				banks = append(banks, c.bankKey)
			}
		}
		if c.File != 0 || streams[c.Account] > 1 {
			sp, ok := wide[c.Account]
			if !ok {
				sp = span{c.Facility, c.BookedOn, c.BookedOn}
			}
			sp.first, sp.last = min(sp.first, c.BookedOn), max(sp.last, c.BookedOn)
			wide[c.Account] = sp
		}
	}
	if len(texts) > 0 {
		rows, err := tx.Query("select "+bookedColumns+" from credit where file_id is not null and bank_key <> 0 and "+tx.In("bank_key", 1)+
			" union all select "+bookedColumns+" from credit where file_id is not null and "+tx.In("text_key", 2), db.List(tx, banks), db.List(tx, texts))
		if err := db.Each(rows, err, take); err != nil {
			return nil, err
		}
	}
	for a, sp := range wide {
		rows, err := tx.Query("select "+bookedColumns+" from credit where facility_id = $1 and booked_on >= $2 and booked_on <= $3 and account_id = $4 order by id",
			sp.facility, sp.first.AddDays(-sameDays), sp.last.AddDays(sameDays), a)
		if err := db.Each(rows, err, take); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// hookStreams tells which webhook streams have ever shown each account's credits, this
// batch's included, which it adds. The account is locked, so two streams cannot both be first.
func hookStreams(tx *db.Tx, cs []*Credit, now int64) (map[id.Account]int, error) {
	type pair struct {
		account id.Account
		stream  string
	}
	var accounts []id.Account
	have := map[pair]bool{}
	for _, c := range cs {
		if c.File == 0 && !have[pair{c.Account, c.Stream}] {
			have[pair{c.Account, c.Stream}] = true
			accounts = append(accounts, c.Account)
		}
	}
	if len(accounts) == 0 {
		return nil, nil
	}
	stored := map[pair]bool{}
	rows, err := tx.Query("select account_id, stream from account_stream where "+tx.In("account_id", 1), db.List(tx, accounts))
	err = db.Each(rows, err, func(r db.Rows) error {
		var p pair
		err := r.Scan(&p.account, &p.stream)
		stored[p] = true
		return err
	})
	if err != nil {
		return nil, err
	}
	var fresh [][]any
	for p := range have {
		if !stored[p] {
			stored[p] = true
			fresh = append(fresh, []any{int64(p.account), p.stream, now})
		}
	}
	count := map[id.Account]int{}
	for p := range stored {
		count[p.account]++
	}
	_, err = tx.ExecMany("insert into account_stream (account_id, stream, since) values ($1, $2, $3) on conflict do nothing", fresh)
	return count, err
}

func (k *known) mark(c id.Credit, stream string) {
	if k.seen[c] == nil {
		k.seen[c] = map[string]bool{}
	}
	k.seen[c][stream] = true
}

// same finds the booked credit that c is another view of; 0 when c is new.
func (k *known) same(c *Credit) id.Credit {
	fresh := func(b booked) bool {
		return b.stream != c.Stream && !k.seen[b.id][c.Stream] && b.account == c.Account && b.amount == c.Amount
	}
	if c.bankKey != 0 {
		for _, b := range k.byBank[c.bankKey] {
			if fresh(b) {
				return b.id
			}
		}
	}
	for _, b := range k.byText[c.textKey] {
		if fresh(b) && near(b.on, c.BookedOn) {
			return b.id
		}
	}
	return 0
}

// add makes a new credit known to the rest of the batch.
func (k *known) add(c *Credit) {
	b := booked{c.ID, c.Stream, c.Account, c.Amount, c.BookedOn}
	if c.bankKey != 0 {
		k.byBank[c.bankKey] = append(k.byBank[c.bankKey], b)
	}
	k.byText[c.textKey] = append(k.byText[c.textKey], b)
	k.refs[ref{c.Stream, c.PartnerRef}] = c.ID
}

func near(a, b clock.Date) bool {
	d := a.Time().Sub(b.Time())
	return d.Abs() <= sameDays*24*time.Hour
}
