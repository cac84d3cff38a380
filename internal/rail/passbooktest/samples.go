// Package passbooktest finds the folder of bank statement samples for tests. The samples are
// public files of other projects and are not kept in this one: SEN_STATEMENTS names their
// folder, other files of the same form may stand in it.
package passbooktest

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// Dir is the folder of the samples: SEN_STATEMENTS, or ../shared/samples/bank beside the
// repository; "" when there is none.
func Dir() string {
	dir := os.Getenv("SEN_STATEMENTS")
	if dir == "" {
		at, err := os.Getwd()
		if err != nil {
			return ""
		}
		for {
			if _, err := os.Stat(filepath.Join(at, "go.mod")); err == nil {
				break
			}
			up := filepath.Dir(at)
			if up == at {
				return ""
			}
			at = up
		}
		dir = filepath.Join(at, "..", "shared", "samples", "bank")
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return ""
	}
	return dir
}

// Must is Dir; it skips the test with a message when there is no folder.
func Must(tb testing.TB) string {
	tb.Helper()
	dir := Dir()
	if dir == "" {
		tb.Skip("bank samples are absent; set SEN_STATEMENTS to their folder")
	}
	return dir
}

// Seeds are the contents of the samples with one of the extensions (".xml"), for fuzzing;
// none when there is no folder.
func Seeds(tb testing.TB, extensions ...string) [][]byte {
	tb.Helper()
	dir := Dir()
	if dir == "" {
		return nil
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		tb.Fatal(err)
	}
	var seeds [][]byte
	for _, e := range entries {
		if !slices.Contains(extensions, filepath.Ext(e.Name())) {
			continue
		}
		raw, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			tb.Fatal(err)
		}
		seeds = append(seeds, raw)
	}
	return seeds
}
