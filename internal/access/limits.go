package access

import (
	"container/list"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// limits is a token bucket per key, for at most size keys: the key not used for longest is
// forgotten first. Safe for concurrent use.
type limits struct {
	every rate.Limit
	burst int
	size  int

	mu    sync.Mutex
	byKey map[string]*list.Element
	order *list.List // most recently used first
}

type limited struct {
	key string
	*rate.Limiter
}

func newLimits(every rate.Limit, burst, size int) *limits {
	return &limits{every: every, burst: burst, size: size, byKey: map[string]*list.Element{}, order: list.New()}
}

// take uses one try of the key and returns 0, or how long to wait when none is left.
func (l *limits) take(now time.Time, key string) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	e, ok := l.byKey[key]
	if ok {
		l.order.MoveToFront(e)
	} else {
		e = l.order.PushFront(limited{key, rate.NewLimiter(l.every, l.burst)})
		l.byKey[key] = e
		if l.order.Len() > l.size {
			l.drop(l.order.Back())
		}
	}
	r := e.Value.(limited).ReserveN(now, 1)
	wait := r.DelayFrom(now)
	if wait > 0 {
		r.CancelAt(now) // a refused try costs nothing, so waiting always helps
	}
	return wait
}

// forget gives a key all its tries back.
func (l *limits) forget(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e, ok := l.byKey[key]; ok {
		l.drop(e)
	}
}

func (l *limits) drop(e *list.Element) {
	delete(l.byKey, e.Value.(limited).key)
	l.order.Remove(e)
}

func (l *limits) len() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.order.Len()
}
