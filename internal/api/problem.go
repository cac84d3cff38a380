package api

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/sen-platform/sen/internal/access"
	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/org"
)

// problem is an error answer: RFC 9457 with a stable code, a Vietnamese sentence and the word
// whether trying again can help.
type problem struct {
	Type      string         `json:"type" format:"uri" doc:"Địa chỉ trang giải thích lỗi này" example:"https://sen.example.vn/v1/docs#loi-bill_state"`
	Title     string         `json:"title" doc:"Tên lỗi, tiếng Anh, không đổi" example:"Not possible in this state"`
	Status    int            `json:"status" doc:"Mã trạng thái HTTP" example:"409"`
	Detail    string         `json:"detail,omitempty" doc:"Chi tiết kỹ thuật, nếu có"`
	Instance  string         `json:"instance" doc:"Đường dẫn đã gọi" example:"/v1/bills/bil_0c3k9x2m4p7q1/publish"`
	Code      string         `json:"code" doc:"Mã lỗi cố định để chương trình xử lý" example:"bill_state"`
	MessageVI string         `json:"message_vi" doc:"Câu tiếng Việt nói điều gì sai và cách sửa; cho người dùng xem được"`
	Errors    []fieldProblem `json:"errors,omitempty" doc:"Từng trường sai"`
	Retryable bool           `json:"retryable" doc:"Gửi lại nguyên lời gọi này thì có thể thành công"`
	RequestID string         `json:"request_id" doc:"Số của lời gọi trong nhật ký máy chủ, báo khi cần hỗ trợ"`

	header http.Header
}

// fieldProblem is one thing wrong with the input.
type fieldProblem struct {
	Pointer   string `json:"pointer,omitempty" doc:"JSON pointer tới trường sai trong thân lời gọi" example:"/lines/0/amount"`
	Parameter string `json:"parameter,omitempty" doc:"Tên tham số sai trên đường dẫn, truy vấn hoặc header" example:"limit"`
	Code      string `json:"code" doc:"Mã cố định" example:"too_large"`
	Message   string `json:"message" doc:"Câu tiếng Việt nói điều gì sai và cách sửa"`
}

// Error is the Vietnamese sentence.
func (p *problem) Error() string { return p.MessageVI }

// GetStatus implements huma.StatusError.
func (p *problem) GetStatus() int { return p.Status }

// GetHeaders implements huma.HeadersError.
func (p *problem) GetHeaders() http.Header { return p.header }

// ContentType implements huma.ContentTypeFilter.
func (p *problem) ContentType(string) string { return "application/problem+json" }

// with adds a header to the answer.
func (p *problem) with(key, value string) *problem {
	if p.header == nil {
		p.header = http.Header{}
	}
	p.header.Set(key, value)
	return p
}

// field adds one field that is wrong.
func (p *problem) field(f fieldProblem) *problem {
	p.Errors = append(p.Errors, f)
	return p
}

// fault is a kind of problem. Codes never change their meaning once released.
type fault struct {
	code   string
	status int
	title  string
	vi     string // may be replaced by the text of the error itself
	retry  bool
}

// Error lets a fault be returned as it stands.
func (f *fault) Error() string { return f.vi }

