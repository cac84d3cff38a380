// Package statement reads any bank statement file: it tells the format by the content, never
// by the name's ending, has the right reader read it, runs the checks, and turns lines into
// credits (bank-and-pos, sections 1 to 3).
package statement

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/sen-platform/sen/internal/rail/camt"
	"github.com/sen-platform/sen/internal/rail/mt940"
	"github.com/sen-platform/sen/internal/rail/passbook"
	"github.com/sen-platform/sen/internal/rail/sheet"
)

// The types of a statement, so that callers need this package only.
type (
	File      = passbook.File
	Statement = passbook.Statement
	Line      = passbook.Line
	Part      = passbook.Part
	Balance   = passbook.Balance
	Problem   = passbook.Problem
	Error     = passbook.Error
	Limits    = passbook.Limits
	Previous  = passbook.Previous
)

// CheckChain is passbook.CheckChain: the statement follows the one before it, of an earlier
// file (check C).
func CheckChain(prev Previous, s *Statement) []Problem { return passbook.CheckChain(prev, s) }

// Read reads a statement file with the default limits. See ReadLimited.
func Read(r io.Reader, name string) (*File, error) {
	return ReadLimited(r, name, Limits{})
}

// ReadLimited reads a whole statement file: format, statements, lines with their keys, and
// the problems that the checks find. A file that does not balance is read and flagged. name
// is for messages only; its folder is dropped.
//
// A file larger than limits.Bytes is refused before it is read when r knows its size (an open
// file, bytes.Reader, strings.Reader), otherwise as soon as the limit is passed.
//
// Errors are *Error with a Vietnamese text, wrapping rail.ErrMalformed; other errors come
// from r itself.
func ReadLimited(r io.Reader, name string, limits Limits) (*File, error) {
	limits = limits.WithDefaults()
	if size := sizeOf(r); size > limits.Bytes {
		return nil, limits.TooManyBytes(size)
	}
	// The file is at most limits.Bytes long, and spreadsheets need to be read from the end.
	raw, err := io.ReadAll(limits.Reader(r))
	if err != nil {
		return nil, err
	}
	if len(bytes.Trim(raw, "\x00\t\r\n \ufeff")) == 0 {
		return nil, passbook.Errorf(passbook.Empty, "Tệp rỗng. Hãy tải lại sao kê từ ngân hàng.")
	}
	base := filepath.Base(strings.ReplaceAll(name, "\\", "/"))
	f, err := dispatch(raw, base, limits)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(raw)
	f.SHA256 = hex.EncodeToString(sum[:])
	f.Name = base
	passbook.Check(f)
	return f, nil
}

func dispatch(raw []byte, name string, limits Limits) (*File, error) {
	switch format := sniff(raw); format {
	case formatCamt:
		return camt.Read(bytes.NewReader(raw), limits)
	case formatMT:
		return mt940.Read(bytes.NewReader(raw), limits)
	case formatXLSX:
		return sheet.ReadXLSX(bytes.NewReader(raw), int64(len(raw)), name, limits)
	case formatXLS:
		return sheet.ReadXLS(raw, name, limits)
	case formatXMLSheet:
		return sheet.ReadXMLSheet(bytes.NewReader(raw), name, limits)
	case formatHTML:
		return sheet.ReadHTML(raw, name, limits)
	case formatText:
		return sheet.ReadCSV(raw, name, limits)
	default:
		return nil, unsupported(format)
	}
}

// sizeOf is the number of bytes r will give, 0 when it does not know.
func sizeOf(r io.Reader) int64 {
	switch r := r.(type) {
	case interface{ Stat() (fs.FileInfo, error) }:
		if info, err := r.Stat(); err == nil && info.Mode().IsRegular() {
			return info.Size()
		}
	case interface{ Len() int }:
		return int64(r.Len())
	}
	return 0
}
