package page

import (
	"errors"
	"fmt"
	"text/template/parse"

	"github.com/sen-platform/sen/internal/web/ui"
)

// check looks through every template for keys and icons written as constants that do not exist, so that a slip of the
// pen stops the program at start and not a reader on a page.
func (s *Set) check() error {
	var wrong []error
	for name, page := range s.pages[VI] {
		for _, t := range page.Templates() {
			if t.Tree == nil {
				continue
			}
			calls(t.Tree.Root, func(fn, arg string) {
				switch fn {
				case "t":
					if s.words[arg] == nil {
						wrong = append(wrong, fmt.Errorf("page %s, template %s: no words for %q", name, t.Name(), arg))
					}
				case "icon":
					if _, err := ui.Icon(arg); err != nil {
						wrong = append(wrong, fmt.Errorf("page %s, template %s: %w", name, t.Name(), err))
					}
				}
			})
		}
	}
	return errors.Join(wrong...)
}

// calls reports every call of a function whose first argument is a string constant, anywhere under n.
func calls(n parse.Node, found func(fn, arg string)) {
	switch n := n.(type) {
	case *parse.ListNode:
		if n == nil {
			return
		}
		for _, in := range n.Nodes {
			calls(in, found)
		}
	case *parse.ActionNode:
		calls(n.Pipe, found)
	case *parse.TemplateNode:
		calls(n.Pipe, found)
	case *parse.IfNode:
		branch(&n.BranchNode, found)
	case *parse.RangeNode:
		branch(&n.BranchNode, found)
	case *parse.WithNode:
		branch(&n.BranchNode, found)
	case *parse.PipeNode:
		if n == nil {
			return
		}
		for _, c := range n.Cmds {
			calls(c, found)
		}
	case *parse.CommandNode:
		if len(n.Args) > 1 {
			fn, isFn := n.Args[0].(*parse.IdentifierNode)
			arg, isText := n.Args[1].(*parse.StringNode)
			if isFn && isText {
				found(fn.Ident, arg.Text)
			}
		}
		for _, a := range n.Args {
			calls(a, found)
		}
	}
}

func branch(b *parse.BranchNode, found func(fn, arg string)) {
	calls(b.Pipe, found)
	calls(b.List, found)
	calls(b.ElseList, found)
}
