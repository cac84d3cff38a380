package pay

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/web/webtest"
)

var pdfPage = regexp.MustCompile(`/Type\s*/Page[^s]`)

// Printed from the browser, a bill of usual length and a paid bill fit on one sheet of A4.
func TestPrintedOnOneSheet(t *testing.T) {
	h := newHouse(t, sqlite(t))
	base := h.serve()
	whole, part, paid := h.issue(), h.issue(free), h.issue()
	h.pay(part, 500_000)
	h.pay(paid, 1_450_000)
	yes := true
	for name, b := range map[string]bill.Bill{"whole": whole, "part": part, "paid": paid} {
		ctx, done := chromedp.NewContext(webtest.Browser(t))
		t.Cleanup(done)
		if err := chromedp.Do(ctx, chromedp.Navigate(base+"/p/"+b.Token)); err != nil {
			t.Fatal(err)
		}
		res, err := chromedp.Call(ctx, page.PrintToPDF, page.PrintToPDFParams{PaperWidth: 8.27, PaperHeight: 11.69, PreferCSSPageSize: &yes})
		if err != nil {
			t.Fatal(err)
		}
		if webtest.Shots() != "" {
			h.must(os.WriteFile(filepath.Join(webtest.Shots(), "print-"+name+".pdf"), res.Data, 0o644))
		}
		if n := len(pdfPage.FindAll(res.Data, -1)); n != 1 {
			t.Errorf("%s: %d pages", name, n)
		}
	}
}
