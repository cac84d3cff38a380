package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"github.com/sen-platform/sen/internal/access"
	"github.com/sen-platform/sen/internal/app"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/org"
)

type userCmd struct {
	Add    userAddCmd    `cmd:"" help:"Thêm người dùng; mật khẩu hỏi trên màn hình hoặc đọc từ đầu vào chuẩn."`
	Passwd userPasswdCmd `cmd:"" help:"Đặt lại mật khẩu; mọi phiên đang mở của người đó kết thúc."`
	List   userListCmd   `cmd:"" help:"Liệt kê người dùng của một cơ sở hoặc của tỉnh."`
}

type userAddCmd struct {
	storeFlags
	Login    string `arg:"" placeholder:"TÊN-ĐĂNG-NHẬP" help:"Thường là thư điện tử."`
	Name     string `required:"" placeholder:"HỌ-TÊN" help:"Họ và tên."`
	Role     string `required:"" enum:"facility_accountant,facility_cashier,facility_manager,department_officer,province_admin" help:"facility_accountant kế toán, facility_cashier thu ngân, facility_manager lãnh đạo cơ sở, department_officer cán bộ sở, province_admin quản trị tỉnh."`
	Facility string `placeholder:"MÃ" help:"Mã cơ sở, với ba vai trò của cơ sở."`
	Sector   string `enum:"education,health," default:"" help:"Ngành của cán bộ sở: education hoặc health; bỏ trống là cả hai."`
}

// Run adds a user.
func (c *userAddCmd) Run(env *console) error {
	return c.with(env, func(a *app.App) error {
		u := access.User{Login: c.Login, Name: c.Name, Role: access.Role(c.Role), Sector: org.Sector(c.Sector)}
		if c.Facility != "" {
			f, err := facility(env, a, c.Facility)
			if err != nil {
				return err
			}
			u.Facility = f.ID
		}
		password, err := askPassword(env)
		if err != nil {
			return err
		}
		if u, err = a.Access.CreateUser(env.ctx, access.SystemSubject(), u, password); err != nil {
			return err
		}
		line(env.out, "Đã thêm %s (%s).", u.Login, u.Role.Label())
		return nil
	})
}

type userPasswdCmd struct {
	storeFlags
	Login string `arg:"" placeholder:"TÊN-ĐĂNG-NHẬP"`
}

// Run sets a password.
func (c *userPasswdCmd) Run(env *console) error {
	return c.with(env, func(a *app.App) error {
		var u access.User
		err := a.DB.View(env.ctx, func(tx *db.Tx) (err error) { u, err = access.UserByLogin(tx, c.Login); return err })
		if errors.Is(err, db.ErrNotFound) {
			return refuse("Không có người dùng %s. Xem danh sách: sen user list", c.Login)
		}
		if err != nil {
			return err
		}
		password, err := askPassword(env)
		if err != nil {
			return err
		}
		if err := a.Access.SetPassword(env.ctx, access.SystemSubject(), u.ID, password); err != nil {
			return err
		}
		line(env.out, "Đã đặt mật khẩu mới cho %s. Các phiên đang mở đã kết thúc.", u.Login)
		return nil
	})
}

// askPassword asks for a new password. A password never comes as an argument, where others
// could see it.
func askPassword(env *console) (string, error) { return askSecret(env, "Mật khẩu") }

// askSecret asks twice on a terminal, without showing it; otherwise it reads one line of the
// standard input. what names it, with a capital.
func askSecret(env *console, what string) (string, error) {
	f, ok := env.in.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		text, err := bufio.NewReader(io.LimitReader(env.in, 8<<10)).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return "", fmt.Errorf("đọc %s: %w", strings.ToLower(what), err)
		}
		if text = strings.TrimRight(text, "\r\n"); text == "" {
			return "", refuse("Chưa có %s. Chạy trên màn hình để được hỏi, hoặc đưa vào đầu vào chuẩn.", strings.ToLower(what))
		}
		return text, nil
	}
	var typed [2]string
	for i, prompt := range []string{what + " mới: ", "Nhập lại: "} {
		fmt.Fprint(env.err, prompt)
		b, err := term.ReadPassword(int(f.Fd()))
		fmt.Fprintln(env.err)
		if err != nil {
			return "", fmt.Errorf("đọc %s: %w", strings.ToLower(what), err)
		}
		typed[i] = string(b)
	}
	if typed[0] != typed[1] {
		return "", refuse("Hai lần nhập không giống nhau. Chạy lại lệnh.")
	}
	return typed[0], nil
}

type userListCmd struct {
	storeFlags
	Facility string `placeholder:"MÃ" help:"Mã cơ sở; bỏ trống là người dùng cấp tỉnh."`
	JSON     bool   `name:"json" help:"In kết quả dạng JSON."`
}

// Run lists users.
func (c *userListCmd) Run(env *console) error {
	return c.with(env, func(a *app.App) error {
		var of id.Facility
		if c.Facility != "" {
			f, err := facility(env, a, c.Facility)
			if err != nil {
				return err
			}
			of = f.ID
		}
		var users []access.User
		err := a.DB.View(env.ctx, func(tx *db.Tx) (err error) { users, err = access.UsersOf(tx, of); return err })
		if err != nil {
			return err
		}
		if c.JSON {
			type row struct {
				Login  string `json:"login"`
				Name   string `json:"name"`
				Role   string `json:"role"`
				Active bool   `json:"active"`
			}
			rows := make([]row, len(users))
			for i, u := range users {
				rows[i] = row{u.Login, u.Name, string(u.Role), u.Active}
			}
			return printJSON(env.out, rows)
		}
		for _, u := range users {
			state := ""
			if !u.Active {
				state = " · đã khóa"
			}
			line(env.out, "%-28s %s · %s%s", u.Login, u.Name, u.Role.Label(), state)
		}
		return nil
	})
}
