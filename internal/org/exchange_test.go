package org_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/sen-platform/sen/internal/audit"
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/db/dbtest"
	"github.com/sen-platform/sen/internal/doc"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/org/sample"
)

func newService(d *db.DB) *org.Service {
	return &org.Service{DB: d, IDs: id.NewGenNode(now, 1), Clock: now}
}

func file(name string, b []byte) org.File {
	return org.File{Name: name, Body: bytes.NewReader(b), Size: int64(len(b))}
}

// csvFile is a small CSV from lines of cells separated by "|".
func csvFile(name string, lines ...string) org.File {
	var b strings.Builder
	for _, l := range lines {
		b.WriteString(strings.ReplaceAll(l, "|", ";") + "\n")
	}
	return file(name, []byte(b.String()))
}

func importAll(t *testing.T, s *org.Service, dry bool, files ...org.File) org.ImportResult {
	t.Helper()
	r, err := s.Import(t.Context(), "usr_1", files, dry)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// province loads the sample province without its users.
func province(t *testing.T, d *db.DB) *org.Service {
	t.Helper()
	s := newService(d)
	files, err := sample.Files()
	if err != nil {
		t.Fatal(err)
	}
	if r := importAll(t, s, false, files...); !r.Applied {
		t.Fatalf("sample: %v", r.Problems)
	}
	return s
}

func exported(t *testing.T, s *org.Service) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := s.Export(t.Context(), &b, time.Unix(0, 0)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestExportImportChangesNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := province(t, d)
		before := exported(t, s)
		check := func(name string, r org.ImportResult) {
			t.Helper()
			if !r.Applied || len(r.Problems) > 0 || len(r.Ignored) > 0 {
				t.Fatalf("%s: applied %v, problems %v, ignored %v", name, r.Applied, r.Problems, r.Ignored)
			}
			for _, c := range r.Tables {
				if c.New != 0 || c.Changed != 0 || c.Same != c.Rows || c.Rows == 0 {
					t.Errorf("%s: %+v, want all rows the same", name, c)
				}
			}
			if len(r.Tables) != len(org.Tables()) {
				t.Errorf("%s: %d tables, want %d", name, len(r.Tables), len(org.Tables()))
			}
			if !bytes.Equal(before, exported(t, s)) {
				t.Errorf("%s changed the register", name)
			}
		}
		check("XLSX", importAll(t, s, false, file("danh-muc.xlsx", before)))
		var files []org.File
		for _, table := range org.Tables() {
			var b bytes.Buffer
			if err := s.ExportTable(t.Context(), table, &b); err != nil {
				t.Fatal(err)
			}
			files = append([]org.File{file(string(table)+".csv", b.Bytes())}, files...) // in the wrong order
		}
		check("CSV", importAll(t, s, false, files...))
	})
}

// The workbook of one installation founds the same register in an empty one.
func TestExportMovesToAnotherStore(t *testing.T) {
	from, to := dbtest.SQLite(t), dbtest.SQLite(t)
	b := exported(t, province(t, from))
	s := newService(to)
	dry := importAll(t, s, true, file("danh-muc.xlsx", b))
	if dry.Applied || len(dry.Problems) > 0 || dry.Tables[0].New != dry.Tables[0].Rows {
		t.Errorf("dry run: %+v", dry)
	}
	if empty := exported(t, s); bytes.Equal(empty, b) {
		t.Fatal("a dry run wrote")
	}
	if r := importAll(t, s, false, file("danh-muc.xlsx", b)); !r.Applied {
		t.Fatal(r.Problems)
	}
	if !bytes.Equal(b, exported(t, s)) {
		t.Error("the second installation exports another workbook")
	}
}

