package app

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/sen-platform/sen/internal/access"
	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/doc"
	"github.com/sen-platform/sen/internal/org/orgtest"
	"github.com/sen-platform/sen/internal/vnd"
	"github.com/sen-platform/sen/internal/web/webtest"
	"github.com/sen-platform/sen/sandbox/bank"
)

func TestMain(m *testing.M) { webtest.Main(m) }

// village is the whole house, running, with one school, its aggregator and its people.
type village struct {
	*App
	t       *testing.T
	url     string
	world   *orgtest.World
	bank    *bank.Bank
	hook    bank.Hook
	account bank.Account
}

const (
	villagePassword = "hoa sen trang 2026"
	accountant      = "ketoan"
	officer         = "canbo"
)

func newVillage(t *testing.T) *village {
	t.Helper()
	a, _ := open(t, nil)
	v := &village{App: a, t: t, world: orgtest.New(t, a.DB, a.IDs, a.cfg.Clock), bank: bank.New(1, 5000)}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, u := range []access.User{
		{Login: accountant, Name: "Trần Minh Khôi", Role: access.FacilityAccountant, Facility: v.world.School.ID},
		{Login: officer, Name: "Hoàng Thị Vân", Role: access.DepartmentOfficer},
	} {
		_, err := a.Access.CreateUser(t.Context(), access.SystemSubject(), u, villagePassword)
		must(err)
	}
	a.Start(t.Context())
	v.account = bank.Account{Number: v.world.SchoolAccount.Number, Brand: "Vietcombank", BIN: v.world.SchoolAccount.BankBIN}
	v.bank.Open(v.account, 0)
	srv := httptest.NewUnstartedServer(nil)
	v.url = "http://" + srv.Listener.Addr().String()
	h, err := a.handler(v.url)
	must(err)
	srv.Config.Handler = h
	srv.Start()
	t.Cleanup(srv.Close)
	hook, err := a.Collect.AddHook(t.Context(), collect.System, a.Keys, v.world.School.ID, "sepay", "hmac", "khoa-cua-doi-tac")
	must(err)
	v.hook = bank.Hook{Stream: "sepay", URL: v.url + "/hooks/sepay/" + hook.Path, Secret: "khoa-cua-doi-tac"}
	return v
}

