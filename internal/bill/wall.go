package bill

import (
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/vnd"
)

// ClassCount is one class of a round's wall: how many bills, how many are paid, how much.
// Cancelled bills are in none of the figures.
type ClassCount struct {
	Class        string
	Drafts       int // not yet published
	DraftAmount  vnd.Amount
	Issued       int // published
	IssuedAmount vnd.Amount
	Paid         int // paid in full
	PartlyPaid   int
	PaidAmount   vnd.Amount // received, part payments included
}

// Wall counts a round's bills by class, in roll order, in one query.
func Wall(tx *db.Tx, round id.Round) ([]ClassCount, error) {
	return db.All(tx, `select class_name,
		count(*) filter (where state = 'draft'), cast(coalesce(sum(total) filter (where state = 'draft'), 0) as bigint),
		count(*) filter (where state = 'published'), cast(coalesce(sum(total) filter (where state = 'published'), 0) as bigint),
		count(*) filter (where state = 'published' and paid >= total), count(*) filter (where state = 'published' and paid > 0 and paid < total),
		cast(coalesce(sum(paid), 0) as bigint)
		from bill where round_id = $1 and state <> 'cancelled' group by class_key, class_name order by class_key, class_name`,
		[]any{round}, func(r db.Rows, c *ClassCount) error {
			return r.Scan(&c.Class, &c.Drafts, &c.DraftAmount, &c.Issued, &c.IssuedAmount, &c.Paid, &c.PartlyPaid, &c.PaidAmount)
		})
}

// Sum adds the classes of a wall; its Class is "".
func Sum(wall []ClassCount) ClassCount {
	var t ClassCount
	for _, c := range wall {
		t.Drafts += c.Drafts
		t.DraftAmount += c.DraftAmount // sums of one facility's round: far below overflow, and int64 in the database already
		t.Issued += c.Issued
		t.IssuedAmount += c.IssuedAmount
		t.Paid += c.Paid
		t.PartlyPaid += c.PartlyPaid
		t.PaidAmount += c.PaidAmount
	}
	return t
}
