package access

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"time"

	"github.com/sen-platform/sen/internal/audit"
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/vn"
)

// User is a person who signs in.
type User struct {
	ID       id.User
	Login    string // lower case, unique
	Name     string
	Role     Role
	Facility id.Facility // of the facility roles
	Agency   id.Agency
	Area     id.Area    // narrows an officer; zero is the whole province
	Sector   org.Sector // narrows an officer; empty is both
	Active   bool
	Created  time.Time
	// Epoch rises when the password changes or the account is shut. A session keeps the
	// epoch it began in and ends when the two differ.
	Epoch int64
}

// Subject is the user as Can sees it.
func (u User) Subject() Subject {
	return Subject{Role: u.Role, User: u.ID, Facility: u.Facility, Agency: u.Agency, Area: u.Area, Sector: u.Sector}
}

const userCols = "id, login, name, role, coalesce(facility_id, 0), coalesce(agency_id, 0), coalesce(area_id, 0), sector, active, created_at, epoch"

func scanUser(r db.Rows, u *User) error {
	var created int64
	err := r.Scan(&u.ID, &u.Login, &u.Name, &u.Role, &u.Facility, &u.Agency, &u.Area, &u.Sector, &u.Active, &created, &u.Epoch)
	u.Created = clock.FromMicros(created)
	return err
}

// UserByID reads one user; db.ErrNotFound when there is none.
func UserByID(tx *db.Tx, user id.User) (User, error) {
	return oneUser(tx, "id = $1", user)
}

// UserByLogin reads one user by login, in whatever case; db.ErrNotFound when there is none.
func UserByLogin(tx *db.Tx, login string) (User, error) {
	return oneUser(tx, "login = $1", cleanLogin(login))
}

func oneUser(tx *db.Tx, cond string, arg any) (User, error) {
	list, err := db.All(tx, "select "+userCols+" from user_account where "+cond, []any{arg}, scanUser)
	if err != nil {
		return User{}, err
	}
	if len(list) == 0 {
		return User{}, db.ErrNotFound
	}
	return list[0], nil
}

// UsersOf lists the users of a facility, or with zero those of the province, by login.
func UsersOf(tx *db.Tx, facility id.Facility) ([]User, error) {
	return db.All(tx, "select "+userCols+" from user_account where coalesce(facility_id, 0) = $1 order by login", []any{facility}, scanUser)
}

// Problem is one thing wrong with a user as entered; its texts are Vietnamese.
type Problem struct{ Field, Text string }

// Invalid is returned when a user cannot be saved as entered; nothing was changed.
type Invalid struct{ Problems []Problem }

// Error lists the problems in Vietnamese.
func (e *Invalid) Error() string {
	texts := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		texts[i] = p.Text
	}
	return strings.Join(texts, " ")
}

// refusal is an error whose Vietnamese text is shown to people as it stands.
type refusal string

// Error is the text.
func (r refusal) Error() string { return string(r) }

// ErrForbidden is returned when the subject may not do what it asked for.
const ErrForbidden = refusal("Bạn không có quyền làm việc này. Hãy nhờ người quản trị của đơn vị.")

// Service holds the use cases about users and keys. They ask Can themselves, because whom a
// subject may make is part of the rule.
type Service struct {
	DB    *db.DB
	IDs   *id.Gen
	Clock clock.Clock
}

var loginForm = regexp.MustCompile(`^[a-z0-9][a-z0-9._@-]{2,63}$`)

func cleanLogin(s string) string { return strings.ToLower(vn.Clean(s)) }

func checkUser(u *User) *Invalid {
	bad := &Invalid{}
	add := func(field, text string) { bad.Problems = append(bad.Problems, Problem{field, text}) }
	u.Login, u.Name = cleanLogin(u.Login), vn.Clean(u.Name)
	if !loginForm.MatchString(u.Login) {
		add("login", "Tên đăng nhập gồm 3 đến 64 chữ cái không dấu, chữ số, dấu chấm, gạch nối hoặc @.")
	}
	if u.Name == "" {
		add("name", "Chưa có họ và tên. Điền họ và tên người dùng.")
	}
	switch {
	case !u.Role.ForPeople():
		add("role", "Vai trò không có trong danh sách. Chọn một vai trò.")
	case u.Role.OfFacility() && u.Facility == 0:
		add("facility", "Vai trò này thuộc một cơ sở. Chọn cơ sở.")
	case !u.Role.OfFacility() && u.Facility != 0:
		add("facility", "Vai trò này không thuộc cơ sở nào. Bỏ chọn cơ sở.")
	}
	if u.Sector != "" && u.Sector != org.Education && u.Sector != org.Health {
		add("sector", "Ngành không có trong danh sách. Chọn Giáo dục, Y tế hoặc để trống.")
	}
	return bad
}

