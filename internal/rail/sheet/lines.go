package sheet

import (
	"fmt"
	"strings"

	"github.com/sen-platform/sen/internal/rail/passbook"
)

// rowMoney is the amount of a row before the direction is settled over the whole table.
type rowMoney struct {
	sign   passbook.Sign
	value  passbook.Decimal // with the sign of the cell
	column int
	signed bool
}

// amounts reads the money of a row; nil without a problem when there is none.
func (t *table) amounts(r row) (*rowMoney, *passbook.Problem) {
	var found *rowMoney
	for _, ro := range [...]role{debit, credit, signedMoney} {
		column := t.head.col(ro)
		c := r.at(column)
		if column < 0 || c.empty() {
			continue
		}
		m, err := parseMoney(c)
		if err != nil {
			return nil, t.problem(r, column, passbook.CodeUnreadable, passbook.Refuse,
				"không đọc được số tiền %q. Cần số nguyên đồng, ví dụ 1.500.000.", clip(c.text))
		}
		if m.value.IsZero() {
			continue
		}
		if c.formula {
			return nil, t.problem(r, column, passbook.CodeFormula, passbook.Refuse,
				"số tiền là công thức, không phải số ngân hàng xuất ra. Hãy tải lại tệp gốc từ ngân hàng.")
		}
		if found != nil {
			return nil, t.problem(r, column, passbook.CodeDirection, passbook.Refuse,
				"dòng %d vừa có tiền vào vừa có tiền ra. Hãy tải lại tệp gốc từ ngân hàng.", r.n)
		}
		found = &rowMoney{value: m.value, column: column}
		switch ro {
		case debit:
			found.sign, found.signed = passbook.Out, true
		case credit:
			found.sign, found.signed = passbook.In, true
		default:
			t.direct(r, found, m.signed)
		}
	}
	return found, nil
}

// direct settles the direction in a single amount column: a word beside it, else the sign.
func (t *table) direct(r row, m *rowMoney, signed bool) {
	m.sign, m.signed = passbook.In, signed
	if m.value.IsNegative() {
		m.sign = passbook.Out
	}
	if c := r.at(t.head.col(direction)); !c.empty() {
		if s := directionOf(c.text); s != 0 {
			m.sign, m.signed = s, true
		}
	}
	m.value = m.value.Abs()
}

// directionOf reads a word such as "Ghi có", "D", "+".
func directionOf(s string) passbook.Sign {
	switch strings.TrimSpace(s) {
	case "+":
		return passbook.In
	case "-", "−", "–":
		return passbook.Out
	}
	w := words(s)
	for _, in := range [...]string{"c", "cr", "co", "ghi co", "credit", "tien vao", "in", "thu", "nhan tien", "nhan", "vao", "bao co"} {
		if w == in || strings.HasPrefix(w, in+" ") {
			return passbook.In
		}
	}
	for _, out := range [...]string{"d", "dr", "no", "ghi no", "debit", "tien ra", "out", "chi", "chuyen tien", "chuyen", "ra", "bao no", "rut tien"} {
		if w == out || strings.HasPrefix(w, out+" ") {
			return passbook.Out
		}
	}
	return 0
}

// line makes a line of a row that has money.
func (t *table) line(r row, m rowMoney) {
	if t.isTotalWithoutWord(r) {
		for ro, sum := range map[role]string{debit: "sum_debit", credit: "sum_credit"} {
			if v, err := parseMoney(r.at(t.head.col(ro))); err == nil && !v.value.IsZero() {
				t.figures.set(sum, v.value)
			}
		}
		return
	}
	booked, value, problem := t.day(r)
	if problem != nil {
		t.flag(*problem)
		return
	}
	l := tableLine{column: m.column, signed: m.signed, minus: m.value.IsNegative()}
	l.Sign, l.Amount = m.sign, m.value.Abs()
	l.Status, l.StatusText = passbook.Booked, "BOOK"
	l.BookedOn, l.ValueOn, l.OccurredAt = booked.on, value, booked.at
	l.Place = t.place(r.n, m.column)
	if c := t.head.col(reference); c >= 0 {
		l.BankRef = r.at(c).reference()
		if t.head.dateWithRef {
			l.BankRef = passbook.Clean(booked.extra)
		}
	}
	for _, c := range t.head.memos {
		l.MemoParts = passbook.Append(l.MemoParts, r.at(c).reference())
	}
	l.Memo = strings.Join(l.MemoParts, " ")
	for column, to := range map[int]*string{
		t.head.col(payerName): &l.PayerName, t.head.col(payerNumber): &l.PayerAccount, t.head.col(payerBank): &l.PayerBank,
		t.head.col(virtual): &l.VirtualAccount, t.head.col(ownAccount): &l.account, t.head.col(currency): &l.Currency,
	} {
		if v := r.at(column).reference(); v != "" {
			*to = v
		}
	}
	l.Currency = strings.ToUpper(l.Currency)
	if c := r.at(t.head.col(balance)); !c.empty() {
		if b, err := parseMoney(c); err == nil {
			l.Running = &b.value
		}
	}
	if l.BankRef != "" {
		l.Refs = append(l.Refs, passbook.Ref{Kind: "reference", Value: l.BankRef})
	}
	if l.Memo != "" {
		l.Refs = append(l.Refs, passbook.Ref{Kind: "memo", Value: l.Memo})
	}
	t.lines = append(t.lines, l)
	t.lastRow = r.n
}

