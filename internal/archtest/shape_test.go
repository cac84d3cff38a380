package archtest

import (
	"path"
	"slices"
	"strings"
	"testing"
)

// Names that say nothing attract everything.
func TestNamesMeanSomething(t *testing.T) {
	empty := []string{"util", "utils", "common", "helper", "helpers", "model", "models", "misc", "shared", "base", "lib", "types"}
	for _, f := range files(t) {
		if name := strings.TrimSuffix(f.tree.Name.Name, "_test"); slices.Contains(empty, name) {
			t.Errorf("%s: package %s says nothing about what it is for", f.path, name)
		}
		if name := strings.TrimSuffix(path.Base(f.path), ".go"); slices.Contains(empty, name) {
			t.Errorf("%s: the file's name says nothing about what it is for", f.path)
		}
	}
}

// A file that can be read in one sitting.
func TestFilesAreShort(t *testing.T) {
	for _, f := range files(t) {
		most := 500
		if f.test {
			most = 800
		}
		if f.lines > most {
			t.Errorf("%s has %d lines, at most %d: divide it by what its parts are about", f.path, f.lines, most)
		}
	}
}
