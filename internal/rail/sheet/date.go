package sheet

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/vn"
)

// moment is a date cell: the day, the instant when it has a time of day, and what else stood
// in the cell (Vietcombank puts the document number there).
type moment struct {
	on    clock.Date
	at    time.Time
	extra string
}

var (
	// dateAhead is a date, perhaps with a time, at the start of a cell.
	dateAhead = regexp.MustCompile(`^\s*(\d{1,2}[/.-]\d{1,2}[/.-]\d{4}|\d{4}-\d{1,2}-\d{1,2})(?:[\sT]+(\d{1,2}:\d{2}(?::\d{2})?(?:\s?[AP]M)?))?(?:\s+(.*))?$`)
	// timeAhead is the other order some banks use: 10:15:30 22/11/2026.
	timeAhead  = regexp.MustCompile(`^\s*(\d{1,2}:\d{2}(?::\d{2})?)\s+(\d{1,2}[/.-]\d{1,2}[/.-]\d{4})$`)
	shortYear  = regexp.MustCompile(`^\s*(\d{1,2})[/.-](\d{1,2})[/.-](\d{2})(?:\s+(\d{1,2}:\d{2}(?::\d{2})?))?\s*$`)
	namedMonth = regexp.MustCompile(`(?i)^\s*(\d{1,2})[- /](jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[- /](\d{4}|\d{2})\s*$`)
	compactDay = regexp.MustCompile(`^(19|20)\d{6}$`)
)

// parseMoment reads a date cell: text first, then a serial number. The error is vn.ErrDate, or
// vn.ErrDateRange for days no statement has, such as those around 1900.
func parseMoment(c cell, epoch1904 bool) (moment, error) {
	s := strings.TrimSpace(unwrap(c.text))
	if c.kind == number {
		return serial(s, epoch1904)
	}
	s = strings.Join(strings.Fields(s), " ")
	switch {
	case compactDay.MatchString(s):
		s = s[:4] + "-" + s[4:6] + "-" + s[6:]
	case namedMonth.MatchString(s):
		m := namedMonth.FindStringSubmatch(s)
		t, err := time.Parse("2 Jan", m[1]+" "+m[2])
		if err != nil {
			return moment{}, vn.ErrDate
		}
		s = m[1] + "/" + strconv.Itoa(int(t.Month())) + "/" + century(m[3])
	case shortYear.MatchString(s):
		m := shortYear.FindStringSubmatch(s)
		s = strings.TrimSpace(m[1] + "/" + m[2] + "/" + century(m[3]) + " " + m[4])
	case timeAhead.MatchString(s):
		m := timeAhead.FindStringSubmatch(s)
		s = m[2] + " " + m[1]
	}
	extra := ""
	if t, timed, err := vn.ParseDateTime(s); err == nil {
		timed = timed && (c.kind != iso || !t.Equal(clock.DateOf(t).Time())) // typed dates always have a time
		return at(t, timed, ""), nil
	} else if errors.Is(err, vn.ErrDateRange) {
		return moment{}, err
	}
	m := dateAhead.FindStringSubmatch(s)
	if m == nil {
		return moment{}, vn.ErrDate
	}
	extra = m[3]
	t, timed, err := vn.ParseDateTime(strings.TrimSpace(m[1] + " " + m[2]))
	if err != nil {
		return moment{}, err
	}
	return at(t, timed, extra), nil
}

func at(t time.Time, timed bool, extra string) moment {
	m := moment{on: clock.DateOf(t), extra: extra}
	if timed {
		m.at = t.UTC()
	}
	return m
}

func century(year string) string {
	if len(year) == 2 {
		return "20" + year
	}
	return year
}

// days1904 is the distance of the two epochs of spreadsheets.
const days1904 = 1462

func serial(s string, epoch1904 bool) (moment, error) {
	if compactDay.MatchString(s) {
		return parseMoment(cell{text: s}, false)
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return moment{}, vn.ErrDate
	}
	if epoch1904 {
		f += days1904
	}
	t, err := vn.ExcelTime(f)
	if err != nil {
		return moment{}, err
	}
	midnight := t.Equal(clock.DateOf(t).Time())
	return at(t, !midnight, ""), nil
}
