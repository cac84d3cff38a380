package billcode

import (
	"math/rand/v2"
	"testing"
)

// someBodies are valid bodies: the reference's and arbitrary ones, the same each run.
func someBodies(n int) []body {
	r := rand.New(rand.NewPCG(23, 8))
	bodies := make([]body, 0, n)
	for _, s := range []string{"00000001T7", "K7G3M9X077", "CFGHJKMNJN", "XXXXXXXXV9"} {
		b, _, _, _ := readBody(s)
		bodies = append(bodies, b)
	}
	for len(bodies) < n {
		var b body
		for i := range payloadLen {
			b[i] = byte(r.IntN(order))
		}
		b.fillChecks()
		bodies = append(bodies, b)
	}
	return bodies
}

// TestEveryErrorInOneOrTwoSymbolsIsRejected goes through all of them. The code is linear, so
// one body would prove it for all.
func TestEveryErrorInOneOrTwoSymbolsIsRejected(t *testing.T) {
	for _, right := range someBodies(8) {
		tried := 0
		for i := range bodyLen {
			for v := range byte(order) {
				wrong := right
				wrong[i] = v
				if v != right[i] && Valid(wrong.String()) {
					t.Fatalf("%s accepted for %s", wrong.String(), right.String())
				}
				for j := i + 1; j < bodyLen; j++ {
					for w := range byte(order) {
						if v == right[i] || w == right[j] {
							continue
						}
						wrong[j] = w
						if tried++; Valid(wrong.String()) {
							t.Fatalf("%s accepted for %s", wrong.String(), right.String())
						}
						wrong[j] = right[j]
					}
				}
			}
		}
		if tried != 45*22*22 {
			t.Fatalf("%d double errors tried", tried)
		}
	}
}

func TestEverySwapIsRejected(t *testing.T) {
	for _, right := range someBodies(2000) {
		for i := range bodyLen {
			for j := range i {
				wrong := right
				wrong[i], wrong[j] = right[j], right[i]
				if wrong != right && Valid(wrong.String()) {
					t.Fatalf("%s accepted for %s", wrong.String(), right.String())
				}
			}
		}
	}
}

func TestEverySingleErrorIsCorrected(t *testing.T) {
	for _, right := range someBodies(200) {
		want := right.String()
		if got, ok := Correct(want); !ok || got != want {
			t.Fatalf("Correct(%s) = %s, %v", want, got, ok)
		}
		for i := range bodyLen {
			// All symbols and some characters that are none.
			for _, c := range Alphabet + "ADEOWY?\x00" {
				wrong := []byte(want)
				wrong[i] = byte(c)
				if got, ok := Correct(string(wrong)); !ok || got != want {
					t.Fatalf("Correct(%q) = %s, %v; want %s", wrong, got, ok, want)
				}
			}
		}
	}
}

// TestCorrectionOfTwoErrors: it may find another code or none, but what it
// returns is always valid and one symbol away.
func TestCorrectionOfTwoErrors(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	none := 0
	for _, right := range someBodies(2000) {
		wrong := right
		i := r.IntN(bodyLen)
		j := (i + 1 + r.IntN(bodyLen-1)) % bodyLen
		wrong[i] = (wrong[i] + byte(1+r.IntN(order-1))) % order
		wrong[j] = (wrong[j] + byte(1+r.IntN(order-1))) % order
		got, ok := Correct(wrong.String())
		if !ok {
			none++
			continue
		}
		if got == right.String() || !Valid(got) || distance(got, wrong.String()) != 1 {
			t.Fatalf("Correct(%s) = %s", wrong.String(), got)
		}
	}
	if none == 0 || none == 2000 {
		t.Errorf("%d of 2000 double errors had no correction", none)
	}
}

func distance(a, b string) int {
	n := 0
	for i := range len(a) {
		if a[i] != b[i] {
			n++
		}
	}
	return n
}

func TestShapesThatAreNoBody(t *testing.T) {
	for _, s := range []string{"", "K7G3M9X07", "K7G3M9X0777", "K7G3M9X0 7", "đ7G3M9X07", "AAG3M9X077"} {
		if Valid(s) {
			t.Errorf("Valid(%q)", s)
		}
		if s == "K7G3M9X0 7" {
			continue // one foreign character is a symbol to correct
		}
		if got, ok := Correct(s); ok {
			t.Errorf("Correct(%q) = %s", s, got)
		}
	}
	for _, s := range []string{"", "K7G3M9X", "K7G3M9X07", "K7G3M9XA"} {
		if got, ok := RefillLastTwo(s); ok {
			t.Errorf("RefillLastTwo(%q) = %s", s, got)
		}
	}
}

// TestRandomTextIsRarelyACode: exactly one pair of check symbols in 529 fits any payload, and
// over a million arbitrary strings the share shows.
func TestRandomTextIsRarelyACode(t *testing.T) {
	for _, b := range someBodies(50) {
		fits := 0
		for v := range byte(order) {
			for w := range byte(order) {
				b[8], b[9] = v, w
				if b.valid() {
					fits++
				}
			}
		}
		if fits != 1 {
			t.Fatalf("%d pairs of check symbols fit %s", fits, b.String())
		}
	}
	r := rand.New(rand.NewPCG(5, 29))
	accepted := 0
	for range 1_000_000 {
		var b body
		for i := range b {
			b[i] = byte(r.IntN(order))
		}
		if b.valid() {
			accepted++
		}
	}
	// Expected 1890 with a standard deviation of 43.
	if accepted < 1890-220 || accepted > 1890+220 {
		t.Errorf("%d of 1,000,000 random bodies accepted, expected about 1890", accepted)
	}
}
