package demo

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sen-platform/sen/internal/app"
	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/sandbox/bank"
)

const (
	// between is the usual time between two credits at speed 1.
	between = 2 * time.Second
	// bankDay is how long a banking day lasts at speed 1: at its end statements come in.
	bankDay = 3 * time.Minute
	// enough open bills of one payee; below it new ones are issued.
	enough = 15
)

// town is the province while the demonstration runs.
type town struct {
	cfg    Config
	a      *app.App
	rng    *rand.Rand
	bank   *bank.Bank
	memory string // file the bank is kept in
	payer  *bank.Payer
	post   *bank.Messenger
	payees []*payee
	hooks  map[*payee]bank.Hook
	say    func(format string, args ...any)

	sent, lost atomic.Int64
	slips      int
}

// newTown gets everything ready; local is the origin at which the server listens.
func newTown(ctx context.Context, cfg Config, a *app.App, b *bank.Bank, memory, local string, say func(string, ...any)) (*town, error) {
	rng := rand.New(rand.NewPCG(cfg.Seed, uint64(time.Now().UnixNano())))
	t := &town{
		cfg: cfg, a: a, rng: rng, bank: b, memory: memory, say: say, hooks: map[*payee]bank.Hook{},
		payer: &bank.Payer{Rand: rng, Habits: cfg.Habits},
	}
	t.post = &bank.Messenger{
		Client: &http.Client{Timeout: 30 * time.Second}, Habits: cfg.Habits, Seed: cfg.Seed, Now: time.Now, Retry: time.Second, Late: 20 * time.Second,
		Told: func(_ bank.Movement, what string, err error) {
			switch {
			case what == "lost":
				t.lost.Add(1)
			case err == nil:
				t.sent.Add(1)
			}
		},
	}
	var err error
	if t.payees, err = payees(ctx, a, rand.New(rand.NewPCG(cfg.Seed, 0xde30))); err != nil {
		return nil, err
	}
	return t, a.DB.View(ctx, func(tx *db.Tx) error {
		for _, p := range t.payees {
			list, err := collect.HooksOf(tx, p.Facility.ID)
			if err != nil {
				return err
			}
			for _, h := range list {
				secret, err := h.Secret(a.Keys)
				if err != nil {
					return err
				}
				if h.Active {
					t.hooks[p] = bank.Hook{Stream: h.Stream, URL: local + "/hooks/" + h.Stream + "/" + h.Path, Secret: secret}
				}
			}
		}
		return nil
	})
}

// live lets people pay, patients come and days end until ctx ends.
func (t *town) live(ctx context.Context) {
	var both sync.WaitGroup
	both.Go(func() { t.days(ctx) })
	for t.pause(ctx, between) {
		if err := t.moment(ctx); err != nil && ctx.Err() == nil {
			t.say("Mô phỏng vấp lỗi, vẫn chạy tiếp: %v", err)
		}
	}
	t.post.Close()
	both.Wait()
	if err := t.remember(); err != nil {
		t.say("Không ghi được sổ của ngân hàng mô phỏng: %v", err)
	}
}

