package bill

import (
	"bytes"
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/db/dbtest"
)

// bigWorkbook streams a workbook of n pupils in classes of 40, with three fees each.
func bigWorkbook(b *testing.B, n int, title string) []byte {
	b.Helper()
	f := excelize.NewFile()
	defer f.Close()
	s, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		b.Fatal(err)
	}
	given := []string{"An", "Ánh", "Bình", "Châu", "Dũng", "Đức", "Giang", "Hà", "Khôi", "Linh", "Minh", "Ngọc"}
	middle := []string{"Văn", "Thị", "Minh", "Gia", "Bảo", "Hữu", "Quỳnh"}
	family := []string{"Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Đặng", "Võ", "Bùi"}
	row := func(i int, cells ...any) {
		if err := s.SetRow(fmt.Sprintf("A%d", i), cells); err != nil {
			b.Fatal(err)
		}
	}
	row(1, title)
	row(2, "STT", "Mã HS", "Họ và tên", "Lớp", "Ngày sinh", "Phụ huynh", "SĐT", "Tiền ăn bán trú", "Chăm sóc bán trú", "Nước uống", "Tổng cộng")
	for i := range n {
		name := family[i%8] + " " + middle[i%7] + " " + given[i%12]
		meals := 700_000 + i%10*35_000
		row(i+3, i+1, fmt.Sprintf("74%08d", i), name, fmt.Sprintf("%d%c%d", 1+i/40%12, 'A'+i/480%20, i/9600), "05/09/2016",
			"Phụ huynh "+name, fmt.Sprintf("09%08d", i), meals, 350_000, 20_000, meals+370_000)
	}
	var out bytes.Buffer
	if err := s.Flush(); err != nil {
		b.Fatal(err)
	}
	if err := f.Write(&out); err != nil {
		b.Fatal(err)
	}
	return out.Bytes()
}

// BenchmarkImport takes 100,000 pupils from a workbook into one round, then the same workbook
// again under another name (nothing changes), and publishes them.
func BenchmarkImport(b *testing.B) {
	const pupils = 100_000
	body, same := bigWorkbook(b, pupils, "DANH SÁCH THU"), bigWorkbook(b, pupils, "DANH SÁCH THU, BẢN SỬA")
	b.Logf("workbook of %d bytes", len(body))
	for name, open := range map[string]func(testing.TB) *db.DB{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		b.Run(name, func(b *testing.B) {
			w := newWorld(b, open(b))
			for b.Loop() {
				r := w.round(NewRound{})
				stop := watchHeap()
				start := time.Now()
				if res := w.load(r, "a.xlsx", body, ImportOptions{}); res.Created != pupils || res.Bad != 0 {
					b.Fatalf("%+v", res)
				}
				first, peak := time.Since(start), stop()
				start = time.Now()
				if res := w.load(r, "b.xlsx", same, ImportOptions{}); res.Unchanged != pupils {
					b.Fatalf("%+v", res)
				}
				again := time.Since(start)
				start = time.Now()
				done := 0
				for more := true; more; {
					w.update(func(tx *db.Tx) error {
						list, err := Publish(tx, r.ID, nil, 2000, w.clk.Now())
						done, more = done+len(list), len(list) > 0
						return err
					})
				}
				if done != pupils {
					b.Fatalf("published %d", done)
				}
				b.ReportMetric(pupils/first.Seconds(), "bills/s")
				b.ReportMetric(pupils/again.Seconds(), "again/s")
				b.ReportMetric(pupils/time.Since(start).Seconds(), "published/s")
				b.ReportMetric(float64(peak)/1e6, "peak-MB")
			}
		})
	}
}

// watchHeap samples the heap in use until it is stopped and gives the largest value above
// that of the start.
func watchHeap() func() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	base := m.HeapInuse
	var peak atomic.Uint64
	quit := make(chan struct{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		t := time.NewTicker(20 * time.Millisecond)
		defer t.Stop()
		for {
			select {
			case <-quit:
				return
			case <-t.C:
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				peak.Store(max(peak.Load(), m.HeapInuse))
			}
		}
	}()
	return func() uint64 {
		close(quit)
		<-done
		return max(peak.Load(), base) - base
	}
}
