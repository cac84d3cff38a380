package desk

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/sen-platform/sen/internal/access"
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/doc"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/rail/vietqr"
	"github.com/sen-platform/sen/internal/vn"
	"github.com/sen-platform/sen/internal/web/page"
)

type setupView struct {
	page.Chrome
	Mistakes   page.Mistakes
	Notice     *page.Notice
	Facts      []page.Pair
	Contacts   *page.Table
	NoContacts *page.Empty
	NewContact *page.Link
	Accounts   *page.Table
	NoAccounts *page.Empty
	NewAccount *page.Link
	Posters    []page.Link
	Connect    *page.Link
	Methods    []methodRow
	Ready      page.Tag
	Edits      bool
	Parts      page.Choices
}

// methodRow is one of the four cashless methods with its form.
type methodRow struct {
	Method org.Method
	Name   string
	Tag    page.Tag
	Since  string
	On     bool
	Note   page.Field
}

// showSetup answers GET /desk/co-so: what the facility says of itself.
func (f *face) showSetup(v *visit) error { return f.setupPage(v, http.StatusOK, nil, nil) }

func (f *face) setupPage(v *visit, status int, wrong page.Mistakes, notice *page.Notice) error {
	var contacts []org.Contact
	var accounts []org.Account
	var methods []org.MethodState
	err := v.view(func(tx *db.Tx) error {
		var err error
		if contacts, err = org.ContactsOf(tx, v.facility.ID); err != nil {
			return err
		}
		if accounts, err = org.AccountsOf(tx, v.facility.ID); err != nil {
			return err
		}
		all, err := org.MethodsOf(tx, []id.Facility{v.facility.ID})
		methods = all[v.facility.ID]
		return err
	})
	if err != nil {
		return err
	}
	o := v.facility
	view := setupView{Chrome: v.chrome("Cơ sở"), Mistakes: wrong, Notice: notice, Edits: v.can(access.EditFacility)}
	view.Invalid = len(wrong) > 0
	view.Facts = []page.Pair{
		{Label: "Tên", Value: o.Name, Note: o.Code},
		{Label: "Loại", Value: o.Level.Label()},
		{Label: "Mã số thuế", Value: orNone(o.TaxCode)},
		{Label: "Địa chỉ", Value: orNone(o.Address)},
		{Label: "Điện thoại", Value: orNone(phoneText(o.Phone))},
		{Label: "Giờ làm việc", Value: orNone(o.Hours)},
		{Label: "Tình trạng", Value: o.Status.Label()},
	}
	if v.can(access.ManageHooks) {
		view.Connect = &page.Link{Text: "Mở trang Kết nối", Href: connectPath, Icon: "key"}
	}
	f.fillContacts(v, &view, contacts)
	f.fillAccounts(v, &view, accounts)
	ready := 0
	for _, m := range methods {
		row := methodRow{
			Method: m.Method, Name: m.Method.Label(), On: m.Status == org.MethodConfigured, Tag: page.Tag{Text: m.Status.Label()}, Since: m.Since.VN(),
			Note: page.Field{ID: "ghi-chu-" + string(m.Method), Name: "note", Label: "Ghi chú cho " + m.Method.Label(), Value: m.Note, MaxLength: 300},
		}
		if row.On {
			ready++
			row.Tag.Icon = "check"
		}
		view.Methods = append(view.Methods, row)
	}
	view.Ready = page.Tag{Text: fmt.Sprintf("%d trên 4 cách", ready), Icon: "check"}
	if ready < org.MethodsNeeded {
		view.Ready = page.Tag{State: page.Need, Text: fmt.Sprintf("%d trên 4 cách, cần ít nhất %d", ready, org.MethodsNeeded)}
	}
	view.Parts = page.Choices{Name: "part_payment", Legend: "Phiếu mới cho trả thế nào", One: true, Hint: "Từng đợt thu và từng phiếu vẫn chọn khác được", Error: wrong.At("part_payment")}
	for _, p := range []org.PartPayment{org.NoParts, org.FreeParts, org.Instalments} {
		view.Parts.Items = append(view.Parts.Items, page.Choice{Value: string(p), Text: p.Label(), Checked: p == o.PartPayment})
	}
	return v.render(status, "setup", view)
}

