package desk

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/sen-platform/sen/internal/access"
	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/indicator"
	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/rail"
	"github.com/sen-platform/sen/internal/vn"
	"github.com/sen-platform/sen/internal/vnd"
	"github.com/sen-platform/sen/internal/web/page"
)

type roundView struct {
	page.Chrome
	Notice   *page.Notice
	Crumbs   []page.Link
	Track    *page.Track
	Heading  string
	Lead     any
	Live     page.Live
	Running  bool
	Progress *page.Progress // nil while nobody knows how much there is
	Sofar    string
	Upload   *uploadBox
	Columns  *page.Notice // the workbook waits for a person to name its columns
	Stats    []page.Stat
	Fix      *fixBox
	Checks   []page.Notice // what else the last import found
	Vanished *vanishedBox
	Samples  []sampleBill
	Another  string // address of three other samples
	Publish  *publishBox
	Money    *moneyView
	Tools    *roundTools
	Imports  *page.Table
}

// uploadBox is the form that takes a workbook.
type uploadBox struct {
	Action string
	File   page.File
	Again  bool // there are bills already
	Main   bool
}

// sampleBill is a real bill as its payer will see it.
type sampleBill struct {
	Reason, Who string
	Lines       page.Lines
	Facts       []page.Pair
}

// vanishedBox lists bills that the last workbook does not speak of any more.
type vanishedBox struct {
	Action string
	Count  int
	Rows   []vanishedRow
	Drafts bool
}

type vanishedRow struct {
	Bill, Who, Href string
	Total           vnd.Amount
	Draft           bool
}

// roundTools are what can be done with a round besides its main step.
type roundTools struct {
	Notices  []page.Link
	Lists    []page.Link
	Edit     *page.Link
	Take     *takeBox
	Close    *page.Post
	Audience string
}

// takeBox is the form that takes published bills back to drafts.
type takeBox struct {
	Action  string
	Classes page.Select
}

// chart is a round with everything its page shows, read in one snapshot.
type chart struct {
	bill.Round
	wall     []bill.ClassCount
	sum      bill.ClassCount
	openRows int
	issues   []bill.Issue
	imports  []bill.ImportRecord
	diff     bill.Diff
	previous *bill.Round
	before   bill.ClassCount // of the round before
	samples  []bill.Notice
	vanished map[id.Bill]bill.Bill
	methods  map[rail.Method]indicator.Sum
	head     letterhead
}

// Bounds of the round's page.
const (
	issuesShown   = 100
	samplesShown  = 3
	vanishedShown = 50
)

func (v *visit) readChart(tx *db.Tx, a access.Action) (*chart, error) {
	r, err := v.round(tx, a)
	if err != nil {
		return nil, err
	}
	c := &chart{Round: r}
	if c.wall, err = bill.Wall(tx, r.ID); err != nil {
		return nil, err
	}
	c.sum = bill.Sum(c.wall)
	if c.openRows, err = bill.OpenRows(tx, r.ID); err != nil {
		return nil, err
	}
	if c.issues, err = bill.Issues(tx, r.ID, 0, issuesShown); err != nil {
		return nil, err
	}
	if c.imports, err = bill.Imports(tx, r.ID); err != nil {
		return nil, err
	}
	if c.head, err = v.letterhead(tx); err != nil {
		return nil, err
	}
	if c.methods, err = collect.MethodsOfRound(tx, r.ID); err != nil {
		return nil, err
	}
	return c, v.readDrafts(tx, c)
}

// readDrafts reads what only matters while there is something to publish.
func (v *visit) readDrafts(tx *db.Tx, c *chart) error {
	if c.sum.Drafts == 0 && c.openRows == 0 {
		return nil
	}
	var err error
	if c.diff, err = bill.ChangedSince(tx, c.ID, 0); err != nil {
		return err
	}
	if c.Previous != 0 {
		p, err := bill.RoundByID(tx, c.Previous)
		if err != nil {
			return err
		}
		c.previous = &p
		sums, err := collect.RoundSums(tx, []id.Round{p.ID})
		if err != nil {
			return err
		}
		c.before = sums[p.ID]
	}
	draw, _ := strconv.Atoi(v.query("mau")) // what is no number is the first draw
	if c.samples, err = bill.Preview(tx, c.ID, samplesShown, draw); err != nil {
		return err
	}
	if len(c.imports) > 0 {
		var ids []id.Bill
		for _, p := range c.imports[0].Result.Vanished {
			ids = append(ids, p.Bill)
		}
		c.vanished, err = bill.ByIDs(tx, ids)
	}
	return err
}

