package api

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"os"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/sen-platform/sen/internal/access"
	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
)

const mediaNDJSON = "application/x-ndjson"

// Bounds of one batch. Memory holds one chunk whatever the length of the batch.
const (
	batchChunk    = 100
	batchMaxRows  = 100_000
	batchMaxLine  = 64 << 10
	batchMaxBytes = 512 << 20
	// batchPatience is how long the caller may take over the rows of one chunk.
	batchPatience = time.Minute
	// batchFetch is how long it may take over reading the answer.
	batchFetch = 10 * time.Minute
	// batchSpool is what of the answer is held in memory; the rest goes to a file.
	batchSpool = 1 << 20
)

// rowBill is what a row's answer says of its bill.
type rowBill struct {
	ID         string     `json:"id"`
	Code       string     `json:"code"`
	ExternalID string     `json:"external_id"`
	State      bill.State `json:"state" enum:"draft,published,cancelled"`
	Total      int64      `json:"total"`
	PayerURL   string     `json:"payer_url,omitempty" format:"uri"`
}

// rowAnswer is one line of the answer: what became of the row of the same number.
type rowAnswer struct {
	Row    int      `json:"row" doc:"Số dòng, từ 1"`
	Status int      `json:"status" doc:"201 lập mới, 200 đã có từ trước hoặc (chạy thử) lập được, còn lại là lỗi"`
	Bill   *rowBill `json:"bill,omitempty"`
	Error  *problem `json:"error,omitempty"`
}

// batchSummary is the last line of the answer.
type batchSummary struct {
	Summary batchCounts `json:"summary"`
	Error   *problem    `json:"error,omitempty" doc:"Vì sao dừng giữa chừng"`
}

type batchCounts struct {
	Rows     int  `json:"rows"`
	Created  int  `json:"created"`
	Existing int  `json:"existing"`
	Valid    int  `json:"valid" doc:"Chạy thử: số dòng lập được"`
	Failed   int  `json:"failed"`
	Replayed int  `json:"replayed" doc:"Số dòng lấy lại câu trả lời đã có của cùng Idempotency-Key"`
	DryRun   bool `json:"dry_run"`
	Complete bool `json:"complete" doc:"false: dừng giữa chừng, gửi lại nguyên lời gọi để làm tiếp"`
}

func (f *face) batchRoute() {
	op := operation(http.MethodPost, batchPath, "create-bills", tagBills, "Lập nhiều phiếu thu",
		"Gửi mỗi dòng một phiếu (JSON như POST /v1/bills), nhận mỗi dòng một kết quả rồi một dòng tổng kết. Dòng sai không làm hỏng dòng khác. "+
			"Nhiều nhất 100.000 dòng, mỗi dòng 64 KiB. Đứt giữa chừng thì gửi lại nguyên lời gọi với cùng Idempotency-Key: dòng đã làm chỉ được trả lời lại. "+
			"dry_run=true chỉ kiểm tra, không lập gì.", 404)
	op.Parameters = []*huma.Param{
		idempotencyParam(false),
		{Name: "dry_run", In: "query", Schema: &huma.Schema{Type: huma.TypeBoolean}, Description: "Chỉ kiểm tra; khi đó không cần Idempotency-Key"},
		{Name: "publish", In: "query", Schema: &huma.Schema{Type: huma.TypeBoolean}, Description: "Phát hành mọi phiếu; nếu không thì theo publish của từng dòng"},
	}
	r := f.api.OpenAPI().Components.Schemas
	op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
		mediaNDJSON: {Schema: &huma.Schema{Type: huma.TypeString, Description: "Các dòng JSON theo schema BillInput"}},
	}}
	r.Schema(typeOf(rowAnswer{}), true, "")
	r.Schema(typeOf(batchSummary{}), true, "")
	op.Responses = map[string]*huma.Response{"200": {Description: "Kết quả từng dòng (RowAnswer), dòng cuối là BatchSummary", Content: map[string]*huma.MediaType{
		mediaNDJSON: {Schema: &huma.Schema{Type: huma.TypeString}},
	}}}
	faults := &huma.Schema{Ref: "#/components/schemas/Problem"}
	for _, status := range op.Errors {
		op.Responses[strconv.Itoa(status)] = &huma.Response{Description: http.StatusText(status), Content: map[string]*huma.MediaType{"application/problem+json": {Schema: faults}}}
	}
	f.api.OpenAPI().AddOperation(&op)
	f.mux.HandleFunc("POST "+batchPath, f.createBills)
}

