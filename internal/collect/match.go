package collect

import (
	"strconv"
	"strings"

	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/billcode"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/vnd"
)

// Rules of matching, as stored with each allocation (reference bank-and-pos, section 4).
const (
	RuleCode        = "code"            // a live code in the memo
	RuleCodes       = "codes"           // several live codes in one memo
	RuleBareCode    = "code_bare"       // a code without its prefix; amount and payee fit exactly
	RuleVirtual     = "virtual_account" // the collection account stands for this bill
	RulePerson      = "virtual_person"  // the collection account stands for this person; earliest due first
	RuleRF          = "rf"              // ISO 11649 reference made of our code
	RuleOrder       = "order"           // our own key carried back by the partner
	RuleReplaced    = "code_replaced"   // the code of a bill that was re-issued; amount fits the new one
	RuleOverpaid    = "overpaid"        // more than was owed: payer's credit
	RuleSecond      = "second_payment"  // the bill was paid before: payer's credit
	RuleHuman       = "human"           // a human decided
	RuleCash        = "cash"            // taken at the desk
	RuleUseSurplus  = "use_surplus"     // payer's credit used for a bill
	RuleGiveBack    = "give_back"       // sent back to the payer
	evidenceMaxRune = 160
)

// pay is a part of a credit on a bill.
type pay struct {
	bill   *bill.Payable
	amount vnd.Amount
}

// decision is what matching says of one credit: pays + surplus + waits = amount.
type decision struct {
	rule     string
	evidence string
	pays     []pay
	surplus  vnd.Amount
	over     id.Bill // the bill the surplus came from
	waits    vnd.Amount
	reason   Reason
}

// keys is what a credit carries that can name a bill, found before the database is asked.
type keys struct {
	hits    []billcode.Hit  // from the memo
	direct  []billcode.Code // from RF reference or order id
	byRule  map[billcode.Code]string
	virtual string
}

// codes are all codes a bill should be looked up for.
func (k keys) codes(into []billcode.Code) []billcode.Code {
	into = append(into, k.direct...)
	for _, h := range k.hits {
		if h.Kind == billcode.Exact || h.Kind == billcode.LookAlike || h.Kind == billcode.NoPrefix {
			into = append(into, h.Code)
		}
	}
	return into
}

// findKeys reads the keys out of a credit (reference section 4.5: virtual account > code > RF).
func (s *Service) findKeys(c *Credit) keys {
	k := keys{hits: s.ext.Extract(c.Memo), virtual: c.VirtualAccount}
	direct := func(code billcode.Code, rule string) {
		if k.byRule == nil {
			k.byRule = map[billcode.Code]string{}
		}
		if _, ok := k.byRule[code]; !ok {
			k.direct, k.byRule[code] = append(k.direct, code), rule
		}
	}
	if c.OrderID != "" {
		if code, err := billcode.Parse(c.OrderID); err == nil {
			direct(code, RuleOrder)
		}
	}
	if c.RF != "" {
		if code, err := billcode.ParseRF(c.RF); err == nil {
			direct(code, RuleRF)
		}
	}
	for _, rf := range billcode.ExtractRF(c.Memo) {
		if code, err := billcode.ParseRF(rf); err == nil {
			direct(code, RuleRF)
		}
	}
	return k
}

// bills are those of one transaction, by what may name them.
type bills struct {
	byCode   map[billcode.Code]*bill.Payable
	byID     map[id.Bill]*bill.Payable
	virtuals map[string]bill.Virtual
	persons  map[person][]*bill.Payable
}

type person struct {
	facility id.Facility
	code     string
}

