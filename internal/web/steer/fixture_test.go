package steer_test

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"testing"
	"time"

	"github.com/sen-platform/sen/internal/access"
	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/billcode"
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/org/sample"
	"github.com/sen-platform/sen/internal/rail"
	"github.com/sen-platform/sen/internal/vnd"
	"github.com/sen-platform/sen/internal/web"
	"github.com/sen-platform/sen/internal/web/session"
	"github.com/sen-platform/sen/internal/web/steer"
	"github.com/sen-platform/sen/internal/web/ui"
	"github.com/sen-platform/sen/internal/web/webtest"
)

// A property of this face fetches some ten pages each time, so there are few in a normal run;
// the nightly run sets SEN_HISTORIES.
func TestMain(m *testing.M) {
	flag.Parse()
	checks := os.Getenv("SEN_HISTORIES")
	if checks == "" {
		checks = "12"
	}
	if err := flag.Set("rapid.checks", checks); err != nil {
		panic(err)
	}
	webtest.Main(m)
}

// today is a Sunday evening in Viet Nam; the history ends a few hours before.
var today = time.Date(2026, 11, 22, 12, 2, 0, 0, time.UTC)

const secret = "hoa sen trang 2026"

// house is a running province's face over the invented province.
type house struct {
	t    testing.TB
	ctx  context.Context
	d    *db.DB
	clk  *clock.Manual
	ids  *id.Gen
	c    *collect.Service
	org  *org.Service
	srv  *httptest.Server
	byID map[id.Facility]org.Facility
	code map[string]org.Facility
	fee  map[string]org.FeeKind
	acc  map[id.Facility]string
	in   map[string]*http.Client
	n    int
}

func newHouse(t testing.TB, d *db.DB) *house {
	t.Helper()
	clk := clock.NewManual(today)
	ids := id.NewGenNode(clk, 1)
	h := &house{
		t: t, ctx: context.Background(), d: d, clk: clk, ids: ids, org: &org.Service{DB: d, IDs: ids, Clock: clk}, byID: map[id.Facility]org.Facility{},
		code: map[string]org.Facility{}, fee: map[string]org.FeeKind{}, acc: map[id.Facility]string{}, in: map[string]*http.Client{},
	}
	files, err := sample.Files()
	h.must(err)
	result, err := h.org.Import(h.ctx, "system", files, false)
	h.must(err)
	if !result.Applied {
		t.Fatalf("the sample was not taken in: %v", result.Problems)
	}
	h.view(h.readOrg)
	seq, err := billcode.NewSequence([]byte("0123456789abcdef0123456789abcdef"))
	h.must(err)
	h.c, err = collect.New(collect.Config{DB: d, IDs: ids, Clock: clk, Codes: seq, ReceiptKey: []byte("0123456789abcdef0123456789abcdef")})
	h.must(err)
	ctx, cancel := context.WithCancel(h.ctx)
	done := make(chan struct{})
	go func() { h.c.Run(ctx); close(done) }()
	t.Cleanup(func() { cancel(); <-done })
	// Sessions end by the machine's clock, figures stand at the test's.
	sessions, err := session.New(session.Config{DB: d, Clock: clock.System{}, Province: "Tỉnh Lam Giang", Sample: true})
	h.must(err)
	mux := http.NewServeMux()
	sessions.Register(mux)
	mux.Handle("GET "+ui.Prefix, ui.Handler())
	h.must(steer.Register(mux, &web.Deps{
		DB: d, IDs: ids, Clock: clk, Log: slog.New(slog.NewTextHandler(testLog{t}, nil)), Collect: h.c, Org: h.org,
		Sessions: sessions, Province: "Tỉnh Lam Giang", Sample: true,
	}))
	h.srv = httptest.NewServer(sessions.Wrap(mux))
	t.Cleanup(h.srv.Close)
	return h
}

// testLog fails the test for what the face logs: it logs only failures of its own.
type testLog struct{ t testing.TB }

func (l testLog) Write(p []byte) (int, error) {
	l.t.Errorf("logged: %s", p)
	return len(p), nil
}

