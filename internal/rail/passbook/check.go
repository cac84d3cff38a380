package passbook

import (
	"fmt"
	"strings"
)

// Check runs every check that the file alone allows and adds what it finds to the problems:
// A balance, B declared totals, batches, running balance, C the chain of statements inside
// the file, D copies (bank-and-pos, section 1.5). Keys must be assigned before.
//
// The chain with a statement of an earlier file is CheckChain, which the caller runs.
func Check(f *File) {
	for i := range f.Statements {
		s := &f.Statements[i]
		for _, check := range []func(*Statement) []Problem{
			CheckBalance, CheckTotals, CheckBatches, CheckRunning, CheckCopy, checkCurrency,
		} {
			s.Problems = append(s.Problems, check(s)...)
		}
	}
	checkChains(f.Statements)
}

// CheckBalance is check A: opening + booked in − booked out = closing, exactly.
func CheckBalance(s *Statement) []Problem {
	if s.Opening == nil || s.Closing == nil || s.Opening.Derived || s.Closing.Derived {
		return nil
	}
	diff, withExpected := balanceDifference(s)
	if !diff.IsZero() {
		return []Problem{{
			Code: CodeBalance, Severity: KeepOpen, Place: s.label(), Difference: diff.String(),
			Message: fmt.Sprintf("Sao kê không cân: số dư đầu %s cộng tiền vào trừ tiền ra lệch %s so với số dư cuối %s. "+
				"Các dòng vẫn đọc được nhưng chưa khóa được ngày; hãy tải lại sao kê đầy đủ từ ngân hàng.",
				s.Opening.Amount, diff.String(), s.Closing.Amount),
		}}
	}
	if withExpected {
		return []Problem{{
			Code: CodeExpected, Severity: Warning, Place: s.label(),
			Message: "Sao kê chỉ cân khi tính cả các dòng \"dự kiến\" (EC/ED). Các dòng này chưa được ghi sổ; hãy hỏi ngân hàng.",
		}}
	}
	return nil
}

// balanceDifference is closing − (opening + in − out) over booked lines. An MT file that
// balances only together with its expected lines counts as balanced; the second result tells.
func balanceDifference(s *Statement) (*Total, bool) {
	booked := differenceOver(s, func(l *Line) bool { return l.Status == Booked })
	if booked.IsZero() || !strings.HasPrefix(s.Kind, "MT") {
		return booked, false
	}
	if all := differenceOver(s, func(*Line) bool { return true }); all.IsZero() {
		return all, true
	}
	return booked, false
}

func differenceOver(s *Statement, counts func(*Line) bool) *Total {
	var t Total
	t.Add(s.Closing.Amount)
	t.Sub(s.Opening.Amount)
	for i := range s.Lines {
		if l := &s.Lines[i]; counts(l) {
			t.addTimes(l.Amount, -int64(l.Sign))
		}
	}
	return &t
}

// CheckTotals is check B: the counts and sums that the file states equal the counted ones.
// Banks differ on whether announced lines belong into them, so either way may fit.
func CheckTotals(s *Statement) []Problem {
	all := countLines(s, func(*Line) bool { return true })
	booked := countLines(s, func(l *Line) bool { return l.Status == Booked })
	var problems []Problem
	compare := func(name string, declared *Count, pick func(*counted) (int, *Total)) {
		if declared == nil {
			return
		}
		n, sum := pick(&all)
		nb, sumb := pick(&booked)
		if declared.N != nil && *declared.N != n && *declared.N != nb {
			problems = append(problems, Problem{
				Code: CodeTotals, Severity: KeepOpen, Place: s.label(), Difference: fmt.Sprint(*declared.N - n),
				Message: fmt.Sprintf("%s: tệp ghi %d dòng nhưng đọc được %d dòng. Tệp có thể bị thiếu dòng; hãy tải lại sao kê.", name, *declared.N, n),
			})
		}
		if declared.Sum != nil && !sum.Equal(*declared.Sum) && !sumb.Equal(*declared.Sum) {
			var diff Total
			diff.Add(*declared.Sum)
			diff.SubTotal(sum)
			problems = append(problems, Problem{
				Code: CodeTotals, Severity: KeepOpen, Place: s.label(), Difference: diff.String(),
				Message: fmt.Sprintf("%s: tệp ghi tổng %s nhưng cộng các dòng được %s, lệch %s. Tệp có thể bị thiếu dòng; hãy tải lại sao kê.",
					name, declared.Sum, sum.String(), diff.String()),
			})
		}
	}
	compare("Tổng tất cả các dòng", s.Declared.All, func(c *counted) (int, *Total) { return c.inN + c.outN, c.both() })
	compare("Tổng tiền vào (ghi có)", s.Declared.Credits, func(c *counted) (int, *Total) { return c.inN, &c.in })
	compare("Tổng tiền ra (ghi nợ)", s.Declared.Debits, func(c *counted) (int, *Total) { return c.outN, &c.out })
	return problems
}

