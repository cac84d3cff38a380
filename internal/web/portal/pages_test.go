package portal

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/db/dbtest"
	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/rail/vietqr"
	"github.com/sen-platform/sen/internal/vnd"
)

// deleteBill takes a bill out of the store, so that its code is well-formed and unknown.
func deleteBill(b bill.Bill) func(*db.Tx) error {
	return func(tx *db.Tx) error {
		_, err := tx.Exec("delete from bill where id = $1", b.ID)
		return err
	}
}

// A receipt's check address leads to its page however it is typed; another site's is named as
// what it may be.
func TestReceiptForm(t *testing.T) {
	each(t, func(h *house) {
		b := h.issue(false)
		h.pay(b, 700_000)
		var rec collect.Receipt
		h.must(h.d.View(h.ctx, func(tx *db.Tx) error {
			list, err := collect.ReceiptsOfBills(tx, b.ID)
			rec = list[0]
			return err
		}))
		path := "/r/" + rec.ID.String() + "/" + h.s.CheckCode(rec, string(b.Code))
		for _, typed := range []string{
			"https://sen.langiang.example" + path, path, strings.ToUpper(path[3:]), " " + path[3:20] + " " + path[20:] + "\n", "https://sen.langiang.example" + path + "/pdf",
		} {
			res, body := h.post("/bien-lai", "dia-chi", typed)
			if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != path {
				h.t.Errorf("%q: %s %s\n%s", typed, res.Status, res.Header.Get("Location"), plain(body))
			}
		}
		h.want(h.page(path), "Biên lai thật")
		for typed, say := range map[string]string{
			"":                                    "Dán hoặc gõ địa chỉ kiểm tra",
			"2026/0000001":                        "Địa chỉ phải có dạng",
			rec.ID.String():                       "Địa chỉ phải có dạng",
			"https://sen-langiang.example" + path: "Địa chỉ này không phải của Sen.",
			"javascript:alert(1)":                 "Địa chỉ phải có dạng",
			strings.Repeat("x", 5000):             "Địa chỉ phải có dạng",
		} {
			res, body := h.post("/bien-lai", "dia-chi", typed)
			if res.StatusCode != http.StatusUnprocessableEntity {
				h.t.Errorf("%.30q: %s", typed, res.Status)
			}
			h.want(plain(body), say)
		}
	})
}

// A code or an account is compared with what is registered; what is not is called so.
func TestCheckBeforePaying(t *testing.T) {
	each(t, func(h *house) {
		school := h.world.SchoolAccount // 970436 9990000001, virtual accounts 9998…, 12 long
		old, err := h.world.Service.CreateAccount(h.ctx, "test", org.Account{
			Facility: h.world.School.ID, BankBIN: "970418", Number: "5550001112",
			Holder: "TRUONG CU", Status: org.AccountActive, ValidFrom: "2020-01-01",
		})
		h.must(err)
		h.must(h.world.Service.CloseAccount(h.ctx, "test", old.ID, "2026-01-01"))
		qr := func(bin, account string, amount vnd.Amount) string {
			text, err := vietqr.Transfer{BIN: bin, Account: account, Amount: amount, Memo: "HPK7G3M9X077"}.Encode()
			h.must(err)
			return text
		}
		good := qr("970436", school.Number, 700_000)
		for _, c := range []struct {
			typed string
			say   []string
		}{
			{good, []string{"Đúng tài khoản đã đăng ký", "Trường Tiểu học Thử", "TRUONG TIEU HOC THU", "Mã này yêu cầu", "700.000 ₫", "HPK7G3M9X077"}},
			{"\n " + good + " \n", []string{"Đúng tài khoản đã đăng ký"}},
			{"9990 000 001", []string{"Đúng tài khoản đã đăng ký", "Vietcombank"}},
			{"999800001234", []string{"Đúng tài khoản đã đăng ký", "Trường Tiểu học Thử"}},
			{qr("970418", school.Number, 700_000), []string{"Không khớp: đừng chuyển tiền", "ở ngân hàng khác"}},
			{qr("970418", "1234567890", 0), []string{"Không phải tài khoản của đơn vị nào: đừng chuyển tiền"}},
			{"1234567890", []string{"Không phải tài khoản của đơn vị nào"}},
			{"5550001112", []string{"Tài khoản cũ, đã ngừng dùng", "Trường Tiểu học Thử"}},
			{good[:len(good)-1] + "0", []string{"Không đọc được mã này"}},
			{"https://example.com/tra-tien", []string{"Không đọc được mã này"}},
			{strings.Repeat("0", 7000), []string{"Không đọc được mã này"}},
		} {
			res, body := h.post("/kiem-tra", "ma-qr", c.typed)
			if res.StatusCode != http.StatusOK {
				h.t.Errorf("%.30q: %s", c.typed, res.Status)
			}
			h.want(plain(body), c.say...)
			if !strings.Contains(c.say[0], "Đúng") && !strings.Contains(c.say[0], "cũ") {
				h.wantNot(plain(body), "Trường Tiểu học Thử")
			}
		}
		if res, body := h.post("/kiem-tra", "ma-qr", "  "); res.StatusCode != http.StatusUnprocessableEntity {
			h.t.Errorf("nothing typed: %s %s", res.Status, plain(body))
		}
		refused := 0
		for range checksOfAddress {
			if res, _ := h.post("/kiem-tra", "ma-qr", "1234567890"); res.StatusCode == http.StatusTooManyRequests {
				refused++
			}
		}
		if refused != 11 { // the eleven above were looked at
			h.t.Errorf("%d checks were refused", refused)
		}
		h.clk.Advance(checkEvery)
		if res, _ := h.post("/kiem-tra", "ma-qr", "1234567890"); res.StatusCode != http.StatusOK {
			h.t.Errorf("later: %s", res.Status)
		}
	})
}

