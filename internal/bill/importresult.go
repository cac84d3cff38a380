package bill

import (
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/vn"
	"github.com/sen-platform/sen/internal/vnd"
)

// listed bounds the lists of a result; the counts beside them are whole.
const listed = 200

// ImportResult is what an import did, or in a dry run would do.
type ImportResult struct {
	Import id.File `json:"import,omitempty"`
	Name   string  `json:"name"`
	DryRun bool    `json:"dry_run,omitempty"`
	// Problems keep the whole workbook from being imported; nothing was done when there are any.
	Problems []Problem `json:"problems,omitempty"`
	Mapping  Mapping   `json:"mapping"`
	// AlreadyThere: the same workbook was imported last, so nothing was done.
	AlreadyThere bool `json:"already_there,omitempty"`
	// Resumed: an import that had died was carried on.
	Resumed bool `json:"resumed,omitempty"`

	Rows  int        `json:"rows"` // rows that speak of a person
	Good  int        `json:"good"`
	Bad   int        `json:"bad"`
	Total vnd.Amount `json:"total"` // of the good rows

	Created   int `json:"created"`
	Updated   int `json:"updated"`
	Unchanged int `json:"unchanged"` // fixed by hand before included
	Skipped   int `json:"skipped"`   // bad rows that a person has skipped before

	Issues []Issue `json:"-"` // the first of them; all wait in the round (see Issues)
	// Different rows speak of bills that the import may not change.
	Different      []Difference `json:"different,omitempty"`
	DifferentCount int          `json:"different_count,omitempty"`
	// Vanished bills are in the round but not in the workbook, though their class or a
	// workbook of the same name is. They stay until a person deletes or cancels them.
	Vanished      []Person `json:"vanished,omitempty"`
	VanishedCount int      `json:"vanished_count,omitempty"`

	Controls   []Control  `json:"controls,omitempty"`    // totals rows that do not agree
	NewClasses []NewClass `json:"new_classes,omitempty"` // not in the round before
	HiddenRows int        `json:"hidden_rows,omitempty"` // rows hidden in the workbook that were read all the same
}

// Blocked reports whether the workbook could not be imported as it is.
func (r ImportResult) Blocked() bool { return len(r.Problems) > 0 }

// Difference is a row that says something else than a bill which cannot be changed by an
// import: it is published, cancelled, or was changed by hand.
type Difference struct {
	Person
	Sheet    string     `json:"sheet"`
	Row      int        `json:"row"`
	RowTotal vnd.Amount `json:"row_total"`
	Why      string     `json:"why"` // Vietnamese
}

// NewClass is a class the round before did not have: a new class, or a typing error.
type NewClass struct {
	Class   string `json:"class"`
	Rows    int    `json:"rows"`
	Nearest string `json:"nearest,omitempty"` // a class of the round before that differs in one letter or in marks
}

// nearest finds the class that is spelt almost like c.
func nearest(c string, known []string) string {
	best, found := 2, ""
	for _, k := range known {
		if d := distance(vn.Fold(c), vn.Fold(k)); d < best {
			best, found = d, k
		}
	}
	return found
}

// distance is the number of letters to add, drop or change, up to short names.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i, r := range x {
		diagonal := row[0]
		row[0] = i + 1
		for j, s := range y {
			cost := diagonal
			if r != s {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(y)]
}
