// Package passbook is what a bank says about an account, whatever the file it came in:
// statements, lines, parts of batches, balances, and the checks that prove them
// (bank-and-pos, section 1.5). The readers (rail/camt, rail/mt940, rail/sheet) fill these
// types, rail/statement chooses the reader and turns lines into credits.
//
// There are no floats: every amount is a Decimal or a Total, in any currency. All text is
// NFC. Nothing here reads a clock.
package passbook

import (
	"time"

	"github.com/sen-platform/sen/internal/clock"
)

// File is one statement file as read. Reading says nothing about booking: see
// Statement.Problems before using its lines.
type File struct {
	// Name is the file's name without its folder, for messages.
	Name string
	// Format is "camt", "mt940" or "sheet"; it is the stream of the credits.
	Format string
	// Message is the exact kind: "camt.053.001.08", "MT940", "MT942", "sheet:vietcombank",
	// "sheet:unknown".
	Message string
	// SHA256 of the whole file, in lower-case hexadecimal.
	SHA256 string
	// Statements in the order of the file.
	Statements []Statement
	// Problems that concern the file as a whole; those of a statement are with it.
	Problems []Problem
}

// Sign is the direction of money seen from the account's holder. "Ghi có / Credit" on a bank
// statement is In.
type Sign int8

// The two directions; the zero Sign is "not known", which only an unreadable line has.
const (
	In  Sign = 1
	Out Sign = -1
)

// String is "in", "out" or "".
func (s Sign) String() string {
	switch s {
	case In:
		return "in"
	case Out:
		return "out"
	}
	return ""
}

// Status tells whether a line is money (bank-and-pos, section 1.3). Only Booked is.
type Status string

// The four statuses.
const (
	Booked  Status = "booked"
	Pending Status = "pending" // camt PDNG, MT EC/ED: shown, never posted
	Info    Status = "info"    // camt INFO: ignored
	Future  Status = "future"  // camt FUTR: ignored
)

// Statement is one account over one period, or one page of it.
type Statement struct {
	// Kind is "Stmt", "Rpt", "Ntfctn" (camt), "MT940", "MT942", "Sheet".
	Kind string
	// ID is the bank's own name of the statement: camt Stmt/Id, MT field 20, a sheet's name.
	ID string
	// Number is the MT field 28 as written ("5/1") or the camt electronic sequence number.
	Number string
	// Seq and Page are the numbers in it, 0 when absent or odd.
	Seq, Page int
	// Account as the bank wrote it, trimmed; with spaces removed in sheets.
	Account string
	// BankBIN (6 digits) and BankName when the file tells the bank.
	BankBIN, BankName string
	// Currency of the account, ISO code; empty when the file does not tell.
	Currency string
	// Opening and Closing are the booked balances chosen by the rules of section 1.5; nil
	// when the file has none.
	Opening, Closing *Balance
	// Balances are all of them, in the order of the file.
	Balances []Balance
	// From and To are the period, empty when the file does not tell.
	From, To clock.Date
	// Copy is the camt copy or duplicate mark (COPY, DUPL, CODU): do not book again.
	Copy string
	// Lines in the order of the file.
	Lines []Line
	// Declared are the counts and sums the file itself states.
	Declared Declared
	// Note is text that belongs to the statement as a whole.
	Note string
	// Problems found while reading and by Check.
	Problems []Problem
}

// Balance is one stated balance; Amount is negative for a debit balance.
type Balance struct {
	// Code is OPBD, CLBD, PRCD… (camt), 60F, 62M, 64… (MT), "opening" or "closing" (sheets).
	Code     string
	Amount   Decimal
	Currency string
	On       clock.Date
	// Derived: not stated by the file but computed from a running balance, so it proves nothing.
	Derived bool
}

// Count is a declared number and sum of lines; a nil part was not declared.
type Count struct {
	N   *int
	Sum *Decimal
}

// Declared are the control sums of a statement: camt TxsSummry, MT942 90C/90D, the total row
// of a sheet. A nil Count was not declared.
type Declared struct {
	All, Credits, Debits *Count
}

