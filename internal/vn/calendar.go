package vn

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"fmt"
	"io"
	"maps"
	"sync"
	"time"

	"github.com/sen-platform/sen/internal/clock"
)

//go:embed holidays.csv
var holidaysCSV []byte

// Day is one exception from the working week of Monday to Friday.
type Day struct {
	Date     clock.Date
	Working  bool   // true: work is done although it is a weekend or a holiday
	Expected bool   // true: not yet announced, follows from the law and past practice
	Name     string // in Vietnamese, for people: "Giỗ Tổ Hùng Vương"
}

// fixed are the holidays of the same day each year, by month and day.
var fixed = map[string]string{
	"01-01": "Tết Dương lịch",
	"04-30": "Ngày Chiến thắng",
	"05-01": "Quốc tế Lao động",
	"09-02": "Quốc khánh",
}

// Calendar knows working days. It is immutable and safe for concurrent use.
type Calendar struct {
	days     map[clock.Date]Day
	from, to clock.Date // years for which movable holidays are known
}

// National is the calendar of the public sector for 2022–2027 from the data in holidays.csv.
// Beyond those years it knows weekends and the holidays of fixed date only; see Covers.
func National() *Calendar { return national() }

var national = sync.OnceValue(func() *Calendar {
	c, err := ReadCalendar(bytes.NewReader(holidaysCSV))
	if err != nil {
		panic(err) // the file is part of the program and tested
	}
	return c
})

// ReadCalendar reads a calendar from CSV with the columns date,kind,status,name: kind is off
// or work, status decided or expected, lines that begin with # are comments. The calendar covers
// the years from that of the first row to that of the last.
func ReadCalendar(r io.Reader) (*Calendar, error) {
	rows := csv.NewReader(r)
	rows.Comment = '#'
	rows.FieldsPerRecord = 4
	if _, err := rows.Read(); err != nil {
		return nil, fmt.Errorf("vn: calendar: %w", err)
	}
	c := &Calendar{days: map[clock.Date]Day{}}
	for {
		row, err := rows.Read()
		if err == io.EOF {
			return c, nil
		}
		if err != nil {
			return nil, fmt.Errorf("vn: calendar: %w", err)
		}
		line, _ := rows.FieldPos(0)
		d, err := clock.ParseDate(row[0])
		if err != nil {
			return nil, fmt.Errorf("vn: calendar: line %d: %w", line, err)
		}
		day := Day{Date: d, Working: row[1] == "work", Expected: row[2] == "expected", Name: Clean(row[3])}
		_, twice := c.days[d]
		if twice || (row[1] != "off" && !day.Working) || (row[2] != "decided" && !day.Expected) || day.Name == "" {
			return nil, fmt.Errorf("vn: calendar: line %d: %q", line, row)
		}
		c.days[d] = day
		if first := d[:4] + "-01-01"; c.from == "" || first < c.from {
			c.from = first
		}
		c.to = max(c.to, d[:4]+"-12-31")
	}
}

// With returns a calendar that also knows the given days, for instance a province's own
// holidays or make-up days; they take precedence.
func (c *Calendar) With(days ...Day) *Calendar {
	n := &Calendar{days: maps.Clone(c.days), from: c.from, to: c.to}
	for _, d := range days {
		n.days[d.Date] = d
	}
	return n
}

// Covers reports whether the movable holidays of d's year are in the data.
func (c *Calendar) Covers(d clock.Date) bool { return d >= c.from && d <= c.to }

// Day returns the exception that rules d, if any: from the data, or a holiday of fixed date.
func (c *Calendar) Day(d clock.Date) (Day, bool) {
	if day, ok := c.days[d]; ok {
		return day, true
	}
	if len(d) == len("2006-01-02") {
		if name, ok := fixed[string(d[5:])]; ok {
			return Day{Date: d, Name: name}, true
		}
	}
	return Day{}, false
}

// IsWorkingDay reports whether work is done on d; false for an empty or malformed date.
func (c *Calendar) IsWorkingDay(d clock.Date) bool {
	t := d.Time()
	return !t.IsZero() && c.works(d, t.Weekday())
}

func (c *Calendar) works(d clock.Date, w time.Weekday) bool {
	if day, ok := c.Day(d); ok {
		return day.Working
	}
	return w != time.Saturday && w != time.Sunday
}

// AddWorkingDays returns the n-th working day after d, before d when n is negative. With n = 0
// it is d itself when work is done on it, else the next working day. Empty for an empty or
// malformed date. A deadline of "three working days" counts from the day after d.
func (c *Calendar) AddWorkingDays(d clock.Date, n int) clock.Date {
	t := d.Time()
	if t.IsZero() {
		return ""
	}
	step := 1
	if n < 0 {
		step, n = -1, -n
	}
	if n == 0 {
		t, n = t.AddDate(0, 0, -1), 1
	}
	for n > 0 {
		t = t.AddDate(0, 0, step)
		if c.works(clock.DateOf(t), t.Weekday()) {
			n--
		}
	}
	return clock.DateOf(t)
}

// WorkingDaysBetween counts the working days after from up to and including to; negative when
// to lies before from. Zero when either date is empty or malformed.
func (c *Calendar) WorkingDaysBetween(from, to clock.Date) int {
	a, b := from.Time(), to.Time()
	if a.IsZero() || b.IsZero() {
		return 0
	}
	if b.Before(a) {
		return -c.WorkingDaysBetween(to, from)
	}
	n := 0
	for t := a; t.Before(b); {
		t = t.AddDate(0, 0, 1)
		if c.works(clock.DateOf(t), t.Weekday()) {
			n++
		}
	}
	return n
}
