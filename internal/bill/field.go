package bill

import (
	"slices"
	"strings"

	"github.com/sen-platform/sen/internal/vn"
)

// Field is what a column of an accountant's workbook holds.
type Field string

// The fields. Columns that are none of them are FieldUnknown; FieldIgnore is a person's word
// that a column shall not be read.
const (
	FieldUnknown   Field = ""
	FieldIgnore    Field = "ignore"
	FieldIndex     Field = "index"      // STT
	FieldName      Field = "name"       // full name of pupil or patient
	FieldFamily    Field = "family"     // family and middle names, when the given name has a column of its own
	FieldGiven     Field = "given"      // given name
	FieldCode      Field = "code"       // pupil's or patient's code
	FieldClass     Field = "class"      // class, group or ward
	FieldBirth     Field = "birth"      // date or year of birth
	FieldPayer     Field = "payer"      // parent or other payer
	FieldPhone     Field = "phone"      // payer's telephone number
	FieldFee       Field = "fee"        // amount of one fee kind
	FieldQuantity  Field = "quantity"   // days, meals, months of a fee kind
	FieldUnitPrice Field = "unit_price" // price of one of them
	FieldReduction Field = "reduction"  // amount taken off
	FieldTotal     Field = "total"      // control sum of the row
	FieldDue       Field = "due_on"
	FieldReason    Field = "reason"
	FieldSlip      Field = "slip" // a hospital's own slip number
	FieldNote      Field = "note" // ground of a reduction
)

var fieldLabels = []struct {
	field Field
	label string
}{
	{FieldName, "Họ và tên"},
	{FieldFamily, "Họ và tên đệm"},
	{FieldGiven, "Tên"},
	{FieldCode, "Mã học sinh, mã bệnh nhân"},
	{FieldClass, "Lớp, khoa"},
	{FieldBirth, "Ngày sinh"},
	{FieldPayer, "Người nộp"},
	{FieldPhone, "Số điện thoại"},
	{FieldFee, "Khoản thu"},
	{FieldQuantity, "Số lượng"},
	{FieldUnitPrice, "Đơn giá"},
	{FieldReduction, "Miễn giảm"},
	{FieldTotal, "Tổng cộng (để đối chiếu)"},
	{FieldDue, "Hạn trả"},
	{FieldReason, "Nội dung"},
	{FieldSlip, "Số phiếu"},
	{FieldNote, "Ghi chú"},
	{FieldIndex, "Số thứ tự"},
	{FieldIgnore, "Bỏ qua cột này"},
	{FieldUnknown, "Chưa biết"},
}

// Label is the field in the words of the screens.
func (f Field) Label() string {
	for _, l := range fieldLabels {
		if l.field == f {
			return l.label
		}
	}
	return string(f)
}

// Fields lists the fields a person can choose for a column, in the order of the list on screen.
func Fields() []Field {
	var out []Field
	for _, l := range fieldLabels {
		if l.field != FieldUnknown {
			out = append(out, l.field)
		}
	}
	return out
}

// money reports whether the cells of the field are amounts.
func (f Field) money() bool {
	return f == FieldFee || f == FieldUnitPrice || f == FieldReduction || f == FieldTotal
}

// repeats reports whether several columns may hold the field.
func (f Field) repeats() bool {
	switch f {
	case FieldFee, FieldQuantity, FieldUnitPrice, FieldReduction, FieldIgnore, FieldUnknown:
		return true
	}
	return false
}

// headerRule recognises the header of one field, in folded words. Exact words stand alone in
// the cell; the others may stand among further words. Rules are tried in order, so that "Họ
// tên phụ huynh" is the payer before it could be a name.
type headerRule struct {
	field   Field
	exact   []string
	phrases []string
}

