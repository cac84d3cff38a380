package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"github.com/sen-platform/sen/internal/app"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/org"
)

// storeFlags choose the store.
type storeFlags struct {
	Data string `default:"./data" env:"SEN_DATA" placeholder:"THƯ-MỤC" help:"Thư mục dữ liệu: SQLite và khóa sen.key."`
	DSN  string `name:"dsn" env:"SEN_DSN" placeholder:"CHUỖI" help:"Dùng PostgreSQL này thay cho SQLite; mật khẩu nên để trong biến SEN_DSN."`
}

// config is the App's, with a log that speaks only of trouble.
func (f storeFlags) config(env *console) app.Config {
	return app.Config{Data: f.Data, DSN: f.DSN, Log: slog.New(slog.NewTextHandler(env.err, &slog.HandlerOptions{Level: slog.LevelWarn}))}
}

// with opens the house, runs fn, and closes it.
func (f storeFlags) with(env *console, fn func(*app.App) error) error {
	return run1(env, f.config(env), fn)
}

func run1(env *console, cfg app.Config, fn func(*app.App) error) error {
	a, err := app.Open(env.ctx, cfg)
	if err != nil {
		return err
	}
	return errors.Join(fn(a), a.Close())
}

// facility finds a facility by the code on the command line.
func facility(env *console, a *app.App, code string) (org.Facility, error) {
	var f org.Facility
	err := a.DB.View(env.ctx, func(tx *db.Tx) (err error) { f, err = org.FacilityByCode(tx, code); return err })
	if errors.Is(err, db.ErrNotFound) {
		return f, refuse("Không có cơ sở nào mang mã %s. Xem mã ở trang Cơ sở, hoặc nhập danh mục trước: sen import org TỆP", code)
	}
	return f, err
}

// openFile opens a file that a person named; a folder is refused.
func openFile(path string) (*os.File, int64, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, 0, errors.Join(err, f.Close())
	}
	if info.IsDir() {
		return nil, 0, errors.Join(refuse("%s là thư mục. Ghi tên một tệp.", path), f.Close())
	}
	return f, info.Size(), nil
}

// printJSON writes v for programs.
func printJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// progress is a bar on the error stream, nil when that is no terminal: then nothing shows.
// Its methods may be called on nil.
type progress struct{ bar *progressbar.ProgressBar }

func newProgress(env *console, what string, all int) *progress {
	f, ok := env.err.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return nil
	}
	return &progress{progressbar.NewOptions(all, progressbar.OptionSetWriter(f), progressbar.OptionSetDescription(what),
		progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionShowCount(), progressbar.OptionClearOnFinish())}
}

func (p *progress) to(done, all int) {
	if p == nil {
		return
	}
	if all > 0 {
		p.bar.ChangeMax(all)
	}
	_ = p.bar.Set(done) // a bar that cannot be drawn is no reason to stop
}

func (p *progress) end() {
	if p != nil {
		_ = p.bar.Finish()
	}
}

func line(w io.Writer, format string, args ...any) { fmt.Fprintf(w, format+"\n", args...) }
