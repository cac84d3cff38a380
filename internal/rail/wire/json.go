// Package wire is what the JSON webhooks of payment partners have in common: a strict reader
// that keeps every number's text, the canonical forms that are signed, signatures compared in
// constant time, and checked fields. Everything it refuses is a *rail.Refusal of kind
// rail.ErrMalformed with a Vietnamese text.
package wire

import (
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/sen-platform/sen/internal/rail"
)

// Limits of a message. Real ones are below 2 KiB and three levels deep.
const (
	MaxBody   = 1 << 20 // bytes
	maxDepth  = 32
	maxNumber = 64 // characters of one number
)

// Kind is the type of a JSON value.
type Kind uint8

// The kinds. The zero Value is null.
const (
	Null Kind = iota
	Bool
	Number
	String
	Array
	Object
)

// Value is one JSON value as it was written: a number keeps its text (money never passes
// through a float), an object the order of its members.
type Value struct {
	Kind Kind
	// Text is the decoded string, the number as written, or "true"/"false".
	Text string
	// Members are the elements of an array (without keys) or the members of an object.
	Members []Member
}

// Member is an element of an array or a member of an object.
type Member struct {
	Key string
	Value
}

// Get is the member named key, matched exactly; null when absent.
func (v Value) Get(key string) Value {
	if v.Kind == Object {
		for i := range v.Members {
			if v.Members[i].Key == key {
				return v.Members[i].Value
			}
		}
	}
	return Value{}
}

// Parse reads body as exactly one JSON value. Beyond the grammar it refuses what partners
// never send and two readers could understand differently: a key twice in one object, text
// that is not UTF-8, a lone surrogate, more than MaxBody bytes, more than 32 levels.
func Parse(body []byte) (Value, error) {
	if len(body) > MaxBody {
		return Value{}, Malformed("", "Tin dài "+strconv.Itoa(len(body))+" byte, nhiều nhất 1 MiB.")
	}
	if !utf8.Valid(body) {
		return Value{}, Malformed("", "Tin không phải văn bản UTF-8.")
	}
	p := parser{s: string(body)}
	v, err := p.value(1)
	if err != nil {
		return Value{}, err
	}
	if p.space(); p.i < len(p.s) {
		return Value{}, p.fail("Có ký tự thừa sau nội dung JSON.")
	}
	return v, nil
}

// Malformed is a refusal of kind rail.ErrMalformed.
func Malformed(where, vi string) error {
	return Refuse(rail.ErrMalformed, where, vi)
}

type parser struct {
	s string
	i int
}

func (p *parser) fail(vi string) error {
	return Malformed("byte "+strconv.Itoa(p.i+1), vi)
}

func (p *parser) space() {
	for p.i < len(p.s) {
		switch p.s[p.i] {
		case ' ', '\t', '\n', '\r':
			p.i++
		default:
			return
		}
	}
}

// next is the byte at the reading point after blanks, 0 at the end.
func (p *parser) next() byte {
	if p.space(); p.i < len(p.s) {
		return p.s[p.i]
	}
	return 0
}

func (p *parser) value(depth int) (Value, error) {
	if depth > maxDepth {
		return Value{}, p.fail("JSON lồng nhau quá sâu, nhiều nhất 32 tầng.")
	}
	switch c := p.next(); {
	case c == '{':
		return p.members(Object, '}', depth)
	case c == '[':
		return p.members(Array, ']', depth)
	case c == '"':
		s, err := p.string()
		return Value{Kind: String, Text: s}, err
	case c == '-' || '0' <= c && c <= '9':
		return p.number()
	case p.word("null"):
		return Value{}, nil
	case p.word("true"):
		return Value{Kind: Bool, Text: "true"}, nil
	case p.word("false"):
		return Value{Kind: Bool, Text: "false"}, nil
	case p.i >= len(p.s):
		return Value{}, p.fail("JSON bị cắt cụt.")
	}
	return Value{}, p.fail("JSON sai cú pháp.")
}

func (p *parser) word(w string) bool {
	if len(p.s)-p.i < len(w) || p.s[p.i:p.i+len(w)] != w {
		return false
	}
	p.i += len(w)
	return true
}

// members reads an array or an object after its opening bracket was seen.
func (p *parser) members(kind Kind, end byte, depth int) (Value, error) {
	p.i++
	v := Value{Kind: kind}
	if p.next() == end {
		p.i++
		return v, nil
	}
	if depth == 1 {
		v.Members = make([]Member, 0, 16) // a webhook has about that many; deeper, a bomb would multiply them
	}
	var seen map[string]bool
	for {
		var m Member
		var err error
		if kind == Object {
			if m.Key, err = p.key(); err != nil {
				return v, err
			}
			var twice bool
			if seen, twice = duplicate(v.Members, seen, m.Key); twice {
				return v, p.fail("Khóa " + strconv.Quote(m.Key) + " có hai lần.")
			}
		}
		if m.Value, err = p.value(depth + 1); err != nil {
			return v, err
		}
		v.Members = append(v.Members, m)
		switch p.next() {
		case ',':
			p.i++
		case end:
			p.i++
			return v, nil
		case 0:
			return v, p.fail("JSON bị cắt cụt.")
		default:
			return v, p.fail("JSON sai cú pháp: thiếu dấu phẩy hoặc dấu đóng.")
		}
	}
}

