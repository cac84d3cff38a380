package doc

import (
	"strconv"
)

// Matrix is the picture of a QR code: Size×Size modules without the quiet zone.
type Matrix interface {
	Size() int
	Black(x, y int) bool // x from the left, y from the top, both from 0
}

// Bits is a Matrix held as rows of modules; every row is as long as there are rows.
type Bits [][]bool

// Size is the number of modules on a side.
func (b Bits) Size() int { return len(b) }

// Black tells whether the module is dark; modules outside are light.
func (b Bits) Black(x, y int) bool {
	return y >= 0 && y < len(b) && x >= 0 && x < len(b[y]) && b[y][x]
}

// quietZone is the light margin around a QR code in modules (ISO/IEC 18004, section 6.3.8).
const quietZone = 4

// qr draws m as a square of side mm at (x, y), the quiet zone included. It is one path of
// whole-number rectangles, one for each run of dark modules, in a coordinate system of
// modules: small in the file, sharp at any size, without seams between modules.
func (p *pen) qr(m Matrix, x, y, side float64) {
	n := m.Size()
	scale := side * p.perMM / float64(n+2*quietZone)
	left := x*p.perMM + quietZone*scale
	top := (p.pageHeight-y)*p.perMM - quietZone*scale
	b := make([]byte, 0, 16*n*n/4+64)
	b = append(b, "q 0 g "...)
	b = appendNumber(b, scale)
	b = append(b, " 0 0 "...)
	b = appendNumber(b, -scale)
	b = append(b, ' ')
	b = appendNumber(b, left)
	b = append(b, ' ')
	b = appendNumber(b, top)
	b = append(b, " cm\n"...)
	for row := range n {
		for col := 0; col < n; {
			if !m.Black(col, row) {
				col++
				continue
			}
			from := col
			for col < n && m.Black(col, row) {
				col++
			}
			b = strconv.AppendInt(b, int64(from), 10)
			b = append(b, ' ')
			b = strconv.AppendInt(b, int64(row), 10)
			b = append(b, ' ')
			b = strconv.AppendInt(b, int64(col-from), 10)
			b = append(b, " 1 re\n"...)
		}
	}
	b = append(b, "f Q"...)
	p.pdf.RawWriteStr(string(b))
}

func appendNumber(b []byte, v float64) []byte {
	return strconv.AppendFloat(b, v, 'f', 4, 64)
}
