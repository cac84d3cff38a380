package bank

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Hook is where an aggregator reports an account's credits.
type Hook struct {
	Stream string // "sepay", "casso", "payos"
	URL    string
	Secret string
}

// message is a signed delivery.
type message struct {
	body   []byte
	header map[string]string
}

// sign writes the delivery of a movement, signed at now.
func (h Hook) sign(a Account, m Movement, now time.Time) (message, error) {
	switch h.Stream {
	case "sepay":
		return sepayMessage(h.Secret, a, m, now)
	case "casso":
		return cassoMessage(h.Secret, a, m, now)
	case "payos":
		return payosMessage(h.Secret, a, m)
	}
	return message{}, fmt.Errorf("bank: no aggregator %q", h.Stream)
}

// Send delivers once. It returns nil only when the receiver acknowledged: status 2xx and
// {"success":true}.
func (h Hook) Send(ctx context.Context, client *http.Client, a Account, m Movement, now time.Time) error {
	msg, err := h.sign(a, m, now)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, h.URL, bytes.NewReader(msg.body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	for k, v := range msg.header {
		req.Header.Set(k, v)
	}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	answer, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	if err := firstOf(err, resp.Body.Close()); err != nil {
		return err
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 || !strings.Contains(string(answer), `"success":true`) {
		return fmt.Errorf("bank: not acknowledged: %d %.200s", resp.StatusCode, answer)
	}
	return nil
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// Messenger delivers movements as an aggregator does, again and again until acknowledged, and
// with its habits. Close it.
type Messenger struct {
	Client *http.Client
	Habits Habits
	Seed   uint64
	Now    func() time.Time
	// Retry is the pause before the first repetition; it doubles. Late is how long a delayed
	// message waits.
	Retry, Late time.Duration
	// Told, when not nil, hears of every delivery and of every message that is lost.
	Told func(m Movement, what string, err error)

	mu      sync.Mutex
	rng     *rand.Rand
	held    func() // a message that the next one overtakes
	pending sync.WaitGroup
}

// retries bounds how often one message is repeated, as aggregators do.
const retries = 8

// Deliver sends a movement in the background.
func (d *Messenger) Deliver(ctx context.Context, h Hook, a Account, m Movement) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.rng == nil {
		d.rng = rand.New(rand.NewPCG(d.Seed, 0xd0))
	}
	chance := func(perThousand int) bool { return d.rng.IntN(1000) < perThousand }
	times, wait := 1, time.Duration(0)
	switch {
	case chance(d.Habits.Lost):
		d.told(m, "lost", nil)
		return
	case chance(d.Habits.Duplicate):
		times = 2
	case chance(d.Habits.Delayed):
		wait = d.Late
	}
	deliver := func() {
		if !pause(ctx, wait) {
			return
		}
		for range times {
			d.send(ctx, h, a, m)
		}
	}
	overtaken := d.held
	d.held = nil
	if overtaken == nil && chance(d.Habits.Reordered) {
		d.held = deliver
		return
	}
	d.pending.Go(func() {
		deliver()
		if overtaken != nil {
			overtaken()
		}
	})
}

func (d *Messenger) send(ctx context.Context, h Hook, a Account, m Movement) {
	wait := d.Retry
	for range retries {
		err := h.Send(ctx, d.Client, a, m, d.Now())
		d.told(m, "sent", err)
		if err == nil || !pause(ctx, wait) {
			return
		}
		wait *= 2
	}
}

func (d *Messenger) told(m Movement, what string, err error) {
	if d.Told != nil {
		d.Told(m, what, err)
	}
}

// Close sends what is held back and waits until everything under way has been delivered or
// given up.
func (d *Messenger) Close() {
	d.mu.Lock()
	if d.held != nil {
		d.pending.Go(d.held)
		d.held = nil
	}
	d.mu.Unlock()
	d.pending.Wait()
}

// pause waits unless ctx ends first; false then.
func pause(ctx context.Context, wait time.Duration) bool {
	if wait <= 0 {
		return ctx.Err() == nil
	}
	t := time.NewTimer(wait)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
