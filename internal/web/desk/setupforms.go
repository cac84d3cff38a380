package desk

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/sen-platform/sen/internal/access"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/rail/bank"
	"github.com/sen-platform/sen/internal/vn"
	"github.com/sen-platform/sen/internal/web/page"
)

type contactView struct {
	page.Chrome
	Mistakes page.Mistakes
	Notice   *page.Notice
	Crumbs   []page.Link
	Heading  string
	Action   string
	Fields   []page.Field
	Public   page.Choices
	Delete   *page.Post
	Back     page.Link
}

// contact reads the contact in the address for editing.
func (v *visit) contact(tx *db.Tx) (org.Contact, error) {
	key, err := pathID[id.Contact](v, "contact")
	if err != nil {
		return org.Contact{}, err
	}
	c, err := org.ContactByID(tx, key)
	if err == nil && !v.mine(access.EditFacility, c.Facility) {
		return org.Contact{}, db.ErrNotFound
	}
	return c, err
}

// newContact answers GET /desk/co-so/nguoi/moi.
func (f *face) newContact(v *visit) error {
	return f.contactPage(v, http.StatusOK, org.Contact{Public: true, Hours: v.facility.Hours}, nil, nil)
}

// editContact answers GET /desk/co-so/nguoi/{contact}.
func (f *face) editContact(v *visit) error {
	var c org.Contact
	if err := v.view(func(tx *db.Tx) (err error) { c, err = v.contact(tx); return err }); err != nil {
		return err
	}
	return f.contactPage(v, http.StatusOK, c, nil, nil)
}

func (f *face) contactPage(v *visit, status int, c org.Contact, wrong page.Mistakes, notice *page.Notice) error {
	in := func(name, label, hint, value string, optional bool) page.Field {
		return page.Field{Name: name, Label: label, Hint: hint, Value: value, Optional: optional, Error: wrong.At(name)}
	}
	view := contactView{
		Chrome: v.chrome("Người hướng dẫn"), Mistakes: wrong, Notice: notice, Heading: "Thêm người hướng dẫn trả tiền", Action: "/desk/co-so/nguoi/moi",
		Crumbs: []page.Link{{Text: "Cơ sở", Href: "/desk/co-so"}, {Text: "Người hướng dẫn"}}, Back: page.Link{Text: "Bỏ, không lưu", Href: "/desk/co-so", Class: "btn--quiet"},
	}
	view.Invalid = len(wrong) > 0
	if c.ID != 0 {
		view.Heading, view.Action = c.Name, "/desk/co-so/nguoi/"+c.ID.String()
		view.Delete = &page.Post{Action: view.Action + "/xoa", Text: "Bỏ người này", Class: "btn--danger", Confirm: &page.Confirm{
			Question: "Bỏ " + c.Name + "?", Note: "Tên và số điện thoại biến mất khỏi phiếu báo in sau này và trang trả tiền.", Yes: "Bỏ", No: "Giữ lại",
		}}
	}
	phone := in("phone", "Số điện thoại", "", c.Phone, false)
	phone.InputMode, phone.Short = "tel", true
	position := in("position", "Thứ tự", "0 là người đứng đầu, tên in trên phiếu báo", strconv.Itoa(c.Position), false)
	position.InputMode, position.Short = "numeric", true
	view.Fields = []page.Field{
		in("name", "Họ và tên", "Có cả cách gọi cũng được, ví dụ “Cô Nguyễn Thị Thu Hà”", c.Name, false), in("role", "Việc ở cơ sở", "Ví dụ “Kế toán nhà trường”, “Bàn hướng dẫn”", c.Role, false), phone,
		in("email", "Thư điện tử", "", c.Email, true), in("hours", "Giờ làm việc", "Ví dụ “Thứ Hai đến thứ Sáu, 7:30 đến 16:30”", c.Hours, true), position,
	}
	view.Public = page.Choices{Name: "public", Legend: "Công khai", Items: []page.Choice{{Value: "1", Text: "In trên phiếu báo và hiện ở trang trả tiền", Checked: c.Public}}}
	return v.render(status, "contact", view)
}

// takeContact reads the posted contact.
func (v *visit) takeContact(c org.Contact) (org.Contact, page.Mistakes) {
	var wrong page.Mistakes
	c.Facility = v.facility.ID
	c.Name, c.Role, c.Phone, c.Email, c.Hours, c.Public = v.field("name"), v.field("role"), v.field("phone"), v.field("email"), v.field("hours"), v.field("public") != ""
	n, err := strconv.Atoi(cmp.Or(v.field("position"), "0"))
	if err != nil {
		wrong.Add("position", "Thứ tự là một số, 0 cho người đứng đầu")
	}
	c.Position = n
	return c, wrong
}

