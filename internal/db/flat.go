package db

import (
	"database/sql/driver"
	"fmt"
	"reflect"
)

// flat turns a parameter into one of the types both drivers take without reflection of
// their own: int64, float64, bool, string, []byte or nil. Named types (vnd.Amount, id.Bill,
// clock.Date) become their base type.
func flat(v any) any {
	switch x := v.(type) {
	case nil, int64, string, []byte, bool:
		return x
	case int:
		return int64(x)
	case []string, []int64:
		return x
	}
	rv := reflect.ValueOf(v)
	switch rv.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return rv.Int()
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32:
		return int64(rv.Uint())
	case reflect.String:
		return rv.String()
	case reflect.Bool:
		return rv.Bool()
	case reflect.Pointer:
		if rv.IsNil() {
			return nil
		}
		return flat(rv.Elem().Interface())
	case reflect.Slice:
		if rv.Type().Elem().Kind() == reflect.Uint8 {
			return rv.Bytes()
		}
	}
	if d, ok := v.(driver.Valuer); ok {
		if val, err := d.Value(); err == nil {
			return val
		}
	}
	panic(fmt.Sprintf("db: a parameter of type %T cannot be stored", v))
}

func flatAll(args []any) []any {
	for i, v := range args {
		args[i] = flat(v)
	}
	return args
}