// showRound answers GET /desk/dot-thu/{round}: the next step of the round, and what there is.
func (f *face) showRound(v *visit) error { return f.roundPage(v, http.StatusOK, nil, nil) }

// roundPage draws a round. typed are corrections that were not good, by number of the issue.
func (f *face) roundPage(v *visit, status int, typed map[int64]string, notice *page.Notice) error {
	var c *chart
	err := v.view(func(tx *db.Tx) (err error) { c, err = v.readChart(tx, access.ViewBills); return err })
	if err != nil {
		return err
	}
	at := "/desk/dot-thu/" + c.ID.String()
	view := roundView{Chrome: v.chrome(c.Name), Notice: notice, Crumbs: []page.Link{{Text: "Đợt thu", Href: "/desk/dot-thu"}, {Text: c.Name}}, Heading: c.Name}
	view.Live = page.Live{Target: "dot"}
	if job := f.jobs.of(c.ID); job != nil {
		return v.render(status, "round", running(view, at, c, job))
	}
	if err := f.jobs.failed(c.ID); err != nil && notice == nil {
		text, ok := explain(err)
		if !ok {
			f.Log.Error("work on a round", "round", c.ID.String(), "err", err)
			text = "Việc vừa chạy bị ngắt giữa chừng. Những gì đã làm xong vẫn còn; làm lại lần nữa, máy làm tiếp từ chỗ dừng."
		}
		view.Notice = &page.Notice{State: page.Danger, Strong: "Chưa làm xong.", Text: text}
	}
	f.fillRound(v, &view, c, typed)
	return v.render(status, "round", view)
}

// fillRound shows what the state of the round asks for.
func (f *face) fillRound(v *visit, view *roundView, c *chart, typed map[int64]string) {
	at := "/desk/dot-thu/" + c.ID.String()
	drafting := c.sum.Drafts > 0 || c.openRows > 0
	edits := v.can(access.EditBills) && c.State != bill.RoundClosed
	view.Lead = page.HTMLf("Hạn trả %s. %s.", c.DueOn, c.PartPayment.Label())
	if _, _, waits := f.uploads.find(c.ID); waits && edits {
		view.Columns = &page.Notice{State: page.Need, Strong: "Có cột chưa rõ là khoản gì.", Text: page.HTMLf(`Bảng chưa nhập dòng nào. <a href="%s/cot">Chọn cho từng cột</a> rồi máy đọc tiếp.`, at)}
	}
	switch {
	case drafting:
		t := roundTrack(2)
		view.Track = &t
		view.Stats = draftStats(v, c)
		view.Fix = v.fixBox(at, c, typed)
		view.Checks = importChecks(v, c)
		view.Vanished = vanishedOf(v, at, c)
		view.Samples = samples(v, c)
		draw, _ := strconv.Atoi(v.query("mau"))
		view.Another = fmt.Sprintf("%s?mau=%d#mau", at, draw+1)
		view.Publish = v.publishBox(at, c)
		view.Heading = c.Name + ": " + count(c.sum.Drafts, "phiếu sẵn sàng")
		if c.openRows > 0 {
			view.Heading = c.Name + ": " + count(c.openRows, "dòng cần sửa")
		}
	case c.sum.Issued == 0 && edits:
		t := roundTrack(1)
		view.Track = &t
	}
	if c.sum.Issued > 0 && v.can(access.ViewFigures) {
		n := &news{rounds: nil, round: &c.Round, wall: c.wall, methods: c.methods}
		view.Money = f.money(v, n)
	}
	if edits {
		view.Upload = &uploadBox{
			Action: at + "/nhap", Again: drafting || c.sum.Issued > 0, Main: !drafting && c.sum.Issued == 0 && view.Columns == nil,
			File: page.File{Name: "tep", Label: "Bảng Excel hoặc CSV", Hint: "Bảng đang dùng hằng tháng là được: cột theo thứ tự nào cũng đọc, cả bảng nhiều trang tính. Nhiều nhất 64 MB.", Accept: ".xlsx,.xls,.csv"},
		}
	}
	view.Tools = v.roundTools(at, c, edits)
	if len(c.imports) > 0 {
		t := importTable(v, at, c)
		view.Imports = &t
	}
}

