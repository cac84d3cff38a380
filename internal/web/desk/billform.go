package desk

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/sen-platform/sen/internal/access"
	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/vn"
	"github.com/sen-platform/sen/internal/vnd"
	"github.com/sen-platform/sen/internal/web/page"
)

// externalDesk begins the external identifier of bills made at the desk: the form's own key,
// so that a form sent twice makes one bill.
const externalDesk = "desk-"

// lineRow is one line of the form as typed.
type lineRow struct {
	N                      int
	Kind                   page.Select
	Name, Quantity, Price  cell
	Sum                    any // of quantity and price, when both can be read
	kind                   id.FeeKind
	name, quantity, amount string
}

// cell is a field in a table, as wide as so many characters.
type cell struct {
	Size int
	page.Field
}

// empty reports whether nothing was typed.
func (l lineRow) empty() bool { return l.kind == 0 && l.name == "" && l.amount == "" }

// billForm is a bill as typed, with what is wrong with it.
type billForm struct {
	wrong page.Mistakes
	value map[string]string
	rows  []lineRow
}

// formRows is how many empty lines a new form shows at the end.
const formRows = 3

// text fields of the form with the pointers that room bill speaks of them by.
var billFields = map[string]string{
	"/payer/name": "nguoi-tra", "/payer/phone": "dien-thoai", "/beneficiary/name": "ten", "/beneficiary/code": "ma", "/beneficiary/class": "lop",
	"/beneficiary/birth_year": "nam-sinh", "/reason": "noi-dung", "/period": "ky", "/due_on": "han", "/expires_on": "han", "/account": "tai-khoan",
	"/part_payment": "tra-phan", "/instalments": "tra-phan", "/lines": "khoan-0", "/facility": "ten", "/external_id": "ten",
}

// fieldOf is the field of the form that a pointer means; rows are the form's row of each line.
func fieldOf(pointer string, rows []int) string {
	if name, ok := billFields[pointer]; ok {
		return name
	}
	parts := strings.Split(pointer, "/")
	if len(parts) == 4 && parts[1] == "lines" {
		if i, err := strconv.Atoi(parts[2]); err == nil && i < len(rows) {
			name := map[string]string{"fee_kind": "khoan-", "name": "dien-giai-", "note": "dien-giai-", "quantity": "sl-"}[parts[3]]
			if name == "" {
				name = "gia-"
			}
			return name + strconv.Itoa(rows[i])
		}
	}
	return "tra-phan"
}

// take reads the posted form.
func (v *visit) takeBill() billForm {
	f := billForm{value: map[string]string{}}
	for _, name := range billFields {
		f.value[name] = v.field(name)
	}
	for n := range bill.MaxLines {
		kind, err := id.Parse[id.FeeKind](v.field(fmt.Sprintf("khoan-%d", n)))
		if _, there := v.r.PostForm[fmt.Sprintf("khoan-%d", n)]; !there {
			break
		}
		if err != nil {
			kind = 0
		}
		f.rows = append(f.rows, lineRow{N: n, kind: kind, name: v.field(fmt.Sprintf("dien-giai-%d", n)), quantity: v.field(fmt.Sprintf("sl-%d", n)), amount: v.field(fmt.Sprintf("gia-%d", n))})
	}
	return f
}

// formOf is the form of a bill that exists.
func formOf(b bill.Bill, lines []bill.Line) billForm {
	f := billForm{value: map[string]string{
		"ten": b.BeneficiaryName, "ma": b.BeneficiaryCode, "lop": b.Class, "nguoi-tra": b.PayerName, "dien-thoai": b.PayerPhone,
		"noi-dung": b.Reason, "ky": b.Period, "han": b.DueOn.VN(), "tra-phan": string(b.PartPayment),
	}}
	if b.BirthYear != 0 {
		f.value["nam-sinh"] = strconv.Itoa(b.BirthYear)
	}
	if b.Account != 0 {
		f.value["tai-khoan"] = b.Account.String()
	}
	for n, l := range lines {
		f.rows = append(f.rows, lineRow{N: n, kind: l.FeeKind, name: l.Name, quantity: strconv.FormatInt(l.Quantity, 10), amount: l.UnitPrice.Grouped()})
	}
	return f
}

