// Package sample is demo data: the invented province of Lam Giang before and after 1 July
// 2025, its agencies, some forty schools and health facilities of every level, and people who
// sign in. Nothing in it exists: the province, the numbers and the names are made up.
package sample

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/sen-platform/sen/internal/access"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/org"
)

//go:embed data/*.csv
var data embed.FS

// Codes of records the demo and tests speak of.
const (
	Province            = "LG"
	CatVang             = "TH-CATVANG"  // Trường Tiểu học Cát Vàng
	Hospital            = "BV-TINH"     // Bệnh viện Đa khoa tỉnh Lam Giang
	Merged              = "TH-BAIDAU"   // merged into CatVang on 1 August 2024
	CollectsNil         = "MN-LUNGMAY"  // collects nothing: not applicable in the targets
	Paused              = "PK-BINHAN"   // issues no bills for the time being
	University          = "DH-LAMGIANG" // bills in instalments
	EducationDepartment = "SGDDT-LG"
	HealthDepartment    = "SYT-LG"
	ScienceDepartment   = "SKHCN-LG"
)

// Load fills a store with the province and its users, through the same import that a
// province uses. Loading again changes nothing.
func Load(ctx context.Context, o *org.Service, a *access.Service) error {
	files, err := Files()
	if err != nil {
		return err
	}
	result, err := o.Import(ctx, "system", files, false)
	if err != nil {
		return fmt.Errorf("sample: %w", err)
	}
	if !result.Applied {
		return fmt.Errorf("sample: %w", &org.Invalid{Problems: result.Problems})
	}
	for _, u := range Users() {
		if err := loadUser(ctx, a, u); err != nil {
			return fmt.Errorf("sample: user %s: %w", u.Login, err)
		}
	}
	return nil
}

// Files are the tables of the province as CSV files, ready for org.Service.Import.
func Files() ([]org.File, error) {
	names, err := fs.Glob(data, "data/*.csv")
	if err != nil {
		return nil, fmt.Errorf("sample: %w", err)
	}
	files := make([]org.File, len(names))
	for i, name := range names {
		b, err := data.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("sample: %w", err)
		}
		files[i] = org.File{Name: name[len("data/"):], Body: bytes.NewReader(b), Size: int64(len(b))}
	}
	return files, nil
}

// User is a demo sign-in. The password is printed by the demo and good for nothing else.
type User struct {
	Login, Name, Password string
	Role                  access.Role
	Facility              string     // code, of the facility roles
	Agency, Area          string     // codes
	Sector                org.Sector // narrows an officer
}

// Password is that of every demo user.
const Password = "hoasen-mau-2026"

// Users are the demo's people, at least one of every role.
func Users() []User {
	list := []User{
		{Login: "ketoan.catvang", Name: "Trần Thị Kim Liên", Role: access.FacilityAccountant, Facility: CatVang},
		{Login: "thuquy.catvang", Name: "Ngô Thị Hạnh", Role: access.FacilityCashier, Facility: CatVang},
		{Login: "hieutruong.catvang", Name: "Đỗ Quang Sơn", Role: access.FacilityManager, Facility: CatVang},
		{Login: "ketoan.benhvien", Name: "Phạm Thị Ngọc Yến", Role: access.FacilityAccountant, Facility: Hospital},
		{Login: "thungan.benhvien", Name: "Lê Thị Thu Thảo", Role: access.FacilityCashier, Facility: Hospital},
		{Login: "giamdoc.benhvien", Name: "Vũ Đức Hải", Role: access.FacilityManager, Facility: Hospital},
		{Login: "ketoan.hoagao", Name: "Bùi Thị Huệ", Role: access.FacilityAccountant, Facility: "MN-HOAGAO"},
		{Login: "ketoan.daihoc", Name: "Dương Minh Khánh", Role: access.FacilityAccountant, Facility: University},
		{Login: "so.gddt", Name: "Hoàng Thị Vân", Role: access.DepartmentOfficer, Agency: EducationDepartment, Sector: org.Education},
		{Login: "so.yte", Name: "Đặng Hữu Long", Role: access.DepartmentOfficer, Agency: HealthDepartment, Sector: org.Health},
		{Login: "so.khcn", Name: "Nông Thị Thủy", Role: access.DepartmentOfficer, Agency: ScienceDepartment},
		{Login: "xa.catvang", Name: "Lý Văn Nam", Role: access.DepartmentOfficer, Agency: "UBND-X06", Area: "LG.X06"},
		{Login: "quantri.tinh", Name: "Hà Minh Tuấn", Role: access.ProvinceAdmin, Agency: ScienceDepartment},
	}
	for i := range list {
		list[i].Password = Password
	}
	return list
}

func loadUser(ctx context.Context, a *access.Service, u User) error {
	who := access.User{Login: u.Login, Name: u.Name, Role: u.Role, Sector: u.Sector}
	known := false
	err := a.DB.View(ctx, func(tx *db.Tx) error {
		switch _, err := access.UserByLogin(tx, u.Login); {
		case err == nil:
			known = true
			return nil
		case !errors.Is(err, db.ErrNotFound):
			return err
		}
		if u.Facility != "" {
			f, err := org.FacilityByCode(tx, u.Facility)
			if err != nil {
				return err
			}
			who.Facility = f.ID
		}
		if u.Agency != "" {
			g, err := org.AgencyByCode(tx, u.Agency)
			if err != nil {
				return err
			}
			who.Agency = g.ID
		}
		if u.Area != "" {
			area, err := org.AreaByCode(tx, u.Area)
			if err != nil {
				return err
			}
			who.Area = area.ID
		}
		return nil
	})
	if err != nil || known {
		return err
	}
	_, err = a.CreateUser(ctx, access.SystemSubject(), who, u.Password)
	return err
}
