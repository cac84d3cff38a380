package org

import (
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
)

// MethodsOf tells what facilities declared about the four methods, in one query: always four
// states per facility asked for, in the order P1–P4; a method nothing was said about is off
// with an empty Since.
func MethodsOf(tx *db.Tx, facilities []id.Facility) (map[id.Facility][]MethodState, error) {
	list, err := db.All(tx, "select facility_id, method, status, since, note from facility_method where "+tx.In("facility_id", 1),
		[]any{db.List(tx, facilities)}, scanMethod)
	if err != nil {
		return nil, err
	}
	type key struct {
		f id.Facility
		m Method
	}
	said := make(map[key]MethodState, len(list))
	for _, m := range list {
		said[key{m.Facility, m.Method}] = m
	}
	out := make(map[id.Facility][]MethodState, len(facilities))
	for _, f := range facilities {
		states := make([]MethodState, 0, len(methods))
		for _, m := range Methods() {
			s, ok := said[key{f, m}]
			if !ok {
				s = MethodState{Facility: f, Method: m, Status: MethodOff}
			}
			states = append(states, s)
		}
		out[f] = states
	}
	return out, nil
}

func scanMethod(r db.Rows, m *MethodState) error {
	return r.Scan(&m.Facility, &m.Method, &m.Status, &m.Since, &m.Note)
}

// SetMethod records a facility's state of one method since a day.
func SetMethod(tx *db.Tx, facility id.Facility, m Method, status MethodStatus, since clock.Date, note string) error {
	return setMethods(tx, []MethodState{{Facility: facility, Method: m, Status: status, Since: since, Note: note}})
}

func setMethods(tx *db.Tx, list []MethodState) error {
	rows := make([][]any, len(list))
	for i, m := range list {
		rows[i] = []any{m.Facility, m.Method, m.Status, m.Since, m.Note}
	}
	_, err := tx.ExecMany("insert into facility_method (facility_id, method, status, since, note) values ($1, $2, $3, $4, $5)"+
		" on conflict (facility_id, method) do update set status = excluded.status, since = excluded.since, note = excluded.note", rows)
	return err
}
