package collect_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/db/dbtest"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/indicator"
	"github.com/sen-platform/sen/internal/rail"
	"github.com/sen-platform/sen/internal/vnd"
)

func (h *house) credits(f collect.CreditFilter) ([]collect.Credit, id.Credit) {
	h.t.Helper()
	var list []collect.Credit
	var next id.Credit
	h.view(func(tx *db.Tx) (err error) { list, next, err = collect.Credits(tx, f); return err })
	return list, next
}

func memos(list []collect.Credit) []string {
	out := []string{}
	for _, c := range list {
		out = append(out, c.Memo)
	}
	return out
}

func TestCreditsAreFilteredAndPaged(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		b := h.issue(school, 1000)
		h.receive(h.credit(1000, string(b.Code)), h.credit(77_000, "tien sach 100%", func(c *rail.Credit) { c.PayerName = "PHAM THI HUE" }),
			h.credit(300, "ck", func(c *rail.Credit) { c.BookedOn = "2026-11-20" }),
			h.credit(5, "cua benh vien", func(c *rail.Credit) { c.Account = hospNo }))
		if _, _, err := h.s.TakeCash(h.ctx, collect.System, collect.Cash{Facility: school, Bill: h.issue(school, 400).ID, Amount: 400, Key: "k", Note: "tai quay"}); err != nil {
			t.Fatal(err)
		}
		over := h.issue(school, 10)
		h.receive(h.credit(15, string(over.Code)))
		for name, c := range map[string]struct {
			filter collect.CreditFilter
			want   []string
		}{
			"all, newest first":  {collect.CreditFilter{}, []string{string(over.Code), "tai quay", "ck", "tien sach 100%", string(b.Code)}},
			"waiting":            {collect.CreditFilter{Waiting: true}, []string{"ck", "tien sach 100%"}},
			"surplus":            {collect.CreditFilter{Surplus: true}, []string{string(over.Code)}},
			"status":             {collect.CreditFilter{Status: []collect.Status{collect.Waiting}}, []string{"ck", "tien sach 100%"}},
			"cash":               {collect.CreditFilter{Method: rail.Cash}, []string{"tai quay"}},
			"payer's name":       {collect.CreditFilter{Text: "Huệ"}, []string{"tien sach 100%"}},
			"two words":          {collect.CreditFilter{Text: "SACH hue"}, []string{"tien sach 100%"}},
			"a wildcard is text": {collect.CreditFilter{Text: "%"}, []string{"tien sach 100%"}},
			"amount":             {collect.CreditFilter{Text: "77.000 ₫"}, []string{"tien sach 100%"}},
			"from":               {collect.CreditFilter{From: "2026-11-22", Text: "c"}, []string{"tien sach 100%"}},
			"to":                 {collect.CreditFilter{To: "2026-11-21"}, []string{"ck"}},
			"nothing":            {collect.CreditFilter{Text: "khong co"}, []string{}},
		} {
			c.filter.Facility = school
			list, next := h.credits(c.filter)
			if diff := cmp.Diff(c.want, memos(list)); diff != "" && name != "from" {
				t.Errorf("%s: %s", name, diff)
			}
			if name == "from" && slices.Contains(memos(list), "ck") {
				t.Errorf("from 22/11 lists a credit of 20/11")
			}
			if next != 0 {
				t.Errorf("%s: one page has a next one", name)
			}
		}
		var walked []string
		f := collect.CreditFilter{Facility: school, Limit: 2}
		for {
			list, next := h.credits(f)
			walked = append(walked, memos(list)...)
			if f.Before = next; next == 0 {
				break
			}
		}
		all, _ := h.credits(collect.CreditFilter{Facility: school})
		if diff := cmp.Diff(memos(all), walked); diff != "" {
			t.Errorf("pages of two: %s", diff)
		}
	})
}

