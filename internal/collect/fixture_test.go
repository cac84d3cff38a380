package collect_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/billcode"
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/rail"
	"github.com/sen-platform/sen/internal/vnd"
)

// The fixture's two facilities, their accounts and fee kinds.
const (
	school     id.Facility = 10
	hospital   id.Facility = 20
	schoolAcc  id.Account  = 11
	schoolAcc2 id.Account  = 12
	hospAcc    id.Account  = 21
	meals      id.FeeKind  = 31
	boarding   id.FeeKind  = 32
	treatment  id.FeeKind  = 33

	schoolNo  = "6800112233"
	schoolNo2 = "0011004567890"
	hospNo    = "1020304050"
)

var start = time.Date(2026, 11, 22, 2, 0, 0, 0, time.UTC)

var seed = []string{
	`insert into area (id, code, name, search, sort_key, level, valid_from) values (1, 'LG', 'Lam Giang', 'lam giang', 'x', 'province', '2020-01-01')`,
	`insert into facility (id, code, name, short_name, search, sort_key, sector, level, area_id, status, opened_on, code_prefix) values
		(10, 'CV', 'Trường Tiểu học Cát Vàng', 'TH Cát Vàng', 'x', 'x', 'education', 'tieu_hoc', 1, 'active', '2020-01-01', 'HP'),
		(20, 'BV', 'Bệnh viện mẫu', 'BV mẫu', 'x', 'x', 'health', 'benh_vien_tinh', 1, 'active', '2020-01-01', 'VP')`,
	`insert into receiving_account (id, facility_id, bank_bin, number, holder, is_default, va_prefix, va_length, status, valid_from) values
		(11, 10, '970418', '6800112233', 'TRUONG TIEU HOC CAT VANG', true, '', 0, 'active', '2020-01-01'),
		(12, 10, '970436', '0011004567890', 'TRUONG TIEU HOC CAT VANG', false, '96247', 12, 'active', '2020-01-01'),
		(21, 20, '970405', '1020304050', 'BENH VIEN MAU', true, '', 0, 'active', '2020-01-01')`,
	`insert into fee_kind (id, code, name, search, sector, valid_from) values
		(31, 'AN', 'Tiền ăn', 'tien an', 'education', '2020-01-01'), (32, 'BT', 'Bán trú', 'ban tru', 'education', '2020-01-01'), (33, 'VP', 'Viện phí', 'vien phi', 'health', '2020-01-01')`,
}

// house is a running service over a fresh store.
type house struct {
	t   testing.TB
	ctx context.Context
	d   *db.DB
	clk *clock.Manual
	s   *collect.Service
	n   int
}

func newHouse(t testing.TB, d *db.DB) *house {
	t.Helper()
	clk := clock.NewManual(start)
	seq, err := billcode.NewSequence([]byte("0123456789abcdef0123456789abcdef"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := collect.New(collect.Config{DB: d, IDs: id.NewGenNode(clk, 1), Clock: clk, Codes: seq, ReceiptKey: []byte("key of receipts")})
	if err != nil {
		t.Fatal(err)
	}
	h := &house{t: t, ctx: context.Background(), d: d, clk: clk, s: s}
	h.must(d.Update(h.ctx, func(tx *db.Tx) error {
		for _, q := range seed {
			if _, err := tx.Exec(q); err != nil {
				return fmt.Errorf("%s: %w", q, err)
			}
		}
		return nil
	}))
	ctx, cancel := context.WithCancel(h.ctx)
	done := make(chan struct{})
	go func() { s.Run(ctx); close(done) }()
	t.Cleanup(func() { cancel(); <-done })
	return h
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) view(fn func(tx *db.Tx) error) {
	h.t.Helper()
	h.must(h.d.View(h.ctx, fn))
}

// issue publishes one bill of a pupil with meals and, when given, boarding.
func (h *house) issue(f id.Facility, amounts ...vnd.Amount) bill.Bill {
	h.t.Helper()
	h.n++
	n := bill.NewBill{
		Facility: f, ExternalID: fmt.Sprintf("ext-%d", h.n), PayerName: "Trần Văn Mẫu", BeneficiaryName: "Nguyễn Minh Khôi",
		BeneficiaryCode: fmt.Sprintf("HS%04d", h.n), Class: "3B", Reason: "Thu tháng 11/2026", Period: "tháng 11/2026", DueOn: clock.Today(h.clk).AddDays(8),
	}
	kinds := []id.FeeKind{meals, boarding}
	if f == hospital {
		kinds = []id.FeeKind{treatment}
	}
	for i, a := range amounts {
		n.Lines = append(n.Lines, bill.Line{FeeKind: kinds[i], Name: "khoản", Quantity: 1, UnitPrice: a, Amount: a})
	}
	list, err := h.s.Issue(h.ctx, collect.System, []bill.NewBill{n}, true)
	h.must(err)
	return list[0]
}

// credit is a transfer to the school's first account; change it with mods.
func (h *house) credit(amount vnd.Amount, memo string, mods ...func(*rail.Credit)) collect.Incoming {
	h.n++
	c := rail.Credit{
		Stream: "sepay", PartnerRef: fmt.Sprintf("p%d", h.n), Account: schoolNo, Amount: amount, Memo: memo,
		BookedOn: "2026-11-22", OccurredAt: start, Method: rail.QR, BankRef: fmt.Sprintf("FT%d", h.n), PayerName: "TRAN VAN MAU",
		Raw: []byte(`{"id":1}`),
	}
	for _, m := range mods {
		m(&c)
	}
	return collect.Incoming{Credit: c}
}

func (h *house) receive(in ...collect.Incoming) []collect.Outcome {
	h.t.Helper()
	out, err := h.s.Receive(h.ctx, in)
	h.must(err)
	return out
}

func (h *house) bill(b id.Bill) bill.Bill {
	h.t.Helper()
	var out bill.Bill
	h.view(func(tx *db.Tx) (err error) { out, err = bill.ByID(tx, b); return err })
	return out
}

func (h *house) get(c id.Credit) collect.Credit {
	h.t.Helper()
	var out collect.Credit
	h.view(func(tx *db.Tx) (err error) { out, err = collect.CreditByID(tx, c); return err })
	return out
}

// verify demands that every invariant of the design holds.
func (h *house) verify() {
	h.t.Helper()
	rep, err := h.s.Verify(h.ctx, nil)
	h.must(err)
	for _, f := range rep.Findings {
		h.t.Errorf("invariant %d (%s): %s", f.Invariant, f.What, f.Text)
	}
}
