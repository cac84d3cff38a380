package org

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/id"
)

// CheckTree returns what is wrong with a set of areas as a map over time: every unit but a
// province hangs under a unit of a higher tier that exists during the unit's whole life.
// Since tiers only rise towards the root, a tree that passes has no circle on any day.
func CheckTree(areas []Area) []Problem {
	c := &checks{}
	byID := make(map[id.Area]Area, len(areas))
	for _, a := range areas {
		byID[a.ID] = a
	}
	for _, a := range areas {
		c.about = a.ID.String()
		checkParent(c, a, byID)
	}
	return c.list
}

func checkParent(c *checks, a Area, byID map[id.Area]Area) {
	if a.Level == Province {
		if a.Parent != 0 {
			c.add("parent", "Địa bàn cấp trên", a.Name, "là cấp tỉnh nên không thuộc địa bàn nào", "Bỏ địa bàn cấp trên")
		}
		return
	}
	p, ok := byID[a.Parent]
	switch {
	case !ok:
		c.add("parent", "Địa bàn cấp trên", a.Name, "chưa thuộc địa bàn nào", "Chọn tỉnh, hoặc huyện đối với xã trước ngày 01/07/2025")
	case p.Level.rank() >= a.Level.rank():
		c.add("parent", "Địa bàn cấp trên", p.Name, fmt.Sprintf("không cao hơn cấp của %s", a.Name), "Chọn địa bàn cấp trên")
	case !covers(p.ValidFrom, p.ValidTo, a.ValidFrom, a.ValidTo):
		c.add("parent", "Địa bàn cấp trên", p.Name, fmt.Sprintf("%s, còn %s %s", span(p.ValidFrom, p.ValidTo), a.Name, span(a.ValidFrom, a.ValidTo)),
			"Kết thúc "+a.Name+" cùng lúc, hoặc chuyển sang địa bàn cấp trên khác")
	}
}

// covers reports whether [from, to) lies inside [outerFrom, outerTo).
func covers(outerFrom, outerTo, from, to clock.Date) bool {
	if from < outerFrom {
		return false
	}
	return outerTo == "" || (to != "" && to <= outerTo)
}

// span is a time of validity in words: "có từ 01/07/2025", "có từ 01/01/1990 đến hết 30/06/2025".
func span(from, to clock.Date) string {
	s := "có từ " + from.VN()
	if to != "" {
		s += " đến hết " + to.AddDays(-1).VN()
	}
	return s
}

// CheckPlaces returns what is wrong with the places of one facility over time: they follow
// each other without overlap, end with the facility, and each lies within the life of its
// area and of its managing agency.
func CheckPlaces(f Facility, places []Place, areas map[id.Area]Area, agencies map[id.Agency]Agency) []Problem {
	c := &checks{about: f.ID.String()}
	list := slices.SortedFunc(slices.Values(places), func(a, b Place) int { return cmp.Compare(a.ValidFrom, b.ValidFrom) })
	if len(list) == 0 {
		c.add("area", "Địa bàn", f.Name, "chưa có địa bàn", "Chọn xã hoặc phường của cơ sở")
	}
	for i, p := range list {
		if p.ValidTo != "" && p.ValidTo <= p.ValidFrom {
			c.add("valid_to", "Hết hiệu lực từ", p.ValidTo.VN(), fmt.Sprintf("%s: không sau ngày %s", f.Name, p.ValidFrom.VN()), "Sửa một trong hai ngày")
		}
		if i > 0 && (list[i-1].ValidTo == "" || list[i-1].ValidTo > p.ValidFrom) {
			c.add("valid_from", "Từ ngày", p.ValidFrom.VN(), f.Name+" có hai địa bàn cùng lúc", "Kết thúc địa bàn trước rồi mới bắt đầu địa bàn sau")
		}
		a, ok := areas[p.Area]
		switch {
		case !ok:
			c.add("area", "Địa bàn", "", f.Name+" ghi địa bàn chưa có", "Chọn địa bàn trong danh sách")
		case !covers(a.ValidFrom, a.ValidTo, p.ValidFrom, p.ValidTo):
			c.add("area", "Địa bàn", a.Name, fmt.Sprintf("%s nhưng %s ở đó %s", span(a.ValidFrom, a.ValidTo), f.Name, span(p.ValidFrom, p.ValidTo)),
				"Chọn địa bàn có trong suốt thời gian này")
		}
		if p.Agency == 0 {
			continue
		}
		g, ok := agencies[p.Agency]
		switch {
		case !ok:
			c.add("agency", "Cơ quan quản lý", "", f.Name+" ghi cơ quan chưa có", "Chọn cơ quan trong danh sách")
		case !covers(g.ValidFrom, g.ValidTo, p.ValidFrom, p.ValidTo):
			c.add("agency", "Cơ quan quản lý", g.Name, fmt.Sprintf("%s nhưng quản lý %s %s", span(g.ValidFrom, g.ValidTo), f.Name, span(p.ValidFrom, p.ValidTo)),
				"Chọn cơ quan có trong suốt thời gian này")
		}
	}
	if n := len(list); n > 0 && list[n-1].ValidTo != f.ClosedOn {
		c.add("valid_to", "Hết hiệu lực từ", list[n-1].ValidTo.VN(), f.Name+": địa bàn cuối cùng không kết thúc cùng ngày đóng cơ sở", "Ghi cùng một ngày, hoặc để trống cả hai")
	}
	return c.list
}

