package sheet

import (
	"github.com/sen-platform/sen/internal/rail/passbook"
)

// finish turns the present section into statements: one, or one for each account where the
// table has a column for it.
func (t *table) finish() {
	t.checkMerged()
	t.settleDirections()
	accounts, byAccount := t.split()
	for i, account := range accounts {
		s := passbook.Statement{
			Kind: "Sheet", ID: t.g.name, Account: account,
			Currency: t.figures.currency, From: t.figures.from, To: t.figures.to, Lines: byAccount[i],
		}
		bankOf(&s, t.bank)
		if s.Currency == "" {
			s.Currency = "VND" // Vietnamese exports leave it away for accounts in đồng
			if len(s.Lines) > 0 && s.Lines[0].Currency != "" {
				s.Currency = s.Lines[0].Currency
			}
		}
		for j := range s.Lines {
			if s.Lines[j].Currency == "" {
				s.Lines[j].Currency = s.Currency
			}
		}
		if len(accounts) == 1 { // figures of a table with several accounts belong to none of them
			t.balances(&s)
		}
		if i == 0 {
			s.Problems = t.problems
		}
		if s.Account == "" {
			s.Problems = append(s.Problems, passbook.Problem{
				Code: passbook.CodeNoAccount, Severity: passbook.Warning, Place: t.g.name,
				Message: "Tệp không ghi số tài khoản. Hãy chọn tài khoản nhận tiền khi nhập tệp này.",
			})
		}
		t.done = append(t.done, s)
	}
}

// split groups the lines by the account column; without one all belong to the account above.
func (t *table) split() (accounts []string, lines [][]passbook.Line) {
	index := map[string]int{}
	for i := range t.lines {
		account := t.figures.account
		if own := passbook.Compact(t.lines[i].account); own != "" {
			account = own
		}
		at, known := index[account]
		if !known {
			at = len(accounts)
			index[account] = at
			accounts, lines = append(accounts, account), append(lines, nil)
		}
		lines[at] = append(lines[at], t.lines[i].Line)
	}
	if len(accounts) == 0 {
		return []string{t.figures.account}, [][]passbook.Line{nil}
	}
	return accounts, lines
}

// balances fills in the stated balances and control sums, and derives missing balances from
// the running one.
func (t *table) balances(s *passbook.Statement) {
	f := &t.figures
	s.Opening, s.Closing = f.opening, f.closing
	for _, b := range []*passbook.Balance{s.Opening, s.Closing} {
		if b != nil {
			b.Currency = s.Currency
			s.Balances = append(s.Balances, *b)
		}
	}
	if f.debits != (passbook.Count{}) {
		s.Declared.Debits = &f.debits
	}
	if f.credits != (passbook.Count{}) {
		s.Declared.Credits = &f.credits
	}
	opening, closing, ok := passbook.DeriveBalances(s)
	if !ok {
		return
	}
	if s.Opening == nil {
		s.Opening = &passbook.Balance{Code: "opening", Amount: opening, Currency: s.Currency, Derived: true}
	}
	if s.Closing == nil {
		s.Closing = &passbook.Balance{Code: "closing", Amount: closing, Currency: s.Currency, Derived: true}
	}
}
