package billcode

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func newExtractor(t testing.TB) *Extractor {
	t.Helper()
	e, err := NewExtractor()
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// TestConformanceMemos reads vn_memos.json from the folder SEN_STATEMENTS.
func TestConformanceMemos(t *testing.T) {
	dir := os.Getenv("SEN_STATEMENTS")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "samples", "bank")
	}
	raw, err := os.ReadFile(filepath.Join(dir, "vn_memos.json"))
	if os.IsNotExist(err) {
		t.Skipf("no vn_memos.json in %s; set SEN_STATEMENTS to the folder of bank samples", dir)
	}
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		LiveCodes map[Code]int64 `json:"live_codes"`
		Cases     []struct {
			Name          string `json:"name"`
			Memo          string `json:"memo"`
			ExpectedExact []Code `json:"expected_exact"`
		} `json:"cases"`
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Cases) == 0 {
		t.Fatal("vn_memos.json holds no cases")
	}
	e := newExtractor(t)
	for _, c := range file.Cases {
		t.Run(c.Name, func(t *testing.T) {
			got := []Code{}
			for _, h := range e.Extract(c.Memo) {
				if _, live := file.LiveCodes[h.Code]; live && h.Kind.IsKey() {
					got = append(got, h.Code)
				}
			}
			if diff := cmp.Diff(c.ExpectedExact, got); diff != "" {
				t.Errorf("memo %q (-want +got):\n%s", c.Memo, diff)
			}
		})
	}
}

func TestExtract(t *testing.T) {
	const code, second, hospital = Code("HPK7G3M9X077"), Code("HPCFGHJKMNJN"), Code("VP12345C78CM")
	e := newExtractor(t)
	for _, c := range []struct {
		name, memo string
		want       []Hit
	}{
		{"empty", "", nil},
		{"no code", "NGUYEN VAN A LOP 3B HOC PHI T9", nil},
		{"intact", "HPK7G3M9X077 LOP 3B", []Hit{{code, Exact, 0}}},
		{"lower case", "nop hpk7g3m9x077", []Hit{{code, Exact, 4}}},
		{"spaces and signs", "HP-K7G3M. 9X0_77", []Hit{{code, Exact, 0}}},
		{"glued on both sides", "CHUYENTIENHPK7G3M9X077LOP3B", []Hit{{code, Exact, 10}}},
		{"accents before", "Học phí HPK7G3M9X077", []Hit{{code, Exact, len("Học phí ")}}},
		{"decomposed accents before", "Ho\u0323c phi\u0301 HPK7G3M9X077", []Hit{{code, Exact, len("Ho\u0323c phi\u0301 ")}}},
		{"full-width", "ＨＰＫ７Ｇ３Ｍ９Ｘ０７７", []Hit{{code, Exact, 0}}},
		{"zero-width space inside", "HPK7G3\u200bM9X077", []Hit{{code, Exact, 0}}},
		{"broken bytes", "\xff\xfeHPK7G3M9X077\xff", []Hit{{code, Exact, 2}}},
		{"look-alike letter O", "HPK7G3M9XO77", []Hit{{code, LookAlike, 0}}},
		{"look-alike S B Z I", "HPCFGHJKMNJN VPIZ34SC7BCM", []Hit{{second, Exact, 0}, {hospital, LookAlike, 13}}},
		{"twice is once", "HPK7G3M9X077 HPK7G3M9X077", []Hit{{code, Exact, 0}}},
		{"two bills", "HPCFGHJKMNJN HPK7G3M9X077", []Hit{{second, Exact, 0}, {code, Exact, 13}}},
		{"prefix twice", "HPHPK7G3M9X077", []Hit{{code, Exact, 2}}},
		{"prefix lost", "NOP K7G3M9X077", []Hit{{code, NoPrefix, 4}, {"VPK7G3M9X077", NoPrefix, 4}, {"TPK7G3M9X077", NoPrefix, 4}}},
		{"ten digits are no code", "HP12345678R6 HP0000000000", []Hit{{"HP12345678R6", Exact, 0}}},
		{"account number with a valid check", "CT tu 0000000000000", nil},
		{"body within a longer number", "9K7G3M9X0770 HP", []Hit{}},
		{"two last cut at the end", "CHO CON HPK7G3M9X0", []Hit{{code, Refilled, 8}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := e.Extract(c.memo)
			if len(c.want) == 0 && len(got) == 0 {
				return
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("Extract(%q) (-want +got):\n%s", c.memo, diff)
			}
		})
	}
}

