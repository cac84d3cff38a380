package bill

import (
	"fmt"
	"slices"

	"github.com/sen-platform/sen/internal/doc"
	"github.com/sen-platform/sen/internal/vn"
)

const (
	// detectRows is how many rows with content are looked at.
	detectRows = 60
	// headerWithin is how far down a header may begin, headerHeight how many rows it may have.
	headerWithin = 40
	headerHeight = 3
)

// Detect recognises the header of one sheet from its first rows (60 are enough) and says
// what every column holds, how surely and why. Headers are found by words, wherever they
// stand and in whatever order; title rows, two-row headers with merged cells and missing
// columns are usual. A sheet without a recognisable header has Skipped set.
func Detect(rules Rules, sheet string, rows []doc.Row, choices []Choice) SheetMapping {
	d := detector{fees: newFeeMatcher(rules), grid: newGrid(rows)}
	m := SheetMapping{Sheet: sheet}
	from, to, ok := d.header()
	if !ok {
		m.Skipped = "Không thấy dòng tiêu đề có cột họ tên hoặc mã, cùng cột số tiền."
		return m
	}
	m.HeaderRows = [2]int{rows[from].Number, rows[to].Number}
	for col := range d.grid.width {
		l := d.grid.label(from, to, col)
		c := d.classify(l)
		c.Col, c.Amounts = col, d.grid.amounts(to+1, col)
		if l.row >= 0 {
			c.Ref, c.Header = rows[l.row].Ref(col), l.full()
		} else if c.Ref = rows[to].Ref(col); !c.Amounts && !d.pairs(m.Columns, from, to, col) {
			continue // an empty column
		}
		m.Columns = append(m.Columns, c)
	}
	d.splitName(&m, from, to)
	m.apply(choices)
	d.attach(&m)
	d.resolve(&m)
	d.single(&m, from)
	d.class(&m, from)
	return m
}

type detector struct {
	fees feeMatcher
	grid grid
}

// points weigh what a header row must say.
var points = map[Field]int{
	FieldName: 5, FieldCode: 4, FieldFamily: 4, FieldSlip: 3, FieldFee: 3, FieldTotal: 3, FieldClass: 2, FieldPhone: 2, FieldBirth: 2,
	FieldPayer: 2, FieldReason: 2, FieldReduction: 2, FieldDue: 2, FieldIndex: 1, FieldNote: 1, FieldQuantity: 2, FieldUnitPrice: 2,
}

// header finds the rows of the header: those that name most, the fewest of them.
func (d detector) header() (from, to int, ok bool) {
	best := 0
	for i := range min(len(d.grid.rows), headerWithin) {
		for k := range headerHeight {
			j := i + k
			if j >= len(d.grid.rows) || d.grid.rows[j].Number-d.grid.rows[i].Number != k || d.holdsData(j) {
				break
			}
			if p := d.points(i, j); p > best || (p == best && ok && k < to-from) {
				best, from, to, ok = p, i, j, true
			}
		}
	}
	return from, to, ok
}

// holdsData reports whether a row has amounts in it, so that it is no header.
func (d detector) holdsData(i int) bool {
	return slices.ContainsFunc(d.grid.rows[i].Cells, func(c doc.Cell) bool {
		a, ok := amountIn(c)
		return ok && (a >= 10_000 || a <= -1000)
	})
}

func (d detector) points(from, to int) int {
	sum, columns := 0, 0
	person := false
	seen := map[Field]bool{}
	for col := range d.grid.width {
		l := d.grid.label(from, to, col)
		if l.child == "" || len(l.child) > 200 {
			continue
		}
		c := d.classify(l)
		if c.Field == FieldUnknown && d.grid.amounts(to+1, col) {
			sum++ // a fee the facility does not know yet
			columns++
		}
		if c.Field == FieldUnknown || (seen[c.Field] && !c.Field.repeats()) {
			continue
		}
		seen[c.Field] = true
		person = person || c.Field == FieldName || c.Field == FieldCode || c.Field == FieldSlip || c.Field == FieldFamily
		sum += points[c.Field]
		if c.FeeKind != 0 && c.Field != FieldFee {
			sum += 2 // a quantity under its fee says more than one alone
		}
		columns++
	}
	if !person || columns < 2 {
		return 0
	}
	return sum
}