// CheckAgencies returns what is wrong with a set of agencies: each answers for a unit that
// exists during its whole life, and its parent chain has no circle.
func CheckAgencies(agencies []Agency, areas map[id.Area]Area) []Problem {
	c := &checks{}
	byID := make(map[id.Agency]Agency, len(agencies))
	for _, g := range agencies {
		byID[g.ID] = g
	}
	for _, g := range agencies {
		c.about = g.ID.String()
		a, ok := areas[g.Area]
		switch {
		case !ok:
			c.add("area", "Địa bàn", "", g.Name+" ghi địa bàn chưa có", "Chọn địa bàn trong danh sách")
		case !covers(a.ValidFrom, a.ValidTo, g.ValidFrom, g.ValidTo):
			c.add("area", "Địa bàn", a.Name, fmt.Sprintf("%s, còn %s %s", span(a.ValidFrom, a.ValidTo), g.Name, span(g.ValidFrom, g.ValidTo)), "Kết thúc cơ quan cùng địa bàn")
		}
		if _, ok := byID[g.Parent]; g.Parent != 0 && !ok {
			c.add("parent", "Cơ quan cấp trên", g.Name, "ghi cơ quan cấp trên chưa có", "Chọn cơ quan trong danh sách")
		}
		if aboveItself(g, byID) {
			c.add("parent", "Cơ quan cấp trên", g.Name, "thành cấp trên của chính mình (vòng tròn)", "Chọn cơ quan cấp trên khác")
		}
	}
	return c.list
}

func aboveItself(g Agency, byID map[id.Agency]Agency) bool {
	up := g.Parent
	for range len(byID) { // a chain longer than that runs in a circle without g
		if up == 0 || up == g.ID {
			break
		}
		up = byID[up].Parent
	}
	return up == g.ID
}

// CheckAccounts returns what is wrong between receiving accounts: one bank never gives the
// same virtual numbers to two accounts, and a facility has at most one default account.
func CheckAccounts(accounts []Account) []Problem {
	c := &checks{}
	defaults := map[id.Facility]bool{}
	ranges := map[string][]Account{} // by bank and length
	for _, a := range accounts {
		c.about = a.ID.String()
		if a.IsDefault {
			if defaults[a.Facility] {
				c.add("is_default", "Tài khoản chính", a.Number, "cơ sở đã có tài khoản chính khác", "Chỉ chọn một tài khoản chính cho mỗi cơ sở")
			}
			defaults[a.Facility] = true
		}
		if a.VAPrefix == "" {
			continue
		}
		key := fmt.Sprintf("%s/%d", a.BankBIN, a.VALength)
		for _, b := range ranges[key] {
			if n := min(len(a.VAPrefix), len(b.VAPrefix)); a.VAPrefix[:n] == b.VAPrefix[:n] {
				c.add("va_prefix", "Đầu số tài khoản ảo", a.VAPrefix, "trùng với dải số của tài khoản "+b.Number, "Hỏi lại ngân hàng đầu số riêng của tài khoản này")
			}
		}
		ranges[key] = append(ranges[key], a)
	}
	return c.list
}
