package app

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/db/dbtest"
	"github.com/sen-platform/sen/internal/ledger"
	"github.com/sen-platform/sen/internal/org/orgtest"
	"github.com/sen-platform/sen/internal/vnd"
	"github.com/sen-platform/sen/sandbox/bank"
)

// How big the crash test is. Nightly: 50 kills during 100,000 credits.
const (
	envKills   = "SEN_CRASH_KILLS"
	envCredits = "SEN_CRASH_CREDITS"
)

const crashClients = 24

// TestCrash kills the real server with SIGKILL at random moments while partners report
// credits, starts it again, and lets the partners repeat what was not acknowledged. Nothing
// acknowledged may be lost, nothing booked twice, and the books must agree (issue, "It must
// show").
func TestCrash(t *testing.T) {
	kills, credits := sizeOf(t, envKills, 2), sizeOf(t, envCredits, 2000)
	binary := filepath.Join(t.TempDir(), "sen")
	if out, err := exec.Command("go", "build", "-o", binary, "github.com/sen-platform/sen/cmd/sen").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	t.Run("sqlite", func(t *testing.T) {
		newCrash(t, binary, Config{Data: t.TempDir()}, kills, credits).run()
	})
	t.Run("postgres", func(t *testing.T) {
		newCrash(t, binary, Config{Data: t.TempDir(), DSN: dbtest.DSN(t)}, kills, credits).run()
	})
}

func sizeOf(t *testing.T, env string, usual int) int {
	t.Helper()
	text := os.Getenv(env)
	if text == "" {
		return usual
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatalf("%s=%q is no number", env, text)
	}
	return n
}

// crash is one run on one engine.
type crash struct {
	t       *testing.T
	binary  string
	cfg     Config
	kills   int
	rng     *rand.Rand
	account bank.Account
	hook    bank.Hook
	credits []bank.Movement
	bills   []bill.Bill
	paid    []vnd.Amount // by bill, as far as its credits cover it
	waiting vnd.Amount   // without a code

	acked atomic.Int64
	tries atomic.Int64
	base  atomic.Value // string: where the server listens, "" while it is down
	up    *sync.Cond
}

