package desk

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/sen-platform/sen/internal/access"
	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/web/page"
)

// patience is how long a post waits for its work before it shows the page with the progress.
const patience = 1500 * time.Millisecond

// running is the page of a round on which something runs.
func running(view roundView, at string, c *chart, j *job) roundView {
	done, total := j.state()
	view.Running, view.Lead = true, "Đóng trang này cũng được, máy vẫn chạy tiếp."
	view.Sofar = fmt.Sprintf("%s: đã xong %s", j.what, page.Count(int64(done)))
	if total > 0 {
		view.Sofar = ""
		view.Progress = &page.Progress{Label: j.what, Note: fmt.Sprintf("%s trên %s", page.Count(int64(done)), page.Count(int64(total))), Done: int64(done), Total: int64(total), Work: true}
	}
	view.Live = page.Live{Target: "dot", Events: at + "/tien-do", Poll: at + "/tien-do?doc=1", Version: jobVersion(j), Say: j.what + ": " + page.Count(int64(done))}
	return view
}

// jobVersion changes as a work goes on; "xong" when none runs.
func jobVersion(j *job) string {
	if j == nil {
		return "xong"
	}
	done, _ := j.state()
	return "chay-" + strconv.Itoa(done)
}

// streamProgress answers GET /desk/dot-thu/{round}/tien-do: server-sent events while a work
// runs; with ?doc=1 the version alone.
func (f *face) streamProgress(v *visit) error {
	var r bill.Round
	if err := v.view(func(tx *db.Tx) (err error) { r, err = v.round(tx, access.ViewBills); return err }); err != nil {
		return err
	}
	page.Headers(v.w.Header(), false)
	if v.query("doc") != "" || !f.streams.take() {
		v.w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = fmt.Fprint(v.w, jobVersion(f.jobs.of(r.ID))) // the reader may have gone
		return nil
	}
	defer f.streams.leave()
	v.w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
	v.w.Header().Set("X-Accel-Buffering", "no")
	ctl := http.NewResponseController(v.w)
	tick := time.NewTicker(f.calm)
	defer tick.Stop()
	for shown := ""; ; {
		now := jobVersion(f.jobs.of(r.ID))
		if now != shown {
			shown = now
			if err := ctl.SetWriteDeadline(time.Now().Add(2 * f.beat)); err != nil && !errors.Is(err, http.ErrNotSupported) {
				return nil // the reader has gone
			}
			if _, err := fmt.Fprintf(v.w, "event: changed\ndata: %s\n\n", now); err != nil || ctl.Flush() != nil {
				return nil // the reader has gone
			}
		}
		if now == jobVersion(nil) {
			return nil
		}
		select {
		case <-v.r.Context().Done():
			return nil
		case <-tick.C:
		}
	}
}

// importWorkbook answers POST /desk/dot-thu/{round}/nhap.
func (f *face) importWorkbook(v *visit) error {
	var r bill.Round
	if err := v.view(func(tx *db.Tx) (err error) { r, err = v.round(tx, access.EditBills); return err }); err != nil {
		return err
	}
	name, body, err := v.upload("tep")
	if err != nil {
		return refused(err, func(_ int, n page.Notice) error { return f.roundPage(v, unprocessable, nil, &n) })
	}
	return f.takeWorkbook(v, r, name, body, nil)
}

// takeWorkbook reads a workbook into drafts. Nothing goes out to anybody: that is for the
// publish button. A workbook whose columns are not clear is kept until a person named them.
func (f *face) takeWorkbook(v *visit, r bill.Round, name string, body []byte, choices []bill.Choice) error {
	at := "/desk/dot-thu/" + r.ID.String()
	ctx, by := v.lasting(), v.user.ID
	var res *bill.ImportResult // of this work, read after its end
	f.uploads.drop(r.ID)
	j, fresh := f.jobs.start(r.ID, "Đang đọc "+name, 0, func(progress func(int)) error {
		got, err := f.Bills.Import(ctx, r.ID, bill.Bytes(name, body), bill.ImportOptions{Choices: choices, By: by, Progress: progress})
		if err != nil {
			return err
		}
		if got.Blocked() {
			f.uploads.keep(r.ID, name, body)
		}
		res = got
		return nil
	})
	if !fresh {
		return v.goTo(at, "Đợt thu đang chạy việc khác, chờ xong rồi tải bảng lên", "")
	}
	if !j.wait(patience) {
		return v.goTo(at, "", "")
	}
	if err := f.jobs.failed(r.ID); err != nil {
		return refused(err, func(_ int, n page.Notice) error { return f.roundPage(v, unprocessable, nil, &n) })
	}
	if res.Blocked() {
		return v.goTo(at+"/cot", "", "")
	}
	return v.goTo(at, importSaid(res), "")
}