var headerRules = []headerRule{
	{FieldIndex, []string{"stt", "tt", "so tt", "so thu tu", "no", "s tt"}, nil},
	{FieldPhone, []string{"dt", "so dt", "phone", "mobile", "zalo", "di dong", "lien he"}, []string{"so dien thoai", "sdt", "dien thoai", "dtdd", "so di dong", "so zalo"}},
	{FieldDue, []string{"thoi han", "han"}, []string{"han nop", "han tra", "han dong", "han thanh toan", "han thu", "han cuoi", "ngay het han", "nop truoc ngay"}},
	{FieldNote, []string{"gc"}, []string{"ghi chu", "chu thich", "note", "ly do mien", "ly do giam", "doi tuong mien giam", "dien chinh sach"}},
	{FieldPayer, []string{"cha", "me", "bo", "ph", "ten ph", "ho ten ph"}, []string{
		"phu huynh", "nguoi nop", "cha me", "bo me", "ho ten cha", "ho ten bo", "ho ten me", "ten me", "ten bo", "ten cha",
		"giam ho", "nguoi dai dien", "nguoi tra tien", "nguoi thanh toan", "nguoi than",
	}},
	{FieldBirth, []string{"sinh ngay", "dob", "ns"}, []string{"ngay sinh", "nam sinh", "ngay thang nam sinh", "ntns"}},
	{FieldSlip, []string{"so hd", "so ct"}, []string{"so phieu", "ma phieu", "so hoa don", "so chung tu", "so ho so", "ma ho so", "ma luot kham", "so benh an", "ma dieu tri"}},
	{FieldCode, []string{"ma", "ma so", "id", "pid", "mshs", "mssv", "code", "ma kh", "ma the"}, []string{
		"ma hs", "ma hoc sinh", "ma sv", "ma sinh vien", "ma hoc vien", "ma nguoi hoc", "ma dinh danh", "ma tre", "ma be", "so dinh danh",
		"ma benh nhan", "ma bn", "ma nguoi benh", "ma y te", "ma khach hang", "ma so hoc sinh", "ma so sinh vien", "ma hssv",
	}},
	{FieldClass, []string{"lop", "lop hoc", "ten lop", "lop nhom", "nhom lop", "nhom", "nhom tre", "class", "khoa", "khoa phong", "lop hanh chinh", "ma lop", "khoa dieu tri"}, nil},
	{FieldFamily, []string{"ho"}, []string{"ho dem", "ho va dem", "ho va ten dem", "ho ten dem", "ho lot", "ho va chu lot", "ho chu lot", "ho va ten lot"}},
	{FieldName, []string{"ten", "hoc sinh", "benh nhan", "nguoi benh", "sinh vien", "hoc vien", "hs", "name", "full name", "ho ten hs sv"}, []string{
		"ho va ten", "ho ten", "ten hs", "ten hoc sinh", "ten sinh vien", "ten sv", "ten hoc vien", "ten tre", "ten be",
		"ten benh nhan", "ten bn", "ten nguoi benh", "ho va ten hoc sinh", "hoc sinh sinh vien",
	}},
	{FieldReason, []string{"dich vu"}, []string{"noi dung", "ly do", "dien giai", "ten dich vu", "khoan muc"}},
}

var reductionRule = headerRule{
	FieldReduction, []string{"mien", "giam", "tru", "thua", "ton"}, []string{
		"mien giam", "giam tru", "duoc giam", "duoc mien", "khau tru", "duoc tru", "hoan tra", "tra lai", "tien thua", "thua thang truoc",
		"thua ky truoc", "con thua", "so giam", "giam gia", "tam ung", "da tam ung", "bhyt tra", "bhyt chi tra", "bao hiem tra", "quy bhyt tra", "tru tien",
	},
}

// moneyRules recognise amounts that are no fee kind. They are tried after the fee kinds,
// which may contain the same words.
var moneyRules = []headerRule{
	reductionRule,
	{FieldQuantity, []string{"sl", "so luong", "luong", "ngay", "buoi", "thang", "so"}, []string{"so luong", "so ngay", "so bua", "so thang", "so buoi", "so tiet", "so suat", "ngay an", "ngay cong"}},
	{FieldUnitPrice, []string{"gia", "muc"}, []string{"don gia", "muc thu", "dinh muc", "muc dong", "muc tien", "gia tien", "gia ngay"}},
	{FieldTotal, []string{"tong", "cong", "so tien", "thanh tien", "tien", "so tien vnd", "amount", "total"}, []string{
		"tong cong", "tong tien", "tong so tien", "tong thu", "tong so", "phai nop", "phai thu", "phai dong", "phai tra", "con phai nop", "thuc thu",
		"so tien nop", "so tien thu", "tong nop", "nguoi benh tra", "benh nhan tra", "bn tra", "so tien dong", "tong chi phi", "tong vien phi", "tong hoc phi",
	}},
}

// match scores a header against a rule: 100 for the whole cell, 85 for words among others, 0.
// key is the phrase that was found.
func (r headerRule) match(label string) (score int, key string) {
	if slices.Contains(r.exact, label) || slices.Contains(r.phrases, label) {
		return 100, label
	}
	for _, p := range r.phrases {
		if len(p) > len(key) && hasPhrase(label, p) {
			score, key = 85, p
		}
	}
	return score, key
}

// recognise finds the first rule that fits.
func recognise(rules []headerRule, label string) (f Field, score int, key string) {
	for _, r := range rules {
		if s, k := r.match(label); s > 0 {
			return r.field, s, k
		}
	}
	return FieldUnknown, 0, ""
}

// hasPhrase reports whether the words of phrase stand side by side in label.
func hasPhrase(label, phrase string) bool {
	return strings.Contains(" "+label+" ", " "+phrase+" ")
}

// headerWords is a header as rules compare it: folded words without signs.
func headerWords(s string) string { return strings.Join(vn.Tokens(s), " ") }
