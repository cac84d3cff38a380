package sheet

import (
	"encoding/xml"
	"io"
	"strconv"
	"strings"

	"github.com/sen-platform/sen/internal/rail/passbook"
)

// maxMerged is how many merged ranges of a sheet are looked at.
const maxMerged = 10_000

// xlsxRows streams the rows of one worksheet.
type xlsxRows struct {
	w      *workbook
	dec    *xml.Decoder
	n      int
	merged []span
	done   bool
}

func (w *workbook) grid(s sheetRef) (grid, error) {
	dec, err := w.part(s.part)
	if err != nil {
		return grid{}, err
	}
	x := &xlsxRows{w: w, dec: dec, done: dec == nil}
	return grid{name: s.name, next: x.next, merged: func() []span { return x.merged }, epoch1904: w.epoch1904}, nil
}

func (x *xlsxRows) next() (row, error) {
	for !x.done {
		t, err := safeToken(x.dec)
		if err == io.EOF {
			x.done = true
			break
		}
		if err != nil {
			return row{}, x.damaged(err)
		}
		e, is := t.(xml.StartElement)
		if !is {
			continue
		}
		switch e.Name.Local {
		case "row":
			r, err := x.row(e)
			if err != nil {
				return row{}, x.damaged(err)
			}
			if !r.empty() {
				return r, nil
			}
		case "mergeCell":
			x.merge(attribute(e, "ref"))
		}
	}
	return row{}, io.EOF
}

func (x *xlsxRows) damaged(err error) error {
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	err = damagedWorkbook(err)
	if ours, is := err.(*passbook.Error); is && ours.Place == "" && ours.Kind == passbook.Malformed {
		return ours.At("sau dòng %d", x.n)
	}
	return err
}

// row reads one row element. Rows and cells without a number follow the one before.
func (x *xlsxRows) row(start xml.StartElement) (row, error) {
	x.n++
	if n, err := strconv.Atoi(attribute(start, "r")); err == nil && n > 0 && n <= 1<<21 {
		x.n = n
	}
	r := row{n: x.n}
	column := -1
	for {
		t, err := safeToken(x.dec)
		if err != nil {
			return r, err
		}
		switch t := t.(type) {
		case xml.StartElement:
			if t.Name.Local != "c" {
				continue
			}
			column++
			if at, _ := splitCellName(attribute(t, "r")); at >= 0 {
				column = at
			}
			c, err := x.cell(attribute(t, "t"))
			if err != nil {
				return r, err
			}
			if column < maxColumns {
				for len(r.cells) <= column {
					r.cells = append(r.cells, cell{})
				}
				r.cells[column] = c
			}
		case xml.EndElement:
			if t.Name.Local == "row" {
				return r, nil
			}
		}
	}
}

// cell reads one cell of the given type to its end.
func (x *xlsxRows) cell(stored string) (cell, error) {
	var c cell
	value, in := "", ""
	for {
		t, err := safeToken(x.dec)
		if err != nil {
			return c, err
		}
		switch t := t.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "f":
				c.formula = true
			case "is":
				if c.text, err = richText(x.dec, "is"); err != nil {
					return c, err
				}
				continue
			}
			in = t.Name.Local
		case xml.CharData:
			if in == "v" && len(value) < maxCellText {
				value += string(t)
			}
		case xml.EndElement:
			in = ""
			if t.Name.Local != "c" {
				continue
			}
			return x.typed(c, stored, value), nil
		}
	}
}

// typed gives a cell its value by its stored type.
func (x *xlsxRows) typed(c cell, stored, value string) cell {
	switch stored {
	case "s":
		if i, err := strconv.Atoi(strings.TrimSpace(value)); err == nil && i >= 0 && i < len(x.w.shared) {
			c.text = x.w.shared[i]
		}
	case "inlineStr":
	case "str":
		c.text = value
	case "e":
		c.text, c.kind = value, broken
	case "d":
		c.text, c.kind = value, iso
	case "b":
		c.text = value
	default:
		if c.text = strings.TrimSpace(value); c.text != "" {
			c.kind = number
		}
	}
	return c
}

// merge notes a merged range of more than one cell.
func (x *xlsxRows) merge(ref string) {
	from, to, ok := strings.Cut(ref, ":")
	if !ok || len(x.merged) >= maxMerged {
		return
	}
	left, top := splitCellName(from)
	right, bottom := splitCellName(to)
	x.merged = append(x.merged, span{top: top, left: left, bottom: bottom, right: right})
}
