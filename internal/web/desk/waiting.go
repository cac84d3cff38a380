package desk

import (
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strings"

	"github.com/sen-platform/sen/internal/access"
	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/vn"
	"github.com/sen-platform/sen/internal/web/page"
)

type waitingView struct {
	page.Chrome
	Heading string
	Note    string
	Empty   *page.Empty
	Credits []creditItem
	Alone   bool // the address names one credit: on a phone the list steps back
	One     *waitingOne
}

// creditItem is one line of the list at the left.
type creditItem struct {
	Href    string
	Amount  any
	When    string
	Memo    string
	Current bool
}

// waitingOne is the decision about one credit: evidence, candidates, actions.
type waitingOne struct {
	Credit  collect.Credit
	Mine    bool // this person may decide
	Place   string
	From    string
	Why     string
	Memo    template.HTML // with the words marked that the bill beside it has too
	Facts   string
	Against *page.Tabs // which candidate the credit is compared with
	Compare *compared
	Find    page.Field
	Found   string
	Cands   []candidate
	Rest    page.Select
	Spare   bool // some candidate owes less than what waits
	Notice  *page.Notice
	Action  string
	Split   string
	Return  string
	Next    string
	Open    string
}

// candidate is a bill the credit may be meant for.
type candidate struct {
	Bill    string
	Name    string
	Open    any
	Why     string
	Key     string
	Checked bool
	person  string
}

// compared is the credit beside one bill, point by point.
type compared struct {
	Caption, Head string
	Rows          []comparedRow
}

type comparedRow struct {
	What              string
	Left, Right       any
	Class, Icon, Word string
}

const (
	waitingListed = 200
	suggestions   = 5
	foundBills    = 8
)

// listWaiting answers GET /desk/cho-xu-ly: what waits, with the first one open.
func (f *face) listWaiting(v *visit) error { return f.waitingPage(v, http.StatusOK, 0, nil) }

// showWaiting answers GET /desk/cho-xu-ly/{credit}.
func (f *face) showWaiting(v *visit) error {
	key, err := pathID[id.Credit](v, "credit")
	if err != nil {
		return err
	}
	return f.waitingPage(v, http.StatusOK, key, nil)
}

func (f *face) waitingPage(v *visit, status int, chosen id.Credit, notice *page.Notice) error {
	var list []collect.Credit
	var sum collect.WaitingSum
	var one *waitingOne
	var settled id.Credit
	err := v.view(func(tx *db.Tx) error {
		var err error
		if list, _, err = collect.Credits(tx, collect.CreditFilter{Facility: v.facility.ID, Waiting: true, Limit: waitingListed}); err != nil {
			return err
		}
		if sum, err = collect.WaitingOf(tx, v.facility.ID); err != nil {
			return err
		}
		open := chosen
		if open == 0 && len(list) > 0 {
			open = list[0].ID
		}
		if open == 0 {
			return nil
		}
		c, err := collect.CreditByID(tx, open)
		if err != nil {
			return err
		}
		if !v.mine(access.ViewCredits, c.Facility) {
			return db.ErrNotFound
		}
		if c.Suspense == 0 {
			settled = c.ID
			return nil
		}
		one, err = f.decision(v, tx, c, list)
		return err
	})
	if err != nil {
		return err
	}
	if settled != 0 {
		// Somebody was faster: the credit's own page tells what became of it.
		return v.goTo("/desk/tien-ve/"+settled.String(), "", "")
	}
	view := waitingView{Chrome: v.chrome("Khoản chờ xử lý"), Heading: count(sum.N, "khoản chờ xử lý"), One: one, Alone: chosen != 0}
	if one == nil {
		view.Empty = &page.Empty{Icon: "check", Title: "Không còn khoản nào chờ", Note: "Tiền về đã vào đúng phiếu. Khoản mới chưa biết của phiếu nào sẽ hiện ở đây.", Next: &page.Link{Text: "Về việc hôm nay", Href: "/desk"}}
		return v.render(status, "waiting", view)
	}
	one.Notice = notice
	view.Note = fmt.Sprintf("Cộng %s, lâu nhất chờ %s.", sum.Amount, age(f.Clock.Now(), sum.Oldest))
	for _, c := range list {
		memo := c.Memo
		if c.PayerName != "" {
			memo = c.PayerName + ": " + memo
		}
		view.Credits = append(view.Credits, creditItem{Href: "/desk/cho-xu-ly/" + c.ID.String(), Amount: c.Suspense, When: shortTime(c.ReceivedAt, v.today), Memo: memo, Current: c.ID == one.Credit.ID})
	}
	return v.render(status, "waiting", view)
}

