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
	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/vn"
	"github.com/sen-platform/sen/internal/web/page"
)

type roundsView struct {
	page.Chrome
	New    *page.Link
	Rounds *page.Table
	Empty  *page.Empty
	Pager  *page.Pager
}

const roundsPerPage = 30

// listRounds answers GET /desk/dot-thu.
func (f *face) listRounds(v *visit) error {
	var rounds []bill.Round
	var sums map[id.Round]bill.ClassCount
	var open map[id.Round]int
	before, _ := id.Parse[id.Round](v.query("sau")) // what is none begins the list anew
	err := v.view(func(tx *db.Tx) error {
		var err error
		if rounds, err = bill.Rounds(tx, v.facility.ID, before, roundsPerPage+1); err != nil {
			return err
		}
		ids := make([]id.Round, len(rounds))
		for i, r := range rounds {
			ids[i] = r.ID
		}
		if sums, err = collect.RoundSums(tx, ids); err != nil {
			return err
		}
		open, err = collect.OpenRowsOf(tx, v.facility.ID)
		return err
	})
	if err != nil {
		return err
	}
	view := roundsView{Chrome: v.chrome("Đợt thu")}
	if v.can(access.EditBills) {
		view.New = &page.Link{Text: "Mở đợt thu", Href: "/desk/dot-thu/moi", Icon: "plus", Class: "btn--main"}
	}
	if len(rounds) == 0 {
		view.Empty = &page.Empty{Icon: "file", Title: "Chưa có đợt thu nào", Note: "Một đợt thu là một lần phát hành phiếu cho nhiều người, từ bảng Excel của kế toán."}
		return v.render(http.StatusOK, "rounds", view)
	}
	next := ""
	if len(rounds) > roundsPerPage {
		rounds = rounds[:roundsPerPage]
		next = rounds[roundsPerPage-1].ID.String()
	}
	view.Pager = v.nextPage("sau", next, "Mỗi trang "+count(roundsPerPage, "đợt"))
	t := page.Table{Caption: "Đợt thu", Slips: true, Columns: []page.Column{
		{Head: "Đợt thu"}, {Head: "Hạn trả", Tight: true}, {Head: "Phiếu", Number: true}, {Head: "Đã phát hành", Number: true}, {Head: "Đã nhận", Number: true}, {Head: "Tình trạng"},
	}}
	for _, r := range rounds {
		s := sums[r.ID]
		t.Rows = append(t.Rows, page.Row{Cells: []any{
			page.Link{Text: r.Name, Href: "/desk/dot-thu/" + r.ID.String()},
			r.DueOn, s.Drafts + s.Issued, s.IssuedAmount,
			page.Stacked{Value: s.PaidAmount, Note: paidShare(s)},
			roundTag(r, open[r.ID]),
		}})
	}
	view.Rounds = &t
	return v.render(http.StatusOK, "rounds", view)
}

func paidShare(s bill.ClassCount) string {
	if s.Issued == 0 {
		return ""
	}
	return page.Percent(int64(s.Paid), int64(s.Issued)) + " số phiếu"
}

func roundTag(r bill.Round, openRows int) page.Tag {
	if openRows > 0 {
		return page.Tag{State: page.Need, Text: count(openRows, "dòng cần sửa")}
	}
	return page.Tag{Text: r.State.Label()}
}

// maxShares is how many instalments the form of a round offers.
const maxShares = 4

// roundForm is a round as typed.
type roundForm struct {
	wrong page.Mistakes
	value map[string]string
}

var roundFields = map[string]string{
	"/name": "ten", "/period": "ky", "/due_on": "han", "/expires_on": "het-han", "/account": "tai-khoan", "/part_payment": "tra-phan",
	"/plan": "tra-phan", "/previous": "dot-truoc", "/facility": "ten",
}

func (v *visit) takeRound() roundForm {
	f := roundForm{value: map[string]string{}}
	for _, name := range roundFields {
		f.value[name] = v.field(name)
	}
	for i := range maxShares {
		for _, name := range []string{"ty-le", "han-dot"} {
			key := fmt.Sprintf("%s-%d", name, i)
			f.value[key] = v.field(key)
		}
	}
	return f
}

func roundFormOf(r bill.Round) roundForm {
	f := roundForm{value: map[string]string{"ten": r.Name, "ky": r.Period, "han": r.DueOn.VN(), "het-han": r.ExpiresOn.VN(), "tra-phan": string(r.PartPayment)}}
	if r.Account != 0 {
		f.value["tai-khoan"] = r.Account.String()
	}
	if r.Previous != 0 {
		f.value["dot-truoc"] = r.Previous.String()
	}
	for i, s := range r.Plan {
		f.value[fmt.Sprintf("ty-le-%d", i)], f.value[fmt.Sprintf("han-dot-%d", i)] = strconv.FormatInt(s.Weight, 10), s.DueOn.VN()
	}
	return f
}

