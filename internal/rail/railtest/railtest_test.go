package railtest

import (
	"os"
	"path/filepath"
	"testing"
)

func TestCasesReadsTheFolderNamedBySenVectors(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("SEN_VECTORS", dir)
	text := `{"format":"payment-vectors/1","cases":[
		{"id":"a","kind":"k","input":{"b":1,"a":2},"expected":null,"verdict":"reject"},
		{"id":"b","kind":"k"}]}`
	if err := os.WriteFile(filepath.Join(dir, "x.json"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cases := Cases(t, "x")
	if len(cases) != 2 {
		t.Fatalf("%d cases, want 2", len(cases))
	}
	if got := string(cases[0].Input); got != `{"b":1,"a":2}` {
		t.Errorf("input lost its text: %s", got)
	}
	if cases[0].Verdict != "reject" || cases[1].Input != nil {
		t.Errorf("got %+v", cases)
	}
	ran := 0
	Run(t, cases, func(t *testing.T, c Case) { ran++ })
	if ran != 2 {
		t.Errorf("%d subtests ran, want 2", ran)
	}
}

func TestCasesSkipsWhenAbsent(t *testing.T) {
	t.Setenv("SEN_VECTORS", t.TempDir())
	skipped := false
	t.Run("absent", func(t *testing.T) {
		defer func() { skipped = t.Skipped() }()
		Cases(t, "nothing")
	})
	if !skipped {
		t.Error("an absent file must skip the test")
	}
}

func TestDirStandsBesideTheRepository(t *testing.T) {
	t.Setenv("SEN_VECTORS", "")
	if got := Dir(); filepath.Base(got) != "vectors" || filepath.Base(filepath.Dir(got)) != "shared" {
		t.Errorf("Dir() = %q, want …/shared/vectors", got)
	}
}

func TestText(t *testing.T) {
	for in, want := range map[string]string{`"12"`: "12", `12`: "12", `null`: "", ``: "", `"a\"b"`: `a"b`, `true`: "true"} {
		if got := Text(t, []byte(in)); got != want {
			t.Errorf("Text(%s) = %q, want %q", in, got, want)
		}
	}
}
