package pay

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/db/dbtest"
	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/rail/vietqr"
	"github.com/sen-platform/sen/internal/vnd"
)

// The page of an unpaid bill says everything a payer asks (P6, P8), and masks the names.
func TestUnpaidBill(t *testing.T) {
	each(t, func(h *house) {
		b := h.issue()
		body := h.page("/p/" + b.Token)
		h.want(body,
			"Trường Tiểu học Thử thu", "Phiếu thu tháng 11/2026", "Cho N. M. Khôi, lớp 3B", "1.250.000 ₫", "Một triệu hai trăm năm mươi nghìn đồng",
			"Chưa trả", "Hạn 30/11/2026", "Còn 8 ngày.", "Phí chuyển tiền của bạn: 0 ₫",
			"Gồm 5 khoản", "Tiền ăn bán trú22 × 35.000 ₫ 770.000 ₫", "−70.000 ₫", "Tổng cộng 1.250.000 ₫",
			"Người trả T. T. B. Hường", b.Code.Display(), "Mở ứng dụng ngân hàng", "Lưu mã QR vào máy", "3 bước", "Tôi đã chuyển tiền",
			"9990 000 001", "TRUONG TIEU HOC THU", string(b.Code)+" LOP 3B", "Bản in của phiếu",
			"Thẻ ngân hàng", "Tiền mặt", "không bao giờ gọi điện xin mã OTP",
			"Cô Nguyễn Thị Thu Hà, kế toán nhà trường", "0200 000 0112", "thứ Hai đến thứ Sáu", "Dữ liệu mẫu")
		h.wantNot(body, "Nguyễn Minh Khôi", "Trần Thị Bích Hường", "0900000318", "Mobile Money", "HS0001", "Đã nhận")
	})
}

// Every state has its page, and none asks for money that is not owed.
func TestStates(t *testing.T) {
	each(t, func(h *house) {
		at := func(b bill.Bill) string { return h.page("/p/" + b.Token) }

		part := h.issue(free)
		h.pay(part, 500_000)
		body := at(part)
		h.want(body, "Trả một phần", "750.000 ₫", "Bảy trăm năm mươi nghìn đồng", "Nhận ngày 22/11/2026", "biên lai 2026/0000001", "Còn phải trả 750.000 ₫")

		h.pay(part, 950_000)
		body = at(part)
		h.want(body, "Trường đã nhận đủ tiền", "1.250.000 ₫", "Biên lai 2026/0000001", "Biên lai 2026/0000002", "Bạn đã chuyển thừa 200.000 ₫", "Bạn không phải làm gì thêm")
		h.wantNot(body, "Mở ứng dụng", "Chép", "Cần trả")

		whole := h.issue()
		h.pay(whole, 1_250_000)
		body = at(whole)
		h.want(body, "Nhận lúc 19:02, 22/11/2026", "Số biên lai 2026/0000003", "từ tài khoản ••• 4471", "Tải biên lai (PDF)", "Phí của bạn 0 ₫")
		h.wantNot(body, "thừa 0", "Bạn đã chuyển thừa", "1903456704471")

		gone := h.issue()
		h.must(h.s.Cancel(h.ctx, collect.System, gone.ID, "lập nhầm lớp"))
		body = at(gone)
		h.want(body, "Phiếu này đã hủy", "Đừng chuyển tiền", "lập nhầm lớp", "Hủy ngày 22/11/2026", "Đã chuyển tiền rồi?")
		h.wantNot(body, "Mở ứng dụng", "9990 000 001", "Mở phiếu thay thế")

		old := h.issue()
		n := h.newBill()
		n.Lines = n.Lines[:1]
		fresh, err := h.s.Reissue(h.ctx, collect.System, old.ID, n)
		h.must(err)
		_, html := h.get("/p/" + old.Token)
		h.want(plain(html), "Phiếu này đã hủy", "Mở phiếu thay thế: 770.000 ₫")
		h.want(html, `href="/p/`+fresh.Token+`"`)

		late := h.issue(func(n *bill.NewBill) { n.DueOn, n.ExpiresOn = "2026-11-30", "2026-12-15" })
		h.clk.Advance(30 * 24 * 3600 * 1e9) // 22 December
		body = at(late)
		h.want(body, "Quá thời hạn, vẫn trả được", "Phiếu có thời hạn đến 15/12/2026.", "Đã quá hạn 22 ngày.", "Mở ứng dụng ngân hàng")
	})
}

