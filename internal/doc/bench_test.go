package doc

import (
	"bytes"
	"fmt"
	"io"
	"testing"

	"github.com/sen-platform/sen/internal/vnd"
)

// billList writes a workbook as a school's accountant would: rows × 12 columns.
func billList(tb testing.TB, rows int) []byte {
	tb.Helper()
	w, err := NewWorkbook("Danh sách thu", at("2026-11-01 08:00"))
	if err != nil {
		tb.Fatal(err)
	}
	cols := []Column{
		{Title: "STT", Kind: Count},
		{Title: "Mã học sinh"},
		{Title: "Họ và tên"},
		{Title: "Lớp"},
		{Title: "Ngày sinh", Kind: Date},
		{Title: "Phụ huynh"},
		{Title: "Điện thoại"},
		{Title: "Tiền ăn", Kind: Money},
		{Title: "Bán trú", Kind: Money},
		{Title: "Nước uống", Kind: Money},
		{Title: "Tổng", Kind: Money},
		{Title: "Ghi chú"},
	}
	s, err := w.Sheet("Khối 1", cols, "DANH SÁCH THU THÁNG 11/2026", "Trường Tiểu học Cát Vàng")
	if err != nil {
		tb.Fatal(err)
	}
	for i := range rows {
		err := s.Row(i+1, fmt.Sprintf("HS%08d", i), fmt.Sprintf("Nguyễn Thị Mẫu %d", i), fmt.Sprintf("%dA%d", i%5+1, i%7),
			at("2018-01-01 00:00").AddDate(0, 0, i%365).Format("2006-01-02"), fmt.Sprintf("Phụ huynh số %d", i), fmt.Sprintf("09%08d", i),
			vnd.Amount(770000+i), vnd.Amount(350000), vnd.Amount(20000), vnd.Amount(1140000+i), nil)
		if err != nil {
			tb.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := w.Write(&b); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func BenchmarkTableXLSX(b *testing.B) {
	file := sharedList(b, 100_000)
	b.ReportAllocs()
	for b.Loop() {
		t, err := OpenTable(bytes.NewReader(file), int64(len(file)), "a.xlsx", Limits{})
		if err != nil {
			b.Fatal(err)
		}
		n := 0
		for _, err := range t.Rows(t.Sheets()[0]) {
			if err != nil {
				b.Fatal(err)
			}
			n++
		}
		if n != 100_000 {
			b.Fatal(n)
		}
	}
}

func BenchmarkWorkbook(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		billList(b, 100_000)
	}
}

func BenchmarkReceipt(b *testing.B) {
	r := sampleReceipt(b)
	b.ReportAllocs()
	for b.Loop() {
		if err := WriteReceipt(io.Discard, r); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkNotices(b *testing.B) {
	n := sampleNotice(b)
	b.ReportAllocs()
	for b.Loop() {
		var out bytes.Buffer
		w, err := NewNoticeWriter(&out, NoticeOptions{Title: "Thông báo thu", MadeAt: at("2026-11-22 08:00")})
		if err != nil {
			b.Fatal(err)
		}
		for range 1000 {
			if err := w.Add(n); err != nil {
				b.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(out.Len())/1000, "B/notice")
	}
}