// round imports an accountant's workbook and publishes it.
func (v *village) round(names ...string) []bill.Bill {
	t := v.t
	t.Helper()
	w, err := doc.NewWorkbook("Danh sách thu", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	s, err := w.Sheet("Danh sách", []doc.Column{{Title: "STT"}, {Title: "Họ và tên"}, {Title: "Lớp"}, {Title: v.world.Meals.Name, Kind: doc.Money}}, "DANH SÁCH THU TIỀN")
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range names {
		if err := s.Row(string(rune('1'+i)), name, "3B", vnd.Amount(1_250_000)); err != nil {
			t.Fatal(err)
		}
	}
	var book bytes.Buffer
	if err := w.Write(&book); err != nil {
		t.Fatal(err)
	}
	var r bill.Round
	err = v.DB.Update(t.Context(), func(tx *db.Tx) (err error) {
		r, err = bill.CreateRound(tx, v.IDs, v.Collect.Now(), bill.NewRound{Facility: v.world.School.ID, Name: "Đợt thu thử", DueOn: v.Collect.Today().AddDays(15)})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	res, err := v.Bills.Import(t.Context(), r.ID, bill.Source{Name: "thu.xlsx", Data: bytes.NewReader(book.Bytes()), Size: int64(book.Len())}, bill.ImportOptions{})
	if err != nil || res.Good != len(names) {
		t.Fatalf("import: %v, %+v", err, res)
	}
	if _, err := v.Collect.Publish(t.Context(), collect.System, r.ID, nil, nil); err != nil {
		t.Fatal(err)
	}
	var page bill.Page
	err = v.DB.View(t.Context(), func(tx *db.Tx) (err error) {
		page, err = bill.Search(tx, bill.Filter{Facility: v.world.School.ID, Round: r.ID, Order: bill.ByRoll})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return page.Bills
}

// pays transfers a bill's sum; the aggregator reports it by a signed webhook.
func (v *village) pays(b bill.Bill) {
	v.t.Helper()
	m, err := v.bank.Take(bank.Transfer{To: v.account.Number, Amount: b.Total, Memo: string(b.Code) + " lop 3B", Payer: "Lê Thị Na", At: time.Now(), Framed: true})
	if err != nil {
		v.t.Fatal(err)
	}
	if err := v.hook.Send(v.t.Context(), http.DefaultClient, v.account, m, time.Now()); err != nil {
		v.t.Fatal(err)
	}
}

// The whole way through the running house, with script and without: a workbook becomes
// bills, a payer opens the link, the bank's word arrives as a signed webhook, the page turns
// to paid by itself, the receipt proves genuine, and the desk
// and the province know.
func TestWholeWay(t *testing.T) {
	v := newVillage(t)
	bills := v.round("Nguyễn Gia An", "Trần Bảo Bình")
	for i, c := range []struct {
		name string
		opts []webtest.Option
	}{{"script", nil}, {"bare", []webtest.Option{webtest.WithoutScript}}} {
		t.Run(c.name, func(t *testing.T) {
			b := bills[i]
			tab := webtest.NewTab(t, webtest.Phone, c.opts...)
			tab.Goto(v.url + "/p/" + b.Token)
			tab.WaitText("body", "1.250.000 ₫")
			if !strings.Contains(tab.Text("body"), string(b.Code[:4])+" "+string(b.Code[4:8])+" "+string(b.Code[8:])) {
				t.Error("the page does not show the code")
			}
			tab.Check("whole-open-" + c.name)
			v.pays(b)
			if c.name == "bare" {
				tab.Reload()
			}
			tab.WaitText("h1", "Trường đã nhận đủ tiền")
			tab.Check("whole-paid-" + c.name)

			tab.Goto(v.url + v.receiptPath(t, b))
			tab.WaitText("h1", "Biên lai")
			tab.WaitText("body", "1.250.000 ₫")

			desk := v.signIn(t, accountant, "/desk/tien-ve", c.opts...)
			desk.WaitText("main", "1.250.000 ₫")
			desk.Check("whole-desk-" + c.name)
			steer := v.signIn(t, officer, "/steer", c.opts...)
			steer.WaitText("main", "100%") // all that was paid, was paid without cash
			steer.Check("whole-steer-" + c.name)
		})
	}
	rep, err := v.Collect.Verify(t.Context(), nil)
	if err != nil || !rep.Clean() {
		t.Errorf("books: %v %+v", err, rep.Findings)
	}
}

// signIn opens a page of staff, which asks to sign in first.
func (v *village) signIn(t *testing.T, login, path string, opts ...webtest.Option) *webtest.Tab {
	t.Helper()
	tab := webtest.NewTab(t, webtest.Desktop, opts...)
	tab.Goto(v.url + path)
	tab.WaitPath("/signin")
	tab.Fill("#login", login)
	tab.Fill("#password", villagePassword)
	tab.Click("text=Đăng nhập")
	tab.WaitPath(path)
	return tab
}

// receiptPath is the check address printed on the receipt of a bill.
func (v *village) receiptPath(t *testing.T, b bill.Bill) string {
	t.Helper()
	var list []collect.Receipt
	err := v.DB.View(t.Context(), func(tx *db.Tx) (err error) { list, err = collect.ReceiptsOfBills(tx, b.ID); return err })
	if err != nil || len(list) != 1 {
		t.Fatalf("%d receipts, %v", len(list), err)
	}
	return "/r/" + list[0].ID.String() + "/" + v.Collect.CheckCode(list[0], string(b.Code))
}