// What opens nothing answers 404 with one and the same page: unknown, misspelt and draft.
func TestLost(t *testing.T) {
	each(t, func(h *house) {
		d := h.draft()
		_, want := h.get("/p/00000000000000000000000000")
		for _, token := range []string{d.Token, "x", strings.ToUpper(d.Token), strings.Repeat("z", 26), d.Token[:25], "%27%20or%201=1--"} {
			for _, below := range []string{"", "/cho", "/app", "/app/acb", "/qr.png", "/qr.svg", "/notice.pdf"} {
				res, body := h.get("/p/" + token + below)
				if res.StatusCode != http.StatusNotFound || body != want {
					t := h.t
					t.Errorf("/p/%s%s: %s, or another page than for an unknown address", token, below, res.Status)
				}
			}
		}
		h.want(plain(want), "Không mở được phiếu nào ở địa chỉ này", "Không có khoản tiền nào bị trừ.", "Tìm phiếu bằng mã hóa đơn")
	})
}

// decoded reads the QR code of a page's offer by asking for what the page asks for.
func (h *house) decoded(b bill.Bill, query string) vietqr.Payload {
	h.t.Helper()
	s, err := h.face.slipOf(h.ctx, b.Token)
	h.must(err)
	req, err := http.NewRequest(http.MethodGet, "/p/"+b.Token+query, nil)
	h.must(err)
	o := h.face.offerOf(req, s)
	p, err := vietqr.Decode(o.payload)
	h.must(err)
	_, page := h.get("/p/" + b.Token + query)
	svg, err := vietqr.SVG(o.payload, vietqr.SVGOptions{Label: h.face.qrLabel("vi", s, o)})
	h.must(err)
	if !strings.Contains(page, svg) {
		h.t.Errorf("%s: the page does not show the code of its offer", query)
	}
	return p
}

// The code names the account, the sum and the text; the payer chooses among the accounts.
func TestQRCode(t *testing.T) {
	each(t, func(h *house) {
		b := h.issue(free)
		p := h.decoded(b, "")
		if p.BIN != "970436" || p.Account != "9990000001" || p.Amount != 1_250_000 || p.Purpose != string(b.Code)+" LOP 3B" || p.Initiation != vietqr.Dynamic {
			h.t.Errorf("payload %+v", p)
		}
		_, html := h.get("/p/" + b.Token)
		second := regexp.MustCompile(`href="([^"]*tk=acc_[^"#]*)#tra-tien"`).FindStringSubmatch(html)
		if second == nil {
			h.t.Fatal("no link to the second account")
		}
		u, err := url.Parse(strings.ReplaceAll(second[1], "&amp;", "&"))
		h.must(err)
		p = h.decoded(b, "?"+u.RawQuery+"&so-tien=300.000")
		if p.BIN != "970418" || p.Account != "6800112233" || p.Amount != 300_000 {
			h.t.Errorf("second account: %+v", p)
		}
		// A bill that names its account shows that one first.
		accounts := h.accounts()
		named := h.issue(func(n *bill.NewBill) { n.Account = accounts[1].ID })
		if p := h.decoded(named, ""); p.Account != accounts[1].Number {
			h.t.Errorf("the named account is not shown first: %+v", p)
		}
		// Nonsense falls back to the usual offer.
		if p := h.decoded(b, "?tk=acc_0000000000000&so-tien=muoi"); p.Account != "9990000001" || p.Amount != 1_250_000 {
			h.t.Errorf("nonsense: %+v", p)
		}
	})
}

// A hospital's page and memo tell the ward to nobody.
func TestWardStaysHidden(t *testing.T) {
	each(t, func(h *house) {
		b := h.issue(ofHospital(h))
		for _, path := range []string{"/p/" + b.Token, waiting(b), "/p/" + b.Token + "/app"} {
			_, html := h.get(path)
			h.wantNot(html, "Nội tiết", "NOI TIET")
		}
		h.want(h.page("/p/"+b.Token), "Bệnh viện Thử thu", "Bệnh viện không bao giờ gọi điện", "Tại quầy của bệnh viện")
		if p := h.decoded(b, ""); p.Purpose != string(b.Code) {
			h.t.Errorf("memo %q", p.Purpose)
		}
		h.pay(b, 1_250_000)
		h.want(h.page("/p/"+b.Token), "Bệnh viện đã nhận đủ tiền")
		res, html := h.get(h.face.receiptPath(h.receipts(b)[0], b.Code))
		if res.StatusCode != http.StatusOK {
			h.t.Error(res.Status)
		}
		h.wantNot(html, "Nội tiết")
	})
}

