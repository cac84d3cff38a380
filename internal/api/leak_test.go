package api

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/db/dbtest"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/rail"
)

// secrets is everything by which the hospital's affairs could be known: identifiers, codes,
// tokens, names.
type secrets struct{ ids, words []string }

// fillHospital gives the hospital one of everything: bills in each state, a payment, money in
// suspense, receipts, a contact of its own staff.
func (h *house) fillHospital() secrets {
	h.t.Helper()
	var s secrets
	var drafts []bill.NewBill
	for i := range 4 {
		drafts = append(drafts, bill.NewBill{
			Facility: h.Hospital.ID, ExternalID: "BENH-AN-" + itoa(int64(i)), PayerName: "Phạm Bí Mật", BeneficiaryName: "Vũ Kín Đáo", BeneficiaryCode: "BN777" + itoa(int64(i)),
			Class: "Khoa Sản", Reason: "Viện phí nội trú", DueOn: clock.Today(h.clk).AddDays(5),
			Lines: []bill.Line{{FeeKind: h.Visit.ID, Name: "Khám chuyên khoa", Quantity: 1, UnitPrice: 77000, Amount: 77000}},
		})
	}
	list, err := h.deps.Collect.Issue(h.ctx, collect.System, drafts, false)
	h.must(err)
	_, err = h.deps.Collect.PublishBills(h.ctx, collect.System, []id.Bill{list[1].ID, list[2].ID, list[3].ID})
	h.must(err)
	h.must(h.deps.Collect.Cancel(h.ctx, collect.System, list[3].ID, "lý do riêng"))
	credit := func(ref, memo string) collect.Incoming {
		return collect.Incoming{Credit: rail.Credit{
			Stream: "sepay", PartnerRef: ref, Account: h.HospitalAccount.Number, Amount: 77000, Memo: memo, BookedOn: clock.Today(h.clk), Method: rail.QR, PayerName: "PHAM BI MAT",
		}}
	}
	out, err := h.deps.Collect.Receive(h.ctx, []collect.Incoming{credit("h1", string(list[1].Code)), credit("h2", "tien kham benh")})
	h.must(err)
	h.view(func(tx *db.Tx) error {
		rs, err := collect.ReceiptsOfCredit(tx, out[0].Credit)
		if err != nil {
			return err
		}
		for _, r := range rs {
			s.ids = append(s.ids, r.ID.String(), r.Allocation.String())
			s.words = append(s.words, h.deps.Collect.CheckCode(r, string(list[1].Code)))
		}
		return nil
	})
	for _, o := range out {
		s.ids = append(s.ids, o.Credit.String())
	}
	for _, b := range list {
		s.ids = append(s.ids, b.ID.String())
		s.words = append(s.words, string(b.Code), b.ExternalID)
	}
	s.words = append(s.words, list[1].Token, list[2].Token, list[3].Token) // a draft has no page yet
	s.ids = append(s.ids, h.Hospital.ID.String(), h.HospitalAccount.ID.String())
	s.words = append(s.words, "Bí Mật", "BI MAT", "Kín Đáo", "BN777", "Khoa Sản", "nội trú", "lý do riêng", h.HospitalAccount.Number, "Bệnh viện", "BENH VIEN")
	return s
}

