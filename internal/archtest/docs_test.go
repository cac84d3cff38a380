package archtest

import (
	"bytes"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode"
)

// Bounds of pictures in bytes: a page of the documents opens quickly on a slow line.
const (
	largestPicture = 150_000
	allPictures    = 2_000_000
)

// docPage is one Markdown file, taken apart.
type docPage struct {
	path     string // from the root, with slashes
	links    []string
	anchors  []string
	commands []string // shell lines of fenced blocks and inline code that begin with a command
}

var (
	docLink    = regexp.MustCompile(`!?\[[^\]]*\]\(([^)\s]+)(?:\s+"[^"]*")?\)`)
	inlineCode = regexp.MustCompile("`([^`]+)`")
	docHeading = regexp.MustCompile(`^#{1,6}\s+(.*)$`)
)

// readDoc takes a Markdown text apart. Lines that end in a backslash are joined.
func readDoc(name, text string) docPage {
	p := docPage{path: name}
	fenced, joined := false, ""
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		if strings.HasPrefix(strings.TrimSpace(line), "```") {
			fenced, joined = !fenced, ""
			continue
		}
		if fenced {
			if rest, more := strings.CutSuffix(line, `\`); more {
				joined += rest + " "
				continue
			}
			p.commands = append(p.commands, strings.TrimSpace(joined+line))
			joined = ""
			continue
		}
		if m := docHeading.FindStringSubmatch(line); m != nil {
			p.anchors = append(p.anchors, anchorOf(m[1]))
		}
		for _, m := range inlineCode.FindAllStringSubmatch(line, -1) {
			p.commands = append(p.commands, strings.TrimSpace(m[1]))
		}
		for _, m := range docLink.FindAllStringSubmatch(inlineCode.ReplaceAllString(line, "code"), -1) {
			p.links = append(p.links, m[1])
		}
	}
	return p
}

// anchorOf is the anchor that forges give a heading: small letters, digits and hyphens.
func anchorOf(heading string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(strings.ReplaceAll(heading, "`", "")) {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r), r == '-', r == '_':
			b.WriteRune(r)
		case r == ' ':
			b.WriteByte('-')
		}
	}
	return b.String()
}

// docPages reads every Markdown file of the project.
var docPages = sync.OnceValues(func() (map[string]docPage, error) {
	pages := map[string]docPage{}
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		if d.IsDir() {
			if rel != "." && (strings.HasPrefix(d.Name(), ".") || slices.Contains([]string{"bin", "data", "tmp", "node_modules"}, rel)) {
				return fs.SkipDir
			}
			return nil
		}
		if strings.HasSuffix(rel, ".md") && !strings.Contains("/"+rel, "/testdata/") {
			text, err := os.ReadFile(file)
			if err != nil {
				return err
			}
			pages[rel] = readDoc(rel, string(text))
		}
		return nil
	})
	return pages, err
})

func mustDocs(t *testing.T) map[string]docPage {
	t.Helper()
	pages, err := docPages()
	if err != nil {
		t.Fatal(err)
	}
	if len(pages) == 0 {
		t.Fatal("no Markdown file found")
	}
	return pages
}

// brokenLink says what is wrong with a link of page p; empty when nothing is. Links to other
// sites are not followed.
func brokenLink(pages map[string]docPage, p docPage, link string, exists func(string) bool) string {
	u, err := url.Parse(link)
	if err != nil {
		return err.Error()
	}
	if u.Scheme != "" {
		return ""
	}
	target := p.path
	if u.Path != "" {
		target = path.Join(path.Dir(p.path), u.Path)
	}
	if strings.HasPrefix(target, "../") || strings.HasPrefix(u.Path, "/") {
		return "leads out of the project"
	}
	if !exists(target) {
		return "no such file"
	}
	if to, isPage := pages[target]; u.Fragment != "" && isPage && !slices.Contains(to.anchors, u.Fragment) {
		return "no such heading; there are: " + strings.Join(to.anchors, " ")
	}
	return ""
}

func inProject(name string) bool {
	_, err := os.Stat(filepath.Join("..", "..", filepath.FromSlash(name)))
	return err == nil
}

// Every link inside the documents leads to a file and a heading that exist.
func TestDocumentLinks(t *testing.T) {
	pages := mustDocs(t)
	for _, p := range pages {
		for _, l := range p.links {
			if wrong := brokenLink(pages, p, l, inProject); wrong != "" {
				t.Errorf("%s: %s: %s", p.path, l, wrong)
			}
		}
	}
}

// Every picture is shown on a page and small enough for a slow line.
func TestDocumentPictures(t *testing.T) {
	shown := map[string]bool{}
	for _, p := range mustDocs(t) {
		for _, l := range p.links {
			shown[path.Join(path.Dir(p.path), l)] = true
		}
	}
	files, err := os.ReadDir(filepath.Join("..", "..", "docs", "pictures"))
	if err != nil {
		t.Fatal(err)
	}
	var all int64
	for _, f := range files {
		info, err := f.Info()
		if err != nil {
			t.Fatal(err)
		}
		all += info.Size()
		if info.Size() > largestPicture {
			t.Errorf("%s has %d bytes, at most %d", f.Name(), info.Size(), largestPicture)
		}
		if !shown["docs/pictures/"+f.Name()] {
			t.Errorf("docs/pictures/%s is on no page", f.Name())
		}
	}
	if all > allPictures {
		t.Errorf("pictures have %d bytes, at most %d", all, allPictures)
	}
}