type counted struct {
	inN, outN int
	in, out   Total
}

func (c *counted) both() *Total {
	var t Total
	t.AddTotal(&c.in)
	t.AddTotal(&c.out)
	return &t
}

func countLines(s *Statement, counts func(*Line) bool) counted {
	var c counted
	for i := range s.Lines {
		switch l := &s.Lines[i]; {
		case !counts(l):
		case l.Sign == In:
			c.inN++
			c.in.Add(l.Amount)
		case l.Sign == Out:
			c.outN++
			c.out.Add(l.Amount)
		}
	}
	return c
}

// CheckBatches compares each batch with its parts: the number the bank declares, the total it
// declares, and the sum of the parts. A batch without any parts is no problem: its parts come
// in another message (section 1.4).
func CheckBatches(s *Statement) []Problem {
	var problems []Problem
	for i := range s.Lines {
		l := &s.Lines[i]
		if len(l.Parts) == 0 {
			continue
		}
		if l.BatchCount > 0 && l.BatchCount != len(l.Parts) {
			problems = append(problems, Problem{
				Code: CodeBatch, Severity: KeepOpen, Place: l.Place.String(), Difference: fmt.Sprint(l.BatchCount - len(l.Parts)),
				Message: fmt.Sprintf("Lô giao dịch ghi có %d khoản nhưng tệp chỉ liệt kê %d khoản. Hãy yêu cầu ngân hàng gửi đủ chi tiết.", l.BatchCount, len(l.Parts)),
			})
		}
		if diff, known := BatchDifference(l); known && !diff.IsZero() {
			problems = append(problems, Problem{
				Code: CodeBatch, Severity: KeepOpen, Place: l.Place.String(), Difference: diff.String(),
				Message: fmt.Sprintf("Tổng các khoản trong lô lệch %s so với số tiền %s của dòng. Hãy yêu cầu ngân hàng gửi lại chi tiết.", diff.String(), l.Amount),
			})
		}
	}
	return problems
}

// BatchDifference is the line's amount minus the sum of its parts; known is false unless the
// line has at least two parts and each has an amount.
func BatchDifference(l *Line) (diff *Total, known bool) {
	diff = new(Total)
	if len(l.Parts) < 2 {
		return diff, false
	}
	diff.Add(l.Amount)
	for i := range l.Parts {
		p := &l.Parts[i]
		if p.Amount == nil {
			return new(Total), false
		}
		diff.addTimes(*p.Amount, -int64(p.Sign)*int64(l.Sign))
	}
	return diff, true
}

// CheckCopy is check D: a copy or duplicate must not be booked again.
func CheckCopy(s *Statement) []Problem {
	if s.Copy == "" {
		return nil
	}
	return []Problem{{
		Code: CodeCopy, Severity: Refuse, Place: s.label(),
		Message: fmt.Sprintf("Đây là bản sao của sao kê (%s), không ghi sổ lại. Hãy nhập bản gốc nếu chưa nhập.", s.Copy),
	}}
}

func checkCurrency(s *Statement) []Problem {
	if s.Currency == "" {
		return nil
	}
	for i := range s.Lines {
		if l := &s.Lines[i]; l.Currency != "" && l.Currency != s.Currency {
			return []Problem{{
				Code: CodeCurrency, Severity: Warning, Place: l.Place.String(),
				Message: fmt.Sprintf("Dòng có tiền tệ %s, khác tiền tệ %s của tài khoản. Số dư không kiểm tra được chính xác.", l.Currency, s.Currency),
			}}
		}
	}
	return nil
}

// label names the statement for messages.
func (s *Statement) label() string {
	parts := make([]string, 0, 3)
	if s.ID != "" {
		parts = append(parts, "sao kê "+s.ID)
	}
	if s.Number != "" && strings.HasPrefix(s.Kind, "MT") {
		parts = append(parts, "số "+s.Number)
	}
	if s.Account != "" {
		parts = append(parts, "tài khoản "+s.Account)
	}
	return strings.Join(parts, ", ")
}

// String is the place in words: "dòng 12, ô E12".
func (p Place) String() string {
	switch {
	case p.Line > 0 && p.Path != "":
		return fmt.Sprintf("dòng %d, %s", p.Line, p.Path)
	case p.Line > 0:
		return fmt.Sprintf("dòng %d", p.Line)
	}
	return p.Path
}
