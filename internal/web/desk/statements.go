package desk

import (
	"fmt"
	"net/http"
	"sync"

	"github.com/sen-platform/sen/internal/access"
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/web/page"
)

type statementsView struct {
	page.Chrome
	Notice  *page.Notice
	File    *page.File
	Running *page.Progress
	Last    *page.Table
	History *page.Table
	Empty   *page.Empty
	Pager   *page.Pager
}

const statementsPerPage = 40

// listStatements answers GET /desk/sao-ke: where bank and book stand, and what was imported.
func (f *face) listStatements(v *visit) error { return f.statementsPage(v, http.StatusOK, nil) }

func (f *face) statementsPage(v *visit, status int, notice *page.Notice) error {
	var last, list []collect.StatementRecord
	var before int64
	if file, err := id.Parse[id.File](v.query("sau")); err == nil {
		before = int64(file)
	}
	err := v.view(func(tx *db.Tx) error {
		var err error
		if last, err = collect.LastStatements(tx, v.facility.ID, v.today); err != nil {
			return err
		}
		list, err = collect.StatementsOf(tx, v.facility.ID, before, statementsPerPage+1)
		return err
	})
	if err != nil {
		return err
	}
	view := statementsView{Chrome: v.chrome("Đối soát sao kê"), Notice: notice}
	if v.can(access.ImportStatement) {
		view.File = &page.File{Name: "tep", Label: "Tệp sao kê", Hint: "Excel, CSV, MT940, camt.053… như ngân hàng gửi, không cần sửa. Nhập trùng hay chồng ngày cũng không ghi hai lần. Nhiều nhất 64 MB.", Accept: ".xlsx,.xls,.csv,.txt,.sta,.mt940,.xml,.html"}
	}
	if len(last) > 0 {
		t := agreementTable(last, v.today)
		view.Last = &t
	}
	if len(list) == 0 {
		view.Empty = &page.Empty{Icon: "balance", Title: "Chưa nhập sao kê nào", Note: "Sao kê chứng minh sổ đúng với ngân hàng, và bù các khoản mà kênh báo có bỏ sót."}
		return v.render(status, "statements", view)
	}
	next := ""
	if len(list) > statementsPerPage {
		list = list[:statementsPerPage]
		next = id.File(list[statementsPerPage-1].ID).String()
	}
	view.Pager = v.nextPage("sau", next, "Mỗi trang "+count(statementsPerPage, "sao kê"))
	t := page.Table{Caption: "Sao kê đã nhập", Slips: true, Columns: []page.Column{{Head: "Tệp", Long: true}, {Head: "Tài khoản", Tight: true}, {Head: "Từ ngày đến ngày", Tight: true}, {Head: "Tiền vào", Number: true}, {Head: "Tiền ra", Number: true}, {Head: "Số dư cuối", Number: true}, {Head: "Sổ và ngân hàng"}}}
	for _, s := range list {
		t.Rows = append(t.Rows, page.Row{Cells: []any{
			page.Stacked{Value: page.Link{Text: s.FileName, Href: "/desk/sao-ke/" + s.File.String()}, Note: "nhập lúc " + shortTime(s.ImportedAt, v.today)},
			s.Number, span(s),
			page.Stacked{Value: s.CreditSum, Note: count(s.Credits, "dòng")},
			page.Stacked{Value: s.DebitSum, Note: count(s.Debits, "dòng")},
			closing(s), agreement(s, v.today),
		}})
	}
	view.History = &t
	return v.render(status, "statements", view)
}

func span(s collect.StatementRecord) any {
	switch {
	case s.From == "" && s.To == "":
		return "không ghi"
	case s.From == s.To, s.From == "":
		return s.To
	}
	return page.HTMLf("%s đến %s", s.From, s.To)
}

func closing(s collect.StatementRecord) any {
	if s.Closing == nil {
		return "không có"
	}
	return *s.Closing
}

// agreement says whether the bank's closing balance is the book's, as the book is now.
func agreement(s collect.StatementRecord, today clock.Date) page.Tag {
	switch d := s.Difference(); {
	case d == nil:
		return page.Tag{Text: "Không có số dư để so"}
	case *d == 0:
		return page.Tag{Text: "Khớp", Icon: "check"}
	case s.To >= today:
		return page.Tag{Text: "Chưa hết ngày, lệch " + off(*d)}
	default:
		return page.Tag{State: page.Need, Text: "Lệch " + off(*d)}
	}
}

func agreementTable(last []collect.StatementRecord, today clock.Date) page.Table {
	t := page.Table{Caption: "Sổ và ngân hàng", Slips: true, Columns: []page.Column{{Head: "Tài khoản"}, {Head: "Đến hết ngày", Tight: true}, {Head: "Ngân hàng", Number: true}, {Head: "Sổ", Number: true}, {Head: "So"}}}
	for _, s := range last {
		t.Rows = append(t.Rows, page.Row{Cells: []any{page.Link{Text: s.Number, Href: "/desk/sao-ke/" + s.File.String()}, s.To, closing(s), s.Book, agreement(s, today)}})
	}
	return t
}

