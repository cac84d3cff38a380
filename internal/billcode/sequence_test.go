package billcode

import (
	"bytes"
	"errors"
	"testing"

	"pgregory.net/rapid"
)

func newSequence(t testing.TB, fill byte) *Sequence {
	t.Helper()
	s, err := NewSequence(bytes.Repeat([]byte{fill}, 32))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSequenceIsAPermutation(t *testing.T) {
	s := newSequence(t, 1)
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.OneOf(rapid.Uint64Range(0, 1000), rapid.Uint64Range(0, Payloads-1), rapid.SampledFrom([]uint64{0, halfModulus - 1, halfModulus, Payloads - 1})).Draw(t, "n")
		c, err := s.Code(Hospital, n)
		if errors.Is(err, ErrAllDigits) {
			return
		}
		if err != nil || c.Prefix() != Hospital {
			t.Fatalf("Code(%d) = %s, %v", n, c, err)
		}
		if back, err := s.Number(c); err != nil || back != n {
			t.Fatalf("Number(%s) = %d, %v; want %d", c, back, err, n)
		}
	})
}

// TestSequenceRuns issues a run of numbers as a billing round does: no code twice, neighbours
// far apart, all-digit codes refused at their rate of (10/23)^10.
func TestSequenceRuns(t *testing.T) {
	s := newSequence(t, 2)
	const n = 200_000
	seen := make(map[Code]bool, n)
	refused, near := 0, 0
	var last Code
	for i := range uint64(n) {
		c, err := s.Code(Tuition, i)
		if errors.Is(err, ErrAllDigits) {
			refused++
			continue
		}
		if err != nil || seen[c] {
			t.Fatalf("number %d: %s, %v", i, c, err)
		}
		if last != "" && distance(string(c), string(last)) < 6 {
			near++
		}
		seen[c], last = true, c
	}
	// (10/23)^8 of the payloads are digits, and (10/23)^2 of their checks: 48 expected.
	if refused < 20 || refused > 85 {
		t.Errorf("%d of %d refused, expected about 48", refused, n)
	}
	// Two random bodies agree in five or more of ten places with probability 3·10⁻⁵.
	if near > 40 {
		t.Errorf("%d neighbours are alike", near)
	}
}

// TestSequenceNeverChanges: codes are printed on paper, so a key must give the same codes in
// every later version of the program.
func TestSequenceNeverChanges(t *testing.T) {
	s := newSequence(t, 7)
	for n, want := range map[uint64]Code{0: "HPC3TX84JT8X", 1: "HPJFN55P89T1", 2: "HP0T0RP35004", Payloads - 1: "HP4TJ5GPH18X"} {
		if got, err := s.Code(Tuition, n); err != nil || got != want {
			t.Errorf("Code(%d) = %s, %v; want %s", n, got, err, want)
		}
	}
}

func TestSequenceKeysAndErrors(t *testing.T) {
	a, b := newSequence(t, 1), newSequence(t, 2)
	same := 0
	for n := range uint64(1000) {
		x, _ := a.Code(Tuition, n)
		y, _ := b.Code(Tuition, n)
		if x == y && x != "" {
			same++
		}
	}
	if same > 1 {
		t.Errorf("%d of 1000 numbers have the same code under two keys", same)
	}
	for _, n := range []int{0, 16, 31, 33} {
		if _, err := NewSequence(make([]byte, n)); err == nil {
			t.Errorf("a key of %d bytes was accepted", n)
		}
	}
	if _, err := a.Code(Tuition, Payloads); !errors.Is(err, ErrRange) {
		t.Errorf("number 23^8: %v", err)
	}
	if _, err := a.Code("XX", 1); !errors.Is(err, ErrPrefix) {
		t.Errorf("prefix XX: %v", err)
	}
	if _, err := a.Number("HPK7G3M9X078"); !errors.Is(err, ErrCheck) {
		t.Errorf("Number of a wrong code: %v", err)
	}
	if _, err := a.Number(""); !errors.Is(err, ErrMalformed) {
		t.Errorf("Number of no code: %v", err)
	}
}

func BenchmarkSequence(b *testing.B) {
	s := newSequence(b, 1)
	b.ReportAllocs()
	for n := uint64(0); b.Loop(); n++ {
		_, _ = s.Code(Tuition, n)
	}
}
