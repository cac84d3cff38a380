package bill

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/db/dbtest"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/org"
)

func TestRecogniseHeaders(t *testing.T) {
	for header, want := range map[string]Field{
		"STT": FieldIndex, "Số TT": FieldIndex, "Họ và tên học sinh": FieldName, "HỌ TÊN HS": FieldName, "Tên HS": FieldName, "Tên trẻ": FieldName,
		"Họ tên người bệnh": FieldName, "Họ đệm": FieldFamily, "Họ và tên đệm": FieldFamily, "Mã HS": FieldCode, "Mã định danh Bộ GD&ĐT": FieldCode,
		"Mã y tế": FieldCode, "Mã bệnh nhân": FieldCode, "Số phiếu": FieldSlip, "Lớp": FieldClass, "Khoa phòng": FieldClass, "Ngày, tháng, năm sinh": FieldBirth,
		"Năm sinh": FieldBirth, "Họ tên phụ huynh": FieldPayer, "Người nộp tiền": FieldPayer, "Họ tên cha/mẹ": FieldPayer, "SĐT phụ huynh": FieldPhone,
		"Số điện thoại": FieldPhone, "Hạn nộp": FieldDue, "Ghi chú": FieldNote, "Nội dung thu": FieldReason, "Tiền điện nước": FieldUnknown, "Học phí": FieldUnknown,
	} {
		if got, _, _ := recognise(headerRules, headerWords(header)); got != want {
			t.Errorf("%q is %q, want %q", header, got, want)
		}
	}
	for header, want := range map[string]Field{
		"Tổng cộng": FieldTotal, "Số tiền phải nộp": FieldTotal, "Thành tiền": FieldTotal, "Miễn, giảm": FieldReduction, "Số tiền được giảm": FieldReduction,
		"BHYT chi trả": FieldReduction, "Tiền thừa tháng trước": FieldReduction, "Số ngày ăn": FieldQuantity, "Đơn giá": FieldUnitPrice, "Quỹ lớp": FieldUnknown,
	} {
		if got, _, _ := recognise(moneyRules, headerWords(header)); got != want {
			t.Errorf("money %q is %q, want %q", header, got, want)
		}
	}
}

func TestRecogniseFees(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	rules := w.rules(w.School.ID)
	m := newFeeMatcher(rules)
	for header, want := range map[string]string{
		"Học phí": "HOC_PHI", "HP": "HOC_PHI", "Học phí tháng 12/2026 (đồng)": "HOC_PHI", "Tiền học phí HK1": "HOC_PHI", "HOC_PHI": "HOC_PHI",
		"Tiền ăn": "BAN_TRU", "Ăn bán trú": "BAN_TRU", "Tiền ăn bán trú T12": "BAN_TRU", "Chăm sóc bán trú": "CSBT", "CSBT": "CSBT", "Nước": "NUOC", "Tiền nước uống": "NUOC",
		"BHYT": "BHYT", "Bảo hiểm y tế": "BHYT", "2 buổi/ngày": "HAI_BUOI", "Học 2 buổi": "HAI_BUOI", "CLB bóng đá": "", "Câu lạc bộ bóng đá": "CLB_DA",
		"Câu lạc bộ": "", "Quỹ lớp": "", "Tiền": "", "Tiền học": "", "Quỹ cũ": "", "Viện phí": "", "Bảo hiểm thân thể": "",
	} {
		hit, clear := clearest(m.find(header))
		got := ""
		if clear {
			got = hit.kind.Code
		}
		if got != want {
			t.Errorf("%q is %q (%d, %s), want %q", header, got, hit.score, hit.why, want)
		}
	}
}

func (w *world) rules(f id.Facility) Rules {
	w.t.Helper()
	var r Rules
	w.view(func(tx *db.Tx) (err error) { r, err = LoadRules(tx, f, today); return err })
	return r
}

