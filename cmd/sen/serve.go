package main

import (
	"fmt"
	"log/slog"
	"time"

	"github.com/sen-platform/sen/internal/app"
)

type addrFlag struct {
	Addr string `default:"127.0.0.1:8080" env:"SEN_ADDR" placeholder:"MÁY:CỔNG" help:"Nơi lắng nghe."`
}

type serveCmd struct {
	storeFlags
	addrFlag
	BaseURL    string        `name:"base-url" env:"SEN_BASE_URL" placeholder:"https://…" help:"Địa chỉ công khai, in trên phiếu thu và trong mã QR."`
	Province   string        `env:"SEN_PROVINCE" placeholder:"TÊN" help:"Tên tỉnh ở đầu trang, ví dụ Tỉnh Lam Giang."`
	TrustProxy bool          `env:"SEN_TRUST_PROXY" help:"Tin X-Forwarded-For; chỉ dùng khi đứng sau máy chủ proxy."`
	Delay      time.Duration `name:"commit-delay" hidden:"" help:"Kéo dài mỗi lần ghi đĩa, chỉ để đo."`
	Log        string        `enum:"text,json" default:"text" env:"SEN_LOG" help:"Dạng nhật ký: text hoặc json."`
}

// Run serves until SIGTERM or Ctrl-C.
func (c *serveCmd) Run(env *console) error {
	cfg := c.config(env)
	cfg.Addr, cfg.BaseURL, cfg.Province, cfg.TrustProxy = c.Addr, c.BaseURL, c.Province, c.TrustProxy
	cfg.CommitDelay = c.Delay
	cfg.Log = slog.New(slog.NewTextHandler(env.err, nil))
	if c.Log == "json" {
		cfg.Log = slog.New(slog.NewJSONHandler(env.err, nil))
	}
	return run1(env, cfg, func(a *app.App) error {
		return a.Serve(env.ctx, func(origin string) { line(env.out, "Sen chạy ở %s", origin) })
	})
}

type migrateCmd struct{ storeFlags }

// Run brings the schema up to date; opening does it.
func (c *migrateCmd) Run(env *console) error {
	return c.with(env, func(a *app.App) error {
		_, err := fmt.Fprintf(env.out, "Dữ liệu %s đã ở phiên bản mới nhất.\n", a.DB.Engine())
		return err
	})
}
