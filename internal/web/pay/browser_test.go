package pay

import (
	"strings"
	"testing"
	"time"

	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/vnd"
	"github.com/sen-platform/sen/internal/web/webtest"
)

// Every page, on a phone and on a desk: no accessibility finding, no sideways scroll, targets a
// finger can hit, and no class that payers' stylesheet lacks.
func TestPagesInBrowser(t *testing.T) {
	h := newHouse(t, sqlite(t))
	base := h.serve()
	open, part, steps, hospital := h.issue(), h.issue(free), h.issue(instalments), h.issue(ofHospital(h))
	paid, parts, gone := h.issue(), h.issue(free), h.issue()
	h.pay(part, 500_000)
	h.pay(paid, 1_450_000)
	h.pay(parts, 450_000)
	h.pay(parts, 800_000)
	n := h.newBill()
	n.Lines = n.Lines[:1]
	h.must(errOf(h.s.Reissue(h.ctx, collect.System, gone.ID, n)))
	receipt := h.face.receiptPath(h.receipts(paid)[0], paid.Code)
	pages := []struct{ name, path string }{
		{"open", "/p/" + open.Token},
		{"open-en", "/p/" + open.Token + "?lang=en"},
		{"part", "/p/" + part.Token},
		{"amount", "/p/" + part.Token + "?so-tien=5"},
		{"instalments", "/p/" + steps.Token},
		{"hospital", "/p/" + hospital.Token},
		{"waiting", waiting(open)},
		{"apps", "/p/" + open.Token + "/app"},
		{"paid", "/p/" + paid.Token},
		{"paid-en", "/p/" + paid.Token + "?lang=en"},
		{"paid-parts", "/p/" + parts.Token},
		{"cancelled", "/p/" + gone.Token},
		{"receipt", receipt},
		{"receipt-fake", receipt + "0"},
		{"lost", "/p/" + strings.Repeat("0", 26)},
		{"settled", "/p/" + paid.Token + "/qr.png"},
	}
	for _, v := range webtest.Viewports {
		tab := webtest.NewTab(t, v)
		for _, p := range pages {
			tab.Goto(base + p.path)
			tab.Check(p.name)
			if v == webtest.Phone {
				_, html := h.get(p.path)
				if missing := webtest.UnstyledClasses([]byte(html), "pay.css"); len(missing) > 0 {
					t.Errorf("%s: classes without a rule in pay.css: %v", p.name, missing)
				}
				if strings.Contains(html, "⟦") {
					t.Errorf("%s: words are missing", p.name)
				}
			}
		}
	}
	if h.log.String() != "" {
		t.Errorf("log: %s", h.log)
	}
}

// A real credit is booked while the page is open: the page turns without loading anew, says so
// aloud, and follows no more. The same happens on the waiting page and on the page of banks.
func TestTurnsToPaid(t *testing.T) {
	h := newHouse(t, sqlite(t))
	base := h.serve()
	for _, c := range []struct{ name, below string }{{"bill", ""}, {"waiting", "/cho"}, {"apps", "/app"}} {
		b := h.issue(free)
		tab := webtest.NewTab(t, webtest.Phone)
		tab.Goto(base + "/p/" + b.Token + c.below)
		webtest.Eval[bool](tab, `(window.sameDocument = true)`)
		h.watched(b)

		h.pay(b, 500_000)
		if c.name != "apps" { // there the part is only a smaller sum
			tab.WaitText("body", "750.000 ₫")
			if got := webtest.Eval[string](tab, `document.querySelector("[data-status]").textContent`); !strings.HasPrefix(clean(got), "Đã nhận 500.000 ₫. Còn phải trả 750.000 ₫.") {
				t.Errorf("%s: spoken %q", c.name, got)
			}
		}
		before := time.Now()
		h.pay(b, 750_000)
		booked := time.Now()
		tab.WaitText("h1", "Trường đã nhận đủ tiền")
		t.Logf("%s: booked in %v, on the screen %v later", c.name, booked.Sub(before), time.Since(booked))
		if !webtest.Eval[bool](tab, `window.sameDocument === true`) {
			t.Errorf("%s: the document was loaded anew", c.name)
		}
		if got := webtest.Eval[string](tab, `document.querySelector("[data-status]").textContent`); clean(got) != "Trường đã nhận đủ 1.250.000 ₫" {
			t.Errorf("%s: spoken %q", c.name, got)
		}
		if tab.Has(".paybar") || tab.Has("text=Trả ngay") || tab.Title() != "Đã nhận đủ tiền – Sen" {
			t.Errorf("%s: the old page still shows; title %q", c.name, tab.Title())
		}
		tab.Check("turned-" + c.name)
	}
}

