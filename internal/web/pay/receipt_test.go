package pay

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/rail"
	"github.com/sen-platform/sen/internal/vnd"
)

// A genuine receipt shows what must stand on the paper, with names masked; after the payment
// was taken back it says so; a changed seal or an unknown number shows nothing of anybody.
func TestCheckReceipt(t *testing.T) {
	each(t, func(h *house) {
		b := h.issue(free)
		out := h.pay(b, 500_000)
		rec := h.receipts(b)[0]
		path := h.face.receiptPath(rec, b.Code)
		facts := []string{
			"500.000 ₫", "Năm trăm nghìn đồng", "Số biên lai 2026/0000001", "Ngày lập 22/11/2026", "Trường Tiểu học Thử",
			"T. T. B. Hường", "N. M. Khôi", "lớp 3B", "Phiếu thu tháng 11/2026", b.Code.Display(), "Chuyển khoản, mã QR", "19:02, 22/11/2026",
		}
		body := h.page(path)
		h.want(body, append(facts, "Biên lai thật", "So với giấy:")...)
		h.wantNot(body, "Nguyễn Minh Khôi", "Trần Thị Bích Hường", "1903456704471")

		other := h.issue()
		h.pay(other, 1_250_000)
		seal := path[strings.LastIndexByte(path, '/')+1:]
		for name, c := range map[string]struct{ path, say string }{
			"changed seal":    {"/r/" + rec.ID.String() + "/0000000000000000", "Biên lai không khớp"},
			"cut seal":        {path[:len(path)-1], "Biên lai không khớp"},
			"another's seal":  {"/r/" + h.receipts(other)[0].ID.String() + "/" + seal, "Biên lai không khớp"},
			"unknown receipt": {"/r/rec_0000000000001/" + seal, "Không có biên lai này"},
			"not a receipt":   {"/r/" + b.ID.String() + "/" + seal, "Không có biên lai này"},
			"nonsense":        {"/r/x/y", "Không có biên lai này"},
		} {
			res, html := h.get(c.path)
			if res.StatusCode != http.StatusNotFound {
				h.t.Errorf("%s: %s", name, res.Status)
			}
			h.want(plain(html), c.say, "Đừng nhận giấy này làm bằng chứng trả tiền.")
			h.wantNot(html, "500.000", "Hường", "Khôi", string(b.Code), "Tiểu học", "/pdf")
			if res, _ := h.get(c.path + "/pdf"); res.StatusCode != http.StatusNotFound {
				h.t.Errorf("%s: the paper answers %s", name, res.Status)
			}
		}

		_, err := h.s.Unmatch(h.ctx, collect.System, out.Credit, "ghi nhầm phiếu")
		h.must(err)
		body = h.page(path)
		h.want(body, append(facts, "Biên lai thật, nhưng không còn giá trị", "ngày 22/11/2026")...)
		h.wantNot(body, "Biên lai thật Biên lai do Sen lập")
		// The bill is owed again and shows no receipt that does not hold.
		body = h.page("/p/" + b.Token)
		h.want(body, "Chưa trả", "1.250.000 ₫")
		h.wantNot(body, "2026/0000001")
	})
}

// The seal covers what is printed: for another amount, number, bill or day it is another.
func TestSealCoversTheFacts(t *testing.T) {
	each(t, func(h *house) {
		b := h.issue()
		h.pay(b, 1_250_000)
		rec := h.receipts(b)[0]
		want := h.s.CheckCode(rec, string(b.Code))
		for name, change := range map[string]func(*collect.Receipt, *string){
			"amount": func(r *collect.Receipt, _ *string) { r.Amount++ },
			"number": func(r *collect.Receipt, _ *string) { r.Number++ },
			"year":   func(r *collect.Receipt, _ *string) { r.Year++ },
			"day":    func(r *collect.Receipt, _ *string) { r.IssuedAt = r.IssuedAt.AddDate(0, 0, 1) },
			"payee":  func(r *collect.Receipt, _ *string) { r.Facility++ },
			"bill":   func(_ *collect.Receipt, code *string) { *code = string(h.issue().Code) },
		} {
			r, code := rec, string(b.Code)
			change(&r, &code)
			if h.s.CheckCode(r, code) == want {
				h.t.Errorf("another %s has the same seal", name)
			}
		}
	})
}

