package portal

import (
	"container/list"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// limits bounds how often something is done per key: a bucket of burst tries that fills again
// at a rate. It remembers at most size keys and forgets the one unused for longest, so its
// memory is bounded whatever strangers send. Safe for concurrent use.
type limits struct {
	every rate.Limit
	burst int
	size  int

	mu    sync.Mutex
	order *list.List // of *bucket, the one used last in front
	byKey map[string]*list.Element
}

type bucket struct {
	key string
	*rate.Limiter
}

func newLimits(every rate.Limit, burst, size int) *limits {
	return &limits{every: every, burst: burst, size: size, order: list.New(), byKey: map[string]*list.Element{}}
}

// take uses one try of key and returns 0, or says how long to wait when none is left; a refused
// try costs nothing.
func (l *limits) take(now time.Time, key string) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	e, ok := l.byKey[key]
	if ok {
		l.order.MoveToFront(e)
	} else {
		e = l.order.PushFront(&bucket{key, rate.NewLimiter(l.every, l.burst)})
		l.byKey[key] = e
		if l.order.Len() > l.size {
			last := l.order.Back()
			l.order.Remove(last)
			delete(l.byKey, last.Value.(*bucket).key)
		}
	}
	r := e.Value.(*bucket).ReserveN(now, 1)
	delay := r.DelayFrom(now)
	if delay > 0 {
		r.CancelAt(now)
	}
	return delay
}

// forget gives key all its tries back.
func (l *limits) forget(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e, ok := l.byKey[key]; ok {
		l.order.Remove(e)
		delete(l.byKey, key)
	}
}
