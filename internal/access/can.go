package access

import (
	"slices"

	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/org"
)

// Subject is who acts.
type Subject struct {
	Role Role
	User id.User // zero for a program
	Key  KeyID   // the API key, zero for a person
	// Facility is the subject's own; zero for people of the province.
	Facility id.Facility
	Agency   id.Agency
	// Area narrows an officer to one unit of the map; zero is the whole province.
	Area id.Area
	// Sector narrows an officer to schools or to health facilities; empty is both.
	Sector org.Sector
	// Scopes are the actions an API key was made for; people have none.
	Scopes []Action
}

// SystemSubject acts for the program itself: jobs, the command line.
func SystemSubject() Subject { return Subject{Role: System} }

// Actor is the subject as the audit log names it: "usr_…", "key_…" or "system".
func (s Subject) Actor() string {
	switch {
	case s.User != 0:
		return s.User.String()
	case s.Key != 0:
		return s.Key.String()
	}
	return "system"
}

// Target is what is acted on. A figure of many facilities has no Facility; an empty Sector
// then means both, an empty Areas the whole province.
type Target struct {
	Facility id.Facility
	Sector   org.Sector
	// Areas are the unit the target lies in and all units above it, on the day asked about.
	Areas []id.Area
}

// OnFacility is a facility as a target. path is where it lies, from the province down
// (org.Node.Path); officers of one area see nothing of a facility whose path is not given.
func OnFacility(f org.Facility, path ...org.Area) Target {
	t := Target{Facility: f.ID, Sector: f.Sector}
	for _, a := range path {
		t.Areas = append(t.Areas, a.ID)
	}
	return t
}

// Action is one thing a subject may want to do.
type Action string

// The actions. Those marked * show or touch names of pupils, patients and payers.
const (
	ViewFacility    Action = "facility.view"    // its page for staff: contacts, accounts, methods
	EditFacility    Action = "facility.edit"    // contacts, hours, methods, part payment
	ManageAccounts  Action = "account.manage"   // receiving accounts
	ManageOrg       Action = "org.manage"       // areas, agencies, opening, moving, closing facilities, fee kinds
	ViewBills       Action = "bill.view"        // *
	EditBills       Action = "bill.edit"        // * import, draft, correct
	PublishBills    Action = "bill.publish"     // * also publish again
	CancelBills     Action = "bill.cancel"      // *
	ViewCredits     Action = "credit.view"      // * money that arrived, live
	ImportStatement Action = "statement.import" // *
	AssignCredits   Action = "credit.assign"    // * suspense: assign, split, take back
	ReturnCredits   Action = "credit.return"    // * send money back to the payer
	TakeCash        Action = "cash.take"        // *
	ViewReceipts    Action = "receipt.view"     // * also print a copy
	ReverseReceipts Action = "receipt.reverse"  // *
	ViewEvents      Action = "event.view"       // * the pull feed
	ViewFigures     Action = "figure.view"      // totals and rates, down to one facility
	ExportFigures   Action = "figure.export"
	ManageUsers     Action = "user.manage"
	ManageKeys      Action = "key.manage"  // API keys, outbound webhooks
	ManageHooks     Action = "hook.manage" // secrets of banks and gateways
	ViewAudit       Action = "audit.view"
	Operate         Action = "system.operate" // verify, repair, back up
)

// reach is how far a permission goes.
type reach uint8

const (
	none   reach = iota
	own          // the subject's own facility
	sector       // the subject's sector and area
	house        // what belongs to the province itself, to no facility
	all
)

// row says how far each role's permission goes for one action.
type row struct {
	accountant, cashier, manager, officer, admin, system, key, provinceKey reach
}

func (r row) of(role Role) reach {
	switch role {
	case FacilityAccountant:
		return r.accountant
	case FacilityCashier:
		return r.cashier
	case FacilityManager:
		return r.manager
	case DepartmentOfficer:
		return r.officer
	case ProvinceAdmin:
		return r.admin
	case System:
		return r.system
	case FacilityKey:
		return r.key
	case ProvinceKey:
		return r.provinceKey
	}
	return none
}

// table is the whole law. Two rules shape it: people of one facility reach no other, and
// nobody outside a facility sees names of its pupils or patients. (So the province makes no
// keys for a facility: a key could read what the province may not.)
var table = map[Action]row{
	//               accountant cashier manager officer admin system key  provinceKey
	ViewFacility:    {own, own, own, sector, all, all, own, all},
	EditFacility:    {own, none, own, none, all, all, none, none},
	ManageAccounts:  {none, none, own, none, all, all, none, none},
	ManageOrg:       {none, none, none, none, all, all, none, none},
	ViewBills:       {own, own, own, none, none, all, own, none},
	EditBills:       {own, none, none, none, none, all, own, none},
	PublishBills:    {own, none, own, none, none, all, own, none},
	CancelBills:     {own, none, own, none, none, all, own, none},
	ViewCredits:     {own, own, own, none, none, all, own, none},
	ImportStatement: {own, none, none, none, none, all, own, none},
	AssignCredits:   {own, none, none, none, none, all, none, none},
	ReturnCredits:   {own, none, own, none, none, all, none, none},
	TakeCash:        {own, own, none, none, none, all, own, none},
	ViewReceipts:    {own, own, own, none, none, all, own, none},
	ReverseReceipts: {own, none, own, none, none, all, none, none},
	ViewEvents:      {own, none, own, none, none, all, own, none},
	ViewFigures:     {own, none, own, sector, all, all, own, all},
	ExportFigures:   {own, none, own, sector, all, all, own, all},
	ManageUsers:     {none, none, own, none, all, all, none, none},
	ManageKeys:      {none, none, own, none, house, all, none, none},
	ManageHooks:     {none, none, own, none, all, all, none, none},
	ViewAudit:       {none, none, own, none, all, all, none, none},
	Operate:         {none, none, none, none, none, all, none, none},
}

// Actions lists all actions in alphabetical order.
func Actions() []Action {
	out := make([]Action, 0, len(table))
	for a := range table {
		out = append(out, a)
	}
	slices.Sort(out)
	return out
}

// Can reports whether s may do a on a target. It is the only place that decides.
func Can(s Subject, a Action, on Target) bool {
	if s.Key != 0 && !slices.Contains(s.Scopes, a) {
		return false
	}
	switch table[a].of(s.Role) {
	case own:
		return s.Facility != 0 && on.Facility == s.Facility
	case sector:
		return (s.Sector == "" || s.Sector == org.Both || on.Sector == s.Sector) && (s.Area == 0 || slices.Contains(on.Areas, s.Area))
	case house:
		return on.Facility == 0
	case all:
		return true
	}
	return false
}

// SeesNames reports whether s may see names of pupils, patients and payers of the target.
// Where it is false, faces show figures only.
func SeesNames(s Subject, on Target) bool { return Can(s, ViewBills, on) || Can(s, ViewReceipts, on) }

// Scopes lists the actions an API key can be made for: of one facility, or of the province.
func Scopes(r Role) []Action {
	var out []Action
	for _, a := range Actions() {
		if table[a].of(r) != none {
			out = append(out, a)
		}
	}
	return out
}
