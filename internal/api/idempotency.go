package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/sen-platform/sen/internal/access"
	"github.com/sen-platform/sen/internal/db"
)

const (
	headerIdempotency = "Idempotency-Key"
	headerReplayed    = "Idempotency-Replayed"
)

// maxBody bounds the body of a call that is read whole.
const maxBody = 256 << 10

// keyOf reads the Idempotency-Key of a call.
func keyOf(h http.Header) (string, error) {
	values := h.Values(headerIdempotency)
	if len(values) == 0 || len(values) == 1 && values[0] == "" {
		return "", faultKeyMissing
	}
	k := values[0]
	if len(values) > 1 || len(k) > 255 || strings.IndexFunc(k, func(c rune) bool { return c <= ' ' || c > '~' }) >= 0 {
		return "", faultKeyForm
	}
	return k, nil
}

// kept is a stored answer: the body, and those headers that a replay repeats.
type kept struct {
	Header map[string]string `json:"h,omitempty"`
	Body   []byte            `json:"b"`
}

// once runs a call that creates or moves something at most once per Idempotency-Key, caller
// and path (design, section 6).
//
// The key is claimed in a transaction of its own, then the work runs, then the answer is
// stored. Should the process die in between, the key stays claimed for a while (409, try
// again) and the work runs a second time; all work behind once is safe to run twice, because
// it has a natural key: a bill its external_id (see externalID), a publication or cancellation
// its bill, cash its Idempotency-Key.
func (f *face) once(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := r.Context()
		key, err := keyOf(r.Header)
		if err != nil {
			f.fail(w, r, err)
			return
		}
		body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
		switch {
		case err != nil:
			f.fail(w, r, faultBody.because("the body broke off"))
			return
		case len(body) > maxBody:
			f.fail(w, r, faultTooLarge)
			return
		}
		c := callOf(ctx)
		c.idem = key
		r.Body = io.NopCloser(bytes.NewReader(body))
		claim := access.Call{Caller: c.subject.Actor(), Route: r.Method + " " + r.URL.Path, Key: key, BodySHA256: digest([]byte(r.URL.RawQuery+"\n"), body)}
		var stored *access.Answer
		err = f.DB.Update(ctx, func(tx *db.Tx) (err error) { stored, err = access.Begin(tx, claim, f.Clock.Now()); return err })
		if err != nil {
			f.fail(w, r, err)
			return
		}
		if stored != nil {
			f.replay(w, r, *stored)
			return
		}
		f.runOnce(w, r, claim, next)
	})
}

// runOnce does the work of a claimed call and keeps its answer, or gives the key free.
func (f *face) runOnce(w http.ResponseWriter, r *http.Request, claim access.Call, next http.Handler) {
	// The client may hang up once the work is done: what follows must not depend on it.
	ctx := context.WithoutCancel(r.Context())
	rec := &recorder{header: w.Header()}
	done := false
	defer func() {
		if done {
			return
		}
		err := f.DB.Update(ctx, func(tx *db.Tx) error { return access.Abandon(tx, claim) })
		if err != nil {
			f.Log.Error("idempotency key not given free", "request", callOf(ctx).id, "err", err)
		}
	}()
	next.ServeHTTP(rec, r)
	if rec.status >= 200 && rec.status < 300 {
		done = true
		answer, err := rec.answer()
		if err == nil {
			err = f.DB.Update(ctx, func(tx *db.Tx) error { return access.Finish(tx, claim, answer) })
		}
		if err != nil && !errors.Is(err, db.ErrNotFound) { // the work is done: its answer must go out all the same
			f.Log.Error("answer not kept", "request", callOf(ctx).id, "err", err)
		}
	}
	rec.send(w)
}

// replay sends a stored answer again.
func (f *face) replay(w http.ResponseWriter, r *http.Request, a access.Answer) {
	var k kept
	if err := json.Unmarshal(a.Body, &k); err != nil {
		f.fail(w, r, err)
		return
	}
	for name, value := range k.Header {
		w.Header().Set(name, value)
	}
	w.Header().Set(headerReplayed, "true")
	w.Header().Set("Content-Type", a.ContentType)
	w.WriteHeader(a.Status)
	_, _ = w.Write(k.Body)
}

// recorder holds an answer back until it is stored.
type recorder struct {
	header http.Header // of the real answer
	status int
	body   bytes.Buffer
}

// Header implements http.ResponseWriter.
func (rec *recorder) Header() http.Header { return rec.header }

// WriteHeader implements http.ResponseWriter.
func (rec *recorder) WriteHeader(status int) {
	if rec.status == 0 {
		rec.status = status
	}
}

// Write implements http.ResponseWriter.
func (rec *recorder) Write(b []byte) (int, error) {
	rec.WriteHeader(http.StatusOK)
	return rec.body.Write(b)
}

// answer is what will be replayed.
func (rec *recorder) answer() (access.Answer, error) {
	k := kept{Header: map[string]string{}, Body: rec.body.Bytes()}
	for _, name := range []string{"Location", "Etag"} {
		if v := rec.header.Get(name); v != "" {
			k.Header[name] = v
		}
	}
	b, err := json.Marshal(k)
	return access.Answer{Status: rec.status, ContentType: rec.header.Get("Content-Type"), Body: b}, err
}

func (rec *recorder) send(w http.ResponseWriter) {
	if rec.status == 0 {
		rec.status = http.StatusOK
	}
	w.WriteHeader(rec.status)
	_, _ = w.Write(rec.body.Bytes())
}

// digest is the hex of SHA-256 over the parts.
func digest(parts ...[]byte) string {
	h := sha256.New()
	for _, p := range parts {
		h.Write(p)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// externalID is the natural key of a bill whose caller gave none: made of the call's
// Idempotency-Key, so that the same call, run twice, means the same bill.
func (c *call) externalID(row string) string {
	return "idem-" + digest([]byte(c.subject.Actor()), []byte{0}, []byte(c.idem), []byte{0}, []byte(row))[:32]
}
