package bill

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/db/dbtest"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/vnd"
)

func TestStatus(t *testing.T) {
	for _, c := range []struct {
		bill  Bill
		today clock.Date
		want  Status
		label string
	}{
		{Bill{State: Draft, Total: 10}, "2026-12-01", StatusDraft, "Chưa phát hành"},
		{Bill{State: Published, Total: 10}, "2026-12-01", StatusOpen, "Chưa trả"},
		{Bill{State: Published, Total: 10, Paid: 3}, "2026-12-01", StatusPartlyPaid, "Trả một phần"},
		{Bill{State: Published, Total: 10, Paid: 10}, "2026-12-01", StatusPaid, "Đã trả"},
		{Bill{State: Cancelled, Total: 10}, "2026-12-01", StatusCancelled, "Đã hủy"},
		{Bill{State: Published, Total: 10, ExpiresOn: "2026-12-01"}, "2026-12-01", StatusOpen, "Chưa trả"},
		{Bill{State: Published, Total: 10, ExpiresOn: "2026-12-01"}, "2026-12-02", StatusExpired, "Quá thời hạn, vẫn trả được"},
		{Bill{State: Published, Total: 10, Paid: 10, ExpiresOn: "2026-12-01"}, "2026-12-02", StatusPaid, "Đã trả"},
	} {
		if got := c.bill.Status(c.today); got != c.want || got.Label() != c.label {
			t.Errorf("%+v on %s: %s %q, want %s %q", c.bill, c.today, got, got.Label(), c.want, c.label)
		}
	}
	if b := (Bill{State: Published, Total: 10, DueOn: "2026-12-01"}); b.Overdue("2026-12-01") || !b.Overdue("2026-12-02") {
		t.Error("a bill is overdue from the day after its due date")
	}
}

func TestPaymentInfo(t *testing.T) {
	school := org.Facility{Name: "Trường Tiểu học Thử", Sector: org.Education}
	b := Bill{Code: "HPK7G3M9X077", PayerName: "Trần Thị Mẫu", BeneficiaryName: "Lê Văn Thử", Class: "3B", Reason: "Thu tháng 12/2026"}
	want := PaymentInfo{
		Payer: "Trần Thị Mẫu", Beneficiary: "Lê Văn Thử", Payee: "Trường Tiểu học Thử", Reason: "Thu tháng 12/2026",
		Code: "HPK7G3M9X077", Memo: "HPK7G3M9X077 LOP 3B",
	}
	if diff := cmp.Diff(want, b.PaymentInfo(school)); diff != "" {
		t.Error(diff)
	}
	for class, want := range map[string]string{
		"": "HPK7G3M9X077", "Lớp 3B": "HPK7G3M9X077 LOP 3B", "Chồi non lớn buổi chiều": "HPK7G3M9X077", "!!": "HPK7G3M9X077",
	} {
		b.Class = class
		if got := b.PaymentInfo(school).Memo; got != want {
			t.Errorf("class %q: memo %q, want %q", class, got, want)
		}
	}
	b.Class = "Khoa Tâm thần"
	if got := b.PaymentInfo(org.Facility{Sector: org.Health}).Memo; got != "HPK7G3M9X077" {
		t.Errorf("a patient's ward stands in the memo: %q", got)
	}
}

func TestInstalments(t *testing.T) {
	plan := []Instalment{{600, "2026-10-31"}, {300, "2026-12-31"}, {100, "2027-02-28"}}
	for _, c := range []struct {
		name   string
		bill   Bill
		plan   []Instalment
		today  clock.Date
		next   Instalment
		ok     bool
		amount vnd.Amount
	}{
		{"nothing due yet: the first part", Bill{Total: 1000}, plan, "2026-10-01", plan[0], true, 600},
		{"two parts due", Bill{Total: 1000}, plan, "2027-01-01", plan[0], true, 900},
		{"into the second part", Bill{Total: 1000, Paid: 700}, plan, "2026-10-01", Instalment{200, "2026-12-31"}, true, 200},
		{"exactly the first part", Bill{Total: 1000, Paid: 600}, plan, "2026-10-01", plan[1], true, 300},
		{"all due, some paid", Bill{Total: 1000, Paid: 601}, plan, "2028-01-01", Instalment{299, "2026-12-31"}, true, 399},
		{"paid", Bill{Total: 1000, Paid: 1000}, plan, "2026-10-01", Instalment{}, false, 0},
		{"no plan", Bill{Total: 1000, Paid: 400, DueOn: "2026-11-30"}, nil, "2026-10-01", Instalment{600, "2026-11-30"}, true, 600},
	} {
		c.bill.State, c.bill.PartPayment = Published, org.Instalments
		next, ok := c.bill.NextDue(c.plan)
		if next != c.next || ok != c.ok || c.bill.AmountDue(c.plan, c.today) != c.amount {
			t.Errorf("%s: %v %v, due %d", c.name, next, ok, int64(c.bill.AmountDue(c.plan, c.today)))
		}
	}
	if _, ok := (Bill{State: Draft, Total: 5}).NextDue(nil); ok {
		t.Error("a draft owes nothing")
	}
}