func (p *parser) key() (string, error) {
	switch p.next() {
	case '"':
	case 0:
		return "", p.fail("JSON bị cắt cụt.")
	default:
		return "", p.fail("JSON sai cú pháp: thiếu tên trường.")
	}
	k, err := p.string()
	if err != nil {
		return "", err
	}
	if p.next() != ':' {
		return "", p.fail("JSON sai cú pháp: thiếu dấu hai chấm.")
	}
	p.i++
	return k, nil
}

// duplicate looks key up in the members read so far: one by one while they are few, in a map
// (which it returns) when they are many, so that a hostile object costs no quadratic time.
func duplicate(members []Member, seen map[string]bool, key string) (map[string]bool, bool) {
	const few = 32
	if len(members) < few {
		for i := range members {
			if members[i].Key == key {
				return nil, true
			}
		}
		return nil, false
	}
	if seen == nil {
		seen = make(map[string]bool, 2*few)
		for i := range members {
			seen[members[i].Key] = true
		}
	}
	twice := seen[key]
	seen[key] = true
	return seen, twice
}

func (p *parser) number() (Value, error) {
	from := p.i
	p.any("-")
	ok := p.any("0") || p.digits()
	if ok && p.any(".") {
		ok = p.digits()
	}
	if ok && p.any("eE") {
		p.any("+-")
		ok = p.digits()
	}
	if !ok || p.digits() { // digits here follow a leading zero
		return Value{}, p.fail("Số viết sai.")
	}
	if p.i-from > maxNumber {
		return Value{}, p.fail("Số dài quá 64 ký tự.")
	}
	return Value{Kind: Number, Text: p.s[from:p.i]}, nil
}

// any steps over one byte of set.
func (p *parser) any(set string) bool {
	for i := range len(set) {
		if p.i < len(p.s) && p.s[p.i] == set[i] {
			p.i++
			return true
		}
	}
	return false
}

func (p *parser) digits() bool {
	from := p.i
	for p.i < len(p.s) && '0' <= p.s[p.i] && p.s[p.i] <= '9' {
		p.i++
	}
	return p.i > from
}

// string reads a string; without escapes it is a part of the body, no copy.
func (p *parser) string() (string, error) {
	p.i++
	from := p.i
	for p.i < len(p.s) {
		switch c := p.s[p.i]; {
		case c == '"':
			s := p.s[from:p.i]
			p.i++
			return s, nil
		case c == '\\':
			return p.escaped(from)
		case c < ' ':
			return "", p.fail("Chuỗi có ký tự điều khiển.")
		}
		p.i++
	}
	return "", p.fail("JSON bị cắt cụt trong một chuỗi.")
}

// escaped reads on from the first backslash of a string that began at from.
func (p *parser) escaped(from int) (string, error) {
	b := append(make([]byte, 0, p.i-from+32), p.s[from:p.i]...)
	for p.i < len(p.s) {
		c := p.s[p.i]
		switch {
		case c == '"':
			p.i++
			return string(b), nil
		case c < ' ':
			return "", p.fail("Chuỗi có ký tự điều khiển.")
		case c != '\\':
			b = append(b, c)
			p.i++
			continue
		}
		r, ok := p.escape()
		if !ok {
			return "", p.fail("Chuỗi có dấu \\ sai hoặc thiếu một nửa cặp \\u.")
		}
		b = utf8.AppendRune(b, r)
	}
	return "", p.fail("JSON bị cắt cụt trong một chuỗi.")
}

// escape reads one escape from its backslash on.
func (p *parser) escape() (rune, bool) {
	if len(p.s)-p.i < 2 {
		return 0, false
	}
	c := p.s[p.i+1]
	p.i += 2
	switch c {
	case '"', '\\', '/':
		return rune(c), true
	case 'b':
		return '\b', true
	case 'f':
		return '\f', true
	case 'n':
		return '\n', true
	case 'r':
		return '\r', true
	case 't':
		return '\t', true
	case 'u':
		return p.unicode()
	}
	return 0, false
}

// unicode reads what follows \u, both halves of a pair.
func (p *parser) unicode() (rune, bool) {
	r, ok := p.hex4()
	if !ok || !utf16.IsSurrogate(r) {
		return r, ok
	}
	if len(p.s)-p.i < 6 || p.s[p.i:p.i+2] != `\u` {
		return 0, false
	}
	p.i += 2
	low, ok := p.hex4()
	r = utf16.DecodeRune(r, low)
	return r, ok && r != utf8.RuneError
}

func (p *parser) hex4() (rune, bool) {
	if len(p.s)-p.i < 4 {
		return 0, false
	}
	n, err := strconv.ParseUint(p.s[p.i:p.i+4], 16, 16)
	p.i += 4
	return rune(n), err == nil
}
