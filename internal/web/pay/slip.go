package pay

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/vn"
	"github.com/sen-platform/sen/internal/vnd"
)

// slip is everything the payer's pages say about one bill, read in one snapshot.
type slip struct {
	bill.Bill
	today    clock.Date
	status   bill.Status
	payee    org.Facility
	lines    []bill.Line
	plan     []bill.Instalment
	kinds    map[id.FeeKind]org.FeeKind
	accounts []org.Account // that can be paid to today, the one to show first in front
	methods  []org.MethodState
	contact  *org.Contact
	receipts []collect.Receipt
	credits  map[id.Credit]collect.Credit // behind the receipts
	surplus  vnd.Amount                   // paid beyond the bill, kept for the payer
	next     *bill.Bill                   // published in place of a cancelled one
}

// billOf reads the bill an address opens; db.ErrNotFound when it opens none. A draft is none.
func (f *face) billOf(ctx context.Context, token string) (bill.Bill, error) {
	var b bill.Bill
	err := f.DB.View(ctx, func(tx *db.Tx) (err error) { b, err = openBill(tx, token); return err })
	return b, err
}

func openBill(tx *db.Tx, token string) (bill.Bill, error) {
	if !wellFormed(token) {
		return bill.Bill{}, db.ErrNotFound
	}
	b, err := bill.ByToken(tx, token)
	if err == nil && b.State == bill.Draft {
		return bill.Bill{}, db.ErrNotFound
	}
	return b, err
}

// wellFormed keeps what cannot be a token of ours (id.NewToken) away from the database.
func wellFormed(token string) bool {
	if len(token) != 26 {
		return false
	}
	for _, c := range []byte(token) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return true
}

func (f *face) slipOf(ctx context.Context, token string) (*slip, error) {
	var s *slip
	err := f.DB.View(ctx, func(tx *db.Tx) error {
		b, err := openBill(tx, token)
		if err != nil {
			return err
		}
		s, err = readSlip(tx, b, clock.Today(f.Clock))
		return err
	})
	return s, err
}

func readSlip(tx *db.Tx, b bill.Bill, today clock.Date) (*slip, error) {
	s := &slip{Bill: b, today: today, status: b.Status(today), credits: map[id.Credit]collect.Credit{}}
	var err error
	if s.payee, err = org.FacilityByID(tx, b.Facility); err != nil {
		return nil, fmt.Errorf("facility: %w", err)
	}
	lines, err := bill.LinesOf(tx, []id.Bill{b.ID})
	if err != nil {
		return nil, fmt.Errorf("lines: %w", err)
	}
	plans, err := bill.InstalmentsOf(tx, []id.Bill{b.ID})
	if err != nil {
		return nil, fmt.Errorf("instalments: %w", err)
	}
	s.lines, s.plan = lines[b.ID], plans[b.ID]
	contacts, err := org.ContactsOf(tx, b.Facility)
	if err != nil {
		return nil, fmt.Errorf("contacts: %w", err)
	}
	if i := slices.IndexFunc(contacts, func(c org.Contact) bool { return c.Public }); i >= 0 {
		s.contact = &contacts[i]
	}
	if err := s.readMoney(tx); err != nil {
		return nil, err
	}
	switch s.status {
	case bill.StatusPaid:
	case bill.StatusCancelled:
		err = s.readNext(tx)
	default:
		err = s.readWays(tx)
	}
	return s, err
}

// readMoney reads what was received.
func (s *slip) readMoney(tx *db.Tx) error {
	var err error
	if s.receipts, err = collect.ReceiptsOfBills(tx, s.ID); err != nil {
		return fmt.Errorf("receipts: %w", err)
	}
	for _, r := range s.receipts { // a handful: one per part payment
		if s.credits[r.Credit], err = collect.CreditByID(tx, r.Credit); err != nil {
			return fmt.Errorf("credit: %w", err)
		}
	}
	allocs, err := collect.AllocationsOfBills(tx, s.ID)
	if err != nil {
		return fmt.Errorf("allocations: %w", err)
	}
	for _, a := range allocs {
		if a.Kind == "surplus" && a.UndoneAt.IsZero() {
			s.surplus += a.Amount
		}
	}
	return nil
}

// readWays reads how the bill can be paid.
func (s *slip) readWays(tx *db.Tx) error {
	accounts, err := org.AccountsOf(tx, s.Facility)
	if err != nil {
		return fmt.Errorf("accounts: %w", err)
	}
	for _, a := range accounts {
		switch {
		case !a.Usable(s.today):
		case a.ID == s.Account:
			s.accounts = slices.Insert(s.accounts, 0, a)
		default:
			s.accounts = append(s.accounts, a)
		}
	}
	methods, err := org.MethodsOf(tx, []id.Facility{s.Facility})
	if err != nil {
		return fmt.Errorf("methods: %w", err)
	}
	for _, m := range methods[s.Facility] {
		if m.Status == org.MethodConfigured && m.Method != org.MethodQR {
			s.methods = append(s.methods, m)
		}
	}
	kinds, err := org.FeeKinds(tx, "", "")
	if err != nil {
		return fmt.Errorf("fee kinds: %w", err)
	}
	s.kinds = make(map[id.FeeKind]org.FeeKind, len(kinds))
	for _, k := range kinds {
		s.kinds[k.ID] = k
	}
	return nil
}

// readNext finds the bill that came in place of a cancelled one, when it can be paid already.
func (s *slip) readNext(tx *db.Tx) error {
	if s.ReplacedBy == 0 {
		return nil
	}
	b, err := bill.ByID(tx, s.ReplacedBy)
	if errors.Is(err, db.ErrNotFound) {
		return nil // a draft that was thrown away
	}
	if err != nil {
		return fmt.Errorf("replacement: %w", err)
	}
	if b.State != bill.Draft {
		s.next = &b
	}
	return nil
}

// payable reports whether money is still asked for.
func (s *slip) payable() bool {
	return s.status != bill.StatusPaid && s.status != bill.StatusCancelled
}

// validReceipts are those that hold, oldest first.
func (s *slip) validReceipts() []collect.Receipt {
	return slices.DeleteFunc(slices.Clone(s.receipts), func(r collect.Receipt) bool { return r.State != collect.ReceiptValid })
}

// person is whom the bill is for, as an open page may name them.
func (s *slip) person() string { return vn.Mask(s.PersonName()) }

// version changes with everything that a payer waits for. It tells nothing to others.
func version(b bill.Bill) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d|%s|%d|%d|%d", b.ID, b.State, b.Total, b.Paid, b.ReplacedBy))
	return hex.EncodeToString(sum[:6])
}

// final reports whether a page that shows the bill need not watch it any more.
func final(b bill.Bill) bool {
	return b.State == bill.Cancelled || b.Paid >= b.Total
}
