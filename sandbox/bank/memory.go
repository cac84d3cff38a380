package bank

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"

	"github.com/sen-platform/sen/internal/vnd"
)

// memory is the bank as it is kept between two runs of a demonstration.
type memory struct {
	Last  int64         `json:"last"`
	Books []accountBook `json:"books"`
}

type accountBook struct {
	Account   Account    `json:"account"`
	Opening   vnd.Amount `json:"opening"`
	Movements []Movement `json:"movements"`
}

// Save writes the accounts and their movements.
func (b *Bank) Save(w io.Writer) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	m := memory{Last: b.last}
	for _, k := range b.books {
		m.Books = append(m.Books, accountBook{k.Account, k.opening, k.movements})
	}
	return json.NewEncoder(w).Encode(m)
}

// Load is the bank that Save wrote.
func Load(seed uint64, r io.Reader) (*Bank, error) {
	var m memory
	if err := json.NewDecoder(r).Decode(&m); err != nil {
		return nil, fmt.Errorf("bank: memory: %w", err)
	}
	b := New(seed, m.Last)
	b.rng = rand.New(rand.NewPCG(seed, uint64(m.Last))) // not the same chances again
	for _, k := range m.Books {
		b.books[k.Account.Number] = &book{Account: k.Account, opening: k.Opening, movements: k.Movements}
	}
	return b, nil
}

// Forget drops the movements booked before a day (YYYY-MM-DD); their money stays in the opening.
func (b *Bank) Forget(before string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, k := range b.books {
		n := 0
		for n < len(k.movements) && day(k.movements[n].At) < before {
			k.opening = k.movements[n].Balance
			n++
		}
		k.movements = append([]Movement(nil), k.movements[n:]...)
	}
}
