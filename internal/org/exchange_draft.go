package org

import (
	"cmp"
	"reflect"
	"slices"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
)

// entry is one record during an import: as stored (nil for a new one) and as it shall be.
type entry[T any] struct {
	old *T
	now T
	row *row // the row that touched it last, nil when none did
}

func (e *entry[T]) changed() bool { return e.old == nil || !reflect.DeepEqual(*e.old, e.now) }

// book is the records of one kind by their natural key, in a stable order.
type book[K comparable, T any] struct {
	list  []*entry[T]
	byKey map[K]*entry[T]
}

func newBook[K comparable, T any](stored []T, key func(T) K) *book[K, T] {
	b := &book[K, T]{byKey: make(map[K]*entry[T], len(stored))}
	for i := range stored {
		e := &entry[T]{old: &stored[i], now: stored[i]}
		b.list = append(b.list, e)
		b.byKey[key(stored[i])] = e
	}
	return b
}

// touch is the record with the key, made by fresh when there is none. A second row for the
// same record is a problem of that row; it is nil then.
func (b *book[K, T]) touch(k K, r *row, field string, fresh func() T) *entry[T] {
	e := b.byKey[k]
	if e == nil {
		e = &entry[T]{now: fresh()}
		b.list = append(b.list, e)
		b.byKey[k] = e
	}
	if e.row != nil {
		r.problem(field, r.text(field), "đã có ở "+e.row.line(), "Xóa một trong hai dòng")
		return nil
	}
	e.row = r
	return e
}

// values are the records as they shall be.
func (b *book[K, T]) values() []T {
	out := make([]T, len(b.list))
	for i, e := range b.list {
		out[i] = e.now
	}
	return out
}

// split are the records to insert and those to update.
func (b *book[K, T]) split() (fresh, changed []T) {
	for _, e := range b.list {
		switch {
		case e.old == nil:
			fresh = append(fresh, e.now)
		case e.changed():
			changed = append(changed, e.now)
		}
	}
	return fresh, changed
}

type (
	placeKey struct {
		facility id.Facility
		from     clock.Date
	}
	accountKey struct{ bin, number string }
	contactKey struct {
		facility id.Facility
		name     string // folded
	}
	methodKey struct {
		facility id.Facility
		method   Method
	}
	linkKey struct {
		kind     linkKind
		old, new int64
	}
)

// draft is the register while an import changes it in memory.
type draft struct {
	s          *Service
	areas      *book[string, Area]
	agencies   *book[string, Agency]
	facilities *book[string, Facility]
	places     *book[placeKey, Place]
	accounts   *book[accountKey, Account]
	contacts   *book[contactKey, Contact]
	methods    *book[methodKey, MethodState]
	feeKinds   *book[string, FeeKind]
	links      *book[linkKey, link]
	problems   []Problem
	rows       []*row
}

func newDraft(s *Service, r register) *draft {
	return &draft{
		s:          s,
		areas:      newBook(r.areas, func(a Area) string { return a.Code }),
		agencies:   newBook(r.agencies, func(g Agency) string { return g.Code }),
		facilities: newBook(r.facilities, func(f Facility) string { return f.Code }),
		places:     newBook(r.places, func(p Place) placeKey { return placeKey{p.Facility, p.ValidFrom} }),
		accounts:   newBook(r.accounts, func(a Account) accountKey { return accountKey{a.BankBIN, a.Number} }),
		contacts:   newBook(r.contacts, func(c Contact) contactKey { return contactKey{c.Facility, foldName(c.Name)} }),
		methods:    newBook(r.methods, func(m MethodState) methodKey { return methodKey{m.Facility, m.Method} }),
		feeKinds:   newBook(r.feeKinds, func(k FeeKind) string { return k.Code }),
		links:      newBook(r.links(), func(l link) linkKey { return linkKey{l.kind, l.old, l.new} }),
	}
}

// apply changes the draft by one table of a file.
func (d *draft) apply(l list) {
	l.layout.apply(d, l.rows)
	d.rows = append(d.rows, l.rows...)
}