// draftStats are the figures of a round that is about to be published.
func draftStats(v *visit, c *chart) []page.Stat {
	out := []page.Stat{{Label: "Dùng được", Value: count(c.sum.Drafts, "phiếu"), Note: c.sum.DraftAmount}}
	if c.openRows > 0 {
		out = append(out, page.Stat{Label: "Cần sửa", Value: count(c.openRows, "dòng"), State: page.Need, Note: "để lại cũng được, sửa sau"})
	}
	if c.previous != nil {
		out = append(out, page.Stat{
			Label: "So với " + lowerFirst(c.previous.Name), Value: fmt.Sprintf("+%d, −%d %s", c.diff.Entered, c.diff.Left, someone(v.facility)),
			Note: page.HTMLf(`%s đổi số tiền. <a href="/desk/dot-thu/%s/thay-doi">Xem thay đổi</a>`, count(c.diff.Changed, someone(v.facility)), c.ID.String()),
		})
	}
	if n := c.sum.Drafts + c.sum.Issued; n > 0 {
		s := page.Stat{Label: "Một phiếu trung bình", Value: vnd.Amount(int64(c.sum.DraftAmount+c.sum.IssuedAmount) / int64(n))}
		if c.before.Issued > 0 {
			s.Note = page.HTMLf("đợt trước %s", vnd.Amount(int64(c.before.IssuedAmount)/int64(c.before.Issued)))
		}
		out = append(out, s)
	}
	return out
}

// someone is how a person is counted: "em", "người".
func someone(f org.Facility) string {
	if f.Sector == org.Education && f.Level != org.DaiHoc && f.Level != org.CaoDang {
		return "em"
	}
	return "người"
}

// importChecks tells what else the last workbook showed, beside rows that need fixing.
func importChecks(v *visit, c *chart) []page.Notice {
	if len(c.imports) == 0 {
		return nil
	}
	res := c.imports[0].Result
	var out []page.Notice
	for _, k := range res.Controls {
		out = append(out, page.Notice{
			State: page.Need, Strong: page.HTMLf("Dòng cộng ở ô %s không khớp.", k.Cell),
			Text: page.HTMLf("Bảng ghi %s, cộng các dòng được %s. Xem lại công thức của bảng.", k.Stated, k.Counted),
		})
		if len(out) == 3 {
			break
		}
	}
	var classes []string
	for _, n := range res.NewClasses {
		text := fmt.Sprintf("%s (%d dòng)", n.Class, n.Rows)
		if n.Nearest != "" {
			text += ", gần giống " + n.Nearest
		}
		classes = append(classes, text)
	}
	if len(classes) > 0 {
		out = append(out, page.Notice{Strong: classWord(v.facility) + " đợt trước không có:", Text: strings.Join(classes, "; ") + ". Nếu gõ nhầm, sửa bảng rồi tải lại."})
	}
	if res.DifferentCount > 0 {
		out = append(out, page.Notice{Strong: count(res.DifferentCount, "dòng khác với phiếu đã có"), Text: page.HTMLf(`Máy không tự đổi phiếu đã phát hành hay đã sửa tay. <a href="/desk/dot-thu/%s/thay-doi#khac">Xem từng dòng</a>`, c.ID.String())})
	}
	if res.HiddenRows > 0 {
		out = append(out, page.Notice{Strong: count(res.HiddenRows, "dòng ẩn trong bảng"), Text: "vẫn được đọc. Nếu không muốn thu, xóa hẳn các dòng đó rồi tải lại."})
	}
	if !c.imports[0].FinishedAt.IsZero() || c.imports[0].RowsRead == 0 {
		return out
	}
	return append(out, page.Notice{State: page.Need, Strong: "Lần nhập trước dừng giữa chừng", Text: page.HTMLf("sau %s. Tải lại đúng tệp đó, máy đọc tiếp từ chỗ dừng.", count(c.imports[0].RowsRead, "dòng"))})
}

// vanishedOf lists the bills the last workbook dropped; nil when there are none left.
func vanishedOf(v *visit, at string, c *chart) *vanishedBox {
	if len(c.imports) == 0 {
		return nil
	}
	box := &vanishedBox{Action: at + "/bo"}
	for _, p := range c.imports[0].Result.Vanished {
		b, there := c.vanished[p.Bill]
		if !there || b.State == bill.Cancelled {
			continue
		}
		box.Count++
		if len(box.Rows) < vanishedShown {
			draft := b.State == bill.Draft && v.can(access.EditBills)
			box.Drafts = box.Drafts || draft
			box.Rows = append(box.Rows, vanishedRow{b.ID.String(), personOf(v.facility, b), "/desk/phieu/" + b.ID.String(), b.Total, draft})
		}
	}
	if box.Count == 0 {
		return nil
	}
	return box
}