// Whatever the plan and the total: the parts add up, and paying what is offered again and
// again pays the bill exactly.
func TestInstalmentsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		total := vnd.Amount(rapid.Int64Range(1, int64(vnd.MaxBill)).Draw(t, "total"))
		var plan []Share
		for i, w := range rapid.SliceOfN(rapid.Int64Range(1, 1000), 1, 12).Draw(t, "weights") {
			plan = append(plan, Share{w, today.AddDays(30 * i)})
		}
		parts, err := Divide(total, plan)
		if err != nil {
			t.Fatal(err)
		}
		b := Bill{State: Published, Total: total, PartPayment: org.Instalments}
		on := today.AddDays(rapid.IntRange(-10, 400).Draw(t, "on"))
		for range len(parts) + 1 {
			due := b.AmountDue(parts, on)
			if due < 0 || due > b.Open() || (due == 0) != (b.Open() == 0) {
				t.Fatalf("offered %d of %d", int64(due), int64(b.Open()))
			}
			b.Paid += due
		}
		if b.Open() != 0 {
			t.Fatalf("%d left after paying every offer", int64(b.Open()))
		}
	})
}

func TestCheck(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		var rules Rules
		w.view(func(tx *db.Tx) error {
			var err error
			rules, err = LoadRules(tx, w.School.ID, today)
			return err
		})
		long := strings.Repeat("ă", MaxName+1)
		for _, c := range []struct {
			name    string
			change  func(n *NewBill)
			pointer string
			code    string
			says    string
		}{
			{"other facility", func(n *NewBill) { n.Facility = w.Hospital.ID }, "/facility", CodeUnknown, "cơ sở khác"},
			{"no name", func(n *NewBill) { n.BeneficiaryName = " \u200b " }, "/payer/name", CodeRequired, "Nhập họ tên"},
			{"long name", func(n *NewBill) { n.BeneficiaryName = long }, "/beneficiary/name", CodeTooLong, "101 ký tự"},
			{"no reason", func(n *NewBill) { n.Reason = "" }, "/reason", CodeRequired, "lý do"},
			{"phone", func(n *NewBill) { n.PayerPhone = "09123" }, "/payer/phone", CodeMalformed, "10 số"},
			{"birth year", func(n *NewBill) { n.BirthYear = 2027 }, "/beneficiary/birth_year", CodeDate, "1900"},
			{"no due date", func(n *NewBill) { n.DueOn = "" }, "/due_on", CodeRequired, "hạn trả"},
			{"bad due date", func(n *NewBill) { n.DueOn = "2026-02-30" }, "/due_on", CodeDate, "không phải là ngày"},
			{"past due date", func(n *NewBill) { n.DueOn = "2026-11-22" }, "/due_on", CodeDate, "đã qua"},
			{"far due date", func(n *NewBill) { n.DueOn = "2206-12-31" }, "/due_on", CodeDate, "quá xa"},
			{"expires early", func(n *NewBill) { n.ExpiresOn = "2026-12-30" }, "/expires_on", CodeDate, "thời hạn"},
			{"foreign account", func(n *NewBill) { n.Account = w.HospitalAccount.ID }, "/account", CodeUnknown, "Tài khoản"},
			{"no lines", func(n *NewBill) { n.Lines = nil }, "/lines", CodeRequired, "ít nhất một"},
			{"many lines", func(n *NewBill) { n.Lines = make([]Line, MaxLines+1) }, "/lines", CodeTooLong, "61"},
			{"zero", func(n *NewBill) { n.Lines[0].Amount = 0 }, "/lines/0/amount", CodeZero, "bằng 0"},
			{"10^15", func(n *NewBill) { n.Lines[0].Amount = 1_000_000_000_000_000 }, "/lines/0/amount", CodeTooLarge, "quá lớn"},
			{"sum over 13 digits", func(n *NewBill) {
				n.Lines = []Line{{FeeKind: w.kind["CSBT"].ID, Amount: vnd.MaxBill}, {FeeKind: w.kind["NUOC"].ID, Amount: 1}}
			}, "/lines", CodeTooLarge, "Tổng tiền quá lớn"},
			{"unknown kind", func(n *NewBill) { n.Lines[0].FeeKind = 12 }, "/lines/0/fee_kind", CodeUnknown, "danh mục"},
			{"ended kind", func(n *NewBill) { n.Lines[0].FeeKind = w.kind["CU"].ID }, "/lines/0/fee_kind", CodeNotValid, "hiệu lực"},
			{"hospital's kind", func(n *NewBill) { n.Lines[0].FeeKind = w.kind["VIEN_PHI"].ID }, "/lines/0/fee_kind", CodeSector, "không thuộc ngành"},
			{"ceiling", func(n *NewBill) { n.Lines[0] = Line{FeeKind: w.kind["HOC_PHI"].ID, Amount: 500_001} }, "/lines/0/amount", CodeCeiling, "NQ 12/2026/NQ-HĐND"},
			{"product", func(n *NewBill) { n.Lines[0].Quantity, n.Lines[0].UnitPrice = 21, 35_000 }, "/lines/0/amount", CodeSum, "21 × 35.000"},
			{"quantity", func(n *NewBill) { n.Lines[0].Quantity, n.Lines[0].UnitPrice = -1, -n.Lines[0].Amount }, "/lines/0/quantity", CodeNotValid, "Số lượng"},
			{"reduction too large", func(n *NewBill) {
				n.Lines = append(n.Lines, Line{FeeKind: w.kind["CSBT"].ID, Name: "Miễn giảm", Amount: -700_001})
			}, "/lines/1/amount", CodeNegative, "1"},
			{"all reduced", func(n *NewBill) {
				n.Lines = append(n.Lines, Line{FeeKind: w.kind["CSBT"].ID, Amount: -700_000})
			}, "/lines", CodeZero, "không có gì để thu"},
			{"parts without plan", func(n *NewBill) { n.Instalments = []Instalment{{700_000, dueOn}} }, "/instalments", CodeNotValid, "không chia đợt"},
			{"plan missing", func(n *NewBill) { n.PartPayment = org.Instalments }, "/instalments", CodeRequired, "từng đợt"},
			{"plan does not add up", func(n *NewBill) {
				n.PartPayment, n.Instalments = org.Instalments, []Instalment{{600_000, "2026-12-01"}, {99_999, dueOn}}
			}, "/instalments", CodeSum, "699.999"},
			{"plan dates fall", func(n *NewBill) {
				n.PartPayment, n.Instalments = org.Instalments, []Instalment{{600_000, dueOn}, {100_000, dueOn}}
			}, "/instalments/1/due_on", CodeDate, "sau hạn đợt trước"},
			{"unknown way", func(n *NewBill) { n.PartPayment = "weekly" }, "/part_payment", CodeUnknown, "instalments"},
		} {
			n := w.bill("Lê Văn Thử", "3B", 700_000)
			c.change(&n)
			_, err := rules.Check(n)
			var invalid *Invalid
			if !errors.As(err, &invalid) {
				t.Errorf("%s: %v", c.name, err)
				continue
			}
			got := invalid.Fields[0]
			if got.Pointer != c.pointer || got.Code != c.code || !strings.Contains(got.MessageVI, c.says) {
				t.Errorf("%s: %+v, want %s %s …%s…", c.name, got, c.pointer, c.code, c.says)
			}
		}

		n := w.bill("  Nguye\u0302\u0303n  Va\u0306n An ", "3B", 735_000)
		n.PayerPhone = "+84 912 345 678"
		n.Lines = []Line{{FeeKind: w.Meals.ID, Quantity: 21, UnitPrice: 35_000, Amount: 735_000}}
		got, err := rules.Check(n)
		if err != nil {
			t.Fatal(err)
		}
		if got.BeneficiaryName != "Nguyễn Văn An" || got.PayerName != "Nguyễn Văn An" || got.PayerPhone != "0912345678" ||
			got.Lines[0].Name != "Tiền ăn bán trú" || got.PartPayment != org.FreeParts {
			t.Errorf("not normalised: %+v", got)
		}

		closed := rules
		closed.Facility.Status = org.Paused
		_, err = closed.Check(w.bill("A", "", 5))
		if err == nil || !strings.Contains(err.Error(), "tạm dừng") {
			t.Errorf("a paused facility bills: %v", err)
		}
	})
}

