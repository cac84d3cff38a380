package camt

import (
	"encoding/xml"
	"strconv"
	"strings"
	"time"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/rail/passbook"
)

// statement reads one Stmt, Rpt or Ntfctn.
func (d *document) statement(start xml.StartElement) error {
	s := passbook.Statement{Kind: start.Name.Local}
	entries := 0
	err := d.children(s.Kind, func(t xml.StartElement) error {
		read := headers[t.Name.Local]
		switch {
		case t.Name.Local == "Ntry":
			entries++
			if d.lines++; d.lines > d.limits.Lines {
				return d.limits.TooManyLines()
			}
			return d.entry(&s, entries)
		case read == nil:
			return d.skip(t.Name.Local)
		}
		n, err := d.tree(t)
		if err == nil {
			read(&s, n)
		}
		return err
	})
	if err != nil {
		return err
	}
	s.Opening, s.Closing = openingAndClosing(s.Balances)
	if s.Currency == "" {
		s.Currency = fallbackCurrency(&s)
	}
	d.file.Statements = append(d.file.Statements, s)
	return d.limits.Statements(len(d.file.Statements))
}

// headers are the elements of a statement beside its entries.
var headers = map[string]func(*passbook.Statement, *node){
	"Id":           func(s *passbook.Statement, n *node) { s.ID = n.text },
	"ElctrncSeqNb": func(s *passbook.Statement, n *node) { s.Number, s.Seq = n.text, number(n.text) },
	"LglSeqNb": func(s *passbook.Statement, n *node) {
		if s.Number == "" {
			s.Number, s.Seq = n.text, number(n.text)
		}
	},
	"StmtPgntn": func(s *passbook.Statement, n *node) { s.Page = number(n.get("PgNb")) },
	"RptPgntn":  func(s *passbook.Statement, n *node) { s.Page = number(n.get("PgNb")) },
	"FrToDt": func(s *passbook.Statement, n *node) {
		s.From, _ = date(n.first("FrDtTm", "FrDt"))
		s.To, _ = date(n.first("ToDtTm", "ToDt"))
	},
	"CpyDplctInd":  func(s *passbook.Statement, n *node) { s.Copy = n.text },
	"AddtlStmtInf": func(s *passbook.Statement, n *node) { s.Note = n.text },
	"AddtlRptInf":  func(s *passbook.Statement, n *node) { s.Note = n.text },
	"Acct":         readAccount,
	"Bal":          readBalance,
	"TxsSummry":    readTotals,
}

func readAccount(s *passbook.Statement, n *node) {
	s.Account = n.first("Id/IBAN", "Id/Othr/Id", "Id/BBAN", "Id/PrtryAcct/Id")
	s.Currency = n.get("Ccy")
	bank := n.find("Svcr/FinInstnId")
	if bank == nil {
		return
	}
	s.BankName = bank.get("Nm")
	if b, known := passbook.BankByBIC(bank.first("BICFI", "BIC")); known {
		s.BankBIN, s.BankName = b.BIN, b.Name
	}
}

func readBalance(s *passbook.Statement, n *node) {
	amount, err := passbook.ParseDecimal(n.get("Amt"))
	if err != nil {
		s.Flag(passbook.Problem{
			Code: passbook.CodeUnreadable, Severity: passbook.KeepOpen, Place: passbook.Place{Line: n.line, Path: "Bal"}.String(),
			Message: "Không đọc được số dư trong tệp; sao kê này không kiểm tra cân được. Hãy tải lại tệp gốc từ ngân hàng.",
		})
		return
	}
	if n.get("CdtDbtInd") == "DBIT" {
		amount = amount.Neg()
	}
	on, _ := dateOf(n.find("Dt"))
	s.Balances = append(s.Balances, passbook.Balance{
		Code:     n.first("Tp/CdOrPrtry/Cd", "Tp/CdOrPrtry/Prtry", "Tp/Cd"),
		Amount:   amount,
		Currency: n.find("Amt").currency,
		On:       on,
	})
}

func readTotals(s *passbook.Statement, n *node) {
	count := func(n *node) *passbook.Count {
		if n == nil {
			return nil
		}
		var c passbook.Count
		if v, err := strconv.Atoi(n.get("NbOfNtries")); err == nil {
			c.N = &v
		}
		if v, err := passbook.ParseDecimal(n.get("Sum")); err == nil {
			c.Sum = &v
		}
		return &c
	}
	s.Declared = passbook.Declared{
		All:     count(n.find("TtlNtries")),
		Credits: count(n.find("TtlCdtNtries")),
		Debits:  count(n.find("TtlDbtNtries")),
	}
}

// openingAndClosing chooses the pair of booked balances (section 1.5): opening = OPBD, else
// PRCD, else the first interim balance of a page; closing = CLBD, else the last interim
// balance. Of several with one code, as in a statement over several days, the outermost
// count. A lone interim balance closes, it does not open.
func openingAndClosing(balances []passbook.Balance) (opening, closing *passbook.Balance) {
	first := func(code string) *passbook.Balance {
		var found *passbook.Balance
		for i := range balances {
			if b := &balances[i]; b.Code == code && (found == nil || b.On < found.On) {
				found = b
			}
		}
		return found
	}
	last := func(code string) *passbook.Balance {
		var found *passbook.Balance
		for i := range balances {
			if b := &balances[i]; b.Code == code && (found == nil || b.On >= found.On) {
				found = b
			}
		}
		return found
	}
	if opening = first("OPBD"); opening == nil {
		opening = first("PRCD")
	}
	interim := last("ITBD")
	if closing = last("CLBD"); closing == nil {
		closing = interim
	}
	if opening == nil {
		if page := first("ITBD"); page != closing {
			opening = page
		}
	}
	return clone(opening), clone(closing)
}

// clone keeps the statement's balances apart from the slice they were found in.
func clone(b *passbook.Balance) *passbook.Balance {
	if b == nil {
		return nil
	}
	c := *b
	return &c
}

// fallbackCurrency is for camt.054, whose account often has no Ccy.
func fallbackCurrency(s *passbook.Statement) string {
	for _, b := range s.Balances {
		if b.Currency != "" {
			return b.Currency
		}
	}
	for i := range s.Lines {
		if c := s.Lines[i].Currency; c != "" {
			return c
		}
	}
	return ""
}

func number(text string) int {
	n, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil {
		return 0
	}
	return n
}

// dateOf reads a date choice (Dt or DtTm) and the instant when there is a time.
func dateOf(n *node) (clock.Date, time.Time) {
	if n == nil {
		return "", time.Time{}
	}
	if at := n.get("DtTm"); at != "" {
		return date(at)
	}
	if on := n.get("Dt"); on != "" {
		return date(on)
	}
	return date(n.text)
}

// date reads an xs:date or xs:dateTime. An instant is taken to Viet Nam before its day is
// read; without a zone it is Viet Nam's own time already.
func date(text string) (clock.Date, time.Time) {
	if len(text) > len(time.DateOnly) && text[len(time.DateOnly)] == 'T' {
		for _, layout := range [...]string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02T15:04"} {
			if t, err := time.ParseInLocation(layout, text, clock.VN); err == nil {
				return clock.DateOf(t), t.UTC().Truncate(time.Microsecond)
			}
		}
	}
	if len(text) >= len(time.DateOnly) {
		if d, err := clock.ParseDate(text[:len(time.DateOnly)]); err == nil {
			return d, time.Time{}
		}
	}
	return "", time.Time{}
}
