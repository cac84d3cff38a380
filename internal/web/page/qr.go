package page

import (
	"fmt"
	"html"
	"html/template"
	"strings"

	"rsc.io/qr"
)

// quiet is the width of the white border in modules that ISO/IEC 18004 asks for.
const quiet = 4

// QR draws text as a QR code of error correction level M: an inline SVG of one path, black on white whatever the
// theme, named label for screen readers. It fails on text that is longer than a QR code can hold.
func QR(text, label string) (template.HTML, error) {
	c, err := qr.Encode(text, qr.M)
	if err != nil {
		return "", fmt.Errorf("page: qr: %w", err)
	}
	var path strings.Builder
	x0, y0 := 0, 0 // where the pen stands
	for y := range c.Size {
		for x := 0; x < c.Size; x++ {
			if !c.Black(x, y) {
				continue
			}
			from := x
			for x < c.Size && c.Black(x, y) {
				x++
			}
			if path.Len() == 0 {
				fmt.Fprintf(&path, "M%d %d.5", from+quiet, y+quiet)
			} else {
				fmt.Fprintf(&path, "m%d %d", from-x0, y-y0)
			}
			fmt.Fprintf(&path, "h%d", x-from)
			x0, y0 = x, y
		}
	}
	side := c.Size + 2*quiet
	return template.HTML(fmt.Sprintf(`<svg viewBox="0 0 %d %d" role="img" aria-label="%s" shape-rendering="crispEdges">`+
		`<path fill="#fff" d="M0 0h%dv%dH0z"/><path stroke="#000" d="%s"/></svg>`,
		side, side, html.EscapeString(label), side, side, path.String())), nil
}