// importSaid is what a workbook did, in one line.
func importSaid(res *bill.ImportResult) string {
	if res.AlreadyThere {
		return "Bảng này đã tải lên rồi, không có gì đổi"
	}
	said := fmt.Sprintf("Đã đọc %s: %s mới", count(res.Rows, "dòng"), count(res.Created, "phiếu"))
	if res.Updated > 0 {
		said += ", " + count(res.Updated, "phiếu đổi")
	}
	if res.Bad > res.Skipped {
		said += ", " + count(res.Bad-res.Skipped, "dòng cần sửa")
	}
	return said
}

type columnsView struct {
	page.Chrome
	Notice   *page.Notice
	Crumbs   []page.Link
	Name     string
	Problems []bill.Problem
	Sheets   []sheetView
	Action   string
	Back     page.Link
}

type sheetView struct {
	Name, Note string
	Columns    []columnView
}

type columnView struct {
	Key              string // of its fields in the form
	Ref, Header, Why string
	Old              string
	Unclear          bool
	Field, Kind      page.Select
}

// reading is a workbook's mapping with where its bytes are.
type reading struct {
	name     string
	body     []byte
	mapping  bill.Mapping
	problems []bill.Problem
	kinds    []org.FeeKind
}

// fileGone: a workbook that waited was not kept for ever.
const fileGone = "Tệp không còn giữ ở đây, chọn lại tệp rồi tải lên"

// readColumns finds the workbook whose columns are asked about: one that waits, else the one
// imported last.
func (f *face) readColumns(v *visit, r bill.Round) (reading, error) {
	var out reading
	name, body, waits := f.uploads.find(r.ID)
	if waits {
		res, err := f.Bills.Import(v.r.Context(), r.ID, bill.Bytes(name, body), bill.ImportOptions{DryRun: true})
		if err != nil {
			return out, err
		}
		out = reading{name: name, body: body, mapping: res.Mapping, problems: res.Problems}
	}
	return out, v.view(func(tx *db.Tx) error {
		var err error
		if out.kinds, err = org.FeeKinds(tx, v.facility.Sector, v.today); err != nil || waits {
			return err
		}
		imports, err := bill.Imports(tx, r.ID)
		if err != nil {
			return err
		}
		if len(imports) == 0 {
			return db.ErrNotFound
		}
		out.mapping = imports[0].Result.Mapping
		out.name, out.body, err = bill.ImportBody(tx, imports[0].ID)
		return err
	})
}

// showColumns answers GET /desk/dot-thu/{round}/cot: how each column is read, and why.
func (f *face) showColumns(v *visit) error {
	var r bill.Round
	if err := v.view(func(tx *db.Tx) (err error) { r, err = v.round(tx, access.EditBills); return err }); err != nil {
		return err
	}
	at := "/desk/dot-thu/" + r.ID.String()
	in, err := f.readColumns(v, r)
	if errors.Is(err, db.ErrNotFound) {
		return v.goTo(at, fileGone, "")
	}
	if err != nil {
		return err
	}
	view := columnsView{
		Chrome: v.chrome("Cách đọc cột"), Name: in.name, Problems: in.problems, Action: at + "/cot",
		Crumbs: []page.Link{{Text: "Đợt thu", Href: "/desk/dot-thu"}, {Text: r.Name, Href: at}, {Text: "Cách đọc cột"}}, Back: page.Link{Text: "Giữ nguyên", Href: at, Class: "btn--quiet"},
	}
	for n, s := range in.mapping.Sheets {
		sheet := sheetView{Name: s.Sheet}
		switch {
		case s.Skipped != "":
			sheet.Note = "Không đọc: " + s.Skipped
		case s.Class != "":
			sheet.Note = fmt.Sprintf("Tiêu đề ở dòng %d. %s %s, đọc từ %s.", s.HeaderRows[1], classWord(v.facility), s.Class, s.ClassFrom)
		default:
			sheet.Note = fmt.Sprintf("Tiêu đề ở dòng %d.", s.HeaderRows[1])
		}
		for _, col := range s.Columns {
			sheet.Columns = append(sheet.Columns, drawColumn(n, col, in))
		}
		view.Sheets = append(view.Sheets, sheet)
	}
	return v.render(http.StatusOK, "columns", view)
}

