package db

import (
	"encoding/json"
	"fmt"
)

// In is the condition "col is in the list given as parameter n", to be passed with List.
// The statement text does not depend on the length of the list, so it is prepared once.
func (tx *Tx) In(col string, n int) string {
	if tx.engine == Postgres {
		return fmt.Sprintf("%s = any($%d)", col, n)
	}
	return fmt.Sprintf("%s in (select value from json_each($%d))", col, n)
}

// List is a list parameter for In. T is a string or integer type.
func List[T ~string | ~int64 | ~int](tx *Tx, list []T) any {
	if tx.engine == Postgres {
		return baseList(list)
	}
	b, err := json.Marshal(baseList(list))
	if err != nil { // strings and integers always marshal
		panic(fmt.Sprintf("db: list parameter: %v", err))
	}
	return string(b)
}

func baseList[T ~string | ~int64 | ~int](list []T) any {
	if _, isText := flat(*new(T)).(string); isText {
		texts := make([]string, len(list))
		for i, v := range list {
			texts[i] = flat(v).(string)
		}
		return texts
	}
	ints := make([]int64, len(list))
	for i, v := range list {
		ints[i] = flat(v).(int64)
	}
	return ints
}