func TestCreate(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		n := w.bill("Lê Văn Thử", "3B", 700_000)
		n.ExternalID, n.BirthYear, n.BeneficiaryCode = "HD-1", 2018, "HS-1"
		n.Lines = append(n.Lines, Line{FeeKind: w.kind["NUOC"].ID, Amount: 20_000, Note: "tháng 12"})
		n.PartPayment, n.Instalments = org.Instalments, []Instalment{{700_000, "2026-12-01"}, {20_000, dueOn}}
		made := w.create(n, w.bill("Phạm Thị Mẫu", "", 350_000))

		w.view(func(tx *db.Tx) error {
			for i, b := range made {
				for name, read := range map[string]func() (Bill, error){
					"id": func() (Bill, error) { return ByID(tx, b.ID) }, "code": func() (Bill, error) { return ByCode(tx, b.Code) },
					"token": func() (Bill, error) { return ByToken(tx, b.Token) },
				} {
					got, err := read()
					if diff := cmp.Diff(b, got, cmp.AllowUnexported(Bill{})); err != nil || diff != "" {
						t.Errorf("bill %d by %s: %v\n%s", i, name, err, diff)
					}
				}
			}
			lines, err := LinesOf(tx, []id.Bill{made[0].ID, made[1].ID})
			if err != nil || len(lines[made[0].ID]) != 2 || lines[made[0].ID][1].Note != "tháng 12" || len(lines[made[1].ID]) != 1 {
				t.Errorf("lines %v %v", lines, err)
			}
			parts, err := InstalmentsOf(tx, []id.Bill{made[0].ID, made[1].ID})
			if diff := cmp.Diff(map[id.Bill][]Instalment{made[0].ID: n.Instalments}, parts); err != nil || diff != "" {
				t.Errorf("instalments %v %s", err, diff)
			}
			return nil
		})
		if made[0].SoleFeeKind != 0 || made[1].SoleFeeKind != w.kind["CSBT"].ID || made[0].Total != 720_000 || made[0].State != Draft {
			t.Errorf("%+v", made)
		}

		// The same again changes nothing, also when the bill has moved on since.
		w.update(func(tx *db.Tx) error { _, err := PublishBills(tx, []id.Bill{made[0].ID}, w.clk.Now()); return err })
		again := w.create(n, n)
		if again[0].ID != made[0].ID || again[1].ID != made[0].ID || again[0].State != Published {
			t.Errorf("replayed: %v", again)
		}
		other := n
		other.Lines = n.Lines[:1]
		other.PartPayment, other.Instalments = "", nil
		err := d.Update(t.Context(), func(tx *db.Tx) error {
			_, err := Create(tx, w.gen, w.seq, w.clk.Now(), []NewBill{w.bill("X", "", 1), other})
			return err
		})
		var differs *Differs
		if !errors.Is(err, ErrDiffers) || !errors.As(err, &differs) || differs.Existing != made[0].ID {
			t.Errorf("other content: %v", err)
		}
		err = d.Update(t.Context(), func(tx *db.Tx) error {
			_, err := Create(tx, w.gen, w.seq, w.clk.Now(), []NewBill{w.bill("X", "", 1), w.bill("Y", "", 0)})
			return err
		})
		var at *InvalidAt
		if !errors.As(err, &at) || at.Index != 1 {
			t.Errorf("invalid second: %v", err)
		}
		w.view(func(tx *db.Tx) error {
			n, err := Count(tx, Filter{Facility: w.School.ID})
			if n != 2 {
				t.Errorf("%d bills after two failures, want 2", n)
			}
			return err
		})
	})
}

