package collect_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/db/dbtest"
)

// BenchmarkReceive books matched credits of one receiving account from 64 callers; for the
// whole picture (engines, spread, HTTP, a million open bills) see `sen bench receive`.
func BenchmarkReceive(b *testing.B) {
	for _, e := range []struct {
		name string
		open func(testing.TB) *db.DB
	}{{"sqlite", dbtest.SQLite}, {"postgres", dbtest.Postgres}} {
		b.Run(e.name, func(b *testing.B) {
			h := newHouse(b, e.open(b))
			ins := make([]collect.Incoming, 0, b.N)
			for len(ins) < b.N {
				var ns []bill.NewBill
				for range min(1000, b.N-len(ins)-len(ns)) {
					h.n++
					ns = append(ns, bill.NewBill{
						Facility: school, ExternalID: fmt.Sprintf("b%d", h.n), PayerName: "Trần Văn Mẫu", BeneficiaryName: "Nguyễn Minh Khôi",
						BeneficiaryCode: fmt.Sprintf("HS%07d", h.n), Class: "3B", Reason: "Thu tháng 11/2026", Period: "tháng 11/2026", DueOn: "2026-11-30",
						Lines: []bill.Line{{FeeKind: meals, Name: "Tiền ăn", Quantity: 1, UnitPrice: 770000, Amount: 770000}},
					})
				}
				list, err := h.s.Issue(h.ctx, collect.System, ns, true)
				h.must(err)
				for _, x := range list {
					ins = append(ins, h.credit(770000, "MBVCB.4500000001."+string(x.Code)+" LOP 3B.CT tu 0010000000001 NGUYEN VAN A toi 6800112233 TRUONG TH HOA SEN tai BIDV"))
				}
			}
			var next atomic.Int64
			var wg sync.WaitGroup
			b.ResetTimer()
			for range 64 {
				wg.Go(func() {
					for {
						i := int(next.Add(1)) - 1
						if i >= len(ins) {
							return
						}
						out, err := h.s.Receive(h.ctx, ins[i:i+1])
						if err != nil || out[0].Status != collect.Matched {
							b.Errorf("%v %v", out, err)
							return
						}
					}
				})
			}
			wg.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "credits/s")
		})
	}
}
