package doc

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"
)

// PosterAccount is one receiving account on a poster with its static VietQR: the code holds
// the account, the payer enters amount and bill code.
type PosterAccount struct {
	Account
	QR Matrix
}

// Poster is an A4 sheet for the wall (P1): scan, type amount and bill code, confirm.
type Poster struct {
	Payee    Payee
	Accounts []PosterAccount // one to four, the first is the one to prefer
	Contact  Contact         // who helps (P8)
	LookUp   string          // address where a payer finds the bill code; may be empty
	NoFee    bool            // the payer is charged nothing
	Sample   bool
	MadeAt   time.Time // stamps the file and is printed, so that an old poster is recognised
}

// MaxPosterAccounts is how many accounts one sheet holds at a size telephones read from a metre.
const MaxPosterAccounts = 4

// WritePoster writes p as a one-page PDF, A4 portrait.
func WritePoster(w io.Writer, p *Poster) error {
	if p.Payee.Name == "" || p.MadeAt.IsZero() {
		return errors.New("doc: a poster needs the facility's name and the time it is made")
	}
	if n := len(p.Accounts); n < 1 || n > MaxPosterAccounts {
		return fmt.Errorf("doc: a poster holds 1 to %d accounts, not %d", MaxPosterAccounts, n)
	}
	for _, a := range p.Accounts {
		if a.QR == nil || a.Number == "" || a.Holder == "" {
			return errors.New("doc: every account of a poster needs QR, number and holder")
		}
	}
	for _, scale := range []float64{1, 0.93, 0.86, 0.8, 0.74, 0.68} {
		s := &posterSheet{
			Poster: p, scale: scale,
			pen: newPen(210, 297, "Mã QR của "+p.Payee.Name, p.Payee.Name, p.MadeAt),
		}
		if s.drawAll(); s.y <= posterBottom {
			return s.finish(w)
		}
	}
	return errors.New("doc: the poster's texts are too long for one page")
}

const (
	posterLeft, posterRight = 16.0, 194.0
	posterWidth             = posterRight - posterLeft
	posterBottom            = 288.0
)

// posterSheet is one try at a poster. Long names are met by scaling everything below them.
type posterSheet struct {
	*pen
	*Poster
	scale float64
	y     float64
}

func (s *posterSheet) sized(pt float64, bold bool, c rgb) style {
	return style{pt: pt * s.scale, bold: bold, color: c}
}

func (s *posterSheet) drawAll() {
	s.pdf.AddPage()
	s.head()
	switch len(s.Accounts) {
	case 1:
		s.one()
	case 2:
		s.two()
	default:
		s.grid()
	}
	s.steps()
	s.foot()
}

func (s *posterSheet) head() {
	s.fill(posterLeft, 12, posterWidth, 2, sen)
	s.y = 18
	w := posterWidth
	if s.Sample {
		s.badge(posterRight, s.y+1, "DỮ LIỆU MẪU", need)
		w -= 38
	}
	s.y = s.para(s.sized(15, true, ink), posterLeft, s.y, w, s.Payee.Name)
	s.y = s.para(s.sized(10, false, soft), posterLeft, s.y, w, s.Payee.Address) + 1
	title := s.sized(36, true, ink)
	s.text(title, posterLeft, s.y, "Quét mã để trả tiền")
	s.y += title.lineHeight() + 1
}

// one gives a single account the largest code, its particulars at the right.
func (s *posterSheet) one() {
	a, side := s.Accounts[0], 122*s.scale
	s.framedQR(a.QR, posterLeft, s.y, side)
	x := posterLeft + side + 8
	s.y = max(s.y+side, s.account(a.Account, x, s.y+14*s.scale, posterRight-x, 1)) + 6
}

// two sets the codes side by side.
func (s *posterSheet) two() {
	side := 84 * s.scale
	gap := posterWidth - 2*side
	end := s.y
	for i, a := range s.Accounts {
		x := posterLeft + float64(i)*(side+gap)
		s.framedQR(a.QR, x, s.y, side)
		end = max(end, s.account(a.Account, x, s.y+side+3, side, 0.8))
	}
	s.y = end + 5
}

