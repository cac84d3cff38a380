package doc

import (
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/sen-platform/sen/internal/clock"
)

// Limits bound what one table file may cost. A zero field takes its default.
type Limits struct {
	FileBytes     int64 // the file as it arrives; 64 MiB
	UnpackedBytes int64 // the XML inside an XLSX; 512 MiB, which streams and is never held
	TextBytes     int64 // texts an XLSX shares among its cells, which are held; 96 MiB
	Rows          int   // rows with content in a sheet; 300,000
	Columns       int   // 1,000
	CellBytes     int   // one cell; 128 KiB, what Excel allows in UTF-8
}

func (l Limits) orDefaults() Limits {
	def := func(v *int64, d int64) {
		if *v <= 0 {
			*v = d
		}
	}
	def(&l.FileBytes, 64<<20)
	def(&l.UnpackedBytes, 512<<20)
	def(&l.TextBytes, 96<<20)
	if l.Rows <= 0 {
		l.Rows = 300_000
	}
	if l.Columns <= 0 {
		l.Columns = 1000
	}
	if l.CellBytes <= 0 {
		l.CellBytes = 128 << 10
	}
	return l
}

// Format is what a file really is, whatever its name says.
type Format string

// The formats that are read.
const (
	FormatXLSX Format = "xlsx"
	FormatHTML Format = "html" // a web page, often named .xls by bank portals
	FormatCSV  Format = "csv"  // separated by comma, semicolon, tab or bar
)

// Cell is one cell as read. The zero Cell is an empty one.
type Cell struct {
	// Text is the value as people read it: NFC, without space around it, line ends as \n,
	// no-break spaces and tabs as plain ones, nothing invisible. A number is written out
	// without exponent or grouping ("1250000"), with the zeros in front that its format
	// shows; a date is "22/11/2026", with time "22/11/2026 19:02:00"; a percentage "12,5%".
	Text string
	// Number is the decimal as stored ("1250000", "-0.125", "45252.5" for a date), empty when
	// the cell holds none. Whole numbers are exact; others are given to 15 significant digits,
	// which is what spreadsheets compute and show. Formats without types (CSV) have no numbers.
	Number string
	// Date is the day of a date cell. It is empty when a cell that should be a date holds no
	// day, as 0 or the 29/02/1900 that never was.
	Date clock.Date

	IsNumber  bool // a number that is no date
	IsDate    bool // a number shown as a date, or a date
	IsFormula bool // Text is the value the formula had when the file was saved
	Uncached  bool // a formula saved without its value: Text is empty and must not be trusted
	IsError   bool // #REF!, #N/A and the like

	Merged bool // belongs to a merged range; all but the upper left cell of it are empty
	Anchor Pos  // upper left cell of that range, if Merged
}

// Pos is a place in a sheet: Col counts from 0 as Row.Cells does, Row from 1 as Excel shows it.
type Pos struct{ Col, Row int }

// String writes the place as spreadsheets do: "C12".
func (p Pos) String() string { return ColumnName(p.Col) + strconv.Itoa(p.Row) }

// ColumnName is the letters of a column counted from 0: A, …, Z, AA.
func ColumnName(col int) string {
	var b [8]byte
	i := len(b)
	for col++; col > 0 && i > 0; col = (col - 1) / 26 {
		i--
		b[i] = byte('A' + (col-1)%26)
	}
	return string(b[i:])
}

// Range is a merged range, both corners included.
type Range struct{ From, To Pos }

// String writes the range as "A1:C3".
func (r Range) String() string { return r.From.String() + ":" + r.To.String() }

// Row is one row with something in it; empty rows are not given. Number is the row's number
// as Excel shows it. Cells reach to the last one with content or in a merged range, and are
// valid only until the next row is asked for; their texts stay.
type Row struct {
	Number int
	Hidden bool // filtered away or hidden by hand
	Cells  []Cell
}

// Cell is the cell in column col counted from 0; an empty one beyond the end.
func (r Row) Cell(col int) Cell {
	if col < 0 || col >= len(r.Cells) {
		return Cell{}
	}
	return r.Cells[col]
}

// Ref is the name of the cell in column col: "C12".
func (r Row) Ref(col int) string { return Pos{col, r.Number}.String() }

func (r Row) blank() bool {
	for i := range r.Cells {
		if c := &r.Cells[i]; c.Text != "" || c.Uncached {
			return false
		}
	}
	return true
}

// Table is an open file of rows. Errors about the file are *FileError in Vietnamese. A Table
// is not safe for concurrent use.
type Table struct {
	Format Format

	in     input
	sheets []sheet
	close  func() error
}

// input is the file behind a Table, with what its messages and bounds need.
type input struct {
	src  io.ReaderAt
	size int64
	name string
	lim  Limits
}

