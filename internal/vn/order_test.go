package vn

import (
	"math/rand/v2"
	"regexp"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

// sortedBy shuffles words and sorts them by key.
func sortedBy(key func(string) string, words []string) []string {
	got := slices.Clone(words)
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(got), func(i, j int) { got[i], got[j] = got[j], got[i] })
	slices.SortStableFunc(got, func(a, b string) int {
		switch x, y := key(a), key(b); {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	})
	return got
}

func TestKeySortsByTheVietnameseAlphabet(t *testing.T) {
	for name, words := range map[string][]string{
		"letters": {
			"a", "ă", "â", "b", "c", "d", "đ", "e", "ê", "g", "h", "i", "k", "l", "m", "n", "o", "ô", "ơ",
			"p", "q", "r", "s", "t", "u", "ư", "v", "x", "y",
		},
		"tones":           {"ma", "mà", "mả", "mã", "má", "mạ", "mạc"},
		"letters first":   {"Hoa", "Hòa", "Hoan", "Hoàn", "Hô", "Hồ", "Hơ", "Hu", "Hư"},
		"case last":       {"an", "An", "AN", "án", "Án"},
		"words":           {"", "An", "An Bình", "An Khê", "Anh", "Ân"},
		"numbers":         {"1", "lớp 1", "lớp 2A", "lớp 2B", "lớp 9", "lớp 10", "lớp 10A", "lớp 10B", "lớp 100"},
		"d before đ":      {"Dung", "Dũng", "Duy", "Đan", "Đào", "Em"},
		"wards in a city": {"Phường 1", "Phường 2", "Phường 10", "Phường An Lạc", "Phường Đakao", "Xã Bình Hưng"},
	} {
		if diff := cmp.Diff(words, sortedBy(Key, words)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestNameKeySortsByGivenName(t *testing.T) {
	names := []string{
		"",
		"An", // no family name
		"Lê An",
		"Trần An",
		"Nguyễn Bảo An",
		"Lê Văn An",
		"Trần Văn An",
		"Bùi Án", // tone of the given name before anything else
		"Lê Thị Ân",
		"Nguyễn Thị Bình",
		"Đặng Minh Dung",
		"Nguyễn Minh Dung",
		"Đặng Minh Đan",
		"Nguyễn Minh Khôi",
	}
	if diff := cmp.Diff(names, sortedBy(NameKey, names)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if NameKey("Nguyễn  Minh Khôi ") != NameKey(norm.NFD.String("Nguyễn Minh Khôi")) {
		t.Error("spaces or decomposed accents change the order")
	}
}

// TestKeysAreSafeEverywhere: only characters that every locale sorts alike, the same key for
// the same text on all goroutines, order unchanged by encoding.
func TestKeysAreSafeEverywhere(t *testing.T) {
	safe := regexp.MustCompile(`^[0-9A-V]*$`)
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyText().Draw(t, "a"), anyText().Draw(t, "b")
		for _, k := range []string{Key(a), Key(b), NameKey(a)} {
			if !safe.MatchString(k) {
				t.Fatalf("key %q", k)
			}
		}
		raw := slices.Compare(appendKey(nil, a), appendKey(nil, b))
		encoded := slices.Compare([]byte(Key(a)), []byte(Key(b)))
		if raw != encoded {
			t.Fatalf("%q and %q sort %d, encoded %d", a, b, raw, encoded)
		}
	})

	want := Key("Trường Tiểu học Hoa Sen 2")
	var wg sync.WaitGroup
	var mu sync.Mutex
	different := 0
	for range 8 {
		wg.Go(func() {
			for range 200 {
				if Key("Trường Tiểu học Hoa Sen 2") != want {
					mu.Lock()
					different++
					mu.Unlock()
				}
			}
		})
	}
	wg.Wait()
	if different > 0 {
		t.Errorf("%d keys differ between goroutines", different)
	}
}

func BenchmarkKey(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		NameKey("Nguyễn Thị Minh Khôi")
	}
}

func BenchmarkFold(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Fold("Nguyễn Thị Minh Khôi, lớp 3B")
	}
}
