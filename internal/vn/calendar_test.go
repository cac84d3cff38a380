package vn

import (
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/sen-platform/sen/internal/clock"
)

func TestIsWorkingDay(t *testing.T) {
	c := National()
	for d, want := range map[clock.Date]bool{
		"2026-11-20": true,  // Friday
		"2026-11-21": false, // Saturday
		"2026-11-22": false, // Sunday
		"2026-11-23": true,
		"2026-11-24": false, // Culture Day
		"2026-01-01": false,
		"2026-01-02": false, // bridge day
		"2026-01-10": true,  // the Saturday worked for it
		"2026-02-13": true,  // last day before Tết
		"2026-02-16": false,
		"2026-02-20": false,
		"2026-02-23": true,
		"2026-04-27": false, // in lieu of Sunday 26 April
		"2026-04-30": false,
		"2026-05-01": false,
		"2026-09-02": false,
		"2025-05-02": false,
		"2025-04-26": true,
		"2024-05-04": true,
		"2031-04-30": false, // beyond the data: fixed holidays and weekends
		"2031-05-02": true,
		"":           false,
		"2026-02-30": false,
	} {
		if got := c.IsWorkingDay(d); got != want {
			t.Errorf("IsWorkingDay(%s) = %v", d, got)
		}
	}
	for d, want := range map[clock.Date]bool{"2021-12-31": false, "2022-01-01": true, "2027-12-31": true, "2028-01-01": false, "": false} {
		if got := c.Covers(d); got != want {
			t.Errorf("Covers(%s) = %v", d, got)
		}
	}
	if day, ok := c.Day("2027-02-06"); !ok || !day.Expected || day.Name != "Tết Nguyên đán (mùng 1)" {
		t.Errorf("Tết 2027 is %+v, %v", day, ok)
	}
	if day, ok := c.Day("2030-09-02"); !ok || day.Working || day.Name != "Quốc khánh" {
		t.Errorf("2 September 2030 is %+v, %v", day, ok)
	}
}

func TestAddWorkingDays(t *testing.T) {
	c := National()
	for _, x := range []struct {
		from clock.Date
		n    int
		want clock.Date
	}{
		{"2026-11-16", 1, "2026-11-17"},
		{"2026-11-20", 1, "2026-11-23"},
		{"2026-11-21", 1, "2026-11-23"},
		{"2026-11-23", 1, "2026-11-25"}, // over Culture Day
		{"2026-02-13", 1, "2026-02-23"}, // over Tết
		{"2026-02-23", -1, "2026-02-13"},
		{"2026-01-09", 1, "2026-01-10"}, // a Saturday that is worked
		{"2026-11-16", 0, "2026-11-16"},
		{"2026-11-21", 0, "2026-11-23"},
		{"2025-12-31", 3, "2026-01-07"},
		{"", 3, ""},
		{"22/11/2026", 3, ""},
	} {
		if got := c.AddWorkingDays(x.from, x.n); got != x.want {
			t.Errorf("AddWorkingDays(%s, %d) = %s, want %s", x.from, x.n, got, x.want)
		}
	}
}

func TestWorkingDaysInAMonth(t *testing.T) {
	c := National()
	for _, x := range []struct {
		from, to clock.Date
		want     int
	}{
		{"2025-12-31", "2026-01-31", 21}, // 22 weekdays − 1 January − bridge day + Saturday
		{"2026-01-31", "2026-02-28", 15}, // 20 weekdays − 5 of Tết
		{"2026-11-20", "2026-11-20", 0},
		{"2026-11-20", "2026-11-23", 1},
		{"2026-11-23", "2026-11-20", -1},
		{"", "2026-11-20", 0},
	} {
		if got := c.WorkingDaysBetween(x.from, x.to); got != x.want {
			t.Errorf("WorkingDaysBetween(%s, %s) = %d, want %d", x.from, x.to, got, x.want)
		}
	}
}

// TestCountingAndAddingAgree: the n-th working day after d has n working days between.
func TestCountingAndAddingAgree(t *testing.T) {
	c := National()
	rapid.Check(t, func(t *rapid.T) {
		d := clock.Date("2022-01-01").AddDays(rapid.IntRange(0, 2100).Draw(t, "day"))
		n := rapid.IntRange(1, 90).Draw(t, "n")
		later := c.AddWorkingDays(d, n)
		if !c.IsWorkingDay(later) || c.WorkingDaysBetween(d, later) != n || c.WorkingDaysBetween(later, d) != -n {
			t.Fatalf("%s plus %d is %s, between them %d", d, n, later, c.WorkingDaysBetween(d, later))
		}
		if earlier := c.AddWorkingDays(later, -n); !c.IsWorkingDay(earlier) || earlier > d && c.IsWorkingDay(d) {
			t.Fatalf("%s minus %d is %s, from %s", later, n, earlier, d)
		}
	})
}

func TestWithOwnDays(t *testing.T) {
	national := National()
	own := national.With(Day{Date: "2026-11-25", Name: "Nghỉ bão"}, Day{Date: "2026-11-28", Working: true, Name: "Làm bù"}, Day{Date: "2026-11-24", Working: true, Name: "Làm việc"})
	for d, want := range map[clock.Date]bool{"2026-11-24": true, "2026-11-25": false, "2026-11-28": true} {
		if own.IsWorkingDay(d) != want {
			t.Errorf("own %s: %v", d, !want)
		}
		if national.IsWorkingDay(d) == want {
			t.Errorf("the national calendar changed on %s", d)
		}
	}
}

