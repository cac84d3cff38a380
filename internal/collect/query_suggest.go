package collect

import (
	"cmp"
	"slices"
	"strings"

	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/billcode"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/vn"
	"github.com/sen-platform/sen/internal/vnd"
)

// Suggestion is a bill that a waiting credit may be meant for, with everything that speaks for
// it. It is for a person to decide: nothing is booked on a suggestion.
type Suggestion struct {
	Bill   bill.Bill
	Score  int
	Code   bool   // the memo holds this bill's code, spoilt in one or two places or without its prefix
	Amount bool   // what waits is exactly what is owed
	Name   string // words of the pupil's or patient's name as the memo has them, "" for none
	Full   bool   // Name is the whole name
	Class  bool   // the memo names the class
	Other  string // the memo names this class, which is another one
	Person bool   // the memo holds the pupil's or patient's code
	Phone  bool   // the memo holds the payer's telephone number
	Payer  bool   // the sender is called like the payer on the bill
}

// What each piece of evidence counts for. A suggestion needs suggestFrom: the amount alone is
// enough to be looked at, a given name alone is not.
const (
	scoreCode    = 60
	scorePerson  = 40
	scoreFull    = 40
	scorePhone   = 35
	scoreAmount  = 30
	scorePart    = 25
	scorePayer   = 25
	scoreClass   = 15
	scoreGiven   = 10
	scoreOther   = -20 // another class than the bill's is named
	suggestFrom  = 30
	suggestScan  = 20_000 // open bills looked at, the newest first
	phoneDigits  = 9      // of a telephone number, without the first zero
	personDigits = 4      // a shorter code of a person could be anything
)

// openBill is what suggesting needs to know of a bill.
type openBill struct {
	id                               id.Bill
	code                             billcode.Code
	name, payer, class, person, tele string
	search                           string
	open                             vnd.Amount
}

// Suggest looks through a facility's open bills for those a credit may be meant for, by what
// is in its memo, who sent it and how much waits; the likeliest first, at most limit. The
// deeper matcher (households, sets of bills, habits of payers) is a room of its own.
func (s *Service) Suggest(tx *db.Tx, c Credit, limit int) ([]Suggestion, error) {
	amount := c.Suspense
	if amount == 0 {
		amount = c.Surplus
	}
	list, err := db.All(tx, `select id, code, beneficiary_name, payer_name, class_name, beneficiary_code, payer_phone, search, total - paid from bill
		where facility_id = $1 and state = 'published' and paid < total order by id desc limit $2`, []any{c.Facility, suggestScan},
		func(r db.Rows, b *openBill) error {
			return r.Scan(&b.id, &b.code, &b.name, &b.payer, &b.class, &b.person, &b.tele, &b.search, &b.open)
		})
	if err != nil {
		return nil, err
	}
	m := s.readMemo(c)
	var found []Suggestion
	for _, b := range list {
		if g := m.weigh(b, amount); g.Score >= suggestFrom {
			g.Bill.ID = b.id
			found = append(found, g)
		}
	}
	slices.SortStableFunc(found, func(a, b Suggestion) int { return cmp.Compare(b.Score, a.Score) })
	found = found[:min(len(found), limit)]
	ids := make([]id.Bill, len(found))
	for i, g := range found {
		ids[i] = g.Bill.ID
	}
	bills, err := bill.ByIDs(tx, ids)
	if err != nil {
		return nil, err
	}
	for i := range found {
		found[i].Bill = bills[ids[i]]
	}
	return found, nil
}

// Weigh gathers what speaks for one bill, whatever its score: for a bill that a person found.
func (s *Service) Weigh(c Credit, b bill.Bill) Suggestion {
	amount := c.Suspense
	if amount == 0 {
		amount = c.Surplus
	}
	g := s.readMemo(c).weigh(openBill{
		id: b.ID, code: b.Code, name: b.BeneficiaryName, payer: b.PayerName, class: b.Class, person: b.BeneficiaryCode, tele: b.PayerPhone,
		search: vn.Fold(b.BeneficiaryName + " " + b.PayerName + " " + b.Class + " " + b.BeneficiaryCode), open: b.Open(),
	}, amount)
	g.Bill = b
	return g
}

