package bill

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/db/dbtest"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/org"
)

// roundOf makes a round with drafts of several classes: 10A, 2A, 2B, two pupils each.
func (w *world) roundOf(r Round) []Bill {
	var list []NewBill
	for _, p := range [][2]string{
		{"Nguyễn Văn Ân", "10A"}, {"Trần Thị An", "10A"}, {"Đỗ Minh Đức", "2A"}, {"Đặng Gia Dũng", "2A"}, {"Lê Bảo Ngọc", "2B"}, {"Võ Thị Ánh", "2B"},
	} {
		n := w.bill(p[0], p[1], 100_000)
		n.Round = r.ID
		list = append(list, n)
	}
	return w.create(list...)
}

func TestPublishByClass(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		r := w.round(NewRound{})
		bills := w.roundOf(r)
		first := w.publish(r.ID, "10A", " 2b ")
		if len(first) != 2 { // "2b" is not the class "2B": classes are compared as written
			t.Fatalf("published %d of 10A", len(first))
		}
		first = append(first, w.publish(r.ID, "2B")...)
		var ids []id.Bill
		for _, b := range first {
			ids = append(ids, b.ID)
			if b.State != Published || !b.PublishedAt.Equal(w.clk.Now()) {
				t.Errorf("%+v", b)
			}
		}
		if diff := cmp.Diff([]id.Bill{bills[0].ID, bills[1].ID, bills[4].ID, bills[5].ID}, ids); diff != "" {
			t.Error(diff)
		}
		w.pay(bills[4].ID, 100_000)
		w.pay(bills[5].ID, 1)
		w.view(func(tx *db.Tx) error {
			got, err := RoundByID(tx, r.ID)
			if err != nil || got.State != RoundPublished || !got.PublishedAt.Equal(w.clk.Now()) {
				t.Errorf("round %+v %v", got, err)
			}
			wall, err := Wall(tx, r.ID)
			want := []ClassCount{
				{Class: "2A", Drafts: 2, DraftAmount: 200_000},
				{Class: "2B", Issued: 2, IssuedAmount: 200_000, Paid: 1, PartlyPaid: 1, PaidAmount: 100_001},
				{Class: "10A", Issued: 2, IssuedAmount: 200_000},
			}
			if diff := cmp.Diff(want, wall); err != nil || diff != "" {
				t.Error(err, diff)
			}
			sum := Sum(wall)
			if sum.Drafts != 2 || sum.Issued != 4 || sum.Paid != 1 || sum.PaidAmount != 100_001 || sum.IssuedAmount != 400_000 {
				t.Errorf("sum %+v", sum)
			}
			return err
		})

		// Taking back leaves what received money.
		var back []Bill
		w.update(func(tx *db.Tx) error {
			var err error
			back, err = Unpublish(tx, r.ID, nil, 100)
			return err
		})
		if len(back) != 2 || back[0].ID != bills[0].ID || back[1].ID != bills[1].ID || back[0].State != Draft {
			t.Errorf("taken back: %v", back)
		}
		if rest := w.publish(r.ID); len(rest) != 4 {
			t.Errorf("published %d of the rest, want 4", len(rest))
		}
		if rest := w.publish(r.ID); len(rest) != 0 {
			t.Errorf("published %d twice", len(rest))
		}
		w.update(func(tx *db.Tx) error { return CloseRound(tx, r.ID) })
		err := d.Update(t.Context(), func(tx *db.Tx) error {
			_, err := Publish(tx, r.ID, nil, 10, w.clk.Now())
			return err
		})
		if !errors.Is(err, ErrState) {
			t.Errorf("publish in a closed round: %v", err)
		}
	})
}

