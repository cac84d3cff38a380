package vn

import (
	"encoding/base32"
	"strings"
	"sync"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

// A Collator is not safe for concurrent use, so each goroutine borrows one.
var collators = sync.Pool{New: func() any {
	return &collator{table: collate.New(language.Vietnamese, collate.Numeric)}
}}

type collator struct {
	table  *collate.Collator
	buffer collate.Buffer
}

// sortable keeps the byte order and uses 0-9 and A-V only, which every database and locale
// sorts alike.
var sortable = base32.HexEncoding.WithPadding(base32.NoPadding)

// Key is text by which a database can sort s: comparing keys as bytes, or in any locale, gives
// the order of the Vietnamese alphabet (a ă â … d đ e ê … o ô ơ … u ư), tones after letters,
// capitals after small letters, numbers by value ("lớp 2A" before "lớp 10A"). The key is about
// eight times as long as s.
func Key(s string) string {
	return sortable.EncodeToString(appendKey(nil, s))
}

// NameKey sorts people as Vietnamese lists do: by given name with its tone, then by middle
// names, then by family name.
func NameKey(fullName string) string {
	words := strings.Fields(Clean(fullName))
	family, middle, given := "", "", ""
	switch n := len(words); n {
	case 0:
	case 1:
		given = words[0]
	default:
		family, middle, given = words[0], strings.Join(words[1:n-1], " "), words[n-1]
	}
	// Each part is closed so that a part that begins another sorts before it: zero bytes
	// are written as 00 FF, the end as 00 01.
	var key []byte
	for _, part := range [...]string{given, middle, family} {
		for _, b := range appendKey(nil, part) {
			if key = append(key, b); b == 0 {
				key = append(key, 0xff)
			}
		}
		key = append(key, 0, 1)
	}
	return sortable.EncodeToString(key)
}

func appendKey(dst []byte, s string) []byte {
	c := collators.Get().(*collator)
	defer collators.Put(c)
	c.buffer.Reset()
	return append(dst, c.table.KeyFromString(&c.buffer, Clean(s))...)
}
