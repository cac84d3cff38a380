package bill

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/sen-platform/sen/internal/billcode"
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/vnd"
)

// Payable is what the way of a credit needs to know of a bill: narrow on purpose, since it
// is read and locked once per credit.
type Payable struct {
	ID              id.Bill
	Facility        id.Facility
	Account         id.Account // the receiving account printed on it, 0 for the facility's default
	Code            billcode.Code
	Total, Paid     vnd.Amount
	State           string // draft, published, cancelled: see State
	SoleFee         id.FeeKind
	DueOn           clock.Date
	ReplacedBy      id.Bill
	BeneficiaryCode string
	PaidAt          int64 // microseconds; when it was paid in full, 0 while it is not
}

// Open is what is still owed.
func (p Payable) Open() vnd.Amount { return p.Total - p.Paid }

// Live reports whether money may be booked on the bill. An expired bill is live (design, section 2).
func (p Payable) Live() bool { return p.State == "published" }

const payableColumns = `id, facility_id, coalesce(account_id, 0), code, total, paid, state, sole_fee_kind, due_on, coalesce(replaced_by_id, 0), beneficiary_code, coalesce(paid_at, 0)`

func scanPayable(r db.Rows, p *Payable) error {
	return r.Scan(&p.ID, &p.Facility, &p.Account, &p.Code, &p.Total, &p.Paid, &p.State, &p.SoleFee, &p.DueOn, &p.ReplacedBy, &p.BeneficiaryCode, &p.PaidAt)
}

// LockByCodes reads and locks the bills with these codes, in order of identifier, so that two
// transactions cannot wait for each other. Codes without a bill are left out.
func LockByCodes(tx *db.Tx, codes []billcode.Code) ([]Payable, error) {
	if len(codes) == 0 {
		return nil, nil
	}
	return db.All(tx, "select "+payableColumns+" from bill where "+tx.In("code", 1)+" order by id"+tx.ForUpdate(),
		[]any{db.List(tx, codes)}, scanPayable)
}

// LockByIDs is LockByCodes for identifiers.
func LockByIDs(tx *db.Tx, ids []id.Bill) ([]Payable, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return db.All(tx, "select "+payableColumns+" from bill where "+tx.In("id", 1)+" order by id"+tx.ForUpdate(),
		[]any{db.List(tx, ids)}, scanPayable)
}

// LockOpenOf reads and locks the bills of one person at a facility that still owe something,
// the earliest due first. For keys that name a person instead of a bill (virtual account per pupil).
func LockOpenOf(tx *db.Tx, f id.Facility, beneficiaryCode string) ([]Payable, error) {
	if beneficiaryCode == "" {
		return nil, nil
	}
	return db.All(tx, "select "+payableColumns+` from bill where facility_id = $1 and beneficiary_code = $2
		and state = 'published' and paid < total order by due_on, id`+tx.ForUpdate(), []any{f, beneficiaryCode}, scanPayable)
}

// Virtual is a collection account and what it stands for: a bill, or a person.
type Virtual struct {
	Number          string
	Account         id.Account
	Facility        id.Facility
	Bill            id.Bill
	BeneficiaryCode string
}

// VirtualAccounts finds the virtual accounts with these numbers.
func VirtualAccounts(tx *db.Tx, numbers []string) (map[string]Virtual, error) {
	out := map[string]Virtual{}
	if len(numbers) == 0 {
		return out, nil
	}
	rows, err := tx.Query("select number, account_id, facility_id, coalesce(bill_id, 0), beneficiary_code from virtual_account where "+tx.In("number", 1),
		db.List(tx, numbers))
	err = db.Each(rows, err, func(r db.Rows) error {
		var v Virtual
		if err := r.Scan(&v.Number, &v.Account, &v.Facility, &v.Bill, &v.BeneficiaryCode); err != nil {
			return err
		}
		out[v.Number] = v
		return nil
	})
	return out, err
}

// AddVirtual registers virtual accounts; one that is taken gives db.ErrConflict.
func AddVirtual(tx *db.Tx, vs []Virtual) error {
	rows := make([][]any, len(vs))
	for i, v := range vs {
		rows[i] = []any{v.Number, v.Account, v.Facility, id.Null(v.Bill), v.BeneficiaryCode}
	}
	return tx.Insert("virtual_account", []string{"number", "account_id", "facility_id", "bill_id", "beneficiary_code"}, rows)
}

