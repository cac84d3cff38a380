package main

import (
	"errors"
	"slices"
	"strings"

	"github.com/sen-platform/sen/internal/access"
	"github.com/sen-platform/sen/internal/app"
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
)

type keyCmd struct {
	Add    keyAddCmd    `cmd:"" help:"Tạo khóa API cho phần mềm của một cơ sở hoặc của tỉnh; khóa hiện một lần duy nhất."`
	List   keyListCmd   `cmd:"" help:"Liệt kê khóa API."`
	Revoke keyRevokeCmd `cmd:"" help:"Thu hồi khóa; có hiệu lực ngay."`
}

type keyAddCmd struct {
	storeFlags
	Name     string   `arg:"" placeholder:"TÊN" help:"Phần mềm nào dùng khóa này."`
	Facility string   `placeholder:"MÃ" help:"Mã cơ sở; bỏ trống là khóa của tỉnh."`
	Scope    []string `placeholder:"QUYỀN" help:"Quyền của khóa; bỏ trống là mọi quyền mà khóa loại này có thể có."`
	Test     bool     `help:"Khóa thử (sk_test_…)."`
}

// Run makes a key and shows its secret this once.
func (c *keyAddCmd) Run(env *console) error {
	return c.with(env, func(a *app.App) error {
		k := access.APIKey{Name: c.Name, Mode: access.Live}
		if c.Test {
			k.Mode = access.Test
		}
		role := access.ProvinceKey
		if c.Facility != "" {
			f, err := facility(env, a, c.Facility)
			if err != nil {
				return err
			}
			k.Facility, role = f.ID, access.FacilityKey
		}
		allowed := access.Scopes(role)
		k.Scopes = allowed
		if len(c.Scope) > 0 {
			k.Scopes = nil
			for _, s := range c.Scope {
				if !slices.Contains(allowed, access.Action(s)) {
					return refuse("Khóa này không có quyền %s. Chọn trong: %s", s, scopeList(allowed))
				}
				k.Scopes = append(k.Scopes, access.Action(s))
			}
		}
		k, secret, err := a.Access.CreateKey(env.ctx, access.SystemSubject(), k)
		if err != nil {
			return err
		}
		line(env.out, "%s", secret)
		line(env.err, "Khóa %s đã tạo với quyền: %s. Chép khóa ngay: Sen chỉ giữ dấu vết của nó, không hiện lại được.", k.ID, scopeList(k.Scopes))
		return nil
	})
}

func scopeList(list []access.Action) string {
	texts := make([]string, len(list))
	for i, a := range list {
		texts[i] = string(a)
	}
	return strings.Join(texts, ", ")
}

type keyListCmd struct {
	storeFlags
	Facility string `placeholder:"MÃ" help:"Mã cơ sở; bỏ trống là khóa của tỉnh."`
	JSON     bool   `name:"json" help:"In kết quả dạng JSON."`
}

// Run lists keys, never their secrets.
func (c *keyListCmd) Run(env *console) error {
	return c.with(env, func(a *app.App) error {
		of, err := facilityOrNone(env, a, c.Facility)
		if err != nil {
			return err
		}
		var keys []access.APIKey
		if err := a.DB.View(env.ctx, func(tx *db.Tx) (err error) { keys, err = access.KeysOf(tx, of); return err }); err != nil {
			return err
		}
		if c.JSON {
			type row struct {
				ID      string `json:"id"`
				Name    string `json:"name"`
				Mode    string `json:"mode"`
				Hint    string `json:"last_characters"`
				Scopes  string `json:"scopes"`
				Active  bool   `json:"active"`
				Created string `json:"created_on"`
			}
			rows := make([]row, len(keys))
			for i, k := range keys {
				rows[i] = row{k.ID.String(), k.Name, string(k.Mode), k.Hint, scopeList(k.Scopes), k.Active, string(clock.DateOf(k.Created))}
			}
			return printJSON(env.out, rows)
		}
		for _, k := range keys {
			state := ""
			if !k.Active {
				state = " · đã thu hồi"
			}
			line(env.out, "%s · %s · sk_%s_…%s · tạo %s%s", k.ID, k.Name, k.Mode, k.Hint, clock.DateOf(k.Created).VN(), state)
		}
		return nil
	})
}

type keyRevokeCmd struct {
	storeFlags
	Key string `arg:"" placeholder:"key_…"`
}

// Run revokes a key.
func (c *keyRevokeCmd) Run(env *console) error {
	k, err := id.Parse[access.KeyID](c.Key)
	if err != nil {
		return refuse("%s không phải mã khóa. Xem mã: sen key list", c.Key)
	}
	return c.with(env, func(a *app.App) error {
		err := a.Access.RevokeKey(env.ctx, access.SystemSubject(), k)
		if errors.Is(err, db.ErrNotFound) {
			return refuse("Không có khóa %s. Xem mã: sen key list", c.Key)
		}
		if err != nil {
			return err
		}
		line(env.out, "Đã thu hồi khóa %s.", k)
		return nil
	})
}

// facilityOrNone is facility, or zero when no code is given.
func facilityOrNone(env *console, a *app.App, code string) (id.Facility, error) {
	if code == "" {
		return 0, nil
	}
	f, err := facility(env, a, code)
	return f.ID, err
}
