package collect_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/db/dbtest"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/rail"
	"github.com/sen-platform/sen/internal/vnd"
)

// parts is where the đồng of a credit are.
type parts struct {
	Status                                           collect.Status
	Reason                                           collect.Reason
	Allocated, Surplus, Suspense, Returned, Reversed vnd.Amount
}

func partsOf(c collect.Credit) parts {
	return parts{c.Status, c.Reason, c.Allocated, c.Surplus, c.Suspense, c.Returned, c.Reversed}
}

func TestReceiveMatches(t *testing.T) {
	type setup struct{ a, b, other, draft, cancelled bill.Bill }
	cases := []struct {
		name   string
		amount vnd.Amount
		memo   func(s setup) string
		mod    func(s setup, c *rail.Credit)
		want   parts
		paidA  vnd.Amount
		paidB  vnd.Amount
	}{
		{
			"code and exact amount", 1000, func(s setup) string { return "MBVCB.1." + string(s.a.Code) + ".CT tu 001 A toi 002" }, nil,
			parts{Status: collect.Matched, Allocated: 1000},
			1000, 0,
		},
		{
			"lower case, split by spaces", 1000, func(s setup) string { c := string(s.a.Code); return c[:6] + " " + c[6:] + " hoc phi" }, nil,
			parts{Status: collect.Matched, Allocated: 1000},
			1000, 0,
		},
		{
			"part payment", 400, func(s setup) string { return string(s.a.Code) }, nil,
			parts{Status: collect.Matched, Allocated: 400},
			400, 0,
		},
		{
			"overpayment becomes payer's credit", 1300, func(s setup) string { return string(s.a.Code) }, nil,
			parts{Status: collect.Matched, Allocated: 1000, Surplus: 300},
			1000, 0,
		},
		{
			"one transfer for two bills", 3000, func(s setup) string { return string(s.a.Code) + " " + string(s.b.Code) }, nil,
			parts{Status: collect.Matched, Allocated: 3000},
			1000, 2000,
		},
		{
			"two bills, too little: filled in order", 1500, func(s setup) string { return string(s.b.Code) + " va " + string(s.a.Code) }, nil,
			parts{Status: collect.Matched, Allocated: 1500},
			0, 1500,
		},
		{
			"no code", 1000, func(setup) string { return "nop tien an cho con" }, nil,
			parts{Status: collect.Waiting, Reason: collect.NoCode, Suspense: 1000},
			0, 0,
		},
		{
			"a bill of another facility", 1000, func(s setup) string { return string(s.other.Code) }, nil,
			parts{Status: collect.Waiting, Reason: collect.WrongAccount, Suspense: 1000},
			0, 0,
		},
		{
			"own bill and another facility's: a human decides", 2000, func(s setup) string { return string(s.a.Code) + " " + string(s.other.Code) }, nil,
			parts{Status: collect.Waiting, Reason: collect.WrongAccount, Suspense: 2000},
			0, 0,
		},
		{
			"a draft", 1000, func(s setup) string { return string(s.draft.Code) }, nil,
			parts{Status: collect.Waiting, Reason: collect.BillDraft, Suspense: 1000},
			0, 0,
		},
		{
			"a cancelled bill", 1000, func(s setup) string { return string(s.cancelled.Code) }, nil,
			parts{Status: collect.Waiting, Reason: collect.BillCancelled, Suspense: 1000},
			0, 0,
		},
		{
			"a code nobody has", 1000, func(setup) string { return "HPK7G3M9X077" }, nil,
			parts{Status: collect.Waiting, Reason: collect.UnknownCode, Suspense: 1000},
			0, 0,
		},
		{
			"RF reference", 1000, func(setup) string { return "SALA" }, func(s setup, c *rail.Credit) { c.RF = s.a.Code.RF() },
			parts{Status: collect.Matched, Allocated: 1000},
			1000, 0,
		},
		{
			"order id", 1000, func(setup) string { return "" }, func(s setup, c *rail.Credit) { c.OrderID = string(s.a.Code) },
			parts{Status: collect.Matched, Allocated: 1000},
			1000, 0,
		},
		{
			"code without prefix, exact amount", 1000, func(s setup) string { return s.a.Code.Body() }, nil,
			parts{Status: collect.Matched, Allocated: 1000},
			1000, 0,
		},
		{
			"code without prefix, other amount", 900, func(s setup) string { return s.a.Code.Body() }, nil,
			parts{Status: collect.Waiting, Reason: collect.WeakCode, Suspense: 900},
			0, 0,
		},
		{
			"our own refund came back", 1000, func(s setup) string { return string(s.a.Code) }, func(_ setup, c *rail.Credit) { c.Returned = true },
			parts{Status: collect.Waiting, Reason: collect.OwnRefund, Suspense: 1000},
			0, 0,
		},
		{
			"virtual account of a bill", 1000, func(setup) string { return "" }, func(_ setup, c *rail.Credit) { c.VirtualAccount = "962470000001" },
			parts{Status: collect.Matched, Allocated: 1000},
			1000, 0,
		},
		{
			"virtual account of a person", 2000, func(setup) string { return "" }, func(_ setup, c *rail.Credit) { c.Account = "962470000002" },
			parts{Status: collect.Matched, Allocated: 2000},
			0, 2000,
		},
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		for i, c := range cases {
			t.Run(c.name, func(t *testing.T) {
				s := setup{a: h.issue(school, 600, 400), b: h.issue(school, 2000), other: h.issue(hospital, 1000)}
				draft, err := h.s.Issue(h.ctx, collect.System, []bill.NewBill{{
					Facility: school, PayerName: "Trần Văn Mẫu", Reason: "x", Period: "x", DueOn: "2026-11-30",
					Lines: []bill.Line{{FeeKind: meals, Name: "x", Quantity: 1, UnitPrice: 1000, Amount: 1000}},
				}}, false)
				h.must(err)
				s.draft = draft[0]
				s.cancelled = h.issue(school, 1000)
				h.must(h.s.Cancel(h.ctx, collect.System, s.cancelled.ID, "nhập nhầm"))
				h.must(d.Update(h.ctx, func(tx *db.Tx) error {
					if i > 0 {
						if _, err := tx.Exec("delete from virtual_account"); err != nil {
							return err
						}
					}
					return bill.AddVirtual(tx, []bill.Virtual{
						{Number: "962470000001", Account: schoolAcc2, Facility: school, Bill: s.a.ID},
						{Number: "962470000002", Account: schoolAcc2, Facility: school, BeneficiaryCode: s.b.BeneficiaryCode},
					})
				}))
				in := h.credit(c.amount, c.memo(s))
				if c.mod != nil {
					c.mod(s, &in.Credit)
				}
				out := h.receive(in)
				if out[0].Verdict != collect.Posted {
					t.Fatalf("verdict %+v, want posted", out[0])
				}
				if diff := cmp.Diff(c.want, partsOf(h.get(out[0].Credit))); diff != "" {
					t.Errorf("credit (-want +got):\n%s", diff)
				}
				if a, b := h.bill(s.a.ID).Paid, h.bill(s.b.ID).Paid; a != c.paidA || b != c.paidB {
					t.Errorf("paid %d and %d, want %d and %d", a, b, c.paidA, c.paidB)
				}
				// Replaying changes nothing (invariant 3).
				again := h.receive(in)
				if again[0].Verdict != collect.Duplicate || again[0].Credit != out[0].Credit {
					t.Errorf("second time: %+v, want duplicate of %v", again[0], out[0].Credit)
				}
			})
		}
		h.verify()
	})
}

