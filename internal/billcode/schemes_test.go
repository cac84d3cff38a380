package billcode

import (
	"strings"
	"testing"
)

// The single check digits of bank-and-pos section 4.1. They are here to check the reference's
// vectors and to show why a bill code has two check symbols.

func luhn(s string) byte {
	sum := 0
	for i := range len(s) {
		d := int(s[len(s)-1-i] - '0')
		if i%2 == 0 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return byte('0' + (10-sum%10)%10)
}

func damm(s string) byte {
	table := [10]string{
		"0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
		"3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
	}
	state := byte('0')
	for i := range len(s) {
		state = table[state-'0'][s[i]-'0']
	}
	return state
}

// verhoeff multiplies in the dihedral group of ten elements.
func verhoeff(s string) byte {
	multiply := func(a, b int) int {
		switch {
		case a < 5 && b < 5:
			return (a + b) % 5
		case a < 5:
			return 5 + (a+b)%5
		case b < 5:
			return 5 + (a-b+5)%5
		}
		return (a - b + 5) % 5
	}
	permutation := [10]int{1, 5, 7, 6, 2, 8, 3, 0, 9, 4}
	check := 0
	for i := range len(s) {
		d := int(s[len(s)-1-i] - '0')
		for range i + 1 {
			d = permutation[d]
		}
		check = multiply(check, d)
	}
	for inverse := range 10 {
		if multiply(check, inverse) == 0 {
			return byte('0' + inverse)
		}
	}
	return 0
}

func mod3736(s string) byte {
	const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	p := 36
	for i := range len(s) {
		p = (p + strings.IndexByte(alphabet, s[i])) % 36
		if p == 0 {
			p = 36
		}
		p = p * 2 % 37
	}
	return alphabet[(37-p)%36]
}

func TestSchemeVectors(t *testing.T) {
	for _, c := range []struct {
		name   string
		scheme func(string) byte
		in     string
		want   byte
	}{
		{"Luhn", luhn, "572", '8'},
		{"Luhn", luhn, "12345678", '2'},
		{"Damm", damm, "572", '4'},
		{"Damm", damm, "12345678", '6'},
		{"Verhoeff", verhoeff, "236", '3'},
		{"Verhoeff", verhoeff, "12345678", '4'},
		{"mod 37,36", mod3736, "A12425GABC1234002", 'M'},
		{"mod 37,36", mod3736, "HPK7G3M9X0", 'B'},
	} {
		if got := c.scheme(c.in); got != c.want {
			t.Errorf("%s of %s = %c, want %c", c.name, c.in, got, c.want)
		}
	}
}

// TestOneCheckDigitIsNotEnough counts swaps of symbols one place apart, abc to cba, that pass
// unseen: all of them with Luhn, none with ours.
func TestOneCheckDigitIsNotEnough(t *testing.T) {
	missed, swaps := 0, 0
	for n := range 10_000 {
		s := []byte{byte('0' + n/1000), byte('0' + n/100%10), byte('0' + n/10%10), byte('0' + n%10)}
		check := luhn(string(s))
		if s[0] == s[2] {
			continue
		}
		s[0], s[2] = s[2], s[0]
		if swaps++; luhn(string(s)) == check {
			missed++
		}
	}
	if missed != swaps {
		t.Errorf("Luhn misses %d of %d", missed, swaps)
	}
	for _, right := range someBodies(200) {
		for i := range bodyLen - 2 {
			wrong := right
			wrong[i], wrong[i+2] = right[i+2], right[i]
			if wrong != right && wrong.valid() {
				t.Fatalf("%s accepted for %s", wrong.String(), right.String())
			}
		}
	}
}
