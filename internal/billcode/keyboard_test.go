package billcode

import (
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

// A simulator of the two input methods of Viet Nam, written for these tests from their rules:
// what does a phone or a computer make of the keys of a code? It is greedier than real ones:
// any run of letters and digits is one word, and a tone key finds any vowel in it.

const vowelLetters = "aeiouyAEIOUY"

type word []string // letters, each perhaps with combining marks

// lastOf finds the last letter whose base is among letters, or -1.
func (w word) lastOf(letters string) int {
	for i := len(w) - 1; i >= 0; i-- {
		if strings.Contains(letters, w[i][:1]) {
			return i
		}
	}
	return -1
}

// mark puts a combining mark on the last of letters and reports whether there was one.
func (w word) mark(letters, mark string) bool {
	i := w.lastOf(letters)
	if i < 0 {
		return false
	}
	if !strings.Contains(w[i], mark) {
		w[i] += mark
	}
	return true
}

func (w word) stroke() bool {
	i := w.lastOf("dD")
	if i < 0 {
		return false
	}
	w[i] = map[string]string{"d": "đ", "D": "Đ"}[w[i]]
	return true
}

const (
	grave, acute, tilde, hook, dot = "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"
	circumflex, breve, horn        = "\u0302", "\u0306", "\u031b"
)

func (w word) clearTone() bool {
	for i, l := range w {
		if rest := strings.NewReplacer(grave, "", acute, "", tilde, "", hook, "", dot, "").Replace(l); rest != l {
			w[i] = rest
			return true
		}
	}
	return false
}

// telexKey reports whether the key changed the word instead of adding a letter.
func telexKey(w *word, key byte) bool {
	switch key | 0x20 {
	case 's':
		return w.mark(vowelLetters, acute)
	case 'f':
		return w.mark(vowelLetters, grave)
	case 'r':
		return w.mark(vowelLetters, hook)
	case 'x':
		return w.mark(vowelLetters, tilde)
	case 'j':
		return w.mark(vowelLetters, dot)
	case 'z':
		return w.clearTone()
	case 'a':
		return w.mark("aA", circumflex)
	case 'e':
		return w.mark("eE", circumflex)
	case 'o':
		return w.mark("oO", circumflex)
	case 'd':
		return w.stroke()
	case 'w':
		if !w.mark("aA", breve) && !w.mark("ouOU", horn) {
			*w = append(*w, "u"+horn)
		}
		return true
	}
	return false
}

func vniKey(w *word, key byte) bool {
	switch key {
	case '0':
		return w.clearTone()
	case '1', '2', '3', '4', '5':
		return w.mark(vowelLetters, [...]string{acute, grave, hook, tilde, dot}[key-'1'])
	case '6':
		return w.mark("aeoAEO", circumflex)
	case '7':
		return w.mark("ouOU", horn)
	case '8':
		return w.mark("aA", breve)
	case '9':
		return w.stroke()
	}
	return false
}

// typed is what stands on the screen after typing keys.
func typed(keys string, method func(*word, byte) bool) string {
	var out strings.Builder
	var w word
	flush := func() {
		out.WriteString(strings.Join(w, ""))
		w = nil
	}
	for i := range len(keys) {
		switch c := keys[i]; {
		case asciiUpper[c] == 0:
			flush()
			out.WriteByte(c)
		case !method(&w, c):
			w = append(w, string(c))
		}
	}
	flush()
	return norm.NFC.String(out.String())
}

func TestSimulatorTypesVietnamese(t *testing.T) {
	for _, c := range []struct {
		name       string
		method     func(*word, byte) bool
		keys, want string
	}{
		{"Telex", telexKey, "hocj phis dduwowngf Nguyeenx TIEENGS", "học phí đường Nguyễn TIẾNG"},
		{"VNI", vniKey, "hoc5 phi1 d9u7o7ng2 Nguye6n4 TIE6NG1", "học phí đường Nguyễn TIẾNG"},
		{"Telex", telexKey, "asz w", "a ư"},
	} {
		if got := typed(c.keys, c.method); got != c.want {
			t.Errorf("%s: %q gives %q, want %q", c.name, c.keys, got, c.want)
		}
	}
}

// TestKeyboardsLeaveCodesAlone: any code, in capitals or small letters, whole or in groups, as
// a word of its own in a sentence, comes out as it was typed.
func TestKeyboardsLeaveCodesAlone(t *testing.T) {
	methods := map[string]func(*word, byte) bool{"Telex": telexKey, "VNI": vniKey}
	rapid.Check(t, func(t *rapid.T) {
		c := anyCode().Draw(t, "code")
		for _, s := range []string{string(c), strings.ToLower(string(c)), c.Display(), strings.ToLower(c.Display())} {
			for name, method := range methods {
				if got := typed(s, method); got != s {
					t.Fatalf("%s turns %q into %q", name, s, got)
				}
				if got := typed("nop "+s+" lop 3B", method); !strings.Contains(got, " "+s+" ") {
					t.Fatalf("%s turns %q in a sentence into %q", name, s, got)
				}
			}
		}
	})
	// Every symbol is safe before and after every other, not only those drawn above.
	for _, prefix := range Prefixes {
		for _, a := range Alphabet {
			for _, b := range Alphabet {
				s := prefix + string(a) + string(b) + string(a)
				for name, method := range methods {
					if got := typed(s, method); got != s {
						t.Fatalf("%s turns %q into %q", name, s, got)
					}
				}
			}
		}
	}
}

// TestGluedCodesAreNotSafe shows why payers are told to begin the memo with the code: behind
// a vowel the same keys are tones.
func TestGluedCodesAreNotSafe(t *testing.T) {
	const keys = "phiHPXFR00JJNN"
	if got := typed(keys, telexKey); got == keys {
		t.Errorf("Telex left %q alone; the simulator is too kind", keys)
	}
	if got := typed("phiHPK7G3M9X077", vniKey); got == "phiHPK7G3M9X077" {
		t.Errorf("VNI left %q alone; the simulator is too kind", got)
	}
}
