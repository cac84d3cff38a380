package portal

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/billcode"
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/db/dbtest"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/org/orgtest"
	"github.com/sen-platform/sen/internal/rail"
	"github.com/sen-platform/sen/internal/vnd"
	"github.com/sen-platform/sen/internal/web"
	"github.com/sen-platform/sen/internal/web/pay"
	"github.com/sen-platform/sen/internal/web/ui"
	"github.com/sen-platform/sen/internal/web/webtest"
)

func TestMain(m *testing.M) { webtest.Main(m) }

var start = time.Date(2026, 11, 22, 12, 2, 0, 0, time.UTC)

// house is the public face, with the payer's beside it, over a fresh store.
type house struct {
	t     testing.TB
	ctx   context.Context
	d     *db.DB
	clk   *clock.Manual
	s     *collect.Service
	world *orgtest.World
	face  *face
	mux   *http.ServeMux
	log   *bytes.Buffer
	held  []time.Duration // how long each answer was held back
	n     int
}

func newHouse(t testing.TB, d *db.DB) *house {
	t.Helper()
	clk := clock.NewManual(start)
	ids := id.NewGenNode(clk, 1)
	h := &house{t: t, ctx: context.Background(), d: d, clk: clk, log: &bytes.Buffer{}, world: orgtest.New(t, d, ids, clk)}
	seq, err := billcode.NewSequence([]byte("0123456789abcdef0123456789abcdef"))
	h.must(err)
	h.s, err = collect.New(collect.Config{DB: d, IDs: ids, Clock: clk, Codes: seq, ReceiptKey: []byte("0123456789abcdef0123456789abcdef")})
	h.must(err)
	_, err = h.world.Service.CreateContact(h.ctx, "test", org.Contact{
		Facility: h.world.School.ID, Name: "Cô Nguyễn Thị Thu Hà", Role: "Kế toán nhà trường",
		Phone: "0200 000 0112", Hours: "Thứ Hai đến thứ Sáu, 7:30 đến 16:30", Public: true,
	})
	h.must(err)
	deps := &web.Deps{
		DB: d, IDs: ids, Clock: clk, Log: slog.New(slog.NewTextHandler(h.log, nil)), Collect: h.s, Org: h.world.Service,
		BaseURL: "https://sen.langiang.example", Province: "Tỉnh Lam Giang", Sample: true,
	}
	h.face, err = newFace(deps)
	h.must(err)
	h.face.hold = func(_ context.Context, d time.Duration) { h.held = append(h.held, d) }
	h.mux = http.NewServeMux()
	h.mux.Handle("GET "+ui.Prefix, ui.Handler())
	h.mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	h.face.mount(h.mux)
	h.must(pay.Register(h.mux, deps))
	ctx, cancel := context.WithCancel(h.ctx)
	done := make(chan struct{})
	go func() { h.s.Run(ctx); close(done) }()
	t.Cleanup(func() { cancel(); <-done })
	return h
}

func each(t *testing.T, fn func(h *house)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(newHouse(t, d)) })
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// issue makes a bill with all three second facts, published unless draft.
func (h *house) issue(draft bool, mods ...func(*bill.NewBill)) bill.Bill {
	h.t.Helper()
	h.n++
	n := bill.NewBill{
		Facility: h.world.School.ID, ExternalID: fmt.Sprintf("ext-%d", h.n), PayerName: "Trần Thị Bích Hường", PayerPhone: "0900000318",
		BeneficiaryName: "Nguyễn Minh Khôi", BeneficiaryCode: fmt.Sprintf("HS %04d", h.n), Class: "3B", BirthYear: 2018,
		Reason: "Phiếu thu tháng 11/2026", Period: "tháng 11/2026", DueOn: "2026-11-30", PartPayment: org.FreeParts,
		Lines: []bill.Line{{FeeKind: h.world.Meals.ID, Name: "Tiền ăn", Quantity: 1, UnitPrice: 700_000, Amount: 700_000}},
	}
	for _, m := range mods {
		m(&n)
	}
	list, err := h.s.Issue(h.ctx, collect.System, []bill.NewBill{n}, !draft)
	h.must(err)
	return list[0]
}

func (h *house) pay(b bill.Bill, amount vnd.Amount) {
	h.t.Helper()
	h.n++
	a := h.world.SchoolAccount
	_, err := h.s.Receive(h.ctx, []collect.Incoming{{Credit: rail.Credit{
		Stream: "sepay", PartnerRef: fmt.Sprintf("p%d", h.n), Account: a.Number, BankBIN: a.BankBIN, Amount: amount, Memo: string(b.Code),
		BookedOn: clock.Today(h.clk), OccurredAt: h.clk.Now(), Method: rail.QR, BankRef: fmt.Sprintf("FT%d", h.n), Raw: []byte("{}"),
	}}})
	h.must(err)
}

// do asks the face from an address and returns the answer with its body.
func (h *house) do(method, path, from string, form url.Values) (*http.Response, string) {
	h.t.Helper()
	req := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	req.RemoteAddr = from + ":4711"
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	rec := httptest.NewRecorder()
	h.mux.ServeHTTP(rec, req)
	body, err := io.ReadAll(rec.Result().Body)
	h.must(err)
	return rec.Result(), string(body)
}

func (h *house) get(path string) (*http.Response, string) {
	h.t.Helper()
	return h.do(http.MethodGet, path, "203.0.113.7", nil)
}

// page is the text of a page that must be there.
func (h *house) page(path string) string {
	h.t.Helper()
	res, body := h.get(path)
	if res.StatusCode != http.StatusOK {
		h.t.Fatalf("%s: %s\n%s", path, res.Status, plain(body))
	}
	return plain(body)
}

func (h *house) post(path string, pairs ...string) (*http.Response, string) {
	h.t.Helper()
	return h.do(http.MethodPost, path, "203.0.113.7", values(pairs...))
}

func values(pairs ...string) url.Values {
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return form
}

func (h *house) want(body string, texts ...string) {
	h.t.Helper()
	for _, text := range texts {
		if !strings.Contains(body, text) {
			h.t.Errorf("the page does not say %q:\n%s", text, body)
		}
	}
}

func (h *house) wantNot(body string, texts ...string) {
	h.t.Helper()
	for _, text := range texts {
		if strings.Contains(body, text) {
			h.t.Errorf("the page says %q:\n%s", text, body)
		}
	}
}

// plain is the text of a page with single spaces.
func plain(page string) string {
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(page))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return strings.Join(strings.Fields(strings.ReplaceAll(b.String(), "\u00a0", " ")), " ")
		case html.TextToken:
			b.Write(z.Text())
		default:
			if name, _ := z.TagName(); string(name) != "span" && string(name) != "strong" {
				b.WriteByte(' ')
			}
		}
	}
}
