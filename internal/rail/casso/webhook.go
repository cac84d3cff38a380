// Package casso reads the webhooks of Casso, which reports the credits of a bank account (P1,
// P9): version 2, signed, and version 1, an array under a plain token.
//
// Source: payment-rails reference, section 8. Casso's own pages could not be read; its sample
// is reproduced exactly (vector cs-d01).
package casso

import (
	"bytes"
	"crypto/sha512"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/sen-platform/sen/internal/rail"
	"github.com/sen-platform/sen/internal/rail/wire"
)

// Stream is rail.Credit.Stream of every credit from here, of both versions: they number the
// same transactions.
const Stream = "casso"

// Headers of a delivery.
const (
	HeaderSignature = "X-Casso-Signature" // version 2: t=<Unix ms>,v1=<hex>
	HeaderToken     = "Secure-Token"      // version 1
)

// Version is the kind of webhook the account at Casso is set to.
type Version string

// The versions. There is no default: a Config without one refuses everything, and a delivery
// of the other version is refused, so that nobody can choose the weaker one.
const (
	V2 Version = "v2"
	V1 Version = "v1" // the body is not protected: whoever learns the token can report money
)

// Config is one account at Casso.
type Config struct {
	Version     Version
	ChecksumKey string // of V2
	SecureToken string // of V1
	// Window is how far the signed time of V2 may be from now, either way; 0 means 300 s.
	// Whether Casso signs a repeated delivery anew is not verified: if it does not, set the
	// window to the time it repeats for; the unique key keeps a replay harmless either way.
	Window time.Duration
}

// Receive verifies one delivery by cfg and reads it. Errors are *rail.Refusal: ErrSignature
// (not from Casso, or altered, or not configured), ErrStale (right signature, but signed more
// than the window away from now), ErrMalformed. Credits are money in only; money out and trial
// deliveries are in Skipped. Raw is body when it holds one credit, so the caller must not reuse
// body.
func Receive(cfg Config, header http.Header, body []byte, now time.Time) (rail.Inbound, error) {
	switch cfg.Version {
	case V2:
		return receiveV2(cfg, wire.Once(header, HeaderSignature), body, now)
	case V1:
		if !wire.EqualSecret(cfg.SecureToken, wire.Once(header, HeaderToken)) {
			return rail.Inbound{}, wire.Refuse(rail.ErrSignature, HeaderToken, "Mã bảo mật không đúng. Kiểm tra mã đã khai ở Casso và ở cấu hình của cơ sở.")
		}
		return Decode(body)
	}
	return rail.Inbound{}, wire.Refuse(rail.ErrSignature, "", "Chưa chọn phiên bản webhook Casso cho cơ sở.")
}

func receiveV2(cfg Config, header string, body []byte, now time.Time) (rail.Inbound, error) {
	t, v1, ok := signature(header)
	if !ok || cfg.ChecksumKey == "" {
		return rail.Inbound{}, wrongSignature()
	}
	v, err := wire.Parse(body)
	if err != nil {
		return rail.Inbound{}, err
	}
	if !verify(cfg.ChecksumKey, t, v1, v) {
		return rail.Inbound{}, wrongSignature()
	}
	ms, err := strconv.ParseInt(t, 10, 64)
	if err != nil || !wire.Fresh(time.UnixMilli(ms), now, cfg.Window) {
		return rail.Inbound{}, wire.Refuse(rail.ErrStale, HeaderSignature, "Tin được ký cách lúc nhận quá xa. Kiểm tra đồng hồ máy chủ và độ trễ của Casso.")
	}
	return read(v, body)
}

func wrongSignature() error {
	return wire.Refuse(rail.ErrSignature, HeaderSignature, "Chữ ký không đúng. Kiểm tra khóa kiểm tra đã khai ở Casso và ở cấu hình của cơ sở.")
}

// signature takes t and v1 out of the header, each exactly once; other parts are ignored.
func signature(header string) (t, v1 string, ok bool) {
	for part := range strings.SplitSeq(header, ",") {
		key, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch {
		case key == "t" && t == "":
			t = value
		case key == "v1" && v1 == "":
			v1 = value
		case key == "t" || key == "v1":
			return "", "", false
		}
	}
	return t, v1, wire.Digits(t, 16) && v1 != ""
}

func verify(key, t, v1 string, v wire.Value) bool {
	for text := range signedTexts(t, v) {
		if wire.EqualHex(wire.HMAC(sha512.New, key, text), v1) {
			return true
		}
	}
	return false
}

// signedTexts are the texts Casso may have signed: t + "." + the body as compact JSON with the
// keys sorted at every level. For ASCII without "/" there is one. Casso's JavaScript sample
// leaves other characters as they are, its PHP sample escapes them; which its server does with
// Vietnamese text is not verified, so either is accepted, and likewise objects in arrays sorted
// or not (no known message has any). All of them need the key: accepting several opens nothing.
func signedTexts(t string, v wire.Value) func(yield func([]byte) bool) {
	return func(yield func([]byte) bool) {
		var before [][]byte
		for _, form := range []struct {
			arrays  bool
			dialect wire.Dialect
		}{{true, wire.JavaScript}, {false, wire.JavaScript}, {true, wire.PHP}, {false, wire.PHP}} {
			text := v.SortKeys(form.arrays).AppendJSON([]byte(t+"."), form.dialect)
			known := false
			for _, b := range before {
				known = known || bytes.Equal(b, text)
			}
			if known {
				continue
			}
			if !yield(text) {
				return
			}
			before = append(before, text)
		}
	}
}

// Sign is the value of X-Casso-Signature for body sent at timestampMS (Unix milliseconds), in
// the JavaScript form. It fails when body is no JSON.
func Sign(key string, timestampMS int64, body []byte) (string, error) {
	v, err := wire.Parse(body)
	if err != nil {
		return "", err
	}
	t := strconv.FormatInt(timestampMS, 10)
	text := v.SortKeys(true).AppendJSON([]byte(t+"."), wire.JavaScript)
	return "t=" + t + ",v1=" + hex.EncodeToString(wire.HMAC(sha512.New, key, text)), nil
}

// Answer is what Casso expects: 200 and {"success":true} after the commit. See rail.JSONAnswer.
func Answer(err error) rail.Answer { return rail.JSONAnswer(err) }