func TestWaitingCashAndSums(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		h.view(func(tx *db.Tx) error {
			w, err := collect.WaitingOf(tx, school)
			if w.N != 0 || !w.Oldest.IsZero() {
				t.Errorf("nothing waits: %+v", w)
			}
			last, err2 := collect.LastCredit(tx, school)
			if !last.IsZero() {
				t.Errorf("nothing came, yet %v", last)
			}
			return cmpErr(err, err2)
		})
		h.receive(h.credit(100, "a"))
		h.clk.Advance(time.Hour)
		h.receive(h.credit(50, "b"), h.credit(7, "c", func(c *rail.Credit) { c.Account = hospNo }))
		a, b := h.issue(school, 400), h.issue(school, 600)
		cash := func(key string, of bill.Bill) collect.Credit {
			c, _, err := h.s.TakeCash(h.ctx, collect.System, collect.Cash{Facility: school, Bill: of.ID, Amount: of.Total, Key: key})
			h.must(err)
			return c
		}
		today := clock.Today(h.clk)
		cash("1", a)
		h.clk.Advance(24 * time.Hour)
		second := cash("2", b)
		h.view(func(tx *db.Tx) error {
			w, err := collect.WaitingOf(tx, school)
			if want := (collect.WaitingSum{N: 2, Amount: 150, Oldest: start}); err == nil && w != want {
				t.Errorf("waits %+v, want %+v", w, want)
			}
			last, err2 := collect.LastCredit(tx, school)
			if want := start.Add(time.Hour); !last.Equal(want) {
				t.Errorf("last credit at %v, want %v", last, want)
			}
			list, sum, err3 := collect.CashOn(tx, school, today, 10)
			if len(list) != 1 || sum != (collect.CashSum{N: 1, Amount: 400}) {
				t.Errorf("first day: %d, %+v", len(list), sum)
			}
			list, sum, err4 := collect.CashOn(tx, school, today.AddDays(1), 10)
			if len(list) != 1 || list[0].ID != second.ID || sum != (collect.CashSum{N: 1, Amount: 600}) {
				t.Errorf("second day: %d, %+v", len(list), sum)
			}
			some, err5 := collect.CreditsByID(tx, []id.Credit{second.ID, 999})
			if len(some) != 1 || some[second.ID].Amount != 600 {
				t.Errorf("by id: %+v", some)
			}
			return cmpErr(err, err2, err3, err4, err5)
		})
	})
}

func cmpErr(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func TestSightingsTellOtherStreams(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		in := h.credit(1000, "hoc phi")
		first := h.receive(in)[0]
		h.clk.Advance(time.Hour)
		in.Stream, in.PartnerRef = "casso", "c77"
		h.receive(in)
		h.view(func(tx *db.Tx) error {
			list, err := collect.SightingsOf(tx, first.Credit)
			want := []collect.Sighting{{Stream: "casso", PartnerRef: "c77", At: start.Add(time.Hour)}}
			if diff := cmp.Diff(want, list); diff != "" {
				t.Error(diff)
			}
			return err
		})
	})
}

func TestReceiptsByNumber(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		var bills []id.Bill
		for i := range 5 {
			b := h.issue(school, vnd.Amount(100+i))
			h.receive(h.credit(b.Total, string(b.Code)))
			bills = append(bills, b.ID)
		}
		h.receive(h.credit(5, string(h.issue(hospital, 5).Code), func(c *rail.Credit) { c.Account = hospNo }))
		numbers := func(f collect.ReceiptFilter) (out []int64, more bool) {
			f.Facility = school
			h.view(func(tx *db.Tx) error {
				list, m, err := collect.Receipts(tx, f)
				for _, r := range list {
					out = append(out, r.Number)
				}
				more = m
				return err
			})
			return out, more
		}
		for name, c := range map[string]struct {
			filter collect.ReceiptFilter
			want   []int64
		}{
			"all":     {collect.ReceiptFilter{}, []int64{5, 4, 3, 2, 1}},
			"number":  {collect.ReceiptFilter{Year: 2026, Number: 3}, []int64{3}},
			"bills":   {collect.ReceiptFilter{Bills: bills[1:3]}, []int64{3, 2}},
			"method":  {collect.ReceiptFilter{Method: rail.Cash}, nil},
			"valid":   {collect.ReceiptFilter{State: collect.ReceiptValid}, []int64{5, 4, 3, 2, 1}},
			"to":      {collect.ReceiptFilter{To: "2026-11-21"}, nil},
			"from to": {collect.ReceiptFilter{From: "2026-11-22", To: "2026-11-22"}, []int64{5, 4, 3, 2, 1}},
		} {
			if got, _ := numbers(c.filter); !slices.Equal(got, c.want) {
				t.Errorf("%s: %v, want %v", name, got, c.want)
			}
		}
		first, more := numbers(collect.ReceiptFilter{Limit: 3})
		rest, end := numbers(collect.ReceiptFilter{Limit: 3, BeforeYear: 2026, BeforeNumber: 3})
		if !more || end || !slices.Equal(slices.Concat(first, rest), []int64{5, 4, 3, 2, 1}) {
			t.Errorf("pages: %v %v %v %v", first, more, rest, end)
		}
	})
}

