package sheet

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sen-platform/sen/internal/clock"
)

// TestFigures: account, balances and period in the wordings of several banks.
func TestFigures(t *testing.T) {
	for _, c := range []struct {
		cells []any
		want  string // account, currency, from, to, opening, closing
	}{
		{[]any{"Số tài khoản: / Account No: 0011 0000 00001 (VND)"}, "0011000000001|||||"},
		{[]any{"Số tài khoản: 19030000000011 lúc 10:15:30"}, "19030000000011|||||"},
		{[]any{"Tài khoản", "", "0880100000000 - TRUONG THCS", "Loại tiền", "VNĐ"}, "0880100000000|VND||||"},
		{[]any{"Số tài khoản cũ: 111111111"}, "|||||"},
		{[]any{"Tên tài khoản: 123456789"}, "|||||"},
		{[]any{"Account statement 20261122"}, "|||||"},
		{[]any{"Từ ngày", num("46327"), "Đến ngày", num("46356")}, "||2026-11-01|2026-11-30||"},
		{[]any{"From date: 2026-11-01 To date: 2026-11-30"}, "||2026-11-01|2026-11-30||"},
		{[]any{"Ngày in: 22/11/2026"}, "|||||"},
		{[]any{"Số dư đầu kỳ:", "1.000.000 VND", "Số dư cuối kỳ:", "-2.000"}, "||||1000000|-2000"},
		{[]any{"Opening balance: 1,234.50"}, "||||1234.5|"},
		{[]any{"Số dư hiện tại", num("5")}, "|||||"},
	} {
		r := row{n: 1}
		for _, v := range c.cells {
			one := cell{text: fmt.Sprint(v)}
			if _, is := v.(num); is {
				one.kind = number
			}
			r.cells = append(r.cells, one)
		}
		var f figures
		f.read(r, false)
		got := strings.Join([]string{f.account, f.currency, string(f.from), string(f.to), balanceText(f.opening), balanceText(f.closing)}, "|")
		if got != c.want {
			t.Errorf("%v: %s, want %s", c.cells, got, c.want)
		}
	}
}

func TestParseMoney(t *testing.T) {
	for in, want := range map[string]string{
		"1.500.000": "1500000", "1,500,000": "1500000", "1500000": "1500000", "1,500,000.00": "1500000", "1.500.000,00": "1500000",
		"+500,000VND": "500000", "-1.250.000 ₫": "-1250000", "(1.500.000) đồng": "-1500000", "1 500 000": "1500000", "20.000-": "-20000",
		"1'500'000": "1500000", "12,5": "12.5", "1,234.56": "1234.56", "0.500": "0.5", "-": "0", "": "0", "−7": "-7", "VND 5": "5",
		"1500.000": "!", "1,500.000": "!", "1.50.000": "!", "abc": "!", "1-2": "!", "--5": "!", ",5": "!", "1,,5": "!", "5 USD x": "!",
	} {
		m, err := parseMoney(cell{text: in})
		got := m.value.String()
		if err != nil {
			got = "!"
		}
		if got != want {
			t.Errorf("parseMoney(%q) = %s, want %s", in, got, want)
		}
	}
	for in, want := range map[string]string{
		"1.5E+7": "15000000", "1500000.0000000002": "1500000", "0.1": "0.1", "-1.25e3": "-1250", "999999999999999": "999999999999999",
		"1e-2": "0.01", "99999.99999999999": "100000", "1e99": "!", "NaN": "!", "0x10": "!", "": "0",
	} {
		m, err := parseMoney(cell{text: in, kind: number})
		if in == "" {
			m, err = parseMoney(cell{})
		}
		got := m.value.String()
		if err != nil {
			got = "!"
		}
		if got != want {
			t.Errorf("stored number %q = %s, want %s", in, got, want)
		}
	}
}

func TestParseMoment(t *testing.T) {
	for in, want := range map[string]string{
		"22/11/2026": "2026-11-22", "22-11-2026 10:15": "2026-11-22 10:15:00", "10:15:30 22/11/2026": "2026-11-22 10:15:30", "2026-11-22": "2026-11-22",
		"22/11/26": "2026-11-22", "22-NOV-2026": "2026-11-22", "5 Nov 26": "2026-11-05", "20261122": "2026-11-22",
		"02/11/2026\n5242.74128": "2026-11-02 +5242.74128", "02/11/2026 08:00:01 5242.1": "2026-11-02 08:00:01 +5242.1",
		"31/02/2026": "!", "hôm qua": "!", "01/01/1900": "!", "22/11": "!",
	} {
		m, err := parseMoment(cell{text: in}, false)
		got := string(m.on)
		if !m.at.IsZero() {
			got += " " + m.at.In(clock.VN).Format("15:04:05")
		}
		if m.extra != "" {
			got += " +" + m.extra
		}
		if err != nil {
			got = "!"
		}
		if got != want {
			t.Errorf("parseMoment(%q) = %s, want %s", in, got, want)
		}
	}
	if m, err := parseMoment(cell{text: "44886", kind: number}, true); err != nil || m.on != "2026-11-22" {
		t.Errorf("epoch 1904: %v %v", m, err)
	}
}