// A facility without an account for transfers still has a page that helps.
func TestNoAccount(t *testing.T) {
	h := newHouse(t, dbtest.SQLite(t))
	b := h.issue()
	for _, a := range h.accounts() {
		h.must(h.world.Service.CloseAccount(h.ctx, "test", a.ID, "2026-11-20"))
	}
	body := h.page("/p/" + b.Token)
	h.want(body, "Chưa có tài khoản nhận tiền", "Trường chưa có tài khoản nhận chuyển khoản. Trả tại quầy", "Tiền mặt", "Cô Nguyễn Thị Thu Hà")
	h.wantNot(body, "9990 000 001", "Mở ứng dụng", "Cần trả")
	for _, below := range []string{"/qr.png", "/notice.pdf", "/app"} {
		if res, _ := h.get("/p/" + b.Token + below); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %s", below, res.Status)
		}
	}
}

// A bank that takes no VietQR has no code, but its lines to copy.
func TestBankWithoutQR(t *testing.T) {
	h := newHouse(t, dbtest.SQLite(t))
	b := h.issue()
	a := h.accounts()[0]
	a.BankBIN = "999999"
	h.must(errOf(h.world.Service.UpdateAccount(h.ctx, "test", a)))
	body := h.page("/p/" + b.Token)
	h.want(body, "chưa nhận tiền qua mã QR", "9990 000 001")
	h.wantNot(body, "Lưu mã QR", "Mở ứng dụng", "Bản in")
}

func errOf[T any](_ T, err error) error { return err }

// Amounts other than the whole are offered as the bill allows, and refused with the remedy.
func TestAmounts(t *testing.T) {
	h := newHouse(t, dbtest.SQLite(t))
	whole, part, steps := h.issue(), h.issue(free), h.issue(instalments)
	h.pay(steps, 500_000)
	for _, c := range []struct {
		b    bill.Bill
		ask  string
		want vnd.Amount // of the code
		say  string
	}{
		{whole, "1250000", 1_250_000, ""},
		{whole, "500000", 1_250_000, ""}, // no form, so no word about it either
		{part, "500000", 500_000, ""},
		{part, "500.000 ₫", 500_000, ""},
		{part, "10000", 10_000, ""},
		{part, "9999", 1_250_000, "Mỗi lần trả ít nhất 10.000 ₫"},
		{part, "1250001", 1_250_000, "Phiếu chỉ còn phải trả 1.250.000 ₫"},
		{part, "0", 1_250_000, "Gõ số tiền bằng đồng"},
		{part, "-5", 1_250_000, "Gõ số tiền bằng đồng"},
		{part, "1,5", 1_250_000, "Gõ số tiền bằng đồng"},
		{part, "10^15", 1_250_000, "Gõ số tiền bằng đồng"},
		{part, "99999999999999999999", 1_250_000, "Gõ số tiền bằng đồng"},
		{part, "năm trăm", 1_250_000, "Gõ số tiền bằng đồng"},
		{steps, "", 400_000, "Đợt 2 trong 3 đợt. Cả phiếu còn phải trả 750.000 ₫."},
		{steps, "750000", 750_000, "Trả đến hết đợt 2: 400.000 ₫"},
		{steps, "123456", 400_000, "Trả hết 3 đợt: 750.000 ₫"},
	} {
		query := ""
		if c.ask != "" {
			query = "?so-tien=" + url.QueryEscape(c.ask)
		}
		if p := h.decoded(c.b, query); p.Amount != c.want {
			t.Errorf("%q: the code asks for %d, want %d", c.ask, p.Amount, c.want)
		}
		body := h.page("/p/" + c.b.Token + query)
		h.want(body, c.say)
		if strings.Contains(c.say, "Gõ") || strings.Contains(c.say, "lần trả") || strings.Contains(c.say, "chỉ còn") {
			_, html := h.get("/p/" + c.b.Token + query)
			h.want(html, "<title>Lỗi: ", `aria-invalid="true"`)
		}
	}
}

