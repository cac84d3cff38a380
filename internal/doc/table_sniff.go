package doc

import (
	"bytes"
	"encoding/binary"
	"io"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/sen-platform/sen/internal/vn"
)

const saveAsXLSX = "Mở bằng Excel, chọn Lưu thành (Save As), kiểu Excel Workbook (.xlsx), rồi gửi tệp mới"

// sniff looks at the first bytes, for names lie: an .xls may be HTML or CSV.
func (t *Table) sniff() error {
	head := make([]byte, min(t.in.size, 64<<10))
	if _, err := io.ReadFull(io.NewSectionReader(t.in.src, 0, int64(len(head))), head); err != nil {
		return t.in.fail("", "không đọc được tệp", "Gửi lại tệp", err)
	}
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		t.Format = FormatXLSX
		return t.openXLSX()
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		if encrypted(t.in.src, head) {
			return t.in.fail("", "tệp có mật khẩu mở", "Mở bằng Excel, bỏ mật khẩu, lưu lại dưới dạng .xlsx rồi gửi tệp mới", nil)
		}
		return t.oldExcel()
	case len(head) > 4 && head[0] == 9 && (head[1] == 0 || head[1] == 2 || head[1] == 4 || head[1] == 8) && head[3] == 0:
		return t.oldExcel()
	}
	for magic, what := range map[string]string{
		"%PDF":               "tệp PDF",
		"\x89PNG":            "một tấm ảnh",
		"\xff\xd8\xff":       "một tấm ảnh",
		"GIF8":               "một tấm ảnh",
		"{\\rtf":             "văn bản RTF",
		"Rar!":               "tệp nén RAR",
		"7z\xbc\xaf\x27\x1c": "tệp nén 7z",
		"MIME-Version:":      "trang web lưu trữ (MHTML)",
	} {
		if bytes.HasPrefix(head, []byte(magic)) {
			return t.in.fail("", "đây là "+what+", không phải bảng tính", "Gửi tệp .xlsx hoặc .csv; trong Excel chọn Lưu thành, kiểu .xlsx", nil)
		}
	}
	return t.sniffText(head)
}

func (t *Table) oldExcel() error {
	return t.in.fail("", "tệp có định dạng Excel 97-2003 (.xls) cũ", "Lưu lại dưới dạng .xlsx: "+strings.ToLower(saveAsXLSX[:1])+saveAsXLSX[1:], nil)
}

// sniffText tells web pages and other mark-up from separated values.
func (t *Table) sniffText(head []byte) error {
	start := strings.ToLower(strings.TrimSpace(strings.TrimPrefix(asciiView(head), "\ufeff")))
	if !strings.HasPrefix(start, "<") {
		t.Format = FormatCSV
		return t.openCSV()
	}
	switch {
	case strings.Contains(start, "urn:schemas-microsoft-com:office:spreadsheet") && !strings.Contains(start, "<html"):
		return t.in.fail("", "tệp có định dạng XML Spreadsheet 2003", saveAsXLSX, nil)
	case strings.Contains(start, "urn:oasis:names:tc:opendocument"):
		return t.in.fail("", "tệp có định dạng OpenDocument (.fods)", "Lưu lại dưới dạng .xlsx rồi gửi tệp mới", nil)
	case strings.Contains(start, "<table"), strings.Contains(start, "<html"), strings.Contains(start, "<!doctype html"),
		strings.Contains(start, "<body"), strings.Contains(start, "<tr"):
		t.Format = FormatHTML
		return t.openHTML()
	}
	return t.in.fail("", "đây là tệp XML, không phải bảng tính", "Gửi tệp .xlsx hoặc .csv", nil)
}

// asciiView is enough of a text to recognise mark-up in, also when it is UTF-16.
func asciiView(b []byte) string {
	if len(b) >= 2 {
		var order binary.ByteOrder
		switch {
		case b[0] == 0xff && b[1] == 0xfe, b[0] != 0 && b[1] == 0:
			order = binary.LittleEndian
		case b[0] == 0xfe && b[1] == 0xff, b[0] == 0 && b[1] != 0:
			order = binary.BigEndian
		}
		if order != nil {
			units := make([]uint16, len(b)/2)
			for i := range units {
				units[i] = order.Uint16(b[2*i:])
			}
			return string(utf16.Decode(units))
		}
	}
	return string(b)
}