var (
	faultBody           = &fault{"malformed_body", 400, "The body cannot be read", "Không đọc được nội dung gửi lên. Gửi JSON đúng cú pháp, mã hóa UTF-8.", false}
	faultRequest        = &fault{"malformed_request", 400, "The request cannot be read", "Lời gọi có ký tự không hợp lệ trên đường dẫn hoặc tham số. Mã hóa lại đường dẫn rồi gửi.", false}
	faultKeyMissing     = &fault{"idempotency_key_missing", 400, "Idempotency-Key is required", "Thiếu header Idempotency-Key. Gửi một mã riêng cho mỗi việc (ví dụ UUID) và giữ nguyên khi gửi lại.", false}
	faultKeyForm        = &fault{"idempotency_key_malformed", 400, "Malformed Idempotency-Key", "Idempotency-Key gồm 1 đến 255 ký tự ASCII in được, không có dấu cách.", false}
	faultVersion        = &fault{"unknown_version", 400, "Unknown API version", "Không có phiên bản API này. Bỏ header X-API-Version hoặc gửi " + apiVersion + ".", false}
	faultUnauthorized   = &fault{"unauthorized", 401, "A valid API key is required", "Thiếu khóa API, khóa sai, đã thu hồi hoặc hết hạn. Gửi header Authorization: Bearer sk_…", false}
	faultTestKey        = &fault{"test_key", 403, "Test key on live data", "Đây là khóa thử (sk_test_…), không dùng được với dữ liệu thật. Dùng khóa sk_live_… của cơ sở.", false}
	faultScope          = &fault{"scope_missing", 403, "The key lacks a scope", "Khóa này không có quyền làm việc này. Nhờ lãnh đạo cơ sở tạo khóa có quyền ghi ở mục detail.", false}
	faultNotFound       = &fault{"not_found", 404, "Not found", "Không tìm thấy, hoặc thuộc cơ sở khác. Kiểm tra lại mã.", false}
	faultNoRoute        = &fault{"no_such_path", 404, "No such path", "Không có địa chỉ này trong API. Xem danh sách ở /v1/docs.", false}
	faultMethod         = &fault{"method_not_allowed", 405, "Method not allowed", "Địa chỉ này không nhận phương thức HTTP đó. Xem header Allow.", false}
	faultAccept         = &fault{"not_acceptable", 406, "Not acceptable", "API chỉ trả JSON. Bỏ header Accept hoặc gửi application/json.", false}
	faultTimeout        = &fault{"request_timeout", 408, "The request came too slowly", "Lời gọi gửi quá chậm nên bị cắt. Gửi lại.", true}
	faultInFlight       = &fault{"idempotency_in_flight", 409, "A call with this key is still running", "Lời gọi trước với cùng Idempotency-Key chưa xong. Đợi rồi gửi lại nguyên như cũ.", true}
	faultExternalID     = &fault{"external_id_used", 409, "external_id used with other content", "Mã tham chiếu đã dùng cho một phiếu có nội dung khác.", false}
	faultState          = &fault{"bill_state", 409, "Not possible in this state", "Phiếu không ở trạng thái làm được việc này. Đọc lại phiếu rồi thử lại.", false}
	faultMoney          = &fault{"bill_has_money", 409, "The bill has received money", "Phiếu đã nhận tiền nên không hủy hay thay được.", false}
	faultCannotBill     = &fault{"facility_cannot_bill", 409, "The facility may not issue bills", "Cơ sở đang không phát hành phiếu thu được.", false}
	faultPrecondition   = &fault{"precondition_failed", 412, "The resource has changed", "Phiếu đã thay đổi từ lúc đọc. Đọc lại, xem thay đổi, rồi gửi với ETag mới ở If-Match.", false}
	faultTooLarge       = &fault{"body_too_large", 413, "The body is too large", "Nội dung gửi lên quá dài. Chia nhỏ rồi gửi, hoặc dùng POST /v1/bills/batch.", false}
	faultMediaType      = &fault{"unsupported_media_type", 415, "Unsupported media type", "Không đọc được kiểu nội dung này. Gửi header Content-Type: application/json (hoặc application/x-ndjson khi gửi nhiều phiếu).", false}
	faultInvalid        = &fault{"validation_failed", 422, "Validation failed", "Dữ liệu gửi lên chưa đúng. Sửa các trường ghi ở mục errors.", false}
	faultKeyReused      = &fault{"idempotency_key_reused", 422, "Idempotency-Key used with another body", "Idempotency-Key này đã dùng cho nội dung khác. Dùng mã mới cho việc mới.", false}
	faultAmount         = &fault{"amount_not_possible", 422, "The amount does not fit", "Số tiền phải lớn hơn 0 và không quá số phiếu còn phải trả.", false}
	faultRate           = &fault{"rate_limited", 429, "Too many requests", "Gọi quá nhanh. Đợi theo header Retry-After rồi gửi lại.", true}
	faultInternal       = &fault{"internal", 500, "Internal error", "Máy chủ gặp lỗi. Gửi lại nguyên lời gọi với cùng Idempotency-Key; nếu vẫn lỗi, báo mã lời gọi cho nơi vận hành.", true}
	faultUnavailable    = &fault{"unavailable", 503, "Temporarily unavailable", "Máy chủ đang khởi động lại. Đợi vài giây rồi gửi lại.", true}
	faultHasReplacement = &fault{"bill_replaced", 409, "The bill was reissued", "Phiếu này đã được thay bằng phiếu khác.", false}
)