// finish fills in what follows from the rows, checks the whole, and collects the problems.
func (d *draft) finish() {
	d.settlePlaces()
	d.settleDefaults()
	for _, r := range d.rows {
		d.problems = append(d.problems, r.problems...)
	}
	if len(d.problems) > 0 {
		return // rules between records only confuse while single ones are wrong
	}
	r := register{areas: d.areas.values(), agencies: d.agencies.values(), facilities: d.facilities.values(), places: d.places.values(), accounts: d.accounts.values()}
	origin := d.origins()
	d.problems = append(r.check(), d.checkCodes()...)
	for i, p := range d.problems {
		if from := origin[p.About]; from != nil {
			d.problems[i].Place = from.line()
		}
	}
	// What a row of the files caused elsewhere comes after what is wrong with the row itself.
	slices.SortStableFunc(d.problems, func(a, b Problem) int {
		return cmp.Compare(min(len(b.Place), 1), min(len(a.Place), 1))
	})
}

// origins finds the row a record came from.
func (d *draft) origins() map[string]*row {
	out := map[string]*row{}
	add := func(about string, r *row) {
		if r != nil {
			out[about] = r
		}
	}
	for _, e := range d.areas.list {
		add(e.now.ID.String(), e.row)
	}
	for _, e := range d.agencies.list {
		add(e.now.ID.String(), e.row)
	}
	for _, e := range d.facilities.list {
		add(e.now.ID.String(), e.row)
	}
	for _, e := range d.places.list { // what is wrong with a facility's place stands here
		add(e.now.Facility.String(), e.row)
	}
	for _, e := range d.accounts.list {
		add(e.now.ID.String(), e.row)
	}
	return out
}

// settlePlaces completes the places of facilities: an open place ends where the next begins,
// the last ends with its facility, and a new facility without any stands where its row says.
// A facility's area and agency are those of its last place.
func (d *draft) settlePlaces() {
	byFacility := groupBy(d.places.list, func(e *entry[Place]) id.Facility { return e.now.Facility })
	areas, agencies := indexAreas(d.areas.values()), indexAgencies(d.agencies.values())
	for _, e := range d.facilities.list {
		f := &e.now
		list := byFacility[f.ID]
		if len(list) == 0 {
			if f.Area == 0 || e.row == nil {
				continue
			}
			p := Place{Facility: f.ID, Area: f.Area, Agency: f.Agency, ValidTo: f.ClosedOn, ValidFrom: max(f.OpenedOn, areas[f.Area].ValidFrom, agencies[f.Agency].ValidFrom)}
			d.places.list = append(d.places.list, &entry[Place]{now: p, row: e.row})
			continue
		}
		slices.SortFunc(list, func(a, b *entry[Place]) int { return cmp.Compare(a.now.ValidFrom, b.now.ValidFrom) })
		last := &list[len(list)-1].now
		for i := range list[:len(list)-1] {
			if list[i].now.ValidTo == "" {
				list[i].now.ValidTo = list[i+1].now.ValidFrom
			}
		}
		if last.ValidTo == "" {
			last.ValidTo = f.ClosedOn
		}
		// An unchanged row of the facility gives way to its places; an edited one must agree.
		edited := e.old == nil || f.Area != e.old.Area || f.Agency != e.old.Agency
		said := e.row != nil && (e.row.cell("area").Text != "" || e.row.cell("agency").Text != "")
		if edited && said && (f.Area != last.Area || f.Agency != last.Agency) {
			e.row.problem("area", e.row.cell("area").Text, "khác với dòng cuối ở trang Quá trình quản lý", "Ghi thay đổi vào trang Quá trình quản lý với ngày bắt đầu")
		}
		f.Area, f.Agency = last.Area, last.Agency
	}
}

// settleDefaults gives each facility with an active account a default one.
func (d *draft) settleDefaults() {
	for _, list := range groupBy(d.accounts.list, func(e *entry[Account]) id.Facility { return e.now.Facility }) {
		var heir *Account
		for _, e := range list {
			a := &e.now
			if a.IsDefault {
				heir = nil
				break
			}
			if a.Status == AccountActive && (heir == nil || a.ValidFrom < heir.ValidFrom) {
				heir = a
			}
		}
		if heir != nil {
			heir.IsDefault = true
		}
	}
}