// bill turns what was typed into a bill; what cannot be read is noted as a mistake. rows are
// the form's row of each line.
func (f *billForm) bill(facility id.Facility) (n bill.NewBill, rows []int) {
	n = bill.NewBill{
		Facility: facility, PayerName: f.value["nguoi-tra"], PayerPhone: f.value["dien-thoai"], BeneficiaryName: f.value["ten"], BeneficiaryCode: f.value["ma"],
		Class: f.value["lop"], Reason: f.value["noi-dung"], Period: f.value["ky"], PartPayment: org.PartPayment(f.value["tra-phan"]),
	}
	if t := f.value["nam-sinh"]; t != "" {
		year, err := strconv.Atoi(t)
		if err != nil {
			f.wrong.Add("nam-sinh", "Năm sinh gồm 4 chữ số, ví dụ 2018")
		}
		n.BirthYear = year
	}
	if t := f.value["han"]; t != "" {
		d, err := vn.ParseDate(t)
		if err != nil {
			f.wrong.Add("han", fmt.Sprintf("Hạn trả “%.20s” không phải là ngày. Nhập ngày, ví dụ 31/12/2026", t))
		}
		n.DueOn = d
	}
	if t := f.value["tai-khoan"]; t != "" {
		n.Account, _ = id.Parse[id.Account](t) // what is none of the facility's is refused by room bill
	}
	for _, r := range f.rows {
		if r.empty() {
			continue
		}
		l, ok := f.line(r)
		if ok {
			n.Lines = append(n.Lines, l)
			rows = append(rows, r.N)
		}
	}
	return n, rows
}

func (f *billForm) line(r lineRow) (bill.Line, bool) {
	l := bill.Line{FeeKind: r.kind, Name: r.name, Quantity: 1}
	before := len(f.wrong)
	if r.kind == 0 {
		f.wrong.Add(fmt.Sprintf("khoan-%d", r.N), "Chọn khoản thu")
	}
	if r.quantity != "" {
		q, err := strconv.ParseInt(r.quantity, 10, 64)
		if err != nil || q < 1 {
			f.wrong.Add(fmt.Sprintf("sl-%d", r.N), "Số lượng là số nguyên từ 1")
		}
		l.Quantity = q
	}
	price, err := vnd.Parse(r.amount)
	if err != nil {
		f.wrong.Add(fmt.Sprintf("gia-%d", r.N), "Nhập số tiền, ví dụ 35.000; khoản giảm trừ thì thêm dấu trừ phía trước")
	}
	l.UnitPrice = price
	if l.Amount, err = price.Mul(l.Quantity); err != nil {
		f.wrong.Add(fmt.Sprintf("gia-%d", r.N), "Số tiền quá lớn")
	}
	return l, len(f.wrong) == before
}

// faults notes what room bill found wrong, at the fields of the form.
func (f *billForm) faults(err error, rows []int) bool {
	var invalid *bill.Invalid
	if !errors.As(err, &invalid) {
		return false
	}
	for _, one := range invalid.Fields {
		f.wrong.Add(fieldOf(one.Pointer, rows), one.MessageVI)
	}
	return len(f.wrong) > 0
}

type billFormView struct {
	page.Chrome
	Mistakes        page.Mistakes
	Notice          *page.Notice
	Crumbs          []page.Link
	Heading, Lead   string
	Action, Key     string
	Who, Payer, How []page.Field
	Account, Parts  page.Select
	Rows            []lineRow
	Total           any
	Send            string // words on the main button
	Draft           bool   // may be kept as a draft
	Back            page.Link
}

// billOptions are the choices the form offers.
type billOptions struct {
	kinds    []org.FeeKind
	accounts []org.Account
}

func (v *visit) billOptions(tx *db.Tx) (o billOptions, err error) {
	if o.kinds, err = org.FeeKinds(tx, v.facility.Sector, v.today); err != nil {
		return o, err
	}
	o.accounts, err = org.AccountsOf(tx, v.facility.ID)
	return o, err
}

// fillBill draws the form with what was typed.
func (f *face) fillBill(v *visit, form billForm, o billOptions) billFormView {
	in := func(name, label, hint string, more ...func(*page.Field)) page.Field {
		x := page.Field{Name: name, Label: label, Hint: hint, Value: form.value[name], Error: form.wrong.At(name)}
		for _, m := range more {
			m(&x)
		}
		return x
	}
	optional := func(x *page.Field) { x.Optional = true }
	short := func(x *page.Field) { x.Short = true }
	number := func(x *page.Field) { x.InputMode = "numeric" }
	who := lowerFirst(person(v.facility))
	view := billFormView{Mistakes: form.wrong}
	view.Who = []page.Field{
		in("ten", "Họ và tên "+who, ""), in("ma", "Mã "+who, "", optional, short), in("lop", classWord(v.facility), "", optional, short),
		in("nam-sinh", "Năm sinh", "Để người trả tra được phiếu bằng mã và năm sinh", optional, short, number),
	}
	view.Payer = []page.Field{
		in("nguoi-tra", "Người trả tiền", "Để trống nếu chính "+who+" trả", optional),
		in("dien-thoai", "Số điện thoại người trả", "", optional, short, func(x *page.Field) { x.InputMode = "tel" }),
	}
	view.How = []page.Field{
		in("noi-dung", "Nội dung thu", "Người trả đọc dòng này, ví dụ “Thu tháng 12/2026”"), in("ky", "Kỳ thu", "", optional, short),
		in("han", "Hạn trả", "Ví dụ "+v.today.AddDays(10).VN(), short),
	}
	view.Account = accountSelect(o.accounts, form.value["tai-khoan"], v.today)
	view.Account.Error = form.wrong.At("tai-khoan")
	view.Parts = partsSelect(form.value["tra-phan"])
	view.Parts.Error = form.wrong.At("tra-phan")
	var total vnd.Amount
	for _, r := range form.rows {
		r = drawLine(r, o.kinds, form.wrong)
		if a, ok := r.Sum.(vnd.Amount); ok {
			total += a // of at most sixty lines of thirteen digits
		}
		view.Rows = append(view.Rows, r)
	}
	view.Total = total
	return view
}

