// Package archtest holds the tests that keep the house as docs/architecture.md draws it:
// floors, rooms, tables and their owners, names and sizes. It reads sources and runs nothing.
package archtest

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// module is the path of this module with a slash behind.
const module = "github.com/sen-platform/sen/"

// source is one Go file of the module.
type source struct {
	path  string // from the root, with slashes
	test  bool
	lines int
	tree  *ast.File
	set   *token.FileSet
}

// internal is the file's package below internal/; false for files elsewhere.
func (s source) internal() (string, bool) { return strings.CutPrefix(path.Dir(s.path), "internal/") }

// imports lists what the file imports.
func (s source) imports() []string {
	out := make([]string, 0, len(s.tree.Imports))
	for _, i := range s.tree.Imports {
		p, err := strconv.Unquote(i.Path.Value)
		if err == nil {
			out = append(out, p)
		}
	}
	return out
}

// at is file and line of a node.
func (s source) at(n ast.Node) string {
	return fmt.Sprintf("%s:%d", s.path, s.set.Position(n.Pos()).Line)
}

// literal is the value of a string literal.
func literal(n ast.Node) (string, bool) {
	lit, ok := n.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(lit.Value)
	return text, err == nil
}

func root(t testing.TB) string {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "go.mod")); err != nil {
		t.Fatalf("the root of the module is not where it was: %v", err)
	}
	return dir
}

var read = sync.OnceValues(func() ([]source, error) {
	dir := filepath.Join("..", "..")
	set := token.NewFileSet()
	var all []source
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name := d.Name(); d.IsDir() && (name == "testdata" || strings.HasPrefix(name, ".") && name != ".." || name == "tools" || name == "data" || name == "bin") {
			return fs.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(p, ".go") {
			return nil
		}
		text, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		tree, err := parser.ParseFile(set, p, text, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, p)
		if err != nil {
			return err
		}
		all = append(all, source{filepath.ToSlash(rel), strings.HasSuffix(p, "_test.go"), bytes.Count(text, []byte("\n")), tree, set})
		return nil
	})
	return all, err
})

// files is every Go file of the module.
func files(t testing.TB) []source {
	t.Helper()
	all, err := read()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 100 {
		t.Fatalf("only %d files found: the test looks at the wrong folder", len(all))
	}
	return all
}
