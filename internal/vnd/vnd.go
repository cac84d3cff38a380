// Package vnd is money: whole đồng in an int64, with checked arithmetic. There are no
// fractions and no floats (design, section 4).
package vnd

import (
	"errors"
	"fmt"
	"math"
)

// Amount is a number of whole đồng. It may be negative (corrections, differences).
type Amount int64

// Errors of this package; match with errors.Is.
var (
	ErrOverflow = errors.New("vnd: overflow")
	ErrSyntax   = errors.New("vnd: not an amount")
	ErrFraction = errors.New("vnd: fraction of a đồng")
)

// Add returns a+b, or ErrOverflow.
func (a Amount) Add(b Amount) (Amount, error) {
	if (b > 0 && a > math.MaxInt64-b) || (b < 0 && a < math.MinInt64-b) {
		return 0, fmt.Errorf("%w: %d + %d", ErrOverflow, int64(a), int64(b))
	}
	return a + b, nil
}

// Sub returns a−b, or ErrOverflow.
func (a Amount) Sub(b Amount) (Amount, error) {
	if (b < 0 && a > math.MaxInt64+b) || (b > 0 && a < math.MinInt64+b) {
		return 0, fmt.Errorf("%w: %d - %d", ErrOverflow, int64(a), int64(b))
	}
	return a - b, nil
}

// Mul returns a×n, or ErrOverflow.
func (a Amount) Mul(n int64) (Amount, error) {
	if a == 0 || n == 0 {
		return 0, nil
	}
	p := int64(a) * n
	if p/n != int64(a) || (n == -1 && a == math.MinInt64) {
		return 0, fmt.Errorf("%w: %d × %d", ErrOverflow, int64(a), n)
	}
	return Amount(p), nil
}

// Sum adds all of as, or returns ErrOverflow.
func Sum(as ...Amount) (Amount, error) {
	var t Amount
	for _, a := range as {
		var err error
		if t, err = t.Add(a); err != nil {
			return 0, err
		}
	}
	return t, nil
}
