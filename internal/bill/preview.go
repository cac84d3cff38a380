package bill

import (
	"cmp"
	"math/rand/v2"
	"slices"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/vn"
)

// Notice is a bill with everything a printed notice or a payer's page shows.
type Notice struct {
	Bill
	Lines       []Line
	Instalments []Instalment
}

// Notices adds lines and instalments to bills, in two queries.
func Notices(tx *db.Tx, bills []Bill) ([]Notice, error) {
	ids := billIDs(bills)
	lines, err := LinesOf(tx, ids)
	if err != nil {
		return nil, err
	}
	parts, err := InstalmentsOf(tx, ids)
	if err != nil {
		return nil, err
	}
	out := make([]Notice, len(bills))
	for i, b := range bills {
		out[i] = Notice{b, lines[b.ID], parts[b.ID]}
	}
	return out, nil
}

// Preview picks n real bills of a round by chance, so that the accountant sees what payers
// will see. The same round and draw give the same bills as long as the round stays as it is;
// another draw gives others. Cancelled bills are never picked.
func Preview(tx *db.Tx, round id.Round, n, draw int) ([]Notice, error) {
	var count int
	if err := tx.Row("select count(*) from bill where round_id = $1 and state <> 'cancelled'", []any{round}, &count); err != nil {
		return nil, err
	}
	r := rand.New(rand.NewPCG(uint64(round), uint64(draw)))
	picked := map[int]bool{}
	var bills []Bill
	for len(picked) < min(n, count) {
		at := r.IntN(count)
		if picked[at] {
			continue
		}
		picked[at] = true
		b, err := one(tx, "b.round_id = $1 and b.state <> 'cancelled' order by b.class_key, b.sort_key, b.id limit 1 offset $2", round, at)
		if err != nil {
			return nil, err
		}
		bills = append(bills, b)
	}
	return Notices(tx, bills)
}

// noticePage is how many bills EachNotice holds in memory.
const noticePage = 500

// EachNotice calls fn for the bills of a round in roll order: by class as people count
// (2A before 10A), within it by name as Vietnamese lists do. Classes and statuses narrow it;
// none means all. Memory stays bounded however large the round is.
func EachNotice(tx *db.Tx, round id.Round, classes []string, statuses []Status, today clock.Date, fn func(Notice) error) error {
	all := Filter{Round: round, Status: statuses, Today: today, Order: ByRoll, Limit: noticePage}
	filters := []Filter{all}
	if len(classes) > 0 {
		filters = filters[:0]
		sorted := slices.SortedFunc(slices.Values(classes), func(a, b string) int { return cmp.Compare(vn.Key(a), vn.Key(b)) })
		for _, c := range slices.Compact(sorted) {
			all.Class = &c
			filters = append(filters, all)
		}
	}
	for _, f := range filters {
		for more := true; more; more = f.Cursor != "" {
			p, err := Search(tx, f)
			if err != nil {
				return err
			}
			list, err := Notices(tx, p.Bills)
			if err != nil {
				return err
			}
			for _, n := range list {
				if err := fn(n); err != nil {
					return err
				}
			}
			f.Cursor = p.Next
		}
	}
	return nil
}

// Edit is the bill as input again: what a form starts with before a correction.
func (n Notice) Edit() NewBill {
	return NewBill{
		Facility: n.Facility, Round: n.Round, ExternalID: n.ExternalID, PayerName: n.PayerName, PayerPhone: n.PayerPhone,
		BeneficiaryName: n.BeneficiaryName, BeneficiaryCode: n.BeneficiaryCode, Class: n.Class, BirthYear: n.BirthYear,
		Reason: n.Reason, Period: n.Period, Lines: n.Lines, Instalments: n.Instalments, PartPayment: n.PartPayment,
		Account: n.Account, DueOn: n.DueOn, ExpiresOn: n.ExpiresOn,
	}
}