// oldChoice is how a column is read now, so that only what a person changes is remembered.
func oldChoice(c bill.Column) string { return string(c.Field) + "|" + c.FeeKind.String() }

func drawColumn(sheet int, c bill.Column, in reading) columnView {
	key := fmt.Sprintf("%d-%d", sheet, c.Col)
	out := columnView{
		Key: key, Ref: c.Ref, Header: c.Header, Why: c.Why, Old: oldChoice(c),
		Unclear: slices.ContainsFunc(in.problems, func(p bill.Problem) bool { return p.Cell == c.Ref && p.Sheet == in.mapping.Sheets[sheet].Sheet }),
	}
	out.Field = page.Select{Name: "la-" + key, Label: "Cột " + c.Ref + " là", Options: []page.Option{{Value: "", Text: "Chưa biết", Selected: c.Field == bill.FieldUnknown}}}
	for _, f := range bill.Fields() {
		out.Field.Options = append(out.Field.Options, page.Option{Value: string(f), Text: f.Label(), Selected: f == c.Field})
	}
	out.Kind = page.Select{Name: "khoan-" + key, Label: "Khoản thu của cột " + c.Ref, Options: []page.Option{{Text: "không có"}}}
	add := func(k org.FeeKind) {
		out.Kind.Options = append(out.Kind.Options, page.Option{Value: k.ID.String(), Text: k.Name, Selected: k.ID == c.FeeKind})
	}
	for _, g := range c.Guesses { // the likeliest first
		for _, k := range in.kinds {
			if k.ID == g {
				add(k)
			}
		}
	}
	for _, k := range in.kinds {
		if !slices.Contains(c.Guesses, k.ID) {
			add(k)
		}
	}
	return out
}

// chooseColumns answers POST /desk/dot-thu/{round}/cot: the workbook is read again with a
// person's words on its columns, which the facility's next import remembers.
func (f *face) chooseColumns(v *visit) error {
	if err := v.form(); err != nil {
		return err
	}
	var r bill.Round
	if err := v.view(func(tx *db.Tx) (err error) { r, err = v.round(tx, access.EditBills); return err }); err != nil {
		return err
	}
	in, err := f.readColumns(v, r)
	if errors.Is(err, db.ErrNotFound) {
		return v.goTo("/desk/dot-thu/"+r.ID.String(), fileGone, "")
	}
	if err != nil {
		return err
	}
	var choices []bill.Choice
	for n, s := range in.mapping.Sheets {
		for _, c := range s.Columns {
			key := fmt.Sprintf("%d-%d", n, c.Col)
			if _, there := v.r.PostForm["la-"+key]; !there {
				continue
			}
			kind, _ := id.Parse[id.FeeKind](v.field("khoan-" + key)) // none: not a fee
			choice := bill.Choice{Header: c.Header, Field: bill.Field(v.field("la-" + key)), FeeKind: kind}
			if choice.Field != bill.FieldUnknown && !slices.Contains(bill.Fields(), choice.Field) {
				continue
			}
			if kind != 0 && choice.Field == bill.FieldUnknown {
				choice.Field = bill.FieldFee // who names the fee kind means the fee
			}
			if string(choice.Field)+"|"+kind.String() == oldChoice(c) {
				continue
			}
			if twice(s.Columns, c) {
				choice.Ref = c.Ref
			}
			choices = append(choices, choice)
		}
	}
	return f.takeWorkbook(v, r, in.name, in.body, choices)
}

// twice reports whether another column has the same header, so that a choice must name its cell.
func twice(columns []bill.Column, c bill.Column) bool {
	return slices.ContainsFunc(columns, func(o bill.Column) bool { return o.Col != c.Col && o.Header == c.Header })
}

// sendWorkbook answers GET /desk/dot-thu/{round}/tep/{file}: the workbook as it came.
func (f *face) sendWorkbook(v *visit) error {
	file, err := pathID[id.File](v, "file")
	if err != nil {
		return err
	}
	var name string
	var body []byte
	err = v.view(func(tx *db.Tx) error {
		r, err := v.round(tx, access.ViewBills)
		if err != nil {
			return err
		}
		imports, err := bill.Imports(tx, r.ID)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(imports, func(m bill.ImportRecord) bool { return m.ID == file }) {
			return db.ErrNotFound
		}
		name, body, err = bill.ImportBody(tx, file)
		return err
	})
	if err != nil {
		return err
	}
	return v.send("application/octet-stream", name, body)
}