func TestCancelAndReissue(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		n := w.bill("Lê Văn Thử", "3B", 700_000)
		n.ExternalID = "HD-1"
		made := w.create(n, w.bill("Phạm Thị Mẫu", "", 350_000))
		all := []id.Bill{made[0].ID, made[1].ID}
		w.update(func(tx *db.Tx) error { _, err := PublishBills(tx, all, w.clk.Now()); return err })
		w.pay(made[1].ID, 1)

		attempt := func(fn func(tx *db.Tx) error) error { return d.Update(t.Context(), fn) }
		var money *HasMoney
		for name, fn := range map[string]func(tx *db.Tx) error{
			"cancel":    func(tx *db.Tx) error { _, err := Cancel(tx, made[1].ID, "nhầm", w.clk.Now()); return err },
			"unpublish": func(tx *db.Tx) error { _, err := UnpublishBill(tx, made[1].ID); return err },
			"replace": func(tx *db.Tx) error {
				_, _, err := Replace(tx, w.gen, w.seq, w.clk.Now(), made[1].ID, n)
				return err
			},
			"correct": func(tx *db.Tx) error {
				_, err := Correct(tx, w.gen, w.seq, w.clk.Now(), made[1].ID, n)
				return err
			},
		} {
			err := attempt(fn)
			if !errors.As(err, &money) || money.Paid != 1 || money.Code != made[1].Code || !strings.Contains(err.Error(), made[1].Code.Display()) {
				t.Errorf("%s a bill with money: %v", name, err)
			}
		}
		if err := attempt(func(tx *db.Tx) error { _, err := Cancel(tx, made[0].ID, " ", w.clk.Now()); return err }); err == nil {
			t.Error("cancelled without a reason")
		}

		// A published bill is corrected by a new one.
		next := w.bill("Lê Văn Thử", "3B", 650_000)
		var c Correction
		w.update(func(tx *db.Tx) error {
			var err error
			c, err = Correct(tx, w.gen, w.seq, w.clk.Now(), made[0].ID, next)
			return err
		})
		if !c.Reissued || c.Before.State != Published || c.After.State != Draft || c.After.Replaces != made[0].ID || c.After.Code == made[0].Code || c.After.Total != 650_000 {
			t.Errorf("correction %+v", c)
		}
		w.view(func(tx *db.Tx) error {
			old, err := ByID(tx, made[0].ID)
			if err != nil || old.State != Cancelled || old.ReplacedBy != c.After.ID || old.ExternalID != "" || !strings.Contains(old.CancelReason, c.After.Code.Display()) {
				t.Errorf("old %+v %v", old, err)
			}
			found, err := ByExternalID(tx, w.School.ID, "HD-1")
			if err != nil || found.ID != c.After.ID {
				t.Errorf("by external id: %v %v", found.ID, err)
			}
			return nil
		})

		// A draft is corrected in place.
		next.Lines = []Line{{FeeKind: w.kind["NUOC"].ID, Amount: 5_000}, {FeeKind: w.kind["CSBT"].ID, Amount: 5_000}}
		w.update(func(tx *db.Tx) error {
			var err error
			c, err = Correct(tx, w.gen, w.seq, w.clk.Now(), c.After.ID, next)
			return err
		})
		if c.Reissued || c.After.ID != c.Before.ID || c.After.Code != c.Before.Code || c.After.Total != 10_000 || c.After.SoleFeeKind != 0 {
			t.Errorf("correction in place %+v", c)
		}
		w.view(func(tx *db.Tx) error {
			got, err := ByID(tx, c.After.ID)
			if diff := cmp.Diff(c.After, got, cmp.AllowUnexported(Bill{})); err != nil || diff != "" {
				t.Error(err, diff)
			}
			lines, err := LinesOf(tx, []id.Bill{got.ID})
			if len(lines[got.ID]) != 2 || lines[got.ID][0].Amount != 5_000 {
				t.Errorf("lines %v", lines)
			}
			return err
		})

		var before Bill
		w.update(func(tx *db.Tx) error {
			var err error
			before, err = Cancel(tx, c.After.ID, "Học sinh chuyển trường", w.clk.Now())
			return err
		})
		if before.State != Draft {
			t.Errorf("before cancelling: %s", before.State)
		}
		for name, fn := range map[string]func(tx *db.Tx) error{
			"cancel":    func(tx *db.Tx) error { _, err := Cancel(tx, c.After.ID, "x", w.clk.Now()); return err },
			"publish":   func(tx *db.Tx) error { _, err := PublishBills(tx, []id.Bill{c.After.ID}, w.clk.Now()); return err },
			"unpublish": func(tx *db.Tx) error { _, err := UnpublishBill(tx, c.After.ID); return err },
			"delete":    func(tx *db.Tx) error { return DeleteDrafts(tx, []id.Bill{c.After.ID}) },
			"correct": func(tx *db.Tx) error {
				_, err := Correct(tx, w.gen, w.seq, w.clk.Now(), c.After.ID, next)
				return err
			},
		} {
			if err := attempt(fn); !errors.Is(err, ErrState) {
				t.Errorf("%s a cancelled bill: %v", name, err)
			}
		}
		if err := attempt(func(tx *db.Tx) error { _, err := Cancel(tx, 99, "x", w.clk.Now()); return err }); !errors.Is(err, db.ErrNotFound) {
			t.Errorf("cancel nothing: %v", err)
		}
	})
}

