package bill

import (
	"errors"
	"fmt"

	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/vnd"
)

// lines checks the lines one by one and together. A reduction may not exceed what is charged
// of its fee kind, so that every payment can be divided over the kinds (ledger, rollups).
func (r Rules) lines(n *NewBill, f *faults) {
	if len(n.Lines) == 0 {
		f.add("/lines", CodeRequired, "Phiếu chưa có khoản thu nào. Thêm ít nhất một khoản.")
		return
	}
	if len(n.Lines) > MaxLines {
		f.add("/lines", CodeTooLong, fmt.Sprintf("Phiếu có %d dòng, nhiều nhất %d.", len(n.Lines), MaxLines))
		return
	}
	lines := make([]Line, len(n.Lines))
	before := len(f.list)
	byKind := map[id.FeeKind]vnd.Amount{}
	for i, l := range n.Lines {
		lines[i] = r.line(l, fmt.Sprintf("/lines/%d", i), f)
		if len(f.list) == before {
			byKind[l.FeeKind] += l.Amount // at most MaxLines amounts of 13 digits
		}
	}
	n.Lines = lines
	if len(f.list) > before {
		return
	}
	for i, l := range lines {
		if sum := byKind[l.FeeKind]; sum < 0 && l.Amount < 0 {
			f.add(fmt.Sprintf("/lines/%d/amount", i), CodeNegative, fmt.Sprintf("Giảm trừ “%s” nhiều hơn khoản thu %s. Giảm nhiều nhất bằng số phải thu, phần còn lại chuyển sang đợt sau.",
				l.Name, -sum))
			return
		}
	}
	r.total(*n, f)
}

func (r Rules) total(n NewBill, f *faults) {
	switch total, err := n.Total(); {
	case errors.Is(err, vnd.ErrOverflow) || total > vnd.MaxBill:
		f.add("/lines", CodeTooLarge, fmt.Sprintf("Tổng tiền quá lớn. Một phiếu nhiều nhất %s.", vnd.MaxBill))
	case total < 0:
		f.add("/lines", CodeNegative, fmt.Sprintf("Tổng tiền âm: %s. Chuyển phần thừa sang đợt sau.", total))
	case total == 0:
		f.add("/lines", CodeZero, "Tổng tiền bằng 0 ₫, không có gì để thu. Bỏ phiếu này hoặc điền khoản thu.")
	}
}

func (r Rules) line(l Line, at string, f *faults) Line {
	kind, known := r.Kinds[l.FeeKind]
	if l.Name == "" {
		l.Name = kind.Name
	}
	text(f, at+"/name", "Tên khoản thu", &l.Name, MaxName)
	text(f, at+"/note", "Ghi chú", &l.Note, MaxNote)
	if l.Quantity == 0 {
		l.Quantity = 1
	}
	if l.UnitPrice == 0 && l.Quantity == 1 {
		l.UnitPrice = l.Amount
	}
	switch {
	case !known:
		f.add(at+"/fee_kind", CodeUnknown, "Khoản thu không có trong danh mục. Chọn một khoản thu của cơ sở.")
	case !kind.ValidOn(r.On):
		f.add(at+"/fee_kind", CodeNotValid, fmt.Sprintf("Khoản thu “%s” không áp dụng vào ngày %s. Chọn khoản thu đang có hiệu lực.", kind.Name, r.On.VN()))
	case !kind.For(r.Facility.Sector):
		f.add(at+"/fee_kind", CodeSector, fmt.Sprintf("Khoản thu “%s” không thuộc ngành của cơ sở. Chọn khoản thu khác.", kind.Name))
	}
	product, err := l.UnitPrice.Mul(l.Quantity)
	switch {
	case l.Amount == 0:
		f.add(at+"/amount", CodeZero, fmt.Sprintf("Số tiền của “%s” bằng 0. Bỏ dòng này hoặc nhập số tiền.", l.Name))
	case l.Amount > vnd.MaxBill || l.Amount < -vnd.MaxBill:
		f.add(at+"/amount", CodeTooLarge, fmt.Sprintf("Số tiền của “%s” quá lớn: %s. Một phiếu nhiều nhất %s.", l.Name, l.Amount, vnd.MaxBill))
	case l.Quantity < 1 || l.Quantity > 1_000_000:
		f.add(at+"/quantity", CodeNotValid, fmt.Sprintf("Số lượng của “%s” phải từ 1 đến 1.000.000.", l.Name))
	case err != nil || product != l.Amount:
		f.add(at+"/amount", CodeSum, fmt.Sprintf("“%s”: %d × %s không bằng %s. Sửa số lượng, đơn giá hoặc thành tiền.", l.Name, l.Quantity, l.UnitPrice, l.Amount))
	case known && kind.Ceiling != nil && l.Amount > *kind.Ceiling:
		f.add(at+"/amount", CodeCeiling, overCeiling(l.Name, l.Amount, *kind.Ceiling, kind.LegalBasis))
	}
	return l
}

func overCeiling(name string, amount, ceiling vnd.Amount, basis string) string {
	by := ""
	if basis != "" {
		by = " của " + basis
	}
	return fmt.Sprintf("“%s” %s vượt mức %s%s. Sửa về %s hoặc ít hơn.", name, amount, ceiling, by, ceiling)
}