func TestRoundSumsAgreeWithTheWall(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		var round bill.Round
		h.must(d.Update(h.ctx, func(tx *db.Tx) (err error) {
			round, err = bill.CreateRound(tx, id.NewGenNode(h.clk, 2), h.clk.Now(), bill.NewRound{Facility: school, Name: "Đợt thử", DueOn: "2026-12-01"})
			return err
		}))
		var list []bill.NewBill
		for i := range 6 {
			list = append(list, bill.NewBill{
				Facility: school, Round: round.ID, ExternalID: fmt.Sprint("r", i), PayerName: "Trần Văn Mẫu", Class: []string{"1A", "1B"}[i%2],
				Reason: "Thu", DueOn: "2026-12-01", PartPayment: "free", Lines: []bill.Line{{FeeKind: meals, Name: "khoản", Quantity: 1, UnitPrice: 1000, Amount: 1000}},
			})
		}
		made, err := h.s.Issue(h.ctx, collect.System, list, false)
		h.must(err)
		_, err = h.s.PublishBills(h.ctx, collect.System, []id.Bill{made[0].ID, made[1].ID, made[2].ID, made[3].ID})
		h.must(err)
		h.receive(h.credit(1000, string(made[0].Code)), h.credit(300, string(made[1].Code)))
		_, _, err = h.s.TakeCash(h.ctx, collect.System, collect.Cash{Facility: school, Bill: made[2].ID, Amount: 1000, Key: "k"})
		h.must(err)
		h.must(h.s.Cancel(h.ctx, collect.System, made[3].ID, "thử"))
		h.view(func(tx *db.Tx) error {
			wall, err := bill.Wall(tx, round.ID)
			sums, err2 := collect.RoundSums(tx, []id.Round{round.ID, 77})
			if diff := cmp.Diff(map[id.Round]bill.ClassCount{round.ID: bill.Sum(wall)}, sums); diff != "" {
				t.Errorf("sums: %s", diff)
			}
			by, err3 := collect.MethodsOfRound(tx, round.ID)
			want := map[rail.Method]indicator.Sum{rail.QR: {N: 2, Amount: 1300}, rail.Cash: {N: 1, Amount: 1000}}
			if diff := cmp.Diff(want, by); diff != "" {
				t.Errorf("methods: %s", diff)
			}
			rows, err4 := collect.OpenRowsOf(tx, school)
			if len(rows) != 0 {
				t.Errorf("open rows: %v", rows)
			}
			o, err5 := collect.OverdueOf(tx, school, "2026-12-02")
			if want := (collect.Overdue{N: 1, Amount: 700, Since: "2026-12-01"}); o != want {
				t.Errorf("overdue %+v, want %+v", o, want)
			}
			none, err6 := collect.OverdueOf(tx, school, "2026-12-01")
			if none != (collect.Overdue{}) {
				t.Errorf("on the due date: %+v", none)
			}
			return cmpErr(err, err2, err3, err4, err5, err6)
		})
	})
}

