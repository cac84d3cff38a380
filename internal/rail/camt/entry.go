package camt

import (
	"encoding/xml"
	"fmt"
	"strings"
	"time"

	"github.com/sen-platform/sen/internal/billcode"
	"github.com/sen-platform/sen/internal/rail/passbook"
)

// entry reads one Ntry. Its head is small and held whole; its payments are read one by one.
func (d *document) entry(s *passbook.Statement, ordinal int) error {
	head := &node{name: "Ntry"}
	l := passbook.Line{Place: passbook.Place{Line: d.line(), Path: fmt.Sprintf("Ntry[%d]", ordinal)}}
	var parts []*payment
	budget := maxNodes
	err := d.children("Ntry", func(t xml.StartElement) error {
		if t.Name.Local == "NtryDtls" {
			return d.details(&l, &parts)
		}
		n, err := d.subtree(t, &budget)
		if err != nil {
			return err
		}
		head.children = append(head.children, n)
		collectRefs(&l, n)
		return nil
	})
	if err != nil {
		return err
	}
	if err := fillLine(&l, head); err != nil {
		s.Flag(passbook.Problem{
			Code: passbook.CodeUnreadable, Severity: passbook.Refuse, Place: l.Place.String(),
			Message: fmt.Sprintf("Không đọc được dòng này: %s. Hãy tải lại tệp gốc từ ngân hàng.", err),
		})
		return nil
	}
	for i, p := range parts {
		l.Parts = append(l.Parts, p.part(&l, i, len(parts)))
	}
	describe(&l, head)
	s.Lines = append(s.Lines, l)
	return nil
}

// details reads NtryDtls: the batch and its payments.
func (d *document) details(l *passbook.Line, parts *[]*payment) error {
	return d.children("NtryDtls", func(t xml.StartElement) error {
		switch t.Name.Local {
		case "Btch":
			n, err := d.tree(t)
			if err != nil {
				return err
			}
			l.BatchID = n.first("PmtInfId", "MsgId")
			l.BatchCount += number(n.get("NbOfTxs"))
			if sum, err := passbook.ParseDecimal(n.get("TtlAmt")); err == nil {
				l.BatchTotal = &sum
			}
			return nil
		case "TxDtls":
			if d.lines++; d.lines > d.limits.Lines {
				return d.limits.TooManyLines()
			}
			n, err := d.tree(t)
			if err != nil {
				return err
			}
			collectRefs(l, n)
			*parts = append(*parts, digest(n))
			return nil
		}
		return d.skip(t.Name.Local)
	})
}

// collectRefs notes the references as they stand in the file, for the summary.
func collectRefs(l *passbook.Line, n *node) {
	n.walk(func(n *node) {
		switch n.name {
		case "AcctSvcrRef", "Ustrd":
			if n.text != "" {
				l.Refs = append(l.Refs, passbook.Ref{Kind: n.name, Value: n.text})
			}
		case "EndToEndId":
			if given(n.text) != "" {
				l.Refs = append(l.Refs, passbook.Ref{Kind: n.name, Value: n.text})
			}
		case "CdtrRefInf":
			if ref := n.get("Ref"); ref != "" {
				l.Refs = append(l.Refs, passbook.Ref{Kind: "CdtrRefInf/Ref", Value: ref})
			}
		}
	})
}

// given is an id, or "" for the words that mean there is none.
func given(id string) string {
	switch strings.ToUpper(strings.ReplaceAll(id, " ", "")) {
	case "NOTPROVIDED", "NONREF", "NOTAPPLICABLE", "N/A":
		return ""
	}
	return id
}

func sign(text string) passbook.Sign {
	switch text {
	case "CRDT":
		return passbook.In
	case "DBIT":
		return passbook.Out
	}
	return 0
}

// fillLine reads the head of an entry; the error says in Vietnamese what is missing.
func fillLine(l *passbook.Line, head *node) error {
	amount := head.find("Amt")
	if amount == nil {
		return fmt.Errorf("thiếu số tiền (Amt)")
	}
	var err error
	if l.Amount, err = passbook.ParseDecimal(amount.text); err != nil || l.Amount.IsNegative() {
		return fmt.Errorf("số tiền %q không hợp lệ", clip(amount.text))
	}
	l.Currency = amount.currency
	if l.Sign = sign(head.get("CdtDbtInd")); l.Sign == 0 {
		return fmt.Errorf("không rõ tiền vào hay tiền ra (CdtDbtInd %q)", clip(head.get("CdtDbtInd")))
	}
	l.StatusText = head.first("Sts/Cd", "Sts/Prtry", "Sts")
	l.Status = status(l.StatusText)
	var at time.Time
	if l.BookedOn, at = dateOf(head.find("BookgDt")); !at.IsZero() {
		l.OccurredAt = at
	}
	l.ValueOn, _ = dateOf(head.find("ValDt"))
	if l.BookedOn == "" {
		l.BookedOn = l.ValueOn
	}
	l.EntryRef = given(head.get("AcctSvcrRef"))
	reversal := head.get("RvslInd")
	l.Reversal = reversal == "true" || reversal == "1"
	return nil
}

// status: only BOOK is money; a word we do not know is shown but never posted.
func status(text string) passbook.Status {
	switch strings.ToUpper(text) {
	case "BOOK":
		return passbook.Booked
	case "INFO":
		return passbook.Info
	case "FUTR":
		return passbook.Future
	}
	return passbook.Pending
}

// describe gives the line the details of its only payment, or of the batch as a whole.
func describe(l *passbook.Line, head *node) {
	at := l.OccurredAt
	extra := passbook.Append(nil, head.get("AddtlNtryInf"))
	switch len(l.Parts) {
	case 1:
		p := &l.Parts[0]
		for _, t := range extra {
			p.AddNote(t)
		}
		l.Details = p.Details
	default:
		l.BankRef, l.MemoParts = l.EntryRef, extra
		l.Memo = strings.Join(extra, " ")
	}
	if l.OccurredAt.IsZero() {
		l.OccurredAt = at
	}
	if returned(head.find("BkTxCd"), l.Sign) {
		l.Return = true
		for i := range l.Parts {
			l.Parts[i].Return = true
		}
	}
}

// returned: the bank transaction code says that a transfer of ours came back (issued credit
// transfer, returned).
func returned(code *node, s passbook.Sign) bool {
	return s == passbook.In && code.get("Domn/Fmly/Cd") == "ICDT" && code.get("Domn/Fmly/SubFmlyCd") == "RRTN"
}

func clip(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

// rf is the first reference whose check digits pass.
func rf(refs []string) string {
	for _, r := range refs {
		if billcode.ValidRF(r) {
			return strings.ToUpper(strings.ReplaceAll(r, " ", ""))
		}
	}
	return ""
}
