package vn

import (
	"errors"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/sen-platform/sen/internal/clock"
)

func TestParseDate(t *testing.T) {
	for in, want := range map[string]clock.Date{
		"22/11/2026":                "2026-11-22",
		"2/1/2026":                  "2026-01-02",
		"02/01/2026":                "2026-01-02", // day first, never month first
		"22-11-2026":                "2026-11-22",
		"22.11.2026":                "2026-11-22",
		"2026-11-22":                "2026-11-22",
		"2026/11/22":                "2026-11-22",
		" 22/11/2026\u00a0":         "2026-11-22",
		"29/02/2024":                "2024-02-29",
		"22/11/2026 19:02":          "2026-11-22",
		"22/11/2026 19:02:33":       "2026-11-22",
		"22/11/2026\n19:02:33":      "2026-11-22",
		"22/11/2026 07:02:33 PM":    "2026-11-22",
		"19:02 22/11/2026":          "2026-11-22",
		"2026-11-22 23:59:59":       "2026-11-22",
		"2026-11-22T23:59:59":       "2026-11-22",
		"2026-11-22T23:59:59.123":   "2026-11-22",
		"2026-11-22T23:59:59Z":      "2026-11-23", // already the next day in Viet Nam
		"2026-11-22T23:59:59+07:00": "2026-11-22",
		"01/01/1990":                "1990-01-01",
		"31/12/2199":                "2199-12-31",
	} {
		if got, err := ParseDate(in); err != nil || got != want {
			t.Errorf("ParseDate(%q) = %q, %v; want %s", in, got, err, want)
		}
	}
	for in, want := range map[string]error{
		"":                     ErrDate,
		"22":                   ErrDate,
		"22/11":                ErrDate,
		"22/11/26":             ErrDate, // a century is not guessed
		"22/11/026":            ErrDate,
		"22/11/20266":          ErrDate,
		"11/22/2026":           ErrDate,
		"31/02/2026":           ErrDate,
		"29/02/2026":           ErrDate,
		"0/1/2026":             ErrDate,
		"1/0/2026":             ErrDate,
		"022/11/2026":          ErrDate,
		"22/11-2026":           ErrDate,
		"22//2026":             ErrDate,
		"22/11/2026/1":         ErrDate,
		"+2/11/2026":           ErrDate,
		"22/11/2026 25:00":     ErrDate,
		"22/11/2026 lúc nào":   ErrDate,
		"22/11/2026 19:02 x":   ErrDate,
		"2026-11-22T":          ErrDate,
		"45983":                ErrDate, // a serial number is a number, not text
		"hôm nay":              ErrDate,
		"00/01/1900":           ErrDate,
		"01/01/1900":           ErrDateRange,
		"31/12/1989":           ErrDateRange,
		"01/01/2200":           ErrDateRange,
		"31/12/9999":           ErrDateRange,
		"1900-01-05T00:00:00Z": ErrDateRange,
		"1989-12-31 10:00":     ErrDateRange,
		"1989-12-31T16:59:59Z": ErrDateRange,
	} {
		if got, err := ParseDate(in); !errors.Is(err, want) || got != "" {
			t.Errorf("ParseDate(%q) = %q, %v; want %v", in, got, err, want)
		}
	}
}

func TestParseDateTime(t *testing.T) {
	at := func(h, m, s, us int) time.Time { return time.Date(2026, 11, 22, h, m, s, us*1000, clock.VN) }
	for _, c := range []struct {
		in      string
		want    time.Time
		hasTime bool
	}{
		{"22/11/2026", at(0, 0, 0, 0), false},
		{"22/11/2026 00:00", at(0, 0, 0, 0), true},
		{"22/11/2026 19:02", at(19, 2, 0, 0), true},
		{"19:02:33 22/11/2026", at(19, 2, 33, 0), true},
		{"2026-11-22 19:02:33.123456", at(19, 2, 33, 123456), true},
		{"22/11/2026 7:02:33 pm", at(19, 2, 33, 0), true},
		{"2026-11-22T12:02:33Z", at(19, 2, 33, 0), true},
	} {
		got, hasTime, err := ParseDateTime(c.in)
		if err != nil || !got.Equal(c.want) || hasTime != c.hasTime {
			t.Errorf("ParseDateTime(%q) = %v, %v, %v; want %v, %v", c.in, got, hasTime, err, c.want, c.hasTime)
		}
	}
}

func TestEveryDayIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := clock.Date("1990-01-01").AddDays(rapid.IntRange(0, 76_000).Draw(t, "days"))
		day := d.Time()
		for _, layout := range []string{"02/01/2006", "2/1/2006", "02-01-2006", "2.1.2006", "2006-01-02", "02/01/2006 15:04:05"} {
			if got, err := ParseDate(day.Format(layout)); err != nil || got != d {
				t.Fatalf("ParseDate(%q) = %q, %v; want %s", day.Format(layout), got, err, d)
			}
		}
		// 25569 is the serial number of 1 January 1970.
		serial := float64(25569 + day.Add(7*time.Hour).Unix()/86_400)
		second := rapid.IntRange(0, 86_399).Draw(t, "second")
		if got, err := ExcelDate(serial + float64(second)/86_400); err != nil || got != d {
			t.Fatalf("ExcelDate(%v + %d s) = %q, %v; want %s", serial, second, got, err, d)
		}
		if got, err := ExcelTime(serial + float64(second)/86_400); err != nil || !got.Equal(day.Add(time.Duration(second)*time.Second)) {
			t.Fatalf("ExcelTime(%v + %d s) = %v, %v", serial, second, got, err)
		}
	})
}

func TestExcelDate(t *testing.T) {
	for serial, want := range map[float64]clock.Date{
		32874:           "1990-01-01",
		46348:           "2026-11-22",
		46348.999:       "2026-11-22",
		46348.999999999: "2026-11-23", // midnight, less a rounding error
		46348.793437:    "2026-11-22",
	} {
		got, err := ExcelDate(serial)
		if err != nil || got != want {
			t.Errorf("ExcelDate(%v) = %q, %v; want %s", serial, got, err, want)
		}
	}
	for serial, want := range map[float64]error{
		0: ErrDateRange, 1: ErrDateRange, 60: ErrDateRange, 32873: ErrDateRange, -5: ErrDateRange, 109_939: ErrDateRange, 465_000: ErrDateRange, 1e300: ErrDateRange,
		math.NaN(): ErrDate, math.Inf(1): ErrDate, math.Inf(-1): ErrDate,
	} {
		if got, err := ExcelDate(serial); !errors.Is(err, want) || got != "" {
			t.Errorf("ExcelDate(%v) = %q, %v; want %v", serial, got, err, want)
		}
	}
}
