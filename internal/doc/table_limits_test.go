package doc

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"unicode/utf8"
)

// firstError opens and reads everything.
func firstError(b []byte, name string, lim Limits) error {
	t, err := OpenTable(bytes.NewReader(b), int64(len(b)), name, lim)
	if err != nil {
		return err
	}
	for _, sheet := range t.Sheets() {
		for _, err := range t.Rows(sheet) {
			if err != nil {
				return err
			}
		}
		if _, err := t.Merged(sheet); err != nil {
			return err
		}
	}
	return nil
}

// wantFileError demands a message in Vietnamese that names the file, says the reason and a remedy.
func wantFileError(t *testing.T, err error, reason string) {
	t.Helper()
	var fe *FileError
	if !errors.As(err, &fe) {
		t.Fatalf("error %v (%T), want *FileError", err, err)
	}
	if !strings.HasPrefix(fe.Place, "Tệp ") || !strings.Contains(fe.Error(), reason) || fe.Remedy == "" {
		t.Errorf("place %q, reason %q, remedy %q; want %q", fe.Place, fe.Reason, fe.Remedy, reason)
	}
}

func compound(stream string) []byte {
	b := make([]byte, 2048)
	copy(b, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
	b[30], b[48] = 9, 1 // sectors of 512 bytes, the directory in the second
	copy(b[1024:], utf16LE(stream))
	return b
}

func zipOf(tb testing.TB, files map[string]string) []byte {
	tb.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, content := range files {
		w, err := z.Create(name)
		if err != nil {
			tb.Fatal(err)
		}
		if _, err := io.WriteString(w, content); err != nil {
			tb.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func TestFilesThatAreNoTable(t *testing.T) {
	good := raw{sheet: `<sheetData><row><c><v>1</v></c></row></sheetData>`}
	if err := firstError(good.bytes(t), "a.xlsx", Limits{}); err != nil {
		t.Fatal(err)
	}
	with := func(name, content string) []byte {
		r := good
		r.more = map[string]string{name: content}
		return r.bytes(t)
	}
	sheet := func(inner string) []byte { return raw{sheet: inner}.bytes(t) }
	for _, c := range []struct {
		name   string
		in     []byte
		reason string
	}{
		{"empty file", nil, "tệp trống"},
		{"old Excel", compound("Workbook"), "Lưu lại dưới dạng .xlsx"},
		{"older Excel", append([]byte{9, 8, 16, 0, 0, 6}, make([]byte, 64)...), "Lưu lại dưới dạng .xlsx"},
		{"password", compound("EncryptedPackage"), "mật khẩu"},
		{"PDF", []byte("%PDF-1.7\n"), "PDF"},
		{"picture", []byte("\x89PNG\r\n\x1a\n"), "ảnh"},
		{"web archive", []byte("MIME-Version: 1.0\r\n"), "MHTML"},
		{"XML spreadsheet", []byte(`<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>`), "XML Spreadsheet 2003"},
		{"flat OpenDocument", []byte(`<?xml version="1.0"?><office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"><table:table>`), ".fods"},
		{"other XML", []byte(`<?xml version="1.0"?><Document/>`), "XML"},
		{"bytes", []byte("\x01\x00\x02\x00\x00\x00\x03\x04"), "không đọc được chữ"},
		{"ZIP", zipOf(t, map[string]string{"a.txt": "a"}), "tệp nén ZIP"},
		{"Word", with("_rels/.rels", `<Relationships><Relationship Type="x/officeDocument" Target="word/document.xml"/></Relationships>`), "Word"},
		{"binary Excel", with("_rels/.rels", `<Relationships><Relationship Type="x/officeDocument" Target="xl/workbook.bin"/></Relationships>`), ".xlsb"},
		{"OpenDocument", zipOf(t, map[string]string{"mimetype": "x", "content.xml": "<a/>"}), ".ods"},
		{"half a ZIP", good.bytes(t)[:400], "hỏng hoặc bị cắt"},
		{"no workbook", with("xl/workbook.xml", ""), "hỏng hoặc bị cắt"},
		{"no sheet part", with("xl/worksheets/sheet1.xml", ""), "hỏng hoặc bị cắt"},
		{"all sheets hidden", with("xl/workbook.xml", `<workbook><sheets><sheet name="a" state="veryHidden" id="r1"/></sheets></workbook>`), "không có trang tính nào hiện"},
		{"cut-off XML", with("xl/worksheets/sheet1.xml", `<worksheet><sheetData><row><c><v>1</v></c></row><row><c><v>2`), "hỏng hoặc bị cắt"},
		{"cut-off between rows", with("xl/worksheets/sheet1.xml", `<worksheet><sheetData><row><c><v>1</v></c></row>`), "hỏng hoặc bị cắt"},
		{"XML bomb", with("xl/sharedStrings.xml", `<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;">]><sst><si><t>&d;</t></si></sst>`), "hỏng hoặc bị cắt"},
		{"unknown entity", sheet(`<sheetData><row><c t="str"><v>&xxe;</v></c></row></sheetData>`), "hỏng hoặc bị cắt"},
		{"no such shared text", sheet(`<sheetData><row r="7"><c r="C7" t="s"><v>5</v></c></row></sheetData>`), "ô C7"},
		{"no number", sheet(`<sheetData><row r="7"><c r="C7"><v>12a</v></c></row></sheetData>`), "ô C7"},
		{"rows backwards", sheet(`<sheetData><row r="7"><c><v>1</v></c></row><row r="3"/></sheetData>`), "sau dòng 7"},
		{"cells backwards", sheet(`<sheetData><row r="7"><c r="C7"><v>1</v></c><c r="B7"><v>1</v></c></row></sheetData>`), "dòng 7"},
		{"row beyond a sheet", sheet(`<sheetData><row r="2000000"/></sheetData>`), "hỏng hoặc bị cắt"},
		{"overlapping ranges", sheet(`<sheetData><row r="1"><c><v>1</v></c></row></sheetData><mergeCells>` +
			strings.Repeat(`<mergeCell ref="A1:XFD9"/>`, 3) + `</mergeCells>`), "hỏng hoặc bị cắt"},
		{"quote never closed", []byte("a,b\n\"c,d\ne,f\n"), "dòng 2"},
		{"no encoding", []byte("T\xf0\xf1\xf2\xf3\xf4 \xfa\xfb\xfc\xfd\xfe\n"), "không đọc được chữ"},
		{"nested tables", []byte(strings.Repeat("<table><tr><td>", 100)), "lồng nhau"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := firstError(c.in, "ds.xlsx", Limits{})
			if err != nil && c.name == "bytes" || c.name == "no encoding" {
				// The text decoder's message holds its own remedy.
				if !strings.Contains(err.Error(), c.reason) {
					t.Error(err)
				}
				return
			}
			wantFileError(t, err, c.reason)
		})
	}
}

// noFile fails the test when it is read: a file that is too large is refused unseen.
type noFile struct{ t *testing.T }

func (f noFile) ReadAt([]byte, int64) (int, error) {
	f.t.Error("the file was read")
	return 0, io.EOF
}

func TestLargeFileIsRefusedUnread(t *testing.T) {
	_, err := OpenTable(noFile{t}, 200<<20, "lon.xlsx", Limits{})
	wantFileError(t, err, "tệp nặng 200,0 MB, giới hạn là 64,0 MB")
}

func TestLimits(t *testing.T) {
	wide := `<sheetData><row r="1">` + strings.Repeat(`<c t="inlineStr"><is><t>a</t></is></c>`, 12) + `</row></sheetData>`
	long := `<sheetData>` + strings.Repeat(`<row><c><v>1</v></c></row>`, 12) + `</sheetData>`
	deep := `<sheetData><row><c t="inlineStr"><is><t>` + strings.Repeat("a", 500) + `</t></is></c></row></sheetData>`
	shared := strings.Repeat(`<si><t>`+strings.Repeat("b", 90)+`</t></si>`, 20)
	styled := `<sheetData><row r="1"><c><v>1</v></c>` + strings.Repeat(`<c s="1"/>`, 500) + `</row>` + strings.Repeat(`<row/>`, 500) + `</sheetData>`
	csvOf := func(sep, end string) []byte { return []byte(strings.Repeat(strings.Repeat("a"+sep, 11)+"a"+end, 12)) }
	htmlOf := `<table>` + strings.Repeat(`<tr>`+strings.Repeat(`<td>a</td>`, 12)+`</tr>`, 12) + `</table>`
	for _, c := range []struct {
		name   string
		in     []byte
		lim    Limits
		reason string // empty: must be read
	}{
		{"rows of XLSX", raw{sheet: long}.bytes(t), Limits{Rows: 11}, "hơn 11 dòng"},
		{"rows of XLSX fit", raw{sheet: long}.bytes(t), Limits{Rows: 12}, ""},
		{"columns of XLSX", raw{sheet: wide}.bytes(t), Limits{Columns: 11}, "hơn 11 cột"},
		{"columns of XLSX fit", raw{sheet: wide}.bytes(t), Limits{Columns: 12}, ""},
		{"empty styled cells do not count", raw{sheet: styled}.bytes(t), Limits{Rows: 1, Columns: 1}, ""},
		{"cell of XLSX", raw{sheet: deep}.bytes(t), Limits{CellBytes: 100}, "ô A1"},
		{"attribute of XLSX", raw{sheet: `<sheetData x="` + strings.Repeat("a", 100_000) + `">`}.bytes(t), Limits{CellBytes: 100}, "quá nhiều chữ"},
		{"comment of XLSX", raw{sheet: `<!-- ` + strings.Repeat("<a>", 50_000) + ` -->`}.bytes(t), Limits{CellBytes: 100}, "quá nhiều chữ"},
		{
			"sheets", raw{more: map[string]string{"xl/workbook.xml": `<workbook>` + strings.Repeat(`<sheet name="a" id="r1"/>`, 3000) + `</workbook>`}}.bytes(t),
			Limits{},
			"hỏng hoặc bị cắt",
		},
		{"shared texts", raw{sheet: long, strings: shared}.bytes(t), Limits{TextBytes: 1000}, "bung ra"},
		{"unpacked", raw{sheet: long, strings: strings.Repeat(" ", 1<<20)}.bytes(t), Limits{UnpackedBytes: 1 << 19}, "bung ra"},
		{"file", raw{sheet: long}.bytes(t), Limits{FileBytes: 100}, "giới hạn"},
		{"rows of CSV", csvOf(",", "\n"), Limits{Rows: 11}, "hơn 11 dòng"},
		{"columns of CSV", csvOf(",", "\n"), Limits{Columns: 11}, "hơn 11 cột"},
		{"CSV fits", csvOf(",", "\n"), Limits{Rows: 12, Columns: 12}, ""},
		{"cell of CSV", []byte(`a,"` + strings.Repeat("b", 500)), Limits{CellBytes: 100}, "quá nhiều chữ"},
		{"rows of HTML", []byte(htmlOf), Limits{Rows: 11}, "hơn 11 dòng"},
		{"columns of HTML", []byte(htmlOf), Limits{Columns: 11}, "hơn 11 cột"},
		{"HTML fits", []byte(htmlOf), Limits{Rows: 12, Columns: 12}, ""},
		{"cell of HTML", []byte(`<table><tr><td>` + strings.Repeat("a<b>", 500)), Limits{CellBytes: 100}, "ô A1"},
		{"tag of HTML", []byte(`<table><tr><td x="` + strings.Repeat("a", 20_000)), Limits{CellBytes: 100}, "quá nhiều chữ"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := firstError(c.in, "a", c.lim)
			if c.reason != "" {
				wantFileError(t, err, c.reason)
			} else if err != nil {
				t.Error(err)
			}
		})
	}
}

// A part whose directory entry promises little and whose data is much.
func TestZipThatLies(t *testing.T) {
	b := raw{sheet: `<sheetData><row><c t="inlineStr"><is><t>` + strings.Repeat("a", 3<<20) + `</t></is></c></row></sheetData>`}.bytes(t)
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range z.File {
		r, err := f.OpenRaw()
		if err != nil {
			t.Fatal(err)
		}
		h := f.FileHeader
		h.UncompressedSize64 = min(h.UncompressedSize64, 1000)
		part, err := w.CreateRaw(&h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(part, r); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	wantFileError(t, firstError(out.Bytes(), "a.xlsx", Limits{UnpackedBytes: 1 << 20, CellBytes: 8 << 20}), "hỏng hoặc bị cắt")
}

// A directory of very many entries would cost memory before a row is read.
func TestZipDirectoryIsBounded(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := range 60_000 {
		if _, err := z.CreateRaw(&zip.FileHeader{Name: fmt.Sprintf("%05d", i), CRC32: crc32.ChecksumIEEE(nil)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	wantFileError(t, firstError(b.Bytes(), "a.xlsx", Limits{}), "hỏng hoặc bị cắt")
}

func TestOpenTableFile(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "danh-sach.csv")
	if err := os.WriteFile(file, []byte("a,b\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	table, err := OpenTableFile(file, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if got := grid(t, table, "CSV"); len(got) != 1 {
		t.Error(got)
	}
	for _, err := range table.Rows("Lớp 9") {
		wantFileError(t, err, "không có trang tính")
	}
	if err := table.Close(); err != nil {
		t.Error(err)
	}
	for _, path := range []string{filepath.Join(dir, "no.csv"), dir} {
		_, err := OpenTableFile(path, Limits{})
		wantFileError(t, err, "tệp")
	}
}

// A hundred thousand bills are read without holding the workbook (issue item 4).
func TestTableMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 100,000 rows")
	}
	b := sharedList(t, 100_000)
	heap := func() int64 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	runtime.GC()
	before, most := heap(), int64(0)
	table := openBytes(t, b, "a.xlsx")
	rows := 0
	for r, err := range table.Rows(table.Sheets()[0]) {
		if err != nil {
			t.Fatal(err)
		}
		if rows++; rows%1000 == 0 {
			most = max(most, heap()-before)
		}
		if rows == 100_000 && (r.Number != 100_000 || r.Cell(1).Text != "Nguyễn Văn Mẫu 99999" || r.Cell(11).Number != "1099999") {
			t.Errorf("last row: %+v", r)
		}
	}
	if rows != 100_000 {
		t.Errorf("%d rows", rows)
	}
	t.Logf("at most %d MB of heap, garbage included", most>>20)
	if most > 96<<20 {
		t.Errorf("%d MB of heap for 100,000 rows", most>>20)
	}
}

// sharedList is a workbook as Excel saves it: rows × 12 columns, two texts of each row unique
// and shared.
func sharedList(tb testing.TB, rows int) []byte {
	var sheet, texts strings.Builder
	sheet.WriteString("<sheetData>")
	for i := range rows {
		fmt.Fprintf(&texts, "<si><t>Nguyễn Văn Mẫu %d</t></si><si><t>HS%08d</t></si>", i, i)
		fmt.Fprintf(&sheet, `<row r="%[1]d"><c r="A%[1]d"><v>%[2]d</v></c><c r="B%[1]d" t="s"><v>%[3]d</v></c><c r="C%[1]d" t="s"><v>%[4]d</v></c>`, i+1, i, 2*i, 2*i+1)
		for col := byte('D'); col <= 'L'; col++ {
			fmt.Fprintf(&sheet, `<c r="%c%d" s="1"><v>%d</v></c>`, col, i+1, 1_000_000+i)
		}
		sheet.WriteString("</row>")
	}
	sheet.WriteString("</sheetData>")
	return raw{sheet: sheet.String(), strings: texts.String(), styles: `<cellXfs><xf numFmtId="0"/><xf numFmtId="3"/></cellXfs>`}.bytes(tb)
}

func checkAnyInput(t *testing.T, b []byte) {
	t.Helper()
	lim := Limits{UnpackedBytes: 1 << 20, TextBytes: 1 << 18, Rows: 2000, Columns: 50, CellBytes: 4096}
	table, err := OpenTable(bytes.NewReader(b), int64(len(b)), "a", lim)
	var fe *FileError
	if err != nil {
		if !errors.As(err, &fe) {
			t.Fatalf("%T: %v", err, err)
		}
		return
	}
	for _, sheet := range append(table.Sheets(), table.HiddenSheets()...) {
		for r, err := range table.Rows(sheet) {
			if err != nil {
				if !errors.As(err, &fe) {
					t.Fatalf("%T: %v", err, err)
				}
				break
			}
			if r.Number < 1 || len(r.Cells) > lim.Columns || r.blank() {
				t.Fatalf("impossible row %+v", r)
			}
			for _, c := range r.Cells {
				if !utf8.ValidString(c.Text) || c.Text != cellText(c.Text) || c.IsNumber && c.Number == "" || c.Merged && c.Anchor.Row < 1 {
					t.Fatalf("impossible cell %+v", c)
				}
			}
		}
	}
}

func FuzzTableXLSX(f *testing.F) {
	f.Add(`<sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c s="1"><f>A1</f><v>46348.5</v></c></row></sheetData><mergeCells><mergeCell ref="A1:B2"/></mergeCells>`,
		`<si><t>Tiền ăn</t></si><si><r><t>a_x000D_</t></r><rPh><t>b</t></rPh></si>`, someStyles)
	f.Add(`<sheetData><row><c t="e"><v>#N/A</v></c><c t="b"><v>1</v></c><c t="d"><v>2026-11-22</v></c></row><row r="1048576"/></sheetData>`, ``, `<cellXfs><xf/></cellXfs>`)
	f.Fuzz(func(t *testing.T, sheet, strings, styles string) {
		checkAnyInput(t, raw{sheet: sheet, strings: strings, styles: styles}.bytes(t))
	})
}

func FuzzTableCSV(f *testing.F) {
	f.Add([]byte("Họ tên;\"Lớp \"\"A\"\"\";=1\r\nsep=;\n\"x\ny\",z\t|"))
	f.Add([]byte("sep=\t\na\tb"))
	f.Add(utf16LE("\ufeffa,b\r\n"))
	f.Add(raw{sheet: `<sheetData><row><c><v>1</v></c></row></sheetData>`}.bytes(f))
	f.Fuzz(func(t *testing.T, b []byte) { checkAnyInput(t, b) })
}

func FuzzTableHTML(f *testing.F) {
	f.Add("<tr><td colspan=3 rowspan=2>a<br>b<table><td>x<tr><th x:num='1.5E3'>y</table></td></tr><tr></tr><style>z")
	f.Add("<tr><td rowspan=99999 colspan=99999>a<tr><td>b")
	f.Fuzz(func(t *testing.T, s string) { checkAnyInput(t, []byte("<table>"+s)) })
}
