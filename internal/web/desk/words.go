package desk

import (
	"fmt"
	"html/template"
	"strings"
	"time"
	"unicode"

	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/billcode"
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/rail"
	"github.com/sen-platform/sen/internal/rail/bank"
	"github.com/sen-platform/sen/internal/vn"
	"github.com/sen-platform/sen/internal/vnd"
	"github.com/sen-platform/sen/internal/web/page"
)

// methodNames are the ways to pay as staff call them, in the order of lists.
var methodNames = []struct {
	method rail.Method
	name   string
}{
	{rail.QR, "QR, chuyển khoản"}, {rail.Website, "Trang web"}, {rail.MobileMoney, "Mobile Money"}, {rail.Card, "Thẻ"}, {rail.Cash, "Tiền mặt"},
}

func methodName(m rail.Method) string {
	for _, n := range methodNames {
		if n.method == m {
			return n.name
		}
	}
	return string(m)
}

// reasonWords says why money waits.
var reasonWords = map[collect.Reason]string{
	collect.NoCode:        "Lời chuyển tiền không có mã hóa đơn",
	collect.UnknownCode:   "Có mã, nhưng không phiếu nào mang mã đó",
	collect.WeakCode:      "Mã bị thiếu hoặc sai ký tự, máy không tự ghi",
	collect.WrongAccount:  "Mã là của phiếu ở cơ sở khác",
	collect.BillCancelled: "Phiếu mang mã này đã hủy",
	collect.BillDraft:     "Phiếu mang mã này chưa phát hành",
	collect.OwnRefund:     "Tiền đã trả lại người chuyển nay quay về",
	collect.NothingOpen:   "Biết của ai, nhưng người đó không còn nợ phiếu nào",
	collect.Unmatched:     "Đã gỡ khỏi phiếu, chờ ghi lại",
}

func reasonText(r collect.Reason) string {
	if t, ok := reasonWords[r]; ok {
		return t
	}
	return "Chưa biết của phiếu nào"
}

// ruleWords says why a part of a credit is where it is.
var ruleWords = map[string]string{
	collect.RuleCode:       "đúng mã hóa đơn trong lời chuyển tiền",
	collect.RuleCodes:      "nhiều mã hóa đơn trong một lời chuyển tiền",
	collect.RuleBareCode:   "mã thiếu hai chữ đầu, nhưng đúng số tiền và đúng tài khoản",
	collect.RuleVirtual:    "số tài khoản riêng của phiếu này",
	collect.RulePerson:     "số tài khoản riêng của người này, phiếu đến hạn trước",
	collect.RuleRF:         "mã tham chiếu quốc tế (RF) của phiếu",
	collect.RuleOrder:      "mã đơn mà đối tác gửi kèm",
	collect.RuleReplaced:   "mã của phiếu cũ đã được phiếu này thay",
	collect.RuleOverpaid:   "trả nhiều hơn phiếu",
	collect.RuleSecond:     "phiếu đã trả đủ từ trước",
	collect.RuleHuman:      "người của cơ sở quyết định",
	collect.RuleCash:       "thu tại quầy",
	collect.RuleUseSurplus: "dùng tiền thừa của người trả",
	collect.RuleGiveBack:   "trả lại người chuyển",
}

func ruleText(rule string) string {
	if t, ok := ruleWords[rule]; ok {
		return t
	}
	return rule
}

var streamNames = map[string]string{
	"sepay": "SePay", "casso": "Casso", "payos": "payOS", "sheet": "Sao kê Excel, CSV", "cash": "Quầy tiền mặt", "mt940": "Sao kê MT940", "camt": "Sao kê camt",
}

// streamName says where a credit was seen.
func streamName(s string) string {
	if n, ok := streamNames[s]; ok {
		return n
	}
	for _, p := range []string{"mt940", "mt942", "camt"} {
		if strings.HasPrefix(strings.ToLower(s), p) {
			return "Sao kê " + s
		}
	}
	return s
}

// billTag is the state of a bill as lists and pages show it.
func billTag(b bill.Bill, today clock.Date) page.Tag {
	st := b.Status(today)
	switch {
	case st == bill.StatusPaid:
		return page.Tag{State: page.Paid, Text: st.Label()}
	case b.Overdue(today):
		return page.Tag{State: page.Need, Text: "Quá hạn"}
	case st == bill.StatusPartlyPaid, st == bill.StatusOpen:
		return page.Tag{State: page.Need, Text: st.Label()}
	}
	return page.Tag{Text: st.Label()}
}

func creditTag(c collect.Credit) page.Tag {
	switch c.Status {
	case collect.Waiting:
		return page.Tag{State: page.Need, Text: "Chờ xử lý"}
	case collect.Matched, collect.Assigned:
		if c.Allocated == 0 && c.Surplus > 0 {
			return page.Tag{Text: "Tiền thừa của người trả"}
		}
		return page.Tag{State: page.Paid, Text: "Đã ghi vào phiếu"}
	case collect.Returned:
		return page.Tag{Text: "Trả lại người chuyển"}
	case collect.Reversed:
		return page.Tag{State: page.Danger, Text: "Ngân hàng thu hồi"}
	}
	return page.Tag{Text: string(c.Status)}
}

