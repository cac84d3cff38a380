package vietqr

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sen-platform/sen/internal/vnd"
)

// mode separates writing from reading: only the alphabet of texts differs, never a length,
// a form or an order.
type mode int

const (
	writing mode = iota // printable ASCII only
	reading             // printable text of any script: other issuers write diacritics
)

// rule looks at a value and returns a Vietnamese complaint, or "".
type rule func(value string, m mode) string

// field is one data object with a single value: its tag inside its template, the words people
// read, its rule, and its place in a Payload.
type field struct {
	tag  string
	rule rule
	at   func(*Payload) *string
}

// rootFields are the plain objects of the root except the amount, in ascending order.
var rootFields = []field{
	{"01", oneOf("Kiểu khởi tạo", string(Static), string(Dynamic)), func(p *Payload) *string { return (*string)(&p.Initiation) }},
	{"52", digits("Mã ngành (MCC)", 4, 4), func(p *Payload) *string { return &p.MCC }},
	{"55", oneOf("Kiểu tiền thêm", "01", "02", "03"), func(p *Payload) *string { return &p.Tip }},
	{"56", wholeAmount("Phí cố định"), func(p *Payload) *string { return &p.FixedFee }},
	{"57", percent("Phí phần trăm"), func(p *Payload) *string { return &p.PercentFee }},
	{"59", text("Tên đơn vị nhận tiền", 25), func(p *Payload) *string { return &p.MerchantName }},
	{"60", text("Tỉnh, thành phố", 15), func(p *Payload) *string { return &p.City }},
	{"61", text("Mã bưu chính", 10), func(p *Payload) *string { return &p.PostalCode }},
}

// The templates' fields.
var (
	beneficiaryFields = []field{ // 38.01
		{"00", digits("Mã ngân hàng (BIN)", 6, 6), func(p *Payload) *string { return &p.BIN }},
		{"01", alphanumeric("Số tài khoản", 19), func(p *Payload) *string { return &p.Account }},
	}
	serviceField = field{"02", oneOf("Dịch vụ", string(ToAccount), string(ToCard), string(Push), string(Cash)), func(p *Payload) *string { return (*string)(&p.Service) }}
	vnpayFields  = []field{ // 26
		{"01", text("Mã đơn vị của VNPAY", 25), func(p *Payload) *string { return &p.MerchantID }},
	}
	additionalFields = []field{ // 62
		{"01", billNumber, func(p *Payload) *string { return &p.BillNumber }},
		{"02", text("Số điện thoại", 25), func(p *Payload) *string { return &p.Mobile }},
		{"03", text("Nhãn điểm thu", 25), func(p *Payload) *string { return &p.StoreLabel }},
		{"04", text("Số khách hàng thân thiết", 25), func(p *Payload) *string { return &p.LoyaltyNumber }},
		{"05", text("Nhãn tham chiếu", 25), func(p *Payload) *string { return &p.ReferenceLabel }},
		{"06", text("Nhãn khách hàng", 25), func(p *Payload) *string { return &p.CustomerLabel }},
		{"07", text("Nhãn quầy", 25), func(p *Payload) *string { return &p.TerminalLabel }},
		{"08", text("Nội dung chuyển tiền", 25), func(p *Payload) *string { return &p.Purpose }},
		{"09", consumerData, func(p *Payload) *string { return &p.ConsumerData }},
	}
	languageFields = []field{ // 64
		{"00", letters("Ngôn ngữ", 2), func(p *Payload) *string { return &p.Language }},
		{"01", text("Tên theo ngôn ngữ khác", 25), func(p *Payload) *string { return &p.LocalName }},
		{"02", text("Tỉnh, thành phố theo ngôn ngữ khác", 15), func(p *Payload) *string { return &p.LocalCity }},
	}
)

