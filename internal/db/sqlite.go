package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	_ "modernc.org/sqlite" // the database/sql driver "sqlite"
)

// liteStore is one writer connection and a pool of readers over one WAL database.
type liteStore struct {
	path    string
	writeDB *sql.DB
	readDB  *sql.DB
	delay   time.Duration

	mu     sync.Mutex // holds the writer
	conn   *sql.Conn
	stmts  map[string]*sql.Stmt
	closed bool

	stop, stopped chan struct{}
}

// Write-ahead log: commits are one fsync of the log each (synchronous=FULL). The log is
// folded back by checkpointLoop on a reader's time, so that no commit has to wait for it;
// the automatic checkpoint is only the net below.
const litePragmas = "_pragma=journal_mode(wal)&_pragma=synchronous(full)&_pragma=foreign_keys(1)" +
	"&_pragma=busy_timeout(10000)&_pragma=temp_store(memory)"

// liteURI is the file as a SQLite URI; a folder's name may hold any character.
func liteURI(path string) string {
	return (&url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath()}).String() + "?" + litePragmas
}

func openLite(ctx context.Context, cfg Config) (*liteStore, error) {
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("db: data folder: %w", err)
	}
	path := filepath.Join(cfg.Dir, "sen.db")
	// Names of children and patients: nobody else on the machine reads the file, whatever the
	// folder allows. SQLite gives the log the mode of the database.
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("db: data file: %w", err)
	}
	if err := f.Close(); err != nil {
		return nil, fmt.Errorf("db: data file: %w", err)
	}
	w, err := sql.Open("sqlite", liteURI(path)+"&_pragma=cache_size(-24000)&_pragma=wal_autocheckpoint(20000)")
	if err != nil {
		return nil, fmt.Errorf("db: open %s: %w", path, err)
	}
	w.SetMaxOpenConns(1)
	r, err := sql.Open("sqlite", liteURI(path)+"&_pragma=query_only(1)&_pragma=cache_size(-4000)")
	if err != nil {
		return nil, errors.Join(fmt.Errorf("db: open %s: %w", path, err), w.Close())
	}
	r.SetMaxOpenConns(max(4, runtime.NumCPU()*2))
	r.SetMaxIdleConns(4)
	conn, err := w.Conn(ctx)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("db: open %s: %w", path, err), w.Close(), r.Close())
	}
	s := &liteStore{
		path: path, writeDB: w, readDB: r, conn: conn, delay: cfg.CommitDelay,
		stmts: map[string]*sql.Stmt{}, stop: make(chan struct{}), stopped: make(chan struct{}),
	}
	go s.checkpointLoop()
	return s, nil
}

// checkpointLoop folds the log back into the database once a second without blocking the writer.
func (s *liteStore) checkpointLoop() {
	defer close(s.stopped)
	t := time.NewTicker(time.Second)
	defer t.Stop()
	for {
		select {
		case <-s.stop:
			return
		case <-t.C:
			// A busy or failed passive checkpoint is tried again a second later; the log only grows meanwhile.
			_, _ = s.readDB.Exec("pragma wal_checkpoint(passive)")
		}
	}
}

func (s *liteStore) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	close(s.stop)
	<-s.stopped
	var errs []error
	for _, st := range s.stmts {
		errs = append(errs, st.Close())
	}
	errs = append(errs, s.conn.Close(), s.readDB.Close(), s.writeDB.Close())
	return errors.Join(errs...)
}

func (s *liteStore) update(ctx context.Context, fn func(*Tx) error) (_ *Tx, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, errors.New("db: store is closed")
	}
	// The writer must end its transaction whatever becomes of the caller, so the
	// statements run without the caller's cancellation; it is checked at the start and before commit.
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	run := context.WithoutCancel(ctx)
	if _, err := s.conn.ExecContext(run, "begin immediate"); err != nil {
		return nil, kind(err)
	}
	done := false
	defer func() {
		if !done {
			if _, e := s.conn.ExecContext(run, "rollback"); e != nil && err != nil {
				err = errors.Join(err, e)
			}
		}
	}()
	tx := &Tx{ctx: run, engine: SQLite, q: &liteTx{s: s, conn: s.conn}}
	if err := fn(tx); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if s.delay > 0 {
		time.Sleep(s.delay)
	}
	if _, err := s.conn.ExecContext(run, "commit"); err != nil {
		return nil, kind(err)
	}
	done = true
	return tx, nil
}

func (s *liteStore) view(ctx context.Context, fn func(*Tx) error) error {
	conn, err := s.readDB.Conn(ctx)
	if err != nil {
		return kind(err)
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, "begin"); err != nil {
		return kind(err)
	}
	defer func() { _, _ = conn.ExecContext(context.WithoutCancel(ctx), "rollback") }() // ends the snapshot; nothing to undo
	return fn(&Tx{ctx: ctx, engine: SQLite, q: &liteTx{conn: conn}})
}

// liteTx runs statements on one connection; with s set it is the writer and keeps statements prepared.
type liteTx struct {
	s    *liteStore
	conn *sql.Conn
}