// Place says where something stands, for messages: a row and cell, a line, an element.
type Place struct {
	Line int    // line of a text or XML file, row of a sheet; 1-based, 0 unknown
	Path string // "Ntry[3]", ":61:", "Sheet1!E12"
}

// Details are what a line, or one part of a batch, tells about the transfer.
type Details struct {
	// BankRef is the bank's unique reference (AcctSvcrRef, the part after // in field 61,
	// Số tham chiếu). It is what overlapping streams of one bank have in common.
	BankRef string
	// EndToEndID is the payer's own id; never NOTPROVIDED or NONREF.
	EndToEndID string
	// UETR, TxID are the rail's ids.
	UETR, TxID string
	// RF is an ISO 11649 reference whose check digits pass.
	RF string
	// StructuredRefs are all structured references, RF or national, unchecked.
	StructuredRefs []string
	// Memo is the transfer text joined as the format asks; MemoParts are the pieces.
	Memo      string
	MemoParts []string
	// PayerName, PayerAccount, PayerBank describe the other side; for money in, the payer.
	PayerName, PayerAccount, PayerBank string
	// VirtualAccount is the account number the payer used, where the file tells it: the
	// account itself or a collection account of it.
	VirtualAccount string
	// OccurredAt is the transfer's own time, zero when only a date is known.
	OccurredAt time.Time
	// Return: the payment is one that came back (camt RtrInf, /RTRN/): money in is then our
	// own, money out is a credit that was taken back.
	Return bool
}

// Line is one movement of the account.
type Line struct {
	Details
	Sign     Sign
	Amount   Decimal // ≥ 0
	Currency string
	Status   Status
	// StatusText is the status as written: BOOK, PDNG, a bank's own word; the mark in MT
	// files (C, D, RC, RD, EC, ED).
	StatusText string
	// BookedOn is the accounting date, ValueOn the value date.
	BookedOn, ValueOn clock.Date
	// EntryRef is the bank's reference of the whole line where a part has a finer one.
	EntryRef string
	// BatchID names the batch (PmtInfId or MsgId); BatchCount is its declared number of
	// payments, 0 when none is declared; BatchTotal its declared sum.
	BatchID    string
	BatchCount int
	BatchTotal *Decimal
	// Parts are the single payments of a camt entry (TxDtls), also when there is one; the
	// Details of a line with one part are the part's.
	Parts []Part
	// Reversal: the line undoes an earlier one (camt RvslInd, MT RC and RD).
	Reversal bool
	// Running is the balance after the line, where the file has such a column.
	Running *Decimal
	// Key identifies the line for ever, see AssignKeys.
	Key string
	// Refs are the references as they stand in the file, in its order, for the summary.
	Refs []Ref
	// Place of the line in the file.
	Place Place
}

// Part is one payment of a batch.
type Part struct {
	Details
	Sign Sign
	// Amount in the entry's currency; nil when the bank does not tell it.
	Amount *Decimal
	Key    string
	Place  Place
}

// Ref is a reference as the file has it: kind "AcctSvcrRef", "EndToEndId", "CdtrRefInf/Ref",
// "Ustrd", "61", "86 first line", "reference", "memo".
type Ref struct {
	Kind  string `json:"kind"`
	Value string `json:"value"`
}

// maxProblems is how many problems of reading one statement lists.
const maxProblems = 200

// Flag adds a problem found while reading. Beyond the first 200 only the severity counts: a
// file with that many is broken as a whole.
func (s *Statement) Flag(p Problem) {
	if len(s.Problems) < maxProblems || p.Severity > s.Worst() {
		s.Problems = append(s.Problems, p)
	}
}

// Worst is the highest severity among the statement's problems, Note when there is none.
func (s *Statement) Worst() Severity {
	w := Note
	for _, p := range s.Problems {
		w = max(w, p.Severity)
	}
	return w
}

// Balanced tells whether the balance equation holds: nil when the file has no pair of booked
// balances to prove it with.
func (s *Statement) Balanced() *bool {
	if s.Opening == nil || s.Closing == nil || s.Opening.Derived || s.Closing.Derived {
		return nil
	}
	diff, _ := balanceDifference(s)
	ok := diff.IsZero()
	return &ok
}
