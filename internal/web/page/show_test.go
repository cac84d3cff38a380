package page

import (
	"fmt"
	"html/template"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
	"rsc.io/qr"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/vnd"
)

func TestShow(t *testing.T) {
	evening := time.Date(2026, 11, 22, 12, 2, 0, 0, time.UTC)
	for _, c := range []struct {
		in   any
		want template.HTML
	}{
		{nil, ""},
		{"a<b> & \"c\"", "a&lt;b&gt; &amp; &#34;c&#34;"},
		{template.HTML("<em>x</em>"), "<em>x</em>"},
		{vnd.Amount(1_250_000), "<span class=\"money\">1.250.000\u00a0₫</span>"},
		{vnd.Amount(-70_000), "<span class=\"money\">−70.000\u00a0₫</span>"},
		{Code("HPK7G3M9X077"), `<span class="code">HPK7 G3M9 X077</span>`},
		{clock.Date("2026-11-22"), `<span class="num">22/11/2026</span>`},
		{clock.Date(""), `<span class="num"></span>`},
		{evening, `<span class="num">19:02, 22/11/2026</span>`},
		{evening.Add(5 * time.Hour), `<span class="num">0:02, 23/11/2026</span>`},
		{time.Time{}, `<span class="num"></span>`},
		{1200, "1.200"},
		{int64(-5), "−5"},
		{Tag{Text: "Hết hạn <"}, `<span class="tag">Hết hạn &lt;</span>`},
		{Tag{State: Sample, Text: "Dữ liệu mẫu"}, `<span class="tag tag--sample">Dữ liệu mẫu</span>`},
		{Link{Text: "<x>", Href: `/a?b="c"`}, `<a href="/a?b=&#34;c&#34;">&lt;x&gt;</a>`},
		{Stacked{"A", vnd.Amount(0)}, "A<span class=\"note\"><span class=\"money\">0\u00a0₫</span></span>"},
		{Evidence(0), ""},
	} {
		got, err := Show(c.in)
		if err != nil {
			t.Errorf("%#v: %v", c.in, err)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%#v: %s", c.in, diff)
		}
	}
	for _, bad := range []any{1.5, []string{"a"}, struct{}{}, Tag{Text: "x", Icon: "nobody-has"}, Link{Text: 1.5}} {
		if got, err := Show(bad); err == nil {
			t.Errorf("%#v was shown as %s", bad, got)
		}
	}
}

func TestEvidence(t *testing.T) {
	for e, want := range map[Evidence]struct {
		on   int
		name string
	}{EvidenceNone: {0, "Chưa có"}, EvidenceDeclared: {1, "Tự khai"}, EvidenceProven: {2, "Đã chứng minh"}, EvidenceMeasured: {3, "Đo được"}} {
		h, err := Show(e)
		if err != nil || strings.Count(string(h), `class="on"`) != want.on || !strings.Contains(string(h), want.name) {
			t.Errorf("%d: %s, %v", e, h, err)
		}
	}
}

func TestHTMLf(t *testing.T) {
	got := HTMLf("<b>%s</b>, %s", "<i>", vnd.Amount(5))
	if want := template.HTML("<b>&lt;i&gt;</b>, <span class=\"money\">5\u00a0₫</span>"); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	defer func() {
		if recover() == nil {
			t.Error("a float was drawn")
		}
	}()
	HTMLf("%s", 0.5)
}

func TestPercent(t *testing.T) {
	for _, c := range []struct {
		part, whole int64
		want        string
	}{
		{1052, 1200, "87,7%"},
		{955, 1052, "90,8%"},
		{1, 2, "50,0%"},
		{0, 5, "0%"},
		{5, 5, "100%"},
		{5, 0, "Chưa có"},
		{-1, 5, "Chưa có"},
		{99_999, 100_000, "99,9%"},
		{1, 100_000, "0,1%"},
		{1, 3, "33,3%"},
		{2, 3, "66,7%"},
		{1, 16, "6,3%"},
		{3, 2, "150,0%"},
		{1 << 61, 1 << 62, "50,0%"},
		{25_000, 2, "1.250.000,0%"},
	} {
		if got := Percent(c.part, c.whole); got != c.want {
			t.Errorf("Percent(%d, %d) = %s, want %s", c.part, c.whole, got, c.want)
		}
	}
}

