package desk

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sen-platform/sen/internal/access"
	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/org"
)

// things are one of each kind of thing a route may name.
type things map[string]string

// nothings are identifiers of nothing.
var nothings = things{
	"bill": "bil_0000000000001", "credit": "cre_0000000000001", "round": "rnd_0000000000001", "file": "fil_0000000000001",
	"receipt": "rec_0000000000001", "contact": "con_0000000000001", "account": "acc_0000000000001",
	"hook": "hok_0000000000001", "key": "key_0000000000001",
}

// fill puts things into a route's pattern.
func (x things) fill(pattern string) (method, path string) {
	method, path, _ = strings.Cut(pattern, " ")
	for name, value := range x {
		path = strings.ReplaceAll(path, "{"+name+"}", value)
	}
	return method, path
}

// ask sends a route's request with a form that would do something.
func (b *browser) ask(method, path string) answer {
	if method == http.MethodGet {
		return b.get(path)
	}
	return b.post(path, "ly-do", "thử", "phieu", "", "tien", "1", "so-tien", "1000", "khoa", id.NewToken())
}

// foreign makes one of each kind of thing at the hospital.
func (h *house) foreign() things {
	h.t.Helper()
	b := h.issue(h.ofHospital)
	waits := h.transfer(5_000, "khong biet", h.toHospital)
	var r bill.Round
	h.must(h.d.Update(h.ctx, func(tx *db.Tx) (err error) {
		r, err = bill.CreateRound(tx, h.ids, h.clk.Now(), bill.NewRound{Facility: h.world.Hospital.ID, Name: "Đợt của bệnh viện", DueOn: h.today().AddDays(9)})
		return err
	}))
	paid := h.issue(h.ofHospital)
	_, rec, err := h.s.TakeCash(h.ctx, collect.System, cashOf(h, paid, paid.Total))
	h.must(err)
	imp, err := h.s.ImportStatement(h.ctx, collect.System, h.world.Hospital.ID, "bv.xml", camt053(h.world.HospitalAccount.Number, h.today(), 0, 0), nil)
	h.must(err)
	contact, err := h.world.Service.CreateContact(h.ctx, "test", org.Contact{Facility: h.world.Hospital.ID, Name: "Bàn hướng dẫn", Role: "Hướng dẫn", Phone: "0200 000 0115", Public: true})
	h.must(err)
	hook, err := h.s.AddHook(h.ctx, collect.System, h.face.Keys, h.world.Hospital.ID, "sepay", "hmac", "khoa cua benh vien")
	h.must(err)
	key, _, err := h.users.CreateKey(h.ctx, access.SystemSubject(), access.APIKey{Facility: h.world.Hospital.ID, Name: "Phần mềm bệnh viện", Mode: access.Live, Scopes: []access.Action{access.ViewBills}})
	h.must(err)
	return things{
		"hook": hook.ID.String(), "key": key.ID.String(),
		"bill": b.ID.String(), "credit": waits.Credit.String(), "round": r.ID.String(), "file": imp.File.String(),
		"receipt": rec.ID.String(), "contact": contact.ID.String(), "account": h.world.HospitalAccount.ID.String(),
	}
}

// hospitalState is everything of the hospital that a breach could change.
func (h *house) hospitalState() (out struct {
	Bills    []bill.Bill
	Credits  []collect.Credit
	Rounds   []bill.Round
	Receipts []collect.Receipt
	Contacts []org.Contact
	Accounts []org.Account
	Hooks    []collect.Hook
	Keys     []access.APIKey
},
) {
	h.t.Helper()
	h.view(func(tx *db.Tx) error {
		p, err := bill.Search(tx, bill.Filter{Facility: h.world.Hospital.ID})
		if err != nil {
			return err
		}
		out.Bills = p.Bills
		if out.Rounds, err = bill.Rounds(tx, h.world.Hospital.ID, 0, 10); err != nil {
			return err
		}
		if out.Receipts, _, err = collect.Receipts(tx, collect.ReceiptFilter{Facility: h.world.Hospital.ID}); err != nil {
			return err
		}
		if out.Contacts, err = org.ContactsOf(tx, h.world.Hospital.ID); err != nil {
			return err
		}
		if out.Accounts, err = org.AccountsOf(tx, h.world.Hospital.ID); err != nil {
			return err
		}
		if out.Hooks, err = collect.HooksOf(tx, h.world.Hospital.ID); err != nil {
			return err
		}
		if out.Keys, err = access.KeysOf(tx, h.world.Hospital.ID); err != nil {
			return err
		}
		out.Credits, _, err = collect.Credits(tx, collect.CreditFilter{Facility: h.world.Hospital.ID})
		return err
	})
	return out
}