// createContact answers POST /desk/co-so/nguoi/moi.
func (f *face) createContact(v *visit) error {
	return f.saveContact(v, org.Contact{}, func(c org.Contact) (org.Contact, error) {
		return f.Org.CreateContact(v.r.Context(), v.subject.Actor(), c)
	})
}

// updateContact answers POST /desk/co-so/nguoi/{contact}.
func (f *face) updateContact(v *visit) error {
	var c org.Contact
	if err := v.view(func(tx *db.Tx) (err error) { c, err = v.contact(tx); return err }); err != nil {
		return err
	}
	return f.saveContact(v, c, func(c org.Contact) (org.Contact, error) {
		return f.Org.UpdateContact(v.r.Context(), v.subject.Actor(), c)
	})
}

func (f *face) saveContact(v *visit, old org.Contact, save func(org.Contact) (org.Contact, error)) error {
	if err := v.form(); err != nil {
		return err
	}
	c, wrong := v.takeContact(old)
	if len(wrong) > 0 {
		return f.contactPage(v, unprocessable, c, wrong, nil)
	}
	saved, err := save(c)
	if m, ok := faultsOf(err); ok {
		return f.contactPage(v, unprocessable, c, m, nil)
	}
	if err != nil {
		return refused(err, func(status int, n page.Notice) error { return f.contactPage(v, status, c, nil, &n) })
	}
	return v.goTo("/desk/co-so", "Đã lưu "+saved.Name, "")
}

// deleteContact answers POST /desk/co-so/nguoi/{contact}/xoa.
func (f *face) deleteContact(v *visit) error {
	var c org.Contact
	if err := v.view(func(tx *db.Tx) (err error) { c, err = v.contact(tx); return err }); err != nil {
		return err
	}
	if err := f.Org.DeleteContact(v.r.Context(), v.subject.Actor(), c.ID); err != nil {
		return err
	}
	return v.goTo("/desk/co-so", "Đã bỏ "+c.Name, "")
}

type accountView struct {
	page.Chrome
	Mistakes page.Mistakes
	Notice   *page.Notice
	Crumbs   []page.Link
	Heading  string
	Action   string
	Bank     page.Select
	Fields   []page.Field
	Default  page.Choices
	Close    *page.Post
	Poster   *page.Link
	Closed   bool
	Back     page.Link
}

// ownAccount reads the account in the address for managing.
func (v *visit) ownAccount(tx *db.Tx) (org.Account, error) {
	key, err := pathID[id.Account](v, "account")
	if err != nil {
		return org.Account{}, err
	}
	a, err := org.AccountByID(tx, key)
	if err == nil && !v.mine(access.ManageAccounts, a.Facility) {
		return org.Account{}, db.ErrNotFound
	}
	return a, err
}

// newAccount answers GET /desk/co-so/tai-khoan/moi.
func (f *face) newAccount(v *visit) error {
	return f.accountPage(v, http.StatusOK, org.Account{Status: org.AccountActive, ValidFrom: v.today, Holder: vn.Memo(v.facility.Name)}, nil, nil)
}

// editAccount answers GET /desk/co-so/tai-khoan/{account}.
func (f *face) editAccount(v *visit) error {
	var a org.Account
	if err := v.view(func(tx *db.Tx) (err error) { a, err = v.ownAccount(tx); return err }); err != nil {
		return err
	}
	return f.accountPage(v, http.StatusOK, a, nil, nil)
}

