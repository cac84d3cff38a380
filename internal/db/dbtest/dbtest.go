// Package dbtest gives tests an empty, migrated store on each engine. Every store test of
// every room runs through Each.
package dbtest

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/sen-platform/sen/internal/db"
)

// EnvPG names the environment variable with the DSN of a PostgreSQL whose user may create databases.
const EnvPG = "SEN_TEST_PG"

// Each runs fn once per engine, each time with a fresh store. PostgreSQL is skipped with a
// message when SEN_TEST_PG is unset, except under CI, where that is a failure.
func Each(t *testing.T, fn func(t *testing.T, d *db.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { fn(t, SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { fn(t, Postgres(t)) })
}

// SQLite is a fresh migrated store in a folder of the test's.
func SQLite(t testing.TB) *db.DB {
	t.Helper()
	return open(t, db.Config{Dir: t.TempDir()})
}

// Postgres is a fresh migrated database, dropped at the end of the test.
func Postgres(t testing.TB) *db.DB {
	t.Helper()
	return open(t, db.Config{DSN: DSN(t)})
}

func open(t testing.TB, cfg db.Config) *db.DB {
	t.Helper()
	d, err := db.OpenMigrated(context.Background(), cfg)
	if err != nil {
		t.Fatalf("open store: %v", err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Errorf("close store: %v", err)
		}
	})
	return d
}

var template struct {
	sync.Once
	name string
	err  error
}

// DSN makes a fresh migrated database and returns its connection string; for tests that
// start a process of their own. The database is dropped at the end of the test.
func DSN(t testing.TB) string {
	t.Helper()
	admin := os.Getenv(EnvPG)
	if admin == "" {
		msg := EnvPG + " is not set: start one with scripts/postgres.sh start DIR"
		if os.Getenv("CI") != "" {
			t.Fatal(msg)
		}
		t.Skip(msg)
	}
	template.Do(func() { template.name, template.err = makeTemplate(admin) })
	if template.err != nil {
		t.Fatalf("template database: %v", template.err)
	}
	name := fmt.Sprintf("sen_t_%d_%d", os.Getpid(), time.Now().UnixNano())
	if err := run(admin, "create database "+name+" template "+template.name); err != nil {
		t.Fatalf("create database: %v", err)
	}
	t.Cleanup(func() {
		if err := run(admin, "drop database if exists "+name+" with (force)"); err != nil {
			t.Errorf("drop database: %v", err)
		}
	})
	return with(admin, name)
}

// makeTemplate migrates one database per test binary; the others are copies of it.
func makeTemplate(admin string) (string, error) {
	name := fmt.Sprintf("sen_tpl_%d_%d", os.Getpid(), time.Now().UnixNano())
	if err := run(admin, "create database "+name); err != nil {
		return "", err
	}
	d, err := db.OpenMigrated(context.Background(), db.Config{DSN: with(admin, name)})
	if err != nil {
		return "", err
	}
	return name, d.Close()
}

func with(dsn, name string) string {
	u, err := url.Parse(dsn)
	if err != nil || u.Scheme == "" {
		return strings.TrimSpace(dsn) + " dbname=" + name
	}
	u.Path = "/" + name
	return u.String()
}

func run(dsn, sql string) error {
	ctx := context.Background()
	c, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return err
	}
	defer c.Close(ctx)
	_, err = c.Exec(ctx, sql)
	return err
}