func TestRepairOffersTheTrueCode(t *testing.T) {
	const code = Code("HPK7G3M9X077")
	e := newExtractor(t)
	for _, c := range []struct {
		memo string
		kind Kind
	}{
		{"HPK7H3M9X077 TRAN", Corrected},
		{"HPK7?3M9X077 TRAN", Deleted}, // the mark vanished altogether
		{"HPK7W3M9X077 TRAN", Corrected},
		{"HPK7GM9X077 TRAN", Deleted},
		{"HPK7G3M9X07", Deleted},
		{"HPK7G33M9X077", Inserted},
		{"HPAK7G3M9X077", Inserted},
		{"HPK7G3M9X0", Refilled},
		{"HPK7G3M9X0 CT tu 0010000000001", Refilled},
	} {
		found := false
		for _, h := range e.Repair(c.memo) {
			if h.Kind.IsKey() || h.Kind == NoPrefix {
				t.Errorf("Repair(%q) returned %v", c.memo, h)
			}
			found = found || (h.Code == code && h.Kind == c.kind)
		}
		if !found {
			t.Errorf("Repair(%q) = %v; lacks %s as %s", c.memo, e.Repair(c.memo), code, c.kind)
		}
	}
	if got := e.Repair("HPK7G3M9X077 NGUYEN VAN A"); len(got) > 0 {
		t.Errorf("an intact code was repaired: %v", got)
	}
}

func TestOnlyTheGivenPrefixes(t *testing.T) {
	e, err := NewExtractor(Hospital)
	if err != nil {
		t.Fatal(err)
	}
	got := e.Extract("HPK7G3M9X077 VP12345C78CM")
	if diff := cmp.Diff([]Hit{{"VP12345C78CM", Exact, 13}}, got); diff != "" {
		t.Error(diff)
	}
	if _, err := NewExtractor("XX"); err == nil {
		t.Error("an unknown prefix was accepted")
	}
}

// TestExtractSurvivesTheBanks types a code into frames seen in Viet Nam and does to the text
// what banks do to it: upper case, marks dropped, signs dropped, spaces put in or taken out.
func TestExtractSurvivesTheBanks(t *testing.T) {
	e := newExtractor(t)
	frames := []string{
		"MBVCB.4500000001.%.CT tu 0010000000001 NGUYEN VAN A toi 1200000000001 TRUONG TH HOA SEN tai BIDV",
		"CUSTOMER MBVCB 4500000003 339176 % CT tu 0010000000001 NGUYEN VAN A to i 1200000000001",
		"884114.100926.223854.%",
		"FT26255000000001 884114.100926.223854.%",
		"122000000001 0970000000 %",
		"ZP7ABCD0EFGHJ, %",
		"% học phí tháng 9 cho Nguyễn Minh Khôi",
	}
	rapid.Check(t, func(t *rapid.T) {
		code := anyCode().Draw(t, "code")
		typed := string(code)
		for range rapid.IntRange(0, 3).Draw(t, "breaks") {
			at := rapid.IntRange(1, len(typed)-1).Draw(t, "at")
			typed = typed[:at] + rapid.SampledFrom([]string{" ", ".", "-", "\n", "  "}).Draw(t, "break") + typed[at:]
		}
		memo := strings.Replace(rapid.SampledFrom(frames).Draw(t, "frame"), "%", typed, 1)
		if rapid.Bool().Draw(t, "lower") {
			memo = strings.ToLower(memo)
		}
		if rapid.Bool().Draw(t, "strip") {
			memo = strings.NewReplacer(".", "", ",", "", "-", "").Replace(memo)
		}
		if rapid.Bool().Draw(t, "glue") {
			memo = strings.ReplaceAll(memo, " ", "")
		}
		for _, h := range e.Extract(memo) {
			if h.Code == code && h.Kind == Exact {
				return
			}
		}
		t.Fatalf("%s not found in %q: %v", code, memo, e.Extract(memo))
	})
}

