package billcode

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// anyCode draws codes that may be issued.
func anyCode() *rapid.Generator[Code] {
	return rapid.Custom(func(t *rapid.T) Code {
		c, err := Encode(rapid.SampledFrom(Prefixes).Draw(t, "prefix"), rapid.Uint64Range(0, Payloads-1).Draw(t, "payload"))
		if err != nil {
			t.Skip("never issued")
		}
		return c
	})
}

// TestVectors are those of bank-and-pos section 4.3.
func TestVectors(t *testing.T) {
	for payload, want := range map[string]string{
		"00000001": "00000001T7",
		"K7G3M9X0": "K7G3M9X077",
		"12345678": "12345678R6",
		"CFGHJKMN": "CFGHJKMNJN",
		"XXXXXXXX": "XXXXXXXXV9",
	} {
		if got, ok := RefillLastTwo(payload); !ok || got != want {
			t.Errorf("RefillLastTwo(%s) = %s, %v; want %s", payload, got, ok, want)
		}
		if !Valid(want) {
			t.Errorf("Valid(%s) = false", want)
		}
		c, err := Parse("HP" + want)
		if err != nil {
			t.Errorf("Parse: %v", err)
			continue
		}
		if again, err := Encode("HP", c.Payload()); err != nil || again != c {
			t.Errorf("Encode(%d) = %s, %v; want %s", c.Payload(), again, err, c)
		}
	}
}

func TestEncodeRefuses(t *testing.T) {
	if _, err := Encode("XX", 1); !errors.Is(err, ErrPrefix) {
		t.Errorf("prefix XX: %v", err)
	}
	if _, err := Encode("", 1); !errors.Is(err, ErrPrefix) {
		t.Errorf("no prefix: %v", err)
	}
	if _, err := Encode("HP", Payloads); !errors.Is(err, ErrRange) {
		t.Errorf("payload 23^8: %v", err)
	}
	if _, err := Encode("HP", 0); !errors.Is(err, ErrAllDigits) {
		t.Errorf("payload 0 is the body 0000000000: %v", err)
	}
	if c, err := Encode("HP", Payloads-1); err != nil || c != "HPXXXXXXXXV9" {
		t.Errorf("the last payload is %s, %v", c, err)
	}
}

func TestParse(t *testing.T) {
	const want = Code("HPK7G3M9X077")
	for _, s := range []string{
		"HPK7G3M9X077", "hpk7g3m9x077", "HPK7 G3M9 X077", " hp-k7g3.m9x0_77\n", "HP\u00a0K7G3\u202fM9X077",
		"HPK7G3M9XO77", "HPK7G3M9XQ77", "hpk7g3m9xo77", "HP–K7G3–M9X077",
	} {
		if got, err := Parse(s); err != nil || got != want {
			t.Errorf("Parse(%q) = %s, %v", s, got, err)
		}
	}
	if got, err := Parse("VPIZ34S C7BCM"); err != nil || got != "VP12345C78CM" {
		t.Errorf("look-alikes: %s, %v", got, err)
	}
	for s, want := range map[string]error{
		"":                 ErrMalformed,
		"HP":               ErrMalformed,
		"HPK7G3M9X07":      ErrMalformed,
		"HPK7G3M9X0777":    ErrMalformed,
		"K7G3M9X077":       ErrMalformed,
		"HPK7G3M9X0A7":     ErrMalformed,
		"HPK7G3M9X0Đ7":     ErrMalformed,
		"HPK7G3M9X0/77":    ErrMalformed,
		"ＨＰK7G3M9X077":     ErrMalformed,
		"XXK7G3M9X077":     ErrPrefix,
		"H0K7G3M9X077":     ErrPrefix,
		"HPK7G3M9X078":     ErrCheck,
		"HP7KG3M9X077":     ErrCheck,
		"VPK7G3M9X077":     nil, // the prefix is no part of the check
		"HP0000000000":     ErrAllDigits,
		"\xff\xffG3M9X077": ErrMalformed,
	} {
		if got, err := Parse(s); !errors.Is(err, want) || (err != nil && got != "") {
			t.Errorf("Parse(%q) = %s, %v; want %v", s, got, err, want)
		}
	}
}

func TestCodeParts(t *testing.T) {
	c := Code("HPK7G3M9X077")
	if c.Prefix() != "HP" || c.Body() != "K7G3M9X077" || c.Display() != "HPK7 G3M9 X077" {
		t.Errorf("%q, %q, %q", c.Prefix(), c.Body(), c.Display())
	}
	for _, none := range []Code{"", "H", "HPK7", "HPAAAAAAAAAA"} {
		if none.Payload() != 0 || none.Prefix()+none.Body() != string(none) {
			t.Errorf("%q: payload %d, prefix %q, body %q", none, none.Payload(), none.Prefix(), none.Body())
		}
	}
	if Code("").RF() != "" || Code("").Display() != "" {
		t.Error("no code is written as something")
	}
}

func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		payload := rapid.Uint64Range(0, Payloads-1).Draw(t, "payload")
		prefix := rapid.SampledFrom(Prefixes).Draw(t, "prefix")
		c, err := Encode(prefix, payload)
		if errors.Is(err, ErrAllDigits) {
			return
		}
		if err != nil || c.Payload() != payload || c.Prefix() != prefix || !Valid(c.Body()) {
			t.Fatalf("Encode(%s, %d) = %s, %v", prefix, payload, c, err)
		}
		for _, written := range []string{string(c), c.Display(), strings.ToLower(c.Display())} {
			if back, err := Parse(written); err != nil || back != c {
				t.Fatalf("Parse(%q) = %s, %v", written, back, err)
			}
		}
		if back, err := ParseRF(c.RF()); err != nil || back != c {
			t.Fatalf("ParseRF(%q) = %s, %v", c.RF(), back, err)
		}
		if refilled, ok := RefillLastTwo(c.Body()[:8]); !ok || refilled != c.Body() {
			t.Fatalf("RefillLastTwo(%s) = %s", c.Body()[:8], refilled)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"HPK7G3M9X077", "vpiz34s c7bcm", "HP-K7G3.M9X077", "HP12345678R6", "RF84K7G3M9X0", "ＨＰ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c, err := Parse(s)
		if err != nil {
			if c != "" {
				t.Fatalf("Parse(%q) = %s beside %v", s, c, err)
			}
		} else {
			if !Valid(c.Body()) || len(c) != 12 {
				t.Fatalf("Parse(%q) = %s", s, c)
			}
			if again, err := Encode(c.Prefix(), c.Payload()); err != nil || again != c {
				t.Fatalf("Parse(%q) = %s, encoded again %s, %v", s, c, again, err)
			}
		}
		if c, err := ParseRF(s); err == nil && !ValidRF(s) {
			t.Fatalf("ParseRF(%q) = %s, but the reference is not valid", s, c)
		}
		if fixed, ok := Correct(s); ok && !Valid(fixed) {
			t.Fatalf("Correct(%q) = %s", s, fixed)
		}
	})
}