// mayManage reports whether s may make or change a user like u: people of a facility only
// users of their own facility and no one above it, nobody a program's role.
func mayManage(s Subject, u User) bool {
	return u.Role.ForPeople() && Can(s, ManageUsers, Target{Facility: u.Facility}) && (u.Role.OfFacility() || s.Role == ProvinceAdmin || s.Role == System)
}

// CreateUser adds a person who may sign in. Errors: ErrForbidden, *Invalid.
func (s *Service) CreateUser(ctx context.Context, by Subject, u User, password string) (User, error) {
	bad := checkUser(&u)
	if p := PasswordProblem(u.Login, password); p != "" {
		bad.Problems = append(bad.Problems, Problem{"password", p})
	}
	if len(bad.Problems) > 0 {
		return User{}, bad
	}
	if !mayManage(by, u) {
		return User{}, ErrForbidden
	}
	hash := HashPassword(password) // outside the transaction: it takes long on purpose
	u.ID, u.Active, u.Created, u.Epoch = id.New[id.User](s.IDs), true, s.Clock.Now(), 0
	err := s.DB.Update(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec("insert into user_account (id, login, name, password_hash, role, facility_id, agency_id, area_id, sector, active, created_at, epoch)"+
			" values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)", u.ID, u.Login, u.Name, hash, u.Role,
			id.Null(u.Facility), id.Null(u.Agency), id.Null(u.Area), u.Sector, true, clock.Micros(u.Created), 0)
		if err != nil {
			return err
		}
		return s.record(tx, by, "user.create", u.ID.String(), u.Facility, map[string]any{"login": u.Login, "role": u.Role})
	})
	if errors.Is(err, db.ErrConflict) {
		return User{}, &Invalid{[]Problem{{"login", "Tên đăng nhập này đã có người dùng. Chọn tên khác."}}}
	}
	return u, err
}

// UpdateUser changes a user's name, role, place and whether the account is active; the login
// stays. Shutting an account ends its sessions. Errors: ErrForbidden, *Invalid, db.ErrNotFound.
func (s *Service) UpdateUser(ctx context.Context, by Subject, u User) (User, error) {
	err := s.DB.Update(ctx, func(tx *db.Tx) error {
		old, err := UserByID(tx, u.ID)
		if err != nil {
			return err
		}
		u.Login, u.Created, u.Epoch = old.Login, old.Created, old.Epoch
		if bad := checkUser(&u); len(bad.Problems) > 0 {
			return bad
		}
		if !mayManage(by, old) || !mayManage(by, u) {
			return ErrForbidden
		}
		if by.User == u.ID && (!u.Active || u.Role != old.Role) {
			return &Invalid{[]Problem{{"active", "Không tự khóa hoặc đổi vai trò của chính mình. Nhờ người quản trị khác."}}}
		}
		if !u.Active && old.Active {
			u.Epoch++
		}
		_, err = tx.Exec("update user_account set name = $2, role = $3, facility_id = $4, agency_id = $5, area_id = $6, sector = $7, active = $8, epoch = $9 where id = $1",
			u.ID, u.Name, u.Role, id.Null(u.Facility), id.Null(u.Agency), id.Null(u.Area), u.Sector, u.Active, u.Epoch)
		if err != nil {
			return err
		}
		return s.record(tx, by, "user.update", u.ID.String(), u.Facility, map[string]any{"role": u.Role, "active": u.Active})
	})
	return u, err
}

// SetPassword gives a user a new password and ends the user's sessions. A user may change
// their own when the caller has checked the present one; others need ManageUsers.
func (s *Service) SetPassword(ctx context.Context, by Subject, user id.User, password string) error {
	var u User
	err := s.DB.View(ctx, func(tx *db.Tx) (err error) {
		u, err = UserByID(tx, user)
		return err
	})
	if err != nil {
		return err
	}
	if by.User != user && !mayManage(by, u) {
		return ErrForbidden
	}
	if p := PasswordProblem(u.Login, password); p != "" {
		return &Invalid{[]Problem{{"password", p}}}
	}
	hash := HashPassword(password)
	return s.DB.Update(ctx, func(tx *db.Tx) error {
		if _, err := tx.Exec("update user_account set password_hash = $2, epoch = epoch + 1 where id = $1", user, hash); err != nil {
			return err
		}
		return s.record(tx, by, "user.password", user.String(), u.Facility, struct{}{})
	})
}

func (s *Service) record(tx *db.Tx, by Subject, action, subject string, f id.Facility, detail any) error {
	r, err := audit.New(s.Clock.Now(), by.Actor(), action, subject, f, detail)
	if err != nil {
		return err
	}
	return audit.Append(tx, r)
}
