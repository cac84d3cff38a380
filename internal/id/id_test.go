package id

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/sen-platform/sen/internal/clock"
)

var start = time.Date(2026, 11, 22, 12, 2, 33, 0, time.UTC)

// TestNextOnlyGrows: through bursts of more than 4096 in a millisecond, a clock that stands,
// jumps ahead, runs backwards, or lies before 2020.
func TestNextOnlyGrows(t *testing.T) {
	for name, from := range map[string]time.Time{"today": start, "before the epoch": time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC)} {
		t.Run(name, func(t *testing.T) {
			clk := clock.NewManual(from)
			g := NewGenNode(clk, 5)
			last := int64(0)
			for i, step := range []time.Duration{0, time.Millisecond, -time.Hour, 0, 2 * time.Hour, -time.Microsecond} {
				clk.Advance(step)
				for range 5000 {
					v := g.Next()
					if v <= last {
						t.Fatalf("step %d: %d after %d", i, v, last)
					}
					if v>>12&0x3ff != 5 {
						t.Fatalf("step %d: process bits of %x", i, v)
					}
					last = v
				}
			}
		})
	}
}

func TestTime(t *testing.T) {
	at := start.Add(123 * time.Millisecond)
	g := NewGenNode(clock.NewManual(at.Add(456*time.Microsecond)), 1023)
	if got := Time(g.Next()); !got.Equal(at) {
		t.Errorf("Time = %v, want %v", got, at)
	}
}

func TestNextIsUniqueAcrossGoroutines(t *testing.T) {
	g := NewGen(clock.NewManual(start))
	const workers, each = 8, 3000
	drawn := make([][]int64, workers)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for range each {
				drawn[w] = append(drawn[w], g.Next())
			}
		})
	}
	wg.Wait()
	seen := map[int64]bool{}
	for _, list := range drawn {
		for i, v := range list {
			if seen[v] || v <= 0 || (i > 0 && v <= list[i-1]) {
				t.Fatalf("%d is a double, not positive or out of order", v)
			}
			seen[v] = true
		}
	}
	if len(seen) != workers*each {
		t.Errorf("%d identifiers, want %d", len(seen), workers*each)
	}
}

func TestProcessesDiffer(t *testing.T) {
	clk := clock.NewManual(start)
	a, b := NewGenNode(clk, 1), NewGenNode(clk, 2)
	for range 100 {
		if x, y := a.Next(), b.Next(); x == y {
			t.Fatalf("two processes drew %d", x)
		}
	}
}

func TestFormatAndParse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v, w := rapid.Int64Min(1).Draw(t, "v"), rapid.Int64Min(1).Draw(t, "w")
		s, u := Format(Bill(v)), Format(Bill(w))
		if len(s) != len("bil_")+13 || s != Bill(v).String() {
			t.Fatalf("Format(%d) = %q", v, s)
		}
		if back, err := Parse[Bill](s); err != nil || int64(back) != v {
			t.Fatalf("Parse(%q) = %d, %v", s, back, err)
		}
		if (v < w) != (s < u) {
			t.Fatalf("%d and %d sort otherwise than %q and %q", v, w, s, u)
		}
		if _, err := Parse[Credit](s); !errors.Is(err, ErrMalformed) {
			t.Fatalf("a bill was read as a credit: %v", err)
		}
	})
	if got := Bill(0).String(); got != "" {
		t.Errorf("no bill is written %q", got)
	}
	if got := Format(Bill(1)); got != "bil_0000000000001" {
		t.Errorf("Format(1) = %q", got)
	}
}

func TestParseRefuses(t *testing.T) {
	for _, s := range []string{
		"", "bil", "bil_", "bil_1", "_0000000000001", "0000000000001",
		"cre_0000000000001",  // another kind
		"BIL_0000000000001",  // kind in capitals
		"bil_000000000000",   // short
		"bil_00000000000001", // long
		"bil_0000000000000",  // zero
		"bil_000000000000i", "bil_000000000000l", "bil_000000000000o", "bil_000000000000u",
		"bil_000000000000A", "bil_000000000000 ", " bil_0000000000001", "bil_000000000000\x00",
		"bil_8000000000000", "bil_zzzzzzzzzzzzz", // beyond 63 bits
		"bil_00000000000đ", strings.Repeat("bil_", 1000),
	} {
		got, err := Parse[Bill](s)
		if !errors.Is(err, ErrMalformed) || got != 0 {
			t.Errorf("Parse(%.40q) = %d, %v", s, got, err)
		}
		if err != nil && len(err.Error()) > 200 {
			t.Errorf("the error repeats %d bytes", len(err.Error()))
		}
	}
}

func TestKindsDiffer(t *testing.T) {
	prefixes := []string{
		Area(0).Prefix(), Agency(0).Prefix(), Facility(0).Prefix(), Contact(0).Prefix(), Account(0).Prefix(),
		FeeKind(0).Prefix(), User(0).Prefix(), Round(0).Prefix(), Bill(0).Prefix(), Credit(0).Prefix(), Alloc(0).Prefix(),
		Receipt(0).Prefix(), Entry(0).Prefix(), File(0).Prefix(), Event(0).Prefix(),
	}
	seen := map[string]bool{}
	for _, p := range prefixes {
		if seen[p] || len(p) != 3 || strings.ToLower(p) != p {
			t.Errorf("prefix %q", p)
		}
		seen[p] = true
	}
}

func TestNewDrawsTheKind(t *testing.T) {
	g := NewGenNode(clock.NewManual(start), 1)
	b := New[Bill](g)
	if c := New[Credit](g); int64(c) <= int64(b) {
		t.Errorf("%v after %v", c, b)
	}
	if !strings.HasPrefix(b.String(), "bil_") {
		t.Errorf("a bill is %q", b)
	}
}

func TestNull(t *testing.T) {
	if v := Null(Bill(0)); v != nil {
		t.Errorf("Null(0) = %v", v)
	}
	if v := Null(Bill(7)); v != int64(7) {
		t.Errorf("Null(7) = %v", v)
	}
}

func TestNewToken(t *testing.T) {
	seen := map[string]bool{}
	var first, last [256]bool
	for range 2000 {
		s := NewToken()
		if len(s) != 26 || strings.Trim(s, alphabet) != "" || seen[s] {
			t.Fatalf("token %q", s)
		}
		seen[s], first[s[1]], last[s[25]] = true, true, true
	}
	for _, c := range alphabet {
		if !first[c] || !last[c] {
			t.Errorf("%c never appears at both ends: the bits are not spread", c)
		}
	}
}
