package sheet

import (
	"encoding/binary"
	"errors"
	"io"

	"github.com/sen-platform/sen/internal/rail/passbook"
)

// Records of the binary workbook format (BIFF8) that carry a statement.
const (
	recFormula    = 0x0006
	recEOF        = 0x000A
	recDate1904   = 0x0022
	recFilePass   = 0x002F
	recContinue   = 0x003C
	recBoundSheet = 0x0085
	recMulRK      = 0x00BD
	recRString    = 0x00D6
	recMergeCells = 0x00E5
	recSST        = 0x00FC
	recLabelSST   = 0x00FD
	recNumber     = 0x0203
	recLabel      = 0x0204
	recBoolErr    = 0x0205
	recString     = 0x0207
	recRK         = 0x027E
	recBOF        = 0x0809

	biff8       = 0x0600
	bofGlobals  = 0x0005
	bofSheet    = 0x0010
	visibleFlag = 0x03
)

var errBIFF = errors.New("sheet: damaged workbook record")

// ReadXLS reads a binary workbook of Excel 97 to 2003: every visible sheet that has the header
// of a bank statement. See ReadXLSX for the result.
//
// Errors are *passbook.Error: Encrypted (password), Unsupported (older than Excel 97),
// Malformed, NoTable, TooLarge.
func ReadXLS(raw []byte, name string, limits passbook.Limits) (*passbook.File, error) {
	limits = limits.WithDefaults()
	c, err := openCompound(raw)
	if err != nil {
		return nil, damagedWorkbook(err)
	}
	if c.has("EncryptedPackage") {
		return nil, passbook.Errorf(passbook.Encrypted, "Tệp Excel có mật khẩu. Hãy mở bằng Excel, bỏ mật khẩu, lưu lại rồi nhập lại.")
	}
	stream, err := c.stream("Workbook")
	if err != nil {
		return nil, damagedWorkbook(err)
	}
	if stream == nil {
		return nil, passbook.Errorf(passbook.Unsupported,
			"Tệp .xls thuộc phiên bản Excel quá cũ hoặc không phải bảng tính. Hãy mở bằng Excel, lưu lại dạng .xlsx rồi nhập lại.")
	}
	b := &biff{stream: stream}
	if err := b.globals(); err != nil {
		return nil, err
	}
	var grids []func() (grid, error)
	for _, s := range b.sheets {
		grids = append(grids, func() (grid, error) { return b.grid(s) })
	}
	return assemble(grids, name, limits)
}

// biff is a workbook stream.
type biff struct {
	stream    []byte
	at        int
	epoch1904 bool
	sheets    []biffSheet
	shared    []string
}

type biffSheet struct {
	name   string
	offset int
}

// record is the next record; io.EOF at the end of the stream.
func (b *biff) record() (id uint16, data []byte, err error) {
	if b.at+4 > len(b.stream) {
		return 0, nil, io.EOF
	}
	id = binary.LittleEndian.Uint16(b.stream[b.at:])
	size := int(binary.LittleEndian.Uint16(b.stream[b.at+2:]))
	start := b.at + 4
	if start+size > len(b.stream) {
		return 0, nil, damagedWorkbook(errBIFF)
	}
	b.at = start + size
	return id, b.stream[start:b.at], nil
}

// continued collects the records that continue the last one.
func (b *biff) continued(first []byte) ([][]byte, error) {
	segments := [][]byte{first}
	for b.at+4 <= len(b.stream) && binary.LittleEndian.Uint16(b.stream[b.at:]) == recContinue {
		_, data, err := b.record()
		if err != nil {
			return nil, err
		}
		segments = append(segments, data)
	}
	return segments, nil
}

// globals reads the first part of the stream: sheets and shared texts.
func (b *biff) globals() error {
	id, data, err := b.record()
	if err != nil || id != recBOF || len(data) < 4 {
		return damagedWorkbook(errBIFF)
	}
	if binary.LittleEndian.Uint16(data) != biff8 || binary.LittleEndian.Uint16(data[2:]) != bofGlobals {
		return passbook.Errorf(passbook.Unsupported,
			"Tệp .xls thuộc phiên bản Excel quá cũ. Hãy mở bằng Excel, lưu lại dạng .xlsx rồi nhập lại.")
	}
	for {
		id, data, err := b.record()
		if err == io.EOF {
			return damagedWorkbook(errBIFF)
		}
		if err != nil {
			return err
		}
		switch id {
		case recEOF:
			return nil
		case recFilePass:
			return passbook.Errorf(passbook.Encrypted, "Tệp Excel có mật khẩu. Hãy mở bằng Excel, bỏ mật khẩu, lưu lại rồi nhập lại.")
		case recDate1904:
			b.epoch1904 = len(data) >= 2 && data[0] == 1
		case recBoundSheet:
			if len(data) < 8 || data[4]&visibleFlag != 0 || data[5] != 0 {
				continue // hidden, or a chart or macro
			}
			name, err := (&biffText{segments: [][]byte{data[6:]}}).short()
			if err != nil {
				return damagedWorkbook(err)
			}
			b.sheets = append(b.sheets, biffSheet{name: name, offset: int(binary.LittleEndian.Uint32(data))})
		case recSST:
			segments, err := b.continued(data)
			if err != nil {
				return err
			}
			if b.shared, err = readSST(segments); err != nil {
				return damagedWorkbook(err)
			}
		}
	}
}

