package passbook

import "fmt"

// Previous is what the chain needs of the statement before (check C).
type Previous struct {
	Closing Decimal
	Seq     int // 0 when not known
}

// CheckChain is check C: the opening balance equals the closing balance of the statement
// before, of the same account, and the sequence numbers have no gap.
func CheckChain(prev Previous, s *Statement) []Problem {
	var problems []Problem
	if s.Opening != nil && s.Opening.Amount != prev.Closing {
		var diff Total
		diff.Add(s.Opening.Amount)
		diff.Sub(prev.Closing)
		problems = append(problems, Problem{
			Code: CodeChain, Severity: KeepOpen, Place: s.label(), Difference: diff.String(),
			Message: fmt.Sprintf("Số dư đầu %s không nối với số dư cuối %s của sao kê trước, lệch %s. Có thể thiếu sao kê ở giữa; hãy nhập sao kê còn thiếu.",
				s.Opening.Amount, prev.Closing, diff.String()),
		})
	}
	if prev.Seq > 0 && s.Seq > prev.Seq+1 {
		problems = append(problems, Problem{
			Code: CodeChain, Severity: Warning, Place: s.label(), Difference: fmt.Sprint(s.Seq - prev.Seq - 1),
			Message: fmt.Sprintf("Sao kê số %d đến ngay sau sao kê số %d: thiếu %d sao kê ở giữa. Hãy nhập sao kê còn thiếu.",
				s.Seq, prev.Seq, s.Seq-prev.Seq-1),
		})
	}
	return problems
}

// checkChains runs the chain over the statements of one file, per account and currency.
// Some banks put the newest statement first: when the chain breaks forwards but holds
// backwards, nothing is wrong.
func checkChains(statements []Statement) {
	byAccount := map[string][]*Statement{}
	var order []string
	for i := range statements {
		s := &statements[i]
		if s.Opening == nil || s.Closing == nil {
			continue
		}
		account := Compact(s.Account) + "/" + s.Opening.Currency
		if byAccount[account] == nil {
			order = append(order, account)
		}
		byAccount[account] = append(byAccount[account], s)
	}
	for _, account := range order {
		list := byAccount[account]
		if holdsBackwards(list) {
			continue
		}
		for i := 1; i < len(list); i++ {
			before := list[i-1]
			list[i].Problems = append(list[i].Problems, CheckChain(Previous{Closing: before.Closing.Amount}, list[i])...)
		}
	}
}

func holdsBackwards(list []*Statement) bool {
	for i := 1; i < len(list); i++ {
		if list[i-1].Opening.Amount != list[i].Closing.Amount {
			return false
		}
	}
	return len(list) > 1
}
