package desk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sen-platform/sen/internal/access"
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
	"github.com/sen-platform/sen/internal/rail/bank"
	"github.com/sen-platform/sen/internal/vnd"
	"github.com/sen-platform/sen/internal/web"
	"github.com/sen-platform/sen/internal/web/session"
	"github.com/sen-platform/sen/internal/web/ui"
	"github.com/sen-platform/sen/internal/web/webtest"
)

func TestMain(m *testing.M) { webtest.Main(m) }

const secret = "hoa sen trang 2026"

// The people of the fixture, by login.
const (
	accountant = "ketoan"
	cashier    = "thungan"
	manager    = "hieutruong"
	hospital   = "vienphi" // the hospital's accountant
	officer    = "canbo"   // of the province
)

// house is a running desk over a fresh store with one school and one hospital.
type house struct {
	t     testing.TB
	ctx   context.Context
	d     *db.DB
	clk   *clock.Manual
	ids   *id.Gen
	s     *collect.Service
	world *orgtest.World
	face  *face
	srv   *httptest.Server
	log   *lockedBuffer
	users *access.Service
	open  map[string]*browser
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
	// Sessions expire by the machine's clock too (scs), so the test's clock starts on its day:
	// at eight in the morning, so that no test runs over midnight.
	today := clock.DateOf(time.Now())
	clk := clock.NewManual(today.Time().Add(8*time.Hour + 10*time.Minute))
	ids := id.NewGenNode(clk, 1)
	h := &house{t: t, ctx: context.Background(), d: d, clk: clk, ids: ids, log: &lockedBuffer{}, open: map[string]*browser{}}
	h.world = orgtest.New(t, d, ids, clk)
	seq, err := billcode.NewSequence([]byte("0123456789abcdef0123456789abcdef"))
	h.must(err)
	h.s, err = collect.New(collect.Config{DB: d, IDs: ids, Clock: clk, Codes: seq, ReceiptKey: []byte("0123456789abcdef0123456789abcdef")})
	h.must(err)
	users := &access.Service{DB: d, IDs: ids, Clock: clk}
	h.users = users
	_, err = h.world.Service.CreateContact(h.ctx, "test", org.Contact{
		Facility: h.world.School.ID, Name: "Cô Nguyễn Thị Thu Hà", Role: "Kế toán nhà trường",
		Phone: "0200 000 0112", Hours: "Thứ Hai đến thứ Sáu, 7:30 đến 16:30", Public: true,
	})
	h.must(err)
	log := slog.New(slog.NewTextHandler(h.log, nil))
	sessions, err := session.New(session.Config{DB: d, Clock: clk, Log: log, Province: "Tỉnh Lam Giang", Sample: true})
	h.must(err)
	h.world.Service.KnownBank = func(bin string) bool { _, ok := bank.ByBIN(bin); return ok }
	keys, err := access.NewKeyring(bytes.Repeat([]byte{42}, 32))
	h.must(err)
	h.face, err = newFace(&web.Deps{
		DB: d, IDs: ids, Clock: clk, Log: log, Collect: h.s, Org: h.world.Service, Access: users, Codes: seq, Sessions: sessions, Keys: keys,
		Bills:   &bill.Service{DB: d, IDs: ids, Codes: seq, Clock: clk},
		BaseURL: "https://sen.langiang.example", Province: "Tỉnh Lam Giang", Sample: true,
	})
	h.must(err)
	mux := http.NewServeMux()
	mux.Handle("GET "+ui.Prefix, ui.Handler())
	mux.HandleFunc("GET /favicon.ico", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	sessions.Register(mux)
	h.face.mount(mux)
	h.srv = httptest.NewServer(sessions.Wrap(mux))
	ctx, cancel := context.WithCancel(h.ctx)
	done := make(chan struct{})
	go func() { h.s.Run(ctx); close(done) }()
	t.Cleanup(func() {
		h.srv.CloseClientConnections() // streams would keep Close waiting
		h.srv.Close()
		h.face.jobs.run.Wait()
		cancel()
		<-done
		if t.Failed() {
			t.Log(h.log.String())
		}
	})
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

func (h *house) today() clock.Date { return clock.Today(h.clk) }

func (h *house) view(fn func(tx *db.Tx) error) {
	h.t.Helper()
	h.must(h.d.View(h.ctx, fn))
}

// browser is one signed-in person's.
type browser struct {
	h *house
	c *http.Client
}

// user is a person's account; it is made when first asked for, since making one takes long
// on purpose.
func (h *house) user(login string) id.User {
	h.t.Helper()
	people := map[string]access.User{
		accountant: {Name: "Nguyễn Thị Thu Hà", Role: access.FacilityAccountant, Facility: h.world.School.ID},
		cashier:    {Name: "Trần Văn Lộc", Role: access.FacilityCashier, Facility: h.world.School.ID},
		manager:    {Name: "Phạm Thị Bình", Role: access.FacilityManager, Facility: h.world.School.ID},
		hospital:   {Name: "Đỗ Thị Ngân", Role: access.FacilityAccountant, Facility: h.world.Hospital.ID},
		officer:    {Name: "Lê Văn An", Role: access.DepartmentOfficer},
	}
	var u access.User
	err := h.d.View(h.ctx, func(tx *db.Tx) (err error) { u, err = access.UserByLogin(tx, login); return err })
	if errors.Is(err, db.ErrNotFound) {
		u = people[login]
		u.Login = login
		u, err = h.users.CreateUser(h.ctx, access.SystemSubject(), u, secret)
	}
	h.must(err)
	return u.ID
}

// as is the browser of a person, signed in.
func (h *house) as(login string) *browser {
	h.t.Helper()
	if b := h.open[login]; b != nil {
		return b
	}
	h.user(login)
	b := h.stranger()
	a := b.post("/signin", "login", login, "password", secret)
	if a.status != http.StatusSeeOther {
		h.t.Fatalf("sign in %s: %d", login, a.status)
	}
	h.open[login] = b
	return b
}

// stranger is a browser of nobody.
func (h *house) stranger() *browser {
	jar, err := cookiejar.New(nil)
	h.must(err)
	return &browser{h: h, c: &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

type answer struct {
	status   int
	location string
	kind     string
	body     string
}

func (b *browser) do(req *http.Request) answer {
	b.h.t.Helper()
	resp, err := b.c.Do(req)
	b.h.must(err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	b.h.must(err)
	return answer{resp.StatusCode, resp.Header.Get("Location"), resp.Header.Get("Content-Type"), string(body)}
}

func (b *browser) get(path string) answer {
	b.h.t.Helper()
	req, err := http.NewRequestWithContext(b.h.ctx, http.MethodGet, b.h.srv.URL+path, nil)
	b.h.must(err)
	return b.do(req)
}

func (b *browser) post(path string, pairs ...string) answer {
	b.h.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	req, err := http.NewRequestWithContext(b.h.ctx, http.MethodPost, b.h.srv.URL+path, strings.NewReader(form.Encode()))
	b.h.must(err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(req)
}

// upload posts a file with further fields.
func (b *browser) upload(path, field, name string, body []byte, pairs ...string) answer {
	b.h.t.Helper()
	var buf bytes.Buffer
	w := multipart.NewWriter(&buf)
	for i := 0; i+1 < len(pairs); i += 2 {
		b.h.must(w.WriteField(pairs[i], pairs[i+1]))
	}
	part, err := w.CreateFormFile(field, name)
	b.h.must(err)
	_, err = part.Write(body)
	b.h.must(err)
	b.h.must(w.Close())
	req, err := http.NewRequestWithContext(b.h.ctx, http.MethodPost, b.h.srv.URL+path, &buf)
	b.h.must(err)
	req.Header.Set("Content-Type", w.FormDataContentType())
	return b.do(req)
}

// page fetches a page that must be there and is whole.
func (b *browser) page(path string) answer {
	b.h.t.Helper()
	a := b.get(path)
	if a.status != http.StatusOK || !strings.Contains(a.body, "</html>") {
		b.h.t.Fatalf("GET %s: %d %s", path, a.status, text(a.body))
	}
	return a
}

var tags = regexp.MustCompile(`(?s)<script.*?</script>|<style.*?</style>|<[^>]*>`)

// text is a page's words with single spaces, no-break ones included.
func text(body string) string {
	body = tags.ReplaceAllString(strings.ReplaceAll(body, "<wbr>", ""), " ")
	body = strings.NewReplacer("&nbsp;", " ", "\u00a0", " ", "&amp;", "&", "&#34;", `"`, "&#43;", "+").Replace(body)
	return strings.Join(strings.Fields(body), " ")
}

// says demands that a page's words hold all of the texts.
func (a answer) says(t testing.TB, texts ...string) {
	t.Helper()
	words := text(a.body)
	for _, want := range texts {
		if !strings.Contains(words, want) {
			t.Errorf("page lacks %q:\n%s", want, words)
		}
	}
}

// silent demands that a page's words hold none of the texts.
func (a answer) silent(t testing.TB, texts ...string) {
	t.Helper()
	words := text(a.body)
	for _, no := range texts {
		if strings.Contains(words, no) {
			t.Errorf("page says %q:\n%s", no, words)
		}
	}
}

// went demands a redirect and returns its address.
func (a answer) went(t testing.TB) string {
	t.Helper()
	if a.status != http.StatusSeeOther {
		t.Fatalf("no redirect: %d %s", a.status, text(a.body))
	}
	return a.location
}

// newBill is a pupil's bill; change it with mods.
func (h *house) newBill(mods ...func(*bill.NewBill)) bill.NewBill {
	h.n++
	n := bill.NewBill{
		Facility: h.world.School.ID, ExternalID: fmt.Sprintf("ext-%d", h.n), PayerName: "Nguyễn Văn Long", PayerPhone: "0900000318",
		BeneficiaryName: "Nguyễn Minh Khôi", BeneficiaryCode: fmt.Sprintf("HS%04d", h.n), Class: "3B", BirthYear: 2018,
		Reason: "Thu tháng này", Period: "tháng này", DueOn: h.today().AddDays(8), PartPayment: org.FreeParts,
		Lines: []bill.Line{
			{FeeKind: h.world.Meals.ID, Name: "Tiền ăn bán trú", Quantity: 22, UnitPrice: 35_000, Amount: 770_000},
			{FeeKind: h.world.Meals.ID, Name: "Trả lại tiền ăn", Quantity: 1, UnitPrice: -70_000, Amount: -70_000, Note: "nghỉ 2 ngày"},
			{FeeKind: h.world.Meals.ID, Name: "Chăm sóc bán trú", Quantity: 1, UnitPrice: 550_000, Amount: 550_000},
		},
	}
	for _, m := range mods {
		m(&n)
	}
	return n
}

// named makes the bill another pupil's.
func named(name, class string) func(*bill.NewBill) {
	return func(n *bill.NewBill) { n.BeneficiaryName, n.Class = name, class }
}

// costs makes the bill one line of an amount.
func costs(amount vnd.Amount) func(*bill.NewBill) {
	return func(n *bill.NewBill) {
		n.Lines = []bill.Line{{FeeKind: n.Lines[0].FeeKind, Name: "Tiền ăn bán trú", Quantity: 1, UnitPrice: amount, Amount: amount}}
	}
}

// ofHospital makes it a patient's bill.
func (h *house) ofHospital(n *bill.NewBill) {
	n.Facility, n.Class, n.Reason, n.BeneficiaryName = h.world.Hospital.ID, "Khoa Nội", "Viện phí", "Đinh Thị Mai"
	n.Lines = []bill.Line{{FeeKind: h.world.Visit.ID, Name: "Tiền khám", Quantity: 1, UnitPrice: 270_000, Amount: 270_000}}
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

// transfer books a transfer to the school's account; change it with mods.
func (h *house) transfer(amount vnd.Amount, memo string, mods ...func(*rail.Credit)) collect.Outcome {
	h.t.Helper()
	h.n++
	c := rail.Credit{
		Stream: "sepay", PartnerRef: fmt.Sprintf("p%d", h.n), Account: h.world.SchoolAccount.Number, BankBIN: h.world.SchoolAccount.BankBIN, Amount: amount, Memo: memo,
		BookedOn: h.today(), OccurredAt: h.clk.Now(), Method: rail.QR, BankRef: fmt.Sprintf("FT%d", h.n), PayerName: "NGUYEN VAN LONG", PayerAccount: "1903456704471", Raw: []byte(`{"id":1}`),
	}
	for _, m := range mods {
		m(&c)
	}
	out, err := h.s.Receive(h.ctx, []collect.Incoming{{Credit: c}})
	h.must(err)
	return out[0]
}

// toHospital sends the money to the hospital instead.
func (h *house) toHospital(c *rail.Credit) {
	c.Account, c.BankBIN = h.world.HospitalAccount.Number, h.world.HospitalAccount.BankBIN
}

func (h *house) bill(b id.Bill) bill.Bill {
	h.t.Helper()
	var out bill.Bill
	h.view(func(tx *db.Tx) (err error) { out, err = bill.ByID(tx, b); return err })
	return out
}

func (h *house) credit(c id.Credit) collect.Credit {
	h.t.Helper()
	var out collect.Credit
	h.view(func(tx *db.Tx) (err error) { out, err = collect.CreditByID(tx, c); return err })
	return out
}

// verify demands that every invariant of the design holds.
func (h *house) verify() {
	h.t.Helper()
	rep, err := h.s.Verify(h.ctx, nil)
	h.must(err)
	for _, f := range rep.Findings {
		h.t.Errorf("invariant %d (%s): %s", f.Invariant, f.What, f.Text)
	}
}

var collectSystem = collect.System

// cashOf is cash for a bill, taken by no one in particular.
func cashOf(h *house, b bill.Bill, amount vnd.Amount) collect.Cash {
	return collect.Cash{Facility: b.Facility, Bill: b.ID, Amount: amount, Key: id.NewToken()}
}

func dbtestSQLite(t testing.TB) *db.DB { return dbtest.SQLite(t) }

// nobody is a transfer whose sender the bank does not tell.
func nobody(c *rail.Credit) { c.PayerName, c.PayerAccount = "", "" }
