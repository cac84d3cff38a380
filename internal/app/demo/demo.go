// Package demo is `sen demo`: an invented province with half a year of history, whose payers,
// banks and desks go on living while one looks (design, section 6; issue item 13).
//
// Everything goes the way it goes in service: bills through import, issue and publish, money
// through signed webhooks over loopback and through statement files.
package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/sen-platform/sen/internal/access"
	"github.com/sen-platform/sen/internal/app"
	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/org/sample"
	"github.com/sen-platform/sen/internal/web/session"
	"github.com/sen-platform/sen/sandbox/bank"
)

// Province is the name beside the mark.
const Province = "Tỉnh Lam Giang"

// Config says how the demonstration runs.
type Config struct {
	App   app.Config
	Seed  uint64
	Speed float64 // 1 is a credit every two seconds
	// Habits are how often payers and messengers do something else than they should.
	Habits bank.Habits
	Out    io.Writer
}

// ErrRealData is returned for a store that holds anything but a demonstration.
var ErrRealData = errors.New("kho dữ liệu này có dữ liệu thật, không chạy thử trên đó được. Chọn thư mục khác bằng --data")

// ErrHalfFilled is returned for a store in which a demonstration was begun and not finished.
var ErrHalfFilled = errors.New("lần dựng dữ liệu mẫu trước chưa xong. Xóa thư mục dữ liệu mẫu (hoặc dùng cơ sở dữ liệu trống) rồi chạy lại")

// Run fills the store when it is empty, serves, and lets the province live until ctx ends.
func Run(ctx context.Context, cfg Config) error {
	if cfg.Speed <= 0 {
		return errors.New("--speed phải lớn hơn 0")
	}
	var mu sync.Mutex
	say := func(format string, args ...any) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Fprintf(cfg.Out, format+"\n", args...)
	}
	cfg.App.Sample, cfg.App.Province = true, Province
	for _, u := range sample.Users() {
		cfg.App.Hints = append(cfg.App.Hints, session.Hint{Who: u.Role.Label() + " · " + u.Name, Login: u.Login, Password: u.Password})
	}
	memory := filepath.Join(cfg.App.Data, "sandbox-bank.json")
	b, err := prepare(ctx, cfg, memory, say)
	if err != nil {
		return err
	}
	a, err := app.Open(ctx, cfg.App)
	if err != nil {
		return err
	}
	var living sync.WaitGroup
	err = a.Serve(ctx, func(local string) {
		base := cfg.App.BaseURL
		if base == "" {
			base = local
		}
		if err := guide(ctx, a, base, say); err != nil {
			say("%v", err)
		}
		t, err := newTown(ctx, cfg, a, b, memory, local, say)
		if err != nil {
			say("Không mô phỏng được ngân hàng: %v", err)
			return
		}
		living.Go(func() { t.live(ctx) })
	})
	living.Wait()
	return errors.Join(err, a.Close())
}

// prepare returns the bank of the store's demonstration, filling an empty store first.
func prepare(ctx context.Context, cfg Config, memory string, say func(string, ...any)) (*bank.Bank, error) {
	state, err := stateOf(ctx, cfg)
	if err != nil {
		return nil, err
	}
	switch state {
	case access.SampleReady:
		f, err := os.Open(memory)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("thiếu tệp %s của ngân hàng mô phỏng: %w", memory, ErrHalfFilled)
		}
		if err != nil {
			return nil, err
		}
		b, err := bank.Load(cfg.Seed, f)
		return b, errors.Join(err, f.Close())
	case access.SampleFilling:
		return nil, ErrHalfFilled
	}
	began := time.Now()
	say("Dựng dữ liệu mẫu, khoảng mười giây…")
	b := bank.New(cfg.Seed, began.UnixMicro()/1000)
	if err := fill(ctx, cfg, b, func(step string) { say("  %s", step) }); err != nil {
		return nil, fmt.Errorf("dựng dữ liệu mẫu: %w", err)
	}
	t := &town{bank: b, memory: memory}
	if err := t.remember(); err != nil {
		return nil, err
	}
	say("Dữ liệu mẫu xong sau %.1f giây.", time.Since(began).Seconds())
	return b, nil
}

// stateOf opens the store and tells how far its demonstration is; real data are refused.
func stateOf(ctx context.Context, cfg Config) (string, error) {
	a, err := app.Open(ctx, cfg.App)
	if err != nil {
		return "", err
	}
	var state string
	err = a.DB.View(ctx, func(tx *db.Tx) (err error) {
		if state, err = access.SampleState(tx); err != nil || state != "" {
			return err
		}
		areas, err := org.Areas(tx, "")
		if err == nil && len(areas) > 0 {
			err = ErrRealData
		}
		return err
	})
	return state, errors.Join(err, a.Close())
}

// guide prints where to look and how to sign in.
func guide(ctx context.Context, a *app.App, base string, say func(string, ...any)) error {
	say("")
	say("Sen đang chạy với dữ liệu mẫu: mọi tên người, trường, bệnh viện và số tiền đều bịa ra.")
	say("")
	say("  Trang công khai     %s/", base)
	say("  Đăng nhập cán bộ    %s/signin", base)
	say("  API                 %s/v1/openapi.json", base)
	say("")
	say("  Đăng nhập (mật khẩu chung: %s)", sample.Password)
	for _, u := range sample.Users() {
		say("    %-22s %s · %s", u.Login, u.Role.Label(), u.Name)
	}
	say("")
	say("  Phiếu thu để xem như phụ huynh, sinh viên, người bệnh")
	links, err := links(ctx, a, base)
	for _, l := range links {
		say("    %s", l)
	}
	say("")
	say("Ngân hàng mô phỏng chuyển tiền vài giây một khoản. Dừng: Ctrl-C.")
	say("")
	return err
}

// links are the payer's pages of three bills that are open.
func links(ctx context.Context, a *app.App, base string) ([]string, error) {
	var out []string
	err := a.DB.View(ctx, func(tx *db.Tx) error {
		out = nil
		for _, code := range []string{sample.CatVang, sample.University, sample.Hospital} {
			f, err := org.FacilityByCode(tx, code)
			if err != nil {
				return err
			}
			page, err := bill.Search(tx, bill.Filter{Facility: f.ID, Today: a.Collect.Today(), Status: []bill.Status{bill.StatusOpen}, Limit: 1})
			if err != nil {
				return err
			}
			for _, b := range page.Bills {
				out = append(out, fmt.Sprintf("%s/p/%s   %s, %s", base, b.Token, f.ShortName, b.Total))
			}
		}
		return nil
	})
	return out, err
}
