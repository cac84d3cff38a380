package billcode

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestRFVectors are those of bank-and-pos sections 4.1 and 4.2.
func TestRFVectors(t *testing.T) {
	for reference, want := range map[string]string{
		"539007547034": "RF18539007547034",
		"K7G3M9X0":     "RF84K7G3M9X0",
		"0000012345":   "RF780000012345",
	} {
		if got, err := MakeRF(reference); err != nil || got != want {
			t.Errorf("MakeRF(%s) = %s, %v; want %s", reference, got, err, want)
		}
		if !ValidRF(want) {
			t.Errorf("ValidRF(%s) = false", want)
		}
	}
	for _, s := range []string{"RF38000000000000000000552", "RF18 5390 0754 7034", "rf18539007547034"} {
		if !ValidRF(s) {
			t.Errorf("ValidRF(%s) = false", s)
		}
	}
	for _, s := range []string{
		"", "RF", "RF18", "RF19539007547034", "RF18539007547043", "RG18539007547034", "RFXX539007547034", "RF18539-07547034",
		"RF380000000000000000005520", "18539007547034RF", "RF18đ",
	} {
		if ValidRF(s) {
			t.Errorf("ValidRF(%s) = true", s)
		}
	}
	for _, s := range []string{"", "0123456789012345678901", "abc", "A B", "Đ"} {
		if got, err := MakeRF(s); !errors.Is(err, ErrMalformed) {
			t.Errorf("MakeRF(%q) = %s, %v", s, got, err)
		}
	}
}

func TestParseRF(t *testing.T) {
	c := Code("HPK7G3M9X077")
	rf := c.RF()
	if len(rf) != 16 || rf[:2] != "RF" || rf[4:] != string(c) || !ValidRF(rf) {
		t.Fatalf("RF of %s is %s", c, rf)
	}
	for _, s := range []string{rf, rf[:4] + " " + rf[4:8] + " " + rf[8:12] + " " + rf[12:]} {
		if got, err := ParseRF(s); err != nil || got != c {
			t.Errorf("ParseRF(%q) = %s, %v", s, got, err)
		}
	}
	wrongCode, _ := MakeRF("HPK7G3M9X078")
	lookAlike, _ := MakeRF("HPK7G3M9XO77")
	for s, want := range map[string]error{
		"":                          ErrMalformed,
		string(c):                   ErrMalformed,
		"RF18539007547034":          ErrPrefix, // somebody else's reference
		"RF84K7G3M9X0":              ErrMalformed,
		"RF99" + string(c):          ErrCheck,
		wrongCode:                   ErrCheck,
		lookAlike:                   ErrMalformed,
		"RF38000000000000000000552": ErrMalformed,
	} {
		if got, err := ParseRF(s); !errors.Is(err, want) || got != "" {
			t.Errorf("ParseRF(%q) = %s, %v; want %v", s, got, err, want)
		}
	}
}

func TestExtractRF(t *testing.T) {
	for memo, want := range map[string][]string{
		"":                              nil,
		"no reference, RF, RF12, TRF18": nil,
		"RF18539007547034":              {"RF18539007547034"},
		"pay rf18 5390 0754 7034 pls":   {"RF18539007547034"},
		"/ROC/RF18539007547034//URI/":   {"RF18539007547034"},
		"RF18539007547034 RF84K7G3M9X0 RF18539007547034": {"RF18539007547034", "RF84K7G3M9X0"},
		"RF19539007547034":         nil, // wrong check
		"XRF18539007547034":        nil, // not at the start of a word
		"Học phí RF84 K7G3 M9X0 ạ": {"RF84K7G3M9X0"},
	} {
		if diff := cmp.Diff(want, ExtractRF(memo)); diff != "" {
			t.Errorf("ExtractRF(%q) (-want +got):\n%s", memo, diff)
		}
	}
}
