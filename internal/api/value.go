package api

import (
	"reflect"
	"time"

	"github.com/sen-platform/sen/internal/clock"
)

// currency stands in every resource that has amounts.
const currency = "VND"

// at is an instant as the API writes it, RFC 3339 with +07:00; nil when it has not happened.
func at(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	v := t.In(clock.VN)
	return &v
}

func typeOf(v any) reflect.Type { return reflect.TypeOf(v) }