func TestSecondFullPaymentBecomesPayersCredit(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		b := h.issue(school, 1000)
		out := h.receive(h.credit(1000, string(b.Code)), h.credit(1000, string(b.Code)))
		first, second := h.get(out[0].Credit), h.get(out[1].Credit)
		if first.Allocated != 1000 || second.Surplus != 1000 {
			t.Errorf("first %+v, second %+v", partsOf(first), partsOf(second))
		}
		next := h.issue(school, 700)
		_, err := h.s.UseSurplus(h.ctx, collect.System, second.ID, []collect.Part{{Bill: next.ID}}, "dùng tiền dư")
		h.must(err)
		if got := h.get(second.ID); got.Allocated != 700 || got.Surplus != 300 {
			t.Errorf("after use: %+v", partsOf(got))
		}
		if p := h.bill(next.ID).Paid; p != 700 {
			t.Errorf("next bill paid %d, want 700", p)
		}
		h.verify()
	})
}

func TestOverlappingStreamsPostOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		b := h.issue(school, 1000)
		stream := func(name string, c rail.Credit) collect.Incoming {
			h.n++
			c.Stream, c.PartnerRef, c.Raw = name, fmt.Sprintf("%s-%d", name, h.n), nil
			return collect.Incoming{Credit: c}
		}
		hook := h.credit(1000, "MBVCB.88."+string(b.Code)+".CT tu 1 den 2")
		out := h.receive(hook)
		// The same bank reference in the bank's statement, other text.
		byRef := hook.Credit
		byRef.Memo = "CT DEN " + string(b.Code)
		// No bank reference in common, other frame, booked the next day: the code tells.
		byCode := hook.Credit
		byCode.BankRef, byCode.Memo, byCode.BookedOn = "", "IBFT "+string(b.Code)+" NGUYEN", "2026-11-23"
		file := func(c collect.Incoming) collect.Incoming { c.File = 77; return c }
		for _, c := range []collect.Incoming{file(stream("camt", byRef)), file(stream("sheet", byCode)), stream("casso", byRef)} {
			o := h.receive(c)
			if o[0].Verdict != collect.Sighted || o[0].Credit != out[0].Credit {
				t.Errorf("%s: %+v, want a sighting of %v", c.Stream, o[0], out[0].Credit)
			}
			if again := h.receive(c); again[0].Verdict != collect.Duplicate {
				t.Errorf("%s again: %+v, want duplicate", c.Stream, again[0])
			}
		}
		// Two parents, the same amount and words on one day: each stream reports both, both are booked once.
		plain := h.credit(500, "nop tien hoc")
		plain.BankRef = ""
		p1 := h.receive(plain)[0]
		plain.PartnerRef += "x"
		p2 := h.receive(plain)[0]
		if p1.Verdict != collect.Posted || p2.Verdict != collect.Posted {
			t.Fatalf("two equal payments of one stream: %v %v, want both posted", p1, p2)
		}
		plain.Memo = "NOP TIEN HOC" // folded by the other stream
		var seen []id.Credit
		for range 2 {
			o := h.receive(file(stream("mt940", plain.Credit)))[0]
			if o.Verdict != collect.Sighted {
				t.Errorf("other stream: %+v, want a sighting", o)
			}
			seen = append(seen, o.Credit)
		}
		slices.Sort(seen)
		if !slices.Equal(seen, []id.Credit{p1.Credit, p2.Credit}) {
			t.Errorf("sighted %v, want each of %v %v once", seen, p1.Credit, p2.Credit)
		}
		third := h.receive(file(stream("mt940", plain.Credit)))[0]
		if third.Verdict != collect.Posted {
			t.Errorf("a third one in the other stream: %+v, want posted", third)
		}
		// Its webhook comes late: the statement had it first.
		plain.PartnerRef += "y"
		if o := h.receive(plain)[0]; o.Verdict != collect.Sighted || o.Credit != third.Credit {
			t.Errorf("the late webhook: %+v, want a sighting of %v", o, third.Credit)
		}
		if got := h.bill(b.ID).Paid; got != 1000 {
			t.Errorf("paid %d, want 1000 once", got)
		}
		h.verify()
	})
}

