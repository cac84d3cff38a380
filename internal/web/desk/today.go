package desk

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/sen-platform/sen/internal/access"
	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/indicator"
	"github.com/sen-platform/sen/internal/rail"
	"github.com/sen-platform/sen/internal/web/page"
)

type todayView struct {
	page.Chrome
	Day, Heading, Fresh string
	Live                page.Live
	Todos               []page.Todo
	Empty               *page.Empty
	Find                page.Field
	FindAt              string // where the search goes
	Till                *page.Stat
	Money               *moneyView
	Recent              page.Lines
}

// moneyView is the money of one round, or of the month where there are no rounds.
type moneyView struct {
	Title   string
	Export  *page.Link
	Tabs    *page.Tabs
	Stats   []page.Stat
	Wall    *page.Wall
	Classes *page.Table
	Methods page.Table
}

// news is what the first page of the desk says, read in one snapshot.
type news struct {
	version  string
	waiting  collect.WaitingSum
	last     time.Time
	off      []collect.StatementRecord // latest statements that do not agree with the book
	rounds   []bill.Round              // not closed, newest first
	sums     map[id.Round]bill.ClassCount
	openRows map[id.Round]int
	overdue  collect.Overdue
	round    *bill.Round // whose money is shown; nil for the month's
	wall     []bill.ClassCount
	methods  map[rail.Method]indicator.Sum
	month    indicator.Figures
	owed     indicator.Figures // since the beginning
	cash     collect.CashSum
	recent   []collect.Credit
	went     map[id.Credit]bill.Bill // a bill that a recent credit paid
}

// How many rounds the first page looks at, and how many credits it lists.
const (
	shownRounds  = 8
	shownCredits = 5
)

func (f *face) readNews(v *visit) (*news, error) {
	n := &news{}
	return n, v.view(func(tx *db.Tx) error {
		here := v.facility.ID
		var err error
		if n.version, err = versionOf(tx, here); err != nil {
			return err
		}
		if n.waiting, err = collect.WaitingOf(tx, here); err != nil {
			return err
		}
		if n.last, err = collect.LastCredit(tx, here); err != nil {
			return err
		}
		if _, n.cash, err = collect.CashOn(tx, here, v.today, 1); err != nil {
			return err
		}
		if n.recent, _, err = collect.Credits(tx, collect.CreditFilter{Facility: here, Limit: shownCredits}); err != nil {
			return err
		}
		if n.went, err = billsPaid(tx, n.recent); err != nil {
			return err
		}
		if n.overdue, err = collect.OverdueOf(tx, here, v.today); err != nil {
			return err
		}
		if !v.can(access.ViewFigures) {
			return nil
		}
		statements, err := collect.LastStatements(tx, here, v.today.AddDays(-1))
		if err != nil {
			return err
		}
		for _, s := range statements {
			if d := s.Difference(); d != nil && *d != 0 {
				n.off = append(n.off, s)
			}
		}
		return n.readRounds(v, tx)
	})
}

func (n *news) readRounds(v *visit, tx *db.Tx) error {
	here := v.facility.ID
	rounds, err := bill.Rounds(tx, here, 0, shownRounds)
	if err != nil {
		return err
	}
	n.rounds = slices.DeleteFunc(rounds, func(r bill.Round) bool { return r.State == bill.RoundClosed })
	ids := make([]id.Round, len(n.rounds))
	for i, r := range n.rounds {
		ids[i] = r.ID
	}
	if n.sums, err = collect.RoundSums(tx, ids); err != nil {
		return err
	}
	if n.openRows, err = collect.OpenRowsOf(tx, here); err != nil {
		return err
	}
	wanted := v.query("dot")
	for i, r := range n.rounds {
		if n.sums[r.ID].Issued == 0 {
			continue
		}
		if n.round == nil || r.ID.String() == wanted {
			n.round = &n.rounds[i]
		}
	}
	if n.round == nil || wanted == "thang" {
		n.round = nil
		return n.readMonth(tx, here, v.today)
	}
	if n.wall, err = bill.Wall(tx, n.round.ID); err != nil {
		return err
	}
	n.methods, err = collect.MethodsOfRound(tx, n.round.ID)
	return err
}

