package sheet

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/rail/passbook"
	"github.com/sen-platform/sen/internal/vn"
)

// headerDepth is how far down the header row is looked for.
const headerDepth = 80

// table is one grid being read into statements.
type table struct {
	g      grid
	file   string
	limits passbook.Limits

	above   []row
	head    *header
	bank    string
	figures figures
	lines   []tableLine
	done    []passbook.Statement // sections of other accounts above
	// problems found in rows of the present section
	problems []passbook.Problem
	lastDate moment
	lastRow  int // row of the last line, for text that goes on below it
}

// tableLine is a line with what only a table has.
type tableLine struct {
	passbook.Line
	account string
	column  int  // of the amount
	signed  bool // the column, the cell or a word beside it tells the direction
	minus   bool // a negative amount in a debit or credit column
}

// maxSections is how many accounts one sheet may hold; rowsPerLine how many rows there may be
// for each line allowed.
const (
	maxSections = 1000
	rowsPerLine = 2
)

// readGrid reads one grid. found is false when it has no header of a bank statement.
func readGrid(g grid, file string, limits passbook.Limits) (statements []passbook.Statement, bank string, found bool, err error) {
	t := &table{g: g, file: file, limits: limits}
	if found, err = t.findHeader(); !found || err != nil {
		return nil, "", false, err
	}
	for rows := 0; ; rows++ {
		r, err := g.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, "", false, err
		}
		t.row(r)
		if len(t.lines) > limits.Lines || len(t.done) > maxSections || rows > rowsPerLine*limits.Lines+headerDepth {
			return nil, "", false, limits.TooManyLines()
		}
	}
	t.finish()
	return t.done, t.bank, true, nil
}