func TestUnpublishAndDelete(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		made := w.create(w.bill("A", "1A", 5), w.bill("B", "1A", 6))
		w.update(func(tx *db.Tx) error { _, err := PublishBills(tx, []id.Bill{made[0].ID}, w.clk.Now()); return err })
		err := d.Update(t.Context(), func(tx *db.Tx) error { return DeleteDrafts(tx, []id.Bill{made[0].ID, made[1].ID}) })
		if !errors.Is(err, ErrState) {
			t.Errorf("deleted a published bill: %v", err)
		}
		w.update(func(tx *db.Tx) error {
			b, err := UnpublishBill(tx, made[0].ID)
			if b.State != Draft || !b.PublishedAt.Equal(w.clk.Now()) { // when the caller must take the figures back from
				t.Errorf("%+v", b)
			}
			return err
		})
		w.update(func(tx *db.Tx) error { return DeleteDrafts(tx, []id.Bill{made[0].ID, made[1].ID}) })
		w.view(func(tx *db.Tx) error {
			var n int
			if err := tx.Row("select count(*) from bill_line", nil, &n); err != nil || n != 0 {
				t.Errorf("%d lines left, %v", n, err)
			}
			_, err := ByID(tx, made[0].ID)
			if !errors.Is(err, db.ErrNotFound) {
				t.Errorf("still there: %v", err)
			}
			return nil
		})
	})
}

func TestSearch(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		r := w.round(NewRound{})
		bills := w.roundOf(r) // 10A 10A 2A 2A 2B 2B
		extra := w.bill("Hồ 50%_off Tâm", "", 9)
		extra.PayerPhone, extra.BeneficiaryCode, extra.DueOn, extra.ExpiresOn = "0912345678", "HS-07", "2026-11-25", "2026-11-30"
		bills = append(bills, w.create(extra)...)
		w.publish(r.ID, "10A", "2B")
		w.update(func(tx *db.Tx) error { _, err := PublishBills(tx, []id.Bill{bills[6].ID}, w.clk.Now()); return err })
		w.pay(bills[0].ID, 100_000)
		w.pay(bills[1].ID, 1)
		w.update(func(tx *db.Tx) error { _, err := Cancel(tx, bills[2].ID, "x", w.clk.Now()); return err })

		later := clock.Date("2026-12-01")
		class := "2B"
		none := ""
		for _, c := range []struct {
			name string
			f    Filter
			want []int
		}{
			{"all", Filter{}, []int{6, 5, 4, 3, 2, 1, 0}},
			{"round", Filter{Round: r.ID}, []int{5, 4, 3, 2, 1, 0}},
			{"roll order: class by number, given name, tone", Filter{Round: r.ID, Order: ByRoll}, []int{3, 2, 5, 4, 1, 0}},
			{"class", Filter{Class: &class}, []int{5, 4}},
			{"no class", Filter{Class: &none}, []int{6}},
			{"other facility", Filter{Facility: w.Hospital.ID}, nil},
			{"paid", Filter{Status: []Status{StatusPaid}}, []int{0}},
			{"owed", Filter{Status: []Status{StatusOpen, StatusPartlyPaid}, Today: later}, []int{5, 4, 1}},
			{"expired", Filter{Status: []Status{StatusExpired}, Today: later}, []int{6}},
			{"not yet expired", Filter{Status: []Status{StatusExpired}, Today: today}, nil},
			{"drafts and cancelled", Filter{Status: []Status{StatusDraft, StatusCancelled}}, []int{3, 2}},
			{"unknown status", Filter{Status: []Status{"lost"}}, nil},
			{"overdue", Filter{Overdue: true, Today: later}, []int{6}},
			{"due", Filter{DueFrom: "2026-11-01", DueTo: "2026-11-30"}, []int{6}},
			{"beneficiary", Filter{Beneficiary: "HS-07"}, []int{6}},
			{"name without marks", Filter{Text: "dang GIA"}, []int{3}},
			{"marks in the query", Filter{Text: "Đặng"}, []int{3}},
			{"words in any order", Filter{Text: "an 10a tran"}, []int{1}},
			{"phone", Filter{Text: "0912.345.678"}, []int{6}},
			{"code typed with spaces", Filter{Text: strings.ToLower(bills[4].Code.Display())}, []int{4}},
			{"percent sign is no wildcard", Filter{Text: "5%off"}, nil},
			{"percent sign is found", Filter{Text: "50%_off"}, []int{6}},
			{"underscore is no wildcard", Filter{Text: "50__off"}, nil},
		} {
			if c.f.Facility == 0 {
				c.f.Facility = w.School.ID
			}
			for _, limit := range []int{0, 1, 2} {
				f := c.f
				f.Limit = limit
				var got []int
				w.view(func(tx *db.Tx) error {
					count, err := Count(tx, f)
					if err != nil {
						return err
					}
					if count != len(c.want) {
						t.Errorf("%s: counted %d, want %d", c.name, count, len(c.want))
					}
					for {
						p, err := Search(tx, f)
						if err != nil {
							return err
						}
						for _, b := range p.Bills {
							for i := range bills {
								if bills[i].ID == b.ID {
									got = append(got, i)
								}
							}
						}
						if f.Cursor = p.Next; p.Next == "" {
							return nil
						}
					}
				})
				if diff := cmp.Diff(c.want, got); diff != "" {
					t.Errorf("%s, pages of %d: %s", c.name, limit, diff)
				}
			}
		}
		w.view(func(tx *db.Tx) error {
			if _, err := Search(tx, Filter{Cursor: "abc"}); !errors.Is(err, ErrCursor) {
				t.Errorf("made-up cursor: %v", err)
			}
			p, err := Search(tx, Filter{Limit: 1})
			if err != nil {
				return err
			}
			if _, err := Search(tx, Filter{Limit: 1, Cursor: p.Next, Order: ByRoll}); !errors.Is(err, ErrCursor) {
				t.Errorf("cursor of another order: %v", err)
			}
			return nil
		})
	})
}

