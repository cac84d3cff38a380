package sheet

import (
	"encoding/binary"
	"errors"
	"unicode/utf16"
)

// A compound file is the container of .xls: a little file system of sectors. Only what is
// needed to get one stream out is read. Every chain is bounded by the number of sectors in
// the file, so a damaged or hostile file costs no more than its own size.

var errCompound = errors.New("sheet: damaged compound file")

const (
	cfbHeader     = 512
	cfbDirEntry   = 128
	cfbMiniSector = 64
	cfbInHeader   = 109        // sector numbers of the FAT in the header
	cfbLastSector = 0xFFFFFFFA // larger numbers are marks
	cfbStream     = 2
	cfbRoot       = 5
)

// compound is an open compound file.
type compound struct {
	raw        []byte
	sectorSize int
	fat        []uint32
	cutoff     uint32
	miniFAT    []byte
	mini       []byte // the stream that holds the small streams
	entries    []cfbEntry
}

type cfbEntry struct {
	name  string
	kind  byte
	start uint32
	size  uint64
}

func openCompound(raw []byte) (*compound, error) {
	if len(raw) < cfbHeader {
		return nil, errCompound
	}
	u16 := func(at int) uint16 { return binary.LittleEndian.Uint16(raw[at:]) }
	u32 := func(at int) uint32 { return binary.LittleEndian.Uint32(raw[at:]) }
	shift := u16(30)
	if shift != 9 && shift != 12 {
		return nil, errCompound
	}
	c := &compound{raw: raw, sectorSize: 1 << shift, cutoff: u32(56)}
	if err := c.readFAT(u32(68)); err != nil {
		return nil, err
	}
	directory, err := c.chain(u32(48))
	if err != nil {
		return nil, err
	}
	for at := 0; at+cfbDirEntry <= len(directory); at += cfbDirEntry {
		c.entries = append(c.entries, readEntry(directory[at:at+cfbDirEntry]))
	}
	if len(c.entries) > 0 && c.entries[0].kind == cfbRoot && c.entries[0].size > 0 {
		if c.mini, err = c.chain(c.entries[0].start); err != nil {
			return nil, err
		}
		if c.miniFAT, err = c.chain(u32(60)); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func readEntry(b []byte) cfbEntry {
	length := int(binary.LittleEndian.Uint16(b[64:]))
	units := make([]uint16, 0, 32)
	for i := 0; i+2 < length && i < 64; i += 2 {
		units = append(units, binary.LittleEndian.Uint16(b[i:]))
	}
	return cfbEntry{
		name: string(utf16.Decode(units)), kind: b[66],
		start: binary.LittleEndian.Uint32(b[116:]), size: binary.LittleEndian.Uint64(b[120:]),
	}
}

// readFAT collects the table of chains: its sectors are listed in the header, then in a chain
// of list sectors.
func (c *compound) readFAT(list uint32) error {
	per := c.sectorSize / 4
	add := func(sector uint32) bool {
		b := c.sector(sector)
		if b == nil {
			return false
		}
		for i := range per {
			c.fat = append(c.fat, binary.LittleEndian.Uint32(b[4*i:]))
		}
		return true
	}
	sectors := len(c.raw) / c.sectorSize
	for i := range cfbInHeader {
		n := binary.LittleEndian.Uint32(c.raw[76+4*i:])
		if n < cfbLastSector && !add(n) {
			return errCompound
		}
	}
	for steps := 0; list < cfbLastSector; steps++ {
		b := c.sector(list)
		if b == nil || steps > sectors || len(c.fat) > sectors+cfbInHeader*per {
			return errCompound
		}
		for i := range per - 1 {
			n := binary.LittleEndian.Uint32(b[4*i:])
			if n < cfbLastSector && !add(n) {
				return errCompound
			}
		}
		list = binary.LittleEndian.Uint32(b[c.sectorSize-4:])
	}
	return nil
}

// sector is the content of one sector, nil outside of the file. The last one may be short in
// files of careless writers and is filled up with zeros.
func (c *compound) sector(n uint32) []byte {
	at := (int64(n) + 1) * int64(c.sectorSize)
	if at >= int64(len(c.raw)) {
		return nil
	}
	b := c.raw[at:min(at+int64(c.sectorSize), int64(len(c.raw)))]
	if len(b) < c.sectorSize {
		b = append(make([]byte, 0, c.sectorSize), b...)[:c.sectorSize]
	}
	return b
}

// chain joins the sectors of a stream.
func (c *compound) chain(start uint32) ([]byte, error) {
	var out []byte
	for n, steps := start, 0; n < cfbLastSector; steps++ {
		b := c.sector(n)
		if b == nil || int(n) >= len(c.fat) || steps > len(c.raw)/c.sectorSize {
			return nil, errCompound
		}
		out = append(out, b...)
		n = c.fat[n]
	}
	return out, nil
}

// has tells whether there is a stream of the name.
func (c *compound) has(name string) bool {
	for _, e := range c.entries {
		if e.kind == cfbStream && e.name == name {
			return true
		}
	}
	return false
}

// stream is the content of the named stream; nil when there is none.
func (c *compound) stream(name string) ([]byte, error) {
	for _, e := range c.entries {
		if e.kind != cfbStream || e.name != name {
			continue
		}
		size := e.size & 0xFFFFFFFF // the upper half is junk in version 3
		var b []byte
		var err error
		if size < uint64(c.cutoff) && c.mini != nil {
			b, err = c.small(e.start)
		} else {
			b, err = c.chain(e.start)
		}
		if err != nil || uint64(len(b)) < size {
			return nil, errCompound
		}
		return b[:size], nil
	}
	return nil, nil
}

func (c *compound) small(start uint32) ([]byte, error) {
	var out []byte
	for n, steps := start, 0; n < cfbLastSector; steps++ {
		at, next := int64(n)*cfbMiniSector, int64(n)*4
		if at+cfbMiniSector > int64(len(c.mini)) || next+4 > int64(len(c.miniFAT)) || steps > len(c.mini)/cfbMiniSector {
			return nil, errCompound
		}
		out = append(out, c.mini[at:at+cfbMiniSector]...)
		n = binary.LittleEndian.Uint32(c.miniFAT[next:])
	}
	return out, nil
}
