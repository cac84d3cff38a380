package page_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/sen-platform/sen/internal/web/page"
	"github.com/sen-platform/sen/internal/web/ui"
	"github.com/sen-platform/sen/internal/web/webtest"
)

// liveServer is a page that turns to paid: version 1 shows the bill, version 2 that the money came.
type liveServer struct {
	t       *testing.T
	set     *page.Set
	streams bool // there is an event stream; otherwise only polling

	mu      sync.Mutex
	paid    bool
	changed chan struct{} // closed by pay
	loads   int           // how often the page itself was sent
	open    chan struct{} // one value per stream opened
}

func newLiveServer(t *testing.T, streams bool) (*liveServer, string) {
	s := &liveServer{t: t, set: gallery(t), streams: streams, changed: make(chan struct{}), open: make(chan struct{}, 16)}
	mux := http.NewServeMux()
	mux.Handle("GET "+ui.Prefix, ui.Handler())
	mux.HandleFunc("GET /bill", s.bill)
	mux.HandleFunc("GET /events", s.events)
	mux.HandleFunc("GET /version", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, s.version()) })
	return s, serve(t, mux)
}

func (s *liveServer) version() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.paid {
		return "2"
	}
	return "1"
}

func (s *liveServer) pay() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.paid = true
	close(s.changed)
}

func (s *liveServer) bill(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.loads++
	s.mu.Unlock()
	chrome := page.Chrome{Lang: page.VI}
	if s.version() == "2" {
		s.set.Render(w, 200, "paid", newPaidView(chrome))
		return
	}
	v := newPayView(chrome)
	v.Live = page.Live{Target: "bill", Poll: "/version", Version: "1"}
	if s.streams {
		v.Live.Events = "/events"
	}
	s.set.Render(w, 200, "pay", v)
}

func (s *liveServer) events(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	fmt.Fprintf(w, "event: version\ndata: %s\n\n", s.version())
	w.(http.Flusher).Flush()
	s.open <- struct{}{}
	select {
	case <-s.changed:
		fmt.Fprintf(w, "event: paid\ndata: 2\n\n")
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	case <-r.Context().Done():
	}
}

// The page turns to paid by itself: the region is swapped, what is gone is taken away, the title follows, the news is
// spoken, the document is not loaded anew, and the stream is closed because nothing will change any more.
func TestTurnsToPaid(t *testing.T) {
	for _, way := range []string{"stream", "poll"} {
		t.Run(way, func(t *testing.T) {
			s, base := newLiveServer(t, way == "stream")
			tab := webtest.NewTab(t, webtest.Phone)
			tab.Goto(base + "/bill")
			webtest.Eval[bool](tab, `(window.sameDocument = true)`)
			if way == "stream" {
				<-s.open
			}
			if got := tab.Text("h1"); got != "Phiếu thu tháng 11/2026" {
				t.Fatalf("before: %q", got)
			}
			s.pay()
			tab.WaitText("h1", "Trường đã nhận đủ tiền")
			if !webtest.Eval[bool](tab, `window.sameDocument === true`) {
				t.Error("the document was loaded anew")
			}
			if got := webtest.Eval[string](tab, `document.querySelector("[data-status]").textContent`); got != "Trường đã nhận đủ 1.250.000 ₫" {
				t.Errorf("spoken: %q", got)
			}
			if got := tab.Title(); got != "Đã nhận đủ tiền – Sen" {
				t.Errorf("title %q", got)
			}
			if tab.Has(".paybar") {
				t.Error("the pay bar is still there")
			}
			tab.Check("live-paid-" + way)
			s.mu.Lock()
			defer s.mu.Unlock()
			if s.loads != 2 {
				t.Errorf("the page was sent %d times, want 2", s.loads)
			}
		})
	}
}

// A stream that names the version already shown changes nothing: opening the page costs one load.
func TestLiveKnowsItsVersion(t *testing.T) {
	s, base := newLiveServer(t, true)
	tab := webtest.NewTab(t, webtest.Desktop)
	tab.Goto(base + "/bill")
	<-s.open
	tab.Reload()
	<-s.open
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.loads != 2 {
		t.Errorf("two openings sent the page %d times", s.loads)
	}
}

// Without script the page says the same and shows no button that does nothing.
func TestWithoutScript(t *testing.T) {
	s, base := newLiveServer(t, true)
	for _, v := range webtest.Viewports {
		tab := webtest.NewTab(t, v, webtest.WithoutScript)
		tab.Goto(base + "/bill")
		for _, sel := range []string{".js-only", ".share-only"} {
			if tab.Has(sel) {
				t.Errorf("%s shows without script", sel)
			}
		}
		tab.Check("noscript-pay")
	}
	s.pay()
	tab := webtest.NewTab(t, webtest.Phone, webtest.WithoutScript)
	tab.Goto(base + "/bill")
	tab.WaitText("h1", "Trường đã nhận đủ tiền")
}

