package doc

import (
	_ "embed"
	"encoding/binary"
	"sync"
)

//go:embed fonts/NotoSans-Regular.ttf
var regularTTF []byte

//go:embed fonts/NotoSans-Bold.ttf
var boldTTF []byte

// face holds the widths of one weight's characters in thousandths of the type size. The
// layout measures with it instead of asking the PDF writer, which would note every change
// of font in the page.
type face map[rune]int

var (
	regularFace = sync.OnceValue(func() face { return readFace(regularTTF) })
	boldFace    = sync.OnceValue(func() face { return readFace(boldTTF) })
)

// drawable tells whether the embedded fonts have a character. Both weights hold the same
// ones; a test proves it.
func drawable(r rune) bool {
	_, ok := regularFace()[r]
	return ok
}

// readFace takes the characters and their widths from a TrueType font (OpenType
// specification: cmap format 4, hhea, hmtx, head). The fonts are our own embedded files, so
// the layout is trusted.
func readFace(ttf []byte) face {
	u16 := func(at int) int { return int(binary.BigEndian.Uint16(ttf[at:])) }
	u32 := func(at int) int { return int(binary.BigEndian.Uint32(ttf[at:])) }
	table := map[string]int{}
	for i := range u16(4) {
		at := 12 + 16*i
		table[string(ttf[at:at+4])] = u32(at + 8)
	}
	em := u16(table["head"] + 18)
	metrics := u16(table["hhea"] + 34)
	width := func(glyph int) int {
		return (u16(table["hmtx"]+4*min(glyph, metrics-1))*1000 + em/2) / em
	}

	cmap, sub := table["cmap"], 0
	for i := range u16(cmap + 2) {
		if at := cmap + u32(cmap+8+8*i); u16(at) == 4 {
			sub = at
		}
	}
	f := make(face, 700)
	segX2 := u16(sub + 6)
	for s := 0; s < segX2; s += 2 {
		end, start := u16(sub+14+s), u16(sub+16+segX2+s)
		delta, offsetAt := u16(sub+16+2*segX2+s), sub+16+3*segX2+s
		for r := start; r <= end && r < 0xffff; r++ {
			glyph := r + delta
			if offset := u16(offsetAt); offset != 0 {
				if glyph = u16(offsetAt + offset + 2*(r-start)); glyph != 0 {
					glyph += delta
				}
			}
			if glyph &= 0xffff; glyph != 0 {
				f[rune(r)] = width(glyph)
			}
		}
	}
	return f
}