// A code of another scheme says no account, so it is neither praised nor condemned.
func TestCheckMerchantCode(t *testing.T) {
	h := newHouse(t, dbtest.SQLite(t))
	text, err := vietqr.Transfer{BIN: "970436", Account: "9704360000000000018", Card: true}.Encode()
	h.must(err)
	_, body := h.post("/kiem-tra", "ma-qr", text)
	h.want(plain(body), "Mã này không ghi số tài khoản")
	h.wantNot(plain(body), "Đúng tài khoản")
}

// People find the one who helps by any spelling; only public contacts show (P8).
func TestFacilities(t *testing.T) {
	each(t, func(h *house) {
		_, err := h.world.Service.CreateContact(h.ctx, "test", org.Contact{Facility: h.world.School.ID, Name: "Bà Không Công Khai", Role: "Hiệu trưởng", Phone: "0200 000 0999"})
		h.must(err)
		for _, q := range []string{"", "?q=tieu+hoc+thu", "?q=TIỂU+HỌC"} {
			h.want(h.page("/co-so"+q), "Trường Tiểu học Thử", "Cô Nguyễn Thị Thu Hà, kế toán nhà trường", "0200 000 0112")
			h.wantNot(h.page("/co-so"+q), "Không Công Khai", "0999")
		}
		h.want(h.page("/co-so?q=benh+vien"), "Bệnh viện Thử", "Chưa công bố người hướng dẫn.")
		h.wantNot(h.page("/co-so?q=benh+vien"), "Tiểu học")
		h.want(h.page("/co-so?q=khong+co"), "Không có nơi nào tên như vậy")
		if res, _ := h.get("/co-so?sau=xyz"); res.Header.Get("Location") != "/co-so" {
			h.t.Errorf("a bad cursor: %s", res.Status)
		}
		for i := range facilitiesShown {
			_, err := h.world.Service.CreateFacility(h.ctx, "test", org.Facility{
				Code: "TH-" + string(rune('A'+i)), Name: "Trường Số " + string(rune('A'+i)), Sector: org.Education,
				Level: org.TieuHoc, Area: h.world.Commune.ID, Status: org.Active, OpenedOn: "2021-01-01", PartPayment: org.NoParts, CodePrefix: "HP", Collects: true,
			})
			h.must(err)
		}
		_, body := h.get("/co-so")
		next := regexp.MustCompile(`rel="next" href="([^"]+)"`).FindStringSubmatch(body)
		if next == nil {
			h.t.Fatal("no next page")
		}
		second := h.page(strings.ReplaceAll(next[1], "&amp;", "&"))
		h.want(second, "Trường Tiểu học Thử")
	})
}

// The figures on the front page are the rollups, cash included, and are read anew after a minute.
func TestFigures(t *testing.T) {
	each(t, func(h *house) {
		h.want(h.page("/"), "Chưa có khoản tiền nào trong 12 tháng qua.")
		for range 3 {
			h.pay(h.issue(false), 700_000)
		}
		cash := h.issue(false)
		_, _, err := h.s.TakeCash(h.ctx, collect.System, collect.Cash{Facility: cash.Facility, Bill: cash.ID, Amount: 700_000, Key: "k"})
		h.must(err)
		h.want(h.page("/"), "Chưa có khoản tiền nào")
		h.clk.Advance(figuresFor)
		h.want(h.page("/"), "Tháng 11/2026: 75,0% số lượt trả không dùng tiền mặt (3 trên 4 lượt).")
		h.want(h.page("/so-lieu"), "11/2026 75,0%4 lượt 75,0%2.800.000 ₫", "Chứng cứ: Đo được", "Mục tiêu đến nay")
		h.clk.Advance(400 * 24 * time.Hour)
		h.want(h.page("/so-lieu"), "Chưa có khoản tiền nào trong 12 tháng qua.")
	})
}

