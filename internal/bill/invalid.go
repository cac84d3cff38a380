package bill

import (
	"strings"
)

// FieldError says what is wrong with one field. Pointer is a JSON pointer into the bill as
// the API writes it; MessageVI is a sentence for people, with the remedy.
type FieldError struct {
	Pointer   string
	Code      string
	MessageVI string
}

// Invalid lists everything wrong with the input, in the order of the fields.
type Invalid struct{ Fields []FieldError }

// Error joins the messages.
func (e *Invalid) Error() string {
	texts := make([]string, len(e.Fields))
	for i, f := range e.Fields {
		texts[i] = f.MessageVI
	}
	return strings.Join(texts, " ")
}

// The codes of FieldError.
const (
	CodeRequired  = "required"
	CodeTooLong   = "too_long"
	CodeMalformed = "malformed"
	CodeZero      = "zero"
	CodeNegative  = "negative"
	CodeTooLarge  = "too_large"
	CodeSum       = "sum"
	CodeUnknown   = "unknown"
	CodeNotValid  = "not_valid"
	CodeSector    = "sector"
	CodeCeiling   = "ceiling"
	CodeDate      = "date"
	CodeClosed    = "facility_closed"
)

type faults struct{ list []FieldError }

func (f *faults) add(pointer, code, message string) {
	f.list = append(f.list, FieldError{Pointer: pointer, Code: code, MessageVI: message})
}

func (f *faults) err() error {
	if len(f.list) == 0 {
		return nil
	}
	return &Invalid{Fields: f.list}
}
