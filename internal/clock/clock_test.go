package clock

import (
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestSystemIsUTCInMicroseconds(t *testing.T) {
	before := time.Now().Truncate(time.Microsecond)
	now := System{}.Now()
	if now.Location() != time.UTC || now.Nanosecond()%1000 != 0 || now.Before(before) || now.After(time.Now()) {
		t.Errorf("Now = %v", now)
	}
}

func TestManual(t *testing.T) {
	at := time.Date(2026, 11, 22, 19, 2, 33, 123_456_789, VN)
	m := NewManual(at)
	want := time.Date(2026, 11, 22, 12, 2, 33, 123_456_000, time.UTC)
	if got := m.Now(); got != want {
		t.Errorf("Now = %v, want %v", got, want)
	}
	if got := m.Advance(time.Hour); got != want.Add(time.Hour) || m.Now() != got {
		t.Errorf("Advance = %v, Now = %v", got, m.Now())
	}
	m.Set(at.AddDate(-1, 0, 0))
	if got := m.Now(); got != want.AddDate(-1, 0, 0) {
		t.Errorf("set back a year: %v", got)
	}

	var wg sync.WaitGroup
	m.Set(at)
	for range 8 {
		wg.Go(func() {
			for range 100 {
				m.Advance(time.Second)
				m.Now()
			}
		})
	}
	wg.Wait()
	if got := m.Now(); got != want.Add(800*time.Second) {
		t.Errorf("800 steps of a second lead to %v", got)
	}
}

func TestMicros(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		us := rapid.Int64Range(-1<<52, 1<<52).Draw(t, "us")
		at := FromMicros(us)
		if at.Location() != time.UTC || Micros(at) != us || Micros(at.In(VN)) != us {
			t.Fatalf("%d became %v", us, at)
		}
	})
	if got := Micros(time.Date(1970, 1, 1, 7, 0, 0, 1000, VN)); got != 1 {
		t.Errorf("the first microsecond is %d", got)
	}
}

func TestDateOfIsTheDayInVietNam(t *testing.T) {
	for _, c := range []struct {
		at   time.Time
		want Date
	}{
		{time.Date(2026, 11, 21, 16, 59, 59, 999_999_000, time.UTC), "2026-11-21"},
		{time.Date(2026, 11, 21, 17, 0, 0, 0, time.UTC), "2026-11-22"},
		{time.Date(2026, 12, 31, 20, 0, 0, 0, time.UTC), "2027-01-01"},
		{time.Date(2026, 11, 22, 0, 0, 0, 0, VN), "2026-11-22"},
	} {
		if got := DateOf(c.at); got != c.want {
			t.Errorf("DateOf(%v) = %s, want %s", c.at, got, c.want)
		}
		if got := Today(NewManual(c.at)); got != c.want {
			t.Errorf("Today at %v = %s, want %s", c.at, got, c.want)
		}
	}
}

func TestParseDate(t *testing.T) {
	for _, s := range []string{"2026-11-22", "2024-02-29", "0001-01-01"} {
		if got, err := ParseDate(s); err != nil || got != Date(s) {
			t.Errorf("ParseDate(%q) = %q, %v", s, got, err)
		}
	}
	for _, s := range []string{"", "2026-2-3", "2026-02-30", "2025-02-29", "2026-13-01", "22/11/2026", "2026-11-22 ", "2026-11-22T00:00:00Z", "26-11-22"} {
		if got, err := ParseDate(s); err == nil || got != "" {
			t.Errorf("ParseDate(%q) = %q, %v", s, got, err)
		}
	}
}

func TestDate(t *testing.T) {
	d := Date("2026-11-22")
	if got, want := d.Time(), time.Date(2026, 11, 22, 0, 0, 0, 0, VN); !got.Equal(want) {
		t.Errorf("Time = %v, want %v", got, want)
	}
	if got := d.VN(); got != "22/11/2026" {
		t.Errorf("VN = %q", got)
	}
	if got := d.Month(); got != "2026-11" {
		t.Errorf("Month = %q", got)
	}
	for n, want := range map[int]Date{0: "2026-11-22", 9: "2026-12-01", 40: "2027-01-01", -22: "2026-10-31", 463: "2028-02-28", 464: "2028-02-29"} {
		if got := d.AddDays(n); got != want {
			t.Errorf("AddDays(%d) = %s, want %s", n, got, want)
		}
	}
	for _, none := range []Date{"", "2026", "22/11/2026"} {
		if !none.Time().IsZero() || none.VN() != "" || none.AddDays(1) != "" {
			t.Errorf("%q is %v, %q, the next day %q", none, none.Time(), none.VN(), none.AddDays(1))
		}
	}
	if got := Date("").Month(); got != "" {
		t.Errorf("no date has the month %q", got)
	}
}

func TestDatesSortAndReturn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := Date("1990-01-01").AddDays(rapid.IntRange(0, 70_000).Draw(t, "days"))
		n := rapid.IntRange(1, 5000).Draw(t, "n")
		later := d.AddDays(n)
		if later <= d || later.AddDays(-n) != d || DateOf(d.Time()) != d {
			t.Fatalf("%s plus %d is %s, back %s", d, n, later, later.AddDays(-n))
		}
	})
}