func all(s string, ok func(c byte) bool) bool {
	for i := range len(s) {
		if !ok(s[i]) {
			return false
		}
	}
	return true
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
func isAlnum(c byte) bool {
	return isDigit(c) || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z'
}

func tooLong(name string, max int, s string) string {
	if n := utf8.RuneCountInString(s); n > max {
		return name + " dài " + strconv.Itoa(n) + " ký tự, nhiều nhất " + strconv.Itoa(max)
	}
	return ""
}

func digits(name string, min, max int) rule {
	return func(s string, _ mode) string {
		if len(s) < min || len(s) > max || !all(s, isDigit) {
			if min == max {
				return name + " phải có đúng " + strconv.Itoa(min) + " chữ số"
			}
			return name + " phải có " + strconv.Itoa(min) + " đến " + strconv.Itoa(max) + " chữ số"
		}
		return ""
	}
}

func letters(name string, n int) rule {
	return func(s string, _ mode) string {
		if len(s) != n || !all(s, func(c byte) bool { return isAlnum(c) && !isDigit(c) }) {
			return name + " phải có đúng " + strconv.Itoa(n) + " chữ cái"
		}
		return ""
	}
}

func alphanumeric(name string, max int) rule {
	return func(s string, _ mode) string {
		if c := tooLong(name, max, s); c != "" {
			return c
		}
		if s == "" || !all(s, isAlnum) {
			return name + " chỉ gồm chữ số và chữ cái không dấu, không khoảng trắng"
		}
		return ""
	}
}

// text is the ans format: spaces inside are kept, a value of spaces only says nothing.
func text(name string, max int) rule {
	return func(s string, m mode) string {
		if c := tooLong(name, max, s); c != "" {
			return c
		}
		if strings.TrimSpace(s) == "" {
			return name + " không được để trống"
		}
		for _, r := range s {
			if r > unicode.MaxASCII {
				if m == writing {
					return name + " phải viết không dấu"
				}
				if !unicode.IsPrint(r) && !unicode.IsMark(r) {
					return name + " có ký tự không in được"
				}
			} else if r < ' ' || r > '~' {
				return name + " có ký tự không in được"
			}
		}
		return ""
	}
}

func oneOf(name string, values ...string) rule {
	return func(s string, _ mode) string {
		for _, v := range values {
			if s == v {
				return ""
			}
		}
		return name + " phải là " + strings.Join(values, ", ")
	}
}

func billNumber(s string, _ mode) string {
	if c := tooLong("Số hóa đơn", 25, s); c != "" {
		return c
	}
	if s == "" || !all(s, func(c byte) bool { return isAlnum(c) || c == '_' || c == '-' }) {
		return "Số hóa đơn chỉ gồm chữ số, chữ cái không dấu, gạch ngang và gạch dưới"
	}
	return ""
}

func consumerData(s string, _ mode) string {
	if len(s) < 1 || len(s) > 3 || !all(s, func(c byte) bool { return c == 'A' || c == 'M' || c == 'E' }) {
		return "Thông tin yêu cầu người trả chỉ gồm A, M, E"
	}
	return ""
}

func percent(name string) rule {
	return func(s string, _ mode) string {
		whole, frac, dot := strings.Cut(s, ".")
		ok := len(whole) >= 1 && len(whole) <= 2 && all(whole, isDigit) &&
			(!dot || len(frac) >= 1 && len(frac) <= 2 && all(frac, isDigit)) &&
			strings.Trim(s, "0.") != ""
		if !ok {
			return name + " phải từ 0.01 đến 99.99"
		}
		return ""
	}
}

func wholeAmount(name string) rule {
	return func(s string, _ mode) string {
		switch {
		case s == "":
			return name + " không được để trống"
		case len(s) > 13:
			return name + " dài " + strconv.Itoa(len(s)) + " chữ số, nhiều nhất 13"
		case strings.ContainsAny(s, ".,"):
			return name + " phải là số đồng nguyên, không có phần lẻ hay dấu ngăn"
		case !all(s, isDigit):
			return name + " chỉ gồm chữ số"
		case s[0] == '0':
			return name + " phải lớn hơn 0 và không bắt đầu bằng số 0"
		}
		return ""
	}
}

var amountRule = wholeAmount("Số tiền")

// ParseAmount reads the value of tag 54: whole đồng, 1 to 13 digits, no leading zero. EMVCo
// permits a decimal point; đồng has no minor unit, so a point is refused.
func ParseAmount(s string) (vnd.Amount, error) {
	if c := amountRule(s, reading); c != "" {
		return 0, &Error{Kind: ErrValue, Path: "54", VI: c}
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0, &Error{Kind: ErrValue, Path: "54", VI: "Số tiền không đọc được"}
	}
	return vnd.Amount(n), nil
}

// relations are the rules between objects, equal for writing and reading except where the
// comment at Decode says so. Values themselves have been checked.
func (p *Payload) relations(m mode) *Error {
	bad := func(path, vi string) *Error { return &Error{Kind: ErrValue, Path: path, VI: vi} }
	if p.Kind == NAPAS {
		if p.BIN == "" {
			return bad("38.01.00", "Thiếu mã ngân hàng (BIN)")
		}
		if p.Account == "" {
			return bad("38.01.01", "Thiếu số tài khoản")
		}
		if p.Service == ToCard && (len(p.Account) < 12 || !all(p.Account, isDigit)) {
			return bad("38.01.01", "Số thẻ phải có 12 đến 19 chữ số")
		}
	} else if p.MerchantID == "" {
		return bad("26.01", "Thiếu mã đơn vị của VNPAY")
	}
	if p.transfer() {
		if p.Initiation == "" {
			return bad("01", "Thiếu kiểu khởi tạo (11 tĩnh, 12 động)")
		}
		if p.Tip != "" || p.FixedFee != "" || p.PercentFee != "" {
			return bad("55", "Mã chuyển tiền không mang tiền thêm hay phí")
		}
	} else if p.Kind == NAPAS && p.Service != Cash {
		for _, need := range []struct{ path, value, vi string }{
			{"52", p.MCC, "Mã thanh toán cho đơn vị cần mã ngành (MCC)"},
			{"59", p.MerchantName, "Mã thanh toán cho đơn vị cần tên đơn vị"},
			{"60", p.City, "Mã thanh toán cho đơn vị cần tỉnh, thành phố"},
		} {
			if need.value == "" {
				return bad(need.path, need.vi)
			}
		}
	}
	if p.Service == Cash && (p.ReferenceLabel == "" || p.TerminalLabel == "") {
		return bad("62", "Mã rút tiền cần nhãn tham chiếu và nhãn quầy")
	}
	// VNPAY's own issuer writes 12 without an amount: there the payer types the sum.
	if p.Initiation == Dynamic && p.Amount == 0 && p.Kind == NAPAS {
		return bad("54", "Mã động phải có số tiền")
	}
	if p.Initiation == Static && p.Amount != 0 && m == writing {
		return bad("54", "Mã tĩnh không mang số tiền; hãy dùng mã động")
	}
	if (p.Tip == "02") != (p.FixedFee != "") {
		return bad("56", "Phí cố định đi cùng kiểu tiền thêm 02")
	}
	if (p.Tip == "03") != (p.PercentFee != "") {
		return bad("57", "Phí phần trăm đi cùng kiểu tiền thêm 03")
	}
	if (p.LocalName != "" || p.LocalCity != "") && p.Language == "" || p.Language != "" && p.LocalName == "" {
		return bad("64", "Mẫu ngôn ngữ cần cả mã ngôn ngữ và tên")
	}
	return nil
}
