package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"

	"github.com/sen-platform/sen/internal/access"
	"github.com/sen-platform/sen/internal/id"
)

// client calls /v1 with one key and holds every answer against the OpenAPI document.
type client struct {
	h      *house
	t      testing.TB
	key    string
	router routers.Router
	n      int
}

// answerOf is what a call got.
type answerOf struct {
	status int
	header http.Header
	body   []byte
}

// into reads the body.
func (a answerOf) into(t testing.TB, v any) {
	t.Helper()
	if err := json.Unmarshal(a.body, v); err != nil {
		t.Fatalf("%v in %s", err, a.body)
	}
}

// problem reads the body as a problem.
func (a answerOf) problem(t testing.TB) problem {
	t.Helper()
	var p problem
	a.into(t, &p)
	if ct := a.header.Get("Content-Type"); ct != "application/problem+json" {
		t.Errorf("problem sent as %q", ct)
	}
	return p
}

// makeKey makes an API key; facility 0 is the province.
func (h *house) makeKey(of id.Facility, mode access.Mode, scopes ...access.Action) string {
	h.t.Helper()
	by := access.Subject{Role: access.FacilityManager, User: 1, Facility: of}
	role := access.FacilityKey
	if of == 0 {
		by, role = access.Subject{Role: access.ProvinceAdmin, User: 2}, access.ProvinceKey
	}
	if scopes == nil {
		scopes = access.Scopes(role)
	}
	_, secret, err := h.deps.Access.CreateKey(h.ctx, by, access.APIKey{Facility: of, Name: "Phần mềm mẫu", Mode: mode, Scopes: scopes})
	h.must(err)
	return secret
}

// client has a key with every scope of the facility, or of the province.
func (h *house) client(of id.Facility, scopes ...access.Action) *client {
	h.t.Helper()
	return &client{h: h, t: h.t, key: h.makeKey(of, access.Live, scopes...), router: h.router()}
}

// router finds operations in the document as served. It is validated on the way.
func (h *house) router() routers.Router {
	h.t.Helper()
	if h.routes == nil {
		res, err := h.srv.Client().Get(h.srv.URL + openAPIPath)
		h.must(err)
		defer res.Body.Close()
		text, err := io.ReadAll(res.Body)
		h.must(err)
		doc, err := openapi3.NewLoader().LoadFromData(text)
		h.must(err)
		h.must(doc.Validate(h.ctx))
		doc.Servers = openapi3.Servers{{URL: h.srv.URL}}
		h.routes, err = legacy.NewRouter(doc)
		h.must(err)
	}
	return h.routes
}

type option func(*http.Request)

func header(name, value string) option { return func(r *http.Request) { r.Header.Set(name, value) } }

func without(name string) option { return func(r *http.Request) { r.Header.Del(name) } }

// call sends one call; a POST gets a fresh Idempotency-Key unless an option sets one.
func (c *client) call(method, path string, body []byte, opts ...option) answerOf {
	c.t.Helper()
	r, err := http.NewRequest(method, c.h.srv.URL+path, bytes.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+c.key)
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if method == http.MethodPost {
		c.n++
		r.Header.Set(headerIdempotency, fmt.Sprintf("viec-%d-%p", c.n, c))
	}
	for _, o := range opts {
		o(r)
	}
	res, err := c.h.srv.Client().Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	a := answerOf{res.StatusCode, res.Header, text}
	if a.header.Get(headerVersion) != apiVersion || a.header.Get(headerRequest) == "" {
		c.t.Errorf("%s %s: no version or request id", method, path)
	}
	c.validate(r, res, text)
	return a
}

// validate holds an answer against the document. Paths the document does not have are the
// router's to refuse.
func (c *client) validate(r *http.Request, res *http.Response, text []byte) {
	c.t.Helper()
	route, params, err := c.router.FindRoute(r)
	if err != nil {
		return
	}
	in := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: r, PathParams: params, Route: route},
		Status:                 res.StatusCode, Header: res.Header, Options: &openapi3filter.Options{IncludeResponseStatus: true},
	}
	if strings.HasPrefix(res.Header.Get("Content-Type"), mediaNDJSON) || res.StatusCode == http.StatusNotModified {
		in.Options.ExcludeResponseBody = true
	}
	in.SetBodyBytes(text)
	if err := openapi3filter.ValidateResponse(c.h.ctx, in); err != nil {
		c.t.Errorf("%s %s: %d answer is not as documented: %v\n%s", r.Method, r.URL.Path, res.StatusCode, err, text)
	}
}

func (c *client) get(path string, opts ...option) answerOf {
	c.t.Helper()
	return c.call(http.MethodGet, path, nil, opts...)
}

func (c *client) post(path string, body any, opts ...option) answerOf {
	c.t.Helper()
	b, raw := body.([]byte)
	if !raw {
		b = text(body)
	}
	return c.call(http.MethodPost, path, b, opts...)
}

// want demands a status.
func (a answerOf) want(t testing.TB, status int) answerOf {
	t.Helper()
	if a.status != status {
		t.Fatalf("status %d, want %d: %s", a.status, status, a.body)
	}
	return a
}

// m is a JSON object.
type m = map[string]any
