package wire

import (
	"crypto/hmac"
	"crypto/subtle"
	"encoding/hex"
	"hash"
	"net/http"
	"strings"
	"time"

	"github.com/sen-platform/sen/internal/rail"
)

// HMAC is the code of the parts, one after the other.
func HMAC(h func() hash.Hash, key string, parts ...[]byte) []byte {
	m := hmac.New(h, []byte(key))
	for _, p := range parts {
		m.Write(p)
	}
	return m.Sum(nil)
}

// EqualHex compares code with its hex text in either case, in constant time.
func EqualHex(code []byte, text string) bool {
	got, err := hex.DecodeString(text)
	return err == nil && hmac.Equal(code, got)
}

// EqualSecret compares a shared secret in constant time. An empty secret equals nothing: a
// rail that was not configured must not be open.
func EqualSecret(want, got string) bool {
	return want != "" && subtle.ConstantTimeCompare([]byte(want), []byte(got)) == 1
}

// Digits tells whether s is 1 to most decimal digits and nothing else.
func Digits(s string, most int) bool {
	return s != "" && len(s) <= most && strings.Trim(s, "0123456789") == ""
}

// Once is the header's value when it stands exactly once, else "": two could be read
// differently by a proxy and by us.
func Once(h http.Header, name string) string {
	if v := h.Values(name); len(v) == 1 {
		return strings.TrimSpace(v[0])
	}
	return ""
}

// Window is the replay window where a partner's Config names none.
const Window = 300 * time.Second

// Fresh tells whether a message signed at signed and received at now is within window, either
// way; 0 means Window.
func Fresh(signed, now time.Time, window time.Duration) bool {
	if window == 0 {
		window = Window
	}
	return now.Sub(signed).Abs() <= window
}

// Refuse is a refusal of the given kind.
func Refuse(kind error, where, vi string) error {
	return &rail.Refusal{Kind: kind, Where: where, VI: vi}
}
