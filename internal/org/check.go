package org

import (
	"fmt"
	"net/mail"
	"regexp"
	"strings"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/vn"
	"github.com/sen-platform/sen/internal/vnd"
)

// Rules of single records: they clean the record in place (NFC, spaces, phone in national
// form) and return what is wrong with it. Rules between records are in tree.go and register.go.

var (
	codeForm    = regexp.MustCompile(`^[0-9A-Z][0-9A-Z._-]{0,39}$`)
	binForm     = regexp.MustCompile(`^\d{6}$`)
	accountForm = regexp.MustCompile(`^[0-9A-Z]{1,19}$`)
	schemeForms = map[CodeScheme]struct {
		form *regexp.Regexp
		says string
	}{
		// The school code's form after the mergers is not published (education-health-standards, section 6).
		SchemeMOET:      {regexp.MustCompile(`^[0-9A-Z]{4,20}$`), "gồm 4 đến 20 chữ số hoặc chữ cái"},
		SchemeMOETOld:   {regexp.MustCompile(`^[0-9A-Z]{4,20}$`), "gồm 4 đến 20 chữ số hoặc chữ cái"},
		SchemeCSKCB:     {regexp.MustCompile(`^\d{5}$`), "gồm đúng 5 chữ số"},
		SchemeCSKCBOld:  {regexp.MustCompile(`^\d{5}$`), "gồm đúng 5 chữ số"},
		SchemeRx:        {regexp.MustCompile(`^[0-9A-Z]{5}$`), "gồm đúng 5 ký tự"},
		SchemeBudget:    {regexp.MustCompile(`^\d{7}$`), "gồm đúng 7 chữ số"},
		SchemeUniversal: {regexp.MustCompile(`^[0-9A-Z.]{3,35}$`), "gồm 3 đến 35 chữ số, chữ cái hoặc dấu chấm"},
	}
)

// ValidTaxCode reports whether s is a tax code of an organisation: 10 digits whose last is
// the check digit, or those with a dash and the 3 digits of a dependent unit.
func ValidTaxCode(s string) bool {
	base, unit, dependent := strings.Cut(s, "-")
	if dependent && (len(unit) != 3 || !digits(unit)) {
		return false
	}
	if len(base) != 10 || !digits(base) {
		return false
	}
	sum := 0
	for i, w := range [9]int{31, 29, 23, 19, 17, 13, 7, 5, 3} {
		sum += int(base[i]-'0') * w
	}
	return 10-sum%11 == int(base[9]-'0')
}

func digits(s string) bool { return strings.Trim(s, "0123456789") == "" }

// squeeze drops the separators people put into numbers.
func squeeze(s string) string { return strings.NewReplacer(" ", "", ".", "", "-", "").Replace(s) }

// cleanTaxCode writes a tax code in the one form that is stored: 13 digits get their dash.
func cleanTaxCode(s string) string {
	if t := squeeze(s); len(t) == 13 && digits(t) {
		return t[:10] + "-" + t[10:]
	} else if len(t) == 10 && digits(t) {
		return t
	}
	return s
}

func checkCode(c *checks, code *string) {
	*code = strings.ToUpper(vn.Clean(*code))
	if *code == "" {
		c.need("code", "Mã", "")
	} else if !codeForm.MatchString(*code) {
		c.add("code", "Mã", *code, "có ký tự không dùng được", "Chỉ dùng chữ cái không dấu, chữ số, dấu chấm, gạch nối và gạch dưới, tối đa 40 ký tự")
	}
}

func checkName(c *checks, name *string) {
	*name = vn.Clean(*name)
	c.need("name", "Tên", *name)
	c.short("name", "Tên", *name, 200)
}

func checkDate(c *checks, field, label string, d clock.Date, required bool) bool {
	if d == "" {
		if required {
			c.need(field, label, "")
		}
		return false
	}
	if _, err := clock.ParseDate(string(d)); err != nil || d < "1900-01-01" || d > "2199-12-31" {
		c.add(field, label, string(d), "không phải ngày đúng", "Ghi ngày như 01/07/2025")
		return false
	}
	return true
}

func checkSpan(c *checks, from, to clock.Date) {
	okFrom := checkDate(c, "valid_from", "Có hiệu lực từ", from, true)
	okTo := checkDate(c, "valid_to", "Hết hiệu lực từ", to, false)
	if okFrom && okTo && to <= from {
		c.add("valid_to", "Hết hiệu lực từ", to.VN(), "không sau ngày có hiệu lực "+from.VN(), "Sửa một trong hai ngày")
	}
}

// checkPhone stores a number in national form. Short lines (115, 1900 …) are kept as typed:
// hospitals publish them.
func checkPhone(c *checks, phone *string, required bool) {
	*phone = vn.Clean(*phone)
	if *phone == "" {
		if required {
			c.need("phone", "Điện thoại", "")
		}
		return
	}
	if p, err := vn.Phone(*phone); err == nil {
		*phone = p
	} else if t := squeeze(*phone); digits(t) && (len(t) == 3 || (len(t) >= 8 && len(t) <= 10 && (strings.HasPrefix(t, "1800") || strings.HasPrefix(t, "1900")))) {
		*phone = t
	} else {
		c.add("phone", "Điện thoại", *phone, "không phải số điện thoại ở Việt Nam", "Ghi số có 10 chữ số như 0912 345 678 hoặc số cố định kèm mã vùng")
	}
}

