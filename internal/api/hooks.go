package api

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/rail"
	"github.com/sen-platform/sen/internal/rail/wire"
	"github.com/sen-platform/sen/internal/web"
)

// hooks takes in what partners report: POST /hooks/{stream}/{path} (P1, P9). It is the hot
// path of the house: no middleware, no log line and no reflection stand between a good
// message and Collect.Receive.
//
// A partner is answered in its own format, with success only after the commit. A message that
// makes no credit is kept whole within a budget (see budget); texts in answers and logs never
// hold a secret or an address.
type hooks struct {
	collect *collect.Service
	clock   clock.Clock
	log     *slog.Logger
	book    *hookBook
}

func newHooks(d *web.Deps) *hooks {
	return &hooks{collect: d.Collect, clock: d.Clock, log: d.Log, book: newHookBook(d)}
}

// bodies are read buffers. Most messages have less than 2 KiB.
var bodies = sync.Pool{New: func() any { b := make([]byte, 0, 4<<10); return &b }}

// keepBuffer is the largest buffer that goes back to the pool.
const keepBuffer = 64 << 10

// contentJSON is shared by all answers: net/http does not change header values.
var contentJSON = []string{"application/json"}

func (h *hooks) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s, known := streams[r.PathValue("stream")]
	if !known {
		answer(w, notHere)
		return
	}
	e, err := h.book.find(r.Context(), r.PathValue("stream"), r.PathValue("path"))
	switch {
	case errors.Is(err, db.ErrNotFound):
		answer(w, notHere)
		return
	case err != nil:
		h.failed(r, "hook", err)
		answer(w, s.answer(err))
		return
	}
	buf := bodies.Get().(*[]byte)
	// The rails keep the body as evidence in the credit; collect has copied it to the database
	// when take returns, so the buffer may be used again.
	defer func() {
		if cap(*buf) <= keepBuffer {
			bodies.Put(buf)
		}
	}()
	*buf, err = readBody((*buf)[:0], r.Body, r.ContentLength)
	if err != nil {
		a := s.answer(err)
		if errors.Is(err, errTooLong) {
			a.Status = http.StatusRequestEntityTooLarge
		}
		answer(w, a)
		return
	}
	if err := h.take(r, e, *buf); err != nil {
		answer(w, s.answer(err))
		return
	}
	answer(w, s.success)
}

// take verifies one message and books its credits. A nil error means that everything in it is
// durable or needs nothing; a *rail.Refusal is the partner's fault, any other error ours.
func (h *hooks) take(r *http.Request, e *hookEntry, body []byte) error {
	now := h.clock.Now()
	in, err := e.receive(r.Header, body, now)
	if err != nil {
		var refusal *rail.Refusal
		if !errors.As(err, &refusal) {
			return err
		}
		h.refused(r, e, refusal, body)
		return err
	}
	if len(in.Credits) > 0 {
		batch := make([]collect.Incoming, len(in.Credits))
		for i, c := range in.Credits {
			batch[i] = collect.Incoming{Credit: c, Scope: e.hook.Facility}
		}
		if _, err := h.collect.Receive(r.Context(), batch); err != nil {
			h.failed(r, "receive", err)
			return err
		}
	}
	if outcome, detail := leftover(in); outcome != "" {
		return h.keep(r, e, e.taken, outcome, detail, body)
	}
	return nil
}

// outcomeList is the outcome of a message with several credits: its bytes belong to no single
// credit, so they are kept as a message.
const outcomeList = "list"

// leftover names what of a verified message its credits do not keep; "" when nothing.
func leftover(in rail.Inbound) (outcome, detail string) {
	if len(in.Skipped) == 0 {
		if len(in.Credits) > 1 {
			return outcomeList, clip(refsOf(in))
		}
		return "", ""
	}
	if len(in.Credits) > 0 {
		return outcomeList, clip(refsOf(in))
	}
	return string(in.Skipped[0].Reason), clip(refsOf(in))
}

func refsOf(in rail.Inbound) string {
	refs := make([]string, 0, len(in.Credits)+len(in.Skipped))
	for _, c := range in.Credits {
		refs = append(refs, c.PartnerRef)
	}
	for _, s := range in.Skipped {
		refs = append(refs, s.PartnerRef+":"+string(s.Reason))
	}
	return strings.Join(refs, " ")
}

// clip bounds a text that goes into the database.
func clip(s string) string {
	const most = 300
	n := 0
	for i := range s {
		if n++; n > most {
			return s[:i] + "…"
		}
	}
	return s
}

// refused keeps a message that could not be taken, and says so in the log, both within the
// budget of the hook: a stranger who floods the address fills neither disk nor log.
func (h *hooks) refused(r *http.Request, e *hookEntry, refusal *rail.Refusal, body []byte) {
	outcome := "malformed"
	switch refusal.Kind {
	case rail.ErrSignature:
		outcome = "signature"
	case rail.ErrStale:
		outcome = "stale"
	}
	if !e.refused.allow(h.clock.Now(), len(body)) {
		return
	}
	h.log.Warn("inbound message refused", "stream", e.hook.Stream, "hook", e.hook.ID.String(), "kind", outcome, "where", refusal.Where)
	if err := h.store(r.Context(), e, outcome, clip(refusal.Where+" "+refusal.VI), body); err != nil {
		h.failed(r, "keep", err)
	}
}

// keep stores a verified message; beyond the budget it is let go, for it moves no money.
func (h *hooks) keep(r *http.Request, e *hookEntry, b *budget, outcome, detail string, body []byte) error {
	if !b.allow(h.clock.Now(), len(body)) {
		return nil
	}
	err := h.store(r.Context(), e, outcome, detail, body)
	if err != nil {
		h.failed(r, "keep", err)
	}
	return err
}

func (h *hooks) store(ctx context.Context, e *hookEntry, outcome, detail string, body []byte) error {
	return h.collect.KeepInbound(ctx, collect.Inbound{Stream: e.hook.Stream, Hook: int64(e.hook.ID), Outcome: outcome, Detail: detail, Body: body})
}

// failed logs a failure of ours. The address of the request stays out: it is a key.
func (h *hooks) failed(r *http.Request, what string, err error) {
	if r.Context().Err() == nil {
		h.log.Error("inbound message failed", "what", what, "stream", r.PathValue("stream"), "err", err)
	}
}

func answer(w http.ResponseWriter, a rail.Answer) {
	w.Header()["Content-Type"] = contentJSON
	w.WriteHeader(a.Status)
	_, _ = w.Write(a.Body) // a partner that has hung up asks again
}

var errTooLong = wire.Malformed("", "Tin dài quá 1 MiB.")

// readBody reads all of a body of at most wire.MaxBody bytes into buf. Errors are
// *rail.Refusal: errTooLong, or one that says the body broke off.
func readBody(buf []byte, r io.Reader, length int64) ([]byte, error) {
	if length > wire.MaxBody {
		return buf, errTooLong
	}
	for {
		if len(buf) == cap(buf) {
			buf = append(buf, 0)[:len(buf)]
		}
		n, err := r.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		var bounded *http.MaxBytesError // the server has a bound of its own
		switch {
		case len(buf) > wire.MaxBody, errors.As(err, &bounded):
			return buf, errTooLong
		case err == io.EOF:
			return buf, nil
		case err != nil:
			return buf, wire.Malformed("", "Tin bị đứt giữa chừng, hãy gửi lại.")
		}
	}
}
