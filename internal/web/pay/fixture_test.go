package pay

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

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
	"github.com/sen-platform/sen/internal/web/ui"
	"github.com/sen-platform/sen/internal/web/webtest"
)

func TestMain(m *testing.M) { webtest.Main(m) }

// start is a Sunday evening in Viet Nam.
var start = time.Date(2026, 11, 22, 12, 2, 0, 0, time.UTC)

// house is a running payer's face over a fresh store with one school and one hospital.
type house struct {
	t     testing.TB
	ctx   context.Context
	d     *db.DB
	clk   *clock.Manual
	ids   *id.Gen
	s     *collect.Service
	world *orgtest.World
	face  *face
	mux   *http.ServeMux
	log   *lockedBuffer
	n     int
}

// lockedBuffer is a log that several goroutines write.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func newHouse(t testing.TB, d *db.DB) *house {
	t.Helper()
	clk := clock.NewManual(start)
	ids := id.NewGenNode(clk, 1)
	h := &house{t: t, ctx: context.Background(), d: d, clk: clk, ids: ids, log: &lockedBuffer{}}
	h.world = orgtest.New(t, d, ids, clk)
	seq, err := billcode.NewSequence([]byte("0123456789abcdef0123456789abcdef"))
	h.must(err)
	h.s, err = collect.New(collect.Config{DB: d, IDs: ids, Clock: clk, Codes: seq, ReceiptKey: []byte("0123456789abcdef0123456789abcdef")})
	h.must(err)
	o := h.world.Service
	_, err = o.CreateAccount(h.ctx, "test", org.Account{
		Facility: h.world.School.ID, BankBIN: "970418", Number: "6800112233",
		Holder: "TRUONG TIEU HOC THU", Status: org.AccountActive, ValidFrom: "2020-01-01",
	})
	h.must(err)
	_, err = o.CreateContact(h.ctx, "test", org.Contact{
		Facility: h.world.School.ID, Name: "Cô Nguyễn Thị Thu Hà", Role: "Kế toán nhà trường",
		Phone: "0200 000 0112", Hours: "Thứ Hai đến thứ Sáu, 7:30 đến 16:30", Public: true,
	})
	h.must(err)
	h.must(o.SetMethod(h.ctx, "test", org.MethodState{Facility: h.world.School.ID, Method: org.MethodCard, Status: org.MethodConfigured, Since: "2026-01-01"}))
	h.face, err = newFace(&web.Deps{
		DB: d, IDs: ids, Clock: clk, Log: slog.New(slog.NewTextHandler(h.log, nil)), Collect: h.s, Org: o,
		BaseURL: "https://sen.langiang.example", Province: "Tỉnh Lam Giang", Sample: true,
	})
	h.must(err)
	h.mux = http.NewServeMux()
	h.mux.Handle("GET "+ui.Prefix, ui.Handler())
	h.mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	h.face.mount(h.mux)
	ctx, cancel := context.WithCancel(h.ctx)
	done := make(chan struct{})
	go func() { h.s.Run(ctx); close(done) }()
	t.Cleanup(func() { cancel(); <-done })
	return h
}

// each runs fn on both engines.
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

// newBill is a pupil's bill of meals; change it with mods.
func (h *house) newBill(mods ...func(*bill.NewBill)) bill.NewBill {
	h.n++
	n := bill.NewBill{
		Facility: h.world.School.ID, ExternalID: fmt.Sprintf("ext-%d", h.n), PayerName: "Trần Thị Bích Hường", PayerPhone: "0900000318",
		BeneficiaryName: "Nguyễn Minh Khôi", BeneficiaryCode: fmt.Sprintf("HS%04d", h.n), Class: "3B", BirthYear: 2018,
		Reason: "Phiếu thu tháng 11/2026", Period: "tháng 11/2026", DueOn: "2026-11-30", PartPayment: org.NoParts,
		Lines: []bill.Line{
			{FeeKind: h.world.Meals.ID, Name: "Tiền ăn bán trú", Quantity: 22, UnitPrice: 35_000, Amount: 770_000},
			{FeeKind: h.world.Meals.ID, Name: "Trả lại tiền ăn", Quantity: 1, UnitPrice: -70_000, Amount: -70_000, Note: "nghỉ 2 ngày trong tháng 10"},
			{FeeKind: h.world.Meals.ID, Name: "Chăm sóc bán trú", Quantity: 1, UnitPrice: 350_000, Amount: 350_000},
			{FeeKind: h.world.Meals.ID, Name: "Dạy học 2 buổi/ngày", Quantity: 1, UnitPrice: 180_000, Amount: 180_000},
			{FeeKind: h.world.Meals.ID, Name: "Nước uống", Quantity: 1, UnitPrice: 20_000, Amount: 20_000},
		},
	}
	for _, m := range mods {
		m(&n)
	}
	return n
}

