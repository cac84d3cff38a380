package org

import (
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/id"
)

// AgencyKind is the part an agency plays in the programme (requirements A1–A7).
type AgencyKind string

// The parts.
const (
	PeopleCommittee     AgencyKind = "people_committee" // A1
	ScienceDepartment   AgencyKind = "science"          // A2, until 2025 Information and Communications
	EducationDepartment AgencyKind = "education"        // A3
	HealthDepartment    AgencyKind = "health"           // A4
	StateBank           AgencyKind = "state_bank"       // A5
	FinanceDepartment   AgencyKind = "finance"          // A6
	DistrictCommittee   AgencyKind = "district"         // A7 until 30 June 2025
	CommuneCommittee    AgencyKind = "commune"          // A7
	OtherAgency         AgencyKind = "other"
)

var agencyKinds = []labelled[AgencyKind]{
	{PeopleCommittee, "UBND tỉnh"},
	{ScienceDepartment, "Sở Khoa học và Công nghệ"},
	{EducationDepartment, "Sở Giáo dục và Đào tạo"},
	{HealthDepartment, "Sở Y tế"},
	{StateBank, "Ngân hàng Nhà nước"},
	{FinanceDepartment, "Sở Tài chính"},
	{DistrictCommittee, "UBND cấp huyện"},
	{CommuneCommittee, "UBND cấp xã"},
	{OtherAgency, "Cơ quan khác"},
}

// Label is the Vietnamese name of the part.
func (k AgencyKind) Label() string { return label(agencyKinds, k) }

// Agency is a department, a People's Committee or another body that takes part.
type Agency struct {
	ID        id.Agency
	Code      string // unique for ever, e.g. "SGDDT"
	Name      string
	Kind      AgencyKind
	Area      id.Area   // the unit it answers for
	Parent    id.Agency // zero at the top
	ValidFrom clock.Date
	ValidTo   clock.Date
}

// ValidOn reports whether the agency existed on the day.
func (a Agency) ValidOn(on clock.Date) bool { return validOn(a.ValidFrom, a.ValidTo, on) }

// AgencySuccession says that on a day one agency took over another's duties.
type AgencySuccession struct {
	Predecessor, Successor id.Agency
	On                     clock.Date
	Note                   string
}
