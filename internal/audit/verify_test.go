package audit_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/sen-platform/sen/internal/audit"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/db/dbtest"
)

// A long chain is walked in pages, and what sees the records may ask the same transaction.
func TestVerifyLongChain(t *testing.T) {
	const n = 2500
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		var list []audit.Record
		for i := range n {
			r, err := audit.New(time.Unix(int64(i), 0), "system", "test", "x", 0, map[string]int{"i": i})
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, r)
		}
		if err := d.Update(ctx, func(tx *db.Tx) error { return audit.Append(tx, list...) }); err != nil {
			t.Fatal(err)
		}
		seen := 0
		walk := func() error {
			return d.View(ctx, func(tx *db.Tx) error {
				return audit.Verify(tx, func(audit.Record) error {
					seen++
					var one int
					return tx.Row("select 1", nil, &one)
				})
			})
		}
		if err := walk(); err != nil || seen != n {
			t.Fatalf("%d records of %d, %v", seen, n, err)
		}
		for _, spoil := range []string{
			"update audit set detail = '{\"i\":7}' where seq = 2000",
			"delete from audit where seq = 1001",
		} {
			if err := d.Update(ctx, func(tx *db.Tx) error { _, err := tx.Exec(spoil); return err }); err != nil {
				t.Fatal(err)
			}
			if err := walk(); !errors.Is(err, audit.ErrBroken) {
				t.Errorf("after %q: %v", spoil, err)
			}
		}
	})
}
