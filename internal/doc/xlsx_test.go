package doc

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/vnd"
)

var listColumns = []Column{
	{Title: "Họ và tên"},
	{Title: "Số tài khoản"},
	{Title: "Số tiền", Kind: Money},
	{Title: "Lượt", Kind: Count},
	{Title: "Hạn", Kind: Date},
	{Title: "Nhận lúc", Kind: Instant},
	{Title: "Không dùng tiền mặt", Kind: Percent},
}

// sampleRows holds what spreadsheets like to spoil.
var sampleRows = [][]any{
	{"Nguyễn Minh Khôi", "0001234567890123", vnd.Amount(1_250_000), 3, clock.Date("2026-11-30"), at("2026-11-22 19:02"), Share{897, 1000}},
	{`=HYPERLINK("http://example.com","bấm")`, "+84912345678", vnd.Amount(-70_000), int64(0), clock.Date(""), nil, Share{0, 0}},
	{"@SUM(1+1)", "-5", vnd.MaxBill, nil, clock.Date("1899-05-05"), at("2026-01-01 00:00"), "Không tính vào mẫu số"},
	{"dòng một\r\ndòng hai\x07", "1e5", nil, 1, clock.Date("2024-02-29"), at("2026-12-31 23:59"), Share{1, 3}},
}

