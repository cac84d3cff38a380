package statement

import (
	"strings"

	"github.com/sen-platform/sen/internal/rail"
	"github.com/sen-platform/sen/internal/rail/camt"
	"github.com/sen-platform/sen/internal/rail/passbook"
)

// Reason is why a line of money gave no credit.
type Reason string

// Reasons of Skipped.
const (
	NotBooked     Reason = "not_booked"     // pending, information or future: shown, never posted
	OtherCurrency Reason = "other_currency" // only VND is booked
	Fraction      Reason = "fraction"       // VND with a fraction of a đồng
	ZeroAmount    Reason = "zero_amount"
	AwaitsDetails Reason = "awaits_details" // a batch whose payments come in another message
	BatchMismatch Reason = "batch_mismatch" // the payments of a batch do not add up to its line
	NoDate        Reason = "no_date"
	Refused       Reason = "refused" // the statement as a whole must not be booked
)

// Skipped is a line that is money in, or takes money in back, and yet gave no credit.
type Skipped struct {
	Key     string
	Place   string
	Amount  string
	Reason  Reason
	Message string // Vietnamese: why, and what to do
}

// Credits turns the booked VND lines of a statement into credits, in the order of the file.
// stream is File.Format. A batch gives one credit for each of its payments, never one for the
// batch as well. Money out gives none, except what takes an earlier credit back: that credit
// has Reversal set. Money of our own that came back has Returned set.
//
// When a problem of the statement refuses it, no credit is made and every line is skipped.
func Credits(stream string, s *Statement) ([]rail.Credit, []Skipped) {
	c := converter{stream: stream, s: s, refused: s.Worst() == passbook.Refuse, entryRefs: map[string]int{}}
	for i := range s.Lines {
		c.entryRefs[s.Lines[i].EntryRef]++
	}
	for i := range s.Lines {
		c.line(&s.Lines[i])
	}
	return c.credits, c.skipped
}

type converter struct {
	stream    string
	s         *Statement
	refused   bool
	entryRefs map[string]int // how many lines have the bank's line reference
	credits   []rail.Credit
	skipped   []Skipped
}

var reasonText = map[Reason]string{
	NotBooked:     "Dòng chưa được ngân hàng hạch toán (chờ hoặc chỉ thông tin), không ghi sổ.",
	OtherCurrency: "Dòng không phải tiền đồng, hệ thống chỉ ghi sổ VND. Hãy xử lý khoản này ngoài hệ thống.",
	Fraction:      "Số tiền có phần lẻ của đồng, không ghi sổ được. Hãy kiểm tra với ngân hàng.",
	ZeroAmount:    "Số tiền bằng 0, không có gì để ghi sổ.",
	AwaitsDetails: "Dòng là một lô chưa có chi tiết từng khoản. Hãy nhập tệp camt.054 của lô này.",
	BatchMismatch: "Các khoản trong lô không cộng đúng số tiền của dòng. Hãy yêu cầu ngân hàng gửi lại chi tiết.",
	NoDate:        "Dòng không có ngày hạch toán. Hãy tải lại tệp gốc từ ngân hàng.",
	Refused:       "Sao kê có lỗi nên không dòng nào được ghi sổ. Hãy xem danh sách lỗi của sao kê.",
}

func (c *converter) skip(key string, place passbook.Place, amount passbook.Decimal, why Reason) {
	c.skipped = append(c.skipped, Skipped{
		Key: key, Place: place.String(), Amount: amount.String(), Reason: why, Message: reasonText[why],
	})
}

func (c *converter) line(l *Line) {
	if !bearsCredit(l) {
		return
	}
	why := Reason("")
	diff, known := passbook.BatchDifference(l)
	switch {
	case c.refused:
		why = Refused
	case l.Status != passbook.Booked:
		why = NotBooked
	case l.Currency != "VND":
		why = OtherCurrency
	case l.BookedOn == "":
		why = NoDate
	case len(l.Parts) == 0 && l.BatchCount > 1:
		why = AwaitsDetails
	case len(l.Parts) > 1 && (!known || !diff.IsZero()):
		why = BatchMismatch
	}
	if why != "" {
		c.skip(l.Key, l.Place, l.Amount, why)
		return
	}
	if len(l.Parts) < 2 {
		bankRef := l.BankRef
		if l.EntryRef != "" && c.entryRefs[l.EntryRef] == 1 {
			bankRef = l.EntryRef // what every message about this line shows, with details or without
		}
		c.credit(l, &l.Details, l.Sign, l.Amount, l.Key, bankRef, l.Place)
		return
	}
	for i := range l.Parts {
		p := &l.Parts[i]
		c.credit(l, &p.Details, p.Sign, *p.Amount, p.Key, p.BankRef, p.Place)
	}
}

// bearsCredit: money in, or money out that takes an earlier credit back.
func bearsCredit(l *Line) bool {
	if l.Sign == passbook.In || l.Reversal || l.Return {
		return true
	}
	for i := range l.Parts {
		if l.Parts[i].Sign == passbook.In || l.Parts[i].Return {
			return true
		}
	}
	return false
}

// credit adds one credit, or notes why there is none.
func (c *converter) credit(l *Line, d *passbook.Details, sign passbook.Sign, amount passbook.Decimal, key, bankRef string, place passbook.Place) {
	takenBack := sign == passbook.Out && (l.Reversal || d.Return)
	if sign == passbook.Out && !takenBack {
		return // money out inside a batch
	}
	value, err := amount.VND()
	switch {
	case err != nil:
		c.skip(key, place, amount, Fraction)
		return
	case value == 0:
		c.skip(key, place, amount, ZeroAmount)
		return
	}
	account := passbook.AccountNumber(c.s.Account)
	virtual := passbook.AccountNumber(d.VirtualAccount)
	if virtual == account {
		virtual = ""
	}
	memo := d.Memo
	if c.stream == camt.Stream {
		// Banks cut the text at 140 characters, in the middle of a code or between words; a
		// line break lets the matcher read over the cut without gluing two words together.
		memo = strings.Join(d.MemoParts, "\n")
	}
	c.credits = append(c.credits, rail.Credit{
		Stream:         c.stream,
		PartnerRef:     key,
		Account:        account,
		BankBIN:        c.s.BankBIN,
		VirtualAccount: virtual,
		Amount:         value,
		BankRef:        bankRef,
		RF:             d.RF,
		Memo:           memo,
		PayerName:      d.PayerName,
		PayerAccount:   d.PayerAccount,
		PayerBank:      d.PayerBank,
		BookedOn:       l.BookedOn,
		OccurredAt:     d.OccurredAt,
		Method:         rail.QR,
		Reversal:       takenBack,
		Returned:       sign == passbook.In && (l.Reversal || d.Return),
	})
}
