package passbook

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"github.com/sen-platform/sen/internal/vn"
)

// DecodeText is vn.DecodeText for files that must be read even when their text is damaged,
// because the money in them is plain ASCII: where vn.DecodeText refuses, UTF-8 is kept, other
// bytes are taken as windows-1252 and zero bytes dropped; repaired is then true and the
// caller reports it. Only damaged UTF-16 and UTF-32 remain an error.
func DecodeText(b []byte) (text string, repaired bool, err error) {
	text, err = vn.DecodeText(b)
	if err == nil {
		return text, false, nil
	}
	if bytes.HasPrefix(b, []byte{0xff, 0xfe}) || bytes.HasPrefix(b, []byte{0xfe, 0xff}) || bytes.HasPrefix(b, []byte{0, 0, 0xfe, 0xff}) {
		return "", false, Errorf(Malformed, "%s.", upperFirst(err.Error())).Because(err)
	}
	var out strings.Builder
	out.Grow(len(b) + len(b)/8)
	for len(b) > 0 {
		r, size := utf8.DecodeRune(b)
		if r == utf8.RuneError && size == 1 {
			r = charmap.Windows1252.DecodeByte(b[0])
		}
		if r != 0 {
			out.WriteRune(r)
		}
		b = b[size:]
	}
	return vn.NFC(out.String()), true, nil
}

// RepairedText is the problem to report after a repair.
func RepairedText() Problem {
	return Problem{
		Code: CodeRepaired, Severity: Warning,
		Message: "Tệp có ký tự không đúng bảng mã; chữ có dấu trong nội dung có thể sai. Số tiền không bị ảnh hưởng.",
	}
}

func upperFirst(s string) string {
	r, size := utf8.DecodeRuneInString(s)
	return strings.ToUpper(string(r)) + s[size:]
}
