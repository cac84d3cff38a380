// Package doc writes and reads the papers of the house: PDF receipts, notices and posters,
// XLSX and CSV lists, and the tables people send in (XLSX, HTML named .xls, CSV).
//
// It knows nothing of bills or databases. The caller fills a plain struct, already checked
// and in the words the reader shall see; the package lays it out. Equal input gives equal
// bytes: no clock, no random number, no machine name enters a file.
package doc

import "strings"

// FileError tells a person what is wrong with a file they sent and what to do. All three
// texts are Vietnamese and end without a full stop.
type FileError struct {
	Place  string // where: "Tệp danh-sach.xlsx", "Trang tính Lớp 1, ô C12"
	Reason string // what is wrong
	Remedy string // what to do next; may be empty
	Err    error  // technical cause, for the log; may be nil
}

// Error is the whole message: "Tệp a.xls: tệp có định dạng Excel 97-2003. Mở bằng Excel, …".
func (e *FileError) Error() string {
	var b strings.Builder
	if e.Place != "" {
		b.WriteString(e.Place + ": ")
	}
	b.WriteString(e.Reason)
	if e.Remedy != "" {
		b.WriteString(". " + e.Remedy)
	}
	return b.String()
}

// Unwrap returns the technical cause.
func (e *FileError) Unwrap() error { return e.Err }
