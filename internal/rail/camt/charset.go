package camt

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// errCharset is the cause of an Error for a character set we do not read.
var errCharset = errors.New("camt: unknown character set")

// charsets are the declared encodings that are read. Names that mean UTF-8 or UTF-16 need no
// conversion when the decoder asks: the byte order was settled before it started.
var charsets = map[string]encoding.Encoding{
	"utf-8": nil, "utf8": nil, "us-ascii": nil, "ascii": nil,
	"utf-16": nil, "utf-16le": nil, "utf-16be": nil,
	"iso-8859-1": charmap.ISO8859_1, "latin1": charmap.ISO8859_1,
	"iso-8859-15":  charmap.ISO8859_15,
	"windows-1252": charmap.Windows1252, "cp1252": charmap.Windows1252,
	"windows-1258": charmap.Windows1258, "cp1258": charmap.Windows1258,
}

// charsetReader is what encoding/xml calls for a declared encoding other than UTF-8.
func charsetReader(label string, input io.Reader) (io.Reader, error) {
	enc, known := charsets[strings.ToLower(strings.TrimSpace(label))]
	switch {
	case !known:
		return nil, fmt.Errorf("%w: %.40q", errCharset, label)
	case enc == nil:
		return input, nil
	}
	return enc.NewDecoder().Reader(input), nil
}

// utf16Aware turns UTF-16, told by its byte order mark or by the shape of "<?", into UTF-8,
// and drops a UTF-8 mark. Other bytes pass unchanged; wide tells which it was.
func utf16Aware(r *bufio.Reader) (out io.Reader, wide bool) {
	head, _ := r.Peek(4)
	var enc encoding.Encoding
	switch {
	case len(head) >= 2 && head[0] == 0xFF && head[1] == 0xFE:
		enc = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	case len(head) >= 2 && head[0] == 0xFE && head[1] == 0xFF:
		enc = unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
	case len(head) >= 4 && head[0] == '<' && head[1] == 0 && head[3] == 0:
		enc = unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	case len(head) >= 4 && head[0] == 0 && head[1] == '<' && head[2] == 0:
		enc = unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	case len(head) >= 3 && head[0] == 0xEF && head[1] == 0xBB && head[2] == 0xBF:
		_, _ = r.Discard(3) // three bytes were just seen, so this cannot fail
		return r, false
	default:
		return r, false
	}
	return transform.NewReader(r, enc.NewDecoder()), true
}

// repairer makes any bytes legal UTF-8 for XML: control characters become spaces, and a byte
// that is no UTF-8 is taken as windows-1252, because files that say UTF-8 and are not were
// written so by some bank programs. Repairs are counted; the reader of the file reports them.
type repairer struct {
	r       *bufio.Reader
	repairs int
	pending []byte
}

func newRepairer(r io.Reader) *repairer {
	return &repairer{r: bufio.NewReaderSize(r, 32<<10)}
}

func (c *repairer) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		if len(c.pending) > 0 {
			m := copy(p[n:], c.pending)
			c.pending = c.pending[m:]
			n += m
			continue
		}
		// Plain ASCII is most of every file: copy runs of it at once.
		if buffered := c.r.Buffered(); buffered > 0 {
			chunk, _ := c.r.Peek(min(buffered, len(p)-n))
			m := 0
			for m < len(chunk) && plain(chunk[m]) {
				m++
			}
			if m > 0 {
				n += copy(p[n:], chunk[:m])
				_, _ = c.r.Discard(m) // m bytes are buffered
				continue
			}
		}
		r, size, err := c.r.ReadRune()
		if err != nil {
			if n > 0 {
				return n, nil
			}
			return 0, err
		}
		c.pending = c.legal(r, size)
	}
	return n, nil
}

func plain(b byte) bool {
	return b >= 0x20 && b < utf8.RuneSelf || b == '\n' || b == '\r' || b == '\t'
}

func (c *repairer) legal(r rune, size int) []byte {
	switch {
	case r == utf8.RuneError && size == 1:
		c.repairs++
		_ = c.r.UnreadRune() // just read, so it can be unread
		b, _ := c.r.ReadByte()
		r = charmap.Windows1252.DecodeByte(b)
	case r < 0x20 && r != '\n' && r != '\r' && r != '\t', r == 0xFFFE, r == 0xFFFF:
		c.repairs++
		r = ' '
	}
	return utf8.AppendRune(nil, r)
}
