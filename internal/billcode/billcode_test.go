package billcode

import (
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