// classify says what a header means.
func (d detector) classify(l label) Column {
	c := Column{Field: FieldUnknown}
	child, full := headerWords(l.child), headerWords(l.full())
	if child == "" {
		return c
	}
	said := func(f Field, score int, key string) Column {
		return Column{Field: f, Confidence: score, Why: fmt.Sprintf("tiêu đề có chữ “%s”", key)}
	}
	field, score, key := recognise(headerRules, child)
	if f, s, k := recognise(headerRules, full); f == FieldPayer && field != FieldPhone && l.parent != "" {
		field, score, key = f, s, k // "Họ tên" under "Phụ huynh"
	}
	if score == 100 {
		return said(field, score, key)
	}
	var above []feeHit
	if l.parent != "" {
		above = d.fees.find(l.parent)
	}
	mf, ms, mk := recognise(moneyRules, child)
	if mf == FieldUnknown || mf == FieldTotal {
		if s, k := reductionRule.match(full); s > 0 {
			mf, ms, mk = FieldReduction, s, k // "Số tiền" under "Miễn giảm"
		}
	}
	hits := d.fees.find(l.child)
	switch {
	case mf == FieldReduction:
		c = said(mf, ms, mk)
		if hit, clear := clearest(d.fees.find(full)); clear {
			c.FeeKind = hit.kind.ID
		}
		return c
	case mf != FieldUnknown && clearHit(above) && !clearHit(hits):
		if mf == FieldTotal {
			mf = FieldFee
		}
		c = said(mf, min(ms, above[0].score), mk)
		c.FeeKind = above[0].kind.ID
		return c
	case clearHit(hits) && (hits[0].score >= score || field == FieldUnknown) && ms < 100:
		return fee(hits[0])
	case field != FieldUnknown:
		return said(field, score, key)
	case mf == FieldQuantity || mf == FieldUnitPrice:
		c = said(mf, ms, mk)
		if hit, clear := clearest(hits); clear {
			c.FeeKind = hit.kind.ID
		}
		return c
	case mf != FieldUnknown:
		return said(mf, ms, mk)
	}
	if both := d.fees.find(l.full()); l.parent != "" && clearHit(both) {
		return fee(both[0])
	}
	for _, h := range hits[:min(len(hits), 3)] {
		c.Guesses = append(c.Guesses, h.kind.ID)
	}
	c.Why = "không giống khoản thu nào của cơ sở"
	if len(hits) > 1 && hits[0].score >= minFeeScore {
		c.Why = fmt.Sprintf("có thể là “%s” hoặc “%s”", hits[0].kind.Name, hits[1].kind.Name)
	}
	return c
}

func fee(h feeHit) Column {
	return Column{Field: FieldFee, FeeKind: h.kind.ID, Confidence: h.score, Why: h.why + " “" + h.kind.Name + "”"}
}

func clearHit(hits []feeHit) bool { _, ok := clearest(hits); return ok }

// clearest is the best hit when it is good enough and leads the next.
func clearest(hits []feeHit) (feeHit, bool) {
	if len(hits) == 0 || hits[0].score < minFeeScore || (len(hits) > 1 && hits[0].score < 100 && hits[0].score-hits[1].score < clearLead) {
		return feeHit{}, false
	}
	return hits[0], true
}

// pairs reports whether the header cell to the left is merged over this column and is a name:
// family and given names in two columns under one header.
func (d detector) pairs(before []Column, from, to, col int) bool {
	_, at := d.grid.at(to, col)
	return len(before) > 0 && at == col-1 && before[len(before)-1].Col == at && before[len(before)-1].Field == FieldName
}

// splitName finds family and given names in two columns.
func (d detector) splitName(m *SheetMapping, from, to int) {
	for i := range m.Columns {
		c := &m.Columns[i]
		switch {
		case i > 0 && c.Header == "" && d.pairs(m.Columns[:i], from, to, c.Col):
			p := &m.Columns[i-1]
			p.Field, p.Why = FieldFamily, "tiêu đề “"+p.Header+"” gộp hai cột: cột đầu là họ đệm"
			c.Field, c.Confidence, c.Header, c.Why = FieldGiven, p.Confidence, p.Header, "tiêu đề “"+p.Header+"” gộp hai cột: cột sau là tên"
		case c.Field == FieldName && headerWords(c.Header) == "ten" && m.has(FieldFamily):
			c.Field, c.Why = FieldGiven, "có cột họ đệm riêng"
		}
	}
	if m.has(FieldFamily) && !m.has(FieldGiven) && !m.has(FieldName) {
		for i := range m.Columns {
			if m.Columns[i].Field == FieldFamily {
				m.Columns[i].Field = FieldName
			}
		}
	}
}

// class finds the class of a sheet without a class column: in its title rows or its name.
func (d detector) class(m *SheetMapping, from int) {
	if m.has(FieldClass) {
		return
	}
	for _, r := range d.grid.rows[:from] {
		for _, c := range r.Cells {
			if found := classWord.FindStringSubmatch(vn.Clean(c.Text)); found != nil {
				m.Class, m.ClassFrom = className(found[1]), "dòng tiêu đề “"+vn.Clean(c.Text)+"”"
				return
			}
		}
	}
	if found := classSheet.FindStringSubmatch(vn.Clean(m.Sheet)); found != nil {
		m.Class, m.ClassFrom = className(found[1]), "tên trang tính"
	}
}
