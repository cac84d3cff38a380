// Command bundle writes the served files of package ui from their sources:
//
//	css/tokens.css + css/sen.css → static/sen.css (staff), static/pay.css (the part that payers' and public pages use)
//	js/*.js                      → static/pay.js, static/staff.js
//
// Its output depends on nothing but the sources. Run it with "go generate ./internal/web/ui"; a test
// fails when the files in static/ are not what it would write.
package main

import (
	"bytes"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"
)

// scripts lists the parts of each served script, in order.
var scripts = map[string][]string{
	"pay.js":   {"boot.js", "copy.js", "share.js", "live.js"},
	"staff.js": {"boot.js", "copy.js", "share.js", "live.js", "keys.js", "confirm.js"},
}

func main() {
	log.SetFlags(0)
	dir := "."
	if len(os.Args) > 1 {
		dir = os.Args[1]
	}
	files, err := build(dir)
	if err != nil {
		log.Fatal(err)
	}
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(dir, "static", name), data, 0o644); err != nil {
			log.Fatal(err)
		}
	}
}

// build returns the generated files by their name in static/, made from the sources under dir.
func build(dir string) (map[string][]byte, error) {
	var css bytes.Buffer
	for _, name := range []string{"tokens.css", "sen.css"} {
		src, err := os.ReadFile(filepath.Join(dir, "css", name))
		if err != nil {
			return nil, err
		}
		css.Write(src)
	}
	sheet, err := parse(css.String())
	if err != nil {
		return nil, fmt.Errorf("stylesheet: %w", err)
	}
	files := map[string][]byte{
		"sen.css": []byte(render(sheet)),
		"pay.css": []byte(render(dropUnusedProperties(keep(sheet, payClasses)))),
	}
	for name, parts := range scripts {
		var js strings.Builder
		for _, part := range parts {
			src, err := os.ReadFile(filepath.Join(dir, "js", part))
			if err != nil {
				return nil, err
			}
			text, err := slim(string(src))
			if err != nil {
				return nil, fmt.Errorf("%s: %w", part, err)
			}
			js.WriteString(text)
		}
		files[name] = []byte(js.String())
	}
	return files, nil
}

// slim takes comments that fill a line and the indentation out of a script. It changes nothing else,
// and refuses template literals, whose line breaks and spaces have meaning.
func slim(src string) (string, error) {
	if strings.Contains(src, "`") {
		return "", fmt.Errorf("template literals are not supported")
	}
	var out strings.Builder
	for line := range strings.Lines(src) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "//") {
			continue
		}
		if i := strings.LastIndex(line, " // "); i >= 0 && !strings.ContainsAny(line[i:], `'"`) {
			line = strings.TrimSpace(line[:i])
		}
		out.WriteString(line + "\n")
	}
	return out.String(), nil
}
