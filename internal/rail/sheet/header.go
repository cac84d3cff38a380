package sheet

import (
	"fmt"
	"slices"

	"github.com/sen-platform/sen/internal/rail/passbook"
)

// header is a recognised header row.
type header struct {
	row     int
	columns map[role]int // the first column of each role
	memos   []int        // all memo columns, joined
	names   []string     // the words of every cell, for telling banks apart
	// dateWithRef: one cell holds the date and the document number (Vietcombank).
	dateWithRef bool
}

func (h *header) col(r role) int {
	if c, ok := h.columns[r]; ok {
		return c
	}
	return -1
}

// dates are the columns with a day, best first for booking.
func (h *header) dates() []int {
	var out []int
	for _, r := range [...]role{posted, transacted, valued, requested} {
		if c, ok := h.columns[r]; ok {
			out = append(out, c)
		}
	}
	return out
}

// readHeader tells whether a row is the header: it must have a date, money in (or one column
// for both directions), and one of text, reference and balance, each in a cell of its own.
// The error is for a header that cannot be used because two columns claim one meaning.
func readHeader(r row) (*header, error) {
	h := &header{row: r.n, columns: map[role]int{}}
	titles := map[string]int{}
	seenNo := -1
	type clash struct {
		role          role
		first, second int
	}
	var clashes []clash
	cells := 0
	for i, c := range r.cells {
		if c.kind != text || c.empty() {
			continue
		}
		roles := rolesOf(c.text)
		title := words(c.text)
		h.names = append(h.names, title)
		if len(roles) > 0 {
			cells++
		}
		for _, ro := range roles {
			switch first, taken := h.columns[ro]; {
			case ro == ambiguousNo:
				seenNo = i
			case ro == ignored, ro == ordinal:
			case ro == memo:
				h.memos = append(h.memos, i)
				if !taken {
					h.columns[ro] = i
				} else if titles[title] > 0 {
					clashes = append(clashes, clash{ro, first, i})
				}
			case !taken:
				h.columns[ro] = i
			case ro == debit, ro == credit, ro == signedMoney, ro == balance, titles[title] > 0:
				clashes = append(clashes, clash{ro, first, i})
			}
		}
		titles[title]++
		if len(roles) > 1 && slices.Contains(roles, reference) && (slices.Contains(roles, transacted) || slices.Contains(roles, posted)) {
			h.dateWithRef = true
		}
	}
	if _, has := h.columns[debit]; !has && seenNo >= 0 {
		if _, has := h.columns[credit]; has {
			h.columns[debit] = seenNo // "NO" beside "CO"
		}
	}
	if !h.complete() || cells < 3 {
		return nil, nil
	}
	if len(clashes) > 0 {
		c := clashes[0]
		return nil, passbook.Errorf(passbook.NoTable,
			"Tiêu đề cột bị trùng: ô %s và ô %s đều là “%s”. Hãy tải lại tệp gốc từ ngân hàng hoặc xóa cột thừa.",
			cellName(c.first, r.n), cellName(c.second, r.n), roleName[c.role]).At("dòng %d", r.n)
	}
	return h, nil
}

func (h *header) complete() bool {
	_, in := h.columns[credit]
	_, one := h.columns[signedMoney]
	if one && in {
		delete(h.columns, signedMoney) // a parent title above Nợ and Có, or a figure of another kind
	}
	described := false
	for _, r := range [...]role{memo, reference, balance} {
		_, has := h.columns[r]
		described = described || has
	}
	return len(h.dates()) > 0 && (in || one) && described
}

// roleName is the meaning in the user's words.
var roleName = map[role]string{
	posted: "ngày hạch toán", transacted: "ngày giao dịch", valued: "ngày hiệu lực", requested: "ngày khách hàng thực hiện",
	reference: "số tham chiếu", debit: "ghi nợ (tiền ra)", credit: "ghi có (tiền vào)", signedMoney: "số tiền", direction: "loại giao dịch",
	balance: "số dư", memo: "nội dung", payerName: "tên người chuyển", payerNumber: "tài khoản người chuyển", payerBank: "ngân hàng người chuyển",
	virtual: "tài khoản ảo", ownAccount: "số tài khoản", currency: "loại tiền",
}

// stack puts a second header row under the first: "Phát sinh" above "Nợ" and "Có".
func stack(upper, lower row) row {
	out := row{n: upper.n, cells: make([]cell, max(len(upper.cells), len(lower.cells)))}
	for i := range out.cells {
		a, b := upper.at(i), lower.at(i)
		switch {
		case a.kind == text && b.kind == text && !a.empty() && !b.empty():
			out.cells[i] = cell{text: fmt.Sprintf("%s\n%s", a.text, b.text)}
		case b.empty():
			out.cells[i] = a
		default:
			out.cells[i] = b
		}
	}
	return out
}

// secondRow tells whether a row continues a header: it names money in and money out, and no
// date.
func secondRow(r row) bool {
	in, out := false, false
	for _, c := range r.cells {
		if c.kind != text || c.empty() {
			continue
		}
		for _, ro := range rolesOf(c.text) {
			switch ro {
			case credit:
				in = true
			case debit, ambiguousNo:
				out = true
			case posted, transacted, valued:
				return false
			}
		}
	}
	return in && out
}