func free(n *bill.NewBill) { n.PartPayment = org.FreeParts }

func instalments(n *bill.NewBill) {
	n.PartPayment = org.Instalments
	n.Instalments = []bill.Instalment{{Amount: 500_000, DueOn: "2026-11-30"}, {Amount: 400_000, DueOn: "2026-12-31"}, {Amount: 350_000, DueOn: "2027-01-31"}}
}

// ofHospital makes it a patient's bill.
func ofHospital(h *house) func(*bill.NewBill) {
	return func(n *bill.NewBill) {
		n.Facility, n.Class, n.Reason, n.Period = h.world.Hospital.ID, "Khoa Nội tiết", "Viện phí ngày 22/11/2026", "22/11/2026"
		n.Lines = []bill.Line{{FeeKind: h.world.Visit.ID, Name: "Tiền khám", Quantity: 1, UnitPrice: 1_250_000, Amount: 1_250_000}}
	}
}

// issue publishes one bill.
func (h *house) issue(mods ...func(*bill.NewBill)) bill.Bill {
	h.t.Helper()
	list, err := h.s.Issue(h.ctx, collect.System, []bill.NewBill{h.newBill(mods...)}, true)
	h.must(err)
	return list[0]
}

// draft makes a bill that is not published.
func (h *house) draft(mods ...func(*bill.NewBill)) bill.Bill {
	h.t.Helper()
	list, err := h.s.Issue(h.ctx, collect.System, []bill.NewBill{h.newBill(mods...)}, false)
	h.must(err)
	return list[0]
}

// pay books a bank transfer with the bill's code in its memo.
func (h *house) pay(b bill.Bill, amount vnd.Amount) collect.Outcome {
	h.t.Helper()
	h.n++
	account := h.world.SchoolAccount
	if b.Facility == h.world.Hospital.ID {
		account = h.world.HospitalAccount
	}
	out, err := h.s.Receive(h.ctx, []collect.Incoming{{Credit: rail.Credit{
		Stream: "sepay", PartnerRef: fmt.Sprintf("p%d", h.n), Account: account.Number, BankBIN: account.BankBIN, Amount: amount,
		Memo: string(b.Code) + " CHUYEN TIEN", BookedOn: clock.Today(h.clk), OccurredAt: h.clk.Now(), Method: rail.QR,
		BankRef: fmt.Sprintf("FT%d", h.n), PayerName: "TRAN THI BICH HUONG", PayerAccount: "1903456704471", Raw: []byte("{}"),
	}}})
	h.must(err)
	if out[0].Verdict != collect.Posted {
		h.t.Fatalf("credit: %+v", out[0])
	}
	return out[0]
}

// receipts are those of a bill, oldest first.
func (h *house) receipts(b bill.Bill) []collect.Receipt {
	h.t.Helper()
	var out []collect.Receipt
	h.must(h.d.View(h.ctx, func(tx *db.Tx) (err error) { out, err = collect.ReceiptsOfBills(tx, b.ID); return err }))
	return out
}

// serve is the face on a real address; it closes after the streams that listen opens.
func (h *house) serve() string {
	srv := httptest.NewServer(h.mux)
	h.t.Cleanup(srv.Close)
	return srv.URL
}

// waiting is the address of a bill's waiting page for who said so at the start.
func waiting(b bill.Bill) string {
	return fmt.Sprintf("/p/%s/cho?tu=%d", b.Token, start.Unix())
}

// get asks the face and returns the answer with its body.
func (h *house) get(path string, header ...string) (*http.Response, string) {
	h.t.Helper()
	req := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	rec := httptest.NewRecorder()
	h.mux.ServeHTTP(rec, req)
	res := rec.Result()
	body, err := io.ReadAll(res.Body)
	h.must(err)
	return res, string(body)
}

// page asks for a page that must be there and returns its text without tags.
func (h *house) page(path string) string {
	h.t.Helper()
	res, body := h.get(path)
	if res.StatusCode != http.StatusOK {
		h.t.Fatalf("%s: %s\n%s", path, res.Status, plain(body))
	}
	return plain(body)
}

// want fails the test for every text that a page does not say.
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
