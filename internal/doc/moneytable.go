package doc

import "github.com/sen-platform/sen/internal/vnd"

// moneyTable draws lines of a bill: name and note on the left, amount on the right. Every
// method takes the height to draw at and returns the next free one.
type moneyTable struct {
	pen         *pen
	left, right float64
	text        style
}

func (t moneyTable) note() style { return style{pt: t.text.pt - 1.2, color: soft} }

// pad is the air above and below a row; small type is set tighter to save pages.
func (t moneyTable) pad() float64 {
	if t.text.pt < 8 {
		return 0.25
	}
	return t.text.pt * 0.07
}

func (t moneyTable) headHeight() float64 { return t.small().lineHeight() + 1.4 }

func (t moneyTable) small() style { return style{pt: 8, bold: true, color: soft} }

func (t moneyTable) head(y float64) float64 {
	t.pen.rule(t.left, t.right, y, 0.35, ink)
	t.pen.text(t.small(), t.left, y+0.7, "Khoản thu")
	t.pen.right(t.small(), t.right, y+0.7, "Số tiền")
	y += t.headHeight()
	t.pen.rule(t.left, t.right, y, 0.2, line)
	return y
}

// parts cuts a line into the lines of its name and of its note, and tells whether the note
// stands behind the name instead of below it.
func (t moneyTable) parts(l Line) (name, note []string, beside bool) {
	w := t.right - t.left - t.amountWidth(l.Amount) - 4
	name = wrap(t.text, l.Name, w)
	note = wrap(t.note(), l.Note, w)
	if len(name) == 1 && len(note) == 1 && t.text.width(name[0])+2.5+t.note().width(note[0]) <= w {
		beside = true
	}
	if len(name) == 0 {
		name = []string{""}
	}
	return name, note, beside
}

func (t moneyTable) amountWidth(a vnd.Amount) float64 {
	return max(t.text.width(printable(a.String())), 24)
}

func (t moneyTable) rowHeight(l Line) float64 {
	name, note, beside := t.parts(l)
	h := float64(len(name)) * t.text.lineHeight()
	if !beside {
		h += float64(len(note)) * t.note().lineHeight()
	}
	return h + 2*t.pad()
}

func (t moneyTable) row(y float64, l Line) float64 {
	name, note, beside := t.parts(l)
	end := y + t.rowHeight(l)
	y += t.pad()
	t.pen.right(t.text, t.right, y, l.Amount.String())
	for _, s := range name {
		t.pen.draw(t.text, t.left, y, s)
		y += t.text.lineHeight()
	}
	if beside {
		up := t.note().lineHeight()*0.77 - t.text.lineHeight()*0.77 + t.text.lineHeight()
		t.pen.draw(t.note(), t.left+t.text.width(name[0])+2.5, y-up, note[0])
	} else {
		for _, s := range note {
			t.pen.draw(t.note(), t.left, y, s)
			y += t.note().lineHeight()
		}
	}
	t.pen.rule(t.left, t.right, end, 0.12, line)
	return end
}

// total draws one line of the sums below the rows.
func (t moneyTable) total(y float64, label string, a vnd.Amount, bold bool) float64 {
	s := t.text
	s.bold = bold
	y += t.pad()
	t.pen.text(s, t.left, y, label)
	t.pen.right(s, t.right, y, a.String())
	return y + s.lineHeight() + t.pad()
}
