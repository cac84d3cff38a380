// Package bank plays a bank and the aggregators behind it: payers transfer money, the
// aggregator reports each credit by a signed webhook, and the bank writes statement files.
// Both speak the real protocols and misbehave on request.
//
// It is built from the partners' documents and on nothing of ours (not on the rails), so
// that a wrong rail cannot hide behind an equally wrong fake. Everything random comes from
// one seed: the same seed and calls give the same town.
package bank

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/sen-platform/sen/internal/vnd"
)

// zone is Viet Nam's; partners write local times without a zone.
var zone = time.FixedZone("+07", 7*60*60)

// Account is an account that the bank keeps for somebody who collects.
type Account struct {
	Number string
	Brand  string // "Vietcombank", as aggregators write it
	BIN    string
	Holder string // in capitals without marks
}

// Movement is money that came in on an account.
type Movement struct {
	ID     int64  // the aggregator's number, unique for ever
	Ref    string // the bank's reference, the same in webhook and statement
	At     time.Time
	Amount vnd.Amount
	Memo   string // as it arrives: in capitals, without marks, in the frame of the sender's bank

	PayerName, PayerAccount, PayerBank string
	VirtualAccount                     string

	Balance vnd.Amount // after it
}

// Bank keeps accounts and their movements. Safe for concurrent use.
type Bank struct {
	mu    sync.Mutex
	rng   *rand.Rand
	last  int64
	books map[string]*book
}

// book is one account's history.
type book struct {
	Account
	opening   vnd.Amount // before the first movement
	movements []Movement
}

// New returns a bank without accounts. first is where the numbering of movements begins; a
// bank that goes on after a restart takes a number above all it gave before.
func New(seed uint64, first int64) *Bank {
	return &Bank{rng: rand.New(rand.NewPCG(seed, 0x5e2)), last: first, books: map[string]*book{}}
}

// Open opens an account that holds opening. Opening it again changes nothing.
func (b *Bank) Open(a Account, opening vnd.Amount) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.books[a.Number] == nil {
		b.books[a.Number] = &book{Account: a, opening: opening}
	}
}

// Transfer is what a payer orders.
type Transfer struct {
	To             string // account number
	VirtualAccount string
	Amount         vnd.Amount
	Memo           string // as typed or prefilled by the QR code
	Payer          string // full name, any spelling
	At             time.Time
	// Framed puts the memo into the frame of the sender's bank; otherwise it arrives bare.
	Framed bool
}

// Take books a transfer and returns the movement.
func (b *Bank) Take(t Transfer) (Movement, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	k := b.books[t.To]
	if k == nil {
		return Movement{}, fmt.Errorf("bank: no account %s", t.To)
	}
	if t.Amount <= 0 {
		return Movement{}, fmt.Errorf("bank: amount %d", int64(t.Amount))
	}
	b.last++
	m := Movement{
		ID: b.last, At: t.At, Amount: t.Amount, VirtualAccount: t.VirtualAccount, Balance: k.opening + t.Amount,
		Ref: fmt.Sprintf("FT%s%09d", t.At.In(zone).Format("06002"), b.last%1_000_000_000),
	}
	if n := len(k.movements); n > 0 {
		m.Balance = k.movements[n-1].Balance + t.Amount
	}
	m.PayerName = plain(t.Payer)
	sender := senders[b.rng.IntN(len(senders))]
	m.PayerBank, m.PayerAccount = sender.brand, fmt.Sprintf("%s%07d", sender.prefix, b.rng.IntN(10_000_000))
	m.Memo = plain(t.Memo)
	if t.Framed {
		m.Memo = sender.frame(b.rng, m, k.Account)
	}
	k.movements = append(k.movements, m)
	return m, nil
}

// between lists an account's movements booked on the days from first to last, YYYY-MM-DD, and
// its balance before them.
func (b *Bank) between(number, first, last string) (a Account, opening vnd.Amount, list []Movement, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	k := b.books[number]
	if k == nil {
		return a, 0, nil, fmt.Errorf("bank: no account %s", number)
	}
	opening = k.opening
	for _, m := range k.movements {
		switch d := day(m.At); {
		case d < first:
			opening = m.Balance
		case d <= last:
			list = append(list, m)
		}
	}
	return k.Account, opening, list, nil
}

func day(t time.Time) string { return t.In(zone).Format(time.DateOnly) }
