package demo

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/sen-platform/sen/internal/access"
	"github.com/sen-platform/sen/internal/app"
	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/db/dbtest"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/indicator"
	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/sandbox/bank"
)

// screen is what the demonstration prints; it calls heard with each line.
type screen struct {
	mu    sync.Mutex
	text  strings.Builder
	heard func(line string)
}

func (s *screen) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.text.Write(b)
	s.heard(string(b))
	return len(b), nil
}

func config(data string) app.Config {
	return app.Config{
		Data: data, Addr: "127.0.0.1:0", Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Env: func(string) (string, bool) { return "", false },
	}
}

// run lets a demonstration live until it printed a line with stop, and returns what it printed.
func run(t *testing.T, cfg Config, stop string, during func(line string)) string {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	s := &screen{heard: func(line string) {
		if during != nil {
			during(line)
		}
		if strings.Contains(line, stop) {
			cancel()
		}
	}}
	cfg.Out = s
	if err := Run(ctx, cfg); err != nil {
		t.Fatalf("%v\n%s", err, s.text.String())
	}
	return s.text.String()
}

func get(t *testing.T, address string) (int, string) {
	t.Helper()
	resp, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

// From an empty folder to a living province: history on the charts, pages with the banner,
// money through webhooks and statements, books that agree; and again from where it stopped.
func TestDemo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		cfg := Config{App: config(t.TempDir()), Seed: 1, Speed: 60, Habits: bank.Usual()}
		if d.Engine() == db.Postgres {
			cfg.App.DSN = dbtest.DSN(t)
		}
		link := regexp.MustCompile(`http://[^ ]+/p/[0-9a-z]+`)
		opened := 0
		first := run(t, cfg, "hết một ngày ngân hàng", func(line string) {
			for _, l := range link.FindAllString(line, -1) {
				opened++
				if status, body := get(t, l); status != 200 || !strings.Contains(body, "Dữ liệu mẫu") {
					t.Errorf("%s: %d", l, status)
				}
			}
		})
		if opened != 3 {
			t.Errorf("%d payer's links printed, want 3\n%s", opened, first)
		}
		if !strings.Contains(first, "ketoan.catvang") || strings.Contains(first, "vấp lỗi") {
			t.Errorf("printed:\n%s", first)
		}
		before := look(t, cfg)
		if again := run(t, cfg, "hết một ngày ngân hàng", nil); strings.Contains(again, "Dựng tỉnh") || strings.Contains(again, "vấp lỗi") {
			t.Errorf("the second time it printed:\n%s", again)
		}
		if after := look(t, cfg); after <= before {
			t.Errorf("%d payments before, %d after living on", before, after)
		}
	})
}

// look checks the books of a demonstration and returns how many cashless payments it holds.
func look(t *testing.T, cfg Config) (payments int64) {
	t.Helper()
	a, err := app.Open(t.Context(), cfg.App)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	rep, err := a.Collect.Verify(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range rep.Findings {
		t.Errorf("books: %+v", f)
	}
	err = a.DB.View(t.Context(), func(tx *db.Tx) error {
		facts, err := collect.Facts(tx)
		if err != nil {
			return err
		}
		seen := map[string]bool{}
		var cash int64
		for cell, sum := range facts {
			switch cell.Measure {
			case indicator.Measure("qr"):
				seen[cell.Month] = true
				payments += sum.N
			case indicator.Measure("cash"):
				cash += sum.N
			}
		}
		if len(seen) < months+1 || cash == 0 {
			t.Errorf("payments in %d months, %d of them cash: the charts are empty", len(seen), cash)
		}
		waiting, err := collect.WaitingOf(tx, facilityOf(t, tx, plans()[0].facility))
		if err != nil || waiting == (collect.WaitingSum{}) {
			t.Errorf("nothing waits for the accountant: %+v %v", waiting, err)
		}
		rows, err := collect.OpenRowsOf(tx, facilityOf(t, tx, plans()[0].facility))
		if err != nil || len(rows) == 0 {
			t.Errorf("no list with mistakes on the accountant's desk: %v %v", rows, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return payments
}

func TestRefusesRealAndHalfFilledStores(t *testing.T) {
	cfg := Config{App: config(t.TempDir()), Seed: 1, Speed: 1, Out: io.Discard}
	change := func(fn func(*app.App) error) {
		t.Helper()
		a, err := app.Open(t.Context(), cfg.App)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(fn(a), a.Close()); err != nil {
			t.Fatal(err)
		}
	}
	change(func(a *app.App) error {
		_, err := a.Org.CreateArea(t.Context(), "system", org.Area{Code: "99", Name: "Tỉnh Thật", Level: org.Province, ValidFrom: "2020-01-01"})
		return err
	})
	if err := Run(t.Context(), cfg); !errors.Is(err, ErrRealData) {
		t.Errorf("on real data: %v", err)
	}
	change(func(a *app.App) error {
		return a.DB.Update(t.Context(), func(tx *db.Tx) error { return access.SetSample(tx, access.SampleFilling) })
	})
	if err := Run(t.Context(), cfg); !errors.Is(err, ErrHalfFilled) {
		t.Errorf("on a store half filled: %v", err)
	}
	cfg.Speed = 0
	if err := Run(t.Context(), cfg); err == nil {
		t.Error("a speed of 0 was taken")
	}
}

func facilityOf(t *testing.T, tx *db.Tx, code string) id.Facility {
	t.Helper()
	f, err := org.FacilityByCode(tx, code)
	if err != nil {
		t.Fatal(err)
	}
	return f.ID
}
