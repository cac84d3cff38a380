package ui

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
)

var symbol = regexp.MustCompile(`(?s)<symbol id="([a-z]+)" viewBox="0 0 24 24">(.*?)</symbol>`)

var icons = sync.OnceValue(func() map[string]string {
	src := assets()["icons.svg"].body
	out := map[string]string{}
	for _, m := range symbol.FindAllSubmatch(src, -1) {
		out[string(m[1])] = `<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">` + string(m[2]) + `</svg>`
	}
	return out
})

// Icon is the icon name as inline SVG, hidden from screen readers because an icon always stands beside its word.
// It fails on a name that icons.svg does not have.
func Icon(name string) (string, error) {
	svg, ok := icons()[name]
	if !ok {
		return "", fmt.Errorf("ui: no icon %q (have %s)", name, strings.Join(IconNames(), ", "))
	}
	return svg, nil
}

// IconNames lists all icons in alphabetical order.
func IconNames() []string {
	names := make([]string, 0, len(icons()))
	for n := range icons() {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// Lotus is the mark as inline SVG, coloured by the stylesheet.
const Lotus = `<svg class="lotus" viewBox="0 0 32 32" aria-hidden="true">` +
	`<path d="M16 25C11.3 20 11.3 12 16 5.5c4.7 6.5 4.7 14.5 0 19.5Z" transform="rotate(-66 16 25)"/>` +
	`<path d="M16 25C11.3 20 11.3 12 16 5.5c4.7 6.5 4.7 14.5 0 19.5Z" transform="rotate(66 16 25)"/>` +
	`<path d="M16 25C11.3 20 11.3 12 16 5.5c4.7 6.5 4.7 14.5 0 19.5Z" transform="rotate(-34 16 25)"/>` +
	`<path d="M16 25C11.3 20 11.3 12 16 5.5c4.7 6.5 4.7 14.5 0 19.5Z" transform="rotate(34 16 25)"/>` +
	`<path d="M16 25C11.3 20 11.3 12 16 5.5c4.7 6.5 4.7 14.5 0 19.5Z"/>` +
	`<path class="water" d="M8 28.6c5 1.5 11 1.5 16 0"/></svg>`
