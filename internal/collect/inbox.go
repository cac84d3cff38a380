package collect

import (
	"context"
	"errors"
	"sync"

	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/rail"
)

// Incoming is one credit on its way in.
type Incoming struct {
	rail.Credit
	// Scope is the facility the sender speaks for; a credit of another facility's account is
	// refused. 0 means any (a province's own import).
	Scope id.Facility
	File  id.File
}

// Verdict is what became of an incoming credit.
type Verdict string

// The verdicts. All of them are durable when Receive returns.
const (
	Posted    Verdict = "posted"    // new: booked, on a bill or in suspense
	Duplicate Verdict = "duplicate" // seen before; nothing changed
	Sighted   Verdict = "sighted"   // another stream's view of a credit that is booked
	Undone    Verdict = "reversed"  // the bank took an earlier credit back
	Refused   Verdict = "refused"   // kept as evidence but not booked: see Reason
)

// Outcome tells what became of one Incoming.
type Outcome struct {
	Verdict Verdict
	Credit  id.Credit // the credit that stands for it; 0 when refused
	Status  Status
	Bills   []id.Bill
	Reason  string
}

// ErrStopped: the service is shutting down; nothing was booked, send again.
var ErrStopped = errors.New("collect: stopping")

type request struct {
	in   []Incoming
	out  []Outcome
	err  error
	done chan struct{}
}

var requests = sync.Pool{New: func() any { return &request{done: make(chan struct{}, 1)} }}

// Receive books credits and returns once that is durable: acknowledge the partner after it,
// never before. Credits that arrive while a transaction runs share the next one; nobody
// waits for a batch to fill. The order within one call is kept.
//
// An error means nothing of this call was booked and it may be sent again.
func (s *Service) Receive(ctx context.Context, in []Incoming) ([]Outcome, error) {
	if len(in) == 0 {
		return nil, nil
	}
	r := requests.Get().(*request)
	r.in, r.out, r.err = in, nil, nil
	if err := s.enqueue(ctx, r); err != nil {
		return nil, err
	}
	// Once queued the request will be answered: the caller must not be told "failed" about
	// money that is being booked.
	<-r.done
	out, err := r.out, r.err
	r.in, r.out, r.err = nil, nil, nil
	requests.Put(r)
	return out, err
}

// enqueue hands r to Run, or fails when Run has been told to end. The gate makes sure that
// nothing enters the inbox after Run looked into it for the last time.
func (s *Service) enqueue(ctx context.Context, r *request) error {
	s.gate.RLock()
	defer s.gate.RUnlock()
	if s.stopped {
		return ErrStopped
	}
	select {
	case s.inbox <- r:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Run takes in credits until ctx ends, then finishes what is queued. It is called once.
func (s *Service) Run(ctx context.Context) {
	closed := make(chan struct{})
	end := ctx.Done()
	for {
		select {
		case r := <-s.inbox:
			s.batch(r)
		case <-end:
			end = nil
			// Senders in the gate may wait for room in the inbox, so keep taking while it closes.
			go func() {
				s.gate.Lock()
				defer s.gate.Unlock()
				s.stopped = true
				close(closed)
			}()
		case <-closed:
			for {
				select {
				case r := <-s.inbox:
					s.batch(r)
				default:
					return
				}
			}
		}
	}
}

// batch books r and whatever else is queued.
func (s *Service) batch(r *request) {
	batch := []*request{r}
	for n := len(r.in); n < s.limit; {
		select {
		case more := <-s.inbox:
			batch = append(batch, more)
			n += len(more.in)
			continue
		default:
		}
		break
	}
	s.bookAll(batch)
	for _, r := range batch {
		r.done <- struct{}{}
	}
}

// bookAll runs one transaction for all requests; when it fails, each request gets its own, so
// that one bad credit does not spoil the others.
func (s *Service) bookAll(batch []*request) {
	ctx := context.Background()
	var in []Incoming
	if len(batch) == 1 {
		in = batch[0].in
	} else {
		for _, r := range batch {
			in = append(in, r.in...)
		}
	}
	out, err := s.receive(ctx, in)
	if err == nil {
		for _, r := range batch {
			r.out, out = out[:len(r.in):len(r.in)], out[len(r.in):]
		}
		return
	}
	if len(batch) == 1 {
		batch[0].err = err
		return
	}
	for _, r := range batch {
		r.out, r.err = s.receive(ctx, r.in)
	}
}
