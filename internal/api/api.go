// Package api is the face for programs: /v1 for the software of schools, hospitals and the
// province (P5, P11), and /hooks for the partners that report credits (P9).
//
// Conventions of /v1: integer đồng; instants RFC 3339 with +07:00; identifiers are prefixed
// strings; every POST carries an Idempotency-Key; errors are RFC 9457 problems with a stable
// code and a Vietnamese sentence; lists have opaque cursors; a key sees what is its facility's
// own and nothing else. The OpenAPI document at /v1/openapi.json is made from the types of
// this package, and the tests hold every answer against it.
package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/sen-platform/sen/internal/web"
	"github.com/sen-platform/sen/internal/web/page"
)

// Fixed paths of /v1.
const (
	openAPIPath  = "/v1/openapi.json"
	docsPath     = "/v1/docs"
	machinesPath = "/v1/state-machines"
	batchPath    = "/v1/bills/batch"
)

// face is the face for programs.
type face struct {
	*web.Deps
	api    huma.API
	mux    *http.ServeMux
	limits *limits
	pages  *page.Set
}

// Register mounts /v1 and /hooks.
func Register(mux *http.ServeMux, d *web.Deps) error {
	mux.Handle("POST /hooks/{stream}/{path}", newHooks(d))
	f, err := newFace(d)
	if err != nil {
		return err
	}
	h := f.begin(f)
	// With the methods named, /v1/ stays apart from any "GET /" of another face.
	for _, method := range methods {
		mux.Handle(method+" /v1/", h)
	}
	return nil
}

// methods are those /v1 answers; GET includes HEAD.
var methods = []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions}

func newFace(d *web.Deps) (*face, error) {
	f := &face{Deps: d, mux: http.NewServeMux(), limits: newLimits()}
	f.api = humago.New(mounter{f}, f.config())
	f.facilityRoutes()
	f.feeKindRoutes()
	f.billRoutes()
	f.billChangeRoutes()
	f.batchRoute()
	f.paymentRoutes()
	f.creditRoutes()
	f.receiptRoutes()
	f.eventRoutes()
	f.indicatorRoutes()
	f.machineRoutes()
	return f, f.documentRoutes()
}

// mounter mounts huma's operations. Every POST creates or changes something, so it goes
// through once.
type mounter struct{ f *face }

// HandleFunc implements humago.Mux.
func (m mounter) HandleFunc(pattern string, handler func(http.ResponseWriter, *http.Request)) {
	var h http.Handler = http.HandlerFunc(handler)
	if strings.HasPrefix(pattern, http.MethodPost+" ") {
		h = m.f.once(h)
	}
	m.f.mux.Handle(pattern, h)
}

// ServeHTTP implements humago.Mux.
func (m mounter) ServeHTTP(w http.ResponseWriter, r *http.Request) { m.f.mux.ServeHTTP(w, r) }

// ServeHTTP answers a call that begin has let through; paths and methods that do not exist
// get a problem like every other error.
func (f *face) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if _, pattern := f.mux.Handler(r); pattern != "" {
		f.mux.ServeHTTP(w, r)
		return
	}
	var allowed []string
	for _, method := range methods {
		other := r.Clone(r.Context())
		other.Method = method
		if _, pattern := f.mux.Handler(other); pattern != "" {
			allowed = append(allowed, method)
		}
	}
	if allowed == nil {
		f.fail(w, r, faultNoRoute)
		return
	}
	w.Header().Set("Allow", strings.Join(allowed, ", "))
	f.fail(w, r, faultMethod)
}

// add registers an operation whose errors are turned into problems.
func add[I, O any](f *face, op huma.Operation, handle func(context.Context, *I) (*O, error)) {
	huma.Register(f.api, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := handle(ctx, in)
		if err != nil {
			return nil, f.problemFor(ctx, err)
		}
		return out, nil
	})
}