// batch is one batch under way.
type batch struct {
	*face
	ctx     context.Context
	call    *call
	of      id.Facility
	dry     bool
	publish bool
	fees    feeIndex
	rules   bill.Rules
	sum     batchSummary
	out     *spool
}

// createBills answers POST /v1/bills/batch. Rows are worked off in chunks as they arrive; the
// answer is held back until the last one, so that a caller who reads only after writing cannot
// block itself.
func (f *face) createBills(w http.ResponseWriter, r *http.Request) {
	b, err := f.newBatch(r)
	if err != nil {
		f.fail(w, r, err)
		return
	}
	b.out = &spool{}
	defer b.out.close()
	wait := http.NewResponseController(w)
	rows := bufio.NewReaderSize(http.MaxBytesReader(w, r.Body, batchMaxBytes), batchMaxLine)
	for {
		// A server without deadlines says so; then there is nothing to extend.
		_ = wait.SetReadDeadline(time.Now().Add(batchPatience))
		_ = wait.SetWriteDeadline(time.Now().Add(2 * batchPatience))
		chunk, end, err := b.read(rows)
		if err == nil && len(chunk) > 0 {
			err = b.work(chunk)
		}
		if err != nil && b.sum.Summary.Rows == 0 { // nothing was done: the whole call failed
			f.fail(w, r, err)
			return
		}
		if err != nil {
			b.sum.Error = f.problemFor(r.Context(), err)
			break
		}
		if end {
			b.sum.Summary.Complete = true
			break
		}
	}
	_ = wait.SetWriteDeadline(time.Now().Add(batchFetch))
	if err := b.out.line(b.sum); err != nil {
		f.fail(w, r, err)
		return
	}
	if b.sum.Summary.Replayed > 0 && b.sum.Summary.Replayed == b.sum.Summary.Rows {
		w.Header().Set(headerReplayed, "true")
	}
	w.Header().Set("Content-Type", mediaNDJSON)
	w.WriteHeader(http.StatusOK)
	if err := b.out.send(w); err != nil && r.Context().Err() == nil {
		f.Log.Error("answer of a batch not sent", "request", b.call.id, "err", err)
	}
}

func (f *face) newBatch(r *http.Request) (*batch, error) {
	ctx := r.Context()
	b := &batch{face: f, ctx: ctx, call: callOf(ctx)}
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || media != mediaNDJSON {
		return nil, faultMediaType
	}
	for name, to := range map[string]*bool{"dry_run": &b.dry, "publish": &b.publish} {
		if text := r.URL.Query().Get(name); text != "" {
			if *to, err = strconv.ParseBool(text); err != nil {
				return nil, badParameter(ctx, name, "type", "Phải là true hoặc false.")
			}
		}
	}
	for name := range r.URL.Query() {
		if name != "dry_run" && name != "publish" {
			return nil, badParameter(ctx, name, "unknown_field", "Không có tham số “"+name+"”. Bỏ đi hoặc sửa tên.")
		}
	}
	if b.of, err = f.issuer(ctx, "", b.publish); err != nil {
		return nil, err
	}
	if b.call.idem, err = keyOf(r.Header); err != nil && !(b.dry && errors.Is(err, faultKeyMissing)) {
		return nil, err
	}
	b.sum.Summary.DryRun = b.dry
	err = f.DB.View(ctx, func(tx *db.Tx) (err error) {
		if b.fees, err = readFeeIndex(tx); err != nil {
			return err
		}
		b.rules, err = bill.LoadRules(tx, b.of, f.Collect.Today())
		return err
	})
	return b, err
}

