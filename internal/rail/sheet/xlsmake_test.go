package sheet

import (
	"bytes"
	"encoding/binary"
	"math"
	"strconv"
	"testing"
	"unicode/utf16"
)

// makeXLS writes a binary workbook with one sheet, as small as Excel still accepts: shared
// texts (with a continuing record), doubles, RK numbers.
func makeXLS(tb testing.TB, rows [][]any) []byte {
	tb.Helper()
	return xlsFile(biffBook{sheet: "Sheet1", rows: rows, split: 900})
}

// biffBook describes a workbook for tests.
type biffBook struct {
	sheet string
	rows  [][]any
	split int  // size after which the table of texts goes on in another record
	is5   bool // claim the older version
	pass  bool // claim a password
	extra []byte
}

func record(id uint16, data []byte) []byte {
	out := binary.LittleEndian.AppendUint16(nil, id)
	out = binary.LittleEndian.AppendUint16(out, uint16(len(data)))
	return append(out, data...)
}

func u16s(v ...uint16) []byte {
	var b []byte
	for _, x := range v {
		b = binary.LittleEndian.AppendUint16(b, x)
	}
	return b
}

func bof(kind uint16, old bool) []byte {
	version := uint16(biff8)
	if old {
		version = 0x0500
	}
	return record(recBOF, append(u16s(version, kind, 0x0DBB, 0x07CC), make([]byte, 8)...))
}

func (b biffBook) stream() []byte {
	var texts []string
	index := map[string]uint32{}
	var cells bytes.Buffer
	for i, r := range b.rows {
		for j, v := range r {
			head := u16s(uint16(i), uint16(j), 0)
			switch v := v.(type) {
			case num:
				f, err := strconv.ParseFloat(string(v), 64)
				if err != nil {
					panic(err)
				}
				if f == math.Trunc(f) && math.Abs(f) < 1<<28 {
					cells.Write(record(recRK, binary.LittleEndian.AppendUint32(head, uint32(int32(f)<<2|2))))
				} else {
					cells.Write(record(recNumber, binary.LittleEndian.AppendUint64(head, math.Float64bits(f))))
				}
			case string:
				if v == "" {
					continue
				}
				if _, have := index[v]; !have {
					index[v] = uint32(len(texts))
					texts = append(texts, v)
				}
				cells.Write(record(recLabelSST, binary.LittleEndian.AppendUint32(head, index[v])))
			}
		}
	}
	globals := bof(bofGlobals, b.is5)
	if b.pass {
		globals = append(globals, record(recFilePass, make([]byte, 6))...)
	}
	name := append([]byte{byte(len(b.sheet)), 0}, b.sheet...)
	shared := b.sst(texts)
	eof := record(recEOF, nil)
	offset := len(globals) + 4 + 6 + len(name) + len(shared) + len(eof)
	globals = append(globals, record(recBoundSheet, append(binary.LittleEndian.AppendUint32(nil, uint32(offset)), append([]byte{0, 0}, name...)...))...)
	globals = append(append(globals, shared...), eof...)
	sheet := append(bof(bofSheet, b.is5), cells.Bytes()...)
	sheet = append(append(sheet, b.extra...), eof...)
	return append(globals, sheet...)
}

// sst writes the shared texts; a text that crosses the split goes on in a CONTINUE record
// with its own width byte.
func (b biffBook) sst(texts []string) []byte {
	var out []byte
	id := uint16(recSST)
	cur := binary.LittleEndian.AppendUint32(nil, uint32(len(texts)))
	cur = binary.LittleEndian.AppendUint32(cur, uint32(len(texts)))
	flush := func() {
		out = append(out, record(id, cur)...)
		id, cur = recContinue, nil
	}
	for _, t := range texts {
		units := utf16.Encode([]rune(t))
		if len(cur)+5 > b.split {
			flush()
		}
		cur = append(cur, u16s(uint16(len(units)))...)
		cur = append(cur, flagWide)
		for _, u := range units {
			if len(cur)+2 > b.split {
				flush()
				cur = append(cur, flagWide)
			}
			cur = append(cur, u16s(u)...)
		}
	}
	flush()
	return out
}

// xlsFile packs a workbook stream into a compound file.
func xlsFile(b biffBook) []byte { return compoundFile("Workbook", b.stream()) }

func compoundFile(name string, stream []byte) []byte {
	const sector = 512
	for len(stream) < 4096 || len(stream)%sector != 0 {
		stream = append(stream, 0)
	}
	n := len(stream) / sector
	fats := 1
	for (n+1+fats)*4 > fats*sector {
		fats++
	}
	// sectors: FATs, directory, stream
	fat := make([]byte, fats*sector)
	for i := range fat {
		fat[i] = 0xFF
	}
	put := func(i int, v uint32) { binary.LittleEndian.PutUint32(fat[4*i:], v) }
	for i := range fats {
		put(i, 0xFFFFFFFD)
	}
	put(fats, 0xFFFFFFFE)
	for i := range n {
		put(fats+1+i, uint32(fats+2+i))
	}
	put(fats+n, 0xFFFFFFFE)

	header := make([]byte, sector)
	copy(header, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
	binary.LittleEndian.PutUint16(header[24:], 0x3E)
	binary.LittleEndian.PutUint16(header[26:], 3)
	binary.LittleEndian.PutUint16(header[28:], 0xFFFE)
	binary.LittleEndian.PutUint16(header[30:], 9)
	binary.LittleEndian.PutUint16(header[32:], 6)
	binary.LittleEndian.PutUint32(header[44:], uint32(fats))
	binary.LittleEndian.PutUint32(header[48:], uint32(fats))
	binary.LittleEndian.PutUint32(header[56:], 4096)
	binary.LittleEndian.PutUint32(header[60:], 0xFFFFFFFE)
	binary.LittleEndian.PutUint32(header[68:], 0xFFFFFFFE)
	for i := range cfbInHeader {
		v := uint32(0xFFFFFFFF)
		if i < fats {
			v = uint32(i)
		}
		binary.LittleEndian.PutUint32(header[76+4*i:], v)
	}
	directory := make([]byte, sector)
	entry := func(at int, name string, kind byte, start uint32, size int) {
		for i, u := range utf16.Encode([]rune(name)) {
			binary.LittleEndian.PutUint16(directory[at+2*i:], u)
		}
		binary.LittleEndian.PutUint16(directory[at+64:], uint16(2*len(name)+2))
		directory[at+66] = kind
		for _, link := range []int{68, 72, 76} {
			binary.LittleEndian.PutUint32(directory[at+link:], 0xFFFFFFFF)
		}
		binary.LittleEndian.PutUint32(directory[at+116:], start)
		binary.LittleEndian.PutUint32(directory[at+120:], uint32(size))
	}
	entry(0, "Root Entry", cfbRoot, 0xFFFFFFFE, 0)
	binary.LittleEndian.PutUint32(directory[76:], 1)
	entry(cfbDirEntry, name, cfbStream, uint32(fats+1), len(stream))
	return bytes.Join([][]byte{header, fat, directory, stream}, nil)
}
