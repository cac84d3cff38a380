package api

import (
	"fmt"
	"math"
	"net/http"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/sen-platform/sen/internal/access"
)

// A key may make limitQuota calls at once, and as many again per limitWindow.
const (
	limitQuota  = 1200
	limitWindow = time.Minute
	limitKeys   = 10000
)

// limits is one token bucket per key. Safe for concurrent use.
type limits struct {
	mu    sync.Mutex
	byKey map[access.KeyID]*rate.Limiter
}

func newLimits() *limits { return &limits{byKey: map[access.KeyID]*rate.Limiter{}} }

func (l *limits) of(k access.KeyID) *rate.Limiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.byKey[k]
	if b == nil {
		if len(l.byKey) >= limitKeys { // only keys in force come here, so any one may start anew
			for other := range l.byKey {
				delete(l.byKey, other)
				break
			}
		}
		b = rate.NewLimiter(rate.Limit(limitQuota/limitWindow.Seconds()), limitQuota)
		l.byKey[k] = b
	}
	return b
}

// take counts one call of a key and says in the headers how many are left (IETF draft
// "RateLimit header fields for HTTP").
func (l *limits) take(h http.Header, k access.KeyID, now time.Time) error {
	b := l.of(k)
	ok := b.AllowN(now, 1)
	left := max(b.TokensAt(now), 0)
	full := time.Duration((limitQuota - left) / float64(b.Limit()) * float64(time.Second))
	h.Set("Ratelimit-Policy", fmt.Sprintf(`"key";q=%d;w=%d`, limitQuota, int(limitWindow.Seconds())))
	h.Set("Ratelimit", fmt.Sprintf(`"key";r=%d;t=%d`, int(left), int(math.Ceil(full.Seconds()))))
	if !ok {
		h.Set("Retry-After", strconv.Itoa(max(1, int(math.Ceil((1-left)/float64(b.Limit()))))))
		return faultRate
	}
	return nil
}