func TestReadCalendarRefuses(t *testing.T) {
	const head = "date,kind,status,name\n"
	for name, text := range map[string]string{
		"empty":        "",
		"short row":    head + "2026-01-01,off\n",
		"no date":      head + "01/01/2026,off,decided,Tết\n",
		"unknown kind": head + "2026-01-01,maybe,decided,Tết\n",
		"no status":    head + "2026-01-01,off,,Tết\n",
		"no name":      head + "2026-01-01,off,decided, \n",
		"twice":        head + "2026-01-01,off,decided,Tết\n2026-01-01,work,decided,Tết\n",
	} {
		if _, err := ReadCalendar(strings.NewReader(text)); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}

// TestHolidayDataKeepsTheLaw checks the data against Labour Code article 112 with lunar dates
// computed from the moon: five days of Tết around the first of the first month, Hùng Kings on the
// tenth of the third, two days of National Day, a weekday off for every holiday on a weekend, as many Saturdays worked as
// bridge days given.
func TestHolidayDataKeepsTheLaw(t *testing.T) {
	c := National()
	for year := 2022; year <= 2027; year++ {
		first := lunarNewYear(year)
		tet, kings, national, lieu, bridges, worked := 0, 0, 0, 0, 0, 0
		for d := clock.DateOf(time.Date(year, 1, 1, 0, 0, 0, 0, clock.VN)); d < clock.DateOf(time.Date(year+1, 1, 1, 0, 0, 0, 0, clock.VN)); d = d.AddDays(1) {
			day, ok := c.Day(d)
			if !ok {
				continue
			}
			w := d.Time().Weekday()
			weekend := w == time.Saturday || w == time.Sunday
			switch {
			case day.Working != weekend && (day.Working || strings.Contains(day.Name, "bù") || strings.Contains(day.Name, "Hoán đổi")):
				t.Errorf("%s %s falls on a %s", d, day.Name, w)
			case day.Working:
				worked++
			case strings.HasPrefix(day.Name, "Nghỉ bù"):
				lieu++
			case strings.HasPrefix(day.Name, "Hoán đổi"):
				bridges++
			case strings.HasPrefix(day.Name, "Tết Nguyên đán"):
				tet++
				if strings.Contains(day.Name, "(mùng 1)") && d != first {
					t.Errorf("the first of the lunar year %d is %s, not %s", year, first, d)
				}
				fallthrough
			default:
				if weekend {
					lieu--
				}
				switch day.Name {
				case "Quốc khánh":
					national++
				case "Giỗ Tổ Hùng Vương":
					kings++
					if want := hungKings(year); d != want {
						t.Errorf("Hùng Kings %d is %s, not %s", year, want, d)
					}
				}
			}
		}
		if tet != 5 || national != 2 || kings != 1 || lieu != 0 || bridges != worked {
			t.Errorf("%d: %d days of Tết, %d of National Day, %d of the Kings, %d too many in lieu, %d bridge days, %d make-up days", year, tet, national, kings, lieu, bridges, worked)
		}
	}
}

// newMoon is the k-th new moon since 1 January 1900 as a Julian day number in Viet Nam, by the
// series of Meeus as used for the Vietnamese calendar.
func newMoon(k int) int {
	T := float64(k) / 1236.85
	T2, T3 := T*T, T*T*T
	rad := math.Pi / 180
	jd := 2415020.75933 + 29.53058868*float64(k) + 0.0001178*T2 - 0.000000155*T3 + 0.00033*math.Sin((166.56+132.87*T-0.009173*T2)*rad)
	m := (359.2242 + 29.10535608*float64(k) - 0.0000333*T2 - 0.00000347*T3) * rad
	mp := (306.0253 + 385.81691806*float64(k) + 0.0107306*T2 + 0.00001236*T3) * rad
	f := (21.2964 + 390.67050646*float64(k) - 0.0016528*T2 - 0.00000239*T3) * rad
	jd += (0.1734-0.000393*T)*math.Sin(m) + 0.0021*math.Sin(2*m) - 0.4068*math.Sin(mp) + 0.0161*math.Sin(2*mp) -
		0.0004*math.Sin(3*mp) + 0.0104*math.Sin(2*f) - 0.0051*math.Sin(m+mp) - 0.0074*math.Sin(m-mp) + 0.0004*math.Sin(2*f+m) -
		0.0004*math.Sin(2*f-m) - 0.0006*math.Sin(2*f+mp) + 0.0010*math.Sin(2*f-mp) + 0.0005*math.Sin(2*mp+m)
	deltaT := -0.000278 + 0.000265*T + 0.000262*T2
	return int(math.Floor(jd - deltaT + 0.5 + 7.0/24))
}

// dayOf is the calendar day of a Julian day number.
func dayOf(jdn int) clock.Date { return clock.Date("1970-01-01").AddDays(jdn - 2440588) }

// firstMonth is the new moon that opens the lunar year: in 2022–2027 the one nearest after 20 January.
func firstMonth(year int) int {
	k := int(float64(year-1900) * 12.3685)
	for dayOf(newMoon(k)) < clock.DateOf(time.Date(year, 1, 21, 0, 0, 0, 0, clock.VN)) {
		k++
	}
	return k
}

func lunarNewYear(year int) clock.Date { return dayOf(newMoon(firstMonth(year))) }

// hungKings is the tenth of the third month. A leap second month (2023) pushes it by a moon.
func hungKings(year int) clock.Date {
	k := firstMonth(year) + 2
	if year == 2023 {
		k++
	}
	return dayOf(newMoon(k)).AddDays(9)
}