// The first print is the original, the next ones are copies 1, 2 …; asking for the headers only
// prints nothing.
func TestPrints(t *testing.T) {
	each(t, func(h *house) {
		b := h.issue()
		h.pay(b, 1_250_000)
		rec := h.receipts(b)[0]
		path := h.face.receiptPath(rec, b.Code)
		p, err := h.face.prove(h.ctx, rec.ID.String(), path[strings.LastIndexByte(path, '/')+1:])
		h.must(err)
		head := httptest.NewRecorder()
		h.mux.ServeHTTP(head, httptest.NewRequest(http.MethodHead, path+"/pdf", nil))
		if head.Code != http.StatusOK || head.Body.Len() != 0 {
			h.t.Errorf("HEAD: %d, %d bytes", head.Code, head.Body.Len())
		}
		seen := [][]byte{}
		for copies := range 3 {
			res, body := h.get(path + "/pdf")
			if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(body, "%PDF-") {
				h.t.Fatalf("%s %s", res.Status, res.Header.Get("Content-Type"))
			}
			if got := res.Header.Get("Content-Disposition"); got != `inline; filename="Bien-lai-2026-0000001.pdf"` {
				h.t.Error(got)
			}
			want, err := h.face.paper(p, copies)
			h.must(err)
			if !bytes.Equal(want, []byte(body)) {
				h.t.Errorf("print %d is not copy %d", copies+1, copies)
			}
			for _, s := range seen {
				if bytes.Equal(s, []byte(body)) {
					h.t.Errorf("print %d is like an earlier one", copies+1)
				}
			}
			seen = append(seen, []byte(body))
		}
		if got := h.receipts(b)[0].Copies; got != 3 {
			h.t.Errorf("%d prints were counted", got)
		}
	})
}

// Papers can be made for every way of paying and every state: what the store holds never
// contradicts what the paper's own checks demand.
func TestPapersOfEveryKind(t *testing.T) {
	each(t, func(h *house) {
		parts := h.issue(free)
		for _, amount := range []vnd.Amount{100_000, 200_000, 2_000_000} {
			h.pay(parts, amount)
		}
		hospital := h.issue(ofHospital(h))
		h.pay(hospital, 1_250_000)
		cash := h.issue(func(n *bill.NewBill) { n.PayerName = "" })
		_, _, err := h.s.TakeCash(h.ctx, collect.System, collect.Cash{Facility: cash.Facility, Bill: cash.ID, Amount: 1_250_000, Key: "k"})
		h.must(err)
		again := h.issue()
		first := h.pay(again, 1_250_000)
		_, err = h.s.Unmatch(h.ctx, collect.System, first.Credit, "ghi nhầm")
		h.must(err)
		h.pay(again, 1_250_000)
		n := 0
		for _, b := range []bill.Bill{parts, hospital, cash, again} {
			for _, rec := range h.receipts(b) {
				n++
				if res, body := h.get(h.face.receiptPath(rec, b.Code) + "/pdf"); res.StatusCode != http.StatusOK {
					h.t.Errorf("receipt of %s by %s: %s\n%s\n%s", rec.Amount, rec.Method, res.Status, plain(body), h.log)
				}
			}
		}
		if n != 7 {
			h.t.Errorf("%d receipts, want 7", n)
		}
		h.want(h.page("/p/"+cash.Token), "Cách trả Tiền mặt")
	})
}

// The notice on paper can be had while something is owed, for the whole that is owed.
func TestNotice(t *testing.T) {
	each(t, func(h *house) {
		for _, b := range []bill.Bill{h.issue(), h.issue(free), h.issue(instalments), h.issue(ofHospital(h))} {
			for range 2 {
				res, body := h.get("/p/" + b.Token + "/notice.pdf?so-tien=300000")
				if res.StatusCode != http.StatusOK || !strings.HasPrefix(body, "%PDF-") {
					h.t.Fatalf("%s\n%s", res.Status, h.log)
				}
				if b.PartPayment != "free" {
					break
				}
				h.pay(b, 300_000)
			}
			h.pay(b, b.Total)
			if res, body := h.get("/p/" + b.Token + "/notice.pdf"); res.StatusCode != http.StatusConflict {
				h.t.Errorf("paid: %s %s", res.Status, plain(body))
			}
		}
	})
}

// The catalogue has words for every way of paying and every state of a check.
func TestWordsOfValues(t *testing.T) {
	h := newHouse(t, sqlite(t))
	for _, lang := range []string{"vi", "en"} {
		for _, m := range append(rail.Methods(), rail.Cash) {
			h.wantNot(h.face.method(langOf(lang), m), "⟦")
		}
		for _, v := range []collect.CheckVerdict{collect.CheckGenuine, collect.CheckChanged, collect.CheckReversed, collect.CheckUnknown} {
			h.wantNot(h.face.pages.T(langOf(lang), "check."+string(v)), "⟦")
			h.wantNot(h.face.pages.T(langOf(lang), "check."+string(v)+".text"), "⟦")
		}
		for _, s := range bill.Statuses() {
			if s != bill.StatusPaid && s != bill.StatusCancelled && s != bill.StatusDraft {
				h.wantNot(h.face.pages.T(langOf(lang), "state."+string(s)), "⟦")
			}
		}
	}
	if regexp.MustCompile(`⟦`).MatchString(h.log.String()) {
		t.Error(h.log)
	}
}