func orNone(s string) string {
	if s == "" {
		return "chưa có"
	}
	return s
}

func (f *face) fillContacts(v *visit, view *setupView, contacts []org.Contact) {
	if view.Edits {
		view.NewContact = &page.Link{Text: "Thêm người hướng dẫn", Href: "/desk/co-so/nguoi/moi", Icon: "plus"}
	}
	if len(contacts) == 0 {
		view.NoContacts = &page.Empty{Icon: "call", Title: "Chưa có người hướng dẫn nào", Note: "Mỗi cơ sở cần một người có tên, có số điện thoại để người trả hỏi (in trên phiếu báo và trang trả tiền)."}
		return
	}
	t := page.Table{Caption: "Người hướng dẫn trả tiền", Slips: true, Columns: []page.Column{{Head: "Họ và tên"}, {Head: "Điện thoại", Tight: true}, {Head: "Giờ làm việc", Long: true}, {Head: "Công khai"}}}
	for _, c := range contacts {
		name := any(c.Name)
		if view.Edits {
			name = page.Link{Text: c.Name, Href: "/desk/co-so/nguoi/" + c.ID.String()}
		}
		open := "chỉ nội bộ"
		if c.Public {
			open = "in trên phiếu báo"
		}
		t.Rows = append(t.Rows, page.Row{Cells: []any{page.Stacked{Value: name, Note: c.Role}, phoneText(c.Phone), c.Hours, open}})
	}
	view.Contacts = &t
}

func (f *face) fillAccounts(v *visit, view *setupView, accounts []org.Account) {
	manages := v.can(access.ManageAccounts)
	if manages {
		view.NewAccount = &page.Link{Text: "Thêm tài khoản", Href: "/desk/co-so/tai-khoan/moi", Icon: "plus"}
	}
	if len(accounts) == 0 {
		view.NoAccounts = &page.Empty{Icon: "bank", Title: "Chưa có tài khoản nhận tiền nào", Note: "Tiền vào thẳng tài khoản của cơ sở, Sen không giữ. Lãnh đạo cơ sở thêm tài khoản ở đây."}
		return
	}
	t := page.Table{Caption: "Tài khoản nhận tiền", Slips: true, Columns: []page.Column{{Head: "Tài khoản"}, {Head: "Chủ tài khoản", Long: true}, {Head: "Số tài khoản ảo"}, {Head: "Tình trạng"}}}
	usable := 0
	for _, a := range accounts {
		name := any(a.Number)
		if manages {
			name = page.Link{Text: a.Number, Href: "/desk/co-so/tai-khoan/" + a.ID.String()}
		}
		tag := page.Tag{Text: a.Status.Label()}
		if a.IsDefault {
			tag = page.Tag{Text: "Tài khoản chính", Icon: "check"}
		}
		virtual := "không có"
		if a.VAPrefix != "" {
			virtual = fmt.Sprintf("%s…, %d số", a.VAPrefix, a.VALength)
		}
		t.Rows = append(t.Rows, page.Row{Cells: []any{page.Stacked{Value: name, Note: bankName(a.BankBIN)}, a.Holder, virtual, tag}})
		if a.Usable(v.today) && vietqr.CheckBank(a.BankBIN) == nil {
			usable++
			view.Posters = append(view.Posters, page.Link{Text: page.HTMLf("Tờ treo: %s %s", bankName(a.BankBIN), a.Number), Href: "/desk/co-so/to-treo.pdf?tk=" + a.ID.String(), Icon: "qr", Save: true})
		}
	}
	if usable > 1 && usable <= doc.MaxPosterAccounts {
		view.Posters = append([]page.Link{{Text: "Tờ treo mọi tài khoản", Href: "/desk/co-so/to-treo.pdf", Icon: "qr", Save: true}}, view.Posters...)
	}
	view.Accounts = &t
}

