// Package id makes the identifiers of all rows.
//
// An identifier is a 63-bit integer: 41 bits of milliseconds since 2020, 10 bits that
// differ per process, 12 bits of counter. It sorts by time, is one machine word in every
// index (docs/adr/0002), and is shown to people and programs with a prefix that tells its
// kind, as in "bil_0c3k9x2m4p7q1". An identifier is no secret: what a stranger may open by
// link carries a random token instead (see NewToken).
package id

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/sen-platform/sen/internal/clock"
)

// ErrMalformed is returned for text that is not an identifier of the wanted kind.
var ErrMalformed = errors.New("id: malformed identifier")

// epoch is 2020-01-01T00:00:00Z in milliseconds.
const epoch = 1577836800000

// Gen makes identifiers. One Gen per process; safe for concurrent use.
type Gen struct {
	clk  clock.Clock
	node int64

	mu   sync.Mutex
	last int64 // last millisecond used
	seq  int64
}

// NewGen returns a generator whose process bits are random. Two processes that draw the
// same bits can collide in the same millisecond; the primary key then refuses the row and
// the transaction is retried, so a collision costs time, never data.
func NewGen(clk clock.Clock) *Gen {
	var b [2]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24
	return NewGenNode(clk, int(binary.BigEndian.Uint16(b[:])))
}

// NewGenNode is NewGen with fixed process bits, for tests that need the same identifiers each run.
func NewGenNode(clk clock.Clock, node int) *Gen {
	return &Gen{clk: clk, node: int64(node) & 0x3ff}
}

// Next returns a new identifier, greater than every one this Gen returned before, also
// when the clock stands still or runs backwards.
func (g *Gen) Next() int64 {
	ms := g.clk.Now().UnixMilli() - epoch
	g.mu.Lock()
	defer g.mu.Unlock()
	if ms > g.last {
		g.last, g.seq = ms, 0
	} else if g.seq++; g.seq > 0xfff {
		g.last, g.seq = g.last+1, 0
	}
	return g.last<<22 | g.node<<12 | g.seq
}

// Time is the instant an identifier was made, to the millisecond.
func Time(v int64) time.Time { return time.UnixMilli(v>>22 + epoch).UTC() }

const alphabet = "0123456789abcdefghjkmnpqrstvwxyz" // Crockford's base 32

func encode(prefix string, v int64) string {
	var b [13]byte
	for i := 12; i >= 0; i-- {
		b[i] = alphabet[v&31]
		v >>= 5
	}
	return prefix + "_" + string(b[:])
}

func decode(prefix, s string) (int64, error) {
	body, ok := strings.CutPrefix(s, prefix+"_")
	if !ok || len(body) != 13 {
		return 0, fmt.Errorf("%w: %q is not %s_…", ErrMalformed, clip(s), prefix)
	}
	var v uint64
	for i := range len(body) {
		d := strings.IndexByte(alphabet, body[i])
		if d < 0 || (i == 0 && d > 7) {
			return 0, fmt.Errorf("%w: %q", ErrMalformed, clip(s))
		}
		v = v<<5 | uint64(d)
	}
	if v == 0 {
		return 0, fmt.Errorf("%w: %q is zero", ErrMalformed, clip(s))
	}
	return int64(v), nil
}

func clip(s string) string {
	if len(s) > 40 {
		return s[:40] + "…"
	}
	return s
}

// NewToken returns 128 random bits as 26 characters of [0-9a-z]: an unguessable key for a link.
func NewToken() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails since Go 1.24
	hi, lo := binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])
	var out [26]byte
	for i := 25; i >= 0; i-- {
		out[i] = alphabet[lo&31]
		lo = lo>>5 | hi<<59
		hi >>= 5
	}
	return string(out[:])
}