func checkArea(a *Area) []Problem {
	c := &checks{}
	checkCode(c, &a.Code)
	checkName(c, &a.Name)
	oneOf(c, "level", "Cấp", a.Level, areaLevels)
	checkSpan(c, a.ValidFrom, a.ValidTo)
	return c.list
}

func checkAgency(g *Agency) []Problem {
	c := &checks{}
	checkCode(c, &g.Code)
	checkName(c, &g.Name)
	oneOf(c, "kind", "Loại cơ quan", g.Kind, agencyKinds)
	checkSpan(c, g.ValidFrom, g.ValidTo)
	return c.list
}

func checkFacility(f *Facility) []Problem {
	c := &checks{}
	checkCode(c, &f.Code)
	checkName(c, &f.Name)
	f.ShortName = vn.Clean(f.ShortName)
	if f.ShortName == "" {
		f.ShortName = f.Name
	}
	c.short("short_name", "Tên ngắn", f.ShortName, 60)
	if f.Sector != Education && f.Sector != Health {
		c.add("sector", "Ngành", string(f.Sector), "không có trong danh sách", "Chọn Giáo dục hoặc Y tế")
	} else if f.Level.Sector() != f.Sector {
		names := make([]string, 0, len(levels))
		for _, l := range Levels(f.Sector) {
			names = append(names, l.Label())
		}
		c.add("level", "Loại cơ sở", f.Level.Label(), "không thuộc ngành "+f.Sector.Label(), "Chọn một trong: "+strings.Join(names, ", "))
	}
	f.TaxCode = cleanTaxCode(vn.Clean(f.TaxCode))
	if f.TaxCode != "" && !ValidTaxCode(f.TaxCode) {
		c.add("tax_code", "Mã số thuế", f.TaxCode, "không đúng: mã số thuế có 10 hoặc 13 chữ số và chữ số thứ 10 là số kiểm tra", "Đối chiếu với giấy đăng ký thuế của cơ sở")
	}
	f.Address, f.Hours = vn.Clean(f.Address), vn.Clean(f.Hours)
	c.short("address", "Địa chỉ", f.Address, 300)
	c.short("hours", "Giờ làm việc", f.Hours, 200)
	checkPhone(c, &f.Phone, false)
	oneOf(c, "status", "Trạng thái", f.Status, statuses)
	opened := checkDate(c, "opened_on", "Ngày hoạt động", f.OpenedOn, true)
	closed := checkDate(c, "closed_on", "Ngày đóng", f.ClosedOn, false)
	switch {
	case opened && closed && f.ClosedOn <= f.OpenedOn:
		c.add("closed_on", "Ngày đóng", f.ClosedOn.VN(), "không sau ngày hoạt động "+f.OpenedOn.VN(), "Sửa một trong hai ngày")
	case f.Status == Closed && f.ClosedOn == "":
		c.need("closed_on", "Ngày đóng", "")
	case f.Status != Closed && f.ClosedOn != "":
		c.add("status", "Trạng thái", f.Status.Label(), "có ngày đóng nhưng chưa ghi là đã đóng", "Chọn Đã đóng hoặc xóa ngày đóng")
	}
	oneOf(c, "part_payment", "Cách trả", f.PartPayment, partPayments)
	if f.CodePrefix != PrefixTuition && f.CodePrefix != PrefixHospital && f.CodePrefix != PrefixOther {
		c.add("code_prefix", "Đầu mã hóa đơn", f.CodePrefix, "không có trong danh sách", "Chọn HP, VP hoặc TP")
	}
	if f.Size < 0 {
		c.add("size", "Quy mô", fmt.Sprint(f.Size), "là số âm", "Ghi số học sinh hoặc số giường, 0 nếu chưa biết")
	}
	checkSchemes(c, f)
	return c.list
}

func checkSchemes(c *checks, f *Facility) {
	for _, s := range Schemes() {
		code := strings.ToUpper(squeezeUnlessDotted(s, vn.Clean(f.Codes[s])))
		if code == "" {
			delete(f.Codes, s)
			continue
		}
		f.Codes[s] = code
		if rule := schemeForms[s]; !rule.form.MatchString(code) {
			c.add(string(s), s.Label(), code, "không đúng dạng", "Mã này "+rule.says)
		}
	}
	for s := range f.Codes {
		if !known(codeSchemes, s) {
			c.add(string(s), "Mã ngoài", string(s), "là loại mã chưa có", "Bỏ mã này hoặc ghi vào một loại mã có sẵn")
		}
	}
}

func squeezeUnlessDotted(s CodeScheme, code string) string {
	if s == SchemeUniversal {
		return strings.ReplaceAll(code, " ", "")
	}
	return squeeze(code)
}

