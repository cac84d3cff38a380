package org

import (
	"slices"
	"strings"

	"github.com/sen-platform/sen/internal/doc"
	"github.com/sen-platform/sen/internal/vn"
)

// layout is how one table looks in a file.
type layout struct {
	table   Table
	sheet   string
	columns []column
	rows    func(register, codes) [][]any
	apply   func(*draft, []*row)
}

// column is one column of a table.
type column struct {
	field  string
	title  string
	kind   doc.Kind
	needed bool     // without it the table is not recognised
	also   []string // other headers people use
}

// headers lists what the column may be called, normalised.
func (c column) headers() []string {
	out := []string{normalHeader(c.title)}
	for _, a := range c.also {
		out = append(out, normalHeader(a))
	}
	return out
}

// normalHeader is a header as it is compared: no marks, small letters, words only.
func normalHeader(s string) string { return strings.Join(vn.Tokens(s), " ") }

func (l *layout) docColumns() []doc.Column {
	out := make([]doc.Column, len(l.columns))
	for i, c := range l.columns {
		out[i] = doc.Column{Title: c.title, Kind: c.kind}
	}
	return out
}

func (l *layout) column(field string) *column {
	i := slices.IndexFunc(l.columns, func(c column) bool { return c.field == field })
	if i < 0 {
		return nil
	}
	return &l.columns[i]
}

func layoutOf(t Table) *layout {
	for i := range layouts {
		if layouts[i].table == t {
			return &layouts[i]
		}
	}
	return nil
}

const (
	titleFrom = "Có hiệu lực từ"
	titleTo   = "Hết hiệu lực từ"
)

// layouts are the tables in the order they depend on each other. (A function, because the
// apply functions refer to layouts.)
var layouts = makeLayouts()

