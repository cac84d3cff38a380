package bill

import (
	"regexp"
	"slices"
	"strings"

	"github.com/sen-platform/sen/internal/vn"
)

// payable are words of a total that is what remains to be paid, after reductions.
var payable = []string{"phai nop", "phai thu", "phai dong", "phai tra", "con phai", "thuc thu", "nguoi benh tra", "benh nhan tra", "bn tra", "con lai"}

func isPayable(header string) bool {
	label := headerWords(header)
	return slices.ContainsFunc(payable, func(p string) bool { return hasPhrase(label, p) })
}

// attach gives quantities and unit prices their fee kind: that of the fee column they stand
// beside. One that belongs to no fee column is not read, since the amount column says it all.
func (d detector) attach(m *SheetMapping) {
	for i := range m.Columns {
		c := &m.Columns[i]
		if (c.Field != FieldQuantity && c.Field != FieldUnitPrice) || c.FeeKind != 0 {
			continue
		}
		for _, other := range m.Columns[i+1 : min(i+3, len(m.Columns))] {
			if other.Field == FieldFee && other.FeeKind != 0 {
				c.FeeKind, c.Why = other.FeeKind, c.Why+", đứng trước cột “"+other.Header+"”"
				break
			}
		}
		if c.FeeKind == 0 {
			c.Field, c.Why = FieldIgnore, c.Why+" nhưng không thuộc khoản thu nào"
		}
	}
	// A price or a quantity alone says nothing.
	for i := range m.Columns {
		c := &m.Columns[i]
		if c.Field != FieldQuantity && c.Field != FieldUnitPrice {
			continue
		}
		with := func(f Field) bool {
			return slices.ContainsFunc(m.Columns, func(o Column) bool { return o.Field == f && o.FeeKind == c.FeeKind })
		}
		if !with(FieldFee) && !(with(FieldQuantity) && with(FieldUnitPrice)) {
			c.Field, c.Why = FieldIgnore, "có số lượng hoặc đơn giá nhưng không có thành tiền"
		}
	}
}

// resolve leaves one column for every field of which a row has one. Of several totals the
// one that remains to be paid counts, or the last; of other fields the surest, or the first.
// Columns with the very same header stay: that is a mistake in the workbook (see problems).
func (d detector) resolve(m *SheetMapping) {
	winner := map[Field]int{}
	for i, c := range m.Columns {
		if c.Field.repeats() {
			continue
		}
		w, seen := winner[c.Field]
		if !seen || d.beats(c, m.Columns[w]) {
			winner[c.Field] = i
		}
	}
	for i := range m.Columns {
		c := &m.Columns[i]
		w, seen := winner[c.Field]
		if !seen || w == i || headerWords(c.Header) == headerWords(m.Columns[w].Header) {
			continue
		}
		c.Why = "đã lấy cột “" + m.Columns[w].Header + "” cho mục này"
		c.Field = FieldIgnore
	}
}

func (d detector) beats(c, than Column) bool {
	if c.Chosen != than.Chosen {
		return c.Chosen
	}
	if c.Field == FieldTotal {
		return isPayable(c.Header) || !isPayable(than.Header)
	}
	return c.Confidence > than.Confidence
}

// single makes the total the fee itself in a workbook without fee columns. Its kind is named
// in a title row, or the only one the facility has; otherwise a person chooses.
func (d detector) single(m *SheetMapping, from int) {
	if m.has(FieldFee) || (m.has(FieldQuantity) && m.has(FieldUnitPrice)) {
		return
	}
	i := slices.IndexFunc(m.Columns, func(c Column) bool { return c.Field == FieldTotal })
	if i < 0 || slices.ContainsFunc(m.Columns, func(c Column) bool { return c.Field == FieldUnknown && c.Amounts }) {
		return
	}
	c := &m.Columns[i]
	c.Field, c.Why = FieldFee, "cột số tiền duy nhất"
	if isPayable(c.Header) {
		for j := range m.Columns {
			if m.Columns[j].Field == FieldReduction {
				m.Columns[j].Field, m.Columns[j].Why = FieldIgnore, "cột “"+c.Header+"” là số còn phải trả, đã trừ"
			}
		}
	}
	if len(d.fees) == 1 {
		c.FeeKind, c.Why = d.fees[0].kind.ID, "cơ sở chỉ có một khoản thu"
		return
	}
	for _, r := range d.grid.rows[:from] {
		for _, cell := range r.Cells {
			if hit, clear := clearest(d.fees.named(cell.Text)); clear {
				c.FeeKind, c.Confidence, c.Why = hit.kind.ID, hit.score, "dòng tiêu đề “"+vn.Clean(cell.Text)+"” nói khoản thu"
				return
			}
		}
	}
	for _, n := range d.fees[:min(3, len(d.fees))] {
		c.Guesses = append(c.Guesses, n.kind.ID)
	}
}

// named finds the fee kinds whose whole name stands in a title.
func (m feeMatcher) named(title string) []feeHit {
	text := strings.Join(expand(vn.Tokens(title)), " ")
	var hits []feeHit
	for _, n := range m {
		if name := strings.Join(n.words, " "); name != "" && hasPhrase(text, name) {
			hits = append(hits, feeHit{n.kind, min(99, 60+len(name)), "có trong tên bảng"})
		}
	}
	slices.SortStableFunc(hits, func(a, b feeHit) int { return b.score - a.score })
	return hits
}

// unitProblem finds a sheet that counts in thousands: money is never multiplied on a guess.
func unitProblem(sheet string, g grid, upTo int) (Problem, bool) {
	for _, r := range g.rows[:min(upTo, len(g.rows))] {
		for col, c := range r.Cells {
			if t := vn.Clean(c.Text); unit.MatchString(headerWords(t)) {
				return Problem{
					Sheet: sheet, Cell: r.Ref(col), Header: t, Code: ProblemUnit, Reason: "Bảng ghi đơn vị “" + t + "”, không phải đồng.",
					Remedy: "Đổi các cột tiền ra đồng rồi xóa dòng ghi đơn vị.",
				}, true
			}
		}
	}
	return Problem{}, false
}

var (
	classCode   = regexp.MustCompile(`(?i)^\d{1,2}\s?[a-zđ]\d{0,2}$`)
	classPrefix = regexp.MustCompile(`(?i)^(?:lớp|lop)\s*:?\s+`)
)

// className writes a class one way: without the word "lớp", letters of a class code in
// capitals. "lớp 3a" and "3 A" become "3A"; other names stay as they are.
func className(s string) string {
	s = classPrefix.ReplaceAllString(vn.Clean(s), "")
	if classCode.MatchString(s) {
		return strings.ToUpper(strings.ReplaceAll(s, " ", ""))
	}
	return s
}
