package db

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

type pgStore struct {
	pool *pgxpool.Pool
	dsn  string
}

func openPG(ctx context.Context, cfg Config) (*pgStore, error) {
	pc, err := pgxpool.ParseConfig(cfg.DSN)
	if err != nil {
		return nil, fmt.Errorf("db: DSN: %w", redact(err))
	}
	pc.MaxConns = 16
	if cfg.MaxConns > 0 {
		pc.MaxConns = int32(cfg.MaxConns)
	}
	if cfg.CommitDelay > 0 {
		// The server itself waits before it flushes the log, as on a slow disk.
		pc.ConnConfig.RuntimeParams["commit_delay"] = fmt.Sprint(min(cfg.CommitDelay.Microseconds(), 100000))
		pc.ConnConfig.RuntimeParams["commit_siblings"] = "0"
	}
	pool, err := pgxpool.NewWithConfig(ctx, pc)
	if err != nil {
		return nil, fmt.Errorf("db: connect: %w", redact(err))
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("db: connect: %w", redact(err))
	}
	return &pgStore{pool: pool, dsn: cfg.DSN}, nil
}

// redact keeps passwords of connection strings out of messages; pgx masks them in its own
// errors, but a malformed DSN is echoed.
func redact(err error) error {
	msg := err.Error()
	if i := strings.Index(msg, "password="); i >= 0 {
		return fmt.Errorf("%s password=…", msg[:i])
	}
	return err
}

func (p *pgStore) close() { p.pool.Close() }

// beginUpdate starts a writing transaction. Its statements look rows up by key; a plan made
// while a table was still empty would scan it, and would be kept while the table grows until
// the next automatic analyze. So scans are priced out; where no index fits they still happen.
const beginUpdate = "begin isolation level read committed; set local enable_seqscan = off"

func (p *pgStore) update(ctx context.Context, fn func(*Tx) error) (*Tx, error) {
	conn, err := p.pool.Acquire(ctx)
	if err != nil {
		return nil, kind(err)
	}
	defer conn.Release()
	ptx, err := conn.BeginTx(ctx, pgx.TxOptions{BeginQuery: beginUpdate})
	if err != nil {
		return nil, kind(err)
	}
	defer func() { _ = ptx.Rollback(context.WithoutCancel(ctx)) }() // after a commit this does nothing
	tx := &Tx{ctx: ctx, engine: Postgres, q: &pgTx{ptx}}
	if err := fn(tx); err != nil {
		return nil, err
	}
	if err := ptx.Commit(ctx); err != nil {
		return nil, kind(err)
	}
	return tx, nil
}

func (p *pgStore) view(ctx context.Context, fn func(*Tx) error) error {
	ptx, err := p.pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return kind(err)
	}
	defer func() { _ = ptx.Rollback(context.WithoutCancel(ctx)) }() // ends the snapshot; nothing to undo
	return fn(&Tx{ctx: ctx, engine: Postgres, q: &pgTx{ptx}})
}

type pgTx struct{ tx pgx.Tx }

func (t *pgTx) exec(ctx context.Context, text string, args []any) (int64, error) {
	tag, err := t.tx.Exec(ctx, text, flatAll(args)...)
	if err != nil {
		return 0, kind(err)
	}
	return tag.RowsAffected(), nil
}

func (t *pgTx) query(ctx context.Context, text string, args []any) (Rows, error) {
	rows, err := t.tx.Query(ctx, text, flatAll(args)...)
	if err != nil {
		return nil, kind(err)
	}
	return pgRows{rows}, nil
}

func (t *pgTx) execMany(ctx context.Context, text string, rows [][]any) (int64, error) {
	b := &pgx.Batch{}
	for _, r := range rows {
		b.Queue(text, flatAll(r)...)
	}
	res := t.tx.SendBatch(ctx, b)
	var n int64
	for range rows {
		tag, err := res.Exec()
		if err != nil {
			_ = res.Close() // the first error is the one that matters
			return n, kind(err)
		}
		n += tag.RowsAffected()
	}
	return n, kind(res.Close())
}

func (t *pgTx) queryMany(ctx context.Context, text string, rows [][]any, scan func(int, Rows) error) error {
	b := &pgx.Batch{}
	for _, r := range rows {
		b.Queue(text, flatAll(r)...)
	}
	res := t.tx.SendBatch(ctx, b)
	for i := range rows {
		r, err := res.Query()
		if err == nil {
			err = Each(pgRows{r}, nil, func(r Rows) error { return scan(i, r) })
		}
		if err != nil {
			_ = res.Close() // the first error is the one that matters
			return kind(err)
		}
	}
	return kind(res.Close())
}

// copyFrom is how many rows make COPY cheaper than one statement over arrays: COPY costs
// a round trip more (it asks for the column types).
const copyFrom = 500

