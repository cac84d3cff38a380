package db_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/db/dbtest"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/vnd"
)

func put(ctx context.Context, d *db.DB, name string, v any) error {
	return d.Update(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec("insert into counter (name, value) values ($1, $2)", name, v)
		return err
	})
}

func get(t *testing.T, d *db.DB, name string) (v int64, err error) {
	t.Helper()
	err = d.View(t.Context(), func(tx *db.Tx) error {
		return tx.Row("select value from counter where name = $1", []any{name}, &v)
	})
	return v, err
}

func TestErrorKinds(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		if _, err := get(t, d, "none"); !errors.Is(err, db.ErrNotFound) {
			t.Errorf("missing row: %v, want ErrNotFound", err)
		}
		if err := put(t.Context(), d, "a", 1); err != nil {
			t.Fatal(err)
		}
		if err := put(t.Context(), d, "a", 2); !errors.Is(err, db.ErrConflict) {
			t.Errorf("same key twice: %v, want ErrConflict", err)
		}
		if err := put(t.Context(), d, "b", nil); !errors.Is(err, db.ErrCheck) {
			t.Errorf("null in a not-null column: %v, want ErrCheck", err)
		}
		if err := put(t.Context(), d, "c", "mười đồng"); err == nil {
			t.Error("a text was stored in an integer column")
		}
		err := d.View(t.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec("insert into counter (name, value) values ('x', 1)")
			return err
		})
		if !errors.Is(err, db.ErrReadOnly) {
			t.Errorf("write in View: %v, want ErrReadOnly", err)
		}
		err = d.Update(t.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec("insert into billing_round (id, facility_id, name, period, due_on, state, part_payment, created_at) values (1, 99, '', '', '', 'draft', 'none', 0)")
			return err
		})
		if !errors.Is(err, db.ErrCheck) {
			t.Errorf("foreign key to nothing: %v, want ErrCheck", err)
		}
	})
}

func TestUpdateRollsBackAndRunsHooksOnlyAfterCommit(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		boom := errors.New("boom")
		ran := 0
		err := d.Update(t.Context(), func(tx *db.Tx) error {
			tx.OnCommit(func() { ran++ })
			if _, err := tx.Exec("insert into counter (name, value) values ('gone', 1)"); err != nil {
				return err
			}
			return boom
		})
		if !errors.Is(err, boom) || ran != 0 {
			t.Fatalf("err %v, hook ran %d times; want boom and 0", err, ran)
		}
		if _, err := get(t, d, "gone"); !errors.Is(err, db.ErrNotFound) {
			t.Errorf("rolled-back row: %v, want ErrNotFound", err)
		}
		err = d.Update(t.Context(), func(tx *db.Tx) error {
			tx.OnCommit(func() { ran++ })
			return nil
		})
		if err != nil || ran != 1 {
			t.Errorf("err %v, hook ran %d times; want nil and 1", err, ran)
		}
	})
}

func TestConcurrentUpdatesAreNotLost(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		if err := put(t.Context(), d, "n", 0); err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		errs := make(chan error, 8)
		for range 8 {
			wg.Go(func() {
				for range 25 {
					errs <- d.Update(context.Background(), func(tx *db.Tx) error {
						_, err := tx.Exec("update counter set value = value + 1 where name = 'n'")
						return err
					})
				}
			})
		}
		go func() { wg.Wait(); close(errs) }()
		for err := range errs {
			if err != nil {
				t.Fatal(err)
			}
		}
		if v, err := get(t, d, "n"); err != nil || v != 200 {
			t.Errorf("counter is %d (%v), want 200", v, err)
		}
	})
}

func TestBulkInsertListsAndTypedParameters(t *testing.T) {
	for _, n := range []int{1, 7, 31, 33, 64, 501, 1200} {
		dbtest.Each(t, func(t *testing.T, d *db.DB) {
			err := d.Update(t.Context(), func(tx *db.Tx) error {
				rows := make([][]any, n)
				for i := range rows {
					var bill any
					if i%3 == 0 {
						bill = id.Bill(i)
					}
					rows[i] = []any{fmt.Sprintf("va%05d", i), id.Account(1), id.Facility(2), bill, "mã"}
				}
				// A receiving account for the foreign key.
				for _, s := range []string{
					"insert into area (id, code, name, search, sort_key, level, valid_from) values (1, 'a', 'a', 'a', 'a', 'province', '2020-01-01')",
					"insert into facility (id, code, name, short_name, search, sort_key, sector, level, area_id, status, opened_on, code_prefix) values (2, 'f', 'f', 'f', 'f', 'f', 'health', 'x', 1, 'active', '2020-01-01', 'VP')",
					"insert into receiving_account (id, facility_id, bank_bin, number, holder, status, valid_from) values (1, 2, '970436', '1', 'h', 'active', '2020-01-01')",
				} {
					if _, err := tx.Exec(s); err != nil {
						return err
					}
				}
				return tx.Insert("virtual_account", []string{"number", "account_id", "facility_id", "bill_id", "beneficiary_code"}, rows)
			})
			if err != nil {
				t.Fatal(err)
			}
			err = d.View(t.Context(), func(tx *db.Tx) error {
				var count, nulls int64
				if err := tx.Row("select count(*), count(*) filter (where bill_id is null) from virtual_account", nil, &count, &nulls); err != nil {
					return err
				}
				if want := int64(n - (n+2)/3); count != int64(n) || nulls != want {
					t.Errorf("%d rows, %d nulls; want %d, %d", count, nulls, n, want)
				}
				var byText, byInt int64
				if err := tx.Row("select count(*) from virtual_account where "+tx.In("number", 1), []any{db.List(tx, []string{"va00000", "vaX"})}, &byText); err != nil {
					return err
				}
				if err := tx.Row("select count(*) from virtual_account where "+tx.In("bill_id", 1), []any{db.List(tx, []id.Bill{0, 3, 4})}, &byInt); err != nil {
					return err
				}
				want := int64(1)
				if n > 3 {
					want = 2
				}
				if byText != 1 || byInt != want {
					t.Errorf("list by text %d, by id %d; want 1, %d", byText, byInt, want)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestExecManyAndMoney(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		err := d.Update(t.Context(), func(tx *db.Tx) error {
			n, err := tx.ExecMany("insert into counter (name, value) values ($1, $2) on conflict (name) do update set value = counter.value + excluded.value",
				[][]any{{"m", vnd.Amount(5)}, {"m", vnd.Amount(7)}, {"k", vnd.Amount(1)}})
			if err == nil && n != 3 {
				t.Errorf("%d rows changed, want 3", n)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		var m vnd.Amount
		if err := d.View(t.Context(), func(tx *db.Tx) error {
			return tx.Row("select value from counter where name = 'm'", nil, &m)
		}); err != nil || m != 12 {
			t.Errorf("m = %d (%v), want 12", int64(m), err)
		}
	})
}

func TestMigrateTwiceAndConcurrently(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() {
				if err := d.Migrate(context.Background()); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	})
}
