package bank

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/sen-platform/sen/internal/vnd"
)

// Habits are how often, of a thousand, payers and messengers do something else than they
// should. The zero Habits are a perfect world.
type Habits struct {
	// Of payers.
	WrongAmount int // pays another sum than asked
	NoCode      int // leaves the code out and writes what comes to mind
	TwoBills    int // pays two bills in one transfer
	Mangled     int // the memo suffers on its way, see Mangle
	// Of messengers.
	Duplicate int // a webhook is sent twice
	Delayed   int // a webhook comes late
	Reordered int // a webhook is overtaken by the next
	Lost      int // a webhook never comes; the statement has the money
}

// Usual are the habits of a lively demonstration.
func Usual() Habits {
	return Habits{WrongAmount: 25, NoCode: 40, TwoBills: 20, Mangled: 150, Duplicate: 60, Delayed: 40, Reordered: 40, Lost: 20}
}

// Set changes one habit by its name on the command line; false for an unknown name.
func (h *Habits) Set(name string, perThousand int) bool {
	field := map[string]*int{
		"wrong-amount": &h.WrongAmount, "no-code": &h.NoCode, "two-bills": &h.TwoBills, "mangled": &h.Mangled,
		"duplicate": &h.Duplicate, "delayed": &h.Delayed, "reordered": &h.Reordered, "lost": &h.Lost,
	}[name]
	if field != nil {
		*field = perThousand
	}
	return field != nil
}

// Names lists the habits that Set knows.
func Names() []string {
	return []string{"wrong-amount", "no-code", "two-bills", "mangled", "duplicate", "delayed", "reordered", "lost"}
}

// Bill is what a payer has in hand: what the notice says.
type Bill struct {
	Account string
	Code    string
	Memo    string // as the QR code prefills it, the code first
	Amount  vnd.Amount
	Payer   string
	For     string // pupil or patient, class
}

// Payer decides how people pay.
type Payer struct {
	Habits Habits
	Rand   *rand.Rand
}

func (p *Payer) chance(perThousand int) bool { return p.Rand.IntN(1000) < perThousand }

// Pay is the transfer of somebody who has a bill in hand. second, when not nil, is another
// bill of the same payee that may be paid along.
func (p *Payer) Pay(b Bill, second *Bill, at time.Time) Transfer {
	t := Transfer{To: b.Account, Amount: b.Amount, Memo: b.Memo, Payer: b.Payer, At: at, Framed: true}
	switch {
	case p.chance(p.Habits.NoCode):
		t.Memo = p.codeless(b)
	case second != nil && p.chance(p.Habits.TwoBills):
		t.Amount += second.Amount
		t.Memo = b.Code + " " + second.Code
	case p.chance(p.Habits.Mangled):
		t.Memo = p.Mangle(b)
	}
	if p.chance(p.Habits.WrongAmount) {
		t.Amount = p.wrong(t.Amount)
	}
	return t
}

// wrong is another sum than asked: rounded up, a part, or with a digit too many fingers hit.
func (p *Payer) wrong(a vnd.Amount) vnd.Amount {
	switch p.Rand.IntN(3) {
	case 0:
		return (a/100_000 + 1) * 100_000
	case 1:
		return max(1000, a/2/1000*1000)
	}
	return a + 9_000
}

func (p *Payer) codeless(b Bill) string {
	return []string{
		"nop tien hoc", b.For + " nop tien", "hoc phi " + b.For, b.Payer + " chuyen tien", "chuyen tien an thang nay cho con", "dong vien phi " + b.For,
	}[p.Rand.IntN(6)]
}

// Mangle is what can happen to a memo between the payer's thumb and the statement (reference
// bank-and-pos, section 3.2). All of it leaves a code that a careful reader finds.
func (p *Payer) Mangle(b Bill) string {
	code := b.Code
	switch p.Rand.IntN(8) {
	case 0:
		return strings.ToLower(b.Memo)
	case 1: // a space inside
		n := 3 + p.Rand.IntN(len(code)-5)
		return code[:n] + " " + code[n:] + " " + b.For
	case 2: // dashes and dots
		return code[:2] + "-" + code[2:6] + "." + code[6:] + " chuyen tien"
	case 3: // behind other words
		return "nop tien " + b.For + " " + code
	case 4: // spelt out with look-alikes
		return code[:2] + strings.NewReplacer("0", "O", "1", "I", "5", "S", "8", "B").Replace(code[2:])
	case 5: // in groups of four
		return fmt.Sprintf("%s %s %s", code[:4], code[4:8], code[8:])
	case 6: // with a frame of its own
		return "ung ho." + code + ".GD 174242-090822 15:45:46"
	}
	return code + "/" + b.For
}