func TestImportReadsWhatPeopleWrite(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := province(t, d)
		// Other headers, other order, title rows above, capitals without marks, a date cell, a
		// number cell, an unknown column and a sheet with notes.
		x := excelize.NewFile()
		set := func(cell string, v any) {
			t.Helper()
			if err := x.SetCellValue("Sheet1", cell, v); err != nil {
				t.Fatal(err)
			}
		}
		set("B1", "DANH SÁCH TRƯỜNG NĂM HỌC 2026-2027")
		for i, h := range []string{"STT", "TÊN TRƯỜNG", "Số học sinh", "Cấp học", "mã trường", "Lĩnh  vực", "Ngày thành lập", "Mã xã", "MST", "có thu tiền"} {
			set(fmt.Sprintf("%c4", 'A'+i), h)
		}
		for i, v := range []any{1, "Trường  Tiểu học   Mới", 512, "TIEU HOC", "th-moi", "Giáo Dục", time.Date(2026, 8, 1, 0, 0, 0, 0, time.UTC), "lg.x06", 9900000016, "x"} {
			set(fmt.Sprintf("%c5", 'A'+i), v)
		}
		if _, err := x.NewSheet("Ghi chú"); err != nil {
			t.Fatal(err)
		}
		if err := x.SetCellValue("Ghi chú", "A1", "Lập ngày 01/08/2026"); err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := x.Write(&b); err != nil {
			t.Fatal(err)
		}
		r := importAll(t, s, false, file("truong.xlsx", b.Bytes()),
			csvFile("stk.csv", "STK|Mã ngân hàng|Mã trường|Chủ tài khoản|Từ ngày", "9990 0099 0001|970436|TH-MOI|TRUONG TIEU HOC MOI|1/8/2026"))
		if !r.Applied {
			t.Fatal(r.Problems)
		}
		want := []string{"Trang tính Sheet1, cột A “STT”: không dùng đến", "Trang tính Ghi chú: không thấy dòng tiêu đề của bảng nào"}
		if diff := cmp.Diff(want, r.Ignored); diff != "" {
			t.Errorf("ignored, -want +got:\n%s", diff)
		}
		view(t, d, func(tx *db.Tx) error {
			f, err := org.FacilityByCode(tx, "TH-MOI")
			if err != nil {
				return err
			}
			if f.Name != "Trường Tiểu học Mới" || f.Level != org.TieuHoc || f.Size != 512 || f.OpenedOn != "2026-08-01" || f.TaxCode != "9900000016" ||
				f.Status != org.Active || f.CodePrefix != "HP" || !f.Collects {
				t.Errorf("read %+v", f)
			}
			p, err := org.PlaceAt(tx, f.ID, "2026-09-01")
			if err != nil || p.ValidFrom != "2026-08-01" {
				t.Errorf("place %+v: %v", p, err)
			}
			a, err := org.DefaultAccount(tx, f.ID, "2026-09-01")
			if err != nil || a.Number != "999000990001" {
				t.Errorf("account %+v: %v", a, err)
			}
			return nil
		})
	})
}