// A bill of a round takes from it what it leaves empty, and is refused by a round of others.
func TestCreateInRound(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		r := w.round(NewRound{PartPayment: org.Instalments, Plan: []Share{{3, "2026-12-01"}, {1, dueOn}}, ExpiresOn: "2027-06-30", Account: w.SchoolAccount.ID})
		n := NewBill{Facility: w.School.ID, Round: r.ID, BeneficiaryName: "Lê Văn Thử", Lines: []Line{{FeeKind: w.kind["CSBT"].ID, Amount: 100}}}
		b := w.create(n)[0]
		if b.Reason != r.Name || b.Period != r.Period || b.DueOn != r.DueOn || b.ExpiresOn != r.ExpiresOn || b.Account != r.Account || b.PartPayment != org.Instalments {
			t.Errorf("%+v", b)
		}
		w.view(func(tx *db.Tx) error {
			parts, err := InstalmentsOf(tx, []id.Bill{b.ID})
			if diff := cmp.Diff([]Instalment{{75, "2026-12-01"}, {25, dueOn}}, parts[b.ID]); diff != "" {
				t.Error(diff)
			}
			return err
		})
		refused := func(n NewBill, code string) {
			t.Helper()
			err := d.Update(t.Context(), func(tx *db.Tx) error {
				_, err := Create(tx, w.gen, w.seq, w.clk.Now(), []NewBill{n})
				return err
			})
			var invalid *Invalid
			if !errors.As(err, &invalid) || invalid.Fields[0].Pointer != "/round" || invalid.Fields[0].Code != code {
				t.Errorf("%v, want %s", err, code)
			}
		}
		other := w.bill("A", "", 5)
		other.Facility, other.Round = w.Hospital.ID, r.ID
		refused(other, CodeUnknown)
		w.publish(r.ID)
		w.update(func(tx *db.Tx) error { return CloseRound(tx, r.ID) })
		refused(n, CodeNotValid)
	})
}

