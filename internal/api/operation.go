package api

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
)

// Tags group the operations in the document, in this order.
const (
	tagFacilities = "Cơ sở"
	tagFeeKinds   = "Khoản thu"
	tagBills      = "Phiếu thu"
	tagPayments   = "Thanh toán"
	tagCredits    = "Báo có"
	tagReceipts   = "Biên lai"
	tagEvents     = "Sự kiện"
	tagFigures    = "Chỉ số"
	tagMachines   = "Trạng thái"
)

// strong is what every operation promises: it reads the one database that was written to.
const strong = "Nhất quán mạnh: lời gọi sau thấy ngay mọi việc đã được trả lời xong."

// errorsOfAll can come from every operation that needs a key.
var errorsOfAll = []int{400, 401, 403, 406, 422, 429, 500, 503}

const securityName = "apiKey"

// operation describes one call; more are the errors besides those of all.
func operation(method, path, id, tag, summary, description string, more ...int) huma.Operation {
	op := huma.Operation{
		Method: method, Path: path, OperationID: id, Tags: []string{tag}, Summary: summary, Description: description + "\n\n" + strong,
		Security: []map[string][]string{{securityName: {}}}, MaxBodyBytes: maxBody + 1,
		Errors: slices.Sorted(slices.Values(slices.Concat(errorsOfAll, more))), RejectUnknownQueryParameters: true,
		Extensions: map[string]any{"x-consistency": "strong"},
	}
	if method == http.MethodPost {
		op.Errors = append(op.Errors, 408, 409, 413, 415)
		op.Parameters = []*huma.Param{idempotencyParam(true)}
	}
	return op
}

func idempotencyParam(required bool) *huma.Param {
	one, most := 1, 255
	return &huma.Param{
		Name: headerIdempotency, In: "header", Required: required,
		Description: "Mã riêng của việc này, giữ nguyên khi gửi lại. Cùng mã và cùng nội dung: nhận lại câu trả lời cũ kèm Idempotency-Replayed: true. Giữ ít nhất 7 ngày.",
		Schema:      &huma.Schema{Type: huma.TypeString, MinLength: &one, MaxLength: &most}, Example: "3f0c0a5e-7d0b-4c7e-9a54-1f9f0c0de001",
	}
}

// alsoAnswers documents a second success status with the body of the first.
func alsoAnswers(op *huma.Operation, schemaOf any, r huma.Registry, statuses map[int]string) {
	if op.Responses == nil {
		op.Responses = map[string]*huma.Response{}
	}
	for status, text := range statuses {
		res := &huma.Response{Description: text}
		if status != http.StatusNotModified {
			res.Content = map[string]*huma.MediaType{"application/json": {Schema: r.Schema(typeOf(schemaOf), true, "")}}
		}
		op.Responses[strconv.Itoa(status)] = res
	}
}

// writeProblem sends a problem outside of huma.
func writeProblem(w http.ResponseWriter, p *problem) {
	for name, values := range p.header {
		w.Header()[name] = values
	}
	if p.Status == http.StatusUnauthorized {
		w.Header().Set("Www-Authenticate", `Bearer realm="sen"`)
	}
	w.Header().Set("Content-Type", p.ContentType(""))
	body, err := json.Marshal(p)
	if err != nil { // strings and a number always marshal
		panic(err)
	}
	w.WriteHeader(p.Status)
	_, _ = w.Write(body)
}
