package passbook

import (
	"fmt"

	"github.com/sen-platform/sen/internal/rail"
)

// Severity says what a problem forbids.
type Severity int8

// From harmless to forbidding.
const (
	// Note: nothing is forbidden.
	Note Severity = iota
	// Warning: worth a look; lines may be booked and the day closed.
	Warning
	// KeepOpen: lines may be booked, but the day must not be closed (section 1.5).
	KeepOpen
	// Refuse: no line of the statement may be booked.
	Refuse
)

// String is the severity in English, for JSON and logs.
func (s Severity) String() string {
	return [...]string{"note", "warning", "keep_open", "refuse"}[s]
}

// MarshalText makes the severity a word in JSON.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Codes of problems.
const (
	CodeBalance    = "balance"       // opening + in − out ≠ closing
	CodeTotals     = "totals"        // declared count or sum ≠ counted
	CodeBatch      = "batch"         // parts of a batch do not add up
	CodeRunning    = "running"       // running balance breaks: a row is missing or changed
	CodeChain      = "chain"         // opening ≠ closing of the statement before, or a number is missing
	CodeCopy       = "copy"          // copy or duplicate of a statement
	CodeUnreadable = "unreadable"    // a line cannot be read
	CodeCurrency   = "currency"      // lines in another currency than the account
	CodeExpected   = "expected"      // lines that are only announced
	CodeFormula    = "formula"       // an amount is a formula
	CodeMerged     = "merged"        // merged cells over data
	CodeDate       = "date"          // a date that cannot be
	CodeDirection  = "direction"     // in or out cannot be told
	CodeRepaired   = "repaired_text" // bytes outside the declared character set
	CodeNoAccount  = "no_account"    // the file does not name the account
	CodeSkipped    = "skipped_row"   // a row of the table that is no movement
)

// Problem is something the reader found. Message is a whole Vietnamese sentence for the
// person at the desk: what, where, and what to do.
type Problem struct {
	Code     string   `json:"code"`
	Severity Severity `json:"severity"`
	Place    string   `json:"place,omitempty"`
	Message  string   `json:"message"`
	// Difference is the exact amount by which a check fails (stated minus computed); empty
	// for other problems.
	Difference string `json:"difference,omitempty"`
}

// Kind is why a file was not read at all.
type Kind string

// Kinds of Error.
const (
	TooLarge    Kind = "too_large"
	Empty       Kind = "empty"
	Unsupported Kind = "unsupported" // a format we do not read
	Encrypted   Kind = "encrypted"
	Malformed   Kind = "malformed"
	Hostile     Kind = "hostile" // entities, bombs: made to do harm
	NoTable     Kind = "no_table"
)

// Error is why a file was not read. It wraps rail.ErrMalformed. Its text is the Vietnamese
// message with place and remedy, ready for the screen.
type Error struct {
	Kind    Kind
	Place   string
	Message string
	// Cause is the technical reason, for logs; may be nil.
	Cause error
}

// Error is the Vietnamese message.
func (e *Error) Error() string {
	if e.Place == "" {
		return e.Message
	}
	return e.Place + ": " + e.Message
}

// Unwrap gives rail.ErrMalformed and the cause.
func (e *Error) Unwrap() []error {
	if e.Cause == nil {
		return []error{rail.ErrMalformed}
	}
	return []error{rail.ErrMalformed, e.Cause}
}

// Errorf makes an Error without a place.
func Errorf(kind Kind, format string, args ...any) *Error {
	return &Error{Kind: kind, Message: fmt.Sprintf(format, args...)}
}

// At adds the place and returns e.
func (e *Error) At(format string, args ...any) *Error {
	e.Place = fmt.Sprintf(format, args...)
	return e
}

// Because adds the cause and returns e.
func (e *Error) Because(err error) *Error {
	e.Cause = err
	return e
}
