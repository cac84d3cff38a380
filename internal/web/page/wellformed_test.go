package page_test

import (
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/sen-platform/sen/internal/web/page"
	"github.com/sen-platform/sen/internal/web/webtest"
)

// Every page executes with a sample view and gives well-formed HTML in both languages: tags balance, ids are unique,
// nothing is left unresolved.
func TestGalleryWellFormed(t *testing.T) {
	set := gallery(t)
	for name, view := range galleryViews() {
		src, err := set.HTML(pageOf(name), view)
		if err != nil {
			t.Error(err)
			continue
		}
		for _, problem := range malformed(string(src)) {
			t.Errorf("%s: %s", name, problem)
		}
		if !strings.HasPrefix(name, "desk") && name != "print" {
			for _, class := range webtest.UnstyledClasses(src, "pay.css") {
				t.Errorf("%s: class %s has no rule in pay.css", name, class)
			}
		}
	}
}

// Every part of the package is on some page of the gallery, so that the browser tests see all of them.
func TestGalleryShowsEveryPart(t *testing.T) {
	set := gallery(t)
	used := page.TemplatesReached(set)
	for _, part := range page.Parts(set) {
		if !used[part] {
			t.Errorf("part %q is on no page of the gallery", part)
		}
	}
}

var void = map[string]bool{"meta": true, "link": true, "input": true, "br": true, "hr": true, "img": true}

// malformed looks for what a browser would silently repair.
func malformed(src string) []string {
	var problems, open []string
	ids := map[string]bool{}
	z := html.NewTokenizer(strings.NewReader(src))
	for {
		switch z.Next() {
		case html.ErrorToken:
			if len(open) > 0 {
				problems = append(problems, "not closed: "+strings.Join(open, " "))
			}
			for _, left := range []string{"<no value>", "ZgotmplZ", "%!", "⟦", "{{"} {
				if strings.Contains(src, left) {
					problems = append(problems, "holds "+left)
				}
			}
			return problems
		case html.StartTagToken:
			tok := z.Token()
			for _, a := range tok.Attr {
				if a.Key == "id" && ids[a.Val] {
					problems = append(problems, "id twice: "+a.Val)
				}
				if a.Key == "id" {
					ids[a.Val] = true
				}
				if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
					problems = append(problems, "inline "+a.Key)
				}
			}
			if !void[tok.Data] {
				open = append(open, tok.Data)
			}
		case html.EndTagToken:
			tok := z.Token()
			if len(open) == 0 || open[len(open)-1] != tok.Data {
				return append(problems, "</"+tok.Data+"> closes "+strings.Join(open, " "))
			}
			open = open[:len(open)-1]
		}
	}
}
