package doc

import (
	"strings"

	"github.com/sen-platform/sen/internal/vnd"
)

// Payee is the facility that collects (đơn vị thu).
type Payee struct {
	Name    string // Trường Tiểu học Cát Vàng
	Address string
	TaxCode string // mã số thuế; empty when the facility has none
	Phone   string
}

// Account is a receiving account as printed for people who type it.
type Account struct {
	Bank   string // Ngân hàng Sông Lam
	Number string // without spaces
	Holder string // as the bank shows it: TRUONG TIEU HOC CAT VANG
}

// Contact is the named person who helps payers (P8).
type Contact struct {
	Name  string // Cô Nguyễn Thị Thu Hà
	Role  string // kế toán nhà trường
	Phone string
	Hours string // thứ Hai đến thứ Sáu, 7:30 đến 16:30
}

// sentence is the contact on one line, without the parts that are missing.
func (c Contact) sentence() string {
	var parts []string
	for _, s := range []string{c.Name, c.Role, c.Phone, c.Hours} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, ", ")
}

// Line is one line of a bill. The amount may be negative (a return, a reduction).
type Line struct {
	Name   string // Tiền ăn bán trú
	Note   string // 22 ngày × 35.000 ₫; may be empty
	Amount vnd.Amount
}

func sumLines(lines []Line) (vnd.Amount, error) {
	var sum vnd.Amount
	for _, l := range lines {
		var err error
		if sum, err = sum.Add(l.Amount); err != nil {
			return 0, err
		}
	}
	return sum, nil
}

const nbsp = "\u00a0"

// groupCode writes a code in groups of four held together: "HPK7 G3M9 X077".
func groupCode(code string) string {
	var b strings.Builder
	for i, r := range []rune(code) {
		if i > 0 && i%4 == 0 {
			b.WriteString(nbsp)
		}
		b.WriteRune(r)
	}
	return b.String()
}

// groupDigits writes an account number in groups of three from the right, a single first
// digit joined to the next group: "6800 112 233". Anything but digits stays as it is.
func groupDigits(s string) string {
	if s == "" || strings.Trim(s, "0123456789") != "" {
		return s
	}
	first := len(s) % 3
	if first <= 1 {
		first += 3
	}
	first = min(first, len(s))
	out := s[:first]
	for i := first; i < len(s); i += 3 {
		out += nbsp + s[i:i+3]
	}
	return out
}