// newCrash makes bills and the credits that will pay them: most pay their bill, some pay
// half, some pay twice, some name no bill.
func newCrash(t *testing.T, binary string, cfg Config, kills, credits int) *crash {
	t.Helper()
	const secret = "khoa-cua-doi-tac"
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	c := &crash{t: t, binary: binary, cfg: cfg, kills: kills, rng: rand.New(rand.NewPCG(seed, 1)), up: sync.NewCond(&sync.Mutex{})}
	c.base.Store("")
	cfg.Env = func(string) (string, bool) { return "", false }
	a, err := Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	world := orgtest.New(t, a.DB, a.IDs, a.cfg.Clock)
	c.account = bank.Account{Number: world.SchoolAccount.Number, Brand: "Vietcombank", BIN: world.SchoolAccount.BankBIN}
	h, err := a.Collect.AddHook(t.Context(), collect.System, a.Keys, world.School.ID, "sepay", "hmac", secret)
	if err != nil {
		t.Fatal(err)
	}
	c.hook = bank.Hook{Stream: "sepay", URL: "/hooks/sepay/" + h.Path, Secret: secret}
	due := a.Collect.Today().AddDays(30)
	for len(c.bills) < credits {
		list := make([]bill.NewBill, min(1000, credits-len(c.bills)))
		for i := range list {
			list[i] = bill.NewBill{
				Facility: world.School.ID, BeneficiaryName: "Nguyễn Văn Mẫu", Reason: "Tiền ăn", DueOn: due,
				Lines: []bill.Line{{FeeKind: world.Meals.ID, Name: "Tiền ăn", Quantity: 1, UnitPrice: 500_000, Amount: 500_000}},
			}
		}
		made, err := a.Collect.Issue(t.Context(), collect.System, list, true)
		if err != nil {
			t.Fatal(err)
		}
		c.bills = append(c.bills, made...)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	c.paid = make([]vnd.Amount, len(c.bills))
	for i := range credits {
		m := bank.Movement{ID: int64(1000 + i), Ref: fmt.Sprintf("FT%012d", i), At: time.Now(), Amount: 500_000}
		to := i
		switch c.rng.IntN(20) {
		case 0:
			m.Amount = 250_000
		case 1:
			to = c.rng.IntN(i + 1) // maybe a second payment of an earlier bill
		case 2:
			to = -1
		}
		if to < 0 {
			m.Memo = "nop tien an"
			c.waiting += m.Amount
		} else {
			m.Memo = string(c.bills[to].Code) + " tien an"
			c.paid[to] = min(500_000, c.paid[to]+m.Amount)
		}
		c.credits = append(c.credits, m)
	}
	return c
}

func (c *crash) store() []string {
	if c.cfg.DSN != "" {
		return []string{"--data", c.cfg.Data, "--dsn", c.cfg.DSN}
	}
	return []string{"--data", c.cfg.Data}
}

func (c *crash) server() *exec.Cmd {
	return exec.Command(c.binary, append([]string{"serve", "--addr", "127.0.0.1:0"}, c.store()...)...)
}

// stumble starts the server and kills it before it is ready: while it opens the store,
// perhaps, or recovers.
func (c *crash) stumble() {
	c.t.Helper()
	cmd := c.server()
	if err := cmd.Start(); err != nil {
		c.t.Fatal(err)
	}
	<-time.After(time.Duration(c.rng.Int64N(int64(60 * time.Millisecond)))) // the moment is the test's input
	c.kill(cmd)
}

// start runs the server and returns once it takes requests.
func (c *crash) start() *exec.Cmd {
	c.t.Helper()
	cmd := c.server()
	out, err := cmd.StdoutPipe()
	if err != nil {
		c.t.Fatal(err)
	}
	var trouble strings.Builder
	cmd.Stderr = &trouble
	if err := cmd.Start(); err != nil {
		c.t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if _, at, ok := strings.Cut(lines.Text(), "http://"); ok {
			c.up.L.Lock()
			c.base.Store("http://" + at)
			c.up.L.Unlock()
			c.up.Broadcast()
			return cmd
		}
	}
	_ = cmd.Wait()
	c.t.Fatalf("the server did not start: %s", trouble.String())
	return nil
}

func (c *crash) kill(cmd *exec.Cmd) {
	c.t.Helper()
	c.base.Store("")
	if err := cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		c.t.Fatal(err)
	}
	_ = cmd.Wait() // "signal: killed"
}

// where is the server's address; it waits while the server is down.
func (c *crash) where(ctx context.Context) string {
	c.up.L.Lock()
	defer c.up.L.Unlock()
	for c.base.Load() == "" && ctx.Err() == nil {
		c.up.Wait()
	}
	return c.base.Load().(string)
}

func (c *crash) run() {
	t := c.t
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	defer context.AfterFunc(ctx, c.up.Broadcast)()
	cmd := c.start()
	defer func() { c.kill(cmd) }()

	queue := make(chan int, len(c.credits))
	for i := range c.credits {
		queue <- i
	}
	client := &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: crashClients}}
	reached := make(chan struct{}, 1)
	var clients sync.WaitGroup
	for range crashClients {
		clients.Go(func() {
			for {
				var i int
				select {
				case i = <-queue:
				case <-ctx.Done():
					return
				}
				h := c.hook
				h.URL = c.where(ctx) + h.URL
				c.tries.Add(1)
				if err := h.Send(ctx, client, c.account, c.credits[i], time.Now()); err != nil {
					queue <- i // not acknowledged: again, as partners do
					continue
				}
				c.acked.Add(1)
				select {
				case reached <- struct{}{}:
				default:
				}
			}
		})
	}
	wait := func(n int64) {
		for c.acked.Load() < n {
			select {
			case <-reached:
			case <-time.After(2 * time.Minute):
				t.Fatalf("nothing was acknowledged for two minutes; %d of %d", c.acked.Load(), len(c.credits))
			}
		}
	}
	all := int64(len(c.credits))
	for k := range c.kills {
		// Somewhere in this kill's part of the credits, and not always right after an answer.
		part := all / int64(c.kills+1)
		wait(part*int64(k) + 1 + c.rng.Int64N(part))
		<-time.After(time.Duration(c.rng.Int64N(int64(5 * time.Millisecond)))) // the moment is the test's input
		c.kill(cmd)
		if c.rng.IntN(3) == 0 {
			c.stumble()
		}
		if k%10 == 0 {
			c.verify()
		}
		cmd = c.start()
	}
	wait(all)
	cancel()
	clients.Wait()
	t.Logf("%d credits, %d kills, %d deliveries", all, c.kills, c.tries.Load())
	if c.tries.Load() == all {
		t.Error("no delivery was ever repeated: the kills hit nothing")
	}
	c.kill(cmd)
	cmd = c.start() // what is in the store after the last kill counts
	c.verify()
	c.compare()
}