// PaidChange moves what is paid on a bill: Delta > 0 for money in, < 0 when it is taken back.
type PaidChange struct {
	Bill  id.Bill
	Delta vnd.Amount
	At    int64 // microseconds; when the bill became paid in full, 0 while it is not
	// Credits are those that pay with this change; CreditsOf finds them again.
	Credits []id.Credit
}

// ErrOverpaid: a change would make a bill pay more than its total or less than nothing. The
// caller locked the bill and should have known.
var ErrOverpaid = errors.New("bill: paid would leave 0 … total")

// ChangePaid applies changes, one row each; the bills must be locked by this transaction and
// named once. It is the only place where paid moves, so that Σ receivables = Σ open amounts
// (invariant 2) can be kept by its callers, who post to the ledger in the same transaction.
func ChangePaid(tx *db.Tx, changes []PaidChange) error {
	rows := make([][]any, len(changes))
	for i, c := range changes {
		var at any
		if c.At != 0 {
			at = c.At
		}
		ids := ""
		for _, cr := range c.Credits {
			ids += " " + strconv.FormatInt(int64(cr), 10)
		}
		rows[i] = []any{int64(c.Bill), int64(c.Delta), at, ids}
	}
	n, err := tx.UpdateFrom("bill", "paid = paid + v.c1, paid_at = v.c2, credit_ids = credit_ids || v.c3", rows)
	if errors.Is(err, db.ErrCheck) {
		return errors.Join(ErrOverpaid, err)
	}
	if err == nil && n != int64(len(changes)) {
		return db.ErrNotFound
	}
	return err
}

// CreditsOf lists the credits that ever paid on bills, also those that were taken back.
func CreditsOf(tx *db.Tx, bills []id.Bill) ([]id.Credit, error) {
	var out []id.Credit
	rows, err := tx.Query("select credit_ids from bill where "+tx.In("id", 1), db.List(tx, bills))
	err = db.Each(rows, err, func(r db.Rows) error {
		var list string
		if err := r.Scan(&list); err != nil {
			return err
		}
		for f := range strings.FieldsSeq(list) {
			n, err := strconv.ParseInt(f, 10, 64)
			if err != nil {
				return fmt.Errorf("bill: list of credits %q: %w", list, err)
			}
			out = append(out, id.Credit(n))
		}
		return nil
	})
	slices.Sort(out)
	return slices.Compact(out), err
}

// FeePart is the weight of one fee kind in a bill.
type FeePart struct {
	FeeKind id.FeeKind
	Amount  vnd.Amount
}

// FeeParts is, per bill, the sum of its lines by fee kind, in order of fee kind. Fee kinds
// whose lines sum to nothing or less (a reduction with a kind of its own) carry no payment
// and are left out, unless nothing else is there.
func FeeParts(tx *db.Tx, bills []id.Bill) (map[id.Bill][]FeePart, error) {
	out := make(map[id.Bill][]FeePart, len(bills))
	if len(bills) == 0 {
		return out, nil
	}
	rows, err := tx.Query("select bill_id, fee_kind_id, cast(sum(amount) as bigint) from bill_line where "+tx.In("bill_id", 1)+
		" group by bill_id, fee_kind_id order by bill_id, fee_kind_id", db.List(tx, bills))
	err = db.Each(rows, err, func(r db.Rows) error {
		var b id.Bill
		var p FeePart
		if err := r.Scan(&b, &p.FeeKind, &p.Amount); err != nil {
			return err
		}
		if p.Amount > 0 {
			out[b] = append(out[b], p)
		}
		return nil
	})
	return out, err
}

// SplitByFee divides a payment of a bill over its fee kinds in proportion to their lines,
// exactly, by largest remainder. It depends on nothing but the bill and the amount, so a
// payment that is taken back takes back the same parts.
func SplitByFee(amount vnd.Amount, parts []FeePart) ([]FeePart, error) {
	weights := make([]int64, len(parts))
	for i, p := range parts {
		weights[i] = int64(p.Amount)
	}
	shares, err := vnd.Split(amount, weights)
	if err != nil {
		return nil, err
	}
	out := make([]FeePart, len(parts))
	for i, p := range parts {
		out[i] = FeePart{p.FeeKind, shares[i]}
	}
	return out, nil
}
