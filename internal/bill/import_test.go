package bill

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/db/dbtest"
	"github.com/sen-platform/sen/internal/doc"
	"github.com/sen-platform/sen/internal/org"
)

// sheet is one sheet of a workbook built in code: its rows from row 1, then what to do to it.
type sheet struct {
	name string
	rows [][]any
	then func(f *excelize.File, name string)
}

// workbook builds an XLSX file.
func workbook(t testing.TB, sheets ...sheet) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for i, s := range sheets {
		if s.name == "" {
			s.name = "Trang 1"
		}
		var err error
		if i == 0 {
			err = f.SetSheetName("Sheet1", s.name)
		} else {
			_, err = f.NewSheet(s.name)
		}
		if err != nil {
			t.Fatal(err)
		}
		for r, row := range s.rows {
			for c, v := range row {
				if v == nil {
					continue
				}
				cell, err := excelize.CoordinatesToCellName(c+1, r+1)
				if err == nil {
					err = f.SetCellValue(s.name, cell, v)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
		}
		if s.then != nil {
			s.then(f, s.name)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func (w *world) service() *Service {
	return &Service{DB: w.db, IDs: w.gen, Codes: w.seq, Clock: w.clk}
}

func (w *world) load(r Round, name string, body []byte, opt ImportOptions) *ImportResult {
	w.t.Helper()
	res, err := w.service().Import(w.t.Context(), r.ID, Bytes(name, body), opt)
	if err != nil {
		w.t.Fatalf("import %s: %v", name, err)
	}
	return res
}

// bills reads a round as "name|class|code|payer|phone|total: line amount; …", in roll order.
func (w *world) bills(r Round) []string {
	w.t.Helper()
	var out []string
	w.view(func(tx *db.Tx) error {
		return EachNotice(tx, r.ID, nil, nil, today, func(n Notice) error {
			s := fmt.Sprintf("%s|%s|%s|%s|%s|%d:", n.BeneficiaryName, n.Class, n.BeneficiaryCode, n.PayerName, n.PayerPhone, int64(n.Total))
			for _, l := range n.Lines {
				s += fmt.Sprintf(" %s", l.Name)
				if l.Quantity != 1 {
					s += fmt.Sprintf(" %d×%d", l.Quantity, int64(l.UnitPrice))
				}
				s += fmt.Sprintf(" %d;", int64(l.Amount))
			}
			out = append(out, strings.TrimSuffix(s, ";"))
			return nil
		})
	})
	return out
}

// TestImportLayouts: the same two pupils, written as accountants do.
func TestImportLayouts(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	plain := []string{
		"Nguyễn Văn An|1A|HS01|Nguyễn Văn An||370000: Chăm sóc bán trú 350000; Nước uống 20000",
		"Trần Thị Bình|1A|HS02|Trần Thị Bình||350000: Chăm sóc bán trú 350000",
	}
	full := []string{
		"Nguyễn Văn An|1A|HS01|Nguyễn Hữu Phước|0912345678|370000: Chăm sóc bán trú 350000; Nước uống 20000",
		"Trần Thị Bình|1A|HS02|Trần Thị Bình||350000: Chăm sóc bán trú 350000",
	}
	names := []string{
		"Nguyễn Văn An|1A||Nguyễn Văn An||370000: Chăm sóc bán trú 350000; Nước uống 20000",
		"Trần Thị Bình|1A||Trần Thị Bình||350000: Chăm sóc bán trú 350000",
	}
	for _, c := range []struct {
		name   string
		sheets []sheet
		csv    string
		want   []string
	}{
		{"plain", []sheet{{rows: [][]any{
			{"STT", "Mã HS", "Họ và tên", "Lớp", "Chăm sóc bán trú", "Nước uống"},
			{1, "HS01", "Nguyễn Văn An", "1A", 350000, 20000},
			{2, "HS02", "Trần Thị Bình", "1A", 350000, 0},
		}}}, "", plain},
		{"other order, title rows, totals row, signatures", []sheet{{rows: [][]any{
			{"TRƯỜNG TIỂU HỌC THỬ"},
			{"DANH SÁCH THU TIỀN THÁNG 12/2026"},
			{},
			{"Tổng cộng", "Nước uống tháng 12", "Tiền chăm sóc bán trú", "LỚP", "Tên học sinh", "Mã định danh", "TT"},
			{370000, 20000, 350000, "Lớp 1a", "Nguyễn Văn An", "HS01", 1},
			{350000, nil, "350.000", "1 A", "Trần Thị Bình", "HS02", 2},
			{720000, 20000, 700000, nil, "Tổng cộng"},
			{},
			{nil, nil, nil, nil, "Ngày 20 tháng 11 năm 2026"},
			{"Người lập", nil, nil, nil, "Kế toán"},
		}}}, "", plain},
		{"two-row header with merged cells, numbered columns", []sheet{{rows: [][]any{
			{"BẢNG KÊ THU TIỀN"},
			{"STT", "Mã học sinh", "Họ và tên", "Lớp", "Thông tin phụ huynh", nil, "Các khoản thu", nil, "Tổng"},
			{nil, nil, nil, nil, "Họ tên", "SĐT", "Chăm sóc bán trú", "Nước uống", nil},
			{"(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)", "(8)", "(9)"},
			{1, "HS01", "Nguyễn Văn An", "1A", "Nguyễn Hữu Phước", 912345678, 350000, 20000, 370000},
			{2, "HS02", "Trần Thị Bình", "1A", nil, nil, 350000, nil, 350000},
		}, then: func(f *excelize.File, s string) {
			for _, m := range [][2]string{{"A1", "I1"}, {"A2", "A3"}, {"B2", "B3"}, {"C2", "C3"}, {"D2", "D3"}, {"E2", "F2"}, {"G2", "H2"}, {"I2", "I3"}} {
				if err := f.MergeCell(s, m[0], m[1]); err != nil {
					t.Fatal(err)
				}
			}
		}}}, "", full},
		{"class in the sheet's name, one sheet a guide", []sheet{
			{name: "Hướng dẫn", rows: [][]any{{"Điền vào các trang sau"}}},
			{name: "Lớp 1A", rows: [][]any{
				{"Họ tên", "CSBT", "Nước"}, {"Nguyễn Văn An", 350000, 20000}, {"Trần Thị Bình", 350000},
			}},
		}, "", names},
		{"class in a title", []sheet{{rows: [][]any{
			{"Danh sách học sinh lớp 1A"},
			{"Họ tên", "Chăm sóc bán trú", "Nước uống"},
			{"Nguyễn Văn An", 350000, 20000},
			{"Trần Thị Bình", 350000},
		}}}, "", names},
		{"class in headings of groups", []sheet{{rows: [][]any{
			{"STT", "Họ tên", "Chăm sóc bán trú", "Nước uống"},
			{"Lớp 1A"},
			{1, "Nguyễn Văn An", 350000, 20000},
			{2, "Trần Thị Bình", 350000},
			{nil, "Cộng lớp 1A", 700000, 20000},
		}}}, "", names},
		{"class merged over its rows", []sheet{{rows: [][]any{
			{"Lớp", "Họ tên", "Chăm sóc bán trú", "Nước uống"},
			{"1A", "Nguyễn Văn An", 350000, 20000},
			{nil, "Trần Thị Bình", 350000},
		}, then: func(f *excelize.File, s string) {
			if err := f.MergeCell(s, "A2", "A3"); err != nil {
				t.Fatal(err)
			}
		}}}, "", names},
		{"family and given names apart", []sheet{{rows: [][]any{
			{"Mã HS", "Họ đệm", "Tên", "Lớp", "Chăm sóc bán trú", "Nước uống"},
			{"HS01", "Nguyễn Văn", "An", "1A", 350000, 20000},
			{"HS02", "Trần Thị", "Bình", "1A", 350000},
		}}}, "", plain},
		{"one header over two name columns", []sheet{{rows: [][]any{
			{"Mã HS", "Họ và tên", nil, "Lớp", "Chăm sóc bán trú", "Nước uống"},
			{"HS01", "Nguyễn Văn", "An", "1A", 350000, 20000},
			{"HS02", "Trần Thị", "Bình", "1A", 350000},
		}, then: func(f *excelize.File, s string) {
			if err := f.MergeCell(s, "B1", "C1"); err != nil {
				t.Fatal(err)
			}
		}}}, "", plain},
		{"decomposed text and spaces", []sheet{{rows: [][]any{
			{"Ma\u0303 HS", "Ho\u0323 va\u0300 te\u0302n", "Lo\u031b\u0301p", "Cha\u0306m so\u0301c ba\u0301n tru\u0301", "Nươ\u0301c  uô\u0301ng"},
			{"HS01", " Nguye\u0302\u0303n  Va\u0306n An", "1A", 350000, 20000},
			{"HS02", "Trần Thị\u00a0Bình", "1A", 350000},
		}}}, "", plain},
		{"header repeated on every page", []sheet{{rows: [][]any{
			{"Mã HS", "Họ và tên", "Lớp", "Chăm sóc bán trú", "Nước uống"},
			{"HS01", "Nguyễn Văn An", "1A", 350000, 20000},
			{"Mã HS", "Họ và tên", "Lớp", "Chăm sóc bán trú", "Nước uống"},
			{"HS02", "Trần Thị Bình", "1A", 350000},
		}}}, "", plain},
		{
			"CSV with semicolons and a byte order mark", nil,
			"\ufeffMã HS;Họ và tên;Lớp;Chăm sóc bán trú;Nước uống\r\nHS01;Nguyễn Văn An;1A;350.000;20.000 đ\r\nHS02;Trần Thị Bình;1A;350,000;-\r\n", plain,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			w.t = t
			r := w.round(NewRound{})
			name, body := "thu.xlsx", []byte(c.csv)
			if c.csv == "" {
				body = workbook(t, c.sheets...)
			} else {
				name = "thu.csv"
			}
			res := w.load(r, name, body, ImportOptions{})
			if res.Blocked() || res.Bad != 0 || res.Good != 2 || res.Created != 2 {
				t.Fatalf("%+v", res)
			}
			if diff := cmp.Diff(c.want, w.bills(r)); diff != "" {
				t.Error(diff)
			}
			if len(res.Controls) > 0 {
				t.Errorf("totals do not agree: %+v", res.Controls)
			}
			if again := w.load(r, name, body, ImportOptions{}); !again.AlreadyThere || again.Created != 2 {
				t.Errorf("the same workbook again: %+v", again)
			}
		})
	}
}

func TestImportMoney(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	for _, c := range []struct {
		name string
		rows [][]any
		want string
	}{
		{"meals by days and price", [][]any{
			{"Họ và tên", "Tiền ăn bán trú", nil, nil, "Nước uống"},
			{nil, "Số ngày", "Đơn giá", "Thành tiền"},
			{"An", 21, 35000, 735000, 20000},
		}, "An|||An||755000: Tiền ăn bán trú 21×35000 735000; Nước uống 20000"},
		{"days and price without the product", [][]any{
			{"Họ và tên", "Tiền ăn bán trú", nil}, {nil, "Số ngày", "Đơn giá"}, {"An", 21, "35.000"},
		}, "An|||An||735000: Tiền ăn bán trú 21×35000 735000"},
		{"two columns of one kind keep their names", [][]any{
			{"Họ và tên", "Bảo hiểm y tế", "Bảo hiểm y tế học sinh"}, {"An", 500000, 100000},
		}, "An|||An||600000: Bảo hiểm y tế 500000; Bảo hiểm y tế học sinh 100000"},
		{"reduction of one fee", [][]any{
			{"Họ và tên", "Học phí", "Miễn giảm học phí", "Nước uống", "Phải nộp", "Ghi chú"}, {"An", 400000, 200000, 20000, 220000, "con hộ cận nghèo"},
		}, "An|||An||220000: Học phí 400000; Nước uống 20000; Miễn giảm học phí -200000"},
		{"reduction without a fee, written with a minus, spread over the largest first", [][]any{
			{"Họ và tên", "Học phí", "Nước uống", "Miễn giảm"}, {"An", 400000, 20000, -410000},
		}, "An|||An||10000: Học phí 400000; Nước uống 20000; Miễn giảm -400000; Miễn giảm -10000"},
		{"several totals: the payable one is compared", [][]any{
			{"Họ và tên", "Học phí", "Tổng cộng", "Giảm trừ", "Còn phải nộp"}, {"An", 400000, 400000, 100000, 300000},
		}, "An|||An||300000: Học phí 400000; Giảm trừ -100000"},
		{"one amount, fee named in the title", [][]any{
			{"DANH SÁCH THU BẢO HIỂM Y TẾ HỌC SINH"}, {"Họ và tên", "Số tiền"}, {"An", 568620},
		}, "An|||An||568620: Bảo hiểm y tế học sinh 568620"},
		{"numbers as text in every spelling", [][]any{
			{"Họ và tên", "Học phí", "Nước uống", "CSBT"}, {"An", "400.000 đ", "20,000", "1 350 000 VND"},
		}, "An|||An||1770000: Học phí 400000; Chăm sóc bán trú 1350000; Nước uống 20000"},
		{"two telephone numbers in a cell", [][]any{
			{"Họ và tên", "SĐT", "Học phí"}, {"An", "không có / 0912.345.678", 400000},
		}, "An|||An|0912345678|400000: Học phí 400000"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w.t = t
			r := w.round(NewRound{})
			res := w.load(r, "thu.xlsx", workbook(t, sheet{rows: c.rows, then: func(f *excelize.File, s string) {
				if len(c.rows[0]) > 1 && c.rows[0][1] == "Tiền ăn bán trú" {
					last, _ := excelize.CoordinatesToCellName(len(c.rows[1]), 1)
					for _, m := range [][2]string{{"A1", "A2"}, {"B1", last}} {
						if err := f.MergeCell(s, m[0], m[1]); err != nil {
							t.Fatal(err)
						}
					}
				}
			}}), ImportOptions{})
			if res.Blocked() || len(res.Issues) > 0 {
				t.Fatalf("%+v", res)
			}
			got := w.bills(r)
			if len(got) != 1 {
				t.Fatalf("%q", got)
			}
			// Lines stand in the order of fee kinds, which is that of their making.
			if diff := cmp.Diff(c.want, got[0]); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestImportIssues: every kind of bad row, with the cell, a reason and a remedy in Vietnamese.
func TestImportIssues(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	head := []any{"STT", "Mã HS", "Họ và tên", "Lớp", "Ngày sinh", "SĐT phụ huynh", "Học phí", "Nước uống", "Tổng cộng", "Hạn nộp"}
	good := []any{1, "HS01", "Nguyễn Văn An", "1A", "05/09/2019", "0912345678", 400000, 20000, 420000, "31/12/2026"}
	with := func(col int, v any) []any {
		row := append([]any(nil), good...)
		row[col] = v
		return row
	}
	no := func(row []any) []any { row[8] = nil; return row } // without the total
	for _, c := range []struct {
		name             string
		row              []any
		then             func(f *excelize.File, s string)
		cell, code       string
		reason, remedy   string
		value, suggested string
	}{
		{"text in an amount", with(6, "1,25tr"), nil, "G3", CodeNotNumber, "Số tiền “1,25tr” không phải là số.", "Gõ 1250000, không chữ, không dấu phẩy.", "1,25tr", "1250000"},
		{"words in an amount", with(6, "miễn phí"), nil, "G3", CodeNotNumber, "“miễn phí” không phải là số", "Gõ số đồng", "miễn phí", ""},
		{"fraction", no(with(6, 350000.5)), nil, "G3", CodeFraction, "Số tiền có phần lẻ: 350.000,5.", "Sửa thành số nguyên đồng.", "350000.5", "350001"},
		{"fraction as text", no(with(6, "350.000,50")), nil, "G3", CodeFraction, "Số tiền có phần lẻ: 350.000,50.", "Sửa thành số nguyên đồng.", "350.000,50", ""},
		{"negative", no(with(7, -45000)), nil, "H3", CodeNegative, "Số tiền âm: −45.000", "Chuyển 45.000\u00a0₫ sang đợt sau", "-45000", "0"},
		{"10^15", no(with(6, 1e15)), nil, "G3", CodeTooLarge, "Số tiền quá lớn: 1000000000000000", "9.999.999.999.999", "1000000000000000", ""},
		{"beyond int64", no(with(6, "99999999999999999999")), nil, "G3", CodeTooLarge, "quá lớn", "nhiều nhất", "99999999999999999999", ""},
		{"thousands left out", no(with(6, 400)), nil, "G3", CodeTooSmall, "Số tiền 400", "Gõ đủ số đồng", "400", "400000"},
		{"nothing to pay", no(with(6, 0)), func(f *excelize.File, s string) { f.SetCellValue(s, "H3", 0) }, "I3", CodeZero, "Không có khoản nào để thu", "bỏ dòng này", "", ""},
		{"per cent", no(with(6, "50%")), nil, "G3", CodePercent, "“50%” là tỷ lệ", "Gõ số tiền", "50%", ""},
		{"over the ceiling", no(with(6, 500001)), nil, "G3", CodeCeiling, "“Học phí” 500.001\u00a0₫ vượt mức 500.000\u00a0₫ của NQ 12/2026/NQ-HĐND", "Sửa về 500.000", "500001", "500000"},
		{"total does not agree", with(8, 410000), nil, "I3", CodeSum, "Ô tổng ghi 410.000\u00a0₫, các khoản cộng lại là 420.000\u00a0₫, lệch −10.000\u00a0₫.", "Sửa ô tổng", "410000", "420000"},
		{"name missing", with(2, nil), nil, "C3", CodeName, "Thiếu họ tên học sinh", "danh sách", "", ""},
		{"name is a number", with(2, 12345), nil, "C3", CodeName, "“12345” là một con số", "họ tên", "12345", ""},
		{"class missing", with(3, nil), nil, "D3", CodeRequired, "Thiếu lớp", "Nhập lớp", "", ""},
		{"phone", with(5, "09123"), nil, "F3", CodeMalformed, "Số điện thoại “09123” không đúng", "10 số", "09123", ""},
		{"date of birth in 1900", with(4, nil), func(f *excelize.File, s string) {
			style, _ := f.NewStyle(&excelize.Style{NumFmt: 14})
			f.SetCellValue(s, "E3", 12)
			f.SetCellStyle(s, "E3", "E3", style)
		}, "E3", CodeDate, "không hợp lý", "05/09/2019", "12/01/1900", ""},
		{"date of birth as words", with(4, "tháng chín"), nil, "E3", CodeDate, "Ngày sinh “tháng chín” không phải là ngày", "05/09/2019", "tháng chín", ""},
		{"due date in 1900", with(9, "05/01/1900"), nil, "J3", CodeDate, "Hạn trả “05/01/1900” không hợp lý", "31/12/2026", "05/01/1900", ""},
		{"due date is no date", with(9, "cuối tháng"), nil, "J3", CodeDate, "không phải là ngày", "31/12/2026", "cuối tháng", ""},
		{"due date has passed", with(9, "01/11/2026"), nil, "J3", CodeDate, "Hạn trả 01/11/2026 đã qua", "hôm nay", "01/11/2026", ""},
		{"amount formatted as a date", no(with(6, nil)), func(f *excelize.File, s string) {
			style, _ := f.NewStyle(&excelize.Style{NumFmt: 14})
			f.SetCellValue(s, "G3", 45000)
			f.SetCellStyle(s, "G3", "G3", style)
		}, "G3", CodeDateCell, "định dạng ngày", "Number", "15/03/2023", ""},
		{"formula without its value", no(with(6, nil)), func(f *excelize.File, s string) { f.SetCellFormula(s, "G3", "=200000*2") }, "G3", CodeFormula, "Công thức trong ô chưa có kết quả", "Mở tệp bằng Excel", "", ""},
		{"error in a cell", no(with(6, "x")), func(f *excelize.File, s string) {
			f.SetCellFormula(s, "G3", "=1/0")
			f.SetCellValue(s, "G3", "#DIV/0!")
		}, "G3", CodeNotNumber, "#DIV/0!", "", "#DIV/0!", ""},
		{"amount merged over two rows", no(with(6, 400000)), func(f *excelize.File, s string) { f.MergeCell(s, "G2", "G3") }, "G3", CodeMerged, "Ô bị gộp", "Bỏ gộp ô", "", ""},
		{"amount merged over two fees", no(with(6, 400000)), func(f *excelize.File, s string) { f.MergeCell(s, "G3", "H3") }, "H3", CodeMerged, "Ô bị gộp", "Bỏ gộp ô", "", ""},
		{"code in scientific notation", with(1, "7.40123E+11"), nil, "B3", CodeReshaped, "“7.40123E+11” đã bị bảng tính đổi dạng", "định dạng chữ", "7.40123E+11", ""},
		{"code used twice", with(1, "hs 00"), nil, "B3", CodeDuplicate, "Mã “hs 00” đã dùng ở dòng 2.", "Sửa một trong hai dòng", "hs 00", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			w.t = t
			first := append([]any(nil), good...)
			first[1], first[2] = "HS 00", "Lê Bảo Ngọc"
			r := w.round(NewRound{})
			body := workbook(t, sheet{rows: [][]any{head, first, c.row}, then: func(f *excelize.File, s string) {
				if c.then != nil {
					c.then(f, s)
				}
			}})
			res := w.load(r, "thu.xlsx", body, ImportOptions{})
			if res.Blocked() {
				t.Fatalf("%v", res.Problems)
			}
			bad := res.Issues
			if c.code == CodeMerged && strings.HasPrefix(c.name, "amount merged over two rows") {
				if len(bad) != 2 || bad[0].Cell != "G2" {
					t.Fatalf("both rows of a merged cell are unsure: %+v", bad)
				}
				bad = bad[1:]
			}
			if len(bad) != 1 {
				t.Fatalf("issues %+v", bad)
			}
			i := bad[0]
			if i.Cell != c.cell || i.Code != c.code || i.Row != 3 || !strings.Contains(i.Reason, c.reason) || !strings.Contains(i.Remedy, c.remedy) || i.Value != c.value || i.Suggestion != c.suggested {
				t.Errorf("got %+v\nwant %+v", i, c)
			}
			if (i.Name == "") != (c.name == "name missing") {
				t.Errorf("about %q", i.Name)
			}
			w.view(func(tx *db.Tx) error {
				stored, err := Issues(tx, r.ID, 0, 10)
				if err != nil || len(stored) != len(res.Issues) {
					t.Fatalf("stored %+v, %v", stored, err)
				}
				s := stored[len(stored)-1]
				i.N, i.Import, i.State = s.N, res.Import, IssueOpen
				if diff := cmp.Diff(i, s); diff != "" {
					t.Errorf("stored %s", diff)
				}
				return nil
			})
		})
	}
}

// TestImportProblems: workbooks that cannot be imported until a person has chosen.
func TestImportProblems(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	for _, c := range []struct {
		name    string
		rows    [][]any
		code    string
		cell    string
		says    string
		choices []Choice
		want    string // with the choices
	}{
		{"no header", [][]any{{"An", 5}, {"Bình", 6}}, ProblemNoHeader, "", "Không thấy dòng tiêu đề", nil, ""},
		{"no amounts", [][]any{{"Họ và tên", "Lớp"}, {"An", "1A"}}, ProblemNoAmount, "", "cột số tiền", nil, ""},
		{
			"duplicate headers",
			[][]any{{"Họ và tên", "Nước uống", "Nước uống"}, {"An", 20000, 30000}},
			ProblemDuplicate, "C1", "ô B1 và C1",
			[]Choice{{Header: "Nước uống", Ref: "B1", Field: FieldIgnore}},
			"An|||An||30000: Nước uống 30000",
		},
		{
			"unknown fee",
			[][]any{{"Họ và tên", "Nước uống", "Quỹ lớp"}, {"An", 20000, 50000}},
			ProblemUnknownAmount, "C1", "“Quỹ lớp” có số tiền",
			[]Choice{{Header: "Quỹ lớp", Field: FieldFee, FeeKind: w.kind["BHYT"].ID}},
			"An|||An||70000: Nước uống 20000; Bảo hiểm y tế học sinh 50000",
		},
		{
			"ambiguous fee",
			[][]any{{"Họ và tên", "Câu lạc bộ T12"}, {"An", 20000}},
			ProblemUnknownAmount, "B1", "“Câu lạc bộ T12”",
			[]Choice{{Header: "CÂU LẠC BỘ tháng 11", Field: FieldFee, FeeKind: w.kind["CLB_BAN"].ID}},
			"An|||An||20000: Câu lạc bộ bóng bàn 20000",
		},
		{
			"one amount of an unknown kind",
			[][]any{{"Họ và tên", "Số tiền"}, {"An", 20000}},
			ProblemFeeKind, "B1", "chưa có khoản thu",
			[]Choice{{Header: "Số tiền", Field: FieldFee, FeeKind: w.kind["NUOC"].ID}},
			"An|||An||20000: Nước uống 20000",
		},
		{"thousands", [][]any{{"Đơn vị tính: nghìn đồng"}, {"Họ và tên", "Nước uống"}, {"An", 20}}, ProblemUnit, "A1", "nghìn đồng", nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			w.t = t
			r := w.round(NewRound{})
			body := workbook(t, sheet{rows: c.rows})
			res := w.load(r, "thu.xlsx", body, ImportOptions{})
			if !res.Blocked() || res.Problems[0].Code != c.code || res.Problems[0].Cell != c.cell || !strings.Contains(res.Problems[0].Error(), c.says) || res.Problems[0].Remedy == "" {
				t.Fatalf("%+v", res.Problems)
			}
			if got := w.bills(r); len(got) != 0 {
				t.Errorf("bills were made: %v", got)
			}
			if c.choices == nil {
				return
			}
			res = w.load(r, "thu.xlsx", body, ImportOptions{Choices: c.choices})
			if res.Blocked() || res.Created != 1 || w.bills(r)[0] != c.want {
				t.Fatalf("with choices: %+v %v", res, w.bills(r))
			}
			if c.choices[0].Ref != "" {
				return
			}
			// Next month the choice is remembered.
			next := w.round(NewRound{})
			if res := w.load(next, "thu2.xlsx", body, ImportOptions{}); res.Blocked() || w.bills(next)[0] != c.want {
				t.Errorf("not remembered: %+v", res)
			}
		})
	}
}

func TestImportRefusals(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	r := w.round(NewRound{})
	good := workbook(t, sheet{rows: [][]any{{"Họ và tên", "Nước uống"}, {"An", 20000}}})
	var broken *doc.FileError
	if _, err := w.service().Import(t.Context(), r.ID, Bytes("thu.xlsx", good[:len(good)/2]), ImportOptions{}); !errors.As(err, &broken) {
		t.Errorf("half a workbook: %v", err)
	}
	if _, err := w.service().Import(t.Context(), 12, Bytes("thu.xlsx", good), ImportOptions{}); !errors.Is(err, db.ErrNotFound) {
		t.Errorf("no round: %v", err)
	}
	late := w.service()
	w.clk.Set(dueOn.AddDays(1).Time())
	var invalid *Invalid
	if _, err := late.Import(t.Context(), r.ID, Bytes("thu.xlsx", good), ImportOptions{}); !errors.As(err, &invalid) || invalid.Fields[0].Pointer != "/due_on" {
		t.Errorf("after the due date: %v", err)
	}
	w.clk.Set(today.Time())
	paused := w.School
	paused.Status = org.Paused
	if _, err := w.Service.UpdateFacility(t.Context(), "test", paused); err != nil {
		t.Fatal(err)
	}
	var cannot *org.CanBillError
	if _, err := w.service().Import(t.Context(), r.ID, Bytes("thu.xlsx", good), ImportOptions{}); !errors.As(err, &cannot) {
		t.Errorf("a paused facility: %v", err)
	}
}
