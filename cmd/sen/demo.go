package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/sen-platform/sen/internal/app/demo"
	"github.com/sen-platform/sen/sandbox/bank"
)

type demoCmd struct {
	Data     string         `default:"./data/demo" env:"SEN_DATA" placeholder:"THƯ-MỤC" help:"Thư mục dữ liệu mẫu; chạy lại thì dùng tiếp, xóa đi thì dựng mới."`
	DSN      string         `name:"dsn" env:"SEN_DSN" placeholder:"CHUỖI" help:"Dùng PostgreSQL trống này thay cho SQLite."`
	BaseURL  string         `name:"base-url" env:"SEN_BASE_URL" placeholder:"https://…" help:"Địa chỉ công khai, khi xem qua proxy hay máy khác."`
	Speed    float64        `default:"1" placeholder:"SỐ" help:"Nhanh chậm: 1 là khoảng hai giây một khoản tiền về."`
	Seed     uint64         `default:"1" placeholder:"SỐ" help:"Cùng số thì cùng dữ liệu."`
	Mischief map[string]int `mapsep:"," placeholder:"THÓI-QUEN=PHẦN-NGHÌN" help:"Trục trặc cố ý, mỗi thứ bao nhiêu phần nghìn: ${habits}. none=0 tắt hết."`
	addrFlag
}

// Run runs the demonstration.
func (c *demoCmd) Run(env *console) error {
	habits := bank.Usual()
	if _, none := c.Mischief["none"]; none {
		habits = bank.Habits{}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Mischief)) {
		if n := c.Mischief[name]; name != "none" && (n < 0 || n > 1000 || !habits.Set(name, n)) {
			return &outcome{exitUsage, fmt.Sprintf("--mischief %s=%d không đúng. Các thói quen: %s; mỗi thứ từ 0 đến 1000.", name, n, strings.Join(bank.Names(), ", "))}
		}
	}
	cfg := storeFlags{Data: c.Data, DSN: c.DSN}.config(env)
	cfg.Addr, cfg.BaseURL = c.Addr, c.BaseURL
	return demo.Run(env.ctx, demo.Config{App: cfg, Seed: c.Seed, Speed: c.Speed, Habits: habits, Out: env.out})
}
