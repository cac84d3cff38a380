package doc

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"
	"rsc.io/qr"

	"github.com/sen-platform/sen/internal/clock"
)

// at is an instant in Viet Nam, "2026-11-22 19:02".
func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, clock.VN)
	if err != nil {
		panic(err)
	}
	return t
}

type qrCode struct{ *qr.Code }

func (c qrCode) Size() int { return c.Code.Size }

func testQR(tb testing.TB, text string) Matrix {
	tb.Helper()
	c, err := qr.Encode(text, qr.M)
	if err != nil {
		tb.Fatal(err)
	}
	return qrCode{c}
}

// tool skips the test when a program of the machine is missing.
func tool(tb testing.TB, name, debianPackage string) string {
	tb.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		tb.Skipf("%s is not installed (Debian package %s)", name, debianPackage)
	}
	return path
}

// pdfText is what a reader sees on the pages, one string for each, white space squeezed.
func pdfText(tb testing.TB, pdf []byte) []string {
	tb.Helper()
	cmd := exec.Command(tool(tb, "pdftotext", "poppler-utils"), "-layout", "-enc", "UTF-8", "-", "-")
	cmd.Stdin = bytes.NewReader(pdf)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil || stderr.Len() > 0 {
		tb.Fatalf("pdftotext: %v %s", err, stderr.String())
	}
	if !norm.NFC.IsNormal(out) {
		tb.Error("the text of the PDF is not NFC")
	}
	var pages []string
	for page := range strings.SplitSeq(strings.TrimSuffix(string(out), "\f"), "\f") {
		pages = append(pages, strings.Join(strings.Fields(page), " "))
	}
	return pages
}

// wantTexts compares without white space: pdftotext guesses it from distances.
func wantTexts(tb testing.TB, page string, texts ...string) {
	tb.Helper()
	for _, want := range texts {
		if !strings.Contains(solid(page), solid(want)) {
			tb.Errorf("missing %q in\n%s", want, page)
		}
	}
}

func solid(s string) string { return strings.Join(strings.Fields(s), "") }

// scan renders the first page and decodes every QR code on it, as a telephone would.
func scan(tb testing.TB, pdf []byte) []string {
	tb.Helper()
	render, zbar := tool(tb, "pdftoppm", "poppler-utils"), tool(tb, "zbarimg", "zbar-tools")
	dir := tb.TempDir()
	file := filepath.Join(dir, "a.pdf")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		tb.Fatal(err)
	}
	if out, err := exec.Command(render, "-r", "150", "-png", "-singlefile", file, filepath.Join(dir, "a")).CombinedOutput(); err != nil {
		tb.Fatalf("pdftoppm: %v %s", err, out)
	}
	out, err := exec.Command(zbar, "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", filepath.Join(dir, "a.png")).Output()
	if err != nil {
		tb.Fatalf("zbarimg: %v", err)
	}
	return strings.Split(strings.TrimSpace(string(out)), "\n")
}
