// Package ledger is where the money is: double entry, append-only, per facility
// (reference bank-and-pos, section 6).
//
// A posting moves one amount from the credited account to the debited one, so each posting
// balances by itself and every entry sums to zero by construction (invariant 1). An event
// with several legs is one entry of several postings. Corrections are new entries that
// name the one they reverse.
package ledger

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/vnd"
)

// Kind is a kind of account. The normal side is in brackets.
type Kind string

// The accounts of a facility.
const (
	AR          Kind = "ar"          // [debit] receivable; by bill through Posting.Bill
	Bank        Kind = "bank"        // [debit] one per receiving account (Ref)
	CashDesk    Kind = "cash"        // [debit] cash in the desk
	CashTransit Kind = "transit"     // [debit] cash on its way to the bank
	PSP         Kind = "psp"         // [debit] held for us by a payment partner (Ref: hook)
	Revenue     Kind = "revenue"     // [credit] one per fee kind (Ref)
	PayerCredit Kind = "payercredit" // [credit] payers' unused money; by credit through Posting.Credit
	Suspense    Kind = "suspense"    // [credit] arrived, bill not known
	Refund      Kind = "refund"      // [credit] refunds to be paid out
	Opening     Kind = "opening"     // [credit] what an account held before Sen saw it
	Spent       Kind = "spent"       // [debit] money out that is no business of Sen's
)

// Account names an account; it is made when first posted to.
type Account struct {
	Facility id.Facility
	Kind     Kind
	Ref      int64 // receiving account, fee kind or hook; 0 when there is one per facility
}

// The rows of the reference's table, as the kind of a posting.
const (
	RowIssue        = "issue"         // 1
	RowCancel       = "cancel"        // 1b
	RowPSP          = "psp"           // 2
	RowPayment      = "payment"       // 5, 7, 14
	RowSurplus      = "surplus"       // 6, 8
	RowUseSurplus   = "use_surplus"   // 6b
	RowCash         = "cash"          // 11
	RowCashDeposit  = "cash_deposit"  // 11b
	RowBankReversal = "bank_reversal" // 12
	RowSuspense     = "suspense"      // 13
	RowAssign       = "assign"        // 13b
	RowReturn       = "return"        // 13c, first half
	RowReturned     = "returned"      // 13c, second half: the bank sent it
	RowUnmatch      = "unmatch"       // the way back of a match
	RowOpening      = "opening"       // balance carried in by the first statement
	RowSpent        = "spent"         // money out on a statement
)

// Posting is one movement. Amount > 0, Debit ≠ Credit, both of the same facility.
type Posting struct {
	Kind          string
	Debit, Credit Account
	Amount        vnd.Amount
	Bill          id.Bill   // the bill whose receivable moves, or 0
	ByCredit      id.Credit // the credit that is moved, or 0
}

// Entry is one event: all its postings stand or fall together.
type Entry struct {
	ID       id.Entry
	At       time.Time
	BookedOn clock.Date
	By       id.User  // who, 0 for the system
	Reverses id.Entry // the entry this one takes back, or 0
	Postings []Posting
}

// ErrUnbalanced is returned for an entry that breaks the rules of Posting.
var ErrUnbalanced = errors.New("ledger: malformed entry")

// Book posts entries. One Book per process: it remembers the numbers of accounts, which never change.
type Book struct {
	ids *id.Gen

	mu    sync.RWMutex
	known map[Account]int64
}

// NewBook returns a Book that draws identifiers from ids.
func NewBook(ids *id.Gen) *Book { return &Book{ids: ids, known: map[Account]int64{}} }

