package sheet

import (
	"bytes"
	"testing"

	"github.com/sen-platform/sen/internal/rail/passbook"
	"github.com/sen-platform/sen/internal/rail/passbooktest"
)

// fuzzRows are small layouts that reach much of the code.
func fuzzRows() [][][]any {
	var out [][][]any
	for _, l := range layouts {
		out = append(out, l.rows)
	}
	return append(out, plain([]any{"22/11/2026", "A", "", num("1"), num("1"), "HP"}, []any{"Tổng cộng", "", "", num("1"), "", ""}))
}

func fuzz(f *testing.F, makeFile func(testing.TB, [][]any) []byte, read func(testing.TB, []byte, passbook.Limits) (*passbook.File, error)) {
	for _, rows := range fuzzRows() {
		f.Add(makeFile(f, rows))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		file, err := read(t, raw, passbook.Limits{Bytes: 1 << 20, Lines: 1000})
		passbooktest.Check(t, file, err)
	})
}

// ofBytes fits the readers that take bytes.
func ofBytes(read func([]byte, string, passbook.Limits) (*passbook.File, error)) func(testing.TB, []byte, passbook.Limits) (*passbook.File, error) {
	return func(_ testing.TB, raw []byte, limits passbook.Limits) (*passbook.File, error) {
		return read(raw, "x", limits)
	}
}

func FuzzSheetCSV(f *testing.F) {
	fuzz(f, func(tb testing.TB, rows [][]any) []byte { return makeCSV(tb, rows, ',') }, ofBytes(ReadCSV))
}

func FuzzSheetHTML(f *testing.F) {
	fuzz(f, makeHTML, ofBytes(ReadHTML))
}

// FuzzXLSX takes bytes as a packed workbook; what is not packed becomes the sheet of one, so
// that the fuzzer gets behind the checksums.
func FuzzXLSX(f *testing.F) {
	f.Add([]byte(`<worksheet><sheetData><row r="1"><c r="A1" t="str"><v>Ngày</v></c><c r="C1" t="inlineStr"><is><t>Ghi có</t></is></c><c t="str"><v>Nội dung</v></c></row>
<row><c><v>46348.5</v></c><c r="C2"><f>1+1</f><v>2E3</v></c><c t="s"><v>0</v></c></row></sheetData><mergeCells><mergeCell ref="A2:C3"/></mergeCells></worksheet>`))
	fuzz(f, makeXLSX, func(tb testing.TB, raw []byte, limits passbook.Limits) (*passbook.File, error) {
		if !bytes.HasPrefix(raw, []byte("PK")) {
			raw = zipOf(tb, map[string]string{
				"xl/workbook.xml":            `<workbook><sheets><sheet name="S" r:id="r1"/></sheets></workbook>`,
				"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="r1" Target="/xl/s.xml"/></Relationships>`,
				"xl/sharedStrings.xml":       `<sst><si><t>a</t></si></sst>`,
				"xl/s.xml":                   string(raw),
			})
		}
		return ReadXLSX(bytes.NewReader(raw), int64(len(raw)), "x", limits)
	})
}

func FuzzXLS(f *testing.F) {
	fuzz(f, makeXLS, ofBytes(ReadXLS))
}

func FuzzXMLSheet(f *testing.F) {
	fuzz(f, makeXMLSheet, func(tb testing.TB, raw []byte, limits passbook.Limits) (*passbook.File, error) {
		return ReadXMLSheet(bytes.NewReader(raw), "x", limits)
	})
}

// BenchmarkRead measures lines a second of a day's export with 10,000 credits.
func BenchmarkRead(b *testing.B) {
	const lines = 10_000
	rows := plain()
	for range lines {
		rows = append(rows, []any{
			"22/11/2026 10:00:00", "FT26326000000001", "", num("1550000"), "",
			"MBVCB.4500000001.HPK7G3M9X077 LOP 3B.CT tu 0010000000001 NGUYEN VAN A toi 0011000000001 TRUONG TH HOA SEN",
		})
	}
	for _, c := range containers {
		switch c.name {
		case "xlsx", "xls", "html", "csv comma":
		default:
			continue
		}
		raw := c.make(b, rows)
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				f, err := c.read(raw, "x")
				if err != nil || len(f.Statements[0].Lines) != lines {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(lines)*float64(b.N)/b.Elapsed().Seconds(), "lines/s")
		})
	}
}
