package desk

import (
	"errors"
	"net/http"

	"github.com/sen-platform/sen/internal/access"
	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/doc"
	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/rail/statement"
	"github.com/sen-platform/sen/internal/web/page"
)

// slip is a mistake of this face's own forms, in words for the reader.
type slip string

func (s slip) Error() string { return string(s) }

// explain turns the error of a use case into a sentence that says what is wrong and what to
// do; false for what is our own fault.
func explain(err error) (string, bool) {
	var (
		own      slip
		state    *bill.StateError
		money    *bill.HasMoney
		differs  *bill.Differs
		invalid  *bill.Invalid
		cannot   *org.CanBillError
		register *org.Invalid
		file     *doc.FileError
		stmt     *statement.Error
	)
	switch {
	case errors.As(err, &own):
		return own.Error(), true
	case errors.As(err, &state):
		return state.Text, true
	case errors.As(err, &money):
		return money.Error(), true
	case errors.As(err, &differs):
		return "Phiếu này đã lập rồi, với nội dung khác. Mở phiếu đã lập để sửa.", true
	case errors.As(err, &invalid):
		return invalid.Error(), true
	case errors.As(err, &cannot):
		return cannot.Text, true
	case errors.As(err, &register):
		return sentences(register), true
	case errors.As(err, &file):
		return file.Error() + ".", true
	case errors.As(err, &stmt):
		return stmt.Error(), true
	case errors.Is(err, collect.ErrForeignStatement):
		return "Sao kê này của tài khoản cơ sở khác nên chưa ghi sổ dòng nào. Kiểm tra lại tệp, hoặc thêm tài khoản vào mục Cơ sở nếu đó là tài khoản của mình.", true
	case errors.Is(err, collect.ErrFacility):
		return "Phiếu và khoản tiền thuộc hai cơ sở khác nhau. Chọn phiếu của cơ sở này.", true
	case errors.Is(err, collect.ErrAmount):
		return "Số tiền không khớp: nhiều hơn số còn chờ hoặc nhiều hơn số phiếu còn nợ. Có thể vừa có khoản khác ghi vào phiếu: xem lại số mới rồi làm lại.", true
	case errors.Is(err, collect.ErrState), errors.Is(err, bill.ErrState):
		return "Việc này đã đổi trong lúc đang xem: người khác vừa xử lý, hoặc tiền vừa về. Xem tình trạng mới bên dưới rồi làm tiếp.", true
	case errors.Is(err, access.ErrForbidden):
		return access.ErrForbidden.Error(), true
	}
	return "", false
}

func sentences(e *org.Invalid) string {
	out := ""
	for _, p := range e.Problems {
		out += p.Label + " " + p.Reason + ". " + p.Remedy + ". "
	}
	return out
}

// refused shows a page again with what went wrong on top, when that can be explained;
// otherwise the error goes on.
func refused(err error, again func(status int, n page.Notice) error) error {
	text, ok := explain(err)
	if !ok {
		return err
	}
	return again(http.StatusConflict, page.Notice{State: page.Danger, Strong: "Chưa làm được.", Text: text, Live: true})
}
