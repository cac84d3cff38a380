package webtest

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
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

// keyCodes are the keys with names that Press knows, with their Windows key codes.
var keyCodes = map[string]int64{
	"Backspace": 8, "Tab": 9, "Enter": 13, "Escape": 27, "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40,
	"F1": 112, "F2": 113, "F3": 114, "F4": 115, "F5": 116, "F6": 117, "F7": 118, "F8": 119, "F9": 120, "F10": 121, "F11": 122, "F12": 123,
}

// Press sends a key to the focused element: a character, or one of the names in keyCodes. As with a real keyboard, a page
// that takes the key for itself keeps the character out of the field.
func (tab *Tab) Press(key string) {
	tab.t.Helper()
	ev := input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyDown, Key: key, Code: key}
	switch code, named := keyCodes[key]; {
	case named:
		ev.WindowsVirtualKeyCode = code
		if key == "Enter" {
			ev.Text = "\r"
		}
	default:
		ev.Code, ev.Text = "", key
		ev.WindowsVirtualKeyCode = int64([]rune(strings.ToUpper(key))[0])
	}
	up := ev
	up.Type, up.Text = input.DispatchKeyEventTypeKeyUp, ""
	tab.do("press "+key, chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		for _, e := range []input.DispatchKeyEventParams{ev, up} {
			if _, err := chromedp.Call(ctx, input.DispatchKeyEvent, e); err != nil {
				return err
			}
		}
		return nil
	}))
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

// WaitPath waits until the address has the given path, with its query when the path given has one, and the page has loaded.
func (tab *Tab) WaitPath(path string) {
	tab.t.Helper()
	arg, _ := json.Marshal(path)
	where := "location.pathname"
	if strings.Contains(path, "?") {
		where += " + location.search"
	}
	tab.until("the path "+path, func() (bool, error) {
		return eval[bool](tab, where+` === `+string(arg)+` && document.readyState === "complete"`)
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
