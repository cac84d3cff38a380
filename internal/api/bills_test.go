package api

import (
	"net/http"
	"strings"
	"testing"

	"github.com/sen-platform/sen/internal/access"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/db/dbtest"
	"github.com/sen-platform/sen/internal/rail/vietqr"
)

// bill is a bill of the school as its software would send it.
func (c *client) bill(external string, amount int64, more ...m) m {
	b := m{
		"external_id": external, "payer": m{"name": "Trần Thị Mẫu", "phone": "0912 345 678"},
		"beneficiary": m{"name": "Nguyễn Minh Khôi", "code": "HS001", "class": "3B", "birth_year": 2018},
		"reason":      "Thu tháng 11/2026", "period": "tháng 11/2026", "due_on": "2026-11-30",
		"lines": []m{{"fee_kind": "BAN_TRU", "amount": amount}},
	}
	for _, x := range more {
		for k, v := range x {
			if v == nil {
				delete(b, k)
			} else {
				b[k] = v
			}
		}
	}
	return b
}

func (c *client) create(body m, opts ...option) (billBody, answerOf) {
	c.t.Helper()
	a := c.post("/v1/bills", body, opts...).want(c.t, 201)
	var b billBody
	a.into(c.t, &b)
	return b, a
}

// TestWayOfABill goes the whole way through the API and one webhook: made, published, paid,
// receipted, told as events, counted.
func TestWayOfABill(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		c := h.client(h.School.ID)
		made, a := c.create(c.bill("HD-1", 450000))
		if made.State != "draft" || made.Status != "draft" || made.Total != 450000 || made.Open != 0 || made.PayerURL != "" || made.QR != nil || made.Currency != "VND" {
			t.Errorf("draft: %+v", made)
		}
		if a.header.Get("Location") != "/v1/bills/"+made.ID || a.header.Get("ETag") == "" || made.Payer.Phone != "0912345678" || made.Facility != h.School.ID.String() {
			t.Errorf("draft: %v %+v", a.header, made)
		}
		if made.CreatedAt == nil || !strings.Contains(string(a.body), `"created_at":"2026-11-22T09:00:00+07:00"`) {
			t.Errorf("instants are not in Viet Nam's time: %s", a.body)
		}
		var b billBody
		c.post("/v1/bills/"+made.ID+"/publish", m{}, header("If-Match", a.header.Get("ETag"))).want(t, 200).into(t, &b)
		if b.Status != "open" || b.Open != 450000 || b.PayerURL == "" || b.QR == nil || b.PublishedAt == nil {
			t.Fatalf("published: %+v", b)
		}
		code, err := vietqr.Decode(b.QR.Text)
		if err != nil || code.Account != h.SchoolAccount.Number || code.Amount != 450000 || !strings.HasPrefix(code.Purpose, string(b.Code)) {
			t.Errorf("QR %+v: %v", code, err)
		}

		p := partners[0]
		headers, body := p.sign(hookSecret, h.clk.Now(), saySePay(77, h.SchoolAccount.Number, 450000, string(b.Code)))
		if status, answer := h.post(address(h.hook(p, h.School.ID)), headers, body); status != 200 {
			t.Fatalf("webhook: %d %s", status, answer)
		}
		b = billBody{}
		c.get("/v1/bills/"+made.ID).want(t, 200).into(t, &b)
		if b.Status != "paid" || b.Paid != 450000 || b.Open != 0 || b.QR != nil || b.PaidAt == nil {
			t.Errorf("paid: %+v", b)
		}

		var payments listOf[paymentBody]
		c.get("/v1/payments?bill="+b.ID).want(t, 200).into(t, &payments)
		if len(payments.Data) != 1 || payments.HasMore || payments.NextCursor != "" {
			t.Fatalf("payments: %+v", payments)
		}
		pay := payments.Data[0]
		var onePay paymentBody
		c.get("/v1/payments/"+pay.ID).want(t, 200).into(t, &onePay)
		if pay.Amount != 450000 || pay.Method != "qr" || pay.State != "matched" || pay.Rule != "code" || pay.BillCode != b.Code || onePay.ID != pay.ID || onePay.Receipt.ID != pay.Receipt.ID {
			t.Errorf("payment: %+v", pay)
		}
		var credit creditBody
		c.get("/v1/credits/"+pay.Credit).want(t, 200).into(t, &credit)
		if credit.Amount != 450000 || credit.Allocated != 450000 || credit.Status != "matched" || credit.Stream != "sepay" || credit.PartnerRef != "77" || len(credit.Allocations) != 1 || credit.Allocations[0].ID != pay.ID {
			t.Errorf("credit: %+v", credit)
		}
		var receipts listOf[receiptBody]
		c.get("/v1/receipts?bill="+b.ID).want(t, 200).into(t, &receipts)
		var r receiptBody
		c.get("/v1/receipts/"+pay.Receipt.ID).want(t, 200).into(t, &r)
		if len(receipts.Data) != 1 || receipts.Data[0].ID != r.ID || r.Number != "2026/0000001" || r.Amount != 450000 || r.State != "valid" || r.PDFURL != r.CheckURL+"/pdf" {
			t.Errorf("receipt: %+v %+v", receipts, r)
		}
		seal := r.CheckURL[strings.LastIndexByte(r.CheckURL, '/')+1:]
		for query, verdict := range map[string]string{r.ID + "/check?seal=" + seal: "genuine", r.ID + "/check?seal=00000": "changed", "rec_0000000000001/check?seal=" + seal: "unknown", "xyz/check?seal=" + seal: "unknown"} {
			var got struct{ Verdict, Number string }
			c.get("/v1/receipts/"+query).want(t, 200).into(t, &got)
			if got.Verdict != verdict || (got.Number != "") != (verdict == "genuine") {
				t.Errorf("check %s: %+v, want %s", query, got, verdict)
			}
		}

		var events struct {
			Data      []eventBody
			NextAfter int64 `json:"next_after"`
			HasMore   bool  `json:"has_more"`
		}
		var types []string
		for after := int64(0); ; after = events.NextAfter {
			events.Data = nil
			c.get("/v1/events?limit=1&after="+itoa(after)).want(t, 200).into(t, &events)
			for _, e := range events.Data {
				types = append(types, e.Type)
				if e.Subject != b.ID || e.Data["bill"] != b.ID || e.Seq <= after {
					t.Errorf("event %+v", e)
				}
			}
			if !events.HasMore {
				break
			}
		}
		if got := strings.Join(types, " "); got != "bill.published bill.paid" {
			t.Errorf("events: %s", got)
		}

		var fig struct {
			Data  []figuresBody
			Total figuresBody
		}
		c.get("/v1/indicators?from=2026-11&to=2026-11&by=month,fee_kind").want(t, 200).into(t, &fig)
		if len(fig.Data) != 1 || fig.Data[0].Month != "2026-11" || fig.Data[0].FeeKind != h.Meals.ID.String() || fig.Data[0].Outstanding != nil {
			t.Errorf("figures: %+v", fig.Data)
		}
		total := fig.Total
		if total.Issued != (sumBody{1, 450000}) || total.Payments != (sumBody{1, 450000}) || total.Cashless != total.Payments || total.Settled.Count != 1 ||
			total.Methods["qr"] != (sumBody{1, 450000}) || total.Share == nil || total.Share.ByCount != 1 || total.Outstanding == nil || *total.Outstanding != 0 {
			t.Errorf("total: %+v", total)
		}
		h.verify()
	})
}

