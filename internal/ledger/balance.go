package ledger

import (
	"time"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/vnd"
)

// Balance is an account with its sums.
type Balance struct {
	Account       Account
	Debit, Credit vnd.Amount
}

// Net is debits less credits: positive for an asset that holds something.
func (b Balance) Net() vnd.Amount { return b.Debit - b.Credit }

// Balances lists the accounts of a facility with their balances, by kind and reference.
func Balances(tx *db.Tx, f id.Facility) ([]Balance, error) {
	return db.All(tx, `select a.facility_id, a.kind, a.ref, cast(coalesce(sum(b.debit), 0) as bigint), cast(coalesce(sum(b.credit), 0) as bigint)
		from ledger_account a left join ledger_balance b on b.account_id = a.id
		where a.facility_id = $1 group by a.facility_id, a.kind, a.ref order by a.kind, a.ref`, []any{f},
		func(r db.Rows, b *Balance) error {
			return r.Scan(&b.Account.Facility, &b.Account.Kind, &b.Account.Ref, &b.Debit, &b.Credit)
		})
}

// NetAt is debits less credits of one account over all postings booked up to and including
// day; zero for an account never posted to.
func NetAt(tx *db.Tx, a Account, day clock.Date) (vnd.Amount, error) {
	var net vnd.Amount
	err := tx.Row(`select cast(coalesce(sum(b.debit - b.credit), 0) as bigint)
		from ledger_account a join ledger_balance b on b.account_id = a.id
		where a.facility_id = $1 and a.kind = $2 and a.ref = $3 and b.booked_on <= $4`,
		[]any{a.Facility, string(a.Kind), a.Ref, day}, &net)
	return net, err
}

// Line is a posting as it stands in the book.
type Line struct {
	Entry    id.Entry
	N        int64
	Kind     string
	Debit    Account
	Credit   Account
	Amount   vnd.Amount
	Bill     id.Bill
	ByCredit id.Credit
	BookedOn clock.Date
	At       time.Time
	Reverses id.Entry
	By       id.User
}

const lineQuery = `select p.entry_id, p.n, p.kind, d.facility_id, d.kind, d.ref, c.facility_id, c.kind, c.ref,
	p.amount, p.bill_id, p.credit_id, p.booked_on, p.at, p.reverses, p.by_user
	from posting p join ledger_account d on d.id = p.debit join ledger_account c on c.id = p.credit where `

func scanLine(r db.Rows, l *Line) error {
	var at int64
	err := r.Scan(&l.Entry, &l.N, &l.Kind, &l.Debit.Facility, &l.Debit.Kind, &l.Debit.Ref, &l.Credit.Facility, &l.Credit.Kind, &l.Credit.Ref,
		&l.Amount, &l.Bill, &l.ByCredit, &l.BookedOn, &at, &l.Reverses, &l.By)
	l.At = clock.FromMicros(at)
	return err
}

// OfBill lists all postings of a bill, oldest first: those of its issue, and those of the
// given credits, which are the ones that ever paid on it.
func OfBill(tx *db.Tx, b id.Bill, credits []id.Credit) ([]Line, error) {
	return db.All(tx, lineQuery+"p.bill_id = $1 and p.bill_id <> 0 and p.credit_id = 0 union all "+
		lineQuery+"p.bill_id = $1 and p.credit_id <> 0 and "+tx.In("p.credit_id", 2)+" order by 1, 2", []any{b, db.List(tx, credits)}, scanLine)
}

// OfCredit lists all postings of a credit, oldest first.
func OfCredit(tx *db.Tx, c id.Credit) ([]Line, error) {
	return db.All(tx, lineQuery+"p.credit_id = $1 and p.credit_id <> 0 order by p.entry_id, p.n", []any{c}, scanLine)
}