func makeLayouts() []layout {
	facilityCode := column{field: "facility", title: "Mã cơ sở", needed: true, also: []string{"Mã trường", "Mã đơn vị"}}
	from := column{field: "from", title: titleFrom, kind: doc.Date, also: []string{"Từ ngày", "Hiệu lực từ"}}
	to := column{field: "to", title: titleTo, kind: doc.Date, also: []string{"Đến trước ngày"}}
	facilities := []column{
		{field: "code", title: "Mã cơ sở", needed: true, also: []string{"Mã trường", "Mã đơn vị"}},
		{field: "name", title: "Tên cơ sở", needed: true, also: []string{"Tên trường", "Tên đơn vị"}},
		{field: "short_name", title: "Tên ngắn"},
		{field: "sector", title: "Ngành", needed: true, also: []string{"Lĩnh vực"}},
		{field: "level", title: "Loại cơ sở", needed: true, also: []string{"Cấp học", "Loại hình"}},
		{field: "area", title: "Mã địa bàn", also: []string{"Mã xã", "Mã phường xã"}},
		{field: "agency", title: "Mã cơ quan quản lý", also: []string{"Mã cơ quan"}},
		{field: "tax_code", title: "Mã số thuế", also: []string{"MST"}},
		{field: "address", title: "Địa chỉ"},
		{field: "phone", title: "Điện thoại", also: []string{"Số điện thoại", "SĐT"}},
		{field: "hours", title: "Giờ làm việc"},
		{field: "status", title: "Trạng thái"},
		{field: "opened_on", title: "Ngày hoạt động", kind: doc.Date, also: []string{"Ngày thành lập"}},
		{field: "closed_on", title: "Ngày đóng", kind: doc.Date},
		{field: "part_payment", title: "Cách trả"},
		{field: "code_prefix", title: "Đầu mã hóa đơn"},
		{field: "size", title: "Quy mô", kind: doc.Count, also: []string{"Số học sinh", "Số giường"}},
		{field: "collects", title: "Có thu tiền"},
	}
	for _, s := range Schemes() {
		facilities = append(facilities, column{field: string(s), title: s.Label()})
	}
	return []layout{
		{TableAreas, "Địa bàn", []column{
			{field: "code", title: "Mã địa bàn", needed: true},
			{field: "name", title: "Tên địa bàn", needed: true},
			{field: "level", title: "Cấp", needed: true, also: []string{"Cấp hành chính"}},
			{field: "parent", title: "Mã địa bàn cấp trên", also: []string{"Thuộc địa bàn"}},
			from, to,
		}, areaRows, applyAreas},
		{TableAgencies, "Cơ quan", []column{
			{field: "code", title: "Mã cơ quan", needed: true},
			{field: "name", title: "Tên cơ quan", needed: true},
			{field: "kind", title: "Loại cơ quan", needed: true},
			{field: "area", title: "Mã địa bàn"},
			{field: "parent", title: "Mã cơ quan cấp trên"},
			from, to,
		}, agencyRows, applyAgencies},
		{TableFacilities, "Cơ sở", facilities, facilityRows, applyFacilities},
		{TablePlaces, "Quá trình quản lý", []column{
			facilityCode,
			{field: "area", title: "Mã địa bàn", needed: true, also: []string{"Mã xã"}},
			{field: "agency", title: "Mã cơ quan quản lý"},
			{field: "from", title: "Từ ngày", kind: doc.Date, needed: true, also: []string{titleFrom}},
			{field: "to", title: "Đến trước ngày", kind: doc.Date, also: []string{titleTo}},
		}, placeRows, applyPlaces},
		{TableAccounts, "Tài khoản", []column{
			facilityCode,
			{field: "bank_bin", title: "Mã ngân hàng (BIN)", needed: true, also: []string{"BIN", "Mã ngân hàng"}},
			{field: "number", title: "Số tài khoản", needed: true, also: []string{"STK"}},
			{field: "holder", title: "Chủ tài khoản", also: []string{"Tên tài khoản"}},
			{field: "is_default", title: "Tài khoản chính"},
			{field: "va_prefix", title: "Đầu số tài khoản ảo"},
			{field: "va_length", title: "Độ dài tài khoản ảo", kind: doc.Count},
			{field: "status", title: "Trạng thái"},
			from, to,
		}, accountRows, applyAccounts},
		{TableContacts, "Người hướng dẫn", []column{
			facilityCode,
			{field: "name", title: "Họ và tên", needed: true},
			{field: "role", title: "Vai trò", needed: true, also: []string{"Chức vụ"}},
			{field: "phone", title: "Điện thoại", also: []string{"Số điện thoại", "SĐT"}},
			{field: "email", title: "Thư điện tử", also: []string{"Email"}},
			{field: "hours", title: "Giờ làm việc"},
			{field: "public", title: "Công khai"},
			{field: "position", title: "Thứ tự", kind: doc.Count},
		}, contactRows, applyContacts},
		{TableMethods, "Phương thức", []column{
			facilityCode,
			{field: "method", title: "Phương thức", needed: true},
			{field: "status", title: "Trạng thái", needed: true},
			{field: "since", title: "Từ ngày", kind: doc.Date},
			{field: "note", title: "Ghi chú"},
		}, methodRows, applyMethods},
		{TableFeeKinds, "Khoản thu", []column{
			{field: "code", title: "Mã khoản thu", needed: true},
			{field: "name", title: "Tên khoản thu", needed: true},
			{field: "sector", title: "Ngành", also: []string{"Lĩnh vực"}},
			{field: "ceiling", title: "Mức trần", kind: doc.Money},
			{field: "legal_basis", title: "Căn cứ", also: []string{"Căn cứ pháp lý"}},
			{field: "voluntary", title: "Tự nguyện"},
			from, to,
		}, feeKindRows, applyFeeKinds},
		{TableSuccessions, "Kế thừa", []column{
			{field: "kind", title: "Đối tượng", needed: true},
			{field: "old", title: "Mã cũ", needed: true},
			{field: "new", title: "Mã mới", needed: true},
			{field: "on", title: "Từ ngày", kind: doc.Date},
			{field: "note", title: "Ghi chú"},
		}, successionRows, applySuccessions},
	}
}
