package access

import (
	"errors"

	"github.com/sen-platform/sen/internal/db"
)

// What the installation says of invented data. Real data and sample data never share a store.
const (
	// SampleFilling: the demonstration began to fill the store and has not finished.
	SampleFilling = "filling"
	// SampleReady: the store holds the whole demonstration.
	SampleReady = "ready"
)

// SetSample marks the store as holding invented data; it cannot be unmarked.
func SetSample(tx *db.Tx, state string) error {
	_, err := tx.Exec("insert into installation (name, value) values ('sample', $1) on conflict (name) do update set value = excluded.value", state)
	return err
}

// SampleState is the mark of SetSample; "" for a store of real data.
func SampleState(tx *db.Tx) (string, error) {
	var state string
	err := tx.Row("select value from installation where name = 'sample'", nil, &state)
	if errors.Is(err, db.ErrNotFound) {
		return "", nil
	}
	return state, err
}