func TestCashIsRecorded(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		c := h.client(h.School.ID)
		b, _ := c.create(c.bill("HD-1", 300000, m{"publish": true}))
		cash := m{"bill": b.ID, "amount": 100000, "payer": "Bà nội cháu Khôi"}
		first := c.post("/v1/payments", cash, header(headerIdempotency, "thu-1")).want(t, 201)
		again := c.post("/v1/payments", cash, header(headerIdempotency, "thu-1")).want(t, 201)
		var p paymentBody
		first.into(t, &p)
		if p.Method != "cash" || p.Amount != 100000 || p.Receipt.Number != "2026/0000001" || string(first.body) != string(again.body) || again.header.Get(headerReplayed) != "true" {
			t.Errorf("cash: %s, again %s", first.body, again.body)
		}
		c.post("/v1/payments", cash).want(t, 201) // another key is another hundred thousand
		c.get("/v1/bills/"+b.ID).want(t, 200).into(t, &b)
		if b.Paid != 200000 || b.Status != "partly_paid" {
			t.Errorf("bill: %+v", b)
		}
		over := c.post("/v1/payments", m{"bill": b.ID, "amount": 100001}).want(t, 422).problem(t)
		if over.Code != "amount_not_possible" || over.Errors[0].Pointer != "/amount" {
			t.Errorf("too much: %+v", over)
		}
		var list listOf[paymentBody]
		c.get("/v1/payments?method=cash&limit=1").want(t, 200).into(t, &list)
		if len(list.Data) != 1 || !list.HasMore {
			t.Fatalf("first page: %+v", list)
		}
		newest := list.Data[0].Receipt.Number
		c.get("/v1/payments?method=cash&limit=1&cursor="+list.NextCursor).want(t, 200).into(t, &list)
		if len(list.Data) != 1 || list.HasMore || newest != "2026/0000002" || list.Data[0].Receipt.Number != "2026/0000001" {
			t.Errorf("second page after %s: %+v", newest, list)
		}
		h.verify()
	})
}