// findHeader reads down to the header row.
func (t *table) findHeader() (bool, error) {
	var before row
	for len(t.above) <= headerDepth {
		r, err := t.g.next()
		if err == io.EOF {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		h, err := readHeader(r)
		if err != nil {
			return false, err
		}
		if h == nil && secondRow(r) {
			if h, err = readHeader(stack(before, r)); err != nil {
				return false, err
			}
			if h != nil {
				t.above = t.above[:len(t.above)-1]
			}
		}
		if h != nil {
			return true, t.begin(h, r)
		}
		before = r
		t.above = append(t.above, r)
	}
	return false, nil
}

// begin settles everything the rows above and the header tell. A header whose amount column
// is split in two by a second row takes that row in.
func (t *table) begin(h *header, r row) error {
	t.head = h
	for _, a := range t.above {
		t.figures.read(a, t.g.epoch1904)
	}
	_, one := h.columns[signedMoney]
	if next, err := t.g.next(); err == nil {
		if one && secondRow(next) {
			both, err := readHeader(stack(r, next))
			if err != nil {
				return err
			}
			if both != nil {
				t.head = both
			}
		} else {
			t.bank = findBank(t.above, t.g.name, t.file, t.head)
			t.row(next)
		}
	} else if err != io.EOF {
		return err
	}
	t.bank = findBank(t.above, t.g.name, t.file, t.head)
	return nil
}

// row takes one row below the header.
func (t *table) row(r row) {
	if r.empty() || t.isColumnNumbers(r) {
		return
	}
	if !t.readableMoney(r) {
		if h, _ := readHeader(r); h != nil {
			t.nextHeader(h)
			return
		}
	}
	if name := t.rowLabel(r); name != "" {
		t.labelled(r, name)
		return
	}
	amounts, problem := t.amounts(r)
	if problem != nil {
		t.flag(*problem)
		return
	}
	if amounts == nil {
		t.noAmount(r)
		return
	}
	t.line(r, *amounts)
}

// nextHeader takes a header below the first one: the same again on the next printed page, or
// that of another table, whose columns stand elsewhere.
func (t *table) nextHeader(h *header) {
	if maps.Equal(h.columns, t.head.columns) {
		return
	}
	t.section(figures{account: t.figures.account, currency: t.figures.currency})
	t.head = h
}

// section ends the present section and begins another one.
func (t *table) section(f figures) {
	if len(t.lines) > 0 {
		t.finish()
	}
	t.figures, t.problems, t.lines, t.lastDate = f, nil, nil, moment{}
}

// readableMoney tells whether a money column of the row has an amount, which no header has.
func (t *table) readableMoney(r row) bool {
	for _, ro := range [...]role{credit, debit, signedMoney} {
		if c := r.at(t.head.col(ro)); !c.empty() {
			if _, err := parseMoney(c); err == nil {
				return true
			}
		}
	}
	return false
}

// isColumnNumbers: the row "(1) (2) (3)" under a header.
func (t *table) isColumnNumbers(r row) bool {
	if len(t.lines) > 0 {
		return false
	}
	next := 0
	for _, c := range r.cells {
		if c.empty() {
			continue
		}
		w := words(c.text)
		next++
		if w != fmt.Sprint(next) && !(len(w) == 1 && w[0] == byte('a'+next-1)) {
			return false
		}
	}
	return next >= 3
}

// rowLabel is the figure that a row of the table announces. Only a row without a date of its
// own can: payers write "tong cong" too.
func (t *table) rowLabel(r row) string {
	for _, c := range t.head.dates() {
		if m, err := parseMoment(r.at(c), t.g.epoch1904); err == nil && m.on != "" {
			if name := labelOf(r.at(t.head.col(memo)).text); (name == "opening" || name == "closing") && !t.hasMoney(r) {
				return name
			}
			return ""
		}
	}
	if c := t.head.col(reference); c >= 0 && !slices.Contains(t.head.dates(), c) && !r.at(c).empty() && labelOf(r.at(c).text) == "" {
		return "" // a movement whose date stands in a row above
	}
	for _, c := range r.cells {
		if c.kind != text || c.empty() || len(strings.Fields(c.text)) > maxLabelWords {
			continue
		}
		if name := labelOf(c.text); name != "" && name != "currency" && name != "account" {
			return name
		}
	}
	return ""
}

// maxLabelWords is how long a label inside the table may be, both languages together; longer
// text is what a payer wrote.
const maxLabelWords = 10

func (t *table) hasMoney(r row) bool {
	for _, ro := range [...]role{debit, credit, signedMoney} {
		if m, err := parseMoney(r.at(t.head.col(ro))); err != nil || !m.value.IsZero() {
			return true
		}
	}
	return false
}

// labelled takes a row of the table that is no movement: balances, totals.
func (t *table) labelled(r row, name string) {
	switch name {
	case "opening", "closing":
		if c := r.at(t.head.col(balance)); !c.empty() {
			if m, err := parseMoney(c); err == nil {
				t.figures.set(name, m.value)
				return
			}
		}
		// The balance may stand in any money column when the row has no other figure.
		for _, ro := range [...]role{credit, debit, signedMoney} {
			if c := r.at(t.head.col(ro)); !c.empty() {
				if m, err := parseMoney(c); err == nil && !m.value.IsZero() {
					t.figures.set(name, m.value)
					return
				}
			}
		}
	case "total":
		for ro, sum := range map[role]string{debit: "sum_debit", credit: "sum_credit"} {
			if c := r.at(t.head.col(ro)); !c.empty() {
				if m, err := parseMoney(c); err == nil {
					t.figures.set(sum, m.value)
				}
			}
		}
		return
	case "page_total":
		return
	}
	t.figures.read(r, t.g.epoch1904)
}

// noAmount takes a row without any amount: text that goes on from the row above, or a note.
func (t *table) noAmount(r row) {
	c := t.head.col(memo)
	if c >= 0 && len(t.lines) > 0 && r.n == t.lastRow+1 && !r.at(c).empty() && onlyCell(r, c) &&
		len(t.lines[len(t.lines)-1].MemoParts) < maxMemoRows {
		l := &t.lines[len(t.lines)-1]
		l.MemoParts = passbook.Append(l.MemoParts, r.at(c).text)
		l.Memo = strings.Join(l.MemoParts, " ")
		t.lastRow = r.n
		return
	}
	for _, d := range t.head.dates() {
		m, err := parseMoment(r.at(d), t.g.epoch1904)
		if err == nil && m.on != "" && !r.at(c).empty() {
			t.flag(passbook.Problem{
				Code: passbook.CodeSkipped, Severity: passbook.Warning, Place: t.place(r.n, d).String(),
				Message: fmt.Sprintf("Dòng %d có ngày nhưng không có số tiền, được bỏ qua.", r.n),
			})
			return
		}
	}
	var here figures
	here.read(r, t.g.epoch1904)
	if here.account != "" && t.figures.account != "" && here.account != t.figures.account && len(t.lines) > 0 {
		t.section(figures{currency: t.figures.currency}) // the table of another account begins
	}
	t.figures.read(r, t.g.epoch1904)
}

// maxMemoRows is over how many rows the text of one line may go on.
const maxMemoRows = 20

// flag adds a problem of a row.
func (t *table) flag(p passbook.Problem) {
	s := passbook.Statement{Problems: t.problems}
	s.Flag(p)
	t.problems = s.Problems
}

func onlyCell(r row, column int) bool {
	for i, c := range r.cells {
		if i != column && !c.empty() {
			return false
		}
	}
	return true
}

func (t *table) place(row, column int) passbook.Place {
	name := cellName(column, row)
	if t.g.name != "" {
		name = t.g.name + "!" + name
	}
	return passbook.Place{Line: row, Path: "ô " + name}
}

// problem makes a problem at a cell; message gets the cell's name first.
func (t *table) problem(r row, column int, code string, severity passbook.Severity, format string, args ...any) *passbook.Problem {
	return &passbook.Problem{
		Code: code, Severity: severity, Place: t.place(r.n, column).String(),
		Message: fmt.Sprintf("Ô %s: ", cellName(column, r.n)) + fmt.Sprintf(format, args...),
	}
}

// day reads the dates of a row: the day to book, the value date, the instant, and a document
// number from the date's cell. A blank date is that of the row above.
func (t *table) day(r row) (booked moment, value clock.Date, problem *passbook.Problem) {
	read := func(column int) (moment, *passbook.Problem) {
		c := r.at(column)
		if c.empty() {
			return moment{}, nil
		}
		m, err := parseMoment(c, t.g.epoch1904)
		switch {
		case errors.Is(err, vn.ErrDateRange):
			return m, t.problem(r, column, passbook.CodeDate, passbook.Refuse,
				"ngày %q không hợp lý (trước năm 1990 hoặc quá xa). Hãy định dạng lại cột ngày hoặc tải lại tệp gốc.", clip(c.text))
		case err != nil:
			return m, t.problem(r, column, passbook.CodeDate, passbook.Refuse,
				"không đọc được ngày %q. Cần dạng ngày/tháng/năm, ví dụ 22/11/2026.", clip(c.text))
		}
		return m, nil
	}
	for _, column := range t.head.dates() {
		m, p := read(column)
		if p != nil {
			return m, "", p
		}
		if booked.on == "" {
			booked.on = m.on
		}
		if booked.at.IsZero() {
			booked.at = m.at
		}
		if booked.extra == "" {
			booked.extra = m.extra
		}
		if column == t.head.col(valued) {
			value = m.on
		}
	}
	if booked.on == "" {
		booked.on = t.lastDate.on
	}
	if booked.on == "" {
		return booked, "", t.problem(r, t.head.dates()[0], passbook.CodeDate, passbook.Refuse,
			"thiếu ngày, và không có dòng nào phía trên để lấy ngày. Hãy tải lại tệp gốc từ ngân hàng.")
	}
	t.lastDate = moment{on: booked.on}
	return booked, value, nil
}

func clip(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}