// encrypted tells whether a compound file is an XLSX under a password: then its directory
// names a stream EncryptedPackage (MS-OFFCRYPTO, section 2.3.4.4).
func encrypted(src io.ReaderAt, head []byte) bool {
	if len(head) < 512 {
		return false
	}
	sector := int64(1) << min(binary.LittleEndian.Uint16(head[30:]), 12)
	directory := make([]byte, 4096)
	n, _ := src.ReadAt(directory, (int64(binary.LittleEndian.Uint32(head[48:]))+1)*sector)
	var name []byte
	for _, c := range []byte("EncryptedPackage") {
		name = append(name, c, 0)
	}
	return bytes.Contains(directory[:n], name)
}

// maxLegacyText is the largest text file in an old encoding: those are read whole.
const maxLegacyText = 16 << 20

// text returns a function that reads the file from its start as UTF-8 without byte order
// mark. UTF-8 is streamed; anything else is decoded once and held.
func (in input) text() (func() io.Reader, error) {
	ok, err := in.isUTF8()
	if err != nil {
		return nil, in.fail("", "không đọc được tệp", "Gửi lại tệp", err)
	}
	if ok {
		return func() io.Reader {
			r := io.NewSectionReader(in.src, 0, in.size)
			bom := make([]byte, 3)
			if n, _ := io.ReadFull(r, bom); n < 3 || string(bom) != "\ufeff" {
				_, _ = r.Seek(0, io.SeekStart)
			}
			return r
		}, nil
	}
	if in.size > maxLegacyText {
		return nil, in.fail("", "tệp chữ dùng bảng mã cũ và nặng hơn "+megabytes(maxLegacyText),
			"Mở bằng Excel, lưu lại dạng .xlsx hoặc “CSV UTF-8”", nil)
	}
	raw := make([]byte, in.size)
	if _, err := io.ReadFull(io.NewSectionReader(in.src, 0, in.size), raw); err != nil {
		return nil, in.fail("", "không đọc được tệp", "Gửi lại tệp", err)
	}
	decoded, err := vn.DecodeText(raw)
	if err != nil {
		return nil, in.fail("", err.Error(), "", err)
	}
	return func() io.Reader { return strings.NewReader(decoded) }, nil
}

// isUTF8 reads the file once: valid UTF-8 without zero bytes.
func (in input) isUTF8() (bool, error) {
	r := io.NewSectionReader(in.src, 0, in.size)
	buf := make([]byte, 64<<10)
	kept := 0
	for {
		n, err := r.Read(buf[kept:])
		b := buf[:kept+n]
		if bytes.IndexByte(b, 0) >= 0 {
			return false, nil
		}
		end := len(b)
		if err == nil { // a character may be cut at the end of the buffer
			for i := 1; i <= min(3, len(b)); i++ {
				if c := b[len(b)-i]; utf8.RuneStart(c) {
					if !utf8.FullRune(b[len(b)-i:]) {
						end = len(b) - i
					}
					break
				}
			}
		}
		if !utf8.Valid(b[:end]) {
			return false, nil
		}
		kept = copy(buf, b[end:])
		if err == io.EOF {
			return true, nil
		}
		if err != nil {
			return false, err
		}
	}
}

// cellText is text from a cell: NFC, line ends as \n, every other white space a plain space, no
// invisible characters, nothing white around it.
func cellText(s string) string {
	plain := true
	for i := range len(s) {
		if s[i] <= ' ' || s[i] >= 0x7f {
			plain = false
			break
		}
	}
	if plain {
		return s
	}
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\ufffd"), "\r\n", "\n")
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\r':
			return '\n'
		case unicode.IsSpace(r):
			return ' '
		case invisible(r):
			return -1
		}
		return r
	}, s)
	return vn.NFC(strings.TrimSpace(s))
}
