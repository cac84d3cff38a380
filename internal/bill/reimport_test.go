package bill

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/db/dbtest"
	"github.com/sen-platform/sen/internal/id"
)

func classList(rows ...[]any) sheet {
	return sheet{rows: append([][]any{{"Mã HS", "Họ và tên", "Lớp", "Nước uống"}}, rows...)}
}

func TestReimport(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		r := w.round(NewRound{})
		first := workbook(t, classList(
			[]any{"HS1", "An", "1A", 20000}, []any{"HS2", "Bình", "1A", 20000}, []any{"HS3", "Cúc", "1A", 20000},
			[]any{"HS4", "Dũng", "1A", 20000}, []any{"HS5", "Em", "1B", 20000}, []any{"HS6", "Phú", "1B", "hai chục"},
		))
		dry := w.load(r, "thu.xlsx", first, ImportOptions{DryRun: true})
		if dry.Created != 5 || dry.Bad != 1 || len(w.bills(r)) != 0 {
			t.Fatalf("dry run %+v", dry)
		}
		w.view(func(tx *db.Tx) error {
			n, err := OpenRows(tx, r.ID)
			if n != 0 {
				t.Errorf("a dry run left %d issues", n)
			}
			return err
		})
		res := w.load(r, "thu.xlsx", first, ImportOptions{})
		if res.Created != 5 || res.Bad != 1 || res.Total != 100_000 {
			t.Fatalf("%+v", res)
		}
		before := map[string]Bill{}
		w.view(func(tx *db.Tx) error {
			p, err := Search(tx, Filter{Round: r.ID, Limit: 100})
			for _, b := range p.Bills {
				before[b.BeneficiaryCode] = b
			}
			return err
		})

		// The bill of HS3 is changed by hand, that of HS4 published.
		byHand := w.bill("Cúc", "1A", 15_000)
		byHand.BeneficiaryCode, byHand.Lines = "HS3", []Line{{FeeKind: w.kind["NUOC"].ID, Amount: 15_000}}
		w.update(func(tx *db.Tx) error {
			_, err := Correct(tx, w.gen, w.seq, w.clk.Now(), before["HS3"].ID, byHand)
			return err
		})
		w.update(func(tx *db.Tx) error {
			_, err := PublishBills(tx, []id.Bill{before["HS4"].ID}, w.clk.Now())
			return err
		})

		// A workbook with another name and order that says the same changes nothing.
		same := workbook(t, sheet{rows: [][]any{
			{"Nước uống", "Lớp", "Họ và tên", "Mã HS"},
			{20000, "1A", "Dũng", "HS4"},
			{20000, "1A", "An", "HS1"},
			{20000, "1A", "Cúc", "HS3"},
			{20000, "1A", "Bình", "HS2"},
			{20000, "1B", "Em", "HS5"},
			{"hai chục", "1B", "Phú", "HS6"},
		}})
		again := w.load(r, "khac.xlsx", same, ImportOptions{})
		if again.Unchanged != 5 || again.Created+again.Updated+again.DifferentCount+again.VanishedCount != 0 || again.Bad != 1 {
			t.Errorf("the same rows: %+v", again)
		}
		if got := w.bills(r); !slices.Contains(got, "Cúc|1A|HS3|Cúc||15000: Nước uống 15000") {
			t.Errorf("the change by hand is lost: %q", got)
		}
		w.view(func(tx *db.Tx) error {
			n, err := OpenRows(tx, r.ID)
			if n != 1 {
				t.Errorf("%d open rows, want 1: the old issue is answered by the new workbook", n)
			}
			return err
		})

		// A corrected workbook: HS1 costs more, HS2 left, HS3 and HS4 differ, HS6 is right, HS7 is new.
		fixed := workbook(t, classList(
			[]any{"HS1", "An", "1A", 25000}, []any{"HS3", "Cúc", "1A", 30000}, []any{"HS4", "Dũng", "1A", 30000}, []any{"HS5", "Em", "1B", 20000},
			[]any{"HS6", "Phú", "1B", 20000}, []any{"HS7", "Giang", "1B", 20000},
		))
		dry = w.load(r, "thu.xlsx", fixed, ImportOptions{DryRun: true})
		res = w.load(r, "thu.xlsx", fixed, ImportOptions{})
		dry.DryRun, dry.Import = false, res.Import
		if diff := cmp.Diff(dry, res); diff != "" {
			t.Errorf("the dry run said something else: %s", diff)
		}
		if res.Updated != 1 || res.Created != 2 || res.Unchanged != 1 || res.DifferentCount != 2 || res.VanishedCount != 1 || res.Bad != 0 {
			t.Errorf("%+v", res)
		}
		if v := res.Vanished[0]; v.Name != "Bình" || v.Bill != before["HS2"].ID {
			t.Errorf("vanished %+v", v)
		}
		if res.Different[0].Name != "Cúc" || !strings.Contains(res.Different[0].Why, "sửa tay") || res.Different[0].RowTotal != 30_000 || res.Different[0].Total != 15_000 ||
			res.Different[1].Name != "Dũng" || !strings.Contains(res.Different[1].Why, "phát hành") || res.Different[1].Row != 4 {
			t.Errorf("different %+v", res.Different)
		}
		want := []string{
			"An|1A|HS1|An||25000: Nước uống 25000", "Bình|1A|HS2|Bình||20000: Nước uống 20000", "Cúc|1A|HS3|Cúc||15000: Nước uống 15000",
			"Dũng|1A|HS4|Dũng||20000: Nước uống 20000", "Em|1B|HS5|Em||20000: Nước uống 20000", "Giang|1B|HS7|Giang||20000: Nước uống 20000", "Phú|1B|HS6|Phú||20000: Nước uống 20000",
		}
		if diff := cmp.Diff(want, w.bills(r)); diff != "" {
			t.Error(diff)
		}
		w.view(func(tx *db.Tx) error {
			b, err := ByID(tx, before["HS1"].ID)
			if err != nil || b.Code != before["HS1"].Code || b.Token != before["HS1"].Token || b.Total != 25_000 {
				t.Errorf("updated in place: %+v %v", b, err)
			}
			if n, err := OpenRows(tx, r.ID); err != nil || n != 0 {
				t.Errorf("%d open rows after the correction (%v)", n, err)
			}
			ims, err := Imports(tx, r.ID)
			if err != nil || len(ims) != 3 || ims[0].FinishedAt.IsZero() || ims[0].Result.Updated != 1 || len(ims[0].Result.Mapping.Sheets) != 1 {
				t.Errorf("imports %+v %v", ims, err)
			}
			name, body, err := ImportBody(tx, ims[0].ID)
			if err != nil || name != "thu.xlsx" || string(body) != string(fixed) {
				t.Errorf("the workbook is not kept: %v", err)
			}
			return nil
		})

		// A vanished draft may go; the workbook that had it brings it back.
		w.update(func(tx *db.Tx) error { return DeleteDrafts(tx, []id.Bill{before["HS2"].ID}) })
		if again := w.load(r, "thu.xlsx", fixed, ImportOptions{}); again.AlreadyThere || again.VanishedCount != 0 || again.Created != 0 || again.Import != res.Import {
			t.Errorf("after deleting: %+v", again)
		}
		if again := w.load(r, "thu.xlsx", fixed, ImportOptions{}); !again.AlreadyThere {
			t.Errorf("twice the same: %+v", again)
		}
		if again := w.load(r, "thu.xlsx", first, ImportOptions{}); again.Created != 1 || again.Updated != 1 {
			t.Errorf("the first workbook again: %+v", again)
		}
	})
}