func (h *house) readOrg(tx *db.Tx) error {
	list, _, err := org.Facilities(tx, org.Filter{Limit: org.MaxPage})
	if err != nil {
		return err
	}
	for _, f := range list {
		h.byID[f.ID], h.code[f.Code] = f, f
		accounts, err := org.AccountsOf(tx, f.ID)
		if err != nil {
			return err
		}
		for _, a := range accounts {
			if a.IsDefault {
				h.acc[f.ID] = a.Number
			}
		}
	}
	kinds, err := org.FeeKinds(tx, org.Both, "")
	for _, k := range kinds {
		h.fee[k.Code] = k
	}
	return err
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

// new is one bill; a school's has two lines, a hospital's one.
func (h *house) new(f org.Facility, amount vnd.Amount) bill.NewBill {
	h.n++
	n := bill.NewBill{
		Facility: f.ID, ExternalID: fmt.Sprint("x", h.n), PayerName: "Trần Văn Mẫu", BeneficiaryName: "Nguyễn Minh Khôi", BeneficiaryCode: fmt.Sprintf("HS%05d", h.n),
		Class: "3B", Reason: "Thu trong tháng", Period: "tháng này", DueOn: clock.Today(h.clk).AddDays(10), PartPayment: org.FreeParts,
	}
	line := func(fee string, amount vnd.Amount) {
		n.Lines = append(n.Lines, bill.Line{FeeKind: h.fee[fee].ID, Name: h.fee[fee].Name, Quantity: 1, UnitPrice: amount, Amount: amount})
	}
	if f.Sector == org.Health {
		n.Class = ""
		line("KHAM-BENH", amount)
	} else {
		line("BAN-TRU", amount)
		line("NUOC-UONG", 20_000)
	}
	return n
}

// issue publishes bills.
func (h *house) issue(list ...bill.NewBill) []bill.Bill {
	h.t.Helper()
	out, err := h.c.Issue(h.ctx, collect.System, list, true)
	h.must(err)
	return out
}

// paid is a credit that pays a bill by a method.
func (h *house) paid(b bill.Bill, amount vnd.Amount, m rail.Method) collect.Incoming {
	h.n++
	return collect.Incoming{Credit: rail.Credit{
		Stream: "sepay", PartnerRef: fmt.Sprint("p", h.n), Account: h.acc[b.Facility], Amount: amount, Memo: string(b.Code),
		BookedOn: clock.Today(h.clk), OccurredAt: h.clk.Now(), Method: m, BankRef: fmt.Sprint("FT", h.n), PayerName: "TRAN VAN MAU", Raw: []byte(`{"id":1}`),
	}}
}

func (h *house) receive(in ...collect.Incoming) {
	h.t.Helper()
	out, err := h.c.Receive(h.ctx, in)
	h.must(err)
	for i, o := range out {
		if o.Verdict != collect.Posted {
			h.t.Fatalf("credit %d: %+v", i, o)
		}
	}
}

func (h *house) cash(b bill.Bill, amount vnd.Amount) {
	h.t.Helper()
	h.n++
	_, _, err := h.c.TakeCash(h.ctx, collect.System, collect.Cash{Facility: b.Facility, Bill: b.ID, Amount: amount, Key: fmt.Sprint(h.n)})
	h.must(err)
}

// month issues and pays bills of facilities in the middle of a month: of each facility's n
// bills, share of ten are paid without cash, two in cash, the rest stays open.
func (h *house) month(day clock.Date, n int, share func(org.Facility) int, codes ...string) {
	h.t.Helper()
	h.clk.Set(day.Time().Add(9 * time.Hour))
	rnd := rand.New(rand.NewPCG(uint64(len(day)), uint64(day.Time().Unix())))
	for _, code := range codes {
		f := h.code[code]
		var news []bill.NewBill
		for range n {
			news = append(news, h.new(f, vnd.Amount(50_000+1000*rnd.IntN(400))))
		}
		var in []collect.Incoming
		for i, b := range h.issue(news...) {
			switch k := i % 10; {
			case k < share(f):
				m := rail.Methods()[rnd.IntN(4)]
				amount := b.Total
				if rnd.IntN(6) == 0 {
					amount /= 3
				}
				in = append(in, h.paid(b, amount, m))
			case k < share(f)+2:
				h.cash(b, b.Total)
			case k == 9:
				h.must(h.c.Cancel(h.ctx, collect.System, b.ID, "nhập nhầm"))
			}
		}
		if len(in) > 0 {
			h.receive(in...)
		}
	}
}

// history is a province that has collected on both sides of the change of the map.
func (h *house) history(n int) {
	h.t.Helper()
	share := func(f org.Facility) int { return 3 + len(f.Name)%5 }
	h.month("2024-04-15", n, share, "TH-SABINH", "TH-CATVANG", "BV-TINH", "MN-HOAGAO")
	h.must(h.org.CloseFacility(h.ctx, "test", h.code["TH-SABINH"].ID, "2024-08-01", "sáp nhập"))
	h.month("2024-11-15", n, share, "TH-CATVANG", "BV-TINH", "MN-HOAGAO", "THPT-GOKHE")
	h.month("2025-09-15", n, share, "TH-CATVANG", "BV-TINH", "BV-MAT", "TYT-CATVANG")
	h.month("2026-10-15", n, share, "TH-CATVANG", "BV-TINH", "BV-MAT", "THPT-GOKHE", "TH-BENLAM")
	h.month("2026-11-15", n, share, "TH-CATVANG", "BV-TINH", "BV-MAT", "THPT-GOKHE", "MN-HOAGAO", "PK-HOAMAI")
	h.month("2026-11-16", n, func(org.Facility) int { return -2 }, "TYT-CONGIO") // bills, and nobody pays
	h.clk.Set(today)
}

// users are the people of the tests.
func (h *house) users() map[string]access.User {
	var area id.Area
	h.view(func(tx *db.Tx) error {
		a, err := org.AreaByCode(tx, "LG.X06")
		area = a.ID
		return err
	})
	school := h.code["TH-CATVANG"].ID
	return map[string]access.User{
		"so.gddt":    {Name: "Hoàng Thị Vân", Role: access.DepartmentOfficer, Sector: org.Education},
		"so.yte":     {Name: "Đặng Hữu Long", Role: access.DepartmentOfficer, Sector: org.Health},
		"so.khcn":    {Name: "Nông Thị Thủy", Role: access.DepartmentOfficer},
		"xa.catvang": {Name: "Lý Văn Nam", Role: access.DepartmentOfficer, Area: area},
		"quantri":    {Name: "Hà Minh Tuấn", Role: access.ProvinceAdmin},
		"ketoan":     {Name: "Trần Thị Liên", Role: access.FacilityAccountant, Facility: school},
		"thuquy":     {Name: "Ngô Thị Hạnh", Role: access.FacilityCashier, Facility: school},
		"hieutruong": {Name: "Đỗ Quang Sơn", Role: access.FacilityManager, Facility: school},
	}
}

// as is a browser in which a user is signed in; "" is nobody.
func (h *house) as(login string) *http.Client {
	h.t.Helper()
	if c := h.in[login]; c != nil {
		return c
	}
	jar, err := cookiejar.New(nil)
	h.must(err)
	c := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	h.in[login] = c
	if login == "" {
		return c
	}
	h.user(login)
	resp, err := c.PostForm(h.srv.URL+"/signin", url.Values{"login": {login}, "password": {secret}})
	h.must(err)
	h.must(resp.Body.Close())
	if resp.StatusCode != http.StatusSeeOther {
		h.t.Fatalf("%s could not sign in: %d", login, resp.StatusCode)
	}
	return c
}

func (h *house) user(login string) {
	h.t.Helper()
	u := h.users()[login]
	u.Login = login
	_, err := (&access.Service{DB: h.d, IDs: h.ids, Clock: h.clk}).CreateUser(h.ctx, access.SystemSubject(), u, secret)
	h.must(err)
}

// get fetches a page as somebody.
func (h *house) get(login, path string) (status int, body string, header http.Header) {
	h.t.Helper()
	resp, err := h.as(login).Get(h.srv.URL + path)
	h.must(err)
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	h.must(err)
	return resp.StatusCode, string(b), resp.Header
}

// page is get that demands success.
func (h *house) page(login, path string) string {
	h.t.Helper()
	status, body, _ := h.get(login, path)
	if status != http.StatusOK {
		h.t.Fatalf("%s as %s: status %d\n%.1500s", path, login, status, body)
	}
	return body
}