func (t *pgTx) insert(ctx context.Context, table string, cols []string, rows [][]any, clause string, scan func(Rows) error) error {
	if len(rows) >= copyFrom && clause == "" {
		_, err := t.tx.CopyFrom(ctx, pgx.Identifier{table}, cols, pgx.CopyFromSlice(len(rows), func(i int) ([]any, error) {
			return flatAll(rows[i]), nil
		}))
		if err != nil {
			return fmt.Errorf("insert into %s: %w", table, kind(err))
		}
		return nil
	}
	args, types := columns(rows, len(cols))
	text := bulkText(table, strings.Join(cols, ","), types, clause, func(sel, arrays, names string) string {
		return fmt.Sprintf("insert into %s (%s) select %s from unnest(%s) as v(%s)%s", table, strings.Join(cols, ","), sel, arrays, names, clause)
	})
	err := t.run(ctx, text, args, scan)
	if err != nil {
		return fmt.Errorf("insert into %s: %w", table, err)
	}
	return nil
}

func (t *pgTx) run(ctx context.Context, text string, args []any, scan func(Rows) error) error {
	if scan == nil {
		_, err := t.tx.Exec(ctx, text, args...)
		return kind(err)
	}
	r, err := t.tx.Query(ctx, text, args...)
	if err != nil {
		return kind(err)
	}
	return Each(pgRows{r}, nil, scan)
}

func (t *pgTx) updateFrom(ctx context.Context, table, set string, cols int, rows [][]any) (int64, error) {
	args, types := columns(rows, cols)
	text := bulkText(table, "", types, set, func(sel, arrays, names string) string {
		cs := strings.Split(sel, ",")
		for i := range cs {
			cs[i] += fmt.Sprintf(" as c%d", i)
			if types[i] == "null" {
				cs[i] = fmt.Sprintf("cast(null as bigint) as c%d", i)
			}
		}
		return fmt.Sprintf("update %s set %s from (select %s from unnest(%s) as u(%s)) as v where %s.id = v.c0", table, set, strings.Join(cs, ", "), arrays, names, table)
	})
	tag, err := t.tx.Exec(ctx, text, args...)
	return tag.RowsAffected(), kind(err)
}

// columns turns rows into one array parameter per column and names the element types.
func columns(rows [][]any, n int) (args []any, types []string) {
	args, types = make([]any, n), make([]string, n)
	for c := range n {
		args[c], types[c] = column(rows, c)
	}
	return args, types
}

// column gathers column c of rows as one array parameter and names its element type.
func column(rows [][]any, c int) (any, string) {
	for _, r := range rows {
		switch flat(r[c]).(type) {
		case nil:
			continue
		case int64:
			return gather[int64](rows, c), "bigint"
		case bool:
			return gather[bool](rows, c), "boolean"
		case []byte:
			out := make([][]byte, len(rows))
			for i, r := range rows {
				if b, ok := flat(r[c]).([]byte); ok {
					out[i] = b
				}
			}
			return out, "bytea"
		case string:
			return gather[string](rows, c), "text"
		}
	}
	// All null: an array of null texts would not fit a bigint column, so send untyped nulls.
	return gather[string](rows, c), "null"
}

func gather[T any](rows [][]any, c int) any {
	null := false
	for _, r := range rows {
		if r[c] == nil {
			null = true
			break
		}
	}
	if !null {
		out := make([]T, len(rows))
		for i, r := range rows {
			v, ok := flat(r[c]).(T)
			if !ok {
				null = true
				break
			}
			out[i] = v
		}
		if !null {
			return out
		}
	}
	out := make([]*T, len(rows))
	for i, r := range rows {
		if v, ok := flat(r[c]).(T); ok {
			out[i] = &v
		}
	}
	return out
}

// bulkText builds a statement over arrays once per shape: sel are the columns to select,
// arrays the parameters, names their columns.
func bulkText(table, cols string, types []string, clause string, build func(sel, arrays, names string) string) string {
	key := bulkKey{table, cols + "|" + strings.Join(types, ","), clause, 0}
	if s, ok := bulkTexts.Load(key); ok {
		return s.(string)
	}
	var sel, arrays, names []string
	for i, typ := range types {
		name := fmt.Sprintf("p%d", i)
		names = append(names, name)
		if typ == "null" {
			sel = append(sel, "null")
			arrays = append(arrays, fmt.Sprintf("$%d::text[]", i+1))
			continue
		}
		sel = append(sel, name)
		arrays = append(arrays, fmt.Sprintf("$%d::%s[]", i+1, typ))
	}
	s := build(strings.Join(sel, ","), strings.Join(arrays, ","), strings.Join(names, ","))
	bulkTexts.Store(key, s)
	return s
}

type pgRows struct{ pgx.Rows }

func (r pgRows) Scan(dest ...any) error { return kind(r.Rows.Scan(dest...)) }
func (r pgRows) Err() error             { return kind(r.Rows.Err()) }