// checkCodes refuses a code of another register that two facilities claim.
func (d *draft) checkCodes() []Problem {
	c := &checks{}
	type key struct {
		scheme CodeScheme
		code   string
	}
	owner := map[key]string{}
	for _, e := range d.facilities.list {
		c.about = e.now.ID.String()
		for _, s := range Schemes() {
			code := e.now.Codes[s]
			if code == "" {
				continue
			}
			if other, ok := owner[key{s, code}]; ok {
				c.add(string(s), s.Label(), code, "đã là mã của "+other, "Kiểm tra lại mã của từng cơ sở")
			}
			owner[key{s, code}] = e.now.Name
		}
	}
	return c.list
}

// save writes the differences, what others refer to first.
func (d *draft) save(tx *db.Tx) error {
	freshAreas, areas := d.areas.split()
	slices.SortStableFunc(freshAreas, func(a, b Area) int { return cmp.Compare(a.Level.rank(), b.Level.rank()) })
	freshAgencies, agencies := d.agencies.split()
	freshFacilities, facilities := d.facilities.split()
	freshAccounts, accounts := d.accounts.split()
	freshContacts, contacts := d.contacts.split()
	freshMethods, methods := d.methods.split()
	freshKinds, kinds := d.feeKinds.split()
	moved, places := d.movedPlaces()
	for _, step := range []func() error{
		func() error { return insertAreas(tx, freshAreas) },
		func() error { return updateAreas(tx, areas) },
		func() error { return insertAgencies(tx, parentsFirst(freshAgencies)) },
		func() error { return updateAgencies(tx, agencies) },
		func() error { return updateFacilities(tx, facilities) }, // first, so that codes they gave up are free
		func() error { return insertFacilities(tx, freshFacilities) },
		func() error { return replacePlaces(tx, moved, places) },
		func() error { return updateAccounts(tx, accounts) },
		func() error { return insertAccounts(tx, freshAccounts) },
		func() error { return insertContacts(tx, freshContacts) },
		func() error { return updateContacts(tx, contacts) },
		func() error { return setMethods(tx, append(freshMethods, methods...)) },
		func() error { return insertFeeKinds(tx, freshKinds) },
		func() error { return updateFeeKinds(tx, kinds) },
		func() error { return d.saveLinks(tx) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// movedPlaces are the facilities whose places changed, and all places of these.
func (d *draft) movedPlaces() (moved []id.Facility, places []Place) {
	changed := map[id.Facility]bool{}
	for _, e := range d.places.list {
		if f := e.now.Facility; e.changed() && !changed[f] {
			changed[f] = true
			moved = append(moved, f)
		}
	}
	for _, e := range d.places.list {
		if changed[e.now.Facility] {
			places = append(places, e.now)
		}
	}
	return moved, places
}

// parentsFirst orders new agencies so that none comes before its parent.
func parentsFirst(list []Agency) []Agency {
	fresh := indexAgencies(list)
	depth := func(g Agency) (n int) {
		for up := fresh[g.Parent]; up.ID != 0 && n < len(list); up = fresh[up.Parent] {
			n++
		}
		return n
	}
	slices.SortStableFunc(list, func(a, b Agency) int { return cmp.Compare(depth(a), depth(b)) })
	return list
}

// counts tells, for each table of the files, how many rows make new records, change some,
// or say what is stored.
func (d *draft) counts(lists []list) []TableCount {
	fate := map[*row]int{}
	tally(fate, d.areas.list)
	tally(fate, d.agencies.list)
	tally(fate, d.facilities.list)
	tally(fate, d.places.list)
	tally(fate, d.accounts.list)
	tally(fate, d.contacts.list)
	tally(fate, d.methods.list)
	tally(fate, d.feeKinds.list)
	tally(fate, d.links.list)
	var out []TableCount
	for _, l := range lists {
		c := TableCount{Table: l.layout.table, Rows: len(l.rows)}
		for _, r := range l.rows {
			switch fate[r] {
			case isNew:
				c.New++
			case isChanged:
				c.Changed++
			case isSame:
				c.Same++
			}
		}
		out = append(out, c)
	}
	return out
}

// Fates of a row; zero is a row with a problem, which reached no record.
const (
	isNew = iota + 1
	isChanged
	isSame
)

func tally[T any](fate map[*row]int, list []*entry[T]) {
	for _, e := range list {
		if e.row == nil || fate[e.row] != 0 {
			continue
		}
		switch {
		case e.old == nil:
			fate[e.row] = isNew
		case e.changed():
			fate[e.row] = isChanged
		default:
			fate[e.row] = isSame
		}
	}
}
