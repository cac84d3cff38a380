package webtest

import (
	"encoding/json"
	"strings"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// find is a JavaScript expression for the element that a selector of Tab means, or null.
func find(sel string) string {
	text, byText := strings.CutPrefix(sel, "text=")
	arg, _ := json.Marshal(sel)
	if !byText {
		return `document.querySelector(` + string(arg) + `)`
	}
	arg, _ = json.Marshal(text)
	return `([...document.querySelectorAll("a,button,summary,label,[role=button]")].find(e => ` +
		`e.checkVisibility() && e.innerText.replace(/\s+/g, " ").trim().startsWith(` + string(arg) + `)) || null)`
}

// Goto opens an address and waits until it has loaded.
func (tab *Tab) Goto(url string) {
	tab.t.Helper()
	tab.watch.document(url)
	tab.do("open "+url, chromedp.Navigate(url))
}

// Reload loads the page again.
func (tab *Tab) Reload() {
	tab.t.Helper()
	tab.do("reload", chromedp.Reload())
}

// Click presses the middle of an element with the mouse (phone: a finger) and does not wait for what follows: use WaitText or
// WaitPath for that.
func (tab *Tab) Click(sel string) {
	tab.t.Helper()
	path := chromedp.JSPath(find(sel))
	tab.until(sel+" to be visible", func() (bool, error) {
		return eval[bool](tab, `(e => !!e && e.checkVisibility({visibilityProperty: true}))(`+find(sel)+`)`)
	})
	if tab.viewport.Touch {
		tab.do("tap "+sel, chromedp.Tap(path, chromedp.NodeVisible))
		return
	}
	tab.do("click "+sel, chromedp.Click(path, chromedp.NodeVisible))
}

// Fill types text into a field in place of what is there.
func (tab *Tab) Fill(sel, text string) {
	tab.t.Helper()
	path := chromedp.JSPath(find(sel))
	tab.do("fill "+sel, chromedp.Clear(path), chromedp.SendKeys(path, text))
}

// Choose sets the value of a <select>.
func (tab *Tab) Choose(sel, value string) {
	tab.t.Helper()
	path := chromedp.JSPath(find(sel))
	tab.do("choose "+value+" in "+sel, chromedp.SetValue(path, value))
}

// Upload puts files into a file field.
func (tab *Tab) Upload(sel string, paths ...string) {
	tab.t.Helper()
	tab.do("upload to "+sel, chromedp.SetUploadFiles(chromedp.JSPath(find(sel)), paths))
}

// Press sends a key to the focused element: a character, or Enter, Escape, Tab, F1 to F12.
func (tab *Tab) Press(key string) {
	tab.t.Helper()
	if named, ok := map[string]string{
		"Enter": kb.Enter, "Escape": kb.Escape, "Tab": kb.Tab, "F1": kb.F1, "F2": kb.F2, "F3": kb.F3, "F4": kb.F4, "F5": kb.F5,
		"F6": kb.F6, "F7": kb.F7, "F8": kb.F8, "F9": kb.F9, "F10": kb.F10, "F11": kb.F11, "F12": kb.F12,
	}[key]; ok {
		key = named
	}
	tab.do("press "+key, chromedp.KeyEvent(key))
}

// Text is the visible text of an element with single spaces; "" when there is no such element.
func (tab *Tab) Text(sel string) string {
	tab.t.Helper()
	s, err := tab.text(sel)
	if err != nil {
		tab.t.Fatalf("text of %s: %v", sel, err)
	}
	return s
}

func (tab *Tab) text(sel string) (string, error) {
	return eval[string](tab, `(e => e ? e.innerText.replace(/[ \u00a0\t\r\n]+/g, " ").trim() : "")(`+find(sel)+`)`)
}

// WaitText waits until an element's visible text holds the given text.
func (tab *Tab) WaitText(sel, text string) {
	tab.t.Helper()
	tab.until(`"`+text+`" in `+sel, func() (bool, error) {
		got, err := tab.text(sel)
		return strings.Contains(got, text), err
	})
}

// WaitGone waits until no element matches.
func (tab *Tab) WaitGone(sel string) {
	tab.t.Helper()
	tab.until(sel+" to go", func() (bool, error) { return eval[bool](tab, `!`+find(sel)) })
}

// WaitPath waits until the address has the given path and the page has loaded.
func (tab *Tab) WaitPath(path string) {
	tab.t.Helper()
	arg, _ := json.Marshal(path)
	tab.until("the path "+path, func() (bool, error) {
		return eval[bool](tab, `location.pathname === `+string(arg)+` && document.readyState === "complete"`)
	})
}

// Has reports whether an element matches and is visible.
func (tab *Tab) Has(sel string) bool {
	tab.t.Helper()
	return Eval[bool](tab, `(e => !!e && e.checkVisibility({visibilityProperty: true}))(`+find(sel)+`)`)
}

// Attr is an attribute of an element; "" when it has none.
func (tab *Tab) Attr(sel, name string) string {
	tab.t.Helper()
	arg, _ := json.Marshal(name)
	return Eval[string](tab, `(e => e && e.getAttribute(`+string(arg)+`) || "")(`+find(sel)+`)`)
}

// Title is the title of the document.
func (tab *Tab) Title() string {
	tab.t.Helper()
	return Eval[string](tab, `document.title`)
}

// Path is the path and query of the address.
func (tab *Tab) Path() string {
	tab.t.Helper()
	return Eval[string](tab, `location.pathname + location.search`)
}