// results keeps what imports of this process said, for the page that follows: refused and
// skipped lines stand in no table.
type results struct {
	mu  sync.Mutex
	all map[id.File]collect.Import
}

// resultsKept bounds how many imports are remembered.
const resultsKept = 200

func (r *results) keep(imp collect.Import) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.all) >= resultsKept {
		oldest := imp.File
		for f := range r.all {
			oldest = min(oldest, f)
		}
		delete(r.all, oldest)
	}
	for i := range imp.Parts {
		imp.Parts[i].Credits = nil // read from the store when needed
	}
	r.all[imp.File] = imp
}

func (r *results) of(f id.File) (collect.Import, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	imp, ok := r.all[f]
	return imp, ok
}

// importStatement answers POST /desk/sao-ke. The request waits for the end: at most 300,000
// lines, and an import that breaks off is simply sent again.
func (f *face) importStatement(v *visit) error {
	again := func(_ int, n page.Notice) error { return f.statementsPage(v, unprocessable, &n) }
	name, body, err := v.upload("tep")
	if err != nil {
		return refused(err, again)
	}
	imp, err := f.Collect.ImportStatement(v.lasting(), v.actor(), v.facility.ID, name, body, nil)
	if err != nil {
		return refused(err, again)
	}
	f.results.keep(imp)
	said := "Đã đọc " + imp.Name
	if imp.Again {
		said = "Tệp này đã nhập từ trước, không ghi gì hai lần"
	}
	return v.goTo("/desk/sao-ke/"+imp.File.String(), said, "")
}

type statementView struct {
	page.Chrome
	Crumbs  []page.Link
	Heading string
	Facts   []page.Pair
	Save    page.Link
	Sheets  []statementSheet
	Notices []collect.Notice
}

// statementSheet is one statement of a file.
type statementSheet struct {
	Heading  string
	Edge     string
	Tag      page.Tag
	Lead     string
	Stats    []page.Stat
	Balance  *page.Lines
	Problems []collect.Notice
	Skipped  []collect.Notice
	Next     []page.Link
}

// showStatement answers GET /desk/sao-ke/{file}: what a file held and what became of it.
func (f *face) showStatement(v *visit) error {
	var file collect.StatementFile
	var list []collect.StatementRecord
	var by map[id.Account]collect.FileCredits
	var people map[id.User]string
	err := v.view(func(tx *db.Tx) error {
		var err error
		if file, list, err = v.statementFile(tx); err != nil {
			return err
		}
		if by, err = collect.CreditsOfFile(tx, v.facility.ID, file.ID); err != nil {
			return err
		}
		people, err = staff(tx, v.facility.ID)
		return err
	})
	if err != nil {
		return err
	}
	imp, fresh := f.results.of(file.ID)
	view := statementView{
		Chrome: v.chrome("Sao kê " + file.Name), Heading: file.Name, Crumbs: []page.Link{{Text: "Đối soát sao kê", Href: "/desk/sao-ke"}, {Text: file.Name}},
		Save: page.Link{Text: "Tải tệp gốc", Href: "/desk/sao-ke/" + file.ID.String() + "/tep", Icon: "down", Save: true}, Notices: imp.Notices,
	}
	view.Facts = []page.Pair{
		{Label: "Nhập lúc", Value: file.At, Note: people[file.By]},
		{Label: "Dạng tệp", Value: file.Format, Note: fmt.Sprintf("%s byte", page.Count(file.Size))},
		{Label: "Dấu vân tay (SHA-256)", Value: page.HTMLf(`<span class="note">%s</span>`, breakable(file.SHA256))},
	}
	seen := map[id.Account]bool{}
	for _, s := range list {
		sheet := sheetOf(v, s)
		if !seen[s.Account] { // figures by account: a file may hold several days of one
			seen[s.Account] = true
			c := by[s.Account]
			known := -c.Posted
			for _, o := range list {
				if o.Account == s.Account {
					known += o.Credits
				}
			}
			sheet.Stats = []page.Stat{
				{Label: "Ghi sổ mới", Value: count(c.Posted, "khoản"), Note: c.Amount},
				{Label: "Đã biết từ trước", Value: count(max(known, 0), "khoản"), Note: "không ghi lần nữa"},
				{Label: "Chờ xử lý", Value: count(c.Waiting, "khoản"), Note: c.Held, State: needIf(c.Waiting > 0)},
				{Label: "Tiền ra", Value: count(s.Debits, "dòng"), Note: s.DebitSum},
			}
			if c.Waiting > 0 {
				sheet.Next = append(sheet.Next, page.Link{Text: "Xử lý các khoản chờ", Href: "/desk/cho-xu-ly"})
			}
		}
		for _, p := range imp.Parts {
			if p.Account == s.Account && p.From == s.From && p.To == s.To {
				sheet.Skipped = p.Skipped
			}
		}
		view.Sheets = append(view.Sheets, sheet)
	}
	if fresh {
		view.Sheets = append(view.Sheets, unknownSheets(imp)...)
	}
	return v.render(http.StatusOK, "statement", view)
}

