package bench

import (
	"context"
	"fmt"
	"time"

	"github.com/sen-platform/sen/internal/db"
)

// The rows one matched credit writes: credit, allocation, posting, receipt and event are
// inserted, the bill is updated. The raw limit writes as many rows of the same width into
// tables of the same keys, one batch of Clients credits after another, by one writer, with
// nothing to look up and nothing to decide.

// rawCredits is how many credits' rows are written to find the limit.
const rawCredits = 20_000

var rawTables = []struct {
	name  string
	texts int // columns of text beside three of numbers
	width int // characters of each text
}{{"raw_credit", 6, 60}, {"raw_allocation", 3, 12}, {"raw_posting", 2, 10}, {"raw_receipt", 2, 6}, {"raw_event", 2, 70}}

func (h *house) raw(ctx context.Context) (float64, error) {
	if err := h.rawSetup(ctx); err != nil {
		return 0, err
	}
	batch := max(h.opt.Clients, 1)
	var took time.Duration
	for done := 0; done < rawCredits; done += batch {
		start := time.Now()
		err := h.DB.Update(ctx, func(tx *db.Tx) error {
			for _, t := range rawTables {
				rows := make([][]any, batch)
				cols := []string{"id", "a", "b"}
				for c := range t.texts {
					cols = append(cols, fmt.Sprintf("t%d", c))
				}
				for i := range rows {
					rows[i] = []any{int64(done + i + 1), int64(i), int64(done)}
					for range t.texts {
						rows[i] = append(rows[i], filler[:t.width])
					}
				}
				if err := tx.Insert(t.name, cols, rows); err != nil {
					return err
				}
			}
			rows := make([][]any, batch)
			for i := range rows {
				rows[i] = []any{int64((done+i)*7919%rawCredits + 1), int64(1)}
			}
			_, err := tx.ExecMany("update raw_bill set a = a + $2 where id = $1", rows)
			return err
		})
		if err != nil {
			return 0, err
		}
		took += time.Since(start)
	}
	err := h.DB.Update(ctx, func(tx *db.Tx) error { return dropRaw(tx) })
	return rawCredits / took.Seconds(), err
}

const filler = "MBVCB.4500000001.029552.HPK7G3M9X077 LOP 3B.CT tu 0010000000001 NGUYEN"

func (h *house) rawSetup(ctx context.Context) error {
	return h.DB.Update(ctx, func(tx *db.Tx) error {
		if err := dropRaw(tx); err != nil {
			return err
		}
		num := "bigint"
		if tx.Engine() == db.SQLite {
			num = "integer"
		}
		for _, t := range append(rawTables, struct {
			name         string
			texts, width int
		}{"raw_bill", 6, 60}) {
			q := "create table " + t.name + " (id " + num + " primary key, a " + num + " not null, b " + num + " not null"
			for c := range t.texts {
				q += fmt.Sprintf(", t%d text not null", c)
			}
			if _, err := tx.Exec(q + ")"); err != nil {
				return err
			}
		}
		rows := make([][]any, rawCredits)
		for i := range rows {
			rows[i] = []any{int64(i + 1), int64(0), int64(0), filler[:60], filler[:60], filler[:60], filler[:60], filler[:60], filler[:60]}
		}
		return tx.Insert("raw_bill", []string{"id", "a", "b", "t0", "t1", "t2", "t3", "t4", "t5"}, rows)
	})
}

func dropRaw(tx *db.Tx) error {
	for _, t := range []string{"raw_bill", "raw_credit", "raw_allocation", "raw_posting", "raw_receipt", "raw_event"} {
		if _, err := tx.Exec("drop table if exists " + t); err != nil {
			return err
		}
	}
	return nil
}
