package demo

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/sen-platform/sen/internal/access"
	"github.com/sen-platform/sen/internal/app"
	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/org/sample"
	"github.com/sen-platform/sen/internal/vnd"
	"github.com/sen-platform/sen/sandbox/bank"
)

// months is how far back the history goes.
const months = 6

// filler makes the history: it moves a clock of its own from month to month and uses the same
// use cases as people and banks do.
type filler struct {
	a      *app.App
	clk    *clock.Manual
	now    time.Time
	rng    *rand.Rand
	bank   *bank.Bank
	payer  *bank.Payer
	payees []*payee
	desk   collect.Actor // takes cash
	clerk  collect.Actor // decides about waiting money

	open  map[*payee][]owed
	meant map[string]id.Bill // which bill a transfer was for, by the bank's reference
}

// owed is a bill that somebody will pay.
type owed struct {
	bill.Bill
	memo string
	due  vnd.Amount
}

// fill brings an empty store to the present day: the province, half a year of bills and
// payments, the rounds of this month, and what waits for a human.
func fill(ctx context.Context, cfg Config, b *bank.Bank, progress func(step string)) error {
	now := time.Now().UTC().Truncate(time.Microsecond)
	clk := clock.NewManual(monthStart(now, -months).Add(7 * time.Hour))
	past := cfg.App
	past.Clock = clk
	a, err := app.Open(ctx, past)
	if err != nil {
		return err
	}
	defer a.Close() // the outcome is in the store; the server opens it again
	if err := a.DB.Update(ctx, func(tx *db.Tx) error { return access.SetSample(tx, access.SampleFilling) }); err != nil {
		return err
	}
	progress("Dựng tỉnh Lam Giang")
	if err := sample.Load(ctx, a.Org, a.Access); err != nil {
		return err
	}
	a.Start(ctx)
	rng := rand.New(rand.NewPCG(cfg.Seed, 0xde30))
	f := &filler{
		a: a, clk: clk, now: now, rng: rng, bank: b,
		payer: &bank.Payer{Rand: rng, Habits: bank.Habits{WrongAmount: 8, Mangled: 120, NoCode: 6}},
		open:  map[*payee][]owed{}, meant: map[string]id.Bill{},
	}
	if f.payees, err = payees(ctx, a, rng); err != nil {
		return err
	}
	if err := f.people(ctx); err != nil {
		return err
	}
	for _, p := range f.payees {
		b.Open(p.bankAccount(), vnd.Amount(20+rng.Int64N(180))*1_000_000)
	}
	for m := -months; m < 0; m++ {
		progress("Thu tháng " + monthStart(now, m).In(clock.VN).Format("01/2006"))
		if err := f.month(ctx, m); err != nil {
			return err
		}
	}
	progress("Thu tháng này")
	if err := f.present(ctx); err != nil {
		return err
	}
	return a.DB.Update(ctx, func(tx *db.Tx) error { return access.SetSample(tx, access.SampleReady) })
}

// monthStart is the first of the month n months after now's, in Viet Nam.
func monthStart(now time.Time, n int) time.Time {
	y, m, _ := now.In(clock.VN).Date()
	return time.Date(y, m+time.Month(n), 1, 0, 0, 0, 0, clock.VN)
}

func (f *filler) people(ctx context.Context) error {
	return f.a.DB.View(ctx, func(tx *db.Tx) error {
		for login, who := range map[string]*collect.Actor{"thuquy.catvang": &f.desk, "ketoan.catvang": &f.clerk} {
			u, err := access.UserByLogin(tx, login)
			if err != nil {
				return err
			}
			*who = collect.Actor{User: u.ID, Name: u.ID.String()}
		}
		return nil
	})
}

// at moves the clock to a day of a month and an hour.
func (f *filler) at(month time.Time, day, hour int) {
	t := month.AddDate(0, 0, day-1).Add(time.Duration(hour) * time.Hour)
	if t.After(f.clk.Now()) {
		f.clk.Set(t.UTC())
	}
}

