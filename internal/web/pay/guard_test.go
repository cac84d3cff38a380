package pay

import (
	"bytes"
	"image/png"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/db/dbtest"
	"github.com/sen-platform/sen/internal/rail/vietqr"
	"github.com/sen-platform/sen/internal/web/page"
)

func sqlite(t testing.TB) *db.DB { return dbtest.SQLite(t) }

func langOf(s string) page.Lang { return page.Lang(s) }

// addresses are every route of a bill and of its receipts.
func (h *house) addresses(b bill.Bill) []string {
	at := "/p/" + b.Token
	out := []string{
		at, at + "?so-tien=1", at + "?lang=en", waiting(b), at + "/cho", at + "/app", at + "/app/acb", at + "/app/none",
		at + "/qr.png", at + "/qr.svg", at + "/notice.pdf", at + "/status", at + "/status?as=text",
	}
	for _, r := range h.receipts(b) {
		path := h.face.receiptPath(r, b.Code)
		out = append(out, path, path+"/pdf", path+"0", path+"?lang=en")
	}
	return out
}

// No answer may be kept, none tells where the payer came from, none runs foreign code.
func TestHeaders(t *testing.T) {
	h := newHouse(t, sqlite(t))
	open, paid, draft := h.issue(free), h.issue(), h.draft()
	h.pay(paid, 1_250_000)
	for _, b := range []bill.Bill{open, paid, draft} {
		for _, path := range append(h.addresses(b), "/r/x/y") {
			res, _ := h.get(path)
			for name, want := range map[string]string{
				"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff", "X-Robots-Tag": "noindex, nofollow, noarchive",
			} {
				if got := res.Header.Get(name); got != want {
					t.Errorf("%s (%s): %s is %q", path, res.Status, name, got)
				}
			}
			csp := res.Header.Get("Content-Security-Policy")
			if !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
				t.Errorf("%s: policy %q", path, csp)
			}
		}
	}
}

// No log tells an address, a name or a number of a payer: not in service, and not when
// everything fails.
func TestLogsTellNothing(t *testing.T) {
	each(t, func(h *house) {
		open, paid := h.issue(free), h.issue()
		h.pay(paid, 1_400_000)
		h.pay(open, 100_000)
		var paths []string
		for _, b := range []bill.Bill{open, paid} {
			paths = append(paths, h.addresses(b)...)
		}
		for _, path := range paths {
			h.get(path)
		}
		if h.log.String() != "" {
			h.t.Errorf("a log line in peace: %s", h.log)
		}
		h.must(h.d.Close()) // from now on everything fails
		failed := 0
		for _, path := range append(paths, "/p/"+open.Token+"/live") {
			if res, body := h.get(path); res.StatusCode == http.StatusInternalServerError {
				failed++
				if strings.HasPrefix(body, "<!") && !strings.Contains(body, "không làm bạn mất tiền") && !strings.Contains(body, "took no money") {
					h.t.Errorf("%s does not speak of money: %s", path, plain(body))
				}
			}
		}
		log := h.log.String()
		if failed != len(paths)+1 || strings.Count(log, "level=ERROR") != failed {
			h.t.Errorf("%d of %d failed, the log has %d errors", failed, len(paths)+1, strings.Count(log, "level=ERROR"))
		}
		secrets := []string{open.Token, paid.Token, open.PayerName, open.BeneficiaryName, "Khôi", "Hường", open.PayerPhone, open.BeneficiaryCode, string(open.Code), string(paid.Code), "1903456704471"}
		for _, path := range paths {
			if strings.HasPrefix(path, "/r/") {
				secrets = append(secrets, strings.Split(path, "/")[3][:16])
			}
		}
		for _, s := range secrets {
			if strings.Contains(log, s) {
				h.t.Errorf("the log tells %q:\n%s", s, log)
			}
		}
	})
}

// A page names no other host, and what leads to one does not carry the page's address.
func TestOtherHostsLearnNoAddress(t *testing.T) {
	h := newHouse(t, sqlite(t))
	b := h.issue(free)
	s, err := h.face.slipOf(h.ctx, b.Token)
	h.must(err)
	o := h.face.offerOf(httptest.NewRequest(http.MethodGet, "/p/"+b.Token+"?so-tien=300000", nil), s)
	if len(o.links()) < 10 {
		t.Fatalf("only %d applications", len(o.links()))
	}
	for _, l := range o.links() {
		res, body := h.get("/p/" + b.Token + "/app/" + l.App.ID + "?so-tien=300000")
		to, err := url.Parse(res.Header.Get("Location"))
		h.must(err)
		if res.StatusCode != http.StatusSeeOther || to.Scheme != "https" || to.Query().Get("am") != "300000" || !strings.HasPrefix(to.Query().Get("tn"), string(b.Code)) {
			t.Errorf("%s: %s %s", l.App.ID, res.Status, to)
		}
		if strings.Contains(to.String(), b.Token) || strings.Contains(body, b.Token) || strings.Contains(to.String(), "langiang") {
			t.Errorf("%s learns our address: %s", l.App.ID, to)
		}
	}
	for _, path := range []string{"/p/" + b.Token, "/p/" + b.Token + "/app", waiting(b)} {
		_, html := h.get(path)
		for _, scheme := range []string{"http://", "https://", `"//`} {
			html = strings.ReplaceAll(html, `xmlns="http://www.w3.org/2000/svg"`, "")
			if strings.Contains(html, scheme) {
				t.Errorf("%s names another host", path)
			}
		}
	}
}