// xlsRows streams the rows of one sheet; cells come row by row.
type xlsRows struct {
	b      *biff
	at     int // place in the stream, because sheets share it
	merged []span
	ahead  *placed // a cell of the next row
	done   bool
}

type placed struct {
	row, column int
	cell        cell
}

func (b *biff) grid(s biffSheet) (grid, error) {
	b.at = s.offset
	id, data, err := b.record()
	x := &xlsRows{b: b, at: b.at}
	if err != nil || id != recBOF || len(data) < 4 || binary.LittleEndian.Uint16(data[2:]) != bofSheet {
		x.done = true
	}
	return grid{name: s.name, next: x.next, merged: func() []span { return x.merged }, epoch1904: b.epoch1904}, nil
}

func (x *xlsRows) next() (row, error) {
	x.b.at = x.at
	defer func() { x.at = x.b.at }()
	out := row{}
	for !x.done {
		if p := x.ahead; p != nil {
			if len(out.cells) > 0 && p.row+1 != out.n {
				return out, nil
			}
			x.ahead = nil
			out.n = p.row + 1
			if p.column < maxColumns {
				for len(out.cells) <= p.column {
					out.cells = append(out.cells, cell{})
				}
				out.cells[p.column] = p.cell
			}
		}
		if err := x.read(&out); err != nil {
			return row{}, err
		}
	}
	if len(out.cells) > 0 {
		return out, nil
	}
	return row{}, io.EOF
}

// read takes records until one has a cell. A record of several cells fills the row itself.
func (x *xlsRows) read(out *row) error {
	for {
		id, data, err := x.b.record()
		if err == io.EOF {
			x.done = true
			return nil
		}
		if err != nil {
			return err
		}
		switch id {
		case recEOF:
			x.done = true
			return nil
		case recBOF:
			if err := x.b.skipNested(); err != nil {
				return err
			}
		case recMergeCells:
			x.merge(data)
		case recMulRK:
			return x.mulRK(data, out)
		default:
			p, err := x.b.cell(id, data)
			if err != nil {
				return damagedWorkbook(err)
			}
			if p != nil {
				x.ahead = p
				return nil
			}
		}
	}
}

// skipNested reads over a chart inside a sheet.
func (b *biff) skipNested() error {
	for depth := 1; depth > 0; {
		id, _, err := b.record()
		if err != nil {
			return damagedWorkbook(err)
		}
		switch id {
		case recBOF:
			depth++
		case recEOF:
			depth--
		}
	}
	return nil
}

// mulRK reads a run of numbers in one row.
func (x *xlsRows) mulRK(data []byte, out *row) error {
	if len(data) < 6 {
		return damagedWorkbook(errBIFF)
	}
	n := int(binary.LittleEndian.Uint16(data)) + 1
	column := int(binary.LittleEndian.Uint16(data[2:]))
	if len(out.cells) > 0 && out.n != n {
		// The run begins the next row: give the present one first and come back.
		x.b.at -= len(data) + 4
		x.ahead = &placed{row: n - 1, column: column}
		return nil
	}
	out.n = n
	for at := 4; at+6 <= len(data)-2; at += 6 {
		if column >= maxColumns {
			break
		}
		for len(out.cells) <= column {
			out.cells = append(out.cells, cell{})
		}
		out.cells[column] = rk(binary.LittleEndian.Uint32(data[at+2:]))
		column++
	}
	return nil
}

func (x *xlsRows) merge(data []byte) {
	for at := 2; at+8 <= len(data) && len(x.merged) < maxMerged; at += 8 {
		u := func(i int) int { return int(binary.LittleEndian.Uint16(data[at+2*i:])) }
		x.merged = append(x.merged, span{top: u(0) + 1, bottom: u(1) + 1, left: u(2), right: u(3)})
	}
}
