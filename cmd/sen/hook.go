package main

import (
	"errors"
	"strings"

	"github.com/sen-platform/sen/internal/app"
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
)

type hookCmd struct {
	Add  hookAddCmd  `cmd:"" help:"Mở địa chỉ nhận báo có cho một cơ sở; khóa bí mật đọc từ đầu vào chuẩn."`
	List hookListCmd `cmd:"" help:"Liệt kê địa chỉ nhận báo có của một cơ sở."`
	Stop hookStopCmd `cmd:"" help:"Ngừng một địa chỉ; có hiệu lực trong vài giây."`
}

type hookAddCmd struct {
	storeFlags
	Stream   string `arg:"" enum:"sepay,casso,payos" placeholder:"ĐỐI-TÁC" help:"sepay, casso hoặc payos."`
	Facility string `required:"" placeholder:"MÃ" help:"Mã cơ sở."`
	Mode     string `placeholder:"CÁCH" help:"Cách đối tác chứng minh: sepay hmac|apikey, casso v2|v1, payos checksum. Bỏ trống là cách tốt nhất."`
	BaseURL  string `name:"base-url" env:"SEN_BASE_URL" default:"http://127.0.0.1:8080" help:"Địa chỉ công khai của Sen."`
}

// Run makes an address for a partner. The secret never comes as an argument.
func (c *hookAddCmd) Run(env *console) error {
	return c.with(env, func(a *app.App) error {
		f, err := facility(env, a, c.Facility)
		if err != nil {
			return err
		}
		mode := c.Mode
		if mode == "" {
			mode = collect.HookModes(c.Stream)[0]
		}
		secret, err := askSecret(env, "Khóa bí mật")
		if err != nil {
			return err
		}
		h, err := a.Collect.AddHook(env.ctx, collect.System, a.Keys, f.ID, c.Stream, mode, secret)
		if err != nil {
			return err
		}
		line(env.out, "%s/hooks/%s/%s", strings.TrimRight(c.BaseURL, "/"), h.Stream, h.Path)
		line(env.err, "Địa chỉ %s đã mở cho %s (%s). Điền địa chỉ này ở trang của đối tác.", h.ID, f.Name, h.Mode)
		return nil
	})
}

type hookListCmd struct {
	storeFlags
	Facility string `required:"" placeholder:"MÃ" help:"Mã cơ sở."`
}

// Run lists addresses; their paths are secrets and are cut short.
func (c *hookListCmd) Run(env *console) error {
	return c.with(env, func(a *app.App) error {
		f, err := facility(env, a, c.Facility)
		if err != nil {
			return err
		}
		var hooks []collect.Hook
		if err := a.DB.View(env.ctx, func(tx *db.Tx) (err error) { hooks, err = collect.HooksOf(tx, f.ID); return err }); err != nil {
			return err
		}
		for _, h := range hooks {
			state := ""
			if !h.Active {
				state = " · đã ngừng"
			}
			line(env.out, "%s · %s (%s) · /hooks/%s/%.4s… · mở %s%s", h.ID, h.Stream, h.Mode, h.Stream, h.Path, clock.DateOf(h.Created).VN(), state)
		}
		return nil
	})
}

type hookStopCmd struct {
	storeFlags
	Hook string `arg:"" placeholder:"hok_…"`
}

// Run stops an address.
func (c *hookStopCmd) Run(env *console) error {
	h, err := id.Parse[collect.HookID](c.Hook)
	if err != nil {
		return refuse("%s không phải mã địa chỉ. Xem mã: sen hook list", c.Hook)
	}
	return c.with(env, func(a *app.App) error {
		err := a.Collect.StopHook(env.ctx, collect.System, h)
		if errors.Is(err, db.ErrNotFound) {
			return refuse("Không có địa chỉ %s. Xem mã: sen hook list", c.Hook)
		}
		if err != nil {
			return err
		}
		line(env.out, "Đã ngừng địa chỉ %s.", h)
		return nil
	})
}
