package app

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/sen-platform/sen/internal/access"
	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/billcode"
	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/rail/bank"
	"github.com/sen-platform/sen/internal/web"
	"github.com/sen-platform/sen/internal/web/session"
)

// App is the house, open. Its services may be used at once; credits are taken in between
// Start and Stop.
type App struct {
	DB      *db.DB
	IDs     *id.Gen
	Keys    *access.Keyring
	Codes   *billcode.Sequence
	Org     *org.Service
	Access  *access.Service
	Bills   *bill.Service
	Collect *collect.Service

	cfg      Config
	faces    []face
	draining context.Context // ends when the server stops taking requests
	drain    context.CancelFunc
	cancel   context.CancelFunc
	running  sync.WaitGroup
}

// Open opens the store, brings its schema up to date, and builds every service. Error texts
// are Vietnamese where a person can mend the cause.
func Open(ctx context.Context, cfg Config) (*App, error) {
	cfg, err := cfg.complete()
	if err != nil {
		return nil, err
	}
	store, err := db.OpenMigrated(ctx, cfg.store())
	if err != nil {
		return nil, storeError(cfg, err)
	}
	a, err := build(ctx, cfg, store)
	if err != nil {
		_ = store.Close() // the first error is the one to tell
		return nil, err
	}
	return a, nil
}

func storeError(cfg Config, err error) error {
	if cfg.DSN != "" {
		return fmt.Errorf("không mở được PostgreSQL. Kiểm tra máy chủ có chạy không và chuỗi kết nối ở --dsn hoặc SEN_DSN: %w", err)
	}
	return fmt.Errorf("không mở được dữ liệu trong thư mục %s. Kiểm tra quyền ghi và dung lượng đĩa: %w", cfg.Data, err)
}

func build(ctx context.Context, cfg Config, store *db.DB) (*App, error) {
	keys, err := access.OpenKeyring(cfg.Data, cfg.Env)
	if err != nil {
		return nil, err
	}
	err = store.Update(ctx, func(tx *db.Tx) error {
		if err := keys.Bind(tx); err != nil {
			return err
		}
		sample, err := access.SampleState(tx)
		cfg.Sample = cfg.Sample || sample != ""
		return err
	})
	if err != nil {
		return nil, err
	}
	codes, err := billcode.NewSequence(keys.Code())
	if err != nil {
		return nil, err
	}
	ids := id.NewGen(cfg.Clock)
	main, err := collect.New(collect.Config{DB: store, IDs: ids, Clock: cfg.Clock, Codes: codes, ReceiptKey: keys.Receipt()})
	if err != nil {
		return nil, err
	}
	draining, drain := context.WithCancel(context.Background())
	known := func(bin string) bool { _, ok := bank.ByBIN(bin); return ok }
	return &App{
		DB: store, IDs: ids, Keys: keys, Codes: codes, Collect: main,
		Org:    &org.Service{DB: store, IDs: ids, Clock: cfg.Clock, KnownBank: known},
		Access: &access.Service{DB: store, IDs: ids, Clock: cfg.Clock},
		Bills:  &bill.Service{DB: store, IDs: ids, Codes: codes, Clock: cfg.Clock},
		cfg:    cfg, faces: allFaces(),
		draining: draining, drain: drain,
	}, nil
}

// deps is what the faces get; baseURL is the public origin.
func (a *App) deps(baseURL string) (*web.Deps, error) {
	sessions, err := session.New(session.Config{
		DB: a.DB, Clock: a.cfg.Clock, Log: a.cfg.Log, Secure: strings.HasPrefix(baseURL, "https://"),
		Province: a.cfg.Province, Sample: a.cfg.Sample, Hints: a.cfg.Hints,
	})
	if err != nil {
		return nil, err
	}
	return &web.Deps{
		DB: a.DB, IDs: a.IDs, Clock: a.cfg.Clock, Log: a.cfg.Log,
		Collect: a.Collect, Bills: a.Bills, Org: a.Org, Access: a.Access, Keys: a.Keys, Codes: a.Codes, Sessions: sessions,
		BaseURL: baseURL, Province: a.cfg.Province, Sample: a.cfg.Sample,
	}, nil
}

// runner is something that runs until its context ends.
type runner struct {
	name string
	run  func(context.Context) error
}

// runners lists everything that runs in the background.
func (a *App) runners() []runner {
	return []runner{
		{"collect", func(ctx context.Context) error { a.Collect.Run(ctx); return nil }},
		{"follow", a.Collect.Follow},
		{"purge", a.purge},
	}
}

// restartAfter is how long a runner rests after it failed, so that an engine which is away is
// not asked without pause.
const restartAfter = time.Second

// Start starts what runs in the background; it goes on until Stop or until ctx ends. It is
// called once.
func (a *App) Start(ctx context.Context) {
	ctx, a.cancel = context.WithCancel(ctx)
	for _, r := range a.runners() {
		a.running.Go(func() { a.keep(ctx, r) })
	}
}

// keep runs r and starts it again when it fails.
func (a *App) keep(ctx context.Context, r runner) {
	for {
		err := r.run(ctx)
		if err == nil || ctx.Err() != nil {
			return
		}
		a.cfg.Log.Error("background work stopped, starts again", "name", r.name, "err", err)
		select {
		case <-ctx.Done():
			return
		case <-time.After(restartAfter):
		}
	}
}

// Stop ends what Start began: credits that are queued are booked first. It may be called
// without Start, and twice.
func (a *App) Stop() {
	a.drain()
	if a.cancel != nil {
		a.cancel()
	}
	a.running.Wait()
}

// Close stops everything and closes the store.
func (a *App) Close() error {
	a.Stop()
	return a.DB.Close()
}

// purgeEvery is how often expired sessions and answers are removed.
const purgeEvery = time.Hour

func (a *App) purge(ctx context.Context) error {
	t := time.NewTicker(purgeEvery)
	defer t.Stop()
	for {
		now := a.cfg.Clock.Now()
		err := a.DB.Update(ctx, func(tx *db.Tx) error {
			if _, err := access.PurgeSessions(tx, now); err != nil {
				return err
			}
			_, err := access.PurgeIdempotency(tx, now)
			return err
		})
		if err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
		}
	}
}
