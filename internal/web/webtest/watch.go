package webtest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// watcher collects what a tab loads and what goes wrong in it.
type watcher struct {
	mu        sync.Mutex
	host      string // of the pages under test; requests elsewhere are errors
	documents map[string]bool
	errors    []string
	allowed   []string
	types     map[network.RequestID]network.ResourceType
	plain     map[network.RequestID]int64
	transfer  map[network.RequestID]int64
}

func (w *watcher) document(address string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if u, err := url.Parse(address); err == nil && w.host == "" {
		w.host = u.Host
	}
}

func (w *watcher) listen(t testing.TB, ctx context.Context) {
	t.Helper()
	w.documents = map[string]bool{}
	w.reset()
	if err := chromedp.Listen(ctx, w.event); err != nil {
		t.Fatalf("webtest: listen: %v", err)
	}
	if _, err := chromedp.Call(ctx, network.Enable, network.EnableParams{}); err != nil {
		t.Fatalf("webtest: network: %v", err)
	}
}

func (w *watcher) reset() {
	w.types = map[network.RequestID]network.ResourceType{}
	w.plain = map[network.RequestID]int64{}
	w.transfer = map[network.RequestID]int64{}
}

// event runs in the tab's loop: it only takes notes.
func (w *watcher) event(ev any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch ev := ev.(type) {
	case *runtime.EventExceptionThrown:
		text := ev.ExceptionDetails.Text
		if e := ev.ExceptionDetails.Exception; e != nil {
			text += " " + e.Description
		}
		w.errors = append(w.errors, "exception: "+text)
	case *runtime.EventConsoleAPICalled:
		if ev.Type == "error" || ev.Type == "assert" {
			var words []string
			for _, a := range ev.Args {
				var text string
				if json.Unmarshal(a.Value, &text) != nil {
					text = a.Description
				}
				words = append(words, text)
			}
			w.errors = append(w.errors, "console: "+strings.Join(words, " "))
		}
	case *log.EventEntryAdded:
		// A page that is meant to answer 404 or 422 is no error of the page.
		if ev.Entry.Level == "error" && (ev.Entry.Source != "network" || !w.documents[ev.Entry.URL]) {
			w.errors = append(w.errors, fmt.Sprintf("%s: %s %s", ev.Entry.Source, ev.Entry.Text, ev.Entry.URL))
		}
	case *network.EventRequestWillBeSent:
		w.types[ev.RequestID] = ev.Type
		if ev.Type == network.ResourceTypeDocument {
			w.documents[ev.Request.URL] = true
		}
		if u, err := url.Parse(ev.Request.URL); err == nil && u.Host != "" && w.host != "" && u.Host != w.host {
			w.errors = append(w.errors, "request to another host: "+ev.Request.URL)
		}
	case *network.EventDataReceived:
		w.plain[ev.RequestID] += ev.DataLength
	case *network.EventLoadingFinished:
		w.transfer[ev.RequestID] = int64(ev.EncodedDataLength)
	}
}

func (w *watcher) report(t testing.TB) {
	w.mu.Lock()
	defer w.mu.Unlock()
next:
	for _, e := range w.errors {
		for _, a := range w.allowed {
			if strings.Contains(e, a) {
				continue next
			}
		}
		t.Errorf("webtest: the page made an error: %s", e)
	}
}

// Allow lets errors that hold the given text pass; for tests that break things on purpose.
func (tab *Tab) Allow(text string) {
	tab.watch.mu.Lock()
	defer tab.watch.mu.Unlock()
	tab.watch.allowed = append(tab.watch.allowed, text)
}

// Errors are the errors the pages of this tab made so far.
func (tab *Tab) Errors() []string {
	tab.watch.mu.Lock()
	defer tab.watch.mu.Unlock()
	return append([]string(nil), tab.watch.errors...)
}

// Weight is what a page made the browser load, in bytes by kind: Document, Stylesheet, Script, Font, Image, Fetch, ….
type Weight struct {
	Plain    map[string]int64 // after decompression: the measure of the page's budget
	Transfer map[string]int64 // on the wire, with headers
}

// Total is the sum of all kinds but the given ones, uncompressed.
func (w Weight) Total(without ...string) int64 {
	var sum int64
next:
	for kind, n := range w.Plain {
		for _, x := range without {
			if kind == x {
				continue next
			}
		}
		sum += n
	}
	return sum
}

// BytesLoaded is what loading the address in this tab costs. Use a fresh tab: what the cache has costs nothing. It waits for
// the fonts.
func (tab *Tab) BytesLoaded(address string) Weight {
	tab.t.Helper()
	tab.watch.mu.Lock()
	tab.watch.reset()
	tab.watch.mu.Unlock()
	tab.Goto(address)
	Eval[bool](tab, `document.fonts.ready.then(() => true)`)
	tab.watch.mu.Lock()
	defer tab.watch.mu.Unlock()
	out := Weight{map[string]int64{}, map[string]int64{}}
	for id, kind := range tab.watch.types {
		out.Plain[string(kind)] += tab.watch.plain[id]
		out.Transfer[string(kind)] += tab.watch.transfer[id]
	}
	return out
}