// month plays a whole month of the past: bills on the 2nd, statements every ten days, cash
// between them, and the clerk clears what waits.
func (f *filler) month(ctx context.Context, n int) error {
	start := monthStart(f.now, n)
	f.at(start, 2, 8)
	label := start.In(clock.VN).Format("01/2006")
	for _, p := range f.payees {
		if err := f.bill(ctx, p, "tháng "+label, clock.DateOf(start.AddDate(0, 0, 24))); err != nil {
			return fmt.Errorf("bills of %s: %w", p.facility, err)
		}
	}
	last := start.AddDate(0, 1, -1).In(clock.VN).Day()
	from := 1
	// The habit of paying without cash grows from month to month (T3).
	cashless := 62 + 4*(months+n)
	for _, to := range []int{10, 20, last} {
		for _, p := range f.payees {
			f.at(start, to, 18)
			if err := f.statement(ctx, p, start, from, to, cashless*38/100); err != nil {
				return fmt.Errorf("statement of %s: %w", p.facility, err)
			}
			if err := f.cash(ctx, p, (100-cashless)*30/100); err != nil {
				return fmt.Errorf("cash of %s: %w", p.facility, err)
			}
		}
		from = to + 1
	}
	return nil
}

// bill issues a payee's bills of a period: a round published as a whole, or slips one by one.
func (f *filler) bill(ctx context.Context, p *payee, period string, due clock.Date) error {
	var round bill.Round
	if !p.single {
		var err error
		if round, err = f.round(ctx, p, "Đợt thu "+period, period, due); err != nil {
			return err
		}
	}
	list := make([]bill.NewBill, 0, len(p.roster))
	for _, who := range p.roster {
		n := p.newBill(f.rng, who, round.ID)
		n.Reason, n.Period, n.DueOn = round.Name, period, due
		if p.single {
			p.number++
			n.Reason, n.ExternalID = "Viện phí "+period, fmt.Sprintf("%s-%06d", p.prefix, p.number)
		}
		if p.halves {
			total, err := n.Total()
			if err != nil {
				return err
			}
			n.PartPayment = org.Instalments
			if n.Instalments, err = bill.Divide(total, round.Plan); err != nil {
				return err
			}
		}
		list = append(list, n)
	}
	bills, err := f.a.Collect.Issue(ctx, collect.System, list, p.single)
	if err != nil {
		return err
	}
	if !p.single {
		if _, err := f.a.Collect.Publish(ctx, collect.System, round.ID, nil, nil); err != nil {
			return err
		}
	}
	return f.owe(ctx, p, bills)
}

func (f *filler) round(ctx context.Context, p *payee, name, period string, due clock.Date) (bill.Round, error) {
	n := bill.NewRound{Facility: p.Facility.ID, Name: name, Period: period, DueOn: due}
	if p.halves {
		n.PartPayment = org.Instalments
		n.Plan = []bill.Share{{Weight: 50, DueOn: due.AddDays(-10)}, {Weight: 50, DueOn: due}}
	}
	var r bill.Round
	err := f.a.DB.Update(ctx, func(tx *db.Tx) (err error) {
		r, err = bill.CreateRound(tx, f.a.IDs, f.a.Collect.Now(), n)
		return err
	})
	return r, err
}

// owe remembers bills that will be paid, as their payers see them.
func (f *filler) owe(ctx context.Context, p *payee, bills []bill.Bill) error {
	ids := make([]id.Bill, len(bills))
	for i, b := range bills {
		ids[i] = b.ID
	}
	return f.a.DB.View(ctx, func(tx *db.Tx) error {
		plans, err := bill.InstalmentsOf(tx, ids)
		if err != nil {
			return err
		}
		for _, b := range bills {
			b.State = bill.Published
			f.open[p] = append(f.open[p], owed{b, b.PaymentInfo(p.Facility).Memo, b.AmountDue(plans[b.ID], f.a.Collect.Today())})
		}
		return nil
	})
}