func sampleBook(tb testing.TB) []byte {
	tb.Helper()
	w, err := NewWorkbook("Danh sách thu", at("2026-11-22 08:00"))
	if err != nil {
		tb.Fatal(err)
	}
	for _, name := range []string{"Khối 1: lớp [1A]/1B", "Khối 1- lớp", "", "Trang"} {
		s, err := w.Sheet(name, listColumns, "DANH SÁCH THU", "Trường Tiểu học Cát Vàng")
		if err != nil {
			tb.Fatal(err)
		}
		for _, row := range sampleRows {
			if err := s.Row(append([]any(nil), row...)...); err != nil {
				tb.Fatal(err)
			}
		}
		if err := s.Total("Tổng cộng"); err != nil {
			tb.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := w.Write(&b); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func TestWorkbookReadsBack(t *testing.T) {
	f, err := excelize.OpenReader(bytes.NewReader(sampleBook(t)))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	names := f.GetSheetList()
	if want := []string{"Khối 1  lớp  1A  1B", "Khối 1- lớp", "Trang", "Trang (2)"}; !cmp.Equal(names, want) {
		t.Error(cmp.Diff(want, names))
	}
	sheet := names[0]
	for ref, want := range map[string]string{
		"A1": "DANH SÁCH THU", "A2": "Trường Tiểu học Cát Vàng", "A4": "Họ và tên", "G4": "Không dùng tiền mặt",
		"A5": "Nguyễn Minh Khôi", "B5": "0001234567890123", "C5": "1,250,000", "D5": "3", "E5": "30/11/2026", "F5": "22/11/2026 19:02", "G5": "89.7%",
		"A6": `=HYPERLINK("http://example.com","bấm")`, "B6": "+84912345678", "C6": "-70,000", "D6": "0", "E6": "", "F6": "", "G6": "—",
		"A7": "@SUM(1+1)", "B7": "-5", "C7": "9,999,999,999,999", "E7": "05/05/1899", "G7": "Không tính vào mẫu số", "F7": "01/01/2026 00:00",
		"A8": "dòng một\ndòng hai", "B8": "1e5", "C8": "", "E8": "29/02/2024", "F8": "31/12/2026 23:59",
		"A9": "Tổng cộng", "C9": "10,000,001,179,999", "D9": "4",
	} {
		if got, err := f.GetCellValue(sheet, ref); err != nil || got != want {
			t.Errorf("%s: %q, want %q (%v)", ref, got, want, err)
		}
	}
	for _, ref := range []string{"A5", "B5", "A6", "B6", "A7", "B7"} {
		kind, err := f.GetCellType(sheet, ref)
		if formula, _ := f.GetCellFormula(sheet, ref); err != nil || formula != "" || (kind != excelize.CellTypeInlineString && kind != excelize.CellTypeSharedString) {
			t.Errorf("%s is no text: type %v, formula %q, %v", ref, kind, formula, err)
		}
		style, _ := f.GetCellStyle(sheet, ref)
		if s, err := f.GetStyle(style); err != nil || s.NumFmt != 49 {
			t.Errorf("%s would become a formula when edited: %+v %v", ref, s, err)
		}
	}
	if got, _ := f.GetCellFormula(sheet, "C9"); got != "SUM(C5:C8)" {
		t.Errorf("total is %q", got)
	}
	if p, err := f.GetPanes(sheet); err != nil || !p.Freeze || p.YSplit != 4 {
		t.Errorf("the header is not frozen: %+v %v", p, err)
	}
}

// The reader of this package gets back what the writer was given.
func TestWorkbookAndTableAgree(t *testing.T) {
	b := sampleBook(t)
	table, err := OpenTable(bytes.NewReader(b), int64(len(b)), "a.xlsx", Limits{})
	if err != nil {
		t.Fatal(err)
	}
	rows := readAll(t, table, table.Sheets()[0])
	first := rows[3].Cells
	if c := first[1]; c.Text != "0001234567890123" || c.IsNumber {
		t.Errorf("account number: %+v", c)
	}
	if c := first[2]; c.Number != "1250000" || !c.IsNumber {
		t.Errorf("money: %+v", c)
	}
	if c := first[4]; c.Date != "2026-11-30" || !c.IsDate {
		t.Errorf("date: %+v", c)
	}
	if c := first[5]; c.Text != "22/11/2026 19:02:00" {
		t.Errorf("instant: %+v", c)
	}
	if c := first[6]; c.Text != "89,7%" || c.Number != "0.897" {
		t.Errorf("share: %+v", c)
	}
	if c := rows[4].Cells[0]; c.Text != sampleRows[1][0] || c.IsFormula {
		t.Errorf("text like a formula: %+v", c)
	}
	total := rows[7].Cells[2]
	if total.Number != "10000001179999" || !total.IsFormula || total.Uncached {
		t.Errorf("total: %+v", total)
	}
}

func TestWorkbookIsTheSameEveryTime(t *testing.T) {
	first := sampleBook(t)
	for range 5 {
		if !bytes.Equal(first, sampleBook(t)) {
			t.Fatal("equal lists, different bytes")
		}
	}
	z, err := zip.NewReader(bytes.NewReader(first), int64(len(first)))
	if err != nil {
		t.Fatal(err)
	}
	if z.File[0].Name != "[Content_Types].xml" {
		t.Errorf("the archive begins with %s", z.File[0].Name)
	}
}

func TestWorkbookRefuses(t *testing.T) {
	w, err := NewWorkbook("a", at("2026-11-22 08:00"))
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	old, err := w.Sheet("A", listColumns[:3])
	if err != nil {
		t.Fatal(err)
	}
	for name, row := range map[string][]any{
		"too few": {"a"}, "too many": {"a", "b", vnd.Amount(1), 4},
		"bare number for money": {"a", "b", 5}, "float": {"a", "b", 1.5}, "date for text": {clock.Date("2026-01-01"), "b", nil},
	} {
		if err := old.Row(row...); err == nil {
			t.Errorf("%s: written", name)
		}
	}
	if _, err := w.Sheet("B", nil); err == nil {
		t.Error("a sheet without columns")
	}
	if _, err := w.Sheet("B", listColumns[:1]); err != nil {
		t.Fatal(err)
	}
	if err := old.Row("a", "b", nil); err == nil {
		t.Error("a row in a sheet that is ended")
	}
	empty, err := NewWorkbook("a", at("2026-11-22 08:00"))
	if err != nil {
		t.Fatal(err)
	}
	if err := empty.Write(&bytes.Buffer{}); err == nil {
		t.Error("a workbook without sheets")
	}
}

func TestAmountsExcelCannotHold(t *testing.T) {
	w, err := NewWorkbook("a", at("2026-11-22 08:00"))
	if err != nil {
		t.Fatal(err)
	}
	s, err := w.Sheet("A", []Column{{Title: "Số tiền", Kind: Money}})
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range []vnd.Amount{exactInExcel, exactInExcel + 1, -exactInExcel - 1} {
		if err := s.Row(a); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := w.Write(&b); err != nil {
		t.Fatal(err)
	}
	table, err := OpenTable(bytes.NewReader(b.Bytes()), int64(b.Len()), "a.xlsx", Limits{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range readAll(t, table, "A")[1:] {
		got = append(got, r.Cells[0].Text)
	}
	if want := []string{"999999999999999", "1.000.000.000.000.000", "−1.000.000.000.000.000"}; !cmp.Equal(got, want) {
		t.Error(cmp.Diff(want, got))
	}
}

func sampleCSV(tb testing.TB) []byte {
	tb.Helper()
	var b bytes.Buffer
	w, err := NewCSV(&b, listColumns)
	if err != nil {
		tb.Fatal(err)
	}
	for _, row := range sampleRows {
		if err := w.Row(append([]any(nil), row...)...); err != nil {
			tb.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func TestCSV(t *testing.T) {
	b := sampleCSV(t)
	rest, marked := bytes.CutPrefix(b, []byte("\xef\xbb\xbf"))
	if !marked || !bytes.Contains(rest, []byte("\r\n")) {
		t.Error("Excel needs the byte order mark and CRLF")
	}
	got, err := csv.NewReader(bytes.NewReader(rest)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{
		{"Họ và tên", "Số tài khoản", "Số tiền", "Lượt", "Hạn", "Nhận lúc", "Không dùng tiền mặt"},
		{"Nguyễn Minh Khôi", "0001234567890123", "1250000", "3", "30/11/2026", "22/11/2026 19:02", "89,7%"},
		{`'=HYPERLINK("http://example.com","bấm")`, "'+84912345678", "-70000", "0", "", "", "—"},
		{"'@SUM(1+1)", "'-5", "9999999999999", "", "05/05/1899", "01/01/2026 00:00", "Không tính vào mẫu số"},
		{"dòng một\ndòng hai", "1e5", "", "1", "29/02/2024", "31/12/2026 23:59", "33,3%"},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestCSVAndTableAgree(t *testing.T) {
	b := sampleCSV(t)
	table, err := OpenTable(bytes.NewReader(b), int64(len(b)), "a.csv", Limits{})
	if err != nil {
		t.Fatal(err)
	}
	rows := readAll(t, table, "CSV")
	if got := rows[2].Cells[0].Text; got != sampleRows[1][0] {
		t.Errorf("the guard against formulas is not taken off: %q", got)
	}
	if got := rows[2].Cells[1].Text; got != "+84912345678" {
		t.Errorf("telephone %q", got)
	}
}

// An independent program must read the file as we mean it.
func TestWorkbookInLibreOffice(t *testing.T) {
	if testing.Short() {
		t.Skip("slow")
	}
	office := tool(t, "soffice", "libreoffice-calc")
	dir := t.TempDir()
	file := filepath.Join(dir, "a.xlsx")
	if err := os.WriteFile(file, sampleBook(t), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(office, "-env:UserInstallation=file://"+dir+"/profile", "--headless", "--convert-to",
		`csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,1`, "--outdir", dir, file)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Skipf("LibreOffice does not run here: %v %s", err, out)
	}
	found, err := filepath.Glob(filepath.Join(dir, "*.csv"))
	if err != nil || len(found) != 1 {
		t.Skipf("LibreOffice wrote %v (is libreoffice-calc installed?)", found)
	}
	out, err := os.ReadFile(found[0])
	if err != nil {
		t.Fatal(err)
	}
	// Values, not pictures of them: numbers without format and dates in the program's own style
	// prove that it took money and dates for what they are.
	for _, want := range []string{
		",0001234567890123,1250000,3,11/30/2026,11/22/2026 19:02:00,89.7%", "+84912345678,-70000,0,",
		`"=HYPERLINK(""http://example.com"",""bấm"")"`, "Tổng cộng,,10000001179999,4",
	} {
		if !strings.Contains(string(out), want) {
			t.Errorf("missing %q in\n%s", want, out)
		}
	}
}
