package doc

import (
	"maps"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

func TestFontsHoldVietnamese(t *testing.T) {
	regular, bold := regularFace(), boldFace()
	keys := func(f face) map[rune]bool {
		m := map[rune]bool{}
		for r := range f {
			m[r] = true
		}
		return m
	}
	if !maps.Equal(keys(regular), keys(bold)) {
		t.Error("the two weights hold different characters")
	}
	for _, base := range "aăâeêioôơuưyAĂÂEÊIOÔƠUƯY" {
		for _, mark := range []string{"", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"} {
			for _, r := range norm.NFC.String(string(base) + mark) {
				if regular[r] == 0 {
					t.Errorf("no %q", r)
				}
			}
		}
	}
	for _, r := range "đĐ₫−×•…–“”’0123456789\u00a0" {
		if regular[r] == 0 {
			t.Errorf("no %q", r)
		}
	}
	if regular['1'] != regular['8'] || bold['1'] != bold['8'] {
		t.Error("digits have different widths, columns of money would not align")
	}
	if boldFace()['W'] <= regularFace()['W'] || regular['W'] <= regular['i'] {
		t.Error("widths are not those of a proportional face")
	}
}

// Whatever the text: every line fits, and no character is lost or added but spaces.
func TestWrap(t *testing.T) {
	s := style{pt: 9}
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.StringOf(rapid.SampledFrom([]rune("aWđệ₫ \u00a0\n.1李"))).Draw(rt, "text")
		w := rapid.Float64Range(5, 60).Draw(rt, "width")
		lines := wrap(s, text, w)
		for _, l := range lines {
			if s.width(l) > w {
				rt.Fatalf("%q is %.1f wide, room %.1f", l, s.width(l), w)
			}
		}
		strip := func(s string) string { return strings.ReplaceAll(s, " ", "") }
		if got, want := strip(strings.Join(lines, "")), strip(printable(text)); got != want {
			rt.Fatalf("got %q, want %q", got, want)
		}
	})
}

func TestGroupDigits(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "1": "1", "12": "12", "123": "123", "1234": "1234", "12345": "12 345",
		"6800112233": "6800 112 233", "19001234567890": "19 001 234 567 890", "VA00123": "VA00123",
	} {
		if got := strings.ReplaceAll(groupDigits(in), nbsp, " "); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
