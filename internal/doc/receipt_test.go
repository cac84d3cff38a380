package doc

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	"github.com/sen-platform/sen/internal/vnd"
)

const checkURL = "https://hocphi.langiang.example/kiem-tra/BL26-0004187?k=7f3k9x2m4p7q1c0d"

func sampleReceipt(tb testing.TB) *Receipt {
	tb.Helper()
	return &Receipt{
		Payee: Payee{
			Name: "Trường Tiểu học Cát Vàng", Address: "Số 12 đường Hoa Sen, xã Cát Vàng, tỉnh Lam Giang",
			TaxCode: "0100000017", Phone: "0200 000 0112",
		},
		Number: "BL26-0004187", Series: "CV/2026", Year: 2026,
		Payer: "Nguyễn Thị Bích Hường", BeneficiaryLabel: "Học sinh", Beneficiary: "Nguyễn Minh Khôi", Class: "lớp 3B",
		Reason: "Phiếu thu tháng 11/2026", BillCode: "HPK7G3M9X077",
		Lines: []Line{
			{"Tiền ăn bán trú", "22 ngày × 35.000 ₫", 770_000},
			{"Trả lại tiền ăn", "nghỉ 2 ngày trong tháng 10", -70_000},
			{"Chăm sóc bán trú", "", 350_000},
			{"Dạy học 2 buổi/ngày", "", 180_000},
			{"Nước uống", "", 20_000},
		},
		Received: 1_250_000, Method: "Chuyển khoản QR, từ tài khoản ••• 4471", BankRef: "FT26326000041877",
		PaidAt: at("2026-11-22 19:02"), IssuedAt: at("2026-11-22 19:03"), IssuedBy: "Sen, tự động khi ngân hàng báo có",
		CheckURL: checkURL, CheckQR: testQR(tb, checkURL),
	}
}

func receiptPDF(tb testing.TB, r *Receipt) []byte {
	tb.Helper()
	var b bytes.Buffer
	if err := WriteReceipt(&b, r); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func TestReceiptSaysEverything(t *testing.T) {
	pages := pdfText(t, receiptPDF(t, sampleReceipt(t)))
	if len(pages) != 1 {
		t.Fatalf("%d pages", len(pages))
	}
	wantTexts(t, pages[0],
		"Trường Tiểu học Cát Vàng", "Số 12 đường Hoa Sen, xã Cát Vàng, tỉnh Lam Giang", "Mã số thuế 0100000017",
		"BIÊN LAI THU TIỀN", "Số BL26-0004187", "Ký hiệu CV/2026", "Năm 2026", "Ngày 22/11/2026",
		"1.250.000 ₫", "Bằng chữ: Một triệu hai trăm năm mươi nghìn đồng.",
		"Người trả tiền Nguyễn Thị Bích Hường", "Học sinh Nguyễn Minh Khôi, lớp 3B", "Nội dung Phiếu thu tháng 11/2026",
		"Mã hóa đơn HPK7 G3M9 X077", "Cách trả Chuyển khoản QR, từ tài khoản ••• 4471", "Mã giao dịch FT26326000041877",
		"Nhận tiền lúc 19:02, 22/11/2026", "Tiền ăn bán trú 22 ngày × 35.000 ₫ 770.000 ₫", "−70.000 ₫",
		"Tổng cộng phiếu thu 1.250.000 ₫", checkURL, "Người lập: Sen, tự động khi ngân hàng báo có. Lập lúc 19:03, 22/11/2026.")
	for _, not := range []string{"BẢN SAO", "DỮ LIỆU MẪU", "ĐÃ HỦY", "ĐÃ ĐẢO", "Còn phải trả", "ký, ghi rõ họ tên"} {
		if strings.Contains(pages[0], not) {
			t.Errorf("a plain original says %q", not)
		}
	}
}

func TestReceiptMarks(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*Receipt)
		want   []string
	}{
		{"sample", func(r *Receipt) { r.Sample = true }, []string{"DỮ LIỆU MẪU"}},
		{"copy", func(r *Receipt) { r.Copy = 3 }, []string{"BẢN SAO số 3"}},
		{"cancelled", func(r *Receipt) { r.State = ReceiptCancelled }, []string{"ĐÃ HỦY", "Biên lai này đã hủy, không còn giá trị."}},
		{
			"reversed", func(r *Receipt) { r.State, r.StateNote = ReceiptReversed, "Ngân hàng đòi lại ngày 24/11/2026." },
			[]string{"ĐÃ ĐẢO", "Ngân hàng đòi lại ngày 24/11/2026."},
		},
		{
			"cash", func(r *Receipt) { r.Sign, r.Method, r.BankRef = true, "Tiền mặt", "" },
			[]string{"Cách trả Tiền mặt", "(ký, ghi rõ họ tên)", "Người thu tiền"},
		},
		{
			"part payment", func(r *Receipt) { r.PaidBefore, r.Received = 200_000, 300_000 },
			[]string{"Bằng chữ: Ba trăm nghìn đồng.", "Đã trả trước 200.000 ₫", "Trả lần này 300.000 ₫", "Còn phải trả 750.000 ₫"},
		},
		{
			"overpaid", func(r *Receipt) { r.Received, r.Credit = 1_300_000, 50_000 },
			[]string{"1.300.000 ₫", "Trả thừa, giữ lại cho phiếu sau 50.000 ₫", "Còn phải trả 0 ₫"},
		},
		{"no bill", func(r *Receipt) { r.Lines, r.BillCode = nil, "" }, []string{"1.250.000 ₫"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := sampleReceipt(t)
			c.change(r)
			wantTexts(t, pdfText(t, receiptPDF(t, r))[0], c.want...)
		})
	}
}

