package passbook

import (
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"github.com/sen-platform/sen/internal/vnd"
)

// Limits of ISO 20022 amounts (bank-and-pos, section 1.3): at most 18 digits, at most 5 of
// them after the point.
const (
	maxDigits = 18
	maxScale  = 5
)

// Errors of amounts; match with errors.Is.
var (
	ErrAmount      = errors.New("passbook: not an amount")
	ErrAmountRange = errors.New("passbook: amount has too many digits")
)

// Decimal is an exact amount in any currency: at most 18 digits, at most 5 after the point.
// The zero Decimal is 0. Values are kept without trailing zeros, so == compares amounts.
type Decimal struct {
	coef  int64
	scale uint8
}

// pow10 up to the largest scale.
var pow10 = [maxScale + 1]int64{1, 10, 100, 1_000, 10_000, 100_000}

// DecimalOf is the whole number n.
func DecimalOf(n int64) Decimal { return Decimal{coef: n} }

// ParseDecimal reads digits with at most one decimal point ("1234.50", "-.5", "185723.").
// There is no grouping and no exponent. Errors: ErrAmount, ErrAmountRange.
func ParseDecimal(s string) (Decimal, error) {
	body, negative := strings.CutPrefix(s, "-")
	if !negative {
		body = strings.TrimPrefix(s, "+")
	}
	whole, fraction, _ := strings.Cut(body, ".")
	if whole == "" && fraction == "" {
		return Decimal{}, fmt.Errorf("%w: %.40q", ErrAmount, s)
	}
	if !allDigits(whole) || !allDigits(fraction) {
		return Decimal{}, fmt.Errorf("%w: %.40q", ErrAmount, s)
	}
	whole = strings.TrimLeft(whole, "0")
	fraction = strings.TrimRight(fraction, "0")
	if len(fraction) > maxScale || len(whole)+len(fraction) > maxDigits {
		return Decimal{}, fmt.Errorf("%w: %.40q", ErrAmountRange, s)
	}
	if whole+fraction == "" {
		return Decimal{}, nil
	}
	coef, err := strconv.ParseInt(whole+fraction, 10, 64)
	if err != nil {
		return Decimal{}, fmt.Errorf("%w: %.40q", ErrAmountRange, s)
	}
	if negative {
		coef = -coef
	}
	return Decimal{coef: coef, scale: uint8(len(fraction))}, nil
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// String is the shortest exact form: "8.5", "-12", "0".
func (d Decimal) String() string {
	digits := strconv.FormatInt(d.coef, 10)
	if d.scale == 0 {
		return digits
	}
	sign := ""
	if d.coef < 0 {
		sign, digits = "-", digits[1:]
	}
	if n := int(d.scale) + 1 - len(digits); n > 0 {
		digits = strings.Repeat("0", n) + digits
	}
	point := len(digits) - int(d.scale)
	return sign + digits[:point] + "." + digits[point:]
}

// Neg is −d.
func (d Decimal) Neg() Decimal { return Decimal{coef: -d.coef, scale: d.scale} }

// Abs is |d|.
func (d Decimal) Abs() Decimal {
	if d.coef < 0 {
		return d.Neg()
	}
	return d
}

// IsZero reports d = 0; IsNegative d < 0.
func (d Decimal) IsZero() bool     { return d.coef == 0 }
func (d Decimal) IsNegative() bool { return d.coef < 0 }

// VND is d as đồng. Error: vnd.ErrFraction when d is not whole.
func (d Decimal) VND() (vnd.Amount, error) {
	if d.scale != 0 {
		return 0, fmt.Errorf("%w: %s", vnd.ErrFraction, d)
	}
	return vnd.Amount(d.coef), nil
}

// Total is an exact sum of any number of Decimals; unlike a Decimal it cannot overflow. The
// zero Total is 0.
type Total struct {
	units big.Int // in 10^-5
}

// Add adds d.
func (t *Total) Add(d Decimal) { t.addTimes(d, 1) }

// Sub subtracts d.
func (t *Total) Sub(d Decimal) { t.addTimes(d, -1) }

func (t *Total) addTimes(d Decimal, sign int64) {
	var a, f big.Int
	a.SetInt64(d.coef)
	a.Mul(&a, f.SetInt64(sign*pow10[maxScale-d.scale]))
	t.units.Add(&t.units, &a)
}

// AddTotal adds o.
func (t *Total) AddTotal(o *Total) { t.units.Add(&t.units, &o.units) }

// SubTotal subtracts o.
func (t *Total) SubTotal(o *Total) { t.units.Sub(&t.units, &o.units) }

// IsZero reports whether the sum is 0.
func (t *Total) IsZero() bool { return t.units.Sign() == 0 }

// Equal reports whether the sum is d.
func (t *Total) Equal(d Decimal) bool {
	var diff Total
	diff.AddTotal(t)
	diff.Sub(d)
	return diff.IsZero()
}

// Decimal is the sum as a Decimal; false when it has more than 18 digits.
func (t *Total) Decimal() (Decimal, bool) {
	d, err := ParseDecimal(t.String())
	return d, err == nil
}

// String is the shortest exact form, as Decimal's.
func (t *Total) String() string {
	var abs big.Int
	abs.Abs(&t.units)
	digits := abs.String()
	if n := maxScale + 1 - len(digits); n > 0 {
		digits = strings.Repeat("0", n) + digits
	}
	point := len(digits) - maxScale
	text := digits[:point]
	if fraction := strings.TrimRight(digits[point:], "0"); fraction != "" {
		text += "." + fraction
	}
	if t.units.Sign() < 0 {
		text = "-" + text
	}
	return text
}
