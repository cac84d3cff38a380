package access

import (
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"golang.org/x/crypto/chacha20poly1305"

	"github.com/sen-platform/sen/internal/db"
)

// Keyring holds the keys of one installation, all derived from one master key of 32 bytes.
// Whoever loses the master key loses the order of bill codes, the proof of receipts and the
// partners' secrets: it belongs in the backup, apart from the data.
type Keyring struct {
	code, receipt, session, mark []byte
	seal                         cipher.AEAD
}

// KeyFile is the file of the master key in the data folder; EnvKey the variable that
// replaces it.
const (
	KeyFile = "sen.key"
	EnvKey  = "SEN_KEY"
)

// ErrSealed is returned for a text that this keyring did not seal, or not for this use.
var ErrSealed = errors.New("access: cannot open sealed text")

// OpenKeyring takes the master key from the environment (SEN_KEY, base64) or else from the
// file sen.key in dir, which it makes on first use, readable by its owner only. env is
// os.LookupEnv outside tests. dir may be empty when the variable is set.
func OpenKeyring(dir string, env func(string) (string, bool)) (*Keyring, error) {
	if text, ok := env(EnvKey); ok && text != "" {
		master, err := decodeMaster(text)
		if err != nil {
			return nil, fmt.Errorf("biến môi trường %s: %w", EnvKey, err)
		}
		return NewKeyring(master)
	}
	if dir == "" {
		return nil, fmt.Errorf("chưa có khóa chính: đặt biến môi trường %s (32 byte, base64) khi dùng PostgreSQL", EnvKey)
	}
	path := filepath.Join(dir, KeyFile)
	master, err := readMaster(path)
	if errors.Is(err, fs.ErrNotExist) {
		master, err = makeMaster(dir, path)
	}
	if err != nil {
		return nil, err
	}
	return NewKeyring(master)
}

// NewKeyring derives the sub-keys of a master key of 32 bytes by HKDF-SHA256.
func NewKeyring(master []byte) (*Keyring, error) {
	if len(master) != 32 {
		return nil, fmt.Errorf("khóa chính phải có 32 byte, đang có %d", len(master))
	}
	sub := func(use string) ([]byte, error) { return hkdf.Key(sha256.New, master, nil, "sen/"+use+"/v1", 32) }
	k := &Keyring{}
	for use, to := range map[string]*[]byte{"code": &k.code, "receipt": &k.receipt, "session": &k.session, "mark": &k.mark} {
		key, err := sub(use)
		if err != nil {
			return nil, fmt.Errorf("access: derive %s: %w", use, err)
		}
		*to = key
	}
	key, err := sub("seal")
	if err != nil {
		return nil, fmt.Errorf("access: derive seal: %w", err)
	}
	if k.seal, err = chacha20poly1305.NewX(key); err != nil {
		return nil, fmt.Errorf("access: seal: %w", err)
	}
	return k, nil
}

// Code is the 32-byte key of the order of bill codes (billcode.NewSequence).
func (k *Keyring) Code() []byte { return append([]byte(nil), k.code...) }

// Receipt is the 32-byte key that proves receipts genuine.
func (k *Keyring) Receipt() []byte { return append([]byte(nil), k.receipt...) }

// Session is the 32-byte key for what is given to browsers and must come back unchanged.
func (k *Keyring) Session() []byte { return append([]byte(nil), k.session...) }

// ErrOtherKey is returned when the data belong to another master key.
const ErrOtherKey = refusal("Khóa chính không phải khóa của dữ liệu này. Khôi phục tệp sen.key (hoặc biến SEN_KEY) từ bản sao lưu rồi chạy lại; dùng khóa khác thì mã hóa đơn sẽ trùng nhau.")

// Bind ties the data to the master key the first time it is called, and refuses any other
// key from then on (ErrOtherKey): under another key the same numbers give other bill codes.
// Call it once at start, before the first bill.
func (k *Keyring) Bind(tx *db.Tx) error {
	mark := hex.EncodeToString(k.mark)
	if _, err := tx.Exec("insert into installation (name, value) values ('keyring', $1) on conflict (name) do nothing", mark); err != nil {
		return err
	}
	var bound string
	if err := tx.Row("select value from installation where name = 'keyring'", nil, &bound); err != nil {
		return err
	}
	if bound != mark {
		return ErrOtherKey
	}
	return nil
}

const sealedV1 = "v1."

// Seal encrypts a secret for storage (XChaCha20-Poly1305, random nonce). aad says what it is
// for, such as "hook/hok_1/secret": it is not stored, and Open needs the same.
func (k *Keyring) Seal(secret []byte, aad string) string {
	nonce := make([]byte, k.seal.NonceSize(), k.seal.NonceSize()+len(secret)+k.seal.Overhead())
	_, _ = rand.Read(nonce) // never fails since Go 1.24
	return sealedV1 + base64.RawURLEncoding.EncodeToString(k.seal.Seal(nonce, nonce, secret, []byte(aad)))
}

// Open returns the secret of a sealed text; ErrSealed when it was changed, sealed under
// another master key or for another use.
func (k *Keyring) Open(sealed, aad string) ([]byte, error) {
	body, ok := strings.CutPrefix(sealed, sealedV1)
	if !ok {
		return nil, ErrSealed
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(body)
	if err != nil || len(b) < k.seal.NonceSize() {
		return nil, ErrSealed
	}
	secret, err := k.seal.Open(nil, b[:k.seal.NonceSize()], b[k.seal.NonceSize():], []byte(aad))
	if err != nil {
		return nil, ErrSealed
	}
	return secret, nil
}

func decodeMaster(text string) ([]byte, error) {
	text = strings.TrimRight(strings.TrimSpace(text), "=")
	b, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil {
		if b, err = base64.RawURLEncoding.DecodeString(text); err != nil {
			return nil, errors.New("khóa chính không phải base64")
		}
	}
	if len(b) != 32 {
		return nil, fmt.Errorf("khóa chính phải có 32 byte, đang có %d", len(b))
	}
	return b, nil
}

func readMaster(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("tệp khóa %s đang cho người khác đọc (quyền %o). Chạy: chmod 600 %s", path, info.Mode().Perm(), path)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("đọc tệp khóa: %w", err)
	}
	master, err := decodeMaster(string(b))
	if err != nil {
		return nil, fmt.Errorf("tệp khóa %s: %w. Khôi phục tệp này từ bản sao lưu; đừng tạo khóa mới cho dữ liệu đang có", path, err)
	}
	return master, nil
}

// makeMaster writes a new master key so that it is whole on disk or not there at all; when
// another process is first, its key counts.
func makeMaster(dir, path string) ([]byte, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("tạo thư mục dữ liệu: %w", err)
	}
	master := make([]byte, 32)
	_, _ = rand.Read(master)                     // never fails since Go 1.24
	tmp, err := os.CreateTemp(dir, KeyFile+".*") // mode 0600
	if err != nil {
		return nil, fmt.Errorf("tạo tệp khóa: %w", err)
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.WriteString(base64.StdEncoding.EncodeToString(master) + "\n")
	if err = errors.Join(err, tmp.Sync(), tmp.Close()); err != nil {
		return nil, fmt.Errorf("ghi tệp khóa: %w", err)
	}
	if err := os.Link(tmp.Name(), path); errors.Is(err, fs.ErrExist) {
		return readMaster(path)
	} else if err != nil {
		return nil, fmt.Errorf("ghi tệp khóa: %w", err)
	}
	return master, nil
}
