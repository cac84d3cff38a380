package collect

import (
	"fmt"
	"maps"
	"slices"

	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/indicator"
	"github.com/sen-platform/sen/internal/rail"
	"github.com/sen-platform/sen/internal/vnd"
)

// factsEarly bounds how long before its booking day a credit can be in the store; wider than
// bookedLate, because a check must not miss what a list may.
const factsEarly = 62

// FactsOf computes the cells of one facility and month (YYYY-MM) again from its bills and
// allocations, as Facts does for all of them, so that anybody who doubts a figure can have it
// recounted (invariant 6).
func FactsOf(tx *db.Tx, facility id.Facility, month string) (indicator.Deltas, error) {
	d := indicator.Deltas{}
	if err := billFactsOf(tx, d, facility, month); err != nil {
		return nil, err
	}
	if err := paymentFactsOf(tx, d, facility, month); err != nil {
		return nil, err
	}
	maps.DeleteFunc(d, func(_ indicator.Cell, s indicator.Sum) bool { return s == indicator.Sum{} })
	return d, nil
}

func billFactsOf(tx *db.Tx, d indicator.Deltas, facility id.Facility, month string) error {
	from, end := monthStart(month), monthEnd(month)
	type row struct {
		id                         id.Bill
		total                      vnd.Amount
		published, cancelled, paid bool
	}
	list, err := db.All(tx, `select id, total, published_at >= $2 and published_at < $3, coalesce(cancelled_at >= $2 and cancelled_at < $3, false),
		coalesce(paid_at >= $2 and paid_at < $3, false) from bill where facility_id = $1 and published_at is not null
		and (published_at >= $2 and published_at < $3 or cancelled_at >= $2 and cancelled_at < $3 or paid_at >= $2 and paid_at < $3)`,
		[]any{facility, from, end}, func(r db.Rows, b *row) error {
			return r.Scan(&b.id, &b.total, &b.published, &b.cancelled, &b.paid)
		})
	if err != nil {
		return err
	}
	for chunk := range slices.Chunk(list, factsStep) {
		bills := make([]bill.Bill, len(chunk))
		for i, b := range chunk {
			bills[i].ID = b.id
		}
		nets, err := netByFee(tx, bills)
		if err != nil {
			return err
		}
		for _, b := range chunk {
			if b.published {
				if err := d.AddByFee(facility, month, indicator.Issued, 1, nets[b.id]); err != nil {
					return err
				}
			}
			if b.cancelled {
				if err := d.AddByFee(facility, month, indicator.Cancelled, 1, nets[b.id]); err != nil {
					return err
				}
			}
			if b.paid {
				if err := d.Add(indicator.Cell{Facility: facility, Month: month, Measure: indicator.Settled}, 1, b.total); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func paymentFactsOf(tx *db.Tx, d indicator.Deltas, facility id.Facility, month string) error {
	type row struct {
		id     id.Alloc
		bill   id.Bill
		amount vnd.Amount
		method rail.Method
	}
	early := madeFrom(clock.Date(month + "-01").AddDays(-factsEarly).Time())
	list, err := db.All(tx, `select a.id, a.bill_id, a.amount, c.method from credit c join allocation a on a.credit_id = c.id
		where c.facility_id = $1 and c.id >= $2 and c.booked_on >= $3 and c.booked_on <= $4 and a.kind = 'bill' and a.undone_at is null`,
		[]any{facility, early, month + "-01", month + "-31"}, func(r db.Rows, p *row) error {
			return r.Scan(&p.id, &p.bill, &p.amount, &p.method)
		})
	if err != nil {
		return err
	}
	for chunk := range slices.Chunk(list, factsStep) {
		bills := make([]id.Bill, len(chunk))
		for i, p := range chunk {
			bills[i] = p.bill
		}
		parts, err := bill.FeeParts(tx, bills)
		if err != nil {
			return err
		}
		for _, p := range chunk {
			split, err := splitByFee(p.amount, 1, parts[p.bill])
			if err != nil {
				return fmt.Errorf("allocation %v: %w", p.id, err)
			}
			if err := d.AddByFee(facility, month, indicator.Measure(p.method), 1, split); err != nil {
				return err
			}
		}
	}
	return nil
}