func TestBillsChange(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		c := h.client(h.School.ID)
		b, _ := c.create(c.bill("HD-1", 300000, m{"publish": true}))
		seen := c.get("/v1/bills/"+b.ID).want(t, 200)
		tag := seen.header.Get("ETag")
		if a := c.get("/v1/bills/"+b.ID, header("If-None-Match", `"x", `+tag)); a.status != 304 || len(a.body) != 0 {
			t.Errorf("unchanged: %d %s", a.status, a.body)
		}
		h.clk.Advance(30 * 24 * 3600e9) // the tag does not change with the day
		if a := c.get("/v1/bills/"+b.ID, header("If-None-Match", tag)); a.status != 304 {
			t.Errorf("unchanged a month later: %d", a.status)
		}
		h.clk.Set(start)

		next := c.bill("", 250000, m{"external_id": nil})
		p := c.post("/v1/bills/"+b.ID+"/reissue", next, header("If-Match", `"other"`)).want(t, 412).problem(t)
		if p.Code != "precondition_failed" {
			t.Errorf("%+v", p)
		}
		var n, old billBody
		c.post("/v1/bills/"+b.ID+"/reissue", next, header("If-Match", tag)).want(t, 201).into(t, &n)
		c.get("/v1/bills/"+b.ID).want(t, 200).into(t, &old)
		if n.Status != "open" || n.Total != 250000 || n.Replaces != b.ID || n.ExternalID != "HD-1" || n.Code == b.Code || old.Status != "cancelled" || old.ReplacedBy != n.ID {
			t.Errorf("reissued %+v\nold %+v", n, old)
		}
		// Under a new key: the same words again are the same act, other words are refused.
		var same billBody
		c.post("/v1/bills/"+b.ID+"/reissue", next).want(t, 200).into(t, &same)
		if same.ID != n.ID {
			t.Errorf("the same reissue made %s beside %s", same.ID, n.ID)
		}
		if p := c.post("/v1/bills/"+b.ID+"/reissue", c.bill("", 240000, m{"external_id": nil})).want(t, 409).problem(t); p.Code != "bill_replaced" || !strings.Contains(p.Detail, n.ID) {
			t.Errorf("another reissue: %+v", p)
		}
		if p := c.post("/v1/bills/"+b.ID+"/cancel", m{"reason": "nhầm"}).want(t, 409).problem(t); p.Code != "bill_state" || !strings.Contains(p.MessageVI, "đã hủy") {
			t.Errorf("cancel of a reissued bill: %+v", p)
		}
		if p := c.post("/v1/bills/"+n.ID+"/cancel", m{"reason": "  "}).want(t, 422).problem(t); p.Errors[0].Pointer != "/reason" {
			t.Errorf("cancel without a reason: %+v", p)
		}
		for range 2 {
			id := n.ID
			n = billBody{}
			c.post("/v1/bills/"+id+"/cancel", m{"reason": "Học sinh chuyển trường"}).want(t, 200).into(t, &n)
			if n.Status != "cancelled" || n.CancelReason != "Học sinh chuyển trường" || n.QR != nil || n.Open != 0 {
				t.Errorf("cancelled: %+v", n)
			}
		}
		if p := c.post("/v1/bills/"+n.ID+"/publish", m{}).want(t, 409).problem(t); p.Code != "bill_state" {
			t.Errorf("publish of a cancelled bill: %+v", p)
		}
		paid, _ := c.create(c.bill("HD-2", 1000, m{"publish": true}))
		c.post("/v1/payments", m{"bill": paid.ID, "amount": 400}).want(t, 201)
		for _, way := range []string{"/cancel", "/reissue"} {
			body := m{"reason": "nhầm"}
			if way == "/reissue" {
				body = next
			}
			if p := c.post("/v1/bills/"+paid.ID+way, body).want(t, 409).problem(t); p.Code != "bill_has_money" || p.Retryable {
				t.Errorf("%s of a paid bill: %+v", way, p)
			}
		}
		h.verify()
	})
}