func TestClassName(t *testing.T) {
	for in, want := range map[string]string{
		"1A": "1A", "lớp 1a": "1A", "Lớp: 10 A1": "10A1", "4đ": "4Đ", " 6/2 ": "6/2", "Chồi 2": "Chồi 2", "": "", "Lớp": "Lớp",
	} {
		if got := className(in); got != want {
			t.Errorf("className(%q) = %q, want %q", in, got, want)
		}
	}
}

// The mapping can be explained: which cell, taken for what, how surely and why.
func TestMappingExplains(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	r := w.round(NewRound{})
	res := w.load(r, "thu.xlsx", workbook(t, sheet{name: "Lớp 2B", rows: [][]any{
		{"Họ và tên", "Tiền ăn", "Ghi chú", "Màu áo"}, {"An", 700000, nil, "xanh"},
	}}), ImportOptions{DryRun: true})
	want := Mapping{Sheets: []SheetMapping{{
		Sheet: "Lớp 2B", HeaderRows: [2]int{1, 1}, Class: "2B", ClassFrom: "tên trang tính",
		Columns: []Column{
			{Col: 0, Ref: "A1", Header: "Họ và tên", Field: FieldName, Confidence: 100, Why: "tiêu đề có chữ “ho va ten”"},
			{Col: 1, Ref: "B1", Header: "Tiền ăn", Field: FieldFee, FeeKind: w.Meals.ID, Confidence: 70, Why: "là một phần tên khoản thu “Tiền ăn bán trú”", Amounts: true},
			{Col: 2, Ref: "C1", Header: "Ghi chú", Field: FieldNote, Confidence: 100, Why: "tiêu đề có chữ “ghi chu”"},
			{Col: 3, Ref: "D1", Header: "Màu áo", Why: "không giống khoản thu nào của cơ sở"},
		},
	}}}
	if diff := cmp.Diff(want, res.Mapping); diff != "" {
		t.Error(diff)
	}
	for _, f := range Fields() {
		if f.Label() == "" || f.Label() == string(f) {
			t.Errorf("field %s has no Vietnamese name", f)
		}
	}
}

// Text files in the encodings that old programs write.
func TestImportEncodings(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	text := "Mã HS,Họ và tên,Lớp,Nước uống\nHS01,Trần Thị Bình,1A,20000\n"
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	// windows-1258 writes tones as combining marks after the letter.
	cp1258, err := charmap.Windows1258.NewEncoder().String("Ma\u0303 HS,Ho\u0323 va\u0300 tên,Lơ\u0301p,Nươ\u0301c uô\u0301ng\nHS01,Trâ\u0300n Thi\u0323 Bi\u0300nh,1A,20000\n")
	if err != nil {
		t.Fatal(err)
	}
	for name, body := range map[string]string{"utf-8": text, "bom": "\ufeff" + text, "utf-16": utf16, "windows-1258": cp1258} {
		r := w.round(NewRound{})
		res := w.load(r, "thu.csv", []byte(body), ImportOptions{})
		if got := w.bills(r); res.Bad != 0 || len(got) != 1 || got[0] != "Trần Thị Bình|1A|HS01|Trần Thị Bình||20000: Nước uống 20000" {
			t.Errorf("%s: %q %+v", name, got, res.Issues)
		}
	}
}

// Instalments follow the round's plan; hidden rows are read and counted.
func TestImportInstalments(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	r := w.round(NewRound{PartPayment: org.Instalments, Plan: []Share{{2, "2026-12-01"}, {1, dueOn}}})
	res := w.load(r, "thu.xlsx", workbook(t, sheet{
		rows: [][]any{{"Họ và tên", "Nước uống"}, {"An", 100000}, {"Bình", 20000}},
		then: func(f *excelize.File, s string) {
			if err := f.SetRowVisible(s, 3, false); err != nil {
				t.Fatal(err)
			}
		},
	}), ImportOptions{})
	if res.Created != 2 || res.HiddenRows != 1 {
		t.Fatalf("%+v", res)
	}
	w.view(func(tx *db.Tx) error {
		return EachNotice(tx, r.ID, nil, nil, today, func(n Notice) error {
			if len(n.Instalments) != 2 || n.Instalments[0].Amount+n.Instalments[1].Amount != n.Total || n.Instalments[0].Amount < n.Instalments[1].Amount {
				t.Errorf("%s: %v", n.BeneficiaryName, n.Instalments)
			}
			return nil
		})
	})
}

