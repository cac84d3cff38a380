package bill

import (
	"fmt"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/vnd"
)

// Instalment is one part of a bill with a date of its own. The parts of a bill add up to its
// total, and their dates rise.
type Instalment struct {
	Amount vnd.Amount
	DueOn  clock.Date
}

// Share is one step of a round's plan: a weight, such as 50 of 100, and a date.
type Share struct {
	Weight int64      `json:"weight"`
	DueOn  clock.Date `json:"due_on"`
}

// Divide splits a total by a plan, exactly: rounding đồng go to the earlier of the largest
// remainders. Parts that round to nothing are left out. Errors: vnd.ErrWeights for a plan
// without weights.
func Divide(total vnd.Amount, plan []Share) ([]Instalment, error) {
	weights := make([]int64, len(plan))
	for i, s := range plan {
		weights[i] = s.Weight
	}
	parts, err := vnd.Split(total, weights)
	if err != nil {
		return nil, fmt.Errorf("bill: divide %d: %w", int64(total), err)
	}
	out := make([]Instalment, 0, len(parts))
	for i, p := range parts {
		if p > 0 {
			out = append(out, Instalment{Amount: p, DueOn: plan[i].DueOn})
		}
	}
	return out, nil
}

// NextDue is the first instalment that is not yet covered by what is paid, with the amount
// still missing of it; false when nothing is owed. A bill without instalments has one part,
// the whole. Money paid fills instalments in their order.
func (b Bill) NextDue(plan []Instalment) (Instalment, bool) {
	if b.State != Published || b.Paid >= b.Total {
		return Instalment{}, false
	}
	if b.PartPayment != org.Instalments || len(plan) == 0 {
		return Instalment{Amount: b.Open(), DueOn: b.DueOn}, true
	}
	var sum vnd.Amount
	for _, p := range plan {
		sum += p.Amount // parts add up to the total, which fits
		if sum > b.Paid {
			return Instalment{Amount: sum - b.Paid, DueOn: p.DueOn}, true
		}
	}
	return Instalment{Amount: b.Open(), DueOn: b.DueOn}, true
}

// AmountDue is the sum the payer's page offers on the day: everything that is due by then,
// at least the next instalment; 0 when nothing is owed. It is an offer, no limit: any credit
// is accepted, since money is never refused.
func (b Bill) AmountDue(plan []Instalment, today clock.Date) vnd.Amount {
	next, ok := b.NextDue(plan)
	if !ok {
		return 0
	}
	if b.PartPayment != org.Instalments || len(plan) == 0 {
		return next.Amount
	}
	var due vnd.Amount
	for _, p := range plan {
		if p.DueOn <= today {
			due += p.Amount
		}
	}
	return max(due-b.Paid, next.Amount)
}
