package sheet

import (
	"bytes"
	"testing"

	"github.com/sen-platform/sen/internal/rail/passbook"
	"github.com/sen-platform/sen/internal/rail/passbooktest"
)

// fuzzRows are small layouts that reach much of the code.
func fuzzRows() [][][]any {
	var out [][][]any
	for _, l := range layouts {
		out = append(out, l.rows)
	}
	return append(out, plain([]any{"22/11/2026", "A", "", num("1"), num("1"), "HP"}, []any{"Tổng cộng", "", "", num("1"), "", ""}))
}

func fuzz(f *testing.F, makeFile func(testing.TB, [][]any) []byte, read func([]byte, string, passbook.Limits) (*passbook.File, error)) {
	for _, rows := range fuzzRows() {
		f.Add(makeFile(f, rows))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		file, err := read(raw, "x", passbook.Limits{Bytes: 1 << 20, Lines: 1000})
		passbooktest.Check(t, file, err)
	})
}

func FuzzSheetCSV(f *testing.F) {
	fuzz(f, func(tb testing.TB, rows [][]any) []byte { return makeCSV(tb, rows, ',') }, ReadCSV)
}

func FuzzSheetHTML(f *testing.F) {
	fuzz(f, makeHTML, ReadHTML)
}

func FuzzXLSX(f *testing.F) {
	fuzz(f, makeXLSX, func(raw []byte, name string, limits passbook.Limits) (*passbook.File, error) {
		return ReadXLSX(bytes.NewReader(raw), int64(len(raw)), name, limits)
	})
}

func FuzzXLS(f *testing.F) {
	fuzz(f, makeXLS, ReadXLS)
}

func FuzzXMLSheet(f *testing.F) {
	fuzz(f, makeXMLSheet, func(raw []byte, name string, limits passbook.Limits) (*passbook.File, error) {
		return ReadXMLSheet(bytes.NewReader(raw), name, limits)
	})
}
