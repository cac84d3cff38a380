package doc

import (
	"strconv"
	"strings"
	"time"

	"github.com/sen-platform/sen/internal/clock"
)

// significant is how many digits a spreadsheet's numbers have; what is stored beyond them is
// the noise of binary fractions.
const significant = 15

// plainDecimal writes a stored number as a plain decimal: "1.25E6" becomes "1250000",
// "1249999.9999999998" becomes "1250000". A whole number written with digits only is kept
// exactly, however long. False for anything that is no number.
func plainDecimal(s string) (string, bool) {
	body, negative := s, false
	if body != "" && (body[0] == '-' || body[0] == '+') {
		negative, body = body[0] == '-', body[1:]
	}
	mantissa, exponent, hasExp := strings.Cut(strings.ToLower(body), "e")
	whole, fraction, hasPoint := strings.Cut(mantissa, ".")
	if whole+fraction == "" || !digits(whole) || !digits(fraction) || (hasPoint && fraction == "" && whole == "") {
		return "", false
	}
	exp := 0
	if hasExp {
		var err error
		if exp, err = strconv.Atoi(exponent); err != nil || exp > 308 || exp < -400 {
			return "", false
		}
	}
	d, point := whole+fraction, len(whole)+exp
	if hasExp || hasPoint {
		d, point = roundTo(d, point)
	}
	return place(d, point, negative), true
}

func digits(s string) bool { return strings.Trim(s, "0123456789") == "" }

// roundTo cuts the digits d, whose decimal point stands after point of them, to the
// significant ones, halves upwards.
func roundTo(d string, point int) (string, int) {
	trimmed := strings.TrimLeft(d, "0")
	point -= len(d) - len(trimmed)
	if len(trimmed) <= significant {
		return trimmed, point
	}
	b := []byte(trimmed[:significant])
	if trimmed[significant] < '5' {
		return string(b), point
	}
	for i := len(b) - 1; i >= 0; i-- {
		if b[i] < '9' {
			b[i]++
			return string(b), point
		}
		b[i] = '0'
	}
	return "1" + string(b), point + 1
}

// place puts the decimal point and the sign to digits and drops needless zeros.
func place(d string, point int, negative bool) string {
	if point < 0 {
		d, point = strings.Repeat("0", -point)+d, 0
	}
	if point > len(d) {
		d += strings.Repeat("0", point-len(d))
	}
	whole, fraction := strings.TrimLeft(d[:point], "0"), strings.TrimRight(d[point:], "0")
	if whole == "" {
		whole = "0"
	}
	out := whole
	if fraction != "" {
		out += "." + fraction
	}
	if negative && out != "0" {
		out = "-" + out
	}
	return out
}

// shape is what a number format means for reading.
type shape struct {
	date, time bool // shows a day, a time of day
	percent    bool
	zeros      int // "00000" fills up to so many digits
}

// builtInShape knows the formats every workbook has without defining them (ECMA-376 part 1,
// section 18.8.30, the ones for East Asian dates included).
func builtInShape(id int) shape {
	switch {
	case id == 9, id == 10:
		return shape{percent: true}
	case id >= 14 && id <= 17, id >= 27 && id <= 31, id >= 34 && id <= 36, id >= 50 && id <= 58:
		return shape{date: true}
	case id == 22:
		return shape{date: true, time: true}
	case id >= 18 && id <= 21, id == 32, id == 33, id == 45, id == 47:
		return shape{time: true}
	}
	return shape{}
}

// shapeOf reads a number format code. Only its first section counts, the one for positive
// numbers.
func shapeOf(code string) shape {
	var bare strings.Builder // the code without literals and without [colours]
	rs := []rune(code)
scan:
	for i := 0; i < len(rs); i++ {
		switch r := rs[i]; r {
		case '"':
			for i++; i < len(rs) && rs[i] != '"'; i++ {
			}
		case '\\', '_', '*':
			i++
		case '[':
			for i++; i < len(rs) && rs[i] != ']'; i++ {
			}
		case ';':
			break scan
		default:
			bare.WriteRune(r)
		}
	}
	b := strings.ToLower(bare.String())
	if b != "" && strings.Trim(b, "0") == "" && len(b) > 1 {
		return shape{zeros: len(b)}
	}
	if strings.ContainsAny(b, "0#?") && !strings.ContainsAny(b, "dyhs") {
		return shape{percent: strings.Contains(b, "%")}
	}
	if b == "general" || b == "@" {
		return shape{}
	}
	s := shape{time: strings.ContainsAny(b, "hs")}
	s.date = strings.ContainsAny(b, "yd") || (strings.Contains(b, "m") && !s.time)
	return s
}

// numberCell is the cell of a stored number.
func numberCell(raw string, sh shape, date1904 bool) (Cell, bool) {
	n, ok := plainDecimal(raw)
	if !ok {
		return Cell{}, false
	}
	switch {
	case (sh.date || sh.time) && n[0] != '-':
		return dateCell(n, sh, date1904), true
	case sh.percent:
		text := strings.ReplaceAll(shift(n, 2), ".", ",") + "%"
		return Cell{Text: text, Number: n, IsNumber: true}, true
	case sh.zeros > len(n) && digits(n):
		return Cell{Text: strings.Repeat("0", sh.zeros-len(n)) + n, Number: n, IsNumber: true}, true
	}
	return Cell{Text: n, Number: n, IsNumber: true}, true
}

// shift moves the decimal point of a plain decimal to the right.
func shift(n string, by int) string {
	body, negative := strings.CutPrefix(n, "-")
	whole, fraction, _ := strings.Cut(body, ".")
	return place(whole+fraction, len(whole)+by, negative)
}

// lastSerial is 31/12/9999.
const lastSerial = 2_958_465

// dateCell turns a serial number into day and time. Day 60 of the 1900 system is the
// 29/02/1900 that never was; before it the count is one less.
func dateCell(n string, sh shape, date1904 bool) Cell {
	c := Cell{Number: n, IsDate: true, Text: n}
	whole, fraction, _ := strings.Cut(n, ".")
	serial, err := strconv.Atoi(whole)
	if err != nil {
		return c
	}
	seconds := 0
	if fraction != "" {
		f, _ := strconv.ParseFloat("0."+fraction, 64) // digits only
		if seconds = int(f*86_400 + 0.5); seconds == 86_400 {
			serial, seconds = serial+1, 0
		}
	}
	clockText := time.Unix(int64(seconds), 0).UTC().Format("15:04:05")
	if sh.time && !sh.date && serial == 0 {
		c.Text = clockText
		return c
	}
	if date1904 {
		serial += 1462
	}
	from := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	switch {
	case serial < 1, serial == 60, serial > lastSerial:
		return c
	case serial < 60:
		from = from.AddDate(0, 0, 1)
	}
	day := from.AddDate(0, 0, serial)
	c.Date = clock.Date(day.Format(time.DateOnly))
	c.Text = c.Date.VN()
	if seconds > 0 {
		c.Text += " " + clockText
	}
	return c
}
