package steer

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/indicator"
	"github.com/sen-platform/sen/internal/rail"
)

func TestPeriods(t *testing.T) {
	const today = clock.Date("2026-11-22")
	for _, c := range []struct {
		part, year                string
		label, from, to, day, now string // now: the days the figures cover
		trend                     string // first and last month drawn
		prev, next                string
	}{
		{"", "", "Tháng 11/2026", "2026-11", "2026-11", "2026-11-22", "từ 01/11 đến 22/11/2026", "2025-12 2026-11", "Tháng 10/2026", ""},
		{"m1", "2025", "Tháng 1/2025", "2025-01", "2025-01", "2025-01-31", "từ 01/01 đến 31/01/2025", "2024-02 2025-01", "Tháng 12/2024", "Tháng 2/2025"},
		{"m1", "2022", "Tháng 1/2022", "2022-01", "2022-01", "2022-01-31", "từ 01/01 đến 31/01/2022", "2021-02 2022-01", "", "Tháng 2/2022"},
		{"q4", "2026", "Quý IV/2026", "2026-10", "2026-12", "2026-11-22", "từ 01/10 đến 22/11/2026", "2026-01 2026-11", "Quý III/2026", ""},
		{"q1", "2024", "Quý I/2024", "2024-01", "2024-03", "2024-03-31", "từ 01/01 đến 31/03/2024", "2023-04 2024-03", "Quý IV/2023", "Quý II/2024"},
		{"y", "2024", "Năm 2024", "2024-01", "2024-12", "2024-12-31", "từ 01/01 đến 31/12/2024", "2024-01 2024-12", "Năm 2023", "Năm 2025"},
		{"s", "2025", "Năm học 2025-2026", "2025-09", "2026-08", "2026-08-31", "từ 01/09/2025 đến 31/08/2026", "2025-09 2026-08", "Năm học 2024-2025", "Năm học 2026-2027"},
		{"s", "2026", "Năm học 2026-2027", "2026-09", "2027-08", "2026-11-22", "từ 01/09 đến 22/11/2026", "2026-09 2026-11", "Năm học 2025-2026", ""},
	} {
		p, err := readPeriod(c.part, c.year, today)
		if err != nil {
			t.Errorf("%s %s: %v", c.part, c.year, err)
			continue
		}
		name := func(n int) string {
			if q, ok := p.shift(n); ok {
				return q.Label()
			}
			return ""
		}
		months := p.trend()
		got := []string{p.Label(), p.from(), p.to(), string(p.day()), p.span(), months[0] + " " + months[len(months)-1], name(-1), name(1)}
		if diff := cmp.Diff([]string{c.label, c.from, c.to, c.day, c.now, c.trend, c.prev, c.next}, got); diff != "" {
			t.Errorf("%s %s (-want +got):\n%s", c.part, c.year, diff)
		}
		if in := p.inside(); in[0] == p.Label()[0] || !strings.HasSuffix(in, p.Label()[5:]) {
			t.Errorf("inside a sentence: %q", in)
		}
	}
}

func TestViewSurvivesItsAddress(t *testing.T) {
	const today = clock.Date("2026-11-22")
	q, err := url.ParseQuery("part=q2&year=2025&map=start&sector=education&level=tieu_hoc&area=are_0000000000001&agency=agn_0000000000002&fee=fee_0000000000003&q=cat+v%C3%A0ng&sort=open")
	if err != nil {
		t.Fatal(err)
	}
	v, err := readView(q, today)
	if err != nil {
		t.Fatal(err)
	}
	if got := v.values(); !cmp.Equal(q, got) {
		t.Errorf("read and written again:\n%s", cmp.Diff(q, got))
	}
	if got := v.href("/x", "sort", "", "page", "2"); !strings.Contains(got, "page=2") || strings.Contains(got, "sort") {
		t.Errorf("changed address %q", got)
	}
	if on := v.on(); on != "2025-04-01" {
		t.Errorf("map of %s", on)
	}
	q.Set("level", "benh_vien_tinh")
	if v, err = readView(q, today); err != nil || v.level != "" {
		t.Errorf("a level of the other sector stayed: %q, %v", v.level, err)
	}
}

func TestLevelsInWords(t *testing.T) {
	for want, got := range map[string]string{
		"trên 95%":              levelText(indicator.Level{PerMille: 950, MoreThan: true}),
		"50%":                   levelText(indicator.Level{PerMille: 500}),
		"99,5%":                 levelText(indicator.Level{PerMille: 995}),
		"5,3 điểm phần trăm":    gapText(53),
		"13 điểm phần trăm":     gapText(130),
		"0,1 điểm phần trăm":    gapText(1),
		"Không tính vào mẫu số": percent(indicator.Share{}),
		"đơn vị":                lowerFirst("Đơn vị"),
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestGroupedPhone(t *testing.T) {
	for number, want := range map[string]string{"0900000007": "0900\u00a0000\u00a0007", "02000000401": "0200\u00a0000\u00a00401", "0298 3901 101": "0298\u00a03901\u00a0101", "19001234": "19001234"} {
		if got := grouped(number); got != want {
			t.Errorf("%s is shown as %q", number, got)
		}
	}
}

// figuresOf is a facility's figures: payments without cash, in cash, owed.
func figuresOf(cashless, cash, owed int64) indicator.Standing {
	f := indicator.Figures{Methods: map[rail.Method]indicator.Sum{}}
	if cashless > 0 {
		f.Methods[rail.QR] = indicator.Sum{N: cashless, Amount: 10}
	}
	if cash > 0 {
		f.Methods[rail.Cash] = indicator.Sum{N: cash, Amount: 10}
	}
	up := f
	up.Issued = indicator.Sum{N: 1, Amount: f.Payments().Amount}
	if owed > 0 {
		up.Issued.Amount += 1000
	}
	return indicator.Standing{Period: f, UpTo: up}
}
