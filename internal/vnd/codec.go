package vnd

import (
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"fmt"
)

var (
	_ json.Unmarshaler = (*Amount)(nil)
	_ sql.Scanner      = (*Amount)(nil)
	_ driver.Valuer    = Amount(0)
)

// UnmarshalJSON reads a plain JSON integer. A fraction is ErrFraction; an exponent, a string
// and null are ErrSyntax, so that a partner's 1e6 or "1000" is seen and not interpreted.
// Writing needs no method: an Amount is marshalled as the integer it is.
func (a *Amount) UnmarshalJSON(b []byte) error {
	v, err := strictInteger(string(b))
	if err != nil {
		return err
	}
	*a = v
	return nil
}

// Scan reads a bigint column. SQLite can hold 5.5 or text in such a column: a float is
// ErrFraction whatever its value, and null is ErrSyntax (use sql.Null[Amount] for a nullable
// column). Text is read when it is a plain integer, because PostgreSQL returns sum(bigint)
// as numeric.
func (a *Amount) Scan(src any) error {
	switch v := src.(type) {
	case int64:
		*a = Amount(v)
		return nil
	case float64:
		return fmt.Errorf("%w: database returned the float %v", ErrFraction, v)
	case string:
		return a.UnmarshalJSON([]byte(v))
	case []byte:
		return a.UnmarshalJSON(v)
	}
	return fmt.Errorf("%w: database returned %T", ErrSyntax, src)
}

// Value gives the database the integer.
func (a Amount) Value() (driver.Value, error) { return int64(a), nil }

// strictInteger reads -?(0|[1-9][0-9]*) and nothing else.
func strictInteger(s string) (Amount, error) {
	digits, negative := s, false
	if s != "" && s[0] == '-' {
		digits, negative = s[1:], true
	}
	whole := 0
	for whole < len(digits) && isDigit(digits[whole]) {
		whole++
	}
	switch {
	case whole == 0 || (whole > 1 && digits[0] == '0'):
		return 0, fmt.Errorf("%w: %.40q", ErrSyntax, s)
	case whole < len(digits) && digits[whole] == '.':
		return 0, fmt.Errorf("%w: %.40q", ErrFraction, s)
	case whole < len(digits):
		return 0, fmt.Errorf("%w: %.40q", ErrSyntax, s)
	}
	v, ok := accumulate(digits, negative)
	if !ok {
		return 0, fmt.Errorf("%w: %.40q", ErrOverflow, s)
	}
	return v, nil
}
