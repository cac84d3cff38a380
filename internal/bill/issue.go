package bill

import (
	"github.com/sen-platform/sen/internal/id"
)

// Issue is a row of a workbook that needs a person: where, what, why, what to do. The row's
// bill is not made until it is fixed or skipped; good rows do not wait for it.
type Issue struct {
	N          int64 // number within the round
	Sheet      string
	Row        int
	Cell       string // "E214"; "" when the sheet has no such column
	Field      string // key of the field to correct, as FixIssue takes it
	FieldLabel string
	Name       string // whom the row is about, "" when the name is missing
	Class      string
	Value      string // as it stands in the cell
	Code       string
	Reason     string // Vietnamese, a sentence
	Remedy     string // Vietnamese, a sentence
	Suggestion string // a value that would do, "" when none can be guessed
	Import     id.File
	State      IssueState
}

// IssueState is what became of an issue.
type IssueState string

// The states. Fixed and skipped ones are kept, so that the same row in the same or a later
// workbook does not ask again.
const (
	IssueOpen    IssueState = "open"
	IssueFixed   IssueState = "fixed"
	IssueSkipped IssueState = "skipped"
)

// The codes of Issue, besides those of FieldError.
const (
	CodeFraction  = "fraction"
	CodeNotNumber = "not_a_number"
	CodePercent   = "percent"
	CodeFormula   = "formula"
	CodeErrorCell = "error_cell"
	CodeMerged    = "merged"
	CodeDateCell  = "date_cell"
	CodeTooSmall  = "too_small"
	CodeDuplicate = "duplicate"
	CodeName      = "name"
	CodeReshaped  = "reshaped"
)

// trouble is what is wrong with one cell.
type trouble struct{ code, reason, remedy, suggestion string }
