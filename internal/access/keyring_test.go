package access

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/db/dbtest"
)

func b64(b []byte) string { return base64.RawStdEncoding.EncodeToString(b) }

func noEnv(string) (string, bool) { return "", false }

func master(fill byte) []byte { return bytes.Repeat([]byte{fill}, 32) }

func ring(t testing.TB, fill byte) *Keyring {
	t.Helper()
	k, err := NewKeyring(master(fill))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestKeyringFile(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	first, err := OpenKeyring(dir, noEnv)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, KeyFile)
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v: %v", info.Mode(), err)
	}
	if left, _ := filepath.Glob(path + ".*"); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	second, err := OpenKeyring(dir, noEnv)
	if err != nil || !bytes.Equal(first.Code(), second.Code()) {
		t.Errorf("a second start has another key: %v", err)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenKeyring(dir, noEnv); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("a key file that others read: %v", err)
	}
	for _, content := range []string{"", "xyz\n", b64([]byte("short"))} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := OpenKeyring(dir, noEnv); err == nil || !strings.Contains(err.Error(), "sao lưu") {
			t.Errorf("content %q: %v", content, err)
		}
	}
}

func TestKeyringFromEnvironment(t *testing.T) {
	dir := t.TempDir()
	for _, text := range []string{b64(master(9)), base64.StdEncoding.EncodeToString(master(9)) + "\n", base64.RawURLEncoding.EncodeToString(master(9))} {
		k, err := OpenKeyring("", func(name string) (string, bool) { return text, name == EnvKey })
		if err != nil || !bytes.Equal(k.Code(), ring(t, 9).Code()) {
			t.Errorf("%q: %v", text, err)
		}
	}
	if _, err := OpenKeyring(dir, func(string) (string, bool) { return "abc", true }); err == nil {
		t.Error("a short key passes")
	}
	if _, err := os.Stat(filepath.Join(dir, KeyFile)); !os.IsNotExist(err) {
		t.Errorf("a key file appeared beside the variable: %v", err)
	}
	if _, err := OpenKeyring("", noEnv); err == nil || !strings.Contains(err.Error(), EnvKey) {
		t.Errorf("neither folder nor variable: %v", err)
	}
}

// The derivation is fixed for ever: other sub-keys would change issued codes and receipts.
func TestKeyringDerivationIsFrozen(t *testing.T) {
	k := ring(t, 0)
	for use, got := range map[string][]byte{"code": k.Code(), "receipt": k.Receipt(), "session": k.Session()} {
		if want := frozen[use]; hex.EncodeToString(got) != want {
			t.Errorf("%s: %x, want %s", use, got, want)
		}
	}
	if secret, err := k.Open(frozen["sealed"], "hook/1"); err != nil || string(secret) != "bí mật" {
		t.Errorf("sealed long ago: %q %v", secret, err)
	}
}

func TestSeal(t *testing.T) {
	k, other := ring(t, 1), ring(t, 2)
	rapid.Check(t, func(t *rapid.T) {
		secret := rapid.SliceOfN(rapid.Byte(), 0, 200).Draw(t, "secret")
		aad := rapid.String().Draw(t, "aad")
		sealed := k.Seal(secret, aad)
		if got, err := k.Open(sealed, aad); err != nil || !bytes.Equal(got, secret) {
			t.Fatalf("opened %q: %v", got, err)
		}
		if sealed == k.Seal(secret, aad) {
			t.Fatal("sealing twice gives the same text")
		}
		if _, err := k.Open(sealed, aad+"x"); !errors.Is(err, ErrSealed) {
			t.Fatalf("other use: %v", err)
		}
		if _, err := other.Open(sealed, aad); !errors.Is(err, ErrSealed) {
			t.Fatalf("other master key: %v", err)
		}
		i := rapid.IntRange(len(sealedV1), len(sealed)-1).Draw(t, "i")
		changed := []byte(sealed)
		changed[i] = "AB"[map[bool]int{true: 1}[changed[i] == 'A']]
		if _, err := k.Open(string(changed), aad); !errors.Is(err, ErrSealed) {
			t.Fatalf("changed at %d: %v", i, err)
		}
	})
}

func FuzzOpenSealed(f *testing.F) {
	k := ring(f, 1)
	f.Add(k.Seal([]byte("x"), ""))
	f.Add("v1.")
	f.Add("v1.!!")
	f.Add("")
	known := k.Seal([]byte("x"), "")
	f.Fuzz(func(t *testing.T, s string) {
		if secret, err := k.Open(s, ""); err == nil && s != known && string(secret) != "x" {
			t.Errorf("%q opens to %q", s, secret)
		}
	})
}

func TestBind(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		bind := func(k *Keyring) error {
			return d.Update(t.Context(), func(tx *db.Tx) error { return k.Bind(tx) })
		}
		for range 2 {
			if err := bind(ring(t, 1)); err != nil {
				t.Fatal(err)
			}
		}
		if err := bind(ring(t, 2)); err != ErrOtherKey {
			t.Errorf("another master key: %v, want ErrOtherKey", err)
		}
		if err := bind(ring(t, 1)); err != nil {
			t.Errorf("the first key after a refused one: %v", err)
		}
	})
}
