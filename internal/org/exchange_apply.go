package org

import (
	"maps"
	"strings"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/vn"
)

// How the rows of each table change the draft. Records are found by their natural key; a
// field whose column is missing keeps what is stored.

func foldName(s string) string { return vn.Fold(vn.Clean(s)) }

// key is the record's own code; "" with a problem when the cell is empty.
func (r *row) key(field string) string {
	before := len(r.problems)
	code := strings.ToUpper(r.code(field))
	if code == "" && len(r.problems) == before {
		r.problem(field, "", "còn trống", "Điền mã")
	}
	return code
}

// refer resolves a code that names another record; 0 for an empty cell.
func refer[T ~int64](r *row, field string, find func(string) T, v *T) {
	if !r.has(field) {
		return
	}
	code := strings.ToUpper(r.code(field))
	if code == "" {
		*v = 0
		return
	}
	if *v = find(code); *v == 0 {
		r.problem(field, code, "mã này chưa có", "Thêm dòng có mã này vào bảng tương ứng hoặc sửa mã")
	}
}

// owner is the facility a row belongs to; 0 with a problem when there is none.
func (d *draft) owner(r *row) id.Facility {
	code := r.key("facility")
	if code == "" {
		return 0
	}
	f := d.facility(code)
	if f == 0 {
		r.problem("facility", code, "cơ sở này chưa có", "Thêm cơ sở vào trang Cơ sở hoặc sửa mã")
	}
	return f
}

func applyAreas(d *draft, rows []*row) {
	touched := make([]*entry[Area], len(rows))
	for i, r := range rows {
		if code := r.key("code"); code != "" {
			touched[i] = d.areas.touch(code, r, "code", func() Area { return Area{ID: id.New[id.Area](d.s.IDs), Code: code} })
		}
	}
	for i, r := range rows { // parents may stand below their children
		if touched[i] == nil {
			continue
		}
		a := &touched[i].now
		r.into("name", &a.Name)
		choose(r, "level", areaLevels, &a.Level)
		refer(r, "parent", d.area, &a.Parent)
		r.dateInto("from", &a.ValidFrom)
		r.dateInto("to", &a.ValidTo)
		r.adopt(checkArea(a))
	}
}

func applyAgencies(d *draft, rows []*row) {
	touched := make([]*entry[Agency], len(rows))
	for i, r := range rows {
		if code := r.key("code"); code != "" {
			touched[i] = d.agencies.touch(code, r, "code", func() Agency { return Agency{ID: id.New[id.Agency](d.s.IDs), Code: code} })
		}
	}
	for i, r := range rows {
		if touched[i] == nil {
			continue
		}
		g := &touched[i].now
		r.into("name", &g.Name)
		choose(r, "kind", agencyKinds, &g.Kind)
		refer(r, "area", d.area, &g.Area)
		refer(r, "parent", d.agency, &g.Parent)
		r.dateInto("from", &g.ValidFrom)
		r.dateInto("to", &g.ValidTo)
		r.adopt(checkAgency(g))
	}
}

var billPrefixes = []labelled[string]{{PrefixTuition, "HP"}, {PrefixHospital, "VP"}, {PrefixOther, "TP"}}

func applyFacilities(d *draft, rows []*row) {
	for _, r := range rows {
		code := r.key("code")
		if code == "" {
			continue
		}
		e := d.facilities.touch(code, r, "code", func() Facility {
			return Facility{ID: id.New[id.Facility](d.s.IDs), Code: code, Status: Active, PartPayment: NoParts, Collects: true}
		})
		if e == nil {
			continue
		}
		f := &e.now
		r.into("name", &f.Name)
		r.into("short_name", &f.ShortName)
		choose(r, "sector", sectors, &f.Sector)
		if e.old != nil && f.Sector != e.old.Sector {
			r.problem("sector", f.Sector.Label(), "cơ sở không đổi ngành được", "Lập cơ sở mới với mã khác")
		}
		choose(r, "level", levels, &f.Level)
		refer(r, "area", d.area, &f.Area)
		refer(r, "agency", d.agency, &f.Agency)
		r.codeInto("tax_code", &f.TaxCode)
		r.into("address", &f.Address)
		r.into("phone", &f.Phone)
		r.into("hours", &f.Hours)
		choose(r, "status", statuses, &f.Status)
		r.dateInto("opened_on", &f.OpenedOn)
		r.dateInto("closed_on", &f.ClosedOn)
		choose(r, "part_payment", partPayments, &f.PartPayment)
		if f.CodePrefix == "" {
			f.CodePrefix = usualPrefix(f.Sector)
		}
		choose(r, "code_prefix", billPrefixes, &f.CodePrefix)
		r.countInto("size", &f.Size)
		r.boolInto("collects", &f.Collects)
		f.Codes = maps.Clone(f.Codes)
		if f.Codes == nil {
			f.Codes = map[CodeScheme]string{}
		}
		for _, s := range Schemes() {
			if r.has(string(s)) {
				f.Codes[s] = r.code(string(s))
			}
		}
		r.adopt(checkFacility(f))
	}
}

func usualPrefix(s Sector) string {
	if s == Health {
		return PrefixHospital
	}
	return PrefixTuition
}

