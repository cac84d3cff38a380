package passbook

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/sen-platform/sen/internal/clock"
)

// AssignKeys gives every line and part of the file its key (bank-and-pos, section 1.6):
//
//  1. from the bank's reference of the part, else of the line and the part's number;
//  2. without one, from account, dates, sign, amount, normalised memo and running balance.
//
// Sign, amount, booking date and account are always in it, because banks give one reference
// to a payment, its fee and its reversal, and start their numbers anew. Lines that are still
// the same get an ordinal: two parents can pay the same sum with the same text on one day,
// and both are real. The ordinal counts through all statements of the file, which are pages
// or days that follow each other. Reading the same or an overlapping file gives the same
// keys; only identical lines without any reference in two files of one day (interim reports)
// cannot be told apart.
//
// The accounts must be set before.
func AssignKeys(f *File) {
	seen := map[string]int{}
	unique := func(fields ...string) string {
		base := strings.Join(fields, "\x1f")
		seen[base]++
		if n := seen[base]; n > 1 {
			base += "\x1f#" + strconv.Itoa(n)
		}
		sum := sha256.Sum256([]byte(base))
		return fields[0] + "-" + hex.EncodeToString(sum[:16])
	}
	for i := range f.Statements {
		assignKeys(&f.Statements[i], unique)
	}
}

func assignKeys(s *Statement, unique func(...string) string) {
	account := AccountNumber(s.Account)
	for i := range s.Lines {
		l := &s.Lines[i]
		for j := range l.Parts {
			p := &l.Parts[j]
			p.Key = partKey(unique, account, l, p, j)
		}
		switch {
		case len(l.Parts) == 1:
			l.Key = l.Parts[0].Key
		case l.EntryRef != "":
			l.Key = unique("ref", account, l.EntryRef, "0", l.Sign.String(), l.Amount.String(), string(l.BookedOn))
		case l.BankRef != "":
			l.Key = unique("ref", account, l.BankRef, "0", l.Sign.String(), l.Amount.String(), string(l.BookedOn))
		default:
			l.Key = unique(rowFields(account, l.BookedOn, l.ValueOn, l.Sign, l.Amount, l.Memo, l.Running)...)
		}
	}
}

func partKey(unique func(...string) string, account string, l *Line, p *Part, index int) string {
	amount := l.Amount
	if p.Amount != nil && len(l.Parts) > 1 {
		amount = *p.Amount
	}
	ref, number := p.BankRef, "0"
	if own := PartRef(l.EntryRef, index, len(l.Parts)); l.EntryRef != "" && ref == own {
		ref, number = l.EntryRef, strconv.Itoa(index)
	}
	if ref == "" {
		return unique(rowFields(account, l.BookedOn, l.ValueOn, p.Sign, amount, p.Memo, nil)...)
	}
	return unique("ref", account, ref, number, p.Sign.String(), amount.String(), string(l.BookedOn))
}

// PartRef is the reference of a part that has none of its own: the entry's, and in a batch
// of several the number of the part behind it, so that parts stay apart. Empty without an
// entry reference.
func PartRef(entryRef string, index, parts int) string {
	if entryRef == "" || parts < 2 {
		return entryRef
	}
	return entryRef + "/" + strconv.Itoa(index+1)
}

func rowFields(account string, booked, value clock.Date, sign Sign, amount Decimal, memo string, running *Decimal) []string {
	balance := ""
	if running != nil {
		balance = running.String()
	}
	return []string{"row", account, string(booked), string(value), sign.String(), amount.String(), normalMemo(memo), balance}
}

// normalMemo is what stays of a memo when banks re-wrap and re-case it.
func normalMemo(memo string) string {
	return strings.ToUpper(strings.Join(strings.Fields(memo), ""))
}

// Compact removes every space and separator people put into account numbers.
func Compact(account string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case ' ', '\u00a0', '.', '-', '\t':
			return -1
		}
		return r
	}, account)
}