// Names as long as they come, amounts as large as they come: everything stays on the paper.
func TestReceiptLongTexts(t *testing.T) {
	r := sampleReceipt(t)
	r.Payee.Name = "Trung tâm Y tế khu vực Nguyễn Trường Tộ và Phòng khám Đa khoa số 2 tỉnh Lam Giang"
	r.Payer = "Công Tằng Tôn Nữ Nguyễn Phước Bảo Quỳnh Anh Thư Thị Hương Giang Kim Phượng"
	r.BankRef = strings.Repeat("FT26326000041877", 6)
	r.Received, r.Lines = vnd.MaxBill, []Line{{strings.Repeat("viện phí ", 40), "sau khi quỹ bảo hiểm y tế chi trả", vnd.MaxBill}}
	page := pdfText(t, receiptPDF(t, r))[0]
	wantTexts(t, page, "9.999.999.999.999 ₫", "Lam Giang", "Kim Phượng")
	if got := strings.Count(page, "viện phí"); got != 40 {
		t.Errorf("%d of 40 words of a long line are printed", got)
	}
	if got := strings.Count(strings.ReplaceAll(page, " ", ""), "FT26326000041877"); got < 3 {
		t.Errorf("a long reference is cut: %s", page)
	}
}

func TestReceiptManyLines(t *testing.T) {
	r := sampleReceipt(t)
	r.Lines = nil
	for i := range 60 {
		r.Lines = append(r.Lines, Line{"Khoản thu số " + groupDigits(string(rune('0'+i/10))+string(rune('0'+i%10))), "", 10_000})
	}
	r.Received = 600_000
	pages := pdfText(t, receiptPDF(t, r))
	if len(pages) < 2 {
		t.Fatalf("60 lines on %d page", len(pages))
	}
	all := strings.Join(pages, " ")
	if got := strings.Count(all, "Khoản thu số"); got != 60 {
		t.Errorf("%d of 60 lines are printed", got)
	}
	for i, page := range pages {
		wantTexts(t, page, "Biên lai BL26-0004187, trang "+string(rune('1'+i))+"/"+string(rune('0'+len(pages))))
	}
	wantTexts(t, pages[len(pages)-1], "Tổng cộng phiếu thu 600.000 ₫", checkURL)

	r.Lines, r.Received = r.Lines[:16], 160_000
	if n := len(pdfText(t, receiptPDF(t, r))); n != 1 {
		t.Errorf("16 lines need %d pages", n)
	}
}

func TestReceiptQRScans(t *testing.T) {
	if got := scan(t, receiptPDF(t, sampleReceipt(t))); !slices.Equal(got, []string{checkURL}) {
		t.Errorf("scanned %q", got)
	}
}

func TestReceiptIsSmallAndTheSameEveryTime(t *testing.T) {
	r := sampleReceipt(t)
	a, b := receiptPDF(t, r), receiptPDF(t, r)
	if !bytes.Equal(a, b) {
		t.Error("equal receipts, different bytes")
	}
	if len(a) > 40_000 {
		t.Errorf("%d bytes", len(a))
	}
	r.IssuedAt = r.IssuedAt.UTC() // the zone of the input changes nothing
	if !bytes.Equal(a, receiptPDF(t, r)) {
		t.Error("the same instant in another zone, different bytes")
	}
}

// Decomposed letters, which imports bring, are printed composed; letters the fonts lack do
// not break the page.
func TestReceiptText(t *testing.T) {
	r := sampleReceipt(t)
	r.Payer = norm.NFD.String("Nguyễn Thị Bích Hường")
	r.Beneficiary = "Kpă H\u2019Lưĕh \u200bĐỗ \U0001f600 李\xff"
	page := pdfText(t, receiptPDF(t, r))[0]
	wantTexts(t, page, "Nguyễn Thị Bích Hường", "Kpă H’Lưĕh Đỗ")
	if strings.ContainsAny(page, "李\U0001f600\u200b") {
		t.Error("characters the fonts lack are in the text")
	}
}

func TestReceiptRefusesContradictions(t *testing.T) {
	for name, change := range map[string]func(*Receipt){
		"nothing received":         func(r *Receipt) { r.Received = 0 },
		"negative":                 func(r *Receipt) { r.Received = -5 },
		"more than the bill":       func(r *Receipt) { r.PaidBefore = 1 },
		"credit above the payment": func(r *Receipt) { r.Credit = r.Received + 1 },
		"sum overflows":            func(r *Receipt) { r.Lines = []Line{{"a", "", 1 << 62}, {"b", "", 1 << 62}} },
		"no number":                func(r *Receipt) { r.Number = "" },
		"no time":                  func(r *Receipt) { r.IssuedAt = time.Time{} },
	} {
		t.Run(name, func(t *testing.T) {
			r := sampleReceipt(t)
			change(r)
			var b bytes.Buffer
			if err := WriteReceipt(&b, r); err == nil || b.Len() > 0 {
				t.Errorf("err %v, %d bytes", err, b.Len())
			}
		})
	}
}
