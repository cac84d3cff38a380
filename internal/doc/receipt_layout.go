package doc

import (
	"strconv"
	"time"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/vnd"
)

const (
	a5Width, a5Height = 148.0, 210.0
	receiptLeft       = 12.0
	receiptRight      = a5Width - 12
	receiptBottom     = a5Height - 10
	receiptQR         = 31.0 // with its quiet zone
	denseFrom         = 12   // lines; from here on the table is set smaller
)

// receiptSheet is one receipt being drawn; y is the next free height of the page.
type receiptSheet struct {
	*pen
	*Receipt
	rest  vnd.Amount
	y     float64
	pages int
	qrEnd float64 // below it the page is free over its whole width
}

func (s *receiptSheet) edge() rgb {
	if s.State != ReceiptValid {
		return danger
	}
	return paid
}

func (s *receiptSheet) drawAll() {
	s.addPage()
	s.head()
	s.title()
	s.amount()
	s.pairs()
	s.table()
	s.foot()
	if s.pages > 1 {
		for n := 1; n <= s.pages; n++ {
			s.pdf.SetPage(n)
			s.right(style{pt: 7.5, color: soft}, receiptRight, a5Height-8.5,
				"Biên lai "+s.Number+", trang "+strconv.Itoa(n)+"/"+strconv.Itoa(s.pages))
		}
	}
}

func (s *receiptSheet) addPage() {
	s.pdf.AddPage()
	s.pages++
	s.fill(receiptLeft, 8, receiptRight-receiptLeft, 1.2, s.edge())
	s.y = 12
}

// room starts a page when h mm do not fit on this one.
func (s *receiptSheet) room(h float64) (broke bool) {
	if s.y+h <= receiptBottom {
		return false
	}
	s.addPage()
	return true
}

func (s *receiptSheet) head() {
	small := style{pt: 8, color: soft}
	y := s.para(style{pt: 10.5, bold: true}, receiptLeft, s.y, 86, s.Payee.Name)
	y = s.para(small, receiptLeft, y, 86, s.Payee.Address)
	ids := ""
	if s.Payee.TaxCode != "" {
		ids = "Mã số thuế " + s.Payee.TaxCode
	}
	if s.Payee.Phone != "" {
		if ids != "" {
			ids += ", điện thoại "
		} else {
			ids = "Điện thoại "
		}
		ids += s.Payee.Phone
	}
	y = s.para(small, receiptLeft, y, 86, ids)

	by := s.y + 0.8
	if s.Sample {
		by = s.badge(receiptRight, by, "DỮ LIỆU MẪU", need) + 1.5
	}
	if s.State != ReceiptValid {
		by = s.badge(receiptRight, by, s.voidWord(), danger) + 1.5
	}
	if s.Copy > 0 {
		by = s.badge(receiptRight, by, "BẢN SAO số "+strconv.Itoa(s.Copy), ink) + 1.5
	}
	s.y = max(y, by) + 3
}

func (s *receiptSheet) title() {
	big := style{pt: 17, bold: true}
	s.text(big, receiptLeft, s.y, "BIÊN LAI THU TIỀN")
	s.y += big.lineHeight()
	small := style{pt: 9}
	x := receiptLeft
	put := func(label, value string) {
		if value == "" {
			return
		}
		s.text(style{pt: 9, color: soft}, x, s.y, label)
		x += small.width(label + " ")
		bold := style{pt: 9, bold: true}
		s.text(bold, x, s.y, value)
		x += bold.width(printable(value)) + 5
	}
	put("Số", s.Number)
	put("Ký hiệu", s.Series)
	if s.Year > 0 {
		put("Năm", strconv.Itoa(s.Year))
	}
	put("Ngày", clock.DateOf(s.IssuedAt).VN())
	s.y += small.lineHeight() + 2
}

// width is the room for text at the present height: the whole page, or what the QR leaves.
func (s *receiptSheet) width() float64 {
	if s.y < s.qrEnd {
		return receiptRight - receiptLeft - receiptQR - 4
	}
	return receiptRight - receiptLeft
}

func (s *receiptSheet) amount() {
	if s.CheckQR != nil {
		x := receiptRight - receiptQR
		s.qr(s.CheckQR, x, s.y, receiptQR)
		s.center(style{pt: 7.5, color: soft}, x+receiptQR/2, s.y+receiptQR-1.5, "Quét để kiểm tra biên lai")
		s.pdf.LinkString(x, s.y, receiptQR, receiptQR, s.CheckURL)
		s.qrEnd = s.y + receiptQR + 2.5
	}
	top := s.y
	s.y += 2
	label := style{pt: 9, color: soft}
	s.text(label, receiptLeft, s.y, "Số tiền đã nhận")
	s.y += label.lineHeight() - 0.5
	figures := style{pt: 23, bold: true}
	for figures.pt > 12 && figures.width(printable(s.Received.String())) > s.width() {
		figures.pt--
	}
	s.text(figures, receiptLeft, s.y, s.Received.String())
	s.y += figures.lineHeight()
	s.y = s.para(style{pt: 9.5}, receiptLeft, s.y, s.width(), "Bằng chữ: "+s.Received.Words()+".")
	if s.State != ReceiptValid {
		s.void(top)
	}
	s.y += 2.5
}

