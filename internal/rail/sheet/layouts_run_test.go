package sheet

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/rail/passbook"
)

// TestLayouts reads every bank's export from every kind of file: the lines must be the same.
func TestLayouts(t *testing.T) {
	for _, l := range layouts {
		for _, c := range containers {
			t.Run(l.name+"/"+c.name, func(t *testing.T) {
				f, err := c.read(c.make(t, l.rows), l.fileName)
				if err != nil {
					t.Fatal(err)
				}
				checkLayout(t, l, f, c.rows)
			})
		}
	}
}

func checkLayout(t *testing.T, l layout, f *passbook.File, rows bool) {
	t.Helper()
	if len(f.Statements) != 1 {
		t.Fatalf("%d statements, want 1", len(f.Statements))
	}
	if want := "sheet:" + l.bank; f.Message != want {
		t.Errorf("message = %s, want %s", f.Message, want)
	}
	s := &f.Statements[0]
	type head struct{ Account, Currency, From, To, Opening, Closing, Debits, Credits string }
	got := head{
		s.Account, s.Currency, string(s.From), string(s.To), balanceText(s.Opening), balanceText(s.Closing),
		sumText(s.Declared.Debits), sumText(s.Declared.Credits),
	}
	want := head{l.account, l.currency, l.from, l.to, l.opening, l.closing, l.debits, l.credits}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("statement (-want +got):\n%s", diff)
	}
	wantLines := slices.Clone(l.lines)
	gotLines := linesOf(s)
	if !rows {
		for i := range wantLines {
			wantLines[i].Row = 0
		}
		for i := range gotLines {
			gotLines[i].Row = 0
		}
	}
	if diff := cmp.Diff(wantLines, gotLines); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
	passbook.Check(f)
	var codes []string
	for _, p := range s.Problems {
		codes = append(codes, p.Code)
	}
	if diff := cmp.Diff(l.problems, codes); diff != "" {
		t.Errorf("problems (-want +got):\n%s\n%+v", diff, s.Problems)
	}
}

func balanceText(b *passbook.Balance) string {
	if b == nil {
		return ""
	}
	if b.Derived {
		return b.Amount.String() + " derived"
	}
	return b.Amount.String()
}

func sumText(c *passbook.Count) string {
	if c == nil || c.Sum == nil {
		return ""
	}
	return c.Sum.String()
}

func linesOf(s *passbook.Statement) []wantLine {
	var out []wantLine
	for i := range s.Lines {
		l := &s.Lines[i]
		w := wantLine{
			Row: l.Place.Line, Sign: l.Sign.String(), Amount: l.Amount.String(), Booked: string(l.BookedOn), Value: string(l.ValueOn),
			Ref: l.BankRef, Memo: l.Memo,
		}
		if !l.OccurredAt.IsZero() {
			w.At = l.OccurredAt.In(clock.VN).Format("15:04:05")
		}
		if l.Running != nil {
			w.Running = l.Running.String()
		}
		if p := strings.Join([]string{l.PayerName, l.PayerAccount, l.PayerBank}, "|"); p != "||" {
			w.Payer = p
		}
		if l.Reversal {
			w.Flags = "reversal"
		}
		out = append(out, w)
	}
	return out
}