// The English pages leave no sentence behind, and links stay English.
func TestEnglish(t *testing.T) {
	h := newHouse(t, dbtest.SQLite(t))
	h.pay(h.issue(false), 700_000)
	vietnamese := regexp.MustCompile(`[ăâêôơưĂÂÊÔƠƯđĐạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹáàãéèíìóòõúùýĩũ]`)
	marked := regexp.MustCompile(`(?s)<(span|a|p|h2)[^>]* lang="vi"[^>]*>.*?</(span|a|p|h2)>|<title>.*?</title>|<small>Tỉnh Lam Giang</small>`)
	look := func(path, html string) {
		t.Helper()
		if !strings.Contains(html, `<html lang="en">`) {
			t.Fatalf("%s is not English", path)
		}
		text := plain(marked.ReplaceAllString(html, ""))
		if at := vietnamese.FindStringIndex(text); at != nil {
			t.Errorf("%s: unmarked Vietnamese near %q", path, text[max(0, at[0]-40):min(len(text), at[1]+40)])
		}
		for _, link := range regexp.MustCompile(`(?:href|action)="(/[^"]*)"`).FindAllStringSubmatch(html, -1) {
			to := link[1]
			if !strings.HasPrefix(to, "/static/") && !strings.Contains(to, "lang=en") && to != "/signin" && to != "/co-so" && !strings.Contains(html, `href="`+to+`" lang="vi"`) {
				t.Errorf("%s: the link to %s leaves English", path, to)
			}
		}
	}
	for _, path := range []string{"/", "/bien-lai", "/kiem-tra", "/co-so", "/so-lieu"} {
		_, html := h.get(path + "?lang=en")
		look(path, html)
	}
	for path, form := range map[string][]string{
		"/tra-cuu": {"ma", "HP", "thong-tin", ""}, "/bien-lai": {"dia-chi", "x"}, "/kiem-tra": {"ma-qr", "not a code"},
	} {
		_, html := h.post(path+"?lang=en", form...)
		look(path, html)
	}
	_, html := h.post("/kiem-tra?lang=en", "ma-qr", "9990000001")
	look("/kiem-tra", html)
}

// When the store is away every page says so without a word of what was typed.
func TestLogsTellNothing(t *testing.T) {
	h := newHouse(t, dbtest.SQLite(t))
	b := h.issue(false)
	h.must(h.d.Close())
	for _, path := range []string{"/", "/co-so?q=bi-mat", "/so-lieu"} {
		res, body := h.get(path)
		if res.StatusCode != http.StatusInternalServerError {
			t.Errorf("%s: %s", path, res.Status)
		}
		h.want(plain(body), "không làm bạn mất tiền")
	}
	h.post("/tra-cuu", "ma", string(b.Code), "thong-tin", "0318")
	h.post("/kiem-tra", "ma-qr", "9990000001")
	log := h.log.String()
	if strings.Count(log, "level=ERROR") != 5 {
		t.Errorf("log: %s", log)
	}
	h.wantNot(log, string(b.Code), "0318", "9990000001", "bi-mat", b.Token)
}

// Answers are not kept, nothing foreign runs, and forms keep the origin that the guard against
// foreign forms asks old browsers for.
func TestHeaders(t *testing.T) {
	h := newHouse(t, dbtest.SQLite(t))
	for _, path := range []string{"/", "/bien-lai", "/kiem-tra", "/co-so", "/so-lieu"} {
		res, _ := h.get(path)
		if res.Header.Get("Cache-Control") != "no-store" || !strings.Contains(res.Header.Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%s: %v", path, res.Header)
		}
	}
	for path, form := range map[string][]string{"/tra-cuu": {"ma", "HP"}, "/bien-lai": {"dia-chi", "x"}, "/kiem-tra": {"ma-qr", "x"}} {
		res, _ := h.post(path, form...)
		if res.Header.Get("Referrer-Policy") != "same-origin" || res.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %v", path, res.Header)
		}
	}
}