func (t *liteTx) stmt(ctx context.Context, text string) (*sql.Stmt, error) {
	if st := t.s.stmts[text]; st != nil {
		return st, nil
	}
	st, err := t.conn.PrepareContext(ctx, text)
	if err != nil {
		return nil, kind(err)
	}
	if len(t.s.stmts) >= 256 {
		for k, old := range t.s.stmts {
			_ = old.Close() // only frees memory
			delete(t.s.stmts, k)
			break
		}
	}
	t.s.stmts[text] = st
	return st, nil
}

func (t *liteTx) exec(ctx context.Context, text string, args []any) (int64, error) {
	args = flatAll(args)
	var res sql.Result
	var err error
	if t.s == nil {
		res, err = t.conn.ExecContext(ctx, text, args...)
	} else {
		st, perr := t.stmt(ctx, text)
		if perr != nil {
			return 0, perr
		}
		res, err = st.ExecContext(ctx, args...)
	}
	if err != nil {
		return 0, kind(err)
	}
	return res.RowsAffected()
}

func (t *liteTx) query(ctx context.Context, text string, args []any) (Rows, error) {
	args = flatAll(args)
	var rows *sql.Rows
	var err error
	if t.s == nil {
		rows, err = t.conn.QueryContext(ctx, text, args...)
	} else {
		st, perr := t.stmt(ctx, text)
		if perr != nil {
			return nil, perr
		}
		rows, err = st.QueryContext(ctx, args...)
	}
	if err != nil {
		return nil, kind(err)
	}
	return liteRows{rows}, nil
}

func (t *liteTx) execMany(ctx context.Context, text string, rows [][]any) (int64, error) {
	var n int64
	for _, r := range rows {
		k, err := t.exec(ctx, text, r)
		if err != nil {
			return n, err
		}
		n += k
	}
	return n, nil
}

func (t *liteTx) queryMany(ctx context.Context, text string, rows [][]any, scan func(int, Rows) error) error {
	for i, args := range rows {
		r, err := t.query(ctx, text, args)
		if err := Each(r, err, func(r Rows) error { return scan(i, r) }); err != nil {
			return err
		}
	}
	return nil
}

// chunks hands rows out in pieces of fixed sizes, so that a table needs at most three
// prepared texts.
func chunks(rows [][]any, cols int, do func(size int, args []any) error) error {
	args := make([]any, 0, 32*cols)
	for len(rows) > 0 {
		size := 1
		for _, s := range [...]int{32, 8} {
			if len(rows) >= s && s*cols < 30000 {
				size = s
				break
			}
		}
		args = args[:0]
		for _, r := range rows[:size] {
			args = append(args, r...)
		}
		rows = rows[size:]
		if err := do(size, args); err != nil {
			return err
		}
	}
	return nil
}

func (t *liteTx) insert(ctx context.Context, table string, cols []string, rows [][]any, clause string, scan func(Rows) error) error {
	err := chunks(rows, len(cols), func(size int, args []any) error {
		text := insertText(table, cols, size, clause)
		if scan != nil {
			r, err := t.query(ctx, text, args)
			return Each(r, err, scan)
		}
		_, err := t.exec(ctx, text, args)
		return err
	})
	if err != nil {
		return fmt.Errorf("insert into %s: %w", table, err)
	}
	return nil
}

func (t *liteTx) updateFrom(ctx context.Context, table, set string, cols int, rows [][]any) (int64, error) {
	var n int64
	err := chunks(rows, cols, func(size int, args []any) error {
		k, err := t.exec(ctx, updateText(table, set, cols, size), args)
		n += k
		return err
	})
	return n, err
}

var bulkTexts sync.Map // of bulkKey to string

type bulkKey struct {
	table, cols, clause string
	size                int
}

func insertText(table string, cols []string, size int, clause string) string {
	key := bulkKey{table, strings.Join(cols, ","), clause, size}
	if s, ok := bulkTexts.Load(key); ok {
		return s.(string)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "insert into %s (%s) values ", table, key.cols)
	tuples(&b, len(cols), size)
	b.WriteString(clause)
	bulkTexts.Store(key, b.String())
	return b.String()
}

func updateText(table, set string, cols, size int) string {
	key := bulkKey{table, "", set, size}
	if s, ok := bulkTexts.Load(key); ok {
		return s.(string)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "update %s set %s from (select column1 as c0", table, set)
	for i := 1; i < cols; i++ {
		fmt.Fprintf(&b, ", column%d as c%d", i+1, i)
	}
	b.WriteString(" from (values ")
	tuples(&b, cols, size)
	fmt.Fprintf(&b, ")) as v where %s.id = v.c0", table)
	bulkTexts.Store(key, b.String())
	return b.String()
}

func tuples(b *strings.Builder, cols, size int) {
	for i := range size {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString("(?" + strings.Repeat(",?", cols-1) + ")")
	}
}

type liteRows struct{ *sql.Rows }

func (r liteRows) Scan(dest ...any) error { return kind(r.Rows.Scan(dest...)) }
func (r liteRows) Err() error             { return kind(r.Rows.Err()) }
func (r liteRows) Close()                 { _ = r.Rows.Close() } // the error, if any, is Err's