func drawLine(r lineRow, kinds []org.FeeKind, wrong page.Mistakes) lineRow {
	at := func(name string) string { return fmt.Sprintf("%s-%d", name, r.N) }
	label := fmt.Sprintf(" dòng %d", r.N+1)
	r.Kind = page.Select{Name: at("khoan"), Label: "Khoản thu" + label, Options: []page.Option{{Text: "Chọn khoản thu"}}, Error: wrong.At(at("khoan"))}
	for _, k := range kinds {
		r.Kind.Options = append(r.Kind.Options, page.Option{Value: k.ID.String(), Text: k.Name, Selected: k.ID == r.kind})
	}
	r.Name = cell{24, page.Field{Name: at("dien-giai"), Label: "Diễn giải" + label, Value: r.name, Error: wrong.At(at("dien-giai"))}}
	r.Quantity = cell{4, page.Field{Name: at("sl"), Label: "Số lượng" + label, Value: r.quantity, InputMode: "numeric", Error: wrong.At(at("sl"))}}
	r.Price = cell{11, page.Field{Name: at("gia"), Label: "Đơn giá" + label, Value: r.amount, Error: wrong.At(at("gia"))}}
	q, err := strconv.ParseInt(r.quantity, 10, 64)
	if r.quantity == "" {
		q, err = 1, nil
	}
	if price, wrongPrice := vnd.Parse(r.amount); err == nil && wrongPrice == nil {
		if sum, err := price.Mul(q); err == nil && sum <= vnd.MaxBill && sum >= -vnd.MaxBill {
			r.Sum = sum
		}
	}
	return r
}

// blank adds empty lines at the end of the form.
func (f *billForm) blank(n int) {
	for range n {
		if len(f.rows) < bill.MaxLines {
			f.rows = append(f.rows, lineRow{N: len(f.rows)})
		}
	}
}

// accountSelect offers the accounts that can be paid to; the default one is the empty choice.
func accountSelect(list []org.Account, chosen string, today clock.Date) page.Select {
	s := page.Select{Name: "tai-khoan", Label: "Tài khoản nhận tiền", Options: []page.Option{}}
	for i, a := range list {
		if !a.Usable(today) {
			continue
		}
		value := a.ID.String()
		if i == 0 {
			value = ""
		}
		s.Options = append(s.Options, page.Option{Value: value, Text: bankName(a.BankBIN) + " " + a.Number, Selected: value == chosen})
	}
	if len(s.Options) == 0 {
		s.Options = []page.Option{{Text: "Chưa có tài khoản nào đang dùng"}}
	}
	return s
}

func partsSelect(chosen string) page.Select {
	s := page.Select{Name: "tra-phan", Label: "Trả từng phần", Options: []page.Option{{Text: "Theo quy định của cơ sở"}}}
	for _, p := range []org.PartPayment{org.NoParts, org.FreeParts} {
		s.Options = append(s.Options, page.Option{Value: string(p), Text: p.Label(), Selected: chosen == string(p)})
	}
	if chosen == string(org.Instalments) {
		s.Options = append(s.Options, page.Option{Value: chosen, Text: org.Instalments.Label(), Selected: true})
	}
	return s
}

// pickAction tells what the pressed button of a form asks for; the reload button comes first
// in the form, so that the Enter key never publishes anything.
func (v *visit) pickAction() string { return v.field("lam") }

// mayKeep reports whether this person's new bills can only be drafts.
func (v *visit) mayPublish() bool { return v.can(access.PublishBills) }

// unprocessable is the status of a form that came back.
const unprocessable = http.StatusUnprocessableEntity