// decision gathers what a person needs to decide about one credit.
func (f *face) decision(v *visit, tx *db.Tx, c collect.Credit, list []collect.Credit) (*waitingOne, error) {
	at := "/desk/cho-xu-ly/" + c.ID.String()
	o := &waitingOne{Credit: c, Mine: v.can(access.AssignCredits), From: senderOf(c), Why: reasonText(c.Reason), Action: at, Open: "/desk/tien-ve/" + c.ID.String()}
	o.Place, o.Next = placeOf(c, list)
	if o.Mine {
		o.Split = at + "/chia"
	}
	if v.can(access.ReturnCredits) {
		o.Return = "/desk/tien-ve/" + c.ID.String() + "/tra-lai"
	}
	o.Memo = page.HTMLf("%s", c.Memo)
	o.Facts = waitingFacts(v, c)
	typed := v.query("tim")
	o.Find = page.Field{Name: "tim", Label: "Tìm phiếu khác", Value: typed, Key: "/"}
	cands, err := f.Collect.Suggest(tx, c, suggestions)
	if err != nil {
		return nil, err
	}
	wanted := v.query("phieu")
	for i, s := range cands {
		o.Cands = append(o.Cands, v.candidate(s.Bill, whySuggested(s), i))
	}
	if typed != "" {
		found, err := bill.Search(tx, bill.Filter{
			Facility: v.facility.ID, Text: typed, Today: v.today, Limit: foundBills,
			Status: []bill.Status{bill.StatusOpen, bill.StatusPartlyPaid, bill.StatusExpired},
		})
		if err != nil {
			return nil, err
		}
		o.Found = fmt.Sprintf("Tìm “%s”: %s còn phải thu", typed, count(len(found.Bills), "phiếu"))
		for _, b := range found.Bills {
			if !slices.ContainsFunc(cands, func(s collect.Suggestion) bool { return s.Bill.ID == b.ID }) {
				s := f.Collect.Weigh(c, b)
				o.Cands = append(o.Cands, v.candidate(b, "Tìm thấy theo “"+typed+"”. "+whySuggested(s), len(o.Cands)))
				cands = append(cands, s)
			}
		}
	}
	pick := slices.IndexFunc(o.Cands, func(c candidate) bool { return c.Bill == wanted })
	if pick < 0 && typed == "" && len(cands) > 0 && cands[0].Score >= sure && (len(cands) < 2 || cands[1].Score < cands[0].Score) {
		pick = 0 // one stands out: chosen beforehand, and still a person presses the button
	}
	if pick >= 0 {
		o.Cands[pick].Checked = true
	}
	if len(cands) > 0 {
		beside := max(pick, 0)
		o.Compare = compare(c, cands[beside], v)
		o.Memo, _ = marked(c.Memo, cands[beside].Bill)
		o.Against = v.against(at, o.Cands, beside, typed)
	}
	for _, s := range cands {
		o.Spare = o.Spare || s.Bill.Open() < c.Suspense
	}
	o.Rest = restSelect("")
	return o, nil
}

// sure is the score from which a suggestion that stands out is chosen beforehand: amount,
// class and given name.
const sure = 55

func restSelect(chosen string) page.Select {
	return page.Select{Name: "du", Label: "Nếu còn dư", Short: true, Options: []page.Option{
		{Value: "cho", Text: "Để chờ xử lý tiếp", Selected: chosen != "thua"}, {Value: "thua", Text: "Giữ làm tiền thừa của người trả", Selected: chosen == "thua"},
	}}
}

// placeOf says which of the list a credit is, and where the next one is.
func placeOf(c collect.Credit, list []collect.Credit) (place, next string) {
	i := slices.IndexFunc(list, func(x collect.Credit) bool { return x.ID == c.ID })
	if i < 0 {
		return "", ""
	}
	place = fmt.Sprintf("khoản %d trên %d", i+1, len(list))
	if i+1 < len(list) {
		next = "/desk/cho-xu-ly/" + list[i+1].ID.String()
	}
	return place, next
}

func (v *visit) candidate(b bill.Bill, why string, i int) candidate {
	c := candidate{Bill: b.ID.String(), Name: personOf(v.facility, b), Open: b.Open(), Why: why, person: b.PersonName()}
	if i < 9 {
		c.Key = fmt.Sprint(i + 1)
	}
	return c
}

// against offers to put the credit beside another candidate; nil when there is one only.
func (v *visit) against(at string, cands []candidate, beside int, words string) *page.Tabs {
	if len(cands) < 2 {
		return nil
	}
	t := &page.Tabs{Label: "Đặt cạnh phiếu nào"}
	for i, c := range cands {
		t.Items = append(t.Items, page.Tab{Text: fmt.Sprintf("%d. %s", i+1, c.person), Href: with(at, "phieu", c.Bill, "tim", words), Current: i == beside})
	}
	return t
}

