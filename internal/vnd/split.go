package vnd

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"sort"
)

// ErrWeights is returned by Split for no weights, a negative weight, or weights that add up to zero.
var ErrWeights = errors.New("vnd: weights must be zero or more and not all zero")

// Split divides total in proportion to weights so that the parts add up to total exactly:
// each part is rounded towards zero and the đồng left over go one each to the largest
// remainders, to the earlier part when remainders are equal. A weight of zero gets nothing.
// A negative total is split like the positive one with the signs turned.
//
// Errors: ErrWeights; ErrOverflow when the sum of the weights exceeds int64.
func Split(total Amount, weights []int64) ([]Amount, error) {
	var sum uint64
	for _, w := range weights {
		if w < 0 {
			return nil, fmt.Errorf("%w: %d", ErrWeights, w)
		}
		if sum += uint64(w); sum > math.MaxInt64 {
			return nil, fmt.Errorf("%w: sum of weights", ErrOverflow)
		}
	}
	if sum == 0 {
		return nil, ErrWeights
	}

	magnitude := total.abs()
	parts := make([]uint64, len(weights))
	remainders := make([]uint64, len(weights))
	order := make([]int, len(weights))
	left := magnitude
	for i, w := range weights {
		hi, lo := bits.Mul64(magnitude, uint64(w))
		parts[i], remainders[i] = bits.Div64(hi, lo, sum) // w <= sum, so the quotient fits
		left -= parts[i]
		order[i] = i
	}
	sort.SliceStable(order, func(a, b int) bool { return remainders[order[a]] > remainders[order[b]] })
	for _, i := range order[:left] {
		parts[i]++
	}

	out := make([]Amount, len(parts))
	for i, p := range parts {
		out[i] = Amount(p)
		if total < 0 {
			out[i] = Amount(-p)
		}
	}
	return out, nil
}
