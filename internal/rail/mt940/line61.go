package mt940

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/rail/passbook"
)

// entry is field 61 taken apart (bank-and-pos, section 2).
type entry struct {
	value, booked clock.Date
	mark          string // C, D, RC, RD, EC, ED
	amount        passbook.Decimal
	kind          string // NTRF, S103…, "" when the bank leaves it out
	customerRef   string
	bankRef       string
	details       string // supplementary, on the lines below
}

// Reasons why a field cannot be read, in the words of the message to the user.
var (
	errDate   = errors.New("ngày không hợp lệ")
	errMark   = errors.New("không rõ tiền vào (C) hay tiền ra (D)")
	errAmount = errors.New("số tiền không hợp lệ")
)

// parse61 reads field 61. It accepts what banks really send: no entry date, blanks between
// the parts, lower case, a full currency code instead of its third letter, a point for the
// comma, no type code.
func parse61(f *field) (entry, error) {
	var e entry
	rest := f.first()
	var err error
	if rest, err = e.dates(rest); err != nil {
		return e, err
	}
	if rest, err = e.direction(rest); err != nil {
		return e, err
	}
	if e.amount, rest, err = leadingAmount(rest); err != nil {
		return e, err
	}
	e.references(rest)
	var more []string
	for _, l := range f.lines[1:] {
		more = passbook.Append(more, l)
	}
	e.details = strings.Join(more, " ")
	return e, nil
}

// dates reads the value date and the entry date, which has no year of its own.
func (e *entry) dates(s string) (string, error) {
	digits := leadingDigits(s)
	var err error
	switch n := len(digits); {
	case n == 12 && e.twoShortDays(digits):
		return skipBlanks(s[n:]), nil
	case n == 8 && (digits[:2] == "19" || digits[:2] == "20") && validDay(digits[4:8]):
		e.value, err = day(digits[:4], digits[4:8]) // a bank that writes the century
	case n == 12 && (digits[:2] == "19" || digits[:2] == "20") && validDay(digits[4:8]):
		if e.value, err = day(digits[:4], digits[4:8]); err == nil {
			e.booked = nearest(e.value, digits[8:12])
		}
	case n >= 6:
		e.value, err = shortDay(digits[:6])
		digits = digits[:6]
	default:
		return s, errDate
	}
	if err != nil {
		return s, errDate
	}
	s = skipBlanks(s[len(digits):])
	if mmdd := leadingDigits(s); len(mmdd) >= 4 {
		e.booked = nearest(e.value, mmdd[:4]) // some banks fill it with zeros
		s = skipBlanks(s[4:])
	}
	if e.booked == "" {
		e.booked = e.value
	}
	return s, nil
}

// twoShortDays reads two dates with their years, YYMMDD twice, which some programs write:
// both exist and lie within a month of each other.
func (e *entry) twoShortDays(digits string) bool {
	value, err := shortDay(digits[:6])
	if err != nil {
		return false
	}
	booked, err := shortDay(digits[6:])
	if err != nil || booked.Time().Sub(value.Time()).Abs() > 31*24*time.Hour {
		return false
	}
	e.value, e.booked = value, booked
	return true
}

// direction reads the mark and the funds code. A mark of two letters counts only when it
// starts with R or E: in "CR12,00" the R is the third letter of EUR.
func (e *entry) direction(s string) (string, error) {
	letters := 0
	for letters < len(s) && isLetter(s[letters]) {
		letters++
	}
	word := strings.ToUpper(s[:letters])
	switch {
	case len(word) >= 2 && (word[:2] == "RC" || word[:2] == "RD" || word[:2] == "EC" || word[:2] == "ED"):
		e.mark = word[:2]
	case word != "" && (word[0] == 'C' || word[0] == 'D'):
		e.mark = word[:1]
	default:
		return s, errMark
	}
	s = skipBlanks(s[letters:])
	for letters = 0; letters < len(s) && isLetter(s[letters]); letters++ { // "C EUR 12,00"
	}
	return skipBlanks(s[letters:]), nil
}