// match decides about one credit. It changes nothing; what the batch has already put on a
// bill is in the bill's Paid. The deeper matcher (people, repaired keys, sets) takes over
// where this one says suspense.
func (b *bills) match(c *Credit, k keys) decision {
	if c.Reason == OwnRefund {
		return decision{waits: c.Amount, reason: OwnRefund}
	}
	if v, ok := b.virtuals[k.virtual]; ok && k.virtual != "" {
		if d, ok := b.matchVirtual(c, v); ok {
			return d
		}
	}
	var live []*bill.Payable
	var seen []string
	rule, refused := "", Reason("")
	consider := func(code billcode.Code, r, where string) {
		p := b.byCode[code]
		switch {
		case p == nil:
			if refused == "" {
				refused = UnknownCode
			}
			return
		case p.Facility != c.Facility:
			refused = WrongAccount
			return
		case p.State == "draft":
			refused = BillDraft
			return
		case p.State == "cancelled":
			next := b.byID[p.ReplacedBy]
			if next == nil || !next.Live() || next.Open() != c.Amount {
				refused = BillCancelled
				return
			}
			p, r = next, RuleReplaced
		}
		for _, have := range live {
			if have.ID == p.ID {
				return
			}
		}
		live = append(live, p)
		seen = append(seen, where)
		if rule == "" {
			rule = r
		}
	}
	for _, code := range k.direct {
		consider(code, k.byRule[code], string(code))
	}
	weak := false
	for _, h := range k.hits {
		where := string(h.Code) + "@" + strconv.Itoa(h.Pos)
		switch {
		case h.Kind.IsKey():
			consider(h.Code, RuleCode, where)
		case h.Kind == billcode.NoPrefix:
			p := b.byCode[h.Code]
			if p != nil && p.Live() && p.Facility == c.Facility && p.Open() == c.Amount && len(live) == 0 {
				consider(h.Code, RuleBareCode, where)
			} else if p != nil {
				weak = true
			}
		default:
			weak = true
		}
	}
	if len(live) == 0 {
		if refused == "" && weak {
			refused = WeakCode
		}
		if refused == "" {
			refused = NoCode
		}
		return decision{waits: c.Amount, reason: refused}
	}
	// One key that must not be booked (another facility's bill) makes the whole transfer a
	// human's: which part was meant for whom is not ours to guess.
	if refused == WrongAccount {
		return decision{waits: c.Amount, reason: refused}
	}
	if len(live) > 1 {
		rule = RuleCodes
	}
	return spread(c.Amount, live, rule, strings.Join(seen, " "))
}

func (b *bills) matchVirtual(c *Credit, v bill.Virtual) (decision, bool) {
	if v.Facility != c.Facility {
		return decision{waits: c.Amount, reason: WrongAccount}, true
	}
	if v.Bill != 0 {
		if p := b.byID[v.Bill]; p != nil && p.Live() {
			return spread(c.Amount, []*bill.Payable{p}, RuleVirtual, v.Number), true
		}
		return decision{}, false
	}
	var open []*bill.Payable
	for _, p := range b.persons[person{v.Facility, v.BeneficiaryCode}] {
		if p.Live() && p.Open() > 0 {
			if p.Open() == c.Amount { // the bill of exactly this amount before the earliest
				return spread(c.Amount, []*bill.Payable{p}, RulePerson, v.Number), true
			}
			open = append(open, p)
		}
	}
	if len(open) == 0 {
		return decision{waits: c.Amount, reason: NothingOpen}, true
	}
	return spread(c.Amount, open, RulePerson, v.Number), true
}

// spread fills the bills in order; what is left is payer's credit (rows 6, 7, 8, 14).
func spread(amount vnd.Amount, live []*bill.Payable, rule, evidence string) decision {
	d := decision{rule: rule, evidence: clip(evidence)}
	left := amount
	for _, p := range live {
		part := min(left, p.Open())
		if part <= 0 {
			continue
		}
		d.pays = append(d.pays, pay{p, part})
		left -= part
	}
	if left > 0 {
		d.surplus, d.over = left, live[len(live)-1].ID
	}
	return d
}

func clip(s string) string {
	if r := []rune(s); len(r) > evidenceMaxRune {
		return string(r[:evidenceMaxRune])
	}
	return s
}
