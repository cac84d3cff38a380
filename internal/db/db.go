// Package db is access to the database: one SQL text for SQLite (embedded) and PostgreSQL.
//
// What differs between the engines is hidden here: how a transaction begins and is retried,
// bulk writes, lists as parameters, row locks and error codes. Use cases open transactions
// (Update, View); rooms below take the *Tx. Placeholders are $1, $2 … on both engines.
package db

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

// Engine is a database engine.
type Engine string

// The two engines.
const (
	SQLite   Engine = "sqlite"
	Postgres Engine = "postgres"
)

// Config says which store to open. Exactly one of Dir and DSN is set.
type Config struct {
	// Dir is the folder of an embedded SQLite database (file sen.db); made if missing.
	Dir string
	// DSN is a PostgreSQL connection string (URL or key=value).
	DSN string
	// CommitDelay makes each durable commit take that much longer: a slow disk for
	// benchmarks. Zero in service.
	CommitDelay time.Duration
	// MaxConns bounds PostgreSQL connections; 0 means 16.
	MaxConns int
}

// DB is an open store. Safe for concurrent use.
type DB struct {
	engine Engine
	pg     *pgStore
	lite   *liteStore
}

// Open opens the store. It does not migrate: call Migrate, or use OpenMigrated.
func Open(ctx context.Context, cfg Config) (*DB, error) {
	switch {
	case cfg.Dir != "" && cfg.DSN != "":
		return nil, errors.New("db: both a folder and a DSN are given; choose one")
	case cfg.DSN != "":
		pg, err := openPG(ctx, cfg)
		if err != nil {
			return nil, err
		}
		return &DB{engine: Postgres, pg: pg}, nil
	case cfg.Dir != "":
		lite, err := openLite(ctx, cfg)
		if err != nil {
			return nil, err
		}
		return &DB{engine: SQLite, lite: lite}, nil
	}
	return nil, errors.New("db: neither a folder nor a DSN is given")
}

// OpenMigrated opens the store and brings its schema up to date.
func OpenMigrated(ctx context.Context, cfg Config) (*DB, error) {
	d, err := Open(ctx, cfg)
	if err != nil {
		return nil, err
	}
	if err := d.Migrate(ctx); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

// Engine tells which engine the store is.
func (d *DB) Engine() Engine { return d.engine }

// Close waits for the running writer and closes the store.
func (d *DB) Close() error {
	if d.engine == Postgres {
		d.pg.close()
		return nil
	}
	return d.lite.close()
}

// attempts bounds how often one transaction is tried when the engine asks for a retry.
const attempts = 8

// Update runs fn in one read-write transaction and commits it durably when fn returns nil.
// fn may run several times (serialisation failure, deadlock, busy): it must have no effects
// outside tx except through tx.OnCommit. Errors come back wrapped with their kind (ErrConflict …).
func (d *DB) Update(ctx context.Context, fn func(tx *Tx) error) error {
	var err error
	for i := range attempts {
		if i > 0 {
			pause := time.Duration(rand.Int64N(int64(time.Millisecond) << i))
			select {
			case <-ctx.Done():
				return errors.Join(ctx.Err(), err)
			case <-time.After(pause):
			}
		}
		var tx *Tx
		if d.engine == Postgres {
			tx, err = d.pg.update(ctx, fn)
		} else {
			tx, err = d.lite.update(ctx, fn)
		}
		if err == nil {
			for _, f := range tx.after {
				f()
			}
			return nil
		}
		if !errors.Is(err, ErrRetry) {
			return err
		}
	}
	return fmt.Errorf("db: gave up after %d tries: %w", attempts, err)
}

// View runs fn in one read-only transaction over a stable snapshot.
func (d *DB) View(ctx context.Context, fn func(tx *Tx) error) error {
	if d.engine == Postgres {
		return d.pg.view(ctx, fn)
	}
	return d.lite.view(ctx, fn)
}

// Tx is a transaction. It is not safe for concurrent use and ends with its function.
type Tx struct {
	ctx    context.Context
	engine Engine
	q      querier
	after  []func()
}

// querier is what an engine must do inside a transaction.
type querier interface {
	exec(ctx context.Context, sql string, args []any) (int64, error)
	query(ctx context.Context, sql string, args []any) (Rows, error)
	insert(ctx context.Context, table string, cols []string, rows [][]any, clause string, scan func(Rows) error) error
	updateFrom(ctx context.Context, table, set string, cols int, rows [][]any) (int64, error)
	execMany(ctx context.Context, sql string, rows [][]any) (int64, error)
	queryMany(ctx context.Context, sql string, rows [][]any, scan func(i int, r Rows) error) error
}

// Rows is a result set. Close it; Next closes it at the end.
type Rows interface {
	Next() bool
	Scan(dest ...any) error
	Err() error
	Close()
}

// Context is the context the transaction runs under.
func (tx *Tx) Context() context.Context { return tx.ctx }

// Engine tells which engine runs the transaction.
func (tx *Tx) Engine() Engine { return tx.engine }

// OnCommit runs f after the commit succeeded, in the order given; never when it failed.
func (tx *Tx) OnCommit(f func()) { tx.after = append(tx.after, f) }

// Exec runs one statement and returns the number of rows it changed.
func (tx *Tx) Exec(sql string, args ...any) (int64, error) {
	return tx.q.exec(tx.ctx, sql, args)
}

// Query runs one statement that returns rows.
func (tx *Tx) Query(sql string, args ...any) (Rows, error) {
	return tx.q.query(tx.ctx, sql, args)
}

// Row runs a statement that returns at most one row and scans it; ErrNotFound when there is none.
func (tx *Tx) Row(sql string, args []any, dest ...any) error {
	rows, err := tx.q.query(tx.ctx, sql, args)
	if err != nil {
		return err
	}
	defer rows.Close()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return err
		}
		return ErrNotFound
	}
	if err := rows.Scan(dest...); err != nil {
		return err
	}
	return rows.Err()
}

