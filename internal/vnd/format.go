package vnd

import "strconv"

const (
	nbsp  = "\u00a0"
	dong  = "₫"
	minus = "−" // U+2212, the typographic minus of the screens
)

// MaxBill is the largest amount of one bill: VietQR's field 54 holds 13 digits.
const MaxBill Amount = 9_999_999_999_999

// Grouped writes the amount with dots between thousands and U+2212 when negative: "1.250.000".
func (a Amount) Grouped() string {
	var buf [40]byte
	return string(a.appendGrouped(buf[:0]))
}

// String writes the amount as the screens do, "1.250.000 ₫", with a no-break space (U+00A0)
// so that number and sign stay on one line.
func (a Amount) String() string {
	var buf [48]byte
	b := a.appendGrouped(buf[:0])
	b = append(b, nbsp...)
	return string(append(b, dong...))
}

func (a Amount) appendGrouped(b []byte) []byte {
	if a < 0 {
		b = append(b, minus...)
	}
	var buf [20]byte
	digits := strconv.AppendUint(buf[:0], a.abs(), 10)
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b = append(b, '.')
		}
		b = append(b, d)
	}
	return b
}

// abs is the magnitude; it holds the smallest int64 too.
func (a Amount) abs() uint64 {
	if a < 0 {
		return -uint64(a)
	}
	return uint64(a)
}
