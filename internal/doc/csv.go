package doc

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/vn"
	"github.com/sen-platform/sen/internal/vnd"
)

// CSV writes a list as comma-separated values that Excel opens with Vietnamese intact: UTF-8
// with byte order mark, CRLF. Money and counts are bare digits, dates 22/11/2026.
//
// Text that a spreadsheet would run as a formula gets an apostrophe in front, which the
// table reader of this package takes off again. CSV has no types: Excel drops the zeros in
// front of an account number when it opens the file. Lists with such columns go out as XLSX.
type CSV struct {
	w    *csv.Writer
	cols []Column
	rec  []string
}

// NewCSV writes the header row to w.
func NewCSV(w io.Writer, cols []Column) (*CSV, error) {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return nil, err
	}
	c := &CSV{w: csv.NewWriter(w), cols: cols, rec: make([]string, len(cols))}
	c.w.UseCRLF = true
	for i, col := range cols {
		c.rec[i] = guarded(col.Title)
	}
	return c, c.w.Write(c.rec)
}

// Row writes one row; the values must fit the columns in number and kind.
func (c *CSV) Row(values ...any) error {
	if err := checkRow(c.cols, values); err != nil {
		return err
	}
	for i, v := range values {
		c.rec[i] = csvText(v)
	}
	return c.w.Write(c.rec)
}

// Flush hands everything to the writer and reports the first error of any write.
func (c *CSV) Flush() error {
	c.w.Flush()
	return c.w.Error()
}

func csvText(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return guarded(v)
	case vnd.Amount:
		return strconv.FormatInt(int64(v), 10)
	case int64:
		return strconv.FormatInt(v, 10)
	case clock.Date:
		return v.VN()
	case time.Time:
		return v.In(clock.VN).Format("02/01/2006 15:04")
	case Share:
		return vn.Percent(v.Num, v.Den)
	}
	panic(fmt.Sprintf("doc: unchecked %T", v)) // checkRow lets no other type pass
}

func guarded(s string) string {
	s = writable(s)
	if risky(s) {
		return "'" + s
	}
	return s
}

// unguarded takes off what guarded put on.
func unguarded(s string) string {
	if len(s) > 1 && s[0] == '\'' && risky(s[1:]) {
		return s[1:]
	}
	return s
}