func TestStatementRecordsAreHeldAgainstTheBookOfNow(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		b := h.issue(school, 2000)
		imp := h.importFile("s1.xml", camt053("S1", "2026-11-22", 500, 3200, entry("CRDT", "2026-11-22", "FT1", string(b.Code), 2000), entry("DBIT", "2026-11-22", "FT2", "DIEN", 300)))
		read := func() collect.StatementRecord {
			var out []collect.StatementRecord
			h.view(func(tx *db.Tx) error {
				last, err := collect.LastStatements(tx, school, "2026-11-22")
				all, err2 := collect.StatementsOf(tx, school, 0, 10)
				file, err3 := collect.StatementsOfFile(tx, school, imp.File)
				if early, err := collect.LastStatements(tx, school, "2026-11-21"); err != nil || len(early) != 0 {
					t.Errorf("the day before has %d statements: %v", len(early), err)
				}
				if diff := cmp.Diff(all, last); diff != "" {
					t.Errorf("last statements: %s", diff)
				}
				if diff := cmp.Diff(all, file); diff != "" {
					t.Errorf("statements of the file: %s", diff)
				}
				out = all
				none, err4 := collect.StatementsOf(tx, hospital, 0, 10)
				if len(none) != 0 {
					t.Errorf("the hospital sees %d statements of the school", len(none))
				}
				return cmpErr(err, err2, err3, err4)
			})
			if len(out) != 1 {
				t.Fatalf("%d statements", len(out))
			}
			return out[0]
		}
		s := read()
		if d := s.Difference(); d == nil || *d != 1000 || s.Credits != 1 || s.CreditSum != 2000 || s.Debits != 1 || *s.Opening != 500 || *s.Closing != 3200 || s.Book != 2200 {
			t.Errorf("statement: %+v, difference %v", s, d)
		}
		h.receive(h.credit(1000, "dong bi thieu")) // the missing line comes by another way
		if d := read().Difference(); d == nil || *d != 0 {
			t.Errorf("difference after the missing credit: %v", d)
		}
		h.view(func(tx *db.Tx) error {
			by, err := collect.CreditsOfFile(tx, school, imp.File)
			want := map[id.Account]collect.FileCredits{schoolAcc: {Account: schoolAcc, Posted: 1, Amount: 2000}}
			if diff := cmp.Diff(want, by); diff != "" {
				t.Error(diff)
			}
			f, err2 := collect.StatementFileByID(tx, imp.File)
			if f.Name != "s1.xml" || f.SHA256 != imp.SHA256 || f.Size == 0 {
				t.Errorf("file: %+v", f)
			}
			body, err3 := collect.StatementBody(tx, imp.File)
			if int64(len(body)) != f.Size {
				t.Errorf("%d of %d bytes", len(body), f.Size)
			}
			return cmpErr(err, err2, err3)
		})
	})
}

// suggest is what a waiting credit of the school is offered, best first.
func (h *house) suggest(amount vnd.Amount, memo string, mods ...func(*rail.Credit)) []collect.Suggestion {
	h.t.Helper()
	o := h.receive(h.credit(amount, memo, mods...))[0]
	var out []collect.Suggestion
	h.view(func(tx *db.Tx) error {
		c, err := collect.CreditByID(tx, o.Credit)
		if err != nil {
			return err
		}
		out, err = h.s.Suggest(tx, c, 5)
		return err
	})
	return out
}