func (n *news) readMonth(tx *db.Tx, here id.Facility, today clock.Date) error {
	month, err := figures(tx, indicator.Filter{Facilities: []id.Facility{here}, From: today.Month(), To: today.Month()})
	if err != nil {
		return err
	}
	n.month, n.methods = month, month.Methods
	n.owed, err = figures(tx, indicator.Filter{Facilities: []id.Facility{here}})
	return err
}

func figures(tx *db.Tx, f indicator.Filter) (indicator.Figures, error) {
	var sum indicator.Figures
	rows, err := indicator.Query(tx, f, indicator.ByFacility)
	for _, r := range rows {
		sum = sum.Add(r.Figures)
	}
	return sum, err
}

// showToday answers GET /desk: what needs this person, then the money.
func (f *face) showToday(v *visit) error {
	n, err := f.readNews(v)
	if err != nil {
		return err
	}
	view := todayView{Chrome: v.chrome("Hôm nay"), Day: dayName(v.today), Todos: f.todos(v, n)}
	now := f.Clock.Now()
	view.Fresh = "Số liệu lúc " + shortTime(now, v.today) + "."
	if !n.last.IsZero() {
		view.Fresh += " Ngân hàng báo về lần cuối " + shortTime(n.last, v.today) + "."
	}
	view.Live = page.Live{Target: "viec", Events: "/desk/song", Poll: "/desk/phien-ban", Version: n.version}
	switch len(view.Todos) {
	case 0:
		view.Heading = "Hôm nay không còn việc nào chờ"
		view.Empty = &page.Empty{Icon: "check", Title: "Tiền về đã vào đúng phiếu, không có gì phải sửa", Note: "Có việc mới, trang này tự hiện ra."}
		if n.rounds == nil && v.can(access.EditBills) && n.owed.Issued.N == 0 {
			view.Empty = &page.Empty{
				Icon: "plus", Title: "Chưa có đợt thu nào", Note: "Tải bảng Excel của kế toán lên: máy đọc cột, chỉ ra ô cần sửa, rồi phát hành phiếu cho từng lớp.",
				Next: &page.Link{Text: "Mở đợt thu đầu tiên", Href: "/desk/dot-thu/moi", Class: "btn--main"},
			}
		}
	default:
		view.Heading = fmt.Sprintf("Hôm nay có %d việc cần làm", len(view.Todos))
		view.Todos[0].Main = true
	}
	view.Find = page.Field{Name: "tim", Label: "Tìm phiếu", Hint: "Tên không cần dấu, mã hóa đơn, lớp hoặc số điện thoại", Key: "/"}
	view.FindAt = "/desk/phieu"
	if !v.can(access.ViewFigures) && v.can(access.TakeCash) {
		view.FindAt = "/desk/tien-mat"
		view.Till = &page.Stat{Label: "Tiền mặt hôm nay", Value: n.cash.Amount, Note: count(n.cash.N, "lượt")}
	}
	view.Recent = recentLines(v, n)
	if v.can(access.ViewFigures) {
		view.Money = f.money(v, n)
		received := n.methodsSum()
		view.Live.Say = "Số liệu vừa đổi, đã nhận " + received.Amount.String()
	}
	return v.render(http.StatusOK, "today", view)
}

