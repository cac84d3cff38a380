package indicator

import "math/bits"

// Share is a part of a whole, in payments or in đồng; 0 ≤ Part ≤ Whole. A whole of zero has
// no share: not applicable, never 0 % (design, section 3).
type Share struct{ Part, Whole int64 }

// Known reports whether there is a share at all.
func (s Share) Known() bool { return s.Whole > 0 }

// Add is the share of two disjoint sets together.
func (s Share) Add(t Share) Share { return Share{s.Part + t.Part, s.Whole + t.Whole} }

// ByCount is the cashless share of the number of payments (T3): payments by the methods P1–P4
// over all payments, cash included.
func (f Figures) ByCount() Share { return Share{f.Cashless().N, f.Payments().N} }

// ByValue is the cashless share of the value of payments (T4).
func (f Figures) ByValue() Share {
	return Share{int64(f.Cashless().Amount), int64(f.Payments().Amount)}
}

// Level is a share to be reached: at least PerMille thousandths, or more than that.
type Level struct {
	PerMille int64
	MoreThan bool
}

// Reached reports whether the share reaches the level, in exact arithmetic; an unknown share
// reaches none.
func (s Share) Reached(l Level) bool {
	if !s.Known() {
		return false
	}
	c := compare(s.Part, 1000, s.Whole, l.PerMille)
	return c > 0 || c == 0 && !l.MoreThan
}

// Missing is how much more of the whole must join the part until the share reaches the level:
// for payments, how many cash payments must turn cashless. Zero when it is reached or unknown.
// It is never more than what is not yet part of it.
func (s Share) Missing(l Level) int64 {
	if !s.Known() || s.Reached(l) {
		return 0
	}
	hi, lo := bits.Mul64(uint64(s.Whole), uint64(l.PerMille))
	need, rest := bits.Div64(hi, lo, 1000)
	if rest > 0 || l.MoreThan {
		need++
	}
	return min(int64(need)-s.Part, s.Whole-s.Part)
}

// Gap is by how many thousandths the share falls short of the level, rounded up so that a gap
// never reads as none; zero when the level is reached or the share unknown.
func (s Share) Gap(l Level) int64 {
	if !s.Known() || s.Reached(l) {
		return 0
	}
	hi, lo := bits.Mul64(uint64(min(max(s.Part, 0), s.Whole)), 1000)
	have, _ := bits.Div64(hi, lo, uint64(s.Whole)) // the part is no more than the whole, so the quotient fits
	return max(l.PerMille-int64(have), 1)
}

// Less orders shares by size; unknown ones come last.
func (s Share) Less(t Share) bool {
	if s.Known() != t.Known() {
		return s.Known()
	}
	return s.Known() && compare(s.Part, t.Whole, t.Part, s.Whole) < 0
}

// compare compares a×b with c×d without overflow; what is below zero counts as zero.
func compare(a, b, c, d int64) int {
	h1, l1 := bits.Mul64(uint64(max(a, 0)), uint64(b))
	h2, l2 := bits.Mul64(uint64(max(c, 0)), uint64(d))
	switch {
	case h1 < h2 || h1 == h2 && l1 < l2:
		return -1
	case h1 == h2 && l1 == l2:
		return 0
	}
	return 1
}
