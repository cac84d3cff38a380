package access

// Role is what a subject is in the programme.
type Role string

// The roles of people, and the two of programs that sign in with an API key.
const (
	FacilityAccountant Role = "facility_accountant"
	FacilityCashier    Role = "facility_cashier"
	FacilityManager    Role = "facility_manager"
	DepartmentOfficer  Role = "department_officer"
	ProvinceAdmin      Role = "province_admin"
	System             Role = "system"       // jobs and the command line
	FacilityKey        Role = "facility_key" // an API key of one facility
	ProvinceKey        Role = "province_key" // an API key of the province's own systems
)

var roleLabels = map[Role]string{
	FacilityAccountant: "Kế toán cơ sở",
	FacilityCashier:    "Thu ngân",
	FacilityManager:    "Lãnh đạo cơ sở",
	DepartmentOfficer:  "Cán bộ sở, ngành, địa phương",
	ProvinceAdmin:      "Quản trị cấp tỉnh",
	System:             "Chương trình",
	FacilityKey:        "Phần mềm của cơ sở",
	ProvinceKey:        "Phần mềm của tỉnh",
}

// Label is the Vietnamese name of the role.
func (r Role) Label() string {
	if l, ok := roleLabels[r]; ok {
		return l
	}
	return string(r)
}

// OfFacility reports whether holders of the role belong to one facility.
func (r Role) OfFacility() bool {
	switch r {
	case FacilityAccountant, FacilityCashier, FacilityManager, FacilityKey:
		return true
	}
	return false
}

// ForPeople reports whether a user account may have the role.
func (r Role) ForPeople() bool {
	switch r {
	case FacilityAccountant, FacilityCashier, FacilityManager, DepartmentOfficer, ProvinceAdmin:
		return true
	}
	return false
}

// Roles lists all roles in the order of the permission table.
func Roles() []Role {
	return []Role{FacilityAccountant, FacilityCashier, FacilityManager, DepartmentOfficer, ProvinceAdmin, System, FacilityKey, ProvinceKey}
}