// watched waits until a page listens to the bill.
func (h *house) watched(b bill.Bill) {
	h.t.Helper()
	for end := time.Now().Add(webtest.Patience); ; {
		h.face.streams.mu.Lock()
		n := h.face.streams.taken[b.ID]
		h.face.streams.mu.Unlock()
		if n > 0 {
			return
		}
		if time.Now().After(end) {
			h.t.Fatal("nobody listens")
		}
	}
}

// Where streams do not come through, the page asks by itself.
func TestTurnsByPolling(t *testing.T) {
	h := newHouse(t, sqlite(t))
	h.face.streams = newSeats(0, 0)
	base := h.serve()
	b := h.issue()
	tab := webtest.NewTab(t, webtest.Desktop)
	tab.Allow("503")
	tab.Goto(base + "/p/" + b.Token)
	webtest.Eval[bool](tab, `(window.sameDocument = true)`)
	h.pay(b, 1_250_000)
	tab.WaitText("h1", "Trường đã nhận đủ tiền")
	if !webtest.Eval[bool](tab, `window.sameDocument === true`) {
		t.Error("the document was loaded anew")
	}
}

// Without script everything works by links: another amount, another bank, waiting, looking
// again, the receipt.
func TestWithoutScript(t *testing.T) {
	h := newHouse(t, sqlite(t))
	base := h.serve()
	b := h.issue(free)
	for _, v := range webtest.Viewports {
		tab := webtest.NewTab(t, v, webtest.WithoutScript)
		tab.Goto(base + "/p/" + b.Token)
		if tab.Has(".js-only") || tab.Has(".share-only") {
			t.Error("a button that does nothing shows without script")
		}
		tab.Check("noscript")
	}
	tab := webtest.NewTab(t, webtest.Phone, webtest.WithoutScript)
	tab.Goto(base + "/p/" + b.Token)
	tab.Click("text=Trả một phần")
	tab.Fill(`input[name="so-tien"]`, "300000")
	tab.Click("text=Tạo mã cho số tiền này")
	tab.WaitText(".paybar", "300.000 ₫")
	tab.Click("text=BIDV")
	tab.WaitText("#tra-tien .copy", "BIDV")
	if got := tab.Text(".paybar"); !strings.Contains(got, "300.000 ₫") {
		t.Errorf("the amount is lost: %q", got)
	}
	tab.Click("text=Tôi đã chuyển tiền")
	tab.WaitText("h1", "Ngân hàng chưa báo tiền về")
	h.pay(b, 1_250_000)
	tab.Click("text=Xem lại ngay")
	tab.WaitText("h1", "Trường đã nhận đủ tiền")
	if got := tab.Attr("text=Tải biên lai", "href"); !strings.HasSuffix(got, "/pdf") {
		t.Errorf("the receipt is at %q", got)
	}
}

// A payer's page costs at most 60 kB with its stylesheet and script, and 100 kB with fonts,
// uncompressed, on the largest bill a school issues.
func TestWeight(t *testing.T) {
	h := newHouse(t, sqlite(t))
	base := h.serve()
	usual, long, paid := h.issue(free), h.issue(manyLines(h, 20)), h.issue()
	h.pay(paid, 1_250_000)
	for name, path := range map[string]string{"usual": "/p/" + usual.Token, "20 lines": "/p/" + long.Token, "paid": "/p/" + paid.Token, "waiting": waiting(usual)} {
		tab := webtest.NewTab(t, webtest.Phone)
		w := tab.BytesLoaded(base + path)
		t.Logf("%s: %d bytes, %d with fonts: %v; on the wire %v", name, w.Total("Font"), w.Total(), w.Plain, w.Transfer)
		if n := w.Total("Font"); n > 60_000 || n < 20_000 {
			t.Errorf("%s: %d bytes without fonts, want at most 60,000 (and not nearly nothing)", name, n)
		}
		if n := w.Total(); n > 100_000 || w.Plain["Font"] < 20_000 {
			t.Errorf("%s: %d bytes with fonts, want at most 100,000", name, n)
		}
	}
}

// manyLines makes a bill of n lines.
func manyLines(h *house, n int) func(*bill.NewBill) {
	return func(b *bill.NewBill) {
		b.Lines = nil
		for range n {
			b.Lines = append(b.Lines, bill.Line{
				FeeKind: h.world.Meals.ID, Name: "Tiền học liệu và đồ dùng chung của lớp", Quantity: 3,
				UnitPrice: vnd.Amount(20_000), Amount: 60_000, Note: "theo thỏa thuận với cha mẹ học sinh",
			})
		}
	}
}

func clean(s string) string { return strings.ReplaceAll(s, "\u00a0", " ") }
