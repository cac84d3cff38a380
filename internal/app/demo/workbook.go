package demo

import (
	"bytes"
	"fmt"
	"math/rand/v2"

	"github.com/xuri/excelize/v2"

	"github.com/sen-platform/sen/internal/vnd"
)

// workbook is a list as an accountant keeps it: a title above, one column per charge, sums at
// the side and at the foot. mistakes puts in rows that need a person.
func (p *payee) workbook(r *rand.Rand, title string, mistakes bool) ([]byte, error) {
	rows := [][]any{{"", p.Name}, {"", title}, {}}
	head := []any{"STT", "Họ và tên", "Mã học sinh", "Lớp", "Ngày sinh", "Phụ huynh", "Điện thoại"}
	for _, c := range p.charges {
		head = append(head, p.kinds[c.kind].Name)
	}
	rows = append(rows, append(head, "Tổng cộng"))
	sums := make([]vnd.Amount, len(p.charges)+1)
	for i, who := range p.roster {
		row := []any{i + 1, who.name, who.code, who.class, fmt.Sprintf("%02d/%02d/%d", 1+r.IntN(28), 1+r.IntN(12), who.birth), who.payer, who.phone}
		of := map[string]vnd.Amount{}
		var total vnd.Amount
		for _, l := range p.lines(r) {
			for code, k := range p.kinds {
				if k.ID == l.FeeKind {
					of[code] = l.Amount
				}
			}
			total += l.Amount
		}
		for n, c := range p.charges {
			if of[c.kind] == 0 {
				row = append(row, nil)
				continue
			}
			row = append(row, int64(of[c.kind]))
			sums[n] += of[c.kind]
		}
		sums[len(p.charges)] += total
		row = append(row, int64(total))
		if mistakes {
			blunder(row, i)
		}
		rows = append(rows, row)
	}
	if !mistakes {
		foot := []any{nil, "Cộng", nil, nil, nil, nil, nil}
		for _, s := range sums {
			foot = append(foot, int64(s))
		}
		rows = append(rows, foot)
	}
	return write(rows)
}

// blunder puts the usual slips of the pen into some rows.
func blunder(row []any, i int) {
	switch i {
	case 4:
		row[7] = "bảy trăm tám mươi" // an amount in words
	case 11:
		row[1] = "" // nobody's row
	case 17:
		row[len(row)-1] = 1 // a total that is not the sum
	}
}

func write(rows [][]any) ([]byte, error) {
	f := excelize.NewFile()
	defer f.Close() // holds nothing but memory
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		return nil, err
	}
	for i, row := range rows {
		if err := w.SetRow(fmt.Sprintf("A%d", i+1), row); err != nil {
			return nil, err
		}
	}
	if err := w.Flush(); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = f.Write(&out)
	return out.Bytes(), err
}
