package doc

import (
	"time"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/vnd"
)

const (
	noticeHalf  = 148.5 // half the height of A4
	noticeLeft  = 12.0
	noticeRight = 198.0
	noticeQR    = 52.0 // with its quiet zone; the code itself is about 45 mm (ui: Print)
	noticeCol   = 60.0 // the right column
	noticeGap   = 7.0
	noticeMain  = noticeRight - noticeLeft - noticeCol - noticeGap
	linkQR      = 23.0
)

func day(t time.Time) string { return clock.DateOf(t).VN() }

// noticeSheet draws one notice on the half or whole page that begins at top.
type noticeSheet struct {
	*pen
	*Notice
	due         vnd.Amount
	sample      bool
	dense       bool    // lines in small type, so that they fit half a page
	top, bottom float64 // of the half or whole page
	y           float64
}

// cutLine marks where to cut the sheet.
func (p *pen) cutLine(y float64) {
	p.pdf.SetDashPattern([]float64{1.5, 1.5}, 0)
	p.rule(4, 206, y, 0.15, soft)
	p.pdf.SetDashPattern(nil, 0)
}

func (s *noticeSheet) table() moneyTable {
	text := style{pt: 9}
	if s.dense {
		text.pt = 7.5
	}
	return moneyTable{pen: s.pen, left: noticeLeft, right: noticeLeft + noticeMain, text: text}
}

// contentHeight is what the notice needs; a half page has noticeHalf.
func (s *noticeSheet) contentHeight() float64 { return max(s.mainHeight(), s.columnHeight()) }

// mainHeight is what the left column and the foot need.
func (s *noticeSheet) mainHeight() float64 {
	t := s.table()
	h := 8 + s.headHeight() + t.headHeight() + s.footHeight() + 8
	for _, l := range s.Lines {
		h += t.rowHeight(l)
	}
	sums := 1
	if s.PaidBefore > 0 {
		sums = 3
	}
	words := wrap(style{pt: 9}, s.words(), noticeMain)
	return h + float64(sums)*(t.text.lineHeight()+2*t.pad()) + float64(len(words))*style{pt: 9}.lineHeight() + 4
}

func (s *noticeSheet) words() string { return "Bằng chữ: " + s.due.Words() + "." }

func (s *noticeSheet) who() string {
	label := s.BeneficiaryLabel
	if label == "" {
		label = "Thu cho"
	}
	who := s.Beneficiary
	if s.Class != "" {
		if who != "" {
			who += ", "
		}
		who += s.Class
	}
	return label + ": " + who
}

var (
	noticeName  = style{pt: 9.5, bold: true}
	noticeTitle = style{pt: 15, bold: true}
	noticeWho   = style{pt: 11, bold: true}
	noticeSmall = style{pt: 8, color: soft}
	noticeBig   = style{pt: 19, bold: true}
)

// headHeight measures what head draws.
func (s *noticeSheet) headHeight() float64 {
	h := float64(len(wrap(noticeName, s.Payee.Name, noticeMain)))*noticeName.lineHeight() +
		float64(len(wrap(noticeSmall, s.Payee.Address, noticeMain)))*noticeSmall.lineHeight() +
		float64(len(wrap(noticeTitle, s.Title, noticeMain)))*noticeTitle.lineHeight() +
		float64(len(wrap(noticeWho, s.who(), noticeMain)))*noticeWho.lineHeight() + 5
	if s.Payer != "" {
		h += style{pt: 9}.lineHeight()
	}
	return h
}

func (s *noticeSheet) draw() {
	s.fill(noticeLeft, s.top+7, noticeRight-noticeLeft, 0.9, need)
	s.y = s.top + 10
	s.column()
	s.head()
	s.lines()
	s.foot()
}

func (s *noticeSheet) head() {
	s.y = s.para(noticeName, noticeLeft, s.y, noticeMain, s.Payee.Name)
	s.y = s.para(noticeSmall, noticeLeft, s.y, noticeMain, s.Payee.Address) + 1.5
	s.y = s.para(noticeTitle, noticeLeft, s.y, noticeMain, s.Title)
	s.y = s.para(noticeWho, noticeLeft, s.y, noticeMain, s.who())
	if s.Payer != "" {
		s.y = s.para(style{pt: 9}, noticeLeft, s.y, noticeMain, "Người trả tiền: "+s.Payer)
	}
	s.y += 2
}

func (s *noticeSheet) lines() {
	t := s.table()
	s.y = t.head(s.y)
	limit := s.bottom - s.footHeight() - 28 // below it stand the sums and the foot
	for _, l := range s.Lines {
		if s.y+t.rowHeight(l) > limit && s.bottom-s.top > noticeHalf {
			s.pdf.AddPage()
			s.text(noticeSmall, noticeLeft, 10, s.Title+", "+s.who()+" (tiếp)")
			s.y = t.head(16)
		}
		s.y = t.row(s.y, l)
	}
	if s.PaidBefore > 0 {
		s.y = t.total(s.y, "Tổng cộng", s.due+s.PaidBefore, false)
		s.y = t.total(s.y, "Đã trả trước", s.PaidBefore, false)
		s.y = t.total(s.y, "Còn phải trả", s.due, true)
	} else {
		s.y = t.total(s.y, "Tổng cộng", s.due, true)
	}
	s.y = s.para(style{pt: 9}, noticeLeft, s.y+0.5, noticeMain, s.words())
}

