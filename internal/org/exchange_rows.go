package org

import (
	"cmp"
	"slices"

	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/vnd"
)

// The rows of each table as they are exported, in the order of its columns.

// codes gives records the codes by which files name them.
type codes struct {
	area     map[id.Area]string
	agency   map[id.Agency]string
	facility map[id.Facility]string
}

func newCodes(r register) codes {
	c := codes{map[id.Area]string{}, map[id.Agency]string{}, map[id.Facility]string{}}
	for _, a := range r.areas {
		c.area[a.ID] = a.Code
	}
	for _, g := range r.agencies {
		c.agency[g.ID] = g.Code
	}
	for _, f := range r.facilities {
		c.facility[f.ID] = f.Code
	}
	return c
}

func yes(b bool) string {
	if b {
		return "Có"
	}
	return "Không"
}

// many turns a list into rows.
func many[T any](list []T, row func(T) []any) [][]any {
	out := make([][]any, len(list))
	for i, v := range list {
		out[i] = row(v)
	}
	return out
}

func areaRows(r register, c codes) [][]any {
	return many(r.areas, func(a Area) []any {
		return []any{a.Code, a.Name, a.Level.Label(), c.area[a.Parent], a.ValidFrom, a.ValidTo}
	})
}

func agencyRows(r register, c codes) [][]any {
	return many(r.agencies, func(g Agency) []any {
		return []any{g.Code, g.Name, g.Kind.Label(), c.area[g.Area], c.agency[g.Parent], g.ValidFrom, g.ValidTo}
	})
}

func facilityRows(r register, c codes) [][]any {
	return many(r.facilities, func(f Facility) []any {
		row := []any{
			f.Code, f.Name, f.ShortName, f.Sector.Label(), f.Level.Label(), c.area[f.Area], c.agency[f.Agency], f.TaxCode, f.Address, f.Phone, f.Hours,
			f.Status.Label(), f.OpenedOn, f.ClosedOn, f.PartPayment.Label(), f.CodePrefix, f.Size, yes(f.Collects),
		}
		for _, s := range Schemes() {
			row = append(row, f.Codes[s])
		}
		return row
	})
}

func placeRows(r register, c codes) [][]any {
	return many(r.places, func(p Place) []any {
		return []any{c.facility[p.Facility], c.area[p.Area], c.agency[p.Agency], p.ValidFrom, p.ValidTo}
	})
}

func accountRows(r register, c codes) [][]any {
	return many(r.accounts, func(a Account) []any {
		var length any
		if a.VALength != 0 {
			length = a.VALength
		}
		return []any{c.facility[a.Facility], a.BankBIN, a.Number, a.Holder, yes(a.IsDefault), a.VAPrefix, length, a.Status.Label(), a.ValidFrom, a.ValidTo}
	})
}

func contactRows(r register, c codes) [][]any {
	return many(r.contacts, func(t Contact) []any {
		return []any{c.facility[t.Facility], t.Name, t.Role, t.Phone, t.Email, t.Hours, yes(t.Public), t.Position}
	})
}

func methodRows(r register, c codes) [][]any {
	return many(r.methods, func(m MethodState) []any {
		return []any{c.facility[m.Facility], m.Method.Label(), m.Status.Label(), m.Since, m.Note}
	})
}

func feeKindRows(r register, _ codes) [][]any {
	return many(r.feeKinds, func(k FeeKind) []any {
		var ceiling any
		if k.Ceiling != nil {
			ceiling = vnd.Amount(*k.Ceiling)
		}
		return []any{k.Code, k.Name, k.Sector.Label(), ceiling, k.LegalBasis, yes(k.Voluntary), k.ValidFrom, k.ValidTo}
	})
}

// successionRows are in the order of their codes, which every installation shares.
func successionRows(r register, c codes) [][]any {
	rows := many(r.links(), func(l link) []any {
		name := func(v int64) string {
			switch l.kind {
			case linkArea:
				return c.area[id.Area(v)]
			case linkAgency:
				return c.agency[id.Agency(v)]
			}
			return c.facility[id.Facility(v)]
		}
		return []any{label(linkKinds, l.kind), name(l.old), name(l.new), l.on, l.note}
	})
	slices.SortStableFunc(rows, func(a, b []any) int {
		return cmp.Or(cmp.Compare(a[0].(string), b[0].(string)), cmp.Compare(a[1].(string), b[1].(string)), cmp.Compare(a[2].(string), b[2].(string)))
	})
	return rows
}
