package doc

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"errors"
	"hash"
	"hash/crc32"
	"io"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
)

// look is what tells one cell's style from another's.
type look struct {
	kind               Kind
	bold, top          bool // a sum
	head, title, plain bool
}

// style registers a look once and returns its number.
func (w *Workbook) style(l look) int {
	if id, ok := w.styles[l]; ok {
		return id
	}
	id, err := w.f.NewStyle(l.excel())
	if err != nil && w.err == nil {
		w.err = err
	}
	w.styles[l] = id
	return id
}

func (l look) excel() *excelize.Style {
	s := &excelize.Style{
		Font:      &excelize.Font{Family: "Arial", Size: 10, Bold: l.bold || l.head},
		Alignment: &excelize.Alignment{Vertical: "top", WrapText: l.kind == Text && !l.title && !l.plain},
	}
	switch {
	case l.title:
		s.Font.Size, s.Font.Bold = 14, true
	case l.head:
		s.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"EFECE6"}}
		s.Border = []excelize.Border{{Type: "bottom", Style: 1, Color: "1A2228"}}
		s.Alignment = &excelize.Alignment{Vertical: "center", WrapText: true}
	case l.top:
		s.Border = []excelize.Border{{Type: "top", Style: 1, Color: "1A2228"}}
	}
	if l.kind != Text {
		s.Alignment.Horizontal = "right"
	}
	if l.title || l.head || l.plain {
		s.NumFmt = 49
		return s
	}
	format := ""
	switch l.kind {
	case Money, Count:
		s.NumFmt = 3 // #,##0
	case Date:
		format = "dd/mm/yyyy"
	case Instant:
		format = "dd/mm/yyyy hh:mm"
	case Percent:
		format = "0.0%"
	default:
		s.NumFmt = 49 // @
	}
	if format != "" {
		s.CustomNumFmt = &format
	}
	return s
}

// sortedZip is the ZIP writer of a workbook. The library writes the sheets in the order of a
// map; this one keeps the compressed parts until Close and writes them by name, the content
// types first as other programs expect, so that equal input gives equal bytes.
type sortedZip struct {
	out   io.Writer
	parts []*zipPart
}

type zipPart struct {
	name string
	data bytes.Buffer
	def  *flate.Writer
	sum  hash.Hash32
	size uint64
}

func newSortedZip(out io.Writer) *sortedZip { return &sortedZip{out: out} }

// Create ends the part before and starts the next.
func (z *sortedZip) Create(name string) (io.Writer, error) {
	if err := z.endPart(); err != nil {
		return nil, err
	}
	p := &zipPart{name: name, sum: crc32.NewIEEE()}
	var err error
	if p.def, err = flate.NewWriter(&p.data, flate.DefaultCompression); err != nil {
		return nil, err
	}
	z.parts = append(z.parts, p)
	return p, nil
}

func (p *zipPart) Write(b []byte) (int, error) {
	p.sum.Write(b)
	p.size += uint64(len(b))
	return p.def.Write(b)
}

func (z *sortedZip) endPart() error {
	if len(z.parts) == 0 {
		return nil
	}
	p := z.parts[len(z.parts)-1]
	if p.def == nil {
		return nil
	}
	err := p.def.Close()
	p.def = nil
	return err
}

// AddFS belongs to the interface of the library, which calls it only for macro projects.
func (z *sortedZip) AddFS(fs.FS) error { return errors.ErrUnsupported }

// Close writes the archive.
func (z *sortedZip) Close() error {
	if err := z.endPart(); err != nil {
		return err
	}
	const first = "[Content_Types].xml"
	slices.SortFunc(z.parts, func(a, b *zipPart) int {
		if (a.name == first) != (b.name == first) {
			if a.name == first {
				return -1
			}
			return 1
		}
		return strings.Compare(a.name, b.name)
	})
	zw := zip.NewWriter(z.out)
	for _, p := range z.parts {
		h := &zip.FileHeader{
			Name: p.name, Method: zip.Deflate, CRC32: p.sum.Sum32(),
			UncompressedSize64: p.size, CompressedSize64: uint64(p.data.Len()),
		}
		h.Modified = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC) // the zero of ZIP
		w, err := zw.CreateRaw(h)
		if err != nil {
			return err
		}
		if _, err := w.Write(p.data.Bytes()); err != nil {
			return err
		}
	}
	return zw.Close()
}