// pause waits about d, faster or slower by the speed; false when ctx ends first.
func (t *town) pause(ctx context.Context, d time.Duration) bool {
	d = time.Duration(float64(d) / t.cfg.Speed * (0.5 + t.rng.Float64()))
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// moment is one thing that happens.
func (t *town) moment(ctx context.Context) error {
	p := t.payees[t.rng.IntN(len(t.payees))]
	open, err := t.openBills(ctx, p)
	if err != nil {
		return err
	}
	if len(open) < enough || p.single && t.rng.IntN(4) == 0 {
		if err := t.issue(ctx, p, len(open)); err != nil {
			return err
		}
	}
	if len(open) == 0 {
		return nil
	}
	i := t.rng.IntN(len(open))
	if t.rng.IntN(9) == 0 {
		return t.cash(ctx, p, open[i])
	}
	var second *bank.Bill
	if j := t.rng.IntN(len(open)); j != i {
		s := t.inHand(p, open[j])
		second = &s
	}
	m, err := t.bank.Take(t.payer.Pay(t.inHand(p, open[i]), second, time.Now()))
	if err != nil {
		return err
	}
	if h, ok := t.hooks[p]; ok {
		t.post.Deliver(ctx, h, p.bankAccount(), m)
	}
	return nil
}

func (t *town) openBills(ctx context.Context, p *payee) ([]bill.Notice, error) {
	var out []bill.Notice
	err := t.a.DB.View(ctx, func(tx *db.Tx) error {
		page, err := bill.Search(tx, bill.Filter{
			Facility: p.Facility.ID, Today: t.a.Collect.Today(), Limit: 60,
			Status: []bill.Status{bill.StatusOpen, bill.StatusPartlyPaid, bill.StatusExpired},
		})
		if err != nil {
			return err
		}
		out, err = bill.Notices(tx, page.Bills)
		return err
	})
	return out, err
}

func (t *town) inHand(p *payee, n bill.Notice) bank.Bill {
	return bank.Bill{
		Account: p.account.Number, Code: string(n.Code), Memo: n.PaymentInfo(p.Facility).Memo,
		Amount: n.AmountDue(n.Instalments, t.a.Collect.Today()), Payer: n.PayerName, For: n.BeneficiaryName + " " + n.Class,
	}
}

// issue brings new bills: a patient, or a small list of a school.
func (t *town) issue(ctx context.Context, p *payee, open int) error {
	today := t.a.Collect.Today()
	n := 1
	if !p.single || open < enough {
		n = 5
	}
	list := make([]bill.NewBill, n)
	for i := range list {
		who := p.roster[t.rng.IntN(len(p.roster))]
		list[i] = p.newBill(t.rng, who, 0)
		list[i].DueOn = today.AddDays(7)
		list[i].Reason, list[i].Period = "Khoản thu bổ sung", today.VN()
		if p.single {
			list[i].Reason = "Viện phí ngày " + today.VN()
		}
		t.slips++
		list[i].ExternalID = fmt.Sprintf("%s-%s-%s", p.prefix, today, id.NewToken()[:8])
	}
	_, err := t.a.Collect.Issue(ctx, collect.System, list, true)
	return err
}

func (t *town) cash(ctx context.Context, p *payee, n bill.Notice) error {
	in := collect.Cash{Facility: p.Facility.ID, Bill: n.ID, Amount: n.Open(), Key: "mau-" + id.NewToken()}
	_, _, err := t.a.Collect.TakeCash(ctx, collect.System, in)
	return err
}

// days imports every account's statement at the end of each banking day. The file of a day
// grows until midnight; what came in before is known and not booked again.
func (t *town) days(ctx context.Context) {
	from := t.a.Collect.Today()
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Duration(float64(bankDay) / t.cfg.Speed)):
		}
		today := t.a.Collect.Today()
		lines, found := 0, 0
		for _, p := range t.payees {
			for d := from; d <= today; d = d.AddDays(1) {
				imp, err := importDay(ctx, t.a, t.bank, p, d, d, time.Now())
				if err != nil {
					if ctx.Err() == nil {
						t.say("Sao kê của %s chưa nhập được: %v", p.ShortName, err)
					}
					continue
				}
				for _, s := range imp.Parts {
					lines, found = lines+s.Lines, found+s.Posted
				}
			}
		}
		from = today
		t.bank.Forget(string(today.AddDays(-3)))
		if err := t.remember(); err != nil {
			t.say("Không ghi được sổ của ngân hàng mô phỏng: %v", err)
		}
		t.say("%s  hết một ngày ngân hàng: nhập %d sao kê, %d dòng; %d khoản báo có đã thất lạc được tìm thấy (webhook đã báo %d)",
			time.Now().In(clock.VN).Format("15:04:05"), len(t.payees), lines, found, t.sent.Load())
	}
}

// remember keeps the bank for the next run, whole or as it was.
func (t *town) remember() error {
	tmp := t.memory + ".tmp"
	f, err := os.OpenFile(tmp, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if err := t.bank.Save(f); err != nil {
		f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(tmp, t.memory)
}