// Many bills at once: every code is valid, different, and none is all digits.
func TestCodesAreUnique(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	seen := map[string]bool{}
	for range 3 {
		var list []NewBill
		for range 3000 {
			list = append(list, w.bill("Lê Văn Thử", "3B", 1000))
		}
		for _, b := range w.create(list...) {
			if seen[string(b.Code)] || strings.Trim(b.Code.Body(), "0123456789") == "" || b.Code.Prefix() != org.PrefixTuition {
				t.Fatalf("code %s", b.Code)
			}
			seen[string(b.Code)] = true
		}
	}
	var rows int64
	w.view(func(tx *db.Tx) error { return tx.Row("select value from counter where name = 'bill'", nil, &rows) })
	if rows < 9000 || rows > 9100 {
		t.Errorf("counter at %d after 9000 bills", rows)
	}
}

func TestLinesAddUp(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t))
	var rules Rules
	w.view(func(tx *db.Tx) (err error) { rules, err = LoadRules(tx, w.School.ID, today); return err })
	kinds := []id.FeeKind{w.kind["CSBT"].ID, w.kind["NUOC"].ID, w.Meals.ID}
	rapid.Check(t, func(t *rapid.T) {
		n := w.bill("Lê Văn Thử", "3B", 1)
		n.Lines = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Line {
			return Line{FeeKind: rapid.SampledFrom(kinds).Draw(t, "kind"), Amount: vnd.Amount(rapid.Int64Range(-3, 9).Draw(t, "amount") * 100_000)}
		}), 1, 8).Draw(t, "lines")
		got, err := rules.Check(n)
		var sum vnd.Amount
		byKind := map[id.FeeKind]vnd.Amount{}
		zero := false
		for _, l := range n.Lines {
			sum += l.Amount
			byKind[l.FeeKind] += l.Amount
			zero = zero || l.Amount == 0
		}
		good := sum > 0 && !zero && byKind[kinds[0]] >= 0 && byKind[kinds[1]] >= 0 && byKind[kinds[2]] >= 0
		if (err == nil) != good {
			t.Fatalf("%v: %v", n.Lines, err)
		}
		if err == nil {
			if b := newDraft(w.gen, w.clk.Now(), "HPK7G3M9X077", got).bill; b.Total != sum {
				t.Fatalf("total %d, lines %d", int64(b.Total), int64(sum))
			}
		}
	})
}