// read takes the lines of the next chunk; end is true after the last line. A chunk that could
// not be read whole is not worked off: sent again it must be the same rows.
func (b *batch) read(rows *bufio.Reader) (chunk [][]byte, end bool, err error) {
	for len(chunk) < batchChunk {
		line, err := rows.ReadSlice('\n')
		var tooLong *http.MaxBytesError
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			return chunk, false, faultTooLarge.because("row " + strconv.Itoa(b.sum.Summary.Rows+len(chunk)+1) + " is longer than 64 KiB")
		case errors.As(err, &tooLong):
			return chunk, false, faultTooLarge
		case errors.Is(err, os.ErrDeadlineExceeded):
			return chunk, false, faultTimeout
		case err != nil && err != io.EOF:
			return chunk, false, faultBody.because("the body broke off")
		}
		if b.sum.Summary.Rows+len(chunk) == 0 {
			line = bytes.TrimPrefix(line, []byte("\ufeff")) // some machines begin every file with a mark
		}
		if trimmed := bytes.TrimSpace(line); len(trimmed) > 0 {
			if b.sum.Summary.Rows+len(chunk) == batchMaxRows {
				return chunk, false, faultTooLarge.because("more than 100000 rows")
			}
			chunk = append(chunk, bytes.Clone(trimmed))
		}
		if err == io.EOF {
			return chunk, true, nil
		}
	}
	return chunk, false, nil
}

// work answers one chunk: from the store when the same rows came under the same key before,
// else by doing it and storing the answer. Doing it twice is safe (see once).
func (b *batch) work(chunk [][]byte) error {
	if b.dry {
		answers, err := b.try(chunk)
		if err != nil {
			return err
		}
		return b.tell(answers)
	}
	claim := access.Call{
		Caller: b.call.subject.Actor(), Route: "POST " + batchPath + "#" + strconv.Itoa(b.sum.Summary.Rows), Key: b.call.idem,
		BodySHA256: digest([]byte(strconv.FormatBool(b.publish)+"\n"), bytes.Join(chunk, []byte("\n"))),
	}
	stored, err := b.stored(claim)
	if err != nil {
		return err
	}
	if stored == nil {
		answers, err := b.issue(chunk)
		if err != nil {
			return err
		}
		return b.finish(claim, answers)
	}
	b.sum.Summary.Replayed += len(chunk)
	var answers []rowAnswer
	if err := json.Unmarshal(stored.Body, &answers); err != nil {
		return err
	}
	return b.tell(answers)
}

// errUndo takes back a transaction that only asked.
var errUndo = errors.New("api: undo")

// stored is the answer kept for a chunk; nil when there is none.
func (b *batch) stored(claim access.Call) (*access.Answer, error) {
	var a *access.Answer
	err := b.DB.Update(b.ctx, func(tx *db.Tx) (err error) {
		if a, err = access.Begin(tx, claim, b.Clock.Now()); err == nil && a == nil {
			return errUndo
		}
		return err
	})
	if errors.Is(err, errUndo) {
		err = nil
	}
	return a, err
}

// finish stores the answer of a chunk and tells it.
func (b *batch) finish(claim access.Call, answers []rowAnswer) error {
	body, err := json.Marshal(answers)
	if err != nil {
		return err
	}
	err = b.DB.Update(context.WithoutCancel(b.ctx), func(tx *db.Tx) error {
		other, err := access.Begin(tx, claim, b.Clock.Now())
		if err != nil || other != nil { // another call with the same rows was first: its bills are ours
			return err
		}
		return access.Finish(tx, claim, access.Answer{Status: http.StatusOK, ContentType: mediaNDJSON, Body: body})
	})
	if err != nil {
		return err
	}
	return b.tell(answers)
}

// tell writes the answers of a chunk and counts them.
func (b *batch) tell(answers []rowAnswer) error {
	s := &b.sum.Summary
	for _, a := range answers {
		s.Rows++
		switch {
		case a.Error != nil:
			s.Failed++
		case b.dry:
			s.Valid++
		case a.Status == http.StatusCreated:
			s.Created++
		default:
			s.Existing++
		}
		if err := b.out.line(a); err != nil {
			return err
		}
	}
	return nil
}
