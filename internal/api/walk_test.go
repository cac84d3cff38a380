package api

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/db/dbtest"
)

// TestWalkThrough runs every shell block of docs/api.md, one after the other in one shell,
// against a server. Without curl or openssl it is skipped, except under CI.
func TestWalkThrough(t *testing.T) {
	for _, tool := range []string{"bash", "curl", "openssl"} {
		if _, err := exec.LookPath(tool); err != nil {
			if os.Getenv("CI") != "" {
				t.Fatal(err)
			}
			t.Skip(err)
		}
	}
	doc, err := os.ReadFile(filepath.Join("..", "..", "docs", "api.md"))
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(string(doc), -1)
	if len(blocks) < 10 {
		t.Fatalf("%d blocks in docs/api.md", len(blocks))
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		k := h.hook(partners[0], h.School.ID)
		script := "set -euo pipefail\n"
		for _, b := range blocks {
			script += b[1]
		}
		cmd := exec.CommandContext(t.Context(), "bash", "-c", script)
		cmd.Dir = t.TempDir()
		cmd.Env = append(os.Environ(), "SEN="+h.srv.URL, "KEY="+h.client(h.School.ID).key, "HOOK="+h.srv.URL+address(k), "SECRET="+hookSecret,
			"NOW="+itoa(h.clk.Now().Unix()), "DUE="+string(clock.Today(h.clk).AddDays(30)))
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		for _, want := range []string{`"type":"bill.paid"`, "receipt 2026/0000001", "matched by code", `"verdict":"genuine"`, `"valid":3`, `"created":3`, `"cashless_share":{"by_count":1,"by_value":1}`} {
			if !strings.Contains(string(out), want) {
				t.Errorf("the walk does not show %s:\n%s", want, out)
			}
		}
		if n := len(h.bills()); n != 4 {
			t.Errorf("%d bills after the walk, want 4", n)
		}
		h.verify()
	})
}
