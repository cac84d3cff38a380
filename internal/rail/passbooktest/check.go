package passbooktest

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/sen-platform/sen/internal/rail/passbook"
)

// Check is what every reader must keep whatever bytes it was given: an error is a
// *passbook.Error with a message; a file has lines with a direction, an amount that is not
// negative, a key of their own and text that is UTF-8; and the checks run through.
func Check(t *testing.T, f *passbook.File, err error) {
	t.Helper()
	if err != nil {
		var ours *passbook.Error
		if !errors.As(err, &ours) || ours.Message == "" || strings.Contains(ours.Message, "%!") {
			t.Fatalf("error %T %v", err, err)
		}
		return
	}
	passbook.Check(f)
	keys := map[string]bool{}
	key := func(k string) {
		if k == "" || keys[k] {
			t.Fatalf("key %q is empty or not unique", k)
		}
		keys[k] = true
	}
	for i := range f.Statements {
		s := &f.Statements[i]
		for _, p := range s.Problems {
			if p.Message == "" || strings.Contains(p.Message, "%!") || !utf8.ValidString(p.Message) {
				t.Fatalf("problem %+v", p)
			}
		}
		for j := range s.Lines {
			l := &s.Lines[j]
			if l.Sign != passbook.In && l.Sign != passbook.Out || l.Amount.IsNegative() || l.Status == "" {
				t.Fatalf("line %+v", l)
			}
			if !utf8.ValidString(l.Memo + l.PayerName + l.BankRef) {
				t.Fatalf("text %q", l.Memo)
			}
			for k := range l.Parts {
				key(l.Parts[k].Key)
			}
			if len(l.Parts) != 1 {
				key(l.Key)
			}
		}
	}
}
