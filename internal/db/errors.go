package db

import (
	"database/sql"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
)

// Error kinds. Both engines' codes are mapped to these; match with errors.Is.
var (
	// ErrNotFound: no such row.
	ErrNotFound = errors.New("db: not found")
	// ErrConflict: a unique key is taken.
	ErrConflict = errors.New("db: already there")
	// ErrCheck: a check, not-null, type or foreign-key rule of the schema refused the row.
	ErrCheck = errors.New("db: refused by a rule of the schema")
	// ErrRetry: the engine asks to run the transaction again. Update does; callers never see it
	// unless it gave up.
	ErrRetry = errors.New("db: try again")
	// ErrReadOnly: a write inside View.
	ErrReadOnly = errors.New("db: read-only transaction")
)

// kind wraps err with its kind; nil stays nil.
func kind(err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, pgx.ErrNoRows) || errors.Is(err, sql.ErrNoRows) {
		return ErrNotFound
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		switch pg.Code {
		case "23505":
			return fmt.Errorf("%w: %w", ErrConflict, err)
		case "23514", "23503", "23502", "22003", "22P02":
			return fmt.Errorf("%w: %w", ErrCheck, err)
		case "40001", "40P01", "55P03":
			return fmt.Errorf("%w: %w", ErrRetry, err)
		case "25006":
			return fmt.Errorf("%w: %w", ErrReadOnly, err)
		}
		return err
	}
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		switch lite.Code() {
		case 2067, 1555: // unique, primary key
			return fmt.Errorf("%w: %w", ErrConflict, err)
		case 275, 787, 1299, 3091: // check, foreign key, not null, datatype (strict)
			return fmt.Errorf("%w: %w", ErrCheck, err)
		}
		switch lite.Code() & 0xff {
		case 5, 6: // busy, locked
			return fmt.Errorf("%w: %w", ErrRetry, err)
		case 8: // read-only
			return fmt.Errorf("%w: %w", ErrReadOnly, err)
		}
	}
	return err
}