// TestNoLeakBetweenFacilities lets a school's key try every call with every identifier, code
// and token of the hospital, in every place a call has room for one. No answer says anything
// of the hospital, and nothing of the hospital changes.
func TestNoLeakBetweenFacilities(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		hidden := h.fillHospital()
		c := h.client(h.School.ID)
		mine, _ := c.create(c.bill("HD-1", 1000, m{"publish": true}))
		hospital := h.client(h.Hospital.ID)
		state := func() string {
			var all []string
			for _, path := range []string{"/v1/bills?limit=500", "/v1/credits?limit=500", "/v1/payments", "/v1/receipts", "/v1/indicators", "/v1/facilities"} {
				all = append(all, string(hospital.get(path).want(t, 200).body))
			}
			return strings.Join(all, "\n")
		}
		before := state()
		for _, w := range hidden.words {
			if !strings.Contains(before, w) {
				t.Fatalf("the test looks for %q, which even the hospital does not see", w)
			}
		}
		gets := []string{
			"/v1/facilities/{}", "/v1/bills/{}", "/v1/payments/{}", "/v1/credits/{}", "/v1/receipts/{}", "/v1/fee_kinds/{}", "/v1/bills?facility={}", "/v1/credits?facility={}", "/v1/payments?facility={}",
			"/v1/receipts?facility={}", "/v1/indicators?facility={}", "/v1/indicators?by=facility", "/v1/bills?code={}", "/v1/bills?external_id={}", "/v1/bills?q={}", "/v1/bills?beneficiary_code={}", "/v1/bills?round={}",
			"/v1/bills?cursor={}", "/v1/credits?q={}", "/v1/credits?cursor={}", "/v1/payments?bill={}", "/v1/payments?cursor={}", "/v1/receipts?bill={}", "/v1/events?after=0", "/v1/bills", "/v1/credits", "/v1/payments",
			"/v1/receipts", "/v1/facilities", "/v1/indicators?by=fee_kind,month", "/v1/facilities?q={}", "/v1/receipts/{}/check?seal=0",
		}
		posts := map[string]func(string) m{
			"/v1/bills/{}/publish": func(string) m { return m{} },
			"/v1/bills/{}/cancel":  func(string) m { return m{"reason": "nhầm"} },
			"/v1/bills/{}/reissue": func(string) m { return c.bill("", 1000, m{"external_id": nil}) },
			"/v1/payments":         func(x string) m { return m{"bill": x, "amount": 1} },
			"/v1/bills":            func(x string) m { return c.bill("", 1000, m{"external_id": nil, "facility": x}) },
			"/v1/bills?":           func(x string) m { return c.bill("", 1000, m{"external_id": nil, "account": x}) },
		}
		postPaths := slices.Sorted(func(yield func(string) bool) {
			for p := range posts {
				if !yield(p) {
					return
				}
			}
		})
		rapid.Check(t, func(rt *rapid.T) {
			x := rapid.SampledFrom(slices.Concat(hidden.ids, hidden.words)).Draw(rt, "secret")
			escaped := strings.ReplaceAll(strings.ReplaceAll(x, " ", "%20"), "#", "%23")
			var a answerOf
			if rapid.Bool().Draw(rt, "read") {
				path := rapid.SampledFrom(gets).Draw(rt, "path")
				a = c.get(strings.ReplaceAll(path, "{}", escaped))
				if strings.Contains(path, "/{}") && !strings.HasSuffix(path, "seal=0") && a.status != http.StatusNotFound {
					rt.Errorf("%s: %d %s", path, a.status, a.body)
				}
			} else {
				path := rapid.SampledFrom(postPaths).Draw(rt, "path")
				a = c.post(strings.TrimSuffix(strings.ReplaceAll(path, "{}", escaped), "?"), posts[path](x))
				if a.status < 400 {
					rt.Errorf("%s with %s: %d %s", path, x, a.status, a.body)
				}
			}
			said := string(a.body)
			for _, echo := range []string{escaped, x} { // the caller's own words come back in "instance"
				said = strings.ReplaceAll(said, echo, "")
			}
			for _, w := range slices.Concat(hidden.ids, hidden.words) {
				if w != x && strings.Contains(said, w) {
					rt.Errorf("asked with %q: the answer holds %q: %s", x, w, a.body)
				}
			}
		})
		if after := state(); after != before {
			t.Errorf("the hospital's affairs changed:\n%s\n%s", before, after)
		}
		var b billBody
		c.get("/v1/bills/"+mine.ID).want(t, 200).into(t, &b)
		if b.Paid != 0 || len(h.bills()) != 1 {
			t.Errorf("the school's own bill changed: %+v, %d bills", b, len(h.bills()))
		}
		h.verify()
	})
}