// A code added to the workbook later, or a column dropped, does not double the bills.
func TestReimportFindsPeopleByName(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	r := w.round(NewRound{})
	without := workbook(t, sheet{rows: [][]any{{"Họ và tên", "Lớp", "Nước uống"}, {"An", "1A", 20000}, {"Bình", "1A", 20000}}})
	with := workbook(t, classList([]any{"HS1", "An", "1A", 20000}, []any{"HS2", "Bình", "1A", 30000}, []any{"HS3", "Bình", "1A", 40000}))
	w.load(r, "a.xlsx", without, ImportOptions{})
	for _, dry := range []bool{true, false} {
		res := w.load(r, "b.xlsx", with, ImportOptions{DryRun: dry})
		if res.Created != 1 || res.Updated != 2 || res.VanishedCount != 0 { // HS2 or HS3 takes Bình's bill, the other is new
			t.Fatalf("codes added (dry %v): %+v", dry, res)
		}
	}
	res := w.load(r, "c.xlsx", workbook(t, sheet{rows: [][]any{{"Họ và tên", "Lớp", "Nước uống"}, {"An", "1A", 20000}}}), ImportOptions{})
	if res.Created != 0 || res.Updated+res.Unchanged != 1 || res.VanishedCount != 2 {
		t.Errorf("codes dropped: %+v", res)
	}
	if got := w.bills(r); len(got) != 3 {
		t.Errorf("%q", got)
	}
}