func TestBillsAreListed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		c := h.client(h.School.ID)
		for i, class := range []string{"10A", "2A", "2A", "1B", "1B"} {
			c.create(c.bill("HD-"+itoa(int64(i)), 1000, m{"publish": i%2 == 0, "beneficiary": m{"name": "Nguyễn Đức " + []string{"An", "Bình", "Chi", "Dũng", "Em"}[i], "class": class}}))
		}
		walk := func(query string) (names []string) {
			for cursor := ""; ; {
				var page listOf[billBody]
				c.get("/v1/bills?limit=2"+query+cursor).want(t, 200).into(t, &page)
				for _, b := range page.Data {
					words := strings.Fields(b.Beneficiary.Name)
					names = append(names, words[len(words)-1][:1])
				}
				if !page.HasMore {
					return names
				}
				cursor = "&cursor=" + page.NextCursor
			}
		}
		for query, want := range map[string]string{
			"": "E D C B A", "&order=roll": "D E B C A", "&status=open": "E C A", "&status=in:draft,paid": "D B", "&class=2A": "C B", "&q=duc%20BINH": "B",
			"&external_id=HD-3": "D", "&external_id=HD-9": "", "&due_on[gte]=2026-12-01": "", "&overdue=true": "", "&status=draft,open&class=1B": "E D",
		} {
			if got := strings.Join(walk(query), " "); got != want {
				t.Errorf("%s: %q, want %q", query, got, want)
			}
		}
		var one listOf[billBody]
		c.get("/v1/bills?external_id=HD-0").into(t, &one)
		code := string(one.Data[0].Code)
		c.get("/v1/bills?code="+code[:4]+"+"+strings.ToLower(code[4:])).want(t, 200).into(t, &one)
		if len(one.Data) != 1 || one.Data[0].ExternalID != "HD-0" {
			t.Errorf("by code: %+v", one)
		}
		c.get("/v1/bills?code="+code+"&external_id=HD-1").want(t, 200).into(t, &one)
		if len(one.Data) != 0 {
			t.Errorf("code of one and identifier of another: %+v", one)
		}
	})
}

// NFD is what some machines send; it is the same bill.
func TestDecomposedText(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		c := h.client(h.School.ID)
		nfc := c.bill("HĐ-1", 1000)
		nfd := c.bill("HĐ-1", 1000, m{
			"payer":       m{"name": "Trần Thị Mẫu", "phone": "0912345678"},
			"beneficiary": m{"name": "Nguyễn Minh Khôi", "code": "HS001", "class": "3B", "birth_year": 2018}, "reason": "Thu tháng 11/2026", "period": "tháng 11/2026",
		})
		first, _ := c.create(nfc)
		var second billBody
		c.post("/v1/bills", nfd).want(t, 200).into(t, &second)
		if second.ID != first.ID || second.Payer.Name != "Trần Thị Mẫu" {
			t.Errorf("the decomposed form is another bill: %+v", second)
		}
		var found listOf[billBody]
		c.get("/v1/bills?q=nguye%CC%82%CC%83n").want(t, 200).into(t, &found)
		if len(found.Data) != 1 {
			t.Errorf("search with decomposed text: %+v", found)
		}
	})
}

