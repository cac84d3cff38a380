package bill

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/vnd"
)

// amounts makes the lines of a row: every fee with an amount, then the reductions, and
// compares their sum with the row's own total.
func (w *rowWork) amounts() {
	before := len(w.issues)
	var fees []value
	prices, counts := map[id.FeeKind]value{}, map[id.FeeKind]value{}
	for _, v := range w.in.Values {
		switch field, kind := v.means(); field {
		case FieldFee:
			fees = append(fees, v)
		case FieldUnitPrice:
			prices[kind] = v
		case FieldQuantity:
			counts[kind] = v
		}
	}
	for _, v := range fees {
		_, kind := v.means()
		w.fee(v, kind, counts[kind], prices[kind])
		delete(counts, kind) // a second column of the same kind stands for itself
		delete(prices, kind)
	}
	for _, kind := range sortedKinds(prices) {
		w.fee(value{}, kind, counts[kind], prices[kind])
	}
	for _, v := range w.in.Values {
		if field, kind := v.means(); field == FieldReduction {
			w.reduce(v, kind)
		}
	}
	if len(w.issues) > before {
		return
	}
	w.spread()
	w.compare()
}

func sortedKinds(m map[id.FeeKind]value) []id.FeeKind {
	var out []id.FeeKind
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

func (w *rowWork) line(l Line, from value) {
	w.bill.Lines, w.source = append(w.bill.Lines, l), append(w.source, from)
}

// fee adds one fee. Its name is the fee kind's, or the column's own when it says something
// else ("Tiền ăn sáng").
func (w *rowWork) fee(v value, kind id.FeeKind, count, price value) {
	a, t := v.amount()
	if t != nil {
		w.complain(v, *t)
		return
	}
	if a < 0 {
		w.complain(v, trouble{CodeNegative, fmt.Sprintf("Số tiền âm: %s.", a), fmt.Sprintf("Chuyển %s sang đợt sau, hoặc ghi vào cột miễn giảm.", -a), "0"})
		return
	}
	l := Line{FeeKind: kind, Name: w.rules.Kinds[kind].Name, Quantity: 1, UnitPrice: a, Amount: a}
	if v.Header != "" && len(w.bill.Lines) < MaxLines && w.sameKind(v, kind) {
		l.Name = v.Header
	}
	if !w.multiply(&l, v, count, price) || l.Amount == 0 {
		return
	}
	if v.Ref == "" {
		v = price
	}
	w.line(l, v)
}

// sameKind reports whether the row has another fee column of the same kind, so that the two
// lines need the columns' names to be told apart.
func (w *rowWork) sameKind(v value, kind id.FeeKind) bool {
	return slices.ContainsFunc(w.in.Values, func(o value) bool {
		f, k := o.means()
		return f == FieldFee && k == kind && o.Key != v.Key
	})
}

// multiply takes quantity × unit price into a line, when the row has both and they give the
// amount; a quantity that is blank or not whole (half days) is left aside when the amount is there.
func (w *rowWork) multiply(l *Line, v, count, price value) bool {
	p, t := price.amount()
	if t != nil {
		w.complain(price, *t)
		return false
	}
	if p <= 0 || count.blank() {
		return true
	}
	text := count.Text
	if count.Kind == numberCell {
		text = count.Number
	}
	n, err := vnd.Parse(text)
	whole := err == nil && n > 0
	product := vnd.Amount(0)
	if whole {
		product, err = p.Mul(int64(n))
	}
	switch {
	case whole && err == nil && (product == l.Amount || v.blank()):
		l.Quantity, l.UnitPrice, l.Amount = int64(n), p, product
	case v.blank() && n != 0:
		w.complain(count, trouble{CodeNotNumber, fmt.Sprintf("Số lượng “%s” không phải là số nguyên.", clip(count.Text)), "Gõ số nguyên, ví dụ 21.", ""})
		return false
	case whole && err == nil && l.Amount > 0:
		w.complain(v, trouble{CodeSum, fmt.Sprintf("%d × %s là %s, ô ghi %s.", int64(n), p, product, l.Amount), "Sửa số lượng, đơn giá hoặc thành tiền.", fmt.Sprint(int64(product))})
		return false
	}
	return true
}

// reduce adds a reduction, written with or without a minus.
func (w *rowWork) reduce(v value, kind id.FeeKind) {
	a, t := v.amount()
	if t != nil {
		w.complain(v, *t)
		return
	}
	if a > 0 {
		a = -a
	}
	switch {
	case a == 0:
	case kind == 0:
		w.spill = append(w.spill, reduction{v, a})
	default:
		w.line(Line{FeeKind: kind, Name: v.Header, Quantity: 1, UnitPrice: a, Amount: a, Note: w.note}, v)
	}
}

// spread puts reductions without a fee kind on the fees they can be taken from, the largest
// first, since a reduction may not exceed its fee kind (see Rules.lines). What is left over
// goes on the last and is refused there.
func (w *rowWork) spread() {
	left := map[id.FeeKind]vnd.Amount{}
	var kinds []id.FeeKind
	for _, l := range w.bill.Lines {
		if _, seen := left[l.FeeKind]; !seen {
			kinds = append(kinds, l.FeeKind)
		}
		left[l.FeeKind] += l.Amount // at most MaxLines amounts of 13 digits
	}
	slices.SortStableFunc(kinds, func(a, b id.FeeKind) int { return cmp.Compare(left[b], left[a]) })
	for _, r := range w.spill {
		if len(kinds) == 0 {
			w.complain(r.from, trouble{CodeNegative, "Có miễn giảm nhưng không có khoản thu.", "Điền khoản thu, hoặc bỏ miễn giảm.", "0"})
			return
		}
		rest := r.amount
		for i, k := range kinds {
			take := max(rest, -left[k])
			if i == len(kinds)-1 && rest < take {
				take = rest
			}
			if take >= 0 {
				continue
			}
			w.line(Line{FeeKind: k, Name: r.from.Header, Quantity: 1, UnitPrice: take, Amount: take, Note: w.note}, r.from)
			left[k] += take
			rest -= take
		}
	}
}

// compare checks the row's total against its lines.
func (w *rowWork) compare() {
	v := w.get(FieldTotal)
	sum, err := w.bill.Total()
	if err != nil {
		return // Rules.lines says it
	}
	if len(w.bill.Lines) == 0 {
		w.complain(w.cellOf(""), trouble{CodeZero, "Không có khoản nào để thu: các ô số tiền trống hoặc bằng 0.", "Điền số tiền, hoặc bỏ dòng này.", ""})
		return
	}
	if v.blank() {
		return
	}
	stated, t := v.amount()
	switch {
	case t != nil:
		w.complain(v, *t)
	case stated != sum:
		w.complain(v, trouble{CodeSum, fmt.Sprintf("Ô tổng ghi %s, các khoản cộng lại là %s, lệch %s.", stated, sum, stated-sum), "Sửa ô tổng hoặc sửa khoản bị sai.", fmt.Sprint(int64(sum))})
	}
}
