package bill

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/vn"
	"github.com/sen-platform/sen/internal/vnd"
)

// evaluator turns a row into a bill of a round, or says what is wrong with it. It depends on
// nothing but the row, the rules and the round, so that a row reads the same in a dry run, an
// import and after a correction.
type evaluator struct {
	rules Rules
	round Round
}

// reading is what became of a row.
type reading struct {
	in   input
	bill NewBill // usable when there are no issues
	key  string  // whom the row is about, "" when that cannot be told
	hash string  // of what the row says
	// duplicate: another row of the workbook speaks of the same person.
	duplicate bool
	issues    []Issue
}

func (e evaluator) read(in input) reading {
	r := reading{in: in, hash: in.hash()}
	w := &rowWork{evaluator: e, in: in}
	w.people()
	w.dates()
	w.amounts()
	r.bill = w.bill
	r.bill.Facility, r.bill.Round = e.round.Facility, e.round.ID
	r.bill.PartPayment, r.bill.Account, r.bill.ExpiresOn, r.bill.Period = e.round.PartPayment, e.round.Account, e.round.ExpiresOn, e.round.Period
	r.key = w.rowKey()
	if len(w.issues) == 0 {
		w.check(&r.bill)
	}
	r.bill.rowKey, r.bill.rowHash = r.key, r.hash
	r.issues = w.issues
	for i := range r.issues {
		r.issues[i].Sheet, r.issues[i].Row, r.issues[i].Name, r.issues[i].Class = in.Sheet, in.Row, r.bill.BeneficiaryName, r.bill.Class
	}
	return r
}

// hash is the fingerprint of what a row says, whatever the order of its columns and wherever
// it stands in the workbook.
func (in input) hash() string {
	h := sha256.New()
	hashText(h, in.Class)
	for _, v := range in.Values {
		if v.Text == "" && v.Kind == plainCell {
			continue
		}
		hashText(h, v.Key)
		hashText(h, v.Text)
		hashText(h, v.Number)
		hashText(h, string(v.Kind))
	}
	return short(h)
}

// rowWork gathers a bill and its issues while a row is read.
type rowWork struct {
	evaluator
	in     input
	bill   NewBill
	issues []Issue
	slip   string
	note   string
	due    bool
	birth  string      // as written, to tell two people of one name apart
	source []value     // the cell each line came from
	spill  []reduction // reductions without a fee kind of their own
}

type reduction struct {
	from   value
	amount vnd.Amount
}

func (w *rowWork) get(f Field) value {
	for _, v := range w.in.Values {
		if v.Key == string(f) {
			return v
		}
	}
	return value{Key: string(f)}
}

func (w *rowWork) complain(v value, t trouble) {
	field, _ := v.means()
	name := v.Header
	if name == "" {
		name = field.Label()
	}
	w.issues = append(w.issues, Issue{Cell: v.Ref, Field: v.Key, FieldLabel: name, Value: v.Text, Code: t.code, Reason: t.reason, Remedy: t.remedy, Suggestion: t.suggestion})
}

// text is a cell as clean text; a cell whose value is not there is complained of.
func (w *rowWork) text(f Field) string {
	v := w.get(f)
	if t := v.unreadable(); t != nil {
		w.complain(v, *t)
		return ""
	}
	return v.Text
}

// reshaped is a long number that a spreadsheet turned into scientific notation.
var reshaped = regexp.MustCompile(`^\d([.,]\d+)?[eE]\+?\d+$`)