func TestFacilitiesAndFeeKinds(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		school, province := h.client(h.School.ID), h.client(0)
		var list listOf[facilityBody]
		school.get("/v1/facilities").want(t, 200).into(t, &list)
		if len(list.Data) != 1 || list.Data[0].ID != h.School.ID.String() || len(list.Data[0].Accounts) != 1 || list.Data[0].Accounts[0].Bank != "Vietcombank" || len(list.Data[0].Methods) != 4 {
			t.Errorf("own: %+v", list)
		}
		school.get("/v1/facilities?sector=health").want(t, 200).into(t, &list)
		if len(list.Data) != 0 {
			t.Errorf("own, of the other sector: %+v", list)
		}
		var names []string
		for cursor := ""; ; {
			province.get("/v1/facilities?limit=1"+cursor).want(t, 200).into(t, &list)
			for _, f := range list.Data {
				names = append(names, f.Name)
			}
			if !list.HasMore {
				break
			}
			cursor = "&cursor=" + list.NextCursor
		}
		if strings.Join(names, ",") != "Bệnh viện Thử,Trường Tiểu học Thử" {
			t.Errorf("all: %v", names)
		}
		var one facilityBody
		province.get("/v1/facilities/"+h.Hospital.ID.String()).want(t, 200).into(t, &one)
		if one.Code != "BV-THU" || one.LevelName == "" {
			t.Errorf("hospital: %+v", one)
		}
		var kinds listOf[feeKindBody]
		school.get("/v1/fee_kinds?sector=education&on=2026-11-22").want(t, 200).into(t, &kinds)
		if len(kinds.Data) != 1 || kinds.Data[0].Code != "BAN_TRU" {
			t.Errorf("kinds: %+v", kinds)
		}
		var byID, byCode feeKindBody
		school.get("/v1/fee_kinds/"+h.Visit.ID.String()).want(t, 200).into(t, &byID)
		school.get("/v1/fee_kinds/KHAM").want(t, 200).into(t, &byCode)
		if byID.ID != byCode.ID || byID.LegalBasis != "Văn bản mẫu" {
			t.Errorf("kind: %+v %+v", byID, byCode)
		}
		if p := school.get("/v1/fee_kinds/KHONG_CO").want(t, 404).problem(t); p.Code != "not_found" {
			t.Errorf("%+v", p)
		}
		// The province sees figures of all, and no bill of anyone.
		province.get("/v1/indicators?by=facility").want(t, 200)
		for _, path := range []string{"/v1/bills", "/v1/credits", "/v1/payments", "/v1/receipts", "/v1/events", "/v1/bills?facility=" + h.School.ID.String()} {
			if p := province.get(path).want(t, 403).problem(t); p.Code != "scope_missing" {
				t.Errorf("%s: %+v", path, p)
			}
		}
	})
}

func TestScopes(t *testing.T) {
	h := newHouse(t, dbtest.SQLite(t))
	full := h.client(h.School.ID)
	b, _ := full.create(full.bill("HD-1", 1000))
	viewer := h.client(h.School.ID, access.ViewBills)
	viewer.get("/v1/bills/"+b.ID).want(t, 200)
	for path, body := range map[string]m{
		"/v1/bills": full.bill("HD-2", 1000), "/v1/bills/" + b.ID + "/publish": {}, "/v1/bills/" + b.ID + "/cancel": {"reason": "x"},
		"/v1/bills/" + b.ID + "/reissue": full.bill("", 1000, m{"external_id": nil}), "/v1/payments": {"bill": b.ID, "amount": 1},
	} {
		if p := viewer.post(path, body).want(t, 403).problem(t); p.Code != "scope_missing" || !strings.Contains(p.Detail, ".") {
			t.Errorf("%s: %+v", path, p)
		}
	}
	for _, path := range []string{"/v1/credits", "/v1/receipts", "/v1/payments", "/v1/events", "/v1/indicators", "/v1/facilities"} {
		viewer.get(path).want(t, 403)
	}
	editor := h.client(h.School.ID, access.ViewBills, access.EditBills)
	editor.post("/v1/bills", full.bill("HD-3", 1000)).want(t, 201)
	if p := editor.post("/v1/bills", full.bill("HD-4", 1000, m{"publish": true})).want(t, 403).problem(t); !strings.Contains(p.Detail, "bill.publish") {
		t.Errorf("publishing without the scope: %+v", p)
	}
	if a := viewer.call(http.MethodPost, batchPath, []byte("{}\n"), header("Content-Type", mediaNDJSON)); a.status != 403 {
		t.Errorf("batch without the scope: %d", a.status)
	}
}
