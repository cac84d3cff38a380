package vn

import (
	"encoding/binary"
	"errors"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

const sampleText = "STT;Họ và tên;Lớp;Số tiền\r\n1;Nguyễn Thị Ánh Tuyết;3B;1.250.000 ₫\r\n2;Đỗ Quang Huỳnh;3B;465.000\r\n"

func encodeUTF16(s string, order binary.AppendByteOrder) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = order.AppendUint16(b, u)
	}
	return b
}

// encode1258 writes tone marks after the letter as the code page wants them: shapes stay with
// their letter, tones are combining.
func encode1258(t testing.TB, s string) []byte {
	t.Helper()
	var out []byte
	for _, r := range s {
		if b, ok := charmap.Windows1258.EncodeRune(r); ok {
			out = append(out, b)
			continue
		}
		marks := norm.NFD.String(string(r))
		base, tone := []rune{}, []rune{}
		for _, m := range marks {
			if strings.ContainsRune(toneMarks, m) {
				tone = append(tone, m)
			} else {
				base = append(base, m)
			}
		}
		for _, m := range append([]rune(norm.NFC.String(string(base))), tone...) {
			b, ok := charmap.Windows1258.EncodeRune(m)
			if !ok {
				t.Fatalf("%q has no windows-1258 byte for %q", r, m)
			}
			out = append(out, b)
		}
	}
	return out
}

func TestDecodeText(t *testing.T) {
	for _, c := range []struct {
		name string
		in   []byte
		want string
	}{
		{"empty", nil, ""},
		{"ASCII", []byte("Ho va ten\n"), "Ho va ten\n"},
		{"UTF-8", []byte(sampleText), sampleText},
		{"UTF-8 with mark", []byte("\ufeff" + sampleText), sampleText},
		{"UTF-8 decomposed", []byte(norm.NFD.String(sampleText)), sampleText},
		{"UTF-16LE with mark", append([]byte{0xff, 0xfe}, encodeUTF16(sampleText, binary.LittleEndian)...), sampleText},
		{"UTF-16BE with mark", append([]byte{0xfe, 0xff}, encodeUTF16(sampleText, binary.BigEndian)...), sampleText},
		{"UTF-16LE without mark", encodeUTF16(sampleText, binary.LittleEndian), sampleText},
		{"UTF-16BE without mark", encodeUTF16(sampleText, binary.BigEndian), sampleText},
		{"windows-1258", encode1258(t, sampleText), sampleText},
		{"windows-1258, few words", encode1258(t, "Họ tên: Lê Văn Tám"), "Họ tên: Lê Văn Tám"},
		{"TCVN3", []byte("C\xe9ng h\xdfa x\xb7 h\xe9i ch\xf1 ngh\xdca Vi\xd6t Nam"), "Cộng hòa xã hội chủ nghĩa Việt Nam"},
		{"TCVN3 names", []byte("Nguy\xd4n Th\xde \xb8nh Tuy\xd5t;\xa7\xe7 Quang Hu\xfanh"), "Nguyễn Thị ánh Tuyết;Đỗ Quang Huỳnh"},
		{"TCVN3 capital font", []byte("NGUY\xd4N TH\xde HO\xb5"), "NGUYỄN THỊ HOÀ"},
		{"euro sign and quotes", encode1258(t, "“Trường” – 5 €, Nguyễn"), "“Trường” – 5 €, Nguyễn"},
	} {
		got, err := DecodeText(c.in)
		if err != nil || got != c.want {
			t.Errorf("%s: %q, %v; want %q", c.name, got, err, c.want)
		}
	}
}

func TestDecodeTextRefuses(t *testing.T) {
	for _, c := range []struct {
		name string
		in   []byte
		says string
	}{
		{"UTF-32", []byte{0xff, 0xfe, 0, 0, 'A', 0, 0, 0}, "UTF-32"},
		{"odd UTF-16", []byte{0xff, 0xfe, 'A', 0, 'B'}, "bị cắt"},
		{"half a surrogate pair", []byte{0xff, 0xfe, 0x00, 0xd8, 'A', 0}, "thứ 1"},
		{"binary", []byte{0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, 0, 0, 0, 0, 0, 0}, "byte 0"},
		{"broken UTF-8 in line 2", []byte("Họ và tên, lớp\nĐỗ Quang \xe1\xbb Hải"), "dòng 2"},
		{"marked but not UTF-8", []byte("\ufeffA\xff"), "dòng 1"},
		{"Shift-JIS", []byte("\x83\x65\x83\x58\x83\x67\x82\xcc\x93\xfa\x96\x7b\x8c\xea"), "bảng mã lạ"},
		{"VNI fonts", []byte("Nguye\xe3n Th\xf2 A\xf9nh Tuye\xe1t, Tr\xf6\xf4\xf8ng tie\xe5u ho\xefc Hoa Sen"), "bảng mã lạ"},
	} {
		got, err := DecodeText(c.in)
		if !errors.Is(err, ErrEncoding) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %q, %v; want an error that says %q", c.name, got, err, c.says)
		}
	}
}

// TestTCVN3Table: the 134 letters with marks of Vietnamese less the 60 capitals with tones that
// the encoding lacks, each once.
func TestTCVN3Table(t *testing.T) {
	seen := map[rune]bool{}
	for b := 0xa1; b < 0x100; b++ {
		r := tcvn3[b]
		if r == utf8.RuneError {
			continue
		}
		if seen[r] || norm.NFC.String(string(r)) != string(r) || norm.NFD.String(string(r)) == string(r) && r != 'đ' && r != 'Đ' {
			t.Errorf("byte %x is %q", b, r)
		}
		seen[r] = true
	}
	if len(seen) != 74 {
		t.Errorf("%d letters, want 74", len(seen))
	}
}

func FuzzDecodeText(f *testing.F) {
	f.Add([]byte(sampleText))
	f.Add(encode1258(f, sampleText))
	f.Add([]byte("NGUY\xd4N TH\xde HO\xb5"))
	f.Add(encodeUTF16(sampleText, binary.LittleEndian))
	f.Add(encodeUTF16(sampleText, binary.BigEndian))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := DecodeText(b)
		if err != nil {
			if !errors.Is(err, ErrEncoding) {
				t.Fatalf("error of no kind: %v", err)
			}
			return
		}
		if !utf8.ValidString(s) || !norm.NFC.IsNormalString(s) {
			t.Fatalf("%q became %q, which is not NFC text", b, s)
		}
		if again, err := DecodeText([]byte(s)); err != nil || again != strings.TrimPrefix(s, "\ufeff") {
			t.Fatalf("%q decoded again is %q, %v", s, again, err)
		}
	})
}
