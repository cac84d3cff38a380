package bill

import (
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/vn"
	"github.com/sen-platform/sen/internal/vnd"
)

// Lengths of texts in characters. VietQR and receipts shorten by themselves; these limits
// keep pages and papers readable.
const (
	MaxName   = 100
	MaxReason = 200
	MaxCode   = 64
	MaxClass  = 40
	MaxPeriod = 40
	MaxNote   = 200
	MaxLines  = 60
)

// NewBill is a bill to be made. Empty fields take the round's or the facility's value where
// there is one.
type NewBill struct {
	Facility                         id.Facility
	Round                            id.Round
	ExternalID                       string
	PayerName, PayerPhone            string // no payer: the beneficiary is the payer
	BeneficiaryName, BeneficiaryCode string
	Class                            string
	BirthYear                        int
	Reason, Period                   string
	Lines                            []Line
	Instalments                      []Instalment // only with PartPayment org.Instalments
	PartPayment                      org.PartPayment
	Account                          id.Account
	DueOn, ExpiresOn                 clock.Date

	rowKey, rowHash string
	importID        id.File
}

// Total is the sum of the lines. Error: vnd.ErrOverflow.
func (n NewBill) Total() (vnd.Amount, error) {
	var t vnd.Amount
	for _, l := range n.Lines {
		var err error
		if t, err = t.Add(l.Amount); err != nil {
			return 0, err
		}
	}
	return t, nil
}

// Rules is what a facility may charge on a day.
type Rules struct {
	Facility org.Facility
	Kinds    map[id.FeeKind]org.FeeKind // every kind, of every sector and time
	Accounts []org.Account
	On       clock.Date
}

// LoadRules reads a facility's rules in three queries; db.ErrNotFound when it does not exist.
func LoadRules(tx *db.Tx, facility id.Facility, on clock.Date) (Rules, error) {
	r := Rules{On: on, Kinds: map[id.FeeKind]org.FeeKind{}}
	var err error
	if r.Facility, err = org.FacilityByID(tx, facility); err != nil {
		return r, err
	}
	kinds, err := org.FeeKinds(tx, "", "")
	if err != nil {
		return r, err
	}
	for _, k := range kinds {
		r.Kinds[k.ID] = k
	}
	r.Accounts, err = org.AccountsOf(tx, facility)
	return r, err
}

// Check returns the bill as it will be stored: text cleaned and composed, telephone numbers
// in the national form, defaults filled in. An *Invalid lists everything that is wrong.
func (r Rules) Check(n NewBill) (NewBill, error) {
	f := &faults{}
	if n.Facility != r.Facility.ID {
		f.add("/facility", CodeUnknown, "Phiếu thuộc cơ sở khác.")
	}
	var cannot *org.CanBillError
	if err := r.Facility.CanBill(r.On); errors.As(err, &cannot) {
		f.add("/facility", CodeClosed, cannot.Text)
	}
	r.texts(&n, f)
	r.dates(&n, f)
	r.lines(&n, f)
	r.parts(&n, f)
	r.account(n, f)
	return n, f.err()
}

func text(f *faults, pointer, label string, s *string, most int) {
	*s = vn.Clean(*s)
	if c := utf8.RuneCountInString(*s); c > most {
		f.add(pointer, CodeTooLong, fmt.Sprintf("%s dài %d ký tự, nhiều nhất %d.", label, c, most))
	}
}

func (r Rules) texts(n *NewBill, f *faults) {
	text(f, "/external_id", "Mã tham chiếu", &n.ExternalID, MaxCode)
	text(f, "/payer/name", "Họ tên người nộp", &n.PayerName, MaxName)
	text(f, "/beneficiary/name", "Họ tên người thụ hưởng", &n.BeneficiaryName, MaxName)
	text(f, "/beneficiary/code", "Mã người thụ hưởng", &n.BeneficiaryCode, MaxCode)
	text(f, "/beneficiary/class", "Lớp", &n.Class, MaxClass)
	text(f, "/reason", "Nội dung thu", &n.Reason, MaxReason)
	text(f, "/period", "Kỳ thu", &n.Period, MaxPeriod)
	if n.PayerName == "" {
		n.PayerName = n.BeneficiaryName
	}
	if n.PayerName == "" {
		f.add("/payer/name", CodeRequired, "Thiếu họ tên người nộp. Nhập họ tên người nộp hoặc người thụ hưởng.")
	}
	if n.Reason == "" {
		f.add("/reason", CodeRequired, "Thiếu nội dung thu. Nhập lý do thu, ví dụ “Thu tháng 12/2026”.")
	}
	if n.PayerPhone != "" {
		p, err := vn.Phone(n.PayerPhone)
		if err != nil {
			f.add("/payer/phone", CodeMalformed, fmt.Sprintf("Số điện thoại “%.40s” không đúng. Nhập 10 số, bắt đầu bằng 0.", n.PayerPhone))
		} else {
			n.PayerPhone = p
		}
	}
	if y := n.BirthYear; y != 0 && (y < 1900 || y > r.On.Time().Year()) {
		f.add("/beneficiary/birth_year", CodeDate, fmt.Sprintf("Năm sinh %d không hợp lý. Nhập năm từ 1900 đến %d.", y, r.On.Time().Year()))
	}
}