// Insert writes many rows of one table in few round trips. A nil value is SQL null; a column
// must hold values of one Go type (integers of any named int64 type count as one).
func (tx *Tx) Insert(table string, cols []string, rows [][]any) error {
	if len(rows) == 0 {
		return nil
	}
	return tx.q.insert(tx.ctx, table, cols, rows, "", nil)
}

// Upsert is Insert with a clause behind it, "on conflict … do update set …"; rows of one call
// must differ in their key. With scan, the clause ends in "returning …" and scan is called
// for each row it returns, in any order.
func (tx *Tx) Upsert(table string, cols []string, rows [][]any, clause string, scan func(Rows) error) error {
	if len(rows) == 0 {
		return nil
	}
	return tx.q.insert(tx.ctx, table, cols, rows, " "+clause, scan)
}

// UpdateFrom changes many rows of a table by their id: each of rows is an id followed by
// values, which set names v.c1, v.c2 …, as in "paid = paid + v.c1". It returns the number of
// rows changed.
func (tx *Tx) UpdateFrom(table, set string, rows [][]any) (int64, error) {
	if len(rows) == 0 {
		return 0, nil
	}
	return tx.q.updateFrom(tx.ctx, table, set, len(rows[0]), rows)
}

// ExecMany runs one statement once per row of parameters, pipelined, and returns the number
// of rows changed in all.
func (tx *Tx) ExecMany(sql string, rows [][]any) (int64, error) {
	if len(rows) == 0 {
		return 0, nil
	}
	return tx.q.execMany(tx.ctx, sql, rows)
}

// QueryMany runs one statement once per row of parameters, pipelined, and calls scan for
// every row each of them returns; i is the index of the parameters.
func (tx *Tx) QueryMany(sql string, rows [][]any, scan func(i int, r Rows) error) error {
	if len(rows) == 0 {
		return nil
	}
	return tx.q.queryMany(tx.ctx, sql, rows, scan)
}

// ForUpdate is the clause that locks the rows a select returns until the end of the
// transaction. SQLite has one writer and needs none.
func (tx *Tx) ForUpdate() string {
	if tx.engine == Postgres {
		return " for update"
	}
	return ""
}

// Each scans all rows of a query with scan, one call per row.
func Each(rows Rows, err error, scan func(Rows) error) error {
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// All collects a query into a slice.
func All[T any](tx *Tx, sql string, args []any, scan func(Rows, *T) error) ([]T, error) {
	var out []T
	rows, err := tx.Query(sql, args...)
	err = Each(rows, err, func(r Rows) error {
		var v T
		if err := scan(r, &v); err != nil {
			return err
		}
		out = append(out, v)
		return nil
	})
	return out, err
}