// isTotalWithoutWord: the last row of some exports has sums and nothing else, no date, no
// reference, no text, no balance.
func (t *table) isTotalWithoutWord(r row) bool {
	if len(t.lines) == 0 {
		return false
	}
	money := map[int]bool{t.head.col(debit): true, t.head.col(credit): true, t.head.col(signedMoney): true}
	for i, c := range r.cells {
		if !money[i] && !c.empty() {
			return false
		}
	}
	return true
}

// settleDirections decides over the whole section what a minus means.
func (t *table) settleDirections() {
	type use struct{ plus, minus int }
	uses := map[int]*use{}
	unsigned, told := 0, 0
	for i := range t.lines {
		l := &t.lines[i]
		if uses[l.column] == nil {
			uses[l.column] = &use{}
		}
		if l.minus {
			uses[l.column].minus++
		} else {
			uses[l.column].plus++
		}
		if l.signed {
			told++
		} else {
			unsigned++
		}
	}
	debits := t.head.col(debit)
	for i := range t.lines {
		l := &t.lines[i]
		switch {
		case !l.minus:
		case l.column == debits && uses[debits].plus == 0:
			// this bank writes every debit with a minus
		case l.column == debits:
			l.Sign, l.Reversal = passbook.In, true // a debit taken back
		case debits < 0:
			l.Sign = passbook.Out // the only money column
		default:
			l.Sign, l.Reversal = passbook.Out, true // a credit taken back
		}
	}
	if unsigned == 0 || told > 0 {
		return
	}
	severity, remedy := passbook.Refuse, "Hãy tải bản sao kê có cột Ghi nợ và Ghi có riêng."
	if t.bank == "vietcombank" {
		severity, remedy = passbook.Warning, "Mẫu này chỉ đánh dấu tiền ra, nên tất cả được hiểu là tiền vào."
	}
	column := t.lines[0].column
	t.problems = append(t.problems, passbook.Problem{
		Code: passbook.CodeDirection, Severity: severity, Place: t.place(t.head.row, column).String(),
		Message: fmt.Sprintf("Cột %s không có dấu cộng, trừ và tệp không cho biết tiền vào hay tiền ra. %s", columnName(column), remedy),
	})
}

// checkMerged refuses merged cells that hide amounts: only the first cell of a merged range
// has a value.
func (t *table) checkMerged() {
	if t.g.merged == nil || len(t.lines) == 0 {
		return
	}
	first, last := t.lines[0].Place.Line, t.lines[len(t.lines)-1].Place.Line
	for _, m := range t.g.merged() {
		if m.top == m.bottom || m.bottom < first || m.top > last {
			continue
		}
		for _, ro := range [...]role{debit, credit, signedMoney, reference} {
			if c := t.head.col(ro); c >= m.left && c <= m.right {
				t.problems = append(t.problems, passbook.Problem{
					Code: passbook.CodeMerged, Severity: passbook.Refuse, Place: t.place(m.top, m.left).String(),
					Message: fmt.Sprintf("Các ô %s:%s bị gộp, che mất số liệu của các dòng dưới. Hãy bỏ gộp ô hoặc tải lại tệp gốc từ ngân hàng.",
						cellName(m.left, m.top), cellName(m.right, m.bottom)),
				})
				break
			}
		}
	}
}