// The filter in SQL and Bill.Status in Go agree on every bill and every day.
func TestStatusFilterAgrees(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		var list []NewBill
		for i := range 12 {
			n := w.bill("A", "", 10)
			if i%2 == 1 {
				n.ExpiresOn = dueOn
			}
			list = append(list, n)
		}
		bills := w.create(list...)
		for i, b := range bills {
			if i/2 > 0 {
				w.update(func(tx *db.Tx) error { _, err := PublishBills(tx, []id.Bill{b.ID}, w.clk.Now()); return err })
			}
			switch i / 2 {
			case 2:
				w.pay(b.ID, 3)
			case 3:
				w.pay(b.ID, 10)
			case 4:
				w.update(func(tx *db.Tx) error { _, err := Cancel(tx, b.ID, "x", w.clk.Now()); return err })
			}
		}
		for _, day := range []clock.Date{dueOn, dueOn.AddDays(1)} {
			total := 0
			for _, s := range Statuses() {
				w.view(func(tx *db.Tx) error {
					p, err := Search(tx, Filter{Status: []Status{s}, Today: day})
					for _, b := range p.Bills {
						if b.Status(day) != s {
							t.Errorf("%s on %s: found under %s, is %s", b.Code, day, s, b.Status(day))
						}
					}
					total += len(p.Bills)
					return err
				})
			}
			if total != len(bills) {
				t.Errorf("%d bills under all statuses, want %d", total, len(bills))
			}
		}
	})
}

