// Package mt940 reads SWIFT MT940 and MT942 statements in the dialects that banks really
// write (bank-and-pos, section 2): with or without envelopes, any line ends, field 86 in four
// forms. Files are at most passbook.Limits.Bytes long and are read whole.
package mt940

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/sen-platform/sen/internal/billcode"
	"github.com/sen-platform/sen/internal/rail/passbook"
)

// Stream is the name of this rail in credits.
const Stream = "mt940"

// Read reads one file. Keys are assigned, checks are not run (passbook.Check). Name and
// SHA256 of the result are the caller's to fill. A line that cannot be read becomes a problem
// that refuses its statement; the others stay usable.
//
// Errors are *passbook.Error: Malformed (no statement in it), TooLarge.
func Read(r io.Reader, limits passbook.Limits) (*passbook.File, error) {
	limits = limits.WithDefaults()
	raw, err := io.ReadAll(limits.Reader(r))
	if err != nil {
		return nil, err
	}
	text, repaired, err := passbook.DecodeText(raw)
	if err != nil {
		return nil, err
	}
	messages, err := split(text, limits)
	if err != nil {
		return nil, err
	}
	if len(messages) == 0 {
		return nil, passbook.Errorf(passbook.Malformed,
			"Tệp không có sao kê MT940/MT942 nào (không thấy trường :20:). Hãy chọn đúng tệp sao kê của ngân hàng.")
	}
	f := &passbook.File{Format: Stream}
	if repaired {
		f.Problems = append(f.Problems, passbook.RepairedText())
	}
	lines := 0
	for i := range messages {
		s := statement(&messages[i])
		if s.ID == "" && s.Account == "" && i > 0 { // a further page without its own head
			before := &f.Statements[i-1]
			s.ID, s.Account, s.BankBIN, s.BankName = before.ID, before.Account, before.BankBIN, before.BankName
		}
		if lines += len(s.Lines); lines > limits.Lines {
			return nil, limits.TooManyLines()
		}
		f.Statements = append(f.Statements, s)
	}
	passbook.AssignKeys(f)
	f.Message = f.Statements[0].Kind
	return f, nil
}

// maxNote is how long the text about a whole statement grows.
const maxNote = 4 << 10

// statement turns the fields of one message into a statement.
func statement(m *message) passbook.Statement {
	s := passbook.Statement{Kind: kindOf(m)}
	infoFirst := infosLead(m)
	var waiting *field // a field 86 that belongs to the next line
	current := -1      // the line that a field 86 belongs to
	closed := false
	for i := range m.fields {
		switch f := &m.fields[i]; f.tag {
		case "20":
			s.ID = f.first()
		case "25", "25P":
			s.Account = passbook.Clean(f.first())
			readBank(&s, f)
		case "28", "28C":
			s.Number = f.first()
			s.Seq, s.Page = numbers(s.Number)
		case "34F":
			if code := f.first(); len(code) >= 3 && s.Currency == "" {
				s.Currency = strings.ToUpper(code[:3])
			}
		case "13", "13D":
			if d, err := shortDay(pad6(f.first())); err == nil {
				s.To = d
			}
		case "60", "60F", "60M", "62", "62F", "62M", "64", "65":
			closed = closed || strings.HasPrefix(f.tag, "62")
			readBalance(&s, f)
		case "90C":
			s.Declared.Credits = count(f)
		case "90D":
			s.Declared.Debits = count(f)
		case "61":
			current = addLine(&s, f)
			if waiting != nil && current >= 0 {
				addInfo(&s.Lines[current], waiting)
			}
			waiting = nil
		case "86":
			switch {
			case infoFirst && !closed:
				waiting = f
			case closed || current < 0:
				if len(s.Note) < maxNote {
					s.Note = strings.TrimSpace(s.Note + " " + passbook.Clean(rejoin(f.lines)))
				}
			default:
				addInfo(&s.Lines[current], f)
			}
		}
	}
	if s.Currency == "" && len(s.Balances) > 0 {
		s.Currency = s.Balances[0].Currency
	}
	for i := range s.Lines {
		s.Lines[i].Currency = s.Currency
	}
	return s
}

// kindOf is the envelope's word, else what the fields show: only an interim report has a
// floor limit or totals without a closing balance.
func kindOf(m *message) string {
	if m.kind != "" {
		return m.kind
	}
	kind := "MT940"
	for _, f := range m.fields {
		switch f.tag {
		case "62", "62F", "62M", "60", "60F", "60M":
			return "MT940"
		case "34F", "13D", "90C", "90D":
			kind = "MT942"
		}
	}
	return kind
}

// infosLead tells the rare dialect where field 86 stands before its field 61: the first line
// has one before it and the last has none behind it.
func infosLead(m *message) bool {
	first, last := "", ""
	for _, f := range m.fields {
		if strings.HasPrefix(f.tag, "62") {
			break
		}
		if f.tag == "61" || f.tag == "86" {
			if first == "" {
				first = f.tag
			}
			last = f.tag
		}
	}
	return first == "86" && last == "61"
}

