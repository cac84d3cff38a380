package page_test

import (
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/vnd"
	"github.com/sen-platform/sen/internal/web/page"
	"github.com/sen-platform/sen/internal/web/ui"
)

// The gallery draws every part with invented data, on the pages of the design where it belongs.

func gallery(t testing.TB) *page.Set {
	t.Helper()
	set, err := page.New(os.DirFS("testdata/gallery"))
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// galleryHandler serves the gallery, the assets and failure pages.
func galleryHandler(t testing.TB) *http.ServeMux {
	set := gallery(t)
	mux := http.NewServeMux()
	mux.Handle("GET "+ui.Prefix, ui.Handler())
	for name, view := range galleryViews() {
		mux.HandleFunc("GET /"+name, func(w http.ResponseWriter, r *http.Request) { set.Render(w, 200, pageOf(name), view) })
	}
	mux.HandleFunc("GET /fail/404", func(w http.ResponseWriter, r *http.Request) {
		set.Fail(w, page.Failure{
			Chrome:  page.Chrome{Sample: true, Province: "Tỉnh Lam Giang", Lang: page.RequestLang(r), Alternate: "?lang=en"},
			Status:  404,
			Next:    []page.Link{{Text: "Nhập mã hóa đơn", Href: "/"}, {Text: "Kiểm tra biên lai", Href: "/receipt"}},
			Contact: page.HTMLf(`Đường dây của tỉnh <a href="tel:02000000112">0200 000 0112</a>, thứ Hai đến thứ Sáu`),
			Ref:     "R-7K2M",
		})
	})
	return mux
}

// pageOf is the template of a gallery address; "-en" and "-dark" are other looks of the same page.
func pageOf(name string) string {
	for _, suffix := range []string{"-en", "-dark"} {
		if n := len(name) - len(suffix); n > 0 && name[n:] == suffix {
			return name[:n]
		}
	}
	return name
}

type payView struct {
	page.Chrome
	Live       page.Live
	Due        vnd.Amount
	State      page.Tag
	Lines      page.Lines
	Open, Save page.Link
	Payload    string
	Steps      []any
	Copies     []page.CopyRow
	Other      page.Lines
	Help       []page.Notice
	Bar        page.PayBar
}

type paidView struct {
	page.Chrome
	Live    page.Live
	Verdict page.Verdict
	Pairs   []page.Pair
	Save    page.Link
	Moments []page.Moment
	Lines   page.Lines
}

type askView struct {
	page.Chrome
	Mistakes        page.Mistakes
	Crumbs          []page.Link
	Notice          page.Notice
	Fields          []page.Field
	Select          page.Select
	Choices, Radios page.Choices
	File            page.File
	Empty           page.Empty
}

type deskView struct {
	page.Chrome
	Live                 page.Live
	Crumbs               []page.Link
	Day                  clock.Date
	Now                  time.Time
	Todo                 []page.Todo
	Export               page.Link
	Stats                []page.Stat
	WallHead, MethodHead page.Head
	Wall                 page.Wall
	Methods              page.Table
	Paid, Reading        page.Progress
	Tabs                 page.Tabs
	Bills                page.Table
	Pager                page.Pager
	Track                page.Track
	Notices              []page.Notice
	Tags                 []page.Tag
	Grades               []page.Evidence
	Lines                page.Lines
	Empty                page.Empty
	Cancel, Publish      page.Post
	Later                page.Link
}

type printView struct {
	page.Chrome
	Pairs []page.Pair
}

var now = time.Date(2026, 11, 23, 1, 10, 0, 0, time.UTC)

func billLines() page.Lines {
	return page.Lines{Caption: "Các khoản trong phiếu", Rows: []page.Line{
		{Label: "Tiền ăn bán trú", Note: page.HTMLf("22 ngày × %s", vnd.Amount(35_000)), Value: vnd.Amount(770_000)},
		{Label: "Trả lại tiền ăn", Note: "nghỉ 2 ngày trong tháng 10", Value: vnd.Amount(-70_000)},
		{Label: "Chăm sóc bán trú", Value: vnd.Amount(350_000)},
		{Label: "Dạy học 2 buổi/ngày", Value: vnd.Amount(180_000)},
		{Label: "Nước uống", Value: vnd.Amount(20_000)},
	}, Total: &page.Line{Label: "Tổng cộng", Value: vnd.Amount(1_250_000)}}
}

func galleryViews() map[string]page.View {
	public := page.Chrome{
		Lang: page.VI, Sample: true, Province: "Tỉnh Lam Giang", Alternate: "/pay-en",
		FootLinks: []page.Link{{Text: "Trang chủ", Href: "/"}, {Text: "Kiểm tra biên lai", Href: "/receipt"}, {Text: "Hỏi và khiếu nại", Href: "/ask"}},
	}
	pay := newPayView(public)
	payEN := newPayView(public)
	payEN.Chrome.Lang, payEN.Alternate = page.EN, "/pay"
	ask := newAskView(public)
	desk := newDeskView()
	dark := newDeskView()
	dark.Chrome.Dark = true
	return map[string]page.View{
		"pay": pay, "pay-en": payEN, "paid": newPaidView(public), "ask": ask, "desk": desk, "desk-dark": dark,
		"print": printView{page.Chrome{Title: "Bản in", Sample: true}, newPaidView(public).Pairs},
	}
}

func newPayView(c page.Chrome) payView {
	c.Title, c.Width, c.Secret, c.Province = "Trả phiếu thu tháng 11/2026", page.WidthPay, true, ""
	return payView{
		Chrome: c, Due: 1_250_000, State: page.Tag{State: page.Need, Text: "Chưa trả"}, Lines: billLines(),
		Live:    page.Live{Target: "bill", Version: "1"},
		Open:    page.Link{Text: "Mở ứng dụng ngân hàng", Href: "#banks", Icon: "bank", Class: "btn--main btn--tall btn--full"},
		Save:    page.Link{Text: "Lưu mã QR vào máy", Href: "/qr.png", Icon: "down", Class: "btn--full", Save: true},
		Payload: "00020101021238570010A00000072701270006970400011368001122330208QRIBFTTA53037045407125000058" + "02VN62160812HPK7G3M9X0776304ABCD",
		Steps: []any{
			page.HTMLf("Bấm <strong>Lưu mã QR vào máy</strong>. Ảnh nằm trong Thư viện."),
			page.HTMLf("Mở ứng dụng ngân hàng, chọn <strong>Quét mã</strong>, rồi chọn <strong>ảnh từ Thư viện</strong>."),
			page.HTMLf("Thấy đúng tên trường và %s thì xác nhận. Quay lại đây để nhận biên lai.", vnd.Amount(1_250_000)),
		},
		Copies: []page.CopyRow{
			{Label: "Ngân hàng", Shown: "Ngân hàng Sông Lam"},
			{Label: "Số tài khoản", Shown: "6800 112 233", Copy: "6800112233"},
			{Label: "Tên tài khoản", Shown: "TRUONG TIEU HOC CAT VANG"},
			{Label: "Số tiền", Shown: vnd.Amount(1_250_000), Copy: "1250000"},
			{Label: "Nội dung, giữ nguyên", Shown: "HPK7G3M9X077", Copy: "HPK7G3M9X077"},
		},
		Other: page.Lines{Caption: "Cách trả khác và chi phí của bạn", Rows: []page.Line{
			{Label: "Mobile Money", Href: "#mm", Note: "từ tài khoản số điện thoại", Value: vnd.Amount(0)},
			{Label: "Thẻ tại trường", Note: "phòng Tài vụ, 7:30 đến 16:30", Value: vnd.Amount(0)},
			{Label: "Tiền mặt tại trường", Note: "nhận biên lai ngay tại quầy", Value: vnd.Amount(0)},
		}},
		Help: []page.Notice{
			{Icon: "shield", Strong: "Kiểm tra trước khi trả.", Text: page.HTMLf(`Trường không bao giờ gọi điện xin mã OTP, mật khẩu hay số thẻ. %s`, page.Link{Text: "Kiểm tra một mã QR", Href: "/check"})},
			{Icon: "call", Strong: "Cần giúp?", Text: page.HTMLf(`Cô Nguyễn Thị Thu Hà, kế toán nhà trường, gọi <a class="num" href="tel:02000000112">0200 000 0112</a>`)},
		},
		Bar: page.PayBar{Label: "Cần trả", Amount: 1_250_000, Action: "Trả ngay", Href: "#tra-tien", Live: "bar"},
	}
}

func newPaidView(c page.Chrome) paidView {
	c.Title, c.Province, c.Secret = "Đã nhận đủ tiền", "", true
	return paidView{
		Chrome:  c,
		Live:    page.Live{Target: "bill", Events: "/events", Poll: "/version", Version: "2", Say: "Trường đã nhận đủ 1.250.000 ₫", Final: true},
		Verdict: page.Verdict{State: page.Paid, Title: "Trường đã nhận đủ tiền", Text: page.HTMLf("Phiếu thu tháng 11/2026 của em <strong>%s</strong>, lớp 3B đã trả xong.", "N. M. Khôi")},
		Pairs: []page.Pair{
			{Label: "Nhận lúc", Value: now},
			{Label: "Số biên lai", Value: page.HTMLf(`<span class="code">%s</span>`, "BL26-0004187")},
			{Label: "Đơn vị thu", Value: "Trường Tiểu học Cát Vàng"},
			{Label: "Cách trả", Value: "Chuyển khoản QR", Note: "từ tài khoản ••• 4471"},
			{Label: "Mã hóa đơn", Value: page.Code("HPK7G3M9X077")},
			{Label: "Hạn trả", Value: clock.Date("2026-11-30")},
		},
		Save: page.Link{Text: "Tải biên lai (PDF, 48 kB)", Href: "/receipt.pdf", Icon: "down", Class: "btn--main btn--tall btn--full", Save: true},
		Moments: []page.Moment{
			{When: "19:02", Text: "Bạn báo đã chuyển tiền"},
			{When: "19:03", Text: "Chưa thấy tiền về. Hỏi ngân hàng lần 1: chưa trả lời"},
			{When: "19:15", Text: page.HTMLf("<strong>Lần hỏi tiếp theo</strong>, sau đó mỗi giờ một lần"), Next: true},
		},
		Lines: billLines(),
	}
}

func newAskView(c page.Chrome) askView {
	c.Title, c.Invalid = "Nhờ kiểm tra khoản tiền", true
	var m page.Mistakes
	m.Add("ma", "Mã hóa đơn phải có 12 ký tự, mới có 11")
	m.Add("tien", "Nhập số tiền bạn đã chuyển")
	m.Add("cach", "Chọn một cách trả")
	return askView{
		Chrome: c, Mistakes: m,
		Crumbs: []page.Link{{Text: "Trang chủ", Href: "/"}, {Text: "Hỏi và khiếu nại", Href: "/ask"}, {Text: "Nhờ kiểm tra"}},
		Notice: page.Notice{Strong: "Gửi trang này không làm bạn mất tiền.", Text: "Những gì bạn đã nhập vẫn còn đây."},
		Fields: []page.Field{
			{Name: "ma", Label: "Mã hóa đơn", Hint: "In trên phiếu thu, ví dụ HPK7 G3M9 X077", Value: "HPK7G3M9X07", Error: m.At("ma"), Code: true, MaxLength: 16},
			{Name: "tien", Label: "Số tiền đã chuyển", Hint: "Chỉ gõ số, ví dụ 1250000", Error: m.At("tien"), InputMode: "numeric", Short: true},
			{Name: "dt", Label: "Số điện thoại để trả lời", Optional: true, Value: "0900 000 318", InputMode: "tel", Autocomplete: "tel", Short: true},
			{Name: "ke", Label: "Chuyện gì đã xảy ra", Rows: 3, Value: "Chuyển hai lần </textarea>"},
		},
		Select:  page.Select{Name: "lop", Label: "Lớp", Short: true, Options: []page.Option{{Value: "3B", Text: "3B"}, {Value: "3C", Text: "3C", Selected: true}}},
		Choices: page.Choices{Name: "nhac", Legend: "Nhắc tôi", Items: []page.Choice{{Value: "3", Text: "Trước hạn 3 ngày", Checked: true}, {Value: "1", Text: "Trước hạn 1 ngày"}}},
		Radios: page.Choices{Name: "cach", Legend: "Cách trả", Hint: "Khoản thừa được trả lại", Error: m.At("cach"), One: true, Items: []page.Choice{
			{Value: "1", Text: page.HTMLf("Trả một lần, %s", vnd.Amount(1_250_000))}, {Value: "2", Text: "Trả hai lần"},
		}},
		File:  page.File{Name: "anh", Label: "Ảnh màn hình chuyển khoản", Hint: "PNG hoặc JPG, đến 5 MB", Accept: "image/png,image/jpeg"},
		Empty: page.Empty{Title: "Chưa có câu hỏi nào", Note: "Câu hỏi bạn gửi hiện ở đây cùng câu trả lời.", Next: &page.Link{Text: "Về trang chủ", Href: "/"}},
	}
}

func newDeskView() deskView {
	wall := page.Wall{Caption: "Tỷ lệ đã trả theo lớp, đợt tháng 11/2026", Corner: "Khối", Heads: []string{"A", "B", "C", "D", "E", "F", "G"}, SumHead: "Cả khối"}
	for i, paid := range [][]int64{{33, 32, 32, 33, 30, 33, 32}, {31, 31, 30, 32, 30, 32, 29}, {32, 32, 25, 31, 30, 21}, {34, 28, 20}} {
		row := page.WallRow{Name: "Khối " + string(rune('1'+i)), Cells: make([]page.WallCell, 7)}
		for j, p := range paid {
			row.Cells[j] = page.WallCell{Name: "Lớp " + string(rune('1'+i)) + string(rune('A'+j)), Href: "#lop", Paid: p, Total: 34}
			row.Sum.Paid += p
			row.Sum.Total += 34
		}
		row.Sum.Name, row.Sum.Href = row.Name, "#khoi"
		wall.Rows = append(wall.Rows, row)
	}
	return deskView{
		Chrome: page.Chrome{
			Title: "Hôm nay", Sample: true, Facility: "Trường Tiểu học Cát Vàng", User: &page.User{Name: "Nguyễn Thị Thu Hà", Role: "Kế toán"},
			Nav: page.CurrentNav([]page.NavItem{
				{Href: "/desk", Icon: "today", Text: "Hôm nay"},
				{Href: "/desk/rounds", Icon: "file", Text: "Đợt thu"},
				{Href: "/desk/suspense", Icon: "inbox", Text: "Khoản chờ xử lý", Count: 12},
				{Href: "/desk/bills", Icon: "list", Text: "Phiếu thu"},
				{Href: "/desk/cash", Icon: "cash", Text: "Quầy tiền mặt"},
				{Href: "/desk/reports", Icon: "chart", Text: "Báo cáo"},
			}, "/desk"),
			NavNote: page.HTMLf("Người thay khi vắng:<br>%s", "Trần Văn Lộc, thủ quỹ"),
			Flash:   &page.Toast{Text: "Đã ghi vào phiếu của Nguyễn Minh Khôi", Undo: "/undo"},
		},
		Live:   page.Live{Target: "todo", Version: "1"},
		Crumbs: []page.Link{{Text: "Hôm nay", Href: "/desk"}, {Text: "Tổng quan"}},
		Day:    "2026-11-23", Now: now,
		Todo: []page.Todo{
			{Count: 12, Title: "Khoản tiền về chưa biết của phiếu nào", Note: page.HTMLf("%s. 9 khoản đã có gợi ý, khoản cũ nhất chờ 2 ngày.", vnd.Amount(14_870_000)), Verb: "Xử lý", Href: "/desk/suspense", Main: true},
			{Count: 1, Title: "Sổ và ngân hàng lệch nhau ngày 21/11", Note: "Sao kê nhiều hơn sổ: có 1 dòng chưa ghi sổ.", Verb: "Xem dòng lệch", Href: "/desk/diff"},
			{Count: 0, Title: "Đề nghị hoàn tiền chờ bạn duyệt", Verb: "Xem", Href: "/desk/refunds"},
		},
		Export: page.Link{Text: "Tải bảng kê (Excel)", Href: "/desk/list.xlsx", Icon: "down"},
		Stats: []page.Stat{
			{Label: "Đã phát hành", Value: vnd.Amount(1_452_600_000), Note: "1.200 phiếu"},
			{Label: "Đã nhận", Value: vnd.Amount(1_277_040_000), State: page.Paid, Note: "1.052 phiếu, 87,7%"},
			{Label: "Còn phải thu", Value: vnd.Amount(175_560_000), State: page.Need, Note: "148 phiếu, hạn 30/11/2026"},
			{Label: "Không dùng tiền mặt", Value: page.Percent(955, 1052), Big: true, Note: "khoảng 88,9 đến 91,2%", Evidence: page.EvidenceMeasured},
		},
		WallHead:   page.Head{Title: "Từng lớp đã trả", Side: page.HTMLf(`<a class="act" href="%s">Nhắc 148 phiếu chưa trả</a>`, "/desk/remind")},
		MethodHead: page.Head{Title: "Theo cách trả"},
		Wall:       wall,
		Methods: page.Table{
			Caption: "Tiền đã nhận theo cách trả", Bare: true, Still: true,
			Columns: []page.Column{{Head: "Cách trả"}, {Head: "Lượt", Number: true}, {Head: "Số tiền", Number: true}},
			Rows: []page.Row{
				{Cells: []any{"QR", 832, vnd.Amount(1_006_750_000)}},
				{Cells: []any{"Mobile Money", 61, vnd.Amount(75_030_000)}},
				{Cells: []any{"Tiền mặt", 97, vnd.Amount(118_240_000)}},
			}, Foot: []any{"Cộng", 990, vnd.Amount(1_200_020_000)},
		},
		Paid:    page.Progress{Label: "Đã trả", Note: "1.052 trên 1.200 phiếu, 87,7%", Done: 1052, Total: 1200},
		Reading: page.Progress{Label: "Đang đọc bảng", Note: "dòng 840 trên 1.200", Done: 840, Total: 1200, Work: true},
		Tabs: page.Tabs{Label: "Lọc phiếu", Items: []page.Tab{
			{Text: "Chưa trả", Href: "?s=due", Count: 148, Current: true}, {Text: "Đã trả", Href: "?s=paid"}, {Text: "Trả một phần", Href: "?s=part"}, {Text: "Đã hủy", Href: "?s=void"},
		}},
		Bills: page.Table{
			Caption: "Phiếu chưa trả", Slips: true,
			Columns: []page.Column{{Head: "Học sinh"}, {Head: "Lớp"}, {Head: "Mã hóa đơn", Tight: true}, {Head: "Phải trả", Number: true}, {Head: "Hạn", Tight: true}, {Head: "Ghi chú", Long: true}, {Head: "Trạng thái"}},
			Rows: []page.Row{
				{Cells: []any{page.Link{Text: "Nguyễn Minh Khôi", Href: "#1"}, "3B", page.Code("HPK7G3M9X077"), vnd.Amount(1_250_000), clock.Date("2026-11-30"), "Nhắc lần cuối 20/11, phụ huynh đã xem", page.Tag{State: page.Need, Text: "Chưa trả"}}},
				{Cells: []any{page.Stacked{Value: page.Link{Text: "Trịnh Đăng Khôi", Href: "#2"}, Note: "con bà Lê Thị Xuân"}, "3B", page.Code("HPN4T8C2V0K1"), vnd.Amount(750_000), clock.Date("2026-11-30"), nil, page.Tag{State: page.Need, Text: "Trả một phần", Icon: "near"}}, Current: true},
			}, Foot: []any{"Cộng", nil, nil, vnd.Amount(2_000_000), nil, nil, nil},
		},
		Pager: page.Pager{Note: "1 đến 50 trong 148 phiếu", Prev: "?c=a", Next: "?c=b"},
		Track: page.Track{Label: "Các bước", Stages: []string{"Tải bảng lên", "Kiểm tra", "Phát hành"}, Done: 1},
		Notices: []page.Notice{
			{Strong: "Cần biết.", Text: "Quầy nghỉ chiều thứ Sáu."},
			{State: page.Need, Strong: "Cần bạn.", Text: "12 khoản chờ xử lý."},
			{State: page.Paid, Strong: "Đã nhận.", Text: page.HTMLf("%s lúc 8:12.", vnd.Amount(270_000)), Live: true},
			{State: page.Danger, Strong: "Nguy hiểm.", Text: "Mã QR này không phải của bệnh viện."},
		},
		Tags:   []page.Tag{{State: page.Paid, Text: "Đã trả"}, {State: page.Need, Text: "Chưa trả"}, {Text: "Đã hủy", Icon: "close"}, {Text: "Hết hạn"}, {State: page.Danger, Text: "Tiền bị trả ngược"}, {State: page.Sample, Text: "Dữ liệu mẫu"}},
		Grades: []page.Evidence{page.EvidenceMeasured, page.EvidenceProven, page.EvidenceDeclared, page.EvidenceNone},
		Lines: page.Lines{Caption: "Vừa nhận", Rows: []page.Line{
			{Label: "K. T. Nhàn", Note: "8:11, QR", Value: vnd.Amount(186_000)}, {Label: "B. V. Toàn", Href: "#b", Note: "8:10, Tiền mặt", Value: vnd.Amount(95_000)},
		}},
		Empty:   page.Empty{Title: "Không còn khoản nào chờ xử lý", Note: "Mọi khoản tiền đến 8:09 đã vào đúng phiếu.", Next: &page.Link{Text: "Xem khoản đã xử lý hôm nay", Href: "#done"}},
		Cancel:  page.Post{Action: "/cancel", Text: "Hủy phiếu", Class: "btn--danger", Fields: []page.Hidden{{Name: "id", Value: "bil_1"}}, Confirm: &page.Confirm{Question: "Hủy phiếu này?", Note: "Phiếu đã hủy không trả được nữa.", Yes: "Hủy phiếu", No: "Giữ lại"}},
		Publish: page.Post{Action: "/publish", Text: "Phát hành", Icon: "up", Key: "P"},
		Later:   page.Link{Text: "Để sau", Href: "?later=1", Class: "btn--quiet", Key: "S"},
	}
}
