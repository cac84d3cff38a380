package webtest

import (
	_ "embed"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"github.com/sen-platform/sen/internal/web/ui"
)

// axeJS is axe-core 4.14.1 (npm axe-core), under the Mozilla Public License 2.0; see axe/LICENSE.
//
//go:embed axe/axe.min.js
var axeJS string

// Check does to a page what every page must pass: Axe, NoSideScroll, TapTargets; and takes its screenshot.
func (tab *Tab) Check(name string) {
	tab.t.Helper()
	tab.Screenshot(name)
	tab.NoSideScroll()
	tab.TapTargets()
	if !tab.noScript {
		tab.Axe()
	}
}

type axeViolation struct {
	ID, Impact, Help string
	Nodes            []struct {
		Target  []string
		Summary string
	}
}

// Axe fails the test for every violation of WCAG 2.2 A and AA and of axe's best practices (landmarks, headings, regions).
func (tab *Tab) Axe() {
	tab.t.Helper()
	for _, v := range tab.violations() {
		for _, n := range v.Nodes {
			tab.t.Errorf("axe %s (%s): %s\n  at %s\n  %s", v.ID, v.Impact, v.Help, strings.Join(n.Target, " "), strings.ReplaceAll(n.Summary, "\n", "\n  "))
		}
	}
}

func (tab *Tab) violations() []axeViolation {
	tab.t.Helper()
	if !Eval[bool](tab, `typeof axe === "object"`) {
		Eval[bool](tab, axeJS+"\n;true")
	}
	return Eval[[]axeViolation](tab, `axe.run(document, {
		resultTypes: ["violations"], preload: false,
		runOnly: {type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
	}).then(r => r.violations.map(v => ({ID: v.id, Impact: v.impact || "", Help: v.help,
		Nodes: v.nodes.slice(0, 5).map(n => ({Target: n.target.map(String), Summary: n.failureSummary || ""}))})))`)
}

// NoSideScroll fails the test when the page is wider than the screen, naming the elements that stick out.
func (tab *Tab) NoSideScroll() {
	tab.t.Helper()
	if over := tab.sideScroll(); over != "" {
		tab.t.Errorf("the page scrolls sideways at %d px: %s", tab.viewport.Width, over)
	}
}

func (tab *Tab) sideScroll() string {
	tab.t.Helper()
	return Eval[string](tab, fmt.Sprintf(`(() => {
		const wide = Math.min(document.documentElement.clientWidth, %d);
		if (document.documentElement.scrollWidth <= wide) return "";
		const out = [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > wide + 1 && !e.closest(".scroll,.chartbox,.tabs,.side"));
		return document.documentElement.scrollWidth + " px; " + out.slice(0, 5).map(e => e.tagName + "." + e.className).join(", ");
	})()`, tab.viewport.Width))
}

// TapTargets fails the test for links, buttons and fields smaller than 44 px, links inside sentences excepted (WCAG 2.2 asks for 24;
// the design for 44). On a desktop, where there is a mouse, 24 px are enough.
func (tab *Tab) TapTargets() {
	tab.t.Helper()
	for _, small := range tab.smallTargets() {
		tab.t.Errorf("too small to hit on %s: %s", tab.viewport.Name, small)
	}
}

func (tab *Tab) smallTargets() []string {
	tab.t.Helper()
	want := 44
	if !tab.viewport.Touch {
		want = 24
	}
	return Eval[[]string](tab, fmt.Sprintf(`[...document.querySelectorAll("a[href],button,input:not([type=hidden]),select,textarea,summary")].flatMap(e => {
		if (!e.checkVisibility({visibilityProperty: true}) || e.closest(".skip")) return [];
		const inSentence = e.tagName === "A" && getComputedStyle(e).display === "inline" && e.parentElement.innerText.trim() !== e.innerText.trim();
		if (inSentence) return [];
		const hit = e.matches("[type=checkbox],[type=radio]") ? e.closest("label") || e : e;
		const box = hit.getBoundingClientRect();
		if (box.width === 0 || (box.height >= %d - .5 && box.width >= 24)) return [];
		return [e.outerHTML.slice(0, 120) + " is " + Math.round(box.width) + "×" + Math.round(box.height)];
	})`, want))
}

var classRule = regexp.MustCompile(`\.(-?[A-Za-z_][A-Za-z0-9_-]*)`)

// UnstyledClasses lists the classes in a page's HTML that sen.css knows and the given stylesheet does not: a public page
// that uses one would look broken, because it loads only pay.css.
func UnstyledClasses(page []byte, stylesheet string) []string {
	rules := func(name string) map[string]bool {
		known := map[string]bool{}
		for _, m := range classRule.FindAllSubmatch(ui.File(name), -1) {
			known[string(m[1])] = true
		}
		return known
	}
	all, have := rules("sen.css"), rules(stylesheet)
	var out []string
	for z := html.NewTokenizer(strings.NewReader(string(page))); z.Next() != html.ErrorToken; {
		for _, a := range z.Token().Attr {
			if a.Key != "class" {
				continue
			}
			for _, c := range strings.Fields(a.Val) {
				if all[c] && !have[c] && !slices.Contains(out, c) {
					out = append(out, c)
				}
			}
		}
	}
	return out
}
