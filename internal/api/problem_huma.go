package api

import (
	"context"
	"errors"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"
)

// huma speaks through package variables. They are set once, before any schema is built, to
// answer in the house's problems and words. "code|text" is taken apart again by fieldOf.
func init() {
	huma.NewErrorWithContext = func(ctx huma.Context, status int, msg string, errs ...error) huma.StatusError {
		var std context.Context = context.Background()
		if ctx != nil {
			std = ctx.Context()
		}
		return inputProblem(std, status, msg, errs)
	}
	huma.NewError = func(status int, msg string, errs ...error) huma.StatusError {
		return inputProblem(context.Background(), status, msg, errs)
	}
	huma.DefaultArrayNullable = false

	validation.MsgUnexpectedProperty = "unknown_field|Không có trường này. Bỏ đi hoặc sửa tên trường."
	validation.MsgExpectedRequiredProperty = "required|%s"
	validation.MsgExpectedRFC3339Date = "date|Phải là ngày dạng 2026-12-31."
	validation.MsgExpectedRFC3339DateTime = "date|Phải là thời điểm RFC 3339, ví dụ 2026-12-31T09:00:00+07:00."
	validation.MsgExpectedBoolean = "type|Phải là true hoặc false."
	validation.MsgExpectedNumber = "type|Phải là số."
	validation.MsgExpectedInteger = "type|Phải là số nguyên, không có phần lẻ và không đặt trong dấu nháy."
	validation.MsgExpectedString = "type|Phải là chuỗi ký tự."
	validation.MsgExpectedArray = "type|Phải là danh sách."
	validation.MsgExpectedObject = "type|Phải là đối tượng."
	validation.MsgExpectedOneOf = "unknown|Giá trị không có trong danh sách. Chọn một trong: %s."
	validation.MsgExpectedMinimumNumber = "too_small|Phải từ %v trở lên."
	validation.MsgExpectedExclusiveMinimumNumber = "too_small|Phải lớn hơn %v."
	validation.MsgExpectedMaximumNumber = "too_large|Nhiều nhất là %v."
	validation.MsgExpectedExclusiveMaximumNumber = "too_large|Phải nhỏ hơn %v."
	validation.MsgExpectedMinLength = "required|Phải có ít nhất %d ký tự."
	validation.MsgExpectedMaxLength = "too_long|Nhiều nhất %d ký tự."
	validation.MsgExpectedBePattern = "malformed|Phải là %s."
	validation.MsgExpectedMatchPattern = "malformed|Phải theo mẫu %s."
	validation.MsgExpectedMinItems = "required|Phải có ít nhất %d mục."
	validation.MsgExpectedMaxItems = "too_long|Nhiều nhất %d mục."
}

// inputFaults are the faults huma finds before a handler runs, by status.
var inputFaults = map[int]*fault{
	400: faultBody, 406: faultAccept, 408: faultTimeout, 413: faultTooLarge, 415: faultMediaType, 422: faultInvalid,
}

// inputProblem is the answer for what huma found wrong.
func inputProblem(ctx context.Context, status int, msg string, errs []error) *problem {
	f := inputFaults[status]
	if f == nil {
		f = faultInternal
	}
	p := f.problem(ctx)
	for _, err := range errs {
		var d *huma.ErrorDetail
		if errors.As(err, &d) {
			f, known := fieldOf(d)
			if !known {
				p.Detail = d.Message
			}
			p.field(f)
		}
	}
	if len(p.Errors) == 0 && f != faultInternal {
		p.Detail = msg
	}
	return p
}

// fieldOf words one finding; false when huma's own text says more than ours.
func fieldOf(d *huma.ErrorDetail) (f fieldProblem, known bool) {
	f.Pointer, f.Parameter = pointerOf(d.Location)
	code, text, ours := strings.Cut(d.Message, "|")
	switch {
	case ours && code == "required" && !strings.Contains(text, " "):
		// The place is that of the object the field is missing from.
		f.Code, f.Pointer, f.Message = code, f.Pointer+"/"+text, "Thiếu trường “"+text+"”."
	case ours:
		f.Code, f.Message = code, text
	case strings.HasPrefix(d.Message, "required "):
		f.Code, f.Message = "required", "Thiếu tham số “"+f.Parameter+"”."
	case d.Message == "unknown query parameter":
		f.Code, f.Message = "unknown_field", "Không có tham số “"+f.Parameter+"”. Bỏ đi hoặc sửa tên."
	default:
		f.Code, f.Message = "malformed", "Giá trị không đúng dạng, không đọc được."
		return f, false
	}
	return f, true
}