// maxDueDays bounds how far ahead a bill may be due: school years are billed at most two
// years ahead, anything later is a typing error.
const maxDueDays = 2 * 366

func (r Rules) dates(n *NewBill, f *faults) {
	switch due, err := clock.ParseDate(string(n.DueOn)); {
	case n.DueOn == "":
		f.add("/due_on", CodeRequired, "Thiếu hạn trả. Nhập ngày, ví dụ 31/12/2026.")
	case err != nil:
		f.add("/due_on", CodeDate, fmt.Sprintf("Hạn trả “%.20s” không phải là ngày. Nhập ngày, ví dụ 31/12/2026.", string(n.DueOn)))
	case due < r.On:
		f.add("/due_on", CodeDate, fmt.Sprintf("Hạn trả %s đã qua. Chọn một ngày từ hôm nay trở đi.", due.VN()))
	case due > r.On.AddDays(maxDueDays):
		f.add("/due_on", CodeDate, fmt.Sprintf("Hạn trả %s quá xa. Chọn một ngày trong hai năm tới.", due.VN()))
	}
	if n.ExpiresOn == "" {
		return
	}
	if exp, err := clock.ParseDate(string(n.ExpiresOn)); err != nil || exp < n.DueOn {
		f.add("/expires_on", CodeDate, "Ngày hết thời hạn phải là ngày, không sớm hơn hạn trả.")
	}
}

func (r Rules) account(n NewBill, f *faults) {
	if n.Account == 0 {
		return
	}
	for _, a := range r.Accounts {
		if a.ID == n.Account && a.Usable(r.On) {
			return
		}
	}
	f.add("/account", CodeUnknown, "Tài khoản nhận tiền không phải của cơ sở hoặc đã đóng. Chọn tài khoản khác.")
}

func (r Rules) parts(n *NewBill, f *faults) {
	if n.PartPayment == "" {
		n.PartPayment = r.Facility.PartPayment
		if n.PartPayment == org.Instalments && len(n.Instalments) == 0 {
			n.PartPayment = org.NoParts
		}
	}
	switch n.PartPayment {
	case org.NoParts, org.FreeParts:
		if len(n.Instalments) > 0 {
			f.add("/instalments", CodeNotValid, "Phiếu không chia đợt trả nên không có các đợt. Chọn cách trả theo đợt hoặc bỏ các đợt.")
		}
		return
	case org.Instalments:
	default:
		f.add("/part_payment", CodeUnknown, "Cách trả từng phần không có. Chọn: none, free hoặc instalments.")
		return
	}
	if len(n.Instalments) == 0 {
		f.add("/instalments", CodeRequired, "Thiếu các đợt trả. Nhập số tiền và hạn của từng đợt.")
		return
	}
	var sum vnd.Amount
	last := clock.Date("")
	for i, p := range n.Instalments {
		at := fmt.Sprintf("/instalments/%d", i)
		if p.Amount <= 0 || p.Amount > vnd.MaxBill {
			f.add(at+"/amount", CodeZero, fmt.Sprintf("Số tiền đợt %d phải lớn hơn 0.", i+1))
			return
		}
		if _, err := clock.ParseDate(string(p.DueOn)); err != nil || p.DueOn <= last {
			f.add(at+"/due_on", CodeDate, fmt.Sprintf("Hạn đợt %d phải là ngày và sau hạn đợt trước.", i+1))
			return
		}
		sum, last = sum+p.Amount, p.DueOn // at most MaxLines parts of 13 digits
		if i >= MaxLines {
			f.add("/instalments", CodeTooLong, fmt.Sprintf("Nhiều nhất %d đợt trả.", MaxLines))
			return
		}
	}
	if total, err := n.Total(); err == nil && sum != total {
		f.add("/instalments", CodeSum, fmt.Sprintf("Các đợt cộng lại là %s, tổng phiếu là %s. Sửa cho bằng nhau.", sum, total))
	}
}