// samples are bills of the round as their payers will see them; names are masked as there.
func samples(v *visit, c *chart) []sampleBill {
	var out []sampleBill
	for _, n := range c.samples {
		s := sampleBill{Reason: n.Reason, Who: vn.Mask(n.PersonName()), Lines: billLines(n.Lines, n.Total)}
		if class := c.head.class(n.Class); class != "" {
			s.Who += ", " + class
		}
		s.Facts = []page.Pair{{Label: "Hạn trả", Value: n.DueOn}, {Label: "Lời chuyển tiền", Value: n.PaymentInfo(v.facility).Memo}}
		if a, err := c.head.account(n.Bill); err == nil {
			s.Facts = append(s.Facts, page.Pair{Label: "Vào tài khoản", Value: a.Number, Note: bankName(a.BankBIN)})
		}
		out = append(out, s)
	}
	return out
}

func (v *visit) roundTools(at string, c *chart, edits bool) *roundTools {
	t := &roundTools{Audience: lower(classWord(v.facility))}
	if c.sum.Drafts+c.sum.Issued > 0 {
		t.Lists = []page.Link{{Text: "Xem từng phiếu", Href: "/desk/phieu?dot=" + c.ID.String(), Icon: "list"}, {Text: "Bảng kê (Excel)", Href: at + "/bang-ke.xlsx", Icon: "down", Save: true}}
	}
	unpaid := 0
	for _, k := range c.wall {
		if n := k.Issued - k.Paid; n > 0 {
			unpaid += n
			name := k.Class
			if name == "" {
				name = "Không ghi " + lower(classWord(v.facility))
			}
			t.Notices = append(t.Notices, page.Link{Text: page.HTMLf("%s (%s)", name, n), Href: at + "/thong-bao.pdf?lop=" + escape(classParam(k.Class)), Save: true})
		}
	}
	if unpaid > 0 && unpaid <= noticesInOne && len(t.Notices) > 1 {
		t.Notices = append([]page.Link{{Text: page.HTMLf("Tất cả (%s)", unpaid), Href: at + "/thong-bao.pdf", Save: true}}, t.Notices...)
	}
	if edits && c.State == bill.RoundDraft {
		t.Edit = &page.Link{Text: "Sửa tên, hạn trả", Href: at + "/sua"}
	}
	if v.can(access.PublishBills) && c.sum.Issued > 0 && c.State != bill.RoundClosed {
		s := page.Select{Name: "lop", Label: "Thu lại phiếu chưa có tiền của", Options: []page.Option{{Text: "mọi " + lower(classWord(v.facility))}}}
		for _, k := range c.wall {
			if k.Issued-k.Paid-k.PartlyPaid > 0 && len(c.wall) > 1 {
				s.Options = append(s.Options, page.Option{Value: classParam(k.Class), Text: className(v.facility, k.Class)})
			}
		}
		t.Take = &takeBox{Action: at + "/thu-lai", Classes: s}
		t.Close = &page.Post{Action: at + "/dong", Text: "Đóng đợt thu", Class: "btn--quiet", Confirm: &page.Confirm{
			Question: "Đóng " + lowerFirst(c.Name) + "?", Note: "Đóng rồi không nhập thêm bảng vào đợt này được. Phiếu đã phát hành vẫn trả được như thường.", Yes: "Đóng đợt thu", No: "Chưa đóng",
		}}
	}
	return t
}

func importTable(v *visit, at string, c *chart) page.Table {
	t := page.Table{Caption: "Bảng đã tải lên", Slips: true, Still: true, Columns: []page.Column{
		{Head: "Tệp"}, {Head: "Lúc", Tight: true}, {Head: "Dòng", Number: true}, {Head: "Mới", Number: true}, {Head: "Đổi", Number: true}, {Head: "Giữ nguyên", Number: true}, {Head: "Cần sửa", Number: true}, {Head: "Cách đọc cột"},
	}}
	for i, m := range c.imports {
		columns := any("")
		if i == 0 && v.can(access.EditBills) && c.State != bill.RoundClosed {
			columns = page.Link{Text: "Xem, sửa", Href: at + "/cot"}
		}
		t.Rows = append(t.Rows, page.Row{Cells: []any{
			page.Link{Text: m.Name, Href: at + "/tep/" + m.ID.String()},
			page.HTMLf(`<span class="num">%s</span>`, shortTime(m.At, v.today)),
			m.Result.Rows, m.Result.Created, m.Result.Updated, m.Result.Unchanged, m.Result.Bad, columns,
		}})
	}
	return t
}

// lower is s with its first letter small, whatever it is.
func lower(s string) string {
	r := []rune(s)
	if len(r) > 0 {
		return strings.ToLower(string(r[:1])) + string(r[1:])
	}
	return s
}