func checkAccount(a *Account, bank func(bin string) bool) []Problem {
	c := &checks{}
	a.BankBIN = squeeze(vn.Clean(a.BankBIN))
	switch {
	case a.BankBIN == "":
		c.need("bank_bin", "Ngân hàng", "")
	case !binForm.MatchString(a.BankBIN):
		c.add("bank_bin", "Ngân hàng", a.BankBIN, "mã ngân hàng không đúng", "Mã ngân hàng (BIN) có 6 chữ số, như 970436")
	case bank != nil && !bank(a.BankBIN):
		c.add("bank_bin", "Ngân hàng", a.BankBIN, "không có trong danh sách ngân hàng", "Chọn ngân hàng trong danh sách")
	}
	a.Number = strings.ToUpper(squeeze(vn.Clean(a.Number)))
	if a.Number == "" {
		c.need("number", "Số tài khoản", "")
	} else if !accountForm.MatchString(a.Number) {
		c.add("number", "Số tài khoản", a.Number, "có ký tự lạ hoặc dài quá 19 ký tự", "Chép đúng số tài khoản ngân hàng đã cấp")
	}
	a.Holder = vn.Clean(a.Holder)
	c.need("holder", "Chủ tài khoản", a.Holder)
	c.short("holder", "Chủ tài khoản", a.Holder, 140)
	a.VAPrefix = strings.ToUpper(squeeze(vn.Clean(a.VAPrefix)))
	switch {
	case a.VAPrefix == "" && a.VALength != 0:
		c.add("va_prefix", "Đầu số tài khoản ảo", "", "còn trống", "Điền đầu số ngân hàng đã cấp hoặc bỏ độ dài")
	case a.VAPrefix != "" && !accountForm.MatchString(a.VAPrefix):
		c.add("va_prefix", "Đầu số tài khoản ảo", a.VAPrefix, "có ký tự lạ", "Chép đúng đầu số ngân hàng đã cấp")
	case a.VAPrefix != "" && (a.VALength <= len(a.VAPrefix) || a.VALength > 19):
		c.add("va_length", "Độ dài tài khoản ảo", fmt.Sprint(a.VALength), "phải dài hơn đầu số và không quá 19 ký tự", "Hỏi ngân hàng độ dài của số tài khoản ảo")
	}
	oneOf(c, "status", "Trạng thái", a.Status, accountStatuses)
	checkSpan(c, a.ValidFrom, a.ValidTo)
	if a.IsDefault && a.Status == AccountClosed {
		c.add("is_default", "Tài khoản chính", "", "đã đóng nên không thể là tài khoản chính", "Chọn tài khoản khác làm tài khoản chính")
	}
	return c.list
}

func checkContact(t *Contact) []Problem {
	c := &checks{}
	checkName(c, &t.Name)
	t.Role, t.Email, t.Hours = vn.Clean(t.Role), vn.Clean(t.Email), vn.Clean(t.Hours)
	c.need("role", "Vai trò", t.Role)
	c.short("role", "Vai trò", t.Role, 100)
	c.short("hours", "Giờ làm việc", t.Hours, 200)
	checkPhone(c, &t.Phone, true)
	if t.Email != "" {
		if a, err := mail.ParseAddress(t.Email); err != nil || a.Address != t.Email {
			c.add("email", "Thư điện tử", t.Email, "không phải địa chỉ thư điện tử", "Ghi như ketoan@truong.edu.vn hoặc để trống")
		}
	}
	if t.Position < 0 {
		c.add("position", "Thứ tự", fmt.Sprint(t.Position), "là số âm", "Ghi 0 cho người đứng đầu")
	}
	return c.list
}

// maxCeiling bounds a ceiling: ten billion đồng for one line is a typing error.
const maxCeiling = vnd.Amount(10_000_000_000)

func checkFeeKind(k *FeeKind) []Problem {
	c := &checks{}
	checkCode(c, &k.Code)
	checkName(c, &k.Name)
	oneOf(c, "sector", "Ngành", k.Sector, sectors)
	if k.Ceiling != nil && (*k.Ceiling < 0 || *k.Ceiling > maxCeiling) {
		c.add("ceiling", "Mức trần", k.Ceiling.String(), "không hợp lý", "Ghi số tiền từ 0 đến "+maxCeiling.String()+", hoặc để trống nếu không có mức trần")
	}
	k.LegalBasis = vn.Clean(k.LegalBasis)
	c.short("legal_basis", "Căn cứ", k.LegalBasis, 500)
	if k.LegalBasis == "" && !k.Voluntary {
		c.add("legal_basis", "Căn cứ", "", "còn trống", "Ghi văn bản cho phép thu, hoặc đánh dấu là khoản thỏa thuận tự nguyện")
	}
	checkSpan(c, k.ValidFrom, k.ValidTo)
	return c.list
}

func checkMethod(m *MethodState) []Problem {
	c := &checks{}
	oneOf(c, "method", "Phương thức", m.Method, methods)
	oneOf(c, "status", "Trạng thái", m.Status, methodStatuses)
	checkDate(c, "since", "Từ ngày", m.Since, true)
	m.Note = vn.Clean(m.Note)
	c.short("note", "Ghi chú", m.Note, 300)
	return c.list
}
