package desk

import (
	"sync"
	"time"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/id"
)

// jobs are the long works of this process: imports and publications of large rounds. What
// they have done stands in the database; here is only how far they are and how they ended,
// so that a page can tell. A work that dies with the process is begun again by hand and goes
// on where it stopped.
type jobs struct {
	clk clock.Clock
	mu  sync.Mutex
	all map[id.Round]*job
	run sync.WaitGroup
}

// job is one work on a round.
type job struct {
	what  string // words for the page: "Đang đọc thu-12.xlsx"
	total int    // 0 while not known
	begun time.Time

	mu   sync.Mutex
	done int
	err  error
	over bool
	end  chan struct{}
}

func newJobs(clk clock.Clock) *jobs { return &jobs{clk: clk, all: map[id.Round]*job{}} }

// start runs work for a round unless another one runs there; false then.
func (j *jobs) start(r id.Round, what string, total int, work func(progress func(done int)) error) (*job, bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if old := j.all[r]; old != nil && !old.finished() {
		return old, false
	}
	n := &job{what: what, total: total, begun: j.clk.Now(), end: make(chan struct{})}
	j.all[r] = n
	j.run.Go(func() {
		err := work(n.step)
		n.mu.Lock()
		n.err, n.over = err, true
		n.mu.Unlock()
		close(n.end)
	})
	return n, true
}

// of is the work that runs on a round; nil when none does.
func (j *jobs) of(r id.Round) *job {
	j.mu.Lock()
	defer j.mu.Unlock()
	if n := j.all[r]; n != nil && !n.finished() {
		return n
	}
	return nil
}

// failed takes the error a round's last work ended with, once.
func (j *jobs) failed(r id.Round) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	n := j.all[r]
	if n == nil || !n.finished() {
		return nil
	}
	delete(j.all, r)
	return n.err
}

func (n *job) step(done int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.done = done
}

func (n *job) finished() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.over
}

// state is how far the work is.
func (n *job) state() (done, total int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.done, n.total
}

// wait waits for the end, but not for long: small works are over before the page would be drawn.
func (n *job) wait(most time.Duration) bool {
	select {
	case <-n.end:
		return true
	case <-time.After(most):
		return false
	}
}
