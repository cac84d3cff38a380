package statement

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sen-platform/sen/internal/rail/passbook"
	"github.com/sen-platform/sen/internal/rail/passbooktest"
)

// provenance are the keys that tell where a sample comes from, not what is in it.
var provenance = []string{"source", "note"}

func TestConformanceStatements(t *testing.T) {
	dir := passbooktest.Must(t)
	expected, err := filepath.Glob(filepath.Join(dir, "*.expected.json"))
	if err != nil {
		t.Fatal(err)
	}
	if len(expected) == 0 {
		t.Fatalf("no *.expected.json in %s", dir)
	}
	for _, path := range expected {
		name := strings.TrimSuffix(filepath.Base(path), ".expected.json")
		t.Run(name, func(t *testing.T) {
			want := readJSON(t, path)
			file, err := os.Open(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			f, err := Read(file, file.Name())
			if err != nil {
				t.Fatal(err)
			}
			if src, ok := want["source"].(map[string]any); ok && src["sha256"] != nil && src["sha256"] != f.SHA256 {
				t.Errorf("SHA-256 = %s, want %s", f.SHA256, src["sha256"])
			}
			for _, key := range provenance {
				delete(want, key)
			}
			wantReferences(t, f, want)
			got := roundTrip(t, Summarize(f))
			dropReferences(want)
			dropReferences(got)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("summary (-want +got):\n%s", diff)
			}
			checkFlags(t, f)
		})
	}
}

// dropReferences removes the sample references before comparing: which three a summary shows
// is free, that each is found is not.
func dropReferences(summary map[string]any) {
	statements, _ := summary["statements"].([]any)
	for _, st := range statements {
		delete(st.(map[string]any), "sample_references")
	}
}

// wantReferences looks every sample reference up among the lines.
func wantReferences(t *testing.T, f *File, want map[string]any) {
	t.Helper()
	statements, _ := want["statements"].([]any)
	if len(statements) != len(f.Statements) {
		t.Fatalf("%d statements, want %d", len(f.Statements), len(statements))
	}
	for i, st := range statements {
		refs, _ := st.(map[string]any)["sample_references"].([]any)
		for _, r := range refs {
			m := r.(map[string]any)
			ref := passbook.Ref{Kind: m["kind"].(string), Value: m["value"].(string)}
			if !HasReference(&f.Statements[i], ref) {
				t.Errorf("statement %d: reference %q not found", i, ref)
			}
		}
	}
}

// checkFlags: a statement that does not balance is flagged with the difference and keeps the
// day open; one that balances has no such flag.
func checkFlags(t *testing.T, f *File) {
	t.Helper()
	for i := range f.Statements {
		s := &f.Statements[i]
		flagged := false
		for _, p := range s.Problems {
			if p.Code == passbook.CodeBalance {
				flagged = true
				if p.Severity != passbook.KeepOpen || p.Difference == "" || p.Difference == "0" {
					t.Errorf("statement %d: balance problem %+v", i, p)
				}
			}
		}
		balanced := s.Balanced()
		if want := balanced != nil && !*balanced; flagged != want {
			t.Errorf("statement %d: flagged = %v, want %v", i, flagged, want)
		}
	}
}

func readJSON(t *testing.T, path string) map[string]any {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(raw, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func roundTrip(t *testing.T, v any) map[string]any {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(raw, &m); err != nil {
		t.Fatal(err)
	}
	return m
}
