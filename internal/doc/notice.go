package doc

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/vnd"
)

// Notice is one printed notice of a bill (thông báo thu) with everything needed to pay it
// without asking anybody: unified payment information (P6), VietQR, what to type by hand,
// a link for those who have a browser, and a person to call (P8).
type Notice struct {
	Payee            Payee
	Title            string // Thông báo thu tháng 11/2026
	Payer            string // may be empty
	BeneficiaryLabel string // "Học sinh", "Người bệnh"; "Thu cho" when empty
	Beneficiary      string
	Class            string // "lớp 3B"
	BillCode         string // 12 characters without spaces
	Lines            []Line
	PaidBefore       vnd.Amount // already paid, if part of the bill was
	Due              clock.Date // may be empty
	Account          Account
	Memo             string // what to write in the transfer; the bill code as a rule
	QR               Matrix // VietQR of the amount still to pay
	Link             string // the payer's page; may be empty
	LinkQR           Matrix // the same as QR; may be nil
	Contact          Contact
	NoFee            bool // the payer is charged nothing: "Không mất phí, 0 ₫"
}

// ToPay is the sum of the lines less what was paid before; an error when that is not positive.
func (n *Notice) ToPay() (vnd.Amount, error) {
	sum, err := sumLines(n.Lines)
	if err == nil {
		sum, err = sum.Sub(n.PaidBefore)
	}
	if err != nil {
		return 0, fmt.Errorf("doc: notice %s: %w", n.BillCode, err)
	}
	if sum <= 0 {
		return 0, fmt.Errorf("doc: notice %s: nothing to pay (%d)", n.BillCode, sum)
	}
	return sum, nil
}

// NoticeOptions are what all notices of one file share.
type NoticeOptions struct {
	Title        string    // of the file: Thông báo thu tháng 11/2026, khối 3
	MadeAt       time.Time // stamps the file
	Sample       bool      // DỮ LIỆU MẪU on every notice
	PageByClass  bool      // a new sheet where the class changes, so that each teacher gets a stack
	OnePerPage   bool      // a whole A4 page for each
	HideCutLines bool
}

// NoticeWriter makes one PDF of many notices, two to an A4 page, each the size of A5; a
// notice whose lines do not fit a half gets a page of its own. Call Add for each and Close at
// the end. It is not safe for concurrent use.
//
// The PDF writer keeps every page until Close. Measured on 2 cores for a notice of five lines
// (BenchmarkNotices, TestNoticeMemory): 24 kB of memory, 0.7 ms, 3 kB of file. So 1,000 notices
// need 24 MB and 0.7 s, 2,000 twice that; larger rounds are better split by class or grade,
// which is how they are handed out anyway.
type NoticeWriter struct {
	out   io.Writer
	opts  NoticeOptions
	pen   *pen
	half  bool   // the upper half of the page is used, the lower free
	class string // of the last notice
	count int
}

// NewNoticeWriter starts a file that Close writes to w.
func NewNoticeWriter(w io.Writer, opts NoticeOptions) (*NoticeWriter, error) {
	if opts.MadeAt.IsZero() {
		return nil, errors.New("doc: notices need the time they are made")
	}
	return &NoticeWriter{out: w, opts: opts, pen: newPen(210, 297, opts.Title, "", opts.MadeAt)}, nil
}

// Add draws one notice. An error is about this notice only; the file stays usable.
func (w *NoticeWriter) Add(n *Notice) error {
	due, err := n.ToPay()
	if err != nil {
		return err
	}
	if n.Payee.Name == "" || n.BillCode == "" || n.QR == nil || n.Account.Number == "" {
		return fmt.Errorf("doc: notice %s needs payee, bill code, account and QR", n.BillCode)
	}
	s := &noticeSheet{pen: w.pen, Notice: n, due: due, sample: w.opts.Sample, bottom: noticeHalf}
	small := s.contentHeight() <= noticeHalf
	if !small {
		s.dense = true
		small = s.contentHeight() <= noticeHalf
		s.dense = small
	}
	newClass := w.opts.PageByClass && n.Class != w.class && w.count > 0
	switch {
	case w.half && small && !newClass && !w.opts.OnePerPage:
		s.top, s.bottom = noticeHalf, 2*noticeHalf
		w.half = false
		if !w.opts.HideCutLines {
			w.pen.cutLine(noticeHalf)
		}
	default:
		w.pen.pdf.AddPage()
		w.half = small
		if !small {
			s.bottom = 2 * noticeHalf
		}
	}
	w.class = n.Class
	w.count++
	s.draw()
	return w.pen.pdf.Error()
}

// Close writes the file. A file without notices is an error.
func (w *NoticeWriter) Close() error {
	if w.count == 0 {
		return errors.New("doc: no notice to print")
	}
	return w.pen.finish(w.out)
}
