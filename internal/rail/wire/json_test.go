package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/sen-platform/sen/internal/rail"
)

func TestParseKeepsNumbersAndOrder(t *testing.T) {
	v, err := Parse([]byte(" {\"b\":1.50, \"a\" : [ true,null,\"h\\u1ecdc \\ud83d\\ude00 ph\u00ed\\n\"], \"c\":{}}\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	if got := v.Get("b"); got.Kind != Number || got.Text != "1.50" {
		t.Errorf("b = %+v", got)
	}
	if got := v.Get("a").Members[2].Text; got != "học 😀 phí\n" {
		t.Errorf("text = %q", got)
	}
	if v.Members[0].Key != "b" || v.Members[1].Key != "a" || v.Get("c").Kind != Object || v.Get("B").Kind != Null {
		t.Errorf("got %+v", v)
	}
}

func TestParseRefuses(t *testing.T) {
	deep := strings.Repeat(`{"a":`, 100000) + "1" + strings.Repeat("}", 100000)
	for name, text := range map[string]string{
		"nothing":               "",
		"blanks":                "  ",
		"two values":            `{} {}`,
		"trailing comma":        `{"a":1,}`,
		"array comma":           `[1,]`,
		"cut in object":         `{"a":1`,
		"cut in string":         `{"a":"b`,
		"cut in escape":         `{"a":"b\`,
		"cut in unicode":        `{"a":"\u12`,
		"key without quotes":    `{a:1}`,
		"no colon":              `{"a" 1}`,
		"same key twice":        `{"a":1,"b":2,"a":3}`,
		"same key by escape":    `{"a":1,"\u0061":3}`,
		"same key among many":   `{` + manyKeys(100) + `,"k42":0}`,
		"same key in nested":    `{"x":[{"a":1,"a":2}]}`,
		"leading zero":          `{"a":01}`,
		"plus":                  `{"a":+1}`,
		"bare minus":            `{"a":-}`,
		"bare point":            `{"a":1.}`,
		"bare exponent":         `{"a":1e}`,
		"hex":                   `{"a":0x1}`,
		"NaN":                   `{"a":NaN}`,
		"very long number":      `{"a":` + strings.Repeat("1", 65) + `}`,
		"single quotes":         `{'a':1}`,
		"control character":     "{\"a\":\"x\ty\"}",
		"unknown escape":        `{"a":"\x41"}`,
		"lone high surrogate":   `{"a":"\ud800"}`,
		"lone low surrogate":    `{"a":"\udc00"}`,
		"surrogate without end": `{"a":"\ud800\u0041"}`,
		"not UTF-8":             "{\"a\":\"\xff\"}",
		"byte order mark":       "\ufeff{}",
		"too deep":              deep,
		"too deep arrays":       strings.Repeat("[", 1000),
		"too long":              `"` + strings.Repeat("a", MaxBody) + `"`,
		"comment":               `{} // x`,
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse([]byte(text))
			var r *rail.Refusal
			if !errors.Is(err, rail.ErrMalformed) || !errors.As(err, &r) || r.VI == "" {
				t.Errorf("got %v, want a refusal with a Vietnamese text", err)
			}
		})
	}
}

func manyKeys(n int) string {
	var parts []string
	for i := range n {
		parts = append(parts, `"k`+string(rune('0'+i/10))+string(rune('0'+i%10))+`":1`)
	}
	return strings.Join(parts, ",")
}

func TestParseTakesManyKeys(t *testing.T) {
	v, err := Parse([]byte("{" + manyKeys(100) + "}"))
	if err != nil || len(v.Members) != 100 {
		t.Errorf("%d members, %v", len(v.Members), err)
	}
}

// FuzzParse compares with encoding/json: whatever is taken here is valid there and means the
// same; whatever is invalid there is refused here.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		`{"a":1,"b":[true,false,null,"x\u00e9\ud83d\ude00"],"c":{"d":-1.5e-3}}`,
		`{"id":92704,"subAccount":null,"content":"học phí"}`, `[[[[]]]]`, `""`, `{"a":1,"a":2}`, `-0`, `1e999`, "\"\u2028\"",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		v, err := Parse(body)
		if err != nil {
			if !errors.Is(err, rail.ErrMalformed) {
				t.Fatalf("error of another kind: %v", err)
			}
			return
		}
		if !json.Valid(body) {
			t.Fatalf("took what encoding/json calls invalid: %q", body)
		}
		for _, d := range []Dialect{JavaScript, PHP} {
			text := v.AppendJSON(nil, d)
			back, err := Parse(text)
			if err != nil {
				t.Fatalf("own text is refused: %v in %q", err, text)
			}
			if again := back.AppendJSON(nil, d); !bytes.Equal(text, again) {
				t.Fatalf("writing twice gives %q and %q", text, again)
			}
		}
	})
}
