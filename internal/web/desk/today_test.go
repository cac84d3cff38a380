package desk

import (
	"bufio"
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/sen-platform/sen/internal/bill"
)

func TestTodayWithNothingToDo(t *testing.T) {
	each(t, func(h *house) {
		h.as(accountant).page("/desk").says(h.t, "Hôm nay không còn việc nào chờ", "Mở đợt thu đầu tiên", "Không dùng tiền mặt Chưa có")
		h.as(cashier).page("/desk").silent(h.t, "Mở đợt thu đầu tiên", "Đã phát hành")
	})
}

func TestTodayNamesWhatNeedsAPerson(t *testing.T) {
	each(t, func(h *house) {
		t := h.t
		paid, late := h.issue(), h.issue(named("Vũ Tuệ An", "4D"), costs(900_000))
		h.transfer(paid.Total, string(paid.Code))
		h.transfer(14_000, "khong ma")
		h.clk.Advance(50 * time.Minute)
		h.as(accountant).page("/desk").says(t, "Hôm nay có 1 việc cần làm", "1 Khoản tiền về chưa biết của phiếu nào 14.000 ₫ , khoản lâu nhất chờ 50 phút Xử lý",
			"Đã phát hành 2.150.000 ₫ 2 phiếu trong tháng", "Đã nhận 1.250.000 ₫ 1 lượt trong tháng", "Còn phải thu 900.000 ₫", "100% số lượt", "Tiền vừa về", "Khoản chờ xử lý 1")
		h.as(manager).page("/desk").says(t, "Xem") // a manager may not assign
		h.as(cashier).page("/desk").silent(t, "Đã phát hành", "số lượt")
		if _, _, err := h.s.TakeCash(h.ctx, collectSystem, cashOf(h, late, 300_000)); err != nil {
			t.Fatal(err)
		}
		h.as(accountant).page("/desk").says(t, "50,0% số lượt", "80,6% số tiền", "Tiền mặt 1 300.000 ₫", "Cộng 2 1.550.000 ₫")
		h.verify()
	})
}

// The bank's page and the desk's agree on who is overdue.
func TestTodayCountsOverdueBills(t *testing.T) {
	each(t, func(h *house) {
		h.clk.Advance(-24 * time.Hour)
		h.issue(func(n *bill.NewBill) { n.DueOn = h.today() })
		h.as(accountant).page("/desk").silent(h.t, "quá hạn")
		h.clk.Advance(24 * time.Hour)
		h.open = map[string]*browser{} // a night is longer than a session
		a := h.as(accountant)
		a.page("/desk").says(h.t, "1 Phiếu quá hạn chưa trả đủ Còn phải thu 1.250.000 ₫ , hạn sớm nhất "+h.today().AddDays(-1).VN())
		a.page("/desk/phieu?loc=qua-han").says(h.t, "1 phiếu thu", "Nguyễn Minh Khôi", "Quá hạn")
	})
}

// The stream speaks when money comes, with the version the page then carries, and not before.
func TestTodayStreamTellsOfMoney(t *testing.T) {
	each(t, func(h *house) {
		t := h.t
		h.face.calm = time.Millisecond
		b := h.issue()
		a := h.as(accountant)
		before := a.get("/desk/phien-ban").body
		ctx, cancel := context.WithTimeout(h.ctx, 20*time.Second)
		defer cancel()
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, h.srv.URL+"/desk/song", nil)
		h.must(err)
		resp, err := a.c.Do(req)
		h.must(err)
		defer resp.Body.Close()
		if got := resp.Header.Get("Content-Type"); !strings.HasPrefix(got, "text/event-stream") {
			t.Fatalf("stream is %q", got)
		}
		lines := bufio.NewScanner(resp.Body)
		next := func() (event, data string) {
			for lines.Scan() {
				if e, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
					event = e
				}
				if d, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
					return event, d
				}
			}
			t.Fatalf("stream ended: %v", lines.Err())
			return "", ""
		}
		if event, data := next(); event != "version" || data != before {
			t.Fatalf("first word: %s %s, want version %s", event, data, before)
		}
		h.transfer(b.Total, string(b.Code))
		event, data := next()
		if event != "changed" || data == before {
			t.Errorf("after money: %s %s", event, data)
		}
		if now := a.get("/desk/phien-ban").body; now != data {
			t.Errorf("stream says %s, poll says %s", data, now)
		}
		if !strings.Contains(a.page("/desk").body, `data-version="`+data+`"`) {
			t.Error("the page does not carry the version the stream told of")
		}
	})
}