// references takes apart what follows the amount: type, customer reference, "//", bank
// reference.
func (e *entry) references(s string) {
	s = strings.TrimLeft(s, " ")
	own, bank, _ := strings.Cut(s, "//")
	if code, after, ok := typeCode(own); ok {
		e.kind, own = code, after
	}
	e.customerRef = passbook.Clean(own)
	e.bankRef = passbook.Clean(bank)
}

// typeCode reads N, S or F and three characters. A reference may stand right at the amount
// when the bank leaves the code out; NONREF is the one that looks like a code.
func typeCode(s string) (code, rest string, ok bool) {
	if len(s) < 4 || strings.HasPrefix(strings.ToUpper(s), "NONREF") {
		return "", s, false
	}
	code = strings.ToUpper(s[:4])
	if strings.IndexByte("NSF", code[0]) < 0 {
		return "", s, false
	}
	for _, c := range []byte(code[1:]) {
		if !isLetter(c) && (c < '0' || c > '9') {
			return "", s, false
		}
	}
	return code, s[4:], true
}

// leadingAmount reads digits with a decimal comma, or a point, and gives back what follows.
// A comma or point may come last ("185723,").
func leadingAmount(s string) (passbook.Decimal, string, error) {
	end := 0
	for end < len(s) && (s[end] >= '0' && s[end] <= '9' || s[end] == ',' || s[end] == '.') {
		end++
	}
	text := s[:end]
	if last := strings.LastIndexAny(text, ",."); last >= 0 {
		whole := text[:last]
		if strings.ContainsAny(whole, ",.") {
			if strings.ContainsRune(whole, rune(text[last])) {
				return passbook.Decimal{}, s, fmt.Errorf("%w: %.40q", errAmount, text)
			}
			whole = strings.NewReplacer(",", "", ".", "").Replace(whole)
		}
		text = whole + "." + text[last+1:]
	}
	d, err := passbook.ParseDecimal(text)
	if err != nil {
		return d, s, fmt.Errorf("%w: %.40q", errAmount, s)
	}
	return d, s[end:], nil
}

// day reads year and MMDD. German banks count interest in months of 30 days and write 30
// February: a day up to 31 that its month does not have is the month's last.
func day(year, mmdd string) (clock.Date, error) {
	d, err := clock.ParseDate(year + "-" + mmdd[:2] + "-" + mmdd[2:])
	if err != nil && mmdd[2:] >= "29" && mmdd[2:] <= "31" {
		first, bad := clock.ParseDate(year + "-" + mmdd[:2] + "-01")
		if bad != nil {
			return "", bad
		}
		return clock.DateOf(first.Time().AddDate(0, 1, -1)), nil
	}
	return d, err
}

// shortDay reads YYMMDD; 80–99 are the last century.
func shortDay(yymmdd string) (clock.Date, error) {
	century := "20"
	if yymmdd[0] >= '8' {
		century = "19"
	}
	return day(century+yymmdd[:2], yymmdd[2:])
}

func validDay(mmdd string) bool {
	return mmdd >= "0101" && mmdd <= "1231"
}

// nearest is the MMDD next to a date, in its year or a neighbouring one (New Year); "" when
// the day does not exist.
func nearest(to clock.Date, mmdd string) clock.Date {
	var best clock.Date
	var distance time.Duration
	year := to.Time().Year()
	for _, y := range [...]int{year, year - 1, year + 1} {
		d, err := day(fmt.Sprintf("%04d", y), mmdd)
		if err != nil {
			continue
		}
		if gap := d.Time().Sub(to.Time()).Abs(); best == "" || gap < distance {
			best, distance = d, gap
		}
	}
	return best
}

func leadingDigits(s string) string {
	end := 0
	for end < len(s) && s[end] >= '0' && s[end] <= '9' {
		end++
	}
	return s[:end]
}

func skipBlanks(s string) string { return strings.TrimLeft(s, " \t") }

func isLetter(c byte) bool { return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' }