// date reads a date of the form; what is none is noted as a mistake.
func (f *roundForm) date(name, label string) clock.Date {
	t := f.value[name]
	if t == "" {
		return ""
	}
	d, err := vn.ParseDate(t)
	if err != nil {
		f.wrong.Add(name, fmt.Sprintf("%s “%.20s” không phải là ngày. Nhập ngày, ví dụ 31/12/2026", label, t))
	}
	return d
}

// round turns what was typed into a round.
func (f *roundForm) round(v *visit) bill.NewRound {
	n := bill.NewRound{Facility: v.facility.ID, Name: f.value["ten"], Period: f.value["ky"], PartPayment: org.PartPayment(f.value["tra-phan"]), By: v.user.ID}
	n.DueOn, n.ExpiresOn = f.date("han", "Hạn trả"), f.date("het-han", "Ngày hết thời hạn")
	n.Account, _ = id.Parse[id.Account](f.value["tai-khoan"])
	n.Previous, _ = id.Parse[id.Round](f.value["dot-truoc"])
	if n.PartPayment != org.Instalments {
		return n
	}
	for i := range maxShares {
		weight, on := fmt.Sprintf("ty-le-%d", i), fmt.Sprintf("han-dot-%d", i)
		if f.value[weight] == "" && f.value[on] == "" {
			continue
		}
		w, err := strconv.ParseInt(strings.TrimSuffix(f.value[weight], "%"), 10, 64)
		if err != nil {
			f.wrong.Add(weight, "Tỷ lệ là số nguyên, ví dụ 50")
		}
		n.Plan = append(n.Plan, bill.Share{Weight: w, DueOn: f.date(on, "Hạn của đợt")})
	}
	return n
}

func (f *roundForm) faults(err error) bool {
	var invalid *bill.Invalid
	if !errors.As(err, &invalid) {
		return false
	}
	for _, one := range invalid.Fields {
		name, ok := roundFields[one.Pointer]
		if parts := strings.Split(one.Pointer, "/"); !ok && len(parts) > 2 {
			name = map[string]string{"plan": "ty-le-", "instalments": "han-dot-"}[parts[1]] + parts[2]
		}
		if name == "" {
			name = "tra-phan"
		}
		f.wrong.Add(name, one.MessageVI)
	}
	return true
}

type roundFormView struct {
	page.Chrome
	Mistakes      page.Mistakes
	Notice        *page.Notice
	Crumbs        []page.Link
	Track         page.Track
	Heading       string
	Action, Send  string
	Main, Dates   []page.Field
	Account       page.Select
	Previous      page.Select
	Parts         page.Select
	Shares        []shareRow
	Back          page.Link
	OpenShares    bool
	HasBills      bool
	FacilityParts string
}

// shareRow is one instalment of the form.
type shareRow struct {
	N            int
	Weight, Date page.Field
}

// roundTrack says where in the task the reader is.
func roundTrack(done int) page.Track {
	return page.Track{Label: "Các bước của đợt thu", Stages: []string{"Đặt tên, hạn trả", "Tải bảng lên", "Kiểm tra", "Phát hành"}, Done: done}
}

// newRound answers GET /desk/dot-thu/moi.
func (f *face) newRound(v *visit) error {
	month := v.today.Time().Format("1/2006")
	form := roundForm{value: map[string]string{"ten": "Đợt thu tháng " + month, "ky": "tháng " + month}}
	return f.roundFormPage(v, http.StatusOK, nil, form, nil)
}

