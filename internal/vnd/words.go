package vnd

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

var digitWords = [10]string{"không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"}

// Words writes the amount as receipts in Viet Nam do: "Một triệu hai trăm năm mươi nghìn
// đồng". The first letter is a capital; a negative amount begins with "Âm"; zero is
// "Không đồng".
//
// The reading is that of accounting: every group of three after the first is read with its
// hundreds ("một triệu không trăm linh năm nghìn"), groups of zeros are left out, "linh"
// stands for missing tens, and after "mươi" one, four and five are "mốt", "tư", "lăm".
func (a Amount) Words() string {
	n := a.abs()
	var w []string
	if n == 0 {
		w = append(w, digitWords[0])
	} else {
		if a < 0 {
			w = append(w, "âm")
		}
		w = appendNumber(w, n, false)
	}
	s := strings.Join(append(w, "đồng"), " ")
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}

// appendNumber reads n > 0. Above a thousand million the count of thousand millions is
// itself a number: "một nghìn tỷ", "một tỷ tỷ".
func appendNumber(w []string, n uint64, full bool) []string {
	const billion = 1_000_000_000
	if high := n / billion; high > 0 {
		w = append(appendNumber(w, high, full), "tỷ")
		full = true
	}
	low := n % billion
	for _, g := range [...]struct {
		value uint64
		name  string
	}{{low / 1_000_000, "triệu"}, {low / 1000 % 1000, "nghìn"}, {low % 1000, ""}} {
		if g.value == 0 {
			continue
		}
		w = appendGroup(w, g.value, full)
		if g.name != "" {
			w = append(w, g.name)
		}
		full = true
	}
	return w
}

// appendGroup reads 1..999; full also reads missing hundreds.
func appendGroup(w []string, n uint64, full bool) []string {
	hundreds, tens, ones := n/100, n/10%10, n%10
	if hundreds > 0 || full {
		w = append(w, digitWords[hundreds], "trăm")
	}
	switch {
	case tens == 0 && ones == 0:
		return w
	case tens == 0 && (hundreds > 0 || full):
		w = append(w, "linh")
	case tens == 1:
		w = append(w, "mười")
	case tens > 1:
		w = append(w, digitWords[tens], "mươi")
	}
	switch {
	case ones == 0:
		return w
	case ones == 1 && tens > 1:
		return append(w, "mốt")
	case ones == 4 && tens > 1:
		return append(w, "tư")
	case ones == 5 && tens > 0:
		return append(w, "lăm")
	}
	return append(w, digitWords[ones])
}