func TestFixAndSkip(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		r := w.round(NewRound{})
		body := workbook(t, classList(
			[]any{"HS1", "An", "1A", 20000}, []any{"HS2", nil, "1A", "hai chục"}, []any{"HS1", "Cúc", "1A", 20000}, []any{"HS4", "Dũng", "", 20000}, []any{"HS5", "Em", "1B", 20000.5},
		))
		w.load(r, "thu.xlsx", body, ImportOptions{})
		issues := func() []Issue {
			var out []Issue
			w.view(func(tx *db.Tx) (err error) { out, err = Issues(tx, r.ID, 0, 100); return err })
			return out
		}
		find := func(cell string) Issue {
			t.Helper()
			for _, i := range issues() {
				if i.Cell == cell {
					return i
				}
			}
			t.Fatalf("no issue at %s: %+v", cell, issues())
			return Issue{}
		}
		fix := func(cell, value string) Fixed {
			t.Helper()
			i := find(cell)
			f, err := w.service().FixIssue(t.Context(), r.ID, i.N, map[string]string{i.Field: value})
			if err != nil {
				t.Fatalf("fix %s: %v", cell, err)
			}
			return f
		}
		if n := len(issues()); n != 5 {
			t.Fatalf("%d issues: %+v", n, issues())
		}
		// A row with two issues needs both answers, in any order; what was typed is kept.
		if f := fix("D3", "20.000"); f.Bill != nil || len(f.Issues) != 1 || f.Issues[0].Cell != "B3" {
			t.Errorf("half fixed: %+v", f)
		}
		if f := fix("B3", "123"); f.Bill != nil || f.Issues[0].Value != "123" || f.Issues[0].Code != CodeName {
			t.Errorf("fixed badly: %+v", f)
		}
		if f := fix("B3", " Bi\u0300nh "); f.Bill == nil || f.Bill.BeneficiaryName != "Bình" || f.Bill.Total != 20_000 {
			t.Errorf("fixed: %+v", f)
		}
		// A duplicate stays one until its code is its own.
		if f := fix("A4", "HS1"); f.Bill != nil || f.Issues[0].Code != CodeDuplicate {
			t.Errorf("still a duplicate: %+v", f)
		}
		if f := fix("A4", "HS2"); f.Bill != nil || f.Issues[0].Code != CodeDuplicate {
			t.Errorf("a duplicate of another: %+v", f)
		}
		if f := fix("A4", "HS3"); f.Bill == nil || f.Bill.BeneficiaryCode != "HS3" {
			t.Errorf("not fixed: %+v", f)
		}
		if f := fix("D6", find("D6").Suggestion); f.Bill == nil || f.Bill.Total != 20_001 {
			t.Errorf("by suggestion: %+v", f)
		}
		gone := find("C5")
		w.update(func(tx *db.Tx) error {
			n, err := SkipIssues(tx, r.ID, []int64{gone.N})
			if n != 1 {
				t.Errorf("skipped %d", n)
			}
			return err
		})
		if _, err := w.service().FixIssue(t.Context(), r.ID, gone.N, nil); !errors.Is(err, db.ErrNotFound) {
			t.Errorf("fix what was skipped: %v", err)
		}
		if left := issues(); len(left) != 0 {
			t.Errorf("left: %+v", left)
		}
		want := w.bills(r)
		if len(want) != 4 {
			t.Fatalf("%q", want)
		}

		// The same rows in another file: nobody is asked again, nothing changes.
		other := workbook(t, classList(
			[]any{"HS1", "An", "1A", 20000}, []any{"HS2", nil, "1A", "hai chục"}, []any{"HS1", "Cúc", "1A", 20000}, []any{"HS4", "Dũng", "", 20000}, []any{"HS5", "Em", "1B", 20000.5},
			[]any{"HS9", "Yến", "1B", 20000},
		))
		res := w.load(r, "thu.xlsx", other, ImportOptions{})
		if res.Created != 1 || res.Updated != 0 || res.Skipped != 1 || res.VanishedCount != 0 || len(res.Issues) != 1 || res.Issues[0].Code != CodeDuplicate {
			t.Errorf("again: %+v", res)
		}
	})
}

