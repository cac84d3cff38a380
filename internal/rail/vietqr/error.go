package vietqr

import (
	"errors"
	"fmt"
)

// Kinds of errors; match with errors.Is.
var (
	// ErrFormat: the text is no chain of data objects, or they stand twice or in a wrong order.
	ErrFormat = errors.New("vietqr: not an EMVCo code")
	// ErrCRC: the check sum does not belong to the text; a character was changed or lost.
	ErrCRC = errors.New("vietqr: wrong CRC")
	// ErrValue: an object is missing, or its value breaks the rules.
	ErrValue = errors.New("vietqr: value against the rules")
	// ErrUnsupported: a correct code of another scheme, or of a service this package does not write.
	ErrUnsupported = errors.New("vietqr: unsupported kind of code")
	// ErrUnknownBank: the BIN is not in the bank table (CheckBank only).
	ErrUnknownBank = errors.New("vietqr: unknown bank")
)

// Error says where a code or a payload is wrong. It unwraps to one of the kinds.
type Error struct {
	Kind error
	// Path is the tag, with the tags of its templates before it: "38.01.01". Empty when the
	// whole text is meant.
	Path string
	// Pos is the character of the text at which the object begins, counted from 1; 0 when encoding.
	Pos int
	// VI says in Vietnamese what is wrong and what is expected, without the place.
	VI string
}

// Error is for logs.
func (e *Error) Error() string { return fmt.Sprintf("%v: %s", e.Kind, e.Vietnamese()) }

// Vietnamese is the text for people: what is wrong, and where.
func (e *Error) Vietnamese() string {
	switch {
	case e.Path != "" && e.Pos > 0:
		return fmt.Sprintf("%s (trường %s, ký tự thứ %d)", e.VI, e.Path, e.Pos)
	case e.Path != "":
		return fmt.Sprintf("%s (trường %s)", e.VI, e.Path)
	case e.Pos > 0:
		return fmt.Sprintf("%s (ký tự thứ %d)", e.VI, e.Pos)
	}
	return e.VI
}

// Unwrap is the kind.
func (e *Error) Unwrap() error { return e.Kind }
