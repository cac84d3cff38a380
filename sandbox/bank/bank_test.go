package bank

import (
	"bytes"
	"context"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sen-platform/sen/internal/billcode"
	"github.com/sen-platform/sen/internal/rail"
	"github.com/sen-platform/sen/internal/rail/casso"
	"github.com/sen-platform/sen/internal/rail/payos"
	"github.com/sen-platform/sen/internal/rail/sepay"
	"github.com/sen-platform/sen/internal/rail/statement"
	"github.com/sen-platform/sen/internal/vnd"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, zone)

var school = Account{Number: "999007029939", Brand: "Vietcombank", BIN: "970436", Holder: "TRUONG TIEU HOC CAT VANG"}

func town(t testing.TB) *Bank {
	t.Helper()
	b := New(1, 1000)
	b.Open(school, 10_000_000)
	return b
}

func take(t testing.TB, b *Bank, tr Transfer) Movement {
	t.Helper()
	m, err := b.Take(tr)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// The real rails accept what the fake aggregators sign, and read the same credit out of it.
func TestRailsReadWebhooks(t *testing.T) {
	const secret = "khoa-bi-mat-mau"
	b := town(t)
	m := take(t, b, Transfer{To: school.Number, VirtualAccount: "V9LG07100001", Amount: 1_250_000, Memo: "HPK7G3M9X077 lớp 3B", Payer: "Nguyễn Thị Đào", At: noon, Framed: true})
	want := rail.Credit{
		PartnerRef: "1001", Account: school.Number, BankBIN: school.BIN, VirtualAccount: m.VirtualAccount, Amount: m.Amount,
		BankRef: m.Ref, Memo: m.Memo, BookedOn: "2026-11-20", OccurredAt: noon.UTC(), Method: rail.QR,
	}
	for _, c := range []struct {
		stream  string
		receive func(http.Header, []byte) (rail.Inbound, error)
		change  func(*rail.Credit)
	}{
		{"sepay", func(h http.Header, b []byte) (rail.Inbound, error) {
			return sepay.Receive(sepay.Config{Auth: sepay.HMAC, Secret: secret}, h, b, noon)
		}, func(*rail.Credit) {}},
		{"casso", func(h http.Header, b []byte) (rail.Inbound, error) {
			return casso.Receive(casso.Config{Version: casso.V2, ChecksumKey: secret}, h, b, noon)
		}, func(c *rail.Credit) {
			c.PayerName, c.PayerAccount, c.PayerBank = m.PayerName, m.PayerAccount, m.PayerBank
		}},
		{"payos", func(h http.Header, b []byte) (rail.Inbound, error) {
			return payos.Receive(payos.Config{ChecksumKey: secret}, h, b, noon)
		}, func(c *rail.Credit) {
			c.PayerName, c.PayerAccount, c.PayerBank = m.PayerName, m.PayerAccount, m.PayerBank
			c.PartnerRef, c.OrderID, c.BankBIN = m.Ref+"@"+school.Number, "1001", ""
		}},
	} {
		t.Run(c.stream, func(t *testing.T) {
			msg, err := Hook{Stream: c.stream, Secret: secret}.sign(school, m, noon)
			if err != nil {
				t.Fatal(err)
			}
			h := http.Header{}
			for k, v := range msg.header {
				h.Set(k, v)
			}
			in, err := c.receive(h, msg.body)
			if err != nil {
				t.Fatal(err)
			}
			expected := want
			expected.Stream, expected.Raw = c.stream, msg.body
			c.change(&expected)
			if diff := cmp.Diff([]rail.Credit{expected}, in.Credits); diff != "" {
				t.Error(diff)
			}
			wrong, err := Hook{Stream: c.stream, Secret: "khoa-khac-khoa"}.sign(school, m, noon)
			if err != nil {
				t.Fatal(err)
			}
			for k, v := range wrong.header {
				h.Set(k, v)
			}
			if _, err := c.receive(h, wrong.body); err == nil {
				t.Error("a message under another key was accepted")
			}
		})
	}
}

// Both kinds of statement balance, chain from day to day, and show what the webhooks show.
func TestRailsReadStatements(t *testing.T) {
	b := town(t)
	var all []Movement
	for i := range 30 {
		all = append(all, take(t, b, Transfer{
			To: school.Number, Amount: vnd.Amount(100_000 + i), Memo: strings.Repeat("HPK7G3M9X077 ", i%15), Payer: "Lê Văn Ổi",
			At: noon.AddDate(0, 0, i/10), Framed: i%2 == 0,
		}))
	}
	for _, form := range []struct {
		name string
		file func(first, last string) ([]byte, error)
	}{
		{"camt", func(first, last string) ([]byte, error) { return b.Camt(school.Number, first, last, noon) }},
		{"vietcombank", func(first, last string) ([]byte, error) { return b.Vietcombank(school.Number, first, last) }},
	} {
		t.Run(form.name, func(t *testing.T) {
			before := "10000000"
			for d := range 3 {
				on := day(noon.AddDate(0, 0, d))
				body, err := form.file(on, on)
				if err != nil {
					t.Fatal(err)
				}
				f, err := statement.Read(bytes.NewReader(body), "saoke")
				if err != nil {
					t.Fatal(err)
				}
				s := &f.Statements[0]
				if len(f.Problems)+len(s.Problems) > 0 {
					t.Errorf("problems: %v %v", f.Problems, s.Problems)
				}
				if s.Opening.Amount.String() != before || string(s.From) != on || string(s.To) != on {
					t.Errorf("day %s: opening %s, want %s; from %s to %s", on, s.Opening.Amount, before, s.From, s.To)
				}
				before = s.Closing.Amount.String()
				credits, skipped := statement.Credits(f.Format, s)
				if len(skipped) > 0 {
					t.Errorf("skipped: %v", skipped)
				}
				if len(credits) != 10 {
					t.Fatalf("%d credits of day %d", len(credits), d)
				}
				for i, c := range credits {
					m := all[d*10+i]
					if c.Amount != m.Amount || c.BankRef != m.Ref || string(c.BookedOn) != on || strings.Join(strings.Fields(c.Memo), "") != strings.Join(strings.Fields(m.Memo), "") {
						t.Errorf("line %d: %+v\nwant %+v", i, c, m)
					}
				}
			}
		})
	}
}

// Whatever happens to a memo, the code is found in it; that is what Mangle promises.
func TestMangledMemosKeepTheirCode(t *testing.T) {
	ext, err := billcode.NewExtractor()
	if err != nil {
		t.Fatal(err)
	}
	p := Payer{Rand: rand.New(rand.NewPCG(7, 7)), Habits: Habits{Mangled: 1000}}
	b := town(t)
	seen := map[string]bool{}
	for i := range 400 {
		code, err := billcode.Encode(billcode.Tuition, uint64(i)*79190011+12345)
		if err != nil {
			t.Fatal(err)
		}
		bill := Bill{Account: school.Number, Code: string(code), Memo: string(code) + " LOP 3B", Amount: 1000, Payer: "Lê Văn Ổi", For: "Lê Thị Na"}
		m := take(t, b, p.Pay(bill, nil, noon))
		hits := ext.Extract(m.Memo)
		if !slices.ContainsFunc(hits, func(h billcode.Hit) bool { return h.Kind.IsKey() && h.Code == code }) {
			t.Errorf("%q lost %s: %v", m.Memo, code, hits)
		}
		seen[m.Memo[:4]] = true
	}
	if len(seen) < 5 {
		t.Errorf("only %d shapes of memo", len(seen))
	}
}

func TestPayersDoWhatTheirHabitsSay(t *testing.T) {
	bill := Bill{Account: school.Number, Code: "HPK7G3M9X077", Memo: "HPK7G3M9X077 LOP 3B", Amount: 465_000, Payer: "A", For: "Na"}
	second := Bill{Account: school.Number, Code: "HPCFGHJKMNJN", Amount: 100_000}
	pay := func(h Habits) Transfer {
		p := Payer{Rand: rand.New(rand.NewPCG(1, 2)), Habits: h}
		return p.Pay(bill, &second, noon)
	}
	if got := pay(Habits{}); got.Memo != bill.Memo || got.Amount != bill.Amount {
		t.Errorf("a perfect payer: %+v", got)
	}
	if got := pay(Habits{NoCode: 1000}); strings.Contains(got.Memo, "HP") {
		t.Errorf("no code: %q", got.Memo)
	}
	if got := pay(Habits{TwoBills: 1000}); got.Amount != 565_000 || !strings.Contains(got.Memo, second.Code) || !strings.Contains(got.Memo, bill.Code) {
		t.Errorf("two bills: %+v", got)
	}
	if got := pay(Habits{WrongAmount: 1000}); got.Amount == bill.Amount || got.Amount <= 0 {
		t.Errorf("wrong amount: %+v", got)
	}
	var h Habits
	for _, name := range Names() {
		if !h.Set(name, 7) {
			t.Errorf("no habit %s", name)
		}
	}
	if h != (Habits{7, 7, 7, 7, 7, 7, 7, 7}) || h.Set("politeness", 1) {
		t.Errorf("habits by name: %+v", h)
	}
}

func TestUnknownAccountsAndAmounts(t *testing.T) {
	b := town(t)
	for _, tr := range []Transfer{{To: "1", Amount: 1}, {To: school.Number}, {To: school.Number, Amount: -5}} {
		if _, err := b.Take(tr); err == nil {
			t.Errorf("%+v was taken", tr)
		}
	}
	if _, err := b.Camt("1", "2026-11-20", "2026-11-20", noon); err == nil {
		t.Error("a statement of nobody's account")
	}
}

// receiver is a server that fails now and then and remembers what it acknowledged.
type receiver struct {
	mu    sync.Mutex
	fail  int
	order []string
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, _ := io.ReadAll(req.Body)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.fail > 0 {
		r.fail--
		http.Error(w, `{"success":false}`, http.StatusInternalServerError)
		return
	}
	_, id, _ := strings.Cut(string(body), `"id":`)
	id, _, _ = strings.Cut(id, ",")
	r.order = append(r.order, id)
	_, _ = io.WriteString(w, `{"success":true}`)
}

// transport answers requests by a handler, without a network, so that time can be simulated.
type transport struct{ http.Handler }

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	t.ServeHTTP(w, r)
	return w.Result(), nil
}

