// Package org is who there is: the areas of the administrative map, the agencies, the
// facilities with their contacts and receiving accounts, and the fee kinds they may charge
// (requirements A1–A9, P8, T8).
//
// Validity. Everything with dates is valid from ValidFrom on and no longer valid from
// ValidTo on: [ValidFrom, ValidTo). An empty ValidTo means "still valid". The map of any
// date in the past stays readable: a report on 2024 shows districts, one on 2026 does not.
//
// Functions that take a *db.Tx are the store; Service holds the use cases.
package org

import "github.com/sen-platform/sen/internal/clock"

// validOn reports whether on lies in [from, to); an empty to never ends.
func validOn(from, to, on clock.Date) bool {
	return from <= on && (to == "" || on < to)
}

// nullDate is d for a nullable date column.
func nullDate(d clock.Date) any {
	if d == "" {
		return nil
	}
	return string(d)
}

// label finds the Vietnamese name of a coded value in an ordered list; the code itself when
// it is unknown, so that a screen never shows nothing.
func label[T ~string](list []labelled[T], v T) string {
	for _, l := range list {
		if l.Value == v {
			return l.Label
		}
	}
	return string(v)
}

// labelled is a coded value and its Vietnamese name.
type labelled[T ~string] struct {
	Value T
	Label string
}

// known reports whether v is in the list.
func known[T ~string](list []labelled[T], v T) bool {
	for _, l := range list {
		if l.Value == v {
			return true
		}
	}
	return false
}

func values[T ~string](list []labelled[T]) []T {
	out := make([]T, len(list))
	for i, l := range list {
		out[i] = l.Value
	}
	return out
}
