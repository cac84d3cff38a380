package main

import (
	"fmt"
	"time"

	"github.com/sen-platform/sen/internal/app/bench"
)

type benchCmd struct {
	Receive benchReceiveCmd `cmd:"" help:"Đo đường đi của một báo có: số khoản mỗi giây, đã ghi bền, đã khớp phiếu, có biên lai."`
}

// benchReceiveCmd measures; give it a store of its own, it fills it with invented bills.
type benchReceiveCmd struct {
	Data    string        `default:"./data/bench" placeholder:"THƯ-MỤC" help:"Thư mục của kho đo (SQLite)."`
	DSN     string        `name:"dsn" env:"SEN_BENCH_DSN" placeholder:"CHUỖI" help:"Đo trên PostgreSQL này; phải là cơ sở dữ liệu riêng."`
	Bills   int           `default:"1000000" help:"Số phiếu còn nợ khi bắt đầu."`
	Credits int           `default:"100000" help:"Số báo có gửi vào."`
	Clients int           `default:"64" help:"Số bên gửi cùng lúc."`
	Hot     bool          `help:"Dồn vào một tài khoản; không có thì rải ra 600 cơ sở."`
	HTTP    bool          `name:"http" help:"Gửi webhook có ký tới một tiến trình sen serve; không có thì gọi thẳng."`
	Delay   time.Duration `name:"commit-delay" help:"Làm mỗi lần ghi đĩa chậm thêm chừng ấy."`
	JSON    bool          `name:"json" help:"In JSON cho chương trình đọc."`
}

// Run measures once and prints.
func (c *benchReceiveCmd) Run(env *console) error {
	var bar *progress
	what := ""
	r, err := bench.Receive(env.ctx, bench.Options{
		Data: c.Data, DSN: c.DSN, CommitDelay: c.Delay, Bills: c.Bills, Credits: c.Credits, Clients: c.Clients, Hot: c.Hot, HTTP: c.HTTP,
		Progress: func(step string, done, all int) {
			if step != what {
				bar.end()
				bar, what = newProgress(env, map[string]string{"bills": "Lập phiếu", "credits": "Gửi báo có"}[step], all), step
			}
			bar.to(done, all)
		},
	})
	bar.end()
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(env.out, r)
	}
	_, err = fmt.Fprint(env.out, r)
	return err
}
