package access

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/time/rate"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/vn"
)

// ErrCredentials is returned for every sign-in that fails: unknown login, wrong password and
// shut account look alike, in words and in time.
const ErrCredentials = refusal("Tên đăng nhập hoặc mật khẩu chưa đúng. Kiểm tra chữ hoa, bộ gõ tiếng Việt rồi nhập lại.")

// TooMany is returned when sign-in was tried too often; nothing was checked.
type TooMany struct{ Wait time.Duration }

// Error says in Vietnamese how long to wait.
func (e *TooMany) Error() string {
	minutes := int((e.Wait + time.Minute - 1) / time.Minute)
	return fmt.Sprintf("Đã nhập sai nhiều lần. Đợi khoảng %d phút rồi thử lại, hoặc nhờ người quản trị của đơn vị đặt lại mật khẩu.", max(1, minutes))
}

// Authenticator checks sign-ins and slows guessing down. It remembers at most a few
// thousand callers, so an attack cannot fill memory. One per process.
type Authenticator struct {
	db    *db.DB
	clock clock.Clock
	// A person who mistypes meets pair first. Address slows one machine that tries many
	// logins; a school behind one address stays below it. Login slows many machines that
	// try one login, generously, since it also hinders the rightful owner.
	pair, address, login *limits
}

// NewAuthenticator returns an Authenticator over the users of d.
func NewAuthenticator(d *db.DB, c clock.Clock) *Authenticator {
	return &Authenticator{
		db: d, clock: c,
		pair:    newLimits(rate.Every(time.Minute), 5, 4096),
		address: newLimits(rate.Every(2*time.Second), 60, 4096),
		login:   newLimits(rate.Every(36*time.Second), 100, 4096),
	}
}

// decoy is checked for logins that do not exist, so that they take as long as wrong passwords.
var decoy = func() string {
	return argonHead() + "$" + strings.Repeat("A", 22) + "$" + strings.Repeat("A", 43)
}()

// Authenticate returns the user whose login and password these are. ip is the caller's
// address as the edge sees it. Errors: ErrCredentials, *TooMany.
func (a *Authenticator) Authenticate(ctx context.Context, login, password, ip string) (User, error) {
	login = cleanLogin(login)
	now := a.clock.Now()
	pairKey := login + "\x00" + ip
	// One after the other: tries refused by the first count against nobody else, so that
	// one machine cannot use up what the rightful owner has elsewhere.
	for _, l := range []struct {
		*limits
		key string
	}{{a.pair, pairKey}, {a.address, ip}, {a.login, login}} {
		if wait := l.take(now, l.key); wait > 0 {
			return User{}, &TooMany{Wait: wait}
		}
	}
	if len(password) > 4096 {
		return User{}, ErrCredentials
	}
	var u User
	stored := decoy
	err := a.db.View(ctx, func(tx *db.Tx) error {
		found, err := UserByLogin(tx, login)
		if errors.Is(err, db.ErrNotFound) {
			return nil
		} else if err != nil {
			return err
		}
		u = found
		return tx.Row("select password_hash from user_account where id = $1", []any{found.ID}, &stored)
	})
	if err != nil {
		return User{}, err
	}
	right := checkPassword(stored, password)
	if !right || u.ID == 0 || !u.Active {
		return User{}, ErrCredentials
	}
	a.pair.forget(pairKey)
	if outdated(stored) {
		hash := HashPassword(password)
		err := a.db.Update(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec("update user_account set password_hash = $2 where id = $1 and password_hash = $3", u.ID, hash, stored)
			return err
		})
		if err != nil {
			return User{}, err
		}
	}
	return u, nil
}

// Resume is the user of a session that began in the given epoch; ErrCredentials when the
// account was shut or its password changed since.
func Resume(tx *db.Tx, u User) (User, error) {
	now, err := UserByID(tx, u.ID)
	if errors.Is(err, db.ErrNotFound) || (err == nil && (!now.Active || now.Epoch != u.Epoch)) {
		return User{}, ErrCredentials
	}
	return now, err
}

// Greeting is the given name and the word before it, as screens address staff: "Minh Khôi".
func (u User) Greeting() string {
	words := strings.Fields(vn.Clean(u.Name))
	if len(words) <= 2 {
		return strings.Join(words, " ")
	}
	return strings.Join(words[len(words)-2:], " ")
}
