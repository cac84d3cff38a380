package org

import (
	"fmt"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/id"
)

// Sector is one of the two halves of the programme.
type Sector string

// The sectors. Both is only for fee kinds.
const (
	Education Sector = "education"
	Health    Sector = "health"
	Both      Sector = "both"
)

var sectors = []labelled[Sector]{{Education, "Giáo dục"}, {Health, "Y tế"}, {Both, "Giáo dục và y tế"}}

// Label is the Vietnamese name of the sector.
func (s Sector) Label() string { return label(sectors, s) }

// Level is the kind of a facility within its sector (requirements A8, A9).
type Level string

// Levels of education.
const (
	MamNon    Level = "mam_non"
	TieuHoc   Level = "tieu_hoc"
	THCS      Level = "thcs"
	THPT      Level = "thpt"
	LienCap   Level = "lien_cap"
	GDTX      Level = "gdtx"
	TrungCap  Level = "trung_cap"
	CaoDang   Level = "cao_dang"
	DaiHoc    Level = "dai_hoc"
	levelsEdu       = 9
)

// Levels of health.
const (
	BenhVienTinh       Level = "benh_vien_tinh"
	BenhVienChuyenKhoa Level = "benh_vien_chuyen_khoa"
	BenhVienHuyen      Level = "benh_vien_huyen"
	TrungTamYTe        Level = "trung_tam_y_te"
	TramYTe            Level = "tram_y_te"
	PhongKham          Level = "phong_kham"
)

// levels in the order screens list them: education first.
var levels = []labelled[Level]{
	{MamNon, "Mầm non"},
	{TieuHoc, "Tiểu học"},
	{THCS, "Trung học cơ sở"},
	{THPT, "Trung học phổ thông"},
	{LienCap, "Liên cấp"},
	{GDTX, "Giáo dục thường xuyên"},
	{TrungCap, "Trung cấp"},
	{CaoDang, "Cao đẳng"},
	{DaiHoc, "Đại học"},
	{BenhVienTinh, "Bệnh viện đa khoa tuyến tỉnh"},
	{BenhVienChuyenKhoa, "Bệnh viện chuyên khoa"},
	{BenhVienHuyen, "Bệnh viện đa khoa khu vực"},
	{TrungTamYTe, "Trung tâm y tế"},
	{TramYTe, "Trạm y tế"},
	{PhongKham, "Phòng khám"},
}

// Label is the Vietnamese name of the level.
func (l Level) Label() string { return label(levels, l) }

// Sector is the half a level belongs to; empty for an unknown level.
func (l Level) Sector() Sector {
	for i, x := range levels {
		if x.Value == l {
			if i < levelsEdu {
				return Education
			}
			return Health
		}
	}
	return ""
}

// Levels lists the levels of a sector in the order screens show them; all for Both or "".
func Levels(s Sector) []Level {
	var out []Level
	for _, l := range values(levels) {
		if s == Both || s == "" || l.Sector() == s {
			out = append(out, l)
		}
	}
	return out
}

// Status is what a facility does at present.
type Status string

// The states. A closed facility never opens again: a new one succeeds it.
const (
	Active Status = "active"
	Paused Status = "paused"
	Closed Status = "closed"
)

var statuses = []labelled[Status]{{Active, "Đang hoạt động"}, {Paused, "Tạm dừng"}, {Closed, "Đã đóng"}}

// Label is the Vietnamese name of the state.
func (s Status) Label() string { return label(statuses, s) }

// PartPayment says how a facility lets payers pay one bill in several parts.
type PartPayment string

// The ways. Free: any part, any time. Instalments: the parts the bill names.
const (
	NoParts     PartPayment = "none"
	FreeParts   PartPayment = "free"
	Instalments PartPayment = "instalments"
)

var partPayments = []labelled[PartPayment]{
	{NoParts, "Trả một lần"}, {FreeParts, "Trả nhiều lần, số tiền tùy ý"}, {Instalments, "Trả theo đợt đã chia"},
}

// Label is the Vietnamese name of the way.
func (p PartPayment) Label() string { return label(partPayments, p) }

// Prefixes of bill codes (reference section 4.3): HP tuition, VP hospital fee, TP other.
const (
	PrefixTuition  = "HP"
	PrefixHospital = "VP"
	PrefixOther    = "TP"
)

// CodeScheme is a register that gives facilities codes of its own.
type CodeScheme string