func (w *rowWork) people() {
	name := w.text(FieldName)
	if name == "" {
		name = vn.Clean(w.text(FieldFamily) + " " + w.text(FieldGiven))
	}
	at := w.get(FieldName)
	if at.Ref == "" && w.get(FieldGiven).Ref != "" {
		at = w.get(FieldGiven)
	}
	switch {
	case name == "" && len(w.issues) == 0:
		who := "học sinh"
		if w.rules.Facility.Sector == org.Health {
			who = "bệnh nhân"
		}
		w.complain(at, trouble{CodeName, "Thiếu họ tên " + who + ".", "Nhập họ tên như trong danh sách.", ""})
	case isNumber(strings.Map(digitsOnly, name)):
		w.complain(at, trouble{CodeName, fmt.Sprintf("Họ tên “%s” là một con số.", clip(name)), "Nhập họ tên như trong danh sách.", ""})
	}
	w.bill.BeneficiaryName = name
	w.bill.BeneficiaryCode = w.text(FieldCode)
	if reshaped.MatchString(w.bill.BeneficiaryCode) {
		w.complain(w.get(FieldCode), trouble{CodeReshaped, fmt.Sprintf("Mã “%s” đã bị bảng tính đổi dạng.", w.bill.BeneficiaryCode), "Đổi cột mã sang định dạng chữ (Text) rồi gõ lại mã.", ""})
	}
	w.bill.Class = className(w.text(FieldClass))
	if w.bill.Class == "" {
		w.bill.Class = w.in.Class
	}
	if w.bill.Class == "" && w.get(FieldClass).Ref != "" && w.rules.Facility.Sector == org.Education {
		w.complain(w.get(FieldClass), trouble{CodeRequired, "Thiếu lớp.", "Nhập lớp của học sinh.", ""})
	}
	w.bill.PayerName = w.text(FieldPayer)
	w.phone()
	w.slip = w.text(FieldSlip)
	w.note = w.text(FieldNote)
	w.bill.Reason = w.text(FieldReason)
	if w.bill.Reason == "" {
		w.bill.Reason = w.round.Name
	}
	if w.slip != "" {
		w.bill.Reason += " (số phiếu " + w.slip + ")"
	}
}

func digitsOnly(r rune) rune {
	if r == '.' || r == ',' || r == ' ' {
		return -1
	}
	return r
}

// phone takes the first number that is one: parents often write two in a cell.
func (w *rowWork) phone() {
	t := w.text(FieldPhone)
	if strings.Trim(t, "-– .0") == "" {
		return
	}
	for _, part := range append([]string{t}, strings.FieldsFunc(t, func(r rune) bool { return strings.ContainsRune("/;,|&", r) })...) {
		if p, err := vn.Phone(part); err == nil {
			w.bill.PayerPhone = p
			return
		}
	}
	w.complain(w.get(FieldPhone), trouble{CodeMalformed, fmt.Sprintf("Số điện thoại “%s” không đúng.", clip(t)), "Nhập 10 số, bắt đầu bằng 0, hoặc để trống.", ""})
}

var yearOnly = regexp.MustCompile(`(?:^|[/.-])((?:19|20)\d\d)(?:$|[/. -])`)

func (w *rowWork) dates() {
	if v := w.get(FieldBirth); !v.blank() {
		w.birth = v.Text
		year, ok := birthYear(v)
		switch now := w.rules.On.Time().Year(); {
		case !ok:
			w.complain(v, trouble{CodeDate, fmt.Sprintf("Ngày sinh “%s” không phải là ngày.", clip(v.Text)), "Nhập ngày/tháng/năm, ví dụ 05/09/2019, hoặc để trống.", ""})
		case year < 1901 || year > now:
			w.complain(v, trouble{CodeDate, fmt.Sprintf("Ngày sinh “%s” không hợp lý: ô có thể không phải là ngày.", clip(v.Text)), "Nhập ngày/tháng/năm, ví dụ 05/09/2019, hoặc để trống.", ""})
		default:
			w.bill.BirthYear = year
		}
	}
	w.bill.DueOn = w.round.DueOn
	v := w.get(FieldDue)
	if v.blank() {
		return
	}
	due, err := clock.Date(v.Date), error(nil)
	if due == "" {
		due, err = vn.ParseDate(v.Text)
	}
	switch {
	case v.Kind == numberCell || (err != nil && !errors.Is(err, vn.ErrDateRange)):
		w.complain(v, trouble{CodeDate, fmt.Sprintf("Hạn trả “%s” không phải là ngày.", clip(v.Text)), "Nhập ngày/tháng/năm, ví dụ 31/12/2026, hoặc để trống để dùng hạn của đợt thu.", ""})
	case err != nil || due < "1990-01-01":
		w.complain(v, trouble{CodeDate, fmt.Sprintf("Hạn trả “%s” không hợp lý: ô có thể không phải là ngày.", clip(v.Text)), "Nhập ngày/tháng/năm, ví dụ 31/12/2026, hoặc để trống để dùng hạn của đợt thu.", ""})
	default:
		w.bill.DueOn, w.due = due, true
	}
}