func TestRounds(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		first := w.round(NewRound{Name: "Đợt 1"})
		if first.Previous != 0 || first.PartPayment != org.FreeParts || first.Period != "Đợt 1" {
			t.Errorf("%+v", first)
		}
		w.roundOf(first)
		w.publish(first.ID)
		w.round(NewRound{Name: "Nháp"})
		plan := []Share{{60, "2026-12-01"}, {40, dueOn}}
		third := w.round(NewRound{Name: "Đợt 3", PartPayment: org.Instalments, Plan: plan, ExpiresOn: "2027-06-30", Account: w.SchoolAccount.ID})
		if third.Previous != first.ID {
			t.Errorf("previous %v, want the round published last, %v", third.Previous, first.ID)
		}
		w.view(func(tx *db.Tx) error {
			got, err := RoundByID(tx, third.ID)
			if diff := cmp.Diff(third, got); err != nil || diff != "" {
				t.Error(err, diff)
			}
			page, err := Rounds(tx, w.School.ID, 0, 2)
			if err != nil || len(page) != 2 || page[0].Name != "Đợt 3" {
				t.Errorf("%v %v", page, err)
			}
			page, err = Rounds(tx, w.School.ID, page[1].ID, 2)
			if err != nil || len(page) != 1 || page[0].ID != first.ID {
				t.Errorf("%v %v", page, err)
			}
			return nil
		})
		for _, c := range []struct {
			name    string
			n       NewRound
			pointer string
		}{
			{"no name", NewRound{Facility: w.School.ID, DueOn: dueOn}, "/name"},
			{"no date", NewRound{Facility: w.School.ID, Name: "X"}, "/due_on"},
			{"past", NewRound{Facility: w.School.ID, Name: "X", DueOn: "2026-01-01"}, "/due_on"},
			{"plan without instalments", NewRound{Facility: w.School.ID, Name: "X", DueOn: dueOn, Plan: plan}, "/plan"},
			{"instalments without plan", NewRound{Facility: w.School.ID, Name: "X", DueOn: dueOn, PartPayment: org.Instalments}, "/plan"},
			{"weight", NewRound{Facility: w.School.ID, Name: "X", DueOn: dueOn, PartPayment: org.Instalments, Plan: []Share{{0, dueOn}}}, "/plan/0/weight"},
			{"dates", NewRound{Facility: w.School.ID, Name: "X", DueOn: dueOn, PartPayment: org.Instalments, Plan: []Share{{1, dueOn}, {1, dueOn}}}, "/instalments/1/due_on"},
			{"account", NewRound{Facility: w.School.ID, Name: "X", DueOn: dueOn, Account: w.HospitalAccount.ID}, "/account"},
			{"previous", NewRound{Facility: w.Hospital.ID, Name: "X", DueOn: dueOn, Previous: first.ID}, "/previous"},
		} {
			err := d.Update(t.Context(), func(tx *db.Tx) error {
				_, err := CreateRound(tx, w.gen, w.clk.Now(), c.n)
				return err
			})
			var invalid *Invalid
			if !errors.As(err, &invalid) || invalid.Fields[0].Pointer != c.pointer {
				t.Errorf("%s: %v", c.name, err)
			}
		}
	})
}

func TestPreviewAndNotices(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		r := w.round(NewRound{})
		w.roundOf(r)
		w.view(func(tx *db.Tx) error {
			three, err := Preview(tx, r.ID, 3, 0)
			if err != nil || len(three) != 3 || len(three[0].Lines) != 1 {
				t.Fatalf("%v %v", three, err)
			}
			same, err := Preview(tx, r.ID, 3, 0)
			if diff := cmp.Diff(three, same, cmp.AllowUnexported(Bill{})); err != nil || diff != "" {
				t.Error(err, diff)
			}
			seen := map[id.Bill]bool{}
			for draw := range 20 {
				ps, err := Preview(tx, r.ID, 3, draw)
				if err != nil || len(ps) != 3 || ps[0].ID == ps[1].ID || ps[1].ID == ps[2].ID || ps[0].ID == ps[2].ID {
					t.Fatalf("draw %d: %v", draw, err)
				}
				for _, p := range ps {
					seen[p.ID] = true
				}
			}
			if len(seen) != 6 {
				t.Errorf("20 draws showed %d of 6 bills", len(seen))
			}
			all, err := Preview(tx, r.ID, 50, 0)
			if err != nil || len(all) != 6 {
				t.Errorf("%d %v", len(all), err)
			}
			return nil
		})
		w.publish(r.ID, "2B", "10A")
		names := func(classes []string, st ...Status) string {
			var out []string
			w.view(func(tx *db.Tx) error {
				return EachNotice(tx, r.ID, classes, st, today, func(n Notice) error {
					out = append(out, n.Class+" "+n.BeneficiaryName)
					if len(n.Lines) != 1 {
						t.Errorf("lines %v", n.Lines)
					}
					return nil
				})
			})
			return strings.Join(out, ", ")
		}
		if got := names(nil, StatusOpen); got != "2B Võ Thị Ánh, 2B Lê Bảo Ngọc, 10A Trần Thị An, 10A Nguyễn Văn Ân" {
			t.Error(got)
		}
		if got := names([]string{"10A", "2A"}); got != "2A Đặng Gia Dũng, 2A Đỗ Minh Đức, 10A Trần Thị An, 10A Nguyễn Văn Ân" {
			t.Error(got)
		}
		stop := errors.New("stop")
		err := d.View(t.Context(), func(tx *db.Tx) error {
			return EachNotice(tx, r.ID, nil, nil, today, func(Notice) error { return stop })
		})
		if !errors.Is(err, stop) {
			t.Errorf("the printer's error is lost: %v", err)
		}
	})
}
