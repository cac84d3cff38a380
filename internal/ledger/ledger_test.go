package ledger_test

import (
	"errors"
	"sync"
	"testing"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/db/dbtest"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/ledger"
	"github.com/sen-platform/sen/internal/vnd"
)

const school id.Facility = 10

var (
	bank = ledger.Account{Facility: school, Kind: ledger.Bank, Ref: 11}
	ar   = ledger.Account{Facility: school, Kind: ledger.AR}
	susp = ledger.Account{Facility: school, Kind: ledger.Suspense}
)

func entry(ids *id.Gen, on clock.Date, ps ...ledger.Posting) ledger.Entry {
	return ledger.Entry{ID: id.New[id.Entry](ids), At: clock.System{}.Now(), BookedOn: on, Postings: ps}
}

func move(debit, credit ledger.Account, amount vnd.Amount, b id.Bill, c id.Credit) ledger.Posting {
	return ledger.Posting{Kind: ledger.RowPayment, Debit: debit, Credit: credit, Amount: amount, Bill: b, ByCredit: c}
}

func TestMalformedEntriesAreRefused(t *testing.T) {
	other := ledger.Account{Facility: 20, Kind: ledger.AR}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ids := id.NewGen(clock.System{})
		book := ledger.NewBook(ids)
		for name, e := range map[string]ledger.Entry{
			"no postings":    entry(ids, "2026-11-22"),
			"no day":         entry(ids, "", move(bank, ar, 1, 1, 1)),
			"nothing moves":  entry(ids, "2026-11-22", move(bank, ar, 0, 1, 1)),
			"below nothing":  entry(ids, "2026-11-22", move(bank, ar, -5, 1, 1)),
			"to itself":      entry(ids, "2026-11-22", move(bank, bank, 5, 1, 1)),
			"two facilities": entry(ids, "2026-11-22", move(bank, other, 5, 1, 1)),
			"one bad of two": entry(ids, "2026-11-22", move(bank, ar, 5, 1, 1), move(bank, ar, 0, 1, 1)),
			"no number":      {BookedOn: "2026-11-22", Postings: []ledger.Posting{move(bank, ar, 5, 1, 1)}},
		} {
			err := d.Update(t.Context(), func(tx *db.Tx) error { return book.Post(tx, []ledger.Entry{e}) })
			if !errors.Is(err, ledger.ErrUnbalanced) {
				t.Errorf("%s: %v, want ErrUnbalanced", name, err)
			}
		}
		if err := d.View(t.Context(), func(tx *db.Tx) error {
			bs, err := ledger.Balances(tx, school)
			for _, b := range bs {
				if b.Debit != 0 || b.Credit != 0 {
					t.Errorf("a refused entry moved %v", b)
				}
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	})
}

// Several writers with accounts in common: every balance is the sum of what was posted, on
// each day, and an account's number is made once.
func TestBalancesUnderConcurrency(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ids := id.NewGen(clock.System{})
		var wg sync.WaitGroup
		for w := range 4 {
			book := ledger.NewBook(ids) // as in four processes: none knows the others' accounts
			wg.Go(func() {
				for i := range 20 {
					day := clock.Date("2026-11-21").AddDays(i % 2)
					err := d.Update(t.Context(), func(tx *db.Tx) error {
						return book.Post(tx, []ledger.Entry{
							entry(ids, day, move(bank, ar, 100, id.Bill(w+1), id.Credit(i+1)), move(bank, susp, 7, 0, id.Credit(i+1))),
							entry(ids, day, move(susp, ar, 3, id.Bill(w+1), id.Credit(i+1))),
						})
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		err := d.View(t.Context(), func(tx *db.Tx) error {
			bs, err := ledger.Balances(tx, school)
			if err != nil {
				return err
			}
			want := map[ledger.Account][2]vnd.Amount{bank: {80 * 107, 0}, ar: {0, 80 * 103}, susp: {80 * 3, 80 * 7}}
			if len(bs) != len(want) {
				t.Errorf("%d accounts, want %d: %v", len(bs), len(want), bs)
			}
			for _, b := range bs {
				if w := want[b.Account]; b.Debit != w[0] || b.Credit != w[1] {
					t.Errorf("%+v, want %v", b, w)
				}
			}
			for day, want := range map[clock.Date]vnd.Amount{"2026-11-20": 0, "2026-11-21": 40 * 107, "2026-11-22": 80 * 107, "2027-01-01": 80 * 107} {
				if net, err := ledger.NetAt(tx, bank, day); err != nil || net != want {
					t.Errorf("bank on %s: %d (%v), want %d", day, int64(net), err, int64(want))
				}
			}
			lines, err := ledger.OfBill(tx, 2, []id.Credit{1, 2})
			if err != nil {
				return err
			}
			var sum vnd.Amount
			for _, l := range lines {
				if l.Credit != ar {
					t.Errorf("line %+v is not of the receivable", l)
				}
				sum += l.Amount
			}
			if sum != 2*103 {
				t.Errorf("two credits moved %d on the bill, want 206", int64(sum))
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