// For every route and person of the school: a thing of the hospital is not there, and nothing
// of it changes; a route beyond the role is refused; nobody gets in without signing in.
func TestOtherFacilitysThingsAreNotThere(t *testing.T) {
	each(t, func(h *house) {
		t := h.t
		theirs := h.foreign()
		before := h.hospitalState()
		school := access.Target{Facility: h.world.School.ID, Sector: h.world.School.Sector}
		roles := map[string]access.Role{accountant: access.FacilityAccountant, cashier: access.FacilityCashier, manager: access.FacilityManager}
		for _, r := range h.face.routes() {
			if !strings.Contains(r.pattern, "{") {
				continue
			}
			method, path := theirs.fill(r.pattern)
			if strings.Contains(path, "{") {
				t.Fatalf("%s: no foreign thing to try it with", r.pattern)
			}
			for login, role := range roles {
				want := http.StatusNotFound
				if !access.Can(access.Subject{Role: role, Facility: h.world.School.ID}, r.action, school) {
					want = http.StatusForbidden
				}
				if a := h.as(login).ask(method, path); a.status != want {
					t.Errorf("%s as %s: %d, want %d", r.pattern, login, a.status, want)
				}
			}
			for _, bad := range []string{"x", "bil_0000000000001", "../../p"} {
				method, path := things{"bill": bad, "credit": bad, "round": bad, "receipt": bad, "file": bad, "contact": bad, "account": bad, "method": bad, "row": bad}.fill(r.pattern)
				path = (&url.URL{Path: path}).EscapedPath()
				if a := h.as(accountant).ask(method, path); a.status == http.StatusOK || a.status >= 500 {
					t.Errorf("%s with %q: %d", r.pattern, bad, a.status)
				}
			}
		}
		if diff := cmp.Diff(before, h.hospitalState(), cmp.AllowUnexported(bill.Bill{}, collect.Credit{}, collect.Hook{})); diff != "" {
			t.Errorf("the school's people changed the hospital: %s", diff)
		}
		h.verify()
	})
}

func TestOnlyRolesOfTheTableGetIn(t *testing.T) {
	each(t, func(h *house) {
		t := h.t
		stranger := h.stranger()
		for _, r := range h.face.routes() {
			method, path := nothings.fill(r.pattern)
			a := stranger.ask(method, path)
			if a.status != http.StatusSeeOther || !strings.HasPrefix(a.location, "/signin") {
				t.Errorf("%s for nobody: %d %s", r.pattern, a.status, a.location)
			}
			if a := h.as(officer).ask(method, path); a.status != http.StatusForbidden {
				t.Errorf("%s for the province: %d, want 403", r.pattern, a.status)
			}
		}
	})
}

// Identifiers inside forms are as foreign as those in addresses.
func TestForeignThingsInForms(t *testing.T) {
	each(t, func(h *house) {
		t := h.t
		theirs := h.foreign()
		ours := h.transfer(100_000, "khong ma")
		a := h.as(accountant)
		at := "/desk/cho-xu-ly/" + ours.Credit.String()
		for name, got := range map[string]answer{
			"assign": a.post(at, "phieu", theirs["bill"]),
			"split":  a.post(at+"/chia", "phieu", theirs["bill"], "tien", "1.000"),
			"shown":  a.get(at + "/chia?them=" + theirs["bill"]),
			"copied": a.get("/desk/phieu/moi?tu=" + theirs["bill"]),
		} {
			if got.status != http.StatusNotFound {
				t.Errorf("%s: %d", name, got.status)
			}
		}
		if c := h.credit(ours.Credit); c.Suspense != 100_000 {
			t.Errorf("waits %d", c.Suspense)
		}
		a.page(at+"?phieu="+theirs["bill"]).silent(t, "Đinh Thị Mai")
		a.page("/desk/phieu?tim=mai").silent(t, "Đinh Thị Mai")
		h.verify()
	})
}
