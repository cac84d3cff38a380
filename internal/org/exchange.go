package org

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/doc"
)

// Import and export of the register as XLSX (one workbook, a sheet per table) and CSV (a
// file per table). What is exported can be imported again and changes nothing; what a
// province fills in is recognised by its Vietnamese headers, in any order and place. An
// import adds and changes, it never removes, and it is all or nothing.

// Table is one kind of list.
type Table string

// The tables in the order they depend on each other.
const (
	TableAreas       Table = "areas"
	TableAgencies    Table = "agencies"
	TableFacilities  Table = "facilities"
	TablePlaces      Table = "places"
	TableAccounts    Table = "accounts"
	TableContacts    Table = "contacts"
	TableMethods     Table = "methods"
	TableFeeKinds    Table = "fee_kinds"
	TableSuccessions Table = "successions"
)

// Tables lists the tables in their order.
func Tables() []Table {
	out := make([]Table, len(layouts))
	for i, l := range layouts {
		out[i] = l.table
	}
	return out
}

// Label is the Vietnamese name of the table, which is also its sheet's name.
func (t Table) Label() string {
	if l := layoutOf(t); l != nil {
		return l.sheet
	}
	return string(t)
}

// File is one file to import.
type File struct {
	Name string
	Body io.ReaderAt
	Size int64
}

// TableCount is what an import found in one table.
type TableCount struct {
	Table                    Table
	Rows, New, Changed, Same int
}

// ImportResult is what an import did, or would do.
type ImportResult struct {
	Applied  bool // written; false for a dry run and when there are problems
	Tables   []TableCount
	Problems []Problem
	Ignored  []string // sheets and columns that were not understood, in words
}

// importLimits are generous for a province and small enough to hold.
var importLimits = doc.Limits{FileBytes: 16 << 20, Rows: 100_000, Columns: 200}

// Import reads files, compares them with what is stored and writes the differences in one
// transaction, unless dryRun is set or any row has a problem: then nothing is written.
// Errors: *doc.FileError for a file that cannot be read at all.
func (s *Service) Import(ctx context.Context, by string, files []File, dryRun bool) (ImportResult, error) {
	lists, result, err := readFiles(files)
	if err != nil {
		return ImportResult{}, err
	}
	if len(lists) == 0 && len(result.Problems) == 0 {
		result.Problems = append(result.Problems, Problem{Reason: "không thấy bảng nào nhận ra được", Remedy: "Tải mẫu nhập về, điền vào mẫu rồi gửi lại"})
	}
	read := result
	work := func(tx *db.Tx) error {
		result = read // the transaction may run again
		result.Problems = slices.Clone(read.Problems)
		old, err := load(tx)
		if err != nil {
			return err
		}
		d := newDraft(s, old)
		for _, l := range lists {
			d.apply(l)
		}
		d.finish()
		result.Tables = d.counts(lists)
		result.Problems = append(result.Problems, d.problems...)
		if dryRun || len(result.Problems) > 0 {
			return nil
		}
		if err := d.save(tx); err != nil {
			return err
		}
		result.Applied = true
		names := make([]string, len(files))
		for i, f := range files {
			names[i] = f.Name
		}
		return s.record(tx, by, "org.import", "", 0, map[string]any{"files": names, "tables": result.Tables})
	}
	if dryRun {
		err = s.DB.View(ctx, work)
	} else {
		err = s.DB.Update(ctx, work)
	}
	return result, taken(err)
}

// Export writes the whole register as one workbook. at stands in the file's properties.
func (s *Service) Export(ctx context.Context, w io.Writer, at time.Time) error {
	var r register
	if err := s.DB.View(ctx, func(tx *db.Tx) (err error) { r, err = load(tx); return err }); err != nil {
		return err
	}
	book, err := doc.NewWorkbook("Danh mục cơ sở", at)
	if err != nil {
		return err
	}
	defer book.Close()
	x := newCodes(r)
	for _, l := range layouts {
		sheet, err := book.Sheet(l.sheet, l.docColumns())
		if err != nil {
			return err
		}
		for _, row := range l.rows(r, x) {
			if err := sheet.Row(row...); err != nil {
				return err
			}
		}
	}
	return book.Write(w)
}

// ExportTable writes one table as CSV.
func (s *Service) ExportTable(ctx context.Context, t Table, w io.Writer) error {
	l := layoutOf(t)
	if l == nil {
		return fmt.Errorf("org: no table %q", t)
	}
	var r register
	if err := s.DB.View(ctx, func(tx *db.Tx) (err error) { r, err = load(tx); return err }); err != nil {
		return err
	}
	out, err := doc.NewCSV(w, l.docColumns())
	if err != nil {
		return err
	}
	for _, row := range l.rows(r, newCodes(r)) {
		if err := out.Row(row...); err != nil {
			return err
		}
	}
	return out.Flush()
}