// The share printed is never further from the truth than half a tenth of a per cent, except that it never claims all or nothing.
func TestPercentIsTrue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		whole := rapid.Int64Range(1, 1_000_000_000).Draw(t, "whole")
		part := rapid.Int64Range(1, whole).Draw(t, "part")
		got := Percent(part, whole)
		if (got == "100%") != (part == whole) {
			t.Fatalf("%d of %d reads %s", part, whole, got)
		}
		var a, b int64
		if n, _ := fmt.Sscanf(got, "%d,%d%%", &a, &b); n == 2 {
			tenths := a*10 + b
			if off := tenths*whole - part*1000; (off > whole/2+1 || off < -whole/2-1) && tenths != 1 && tenths != 999 {
				t.Fatalf("%d of %d reads %s", part, whole, got)
			}
		}
	})
}

func TestLinkURL(t *testing.T) {
	for _, c := range []struct {
		href string
		app  bool
		want template.URL
	}{
		{"/a/b?c=d:e", false, "/a/b?c=d:e"},
		{"#x", false, "#x"},
		{"?a=1", false, "?a=1"},
		{"a/b", false, "a/b"},
		{"", false, ""},
		{"tel:0200", false, "tel:0200"},
		{"https://example.vn/x", false, "https://example.vn/x"},
		{"//evil.example", false, "#"},
		{`/\evil.example`, false, "#"},
		{`\\evil`, false, "#"},
		{"javascript:alert(1)", false, "#"},
		{"JavaScript://%0aalert(1)", true, "#"},
		{"data:text/html,x", true, "#"},
		{"http://example.vn", false, "#"},
		{"songlambank://qr", false, "#"},
		{"songlambank://qr", true, "songlambank://qr"},
		{"song lam://qr", true, "#"},
		{" javascript:x", true, "#"},
	} {
		if got := (Link{Href: c.href, App: c.app}).URL(); got != c.want {
			t.Errorf("%q (app %v) = %q, want %q", c.href, c.app, got, c.want)
		}
	}
}

func TestWallCell(t *testing.T) {
	for _, c := range []struct {
		paid, total, share int64
		step               int
	}{{0, 10, 0, 1}, {69, 100, 69, 1}, {7, 10, 70, 2}, {849, 1000, 84, 2}, {85, 100, 85, 3}, {94, 100, 94, 3}, {95, 100, 95, 4}, {199, 200, 99, 4}, {200, 200, 100, 4}, {0, 0, 0, 1}} {
		cell := WallCell{Paid: c.paid, Total: c.total}
		if cell.Share() != c.share || cell.Step() != c.step {
			t.Errorf("%d/%d: %d%% step %d, want %d%% step %d", c.paid, c.total, cell.Share(), cell.Step(), c.share, c.step)
		}
	}
}

func TestLiveAttrs(t *testing.T) {
	got := Live{Target: "bill", Events: "/e", Poll: "/v", Version: `1"<`, Say: "Đã nhận", Final: true}.attrs()
	want := template.HTMLAttr(`data-live-target="bill" data-live="/e" data-poll="/v" data-version="1&#34;&lt;" data-say="Đã nhận" data-final=""`)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got := (Live{Target: "bar"}).attrs(); got != `data-live-target="bar"` {
		t.Errorf("a region that only follows: %s", got)
	}
}

// The picture is the code: following the path's pen paints exactly the black modules of the matrix, four modules from
// every edge.
func TestQRPaintsTheMatrix(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[ -~]{1,180}`).Draw(t, "text")
		svg, err := QR(text, "nhãn <")
		if err != nil {
			t.Fatal(err)
		}
		code, err := qr.Encode(text, qr.M)
		if err != nil {
			t.Fatal(err)
		}
		side := code.Size + 2*quiet
		if !strings.Contains(string(svg), fmt.Sprintf(`viewBox="0 0 %d %d" role="img" aria-label="nhãn &lt;"`, side, side)) {
			t.Fatalf("head: %.120s", svg)
		}
		_, path, _ := strings.Cut(string(svg), `stroke="#000" d="M`)
		path, _, _ = strings.Cut(path, `"`)
		black := map[[2]int]bool{}
		x, y := 0, 0
		for i, step := range strings.Split(path, "m") {
			var dx, dy, run int
			format := "%d %dh%d"
			if i == 0 {
				format = "%d %d.5h%d"
			}
			if n, err := fmt.Sscanf(step, format, &dx, &dy, &run); n != 3 {
				t.Fatalf("step %q: %v", step, err)
			}
			x, y = x+dx, y+dy
			for range run {
				black[[2]int{x, y}] = true
				x++
			}
		}
		for y := range side {
			for x := range side {
				if want := code.Black(x-quiet, y-quiet); black[[2]int{x, y}] != want {
					t.Fatalf("module %d,%d is %v, want %v", x, y, !want, want)
				}
			}
		}
	})
	if _, err := QR(strings.Repeat("x", 4000), ""); err == nil {
		t.Error("a text too long for a QR code was accepted")
	}
}