func TestCopy(t *testing.T) {
	base := serve(t, galleryHandler(t))
	tab := webtest.NewTab(t, webtest.Desktop)
	tab.Goto(base + "/pay")
	// A test browser has no clipboard to give, so a stand-in takes what the page writes.
	webtest.Eval[bool](tab, `(navigator.clipboard.writeText = (s) => { window.copied = s; return Promise.resolve(); }, true)`)
	tab.Click(`[data-copy="6800112233"]`)
	tab.WaitText(`[data-copy="6800112233"] [data-label]`, "Đã chép")
	if got := webtest.Eval[string](tab, `window.copied`); got != "6800112233" {
		t.Errorf("copied %q", got)
	}
	if got := webtest.Eval[string](tab, `document.querySelector("[data-status]").textContent`); got != "Đã chép: Số tài khoản" {
		t.Errorf("spoken: %q", got)
	}
	// Refused: the value is selected for a long press.
	webtest.Eval[bool](tab, `(navigator.clipboard.writeText = () => Promise.reject(new Error("no")), true)`)
	tab.Click(`[data-copy="HPK7G3M9X077"]`)
	tab.WaitText("[data-status]", "Đã chọn sẵn")
	if got := webtest.Eval[string](tab, `getSelection().toString()`); got != "HPK7G3M9X077" {
		t.Errorf("selected %q", got)
	}
}

func TestKeysAndConfirm(t *testing.T) {
	set := gallery(t)
	posted := make(chan string, 8)
	mux := http.NewServeMux()
	mux.Handle("GET "+ui.Prefix, ui.Handler())
	mux.HandleFunc("GET /desk", func(w http.ResponseWriter, r *http.Request) { set.Render(w, 200, "desk", newDeskView()) })
	mux.HandleFunc("POST /", func(w http.ResponseWriter, r *http.Request) {
		posted <- r.URL.Path + " " + r.FormValue("id")
		http.Redirect(w, r, "/desk?done="+strings.TrimPrefix(r.URL.Path, "/"), http.StatusSeeOther)
	})
	base := serve(t, mux)
	tab := webtest.NewTab(t, webtest.Desktop)
	tab.Goto(base + "/desk")

	tab.Press("/")
	if got := webtest.Eval[string](tab, `document.activeElement.id`); got != "tim" {
		t.Errorf("/ went to %q", got)
	}
	tab.Press("p") // inside a field a letter is a letter
	if got := webtest.Eval[string](tab, `document.activeElement.value`); got != "p" {
		t.Errorf("the field holds %q", got)
	}
	webtest.Eval[bool](tab, `(document.activeElement.blur(), true)`)

	tab.Press("j")
	tab.WaitPath("/desk?k=2")

	tab.Click("[data-keys-off]")
	webtest.Eval[bool](tab, `(document.activeElement.blur(), true)`)
	tab.Press("p")
	tab.Reload() // the choice stays on this machine
	tab.Press("p")
	if len(posted) > 0 {
		t.Fatalf("keys are off, and yet %s", <-posted)
	}
	tab.Click("[data-keys-off]")
	webtest.Eval[bool](tab, `(document.activeElement.blur(), true)`)
	tab.Press("p")
	tab.WaitPath("/desk?done=publish")
	if got := <-posted; got != "/publish " {
		t.Errorf("p posted %q", got)
	}

	tab.Goto(base + "/desk")
	tab.Click("text=Hủy phiếu")
	tab.WaitText("dialog", "Hủy phiếu này?")
	tab.Check("dialog")
	tab.Click("text=Giữ lại")
	tab.WaitGone("dialog")
	tab.Click("text=Hủy phiếu")
	tab.WaitText("dialog", "Hủy phiếu này?")
	tab.Click("dialog .btn--danger")
	tab.WaitPath("/desk?done=cancel")
	if got := <-posted; got != "/cancel bil_1" {
		t.Errorf("posted %q", got)
	}
	if len(posted) > 0 {
		t.Errorf("posted again: %s", <-posted)
	}
}

// A payer's page costs at most 60 kB with its stylesheet and script, and 100 kB with fonts, uncompressed; and it
// loads only the fonts of Vietnamese.
func TestPayPageWeight(t *testing.T) {
	base := serve(t, galleryHandler(t))
	for _, name := range []string{"pay", "paid"} {
		tab := webtest.NewTab(t, webtest.Phone)
		w := tab.BytesLoaded(base + "/" + name)
		t.Logf("%s: %d bytes, %d with fonts: %v; on the wire %v", name, w.Total("Font"), w.Total(), w.Plain, w.Transfer)
		if n := w.Total("Font"); n > 60_000 || n < 20_000 {
			t.Errorf("%s: %d bytes without fonts, want at most 60,000 (and not nearly nothing)", name, n)
		}
		if n := w.Total(); n > 100_000 {
			t.Errorf("%s: %d bytes with fonts, want at most 100,000", name, n)
		}
		if w.Plain["Font"] < 20_000 {
			t.Errorf("%s: only %d bytes of fonts were counted", name, w.Plain["Font"])
		}
		fonts := webtest.Eval[[]string](tab, `performance.getEntriesByType("resource").filter(e => e.name.endsWith(".woff2")).map(e => e.name.split("/").pop())`)
		for _, f := range fonts {
			if !strings.HasPrefix(f, "latin-4") && !strings.HasPrefix(f, "latin-6") && !strings.HasPrefix(f, "latin-7") && !strings.HasPrefix(f, "vietnamese-") && !strings.HasPrefix(f, "tabular-") {
				t.Errorf("%s loads %s", name, f)
			}
		}
	}
}
