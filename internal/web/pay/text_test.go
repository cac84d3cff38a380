package pay

import (
	"strings"

	"golang.org/x/net/html"
)

// plain is the visible text of a page with single spaces; elements end with a space.
func plain(page string) string {
	var b strings.Builder
	skip := 0
	z := html.NewTokenizer(strings.NewReader(page))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return strings.Join(strings.Fields(strings.ReplaceAll(b.String(), "\u00a0", " ")), " ")
		case html.StartTagToken:
			if name, _ := z.TagName(); string(name) == "title" {
				skip++
			} else if block[string(name)] {
				b.WriteByte(' ')
			}
		case html.EndTagToken:
			if name, _ := z.TagName(); string(name) == "title" {
				skip--
			} else if block[string(name)] {
				b.WriteByte(' ')
			}
		case html.TextToken:
			if skip == 0 {
				b.Write(z.Text())
			}
		}
	}
}

// block elements stand apart from the text around them.
var block = map[string]bool{
	"p": true, "h1": true, "h2": true, "li": true, "td": true, "th": true, "dt": true, "dd": true, "div": true, "section": true,
	"br": true, "a": true, "button": true, "summary": true, "label": true, "small": true, "tr": true, "caption": true, "option": true,
}
