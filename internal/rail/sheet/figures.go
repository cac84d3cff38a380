package sheet

import (
	"regexp"
	"slices"
	"strings"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/rail/passbook"
)

// figures are what stands around a table: account, currency, period, balances, control sums.
type figures struct {
	account          string
	currency         string
	from, to         clock.Date
	opening, closing *passbook.Balance
	debits, credits  passbook.Count
}

// label is a kind of figure and the words that announce it, folded. A cell announces it when
// its text starts with one of them.
type label struct {
	name  string
	words []string
	not   []string // words that turn the meaning
}

var labels = []label{
	{
		"account", list("so tai khoan; so tk; tai khoan so; account number; account no; account; a c no; acct no; tai khoan; tk"),
		list("cu; doi ung; dich; ten; chu; name; holder; type; loai; balance; statement; so du; old; dai dien; nguoi chuyen"),
	},
	{"currency", list("loai tien te; loai tien; don vi tien te; don vi tien; tien te; currency; ccy"), nil},
	{"opening", list("so du dau ky; so du dau ngay; so du dau; so du ban dau; du dau ky; du dau; so du chuyen sang; opening balance; beginning balance; balance brought forward"), nil},
	{"closing", list("so du cuoi ky; so du cuoi ngay; so du cuoi; du cuoi ky; du cuoi; cuoi ngay; closing balance; ending balance; balance carried forward"), nil},
	{"count_debit", list("so but toan no; so luong giao dich no; so giao dich ghi no; so luong giao dich ghi no; total debit transactions; number of debit"), nil},
	{"count_credit", list("so but toan co; so luong giao dich co; so giao dich ghi co; so luong giao dich ghi co; total credit transactions; number of credit"), nil},
	{"sum_debit", list("doanh so no; tong doanh so no; tong ghi no; tong no; tong phat sinh no; tong so tien ghi no; tong tien ra; total debit; total debits; debit turnover; tong ps no"), nil},
	{"sum_credit", list("doanh so co; tong doanh so co; tong ghi co; tong co; tong phat sinh co; tong so tien ghi co; tong tien vao; total credit; total credits; credit turnover; tong ps co"), nil},
	{"total", list("tong cong; tong so; tong phat sinh; cong phat sinh; cong so phat sinh; grand total; total; tong; cong"), list("trang; page; cong ty; no; co; debit; credit")},
	{"page_total", list("cong trang; tong trang; page total; tong cong trang; chuyen trang; mang sang"), nil},
}

func list(s string) []string { return strings.Split(s, "; ") }

// labelOf is the figure that a cell announces, "" for none; the longest wording wins.
func labelOf(s string) string {
	if len(s) > 300 {
		return ""
	}
	w := words(s)
	best, length := "", 0
	for _, l := range labels {
		for _, start := range l.words {
			if len(start) <= length || !startsWithWords(w, start) {
				continue
			}
			rest := strings.Fields(strings.TrimPrefix(w, start))
			if len(rest) > 4 {
				rest = rest[:4]
			}
			if slices.ContainsFunc(l.not, func(n string) bool { return slices.Contains(rest, n) }) {
				continue
			}
			best, length = l.name, len(start)
		}
	}
	return best
}

func startsWithWords(s, start string) bool {
	return s == start || strings.HasPrefix(s, start+" ")
}

var (
	accountPattern  = regexp.MustCompile(`[0-9A-Z]*[0-9](?:[ .-]?[0-9A-Z]*[0-9]){4,}[0-9A-Z]*`)
	currencyPattern = regexp.MustCompile(`VND|VNĐ|USD|EUR|JPY|GBP|AUD|CNY|SGD|KRW|LAK|THB`)
	datePattern     = regexp.MustCompile(`\d{1,2}[/.-]\d{1,2}[/.-]\d{4}|\d{4}-\d{2}-\d{2}`)
)

// read takes the figures out of a row above or below the table.
func (f *figures) read(r row, epoch1904 bool) {
	f.readPeriod(r, epoch1904)
	for i, c := range r.cells {
		if c.kind != text || c.empty() {
			continue
		}
		switch name := labelOf(c.text); name {
		case "account":
			if f.account == "" {
				f.account = findAccount(values(r, i, 3))
			}
		case "currency":
			for _, v := range values(r, i, 2) {
				if m := currencyPattern.FindString(strings.ToUpper(v.text)); m != "" && f.currency == "" {
					f.currency = strings.ReplaceAll(m, "Đ", "D")
				}
			}
		case "opening", "closing", "sum_debit", "sum_credit", "count_debit", "count_credit":
			if d, ok := firstMoney(values(r, i, len(r.cells))); ok {
				f.set(name, d)
			}
		}
	}
}