// TestNumbersAreNeverCodes: accounts, traces and phones of ten digits and more, also glued
// behind the letters of a prefix, give no hit that could be booked; with O and I for 0 and 1
// among them still no key.
func TestNumbersAreNeverCodes(t *testing.T) {
	e := newExtractor(t)
	rapid.Check(t, func(t *rapid.T) {
		digits := rapid.SampledFrom([]string{"0-9", "0-9OI"}).Draw(t, "digits")
		number := rapid.StringMatching("[" + digits + "]{10,19}")
		var memo strings.Builder
		for range rapid.IntRange(1, 6).Draw(t, "numbers") {
			memo.WriteString(rapid.SampledFrom([]string{"HP", "TP", "VP ", "CT tu ", " ", "."}).Draw(t, "before"))
			memo.WriteString(number.Draw(t, "number"))
			memo.WriteString(" DEN ")
		}
		for _, h := range e.Extract(memo.String()) {
			if h.Kind.IsKey() || (h.Kind == NoPrefix && digits == "0-9") {
				t.Fatalf("%q gives %v", memo.String(), h)
			}
		}
	})
}

func FuzzExtract(f *testing.F) {
	for _, s := range []string{"HPK7G3M9X077 LOP 3B", "hpk7g3 m9xo 77", "HPK7G3M9X0", "Học phí HPK7H3M9X077", "\xffHP\u0323", "RF84K7G3M9X0"} {
		f.Add(s)
	}
	e := newExtractor(f)
	f.Fuzz(func(t *testing.T, memo string) {
		hits := e.Extract(memo)
		seen := map[Code]bool{}
		last := -1
		for _, h := range append(hits, e.Repair(memo)...) {
			if back, err := Parse(string(h.Code)); err != nil || back != h.Code {
				t.Fatalf("Extract(%q) made %s: %v", memo, h.Code, err)
			}
			if h.Pos < 0 || h.Pos >= len(memo) {
				t.Fatalf("Extract(%q): %v lies outside", memo, h)
			}
		}
		for _, h := range hits {
			if seen[h.Code] || h.Pos < last {
				t.Fatalf("Extract(%q) repeats or disorders: %v", memo, hits)
			}
			seen[h.Code], last = true, h.Pos
		}
		for _, ref := range ExtractRF(memo) {
			if !ValidRF(ref) {
				t.Fatalf("ExtractRF(%q) made %s", memo, ref)
			}
		}
	})
}

func BenchmarkExtract(b *testing.B) {
	e := newExtractor(b)
	for _, c := range []struct{ name, memo string }{
		{"intact", "MBVCB.4500000001.HPK7G3M9X077 LOP 3B.CT tu 0010000000001 NGUYEN VAN A toi 1200000000001 TRUONG TH HOA SEN tai BIDV"},
		{"accents", "HPK7G3M9X077 học phí tháng 9 cháu Nguyễn Minh Khôi lớp 3B trường tiểu học Hoa Sen"},
		{"no code", "MBVCB.4500000009.NGUYEN VAN A LOP 3B HOC PHI T9.CT tu 0010000000001 TRAN THI B toi 1200000000001 TRUONG TH HOA SEN"},
		{"repair", "NOP HOC PHI CHO CON HPK7G3M9X0"},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				e.Extract(c.memo)
			}
		})
	}
}