// addLine reads field 61 and gives the index of the new line, -1 when it cannot be read.
func addLine(s *passbook.Statement, f *field) int {
	place := passbook.Place{Line: f.line, Path: ":61:"}
	e, err := parse61(f)
	if err != nil {
		s.Flag(passbook.Problem{
			Code: passbook.CodeUnreadable, Severity: passbook.Refuse, Place: place.String(),
			Message: fmt.Sprintf("Không đọc được dòng giao dịch này: %s (%q). Hãy tải lại tệp gốc từ ngân hàng.", err, clip(f.first())),
		})
		return -1
	}
	l := passbook.Line{
		Amount: e.amount, StatusText: e.mark, Status: passbook.Booked,
		BookedOn: e.booked, ValueOn: e.value, Place: place,
		Refs: []passbook.Ref{{Kind: "61", Value: f.first()}},
	}
	switch e.mark {
	case "C", "RD", "EC":
		l.Sign = passbook.In
	default:
		l.Sign = passbook.Out
	}
	l.Reversal = e.mark[0] == 'R'
	if e.mark[0] == 'E' {
		l.Status = passbook.Pending
	}
	l.BankRef = given(e.bankRef)
	l.EndToEndID = given(e.customerRef)
	l.AddNote(e.details)
	s.Lines = append(s.Lines, l)
	return len(s.Lines) - 1
}

// addInfo gives a line its field 86.
func addInfo(l *passbook.Line, f *field) {
	in := parse86(f.lines)
	l.Refs = append(l.Refs, passbook.Ref{Kind: "86 first line", Value: f.first()})
	note := l.Memo // supplementary details of field 61, which stand behind the text
	l.Memo, l.MemoParts = in.memo, in.text
	l.AddNote(note)
	l.StructuredRefs = append(l.StructuredRefs, in.structured...)
	l.PayerName, l.PayerAccount, l.PayerBank = in.name, in.account, in.bank
	l.VirtualAccount = in.virtual
	l.Return = l.Return || in.returned
	if l.EndToEndID == "" {
		l.EndToEndID = in.endToEnd
	}
	for _, ref := range append([]string{l.EndToEndID}, in.structured...) {
		if l.RF == "" && billcode.ValidRF(ref) {
			l.RF = strings.ToUpper(strings.ReplaceAll(ref, " ", ""))
		}
	}
}

// readBalance reads fields 60, 62, 64 and 65: mark, date, currency, amount.
func readBalance(s *passbook.Statement, f *field) {
	b, err := parseBalance(f)
	if err != nil {
		s.Flag(passbook.Problem{
			Code: passbook.CodeUnreadable, Severity: passbook.KeepOpen, Place: passbook.Place{Line: f.line, Path: ":" + f.tag + ":"}.String(),
			Message: fmt.Sprintf("Không đọc được số dư: %s (%q). Sao kê này không kiểm tra cân được; hãy tải lại tệp gốc từ ngân hàng.", err, clip(f.first())),
		})
		return
	}
	s.Balances = append(s.Balances, b)
	switch b.Code[:2] {
	case "60":
		if s.Opening == nil {
			s.Opening, s.Currency = &b, b.Currency
		}
	case "62":
		s.Closing = &b
		s.To = b.On
	}
}

func parseBalance(f *field) (passbook.Balance, error) {
	b := passbook.Balance{Code: f.tag}
	if len(f.tag) == 2 && f.tag[0] == '6' && f.tag < "64" {
		b.Code += "F"
	}
	rest := f.first()
	letters := 0
	for letters < len(rest) && isLetter(rest[letters]) {
		letters++
	}
	mark := strings.ToUpper(rest[:letters])
	if mark != "C" && mark != "D" && mark != "RC" && mark != "RD" {
		return b, errMark
	}
	rest = skipBlanks(rest[letters:])
	digits := leadingDigits(rest)
	var err error
	switch len(digits) {
	case 6:
		b.On, err = shortDay(digits)
	case 8:
		b.On, err = day(digits[:4], digits[4:])
	case 0:
	default:
		return b, errDate
	}
	if err != nil {
		b.On = "" // some banks send 000000 for an account without movements
	}
	rest = skipBlanks(rest[len(digits):])
	if len(rest) < 3 || !isLetter(rest[0]) || !isLetter(rest[1]) || !isLetter(rest[2]) {
		return b, errAmount
	}
	b.Currency = strings.ToUpper(rest[:3])
	if b.Amount, _, err = leadingAmount(skipBlanks(rest[3:])); err != nil {
		return b, err
	}
	if mark == "D" || mark == "RC" {
		b.Amount = b.Amount.Neg()
	}
	return b, nil
}

// count reads fields 90C and 90D: number, currency, sum.
func count(f *field) *passbook.Count {
	text := f.first()
	digits := leadingDigits(text)
	var c passbook.Count
	if n, err := strconv.Atoi(digits); err == nil {
		c.N = &n
	}
	rest := skipBlanks(text[len(digits):])
	if len(rest) > 3 {
		if sum, _, err := leadingAmount(skipBlanks(rest[3:])); err == nil {
			c.Sum = &sum
		}
	}
	return &c
}

// readBank knows the bank from a BIC in field 25 ("BFTVVNVX/001…") or on its second line.
func readBank(s *passbook.Statement, f *field) {
	before, _, _ := strings.Cut(f.first(), "/")
	for _, candidate := range append([]string{before}, f.lines[1:]...) {
		if b, known := passbook.BankByBIC(candidate); known {
			s.BankBIN, s.BankName = b.BIN, b.Name
		}
	}
}

func numbers(s string) (seq, page int) {
	before, behind, _ := strings.Cut(s, "/")
	seq, _ = strconv.Atoi(strings.TrimSpace(before)) // odd values stay 0
	page, _ = strconv.Atoi(strings.TrimSpace(behind))
	return seq, page
}

func pad6(s string) string {
	if d := leadingDigits(s); len(d) >= 6 {
		return d[:6]
	}
	return "000000"
}

func clip(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}
