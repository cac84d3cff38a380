package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// node is one statement of a stylesheet. A rule has a selector list and a body of declarations; an
// at-rule has its prelude and either nodes inside, declarations (font-face, page) or nothing (a statement).
type node struct {
	prelude string // selector list, or the at-rule up to its block
	decls   []string
	inside  []node
	block   bool // has a block that holds nodes
	bare    bool // ends with a semicolon
}

func (n node) at() bool { return strings.HasPrefix(n.prelude, "@") }

var comment = regexp.MustCompile(`(?s)/\*.*?\*/`)

// parse reads the CSS that our own two files are written in: no nesting of style rules, no braces in strings.
func parse(src string) ([]node, error) {
	nodes, _, err := parseNodes(comment.ReplaceAllString(src, ""), 0)
	return nodes, err
}

// parseNodes reads up to the } that ends a block at the given depth, or to the end of the text at depth 0.
func parseNodes(src string, depth int) (nodes []node, rest string, err error) {
	for {
		i := strings.IndexAny(src, "{};")
		if i < 0 {
			if strings.TrimSpace(src) != "" || depth > 0 {
				return nil, "", fmt.Errorf("block not closed, or text without one: %.40q", src)
			}
			return nodes, "", nil
		}
		prelude := strings.Join(strings.Fields(src[:i]), " ")
		sign := src[i]
		src = src[i+1:]
		switch sign {
		case '}':
			if prelude != "" || depth == 0 {
				return nil, "", fmt.Errorf("unexpected } after %.40q", prelude)
			}
			return nodes, src, nil
		case ';':
			nodes = append(nodes, node{prelude: prelude, bare: true})
		case '{':
			n := node{prelude: prelude}
			if strings.HasPrefix(prelude, "@layer") || strings.HasPrefix(prelude, "@media") || strings.HasPrefix(prelude, "@supports") {
				n.block = true
				if n.inside, src, err = parseNodes(src, depth+1); err != nil {
					return nil, "", err
				}
			} else {
				end := strings.IndexByte(src, '}')
				if end < 0 || strings.ContainsRune(src[:end], '{') {
					return nil, "", fmt.Errorf("rule %.40q is not closed", prelude)
				}
				for d := range strings.SplitSeq(src[:end], ";") {
					if d = strings.TrimSpace(d); d != "" {
						n.decls = append(n.decls, slimDecl(d))
					}
				}
				src = src[end+1:]
			}
			nodes = append(nodes, n)
		}
	}
}

func slimDecl(d string) string {
	name, value, _ := strings.Cut(d, ":")
	value = strings.Join(strings.Fields(value), " ")
	return strings.TrimSpace(name) + ":" + strings.ReplaceAll(value, ", ", ",")
}

func slimSelector(s string) string {
	for _, sign := range []string{",", ">", "+", "~"} {
		s = strings.ReplaceAll(s, " "+sign+" ", sign)
		s = strings.ReplaceAll(s, sign+" ", sign)
	}
	return s
}

// render writes nodes without needless white space, one top statement a line.
func render(nodes []node) string {
	var b strings.Builder
	for _, n := range nodes {
		write(&b, n)
		b.WriteByte('\n')
	}
	return b.String()
}

func write(b *strings.Builder, n node) {
	if n.bare {
		b.WriteString(n.prelude + ";")
		return
	}
	if n.at() {
		b.WriteString(n.prelude)
	} else {
		b.WriteString(slimSelector(n.prelude))
	}
	b.WriteByte('{')
	for _, in := range n.inside {
		write(b, in)
	}
	b.WriteString(strings.Join(n.decls, ";"))
	b.WriteByte('}')
}

var classInSelector = regexp.MustCompile(`\.(-?[A-Za-z_][A-Za-z0-9_-]*)`)

// keep returns the part of nodes that can touch a light page whose classes are all in classes.
func keep(nodes []node, classes []string) []node {
	var out []node
	for _, n := range nodes {
		switch {
		case n.bare, n.at() && !n.block:
			out = append(out, n)
		case n.at():
			if n.inside = keep(n.inside, classes); len(n.inside) > 0 {
				out = append(out, n)
			}
		default:
			var kept []string
			for _, s := range splitSelectors(n.prelude) {
				wanted := !strings.Contains(s, "[data-theme=")
				for _, m := range classInSelector.FindAllStringSubmatch(s, -1) {
					wanted = wanted && slices.Contains(classes, m[1])
				}
				if wanted {
					kept = append(kept, s)
				}
			}
			if len(kept) > 0 {
				n.prelude = strings.Join(kept, ", ")
				out = append(out, n)
			}
		}
	}
	return out
}

// splitSelectors splits a selector list at the commas outside parentheses.
func splitSelectors(list string) []string {
	var out []string
	depth, from := 0, 0
	for i, r := range list {
		switch r {
		case '(':
			depth++
		case ')':
			depth--
		case ',':
			if depth == 0 {
				out = append(out, strings.TrimSpace(list[from:i]))
				from = i + 1
			}
		}
	}
	return append(out, strings.TrimSpace(list[from:]))
}

var use = regexp.MustCompile(`var\((--[a-z0-9-]+)`)

// dropUnusedProperties takes out custom properties that nothing kept refers to any more.
func dropUnusedProperties(nodes []node) []node {
	for {
		used := map[string]bool{}
		for _, m := range use.FindAllStringSubmatch(render(nodes), -1) {
			used[m[1]] = true
		}
		dropped := false
		nodes = mapDecls(nodes, func(d string) bool {
			name, _, _ := strings.Cut(d, ":")
			unused := strings.HasPrefix(name, "--") && !used[name]
			dropped = dropped || unused
			return !unused
		})
		if !dropped {
			return nodes
		}
	}
}

func mapDecls(nodes []node, wanted func(string) bool) []node {
	var out []node
	for _, n := range nodes {
		had := len(n.decls)
		n.inside = mapDecls(n.inside, wanted)
		var decls []string
		for _, d := range n.decls {
			if wanted(d) {
				decls = append(decls, d)
			}
		}
		if n.decls = decls; had > 0 && len(decls) == 0 {
			continue
		}
		out = append(out, n)
	}
	return out
}
