package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// Times of the server. Streams and uploads have their own (edge.limit).
const (
	headerTime = 10 * time.Second
	bodyTime   = 60 * time.Second
	answerTime = 60 * time.Second
	idleTime   = 2 * time.Minute
	// stopTime is how long running requests may take once the process was told to end.
	stopTime = 20 * time.Second
)

// Serve listens on Config.Addr, runs everything, and returns when ctx ends (SIGTERM): it
// takes no more connections, lets running requests finish, books what is queued, and only
// then returns. ready, when not nil, is told the origin as soon as requests are taken.
func (a *App) Serve(ctx context.Context, ready func(origin string)) error {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", a.cfg.Addr)
	if err != nil {
		return fmt.Errorf("không lắng nghe được ở %s. Cổng đang có chương trình khác dùng? Chọn cổng khác bằng --addr: %w", a.cfg.Addr, err)
	}
	return a.serve(ctx, l, ready)
}

func (a *App) serve(ctx context.Context, l net.Listener, ready func(local string)) error {
	local := originOf(l.Addr())
	origin := a.cfg.BaseURL
	if origin == "" {
		origin = local
	}
	h, err := a.handler(origin)
	if err != nil {
		return errors.Join(err, l.Close())
	}
	srv := &http.Server{
		Handler: h, ReadHeaderTimeout: headerTime, ReadTimeout: bodyTime, WriteTimeout: answerTime, IdleTimeout: idleTime,
		MaxHeaderBytes: 64 << 10,
		ErrorLog:       slog.NewLogLogger(a.cfg.Log.Handler(), slog.LevelWarn),
	}
	// What is being booked when ctx ends is booked to the end.
	a.Start(context.WithoutCancel(ctx))
	defer a.Stop()
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(l) }()
	if ready != nil {
		ready(local)
	}
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	a.drain()
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
	defer cancel()
	if err := srv.Shutdown(end); err != nil {
		a.cfg.Log.Warn("some requests did not finish in time", "err", err)
		_ = srv.Close() // cuts what is left; nothing was acknowledged on those lines
	}
	return nil
}
