package access

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// Cost of a password hash: OWASP's first choice for argon2id, about 25 ms and 19 MiB here.
const (
	argonMemory  = 19 * 1024 // KiB
	argonTime    = 2
	argonThreads = 1
	saltLen      = 16
	hashLen      = 32
)

// MinPassword is the least number of characters of a new password.
const MinPassword = 10

// hashing bounds how many hashes run at once, so that a wave of sign-ins cannot fill memory.
var hashing = make(chan struct{}, 2)

func argon(password string, salt []byte, memory, time uint32, threads uint8, n uint32) []byte {
	hashing <- struct{}{}
	defer func() { <-hashing }()
	return argon2.IDKey([]byte(norm.NFC.String(password)), salt, time, memory, threads, n)
}

// HashPassword is the password as it is stored, in the PHC form $argon2id$v=19$m=…,t=…,p=…$salt$hash.
func HashPassword(password string) string {
	salt := make([]byte, saltLen)
	_, _ = rand.Read(salt) // never fails since Go 1.24
	sum := argon(password, salt, argonMemory, argonTime, argonThreads, hashLen)
	return fmt.Sprintf("%s$%s$%s", argonHead(), base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(sum))
}

func argonHead() string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d", argon2.Version, argonMemory, argonTime, argonThreads)
}

// checkPassword reports whether the password belongs to a stored hash, in a time that does
// not depend on where they differ. A malformed hash fits no password.
func checkPassword(stored, password string) bool {
	var version int
	var memory, time uint32
	var threads uint8
	parts := strings.Split(stored, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" {
		return false
	}
	if _, err := fmt.Sscanf(parts[2], "v=%d", &version); err != nil || version != argon2.Version {
		return false
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &time, &threads); err != nil {
		return false
	}
	salt, err1 := base64.RawStdEncoding.DecodeString(parts[4])
	sum, err2 := base64.RawStdEncoding.DecodeString(parts[5])
	// The bounds keep a hostile row from taking the machine's memory or time.
	if err1 != nil || err2 != nil || len(sum) < 16 || len(sum) > 64 || memory < 8 || memory > 256*1024 || time < 1 || time > 10 || threads < 1 || threads > 8 {
		return false
	}
	return subtle.ConstantTimeCompare(argon(password, salt, memory, time, threads, uint32(len(sum))), sum) == 1
}

// outdated reports whether a hash was made at another cost than today's.
func outdated(stored string) bool { return !strings.HasPrefix(stored, argonHead()+"$") }

// commonPasswords are refused whatever their length; compared without case.
var commonPasswords = []string{
	"1234567890", "0123456789", "0987654321", "1111111111", "0000000000", "password12", "password123", "matkhau123", "matkhau1234",
	"qwertyuiop", "abcdefghij", "abc1234567", "iloveyou123", "vietnam123", "truonghoc123", "benhvien123", "admin12345", "123456789a",
}

// PasswordProblem says in Vietnamese what is wrong with a new password; "" when it is good.
func PasswordProblem(login, password string) string {
	n := len([]rune(norm.NFC.String(password)))
	low := strings.ToLower(password)
	switch {
	case n < MinPassword:
		return fmt.Sprintf("Mật khẩu cần ít nhất %d ký tự, mới có %d. Có thể ghép vài từ dễ nhớ.", MinPassword, n)
	case n > 200:
		return "Mật khẩu dài quá 200 ký tự. Rút ngắn lại."
	case login != "" && strings.Contains(low, strings.ToLower(login)):
		return "Mật khẩu chứa tên đăng nhập. Chọn mật khẩu khác."
	case strings.Count(low, low[:1]) == len(low):
		return "Mật khẩu chỉ lặp lại một ký tự. Chọn mật khẩu khác."
	}
	for _, c := range commonPasswords {
		if low == c {
			return "Mật khẩu này quá phổ biến, dễ bị đoán. Chọn mật khẩu khác."
		}
	}
	return ""
}
