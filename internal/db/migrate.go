package db

import (
	"bytes"
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"strings"

	_ "github.com/jackc/pgx/v5/stdlib" // the database/sql driver "pgx", for migrations only
	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrate brings the schema up to the newest version. It only goes forward, and is safe to
// call from several processes at once on PostgreSQL.
func (d *DB) Migrate(ctx context.Context) error {
	files, err := dialect(d.engine)
	if err != nil {
		return err
	}
	var conn *sql.DB
	gd := goose.DialectSQLite3
	if d.engine == Postgres {
		gd = goose.DialectPostgres
		if conn, err = sql.Open("pgx", d.pg.dsn); err != nil {
			return fmt.Errorf("db: migrate: %w", redact(err))
		}
	} else {
		d.lite.mu.Lock()
		defer d.lite.mu.Unlock()
		if conn, err = sql.Open("sqlite", liteURI(d.lite.path)); err != nil {
			return fmt.Errorf("db: migrate: %w", err)
		}
	}
	defer conn.Close()
	if d.engine == Postgres {
		c, err := conn.Conn(ctx)
		if err != nil {
			return fmt.Errorf("db: migrate: %w", redact(err))
		}
		defer c.Close()
		// One process migrates at a time; the lock ends with the connection.
		if _, err := c.ExecContext(ctx, "select pg_advisory_lock(7236821)"); err != nil {
			return fmt.Errorf("db: migrate: %w", err)
		}
	}
	p, err := goose.NewProvider(gd, conn, files)
	if err != nil {
		return fmt.Errorf("db: migrate: %w", err)
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("db: migrate: %w", err)
	}
	return nil
}

var (
	reBigint  = regexp.MustCompile(`\bbigint\b`)
	reBoolean = regexp.MustCompile(`\bboolean\b`)
	reBytea   = regexp.MustCompile(`\bbytea\b`)
	reTable   = regexp.MustCompile(`(?m)^\);$`)
	// "); -- clustered": rows are kept in the order of the primary key, without a second tree.
	reCluster = regexp.MustCompile(`(?m)^\); -- clustered$`)
)

// dialect is the migrations as the engine wants them. They are written in PostgreSQL's
// types; SQLite gets strict tables, so that a fraction or a text in an integer column is
// refused there too instead of being stored.
func dialect(e Engine) (fs.FS, error) {
	sub, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, fmt.Errorf("db: migrate: %w", err)
	}
	return dialectFS{sub, e}, nil
}

// dialectFS rewrites each migration as it is opened. A line "-- postgres: …" is a statement
// for that engine only: how a table is stored, never what it means.
type dialectFS struct {
	fs.FS
	engine Engine
}

func (f dialectFS) Open(name string) (fs.File, error) {
	file, err := f.FS.Open(name)
	if err != nil || !strings.HasSuffix(name, ".sql") {
		return file, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(file)
	if err != nil {
		return nil, err
	}
	if f.engine == Postgres {
		b = bytes.ReplaceAll(b, []byte("\n-- postgres: "), []byte("\n"))
	} else {
		b = reBigint.ReplaceAll(b, []byte("integer"))
		b = reBoolean.ReplaceAll(b, []byte("integer"))
		b = reBytea.ReplaceAll(b, []byte("blob"))
		b = reCluster.ReplaceAll(b, []byte(") strict, without rowid;"))
		b = reTable.ReplaceAll(b, []byte(") strict;"))
	}
	return &dialectFile{Reader: bytes.NewReader(b), FileInfo: info, size: int64(len(b))}, nil
}

type dialectFile struct {
	*bytes.Reader
	fs.FileInfo
	size int64
}

func (f *dialectFile) Stat() (fs.FileInfo, error) { return f, nil }
func (f *dialectFile) Close() error               { return nil }
func (f *dialectFile) Size() int64                { return f.size }
