package sheet

import (
	"encoding/xml"
	"io"
	"strconv"

	"github.com/sen-platform/sen/internal/rail/passbook"
)

// ReadXMLSheet reads an "XML Spreadsheet 2003", which some portals name .xls. Its worksheets
// are one grid after another. See ReadXLSX for the result.
//
// Errors are *passbook.Error: NoTable, Malformed, Hostile, TooLarge.
func ReadXMLSheet(r io.Reader, name string, limits passbook.Limits) (*passbook.File, error) {
	limits = limits.WithDefaults()
	dec := xml.NewDecoder(limits.Reader(r))
	x := &xmlRows{dec: dec}
	return assemble(one(grid{next: x.next}), name, limits)
}

// xmlRows streams Row elements.
type xmlRows struct {
	dec *xml.Decoder
	n   int
}

func (x *xmlRows) next() (row, error) {
	for {
		t, err := safeToken(x.dec)
		if err == io.EOF {
			return row{}, err
		}
		if err != nil {
			return row{}, damagedWorkbook(err)
		}
		e, is := t.(xml.StartElement)
		if !is {
			continue
		}
		switch e.Name.Local {
		case "Worksheet":
			x.n = 0
		case "Row":
			r, err := x.row(e)
			if err != nil {
				return row{}, damagedWorkbook(err)
			}
			if !r.empty() {
				return r, nil
			}
		}
	}
}

func (x *xmlRows) row(start xml.StartElement) (row, error) {
	x.n = index(start, x.n+1)
	r := row{n: x.n}
	column := -1
	for {
		t, err := safeToken(x.dec)
		if err != nil {
			return r, err
		}
		switch t := t.(type) {
		case xml.StartElement:
			if t.Name.Local != "Cell" {
				continue
			}
			column = index(t, column+2) - 1
			c, err := x.cell(attribute(t, "Formula") != "")
			if err != nil {
				return r, err
			}
			if column < maxColumns {
				for len(r.cells) <= column {
					r.cells = append(r.cells, cell{})
				}
				r.cells[column] = c
			}
			if across, err := strconv.Atoi(attribute(t, "MergeAcross")); err == nil && across > 0 && across < maxColumns {
				column += across
			}
		case xml.EndElement:
			if t.Name.Local == "Row" {
				return r, nil
			}
		}
	}
}

// index is the ss:Index of a row or cell, counted from 1, or what follows the one before.
func index(e xml.StartElement, next int) int {
	if n, err := strconv.Atoi(attribute(e, "Index")); err == nil && n > 0 && n <= 1<<21 {
		return n
	}
	return next
}

func (x *xmlRows) cell(formula bool) (cell, error) {
	c := cell{formula: formula}
	inData := false
	for {
		t, err := safeToken(x.dec)
		if err != nil {
			return c, err
		}
		switch t := t.(type) {
		case xml.StartElement:
			if t.Name.Local != "Data" {
				continue
			}
			inData = true
			switch attribute(t, "Type") {
			case "Number":
				c.kind = number
			case "DateTime":
				c.kind = iso
			case "Error":
				c.kind = broken
			}
		case xml.CharData:
			if inData && len(c.text) < maxCellText {
				c.text += string(t)
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "Data":
				inData = false
			case "Cell":
				return c, nil
			}
		}
	}
}
