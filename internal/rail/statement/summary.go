package statement

import (
	"strings"

	"github.com/sen-platform/sen/internal/rail/camt"
	"github.com/sen-platform/sen/internal/rail/mt940"
	"github.com/sen-platform/sen/internal/rail/passbook"
)

// Summary is what `sen statement read` prints of a file: the keys of the expected.json files
// beside the bank samples. Amounts are decimal strings without grouping, negative for debit
// balances; null means the file does not tell.
//
// Statements are camtSummary for camt files and sheets, mtSummary for MT files.
type Summary struct {
	File       string `json:"file"`
	Statements []any  `json:"statements"`
	Message    string `json:"message"`
}

// common are the keys that all formats share. Every listed entry counts, whatever its status
// (a batch is one entry); in MT files C, RD and EC are credit, D, RC and ED are debit.
type common struct {
	CreditEntries int    `json:"credit_entries"`
	CreditSum     string `json:"credit_sum"`
	DebitEntries  int    `json:"debit_entries"`
	DebitSum      string `json:"debit_sum"`
}

type camtSummary struct {
	Kind     string              `json:"kind"`
	Account  *string             `json:"account"`
	Currency *string             `json:"currency"`
	Balances map[string][]string `json:"balances"`
	Opening  *string             `json:"opening"`
	Closing  *string             `json:"closing"`
	common
	EntryStatus        map[string]int `json:"entry_status"`
	ReversalEntries    int            `json:"reversal_entries"`
	TransactionDetails int            `json:"transaction_details"`
	BalancesCheck      *bool          `json:"balances_check"`
	SampleReferences   []passbook.Ref `json:"sample_references"`
}

type mtSummary struct {
	Reference  *string `json:"reference_20"`
	Account    *string `json:"account"`
	Number     *string `json:"number_28"`
	Currency   *string `json:"currency"`
	Opening    *string `json:"opening"`
	OpeningTag *string `json:"opening_tag"`
	Closing    *string `json:"closing"`
	ClosingTag *string `json:"closing_tag"`
	common
	ReversalMarks    []string       `json:"reversal_marks"`
	BalancesCheck    *bool          `json:"balances_check"`
	SampleReferences []passbook.Ref `json:"sample_references"`
}

// Summarize is the file's summary, ready for encoding/json.
func Summarize(f *File) Summary {
	sum := Summary{File: f.Name, Message: f.Message, Statements: []any{}}
	for i := range f.Statements {
		s := &f.Statements[i]
		if f.Format == mt940.Stream {
			sum.Statements = append(sum.Statements, summarizeMT(s))
		} else {
			sum.Statements = append(sum.Statements, summarizeCamt(f.Format, s))
		}
	}
	return sum
}

func summarizeCamt(stream string, s *Statement) camtSummary {
	sum := camtSummary{
		Kind: s.Kind, Account: text(s.Account), Currency: text(entryCurrency(s)),
		Balances: map[string][]string{}, Opening: amount(s.Opening), Closing: amount(s.Closing),
		common: countEntries(s), EntryStatus: map[string]int{}, BalancesCheck: s.Balanced(),
		SampleReferences: sampleByKind(s, camtKinds),
	}
	if stream != camt.Stream {
		sum.SampleReferences = sampleByKind(s, sheetKinds)
	}
	for _, b := range s.Balances {
		sum.Balances[b.Code] = append(sum.Balances[b.Code], b.Amount.String())
	}
	for i := range s.Lines {
		l := &s.Lines[i]
		sum.EntryStatus[l.StatusText]++
		sum.TransactionDetails += len(l.Parts)
		if l.Reversal {
			sum.ReversalEntries++
		}
	}
	return sum
}

func summarizeMT(s *Statement) mtSummary {
	sum := mtSummary{
		Reference: text(s.ID), Account: text(s.Account), Number: text(s.Number),
		Opening: amount(s.Opening), OpeningTag: code(s.Opening),
		Closing: amount(s.Closing), ClosingTag: code(s.Closing),
		common: countEntries(s), ReversalMarks: []string{}, BalancesCheck: s.Balanced(),
		SampleReferences: sampleInOrder(s),
	}
	for _, b := range []*Balance{s.Opening, s.Closing} {
		if b != nil && sum.Currency == nil {
			sum.Currency = text(b.Currency) // an interim report without balances states none
		}
	}
	for i := range s.Lines {
		if mark := s.Lines[i].StatusText; strings.HasPrefix(mark, "R") {
			sum.ReversalMarks = append(sum.ReversalMarks, mark)
		}
	}
	return sum
}

func countEntries(s *Statement) common {
	var c common
	var in, out passbook.Total
	for i := range s.Lines {
		switch l := &s.Lines[i]; l.Sign {
		case passbook.In:
			c.CreditEntries++
			in.Add(l.Amount)
		case passbook.Out:
			c.DebitEntries++
			out.Add(l.Amount)
		}
	}
	c.CreditSum, c.DebitSum = in.String(), out.String()
	return c
}

// entryCurrency is the currency the sums are in: that of the entries (of the last one where
// they differ, which is a problem of its own), else of the account.
func entryCurrency(s *Statement) string {
	for i := len(s.Lines) - 1; i >= 0; i-- {
		if c := s.Lines[i].Currency; c != "" {
			return c
		}
	}
	return s.Currency
}

// Kinds of references in the order in which they tell entries apart best.
var (
	camtKinds  = []string{"EndToEndId", "CdtrRefInf/Ref", "AcctSvcrRef", "Ustrd"}
	sheetKinds = []string{"reference", "memo"}
)

// samples is how many references a summary shows.
const samples = 3

// sampleByKind takes the first reference of every kind, then the second ones, until there are
// three.
func sampleByKind(s *Statement, kinds []string) []passbook.Ref {
	byKind := map[string][]passbook.Ref{}
	for i := range s.Lines {
		for _, r := range s.Lines[i].Refs {
			if len(byKind[r.Kind]) < samples {
				byKind[r.Kind] = append(byKind[r.Kind], r)
			}
		}
	}
	out := []passbook.Ref{}
	for round := range samples {
		for _, k := range kinds {
			if round < len(byKind[k]) && len(out) < samples {
				out = append(out, byKind[k][round])
			}
		}
	}
	return out
}

// sampleInOrder takes the first three references of the file; a statement with two repeats
// the second, as the samples do.
func sampleInOrder(s *Statement) []passbook.Ref {
	out := []passbook.Ref{}
	for i := range s.Lines {
		for _, r := range s.Lines[i].Refs {
			if len(out) < samples {
				out = append(out, r)
			}
		}
	}
	if len(out) == samples-1 {
		out = append(out, out[len(out)-1])
	}
	return out
}

// HasReference tells whether a line of the statement carries the reference.
func HasReference(s *Statement, ref passbook.Ref) bool {
	for i := range s.Lines {
		for _, r := range s.Lines[i].Refs {
			if r == ref {
				return true
			}
		}
	}
	return false
}

func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func amount(b *Balance) *string {
	if b == nil {
		return nil
	}
	return text(b.Amount.String())
}

func code(b *Balance) *string {
	if b == nil {
		return nil
	}
	return text(b.Code)
}