// Another facility's money changes nothing here.
func TestVersionIsTheFacilitysOwn(t *testing.T) {
	each(t, func(h *house) {
		before := h.as(accountant).get("/desk/phien-ban").body
		h.foreign()
		if after := h.as(accountant).get("/desk/phien-ban").body; after != before {
			h.t.Errorf("version moved from %s to %s", before, after)
		}
		h.issue()
		if after := h.as(accountant).get("/desk/phien-ban").body; after == before {
			h.t.Error("a published bill did not move the version")
		}
	})
}

// Streams are bounded; who gets none is told to come back and has the poll address.
func TestStreamsAreBounded(t *testing.T) {
	each(t, func(h *house) {
		h.face.streams.free = 0
		if a := h.as(accountant).get("/desk/song"); a.status != http.StatusServiceUnavailable {
			h.t.Errorf("status %d", a.status)
		}
		if h.face.streams.free != 0 {
			h.t.Errorf("%d seats after a refusal", h.face.streams.free)
		}
	})
}

func TestGrades(t *testing.T) {
	for class, want := range map[string]string{"3B": "3|B", "10A1": "10|A1", "Lớp 3B": "3|B", "9.2": "9|2", "Mầm 1": "", "": "", "12": "", "3": "", "2024A": "", "K45 CNTT": "", "6 Nâng cao": ""} {
		g, l, ok := gradeOf(class)
		if !ok {
			g, l = "", ""
		}
		if got := g + "|" + l; got != want && (want != "" || ok) {
			t.Errorf("%q: %s, want %q", class, got, want)
		}
	}
}

func TestWallHasOneRowPerGrade(t *testing.T) {
	classes := []bill.ClassCount{{Class: "2A", Issued: 10, Paid: 9}, {Class: "2B", Issued: 10, Paid: 7}, {Class: "10A", Issued: 5, Paid: 5}, {Class: "3C", Drafts: 4}}
	w, ok := wallOf(classes, "dot=rnd_x", "Đợt tháng 11")
	if !ok || len(w.Rows) != 2 || w.Rows[0].Name != "Khối 2" || w.Rows[1].Name != "Khối 10" || strings.Join(w.Heads, "") != "AB" {
		t.Fatalf("wall: %v %+v", ok, w)
	}
	if c := w.Rows[0].Cells[1]; c.Paid != 7 || c.Total != 10 || c.Href != "/desk/phieu?dot=rnd_x&lop=2B" {
		t.Errorf("cell: %+v", c)
	}
	if s := w.Rows[0].Sum; s.Paid != 16 || s.Total != 20 {
		t.Errorf("row sum: %+v", s)
	}
	if w.Rows[1].Cells[1].Total != 0 {
		t.Error("grade 10 has no class B")
	}
	if _, ok := wallOf(append(classes, bill.ClassCount{Class: "Lá", Issued: 3}), "", ""); ok {
		t.Error("classes without a grade make no wall")
	}
}

func TestAge(t *testing.T) {
	now := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	for ago, want := range map[time.Duration]string{0: "vừa mới", 59 * time.Second: "vừa mới", time.Minute: "1 phút", 90 * time.Minute: "1 giờ", 47 * time.Hour: "47 giờ", 49 * time.Hour: "2 ngày"} {
		if got := age(now, now.Add(-ago)); got != want {
			t.Errorf("%v: %s, want %s", ago, got, want)
		}
	}
}