// birthYear reads the year of a date, or a year alone.
func birthYear(v value) (int, bool) {
	if len(v.Date) >= 4 {
		y, err := strconv.Atoi(v.Date[:4])
		return y, err == nil
	}
	if v.Kind == dateCell { // a date cell without a day: 0 or 29/02/1900
		return 1900, true
	}
	m := yearOnly.FindStringSubmatch(v.Text)
	if m == nil {
		return 0, false
	}
	y, err := strconv.Atoi(m[1])
	return y, err == nil
}

// rowKey names the person (and at hospitals the demand) a row is about, the same in every
// workbook: by slip, by code, or by name, birth and class. "" when not even a name is there.
func (w *rowWork) rowKey() string {
	b := w.bill
	health := w.rules.Facility.Sector == org.Health
	switch {
	case health && w.slip != "":
		return "so:" + vn.Fold(w.slip)
	case health && b.BeneficiaryCode != "":
		return "ma:" + vn.Fold(b.BeneficiaryCode) + "|" + vn.Fold(b.Reason)
	case b.BeneficiaryCode != "":
		return "ma:" + vn.Fold(b.BeneficiaryCode)
	case b.BeneficiaryName != "":
		h := sha256.New()
		for _, s := range []string{strings.ToLower(b.BeneficiaryName), strings.ToLower(b.Class), w.birth} {
			hashText(h, s)
		}
		return "ten:" + short(h)
	}
	return ""
}

// check asks the rules and leads each fault back to its cell.
func (w *rowWork) check(n *NewBill) {
	*n = n.divided(w.round.Plan)
	checked, err := w.rules.Check(*n)
	var invalid *Invalid
	if !errors.As(err, &invalid) {
		*n = checked
		return
	}
	for _, f := range invalid.Fields {
		v := w.cellOf(f.Pointer)
		reason, remedy := sentence(f.MessageVI)
		t := trouble{f.Code, reason, remedy, ""}
		if f.Code == CodeCeiling {
			if _, kind := v.means(); w.rules.Kinds[kind].Ceiling != nil {
				t.suggestion = fmt.Sprint(int64(*w.rules.Kinds[kind].Ceiling))
			}
		}
		w.complain(v, t)
	}
}

// cellOf is the cell a pointer of FieldError speaks of.
func (w *rowWork) cellOf(pointer string) value {
	parts := strings.Split(pointer, "/")
	switch {
	case len(parts) > 2 && parts[1] == "lines":
		if i, err := strconv.Atoi(parts[2]); err == nil && i < len(w.source) {
			return w.source[i]
		}
	case pointer == "/payer/name":
		return w.get(FieldPayer)
	case pointer == "/payer/phone":
		return w.get(FieldPhone)
	case pointer == "/beneficiary/name":
		return w.get(FieldName)
	case pointer == "/beneficiary/code":
		return w.get(FieldCode)
	case pointer == "/beneficiary/class":
		return w.get(FieldClass)
	case pointer == "/beneficiary/birth_year":
		return w.get(FieldBirth)
	case pointer == "/due_on" || pointer == "/expires_on":
		return w.get(FieldDue)
	case pointer == "/reason":
		return w.get(FieldReason)
	}
	if i := slices.IndexFunc(w.in.Values, func(v value) bool { f, _ := v.means(); return f == FieldTotal }); i >= 0 {
		return w.in.Values[i]
	}
	if len(w.source) > 0 {
		return w.source[len(w.source)-1]
	}
	return value{Key: string(FieldTotal)}
}

// sentence divides a message into its reason and its remedy: the first sentence and the rest.
func sentence(s string) (reason, remedy string) {
	reason, remedy, ok := strings.Cut(s, ". ")
	if ok {
		reason += "."
	}
	return reason, remedy
}
