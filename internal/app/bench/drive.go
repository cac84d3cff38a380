package bench

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/rail"
)

// target is an open bill and the account its payment goes to.
type target struct {
	code    string
	account string
	n       int64 // number of the payment, unique for ever
}

// sender pays a target and returns when that is durable.
type sender interface {
	client() (func(target) error, func(), error)
	cpu() (time.Duration, error)
	peakMB() (float64, error)
}

// drive pays all targets with so many clients and returns how long each took.
func drive(ctx context.Context, s sender, targets []target, clients int, progress func(string, int, int)) ([]time.Duration, error) {
	took := make([]time.Duration, len(targets))
	var next atomic.Int64
	var failed atomic.Pointer[error]
	var wg sync.WaitGroup
	for range clients {
		pay, end, err := s.client()
		if err != nil {
			return nil, err
		}
		wg.Go(func() {
			defer end()
			for ctx.Err() == nil && failed.Load() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(targets) {
					return
				}
				start := time.Now()
				if err := pay(targets[i]); err != nil {
					failed.Store(&err)
					return
				}
				took[i] = time.Since(start)
				if i%1000 == 0 {
					progress("credits", i, len(targets))
				}
			}
		})
	}
	wg.Wait()
	if err := failed.Load(); err != nil {
		return nil, *err
	}
	return took, ctx.Err()
}

// amount is what every bill of the bench owes.
const amount = 770_000

// memo is a transfer text as banks frame it.
func memo(code string) string {
	return "MBVCB.4500000001.029552." + code + " LOP 3B.CT tu 0010000000001 NGUYEN VAN A toi 1200000000001 TRUONG TH HOA SEN tai BIDV"
}

// direct calls the service in this process.
type direct struct{ h *house }

var errNotMatched = errors.New("bench: a credit did not find its bill")

func (d *direct) client() (func(target) error, func(), error) {
	in := make([]collect.Incoming, 1)
	return func(t target) error {
		now := time.Now()
		in[0] = collect.Incoming{Credit: rail.Credit{
			Stream: "sepay", PartnerRef: fmt.Sprint(t.n), Account: t.account, Amount: amount, Memo: memo(t.code),
			BankRef: fmt.Sprintf("FT%014d", t.n), BookedOn: clock.DateOf(now), OccurredAt: now, Method: rail.QR,
			PayerName: "NGUYEN VAN A", PayerAccount: "0010000000001", Raw: webhook(t, now),
		}}
		out, err := d.h.Collect.Receive(context.Background(), in)
		if err == nil && (out[0].Verdict != collect.Posted || out[0].Status != collect.Matched) {
			return fmt.Errorf("%w: %+v", errNotMatched, out[0])
		}
		return err
	}, func() {}, nil
}

func (d *direct) cpu() (time.Duration, error) {
	var u syscall.Rusage
	err := syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()), err
}

func (d *direct) peakMB() (float64, error) { return peak("self") }

// webhook is the body SePay sends for a payment.
func webhook(t target, now time.Time) []byte {
	return fmt.Appendf(nil, `{"id":%d,"gateway":"BIDV","transactionDate":"%s","accountNumber":"%s","subAccount":null,"code":null,"content":"%s","transferType":"in","transferAmount":%d,"accumulated":0,"referenceCode":"FT%014d","description":""}`,
		t.n, now.In(clock.VN).Format(time.DateTime), t.account, memo(t.code), amount, t.n)
}
