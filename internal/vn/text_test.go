package vn

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"":                             "",
		"Nguyen Van A":                 "Nguyen Van A",
		"  Nguyễn \u00a0Minh\t\nKhôi ": "Nguyễn Minh Khôi",
		norm.NFD.String("Nguyễn"):      "Nguyễn",
		"Ngu\u200byễn\ufeff":           "Nguyễn",
		"\u00adLớp\u20603B\u202e":      "Lớp3B",
		"a\x00b\x1bc\x7f":              "abc",
		"Lớp\u20033B\u3000":            "Lớp 3B",
		"a  b":                         "a b",
		" a":                           "a",
		"a ":                           "a",
		"\u200b":                       "",
		"hỏng \xff":                    "hỏng \ufffd",
	} {
		if got := Clean(in); got != want {
			t.Errorf("Clean(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestFoldAndMemo(t *testing.T) {
	for _, c := range []struct{ in, fold, memo string }{
		{"", "", ""},
		{"Nguyễn ĐÌNH  Khôi", "nguyen dinh khoi", "NGUYEN DINH KHOI"},
		{norm.NFD.String("Nguyễn Đình Khôi"), "nguyen dinh khoi", "NGUYEN DINH KHOI"},
		{"học phí tháng 9", "hoc phi thang 9", "HOC PHI THANG 9"},
		{"HP-K7G3 – lớp 3/2\u00a0#A_b.", "hp-k7g3 – lop 3/2 #a_b.", "HPK7G3 LOP 32 AB"},
		{"ĂÂÊÔƠƯĐ ăâêôơưđ", "aaeooud aaeooud", "AAEOOUD AAEOOUD"},
		{"ＬỚＰ ３Ｂ", "lop 3b", "LOP 3B"},
		{"Côi\u200b Y?", "coi y?", "COI Y"},
		{"\n ! \n", "!", ""},
	} {
		if got := Fold(c.in); got != c.fold {
			t.Errorf("Fold(%q) = %q, want %q", c.in, got, c.fold)
		}
		if got := Memo(c.in); got != c.memo {
			t.Errorf("Memo(%q) = %q, want %q", c.in, got, c.memo)
		}
	}
}

// anyText draws what people and programs produce: Vietnamese, decomposed, odd spaces, noise.
func anyText() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		var b strings.Builder
		for range rapid.IntRange(0, 8).Draw(t, "pieces") {
			piece := rapid.OneOf(
				rapid.SampledFrom([]string{"Nguyễn", "ĐỖ", "đường", "Ỷ", "10A", " ", "\u00a0", "\u200b", "\t\r\n", "ﬁ", "½", "İ", "ǅ", "\xff", "\u0301", "𝐀", "K"}),
				rapid.StringN(0, 6, -1),
			).Draw(t, "piece")
			if rapid.Bool().Draw(t, "decomposed") {
				piece = norm.NFD.String(piece)
			}
			b.WriteString(piece)
		}
		return b.String()
	})
}

func TestTextProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anyText().Draw(t, "s")
		for name, f := range map[string]func(string) string{"Clean": Clean, "Fold": Fold, "Memo": Memo, "NFC": NFC} {
			once := f(s)
			if twice := f(once); twice != once {
				t.Fatalf("%s(%q) = %q, again %q", name, s, once, twice)
			}
			if name == "NFC" {
				continue
			}
			if f(norm.NFD.String(s)) != once || f(NFC(s)) != once {
				t.Fatalf("%s differs between the forms of %q", name, s)
			}
			if !utf8.ValidString(once) || once != strings.TrimSpace(once) || strings.Contains(once, "  ") {
				t.Fatalf("%s(%q) = %q", name, s, once)
			}
		}
		if !norm.NFC.IsNormalString(Clean(s)) {
			t.Fatalf("Clean(%q) is not NFC", s)
		}
		if memo := Memo(s); strings.Trim(memo, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ") != "" {
			t.Fatalf("Memo(%q) = %q", s, memo)
		}
		if Fold(Clean(s)) != Fold(s) {
			t.Fatalf("cleaning changes how %q folds: %q, %q", s, Fold(Clean(s)), Fold(s))
		}
	})
}

func TestTokens(t *testing.T) {
	for in, want := range map[string][]string{
		"":                            {},
		" - ":                         {},
		"Nguyễn Thị Minh-Khai (3B)":   {"nguyen", "thi", "minh", "khai", "3b"},
		"TRAN THI B.nop,hoc phi  T9!": {"tran", "thi", "b", "nop", "hoc", "phi", "t9"},
	} {
		if diff := cmp.Diff(want, Tokens(in)); diff != "" {
			t.Errorf("Tokens(%q) (-want +got):\n%s", in, diff)
		}
	}
}

func TestMask(t *testing.T) {
	for in, want := range map[string]string{
		"":                          "",
		"Khôi":                      "Khôi",
		"Nguyễn Minh Khôi":          "N. M. Khôi",
		"  đỗ  ánh\u00a0tuyết ":     "Đ. Á. tuyết",
		norm.NFD.String("Ân Ỷ Lan"): "Â. Ỷ. Lan",
		"TÔN NỮ THỊ NINH":           "T. N. T. NINH",
		"Công Tằng Tôn Nữ Hoàng Thị Thanh An": "C. T. T. N. H. T. T. An",
	} {
		if got := Mask(in); got != want {
			t.Errorf("Mask(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestPhone(t *testing.T) {
	for in, want := range map[string]string{
		"0912345678":          "0912345678",
		"+84912345678":        "0912345678",
		"+84 (0) 912 345 678": "0912345678",
		"84912345678":         "0912345678",
		"840912345678":        "0912345678",
		"0084912345678":       "0912345678",
		"912345678":           "0912345678", // a spreadsheet has eaten the zero
		"841234567":           "0841234567", // begins like the country code, but is nine digits long
		"0912.345.678":        "0912345678",
		"0912-345-678":        "0912345678",
		" 0912 345\u00a0678 ": "0912345678",
		"\u200b0912345678":    "0912345678",
		"0321234567":          "0321234567",
		"0561234567":          "0561234567",
		"0701234567":          "0701234567",
		"0861234567":          "0861234567",
		"01681234567":         "0381234567",
		"+841681234567":       "0381234567",
		"1681234567":          "0381234567",
		"01201234567":         "0701234567",
		"02439740000":         "02439740000",
		"(024) 3974 0000":     "02439740000",
		"+84 24 3974 0000":    "02439740000",
		"0203123456":          "0203123456",
	} {
		got, err := Phone(in)
		if err != nil || got != want {
			t.Errorf("Phone(%q) = %q, %v; want %q", in, got, err, want)
		}
		if again, err := Phone(got); err != nil || again != got {
			t.Errorf("Phone(%q) = %q, %v", got, again, err)
		}
	}
	for _, in := range []string{
		"", "0", "113", "19001234", "18001234", "091234567", "09123456789", "0112345678", "0412345678", "0612345678",
		"01301234567", "0912345678a", "09123+45678", "+1 202 555 0100", "+8491234567", "không có", "0912345678/0987654321", "０９１２３４５６７８",
	} {
		if got, err := Phone(in); err == nil {
			t.Errorf("Phone(%q) = %q", in, got)
		}
	}
}