// take removes about so many of a hundred open bills and returns them.
func (f *filler) take(p *payee, of int) []owed {
	var out, rest []owed
	for _, o := range f.open[p] {
		if f.rng.IntN(100) < of {
			out = append(out, o)
		} else {
			rest = append(rest, o)
		}
	}
	f.open[p] = rest
	return out
}

// statement lets payers transfer between two days of a month and imports the bank's file.
func (f *filler) statement(ctx context.Context, p *payee, month time.Time, from, to, of int) error {
	for i, o := range f.take(p, of) {
		at := month.AddDate(0, 0, from-1+f.rng.IntN(to-from+1)).Add(time.Duration(7*60+f.rng.IntN(13*60)) * time.Minute)
		if err := f.transfer(p, o, at.Add(time.Duration(i)*time.Second)); err != nil {
			return err
		}
	}
	first, last := clock.DateOf(month.AddDate(0, 0, from-1)), clock.DateOf(month.AddDate(0, 0, to-1))
	imp, err := importDay(ctx, f.a, f.bank, p, first, last, f.clk.Now())
	if err != nil {
		return err
	}
	return f.clear(ctx, p, imp)
}

func (f *filler) transfer(p *payee, o owed, at time.Time) error {
	t := f.payer.Pay(bank.Bill{Account: p.account.Number, Code: string(o.Code), Memo: o.memo, Amount: o.due, Payer: o.PayerName, For: o.BeneficiaryName + " " + o.Class}, nil, at)
	m, err := f.bank.Take(t)
	f.meant[m.Ref] = o.ID
	return err
}

// importDay imports an account's statement of some days as its bank writes it.
func importDay(ctx context.Context, a *app.App, b *bank.Bank, p *payee, first, last clock.Date, made time.Time) (collect.Import, error) {
	acct := p.bankAccount()
	name := fmt.Sprintf("saoke_%s_%s", acct.Number, last)
	var body []byte
	var err error
	if acct.Brand == "Vietcombank" {
		name += ".xlsx"
		body, err = b.Vietcombank(acct.Number, string(first), string(last))
	} else {
		name += ".xml"
		body, err = b.Camt(acct.Number, string(first), string(last), made)
	}
	if err != nil {
		return collect.Import{}, err
	}
	return a.Collect.ImportStatement(ctx, collect.System, p.Facility.ID, name, body, nil)
}