// set stores a figure. A second opening balance is that of a later page or day and is
// dropped; of closing balances the last one counts.
func (f *figures) set(name string, d passbook.Decimal) {
	switch name {
	case "opening":
		if f.opening == nil {
			f.opening = &passbook.Balance{Code: "opening", Amount: d}
		}
	case "closing":
		f.closing = &passbook.Balance{Code: "closing", Amount: d}
	case "sum_debit":
		d = d.Abs()
		f.debits.Sum = &d
	case "sum_credit":
		d = d.Abs()
		f.credits.Sum = &d
	case "count_debit":
		f.debits.N = whole(d)
	case "count_credit":
		f.credits.N = whole(d)
	}
}

func whole(d passbook.Decimal) *int {
	v, err := d.VND()
	if err != nil || v < 0 || v > 10_000_000 {
		return nil
	}
	n := int(v)
	return &n
}

// values are the texts that may belong to the label in cell i: what stands behind it in its
// own cell, then the next filled cells, up to the next label.
func values(r row, i, most int) []cell {
	var out []cell
	if own := afterLabel(r.cells[i].text); own != "" {
		out = append(out, cell{text: own})
	}
	for j := i + 1; j < len(r.cells) && len(out) < most; j++ {
		c := r.cells[j]
		if c.empty() {
			continue
		}
		if c.kind == text && labelOf(c.text) != "" && len(out) > 0 {
			break
		}
		out = append(out, c)
	}
	return out
}

// afterLabel is what follows the last colon that is not part of a time of day, or the digits
// behind a label without one.
func afterLabel(s string) string {
	for end := len(s); end > 0; {
		i := strings.LastIndexAny(s[:end], ":：")
		if i < 0 {
			break
		}
		if i == 0 || s[i-1] < '0' || s[i-1] > '9' {
			return strings.TrimSpace(strings.TrimLeft(s[i:], ":："))
		}
		end = i
	}
	if i := strings.IndexAny(s, "0123456789"); i > 0 {
		return strings.TrimSpace(s[i:])
	}
	return ""
}

// findAccount is the first account number: letters and digits, at least six characters,
// mostly digits.
func findAccount(candidates []cell) string {
	for _, c := range candidates {
		s := strings.ToUpper(c.reference())
		if datePattern.MatchString(s) {
			continue
		}
		if m := accountPattern.FindString(s); len(passbook.Compact(m)) >= 6 && len(m) <= 40 {
			return passbook.Compact(m)
		}
	}
	return ""
}

func firstMoney(candidates []cell) (passbook.Decimal, bool) {
	for _, c := range candidates {
		if c.empty() || strings.Trim(c.text, "-:. ") == "" {
			continue
		}
		if m, err := parseMoney(c); err == nil {
			return m.value, true
		}
	}
	return passbook.Decimal{}, false
}

// readPeriod finds "Từ ngày … đến ngày …" in one or several cells.
func (f *figures) readPeriod(r row, epoch1904 bool) {
	var joined strings.Builder
	for _, c := range r.cells {
		if c.kind == number {
			if m, err := parseMoment(c, epoch1904); err == nil {
				joined.WriteString(m.on.VN() + " ")
				continue
			}
		}
		if joined.Len() < 600 {
			joined.WriteString(c.text + " ")
		}
	}
	s := joined.String()
	w := " " + words(s) + " "
	from := strings.Contains(w, " tu ngay ") || strings.Contains(w, " from ") || strings.Contains(w, " tu ")
	to := strings.Contains(w, " den ngay ") || strings.Contains(w, " to ") || strings.Contains(w, " den ")
	if !from && !to {
		return
	}
	var found []clock.Date
	for _, d := range datePattern.FindAllString(s, 2) {
		if m, err := parseMoment(cell{text: d}, false); err == nil {
			found = append(found, m.on)
		}
	}
	switch {
	case len(found) == 2 && f.from == "" && f.to == "":
		f.from, f.to = found[0], found[1]
	case len(found) == 1 && from && f.from == "":
		f.from = found[0]
	case len(found) == 1 && to && f.to == "":
		f.to = found[0]
	}
}
