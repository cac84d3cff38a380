package doc

import (
	"bufio"
	"bytes"
	"io"
	"iter"
	"strconv"
	"strings"
)

func (t *Table) openCSV() error {
	open, err := t.in.text()
	if err != nil {
		return err
	}
	sample := make([]byte, 64<<10)
	n, err := io.ReadFull(open(), sample)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return t.in.fail("", "không đọc được tệp", "Gửi lại tệp", err)
	}
	s := &csvSheet{input: t.in, open: open}
	s.delim, s.declared = delimiter(sample[:n])
	t.sheets = []sheet{s}
	return nil
}

// csvSheet is a file of separated values seen as a sheet. It has no types: every cell is text.
type csvSheet struct {
	input
	open     func() io.Reader
	delim    byte
	declared bool // the first line is Excel's "sep=;" and no row
}

func (s *csvSheet) title() string            { return "CSV" }
func (s *csvSheet) hidden() bool             { return false }
func (s *csvSheet) merged() ([]Range, error) { return nil, nil }

// delimiter finds the separator: the one that cuts most lines into the same number of
// fields. Excel's own declaration in the first line wins.
func delimiter(sample []byte) (delim byte, declared bool) {
	first, _, _ := bytes.Cut(sample, []byte("\n"))
	first = bytes.TrimRight(first, "\r")
	if len(first) == 5 && strings.EqualFold(string(first[:4]), "sep=") {
		return first[4], true
	}
	best, bestLines, bestFields := byte(','), 0, 0
	for _, d := range []byte("\t;,|") {
		lines := map[int]int{} // by number of separators
		for _, n := range separators(sample, d) {
			if n > 0 {
				lines[n]++
			}
		}
		for n, count := range lines {
			if count > bestLines || count == bestLines && n > bestFields {
				best, bestLines, bestFields = d, count, n
			}
		}
	}
	return best, false
}

// separators counts d outside quotes in each of the first 50 lines.
func separators(sample []byte, d byte) []int {
	var counts []int
	n, quoted := 0, false
	for _, c := range sample {
		switch {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == d:
			n++
		case c == '\n':
			if counts = append(counts, n); len(counts) == 50 {
				return counts
			}
			n = 0
		}
	}
	return append(counts, n)
}

func (s *csvSheet) rows() iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		p := &csvParser{r: bufio.NewReaderSize(s.open(), 64<<10), in: s.input, delim: s.delim}
		if s.declared {
			_, _ = p.r.ReadSlice('\n')
			p.row, p.line = 1, 1
		}
		var row Row
		given := 0
		for {
			err := p.next()
			if err == io.EOF {
				return
			}
			if err != nil {
				yield(Row{}, err)
				return
			}
			row.Number, row.Cells = p.row, row.Cells[:0]
			from := 0
			for _, to := range p.ends {
				row.Cells = append(row.Cells, Cell{Text: cellText(unguarded(string(p.buf[from:to])))})
				from = to
			}
			for len(row.Cells) > 0 && row.Cells[len(row.Cells)-1].Text == "" {
				row.Cells = row.Cells[:len(row.Cells)-1]
			}
			if len(row.Cells) == 0 {
				continue
			}
			if given++; given > s.lim.Rows {
				yield(Row{}, s.tooManyRows(""))
				return
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}

// csvParser cuts a text into records as Excel does: quotes count only at the start of a
// field, a doubled quote is one, what follows a closing quote is taken as it stands. Unlike
// most readers it refuses a quote that is never closed, which would swallow the rest of the
// list into one cell.
type csvParser struct {
	r     *bufio.Reader
	in    input
	delim byte
	row   int // number of the record, empty lines counted
	line  int // lines read
	buf   []byte
	ends  []int // ends of the fields in buf
}

func (p *csvParser) next() error {
	p.buf, p.ends = p.buf[:0], p.ends[:0]
	p.row++
	quoted, fresh, any := false, true, false
	opened := 0
	for {
		c, err := p.r.ReadByte()
		if err == io.EOF {
			switch {
			case quoted:
				return p.in.fail("dòng "+strconv.Itoa(opened), "dấu nháy kép mở ở dòng này không được đóng",
					"Thêm dấu nháy kép đóng, hoặc lưu lại dạng .xlsx", nil)
			case !any:
				return io.EOF
			}
			return p.endField()
		}
		if err != nil {
			return p.in.fail("dòng "+strconv.Itoa(p.line+1), "không đọc được tệp", "Gửi lại tệp", err)
		}
		any = true
		if c == '\n' {
			p.line++
		}
		switch {
		case quoted && c == '"':
			if next, err := p.r.Peek(1); err == nil && next[0] == '"' {
				_, _ = p.r.Discard(1)
				p.buf = append(p.buf, '"')
			} else {
				quoted = false
			}
		case quoted:
			p.buf = append(p.buf, c)
		case c == '"' && fresh:
			quoted, opened = true, p.line+1
		case c == p.delim:
			if err := p.endField(); err != nil {
				return err
			}
			fresh = true
			continue
		case c == '\n':
			return p.endField()
		case c == '\r':
			if next, err := p.r.Peek(1); err == nil && next[0] == '\n' {
				continue
			}
			p.line++
			return p.endField()
		default:
			p.buf = append(p.buf, c)
		}
		fresh = false
		if len(p.buf)-p.fieldStart() > p.in.lim.CellBytes {
			return p.in.fail("dòng "+strconv.Itoa(p.line+1), "ô chứa quá nhiều chữ, thường vì thiếu dấu nháy kép đóng",
				"Kiểm tra các dấu nháy kép, hoặc lưu lại dạng .xlsx", nil)
		}
	}
}

func (p *csvParser) fieldStart() int {
	if len(p.ends) == 0 {
		return 0
	}
	return p.ends[len(p.ends)-1]
}

func (p *csvParser) endField() error {
	p.ends = append(p.ends, len(p.buf))
	if len(p.ends) > p.in.lim.Columns {
		// Empty fields at the end are an artefact of many exports, not columns.
		if len(p.buf) == p.ends[p.in.lim.Columns-1] {
			p.ends = p.ends[:p.in.lim.Columns]
			return nil
		}
		return p.in.tooManyColumns("dòng " + strconv.Itoa(p.line+1))
	}
	return nil
}
