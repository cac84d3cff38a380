package collect

import (
	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/indicator"
	"github.com/sen-platform/sen/internal/rail"
	"github.com/sen-platform/sen/internal/vnd"
)

// RoundSums counts the bills of many rounds in one query, as bill.Wall does by class; rounds
// without bills are absent from the result.
func RoundSums(tx *db.Tx, rounds []id.Round) (map[id.Round]bill.ClassCount, error) {
	out := make(map[id.Round]bill.ClassCount, len(rounds))
	if len(rounds) == 0 {
		return out, nil
	}
	rows, err := tx.Query(`select round_id,
		count(*) filter (where state = 'draft'), cast(coalesce(sum(total) filter (where state = 'draft'), 0) as bigint),
		count(*) filter (where state = 'published'), cast(coalesce(sum(total) filter (where state = 'published'), 0) as bigint),
		count(*) filter (where state = 'published' and paid >= total), count(*) filter (where state = 'published' and paid > 0 and paid < total),
		cast(coalesce(sum(paid), 0) as bigint)
		from bill where `+tx.In("round_id", 1)+` and state <> 'cancelled' group by round_id`, db.List(tx, rounds))
	err = db.Each(rows, err, func(r db.Rows) error {
		var round id.Round
		var c bill.ClassCount
		err := r.Scan(&round, &c.Drafts, &c.DraftAmount, &c.Issued, &c.IssuedAmount, &c.Paid, &c.PartlyPaid, &c.PaidAmount)
		out[round] = c
		return err
	})
	return out, err
}

// OpenRowsOf counts, per round of a facility that is not closed, the workbook rows that wait
// for a person; rounds without any are absent.
func OpenRowsOf(tx *db.Tx, f id.Facility) (map[id.Round]int, error) {
	out := map[id.Round]int{}
	rows, err := tx.Query(`select w.round_id, count(*) from (
		select distinct i.round_id, i.import_id, i.sheet, i.row_no from round_issue i join billing_round r on r.id = i.round_id
		where r.facility_id = $1 and r.state <> 'closed' and i.state = 'open') w group by w.round_id`, f)
	return out, db.Each(rows, err, func(r db.Rows) error {
		var round id.Round
		var n int
		err := r.Scan(&round, &n)
		out[round] = n
		return err
	})
}

// MethodsOfRound sums the payments that stand on a round's bills, by how they were paid.
func MethodsOfRound(tx *db.Tx, round id.Round) (map[rail.Method]indicator.Sum, error) {
	out := map[rail.Method]indicator.Sum{}
	rows, err := tx.Query(`select c.method, count(*), cast(sum(a.amount) as bigint)
		from bill b join allocation a on a.bill_id = b.id and a.bill_id <> 0 and a.kind = 'bill' and a.undone_at is null
		join credit c on c.id = a.credit_id
		where b.round_id = $1 and b.paid > 0 group by c.method`, round)
	return out, db.Each(rows, err, func(r db.Rows) error {
		var m rail.Method
		var s indicator.Sum
		err := r.Scan(&m, &s.N, &s.Amount)
		out[m] = s
		return err
	})
}

// Overdue is what is owed after its due date.
type Overdue struct {
	N      int64
	Amount vnd.Amount
	Since  clock.Date // the earliest due date; "" when nothing is overdue
}

// OverdueOf sums up a facility's overdue bills on a day.
func OverdueOf(tx *db.Tx, f id.Facility, today clock.Date) (Overdue, error) {
	var o Overdue
	err := tx.Row(`select count(*), cast(coalesce(sum(total - paid), 0) as bigint), coalesce(min(due_on), '') from bill
		where facility_id = $1 and state = 'published' and paid < total and due_on < $2`, []any{f, today}, &o.N, &o.Amount, &o.Since)
	return o, err
}
