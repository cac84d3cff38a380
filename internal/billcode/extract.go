package billcode

import (
	"fmt"
	"slices"
)

// Kind tells how a code was found in a memo, strongest first.
type Kind uint8

// The kinds of hit. Only Exact and LookAlike are keys; NoPrefix needs the exact amount and
// the right receiving account besides; the others are suggestions (bank-and-pos, section 4.4).
const (
	Exact     Kind = iota + 1 // prefix and ten symbols stand in the memo
	LookAlike                 // the same after reading O Q I L S B Z as digits
	NoPrefix                  // ten symbols without their prefix
	Corrected                 // one wrong symbol was put right
	Refilled                  // the last two symbols were cut off and computed
	Deleted                   // one symbol is missing in the memo and was computed
	Inserted                  // one character too many stands in the memo and was left out
)

var kindNames = [...]string{"", "exact", "look_alike", "no_prefix", "corrected", "refilled", "deleted", "inserted"}

// String is a stable name for storage and programs: "exact", "look_alike", …
func (k Kind) String() string {
	if int(k) >= len(kindNames) {
		return ""
	}
	return kindNames[k]
}

// IsKey reports whether a live code found this way is a match by itself.
func (k Kind) IsKey() bool { return k == Exact || k == LookAlike }

// Hit is one code read out of a memo. The code is well formed; whether it is live, and
// whether amount and payee fit, is for the caller to ask.
type Hit struct {
	Code Code
	Kind Kind
	Pos  int // byte of the memo where the prefix, or for NoPrefix the body, begins
}

// Extractor finds codes of certain prefixes in memos. It is immutable and safe for
// concurrent use.
type Extractor struct {
	prefixes []string
	initial  [128]bool
}

// NewExtractor looks for the given prefixes, for all of Prefixes when none is given.
// ErrPrefix for a prefix that is not among Prefixes.
func NewExtractor(prefixes ...string) (*Extractor, error) {
	if len(prefixes) == 0 {
		prefixes = Prefixes
	}
	e := &Extractor{prefixes: slices.Clone(prefixes)}
	for _, p := range prefixes {
		if !slices.Contains(Prefixes, p) {
			return nil, fmt.Errorf("%w: %.10q", ErrPrefix, p)
		}
		e.initial[p[0]] = true
	}
	return e, nil
}

// Extract returns the codes in a memo, each once, in order of appearance, of the strongest
// tier that yields any: with prefix (Exact, LookAlike); else Bare; else Repair. A caller that
// finds none of the hits live can ask Bare and Repair itself.
func (e *Extractor) Extract(memo string) []Hit {
	var buf [memoBuffer]byte
	g := squeeze(buf[:0], memo)
	hits := e.prefixed(g)
	if len(hits) == 0 {
		hits = e.bare(g)
	}
	if len(hits) == 0 {
		hits = e.repair(g)
	}
	return locate(hits, memo)
}

// Bare returns bodies that stand in the memo without their prefix. The memo does not say
// which prefix was lost, so each body is returned with every prefix; at most one is live,
// because a running number is issued once.
//
// A window that begins or ends within a longer number of the memo is refused, so a piece of
// an account or trace number cannot be a hit.
func (e *Extractor) Bare(memo string) []Hit {
	var buf [memoBuffer]byte
	return locate(e.bare(squeeze(buf[:0], memo)), memo)
}

// Repair returns candidates near a prefix that differ from the memo by one wrong, missing or
// surplus symbol, or by the two last symbols where the memo or its word ends after eight. By
// chance a random text behind a prefix gives such a candidate every other time: what makes
// it worth showing is that it is live and that the amount fits.
func (e *Extractor) Repair(memo string) []Hit {
	var buf [memoBuffer]byte
	return locate(e.repair(squeeze(buf[:0], memo)), memo)
}

// prefixAt returns the prefix that stands at g[i], or "".
func (e *Extractor) prefixAt(g []byte, i int) string {
	c := letter(g[i])
	if !e.initial[c] || i+1 >= len(g) {
		return ""
	}
	for _, p := range e.prefixes {
		if p[0] == c && p[1] == letter(g[i+1]) {
			return p
		}
	}
	return ""
}

func (e *Extractor) prefixed(g []byte) []Hit {
	var hits []Hit
	for i := 0; i+codeLen <= len(g); i++ {
		p := e.prefixAt(g, i)
		if p == "" {
			continue
		}
		b, kind, ok := readWindow(g[i+prefixLen:])
		if ok && b.valid() && !b.allDigits() {
			hits = add(hits, p, &b, kind, i)
		}
	}
	return hits
}