// The registers. Units were renumbered with the mergers of 2025, so the former code has a
// scheme of its own and both are found by search.
const (
	SchemeMOET      CodeScheme = "moet"       // school code of the ministry's database
	SchemeMOETOld   CodeScheme = "moet_cu"    // the same before 1 July 2025: province/district/school
	SchemeCSKCB     CodeScheme = "cskcb"      // social insurance's facility code, 5 digits
	SchemeCSKCBOld  CodeScheme = "cskcb_cu"   // the same before the mergers
	SchemeRx        CodeScheme = "lien_thong" // national e-prescription system, 5 characters
	SchemeBudget    CodeScheme = "mqhns"      // budget unit code, 7 digits
	SchemeUniversal CodeScheme = "ma_dinh_danh"
)

var codeSchemes = []labelled[CodeScheme]{
	{SchemeMOET, "Mã trường (Bộ GD&ĐT)"},
	{SchemeMOETOld, "Mã trường cũ"},
	{SchemeCSKCB, "Mã cơ sở KCB (BHXH)"},
	{SchemeCSKCBOld, "Mã cơ sở KCB cũ"},
	{SchemeRx, "Mã liên thông đơn thuốc"},
	{SchemeBudget, "Mã quan hệ ngân sách"},
	{SchemeUniversal, "Mã định danh điện tử"},
}

// Label is the Vietnamese name of the register.
func (s CodeScheme) Label() string { return label(codeSchemes, s) }

// Schemes lists the registers Sen knows, in the order of the export's columns.
func Schemes() []CodeScheme { return values(codeSchemes) }

// Facility is a school or a health facility: the payee of bills (requirements A8, A9).
type Facility struct {
	ID        id.Facility
	Code      string // ours, unique for ever, e.g. "TH-CATVANG"
	Name      string
	ShortName string // for narrow places: slips, charts
	Sector    Sector
	Level     Level
	// Area and Agency are where it stands and who manages it: on the day a list was asked
	// for, else by the latest entry of its places. Agency is zero for a facility nobody in
	// the province manages.
	Area    id.Area
	Agency  id.Agency
	TaxCode string
	Address string
	Phone   string
	Hours   string
	Status  Status
	// OpenedOn is its first day; ClosedOn the first day it no longer exists.
	OpenedOn clock.Date
	ClosedOn clock.Date
	// PartPayment is the rule new rounds start with.
	PartPayment PartPayment
	CodePrefix  string // HP, VP or TP: begins its bill codes
	Size        int64  // pupils or beds, for weights and samples; 0 = not known
	// Collects is false for a facility that by its own word collects nothing from anyone:
	// it is "not applicable" in the targets, not 0 %.
	Collects bool
	// Codes are the codes other registers gave it.
	Codes map[CodeScheme]string
}

// CanBillError says why a facility may not issue new bills. Its text is for users.
type CanBillError struct {
	Facility id.Facility
	Text     string
}

// Error is the reason in Vietnamese, with its remedy.
func (e *CanBillError) Error() string { return e.Text }

// CanBill reports whether the facility may issue new bills on the day; a *CanBillError in
// Vietnamese when not. Bills already issued stay payable: this is asked for new ones only.
func (f Facility) CanBill(on clock.Date) error {
	no := func(format string, args ...any) error {
		return &CanBillError{Facility: f.ID, Text: fmt.Sprintf(format, args...)}
	}
	switch {
	case f.ClosedOn != "" && on >= f.ClosedOn:
		return no("%s đã đóng từ ngày %s, không phát hành phiếu thu mới được. Hãy phát hành ở cơ sở tiếp nhận.", f.Name, f.ClosedOn.VN())
	case f.Status == Closed:
		return no("%s đã đóng, không phát hành phiếu thu mới được. Hãy phát hành ở cơ sở tiếp nhận.", f.Name)
	case f.Status == Paused:
		return no("%s đang tạm dừng, chưa phát hành phiếu thu mới được. Hãy mở lại cơ sở ở trang Thông tin cơ sở rồi phát hành.", f.Name)
	case on < f.OpenedOn:
		return no("%s bắt đầu hoạt động từ ngày %s, chưa phát hành phiếu thu cho ngày %s được.", f.Name, f.OpenedOn.VN(), on.VN())
	case !f.Collects:
		return no("%s đã khai không thu khoản nào nên không phát hành phiếu thu được. Nếu nay có thu, hãy sửa mục Có thu tiền ở trang Thông tin cơ sở.", f.Name)
	}
	return nil
}

// Place is where a facility stood and who managed it during a time.
type Place struct {
	Facility  id.Facility
	Area      id.Area
	Agency    id.Agency
	ValidFrom clock.Date
	ValidTo   clock.Date
}

// FacilitySuccession says that on a day one facility was merged into another.
type FacilitySuccession struct {
	Predecessor, Successor id.Facility
	On                     clock.Date
	Note                   string
}
