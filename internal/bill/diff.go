package bill

import (
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/vnd"
)

// Diff is what changed between two rounds (N9): the sheet an accountant reads before
// publishing. People are matched by the key of the import (their code; without codes by name,
// birth and class). The lists are cut at the limit asked for; the counts are whole.
type Diff struct {
	Before, After id.Round
	Entered       int      // have a bill now, had none before
	Left          int      // had one before, have none now
	Changed       int      // have both, with another total
	Same          int      // have both, with the same total
	EnteredList   []Person // in roll order
	LeftList      []Person
	ChangedList   []Change
	Fees          []FeeChange // by fee kind
}

// Person is a bill named in a Diff.
type Person struct {
	Bill        id.Bill
	Name, Class string
	Total       vnd.Amount
}

// Change is one person's two totals.
type Change struct {
	Person // of the round now
	Before vnd.Amount
}

// FeeChange is one fee kind in both rounds: how many bills carry it and its sum.
type FeeChange struct {
	FeeKind                   id.FeeKind
	BillsBefore, BillsAfter   int
	AmountBefore, AmountAfter vnd.Amount
}

const (
	person = "n.id, case when n.beneficiary_name <> '' then n.beneficiary_name else n.payer_name end, n.class_name, n.total"
	roll   = " order by n.class_key, n.sort_key, n.id limit "
)

// Compare tells what changed from round before to round after, with at most limit people in
// each list. Bills made without an import have no key and are left out.
func Compare(tx *db.Tx, before, after id.Round, limit int) (Diff, error) {
	d := Diff{Before: before, After: after}
	err := tx.Row(`select count(*) filter (where p.id is null), count(*) filter (where p.total <> n.total), count(*) filter (where p.total = n.total)
		from bill n left join bill p on p.round_id = $1 and p.row_key = n.row_key and p.state <> 'cancelled'
		where n.round_id = $2 and n.state <> 'cancelled' and n.row_key is not null`, []any{before, after}, &d.Entered, &d.Changed, &d.Same)
	if err != nil {
		return d, err
	}
	if err := tx.Row("select count(*) from bill n where "+onlyIn, []any{before, after}, &d.Left); err != nil {
		return d, err
	}
	scan := func(r db.Rows, p *Person) error { return r.Scan(&p.Bill, &p.Name, &p.Class, &p.Total) }
	if d.EnteredList, err = db.All(tx, "select "+person+" from bill n where "+onlyIn+roll+"$3", []any{after, before, limit}, scan); err != nil {
		return d, err
	}
	if d.LeftList, err = db.All(tx, "select "+person+" from bill n where "+onlyIn+roll+"$3", []any{before, after, limit}, scan); err != nil {
		return d, err
	}
	d.ChangedList, err = db.All(tx, "select "+person+`, p.total from bill n join bill p on p.round_id = $1 and p.row_key = n.row_key and p.state <> 'cancelled'
		where n.round_id = $2 and n.state <> 'cancelled' and n.row_key is not null and p.total <> n.total`+roll+"$3",
		[]any{before, after, limit}, func(r db.Rows, c *Change) error {
			return r.Scan(&c.Bill, &c.Name, &c.Class, &c.Total, &c.Before)
		})
	if err != nil {
		return d, err
	}
	d.Fees, err = db.All(tx, `select l.fee_kind_id,
		count(distinct b.id) filter (where b.round_id = $1), count(distinct b.id) filter (where b.round_id = $2),
		cast(coalesce(sum(l.amount) filter (where b.round_id = $1), 0) as bigint), cast(coalesce(sum(l.amount) filter (where b.round_id = $2), 0) as bigint)
		from bill b join bill_line l on l.bill_id = b.id
		where b.round_id in ($1, $2) and b.state <> 'cancelled' group by l.fee_kind_id order by l.fee_kind_id`,
		[]any{before, after}, func(r db.Rows, f *FeeChange) error {
			return r.Scan(&f.FeeKind, &f.BillsBefore, &f.BillsAfter, &f.AmountBefore, &f.AmountAfter)
		})
	return d, err
}

// onlyIn selects the bills of round $1 whose person has none in round $2.
const onlyIn = `n.round_id = $1 and n.state <> 'cancelled' and n.row_key is not null and not exists (
	select 1 from bill p where p.round_id = $2 and p.row_key = n.row_key and p.state <> 'cancelled')`

// ChangedSince compares a round with the one before it, as named in the round; a Diff
// without Before when there is none.
func ChangedSince(tx *db.Tx, round id.Round, limit int) (Diff, error) {
	r, err := RoundByID(tx, round)
	if err != nil || r.Previous == 0 {
		return Diff{After: round}, err
	}
	return Compare(tx, r.Previous, round, limit)
}
