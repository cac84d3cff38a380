package statement

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sen-platform/sen/internal/rail"
	"github.com/sen-platform/sen/internal/rail/passbook"
)

const smallMT = ":20:A\r\n:25:0011000000001\r\n:28C:1\r\n:60F:C261121VND0,\r\n:61:2611221122C1000,NTRFX//FT1\r\n:86:HP\r\n:62F:C261122VND1000,\r\n-\r\n"

// TestReadByContent: the name's ending never decides.
func TestReadByContent(t *testing.T) {
	camt := `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt><Id>1</Id></Stmt></BkToCstmrStmt></Document>`
	table := "Số tài khoản: 0011000000001\nNgày,Ghi nợ,Ghi có,Nội dung\n22/11/2026,,1000,HP\n"
	for name, c := range map[string]struct{ in, message string }{
		"mt940 named xml":         {smallMT, "MT940"},
		"mt940 with marks before": {"\ufeff\x01\r\n" + smallMT, "MT940"},
		"mt940 in an envelope":    {"{1:F01X}{2:O9421200}{4:\r\n" + smallMT, "MT942"},
		"mt940 without field 20":  {":25:1\n:60F:C261121VND0,\n:62F:C261121VND0,\n", "MT940"},
		"camt with blanks before": {" \r\n" + camt, "camt.053.001.08"},
		"csv":                     {table, "sheet:unknown"},
		"html":                    {"<TABLE><tr><td>Ngày<td>Ghi nợ<td>Ghi có<td>Nội dung</tr><tr><td>22/11/2026<td><td>1000<td>HP</table>", "sheet:unknown"},
		"html with doctype":       {"<!DOCTYPE html PUBLIC \"x\"><html xmlns:x=\"urn:schemas-microsoft-com:office:excel\"><table><tr><td>Ngày<td>Ghi có<td>Nội dung</tr></table></html>", "sheet:unknown"},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := Read(strings.NewReader(c.in), `C:\Users\kt\sao ke.xml`)
			if err != nil {
				t.Fatal(err)
			}
			if f.Message != c.message || f.Name != "sao ke.xml" || len(f.SHA256) != 64 {
				t.Errorf("%s %s %s", f.Message, f.Name, f.SHA256)
			}
		})
	}
}

func TestReadErrors(t *testing.T) {
	var archive bytes.Buffer
	z := zip.NewWriter(&archive)
	if w, err := z.Create("a.txt"); err != nil {
		t.Fatal(err)
	} else if _, err := w.Write([]byte("x")); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, in string
		kind     passbook.Kind
		says     string
	}{
		{"empty", "", passbook.Empty, "rỗng"},
		{"blank", " \r\n\x00", passbook.Empty, "rỗng"},
		{"pdf", "%PDF-1.7", passbook.Unsupported, "PDF"},
		{"zip", archive.String(), passbook.Unsupported, "giải nén"},
		{"picture", "\x89PNG\r\n", passbook.Unsupported, "hình ảnh"},
		{"mhtml", "MIME-Version: 1.0\r\n", passbook.Unsupported, ".xlsx"},
		{"other xml", `<?xml version="1.0"?><invoice/>`, passbook.Unsupported, "ISO 20022"},
		{"xml with entities", `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>`, passbook.Hostile, "DOCTYPE"},
		{"letter", "Kính gửi nhà trường", passbook.NoTable, "sao kê"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Read(strings.NewReader(c.in), "x")
			var ours *Error
			if !errors.As(err, &ours) || ours.Kind != c.kind || !strings.Contains(ours.Message, c.says) || !errors.Is(err, rail.ErrMalformed) {
				t.Errorf("error = %v, want kind %s and %q", err, c.kind, c.says)
			}
		})
	}
}

// endless is a reader that fails the test when more than most bytes are taken from it.
type endless struct {
	t    *testing.T
	left int
}

func (e *endless) Read(p []byte) (int, error) {
	if e.left -= len(p); e.left < 0 {
		e.t.Fatal("read far beyond the limit")
	}
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

// TestTooLarge: a large file is refused by its size alone, a stream as soon as it passes the
// limit.
func TestTooLarge(t *testing.T) {
	path := filepath.Join(t.TempDir(), "big.xlsx")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.Truncate(200 << 20); err != nil { // sparse: nothing is written
		t.Fatal(err)
	}
	before, err := f.Seek(0, io.SeekCurrent)
	if err != nil {
		t.Fatal(err)
	}
	_, err = Read(f, path)
	var ours *Error
	if !errors.As(err, &ours) || ours.Kind != passbook.TooLarge || !strings.Contains(ours.Message, "200 MB") {
		t.Errorf("error = %v", err)
	}
	if after, _ := f.Seek(0, io.SeekCurrent); after != before {
		t.Errorf("%d bytes were read", after-before)
	}

	_, err = ReadLimited(&endless{t: t, left: 4 << 20}, "x", Limits{Bytes: 1 << 20})
	if !errors.As(err, &ours) || ours.Kind != passbook.TooLarge {
		t.Errorf("stream: %v", err)
	}
}

// broken fails in the middle, as a network does.
type broken struct{ r io.Reader }

var errLine = errors.New("line dropped")

func (b broken) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if err == io.EOF {
		err = errLine
	}
	return n, err
}

func TestReaderErrorsPass(t *testing.T) {
	if _, err := Read(broken{strings.NewReader(smallMT)}, "x"); !errors.Is(err, errLine) {
		t.Errorf("error = %v", err)
	}
}
