package sheet

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/sen-platform/sen/internal/rail"
	"github.com/sen-platform/sen/internal/rail/passbook"
)

// plain is a small export without peculiarities; rows are added below its header.
func plain(rows ...[]any) [][]any {
	return append([][]any{
		{"Số tài khoản: 0011000000001"},
		{"Ngày giao dịch", "Số tham chiếu", "Ghi nợ", "Ghi có", "Số dư", "Nội dung"},
	}, rows...)
}

// TestRowProblems: each bad row is named by its cell, and nothing of the statement may then
// be booked; milder ones only keep the day open or warn.
func TestRowProblems(t *testing.T) {
	good := []any{"22/11/2026", "A1", "", num("100"), "", "HP"}
	for _, c := range []struct {
		name string
		rows [][]any
		want []string // code, severity, cell
	}{
		{"date of 1900", plain(good, []any{num("5"), "A2", "", num("100"), "", "HP"}), []string{"date refuse ô Sheet1!A4"}},
		{"date as zero", plain(good, []any{"00/01/1900", "A2", "", num("100"), "", "HP"}), []string{"date refuse ô Sheet1!A4"}},
		{"date that is none", plain(good, []any{"31/02/2026", "A2", "", num("100"), "", "HP"}), []string{"date refuse ô Sheet1!A4"}},
		{"no date at all", plain([]any{"", "A2", "", num("100"), "", "HP"}), []string{"date refuse ô Sheet1!A3"}},
		{"amount in words", plain(good, []any{"22/11/2026", "A2", "", "một trăm", "", "HP"}), []string{"unreadable refuse ô Sheet1!D4"}},
		{"amount grouped badly", plain(good, []any{"22/11/2026", "A2", "", "1500.000", "", "HP"}), []string{"unreadable refuse ô Sheet1!D4"}},
		{"in and out at once", plain(good, []any{"22/11/2026", "A2", num("5"), num("100"), "", "HP"}), []string{"direction refuse ô Sheet1!D4"}},
		{"date without amount", plain(good, []any{"22/11/2026", "A2", "", "", "", "HP"}), []string{"skipped_row warning ô Sheet1!A4"}},
		{
			"a row was cut out", plain(
				[]any{"22/11/2026", "A1", "", num("100"), num("1100"), "HP"},
				[]any{"22/11/2026", "A3", "", num("100"), num("1300"), "HP"}),
			[]string{"running keep_open dòng 4, ô Sheet1!D4"},
		},
		{
			"total does not fit", plain(good, []any{"Tổng cộng", "", num("0"), num("150"), "", ""}),
			[]string{"totals keep_open sao kê Sheet1, tài khoản 0011000000001"},
		},
		{"blank rows, page total and footers are nothing", plain(good, []any{}, []any{"Cộng trang", "", "", num("7"), "", ""}, []any{"", "", "", "", "", "Kế toán trưởng"}), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, err := readXLSX(makeXLSX(t, c.rows), "x.xlsx")
			if err != nil {
				t.Fatal(err)
			}
			passbook.Check(f)
			var got []string
			for _, p := range f.Statements[0].Problems {
				place := p.Place
				if _, cell, ok := strings.Cut(place, ", ô"); ok && p.Code != passbook.CodeRunning {
					place = "ô" + cell
				}
				got = append(got, p.Code+" "+p.Severity.String()+" "+place)
				if p.Message == "" {
					t.Error("a problem without a message")
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestFormulasAndMergedCells(t *testing.T) {
	rows := plain(
		[]any{"22/11/2026", "A1", "", num("100"), "", "HP"},
		[]any{"22/11/2026", "A2", "", num("200"), "", "HP"},
		[]any{"22/11/2026", "A3", "", "", "", "HP"},
	)
	f, err := excelize.OpenReader(bytes.NewReader(makeXLSX(t, rows)))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	// Excel stores the result beside the formula; the writer below does so as well.
	if err := f.SetCellFormula("Sheet1", "D4", "D3*2"); err != nil {
		t.Fatal(err)
	}
	if err := f.MergeCell("Sheet1", "B3", "B5"); err != nil {
		t.Fatal(err)
	}
	got, err := readXLSX(writeXLSX(t, f), "x.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	var codes []string
	for _, p := range got.Statements[0].Problems {
		codes = append(codes, p.Code+" "+p.Severity.String())
	}
	want := []string{"formula refuse", "skipped_row warning", "merged refuse"}
	if diff := cmp.Diff(want, codes); diff != "" {
		t.Errorf("(-want +got):\n%s\n%+v", diff, got.Statements[0].Problems)
	}
}

// TestFileErrors: what cannot be read says so in Vietnamese, with a kind.
func TestFileErrors(t *testing.T) {
	header := []any{"Ngày giao dịch", "Ghi có", "Ghi có", "Nội dung"}
	line := []any{"22/11/2026", num("1"), num("1"), "HP"}
	for _, c := range []struct {
		name string
		raw  []byte
		read read
		kind passbook.Kind
	}{
		{"two credit columns", makeXLSX(t, [][]any{header, line}), readXLSX, passbook.NoTable},
		{"no header", makeXLSX(t, [][]any{{"Danh sách lớp 3B"}, {"Nguyễn Văn A"}}), readXLSX, passbook.NoTable},
		{"empty workbook", makeXLSX(t, nil), readXLSX, passbook.NoTable},
		{"text without a table", []byte("xin chào\n"), readCSV, passbook.NoTable},
		{"truncated workbook", makeXLSX(t, plain())[:200], readXLSX, passbook.Malformed},
		{"document type in a part", zipOf(t, map[string]string{"xl/workbook.xml": `<!DOCTYPE x [<!ENTITY a "b">]><workbook/>`}), readXLSX, passbook.Hostile},
		{"broken part", zipOf(t, map[string]string{"xl/workbook.xml": `<workbook><sheets`}), readXLSX, passbook.Malformed},
		{"unpacks to too much", bomb(t), func(raw []byte, name string) (*passbook.File, error) {
			return ReadXLSX(bytes.NewReader(raw), int64(len(raw)), name, passbook.Limits{Bytes: 1 << 20})
		}, passbook.Hostile},
		{"workbook with a password", xlsFile(biffBook{sheet: "S", rows: plain(), split: 900, pass: true}), readXLS, passbook.Encrypted},
		{"packed with a password", compoundFile("EncryptedPackage", []byte("secret")), readXLS, passbook.Encrypted},
		{"older than Excel 97", xlsFile(biffBook{sheet: "S", rows: plain(), split: 900, is5: true}), readXLS, passbook.Unsupported},
		{"a Word document", compoundFile("WordDocument", []byte("text")), readXLS, passbook.Unsupported},
		{"truncated xls", makeXLS(t, plain())[:600], readXLS, passbook.Malformed},
		{"xml spreadsheet cut off", makeXMLSheet(t, plain())[:300], readXMLSheet, passbook.Malformed},
		{"one endless line", append([]byte("Ngày,Ghi có,Nội dung\n"), bytes.Repeat([]byte(","), 300_000)...), readCSV, passbook.Malformed},
		{"quotes that never close", append([]byte("Ngày,Ghi có,Nội dung\n\""), bytes.Repeat([]byte("x,\n"), 20_000)...), readCSV, passbook.Malformed},
		{"rows without end", append([]byte("Ngày,Ghi có,Nội dung\n"), bytes.Repeat([]byte(",,x\n"), 2000)...), func(raw []byte, name string) (*passbook.File, error) {
			return ReadCSV(raw, name, passbook.Limits{Lines: 100})
		}, passbook.TooLarge},
		{"half a UTF-16 character", []byte{0xff, 0xfe, 'a'}, readCSV, passbook.Malformed},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := c.read(c.raw, "x")
			var ours *passbook.Error
			if !errors.As(err, &ours) || ours.Kind != c.kind {
				t.Fatalf("error = %v, want kind %s", err, c.kind)
			}
			if !errors.Is(err, rail.ErrMalformed) || !strings.HasSuffix(ours.Message, ".") {
				t.Errorf("message %q", ours.Message)
			}
		})
	}
}

func zipOf(tb testing.TB, parts map[string]string) []byte {
	tb.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, content := range parts {
		w, err := z.Create(name)
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

// bomb is a workbook of a few kilobytes that unpacks to two megabytes.
func bomb(tb testing.TB) []byte {
	var titles strings.Builder
	for _, title := range plain()[1] {
		fmt.Fprintf(&titles, `<c t="str"><v>%s</v></c>`, title)
	}
	return zipOf(tb, map[string]string{
		"xl/workbook.xml":            `<workbook><sheets><sheet name="S" r:id="r1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="r1" Target="worksheets/sheet1.xml"/></Relationships>`,
		"xl/worksheets/sheet1.xml":   "<worksheet><sheetData><row>" + titles.String() + "</row>" + strings.Repeat("<row><c><v>1</v></c></row>\n", 80_000) + "</sheetData></worksheet>",
	})
}

func TestDirections(t *testing.T) {
	for _, c := range []struct {
		name     string
		rows     [][]any
		want     []string
		refused  bool
		fileName string
	}{
		{
			"every debit has a minus", plain([]any{"22/11/2026", "A", num("-70"), "", "", ""}, []any{"22/11/2026", "B", num("-30"), "", "", ""}),
			[]string{"out 70", "out 30"},
			false, "",
		},
		{
			"a debit taken back", plain([]any{"22/11/2026", "A", num("70"), "", "", ""}, []any{"22/11/2026", "B", num("-30"), "", "", ""}),
			[]string{"out 70", "in 30 reversal"},
			false, "",
		},
		{
			"a credit taken back", plain([]any{"22/11/2026", "A", "", num("70"), "", ""}, []any{"22/11/2026", "B", "", "(30)", "", ""}),
			[]string{"in 70", "out 30 reversal"},
			false, "",
		},
		{
			"one column, signs",
			[][]any{{"Ngày", "Số tiền", "Nội dung", "Số tài khoản"}, {"22/11/2026", num("70"), "A", "123456"}, {"22/11/2026", num("-30"), "B", "123456"}},
			[]string{"in 70", "out 30"},
			false, "",
		},
		{
			"one column, words",
			[][]any{{"Ngày", "Nợ/Có", "Số tiền", "Nội dung"}, {"22/11/2026", "C", num("70"), "A"}, {"22/11/2026", "D", num("30"), "B"}},
			[]string{"in 70", "out 30"},
			false, "",
		},
		{
			"one column and nothing tells",
			[][]any{{"Ngày", "Số tiền", "Nội dung"}, {"22/11/2026", num("70"), "A"}},
			[]string{"in 70"},
			true, "",
		},
		{
			"headers without marks",
			[][]any{{"NGAY GD", "NO", "CO", "DIEN GIAI"}, {"22/11/2026", num("70"), "", "A"}, {"22/11/2026", "", num("30"), "B"}},
			[]string{"out 70", "in 30"},
			false, "",
		},
		{
			"English only",
			[][]any{{"No.", "Transaction Date", "Description", "Debit", "Credit", "Balance"}, {num("1"), "22/11/2026", "A", "", "1,000.00", "1,000.00"}},
			[]string{"in 1000"},
			false, "",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, err := readXLSX(makeXLSX(t, c.rows), c.fileName)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, l := range linesOf(&f.Statements[0]) {
				got = append(got, strings.TrimSpace(l.Sign+" "+l.Amount+" "+l.Flags))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if refused := f.Statements[0].Worst() == passbook.Refuse; refused != c.refused {
				t.Errorf("refused = %v: %+v", refused, f.Statements[0].Problems)
			}
		})
	}
}

// TestReferencesAreText: references and accounts keep every digit.
func TestReferencesAreText(t *testing.T) {
	rows := [][]any{
		{"Số tài khoản", num("123456789012345")},
		{"Ngày giao dịch", "Số tham chiếu", "Ghi có", "Nội dung", "Tài khoản đối ứng"},
		{num("46348.5"), "000123456789012345678", num("1.5E6"), num("20261122001"), `="00987"`},
		{"2026-11-23T00:00:00", num("987654321012345"), num("2500000.0000000002"), "B", "'0012"},
	}
	f, err := readXLSX(makeXLSX(t, rows), "")
	if err != nil {
		t.Fatal(err)
	}
	want := []wantLine{
		{Row: 3, Sign: "in", Amount: "1500000", Booked: "2026-11-22", At: "12:00:00", Ref: "000123456789012345678", Memo: "20261122001", Payer: "|00987|"},
		{Row: 4, Sign: "in", Amount: "2500000", Booked: "2026-11-23", At: "00:00:00", Ref: "987654321012345", Memo: "B", Payer: "|0012|"},
	}
	if diff := cmp.Diff(want, linesOf(&f.Statements[0])); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := f.Statements[0].Account; got != "123456789012345" {
		t.Errorf("account = %s", got)
	}
}

// TestSeveralAccounts: sections under each other, a column, and sheets.
func TestSeveralAccounts(t *testing.T) {
	head := []any{"Ngày giao dịch", "Ghi nợ", "Ghi có", "Nội dung"}
	sections := [][]any{
		{"Số tài khoản: 111111111"},
		head,
		{"22/11/2026", "", num("1"), "A"},
		{"Số tài khoản: 222222222"},
		head,
		{"22/11/2026", "", num("2"), "B"},
	}
	moved := [][]any{
		{"Số tài khoản: 111111111"},
		head,
		{"22/11/2026", "", num("1"), "A"},
		head,
		{"Số tài khoản: 222222222"},
		{"Nội dung", "Ngày giao dịch", "Ghi nợ", "Ghi có"},
		{"B", "22/11/2026", "", num("2")},
	}
	column := [][]any{
		append([]any{"Số tài khoản"}, head...), {"111111111", "22/11/2026", "", num("1"), "A"}, {"222222222", "22/11/2026", "", num("2"), "B"},
	}
	var twoSheets []byte
	{
		f, err := excelize.OpenReader(bytes.NewReader(makeXLSX(t, sections[:3])))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if _, err := f.NewSheet("Hai"); err != nil {
			t.Fatal(err)
		}
		for i, r := range sections[3:] {
			for j, v := range r {
				if err := f.SetCellValue("Hai", cellName(j, i+1), fmt.Sprint(v)); err != nil {
					t.Fatal(err)
				}
			}
		}
		twoSheets = writeXLSX(t, f)
	}
	for name, raw := range map[string][]byte{
		"sections": makeXLSX(t, sections), "columns moved": makeXLSX(t, moved), "column": makeXLSX(t, column), "sheets": twoSheets,
	} {
		t.Run(name, func(t *testing.T) {
			f, err := readXLSX(raw, "")
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for i := range f.Statements {
				for _, l := range f.Statements[i].Lines {
					got = append(got, f.Statements[i].Account+" "+l.Amount.String())
				}
			}
			if diff := cmp.Diff([]string{"111111111 1", "222222222 2"}, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
