package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/sen-platform/sen/internal/access"
	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/doc"
	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/rail/statement"
	"github.com/sen-platform/sen/internal/rail/vietqr"
)

// explain turns an error into what a person reads and the exit code. Errors whose text is
// made for people are shown as they stand; the rest is named as unexpected.
func explain(err error) (string, int) {
	var (
		done      *outcome
		file      *doc.FileError
		sheet     *statement.Error
		invalid   *bill.Invalid
		state     *bill.StateError
		register  *org.Invalid
		canBill   *org.CanBillError
		user      *access.Invalid
		hook      *collect.HookInvalid
		code      *vietqr.Error
		pathError *fs.PathError
	)
	switch {
	case errors.As(err, &done):
		return done.text, done.code
	case errors.As(err, &file):
		return file.Error(), exitRefused
	case errors.As(err, &sheet):
		return sheet.Error(), exitRefused
	case errors.As(err, &invalid):
		return invalid.Error(), exitRefused
	case errors.As(err, &state):
		return state.Error(), exitRefused
	case errors.As(err, &register):
		return register.Error(), exitRefused
	case errors.As(err, &canBill):
		return canBill.Error(), exitRefused
	case errors.As(err, &user):
		return user.Error(), exitRefused
	case errors.As(err, &hook):
		return hook.Error(), exitRefused
	case errors.As(err, &code):
		return code.Vietnamese(), exitRefused
	case errors.Is(err, access.ErrOtherKey):
		return access.ErrOtherKey.Error(), exitFailed
	case errors.Is(err, collect.ErrForeignStatement):
		return "Sao kê này có tài khoản không phải của cơ sở đã chọn nên chưa ghi dòng nào. Kiểm tra lại --facility hoặc bỏ tham số đó.", exitRefused
	case errors.Is(err, fs.ErrNotExist) && errors.As(err, &pathError):
		return fmt.Sprintf("Không thấy %s. Kiểm tra tên và đường dẫn.", pathError.Path), exitRefused
	case errors.Is(err, fs.ErrPermission) && errors.As(err, &pathError):
		return fmt.Sprintf("Không được phép mở %s. Kiểm tra quyền của tệp.", pathError.Path), exitFailed
	case errors.Is(err, context.Canceled):
		return "Đã dừng. Việc đã ghi vẫn còn; chạy lại lệnh để làm tiếp.", exitFailed
	case errors.Is(err, db.ErrRetry):
		return "Cơ sở dữ liệu đang bận. Chạy lại lệnh sau ít phút.", exitFailed
	}
	return redact(err.Error()), exitFailed
}
