package camt

import (
	"fmt"
	"strings"

	"github.com/sen-platform/sen/internal/rail/passbook"
)

// payment is one TxDtls before its entry is known: which side pays depends on the entry's
// sign, which may stand behind the details in files that keep no order.
type payment struct {
	details  passbook.Details
	sign     passbook.Sign
	amounts  []*node // candidates, best first
	line     int
	debtor   party
	creditor party
}

type party struct{ name, account, bank string }

func digest(n *node) *payment {
	p := &payment{sign: sign(n.get("CdtDbtInd")), line: n.line}
	for _, path := range [...]string{"Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/CntrValAmt/Amt", "AmtDtls/InstdAmt/Amt"} {
		if a := n.find(path); a != nil && a.text != "" {
			p.amounts = append(p.amounts, a)
		}
	}
	refs := n.find("Refs")
	d := &p.details
	d.BankRef = given(refs.get("AcctSvcrRef"))
	d.EndToEndID = given(refs.get("EndToEndId"))
	d.UETR = refs.get("UETR")
	d.TxID = refs.first("TxId", "ClrSysRef", "AcctSvcrTxId")
	d.Return = n.find("RtrInf") != nil
	_, d.OccurredAt = date(n.first("RltdDts/AccptncDtTm", "RltdDts/TxDtTm"))

	parties := n.find("RltdPties")
	agents := n.find("RltdAgts")
	p.debtor = readParty(parties, agents, "Dbtr")
	p.creditor = readParty(parties, agents, "Cdtr")

	remittance := n.find("RmtInf")
	var cut []string
	remittance.each("Ustrd", func(u *node) { cut = passbook.Append(cut, u.text) })
	d.MemoParts = cut
	d.Memo = strings.Join(cut, "")
	remittance.each("Strd", func(s *node) {
		s.each("CdtrRefInf", func(c *node) {
			if ref := c.get("Ref"); ref != "" {
				d.StructuredRefs = append(d.StructuredRefs, ref)
			}
		})
		s.each("AddtlRmtInf", func(a *node) { d.AddNote(a.text) })
	})
	d.RF = rf(d.StructuredRefs)
	n.each("AddtlTxInf", func(a *node) { d.AddNote(a.text) })
	return p
}

func readParty(parties, agents *node, side string) party {
	return party{
		name: parties.first(side+"/Nm", side+"/Pty/Nm", "Ultmt"+side+"/Nm", "Ultmt"+side+"/Pty/Nm", side+"/Agt/FinInstnId/Nm"),
		account: parties.first(side+"Acct/Id/IBAN", side+"Acct/Id/Othr/Id", side+"Acct/Id/BBAN",
			side+"Acct/Id/PrtryAcct/Id"),
		bank: agents.first(side+"Agt/FinInstnId/Nm", side+"Agt/FinInstnId/BICFI", side+"Agt/FinInstnId/BIC",
			side+"Agt/FinInstnId/CmbndId/BIC", side+"Agt/FinInstnId/ClrSysMmbId/MmbId"),
	}
}

// part makes the payment a part of its entry.
func (p *payment) part(l *passbook.Line, index, parts int) passbook.Part {
	part := passbook.Part{
		Details: p.details,
		Sign:    p.sign,
		Place:   passbook.Place{Line: p.line, Path: fmt.Sprintf("%s/TxDtls[%d]", l.Place.Path, index+1)},
	}
	if part.Sign == 0 {
		part.Sign = l.Sign
	}
	if part.BankRef == "" {
		part.BankRef = passbook.PartRef(l.EntryRef, index, parts)
	}
	for _, a := range p.amounts {
		if a.currency != "" && a.currency != l.Currency {
			continue // converted on the way; only the account's currency adds up
		}
		if v, err := passbook.ParseDecimal(a.text); err == nil && !v.IsNegative() {
			part.Amount = &v
			break
		}
	}
	other := p.debtor
	if part.Sign == passbook.Out {
		other = p.creditor
	}
	if part.Sign == passbook.In {
		part.VirtualAccount = p.creditor.account
	}
	part.PayerName, part.PayerAccount, part.PayerBank = other.name, other.account, other.bank
	return part
}
