package page

// Field is a line of text, or an area when Rows is set, with its label, hint and error. Template "field".
type Field struct {
	ID           string // Name when empty
	Name         string
	Label        string
	Optional     bool // says "(không bắt buộc)" beside the label
	Hint         string
	Value        string
	Error        string // what to do, the same words as in the summary
	Type         string // "text" when empty
	InputMode    string // "numeric", "tel"
	Autocomplete string // "off" when empty
	MaxLength    int
	Rows         int
	Short        bool
	Code         bool // a bill code: capitals, wide
	Key          string
}

// Anchor is the id of the field.
func (f Field) Anchor() string { return anchor(f.ID, f.Name) }

// Described lists the ids of hint and error for aria-describedby; empty when there are none.
func (f Field) Described() string { return described(f.Anchor(), f.Hint, f.Error) }

// Select is a choice from a list. Template "select".
type Select struct {
	ID, Name, Label, Hint, Error string
	Short                        bool
	Options                      []Option
}

// Option is one entry of a Select.
type Option struct {
	Value, Text string
	Selected    bool
}

// Anchor is the id of the field.
func (s Select) Anchor() string { return anchor(s.ID, s.Name) }

// Described lists the ids of hint and error.
func (s Select) Described() string { return described(s.Anchor(), s.Hint, s.Error) }

// File is a file to be sent. Template "file"; the form needs enctype="multipart/form-data".
type File struct {
	ID, Name, Label, Hint, Error string
	Accept                       string // ".xlsx,.csv"
}

// Anchor is the id of the field.
func (f File) Anchor() string { return anchor(f.ID, f.Name) }

// Described lists the ids of hint and error.
func (f File) Described() string { return described(f.Anchor(), f.Hint, f.Error) }

// Choices is a group of boxes to tick, or of which to take one. Template "choices".
type Choices struct {
	ID, Name, Legend, Hint, Error string
	One                           bool // radio buttons
	Items                         []Choice
}

// Choice is one box of Choices.
type Choice struct {
	Value   string
	Text    any
	Checked bool
}

// Anchor is the id of the group's first box.
func (c Choices) Anchor() string { return anchor(c.ID, c.Name) }

// Described lists the ids of hint and error.
func (c Choices) Described() string { return described(c.Anchor(), c.Hint, c.Error) }

func anchor(id, name string) string {
	if id != "" {
		return id
	}
	return name
}

func described(id, hint, err string) string {
	switch {
	case hint != "" && err != "":
		return id + "-h " + id + "-e"
	case hint != "":
		return id + "-h"
	case err != "":
		return id + "-e"
	}
	return ""
}

// Mistakes are what a form got wrong, in the order of the form. Template "mistakes" draws the summary on top, with a
// link to each field; the same words stand at the field. Set Chrome.Invalid with it.
type Mistakes []Mistake

// Mistake is one of Mistakes: the id of the field and what to do there.
type Mistake struct{ ID, Text string }

// Add notes a mistake.
func (m *Mistakes) Add(id, text string) { *m = append(*m, Mistake{id, text}) }

// At is the first mistake of the field id, or "".
func (m Mistakes) At(id string) string {
	for _, one := range m {
		if one.ID == id {
			return one.Text
		}
	}
	return ""
}