// faults lists every fault, for the documentation and the tests.
func faults() []*fault {
	return []*fault{
		faultBody, faultRequest, faultKeyMissing, faultKeyForm, faultVersion, faultUnauthorized, faultTestKey, faultScope, faultNotFound, faultNoRoute,
		faultMethod, faultAccept, faultTimeout, faultInFlight, faultExternalID, faultState, faultMoney, faultHasReplacement, faultCannotBill,
		faultPrecondition, faultTooLarge, faultMediaType, faultInvalid, faultKeyReused, faultAmount, faultRate, faultInternal, faultUnavailable,
	}
}

// problem is the answer for a fault in a call.
func (f *fault) problem(ctx context.Context) *problem {
	c := callOf(ctx)
	return &problem{
		Type: c.base + docsPath + "#loi-" + f.code, Title: f.title, Status: f.status, Instance: c.path,
		Code: f.code, MessageVI: f.vi, Retryable: f.retry, RequestID: c.id,
	}
}

// saying is the answer for a fault with a sentence of its own.
func (f *fault) saying(ctx context.Context, vi string) *problem {
	p := f.problem(ctx)
	p.MessageVI = vi
	return p
}

// explained is a fault with technical detail.
type explained struct {
	*fault
	detail string
}

func (f *fault) because(detail string) error { return &explained{f, detail} }

func (e *explained) Unwrap() error { return e.fault }

// problemOf is the one place that turns errors of the house into answers. What it does not
// know is ours: it is logged by problemFor and told as "internal".
func problemOf(ctx context.Context, err error) *problem {
	var (
		ready    *problem
		why      *explained
		kind     *fault
		invalid  *bill.Invalid
		differs  *bill.Differs
		state    *bill.StateError
		money    *bill.HasMoney
		cannot   *org.CanBillError
		withText = func(f *fault, err error) *problem { return f.saying(ctx, err.Error()) }
	)
	switch {
	case errors.As(err, &ready):
		return ready
	case errors.As(err, &why):
		p := why.problem(ctx)
		p.Detail = why.detail
		return p
	case errors.As(err, &kind):
		return kind.problem(ctx)
	case errors.As(err, &invalid):
		p := faultInvalid.problem(ctx)
		for _, f := range invalid.Fields {
			p.field(fieldProblem{Pointer: f.Pointer, Code: f.Code, Message: f.MessageVI})
		}
		return p
	case errors.As(err, &differs):
		p := withText(faultExternalID, differs)
		p.Detail = "existing bill: " + differs.Existing.String()
		return p
	case errors.As(err, &state):
		return withText(faultState, state)
	case errors.As(err, &money):
		return withText(faultMoney, money)
	case errors.As(err, &cannot):
		return withText(faultCannotBill, cannot)
	case errors.Is(err, db.ErrNotFound), errors.Is(err, collect.ErrFacility):
		return faultNotFound.problem(ctx)
	case errors.Is(err, collect.ErrState):
		return faultState.problem(ctx)
	case errors.Is(err, collect.ErrAmount):
		return faultAmount.problem(ctx).field(fieldProblem{Pointer: "/amount", Code: bill.CodeTooLarge, Message: faultAmount.vi})
	case errors.Is(err, access.ErrKeyReused):
		return faultKeyReused.problem(ctx)
	case errors.Is(err, access.ErrInFlight):
		return faultInFlight.problem(ctx).with("Retry-After", "5")
	case errors.Is(err, collect.ErrStopped), errors.Is(err, db.ErrRetry), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return faultUnavailable.problem(ctx).with("Retry-After", "5")
	}
	return faultInternal.problem(ctx)
}

// problemFor is problemOf that logs what is ours.
func (f *face) problemFor(ctx context.Context, err error) *problem {
	p := problemOf(ctx, err)
	if p.Code == faultInternal.code {
		c := callOf(ctx)
		f.Log.Error("api call failed", "request", c.id, "path", c.path, "key", c.subject.Actor(), "err", err)
	}
	return p
}

// badParameter is a query or path parameter that cannot be used.
func badParameter(ctx context.Context, name, code, message string) *problem {
	return faultInvalid.problem(ctx).field(fieldProblem{Parameter: name, Code: code, Message: message})
}

// pointerOf turns huma's place of an error, "body.lines[0].amount", into a JSON pointer, or
// names the parameter: "query.limit".
func pointerOf(location string) (pointer, parameter string) {
	where, rest, _ := strings.Cut(location, ".")
	if where != "body" {
		return "", rest
	}
	if rest == "" {
		return "", ""
	}
	var b strings.Builder
	for _, step := range strings.FieldsFunc(rest, func(r rune) bool { return r == '.' || r == '[' || r == ']' }) {
		b.WriteString("/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(step))
	}
	return b.String(), ""
}