func (f *face) accountPage(v *visit, status int, a org.Account, wrong page.Mistakes, notice *page.Notice) error {
	view := accountView{
		Chrome: v.chrome("Tài khoản nhận tiền"), Mistakes: wrong, Notice: notice, Heading: "Thêm tài khoản nhận tiền", Action: "/desk/co-so/tai-khoan/moi", Closed: a.Status == org.AccountClosed,
		Crumbs: []page.Link{{Text: "Cơ sở", Href: "/desk/co-so"}, {Text: "Tài khoản nhận tiền"}}, Back: page.Link{Text: "Bỏ, không lưu", Href: "/desk/co-so", Class: "btn--quiet"},
	}
	view.Invalid = len(wrong) > 0
	if a.ID != 0 {
		view.Heading, view.Action = bankName(a.BankBIN)+" "+a.Number, "/desk/co-so/tai-khoan/"+a.ID.String()
		view.Poster = &page.Link{Text: "In tờ treo mã QR", Href: "/desk/co-so/to-treo.pdf?tk=" + a.ID.String(), Icon: "qr", Save: true}
		view.Close = &page.Post{Action: view.Action + "/dong", Text: "Đóng tài khoản này", Class: "btn--danger", Confirm: &page.Confirm{
			Question: "Đóng tài khoản " + a.Number + "?", Note: "Phiếu mới không dùng tài khoản này nữa. Tiền còn về thì Sen vẫn nhận ra.", Yes: "Đóng tài khoản", No: "Giữ lại",
		}}
		if view.Closed {
			view.Close, view.Poster = nil, nil
		}
	}
	banks := bank.All()
	slices.SortFunc(banks, func(x, y bank.Bank) int { return cmp.Compare(vn.Key(x.ShortName), vn.Key(y.ShortName)) })
	view.Bank = page.Select{Name: "bank_bin", Label: "Ngân hàng", Error: wrong.At("bank_bin"), Options: []page.Option{{Text: "Chọn ngân hàng"}}}
	for _, b := range banks {
		view.Bank.Options = append(view.Bank.Options, page.Option{Value: b.BIN, Text: b.ShortName, Selected: b.BIN == a.BankBIN})
	}
	in := func(name, label, hint, value string, optional bool) page.Field {
		return page.Field{Name: name, Label: label, Hint: hint, Value: value, Optional: optional, Error: wrong.At(name)}
	}
	length := ""
	if a.VALength != 0 {
		length = strconv.Itoa(a.VALength)
	}
	from := in("valid_from", "Dùng từ ngày", "", a.ValidFrom.VN(), false)
	from.Short = true
	view.Fields = []page.Field{
		in("number", "Số tài khoản", "", a.Number, false), in("holder", "Chủ tài khoản", "Đúng như ngân hàng hiện ra, chữ hoa không dấu", a.Holder, false), from,
		in("va_prefix", "Đầu số tài khoản ảo", "Chỉ khi ngân hàng cấp dải số riêng cho từng phiếu", a.VAPrefix, true), in("va_length", "Số chữ số của tài khoản ảo", "", length, true),
	}
	view.Default = page.Choices{Name: "is_default", Legend: "Tài khoản chính", Error: wrong.At("is_default"), Items: []page.Choice{{Value: "1", Text: "Phiếu mới hiện tài khoản này trước", Checked: a.IsDefault}}}
	return v.render(status, "account", view)
}

// takeAccount reads the posted account.
func (v *visit) takeAccount(a org.Account) (org.Account, page.Mistakes) {
	var wrong page.Mistakes
	a.Facility = v.facility.ID
	a.BankBIN, a.Number, a.Holder, a.VAPrefix, a.IsDefault = v.field("bank_bin"), v.field("number"), v.field("holder"), v.field("va_prefix"), v.field("is_default") != ""
	var err error
	if a.ValidFrom, err = dateField(v, "valid_from"); err != nil {
		wrong.Add("valid_from", fmt.Sprintf("“%.20s” không phải là ngày. Nhập ngày, ví dụ %s", v.field("valid_from"), v.today.VN()))
	}
	a.VALength = 0
	if t := v.field("va_length"); t != "" {
		if a.VALength, err = strconv.Atoi(t); err != nil {
			wrong.Add("va_length", "Số chữ số là một số, ví dụ 12")
		}
	}
	return a, wrong
}

// createAccount answers POST /desk/co-so/tai-khoan/moi.
func (f *face) createAccount(v *visit) error {
	return f.saveAccount(v, org.Account{Status: org.AccountActive}, func(a org.Account) (org.Account, error) {
		return f.Org.CreateAccount(v.r.Context(), v.subject.Actor(), a)
	})
}

// updateAccount answers POST /desk/co-so/tai-khoan/{account}.
func (f *face) updateAccount(v *visit) error {
	var a org.Account
	if err := v.view(func(tx *db.Tx) (err error) { a, err = v.ownAccount(tx); return err }); err != nil {
		return err
	}
	return f.saveAccount(v, a, func(a org.Account) (org.Account, error) {
		return f.Org.UpdateAccount(v.r.Context(), v.subject.Actor(), a)
	})
}

func (f *face) saveAccount(v *visit, old org.Account, save func(org.Account) (org.Account, error)) error {
	if err := v.form(); err != nil {
		return err
	}
	a, wrong := v.takeAccount(old)
	if len(wrong) > 0 {
		return f.accountPage(v, unprocessable, a, wrong, nil)
	}
	saved, err := save(a)
	if m, ok := faultsOf(err); ok {
		return f.accountPage(v, unprocessable, a, m, nil)
	}
	if err != nil {
		return refused(err, func(status int, n page.Notice) error { return f.accountPage(v, status, a, nil, &n) })
	}
	return v.goTo("/desk/co-so", "Đã lưu tài khoản "+saved.Number, "")
}

// closeAccount answers POST /desk/co-so/tai-khoan/{account}/dong.
func (f *face) closeAccount(v *visit) error {
	var a org.Account
	if err := v.view(func(tx *db.Tx) (err error) { a, err = v.ownAccount(tx); return err }); err != nil {
		return err
	}
	err := f.Org.CloseAccount(v.r.Context(), v.subject.Actor(), a.ID, v.today)
	if err != nil {
		return refused(err, func(status int, n page.Notice) error { return f.accountPage(v, status, a, nil, &n) })
	}
	return v.goTo("/desk/co-so", "Đã đóng tài khoản "+a.Number, "")
}