// Post writes entries and moves the balances. Each balance row is touched once however many
// entries there are, in order of account number, so that writers cannot deadlock.
func (b *Book) Post(tx *db.Tx, entries []Entry) error {
	if len(entries) == 0 {
		return nil
	}
	accounts, err := b.resolve(tx, entries)
	if err != nil {
		return err
	}
	type key struct {
		account int64
		day     clock.Date
	}
	type sums struct{ debit, credit vnd.Amount }
	moved := make(map[key]sums)
	rows := make([][]any, 0, len(entries)+8)
	for _, e := range entries {
		if e.ID == 0 || len(e.Postings) == 0 || e.BookedOn == "" {
			return fmt.Errorf("%w: entry %d", ErrUnbalanced, int64(e.ID))
		}
		for n, p := range e.Postings {
			d, c := accounts[p.Debit], accounts[p.Credit]
			if p.Amount <= 0 || d == c || p.Debit.Facility != p.Credit.Facility {
				return fmt.Errorf("%w: %s of %d", ErrUnbalanced, p.Kind, int64(p.Amount))
			}
			var err error
			kd, kc := key{d, e.BookedOn}, key{c, e.BookedOn}
			sd, sc := moved[kd], moved[kc]
			if sd.debit, err = sd.debit.Add(p.Amount); err != nil {
				return err
			}
			if sc.credit, err = sc.credit.Add(p.Amount); err != nil {
				return err
			}
			moved[kd], moved[kc] = sd, sc
			rows = append(rows, []any{
				int64(e.ID), int64(n), int64(p.Debit.Facility), p.Kind, d, c, int64(p.Amount), int64(p.Bill), int64(p.ByCredit),
				string(e.BookedOn), clock.Micros(e.At), int64(e.Reverses), int64(e.By),
			})
		}
	}
	if err := tx.Insert("posting", []string{
		"entry_id", "n", "facility_id", "kind", "debit", "credit", "amount",
		"bill_id", "credit_id", "booked_on", "at", "reverses", "by_user",
	}, rows); err != nil {
		return err
	}
	order := make([]key, 0, len(moved))
	for k := range moved {
		order = append(order, k)
	}
	slices.SortFunc(order, func(a, b key) int {
		return cmp.Or(cmp.Compare(a.account, b.account), cmp.Compare(a.day, b.day))
	})
	bal := make([][]any, len(order))
	for i, k := range order {
		bal[i] = []any{k.account, string(k.day), int64(moved[k].debit), int64(moved[k].credit)}
	}
	return tx.Upsert("ledger_balance", []string{"account_id", "booked_on", "debit", "credit"}, bal,
		"on conflict (booked_on, account_id) do update set debit = ledger_balance.debit + excluded.debit, credit = ledger_balance.credit + excluded.credit", nil)
}

// resolve finds the numbers of all accounts named, making those that are new.
func (b *Book) resolve(tx *db.Tx, entries []Entry) (map[Account]int64, error) {
	found := make(map[Account]int64)
	var missing []Account
	b.mu.RLock()
	for _, e := range entries {
		for _, p := range e.Postings {
			for _, a := range [2]Account{p.Debit, p.Credit} {
				if _, ok := found[a]; ok {
					continue
				}
				n := b.known[a]
				found[a] = n
				if n == 0 {
					missing = append(missing, a)
				}
			}
		}
	}
	b.mu.RUnlock()
	if len(missing) == 0 {
		return found, nil
	}
	rows, keys := make([][]any, len(missing)), make([][]any, len(missing))
	for i, a := range missing {
		rows[i] = []any{b.ids.Next(), a.Facility, string(a.Kind), a.Ref}
		keys[i] = []any{a.Facility, string(a.Kind), a.Ref}
	}
	if _, err := tx.ExecMany(`insert into ledger_account (id, facility_id, kind, ref) values ($1, $2, $3, $4)
		on conflict (facility_id, kind, ref) do nothing`, rows); err != nil {
		return nil, err
	}
	err := tx.QueryMany("select id from ledger_account where facility_id = $1 and kind = $2 and ref = $3", keys, func(i int, r db.Rows) error {
		var n int64
		if err := r.Scan(&n); err != nil {
			return err
		}
		found[missing[i]] = n
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, a := range missing {
		if found[a] == 0 {
			return nil, fmt.Errorf("ledger: account %v was not made", a)
		}
	}
	// Only what is committed may be remembered.
	tx.OnCommit(func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, a := range missing {
			b.known[a] = found[a]
		}
	})
	return found, nil
}