// verify lets the command line prove the books.
func (c *crash) verify() {
	c.t.Helper()
	out, err := exec.Command(c.binary, append([]string{"verify", "--json"}, c.store()...)...).Output()
	var rep collect.Report
	if jsonErr := json.Unmarshal(out, &rep); err != nil || jsonErr != nil || !rep.Clean() || rep.Checks == 0 {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			out = append(out, exit.Stderr...)
		}
		c.t.Fatalf("sen verify: %v\n%.4000s", err, out)
	}
}

// compare holds the store against what the partners sent: every credit once, every bill paid
// by just its credits.
func (c *crash) compare() {
	t := c.t
	t.Helper()
	cfg := c.cfg
	cfg.Env, cfg.Log = func(string) (string, bool) { return "", false }, slog.New(slog.NewTextHandler(io.Discard, nil))
	a, err := Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	var sum vnd.Amount
	for _, m := range c.credits {
		sum += m.Amount
	}
	err = a.DB.View(t.Context(), func(tx *db.Tx) error {
		seen := map[string]int{}
		rows, err := tx.Query("select partner_ref, amount from credit")
		err = db.Each(rows, err, func(r db.Rows) error {
			var ref string
			var amount vnd.Amount
			err := r.Scan(&ref, &amount)
			seen[ref]++
			return err
		})
		if err != nil {
			return err
		}
		lost, twice := 0, 0
		for _, m := range c.credits {
			switch n := seen[strconv.FormatInt(m.ID, 10)]; {
			case n == 0:
				lost++
			case n > 1:
				twice++
			}
		}
		if lost+twice > 0 || len(seen) != len(c.credits) {
			t.Errorf("of %d acknowledged credits %d are lost and %d booked twice; %d in the store", len(c.credits), lost, twice, len(seen))
		}
		wrong := 0
		err = tx.QueryMany("select paid from bill where id = $1", billRows(c.bills), func(i int, r db.Rows) error {
			var paid vnd.Amount
			err := r.Scan(&paid)
			if paid != c.paid[i] {
				wrong++
			}
			return err
		})
		if err != nil {
			return err
		}
		if wrong > 0 {
			t.Errorf("%d bills are paid otherwise than their credits say", wrong)
		}
		facility := c.bills[0].Facility
		waits, err := collect.WaitingOf(tx, facility)
		if err != nil {
			return err
		}
		if waits.Amount != c.waiting {
			t.Errorf("%v waits, want %v", waits.Amount, c.waiting)
		}
		acct, err := ledger.NetAt(tx, ledger.Account{Facility: facility, Kind: ledger.Bank, Ref: c.accountID(tx)}, "9999-12-31")
		if err == nil && acct != sum {
			t.Errorf("the book says the bank holds %v, the credits sum to %v", acct, sum)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func billRows(list []bill.Bill) [][]any {
	rows := make([][]any, len(list))
	for i, b := range list {
		rows[i] = []any{int64(b.ID)}
	}
	return rows
}

func (c *crash) accountID(tx *db.Tx) (account int64) {
	c.t.Helper()
	if err := tx.Row("select id from receiving_account where number = $1", []any{c.account.Number}, &account); err != nil {
		c.t.Fatal(err)
	}
	return account
}
