package vn

import (
	"math/bits"
	"strconv"
	"time"

	"github.com/sen-platform/sen/internal/clock"
)

// Percent writes num/den with one decimal and a comma, "89,7%", in exact integer arithmetic,
// halves rounded away from zero. "—" when den is zero: there is nothing to measure. A negative
// share has the minus U+2212.
func Percent(num, den int64) string {
	if den == 0 {
		return "—"
	}
	n, d := magnitude(num), magnitude(den)
	hi, lo := bits.Mul64(n, 1000)
	lo, carry := bits.Add64(lo, d/2, 0)
	if hi += carry; hi >= d {
		return "—" // a share above 10^16 is no share
	}
	// Adding ⌊d/2⌋ before dividing rounds halves up: for an odd d no exact half exists.
	tenths, _ := bits.Div64(hi, lo, d)
	s := grouped(tenths/10) + "," + string(rune('0'+tenths%10)) + "%"
	if (num < 0) != (den < 0) && tenths > 0 {
		s = "−" + s
	}
	return s
}

// Count writes a number with dots between thousands: "12.345".
func Count(n int64) string {
	if n < 0 {
		return "−" + grouped(magnitude(n))
	}
	return grouped(magnitude(n))
}

// DateTime writes an instant as people in Viet Nam read it: "19:02 22/11/2026".
func DateTime(t time.Time) string { return t.In(clock.VN).Format("15:04 02/01/2006") }

func grouped(n uint64) string {
	digits := strconv.FormatUint(n, 10)
	b := make([]byte, 0, len(digits)+len(digits)/3)
	for i := range len(digits) {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b = append(b, '.')
		}
		b = append(b, digits[i])
	}
	return string(b)
}

func magnitude(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}
