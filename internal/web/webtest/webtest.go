// Package webtest drives Debian's Chromium for tests of pages: one browser per test binary, one private tab per test.
//
//	func TestMain(m *testing.M) { webtest.Main(m) }
//
//	func TestPayPage(t *testing.T) {
//		srv := httptest.NewServer(handler)
//		defer srv.Close()
//		for _, v := range webtest.Viewports {
//			tab := webtest.NewTab(t, v)
//			tab.Goto(srv.URL + "/p/abc")
//			tab.Check("pay") // axe, no sideways scroll, targets of 44 px, screenshot
//			tab.Click("text=Trả ngay")
//			tab.WaitText("h1", "Đã nhận đủ tiền")
//		}
//	}
//
// A tab fails its test for any console error, any breach of the content policy and any request to another host.
// Without Chromium tests are skipped, but in CI (environment CI set) they fail. SEN_CHROMIUM names another program;
// SEN_SHOTS is a folder that takes the screenshots.
package webtest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// Patience is how long an action of a tab waits for the page before it fails the test.
const Patience = 30 * time.Second

// Viewport is the size of the visible page in CSS pixels.
type Viewport struct {
	Name          string
	Width, Height int64
	Touch         bool
}

// The two screens every page is checked on.
var (
	Phone     = Viewport{"phone", 360, 640, true}
	Desktop   = Viewport{"desktop", 1280, 800, false}
	Viewports = []Viewport{Phone, Desktop}
)

var shared struct {
	sync.Mutex
	main  bool
	ctx   context.Context
	close context.CancelFunc
	err   error
}

// Main runs the tests of a package that uses tabs and closes the browser after them.
func Main(m *testing.M) {
	shared.main = true
	code := m.Run()
	if shared.close != nil {
		shared.close()
	}
	os.Exit(code)
}

// Executable is the browser's program: SEN_CHROMIUM, or chromium where Debian puts it, or on the path. It is "" when
// there is none.
func Executable() string {
	if p := os.Getenv("SEN_CHROMIUM"); p != "" {
		return p
	}
	for _, name := range []string{"/usr/bin/chromium", "chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			return p
		}
	}
	return ""
}

// Browser is the context of the shared browser, started on first use.
func Browser(t testing.TB) context.Context {
	t.Helper()
	shared.Lock()
	defer shared.Unlock()
	if !shared.main {
		t.Fatal("webtest: the package needs: func TestMain(m *testing.M) { webtest.Main(m) }")
	}
	if shared.ctx == nil && shared.err == nil {
		path := Executable()
		if path == "" {
			if os.Getenv("CI") == "" {
				t.Skip("webtest: no Chromium here; install the package chromium or set SEN_CHROMIUM")
			}
			t.Fatal("webtest: no Chromium in CI; install the package chromium or set SEN_CHROMIUM")
		}
		start(path)
	}
	if shared.err != nil {
		t.Fatalf("webtest: browser: %v", shared.err)
	}
	return shared.ctx
}

func start(path string) {
	opts := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
		chromedp.NoSandbox, // tests run as root in containers, and load only our own pages
		chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("hide-scrollbars", true),
		chromedp.Flag("lang", "vi"),
	)
	alloc, closeAlloc := chromedp.NewExecAllocator(context.Background(), opts...)
	ctx, closeCtx := chromedp.NewContext(alloc)
	shared.close = func() { closeCtx(); closeAlloc() }
	if shared.err = chromedp.Do(ctx); shared.err == nil {
		shared.ctx = ctx
	}
}

// Option changes a new tab.
type Option func(*Tab)

// WithoutScript opens a tab in which pages run no script.
func WithoutScript(tab *Tab) { tab.noScript = true }

// Tab is one tab with cookies and cache of its own; it belongs to one test and goes with it. Selectors are CSS, or
// "text=…" for the first visible link, button or label with that text. Every method fails the test when it cannot do
// its work within Patience.
type Tab struct {
	t        testing.TB
	ctx      context.Context
	viewport Viewport
	noScript bool
	watch    watcher
}

// NewTab opens a tab.
func NewTab(t testing.TB, v Viewport, opts ...Option) *Tab {
	t.Helper()
	browser := Browser(t)
	ctx, closeTab := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	tab := &Tab{t: t, ctx: ctx, viewport: v}
	for _, o := range opts {
		o(tab)
	}
	t.Cleanup(func() {
		closeTab()
		tab.watch.report(t)
	})
	tab.watch.listen(t, ctx)
	emulate := []chromedp.EmulateViewportOption{}
	if v.Touch {
		emulate = append(emulate, chromedp.EmulateMobile, chromedp.EmulateTouch)
	}
	tab.do("open", chromedp.EmulateViewport(v.Width, v.Height, emulate...))
	if tab.noScript {
		tab.do("switch script off", chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
			_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
			return err
		}))
	}
	return tab
}

// do runs steps and fails the test, naming what was to be done, when one fails or takes too long.
func (tab *Tab) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	tab.t.Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, Patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		tab.t.Fatalf("%s: %v\n%s", what, err, tab.glimpse())
	}
}

// eval runs an expression in the page and returns its value.
func eval[T any](tab *Tab, expr string) (T, error) {
	ctx, cancel := context.WithTimeout(tab.ctx, Patience)
	defer cancel()
	return chromedp.Run(ctx, chromedp.Evaluate[T](expr, chromedp.EvalAwaitPromise))
}

// Eval runs a JavaScript expression, awaits its promise, and returns its value.
func Eval[T any](tab *Tab, expr string) T {
	tab.t.Helper()
	v, err := eval[T](tab, expr)
	if err != nil {
		tab.t.Fatalf("eval %s: %v", expr, err)
	}
	return v
}

// glimpse is the beginning of the page's text, for messages.
func (tab *Tab) glimpse() string {
	text, err := eval[string](tab, `location.href + "\n" + (document.body ? document.body.innerText.slice(0, 600) : "")`)
	if err != nil {
		return ""
	}
	return text
}

// until asks cond again and again until it holds.
func (tab *Tab) until(what string, cond func() (bool, error)) {
	tab.t.Helper()
	deadline := time.Now().Add(Patience)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		ok, err := cond()
		if ok {
			return
		}
		if time.Now().After(deadline) {
			tab.t.Fatalf("waited %v for %s (last error: %v)\n%s", Patience, what, err, tab.glimpse())
		}
		<-tick.C
	}
}

// Shots is the folder for screenshots, "" when none are wanted.
func Shots() string { return os.Getenv("SEN_SHOTS") }

// Screenshot writes the whole page as <SEN_SHOTS>/<name>-<viewport>.png; without SEN_SHOTS it does nothing.
func (tab *Tab) Screenshot(name string) {
	tab.t.Helper()
	if Shots() == "" {
		return
	}
	ctx, cancel := context.WithTimeout(tab.ctx, Patience)
	defer cancel()
	png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err == nil {
		err = os.MkdirAll(Shots(), 0o755)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(Shots(), fmt.Sprintf("%s-%s.png", strings.ReplaceAll(name, "/", "-"), tab.viewport.Name)), png, 0o644)
	}
	if err != nil {
		tab.t.Fatalf("screenshot %s: %v", name, err)
	}
}