// A column that is missing keeps what is stored; an empty cell clears it.
func TestImportChangesOnlyItsColumns(t *testing.T) {
	d := dbtest.SQLite(t)
	s := province(t, d)
	read := func() (f org.Facility) {
		view(t, d, func(tx *db.Tx) (err error) { f, err = org.FacilityByCode(tx, sample.CatVang); return err })
		return f
	}
	before := read()
	r := importAll(t, s, false, csvFile("a.csv", "Mã cơ sở|Tên cơ sở|Ngành|Loại cơ sở|Địa chỉ", "TH-CATVANG|Trường Tiểu học Cát Vàng 1|||"))
	if !r.Applied || r.Tables[0].Changed != 1 {
		t.Fatalf("%+v", r)
	}
	want := before
	want.Name, want.Address = "Trường Tiểu học Cát Vàng 1", ""
	if diff := cmp.Diff(want, read()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	view(t, d, func(tx *db.Tx) error {
		n := 0
		err := audit.Verify(tx, func(r audit.Record) error {
			if r.Action == "org.import" {
				n++
			}
			return nil
		})
		if n != 2 {
			t.Errorf("%d imports in the audit log, want 2", n)
		}
		return err
	})
}

func TestImportMovesAFacility(t *testing.T) {
	d := dbtest.SQLite(t)
	s := province(t, d)
	move := csvFile("a.csv", "Mã cơ sở|Mã địa bàn|Mã cơ quan quản lý|Từ ngày", "PK-HOAMAI|LG.X05||01/01/2027")
	// The whole workbook beside it still says where the clinic stood.
	if r := importAll(t, s, false, file("all.xlsx", exported(t, s)), move); !r.Applied {
		t.Fatal(r.Problems)
	}
	view(t, d, func(tx *db.Tx) error {
		f, err := org.FacilityByCode(tx, "PK-HOAMAI")
		if err != nil {
			return err
		}
		places, err := org.PlacesOf(tx, f.ID)
		if err != nil || len(places) != 3 || places[1].ValidTo != "2027-01-01" || places[2].Area != f.Area {
			t.Errorf("places %+v: %v", places, err)
		}
		return nil
	})
}

func TestImportProblems(t *testing.T) {
	d := dbtest.SQLite(t)
	s := province(t, d)
	s.KnownBank = func(bin string) bool { return strings.HasPrefix(bin, "9704") }
	before := exported(t, s)
	const facility = "Mã cơ sở|Tên cơ sở|Ngành|Loại cơ sở|Mã địa bàn|Ngày hoạt động"
	for _, tc := range []struct {
		name  string
		file  org.File
		place string // of the first problem
		says  string
	}{
		{"no table", csvFile("a.csv", "a|b|c", "1|2|3"), "", "không thấy bảng nào"},
		{"no code", csvFile("a.csv", facility, "|Trường A|Giáo dục|Tiểu học|LG.X01|01/08/2026"), "Tệp a.csv, ô A2", "còn trống"},
		{"no name", csvFile("a.csv", facility, "TH-A||Giáo dục|Tiểu học|LG.X01|01/08/2026"), "Tệp a.csv, ô B2", "còn trống"},
		{"no opening day", csvFile("a.csv", facility, "TH-A|A|Giáo dục|Tiểu học|LG.X01|"), "Tệp a.csv, ô F2", "còn trống"},
		{"unknown area", csvFile("a.csv", facility, "TH-A|A|Giáo dục|Tiểu học|LG.X99|01/08/2026"), "Tệp a.csv, ô E2", "chưa có"},
		{"area of the past", csvFile("a.csv", facility, "TH-A|A|Giáo dục|Tiểu học|LG.H3.2|01/08/2026"), "Tệp a.csv, dòng 2", "đến hết 30/06/2025"},
		{"no area", csvFile("a.csv", facility, "TH-A|A|Giáo dục|Tiểu học||01/08/2026"), "Tệp a.csv, dòng 2", "chưa có địa bàn"},
		{"no such day", csvFile("a.csv", facility, "TH-A|A|Giáo dục|Tiểu học|LG.X01|30/02/2026"), "Tệp a.csv, ô F2", "không phải ngày"},
		{"no such level", csvFile("a.csv", facility, "TH-A|A|Giáo dục|Cấp 1|LG.X01|01/08/2026"), "Tệp a.csv, ô D2", "Mầm non, Tiểu học"},
		{"level of the other sector", csvFile("a.csv", facility, "TH-A|A|Giáo dục|Trạm y tế|LG.X01|01/08/2026"), "Tệp a.csv, ô D2", "không thuộc ngành"},
		{"sector changed", csvFile("a.csv", facility, "TH-CATVANG|A|Y tế|Trạm y tế|LG.X06|05/09/1978"), "Tệp a.csv, ô C2", "không đổi ngành"},
		{"moved without a day", csvFile("a.csv", facility, "TH-CATVANG|A|Giáo dục|Tiểu học|LG.X01|05/09/1978"), "Tệp a.csv, ô E2", "Quá trình quản lý"},
		{"the same twice", csvFile("a.csv", facility, "TH-A|A|Giáo dục|Tiểu học|LG.X01|01/08/2026", "th-a|A|Giáo dục|Tiểu học|LG.X01|01/08/2026"), "Tệp a.csv, ô A3", "đã có ở Tệp a.csv, dòng 2"},
		{"two columns of one meaning", csvFile("a.csv", facility+"|Tên trường", "TH-A|A|Giáo dục|Tiểu học|LG.X01|01/08/2026|B"), "Tệp a.csv, ô G1", "trùng ý với cột B"},
		{"tax code", csvFile("a.csv", facility+"|MST", "TH-A|A|Giáo dục|Tiểu học|LG.X01|01/08/2026|0101248142"), "Tệp a.csv, ô G2", "số kiểm tra"},
		{"code of another school", csvFile("a.csv", facility+"|Mã quan hệ ngân sách", "TH-A|A|Giáo dục|Tiểu học|LG.X01|01/08/2026|9901001"), "Tệp a.csv, dòng 2", "đã là mã của"},
		{"bank", csvFile("a.csv", "Mã cơ sở|BIN|STK|Chủ tài khoản|Từ ngày", "TH-CATVANG|999999|999000|A|01/01/2026"), "Tệp a.csv, ô B2", "danh sách ngân hàng"},
		{"account of nobody", csvFile("a.csv", "Mã cơ sở|BIN|STK|Chủ tài khoản|Từ ngày", "TH-XX|970436|999000|A|01/01/2026"), "Tệp a.csv, ô A2", "chưa có"},
		{"account of another", csvFile("a.csv", "Mã cơ sở|BIN|STK|Chủ tài khoản|Từ ngày", "BV-TINH|970418|999007014471|A|01/01/2022"), "Tệp a.csv, ô A2", "của cơ sở khác"},
		{"overlapping virtual numbers", csvFile("a.csv", "Mã cơ sở|BIN|STK|Chủ tài khoản|Từ ngày|Đầu số tài khoản ảo|Độ dài tài khoản ảo",
			"BV-MAT|970415|999123|A|01/01/2022|99LG01|13"), "Tệp a.csv, dòng 2", "trùng với dải số"},
		{"contact's phone", csvFile("a.csv", "Mã cơ sở|Họ và tên|Vai trò|Điện thoại", "TH-CATVANG|Lê Mẫu|Kế toán|12"), "Tệp a.csv, ô D2", "số điện thoại"},
		{"method", csvFile("a.csv", "Mã cơ sở|Phương thức|Trạng thái", "TH-CATVANG|Séc|Đã thiết lập"), "Tệp a.csv, ô B2", "không có trong danh sách"},
		{"ceiling", csvFile("a.csv", "Mã khoản thu|Tên khoản thu|Ngành|Mức trần|Tự nguyện|Có hiệu lực từ", "A|A|Giáo dục|nhiều|Có|01/01/2026"), "Tệp a.csv, ô D2", "không phải số tiền"},
		{"yes or no", csvFile("a.csv", "Mã khoản thu|Tên khoản thu|Ngành|Tự nguyện|Có hiệu lực từ", "A|A|Giáo dục|có thể|01/01/2026"), "Tệp a.csv, ô D2", "Có hoặc Không"},
		{"area under its own tier", csvFile("a.csv", "Mã địa bàn|Tên địa bàn|Cấp|Thuộc địa bàn|Từ ngày", "LG.Z|Xã Z|Cấp xã|LG.X01|01/01/2026"), "Tệp a.csv, dòng 2", "không cao hơn"},
		{"area beyond its parent", csvFile("a.csv", "Mã địa bàn|Tên địa bàn|Cấp|Thuộc địa bàn|Từ ngày", "LG.Z|Xã Z|Cấp xã|LG.H1|01/01/2024"), "Tệp a.csv, dòng 2", "đến hết 30/06/2025"},
		{"agency in a circle", csvFile("a.csv", "Mã cơ quan|Tên cơ quan|Loại cơ quan|Mã cơ quan cấp trên", "UBND-LG|UBND tỉnh|UBND tỉnh|SYT-LG"), "Tệp a.csv, dòng 2", "vòng tròn"},
		{"successor of itself", csvFile("a.csv", "Đối tượng|Mã cũ|Mã mới|Từ ngày", "Cơ sở|TH-BAIDAU|TH-BAIDAU|01/01/2026"), "Tệp a.csv, ô C2", "trùng với mã cũ"},
		{"place of overlapping times", csvFile("a.csv", "Mã cơ sở|Mã địa bàn|Từ ngày|Đến trước ngày", "TH-CATVANG|LG.X06|01/01/2026|01/01/2027"), "Tệp a.csv, dòng 2", "không kết thúc cùng ngày"},
	} {
		r := importAll(t, s, false, tc.file)
		if r.Applied || len(r.Problems) == 0 {
			t.Errorf("%s: applied %v without problems", tc.name, r.Applied)
			continue
		}
		p := r.Problems[0]
		if p.Place != tc.place || !strings.Contains(p.String(), tc.says) {
			t.Errorf("%s: problem at %q: %s\nwant at %q: %s", tc.name, p.Place, p, tc.place, tc.says)
		}
		for _, p := range r.Problems {
			if p.Reason == "" || p.Remedy == "" {
				t.Errorf("%s: a problem without reason or remedy: %+v", tc.name, p)
			}
		}
	}
	if !bytes.Equal(before, exported(t, s)) {
		t.Error("refused imports changed the register")
	}
}

func TestImportOfNumbersThatExcelSpoiled(t *testing.T) {
	d := dbtest.SQLite(t)
	s := province(t, d)
	x := excelize.NewFile()
	for cell, v := range map[string]any{
		"A1": "Mã cơ sở", "B1": "BIN", "C1": "STK", "D1": "Chủ tài khoản", "E1": "Từ ngày",
		"A2": "TH-CATVANG", "B2": 970436, "C2": 1234567890123456789, "D2": "A", "E2": "01/01/2026",
	} {
		if err := x.SetCellValue("Sheet1", cell, v); err != nil {
			t.Fatal(err)
		}
	}
	if err := x.SetCellFormula("Sheet1", "D2", `"TRUONG "&"A"`); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := x.Write(&b); err != nil {
		t.Fatal(err)
	}
	r := importAll(t, s, false, file("a.xlsx", b.Bytes()))
	if r.Applied || len(r.Problems) == 0 || r.Problems[0].Place != "Trang tính Sheet1, ô C2" || !strings.Contains(r.Problems[0].Reason, "làm tròn") {
		t.Errorf("%+v", r)
	}
}

func TestImportOfNoTable(t *testing.T) {
	s := newService(dbtest.SQLite(t))
	var bad *doc.FileError
	_, err := s.Import(t.Context(), "t", []org.File{file("a.xlsx", []byte("PK\x03\x04 truncated"))}, false)
	if err == nil {
		t.Fatal("a broken workbook is no error")
	}
	if !asFileError(err, &bad) || bad.Place == "" {
		t.Errorf("%v (%T) is no *doc.FileError with a place", err, err)
	}
}

func asFileError(err error, to **doc.FileError) bool {
	e, ok := err.(*doc.FileError)
	*to = e
	return ok
}

// Rounds through the file keep every day of facilities older than what bills know.
func TestDatesBefore1990(t *testing.T) {
	d := dbtest.SQLite(t)
	s := province(t, d)
	view(t, d, func(tx *db.Tx) error {
		f, err := org.FacilityByCode(tx, sample.Hospital)
		if err != nil || f.OpenedOn != clock.Date("1961-02-27") {
			t.Errorf("opened %s: %v", f.OpenedOn, err)
		}
		return nil
	})
	if r := importAll(t, s, false, file("a.xlsx", exported(t, s))); !r.Applied {
		t.Errorf("%v", r.Problems)
	}
}

func TestExportOfUnknownTable(t *testing.T) {
	if err := newService(dbtest.SQLite(t)).ExportTable(t.Context(), "x", &bytes.Buffer{}); err == nil {
		t.Error("an unknown table is exported")
	}
}