// sheet is what each format gives: rows in order, and the merged ranges.
type sheet interface {
	title() string
	hidden() bool
	rows() iter.Seq2[Row, error]
	merged() ([]Range, error)
}

// OpenTable recognises the file by its content and prepares it for reading. Name is the
// file's name for messages. The source must stay readable while the Table is used.
func OpenTable(src io.ReaderAt, size int64, name string, lim Limits) (*Table, error) {
	in := input{src: src, size: size, name: name, lim: lim.orDefaults()}
	if size > in.lim.FileBytes {
		return nil, in.fail("", fmt.Sprintf("tệp nặng %s, giới hạn là %s", megabytes(size), megabytes(in.lim.FileBytes)),
			"Chia thành nhiều tệp (ví dụ mỗi khối một tệp), xóa hình ảnh và trang tính không cần rồi gửi lại", nil)
	}
	if size <= 0 {
		return nil, in.fail("", "tệp trống, không có byte nào", "Kiểm tra lại tệp đã chọn rồi gửi lại", nil)
	}
	t := &Table{in: in}
	if err := t.sniff(); err != nil {
		return nil, err
	}
	return t, nil
}

// OpenTableFile opens a file on disk; Close it afterwards.
func OpenTableFile(path string, lim Limits) (*Table, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, &FileError{
			Place: "Tệp " + filepath.Base(path), Reason: "không mở được tệp",
			Remedy: "Kiểm tra tên tệp và quyền đọc", Err: err,
		}
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("doc: %s is no regular file", path)
	}
	if err != nil {
		f.Close()
		return nil, &FileError{
			Place: "Tệp " + filepath.Base(path), Reason: "đây không phải là tệp đọc được",
			Remedy: "Chọn một tệp .xlsx hoặc .csv", Err: err,
		}
	}
	t, err := OpenTable(f, info.Size(), filepath.Base(path), lim)
	if err != nil {
		f.Close()
		return nil, err
	}
	t.close = f.Close
	return t, nil
}

// Close releases the file if OpenTableFile opened it.
func (t *Table) Close() error {
	if t.close == nil {
		return nil
	}
	return t.close()
}

// Sheets lists the sheets people see, in their order. A web page and a CSV file have one.
func (t *Table) Sheets() []string { return t.names(false) }

// HiddenSheets lists the sheets hidden in the workbook; Rows reads them too.
func (t *Table) HiddenSheets() []string { return t.names(true) }

func (t *Table) names(hidden bool) []string {
	var names []string
	for _, s := range t.sheets {
		if s.hidden() == hidden {
			names = append(names, s.title())
		}
	}
	return names
}

// Rows reads the sheet from its first row, each time it is called. An error ends the rows.
func (t *Table) Rows(name string) iter.Seq2[Row, error] {
	s, err := t.find(name)
	if err != nil {
		return func(yield func(Row, error) bool) { yield(Row{}, err) }
	}
	return s.rows()
}

// Merged lists the merged ranges of the sheet from top to bottom.
func (t *Table) Merged(name string) ([]Range, error) {
	s, err := t.find(name)
	if err != nil {
		return nil, err
	}
	return s.merged()
}

func (t *Table) find(name string) (sheet, error) {
	i := slices.IndexFunc(t.sheets, func(s sheet) bool { return s.title() == name })
	if i < 0 {
		return nil, t.in.fail("", "không có trang tính "+strconv.Quote(name),
			"Chọn một trong các trang tính: "+strings.Join(t.Sheets(), ", "), nil)
	}
	return t.sheets[i], nil
}

// fail is an error at a place inside the file; an empty place means the whole file.
func (in input) fail(place, reason, remedy string, err error) *FileError {
	at := "Tệp " + in.name
	if place != "" {
		at += ", " + place
	}
	return &FileError{Place: at, Reason: reason, Remedy: remedy, Err: err}
}

func (in input) tooManyRows(place string) *FileError {
	return in.fail(place, "có hơn "+strconv.Itoa(in.lim.Rows)+" dòng", "Chia thành nhiều tệp nhỏ hơn", nil)
}

func (in input) tooManyColumns(place string) *FileError {
	return in.fail(place, "có hơn "+strconv.Itoa(in.lim.Columns)+" cột", "Xóa các cột không dùng rồi gửi lại", nil)
}

func (in input) tooLongCell(place string) *FileError {
	return in.fail(place, "ô chứa quá nhiều chữ", "Xóa hoặc rút ngắn nội dung của ô rồi gửi lại", nil)
}

func megabytes(n int64) string {
	tenths := (n*10 + 1<<19) >> 20
	return strconv.FormatInt(tenths/10, 10) + "," + strconv.FormatInt(tenths%10, 10) + " MB"
}
