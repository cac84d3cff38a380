package sheet

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"html"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"

	"github.com/sen-platform/sen/internal/rail/passbook"
)

// read is a reader of this package behind one signature.
type read func(raw []byte, name string) (*passbook.File, error)

func readXLSX(raw []byte, name string) (*passbook.File, error) {
	return ReadXLSX(bytes.NewReader(raw), int64(len(raw)), name, passbook.Limits{})
}

func readXLS(raw []byte, name string) (*passbook.File, error) {
	return ReadXLS(raw, name, passbook.Limits{})
}

func readHTML(raw []byte, name string) (*passbook.File, error) {
	return ReadHTML(raw, name, passbook.Limits{})
}

func readCSV(raw []byte, name string) (*passbook.File, error) {
	return ReadCSV(raw, name, passbook.Limits{})
}

func readXMLSheet(raw []byte, name string) (*passbook.File, error) {
	return ReadXMLSheet(bytes.NewReader(raw), name, passbook.Limits{})
}

// container is a way to store a layout in a file, and to read it.
type container struct {
	name string
	make func(tb testing.TB, rows [][]any) []byte
	read read
	// textOnly: everything becomes text; rows: row numbers survive.
	rows bool
}

var containers = []container{
	{"xlsx", makeXLSX, readXLSX, true},
	{"xlsx decomposed accents", func(tb testing.TB, rows [][]any) []byte { return makeXLSX(tb, decompose(rows)) }, readXLSX, true},
	{"xls", makeXLS, readXLS, true},
	{"html", makeHTML, readHTML, false},
	{"xml spreadsheet", makeXMLSheet, readXMLSheet, true},
	{"csv comma", func(tb testing.TB, rows [][]any) []byte { return makeCSV(tb, rows, ',') }, readCSV, false},
	{"csv semicolon with mark", func(tb testing.TB, rows [][]any) []byte {
		return append([]byte("\ufeff"), makeCSV(tb, rows, ';')...)
	}, readCSV, false},
	{"csv tab utf-16", func(tb testing.TB, rows [][]any) []byte { return toUTF16(string(makeCSV(tb, rows, '\t'))) }, readCSV, false},
	{"csv windows-1258", func(tb testing.TB, rows [][]any) []byte { return to1258(tb, string(makeCSV(tb, rows, ','))) }, readCSV, false},
	{"html windows-1258", func(tb testing.TB, rows [][]any) []byte { return to1258(tb, string(makeHTML(tb, rows))) }, readHTML, false},
}

func cellText(v any) string { return fmt.Sprint(v) }

func makeXLSX(tb testing.TB, rows [][]any) []byte {
	tb.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for i, r := range rows {
		for j, v := range r {
			name := cellName(j, i+1)
			var err error
			switch v := v.(type) {
			case num:
				err = f.SetCellDefault("Sheet1", name, string(v))
			case string:
				if v != "" {
					err = f.SetCellStr("Sheet1", name, v)
				}
			}
			if err != nil {
				tb.Fatal(err)
			}
		}
	}
	return writeXLSX(tb, f)
}

func writeXLSX(tb testing.TB, f *excelize.File) []byte {
	tb.Helper()
	b, err := f.WriteToBuffer()
	if err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func makeCSV(tb testing.TB, rows [][]any, comma rune) []byte {
	tb.Helper()
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.Comma = comma
	for _, r := range rows {
		record := make([]string, max(len(r), 2))
		for i, v := range r {
			record[i] = cellText(v)
		}
		if err := w.Write(record); err != nil {
			tb.Fatal(err)
		}
	}
	w.Flush()
	return b.Bytes()
}

func makeHTML(_ testing.TB, rows [][]any) []byte {
	var b strings.Builder
	b.WriteString("<html><head><meta charset=utf-8><style>td{color:red}</style></head><body><table border=1>\n")
	for _, r := range rows {
		b.WriteString("<tr>")
		for _, v := range r {
			b.WriteString("<td>" + strings.ReplaceAll(html.EscapeString(cellText(v)), "\n", "<br>") + "</td>")
		}
		b.WriteString("</tr>\n")
	}
	b.WriteString("</table></body></html>")
	return []byte(b.String())
}

func makeXMLSheet(_ testing.TB, rows [][]any) []byte {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="S"><Table>`)
	for i, r := range rows {
		fmt.Fprintf(&b, `<Row ss:Index="%d">`, i+1)
		for j, v := range r {
			kind := "String"
			if _, is := v.(num); is {
				kind = "Number"
			}
			if cellText(v) != "" {
				fmt.Fprintf(&b, `<Cell ss:Index="%d"><Data ss:Type="%s">%s</Data></Cell>`, j+1, kind, html.EscapeString(cellText(v)))
			}
		}
		b.WriteString("</Row>")
	}
	b.WriteString("</Table></Worksheet></Workbook>")
	return []byte(b.String())
}

func decompose(rows [][]any) [][]any {
	out := make([][]any, len(rows))
	for i, r := range rows {
		for _, v := range r {
			if s, is := v.(string); is {
				v = norm.NFD.String(s)
			}
			out[i] = append(out[i], v)
		}
	}
	return out
}

func toUTF16(s string) []byte {
	out := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(s)) {
		out = append(out, byte(u), byte(u>>8))
	}
	return out
}

// to1258 writes Vietnamese as windows-1258 does: letters with their hook or hat, tone marks
// apart.
func to1258(tb testing.TB, s string) []byte {
	tb.Helper()
	var out []rune
	var letter []rune
	flush := func(tone ...rune) {
		out = append(out, []rune(norm.NFC.String(string(letter)))...)
		out = append(out, tone...)
		letter = letter[:0]
	}
	for _, r := range norm.NFD.String(s) {
		switch r {
		case 0x300, 0x301, 0x303, 0x309:
			flush(r)
		case 0x323: // the dot below comes first in NFD, before hat and hook
			letter = append(letter, r)
		case 0x302, 0x306, 0x31b:
			if n := len(letter); n > 0 && letter[n-1] == 0x323 {
				letter[n-1] = r
				flush(0x323)
				continue
			}
			letter = append(letter, r)
		default:
			if n := len(letter); n > 0 && letter[n-1] == 0x323 {
				letter = letter[:n-1]
				flush(0x323)
			} else {
				flush()
			}
			letter = append(letter, r)
		}
	}
	flush()
	b, err := charmap.Windows1258.NewEncoder().Bytes([]byte(string(out)))
	if err != nil {
		tb.Fatal(err)
	}
	return b
}
