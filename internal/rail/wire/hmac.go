package wire

import (
	"crypto/hmac"
	"crypto/subtle"
	"encoding/hex"
	"hash"
	"strings"
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
