package vietqr

import (
	"errors"
	"sync"

	"rsc.io/qr"
	"rsc.io/qr/coding"
)

// QuietZone is the white margin in modules that the QR standard asks for on every side.
const QuietZone = 4

// roomy is the greatest version drawn with level M: 57×57 modules, which a phone reads from
// paper at 45 mm. Longer text takes level L instead of a denser picture.
const roomy = 10

// Code is the square of modules of one QR code, without its quiet zone.
type Code struct {
	// Size is the number of modules on a side.
	Size   int
	bitmap []byte
	stride int
}

// Black tells whether the module at column x and row y is dark; outside the square none is.
func (c *Code) Black(x, y int) bool {
	return 0 <= x && x < c.Size && 0 <= y && y < c.Size &&
		c.bitmap[y*c.stride+x/8]&(1<<uint(7-x&7)) != 0
}

// Matrix draws text as a QR code of the smallest version, error correction level M (15 % of
// the code may be lost), or L where M would need more than 57×57 modules. Of the eight masks
// the one with the lowest penalty of ISO/IEC 18004 is taken, so that no phone mistakes a
// regular area for a finder pattern. Safe for concurrent use.
func Matrix(text string) (*Code, error) {
	if text == "" {
		return nil, errors.New("vietqr: nothing to draw")
	}
	enc := encoding(text)
	level := coding.M
	version := smallest(enc, level)
	if version > roomy || version == 0 {
		level = coding.L
		version = smallest(enc, level)
	}
	if version == 0 {
		return nil, errors.New("vietqr: text too long for a QR code")
	}
	var best *Code
	low := 0
	for mask := range coding.Mask(8) {
		p, err := plan(version, level, mask)
		if err != nil {
			return nil, err
		}
		drawn, err := p.Encode(enc)
		if err != nil {
			return nil, err
		}
		c := &Code{Size: drawn.Size, bitmap: drawn.Bitmap, stride: drawn.Stride}
		if cost := c.penalty(); best == nil || cost < low {
			best, low = c, cost
		}
	}
	return best, nil
}

// PNG draws text as a PNG picture with its quiet zone; a module is scale pixels wide.
func PNG(text string, scale int) ([]byte, error) {
	if scale < 1 || scale > 64 {
		return nil, errors.New("vietqr: scale must be 1 to 64")
	}
	c, err := Matrix(text)
	if err != nil {
		return nil, err
	}
	return c.PNG(scale), nil
}

// PNG is the picture of c with its quiet zone; a module is scale pixels wide.
func (c *Code) PNG(scale int) []byte {
	return (&qr.Code{Bitmap: c.bitmap, Size: c.Size, Stride: c.stride, Scale: scale}).PNG()
}

func encoding(text string) coding.Encoding {
	if n := coding.Num(text); n.Check() == nil {
		return n
	}
	if a := coding.Alpha(text); a.Check() == nil {
		return a
	}
	return coding.String(text)
}

// smallest is the least version that holds enc, 0 when none does.
func smallest(enc coding.Encoding, level coding.Level) coding.Version {
	for v := coding.Version(coding.MinVersion); v <= coding.MaxVersion; v++ {
		if enc.Bits(v) <= v.DataBytes(level)*8 {
			return v
		}
	}
	return 0
}

// plans keeps the empty patterns, which depend on version, level and mask only: laying them
// out costs more than the rest of the drawing. Plan.Encode only reads them.
var plans sync.Map // planKey → *coding.Plan

type planKey struct {
	version coding.Version
	level   coding.Level
	mask    coding.Mask
}

func plan(v coding.Version, l coding.Level, m coding.Mask) (*coding.Plan, error) {
	key := planKey{v, l, m}
	if p, ok := plans.Load(key); ok {
		return p.(*coding.Plan), nil
	}
	p, err := coding.NewPlan(v, l, m)
	if err != nil {
		return nil, err
	}
	if v <= roomy { // the usual ones only: the map must not grow with strangers' text
		plans.Store(key, p)
	}
	return p, nil
}

// penalty is the sum of the four penalties of ISO/IEC 18004 section 7.8.3.
func (c *Code) penalty() int {
	n, dark, cost := c.Size, 0, 0
	for y := range n {
		cost += runs(n, func(i int) bool { return c.Black(i, y) })
		cost += runs(n, func(i int) bool { return c.Black(y, i) })
		for x := range n {
			black := c.Black(x, y)
			if black {
				dark++
			}
			if x > 0 && y > 0 && black == c.Black(x-1, y) && black == c.Black(x, y-1) && black == c.Black(x-1, y-1) {
				cost += 3 // a 2×2 block of one colour
			}
		}
	}
	off := dark*20 - n*n*10 // twentieths of the area away from half dark
	if off < 0 {
		off = -off
	}
	return cost + off/(n*n)*10
}

// runs is the penalty of one line: equal modules in a row, and patterns that look like a finder.
func runs(n int, at func(int) bool) int {
	// 1011101 with four light modules before or after it
	const before, after = 0b00001011101, 0b10111010000
	cost, length, window := 0, 0, 0
	last := false
	for i := range n {
		black := at(i)
		if i > 0 && black == last {
			length++
		} else {
			length = 1
		}
		last = black
		switch {
		case length == 5:
			cost += 3
		case length > 5:
			cost++
		}
		window = window << 1 & 0x7FF
		if black {
			window |= 1
		}
		if i >= 10 && (window == before || window == after) {
			cost += 40
		}
	}
	return cost
}