// todos lists what needs this person, the most pressing first.
func (f *face) todos(v *visit, n *news) []page.Todo {
	var out []page.Todo
	if n.waiting.N > 0 {
		verb := "Xử lý"
		if !v.can(access.AssignCredits) {
			verb = "Xem"
		}
		out = append(out, page.Todo{
			Count: n.waiting.N, Title: "Khoản tiền về chưa biết của phiếu nào", Verb: verb, Href: "/desk/cho-xu-ly",
			Note: page.HTMLf("%s, khoản lâu nhất chờ %s", n.waiting.Amount, age(f.Clock.Now(), n.waiting.Oldest)),
		})
	}
	for _, s := range n.off {
		d := *s.Difference()
		note := page.HTMLf("Tài khoản %s: sao kê nhiều hơn sổ %s, còn dòng chưa ghi.", s.Number, d)
		if d < 0 {
			note = page.HTMLf("Tài khoản %s: sổ nhiều hơn sao kê %s, có khoản ngân hàng không thấy.", s.Number, -d)
		}
		out = append(out, page.Todo{Count: 1, Title: "Sổ và ngân hàng lệch nhau ngày " + s.To.VN(), Note: note, Verb: "Xem chỗ lệch", Href: "/desk/sao-ke/" + s.File.String()})
	}
	for _, r := range n.rounds {
		rows, sum := n.openRows[r.ID], n.sums[r.ID]
		switch {
		case rows > 0:
			out = append(out, page.Todo{
				Count: int64(rows), Title: "Dòng cần sửa trong " + lowerFirst(r.Name), Verb: "Sửa", Href: "/desk/dot-thu/" + r.ID.String(),
				Note: page.HTMLf("%s đã sẵn sàng phát hành.", count(sum.Drafts, "phiếu")),
			})
		case sum.Drafts > 0:
			out = append(out, page.Todo{
				Count: int64(sum.Drafts), Title: "Phiếu chờ phát hành trong " + lowerFirst(r.Name), Verb: "Xem và phát hành", Href: "/desk/dot-thu/" + r.ID.String(),
				Note: page.HTMLf("Tổng %s, hạn trả %s. Người trả chưa thấy phiếu nào.", sum.DraftAmount, r.DueOn),
			})
		}
	}
	if n.overdue.N > 0 && v.can(access.ViewFigures) {
		out = append(out, page.Todo{
			Count: n.overdue.N, Title: "Phiếu quá hạn chưa trả đủ", Verb: "Xem phiếu", Href: "/desk/phieu?loc=qua-han",
			Note: page.HTMLf("Còn phải thu %s, hạn sớm nhất %s.", n.overdue.Amount, n.overdue.Since),
		})
	}
	return out
}

func (n *news) methodsSum() indicator.Sum {
	var s indicator.Sum
	for _, m := range n.methods {
		s.N += m.N
		s.Amount += m.Amount
	}
	return s
}

// cashless is the part of the payments that came without cash.
func (n *news) cashless() indicator.Sum {
	s, cash := n.methodsSum(), n.methods[rail.Cash]
	return indicator.Sum{N: s.N - cash.N, Amount: s.Amount - cash.Amount}
}

// billsPaid finds, for each credit, a bill that it paid.
func billsPaid(tx *db.Tx, list []collect.Credit) (map[id.Credit]bill.Bill, error) {
	ids := make([]id.Credit, len(list))
	for i, c := range list {
		ids[i] = c.ID
	}
	allocs, err := collect.AllocationsOf(tx, ids...)
	if err != nil {
		return nil, err
	}
	of := map[id.Credit]id.Bill{}
	var bills []id.Bill
	for _, al := range allocs {
		if al.Kind == "bill" && al.UndoneAt.IsZero() {
			of[al.Credit] = al.Bill
			bills = append(bills, al.Bill)
		}
	}
	found, err := bill.ByIDs(tx, bills)
	out := map[id.Credit]bill.Bill{}
	for c, b := range of {
		out[c] = found[b]
	}
	return out, err
}

// recentLines are the newest credits, each a link to its evidence.
func recentLines(v *visit, n *news) page.Lines {
	out := page.Lines{Caption: "Tiền vừa về"}
	for _, c := range n.recent {
		sender := senderOf(c)
		if b, ok := n.went[c.ID]; ok && c.Method == rail.Cash && c.PayerName == "" {
			sender = b.PayerName
		}
		line := page.Line{Label: sender, Href: "/desk/tien-ve/" + c.ID.String(), Value: c.Amount}
		when := shortTime(c.ReceivedAt, v.today) + ", " + methodName(c.Method)
		if b, ok := n.went[c.ID]; ok {
			line.Note = page.HTMLf("%s, cho %s", when, personOf(v.facility, b))
		} else {
			line.Note = page.HTMLf("%s %s", when, creditTag(c))
		}
		out.Rows = append(out.Rows, line)
	}
	return out
}