// The phone remembers the bank: next time one press is enough. A forged memory does nothing.
func TestRemembersTheBank(t *testing.T) {
	h := newHouse(t, sqlite(t))
	b := h.issue()
	res, _ := h.get("/p/" + b.Token + "/app/acb")
	cookie := res.Cookies()[0]
	if !cookie.HttpOnly || !cookie.Secure || cookie.SameSite != http.SameSiteLaxMode || cookie.Path != "/p/" {
		t.Errorf("cookie %+v", cookie)
	}
	_, html := h.get("/p/"+b.Token, "Cookie", cookie.Name+"="+cookie.Value)
	h.want(plain(html), "Mở ACB ONE", "Ngân hàng khác")
	h.want(html, `href="/p/`+b.Token+`/app/acb"`)
	_, html = h.get("/p/"+b.Token, "Cookie", cookie.Name+"=<script>")
	h.want(plain(html), "Mở ứng dụng ngân hàng")
	h.wantNot(plain(html), "Ngân hàng khác", "<script>")
	if res, _ := h.get("/p/" + b.Token + "/app/nonesuch"); res.StatusCode != http.StatusNotFound || len(res.Cookies()) > 0 {
		t.Errorf("an unknown bank: %s", res.Status)
	}
}

// The saved picture is the code of the page, has a name to find it by, and is not given for a
// bill that asks for nothing.
func TestPicture(t *testing.T) {
	each(t, func(h *house) {
		b := h.issue(free)
		s, err := h.face.slipOf(h.ctx, b.Token)
		h.must(err)
		query := "?so-tien=250000"
		o := h.face.offerOf(httptest.NewRequest(http.MethodGet, "/p/"+b.Token+query, nil), s)
		res, body := h.get("/p/" + b.Token + "/qr.png" + query)
		if got := res.Header.Get("Content-Disposition"); got != `inline; filename="QR-`+string(b.Code)+`.png"` {
			h.t.Error(got)
		}
		img, err := png.Decode(strings.NewReader(body))
		h.must(err)
		code, err := vietqr.Matrix(o.payload)
		h.must(err)
		side := (code.Size + 2*vietqr.QuietZone) * scale
		if img.Bounds().Dx() != side || img.Bounds().Dy() != side || side < 400 {
			h.t.Errorf("picture of %v, want %d", img.Bounds(), side)
		}
		for y := range code.Size {
			for x := range code.Size {
				at := func(n int) int { return (n+vietqr.QuietZone)*scale + scale/2 }
				r, _, _, _ := img.At(at(x), at(y)).RGBA()
				if (r == 0) != code.Black(x, y) {
					h.t.Fatalf("module %d,%d differs", x, y)
				}
			}
		}
		res, body = h.get("/p/" + b.Token + "/qr.svg" + query)
		if res.Header.Get("Content-Type") != "image/svg+xml" || !bytes.Contains([]byte(body), []byte("Mã QR chuyển 250.000 đồng cho Trường Tiểu học Thử")) {
			h.t.Errorf("%s %.200s", res.Status, body)
		}
		h.pay(b, 1_250_000)
		gone := h.issue()
		h.must(h.s.Cancel(h.ctx, collect.System, gone.ID, "lập nhầm"))
		for _, b := range []bill.Bill{b, gone} {
			for _, below := range []string{"/qr.png", "/qr.svg", "/notice.pdf", "/app/acb"} {
				res, body := h.get("/p/" + b.Token + below)
				if res.StatusCode != http.StatusConflict {
					h.t.Errorf("%s: %s", below, res.Status)
				}
				h.want(plain(body), "Đừng trả lại lần nữa.", "Mở phiếu")
			}
		}
	})
}

// The waiting page remembers since when by its address, promises nothing, and turns with the
// bill.
func TestWaiting(t *testing.T) {
	each(t, func(h *house) {
		b := h.issue(free)
		res, _ := h.get("/p/" + b.Token + "/cho?so-tien=300000")
		to := res.Header.Get("Location")
		if res.StatusCode != http.StatusSeeOther || !strings.Contains(to, "tu=") || !strings.Contains(to, "so-tien=300000") {
			h.t.Fatalf("%s %s", res.Status, to)
		}
		body := h.page(to)
		h.want(body, "Ngân hàng chưa báo tiền về", "đã bị trừ tiền, đừng trả lại.", "300.000 ₫", "Chờ từ 19:02, 22/11/2026", "N. M. Khôi, lớp 3B",
			"19:02Bạn báo đã chuyển tiền", "21:02Vẫn chưa về thì hỏi", "Quay lại trả", "đọc mã hóa đơn "+b.Code.Display())
		h.wantNot(body, "Nguyễn Minh Khôi", "đã lâu hơn")
		for _, bad := range []string{"tu=x", "tu=-1", "tu=99999999999", "tu=0"} {
			if res, _ := h.get("/p/" + b.Token + "/cho?" + bad); res.StatusCode != http.StatusSeeOther {
				h.t.Errorf("%s: %s", bad, res.Status)
			}
		}
		h.clk.Advance(26 * 3600 * 1e9)
		h.want(h.page(to), "Bạn báo đã chuyển tiền, ngày 22/11/2026", "Đã lâu hơn thường lệ")
		h.pay(b, 300_000)
		h.want(h.page(to), "Đã nhận 300.000 ₫", "còn phải trả 950.000 ₫")
		h.pay(b, 950_000)
		h.want(h.page(to), "Trường đã nhận đủ tiền")
	})
}