// waitingFacts is the rest of the evidence in one line.
func waitingFacts(v *visit, c collect.Credit) string {
	text := fmt.Sprintf("Về lúc %s, %s.", shortTime(c.ReceivedAt, v.today), methodName(c.Method))
	if from := account(c.PayerBank, c.PayerAccount); from != "" {
		text += " Từ tài khoản " + from + "."
	}
	if c.BankRef != "" {
		text += " Mã giao dịch " + c.BankRef + "."
	}
	if c.Suspense != c.Amount {
		text += fmt.Sprintf(" Cả khoản là %s, phần kia đã ghi vào phiếu.", c.Amount)
	}
	return text
}

// whySuggested says in words what speaks for a bill.
func whySuggested(s collect.Suggestion) string {
	var out []string
	say := func(ok bool, text string) {
		if ok {
			out = append(out, text)
		}
	}
	say(s.Code, "mã trong lời chuyển tiền gần giống mã phiếu này")
	say(s.Amount, "đúng số tiền còn phải thu")
	say(s.Person, "có mã "+s.Bill.BeneficiaryCode)
	say(s.Full, "có đủ họ tên")
	say(s.Name != "" && !s.Full, "có tên “"+s.Name+"”")
	say(s.Class, "đúng lớp")
	say(s.Phone, "có số điện thoại người trả")
	say(s.Payer, "đúng tên người trả")
	if !s.Amount {
		out = append(out, fmt.Sprintf("phiếu còn %s", s.Bill.Open()))
	}
	say(s.Other != "", "nhưng lời chuyển tiền ghi lớp "+strings.ToUpper(s.Other))
	text := capital(strings.Join(out, ", ")) + "."
	if s.Score == 0 {
		return fmt.Sprintf("Không có gì trong lời chuyển tiền nói đến phiếu này, phiếu còn %s.", s.Bill.Open())
	}
	if s.Amount && len(out) == 1 {
		text += " Chỉ khớp số tiền, xem kỹ."
	}
	return text
}

// compare puts the credit beside one bill.
func compare(c collect.Credit, s collect.Suggestion, v *visit) *compared {
	b := s.Bill
	t := &compared{Caption: "Khoản tiền và phiếu của " + b.PersonName() + " đặt cạnh nhau", Head: "Phiếu của " + b.PersonName()}
	const (
		none    = "không có"
		unknown = "same muted" // neither for nor against
	)
	add := func(what string, left, right any, class, word string) {
		icons := map[string]string{"same": "check", "near": "near", "diff": "close", unknown: "info"}
		t.Rows = append(t.Rows, comparedRow{what, left, right, class, icons[class], word})
	}
	pick := func(same, near bool, otherwise string) (class, word string) {
		switch {
		case same:
			return "same", "khớp"
		case near:
			return "near", "một phần"
		}
		return unknown, otherwise
	}
	class, word := "diff", "phiếu ít hơn"
	switch {
	case c.Suspense == b.Open():
		class, word = "same", "khớp"
	case c.Suspense < b.Open():
		class, word = "near", "trả một phần"
	}
	add("Số tiền", c.Suspense, b.Open(), class, word)
	memo := any(none)
	if _, found := marked(c.Memo, b); len(found) > 0 {
		memo = page.HTMLf(`<span class="memo">%s</span>`, strings.Join(found, " … "))
	}
	class, word = pick(s.Full, s.Name != "", "không thấy")
	add("Tên", memo, b.PersonName(), class, word)
	if b.Class != "" {
		left := any(none)
		class, word = pick(s.Class, false, "không ghi")
		switch {
		case s.Class:
			left = "có trong lời chuyển tiền"
		case s.Other != "":
			left, class, word = strings.ToUpper(s.Other), "diff", "khác"
		}
		add(classWord(v.facility), left, b.Class, class, word)
	}
	class, word = pick(s.Payer, false, "khác tên")
	add("Người trả", senderOf(c), b.PayerName, class, word)
	left := any(none)
	class, word = unknown, "thiếu mã"
	if s.Code {
		left, class, word = "gần giống", "near", "một phần"
	}
	add("Mã hóa đơn", left, page.Code(b.Code), class, word)
	return t
}

// marked is a memo in which the words that a bill has too are marked, and those of them that
// belong to the name.
func marked(memo string, b bill.Bill) (template.HTML, []string) {
	name, other := words(b.PersonName()), words(b.Class+" "+b.BeneficiaryCode)
	var out template.HTML
	var found []string
	for i, w := range strings.Fields(memo) {
		if i > 0 {
			out += " "
		}
		hit := false
		for _, t := range vn.Tokens(w) {
			if name[t] {
				found = append(found, w)
			}
			hit = hit || name[t] || other[t] || other[strings.TrimPrefix(t, "lop")]
		}
		if hit {
			out += page.HTMLf("<mark>%s</mark>", w)
		} else {
			out += page.HTMLf("%s", w)
		}
	}
	return out, found
}

func words(s string) map[string]bool {
	out := map[string]bool{}
	for _, w := range vn.Tokens(s) {
		out[w] = true
	}
	return out
}
