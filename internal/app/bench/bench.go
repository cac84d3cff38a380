// Package bench measures the way of a credit: durable, matched, posted and receipted credits
// per second, beside what the engine can do with the same number of rows and no logic at
// all, in the same run (docs/benchmarks.md).
package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sen-platform/sen/internal/app"
)

// Options say what to measure.
type Options struct {
	Data string
	DSN  string
	// CommitDelay makes each durable commit take that much longer: a slow disk.
	CommitDelay time.Duration
	// Bills is how many open bills there are when it starts; missing ones are issued first.
	Bills int
	// Credits is how many are sent; each pays one open bill in full.
	Credits int
	// Clients send at the same time, each waiting for its answer before the next.
	Clients int
	// Hot sends everything to one receiving account; otherwise it is spread over 600 facilities.
	Hot bool
	// HTTP sends signed webhooks to a process of its own; otherwise Receive is called in process.
	HTTP bool
	// Progress, when not nil, is told what is being done.
	Progress func(what string, done, all int)
}

// Result is one measurement. Durations are of single credits, from send to durable answer.
type Result struct {
	Engine    string        `json:"engine"`
	Mode      string        `json:"mode"` // "in process" or "http"
	Accounts  string        `json:"accounts"`
	Bills     int           `json:"open_bills"`
	Credits   int           `json:"credits"`
	Clients   int           `json:"clients"`
	Delay     time.Duration `json:"commit_delay_ns"`
	PerSecond float64       `json:"credits_per_second"`
	P50       time.Duration `json:"p50_ns"`
	P99       time.Duration `json:"p99_ns"`
	Max       time.Duration `json:"max_ns"`
	Idle      time.Duration `json:"idle_client_p50_ns"` // one client alone: nobody waits for a batch to fill
	Raw       float64       `json:"raw_per_second"`     // the same rows without logic
	Ratio     float64       `json:"ratio"`
	PeakMB    float64       `json:"peak_memory_mb"` // of the process that books
	CPU       time.Duration `json:"cpu_per_credit_ns"`
}

// String is the result for people.
func (r Result) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %s, %s, %d open bills, %d credits, %d clients", r.Engine, r.Mode, r.Accounts, r.Bills, r.Credits, r.Clients)
	if r.Delay > 0 {
		fmt.Fprintf(&b, ", every commit %v slower", r.Delay)
	}
	fmt.Fprintf(&b, "\n  credits/s        %10.0f\n  p50              %10v\n  p99              %10v\n  max              %10v\n  one idle client  %10v\n",
		r.PerSecond, r.P50.Round(10*time.Microsecond), r.P99.Round(10*time.Microsecond), r.Max.Round(10*time.Microsecond), r.Idle.Round(10*time.Microsecond))
	fmt.Fprintf(&b, "  raw limit        %10.0f credits' rows/s without logic\n  ratio            %9.0f%%\n  peak memory      %7.0f MB\n  CPU per credit   %10v\n",
		r.Raw, 100*r.Ratio, r.PeakMB, r.CPU.Round(time.Microsecond))
	return b.String()
}

// house is the store with a service on it, as the bench needs them.
type house struct {
	*app.App
	opt Options
}

func open(ctx context.Context, opt Options) (*house, error) {
	a, err := app.Open(ctx, app.Config{Data: opt.Data, DSN: opt.DSN, CommitDelay: opt.CommitDelay})
	if err != nil {
		return nil, err
	}
	a.Start(ctx)
	return &house{a, opt}, nil
}

func (o Options) progress(what string, done, all int) {
	if o.Progress != nil {
		o.Progress(what, done, all)
	}
}

// Receive runs one measurement.
func Receive(ctx context.Context, opt Options) (r Result, err error) {
	h, err := open(ctx, opt)
	if err != nil {
		return Result{}, err
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	codes, err := h.seed(ctx)
	if err != nil {
		return Result{}, err
	}
	r = Result{
		Engine: string(h.DB.Engine()), Mode: "in process", Accounts: "spread", Bills: opt.Bills, Credits: opt.Credits,
		Clients: opt.Clients, Delay: opt.CommitDelay,
	}
	if opt.Hot {
		r.Accounts = "one account"
	}
	if r.Raw, err = h.raw(ctx); err != nil {
		return Result{}, fmt.Errorf("raw limit: %w", err)
	}
	var send sender = &direct{h}
	if opt.HTTP {
		r.Mode = "http"
		web, err := h.startServer(ctx)
		if err != nil {
			return Result{}, err
		}
		defer func() { err = errors.Join(err, web.close()) }()
		send = web
	}
	runtime.GC()
	idle, err := drive(ctx, send, codes[:idleCredits], 1, opt.progress)
	if err != nil {
		return Result{}, err
	}
	before, err := send.cpu()
	if err != nil {
		return Result{}, err
	}
	start := time.Now()
	took, err := drive(ctx, send, codes[idleCredits:], opt.Clients, opt.progress)
	if err != nil {
		return Result{}, err
	}
	all := time.Since(start)
	after, err := send.cpu()
	if err != nil {
		return Result{}, err
	}
	slices.Sort(took)
	slices.Sort(idle)
	r.PerSecond = float64(len(took)) / all.Seconds()
	r.P50, r.P99, r.Max = took[len(took)/2], took[len(took)*99/100], took[len(took)-1]
	r.Idle = idle[len(idle)/2]
	r.Ratio = r.PerSecond / r.Raw
	r.CPU = (after - before) / time.Duration(len(took))
	r.PeakMB, err = send.peakMB()
	return r, err
}

// idleCredits are sent by one client alone before the clock starts.
const idleCredits = 200

// peak reads the peak resident memory of a process from /proc, in megabytes; 0 elsewhere.
func peak(pid string) (float64, error) {
	b, err := os.ReadFile("/proc/" + pid + "/status")
	if err != nil {
		return 0, nil // not Linux: the figure is left out
	}
	for line := range strings.Lines(string(b)) {
		if v, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kb, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(v), "kB")), 64)
			return kb / 1024, err
		}
	}
	return 0, nil
}
