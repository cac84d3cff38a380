package bill

import (
	"context"
	"errors"
	"testing"

	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/db/dbtest"
	"github.com/sen-platform/sen/internal/id"
)

// An empty draft round goes; a round that holds a bill, or is not there, does not.
func TestDiscardRound(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		var empty, full Round
		w.update(func(tx *db.Tx) (err error) {
			if empty, err = CreateRound(tx, w.gen, w.clk.Now(), NewRound{Facility: w.School.ID, Name: "Thử", DueOn: dueOn}); err != nil {
				return err
			}
			if full, err = CreateRound(tx, w.gen, w.clk.Now(), NewRound{Facility: w.School.ID, Name: "Thật", DueOn: dueOn}); err != nil {
				return err
			}
			_, err = Create(tx, w.gen, w.seq, w.clk.Now(), []NewBill{{
				Facility: w.School.ID, Round: full.ID, BeneficiaryName: "Nguyễn Gia An", Reason: "Tiền ăn", DueOn: dueOn,
				Lines: []Line{{FeeKind: w.Meals.ID, Name: "Tiền ăn", Quantity: 1, UnitPrice: 1000, Amount: 1000}},
			}})
			return err
		})
		discard := func(r id.Round) error {
			return d.Update(context.Background(), func(tx *db.Tx) error { return DiscardRound(tx, r) })
		}
		var state *StateError
		if err := discard(full.ID); !errors.As(err, &state) {
			t.Errorf("a round with a bill: %v", err)
		}
		if err := discard(empty.ID); err != nil {
			t.Errorf("an empty round: %v", err)
		}
		if err := discard(empty.ID); !errors.Is(err, db.ErrNotFound) {
			t.Errorf("a round that is gone: %v", err)
		}
	})
}