func TestRefusedCreditsAreKept(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		b := h.issue(school, 1000)
		unknown := h.credit(1000, string(b.Code), func(c *rail.Credit) { c.Account = "999" })
		foreign := h.credit(1000, string(b.Code))
		foreign.Scope = hospital
		zero := h.credit(0, string(b.Code))
		good := h.credit(1000, string(b.Code))
		out := h.receive(unknown, foreign, zero, good)
		want := []string{collect.RefusedAccount, collect.RefusedScope, collect.RefusedMalformed, ""}
		for i, o := range out {
			if o.Reason != want[i] {
				t.Errorf("credit %d: %+v, want reason %q", i, o, want[i])
			}
		}
		var kept []collect.Inbound
		h.view(func(tx *db.Tx) (err error) { kept, err = collect.InboundSince(tx, start, 10); return err })
		if len(kept) != 3 {
			t.Errorf("%d messages kept, want 3", len(kept))
		}
		if p := h.bill(b.ID).Paid; p != 1000 {
			t.Errorf("the good one paid %d, want 1000", p)
		}
		h.verify()
	})
}

func TestBankReversalReopensTheBill(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		b := h.issue(school, 1000)
		in := h.credit(1200, string(b.Code))
		out := h.receive(in)
		back := in
		back.Stream, back.PartnerRef, back.Reversal = "camt", "rev-1", true
		o := h.receive(back)
		if o[0].Verdict != collect.Undone || o[0].Credit != out[0].Credit {
			t.Fatalf("reversal: %+v", o[0])
		}
		if again := h.receive(back); again[0].Verdict != collect.Duplicate {
			t.Errorf("again: %+v, want duplicate", again[0])
		}
		if got := h.bill(b.ID); got.Paid != 0 || !got.PaidAt.IsZero() {
			t.Errorf("paid %d at %v, want nothing", got.Paid, got.PaidAt)
		}
		if got := partsOf(h.get(out[0].Credit)); got != (parts{Status: collect.Reversed, Reversed: 1200}) {
			t.Errorf("credit %+v", got)
		}
		var rs []collect.Receipt
		h.view(func(tx *db.Tx) (err error) { rs, err = collect.ReceiptsOfBills(tx, b.ID); return err })
		if len(rs) != 1 || rs[0].State != collect.ReceiptReversed {
			t.Errorf("receipts %+v, want one, reversed", rs)
		}
		if v := h.s.Check(rs[0], string(b.Code), h.s.CheckCode(rs[0], string(b.Code))); v != collect.CheckReversed {
			t.Errorf("check says %s, want reversed", v)
		}
		none := h.credit(77, "x", func(c *rail.Credit) { c.Reversal = true })
		if o := h.receive(none); o[0].Reason != collect.RefusedReversal {
			t.Errorf("reversal of nothing: %+v", o[0])
		}
		h.verify()
	})
}

