package bill

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/vn"
)

// Mapping says how a workbook was read: which cell was taken for what, how surely and why.
// It is shown before anything is imported and kept with the import.
type Mapping struct {
	Sheets []SheetMapping `json:"sheets"`
}

// SheetMapping is the reading of one sheet.
type SheetMapping struct {
	Sheet string `json:"sheet"`
	// HeaderRows are the first and last row of the header as the spreadsheet numbers them.
	HeaderRows [2]int `json:"header_rows"`
	// Class is the class of all rows when no column tells it, and where it was read.
	Class     string `json:"class,omitempty"`
	ClassFrom string `json:"class_from,omitempty"`
	// Skipped says why the sheet is not read; "" when it is.
	Skipped string   `json:"skipped,omitempty"`
	Columns []Column `json:"columns"`
}

// Column is the reading of one column.
type Column struct {
	Col        int        `json:"col"` // from 0
	Ref        string     `json:"ref"` // of its header cell: "E5"
	Header     string     `json:"header"`
	Field      Field      `json:"field"`
	FeeKind    id.FeeKind `json:"fee_kind,omitempty"` // of a fee, quantity, unit price or reduction
	Confidence int        `json:"confidence"`         // percent
	Why        string     `json:"why"`                // Vietnamese
	// Amounts: the cells below look like money. Such a column must be known or ignored by a
	// person before the workbook is imported.
	Amounts bool `json:"amounts,omitempty"`
	// Chosen: a person said so.
	Chosen bool `json:"chosen,omitempty"`
	// Guesses are fee kinds the header may mean, the likeliest first, when none is clear.
	Guesses []id.FeeKind `json:"guesses,omitempty"`
}

// Choice is a person's word on a column, found by its header (the same words, whatever the
// month), or by its cell too when two headers are alike.
type Choice struct {
	Header  string     `json:"header"`
	Ref     string     `json:"ref,omitempty"` // "" for every column with this header
	Field   Field      `json:"field"`
	FeeKind id.FeeKind `json:"fee_kind,omitempty"`
}

// headerKey is a header without the period, by which choices are remembered from month to month.
func headerKey(header string) string { return strings.Join(withoutPeriod(vn.Tokens(header)), " ") }

func (c Choice) fits(col Column) bool {
	return headerKey(c.Header) == headerKey(col.Header) && (c.Ref == "" || c.Ref == col.Ref)
}

// mergeChoices adds new choices to old ones; a new one takes the place of an old one about
// the same column.
func mergeChoices(old, added []Choice) []Choice {
	var out []Choice
	for _, c := range slices.Concat(old, added) {
		out = slices.DeleteFunc(out, func(o Choice) bool { return headerKey(o.Header) == headerKey(c.Header) && o.Ref == c.Ref })
		out = append(out, c)
	}
	return out
}

// apply sets the columns that choices name. Later choices win.
func (m *SheetMapping) apply(choices []Choice) {
	for i := range m.Columns {
		c := &m.Columns[i]
		for _, choice := range choices {
			if choice.fits(*c) {
				c.Field, c.FeeKind, c.Confidence, c.Why, c.Guesses, c.Chosen = choice.Field, choice.FeeKind, 100, "do người nhập chọn", nil, true
			}
		}
	}
}

// Problem is something about the file or a sheet that keeps all of it from being imported.
type Problem struct {
	Sheet  string `json:"sheet"`
	Cell   string `json:"cell,omitempty"`
	Header string `json:"header,omitempty"`
	Code   string `json:"code"`
	Reason string `json:"reason"`
	Remedy string `json:"remedy"`
}

// The codes of Problem.
const (
	ProblemNoHeader      = "no_header"
	ProblemNoAmount      = "no_amount"
	ProblemDuplicate     = "duplicate_header"
	ProblemUnknownAmount = "unknown_amount"
	ProblemFeeKind       = "fee_kind"
	ProblemUnit          = "unit"
)

// Error is the problem as one sentence with its place.
func (p Problem) Error() string {
	at := ""
	if p.Sheet != "" {
		at = "Trang tính " + p.Sheet
	}
	if p.Cell != "" {
		at += ", ô " + p.Cell
	}
	if at != "" {
		at += ": "
	}
	return at + p.Reason + " " + p.Remedy
}

// problems tells what keeps a sheet from being imported.
func (m SheetMapping) problems() []Problem {
	if m.Skipped != "" {
		return nil
	}
	var out []Problem
	add := func(c Column, code, reason, remedy string) {
		out = append(out, Problem{Sheet: m.Sheet, Cell: c.Ref, Header: c.Header, Code: code, Reason: reason, Remedy: remedy})
	}
	paid := false
	for i, c := range m.Columns {
		if j := slices.IndexFunc(m.Columns[:i], c.sameAs); j >= 0 {
			add(c, ProblemDuplicate, fmt.Sprintf("Hai cột cùng tiêu đề “%s” (ô %s và %s).", c.Header, m.Columns[j].Ref, c.Ref),
				"Đổi tên một cột, hoặc chọn bỏ qua một cột.")
			continue
		}
		switch {
		case c.Field == FieldUnknown && c.Amounts:
			add(c, ProblemUnknownAmount, fmt.Sprintf("Cột “%s” có số tiền nhưng chưa biết là khoản thu nào.", c.Header),
				"Chọn khoản thu, miễn giảm, hoặc bỏ qua cột này.")
		case c.Field == FieldFee && c.FeeKind == 0:
			add(c, ProblemFeeKind, fmt.Sprintf("Cột “%s” chưa có khoản thu.", c.Header), "Chọn khoản thu cho cột này.")
		case c.Field == FieldFee || c.Field == FieldUnitPrice:
			paid = true
		}
	}
	if !paid && len(out) == 0 {
		out = append(out, Problem{
			Sheet: m.Sheet, Code: ProblemNoAmount, Reason: "Không thấy cột số tiền nào.",
			Remedy: "Thêm cột số tiền, hoặc chọn cột nào là khoản thu.",
		})
	}
	return out
}

// sameAs reports whether two columns that are both read say the same in their headers and
// are taken for the same thing, so that one of them must be a mistake.
func (c Column) sameAs(d Column) bool {
	if c.Field == FieldIgnore || d.Field == FieldIgnore || headerWords(c.Header) != headerWords(d.Header) {
		return false
	}
	return c.Field == d.Field && c.FeeKind == d.FeeKind && (c.Field != FieldUnknown || c.Amounts || d.Amounts)
}

// has reports whether a column holds the field.
func (m SheetMapping) has(f Field) bool {
	return slices.ContainsFunc(m.Columns, func(c Column) bool { return c.Field == f })
}
