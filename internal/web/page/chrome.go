package page

import (
	"net/http"
	"strings"
)

// Lang is a language of the screen.
type Lang string

// The languages. The zero Lang counts as Vietnamese.
const (
	VI Lang = "vi"
	EN Lang = "en"
)

// RequestLang is the language a request asks for by ?lang=en; Vietnamese otherwise.
func RequestLang(r *http.Request) Lang {
	if r.URL.Query().Get("lang") == string(EN) {
		return EN
	}
	return VI
}

// Width is how wide a public page's column is.
type Width string

// Widths of public pages.
const (
	WidthText Width = ""     // one column of reading text
	WidthPay  Width = "pay"  // a bill beside the ways to pay it
	WidthPage Width = "page" // the full width of the design
	WidthFull Width = "full" // the page lays out its own bands
)

// Chrome is what surrounds the content of a page. Every view embeds it.
type Chrome struct {
	Title     string // of the document, without " – Sen"
	Lang      Lang
	Alternate string // address of the same page in the other language; empty when there is none
	Path      string // of the request, for the form that signs out and comes back
	Home      string // address behind the mark; "/" when empty
	Province  string // "Tỉnh Lam Giang", beside the mark on public pages
	Width     Width  // of a public page
	Sample    bool   // the data are invented: badge and banner
	Invalid   bool   // the form came back with errors: the title begins with "Lỗi:"
	Secret    bool   // the address is the key to the page (payer's link): no referrer, no search engine
	Dark      bool   // the cashier's desk
	Links     []Link // in the masthead of public pages
	FootNote  any    // who runs this; the catalogue's sentence when nil
	FootLinks []Link

	Facility string    // staff: whose desk this is
	User     *User     // staff: who is signed in
	NavLabel string    // staff: name of the side list, "Việc của tôi"
	Nav      []NavItem // staff
	NavNote  any       // staff: under the side list
	Flash    *Toast    // staff: what just happened
}

// PageChrome lets Render reach the Chrome inside any view.
func (c Chrome) PageChrome() Chrome { return c }

// View is any struct that embeds Chrome.
type View interface{ PageChrome() Chrome }

// User is the person signed in, as the masthead shows them.
type User struct {
	Name, Role string
}

// NavItem is one line of the side list.
type NavItem struct {
	Href, Icon, Text string
	Count            int  // shown as a tag when above zero
	Current          bool // the page being shown belongs here
}

// CurrentNav returns a copy of items in which the one that path belongs to is current: the item whose address is the
// longest prefix of path that ends at a "/" or at its end.
func CurrentNav(items []NavItem, path string) []NavItem {
	best, at := -1, -1
	for i, it := range items {
		whole := path == it.Href || strings.HasPrefix(path, strings.TrimSuffix(it.Href, "/")+"/")
		if whole && len(it.Href) > best {
			best, at = len(it.Href), i
		}
	}
	out := append([]NavItem(nil), items...)
	for i := range out {
		out[i].Current = i == at
	}
	return out
}
