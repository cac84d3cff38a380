package vietqr

import (
	"html"
	"strconv"
)

// SVGOptions shape the picture. The zero value draws black on white without a fixed size.
type SVGOptions struct {
	// Label is read aloud in place of the picture: name the amount, the payee and the bill
	// code. It is escaped here. A picture without a label is hidden from screen readers.
	Label string
	// Size is the width and height in CSS pixels; 0 leaves both to the stylesheet.
	Size int
	// Class is put on the svg element; escaped.
	Class string
}

// SVG draws text as an SVG element with its quiet zone, one path of horizontal runs: under
// 6 kB for a normal payload. It holds no style attribute and no script, so it may stand inline
// under a strict Content-Security-Policy and as a file of its own. The white ground is part of
// the picture: on a dark page the code must stay dark on light.
func SVG(text string, o SVGOptions) (string, error) {
	c, err := Matrix(text)
	if err != nil {
		return "", err
	}
	return c.SVG(o), nil
}

// SVG is the picture of c; see the function SVG.
func (c *Code) SVG(o SVGOptions) string {
	side := strconv.Itoa(c.Size + 2*QuietZone)
	b := make([]byte, 0, 5<<10)
	b = append(b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 `+side+` `+side+`"`...)
	if o.Size > 0 {
		px := strconv.Itoa(o.Size)
		b = append(b, ` width="`+px+`" height="`+px+`"`...)
	}
	if o.Class != "" {
		b = append(b, ` class="`+html.EscapeString(o.Class)+`"`...)
	}
	if o.Label != "" {
		b = append(b, ` role="img" aria-label="`+html.EscapeString(o.Label)+`"`...)
	} else {
		b = append(b, ` aria-hidden="true"`...)
	}
	b = append(b, ` shape-rendering="crispEdges"><path fill="#fff" d="M0 0h`+side+`v`+side+`H0z"/><path stroke="#000" d="`...)
	b = c.appendRuns(b)
	return string(append(b, `"/></svg>`...))
}

// appendRuns writes each run of dark modules as a stroke of width 1 along the middle of its
// row: an absolute start per row, then relative steps.
func (c *Code) appendRuns(b []byte) []byte {
	for y := range c.Size {
		pen := -1 // column after the last run, -1 before the first
		for x := 0; x < c.Size; x++ {
			if !c.Black(x, y) {
				continue
			}
			from := x
			for c.Black(x, y) {
				x++
			}
			if pen < 0 {
				b = append(b, 'M')
				b = strconv.AppendInt(b, int64(from+QuietZone), 10)
				b = append(b, ' ')
				b = strconv.AppendInt(b, int64(y+QuietZone), 10)
				b = append(b, ".5"...)
			} else {
				b = append(b, 'm')
				b = strconv.AppendInt(b, int64(from-pen), 10)
				b = append(b, " 0"...)
			}
			b = append(b, 'h')
			b = strconv.AppendInt(b, int64(x-from), 10)
			pen = x
		}
	}
	return b
}
