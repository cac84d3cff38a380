// Package railtest loads payment test vectors for the rails' conformance tests. The folder
// is read, never written: SEN_VECTORS names it, and other files of the same form may stand
// in it, so tests dispatch on a case's kind and know no ids.
package railtest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// Case is one vector. Input, Expected and Outputs keep their exact JSON text (a signature may
// depend on the order of fields). Where Verdict is set it overrides what the package did; a
// Finding marks a bug of the package that is not to be copied.
type Case struct {
	ID       string                     `json:"id"`
	Kind     string                     `json:"kind"`
	Title    string                     `json:"title"`
	Input    json.RawMessage            `json:"input"`
	Expected json.RawMessage            `json:"expected"`
	Outputs  map[string]json.RawMessage `json:"outputs"`
	Verdict  string                     `json:"verdict"`
	Note     string                     `json:"note"`
	Finding  string                     `json:"finding"`
}

// Dir is the folder of the vectors: SEN_VECTORS, or ../shared/vectors beside the repository.
// Empty when the test does not run inside a module.
func Dir() string {
	if d := os.Getenv("SEN_VECTORS"); d != "" {
		return d
	}
	d, err := os.Getwd()
	if err != nil {
		return ""
	}
	for {
		if _, err := os.Stat(filepath.Join(d, "go.mod")); err == nil {
			return filepath.Join(filepath.Dir(d), "shared", "vectors")
		}
		up := filepath.Dir(d)
		if up == d {
			return ""
		}
		d = up
	}
}

// Cases reads <name>.json of the folder. It skips the test with a message when the file is
// absent, and fails it when the file is unreadable, empty, or has cases without or with equal
// ids.
func Cases(t testing.TB, name string) []Case {
	t.Helper()
	file := filepath.Join(Dir(), name+".json")
	if _, err := os.Stat(file); os.IsNotExist(err) {
		t.Skipf("no vectors: %s.json is not in the folder that SEN_VECTORS names (default ../shared/vectors)", name)
	}
	return File(t, file)
}

// File reads one file of vectors, which must be there: a room's own copy in testdata.
func File(t testing.TB, file string) []Case {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var f struct {
		Format string `json:"format"`
		Cases  []Case `json:"cases"`
	}
	if err := json.Unmarshal(raw, &f); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	if f.Format != "payment-vectors/1" {
		t.Fatalf("%s: format %q, this loader reads payment-vectors/1", file, f.Format)
	}
	if len(f.Cases) == 0 {
		t.Fatalf("%s: no cases", file)
	}
	seen := map[string]bool{}
	for _, c := range f.Cases {
		if c.ID == "" || seen[c.ID] {
			t.Fatalf("%s: case id %q is empty or occurs twice", file, c.ID)
		}
		seen[c.ID] = true
	}
	return f.Cases
}

// Run runs one subtest per case, named by its id.
func Run(t *testing.T, cases []Case, f func(t *testing.T, c Case)) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.ID, func(t *testing.T) {
			if c.Title != "" {
				t.Log(c.Title)
			}
			f(t, c)
		})
	}
}

// Decode reads a part of a case into v; it fails the test when the part has another form.
func Decode(t testing.TB, raw json.RawMessage, v any) {
	t.Helper()
	if len(raw) == 0 {
		return
	}
	if err := json.Unmarshal(raw, v); err != nil {
		t.Fatalf("vector has another form: %v in %s", err, raw)
	}
}

// Text is a JSON string, number or boolean as text; empty for null and for nothing.
func Text(t testing.TB, raw json.RawMessage) string {
	t.Helper()
	if len(raw) == 0 || string(raw) == "null" {
		return ""
	}
	if raw[0] == '"' {
		var s string
		Decode(t, raw, &s)
		return s
	}
	return string(raw)
}

// Unknown fails the test: a kind this rail does not read must not pass unseen.
func Unknown(t testing.TB, c Case) {
	t.Helper()
	t.Fatalf("case %s: unknown kind %q", c.ID, c.Kind)
}
