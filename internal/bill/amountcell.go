package bill

import (
	"errors"
	"fmt"
	"math/big"
	"regexp"
	"strings"

	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/vn"
	"github.com/sen-platform/sen/internal/vnd"
)

// value is one cell of a row as the import keeps it: enough to read it again after a person
// has corrected another cell of the row.
type value struct {
	Key    string `json:"k"` // fieldKey of its column
	Header string `json:"h,omitempty"`
	Ref    string `json:"r,omitempty"`
	Text   string `json:"t,omitempty"`
	Number string `json:"n,omitempty"` // the stored decimal of a number cell
	Date   string `json:"d,omitempty"` // YYYY-MM-DD of a date cell
	// Kind tells what the cell is besides its text: see the constants.
	Kind cellKind `json:"c,omitempty"`

	field   Field // what Key says, once it was read
	feeKind id.FeeKind
}

// means is the field and fee kind of the value's column.
func (v value) means() (Field, id.FeeKind) {
	if v.field == "" {
		return parseKey(v.Key)
	}
	return v.field, v.feeKind
}

type cellKind string

const (
	plainCell   cellKind = ""
	numberCell  cellKind = "n"
	dateCell    cellKind = "d"
	uncached    cellKind = "f" // a formula saved without its value
	errorCell   cellKind = "e"
	mergedUnder cellKind = "m" // hidden under a merged cell of another row or another amount
)

// blank reports whether the cell says nothing: empty, or a dash as accountants write zero.
func (v value) blank() bool {
	return v.Kind != uncached && v.Kind != errorCell && v.Kind != mergedUnder && strings.Trim(v.Text, "-–—. ") == ""
}

// minAmount is the least amount an import believes: below it, thousands were left out.
const minAmount = 500

// amount reads a cell as whole đồng. A blank cell is 0.
func (v value) amount() (vnd.Amount, *trouble) {
	if t := v.unreadable(); t != nil {
		return 0, t
	}
	if v.blank() {
		return 0, nil
	}
	if v.Kind == dateCell {
		return 0, &trouble{CodeDateCell, fmt.Sprintf("Ô số tiền đang có định dạng ngày: %s.", v.Text), "Đổi định dạng ô sang số (Number) rồi gõ lại số tiền.", ""}
	}
	if strings.HasSuffix(v.Text, "%") {
		return 0, &trouble{CodePercent, fmt.Sprintf("“%s” là tỷ lệ, không phải số tiền.", v.Text), "Gõ số tiền bằng đồng.", ""}
	}
	text := v.Text
	if v.Kind == numberCell {
		text = v.Number
	}
	a, err := parseAmount(v, text)
	switch {
	case errors.Is(err, vnd.ErrFraction):
		return 0, &trouble{CodeFraction, fmt.Sprintf("Số tiền có phần lẻ: %s.", decimalVN(text)), "Sửa thành số nguyên đồng.", rounded(text)}
	case errors.Is(err, vnd.ErrOverflow) || (err == nil && (a > vnd.MaxBill || a < -vnd.MaxBill)):
		return 0, &trouble{CodeTooLarge, fmt.Sprintf("Số tiền quá lớn: %s.", clip(v.Text)), fmt.Sprintf("Một phiếu nhiều nhất %s. Kiểm tra xem có phải số tài khoản hay mã số không.", vnd.MaxBill), ""}
	case err != nil:
		t := &trouble{code: CodeNotNumber, reason: fmt.Sprintf("Số tiền “%s” không phải là số.", clip(v.Text)), remedy: "Gõ số đồng, ví dụ 1250000, không chữ."}
		if s := spoken(v.Text); s != "" {
			t.suggestion, t.remedy = s, fmt.Sprintf("Gõ %s, không chữ, không dấu phẩy.", s)
		}
		return 0, t
	case a != 0 && a < minAmount && a > -minAmount:
		return 0, &trouble{CodeTooSmall, fmt.Sprintf("Số tiền %s quá nhỏ, có thể đã bỏ ba số 0.", a), "Gõ đủ số đồng.", fmt.Sprint(int64(a) * 1000)}
	}
	return a, nil
}

// parseAmount reads a number cell as stored, where the point is a decimal point and never
// groups thousands, and text as people write it.
func parseAmount(v value, text string) (vnd.Amount, error) {
	if v.Kind != numberCell {
		return vnd.Parse(text)
	}
	whole, fraction, _ := strings.Cut(text, ".")
	if strings.Trim(fraction, "0") != "" {
		return 0, vnd.ErrFraction
	}
	return vnd.Parse(whole)
}

// unreadable tells of a cell whose value is not there.
func (v value) unreadable() *trouble {
	switch v.Kind {
	case uncached:
		return &trouble{CodeFormula, "Công thức trong ô chưa có kết quả.", "Mở tệp bằng Excel, chờ tính xong, lưu lại rồi tải lên. Hoặc gõ giá trị tại đây.", ""}
	case errorCell:
		return &trouble{CodeErrorCell, fmt.Sprintf("Ô báo lỗi %s.", clip(v.Text)), "Sửa công thức trong Excel, hoặc gõ giá trị tại đây.", ""}
	case mergedUnder:
		return &trouble{CodeMerged, "Ô bị gộp với ô khác nên không biết giá trị của dòng này.", "Bỏ gộp ô trong Excel và điền từng dòng, hoặc gõ giá trị tại đây.", ""}
	}
	return nil
}

// decimalVN writes a decimal as people in Viet Nam do: 350000.5 becomes 350.000,5. Text
// that is no plain decimal stays.
func decimalVN(s string) string {
	whole, fraction, ok := strings.Cut(s, ".")
	a, err := vnd.Parse(whole)
	if !ok || err != nil || strings.ContainsAny(s, ", ") || strings.Count(s, ".") != 1 {
		return clip(s)
	}
	return a.Grouped() + "," + fraction
}

// rounded is the nearest whole đồng of a decimal as a suggestion; "" when the text is not
// plain enough to be sure.
func rounded(s string) string {
	if strings.Count(s, ",") == 1 && !strings.Contains(s, ".") {
		s = strings.Replace(s, ",", ".", 1)
	}
	r, ok := new(big.Rat).SetString(s)
	if !ok || strings.ContainsAny(s, "/eE") || strings.Count(s, ".") != 1 {
		return ""
	}
	return r.FloatString(0)
}

var spokenAmount = regexp.MustCompile(`^(\d{1,4})(?:[.,](\d{1,3}))? ?(tr|trieu|k|nghin|ngan)(?: ?(?:d|dong|vnd))?$`)

// spoken reads "1,25tr", "350k", "350 nghìn" as đồng for a suggestion; "" for anything else.
func spoken(s string) string {
	m := spokenAmount.FindStringSubmatch(vn.Fold(s))
	if m == nil {
		return ""
	}
	zeros := 3
	if strings.HasPrefix(m[3], "tr") {
		zeros = 6
	}
	if len(m[2]) > zeros {
		return ""
	}
	digits := strings.TrimLeft(m[1]+m[2]+strings.Repeat("0", zeros-len(m[2])), "0")
	return digits
}

// clip shortens what a message quotes.
func clip(s string) string {
	r := []rune(vn.Clean(s))
	if len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return string(r)
}