// Whatever is asked for, the code asks for at least one đồng and never for more than is owed,
// and all instalments together make the whole.
func TestOfferProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.Int64Range(1, 5_000_000), 1, 6).Draw(t, "parts")
		b := bill.Bill{State: bill.Published, PartPayment: rapid.SampledFrom([]org.PartPayment{org.NoParts, org.FreeParts, org.Instalments}).Draw(t, "rule")}
		s := &slip{today: "2026-11-22"}
		for i, p := range parts {
			b.Total += vnd.Amount(p)
			s.plan = append(s.plan, bill.Instalment{Amount: vnd.Amount(p), DueOn: clock.Date("2026-11-20").AddDays(30 * i)})
		}
		b.Paid = vnd.Amount(rapid.Int64Range(0, int64(b.Total)-1).Draw(t, "paid"))
		s.Bill = b
		ask := vnd.Amount(rapid.OneOf(rapid.Int64Range(-10, int64(b.Total)+10), rapid.Just(int64(b.Open()))).Draw(t, "ask"))
		if s.refuses(ask, nil) == "" && (ask < 1 || ask > b.Open()) {
			t.Fatalf("%d of %d is offered", ask, b.Open())
		}
		if s.refuses(b.Open(), nil) != "" {
			t.Fatalf("the whole is refused")
		}
		steps := s.steps()
		for i, c := range steps {
			if s.refuses(c.amount, nil) != "" || c.amount < 1 || c.from > c.to || i > 0 && c.amount <= steps[i-1].amount {
				t.Fatalf("step %d: %+v of %+v", i, c, steps)
			}
		}
		if len(steps) > 0 && steps[len(steps)-1].amount != b.Open() {
			t.Fatalf("the last step is %d of %d", steps[len(steps)-1].amount, b.Open())
		}
	})
}

// The English page speaks English: whatever is Vietnamese on it is marked as such.
func TestEnglish(t *testing.T) {
	h := newHouse(t, dbtest.SQLite(t))
	open, part, steps, paid, gone := h.issue(), h.issue(free), h.issue(instalments), h.issue(), h.issue()
	h.pay(part, 500_000)
	h.pay(paid, 2_000_000)
	h.must(h.s.Cancel(h.ctx, collect.System, gone.ID, "lập nhầm"))
	paths := []string{h.face.receiptPath(h.receipts(paid)[0], paid.Code), "/r/rec_0000000000001/x", "/p/lost"}
	for _, b := range []bill.Bill{open, part, steps, paid, gone} {
		paths = append(paths, "/p/"+b.Token)
	}
	paths = append(paths, waiting(open), "/p/"+open.Token+"/app", "/p/"+part.Token+"?so-tien=7")
	marked := regexp.MustCompile(`(?s)<(span|a|p)[^>]* lang="vi"[^>]*>.*?</(span|a|p)>|<title>.*?</title>|aria-label="[^"]*"|data-[a-z-]+="[^"]*"`)
	vietnamese := regexp.MustCompile(`[ăâêôơưĂÂÊÔƠƯạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹáàãéèíìóòõúùýĩũ]`)
	for _, path := range paths {
		sep := "?"
		if strings.Contains(path, "?") {
			sep = "&"
		}
		_, html := h.get(path + sep + "lang=en")
		if !strings.Contains(html, `<html lang="en">`) {
			t.Fatalf("%s is not English", path)
		}
		text := plain(marked.ReplaceAllString(html, ""))
		text = strings.NewReplacer("Khôi", "", "Hường", "").Replace(text) // names stay as they are
		if at := vietnamese.FindStringIndex(text); at != nil {
			t.Errorf("%s: unmarked Vietnamese near %q", path, text[max(0, at[0]-30):min(len(text), at[1]+30)])
		}
		for _, link := range regexp.MustCompile(`href="(/[^"]*)"`).FindAllStringSubmatch(html, -1) {
			to := link[1]
			switch {
			case strings.HasPrefix(to, "/static/"), strings.Contains(to, "lang=en"), strings.HasSuffix(to, "/pdf"):
			case strings.Contains(html, `href="`+to+`" lang="vi"`): // the switch back
			default:
				t.Errorf("%s: the link to %s leaves English", path, to)
			}
		}
	}
}

// accounts of the school, the one to show first in front.
func (h *house) accounts() []org.Account {
	h.t.Helper()
	s, err := h.face.slipOf(h.ctx, h.issue().Token)
	h.must(err)
	if len(s.accounts) != 2 {
		h.t.Fatal(fmt.Errorf("%d accounts", len(s.accounts)))
	}
	return s.accounts
}