func TestReceiptNumbersHaveNoGapsOrDoubles(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		const n = 120
		bills := make([]bill.Bill, n)
		for i := range bills {
			bills[i] = h.issue([]id.Facility{school, hospital}[i%2], 1000)
		}
		ins := make([]collect.Incoming, n)
		for i, b := range bills {
			ins[i] = h.credit(1000, string(b.Code))
			if b.Facility == hospital {
				ins[i].Account = hospNo
			}
		}
		var wg sync.WaitGroup
		for w := range 8 {
			wg.Go(func() {
				for i := w; i < n; i += 8 {
					if i%3 == 0 {
						if _, _, err := h.s.TakeCash(h.ctx, collect.System, collect.Cash{Facility: bills[i].Facility, Bill: bills[i].ID, Amount: 1000, Key: fmt.Sprint(i)}); err != nil {
							t.Error(err)
						}
						continue
					}
					if _, err := h.s.Receive(h.ctx, []collect.Incoming{ins[i]}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		for _, f := range []id.Facility{school, hospital} {
			var rs []collect.Receipt
			h.view(func(tx *db.Tx) (err error) { rs, err = collect.ReceiptsOf(tx, f, 0, 1000); return err })
			var nos []int64
			for _, r := range rs {
				nos = append(nos, r.Number)
			}
			slices.Sort(nos)
			for i, v := range nos {
				if v != int64(i+1) {
					t.Fatalf("facility %v: numbers %v", f, nos)
				}
			}
			if len(nos) != n/2 {
				t.Errorf("facility %v: %d receipts, want %d", f, len(nos), n/2)
			}
			var older []collect.Receipt
			h.view(func(tx *db.Tx) (err error) { older, err = collect.ReceiptsOf(tx, f, rs[9].ID, 5); return err })
			if len(older) != 5 || older[0].ID != rs[10].ID {
				t.Errorf("facility %v: the page after the tenth begins with %v, want %v", f, older, rs[10].ID)
			}
		}
		h.verify()
	})
}
