package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The served files are exactly what the sources say.
func TestUpToDate(t *testing.T) {
	files, err := build("..")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join("..", "static", name))
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != string(want) {
			t.Errorf("static/%s is stale: run go generate ./internal/web/ui", name)
		}
	}
}

// What a payer must download besides the page itself stays small enough for the page's budget of 60 kB.
func TestPayBudget(t *testing.T) {
	files, err := build("..")
	if err != nil {
		t.Fatal(err)
	}
	if n := len(files["pay.css"]); n > 24_000 {
		t.Errorf("pay.css has %d bytes, more than 24,000", n)
	}
	if n := len(files["pay.js"]); n > 6_000 {
		t.Errorf("pay.js has %d bytes, more than 6,000", n)
	}
}

// Every class named in the subset is one the stylesheet knows, so that the list does not rot.
func TestPayClassesExist(t *testing.T) {
	src, err := os.ReadFile("../css/sen.css")
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, m := range classInSelector.FindAllStringSubmatch(comment.ReplaceAllString(string(src), ""), -1) {
		known[m[1]] = true
	}
	for _, c := range payClasses {
		if !known[c] {
			t.Errorf("class %q is in the subset and not in sen.css", c)
		}
	}
}

func TestKeep(t *testing.T) {
	const src = `
@layer a, b; /* order */
@font-face { font-family: "X"; src: url("x.woff2") }
@layer a {
  :root { --one: 1px; --two: var(--one); --three: 3px; }
  :root[data-theme="dark"] { --one: 2px; }
  .in, .out > p { margin: var(--two) 0, 1px; }
  .in.out { color: red; }
  p:not(.in, .out) + p { color: blue; }
  @media (min-width: 40em) { .out { margin: 0; } }
  @media (min-width: 40em) { .in { margin: calc(1px + 2px); } }
}`
	nodes, err := parse(src)
	if err != nil {
		t.Fatal(err)
	}
	got := render(dropUnusedProperties(keep(nodes, []string{"in"})))
	want := strings.Join([]string{
		`@layer a, b;`,
		`@font-face{font-family:"X";src:url("x.woff2")}`,
		`@layer a{:root{--one:1px;--two:var(--one)}.in{margin:var(--two) 0,1px}@media (min-width: 40em){.in{margin:calc(1px + 2px)}}}`,
		``,
	}, "\n")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestParseRejects(t *testing.T) {
	for _, src := range []string{"p { color: red", "p { } }", "p", ".a { .b { color: red } }", "} p { }"} {
		if _, err := parse(src); err == nil {
			t.Errorf("%q was accepted", src)
		}
	}
}

func TestSlim(t *testing.T) {
	got, err := slim("// about\n\n  let a = 'x // y'; \n  f(a); // why\n")
	if err != nil {
		t.Fatal(err)
	}
	if want := "let a = 'x // y';\nf(a);\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if _, err := slim("a = `x`"); err == nil {
		t.Error("a template literal was accepted")
	}
}
