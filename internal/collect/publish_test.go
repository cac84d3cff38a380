package collect_test

import (
	"errors"
	"testing"

	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/db/dbtest"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/indicator"
	"github.com/sen-platform/sen/internal/vnd"
)

func (h *house) newBill(amount vnd.Amount) bill.NewBill {
	return bill.NewBill{
		Facility: school, PayerName: "Trần Văn Mẫu", BeneficiaryName: "Lê Thị Mẫu", Reason: "Thu tháng 11/2026", Period: "tháng 11/2026",
		DueOn: h.s.Today().AddDays(8), Lines: []bill.Line{{FeeKind: meals, Name: "Tiền ăn", Quantity: 1, UnitPrice: amount, Amount: amount}},
	}
}

func (h *house) figures() indicator.Figures {
	h.t.Helper()
	var rows []indicator.Row
	h.view(func(tx *db.Tx) (err error) { rows, err = indicator.Query(tx, indicator.Filter{}); return err })
	if len(rows) == 0 {
		return indicator.Figures{}
	}
	return rows[0].Figures
}

func TestReissueForwardsTheOldCode(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		old := h.issue(school, 1000)
		next, err := h.s.Reissue(h.ctx, collect.System, old.ID, h.newBill(800))
		h.must(err)
		if next.State != bill.Published || next.Code == old.Code || h.bill(old.ID).State != bill.Cancelled {
			t.Fatalf("new %+v", next)
		}
		// The printed notice still shows the old code: the right amount goes to the new bill,
		// another amount waits for a human.
		out := h.receive(h.credit(500, string(old.Code)), h.credit(800, string(old.Code)))
		if c := h.get(out[0].Credit); c.Reason != collect.BillCancelled {
			t.Errorf("another amount: %+v", partsOf(c))
		}
		if out[1].Status != collect.Matched || h.bill(next.ID).Paid != 800 {
			t.Errorf("the new amount: %+v, paid %d", out[1], h.bill(next.ID).Paid)
		}
		if _, err := h.s.Reissue(h.ctx, collect.System, next.ID, h.newBill(700)); !errors.Is(err, bill.ErrHasMoney) {
			t.Errorf("reissue of a paid bill: %v, want ErrHasMoney", err)
		}
		draft, err := h.s.Issue(h.ctx, collect.System, []bill.NewBill{h.newBill(300)}, false)
		h.must(err)
		fixed, err := h.s.Correct(h.ctx, collect.System, draft[0].ID, h.newBill(350))
		h.must(err)
		if fixed.ID != draft[0].ID || fixed.Total != 350 {
			t.Errorf("corrected draft: %+v", fixed)
		}
		h.verify()
	})
}

func TestPublishAndUnpublishARound(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		var round id.Round
		h.must(d.Update(h.ctx, func(tx *db.Tx) error {
			r, err := bill.CreateRound(tx, id.NewGenNode(h.clk, 9), h.clk.Now(), bill.NewRound{Facility: school, Name: "Thu tháng 11/2026", Period: "tháng 11/2026", DueOn: h.s.Today().AddDays(8)})
			round = r.ID
			return err
		}))
		var ns []bill.NewBill
		for range 30 {
			n := h.newBill(1000)
			n.Round, n.Class = round, []string{"1A", "1B"}[len(ns)%2]
			ns = append(ns, n)
		}
		list, err := h.s.Issue(h.ctx, collect.System, ns, false)
		h.must(err)
		n, err := h.s.Publish(h.ctx, collect.System, round, []string{"1A"}, nil)
		h.must(err)
		if n != 15 || h.figures().Issued != (indicator.Sum{N: 15, Amount: 15000}) {
			t.Errorf("class 1A: %d published, %+v", n, h.figures().Issued)
		}
		if n, err = h.s.Publish(h.ctx, collect.System, round, nil, nil); err != nil || n != 15 {
			t.Errorf("the rest: %d %v", n, err)
		}
		h.receive(h.credit(1000, string(list[0].Code)))
		h.verify()
		if n, err = h.s.Unpublish(h.ctx, collect.System, round, nil, nil); err != nil || n != 29 {
			t.Errorf("taken back: %d %v, want all but the paid one", n, err)
		}
		if f := h.figures(); f.Issued != (indicator.Sum{N: 1, Amount: 1000}) || f.Settled.N != 1 {
			t.Errorf("figures after: %+v", f)
		}
		h.verify()
	})
}