func TestSuggestions(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		khoi := h.issue(school, 1_250_000) // Nguyễn Minh Khôi, 3B
		paid := h.issue(school, 1_250_000)
		h.receive(h.credit(1_250_000, string(paid.Code)))
		spoilt := []byte(khoi.Code)
		spoilt[5] = map[bool]byte{true: 'T', false: 'K'}[spoilt[5] != 'T']
		for name, c := range map[string]struct {
			amount vnd.Amount
			memo   string
			want   collect.Suggestion
			none   bool
		}{
			"name, class and amount": {amount: 1_250_000, memo: "be Khoi lop 3b", want: collect.Suggestion{Amount: true, Name: "khoi", Class: true}},
			"class without a space":  {amount: 1_250_000, memo: "minh khoi LOP3B", want: collect.Suggestion{Amount: true, Name: "minh khoi", Class: true}},
			"whole name":             {amount: 10, memo: "Nguyễn Minh Khôi nộp", want: collect.Suggestion{Name: "nguyen minh khoi", Full: true}},
			"another class":          {amount: 1_250_000, memo: "minh khoi lop 3c", want: collect.Suggestion{Amount: true, Name: "minh khoi", Other: "3c"}},
			"the pupil's code":       {amount: 10, memo: "nop cho " + khoi.BeneficiaryCode, want: collect.Suggestion{Person: true}},
			"a spoilt code":          {amount: 10, memo: string(spoilt), want: collect.Suggestion{Code: true}},
			"amount alone":           {amount: 1_250_000, memo: "ck", want: collect.Suggestion{Amount: true}},
			"given name alone":       {amount: 10, memo: "khoi", none: true},
			"nothing":                {amount: 10, memo: "tien dien", none: true},
		} {
			got := h.suggest(c.amount, c.memo, func(x *rail.Credit) { x.PayerName = "" })
			if c.none {
				if len(got) != 0 {
					t.Errorf("%s: %+v", name, got)
				}
				continue
			}
			if len(got) != 1 || got[0].Bill.ID != khoi.ID {
				t.Errorf("%s: %d suggestions", name, len(got))
				continue
			}
			g := got[0]
			if w := h.s.Weigh(collect.Credit{Facility: school, Suspense: c.amount, Memo: c.memo}, g.Bill); w != g {
				t.Errorf("%s: weighed %+v, suggested %+v", name, w, g)
			}
			g.Bill, g.Score = bill.Bill{}, 0
			if g != c.want {
				t.Errorf("%s: %+v, want %+v", name, g, c.want)
			}
		}
		if got := h.suggest(10, "ck", func(x *rail.Credit) { x.PayerName = "TRAN VAN MAU" }); len(got) != 0 {
			t.Errorf("the payer's name alone: %+v", got)
		}
	})
}

// Whatever a memo holds, suggesting only ranks open bills of the facility, best first, and
// books nothing.
func TestSuggestionsAreOpenBillsOfTheFacility(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		open := map[id.Bill]bool{}
		for i := range 6 {
			open[h.issue(school, vnd.Amount(1000*(i+1))).ID] = true
		}
		h.issue(hospital, 1000)
		closed := h.issue(school, 1000)
		h.receive(h.credit(1000, string(closed.Code)))
		rapid.Check(t, func(rt *rapid.T) {
			words := rapid.SliceOfN(rapid.SampledFrom([]string{"Khôi", "minh", "nguyen", "lop", "3b", "3", "b", "HS0001", "0912345678", "%", "'", "\x00", string(closed.Code)[:8]}), 0, 6).Draw(rt, "words")
			c := collect.Credit{Facility: school, Suspense: vnd.Amount(rapid.Int64Range(1, 7000).Draw(rt, "amount")), PayerName: rapid.SampledFrom([]string{"", "TRAN VAN MAU", "ai do"}).Draw(rt, "payer")}
			for _, w := range words {
				c.Memo += w + " "
			}
			var list []collect.Suggestion
			if err := d.View(h.ctx, func(tx *db.Tx) (err error) { list, err = h.s.Suggest(tx, c, 5); return err }); err != nil {
				rt.Fatal(err)
			}
			for i, s := range list {
				if !open[s.Bill.ID] {
					rt.Fatalf("suggests bill %v: %+v", s.Bill.ID, s.Bill)
				}
				if i > 0 && s.Score > list[i-1].Score {
					rt.Fatalf("not best first: %d after %d", s.Score, list[i-1].Score)
				}
			}
		})
		h.verify()
	})
}
