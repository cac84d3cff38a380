package doc

import (
	"io"
	"strings"
	"time"
	"unicode"

	"codeberg.org/go-pdf/fpdf"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/vn"
)

type rgb struct{ r, g, b int }

// The colours of the screens' tokens; all text stays readable when printed in black.
var (
	ink    = rgb{0x1a, 0x22, 0x28}
	soft   = rgb{0x4a, 0x54, 0x5b}
	line   = rgb{0xb9, 0xb4, 0xab}
	sen    = rgb{0xad, 0x1a, 0x5b}
	paid   = rgb{0x0e, 0x64, 0x46}
	need   = rgb{0x7a, 0x4a, 0x00}
	danger = rgb{0xa8, 0x20, 0x1a}
)

// style is how a text looks. The zero colour is ink.
type style struct {
	pt    float64
	bold  bool
	color rgb
}

const mmPerPt = 25.4 / 72

// lineHeight leaves room for the two marks a Vietnamese capital can carry.
func (s style) lineHeight() float64 { return s.pt * mmPerPt * 1.36 }

func (s style) face() face {
	if s.bold {
		return boldFace()
	}
	return regularFace()
}

// width is the length of text in mm; the text must be printable already.
func (s style) width(text string) float64 {
	f, sum := s.face(), 0
	for _, r := range text {
		sum += f[r]
	}
	return float64(sum) * s.pt * mmPerPt / 1000
}

// pen draws on the pages of one PDF. Lengths are mm from the upper left corner of the page;
// the y of a text is the top of its line.
type pen struct {
	pdf        *fpdf.Fpdf
	perMM      float64 // points per mm
	pageHeight float64
}

// newPen starts a document of pages w×h mm. The instant stamps the file, so that equal
// input gives equal bytes.
func newPen(w, h float64, title, author string, at time.Time) *pen {
	pdf := fpdf.NewCustom(&fpdf.InitType{UnitStr: "mm", Size: fpdf.SizeType{Wd: w, Ht: h}})
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetMargins(0, 0, 0)
	pdf.SetCatalogSort(true)
	pdf.SetCompression(true)
	pdf.SetCreationDate(at.In(clock.VN))
	pdf.SetModificationDate(at.In(clock.VN))
	pdf.SetProducer("Sen", true)
	pdf.SetTitle(printable(title), true)
	pdf.SetAuthor(printable(author), true)
	pdf.SetLang("vi-VN")
	pdf.AddUTF8FontFromBytes("noto", "", regularTTF)
	pdf.AddUTF8FontFromBytes("noto", "B", boldTTF)
	return &pen{pdf: pdf, perMM: 1 / mmPerPt, pageHeight: h}
}

// finish writes the document to w and reports the first error of all the drawing.
func (p *pen) finish(w io.Writer) error { return p.pdf.Output(w) }

// printable is text as the fonts can draw it: composed (the PDF writer draws decomposed
// letters wrong), on one line, without invisible characters, and with U+FFFD for what the
// fonts lack.
func printable(s string) string {
	var b strings.Builder
	for _, r := range vn.NFC(s) {
		switch {
		case drawable(r):
			b.WriteRune(r)
		case unicode.IsSpace(r):
			b.WriteByte(' ')
		case unicode.In(r, unicode.Cc, unicode.Cf):
		default:
			b.WriteRune(unicode.ReplacementChar)
		}
	}
	return strings.Trim(b.String(), " ")
}

// text draws one line with its left edge at x.
func (p *pen) text(s style, x, y float64, text string) { p.draw(s, x, y, printable(text)) }

// right draws one line with its right edge at x.
func (p *pen) right(s style, x, y float64, text string) {
	t := printable(text)
	p.draw(s, x-s.width(t), y, t)
}

// center draws one line with its middle at x.
func (p *pen) center(s style, x, y float64, text string) {
	t := printable(text)
	p.draw(s, x-s.width(t)/2, y, t)
}

func (p *pen) draw(s style, x, y float64, printable string) {
	if printable == "" {
		return
	}
	weight := ""
	if s.bold {
		weight = "B"
	}
	c := s.color
	if c == (rgb{}) {
		c = ink
	}
	p.pdf.SetFont("noto", weight, s.pt)
	p.pdf.SetTextColor(c.r, c.g, c.b)
	p.pdf.Text(x, y+s.lineHeight()*0.77, printable)
}

// para draws text in lines no wider than w and returns the y below it. Empty text takes no room.
func (p *pen) para(s style, x, y, w float64, text string) float64 {
	for _, l := range wrap(s, text, w) {
		p.draw(s, x, y, l)
		y += s.lineHeight()
	}
	return y
}

// wrap cuts text at spaces into lines no wider than w mm; a word wider than that is cut
// anywhere. No-break spaces hold.
func wrap(s style, text string, w float64) []string {
	var lines []string
	cur := ""
	flush := func() {
		if cur != "" {
			lines = append(lines, cur)
			cur = ""
		}
	}
	for word := range strings.FieldsFuncSeq(printable(text), func(r rune) bool { return r == ' ' }) {
		if cur != "" && s.width(cur+" "+word) <= w {
			cur += " " + word
			continue
		}
		flush()
		for s.width(word) > w {
			head := cutAt(s, word, w)
			lines = append(lines, head)
			word = word[len(head):]
		}
		cur = word
	}
	flush()
	return lines
}

// cutAt is the longest start of word that fits w, at least one character.
func cutAt(s style, word string, w float64) string {
	end := 0
	for i, r := range word {
		next := i + len(string(r))
		if i > 0 && s.width(word[:next]) > w {
			break
		}
		end = next
	}
	return word[:end]
}

// rule draws a horizontal line of the given thickness in mm.
func (p *pen) rule(x1, x2, y, thick float64, c rgb) {
	p.pdf.SetDrawColor(c.r, c.g, c.b)
	p.pdf.SetLineWidth(thick)
	p.pdf.Line(x1, y, x2, y)
}

// box fills or frames a rectangle.
func (p *pen) box(x, y, w, h, thick float64, c rgb) {
	p.pdf.SetDrawColor(c.r, c.g, c.b)
	p.pdf.SetLineWidth(thick)
	p.pdf.Rect(x, y, w, h, "D")
}

// fill paints a rectangle.
func (p *pen) fill(x, y, w, h float64, c rgb) {
	p.pdf.SetFillColor(c.r, c.g, c.b)
	p.pdf.Rect(x, y, w, h, "F")
}

// badge draws a framed word with its upper right corner at (x, y) and returns the y below it.
func (p *pen) badge(x, y float64, text string, c rgb) float64 {
	s := style{pt: 8, bold: true, color: c}
	t := printable(text)
	w, h := s.width(t)+5, s.lineHeight()+1.6
	p.box(x-w, y, w, h, 0.35, c)
	p.draw(s, x-w+2.5, y+0.8, t)
	return y + h
}

// stamp draws a framed word turned like a rubber stamp, its middle at (x, y).
func (p *pen) stamp(x, y, pt float64, text string, c rgb) {
	s := style{pt: pt, bold: true, color: c}
	t := printable(text)
	w, h := s.width(t)+8, s.lineHeight()+3
	p.pdf.TransformBegin()
	p.pdf.TransformRotate(14, x, y)
	p.pdf.SetAlpha(0.55, "Normal")
	p.box(x-w/2, y-h/2, w, h, 0.9, c)
	p.draw(s, x-w/2+4, y-h/2+1.5, t)
	p.pdf.SetAlpha(1, "Normal")
	p.pdf.TransformEnd()
}