// column draws the right side: how much, until when, the code to scan, what to type.
func (s *noticeSheet) column() {
	x, y := noticeRight-noticeCol, s.top+10
	if s.sample {
		y = s.badge(noticeRight, y, "DỮ LIỆU MẪU", need) + 1
	}
	figures := noticeBig
	for figures.pt > 11 && figures.width(printable(s.due.String())) > noticeCol {
		figures.pt--
	}
	s.text(figures, x, y, s.due.String())
	y += figures.lineHeight()
	if s.Due != "" {
		s.text(style{pt: 10, bold: true, color: need}, x, y, "Trả trước hết ngày "+s.Due.VN())
		y += style{pt: 10}.lineHeight() + 0.5
	}
	s.qr(s.QR, x+(noticeCol-noticeQR)/2, y, noticeQR)
	y += noticeQR
	s.center(noticeSmall, x+noticeCol/2, y-2.5, "Quét bằng ứng dụng ngân hàng")
	y += 2
	s.typed(x, y)
}

var typedLabel, typedValue = style{pt: 8, color: soft}, style{pt: 9, bold: true}

const typedIndent = 19.0

// typedRows is what a payer without a camera types.
func (s *noticeSheet) typedRows() [][2]string {
	memo := s.Memo
	if memo == "" {
		memo = s.BillCode
	}
	if memo == s.BillCode {
		memo = groupCode(memo)
	}
	return [][2]string{
		{"Ngân hàng", s.Account.Bank},
		{"Số tài khoản", groupDigits(s.Account.Number)},
		{"Người nhận", s.Account.Holder},
		{"Nội dung", memo},
	}
}

func (s *noticeSheet) typed(x, y float64) {
	for _, row := range s.typedRows() {
		if row[1] != "" {
			s.text(typedLabel, x, y+0.3, row[0])
			y = s.para(typedValue, x+typedIndent, y, noticeCol-typedIndent, row[1]) + 0.3
		}
	}
}

// columnHeight is what column draws, the margin below included.
func (s *noticeSheet) columnHeight() float64 {
	h := 10 + 7 + noticeBig.lineHeight() + 6 + noticeQR + 2 + 8
	for _, row := range s.typedRows() {
		h += float64(len(wrap(typedValue, row[1], noticeCol-typedIndent)))*typedValue.lineHeight() + 0.3
	}
	return h
}

func (s *noticeSheet) footTexts() (head, help, link, safety string) {
	head = "Mã hóa đơn " + groupCode(s.BillCode)
	if s.NoFee {
		head += ". Không mất phí, 0" + nbsp + "₫"
	}
	if c := s.Contact.sentence(); c != "" {
		help = "Cần giúp? " + c + "."
	}
	if s.Link != "" {
		link = "Xem phiếu, cách trả khác và biên lai: " + s.Link
	}
	safety = "Kiểm tra tên người nhận trước khi xác nhận. Không ai của đơn vị xin mã OTP, mật khẩu hay số thẻ."
	return head, help, link, safety
}

func (s *noticeSheet) footWidth() float64 {
	w := noticeMain
	if s.LinkQR != nil {
		w -= linkQR + 2
	}
	return w
}

func (s *noticeSheet) footHeight() float64 {
	head, help, link, safety := s.footTexts()
	w, h := s.footWidth(), 2.0
	h += float64(len(wrap(style{pt: 9, bold: true}, head, w))) * style{pt: 9}.lineHeight()
	for _, t := range []string{help, link, safety} {
		h += float64(len(wrap(noticeSmall, t, w))) * noticeSmall.lineHeight()
	}
	if s.LinkQR != nil {
		h = max(h, linkQR+1)
	}
	return h
}

// foot stands at the bottom of a half page, and below the lines of a whole one.
func (s *noticeSheet) foot() {
	head, help, link, safety := s.footTexts()
	x, w := noticeLeft, s.footWidth()
	y := s.y + 3
	if s.bottom-s.top <= noticeHalf {
		y = s.bottom - 8 - s.footHeight()
	}
	s.rule(noticeLeft, noticeLeft+noticeMain, y, 0.2, line)
	y++
	if s.LinkQR != nil {
		s.qr(s.LinkQR, x-1.5, y, linkQR)
		x += linkQR + 2
	}
	y = s.para(style{pt: 9, bold: true}, x, y, w, head)
	for _, t := range []string{help, link, safety} {
		y = s.para(noticeSmall, x, y, w, t)
	}
}