func TestNewClasses(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	before := w.round(NewRound{})
	w.load(before, "a.xlsx", workbook(t, classList([]any{"HS1", "An", "4D", 20000}, []any{"HS2", "Bình", "5A", 20000})), ImportOptions{})
	w.publish(before.ID)
	r := w.round(NewRound{})
	res := w.load(r, "b.xlsx", workbook(t, classList([]any{"HS1", "An", "4Đ", 20000}, []any{"HS2", "Bình", "5A", 25000}, []any{"HS3", "Cúc", "Chồi 10", 20000})), ImportOptions{})
	if diff := cmp.Diff([]NewClass{{Class: "4Đ", Rows: 1, Nearest: "4D"}, {Class: "Chồi 10", Rows: 1}}, res.NewClasses); diff != "" {
		t.Error(diff)
	}
	w.view(func(tx *db.Tx) error {
		d, err := ChangedSince(tx, r.ID, 10)
		if err != nil {
			return err
		}
		if d.Before != before.ID || d.Entered != 1 || d.Left != 0 || d.Changed != 1 || d.Same != 1 || len(d.LeftList) != 0 ||
			d.EnteredList[0].Name != "Cúc" || d.ChangedList[0].Name != "Bình" || d.ChangedList[0].Before != 20_000 || d.ChangedList[0].Total != 25_000 {
			t.Errorf("%+v", d)
		}
		want := []FeeChange{{FeeKind: w.kind["NUOC"].ID, BillsBefore: 2, BillsAfter: 3, AmountBefore: 40_000, AmountAfter: 65_000}}
		if diff := cmp.Diff(want, d.Fees); diff != "" {
			t.Error(diff)
		}
		back, err := Compare(tx, r.ID, before.ID, 10)
		if back.Left != 1 || back.LeftList[0].Name != "Cúc" || back.Entered != 0 {
			t.Errorf("%+v", back)
		}
		return err
	})
}

func TestImportControl(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	r := w.round(NewRound{})
	res := w.load(r, "a.xlsx", workbook(t, sheet{name: "Khối 1", rows: [][]any{
		{"Họ và tên", "Lớp", "Nước uống", "Học phí"},
		{"Tống Công Minh", "1A", 20000, 300000},
		{"Cộng lớp 1A", nil, 20000, 300000},
		{"Bình", "1B", 20000, 300000},
		{"Cộng lớp 1B", nil, 20000, 300000},
		{"Tổng cộng", nil, 40000, 700000},
	}}), ImportOptions{})
	if res.Created != 2 {
		t.Fatalf("%+v", res)
	}
	if diff := cmp.Diff([]Control{{Sheet: "Khối 1", Cell: "D6", Header: "Học phí", Stated: 700_000, Counted: 600_000}}, res.Controls); diff != "" {
		t.Error(diff)
	}
}

func TestImportHospital(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	r := w.round(NewRound{Facility: w.Hospital.ID, Name: "Viện phí ngày 23/11/2026"})
	body := workbook(t, sheet{rows: [][]any{
		{"BẢNG KÊ THU VIỆN PHÍ"},
		{"STT", "Mã bệnh nhân", "Số phiếu", "Họ tên người bệnh", "Năm sinh", "Nội dung", "Tổng chi phí", "BHYT chi trả", "Người bệnh trả"},
		{1, "BN001", "VP-1", "Lê Thị Mẫu", 1945, "Khám ngoại trú", 500000, 400000, 100000},
		{2, "BN001", "VP-2", "Lê Thị Mẫu", "12/05/1945", "Xét nghiệm", 300000, 0, 300000},
		{3, "BN002", "VP-2", "Trần Văn Thử", 1980, "Xét nghiệm", 300000, 0, 300000},
	}})
	res := w.load(r, "vp.xlsx", body, ImportOptions{})
	if res.Blocked() || res.Created != 2 || len(res.Issues) != 1 || res.Issues[0].Cell != "C5" || res.Issues[0].Code != CodeDuplicate {
		t.Fatalf("%+v", res)
	}
	w.view(func(tx *db.Tx) error {
		p, err := Search(tx, Filter{Round: r.ID})
		if err != nil || len(p.Bills) != 2 {
			t.Fatalf("%v %v", p, err)
		}
		b := p.Bills[1]
		if b.Total != 100_000 || b.BeneficiaryCode != "BN001" || b.BirthYear != 1945 || b.Reason != "Khám ngoại trú (số phiếu VP-1)" || b.SoleFeeKind != w.kind["VIEN_PHI"].ID || b.Code.Prefix() != "VP" {
			t.Errorf("%+v", b)
		}
		return nil
	})
}

