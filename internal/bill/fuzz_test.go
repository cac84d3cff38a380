package bill

import (
	"bytes"
	"errors"
	"testing"

	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/db/dbtest"
	"github.com/sen-platform/sen/internal/doc"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/vnd"
)

var fuzzSeeds = []string{
	"Mã HS;Họ và tên;Lớp;Chăm sóc bán trú;Nước uống\nHS01;Nguyễn Văn An;1A;350.000;20.000 đ\nHS02;Trần Thị Bình;1A;350,000;-\n",
	"STT,Họ đệm,Tên,Ngày sinh,SĐT,Học phí,Miễn giảm,Tổng cộng,Ghi chú\n1,Lê Bảo,Ngọc,05/09/2019,0912345678,400000,200000,200000,hộ nghèo\n,,Tổng,,,400000,200000,200000,\n",
	"DANH SÁCH LỚP 3A\nTên học sinh\tSố tiền\nAn\t1,25tr\nBình\t350000.5\nCúc\t-5\nDũng\t1000000000000000\n",
	"Họ và tên;Nước uống;Nước uống\nAn;1000;2000\n",
	"Họ tên;Tiền ăn bán trú - Số ngày;Đơn giá;Thành tiền\nAn;21;35.000;735.000\nLớp 2B\nBình;20;35000;\n",
	"\ufeffHọ tên;Lớp;Hạn nộp;Học phí\nAn;1A;31/12/2026;400000\nAn;1A;31/12/2026;400000\n;;;400000\n",
}

// FuzzDetect: whatever stands in a sheet, its reading keeps its promises, and a row without
// issues is a bill that could be made.
func FuzzDetect(f *testing.F) {
	for _, s := range fuzzSeeds {
		f.Add([]byte(s), "1A")
	}
	w := newWorld(f, dbtest.SQLite(f))
	var rules Rules
	w.view(func(tx *db.Tx) (err error) { rules, err = LoadRules(tx, w.School.ID, today); return err })
	round := w.round(NewRound{})
	f.Fuzz(func(t *testing.T, body []byte, name string) {
		table, err := doc.OpenTable(bytes.NewReader(body), int64(len(body)), "thu.csv", doc.Limits{})
		if err != nil {
			return
		}
		for _, sheet := range table.Sheets() {
			var rows []doc.Row
			for r, err := range table.Rows(sheet) {
				if err != nil || len(rows) == 500 {
					break
				}
				rows = append(rows, keep(r))
			}
			m := Detect(rules, name, rows[:min(len(rows), detectRows)], nil)
			m.problems()
			if m.Skipped != "" {
				continue
			}
			seen := map[Field]Column{}
			for _, c := range m.Columns {
				if c.Confidence < 0 || c.Confidence > 100 {
					t.Fatalf("confidence of %+v", c)
				}
				if first, twice := seen[c.Field]; twice && !c.Field.repeats() && headerWords(first.Header) != headerWords(c.Header) {
					t.Fatalf("two columns are one field: %+v %+v", first, c)
				}
				seen[c.Field] = c
				if _, known := rules.Kinds[c.FeeKind]; c.FeeKind != 0 && !known {
					t.Fatalf("unknown fee kind: %+v", c)
				}
			}
			s := newSheetReader(m, nil)
			e := evaluator{rules: rules, round: round}
			for _, r := range rows {
				if r.Number <= m.HeaderRows[1] {
					continue
				}
				in, kind := s.read(r)
				if kind != rowData {
					continue
				}
				got := e.read(in)
				for _, i := range got.issues {
					if i.Reason == "" || i.Field == "" || i.Code == "" || i.FieldLabel == "" || (i.Remedy == "" && i.Code != CodeZero) {
						t.Fatalf("issue says too little: %+v", i)
					}
				}
				if len(got.issues) > 0 {
					continue
				}
				total, err := got.bill.Total()
				if err != nil || total < 1 || total > vnd.MaxBill || got.key == "" || got.bill.BeneficiaryName == "" || got.bill.content() == "" {
					t.Fatalf("good row %+v gives %+v", in, got.bill)
				}
				byKind := map[id.FeeKind]vnd.Amount{}
				for _, l := range got.bill.Lines {
					byKind[l.FeeKind] += l.Amount
				}
				for k, sum := range byKind {
					if sum < 0 {
						t.Fatalf("fee kind %v sums to %d", k, int64(sum))
					}
				}
			}
		}
	})
}

// FuzzImportCSV: an import counts every row once, and the same rows again change nothing.
func FuzzImportCSV(f *testing.F) {
	for _, s := range fuzzSeeds {
		f.Add([]byte(s))
	}
	w := newWorld(f, dbtest.SQLite(f))
	f.Fuzz(func(t *testing.T, body []byte) {
		w.t = t
		r := w.round(NewRound{})
		first, err := w.service().Import(t.Context(), r.ID, Bytes("thu.csv", body), ImportOptions{})
		if err != nil {
			var file *doc.FileError
			if !errors.As(err, &file) || file.Reason == "" {
				t.Fatalf("%v", err)
			}
			return
		}
		if first.Blocked() {
			return
		}
		if first.Rows != first.Good+first.Bad || first.Good != first.Created || first.Updated+first.Unchanged+first.DifferentCount+first.VanishedCount != 0 {
			t.Fatalf("%+v", first)
		}
		var sum vnd.Amount
		w.view(func(tx *db.Tx) error {
			return EachNotice(tx, r.ID, nil, nil, today, func(n Notice) error {
				var lines vnd.Amount
				for _, l := range n.Lines {
					lines += l.Amount
				}
				if lines != n.Total {
					t.Fatalf("lines %d, total %d", int64(lines), int64(n.Total))
				}
				sum += n.Total
				return nil
			})
		})
		if sum != first.Total {
			t.Fatalf("bills %d, result %d", int64(sum), int64(first.Total))
		}
		again, err := w.service().Import(t.Context(), r.ID, Bytes("thu2.csv", append(bytes.Clone(body), '\n')), ImportOptions{})
		if err != nil || again.Blocked() {
			return // one more line end can change how a file of one line is read
		}
		if again.Rows == first.Rows && (again.Unchanged != first.Good || again.Created+again.Updated+again.DifferentCount != 0) {
			t.Fatalf("again %+v", again)
		}
	})
}