// A published bill that was corrected by reissue keeps its place in the round: the workbook
// speaks of the new one.
func TestReimportAfterReissue(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	r := w.round(NewRound{})
	w.load(r, "a.xlsx", workbook(t, classList([]any{"HS1", "An", "1A", 20000})), ImportOptions{})
	old := w.publish(r.ID)[0]
	var c Correction
	w.update(func(tx *db.Tx) error {
		list, err := Notices(tx, []Bill{old})
		if err != nil {
			return err
		}
		n := list[0].Edit()
		if got := n.content(); got != old.content {
			t.Errorf("Edit says something else than the bill")
		}
		n.Lines[0].Amount, n.Lines[0].UnitPrice = 15_000, 15_000
		c, err = Correct(tx, w.gen, w.seq, w.clk.Now(), old.ID, n)
		return err
	})
	res := w.load(r, "b.xlsx", workbook(t, classList([]any{"HS1", "An", "1A", 20000}, []any{"HS2", "Bình", "1A", 20000})), ImportOptions{})
	if res.Unchanged != 1 || res.Created != 1 || res.DifferentCount != 0 || res.VanishedCount != 0 {
		t.Errorf("the same row after a reissue: %+v", res)
	}
	res = w.load(r, "c.xlsx", workbook(t, classList([]any{"HS1", "An", "1A", 18000}, []any{"HS2", "Bình", "1A", 20000})), ImportOptions{})
	if res.DifferentCount != 1 || res.Different[0].Bill != c.After.ID {
		t.Errorf("another amount after a reissue: %+v", res)
	}
}

func TestEditRound(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		r := w.round(NewRound{})
		w.load(r, "a.xlsx", workbook(t, sheet{rows: [][]any{{"Họ và tên", "Nước uống", "Hạn nộp"}, {"An", 20000}, {"Bình", 20000, "15/12/2026"}}}), ImportOptions{})
		edit := func(n NewRound) (Round, error) {
			var out Round
			err := d.Update(t.Context(), func(tx *db.Tx) (err error) { out, err = EditRound(tx, w.clk.Now(), r.ID, n); return err })
			return out, err
		}
		next := NewRound{Name: "Đợt thu cuối năm", Period: "cuối năm", DueOn: "2027-01-15", ExpiresOn: "2027-06-30", Account: w.SchoolAccount.ID, PartPayment: r.PartPayment}
		got, err := edit(next)
		if err != nil || got.Name != next.Name || got.DueOn != next.DueOn || got.ExpiresOn != next.ExpiresOn || got.Account != next.Account {
			t.Fatalf("%+v %v", got, err)
		}
		var says []string
		w.view(func(tx *db.Tx) error {
			return EachNotice(tx, r.ID, nil, nil, today, func(n Notice) error {
				says = append(says, fmt.Sprintf("%s: %s, %s, %s, %s, %v", n.BeneficiaryName, n.Reason, n.Period, n.DueOn, n.ExpiresOn, n.Account == next.Account))
				return nil
			})
		})
		want := []string{"An: Đợt thu cuối năm, cuối năm, 2027-01-15, 2027-06-30, true", "Bình: Đợt thu cuối năm, cuối năm, 2026-12-15, 2027-06-30, true"}
		if diff := cmp.Diff(want, says); diff != "" {
			t.Error(diff)
		}
		next.PartPayment, next.Plan = org.Instalments, []Share{{1, "2026-12-01"}, {1, dueOn}}
		if _, err := edit(next); err == nil {
			t.Error("the division of existing bills was changed")
		}
		w.publish(r.ID)
		next.PartPayment, next.Plan = r.PartPayment, nil
		if _, err := edit(next); err == nil {
			t.Error("a published round was edited")
		}
	})
}