// An import that dies between two steps is carried on by importing the same workbook again,
// and ends as if it had never died.
func TestImportResumes(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		rows := [][]any{}
		for i := range 2*importStep + 500 {
			amount := any(20000)
			if i%700 == 3 {
				amount = "hỏng"
			}
			rows = append(rows, []any{fmt.Sprintf("HS%05d", i), fmt.Sprintf("Học sinh %d", i), fmt.Sprintf("%dA", 1+i/600), amount})
		}
		rows[4400][0] = "HS00001" // a duplicate of a row two steps before
		body := workbook(t, classList(rows...))
		r := w.round(NewRound{})
		ctx, cancel := context.WithCancel(t.Context())
		_, err := w.service().Import(ctx, r.ID, Bytes("thu.xlsx", body), ImportOptions{Progress: func(n int) {
			if n == importStep {
				cancel()
			}
		}})
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("cancelled: %v", err)
		}
		if got := len(w.bills(r)); got != importStep-3 {
			t.Fatalf("%d bills after the first step", got)
		}
		res := w.load(r, "thu.xlsx", body, ImportOptions{})
		whole := w.round(NewRound{})
		once := w.load(whole, "thu.xlsx", body, ImportOptions{})
		if !res.Resumed {
			t.Error("not resumed")
		}
		res.Resumed, once.Import, once.Issues, res.Issues = false, res.Import, nil, nil
		if diff := cmp.Diff(once, res); diff != "" {
			t.Errorf("resumed and whole differ: %s", diff)
		}
		if diff := cmp.Diff(w.bills(whole), w.bills(r)); diff != "" {
			t.Error(diff)
		}
		for _, round := range []Round{r, whole} {
			w.view(func(tx *db.Tx) error {
				n, err := OpenRows(tx, round.ID)
				if n != res.Bad || n != 8 {
					t.Errorf("%d open rows, %d bad", n, res.Bad)
				}
				return err
			})
		}
	})
}

// Whatever the order of columns and rows: the same bills; and a second import changes nothing.
func TestImportOrderDoesNotMatter(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	head := []string{"STT", "Mã HS", "Họ và tên", "Lớp", "Nước uống", "Học phí", "Miễn giảm", "Phụ huynh", "SĐT"}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 6).Draw(t, "pupils")
		rows := make([][]string, n)
		for i := range rows {
			fee := rapid.Int64Range(1, 5).Draw(t, "fee") * 100_000
			cut := rapid.Int64Range(0, 3).Draw(t, "cut") * 10_000
			rows[i] = []string{
				fmt.Sprint(i + 1), fmt.Sprintf("HS%d", i), rapid.SampledFrom([]string{"Nguyễn Văn An", "Tống Công Minh", "Đỗ Thị Ân", "Lê Tổng"}).Draw(t, "name"),
				rapid.SampledFrom([]string{"1A", "2B", "10A"}).Draw(t, "class"), "20000", fmt.Sprint(fee), fmt.Sprint(cut), "Phạm Văn Mẫu", "0912345678",
			}
		}
		text := func(order []int, rows [][]string) []byte {
			var b strings.Builder
			for _, row := range append([][]string{head}, rows...) {
				for i, c := range order {
					if i > 0 {
						b.WriteByte(';')
					}
					b.WriteString(row[c])
				}
				b.WriteByte('\n')
			}
			return []byte(b.String())
		}
		columns := []int{0, 1, 2, 3, 4, 5, 6, 7, 8}
		one, two := w.round(NewRound{}), w.round(NewRound{})
		first := w.load(one, "a.csv", text(columns, rows), ImportOptions{})
		shuffled := text(rapid.Permutation(columns).Draw(t, "columns"), rapid.Permutation(rows).Draw(t, "rows"))
		second := w.load(two, "b.csv", shuffled, ImportOptions{})
		if first.Bad != 0 || first.Created != n || second.Created != n || first.Total != second.Total {
			t.Fatalf("%+v\n%+v", first, second)
		}
		got, want := w.bills(two), w.bills(one)
		slices.Sort(got) // people of one name and class have no order but that of their making
		slices.Sort(want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
		if again := w.load(one, "c.csv", shuffled, ImportOptions{}); again.Unchanged != n || again.Created+again.Updated+again.VanishedCount+again.DifferentCount != 0 {
			t.Fatalf("again: %+v", again)
		}
	})
}