func applyPlaces(d *draft, rows []*row) {
	for _, r := range rows {
		f := d.owner(r)
		var from clock.Date
		r.dateInto("from", &from)
		if f == 0 || from == "" {
			if f != 0 && r.text("from") == "" {
				r.problem("from", "", "còn trống", "Ghi ngày bắt đầu như 01/07/2025")
			}
			continue
		}
		e := d.places.touch(placeKey{f, from}, r, "from", func() Place { return Place{Facility: f, ValidFrom: from} })
		if e == nil {
			continue
		}
		p := &e.now
		refer(r, "area", d.area, &p.Area)
		if r.text("area") == "" {
			r.problem("area", "", "còn trống", "Ghi mã xã hoặc phường")
		}
		refer(r, "agency", d.agency, &p.Agency)
		r.dateInto("to", &p.ValidTo)
	}
}

func applyAccounts(d *draft, rows []*row) {
	for _, r := range rows {
		f := d.owner(r)
		bin, number := squeeze(r.code("bank_bin")), strings.ToUpper(squeeze(r.code("number")))
		if f == 0 || len(r.problems) > 0 {
			continue
		}
		e := d.accounts.touch(accountKey{bin, number}, r, "number", func() Account {
			return Account{ID: id.New[id.Account](d.s.IDs), Facility: f, BankBIN: bin, Number: number, Status: AccountActive}
		})
		if e == nil {
			continue
		}
		a := &e.now
		if a.Facility != f {
			r.problem("facility", r.text("facility"), "tài khoản này là của cơ sở khác", "Kiểm tra lại số tài khoản và mã cơ sở")
		}
		r.into("holder", &a.Holder)
		r.boolInto("is_default", &a.IsDefault)
		r.codeInto("va_prefix", &a.VAPrefix)
		length := int64(a.VALength)
		r.countInto("va_length", &length)
		a.VALength = int(length)
		choose(r, "status", accountStatuses, &a.Status)
		r.dateInto("from", &a.ValidFrom)
		r.dateInto("to", &a.ValidTo)
		r.adopt(checkAccount(a, d.s.KnownBank))
	}
}

func applyContacts(d *draft, rows []*row) {
	for _, r := range rows {
		f := d.owner(r)
		if f == 0 {
			continue
		}
		name := r.text("name")
		e := d.contacts.touch(contactKey{f, foldName(name)}, r, "name", func() Contact {
			return Contact{ID: id.New[id.Contact](d.s.IDs), Facility: f, Public: true}
		})
		if e == nil {
			continue
		}
		c := &e.now
		r.into("name", &c.Name)
		r.into("role", &c.Role)
		r.into("phone", &c.Phone)
		r.into("email", &c.Email)
		r.into("hours", &c.Hours)
		r.boolInto("public", &c.Public)
		position := int64(c.Position)
		r.countInto("position", &position)
		c.Position = int(position)
		r.adopt(checkContact(c))
	}
}

func applyMethods(d *draft, rows []*row) {
	for _, r := range rows {
		f := d.owner(r)
		var m Method
		choose(r, "method", methods, &m)
		if f == 0 || m == "" {
			if f != 0 && r.text("method") == "" {
				r.problem("method", "", "còn trống", "Ghi một trong bốn phương thức")
			}
			continue
		}
		e := d.methods.touch(methodKey{f, m}, r, "method", func() MethodState {
			return MethodState{Facility: f, Method: m, Since: clock.Today(d.s.Clock)}
		})
		if e == nil {
			continue
		}
		choose(r, "status", methodStatuses, &e.now.Status)
		r.dateInto("since", &e.now.Since)
		r.into("note", &e.now.Note)
		r.adopt(checkMethod(&e.now))
	}
}

func applyFeeKinds(d *draft, rows []*row) {
	for _, r := range rows {
		code := r.key("code")
		if code == "" {
			continue
		}
		e := d.feeKinds.touch(code, r, "code", func() FeeKind { return FeeKind{ID: id.New[id.FeeKind](d.s.IDs), Code: code} })
		if e == nil {
			continue
		}
		k := &e.now
		r.into("name", &k.Name)
		choose(r, "sector", sectors, &k.Sector)
		r.amountInto("ceiling", &k.Ceiling)
		r.into("legal_basis", &k.LegalBasis)
		r.boolInto("voluntary", &k.Voluntary)
		r.dateInto("from", &k.ValidFrom)
		r.dateInto("to", &k.ValidTo)
		r.adopt(checkFeeKind(k))
	}
}

func applySuccessions(d *draft, rows []*row) {
	for _, r := range rows {
		var kind linkKind
		choose(r, "kind", linkKinds, &kind)
		find := func(code string) int64 { return d.find(kind, code) }
		var before, after int64
		if r.key("old") == "" || r.key("new") == "" || kind == "" {
			if r.text("kind") == "" {
				r.problem("kind", "", "còn trống", "Ghi Địa bàn, Cơ quan hoặc Cơ sở")
			}
			continue
		}
		refer(r, "old", find, &before)
		refer(r, "new", find, &after)
		if before == 0 || after == 0 {
			continue
		}
		if before == after {
			r.problem("new", r.text("new"), "trùng với mã cũ", "Ghi mã của bên tiếp nhận")
			continue
		}
		e := d.links.touch(linkKey{kind, before, after}, r, "new", func() link { return link{kind: kind, old: before, new: after} })
		if e == nil {
			continue
		}
		r.dateInto("on", &e.now.on)
		r.into("note", &e.now.note)
		if e.now.on == "" {
			r.problem("on", "", "còn trống", "Ghi ngày tiếp nhận như 01/07/2025")
		}
	}
}
