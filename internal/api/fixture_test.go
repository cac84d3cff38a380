package api

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/routers"

	"github.com/sen-platform/sen/internal/access"
	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/billcode"
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/org/orgtest"
	"github.com/sen-platform/sen/internal/vnd"
	"github.com/sen-platform/sen/internal/web"
	"github.com/sen-platform/sen/internal/web/ui"
)

// start is Sunday, 22 November 2026, 09:00 in Viet Nam.
var start = time.Date(2026, 11, 22, 2, 0, 0, 0, time.UTC)

// house is a running server over a fresh store with a school and a hospital.
type house struct {
	*orgtest.World
	t    testing.TB
	ctx  context.Context
	d    *db.DB
	clk  *clock.Manual
	deps *web.Deps
	srv  *httptest.Server
	logs *logBook
	stop func() // ends the taking in of credits
	n    int

	routes routers.Router // of the OpenAPI document
}

// logBook keeps what the server logged.
type logBook struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logBook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func newHouse(t testing.TB, d *db.DB) *house {
	t.Helper()
	h := &house{t: t, ctx: context.Background(), d: d, clk: clock.NewManual(start), logs: &logBook{}}
	ids := id.NewGenNode(h.clk, 1)
	h.World = orgtest.New(t, d, ids, h.clk)
	keys, err := access.NewKeyring(bytes.Repeat([]byte{42}, 32))
	h.must(err)
	codes, err := billcode.NewSequence(keys.Code())
	h.must(err)
	service, err := collect.New(collect.Config{DB: d, IDs: ids, Clock: h.clk, Codes: codes, ReceiptKey: keys.Receipt()})
	h.must(err)
	h.deps = &web.Deps{
		DB: d, IDs: ids, Clock: h.clk, Log: slog.New(slog.NewTextHandler(h.logs, nil)), Collect: service, Org: h.Service,
		Access: &access.Service{DB: d, IDs: ids, Clock: h.clk}, Keys: keys, Codes: codes, BaseURL: "https://sen.example.vn", Province: "Tỉnh Thử",
	}
	mux := http.NewServeMux()
	mux.Handle("GET "+ui.Prefix, ui.Handler())
	h.must(Register(mux, h.deps))
	ctx, cancel := context.WithCancel(h.ctx)
	done := make(chan struct{})
	go func() { service.Run(ctx); close(done) }()
	h.srv = httptest.NewServer(mux)
	h.stop = func() { cancel(); <-done }
	t.Cleanup(func() {
		h.srv.Close()
		h.stop()
		if t.Failed() {
			t.Log(h.logs.String())
		}
	})
	return h
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) view(fn func(tx *db.Tx) error) {
	h.t.Helper()
	h.must(h.d.View(h.ctx, fn))
}

// draft is a bill of the school over one amount.
func (h *house) draft(amount vnd.Amount) bill.NewBill {
	h.n++
	return bill.NewBill{
		Facility: h.School.ID, ExternalID: fmt.Sprintf("HD-%06d", h.n), PayerName: "Trần Văn Mẫu", BeneficiaryName: "Nguyễn Minh Khôi",
		BeneficiaryCode: fmt.Sprintf("HS%05d", h.n), Class: "3B", Reason: "Thu tháng 11/2026", Period: "tháng 11/2026", DueOn: clock.Today(h.clk).AddDays(8),
		Lines: []bill.Line{{FeeKind: h.Meals.ID, Name: "Tiền ăn bán trú", Quantity: 1, UnitPrice: amount, Amount: amount}},
	}
}

// issue publishes bills of the school.
func (h *house) issue(amounts ...vnd.Amount) []bill.Bill {
	h.t.Helper()
	var list []bill.NewBill
	for _, a := range amounts {
		list = append(list, h.draft(a))
	}
	out, err := h.deps.Collect.Issue(h.ctx, collect.System, list, true)
	h.must(err)
	return out
}

func (h *house) bill(b id.Bill) (out bill.Bill) {
	h.t.Helper()
	h.view(func(tx *db.Tx) (err error) { out, err = bill.ByID(tx, b); return err })
	return out
}

// bills lists all bills of the school.
func (h *house) bills() []bill.Bill {
	h.t.Helper()
	var page bill.Page
	h.view(func(tx *db.Tx) (err error) {
		page, err = bill.Search(tx, bill.Filter{Facility: h.School.ID, Limit: 1000})
		return err
	})
	return page.Bills
}

// verify demands that every invariant of the design holds.
func (h *house) verify() {
	h.t.Helper()
	rep, err := h.deps.Collect.Verify(h.ctx, nil)
	h.must(err)
	for _, f := range rep.Findings {
		h.t.Errorf("invariant %d (%s): %s", f.Invariant, f.What, f.Text)
	}
}

// post sends a body and returns status and answer.
func (h *house) post(path string, header http.Header, body []byte) (int, string) {
	h.t.Helper()
	r, err := http.NewRequest(http.MethodPost, h.srv.URL+path, bytes.NewReader(body))
	h.must(err)
	for k, v := range header {
		r.Header[k] = v
	}
	res, err := h.srv.Client().Do(r)
	h.must(err)
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	h.must(err)
	return res.StatusCode, string(b)
}
