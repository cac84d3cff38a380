package api

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/db/dbtest"
)

func TestDocument(t *testing.T) {
	h := newHouse(t, dbtest.SQLite(t))
	h.router() // loads and validates the document
	res, err := h.srv.Client().Get(h.srv.URL + openAPIPath)
	h.must(err)
	defer res.Body.Close()
	var doc struct {
		OpenAPI string
		Paths   map[string]map[string]struct {
			OperationID string                     `json:"operationId"`
			Summary     string                     `json:"summary"`
			Description string                     `json:"description"`
			Security    []map[string][]string      `json:"security"`
			Responses   map[string]json.RawMessage `json:"responses"`
			Parameters  []struct{ Name, In string }
			Consistency string `json:"x-consistency"`
		}
	}
	body, err := io.ReadAll(res.Body)
	h.must(err)
	h.must(json.Unmarshal(body, &doc))
	if doc.OpenAPI != "3.1.0" || len(doc.Paths) < 15 {
		t.Errorf("OpenAPI %s with %d paths", doc.OpenAPI, len(doc.Paths))
	}
	seen := map[string]bool{}
	for path, ops := range doc.Paths {
		for method, op := range ops {
			at := strings.ToUpper(method) + " " + path
			if op.OperationID == "" || seen[op.OperationID] || op.Summary == "" || op.Consistency == "" || !strings.Contains(op.Description, "Nhất quán") {
				t.Errorf("%s: incomplete: %+v", at, op)
			}
			seen[op.OperationID] = true
			if (len(op.Security) == 0) != open[path] {
				t.Errorf("%s: security %v", at, op.Security)
			}
			_, needsKey := op.Responses["409"]
			keyed := false
			for _, p := range op.Parameters {
				keyed = keyed || p.Name == headerIdempotency && p.In == "header"
			}
			if keyed != (method == "post") || needsKey != keyed {
				t.Errorf("%s: Idempotency-Key %v, 409 %v", at, keyed, needsKey)
			}
		}
	}
	// Not a path of huma's own is served.
	for _, path := range []string{"/v1/openapi.yaml", "/v1/schemas/Problem.json", "/docs", "/openapi.json"} {
		res, err := h.srv.Client().Get(h.srv.URL + path)
		h.must(err)
		res.Body.Close()
		if res.StatusCode < 400 {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
	}
	r, err := http.NewRequest(http.MethodGet, h.srv.URL+openAPIPath, nil)
	h.must(err)
	r.Header.Set("If-None-Match", res.Header.Get("ETag"))
	again, err := h.srv.Client().Do(r)
	h.must(err)
	again.Body.Close()
	if again.StatusCode != http.StatusNotModified {
		t.Errorf("the document again: %d, want 304", again.StatusCode)
	}
}

func TestDocsPage(t *testing.T) {
	h := newHouse(t, dbtest.SQLite(t))
	res, err := h.srv.Client().Get(h.srv.URL + docsPath)
	h.must(err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	h.must(err)
	page := string(body)
	if res.StatusCode != 200 || !strings.Contains(res.Header.Get("Content-Security-Policy"), "script-src 'self'") {
		t.Errorf("%d, policy %q", res.StatusCode, res.Header.Get("Content-Security-Policy"))
	}
	for _, x := range faults() {
		if !strings.Contains(page, `id="loi-`+x.code+`"`) {
			t.Errorf("the page does not explain %s, which problems point to", x.code)
		}
	}
	for _, want := range []string{`id="create-bill"`, `id="create-bills"`, `id="kieu-BillBody"`, `href="#kieu-BillBody"`, "POST /v1/bills", "Idempotency-Key"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	for _, bad := range []string{"<script>", "style=", "http://", "⟦"} {
		if strings.Contains(page, bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
	if n := strings.Count(page, `href="#kieu-`); n == 0 || strings.Contains(page, "%!") {
		t.Errorf("%d links to types", n)
	}
}

// Every fault has a code of its own, a status, and words in both languages.
func TestFaults(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range faults() {
		if seen[f.code] || f.status < 400 || f.title == "" || !strings.HasSuffix(f.vi, ".") && !strings.HasSuffix(f.vi, "…") {
			t.Errorf("fault %+v", f)
		}
		seen[f.code] = true
	}
	if rec := httptest.NewRecorder(); true {
		writeProblem(rec, faultUnauthorized.problem(t.Context()))
		if rec.Header().Get("WWW-Authenticate") == "" {
			t.Error("a 401 names no scheme")
		}
	}
}

// The state machines are those of the types.
func TestMachines(t *testing.T) {
	want := map[string][]string{"payment": {"matched", "reversed"}, "receipt": {string(collect.ReceiptValid), string(collect.ReceiptReversed)}}
	for _, s := range bill.Statuses() {
		want["bill"] = append(want["bill"], string(s))
	}
	for _, s := range creditStatuses() {
		want["credit"] = append(want["credit"], string(s))
	}
	h := newHouse(t, dbtest.SQLite(t))
	c := &client{h: h, t: t, router: h.router()}
	var got struct{ Data []machine }
	c.get(machinesPath, without("Authorization")).want(t, 200).into(t, &got)
	if len(got.Data) != len(want) {
		t.Errorf("%d machines, want %d", len(got.Data), len(want))
	}
	for _, x := range got.Data {
		var names, leave []string
		for _, s := range x.States {
			names = append(names, s.Name)
			if s.Label == "" {
				t.Errorf("%s %s has no Vietnamese name", x.Name, s.Name)
			}
		}
		for _, s := range x.Transitions {
			leave = append(leave, s.From)
			if !slices.Contains(names, s.From) || !slices.Contains(names, s.To) || s.By == "" {
				t.Errorf("%s: transition %+v", x.Name, s)
			}
		}
		for _, s := range x.States {
			if s.Final == slices.Contains(leave, s.Name) && s.Name != string(bill.StatusCancelled) && s.Name != string(collect.Returned) {
				t.Errorf("%s: %s is final %v but has ways out %v", x.Name, s.Name, s.Final, !s.Final)
			}
		}
		if !slices.Equal(names, want[x.Name]) {
			t.Errorf("%s: states %v, want %v", x.Name, names, want[x.Name])
		}
	}
}

// The routes stand beside a face that takes everything else.
func TestRegisterBesideOthers(t *testing.T) {
	h := newHouse(t, dbtest.SQLite(t))
	mux := http.NewServeMux()
	mux.HandleFunc("GET /", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	h.must(Register(mux, h.deps))
	for path, status := range map[string]int{"/": 418, "/hooks/sepay/x": 418, "/v1/": 401, "/v1/bills": 401, machinesPath: 200} {
		rec := httptest.NewRecorder()
		mux.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, path, nil))
		if rec.Code != status {
			t.Errorf("GET %s: %d, want %d", path, rec.Code, status)
		}
	}
}