// grid sets three or four codes in two columns, particulars at the right of each.
func (s *posterSheet) grid() {
	side, col := 57*s.scale, posterWidth/2
	end := s.y
	for i, a := range s.Accounts {
		if i%2 == 0 && i > 0 {
			s.y = end + 7*s.scale
		}
		x := posterLeft + float64(i%2)*col
		s.framedQR(a.QR, x, s.y, side)
		end = max(end, s.y+side, s.account(a.Account, x+side+3, s.y+1, col-side-6, 0.52))
	}
	s.y = end + 7*s.scale
}

func (s *posterSheet) framedQR(m Matrix, x, y, side float64) {
	s.qr(m, x, y, side)
	s.box(x, y, side, side, 0.5, sen)
}

func (s *posterSheet) account(a Account, x, y, w, size float64) float64 {
	label := s.sized(max(11*size, 8), false, soft)
	value := s.sized(18*size, true, ink)
	number := s.sized(22*size, true, ink)
	for number.pt > 8 && number.width(printable(groupDigits(a.Number))) > w {
		number.pt -= 0.5
	}
	y = s.para(label, x, y, w, "Ngân hàng")
	y = s.para(value, x, y, w, a.Bank) + 3*size
	y = s.para(label, x, y, w, "Số tài khoản")
	y = s.para(number, x, y, w, groupDigits(a.Number)) + 3*size
	y = s.para(label, x, y, w, "Người nhận")
	return s.para(value, x, y, w, a.Holder)
}

func (s *posterSheet) steps() {
	texts := []string{
		"Mở ứng dụng ngân hàng, chọn Quét mã, đưa máy vào mã trên tờ này.",
		"Nhập số tiền. Ô nội dung ghi mã hóa đơn: 12 ký tự in trên phiếu thu.",
		"Thấy đúng tên người nhận in trên tờ này thì xác nhận. Ngân hàng báo tiền về là có biên lai.",
	}
	col, gap := (posterWidth-16)/3, 8.0
	number, text := s.sized(34, true, sen), s.sized(13, false, ink)
	s.rule(posterLeft, posterRight, s.y, 0.3, line)
	s.y += 2
	end := s.y
	for i, t := range texts {
		x := posterLeft + float64(i)*(col+gap)
		s.text(number, x, s.y, strconv.Itoa(i+1))
		end = max(end, s.para(text, x+10, s.y+2, col-10, t))
	}
	s.y = end + 5
}

func (s *posterSheet) foot() {
	bold, text, small := s.sized(13, true, danger), s.sized(12, false, ink), s.sized(10, false, soft)
	warning := "Tên hiện trên máy khác tên người nhận ở đây, hoặc mã bị dán đè: đừng chuyển tiền, báo ngay cho người bên dưới. " +
		"Không ai của đơn vị xin mã OTP, mật khẩu hay số thẻ của bạn."
	w := posterWidth - 10
	h := bold.lineHeight() + float64(len(wrap(text, warning, w)))*text.lineHeight() + 6
	s.box(posterLeft, s.y, posterWidth, h, 0.5, danger)
	y := s.para(bold, posterLeft+5, s.y+3, w, "Kiểm tra trước khi trả")
	s.para(text, posterLeft+5, y, w, warning)
	s.y += h + 4
	if help := s.Contact.sentence(); help != "" {
		s.y = s.para(s.sized(13, true, ink), posterLeft, s.y, posterWidth, "Cần giúp? "+help)
	}
	if s.LookUp != "" {
		s.y = s.para(text, posterLeft, s.y, posterWidth, "Chưa có mã hóa đơn? Tìm tại "+s.LookUp)
	}
	fee := ""
	if s.NoFee {
		fee = ", không mất phí"
	}
	s.y = s.para(small, posterLeft, s.y+1, posterWidth, "Tiền vào thẳng tài khoản của đơn vị"+fee+". In ngày "+day(s.MadeAt)+".")
}
