package doc

import (
	"bytes"
	"runtime"
	"slices"
	"strings"
	"testing"
)

const vietQR = "00020101021238540010A00000072701240006970418011068001122330208QRIBFTTA5303704540712500005802VN62160812HPK7G3M9X0776304ABCD"

func sampleNotice(tb testing.TB) *Notice {
	tb.Helper()
	r := sampleReceipt(tb)
	link := "https://hocphi.langiang.example/p/7f3k9x2m4p7q1c0d7f3k9x2m4p"
	return &Notice{
		Payee: r.Payee, Title: "Thông báo thu tháng 11/2026", BeneficiaryLabel: "Học sinh",
		Beneficiary: r.Beneficiary, Class: r.Class, BillCode: r.BillCode, Lines: r.Lines, Due: "2026-11-30",
		Account: Account{"Ngân hàng Sông Lam", "6800112233", "TRUONG TIEU HOC CAT VANG"},
		QR:      testQR(tb, vietQR), Link: link, LinkQR: testQR(tb, link), NoFee: true,
		Contact: Contact{"Cô Nguyễn Thị Thu Hà", "kế toán nhà trường", "0200 000 0112", "thứ Hai đến thứ Sáu, 7:30 đến 16:30"},
	}
}

func notices(tb testing.TB, opts NoticeOptions, all ...*Notice) []byte {
	tb.Helper()
	opts.Title, opts.MadeAt = "Thông báo thu", at("2026-11-22 08:00")
	var b bytes.Buffer
	w, err := NewNoticeWriter(&b, opts)
	if err != nil {
		tb.Fatal(err)
	}
	for _, n := range all {
		if err := w.Add(n); err != nil {
			tb.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func TestNoticeSaysEverything(t *testing.T) {
	n := sampleNotice(t)
	n.PaidBefore = 250_000
	page := pdfText(t, notices(t, NoticeOptions{Sample: true}, n))[0]
	wantTexts(t, page, "DỮ LIỆU MẪU", "Trường Tiểu học Cát Vàng", "Thông báo thu tháng 11/2026", "Nguyễn Minh Khôi, lớp 3B",
		"Tiền ăn bán trú", "Tổng cộng 1.250.000 ₫", "Đã trả trước", "1.000.000 ₫", "Bằng chữ: Một triệu đồng.",
		"Trả trước hết ngày 30/11/2026", "Ngân hàng Sông Lam", "6800 112 233", "TRUONG TIEU HOC CAT VANG", "HPK7 G3M9 X077",
		"Không mất phí, 0 ₫", "Cô Nguyễn Thị Thu Hà", "0200 000 0112", n.Link, "mã OTP")
}

func TestNoticeQRsScan(t *testing.T) {
	n := sampleNotice(t)
	got := scan(t, notices(t, NoticeOptions{}, n))
	slices.Sort(got)
	if want := []string{vietQR, n.Link}; !slices.Equal(got, want) {
		t.Errorf("scanned %q, want %q", got, want)
	}
}

func TestNoticePages(t *testing.T) {
	of := func(class string, lines int) *Notice {
		n := sampleNotice(t)
		n.Class, n.Lines = class, nil
		for range lines {
			n.Lines = append(n.Lines, Line{"Khoản thu", "", 10_000})
		}
		return n
	}
	a, b := of("lớp 3A", 5), of("lớp 3B", 5)
	for _, c := range []struct {
		name  string
		opts  NoticeOptions
		all   []*Notice
		pages int
	}{
		{"two to a page", NoticeOptions{}, []*Notice{a, a, b, b, b}, 3},
		{"page by class", NoticeOptions{PageByClass: true}, []*Notice{a, a, a, b, b}, 3},
		{"across classes", NoticeOptions{}, []*Notice{a, b}, 1},
		{"one per page", NoticeOptions{OnePerPage: true}, []*Notice{a, a}, 2},
		{"twelve lines still fit a half", NoticeOptions{}, []*Notice{of("", 12), of("", 12)}, 1},
		{"many lines get a page", NoticeOptions{}, []*Notice{of("", 25), a, a}, 2},
		{"more lines than a page holds", NoticeOptions{}, []*Notice{of("", 90)}, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			pages := pdfText(t, notices(t, c.opts, c.all...))
			if len(pages) != c.pages {
				t.Fatalf("%d pages, want %d", len(pages), c.pages)
			}
			all := strings.Join(pages, " ")
			lines := 0
			for _, n := range c.all {
				lines += len(n.Lines)
			}
			if got := strings.Count(all, "Khoản thu 10.000 ₫"); got != lines {
				t.Errorf("%d of %d lines printed", got, lines)
			}
			if got := strings.Count(all, "mã OTP"); got != len(c.all) {
				t.Errorf("%d feet for %d notices", got, len(c.all))
			}
		})
	}
}

func TestNoticeErrorsLeaveTheFileUsable(t *testing.T) {
	var b bytes.Buffer
	w, err := NewNoticeWriter(&b, NoticeOptions{MadeAt: at("2026-11-22 08:00")})
	if err != nil {
		t.Fatal(err)
	}
	paid := sampleNotice(t)
	paid.PaidBefore = 1_250_000
	noQR := sampleNotice(t)
	noQR.QR = nil
	for _, n := range []*Notice{paid, noQR} {
		if err := w.Add(n); err == nil {
			t.Error("an impossible notice was printed")
		}
	}
	if err := w.Add(sampleNotice(t)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if n := len(pdfText(t, b.Bytes())); n != 1 {
		t.Errorf("%d pages", n)
	}
}

// The comment of NoticeWriter promises what a large round costs.
func TestNoticeMemory(t *testing.T) {
	var b bytes.Buffer
	w, err := NewNoticeWriter(&b, NoticeOptions{MadeAt: at("2026-11-22 08:00")})
	if err != nil {
		t.Fatal(err)
	}
	n := sampleNotice(t)
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := heap()
	for range 400 {
		if err := w.Add(n); err != nil {
			t.Fatal(err)
		}
	}
	each := (heap() - before) / 400
	t.Logf("%d bytes of memory for each notice", each)
	if each > 40_000 {
		t.Errorf("%d bytes of memory for each notice", each)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}
