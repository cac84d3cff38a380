package vn

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/sen-platform/sen/internal/clock"
)

// Errors of reading dates; match with errors.Is.
var (
	ErrDate      = errors.New("vn: not a date")
	ErrDateRange = errors.New("vn: date outside 1990–2199")
)

// The range of dates a bill, a payment or a statement can have. Dates around 1900 are
// spreadsheet cells that hold no date (a zero, an amount, an age), those beyond it typing errors.
const (
	minYear = 1990
	maxYear = 2199
)

// ParseDate reads a day as people, banks and programs in Viet Nam write it: 22/11/2026,
// 2/1/2026, 22-11-2026, 22.11.2026 (always day first) and 2026-11-22, each with or without a
// time of day, which is checked and dropped. A time with a zone is turned to Viet Nam's.
// Errors: ErrDate; ErrDateRange for days before 1990 or after 2199.
func ParseDate(s string) (clock.Date, error) {
	t, _, err := ParseDateTime(s)
	if err != nil {
		return "", err
	}
	return clock.DateOf(t), nil
}

// ParseDateTime is ParseDate with the time of day: 22/11/2026 19:02[:33[.123456]], the same
// after a T or before the day (19:02 22/11/2026), or RFC 3339 with its zone. Without a zone
// the time is Viet Nam's. hasTime is false when only a day was given; t is then its midnight.
func ParseDateTime(s string) (t time.Time, hasTime bool, err error) {
	text := strings.Join(strings.Fields(squash(s)), " ")
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return checkYear(t.In(clock.VN), true, s)
	}
	day, clockTime := text, ""
	i := strings.IndexAny(text, " T")
	if i >= 0 {
		day, clockTime = text[:i], text[i+1:]
		if strings.Contains(day, ":") {
			day, clockTime = clockTime, day
		}
	}
	y, m, d, ok := splitDay(day)
	if !ok {
		return time.Time{}, false, fmt.Errorf("%w: %.40q", ErrDate, s)
	}
	t = time.Date(y, time.Month(m), d, 0, 0, 0, 0, clock.VN)
	if t.Day() != d || int(t.Month()) != m { // 31/02 or month 13
		return time.Time{}, false, fmt.Errorf("%w: %.40q", ErrDate, s)
	}
	if i >= 0 {
		since, err := timeOfDay(clockTime)
		if err != nil {
			return time.Time{}, false, fmt.Errorf("%w: %.40q", ErrDate, s)
		}
		return checkYear(t.Add(since), true, s)
	}
	return checkYear(t, false, s)
}

func checkYear(t time.Time, hasTime bool, s string) (time.Time, bool, error) {
	if t.Year() < minYear || t.Year() > maxYear {
		return time.Time{}, false, fmt.Errorf("%w: %.40q", ErrDateRange, s)
	}
	return t, hasTime, nil
}

// splitDay reads d/m/yyyy or yyyy-mm-dd with one kind of separator.
func splitDay(s string) (y, m, d int, ok bool) {
	i := strings.IndexAny(s, "/-.")
	if i < 0 {
		return 0, 0, 0, false
	}
	parts := strings.Split(s, s[i:i+1])
	if len(parts) != 3 {
		return 0, 0, 0, false
	}
	if len(parts[0]) == 4 {
		parts[0], parts[2] = parts[2], parts[0]
	}
	d, okD := number(parts[0], 2)
	m, okM := number(parts[1], 2)
	y, okY := number(parts[2], 4)
	return y, m, d, okD && okM && okY && len(parts[2]) == 4
}

func number(s string, most int) (n int, ok bool) {
	if s == "" || len(s) > most {
		return 0, false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, true
}

func timeOfDay(s string) (time.Duration, error) {
	for _, layout := range [...]string{"15:04:05", "15:04", "3:04:05 PM", "3:04 PM"} {
		if t, err := time.Parse(layout, strings.ToUpper(s)); err == nil {
			return t.Sub(time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC)), nil
		}
	}
	return 0, ErrDate
}

// ExcelDate turns a spreadsheet's serial day number of the 1900 system, with its time of day
// as the fraction, into the day. Errors: ErrDate for a number that is no number; ErrDateRange
// for a day before 1990 (serial 32874) or after 2199, which is how a cell that holds an amount
// or a zero instead of a date shows itself.
func ExcelDate(serial float64) (clock.Date, error) {
	t, err := ExcelTime(serial)
	if err != nil {
		return "", err
	}
	return clock.DateOf(t), nil
}

// ExcelTime is ExcelDate with the time of day, to the second, in Viet Nam's zone.
func ExcelTime(serial float64) (time.Time, error) {
	if math.IsNaN(serial) || math.IsInf(serial, 0) {
		return time.Time{}, fmt.Errorf("%w: serial %v", ErrDate, serial)
	}
	if serial < 0 || serial > 200_000 {
		return time.Time{}, fmt.Errorf("%w: serial %v", ErrDateRange, serial)
	}
	// From 1 March 1900 on, the system counts from 30 December 1899 (it believes in 29
	// February 1900); earlier days are out of range anyway. Fractions are binary, so the
	// time is rounded to the second.
	days := math.Floor(serial)
	seconds := math.Round((serial - days) * 86_400)
	t := time.Date(1899, 12, 30+int(days), 0, 0, int(seconds), 0, clock.VN)
	t, _, err := checkYear(t, true, fmt.Sprintf("serial %v", serial))
	return t, err
}
