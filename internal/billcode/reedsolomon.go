package billcode

// Arithmetic of bank-and-pos section 4.3. A body v1..v10 is valid when, modulo 23,
// S1 = Σ 5^i·v_i and S2 = Σ 25^i·v_i are both zero.

// Alphabet lists the symbols; the value of a symbol is its place.
const Alphabet = "0123456789CFGHJKMNPRTVX"

const (
	order   = 23 // number of symbols, a prime
	foreign = 0xff
)

// body is the ten symbol values of a code.
type body [bodyLen]byte

var (
	weight1 = [bodyLen]int{5, 2, 10, 4, 20, 8, 17, 16, 11, 9}
	weight2 = [bodyLen]int{2, 4, 8, 16, 9, 18, 13, 3, 6, 12}

	symbolValue = symbolTable()                 // value of a symbol in either case, or foreign
	lookAlike   = symbolTable(lookAlikes[:]...) // the same with O Q I L S B Z read as digits
	inverse     = inverses()
	terms       = weightedTerms()
	checkTable  = checkPairs()
)

// lookAlikes are pairs of the character people write and the symbol they mean.
var lookAlikes = [...]string{"O0", "Q0", "I1", "L1", "S5", "B8", "Z2"}

func symbolTable(pairs ...string) (t [256]byte) {
	for i := range t {
		t[i] = foreign
	}
	set := func(c, v byte) {
		t[c] = v
		if c >= 'A' {
			t[c+'a'-'A'] = v
		}
	}
	for i := range order {
		set(Alphabet[i], byte(i))
	}
	for _, pair := range pairs {
		set(pair[0], pair[1]-'0')
	}
	return t
}

// inverses of 1..22 for multiplication modulo 23.
func inverses() (t [order]int) {
	for a := 1; a < order; a++ {
		for b := 1; b < order; b++ {
			if a*b%order == 1 {
				t[a] = b
			}
		}
	}
	return t
}

// weightedTerms holds both weighted values of a symbol at a place, that for S1 in the low
// half and that for S2 in the high, so that one addition advances both sums.
func weightedTerms() (t [bodyLen][order]uint32) {
	for i := range bodyLen {
		for v := range order {
			t[i][v] = uint32(weight1[i]*v) | uint32(weight2[i]*v)<<16
		}
	}
	return t
}

// checkPairs tells which two check symbols contribute the given S1 and S2.
func checkPairs() (t [order][order][2]byte) {
	for a := range order {
		for b := range order {
			s1 := (weight1[8]*a + weight1[9]*b) % order
			s2 := (weight2[8]*a + weight2[9]*b) % order
			t[s1][s2] = [2]byte{byte(a), byte(b)}
		}
	}
	return t
}

// sums returns S1 and S2. All values must be below order.
func (b *body) sums() (s1, s2 int) {
	var t uint32
	for i, v := range b {
		t += terms[i][v]
	}
	return int(t & 0xffff % order), int(t >> 16 % order)
}

func (b *body) valid() bool {
	s1, s2 := b.sums()
	return s1 == 0 && s2 == 0
}

// fillChecks sets the last two symbols from the first eight.
func (b *body) fillChecks() {
	b[8], b[9] = 0, 0
	s1, s2 := b.sums()
	c := checkTable[(order-s1)%order][(order-s2)%order]
	b[8], b[9] = c[0], c[1]
}

// correct makes the body valid by changing at most one symbol. A wrong symbol with the
// difference d at place i makes S1 = 5^i·d and S2 = 25^i·d, so S2/S1 tells the place.
func (b *body) correct() bool {
	s1, s2 := b.sums()
	if s1 == 0 && s2 == 0 {
		return true
	}
	if s1 == 0 || s2 == 0 {
		return false
	}
	place := s2 * inverse[s1] % order
	for i, w := range weight1 {
		if w == place {
			d := s1 * inverse[w] % order
			b[i] = byte((int(b[i]) + order - d) % order)
			return true
		}
	}
	return false
}

// fillAt sets the symbol at place i so that S1 is zero and reports whether S2 is zero too.
func (b *body) fillAt(i int) bool {
	b[i] = 0
	s1, _ := b.sums()
	b[i] = byte((order - s1) % order * inverse[weight1[i]] % order)
	return b.valid()
}

func (b *body) allDigits() bool {
	for _, v := range b {
		if v > 9 {
			return false
		}
	}
	return true
}

// String is the body in symbols.
func (b *body) String() string {
	var s [bodyLen]byte
	for i, v := range b {
		s[i] = Alphabet[v]
	}
	return string(s[:])
}

// readBody reads ten symbols of the alphabet in either case, without look-alikes. It returns
// the number of symbols foreign to the alphabet and the place of the last of them.
func readBody(s string) (b body, strangers, at int, ok bool) {
	if len(s) != bodyLen {
		return b, 0, 0, false
	}
	for i := range bodyLen {
		if b[i] = symbolValue[s[i]]; b[i] == foreign {
			strangers, at, b[i] = strangers+1, i, 0
		}
	}
	return b, strangers, at, true
}

// Valid reports whether the ten symbols of a code without its prefix are of the alphabet and
// agree with their check symbols. It does not refuse ten digits; Parse does.
func Valid(body10 string) bool {
	b, strangers, _, ok := readBody(body10)
	return ok && strangers == 0 && b.valid()
}

// Correct returns the valid body that differs from body10 in at most one symbol, which may
// be a character outside the alphabet; false when there is none. There is at most one. Two or
// more wrong symbols can lead to another, valid body: compare the amount and the payee, and
// never book on a corrected code alone.
func Correct(body10 string) (string, bool) {
	b, strangers, at, ok := readBody(body10)
	switch {
	case !ok || strangers > 1:
		return "", false
	case strangers == 1:
		ok = b.fillAt(at)
	default:
		ok = b.correct()
	}
	if !ok {
		return "", false
	}
	return b.String(), true
}

// RefillLastTwo completes a body whose two check symbols were cut off; false when body8 is
// not eight symbols of the alphabet.
func RefillLastTwo(body8 string) (string, bool) {
	if len(body8) != payloadLen {
		return "", false
	}
	b, strangers, _, _ := readBody(body8 + "00")
	if strangers > 0 {
		return "", false
	}
	b.fillChecks()
	return b.String(), true
}
