// Package sheet reads the account exports of Vietnamese banks: XLSX, XLS, HTML tables named
// .xls, XML spreadsheets and CSV. Banks change their layouts, so nothing stands at a fixed
// place: the header row and every figure around it are found by words (bank-and-pos, section
// 3.1). Rows are streamed; what is held is the result, and the texts of a workbook.
package sheet

import (
	"errors"
	"strconv"
	"strings"

	"github.com/sen-platform/sen/internal/rail/passbook"
)

// Stream is the name of this rail in credits.
const Stream = "sheet"

// kind is what a cell holds. Numbers are kept as the digits in the file: a float would lose
// the end of account numbers and references.
type kind uint8

const (
	text   kind = iota
	number      // text has the digits as stored, perhaps with an exponent
	iso         // a date in ISO form
	broken      // an error value such as #REF!
)

// cell is one cell of a row.
type cell struct {
	text    string
	kind    kind
	formula bool
}

func (c cell) empty() bool { return strings.TrimSpace(c.text) == "" }

// row is one row of a table; n is its number as the user sees it, from 1.
type row struct {
	n     int
	cells []cell
}

// at is the cell in a column, empty beyond the end or for column -1.
func (r row) at(column int) cell {
	if column < 0 || column >= len(r.cells) {
		return cell{}
	}
	return r.cells[column]
}

func (r row) empty() bool {
	for _, c := range r.cells {
		if !c.empty() {
			return false
		}
	}
	return true
}

// span is a merged range, all ends included; columns from 0, rows from 1.
type span struct{ top, left, bottom, right int }

// grid is one table of a file as its reader streams it.
type grid struct {
	name string
	// next gives the next row that has cells, io.EOF at the end.
	next func() (row, error)
	// merged gives the merged ranges; complete only after the last row. May be nil.
	merged func() []span
	// epoch1904: serial dates count from 1904.
	epoch1904 bool
}

// Bounds on one row: no bank writes more columns or longer cells.
const (
	maxColumns  = 256
	maxCellText = 32 << 10
)

// columnName is the letters of a column, from 0: A, B … Z, AA.
func columnName(column int) string {
	name := ""
	for column >= 0 {
		name = string(rune('A'+column%26)) + name
		column = column/26 - 1
	}
	return name
}

// cellName is a cell as the user finds it: E12.
func cellName(column, row int) string { return columnName(column) + strconv.Itoa(row) }

// splitCellName reads "E12" into column and row; a missing part is -1 and 0.
func splitCellName(name string) (column, row int) {
	i := 0
	column = 0
	for i < len(name) && name[i] >= 'A' && name[i] <= 'Z' && i < 4 {
		column = column*26 + int(name[i]-'A') + 1
		i++
	}
	row, err := strconv.Atoi(name[i:])
	if err != nil || row < 0 {
		row = 0
	}
	return column - 1, row
}

var errNumber = errors.New("số không đọc được")

// significant is how many digits a spreadsheet keeps; the ones behind are noise of binary
// fractions (0.1+0.2 is stored as 0.30000000000000004).
const significant = 15

// plainNumber writes a stored number without exponent, rounded to the digits a spreadsheet
// keeps: "1.25E+7" is "12500000".
func plainNumber(stored string) (string, error) {
	s := strings.TrimSpace(stored)
	sign := ""
	if rest, negative := strings.CutPrefix(s, "-"); negative {
		sign, s = "-", rest
	}
	s = strings.TrimPrefix(s, "+")
	mantissa, exponent := s, 0
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		e, err := strconv.Atoi(s[i+1:])
		if err != nil || e < -40 || e > 40 {
			return "", errNumber
		}
		mantissa, exponent = s[:i], e
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits := whole + fraction
	if digits == "" || strings.Trim(digits, "0123456789") != "" || len(digits) > 60 {
		return "", errNumber
	}
	point := len(whole) + exponent // digits before the point
	digits, point = roundDigits(digits, point)
	switch {
	case point <= 0:
		digits, point = strings.Repeat("0", 1-point)+digits, 1
	case point > len(digits):
		digits += strings.Repeat("0", point-len(digits))
	}
	whole, fraction = strings.TrimLeft(digits[:point], "0"), strings.TrimRight(digits[point:], "0")
	if whole == "" {
		whole = "0"
	}
	if fraction != "" {
		whole += "." + fraction
	}
	if whole == "0" {
		sign = ""
	}
	return sign + whole, nil
}

// roundDigits keeps the significant digits where the number has a fraction; a whole number
// is kept as it is.
func roundDigits(digits string, point int) (string, int) {
	lead := len(digits) - len(strings.TrimLeft(digits, "0"))
	keep := lead + significant
	if len(digits) <= keep || point >= len(digits) {
		return digits, point
	}
	keep = max(keep, point) // never round away the units
	if keep >= len(digits) {
		return digits, point
	}
	up := digits[keep] >= '5'
	out := []byte(digits[:keep])
	for i := len(out) - 1; up && i >= 0; i-- {
		if out[i]++; out[i] <= '9' {
			up = false
		} else {
			out[i] = '0'
		}
	}
	if up {
		return "1" + string(out), point + 1
	}
	return string(out), point
}

// reference is a cell read as text: a reference, an account. A number gives its digits.
func (c cell) reference() string {
	if c.kind == number {
		if plain, err := plainNumber(c.text); err == nil {
			return plain
		}
	}
	return passbook.Clean(unwrap(c.text))
}

// unwrap removes what exports put around text to keep Excel from eating zeros: ="0123", '0123.
func unwrap(s string) string {
	s = strings.TrimSpace(s)
	if inner, ok := strings.CutPrefix(s, `="`); ok && strings.HasSuffix(inner, `"`) {
		return strings.TrimSuffix(inner, `"`)
	}
	return strings.TrimPrefix(s, "'")
}
