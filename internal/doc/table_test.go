package doc

import (
	"archive/zip"
	"bytes"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func openBytes(tb testing.TB, b []byte, name string) *Table {
	tb.Helper()
	t, err := OpenTable(bytes.NewReader(b), int64(len(b)), name, Limits{})
	if err != nil {
		tb.Fatal(err)
	}
	return t
}

// readAll keeps all rows of a sheet.
func readAll(tb testing.TB, t *Table, sheet string) []Row {
	tb.Helper()
	var rows []Row
	for r, err := range t.Rows(sheet) {
		if err != nil {
			tb.Fatal(err)
		}
		r.Cells = append([]Cell(nil), r.Cells...)
		rows = append(rows, r)
	}
	return rows
}

// grid is the texts of all rows, "|" between cells, the row's number in front.
func grid(tb testing.TB, t *Table, sheet string) []string {
	tb.Helper()
	var out []string
	for _, r := range readAll(tb, t, sheet) {
		s := fmt.Sprint(r.Number)
		for _, c := range r.Cells {
			s += "|" + c.Text
		}
		out = append(out, s)
	}
	return out
}

// raw makes an XLSX of hand-written XML: the things libraries do not write but people send.
type raw struct {
	sheet   string // inner XML of worksheet
	strings string // inner XML of sst
	styles  string // inner XML of styleSheet
	book    string // inner XML of workbook in front of sheets
	more    map[string]string
}

const mainNS = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"`

func (r raw) bytes(tb testing.TB) []byte {
	tb.Helper()
	const rel = `http://schemas.openxmlformats.org/officeDocument/2006/relationships`
	parts := map[string]string{
		"[Content_Types].xml": `<Types/>`,
		"_rels/.rels":         `<Relationships><Relationship Id="a" Type="` + rel + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="r1" Type="` + rel + `/worksheet" Target="worksheets/sheet1.xml"/>` +
			`<Relationship Id="r2" Type="` + rel + `/sharedStrings" Target="/xl/sharedStrings.xml"/>` +
			`<Relationship Id="r3" Type="` + rel + `/styles" Target="styles.xml"/></Relationships>`,
		"xl/workbook.xml":          `<workbook ` + mainNS + `>` + r.book + `<sheets><sheet name="Lớp 1" sheetId="1" r:id="r1" xmlns:r="` + rel + `"/></sheets></workbook>`,
		"xl/worksheets/sheet1.xml": `<worksheet ` + mainNS + `>` + r.sheet + `</worksheet>`,
		"xl/sharedStrings.xml":     `<sst ` + mainNS + `>` + r.strings + `</sst>`,
		"xl/styles.xml":            `<styleSheet ` + mainNS + `>` + r.styles + `</styleSheet>`,
	}
	for name, content := range r.more {
		if content == "" {
			delete(parts, name)
		} else {
			parts[name] = content
		}
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(parts)) {
		content := parts[name]
		h := &zip.FileHeader{Name: name, Method: zip.Store}
		if len(content) > 1<<16 {
			h.Method = zip.Deflate
		}
		w, err := z.CreateHeader(h)
		if err != nil {
			tb.Fatal(err)
		}
		if _, err := w.Write([]byte(content)); err != nil {
			tb.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

const someStyles = `<numFmts><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/><numFmt numFmtId="165" formatCode="000000000000"/>` +
	`<numFmt numFmtId="166" formatCode="#,##0\ &quot;đ&quot;;[Red]-#,##0"/></numFmts>` +
	`<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>` +
	`<cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="166"/><xf numFmtId="22"/><xf numFmtId="10"/><xf numFmtId="20"/></cellXfs>`

func TestXLSXCells(t *testing.T) {
	cell := func(xml, sharedStrings string) Cell {
		b := raw{sheet: `<sheetData><row r="3">` + xml + `</row></sheetData>`, strings: sharedStrings, styles: someStyles}.bytes(t)
		rows := readAll(t, openBytes(t, b, "a.xlsx"), "Lớp 1")
		if len(rows) == 0 {
			return Cell{}
		}
		return rows[0].Cell(1)
	}
	for _, c := range []struct {
		name, xml, shared string
		want              Cell
	}{
		{"shared text", `<c r="B3" t="s"><v>1</v></c>`, `<si><t>a</t></si><si><t xml:space="preserve"> Nguyê` + "\u0303" + `n </t></si>`, Cell{Text: "Nguyễn"}},
		{"rich text, phonetic hint left out", `<c r="B3" t="s"><v>0</v></c>`, `<si><r><t>Tiền </t></r><r><rPr/><t>ăn</t></r><rPh><t>x</t></rPh></si>`, Cell{Text: "Tiền ăn"}},
		{"escaped line end", `<c r="B3" t="s"><v>0</v></c>`, `<si><t>Ngày_x000D_` + "\n" + `Số CT</t></si>`, Cell{Text: "Ngày\nSố CT"}},
		{"inline text", `<c r="B3" t="inlineStr"><is><t>00123</t></is></c>`, "", Cell{Text: "00123"}},
		{"number", `<c r="B3"><v>1250000</v></c>`, "", Cell{Text: "1250000", Number: "1250000", IsNumber: true}},
		{"big number kept", `<c r="B3"><v>19001234567890123</v></c>`, "", Cell{Text: "19001234567890123", Number: "19001234567890123", IsNumber: true}},
		{"exponent", `<c r="B3"><v>1.25E6</v></c>`, "", Cell{Text: "1250000", Number: "1250000", IsNumber: true}},
		{"noise of binary fractions", `<c r="B3"><v>1249999.9999999998</v></c>`, "", Cell{Text: "1250000", Number: "1250000", IsNumber: true}},
		{"a real fraction", `<c r="B3"><v>0.5</v></c>`, "", Cell{Text: "0.5", Number: "0.5", IsNumber: true}},
		{"zeros in front by format", `<c r="B3" s="2"><v>1234567</v></c>`, "", Cell{Text: "000001234567", Number: "1234567", IsNumber: true}},
		{"money format is no date", `<c r="B3" s="3"><v>70000</v></c>`, "", Cell{Text: "70000", Number: "70000", IsNumber: true}},
		{"percentage", `<c r="B3" s="5"><v>0.125</v></c>`, "", Cell{Text: "12,5%", Number: "0.125", IsNumber: true}},
		{"date", `<c r="B3" s="1"><v>46348</v></c>`, "", Cell{Text: "22/11/2026", Number: "46348", Date: "2026-11-22", IsDate: true}},
		{"date and time", `<c r="B3" s="4"><v>46348.793055555558</v></c>`, "", Cell{Text: "22/11/2026 19:02:00", Number: "46348.7930555556", Date: "2026-11-22", IsDate: true}},
		{"time only", `<c r="B3" s="6"><v>0.5</v></c>`, "", Cell{Text: "12:00:00", Number: "0.5", IsDate: true}},
		{"day zero", `<c r="B3" s="1"><v>0</v></c>`, "", Cell{Text: "0", Number: "0", IsDate: true}},
		{"the leap day that never was", `<c r="B3" s="1"><v>60</v></c>`, "", Cell{Text: "60", Number: "60", IsDate: true}},
		{"the first day", `<c r="B3" s="1"><v>1</v></c>`, "", Cell{Text: "01/01/1900", Number: "1", Date: "1900-01-01", IsDate: true}},
		{"negative date", `<c r="B3" s="1"><v>-3</v></c>`, "", Cell{Text: "-3", Number: "-3", IsNumber: true}},
		{"ISO date", `<c r="B3" t="d"><v>2026-11-22T19:02:00Z</v></c>`, "", Cell{Text: "22/11/2026 19:02:00", Date: "2026-11-22", IsDate: true}},
		{"formula with value", `<c r="B3"><f>SUM(A1:A2)</f><v>300</v></c>`, "", Cell{Text: "300", Number: "300", IsNumber: true, IsFormula: true}},
		{"formula text", `<c r="B3" t="str"><f>A1&amp;B1</f><v>Lớp 1A</v></c>`, "", Cell{Text: "Lớp 1A", IsFormula: true}},
		{"formula without value", `<c r="B3"><f>SUM(A1:A2)</f></c>`, "", Cell{IsFormula: true, Uncached: true}},
		{"formula with empty value element", `<c r="B3"><f>SUM(A1:A2)</f><v/></c>`, "", Cell{IsFormula: true, Uncached: true}},
		{"formula of empty text", `<c r="B3" t="str"><f>IF(1,"")</f><v></v></c>`, "", Cell{}},
		{"error", `<c r="B3" t="e"><f>1/0</f><v>#DIV/0!</v></c>`, "", Cell{Text: "#DIV/0!", IsError: true, IsFormula: true}},
		{"truth", `<c r="B3" t="b"><v>1</v></c>`, "", Cell{Text: "TRUE"}},
		{"no reference", `<c><v>1</v></c><c><v>2</v></c>`, "", Cell{Text: "2", Number: "2", IsNumber: true}},
		{"unknown style", `<c r="B3" s="99"><v>2</v></c>`, "", Cell{Text: "2", Number: "2", IsNumber: true}},
		{"only a style", `<c r="B3" s="1"/>`, "", Cell{}},
		{"prefixed and in a CDATA section", `<x:c r="B3" t="inlineStr" xmlns:x="a"><x:is><x:t><![CDATA[a<b]]></x:t></x:is></x:c>`, "", Cell{Text: "a<b"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if d := cmp.Diff(c.want, cell(c.xml, c.shared)); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestXLSXDate1904(t *testing.T) {
	b := raw{book: `<workbookPr date1904="1"/>`, styles: someStyles, sheet: `<sheetData><row><c s="1"><v>44886</v></c></row></sheetData>`}.bytes(t)
	if c := readAll(t, openBytes(t, b, "a.xlsx"), "Lớp 1")[0].Cell(0); c.Date != "2026-11-22" {
		t.Errorf("%+v", c)
	}
}

func TestXLSXMerged(t *testing.T) {
	b := raw{sheet: `<sheetData>` +
		`<row r="1"><c r="A1" t="inlineStr"><is><t>DANH SÁCH</t></is></c></row>` +
		`<row r="2"><c r="A2" t="inlineStr"><is><t>1A</t></is></c><c r="B2"><v>1</v></c></row>` +
		`<row r="3" hidden="1"><c r="B3"><v>2</v></c></row>` +
		`<row r="4"/><row r="9"><c r="B9"><v>3</v></c></row></sheetData>` +
		`<mergeCells count="2"><mergeCell ref="A2:A3"/><mergeCell ref="A1:C1"></mergeCell></mergeCells>`}.bytes(t)
	table := openBytes(t, b, "a.xlsx")
	if got, want := grid(t, table, "Lớp 1"), []string{"1|DANH SÁCH||", "2|1A|1", "3||2", "9||3"}; !cmp.Equal(got, want) {
		t.Error(cmp.Diff(want, got))
	}
	rows := readAll(t, table, "Lớp 1")
	if c := rows[2].Cell(0); !c.Merged || c.Anchor.String() != "A2" {
		t.Errorf("A3: %+v", c)
	}
	if c := rows[0].Cell(2); !c.Merged || c.Anchor.String() != "A1" {
		t.Errorf("C1: %+v", c)
	}
	if rows[3].Cell(0).Merged || !rows[2].Hidden || rows[1].Hidden {
		t.Error("a merged range or a hidden row reaches too far")
	}
	ranges, err := table.Merged("Lớp 1")
	if err != nil || fmt.Sprint(ranges) != "[A1:C1 A2:A3]" {
		t.Errorf("%v %v", ranges, err)
	}
}

func TestXLSXSheets(t *testing.T) {
	const rel = `http://schemas.openxmlformats.org/officeDocument/2006/relationships`
	sheet := func(text string) string {
		return `<worksheet><sheetData><row><c t="inlineStr"><is><t>` + text + `</t></is></c></row></sheetData></worksheet>`
	}
	b := raw{more: map[string]string{
		"xl/workbook.xml": `<workbook><sheets><sheet name="Lớp &amp; nhóm" r:id="r1"/><sheet name="Ẩn" state="hidden" r:id="r2"/>` +
			`<sheet name="Biểu đồ" r:id="r3"/><sheet name="Lớp 2" r:id="r4"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="r1" Type="` + rel + `/worksheet" Target="worksheets/sheet1.xml"/>` +
			`<Relationship Id="r2" Type="` + rel + `/worksheet" Target="worksheets/sheet2.xml"/>` +
			`<Relationship Id="r3" Type="` + rel + `/chartsheet" Target="chartsheets/sheet1.xml"/>` +
			`<Relationship Id="r4" Type="` + rel + `/worksheet" Target="/xl/Worksheets\Sheet3.xml"/></Relationships>`,
		"xl/worksheets/sheet1.xml": sheet("một"), "xl/worksheets/sheet2.xml": sheet("hai"), "xl/worksheets/sheet3.xml": sheet("ba"),
	}}.bytes(t)
	table := openBytes(t, b, "a.xlsx")
	if got, want := table.Sheets(), []string{"Lớp & nhóm", "Lớp 2"}; !cmp.Equal(got, want) {
		t.Error(cmp.Diff(want, got))
	}
	if got := table.HiddenSheets(); !cmp.Equal(got, []string{"Ẩn"}) {
		t.Error(got)
	}
	for name, want := range map[string]string{"Lớp & nhóm": "1|một", "Ẩn": "1|hai", "Lớp 2": "1|ba"} {
		if got := grid(t, table, name); len(got) != 1 || got[0] != want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// Stopping early and reading again are both allowed.
func TestRowsTwice(t *testing.T) {
	for _, b := range [][]byte{sampleBook(t), sampleCSV(t), []byte(`<table><tr><td>a<tr><td>b</table>`)} {
		table := openBytes(t, b, "a")
		sheet := table.Sheets()[0]
		for range table.Rows(sheet) {
			break
		}
		first, second := grid(t, table, sheet), grid(t, table, sheet)
		if len(first) < 2 || !cmp.Equal(first, second) {
			t.Errorf("%s: %q then %q", table.Format, first, second)
		}
	}
}

func TestColumnName(t *testing.T) {
	for col, want := range map[int]string{0: "A", 25: "Z", 26: "AA", 701: "ZZ", 702: "AAA", 16383: "XFD"} {
		if got := ColumnName(col); got != want {
			t.Errorf("%d: %s, want %s", col, got, want)
		}
		if p, ok := parsePos(want + "7"); !ok || p != (Pos{col, 7}) {
			t.Errorf("%s7: %v %v", want, p, ok)
		}
	}
}