// roundFormPage draws the form of a new round, or of one that is not published yet.
func (f *face) roundFormPage(v *visit, status int, r *bill.Round, form roundForm, notice *page.Notice) error {
	var accounts []org.Account
	var before []bill.Round
	err := v.view(func(tx *db.Tx) error {
		var err error
		if accounts, err = org.AccountsOf(tx, v.facility.ID); err != nil {
			return err
		}
		before, err = bill.Rounds(tx, v.facility.ID, 0, 24)
		return err
	})
	if err != nil {
		return err
	}
	in := func(name, label, hint string, optional bool) page.Field {
		return page.Field{Name: name, Label: label, Hint: hint, Value: form.value[name], Error: form.wrong.At(name), Optional: optional}
	}
	view := roundFormView{
		Chrome: v.chrome("Mở đợt thu"), Mistakes: form.wrong, Notice: notice, Track: roundTrack(0), Heading: "Mở đợt thu", Action: "/desk/dot-thu/moi", Send: "Tiếp tục: tải bảng lên",
		Crumbs: []page.Link{{Text: "Đợt thu", Href: "/desk/dot-thu"}, {Text: "Mở đợt thu"}}, Back: page.Link{Text: "Bỏ, không mở", Href: "/desk/dot-thu", Class: "btn--quiet"},
	}
	if r != nil {
		at := "/desk/dot-thu/" + r.ID.String()
		view.Title, view.Heading, view.Action, view.Send = "Sửa đợt thu", "Sửa "+lowerFirst(r.Name), at+"/sua", "Lưu đợt thu"
		view.Crumbs = []page.Link{{Text: "Đợt thu", Href: "/desk/dot-thu"}, {Text: r.Name, Href: at}, {Text: "Sửa"}}
		view.Back = page.Link{Text: "Giữ nguyên", Href: at, Class: "btn--quiet"}
	}
	view.Invalid = len(form.wrong) > 0
	view.Main = []page.Field{in("ten", "Tên đợt thu", "Người trả đọc tên này trên phiếu, ví dụ “Đợt thu tháng 12/2026”", false), in("ky", "Kỳ thu", "", true)}
	due := in("han", "Hạn trả", "Ngày cuối, ví dụ "+v.today.AddDays(20).VN(), false)
	due.Short = true
	expires := in("het-han", "Hết thời hạn", "Sau ngày này phiếu ghi là quá thời hạn, nhưng vẫn trả được", true)
	expires.Short = true
	view.Dates = []page.Field{due, expires}
	view.Account = accountSelect(accounts, form.value["tai-khoan"], v.today)
	view.Account.Error = form.wrong.At("tai-khoan")
	view.Previous = page.Select{Name: "dot-truoc", Label: "So với đợt trước", Hint: "Để báo em nào vào, em nào ra, số tiền nào đổi", Error: form.wrong.At("dot-truoc"), Options: []page.Option{{Text: "Đợt phát hành gần nhất"}}}
	for _, b := range before {
		if r == nil || b.ID < r.ID {
			view.Previous.Options = append(view.Previous.Options, page.Option{Value: b.ID.String(), Text: b.Name, Selected: b.ID.String() == form.value["dot-truoc"]})
		}
	}
	view.Parts = page.Select{Name: "tra-phan", Label: "Trả từng phần", Error: form.wrong.At("tra-phan"), Options: []page.Option{{Text: "Theo quy định của cơ sở: " + lowerFirst(v.facility.PartPayment.Label())}}}
	for _, p := range []org.PartPayment{org.NoParts, org.FreeParts, org.Instalments} {
		view.Parts.Options = append(view.Parts.Options, page.Option{Value: string(p), Text: p.Label(), Selected: form.value["tra-phan"] == string(p)})
	}
	view.OpenShares = form.value["tra-phan"] == string(org.Instalments)
	for i := range maxShares {
		w := in(fmt.Sprintf("ty-le-%d", i), fmt.Sprintf("Tỷ lệ đợt %d", i+1), "", true)
		d := in(fmt.Sprintf("han-dot-%d", i), fmt.Sprintf("Hạn đợt %d", i+1), "", true)
		w.Short, d.Short = true, true
		view.Shares = append(view.Shares, shareRow{N: i + 1, Weight: w, Date: d})
	}
	return v.render(status, "roundform", view)
}

// createRound answers POST /desk/dot-thu/moi.
func (f *face) createRound(v *visit) error {
	if err := v.form(); err != nil {
		return err
	}
	form := v.takeRound()
	n := form.round(v)
	if len(form.wrong) > 0 {
		return f.roundFormPage(v, unprocessable, nil, form, nil)
	}
	var r bill.Round
	err := f.DB.Update(v.r.Context(), func(tx *db.Tx) error {
		var err error
		if r, err = bill.CreateRound(tx, f.IDs, f.Clock.Now(), n); err != nil {
			return err
		}
		return v.record(tx, "round.create", r.ID.String(), map[string]any{"name": r.Name, "due_on": r.DueOn})
	})
	switch {
	case form.faults(err):
		return f.roundFormPage(v, unprocessable, nil, form, nil)
	case err != nil:
		return refused(err, func(status int, n page.Notice) error { return f.roundFormPage(v, status, nil, form, &n) })
	}
	return v.goTo("/desk/dot-thu/"+r.ID.String(), "", "")
}

// editRound answers GET /desk/dot-thu/{round}/sua.
func (f *face) editRound(v *visit) error {
	var r bill.Round
	if err := v.view(func(tx *db.Tx) (err error) { r, err = v.round(tx, access.EditBills); return err }); err != nil {
		return err
	}
	return f.roundFormPage(v, http.StatusOK, &r, roundFormOf(r), nil)
}

// saveRound answers POST /desk/dot-thu/{round}/sua.
func (f *face) saveRound(v *visit) error {
	if err := v.form(); err != nil {
		return err
	}
	var r bill.Round
	if err := v.view(func(tx *db.Tx) (err error) { r, err = v.round(tx, access.EditBills); return err }); err != nil {
		return err
	}
	form := v.takeRound()
	n := form.round(v)
	if len(form.wrong) > 0 {
		return f.roundFormPage(v, unprocessable, &r, form, nil)
	}
	err := f.DB.Update(v.r.Context(), func(tx *db.Tx) error {
		after, err := bill.EditRound(tx, f.Clock.Now(), r.ID, n)
		if err != nil {
			return err
		}
		return v.record(tx, "round.edit", r.ID.String(), map[string]any{"name": after.Name, "due_on": after.DueOn})
	})
	switch {
	case form.faults(err):
		return f.roundFormPage(v, unprocessable, &r, form, nil)
	case err != nil:
		return refused(err, func(status int, n page.Notice) error { return f.roundFormPage(v, status, &r, form, &n) })
	}
	return v.goTo("/desk/dot-thu/"+r.ID.String(), "Đã lưu "+lowerFirst(n.Name), "")
}
