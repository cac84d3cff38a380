package passbook

import "fmt"

// maxRunningProblems is how many breaks of one running balance are listed; a file sorted by
// something else than time would otherwise report every row.
const maxRunningProblems = 5

// CheckRunning follows the balance column of a sheet from row to row and names the place
// where it breaks: there a row is missing, doubled or changed. Exports run either way in
// time; the direction with fewer breaks is taken. Rows without a balance are carried along.
//
// When the balance equation holds over the whole statement, the breaks are only the order of
// the rows and are warnings.
func CheckRunning(s *Statement) []Problem {
	down := runningBreaks(s, false)
	up := down
	if len(down) > 0 {
		up = runningBreaks(s, true)
	}
	breaks := down
	if len(up) < len(down) {
		breaks = up
	}
	if len(breaks) == 0 {
		return nil
	}
	severity := KeepOpen
	if ok := s.Balanced(); ok != nil && *ok {
		severity = Warning
	}
	var problems []Problem
	for _, b := range breaks[:min(len(breaks), maxRunningProblems)] {
		message := fmt.Sprintf("Số dư sau dòng %d lệch %s so với dòng %d: ở giữa bị thiếu hoặc bị sửa dòng. Hãy tải lại sao kê từ ngân hàng.",
			b.at.Line, b.diff.String(), b.before.Line)
		if severity == Warning {
			message = fmt.Sprintf("Số dư sau dòng %d không nối với dòng %d (lệch %s), nhưng cả sao kê vẫn cân: các dòng có thể không theo thứ tự thời gian.",
				b.at.Line, b.before.Line, b.diff.String())
		}
		problems = append(problems, Problem{
			Code: CodeRunning, Severity: severity, Place: b.at.String(), Difference: b.diff.String(), Message: message,
		})
	}
	if more := len(breaks) - maxRunningProblems; more > 0 {
		problems = append(problems, Problem{
			Code: CodeRunning, Severity: severity,
			Message: fmt.Sprintf("Còn %d chỗ khác mà số dư không nối với dòng liền kề.", more),
		})
	}
	return problems
}

type runningBreak struct {
	before, at Place
	diff       *Total
}

// runningBreaks walks the lines; upwards means the newest line stands first.
func runningBreaks(s *Statement, upwards bool) []runningBreak {
	var breaks []runningBreak
	var expect Total // what the next stated balance must be
	known := false
	var before Place
	if s.Opening != nil && !s.Opening.Derived && len(s.Lines) > 0 {
		expect.Add(s.Opening.Amount)
		known = true
		before = Place{Line: s.Lines[0].Place.Line - 1}
		if upwards {
			before = Place{Line: s.Lines[len(s.Lines)-1].Place.Line + 1}
		}
	}
	for i := range s.Lines {
		l := &s.Lines[i]
		if upwards {
			l = &s.Lines[len(s.Lines)-1-i]
		}
		if l.Status != Booked {
			continue
		}
		expect.addTimes(l.Amount, int64(l.Sign))
		if l.Running == nil {
			continue
		}
		if known && !expect.Equal(*l.Running) {
			diff := new(Total)
			diff.Add(*l.Running)
			diff.SubTotal(&expect)
			breaks = append(breaks, runningBreak{before: before, at: l.Place, diff: diff})
		}
		expect = Total{}
		expect.Add(*l.Running)
		known, before = true, l.Place
	}
	opens := s.Opening != nil && !s.Opening.Derived
	if c := s.Closing; known && !opens && c != nil && !c.Derived && !expect.Equal(c.Amount) {
		diff := new(Total)
		diff.Add(c.Amount)
		diff.SubTotal(&expect)
		at := Place{Line: before.Line + 1, Path: "số dư cuối"}
		if upwards {
			at.Line = before.Line - 1
		}
		breaks = append(breaks, runningBreak{before: before, at: at, diff: diff})
	}
	return breaks
}

// DeriveBalances computes the balances before the first and after the last booked line from
// the running balance, in the direction that CheckRunning takes. ok is false when the first
// or last line in time has none.
func DeriveBalances(s *Statement) (opening, closing Decimal, ok bool) {
	first, last := -1, -1
	for i := range s.Lines {
		if s.Lines[i].Status == Booked {
			if first < 0 {
				first = i
			}
			last = i
		}
	}
	if first < 0 {
		return opening, closing, false
	}
	if newestFirst(s) {
		first, last = last, first
	}
	a, b := &s.Lines[first], &s.Lines[last]
	if a.Running == nil || b.Running == nil {
		return opening, closing, false
	}
	var before Total
	before.Add(*a.Running)
	before.addTimes(a.Amount, -int64(a.Sign))
	opening, ok = before.Decimal()
	return opening, *b.Running, ok
}

// newestFirst tells in which direction time runs: the one in which the running balance breaks
// less often, and by the dates when that does not tell.
func newestFirst(s *Statement) bool {
	down, up := len(runningBreaks(s, false)), len(runningBreaks(s, true))
	if down != up {
		return up < down
	}
	return len(s.Lines) > 1 && s.Lines[0].BookedOn > s.Lines[len(s.Lines)-1].BookedOn
}
