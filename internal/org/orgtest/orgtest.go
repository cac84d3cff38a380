// Package orgtest gives other rooms' tests a small province to stand on.
package orgtest

import (
	"testing"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/org"
)

// World is one commune with one school, one hospital, an account of each, and a fee kind of
// each sector.
type World struct {
	Service         *org.Service
	Province        org.Area
	Commune         org.Area
	School          org.Facility
	Hospital        org.Facility
	SchoolAccount   org.Account
	HospitalAccount org.Account
	Meals           org.FeeKind // education, no ceiling
	Visit           org.FeeKind // health, no ceiling
}

// New makes a World in an empty store.
func New(t testing.TB, d *db.DB, ids *id.Gen, clk clock.Clock) *World {
	t.Helper()
	ctx := t.Context()
	w := &World{Service: &org.Service{DB: d, IDs: ids, Clock: clk}}
	const since = clock.Date("2020-01-01")
	var err error
	check := func() {
		t.Helper()
		if err != nil {
			t.Fatalf("orgtest: %v", err)
		}
	}
	w.Province, err = w.Service.CreateArea(ctx, "test", org.Area{Code: "99", Name: "Tỉnh Thử", Level: org.Province, ValidFrom: since})
	check()
	w.Commune, err = w.Service.CreateArea(ctx, "test", org.Area{Code: "99.001", Name: "Xã Thử", Level: org.Commune, Parent: w.Province.ID, ValidFrom: since})
	check()
	w.School, err = w.Service.CreateFacility(ctx, "test", org.Facility{
		Code: "TH-THU", Name: "Trường Tiểu học Thử", Sector: org.Education, Level: org.TieuHoc,
		Area: w.Commune.ID, Status: org.Active, OpenedOn: since, PartPayment: org.FreeParts, CodePrefix: org.PrefixTuition, Size: 400, Collects: true,
	})
	check()
	w.Hospital, err = w.Service.CreateFacility(ctx, "test", org.Facility{
		Code: "BV-THU", Name: "Bệnh viện Thử", Sector: org.Health, Level: org.BenhVienTinh,
		Area: w.Commune.ID, Status: org.Active, OpenedOn: since, PartPayment: org.FreeParts, CodePrefix: org.PrefixHospital, Size: 200, Collects: true,
	})
	check()
	w.SchoolAccount, err = w.Service.CreateAccount(ctx, "test", org.Account{
		Facility: w.School.ID, BankBIN: "970436", Number: "9990000001",
		Holder: "TRUONG TIEU HOC THU", VAPrefix: "9998", VALength: 12, Status: org.AccountActive, ValidFrom: since,
	})
	check()
	w.HospitalAccount, err = w.Service.CreateAccount(ctx, "test", org.Account{
		Facility: w.Hospital.ID, BankBIN: "970418", Number: "9990000002",
		Holder: "BENH VIEN THU", Status: org.AccountActive, ValidFrom: since,
	})
	check()
	w.Meals, err = w.Service.CreateFeeKind(ctx, "test", org.FeeKind{Code: "BAN_TRU", Name: "Tiền ăn bán trú", Sector: org.Education, Voluntary: true, ValidFrom: since})
	check()
	w.Visit, err = w.Service.CreateFeeKind(ctx, "test", org.FeeKind{Code: "KHAM", Name: "Tiền khám bệnh", Sector: org.Health, LegalBasis: "Văn bản mẫu", ValidFrom: since})
	check()
	return w
}
