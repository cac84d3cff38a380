package sheet

import (
	"github.com/sen-platform/sen/internal/rail/passbook"
)

// assemble reads every grid of a file that has a statement's header.
func assemble(grids []func() (grid, error), name string, limits passbook.Limits) (*passbook.File, error) {
	f := &passbook.File{Format: Stream}
	lines := 0
	for _, open := range grids {
		g, err := open()
		if err != nil {
			return nil, err
		}
		statements, bank, found, err := readGrid(g, name, limits)
		if err != nil {
			return nil, err
		}
		if !found {
			continue
		}
		if f.Message == "" || f.Message == Stream+":"+unknownBank {
			f.Message = Stream + ":" + bank
		}
		f.Statements = append(f.Statements, statements...)
		for i := range statements {
			lines += len(statements[i].Lines)
		}
		if lines > limits.Lines {
			return nil, limits.TooManyLines()
		}
	}
	if len(f.Statements) == 0 {
		return nil, passbook.Errorf(passbook.NoTable,
			"Không tìm thấy bảng sao kê: trong %d dòng đầu cần một dòng tiêu đề có cột ngày, cột ghi có (hoặc số tiền), và cột nội dung, số tham chiếu hoặc số dư. "+
				"Hãy chọn đúng tệp sao kê tải từ ngân hàng.", headerDepth)
	}
	passbook.AssignKeys(f)
	return f, nil
}

// one is the list of a file with a single grid.
func one(g grid) []func() (grid, error) {
	return []func() (grid, error){func() (grid, error) { return g, nil }}
}
