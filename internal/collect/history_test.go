package collect_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/db/dbtest"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/rail"
	"github.com/sen-platform/sen/internal/vnd"
)

// Each history has a store of its own, so there are few in a normal run; the nightly run
// sets SEN_HISTORIES and SEN_STEPS.
func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("rapid.checks", env("SEN_HISTORIES", "6")); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

func env(name, otherwise string) string {
	if v := os.Getenv(name); v != "" {
		return v
	}
	return otherwise
}

// world is the random history's own idea of what should be true.
type world struct {
	*house
	bills   []bill.Bill
	credits []id.Credit
	sent    []collect.Incoming
	taken   vnd.Amount // all money that came in, less what the bank took back
}

// TestRandomHistories: after any sequence of what payers, banks, accountants and cashiers
// do, all invariants hold, and no đồng is anywhere but where the world put it.
func TestRandomHistories(t *testing.T) {
	steps, err := strconv.Atoi(env("SEN_STEPS", "40"))
	if err != nil {
		t.Fatal(err)
	}
	for _, engine := range []struct {
		name string
		open func(testing.TB) *db.DB
	}{{"sqlite", dbtest.SQLite}, {"postgres", dbtest.Postgres}} {
		t.Run(engine.name, func(t *testing.T) {
			rapid.Check(t, func(rt *rapid.T) {
				w := &world{house: newHouse(t, engine.open(t))}
				for range steps {
					w.step(rt)
				}
				w.verify()
				var in vnd.Amount
				w.view(func(tx *db.Tx) error {
					return tx.Row("select cast(coalesce(sum(amount - reversed), 0) as bigint) from credit", nil, &in)
				})
				if in != w.taken {
					rt.Fatalf("the store holds %d, the world sent %d", in, w.taken)
				}
				if t.Failed() {
					rt.Fatal("an invariant is broken")
				}
			})
		})
	}
}

func (w *world) step(rt *rapid.T) {
	steps := []struct {
		name string
		do   func(*rapid.T)
	}{
		{"issue", w.issueSome},
		{"pay", w.paySome},
		{"pay", w.paySome},
		{"replay", w.replay},
		{"cash", w.cash},
		{"assign", w.assign},
		{"unmatch", w.unmatch},
		{"surplus", w.surplus},
		{"return", w.giveBack},
		{"reverse", w.reverse},
		{"cancel", w.cancel},
		{"wait", w.wait},
	}
	steps[rapid.IntRange(0, len(steps)-1).Draw(rt, "step")].do(rt)
}

// expected are refusals that a random history runs into by right.
func (w *world) expected(err error) {
	w.t.Helper()
	for _, ok := range []error{collect.ErrState, collect.ErrAmount, collect.ErrFacility, bill.ErrHasMoney, bill.ErrState} {
		if errors.Is(err, ok) {
			return
		}
	}
	w.must(err)
}

func pick[T any](rt *rapid.T, list []T) (T, bool) {
	if len(list) == 0 {
		var none T
		return none, false
	}
	return list[rapid.IntRange(0, len(list)-1).Draw(rt, "which")], true
}

func (w *world) issueSome(rt *rapid.T) {
	f := rapid.SampledFrom([]id.Facility{school, school, hospital}).Draw(rt, "facility")
	amounts := []vnd.Amount{vnd.Amount(rapid.IntRange(1, 5000).Draw(rt, "amount"))}
	if f == school && rapid.Bool().Draw(rt, "two lines") {
		amounts = append(amounts, vnd.Amount(rapid.IntRange(1, 3000).Draw(rt, "second")))
	}
	w.bills = append(w.bills, w.issue(f, amounts...))
}

