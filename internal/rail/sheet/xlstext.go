package sheet

import (
	"encoding/binary"
	"strings"
	"unicode/utf16"
)

// biffText reads texts of a binary workbook. A text may run over into a continuing record;
// the characters there begin with a byte that says anew whether they are one or two bytes
// wide.
type biffText struct {
	segments [][]byte
	at       int // in the first segment
}

// take gives n bytes that may lie in several segments.
func (t *biffText) take(n int) ([]byte, error) {
	var out []byte
	for {
		if len(t.segments) == 0 {
			return nil, errBIFF
		}
		rest := t.segments[0][t.at:]
		if len(rest) >= n {
			t.at += n
			if out == nil {
				return rest[:n], nil
			}
			return append(out, rest[:n]...), nil
		}
		out = append(out, rest...)
		n -= len(rest)
		t.segments, t.at = t.segments[1:], 0
	}
}

// skip passes over n bytes without keeping them.
func (t *biffText) skip(n int) error {
	for n > 0 {
		if len(t.segments) == 0 {
			return errBIFF
		}
		step := min(n, len(t.segments[0])-t.at)
		t.at += step
		if n -= step; n > 0 {
			t.segments, t.at = t.segments[1:], 0
		}
	}
	return nil
}

// short is a text whose length is one byte, long one whose length is two.
func (t *biffText) short() (string, error) {
	b, err := t.take(1)
	if err != nil {
		return "", err
	}
	return t.body(int(b[0]))
}

func (t *biffText) long() (string, error) {
	b, err := t.take(2)
	if err != nil {
		return "", err
	}
	return t.body(int(binary.LittleEndian.Uint16(b)))
}

// Flags in front of the characters.
const (
	flagWide     = 0x01
	flagExtended = 0x04
	flagRich     = 0x08
)

func (t *biffText) body(length int) (string, error) {
	b, err := t.take(1)
	if err != nil {
		return "", err
	}
	flags := b[0]
	runs, extended := 0, 0
	if flags&flagRich != 0 {
		if b, err = t.take(2); err != nil {
			return "", err
		}
		runs = int(binary.LittleEndian.Uint16(b))
	}
	if flags&flagExtended != 0 {
		if b, err = t.take(4); err != nil {
			return "", err
		}
		extended = int(binary.LittleEndian.Uint32(b))
	}
	units, err := t.characters(length, flags&flagWide != 0)
	if err != nil {
		return "", err
	}
	if err := t.skip(4*runs + extended); err != nil {
		return "", err
	}
	return strings.ToValidUTF8(string(utf16.Decode(units)), ""), nil
}

// characters reads the given number of characters over the ends of records.
func (t *biffText) characters(length int, wide bool) ([]uint16, error) {
	var units []uint16
	for len(units) < length {
		if len(t.segments) == 0 {
			return nil, errBIFF
		}
		rest := t.segments[0][t.at:]
		if len(rest) == 0 {
			t.segments, t.at = t.segments[1:], 0
			b, err := t.take(1)
			if err != nil {
				return nil, err
			}
			wide = b[0]&flagWide != 0
			continue
		}
		if !wide {
			units = append(units, uint16(rest[0]))
			t.at++
			continue
		}
		if len(rest) < 2 {
			return nil, errBIFF
		}
		units = append(units, binary.LittleEndian.Uint16(rest))
		t.at += 2
	}
	return units, nil
}

// readSST reads the table of shared texts.
func readSST(segments [][]byte) ([]string, error) {
	t := &biffText{segments: segments}
	b, err := t.take(8)
	if err != nil {
		return nil, err
	}
	count := binary.LittleEndian.Uint32(b[4:])
	var out []string
	for range count {
		s, err := t.long()
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}