// readWindow reads ten symbols, look-alikes allowed.
func readWindow(g []byte) (b body, kind Kind, ok bool) {
	kind = Exact
	for i := range bodyLen {
		v := gLookAlike[g[i]]
		if v == foreign {
			return b, 0, false
		}
		if gSymbol[g[i]] == foreign {
			kind = LookAlike
		}
		b[i] = v
	}
	return b, kind, true
}

func (e *Extractor) bare(g []byte) []Hit {
	var hits []Hit
	run := 0 // symbols of the alphabet up to here
	var b body
	for end := 1; end <= len(g); end++ {
		v := gSymbol[g[end-1]]
		if v == foreign {
			run = 0
			continue
		}
		copy(b[:], b[1:])
		b[bodyLen-1] = v
		if run++; run < bodyLen || !b.valid() || b.allDigits() {
			continue
		}
		start := end - bodyLen
		if withinNumber(g, start) || withinNumber(g, end) {
			continue
		}
		for _, p := range e.prefixes {
			hits = add(hits, p, &b, NoPrefix, start)
		}
	}
	return hits
}

// withinNumber reports whether the gap before g[i] lies between two digits of one word.
func withinNumber(g []byte, i int) bool {
	return i > 0 && i < len(g) && isDigit(letter(g[i-1])) && isDigit(g[i])
}

func (e *Extractor) repair(g []byte) []Hit {
	var hits []Hit
	for i := 0; i+prefixLen+payloadLen <= len(g); i++ {
		p := e.prefixAt(g, i)
		if p == "" {
			continue
		}
		rest := g[i+prefixLen:]
		if len(rest) >= bodyLen {
			if b, _, ok := readWindow(rest); ok && b.valid() {
				continue // nothing to repair here
			}
		}
		try := func(b body, kind Kind) {
			if !b.allDigits() {
				hits = add(hits, p, &b, kind, i)
			}
		}
		correctedWindow(rest, try)
		if len(rest) == payloadLen || rest[payloadLen]&wordStart != 0 {
			refilledWindow(rest, try)
		}
		deletedWindow(rest, try)
		insertedWindow(rest, try)
	}
	return hits
}

// correctedWindow tries ten characters of which one is wrong, perhaps no symbol at all.
func correctedWindow(g []byte, try func(body, Kind)) {
	if len(g) < bodyLen {
		return
	}
	b, strangers, at := looseWindow(g[:bodyLen])
	if (strangers == 0 && b.correct()) || (strangers == 1 && b.fillAt(at)) {
		try(b, Corrected)
	}
}

// refilledWindow computes the check symbols behind eight payload symbols.
func refilledWindow(g []byte, try func(body, Kind)) {
	if b, strangers, _ := looseWindow(g[:payloadLen]); strangers == 0 {
		b.fillChecks()
		try(b, Refilled)
	}
}

// deletedWindow tries nine characters with a computed symbol put in at each place.
func deletedWindow(g []byte, try func(body, Kind)) {
	if len(g) < bodyLen-1 {
		return
	}
	nine, strangers, _ := looseWindow(g[:bodyLen-1])
	if strangers > 0 {
		return
	}
	for at := range bodyLen {
		var b body
		copy(b[:at], nine[:at])
		copy(b[at+1:], nine[at:bodyLen-1])
		if b.fillAt(at) {
			try(b, Deleted)
		}
	}
}

// insertedWindow tries eleven characters with each but the last left out; without the last
// they are an exact window.
func insertedWindow(g []byte, try func(body, Kind)) {
	if len(g) <= bodyLen {
		return
	}
	for at := range bodyLen {
		var ten [bodyLen]byte
		copy(ten[:at], g[:at])
		copy(ten[at:], g[at+1:bodyLen+1])
		if b, strangers, _ := looseWindow(ten[:]); strangers == 0 && b.valid() {
			try(b, Inserted)
		}
	}
}

// looseWindow reads up to ten characters, look-alikes allowed, and counts those that are no
// symbol; at is the place of the last of them.
func looseWindow(g []byte) (b body, strangers, at int) {
	for i, c := range g {
		if b[i] = gLookAlike[c]; b[i] == foreign {
			b[i], strangers, at = 0, strangers+1, i
		}
	}
	return b, strangers, at
}

// add appends a hit unless its code is there already. Pos counts squeezed bytes until locate.
func add(hits []Hit, prefix string, b *body, kind Kind, pos int) []Hit {
	var s [codeLen]byte
	copy(s[:], prefix)
	for i, v := range b {
		s[prefixLen+i] = Alphabet[v]
	}
	for _, h := range hits {
		if string(h.Code) == string(s[:]) {
			return hits
		}
	}
	return append(hits, Hit{Code: Code(s[:]), Kind: kind, Pos: pos})
}

func locate(hits []Hit, memo string) []Hit {
	for i := range hits {
		hits[i].Pos = offset(memo, hits[i].Pos)
	}
	return hits
}
