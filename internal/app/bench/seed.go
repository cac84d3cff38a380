package bench

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"

	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
)

// facilities is how many schools a bench store has, each with one receiving account.
const facilities = 600

const (
	firstFacility id.Facility = 1_000
	firstAccount  id.Account  = 10_000
	fee           id.FeeKind  = 100_000
	issueStep                 = 2_000
)

func accountNumber(n int) string { return fmt.Sprintf("68%08d", n) }

// seed makes facilities and open bills as far as they are missing, through the same use
// cases as in service, and picks the bills to be paid in random order.
func (h *house) seed(ctx context.Context) ([]target, error) {
	if h.opt.Credits+idleCredits > h.opt.Bills {
		return nil, errors.New("bench: fewer open bills than credits")
	}
	if err := h.seedFacilities(ctx); err != nil {
		return nil, err
	}
	var open [2]int // bills of the hot facility, of the others
	count := func() error {
		return h.DB.View(ctx, func(tx *db.Tx) error {
			return tx.Row("select count(*) filter (where facility_id = $1), count(*) filter (where facility_id <> $1) from bill where state = 'published' and paid < total",
				[]any{firstFacility}, &open[0], &open[1])
		})
	}
	if err := count(); err != nil {
		return nil, err
	}
	// Half of the bills are the hot facility's, so that one store serves both measurements.
	need := h.opt.Credits + idleCredits
	hot, spread := max(h.opt.Bills/2-open[0], 0), max(h.opt.Bills/2-open[1], 0)
	if h.opt.Hot {
		hot = max(hot, need-open[0])
	} else {
		spread = max(spread, need-open[1])
	}
	missing := hot + spread
	today := clock.Today(clock.System{})
	n := 0
	for n < missing {
		list := make([]bill.NewBill, 0, issueStep)
		for len(list) < issueStep && n < missing {
			f := firstFacility
			if n >= hot {
				f += id.Facility(1 + n%(facilities-1))
			}
			list = append(list, bill.NewBill{
				Facility: f, PayerName: "Trần Văn Mẫu", BeneficiaryName: fmt.Sprintf("Nguyễn Minh Mẫu %d", n%9973), Class: fmt.Sprintf("%d%c", 1+n%5, 'A'+n%7),
				Reason: "Thu tháng này", Period: "tháng này", DueOn: today.AddDays(30),
				Lines: []bill.Line{{FeeKind: fee, Name: "Tiền ăn bán trú", Quantity: 22, UnitPrice: amount / 22, Amount: amount}},
			})
			n++
		}
		if _, err := h.Collect.Issue(ctx, collect.System, list, true); err != nil {
			return nil, fmt.Errorf("issue: %w", err)
		}
		h.opt.progress("bills", n, missing)
	}
	return h.targets(ctx)
}

// targets draws the bills to be paid, in random order: in life they are not paid in the
// order in which they were issued.
func (h *house) targets(ctx context.Context) ([]target, error) {
	need := h.opt.Credits + idleCredits
	var list []target
	err := h.DB.View(ctx, func(tx *db.Tx) error {
		cond := "facility_id <> $1"
		if h.opt.Hot {
			cond = "facility_id = $1"
		}
		rows, err := tx.Query("select code, facility_id from bill where "+cond+" and state = 'published' and paid < total", firstFacility)
		return db.Each(rows, err, func(r db.Rows) error {
			var t target
			var f id.Facility
			if err := r.Scan(&t.code, &f); err != nil {
				return err
			}
			t.account = accountNumber(int(f - firstFacility))
			list = append(list, t)
			return nil
		})
	})
	if err != nil {
		return nil, err
	}
	if len(list) < need {
		return nil, fmt.Errorf("bench: %d open bills of this kind, %d needed", len(list), need)
	}
	rand.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	list = append([]target(nil), list[:need]...) // lets the rest go before memory is measured
	base := h.IDs.Next()
	for i := range list {
		list[i].n = base/1000 + int64(i)
	}
	return list, nil
}

func (h *house) seedFacilities(ctx context.Context) error {
	return h.DB.Update(ctx, func(tx *db.Tx) error {
		var n int
		if err := tx.Row("select count(*) from facility", nil, &n); err != nil || n > 0 {
			return err
		}
		if _, err := tx.Exec("insert into area (id, code, name, search, sort_key, level, valid_from) values (1, 'bench', 'Tỉnh đo', 'tinh do', 'x', 'province', '2020-01-01')"); err != nil {
			return err
		}
		if _, err := tx.Exec("insert into fee_kind (id, code, name, search, sector, valid_from) values ($1, 'bench', 'Tiền ăn bán trú', 'tien an ban tru', 'education', '2020-01-01')", fee); err != nil {
			return err
		}
		var fs, as [][]any
		for i := range facilities {
			f := firstFacility + id.Facility(i)
			fs = append(fs, []any{f, fmt.Sprintf("B%04d", i), fmt.Sprintf("Trường đo %d", i), "Trường đo", "truong do", "x", "education", "tieu_hoc", 1, "active", "2020-01-01", "HP"})
			as = append(as, []any{firstAccount + id.Account(i), f, "970418", accountNumber(i), "TRUONG DO", true, "active", "2020-01-01"})
		}
		if err := tx.Insert("facility", []string{"id", "code", "name", "short_name", "search", "sort_key", "sector", "level", "area_id", "status", "opened_on", "code_prefix"}, fs); err != nil {
			return err
		}
		return tx.Insert("receiving_account", []string{"id", "facility_id", "bank_bin", "number", "holder", "is_default", "status", "valid_from"}, as)
	})
}