func (s *receiptSheet) voidWord() string {
	if s.State == ReceiptReversed {
		return "ĐÃ ĐẢO"
	}
	return "ĐÃ HỦY"
}

// void stamps a receipt that proves nothing any more and says so in words too.
func (s *receiptSheet) void(top float64) {
	note := "Biên lai này đã hủy, không còn giá trị."
	if s.State == ReceiptReversed {
		note = "Khoản thu này đã đảo, biên lai không còn giá trị."
	}
	if s.StateNote != "" {
		note += " " + s.StateNote
	}
	s.stamp(receiptLeft+67, top+9, 24, s.voidWord(), danger)
	s.y = s.para(style{pt: 9, bold: true, color: danger}, receiptLeft, s.y+1, s.width(), note)
}

func (s *receiptSheet) pairs() {
	who := s.BeneficiaryLabel
	if who == "" {
		who = "Thu cho"
	}
	name := s.Beneficiary
	if s.Class != "" && name != "" {
		name += ", "
	}
	name += s.Class
	s.rule(receiptLeft, receiptLeft+s.width(), s.y, 0.2, line)
	s.y += 1.5
	s.pair("Người trả tiền", s.Payer, false)
	s.pair(who, name, true)
	s.pair("Nội dung", s.Reason, false)
	s.pair("Mã hóa đơn", groupCode(s.BillCode), true)
	s.pair("Cách trả", s.Method, false)
	s.pair("Mã giao dịch", s.BankRef, false)
	s.pair("Nhận tiền lúc", hourAndDay(s.PaidAt), false)
	s.y = max(s.y, s.qrEnd) + 2
}

func (s *receiptSheet) pair(label, value string, bold bool) {
	if value == "" {
		return
	}
	s.text(style{pt: 9, color: soft}, receiptLeft, s.y, label)
	s.y = s.para(style{pt: 9, bold: bold}, receiptLeft+28, s.y, s.width()-28, value) + 0.5
}

// hourAndDay writes an instant as the screens do: "19:02, 22/11/2026".
func hourAndDay(t time.Time) string { return t.In(clock.VN).Format("15:04, 02/01/2006") }

func (s *receiptSheet) table() {
	if len(s.Lines) == 0 {
		return
	}
	text := style{pt: 9}
	if len(s.Lines) >= denseFrom {
		text.pt = 7.5
	}
	t := moneyTable{pen: s.pen, left: receiptLeft, right: receiptRight, text: text}
	s.room(t.headHeight() + 2*text.lineHeight())
	s.y = t.head(s.y)
	for _, l := range s.Lines {
		if s.room(t.rowHeight(l)) {
			s.y = t.head(s.y)
		}
		s.y = t.row(s.y, l)
	}
	total, _ := sumLines(s.Lines) // Remaining has proved that it does not overflow
	s.room(5 * text.lineHeight())
	s.y = t.total(s.y, "Tổng cộng phiếu thu", total, true)
	if s.rest > 0 || s.PaidBefore > 0 || s.Credit > 0 {
		if s.PaidBefore > 0 {
			s.y = t.total(s.y, "Đã trả trước", s.PaidBefore, false)
		}
		s.y = t.total(s.y, "Trả lần này", s.Received, false)
		if s.Credit > 0 {
			s.y = t.total(s.y, "Trả thừa, giữ lại cho phiếu sau", s.Credit, false)
		}
		s.y = t.total(s.y, "Còn phải trả", s.rest, true)
	}
	s.y += 2.5
}

func (s *receiptSheet) foot() {
	small := style{pt: 8, color: soft}
	w := receiptRight - receiptLeft
	check, issued := "", "Lập lúc "+hourAndDay(s.IssuedAt)
	if s.CheckURL != "" {
		check = "Kiểm tra biên lai tại " + s.CheckURL
	}
	if s.IssuedBy != "" {
		issued = "Người lập: " + s.IssuedBy + ". " + issued
	}
	h := float64(len(wrap(small, check, w))+len(wrap(small, issued+".", w))) * small.lineHeight()
	if s.Sign {
		h += signatureHeight
	}
	s.room(h)
	if s.Sign {
		s.signatures()
	}
	s.y = s.para(small, receiptLeft, s.y, w, check)
	s.y = s.para(small, receiptLeft, s.y, w, issued+".")
}

const signatureHeight = 25.0

func (s *receiptSheet) signatures() {
	bold, small := style{pt: 9, bold: true}, style{pt: 8, color: soft}
	quarter := (receiptRight - receiptLeft) / 4
	for i, who := range []string{"Người trả tiền", "Người thu tiền"} {
		x := receiptLeft + quarter*float64(1+2*i)
		s.center(bold, x, s.y, who)
		s.center(small, x, s.y+bold.lineHeight(), "(ký, ghi rõ họ tên)")
	}
	s.y += signatureHeight
}
