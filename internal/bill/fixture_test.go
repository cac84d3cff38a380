package bill

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/sen-platform/sen/internal/billcode"
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/org/orgtest"
	"github.com/sen-platform/sen/internal/vnd"
)

// today is the day tests play on: 23 November 2026.
var today = clock.Date("2026-11-23")

const dueOn = clock.Date("2026-12-31")

// world is a school and a hospital with fee kinds, in an empty store.
type world struct {
	*orgtest.World
	t    testing.TB
	db   *db.DB
	clk  *clock.Manual
	gen  *id.Gen
	seq  *billcode.Sequence
	kind map[string]org.FeeKind
}

func newWorld(t testing.TB, d *db.DB) *world {
	t.Helper()
	clk := clock.NewManual(today.Time().Add(8 * time.Hour))
	w := &world{t: t, db: d, clk: clk, gen: id.NewGenNode(clk, 7), kind: map[string]org.FeeKind{}}
	w.World = orgtest.New(t, d, w.gen, clk)
	w.kind["BAN_TRU"], w.kind["KHAM"] = w.Meals, w.Visit
	ceiling := vnd.Amount(500_000)
	for _, k := range []org.FeeKind{
		{Code: "HOC_PHI", Name: "Học phí", Sector: org.Education, Ceiling: &ceiling, LegalBasis: "NQ 12/2026/NQ-HĐND", ValidFrom: "2020-01-01"},
		{Code: "CSBT", Name: "Chăm sóc bán trú", Sector: org.Education, ValidFrom: "2020-01-01"},
		{Code: "NUOC", Name: "Nước uống", Sector: org.Education, ValidFrom: "2020-01-01"},
		{Code: "BHYT", Name: "Bảo hiểm y tế học sinh", Sector: org.Both, ValidFrom: "2020-01-01"},
		{Code: "HAI_BUOI", Name: "Dạy học 2 buổi/ngày", Sector: org.Education, ValidFrom: "2020-01-01"},
		{Code: "CLB_DA", Name: "Câu lạc bộ bóng đá", Sector: org.Education, ValidFrom: "2020-01-01"},
		{Code: "CLB_BAN", Name: "Câu lạc bộ bóng bàn", Sector: org.Education, ValidFrom: "2020-01-01"},
		{Code: "CU", Name: "Quỹ cũ", Sector: org.Education, ValidFrom: "2020-01-01", ValidTo: "2026-01-01"},
		{Code: "VIEN_PHI", Name: "Viện phí", Sector: org.Health, ValidFrom: "2020-01-01"},
	} {
		if k.LegalBasis == "" {
			k.Voluntary = true
		}
		made, err := w.Service.CreateFeeKind(t.Context(), "test", k)
		if err != nil {
			t.Fatalf("fee kind %s: %v", k.Code, err)
		}
		w.kind[k.Code] = made
	}
	seq, err := billcode.NewSequence(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	w.seq = seq
	return w
}

func (w *world) update(fn func(tx *db.Tx) error) {
	w.t.Helper()
	if err := w.db.Update(context.Background(), fn); err != nil {
		w.t.Fatalf("update: %v", err)
	}
}

func (w *world) view(fn func(tx *db.Tx) error) {
	w.t.Helper()
	if err := w.db.View(context.Background(), fn); err != nil {
		w.t.Fatalf("view: %v", err)
	}
}

// bill is a good bill of the school for a pupil.
func (w *world) bill(name, class string, amount vnd.Amount) NewBill {
	return NewBill{
		Facility: w.School.ID, BeneficiaryName: name, Class: class, Reason: "Thu tháng 12/2026", Period: "tháng 12/2026",
		Lines: []Line{{FeeKind: w.kind["CSBT"].ID, Amount: amount}}, DueOn: dueOn,
	}
}

func (w *world) create(list ...NewBill) []Bill {
	w.t.Helper()
	var out []Bill
	w.update(func(tx *db.Tx) error {
		var err error
		out, err = Create(tx, w.gen, w.seq, w.clk.Now(), list)
		return err
	})
	return out
}

func (w *world) round(n NewRound) Round {
	w.t.Helper()
	if n.Facility == 0 {
		n.Facility = w.School.ID
	}
	if n.Name == "" {
		n.Name, n.Period = "Đợt thu tháng 12/2026", "tháng 12/2026"
	}
	if n.DueOn == "" {
		n.DueOn = dueOn
	}
	var r Round
	w.update(func(tx *db.Tx) error {
		var err error
		r, err = CreateRound(tx, w.gen, w.clk.Now(), n)
		return err
	})
	return r
}

// pay books money on a bill as the way of a credit does.
func (w *world) pay(b id.Bill, amount vnd.Amount) {
	w.t.Helper()
	w.update(func(tx *db.Tx) error {
		return ChangePaid(tx, []PaidChange{{Bill: b, Delta: amount}})
	})
}

func (w *world) publish(round id.Round, classes ...string) []Bill {
	w.t.Helper()
	var out []Bill
	for {
		var page []Bill
		w.update(func(tx *db.Tx) error {
			var err error
			page, err = Publish(tx, round, classes, 3, w.clk.Now())
			return err
		})
		if len(page) == 0 {
			return out
		}
		out = append(out, page...)
	}
}