// senderOf names who sent a credit, as the bank told.
func senderOf(c collect.Credit) string {
	switch {
	case c.PayerName != "":
		return c.PayerName
	case c.PayerAccount != "":
		return "TK " + c.PayerAccount
	case c.Method == rail.Cash:
		return "Người trả tại quầy"
	}
	return "Không rõ người chuyển"
}

// person is what the beneficiary is called at the facility.
func person(f org.Facility) string {
	switch {
	case f.Sector == org.Health:
		return "Người bệnh"
	case f.Level == org.MamNon:
		return "Trẻ"
	case f.Level == org.CaoDang, f.Level == org.DaiHoc:
		return "Sinh viên"
	case f.Level == org.TrungCap, f.Level == org.GDTX:
		return "Học viên"
	}
	return "Học sinh"
}

// classWord is what the class is called: a hospital has wards.
func classWord(f org.Facility) string {
	if f.Sector == org.Health {
		return "Khoa"
	}
	return "Lớp"
}

// className is a class inside a sentence: "lớp 3B", "Khoa Nội".
func className(f org.Facility, class string) string {
	switch {
	case class == "":
		return ""
	case f.Sector == org.Health, strings.HasPrefix(vn.Fold(class), "lop "), !startsWithDigit(class):
		return class
	}
	return "lớp " + class
}

func startsWithDigit(s string) bool { return s != "" && s[0] >= '0' && s[0] <= '9' }

// personOf names a bill by whom it is for: "Nguyễn Minh Khôi, lớp 3B".
func personOf(f org.Facility, b bill.Bill) string {
	if c := className(f, b.Class); c != "" {
		return b.PersonName() + ", " + c
	}
	return b.PersonName()
}

var weekdays = [...]string{"Chủ nhật", "Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy"}

// dayName is a day as the head of a page says it: "Thứ Hai, 23/11/2026".
func dayName(d clock.Date) string {
	return weekdays[d.Time().Weekday()] + ", " + d.VN()
}

// age says how long ago something was: "2 ngày", "3 giờ", "5 phút", "vừa xong".
func age(now, then time.Time) string {
	switch d := now.Sub(then); {
	case d >= 48*time.Hour:
		return fmt.Sprintf("%d ngày", int(d.Hours())/24)
	case d >= time.Hour:
		return fmt.Sprintf("%d giờ", int(d.Hours()))
	case d >= time.Minute:
		return fmt.Sprintf("%d phút", int(d.Minutes()))
	}
	return "vừa mới"
}

// shortTime is the time of day for today, else the day: "7:52", "22/11", "22/11/2025".
func shortTime(t time.Time, today clock.Date) string {
	local := t.In(clock.VN)
	switch d := clock.DateOf(t); {
	case d == today:
		return fmt.Sprintf("%d:%02d", local.Hour(), local.Minute())
	case d[:4] == today[:4]:
		return local.Format("02/01")
	}
	return local.Format("02/01/2006")
}

// phoneText writes a telephone number in groups that can be read out: "0200 000 0112".
func phoneText(number string) string {
	if len(number) < 10 || len(number) > 11 {
		return number
	}
	return number[:4] + "\u00a0" + number[4:7] + "\u00a0" + number[7:]
}

// count is a number of things: "1.193 phiếu".
func count[N int | int64](n N, noun string) string { return page.Count(int64(n)) + " " + noun }

// off is an amount with its sign, for differences: "+240.000 ₫", "−35.000 ₫".
func off(a vnd.Amount) string {
	if a > 0 {
		return "+" + a.String()
	}
	return a.String()
}

// lowerFirst makes a name that begins with a common word fit inside a sentence: "Đợt thu
// tháng 12" becomes "đợt thu tháng 12"; an abbreviation stays.
func lowerFirst(s string) string {
	r := []rune(s)
	if len(r) > 1 && unicode.IsUpper(r[0]) && !unicode.IsUpper(r[1]) {
		r[0] = unicode.ToLower(r[0])
	}
	return string(r)
}

// bankName is a bank as people call it; its BIN when it is in no list.
func bankName(bin string) string {
	if b, ok := bank.ByBIN(bin); ok {
		return b.ShortName
	}
	return bin
}

// capital is s with a capital first letter, for the beginning of a sentence.
func capital(s string) string {
	r := []rune(s)
	if len(r) > 0 {
		r[0] = unicode.ToUpper(r[0])
	}
	return string(r)
}

// breakable is a long text without spaces that may be broken anywhere; copying it gives the
// text itself.
func breakable(s string) template.HTML {
	var out template.HTML
	for r := []rune(s); len(r) > 0; r = r[min(8, len(r)):] {
		out += page.HTMLf("%s<wbr>", string(r[:min(8, len(r))]))
	}
	return out
}

// evidenceOf is what a rule found, in words: a code with its place in the memo is the code.
func evidenceOf(text string) any {
	found, _, _ := strings.Cut(text, "@")
	if code, err := billcode.Parse(found); err == nil {
		return page.Code(code)
	}
	return text
}

// act is a link among label and value, as tall as a finger; href is an address of ours.
func act(text any, href string) template.HTML {
	return page.HTMLf(`<a class="act" href="%s">%s</a>`, href, text)
}
