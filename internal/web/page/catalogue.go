package page

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// catalogue holds the words of the screen: per key one text per language. A text is a fmt format. Where the English
// needs a plural it is "one form|other form", chosen by the first argument; Vietnamese has no plural forms.
type catalogue map[string]map[Lang]string

var verb = regexp.MustCompile(`%(?:\[\d+\])?[sdvq]`)

// load adds lang/vi.json and lang/en.json of tree, each a flat object of key and text. A tree without either has no
// words of its own. Both must have the same keys with the same number of arguments, and no key that is already known.
func (c catalogue) load(tree fs.FS) error {
	read := func(lang Lang) (map[string]string, error) {
		src, err := fs.ReadFile(tree, "lang/"+string(lang)+".json")
		if errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		m := map[string]string{}
		if err := json.Unmarshal(src, &m); err != nil {
			return nil, fmt.Errorf("page: lang/%s.json: %w", lang, err)
		}
		return m, nil
	}
	vi, err := read(VI)
	if err != nil {
		return err
	}
	en, err := read(EN)
	if err != nil {
		return err
	}
	keys := slices.Sorted(maps.Keys(vi))
	for key := range en {
		if _, ok := vi[key]; !ok {
			keys = append(keys, key)
		}
	}
	var wrong []error
	for _, key := range keys {
		switch {
		case c[key] != nil:
			wrong = append(wrong, fmt.Errorf("page: words %q are given twice", key))
		case vi[key] == "" || en[key] == "":
			wrong = append(wrong, fmt.Errorf("page: words %q are missing in one language", key))
		case !sameVerbs(vi[key], en[key]):
			wrong = append(wrong, fmt.Errorf("page: words %q take other arguments in vi and en", key))
		}
		c[key] = map[Lang]string{VI: vi[key], EN: en[key]}
	}
	return errors.Join(wrong...)
}

// sameVerbs reports whether every form of both texts formats the same arguments.
func sameVerbs(vi, en string) bool {
	want := verbs(vi)
	for form := range strings.SplitSeq(en, "|") {
		if !slices.Equal(verbs(form), want) {
			return false
		}
	}
	return true
}

// verbs are the formatting verbs of a text in the order of their arguments.
func verbs(text string) []string {
	var out []string
	next := 1
	for _, v := range verb.FindAllString(strings.ReplaceAll(text, "%%", ""), -1) {
		if n, err := fmt.Sscanf(v, "%%[%d]", &next); n == 1 && err == nil {
			v = "%" + v[len(v)-1:]
		}
		out = append(out, fmt.Sprintf("%d%s", next, v))
		next++
	}
	slices.Sort(out)
	return out
}

func (c catalogue) text(lang Lang, key string, args ...any) (string, error) {
	texts, ok := c[key]
	if !ok {
		return "", fmt.Errorf("page: no words for %q", key)
	}
	text := texts[VI]
	if lang == EN {
		text = texts[EN]
		if one, other, found := strings.Cut(text, "|"); found {
			text = other
			if len(args) > 0 && fmt.Sprint(args[0]) == "1" {
				text = one
			}
		}
	}
	if len(args) == 0 {
		return text, nil
	}
	return fmt.Sprintf(text, args...), nil
}