// statementFile reads the file in the address: one this facility imported, or one that holds
// statements of its accounts.
func (v *visit) statementFile(tx *db.Tx) (collect.StatementFile, []collect.StatementRecord, error) {
	key, err := pathID[id.File](v, "file")
	if err != nil {
		return collect.StatementFile{}, nil, err
	}
	file, err := collect.StatementFileByID(tx, key)
	if err != nil {
		return file, nil, err
	}
	list, err := collect.StatementsOfFile(tx, v.facility.ID, key)
	if err == nil && len(list) == 0 && !v.mine(access.ViewCredits, file.Facility) {
		err = db.ErrNotFound
	}
	return file, list, err
}

func needIf(yes bool) page.State {
	if yes {
		return page.Need
	}
	return page.Plain
}

func sheetOf(v *visit, s collect.StatementRecord) statementSheet {
	out := statementSheet{Heading: "Tài khoản " + s.Number, Tag: agreement(s, v.today), Problems: s.Notices}
	if s.From != "" && s.To != "" {
		out.Lead = fmt.Sprintf("Từ %s đến %s.", s.From.VN(), s.To.VN())
	}
	if s.ClosesDay {
		out.Lead += " Sao kê đủ số dư, khóa được sổ các ngày này."
	}
	if s.Closing != nil {
		d := *s.Difference()
		lines := &page.Lines{Caption: "Ngân hàng và sổ", Rows: []page.Line{{Label: "Số dư cuối của ngân hàng", Note: s.To.VN(), Value: *s.Closing}, {Label: "Số dư trên sổ cùng ngày", Value: s.Book}}, Total: &page.Line{Label: "Lệch", Value: off(d)}}
		if s.Opening != nil {
			lines.Rows = append([]page.Line{{Label: "Số dư đầu của ngân hàng", Note: s.From.VN(), Value: *s.Opening}}, lines.Rows...)
		}
		out.Balance = lines
		switch {
		case d != 0 && s.To >= v.today:
			out.Lead += " Ngày này chưa hết: tiền về sau lúc lấy sao kê thì sổ đã có mà sao kê chưa có. Nhập sao kê cả ngày vào hôm sau để so."
		case d > 0:
			out.Edge = "sheet--wait"
			out.Lead += fmt.Sprintf(" Ngân hàng có nhiều hơn sổ %s: còn dòng chưa ghi. Nhập sao kê các ngày trước, hoặc xem các dòng bị bỏ qua bên dưới.", d)
		case d < 0:
			out.Edge = "sheet--wait"
			out.Lead += fmt.Sprintf(" Sổ có nhiều hơn ngân hàng %s: có khoản đã ghi mà ngân hàng không thấy, hoặc tiền ra chưa nhập. Đối chiếu từng khoản của ngày này.", -d)
		}
		if d != 0 && s.To != "" {
			out.Next = append(out.Next, page.Link{Text: "Xem tiền về các ngày này", Href: with("/desk/tien-ve", "tu", dayOr(s.From, s.To).VN(), "den", s.To.VN())})
		}
	}
	return out
}

func dayOr(d, otherwise clock.Date) clock.Date {
	if d == "" {
		return otherwise
	}
	return d
}

// unknownSheets are statements of the file whose account is registered nowhere: nothing of
// them was booked.
func unknownSheets(imp collect.Import) []statementSheet {
	var out []statementSheet
	for _, p := range imp.Parts {
		if p.Account == 0 {
			out = append(out, statementSheet{Heading: "Tài khoản " + p.Number, Edge: "sheet--wait", Tag: page.Tag{State: page.Need, Text: "Chưa ghi sổ"}, Lead: count(p.Refused, "dòng") + " chưa ghi.", Problems: p.Notices})
		}
	}
	return out
}

// sendStatement answers GET /desk/sao-ke/{file}/tep: the file as it came.
func (f *face) sendStatement(v *visit) error {
	var file collect.StatementFile
	var body []byte
	err := v.view(func(tx *db.Tx) error {
		var err error
		if file, _, err = v.statementFile(tx); err != nil {
			return err
		}
		// Another facility's lines may stand in the same file: only who imported it gets it whole.
		if !v.mine(access.ViewCredits, file.Facility) {
			return db.ErrNotFound
		}
		body, err = collect.StatementBody(tx, file.ID)
		return err
	})
	if err != nil {
		return err
	}
	return v.send("application/octet-stream", file.Name, body)
}