func (w *world) paySome(rt *rapid.T) {
	var ins []collect.Incoming
	for range rapid.IntRange(1, 4).Draw(rt, "batch") {
		memo, amount := "nop tien", vnd.Amount(rapid.IntRange(1, 6000).Draw(rt, "amount"))
		account := schoolNo
		if b, ok := pick(rt, w.bills); ok && rapid.IntRange(0, 4).Draw(rt, "code") > 0 {
			memo = string(b.Code)
			if b.Facility == hospital && rapid.IntRange(0, 5).Draw(rt, "right account") > 0 {
				account = hospNo
			}
			if rapid.Bool().Draw(rt, "exact") && b.Total > 0 {
				amount = b.Total
			}
			if second, ok := pick(rt, w.bills); ok && rapid.IntRange(0, 5).Draw(rt, "two codes") == 0 {
				memo += " " + string(second.Code)
			}
		}
		in := w.credit(amount, memo, func(c *rail.Credit) {
			c.Account = account
		})
		ins = append(ins, in)
	}
	out := w.receive(ins...)
	for i, o := range out {
		w.sent = append(w.sent, ins[i])
		if o.Verdict == collect.Posted {
			w.credits = append(w.credits, o.Credit)
			w.taken += ins[i].Amount
		}
	}
}

func (w *world) replay(rt *rapid.T) {
	in, ok := pick(rt, w.sent)
	if !ok {
		return
	}
	if o := w.receive(in)[0]; o.Verdict != collect.Duplicate {
		rt.Fatalf("replay of %s: %+v", in.PartnerRef, o)
	}
	other := in
	other.Stream, other.File = "camt", 77
	other.PartnerRef = "camt:" + in.Stream + in.PartnerRef
	if o := w.receive(other)[0]; o.Verdict != collect.Sighted && o.Verdict != collect.Duplicate {
		rt.Fatalf("the bank's view of %s: %+v", in.PartnerRef, o)
	}
}

func (w *world) cash(rt *rapid.T) {
	b, ok := pick(rt, w.bills)
	if !ok {
		return
	}
	w.n++
	in := collect.Cash{Facility: b.Facility, Bill: b.ID, Amount: vnd.Amount(rapid.IntRange(0, 3000).Draw(rt, "cash")), Key: fmt.Sprint(w.n)}
	c, r, err := w.s.TakeCash(w.ctx, collect.System, in)
	if err != nil {
		w.expected(err)
		return
	}
	w.taken += c.Amount
	w.credits = append(w.credits, c.ID)
	if again, r2, err := w.s.TakeCash(w.ctx, collect.System, in); err != nil || again.ID != c.ID || r2.ID != r.ID {
		rt.Fatalf("the same key again: %v %v %v", again.ID, r2.ID, err)
	}
}

func (w *world) assign(rt *rapid.T) {
	c, ok := pick(rt, w.credits)
	b, ok2 := pick(rt, w.bills)
	if !ok || !ok2 {
		return
	}
	parts := []collect.Part{{Bill: b.ID, Amount: vnd.Amount(rapid.IntRange(0, 2000).Draw(rt, "part"))}}
	_, err := w.s.Assign(w.ctx, collect.System, c, parts, rapid.Bool().Draw(rt, "keep rest"), "")
	w.expected(err)
}

func (w *world) unmatch(rt *rapid.T) {
	if c, ok := pick(rt, w.credits); ok {
		_, err := w.s.Unmatch(w.ctx, collect.System, c, "")
		w.expected(err)
	}
}

func (w *world) surplus(rt *rapid.T) {
	c, ok := pick(rt, w.credits)
	b, ok2 := pick(rt, w.bills)
	if ok && ok2 {
		_, err := w.s.UseSurplus(w.ctx, collect.System, c, []collect.Part{{Bill: b.ID}}, "")
		w.expected(err)
	}
}

func (w *world) giveBack(rt *rapid.T) {
	if c, ok := pick(rt, w.credits); ok {
		_, err := w.s.Return(w.ctx, collect.System, c, "")
		w.expected(err)
	}
}

func (w *world) reverse(rt *rapid.T) {
	in, ok := pick(rt, w.sent)
	if !ok {
		return
	}
	w.n++
	back := in
	back.Stream, back.File, back.PartnerRef, back.Reversal = "mt940", 77, fmt.Sprintf("rev%d", w.n), true
	if o := w.receive(back)[0]; o.Verdict == collect.Undone {
		w.taken -= in.Amount
	}
}

func (w *world) cancel(rt *rapid.T) {
	if b, ok := pick(rt, w.bills); ok {
		w.expected(w.s.Cancel(w.ctx, collect.System, b.ID, "nhập nhầm"))
	}
}

func (w *world) wait(rt *rapid.T) {
	w.clk.Advance(time.Duration(rapid.IntRange(1, 40*24).Draw(rt, "hours")) * time.Hour)
}
