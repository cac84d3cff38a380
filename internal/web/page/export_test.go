package page

import (
	"io/fs"
	"text/template/parse"
)

// Parts are the names of all shared templates.
func Parts(s *Set) []string {
	own, _ := fs.Sub(shared, "templates")
	pages, err := parsePages(funcs(VI, s.words), own, nil)
	if err != nil {
		panic(err)
	}
	var names []string
	for _, t := range pages["failure"].Templates() {
		if t.Tree != nil && t.Name() != "failure.html" && t.Name()[0] != '_' {
			names = append(names, t.Name())
		}
	}
	return names
}

// TemplatesReached are the templates that the pages of a set execute, directly or through others.
func TemplatesReached(s *Set) map[string]bool {
	reached := map[string]bool{}
	for _, p := range s.pages[VI] {
		seen := map[string]bool{} // of this page: each has a "main" of its own
		var visit func(name string)
		visit = func(name string) {
			t := p.Lookup(name)
			if t == nil || t.Tree == nil {
				return
			}
			seen[name], reached[name] = true, true
			for _, in := range templateCalls(t.Tree.Root) {
				if !seen[in] {
					visit(in)
				}
			}
		}
		visit(p.Name())
	}
	return reached
}

func templateCalls(n parse.Node) []string {
	var names []string
	switch n := n.(type) {
	case *parse.TemplateNode:
		names = append(names, n.Name)
	case *parse.ListNode:
		if n != nil {
			for _, in := range n.Nodes {
				names = append(names, templateCalls(in)...)
			}
		}
	case *parse.IfNode:
		names = append(templateCalls(n.List), templateCalls(n.ElseList)...)
	case *parse.RangeNode:
		names = append(templateCalls(n.List), templateCalls(n.ElseList)...)
	case *parse.WithNode:
		names = append(templateCalls(n.List), templateCalls(n.ElseList)...)
	}
	return names
}