var (
	quotedText = regexp.MustCompile(`'[^']*'|"[^"]*"`)
	separators = regexp.MustCompile(`\|\||&&|[|;<>()]`)
	assignment = regexp.MustCompile(`^[A-Z_]+=\S*$`)
)

// senCommand finds the words and flags of a call of sen in a shell line, also behind sudo, a
// variable or systemd's ExecStart; false when there is none. Quoted words count as one.
func senCommand(line string) (words, flags []string, found bool) {
	line, _, _ = strings.Cut(line, " # ")
	for _, part := range separators.Split(quotedText.ReplaceAllString(line, "QUOTED"), -1) {
		fields := strings.Fields(part)
	lead:
		for len(fields) > 0 {
			switch {
			case fields[0] == "sudo", fields[0] == "$", fields[0] == "env", assignment.MatchString(fields[0]):
				fields = fields[1:]
				continue
			case fields[0] == "-u" && len(fields) > 1:
				fields = fields[2:]
				continue
			}
			break lead
		}
		if len(fields) == 0 || path.Base(strings.TrimPrefix(fields[0], "ExecStart=")) != "sen" {
			continue
		}
		for _, f := range fields[1:] {
			if strings.HasPrefix(f, "-") {
				flag, _, _ := strings.Cut(f, "=")
				flags = append(flags, strings.TrimRight(flag, ",.…"))
			} else {
				words = append(words, f)
			}
		}
		return words, flags, true
	}
	return nil, nil, false
}

// senHelp builds the program once and returns the help of a command by its words.
func senHelp(t *testing.T) func(words ...string) (string, error) {
	t.Helper()
	program := filepath.Join(t.TempDir(), "sen")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, "../../cmd/sen").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	known := map[string]string{}
	return func(words ...string) (string, error) {
		key := strings.Join(words, " ")
		if text, ok := known[key]; ok {
			return text, nil
		}
		var out bytes.Buffer
		cmd := exec.CommandContext(t.Context(), program, append(words, "--help")...)
		cmd.Stdout, cmd.Stderr = &out, &out
		if err := cmd.Run(); err != nil {
			return "", fmt.Errorf("%w: %s", err, out.String())
		}
		known[key] = out.String()
		return known[key], nil
	}
}

// leaf finds the command that the first words name: "import bills" of "import bills list.xlsx".
func leaf(top string, words []string) ([]string, bool) {
	for n := min(len(words), 2); n > 0; n-- {
		if regexp.MustCompile(`(?m)^  ` + regexp.QuoteMeta(strings.Join(words[:n], " ")) + `(\s|$)`).MatchString(top) {
			return words[:n], true
		}
	}
	return nil, false
}

// Every command of sen that a document shows exists, with its flags; so do make's targets and scripts.
func TestDocumentCommands(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program")
	}
	help := senHelp(t)
	top, err := help()
	if err != nil {
		t.Fatal(err)
	}
	makefile, err := os.ReadFile(filepath.Join("..", "..", "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	script := regexp.MustCompile(`(?:^|[\s(])(scripts/[\w-]+\.sh)`)
	seen := 0
	for _, p := range mustDocs(t) {
		for _, line := range p.commands {
			if m := script.FindStringSubmatch(line); m != nil && !inProject(m[1]) {
				t.Errorf("%s: %s: no such script", p.path, line)
			}
			if rest, ok := strings.CutPrefix(line, "make "); ok {
				target, _, _ := strings.Cut(rest, " ")
				if !regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(target) + `:`).Match(makefile) {
					t.Errorf("%s: %s: no such target", p.path, line)
				}
			}
			words, flags, ok := senCommand(line)
			if !ok || len(words) == 0 || !unicode.IsLower([]rune(words[0])[0]) {
				continue // no call, sen alone, or a shell function of that name
			}
			seen++
			command, ok := leaf(top, words)
			if !ok {
				if _, err := help(words[0]); err != nil || len(words) > 1 {
					t.Errorf("%s: %s: sen has no such command", p.path, line)
				}
				continue // a group such as "sen user"
			}
			text, err := help(command...)
			if err != nil {
				t.Errorf("%s: %s: %v", p.path, line, err)
				continue
			}
			for _, f := range flags {
				if !regexp.MustCompile(`(?m)(^|[\s,])` + regexp.QuoteMeta(f) + `([=\s,]|$)`).MatchString(text) {
					t.Errorf("%s: %s: sen %s has no flag %s", p.path, line, strings.Join(command, " "), f)
				}
			}
		}
	}
	if seen < 10 {
		t.Errorf("only %d commands found in the documents: the reader of the documents is blind", seen)
	}
}

func TestSenCommand(t *testing.T) {
	for line, want := range map[string]string{
		`sen verify --data data/demo`:                         "verify data/demo|--data",
		`$ sudo -u sen SEN_DATA=/x /usr/local/bin/sen verify`: "verify|",
		`ExecStart=/usr/local/bin/sen serve --trust-proxy`:    "serve|--trust-proxy",
		`echo secret | bin/sen user add x --name 'Lê Na'`:     "user add x QUOTED|--name",
		`createdb -O sen sen`:                                 "none",
		`sen --help # exit code 0`:                            "|--help",
	} {
		words, flags, ok := senCommand(line)
		got := "none"
		if ok {
			got = strings.Join(words, " ") + "|" + strings.Join(flags, " ")
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", line, got, want)
		}
	}
}