// clear lets the clerk decide about most of what waits, as the payers tell on the telephone.
func (f *filler) clear(ctx context.Context, p *payee, imp collect.Import) error {
	var credits []id.Credit
	for _, s := range imp.Parts {
		credits = append(credits, s.Credits...)
	}
	var waiting []collect.Credit
	err := f.a.DB.View(ctx, func(tx *db.Tx) error {
		waiting = nil
		found, err := collect.CreditsByID(tx, credits)
		for _, c := range credits {
			if c := found[c]; c.Suspense > 0 {
				waiting = append(waiting, c)
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	for _, c := range waiting {
		of, known := f.meant[c.BankRef]
		if !known || f.rng.IntN(100) < 12 {
			continue
		}
		if _, err := f.a.Collect.Assign(ctx, f.clerk, c.ID, []collect.Part{{Bill: of}}, true, "Người trả xác nhận qua điện thoại"); err != nil {
			return err
		}
	}
	return nil
}

// cash lets some people pay at the desk.
func (f *filler) cash(ctx context.Context, p *payee, of int) error {
	for _, o := range f.take(p, of) {
		in := collect.Cash{Facility: p.Facility.ID, Bill: o.ID, Amount: o.due, Key: "mau-" + o.ID.String()}
		if _, _, err := f.a.Collect.TakeCash(ctx, f.desk, in); err != nil {
			return err
		}
	}
	return nil
}

// present brings the month that runs up to today: schools import their accountants' lists,
// part of it is paid, some money waits, and one list is not finished.
func (f *filler) present(ctx context.Context) error {
	start := monthStart(f.now, 0)
	today := clock.DateOf(f.now)
	day := f.now.In(clock.VN).Day()
	if day > 2 {
		f.at(start, 2, 8)
	} else {
		f.clk.Set(f.now)
	}
	period := "tháng " + start.In(clock.VN).Format("01/2006")
	due := max(clock.DateOf(start.AddDate(0, 0, 24)), today.AddDays(5))
	for _, p := range f.payees {
		if p.single {
			if err := f.bill(ctx, p, period, due); err != nil {
				return fmt.Errorf("bills of %s: %w", p.facility, err)
			}
			continue
		}
		if err := f.list(ctx, p, period, due); err != nil {
			return fmt.Errorf("list of %s: %w", p.facility, err)
		}
	}
	if day > 2 {
		for _, p := range f.payees {
			f.at(start, day-1, 18)
			if err := f.statement(ctx, p, start, 1, day-1, 45); err != nil {
				return fmt.Errorf("statement of %s: %w", p.facility, err)
			}
		}
	}
	f.clk.Set(f.now)
	f.payer.Habits.NoCode = 300
	for _, p := range f.payees {
		// Of today some is paid already; what lacks its code waits for the clerk.
		for i, o := range f.take(p, 6) {
			if err := f.transfer(p, o, f.now.Add(-time.Duration(i+1)*time.Minute)); err != nil {
				return err
			}
		}
		if _, err := importDay(ctx, f.a, f.bank, p, today, today, f.now); err != nil {
			return err
		}
		if err := f.cash(ctx, p, 3); err != nil {
			return err
		}
	}
	if err := f.unfinished(ctx, today); err != nil {
		return err
	}
	return f.hooks(ctx)
}

// list imports a payee's workbook into a round and publishes it.
func (f *filler) list(ctx context.Context, p *payee, period string, due clock.Date) error {
	r, err := f.round(ctx, p, "Đợt thu "+period, period, due)
	if err != nil {
		return err
	}
	body, err := p.workbook(f.rng, "DANH SÁCH THU "+period, false)
	if err != nil {
		return err
	}
	res, err := f.a.Bills.Import(ctx, r.ID, bill.Source{Name: "danh-sach-thu.xlsx", Data: bytes.NewReader(body), Size: int64(len(body))}, bill.ImportOptions{})
	if err != nil {
		return err
	}
	if res.Blocked() || res.Bad > 0 {
		return fmt.Errorf("demo: the list was not taken: %v, %d bad rows %+v", res.Problems, res.Bad, res.Issues)
	}
	if _, err := f.a.Collect.Publish(ctx, collect.System, r.ID, nil, nil); err != nil {
		return err
	}
	var page bill.Page
	err = f.a.DB.View(ctx, func(tx *db.Tx) (err error) {
		page, err = bill.Search(tx, bill.Filter{Facility: p.Facility.ID, Round: r.ID, Limit: 1000})
		return err
	})
	if err != nil {
		return err
	}
	return f.owe(ctx, p, page.Bills)
}

// unfinished leaves a list with mistakes on the accountant's desk.
func (f *filler) unfinished(ctx context.Context, today clock.Date) error {
	p := f.payees[0]
	period := "tháng " + monthStart(f.now, 1).In(clock.VN).Format("01/2006")
	r, err := f.round(ctx, p, "Đợt thu "+period, period, today.AddDays(30))
	if err != nil {
		return err
	}
	body, err := p.workbook(f.rng, "DANH SÁCH THU "+period, true)
	if err != nil {
		return err
	}
	_, err = f.a.Bills.Import(ctx, r.ID, bill.Source{Name: "danh-sach-thu-" + period[len(period)-7:len(period)-5] + ".xlsx", Data: bytes.NewReader(body), Size: int64(len(body))}, bill.ImportOptions{})
	return err
}

// hooks makes the addresses at which the aggregators report.
func (f *filler) hooks(ctx context.Context) error {
	for _, p := range f.payees {
		if _, err := f.a.Collect.AddHook(ctx, collect.System, f.a.Keys, p.Facility.ID, p.stream, collect.HookModes(p.stream)[0], id.NewToken()); err != nil {
			return err
		}
	}
	return nil
}