func TestMessengerHabits(t *testing.T) {
	for _, c := range []struct {
		name   string
		habits Habits
		fail   int
		want   string // movements acknowledged, in order
		took   time.Duration
	}{
		{"perfect", Habits{}, 0, "1001 1002 1003", 0},
		{"every message twice", Habits{Duplicate: 1000}, 0, "1001 1001 1002 1002 1003 1003", 0},
		{"late", Habits{Delayed: 1000}, 0, "1001 1002 1003", time.Minute},
		{"overtaken", Habits{Reordered: 1000}, 0, "1002 1001 1003", 0},
		{"lost", Habits{Lost: 1000}, 0, "", 0},
		{"again until acknowledged", Habits{}, 9, "1001 1002 1003", 7 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := &receiver{fail: c.fail}
				lost := 0
				d := &Messenger{
					Client: &http.Client{Transport: transport{r}}, Habits: c.habits, Now: time.Now, Retry: time.Second, Late: time.Minute,
					Told: func(_ Movement, what string, _ error) {
						if what == "lost" {
							lost++
						}
					},
				}
				b := New(1, 1000)
				b.Open(school, 0)
				began := time.Now()
				for range 3 {
					d.Deliver(context.Background(), Hook{Stream: "sepay", URL: "http://sen.test/hooks/sepay/x", Secret: "khoa"}, school,
						take(t, b, Transfer{To: school.Number, Amount: 1000, Memo: "x", At: began}))
					synctest.Wait()
				}
				d.Close()
				if c.habits.Reordered == 0 { // otherwise those under way at once arrive in any order
					slices.Sort(r.order)
				}
				if got := strings.Join(r.order, " "); got != c.want {
					t.Errorf("acknowledged %q, want %q", got, c.want)
				}
				if took := time.Since(began); took != c.took {
					t.Errorf("took %v, want %v", took, c.took)
				}
				if c.habits.Lost > 0 && lost != 3 {
					t.Errorf("%d told as lost", lost)
				}
			})
		})
	}
}

func TestMessengerGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &receiver{fail: 1 << 30}
		d := &Messenger{Client: &http.Client{Transport: transport{r}}, Now: time.Now, Retry: time.Second}
		b := New(1, 1000)
		b.Open(school, 0)
		ctx, cancel := context.WithCancel(context.Background())
		d.Deliver(ctx, Hook{Stream: "sepay", URL: "http://sen.test/", Secret: "khoa"}, school, take(t, b, Transfer{To: school.Number, Amount: 1, At: time.Now()}))
		time.Sleep(1500 * time.Millisecond) // simulated time
		cancel()
		d.Close()
		if tries := 1<<30 - r.fail; tries != 2 {
			t.Errorf("%d tries before it was told to stop", tries)
		}
	})
}

func TestPlain(t *testing.T) {
	for in, want := range map[string]string{
		"Nguyễn Thị Đào":              "NGUYEN THI DAO",
		"Nguye\u0302\u0303n  Ổi\n Na": "NGUYEN OI NA",
		"tiền ăn №5":                  "TIEN AN ?5",
	} {
		if got := plain(in); got != want {
			t.Errorf("%q arrives as %q, want %q", in, got, want)
		}
	}
}

// A bank that was saved goes on where it stopped: same balances, no number given twice.
func TestMemory(t *testing.T) {
	b := town(t)
	var last Movement
	for i := range 5 {
		last = take(t, b, Transfer{To: school.Number, Amount: 1000, Memo: "x", At: noon.AddDate(0, 0, i)})
	}
	b.Forget(day(noon.AddDate(0, 0, 3)))
	var kept bytes.Buffer
	if err := b.Save(&kept); err != nil {
		t.Fatal(err)
	}
	again, err := Load(1, &kept)
	if err != nil {
		t.Fatal(err)
	}
	next := take(t, again, Transfer{To: school.Number, Amount: 1000, Memo: "x", At: noon.AddDate(0, 0, 5)})
	if next.ID != last.ID+1 || next.Balance != last.Balance+1000 {
		t.Errorf("after loading: %+v after %+v", next, last)
	}
	_, opening, list, err := again.between(school.Number, "2026-11-01", "2026-12-31")
	if err != nil || opening != 10_003_000 || len(list) != 3 {
		t.Errorf("opening %v, %d movements, %v", opening, len(list), err)
	}
	if _, err := Load(1, strings.NewReader("{")); err == nil {
		t.Error("a torn memory was taken")
	}
}