// faultsOf notes what room org found wrong at the fields of a form; false for other errors.
func faultsOf(err error) (page.Mistakes, bool) {
	var invalid *org.Invalid
	if !errors.As(err, &invalid) {
		return nil, false
	}
	var m page.Mistakes
	for _, p := range invalid.Problems {
		text := p.Label + " " + p.Reason
		if p.Remedy != "" {
			text += ". " + p.Remedy
		}
		m.Add(p.Field, text)
	}
	return m, true
}

// setMethod answers POST /desk/co-so/cach-tra: one of the four methods is ready, or no longer (T8).
func (f *face) setMethod(v *visit) error {
	if err := v.form(); err != nil {
		return err
	}
	m := org.MethodState{Facility: v.facility.ID, Method: org.Method(v.field("method")), Status: org.MethodOff, Since: v.today, Note: v.field("note")}
	if v.field("on") != "" {
		m.Status = org.MethodConfigured
	}
	var before []org.MethodState
	err := v.view(func(tx *db.Tx) error {
		all, err := org.MethodsOf(tx, []id.Facility{v.facility.ID})
		before = all[v.facility.ID]
		return err
	})
	if err != nil {
		return err
	}
	for _, b := range before { // a note is no reason to forget since when
		if b.Method == m.Method && b.Status == m.Status && b.Since != "" {
			m.Since = b.Since
		}
	}
	if err := f.Org.SetMethod(v.r.Context(), v.subject.Actor(), m); err != nil {
		return refused(err, func(_ int, n page.Notice) error { return f.setupPage(v, unprocessable, nil, &n) })
	}
	return v.goTo("/desk/co-so#cach-tra", "Đã lưu: "+m.Method.Label()+", "+lower(m.Status.Label()), "")
}

// setParts answers POST /desk/co-so/tra-phan.
func (f *face) setParts(v *visit) error {
	if err := v.form(); err != nil {
		return err
	}
	o := v.facility
	o.PartPayment = org.PartPayment(v.field("part_payment"))
	_, err := f.Org.UpdateFacility(v.r.Context(), v.subject.Actor(), o)
	if m, ok := faultsOf(err); ok {
		return f.setupPage(v, unprocessable, m, nil)
	}
	if err != nil {
		return refused(err, func(status int, n page.Notice) error { return f.setupPage(v, status, nil, &n) })
	}
	return v.goTo("/desk/co-so#tra-phan", "Đã lưu cách trả từng phần", "")
}

// sendPoster answers GET /desk/co-so/to-treo.pdf: the static VietQR of one account, or of all.
func (f *face) sendPoster(v *visit) error {
	var head letterhead
	if err := v.view(func(tx *db.Tx) (err error) { head, err = v.letterhead(tx); return err }); err != nil {
		return err
	}
	wanted := v.query("tk")
	p := doc.Poster{Payee: head.payee(), Contact: head.help(), LookUp: strings.TrimPrefix(strings.TrimPrefix(f.BaseURL, "https://"), "http://"), NoFee: true, Sample: f.Sample, MadeAt: f.Clock.Now()}
	for _, a := range head.accounts {
		if wanted != "" && a.ID.String() != wanted || vietqr.CheckBank(a.BankBIN) != nil || len(p.Accounts) == doc.MaxPosterAccounts {
			continue
		}
		text, err := vietqr.Transfer{BIN: a.BankBIN, Account: a.Number}.Encode()
		if err != nil {
			return fmt.Errorf("QR of account %s: %w", a.ID, err)
		}
		qr, err := modules(text)
		if err != nil {
			return err
		}
		p.Accounts = append(p.Accounts, doc.PosterAccount{Account: doc.Account{Bank: bankName(a.BankBIN), Number: a.Number, Holder: a.Holder}, QR: qr})
	}
	if len(p.Accounts) == 0 {
		if wanted != "" {
			return db.ErrNotFound
		}
		return errNoAccount
	}
	var out bytes.Buffer
	if err := doc.WritePoster(&out, &p); err != nil {
		return err
	}
	return v.send("application/pdf", "to-treo-ma-qr.pdf", out.Bytes())
}

// dateField reads a date of a form of the setup; "" stays "".
func dateField(v *visit, name string) (clock.Date, error) {
	text := v.field(name)
	if text == "" {
		return "", nil
	}
	return vn.ParseDate(text)
}