// memo is a credit's text taken apart.
type memo struct {
	words  []string
	joined string // the words without spaces between them
	digits string
	sender string
	codes  map[billcode.Code]bool
}

func (s *Service) readMemo(c Credit) memo {
	m := memo{words: vn.Tokens(c.Memo), sender: vn.Fold(c.PayerName), codes: map[billcode.Code]bool{}}
	m.joined = strings.Join(m.words, "")
	m.digits = strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, c.Memo)
	for _, hits := range [][]billcode.Hit{s.ext.Extract(c.Memo), s.ext.Repair(c.Memo), s.ext.Bare(c.Memo)} {
		for _, h := range hits {
			m.codes[h.Code] = true
		}
	}
	return m
}

// weigh gathers what speaks for a bill.
func (m memo) weigh(b openBill, amount vnd.Amount) Suggestion {
	var g Suggestion
	add := func(ok bool, score int) bool {
		if ok {
			g.Score += score
		}
		return ok
	}
	g.Code = add(m.codes[b.code], scoreCode)
	g.Amount = add(b.open == amount, scoreAmount)
	if !g.Code && !g.Amount && !m.touches(b) {
		return g
	}
	person := strings.Join(vn.Tokens(b.person), "")
	g.Person = add(len(person) >= personDigits && strings.Contains(m.joined, person), scorePerson)
	g.Phone = add(len(b.tele) > phoneDigits && strings.Contains(m.digits, b.tele[len(b.tele)-phoneDigits:]), scorePhone)
	g.Payer = add(m.sender != "" && m.sender == vn.Fold(b.payer), scorePayer)
	name := b.name
	if name == "" {
		name = b.payer
	}
	var score int
	g.Name, g.Full, score = m.name(vn.Tokens(name))
	g.Score += score
	g.Class = add(m.hasClass(b.class), scoreClass)
	if g.Other = m.namedClass(); g.Class || b.class == "" {
		g.Other = ""
	}
	add(g.Other != "", scoreOther)
	return g
}

// touches is a quick look whether the memo and the bill have a word in common at all.
func (m memo) touches(b openBill) bool {
	if m.sender != "" && strings.Contains(b.search, m.sender) {
		return true
	}
	for _, w := range m.words {
		if len(w) >= 2 && strings.Contains(b.search, w) {
			return true
		}
	}
	return b.tele != "" && len(m.digits) >= phoneDigits
}

// name finds the longest end of a name in the memo: Vietnamese names are told by the given
// name, which stands last, with as many of the words before it as the sender cared to type.
func (m memo) name(parts []string) (found string, full bool, score int) {
	for from := range parts {
		if !m.has(parts[from:]) {
			continue
		}
		found = strings.Join(parts[from:], " ")
		switch n := len(parts) - from; {
		case from == 0 && n > 1:
			return found, true, scoreFull
		case n > 1:
			return found, false, scorePart
		default:
			return found, false, scoreGiven
		}
	}
	return "", false, 0
}

// has reports whether the words stand side by side in the memo.
func (m memo) has(words []string) bool {
	for i := 0; i+len(words) <= len(m.words); i++ {
		if slices.Equal(m.words[i:i+len(words)], words) {
			return true
		}
	}
	return false
}

// hasClass finds "3B" as "3b", "3 b", "lop3b" or after "lop".
func (m memo) hasClass(class string) bool {
	parts := vn.Tokens(class)
	if len(parts) > 1 && parts[0] == "lop" {
		parts = parts[1:]
	}
	whole := strings.Join(parts, "")
	if whole == "" {
		return false
	}
	for i, w := range m.words {
		if w = strings.TrimPrefix(w, "lop"); w == "" {
			continue
		}
		if w == whole || i+1 < len(m.words) && len(w) < len(whole) && w+m.words[i+1] == whole {
			return true
		}
	}
	return false
}

// namedClass is the class that the memo names outright: the word after "lop".
func (m memo) namedClass() string {
	for i, w := range m.words {
		rest, ok := strings.CutPrefix(w, "lop")
		if ok && rest == "" && i+1 < len(m.words) {
			rest = m.words[i+1]
		}
		if ok && rest != "" && rest[0] >= '0' && rest[0] <= '9' {
			return rest
		}
	}
	return ""
}
