package api

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/sen-platform/sen/internal/access"
	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/billcode"
	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/rail"
	"github.com/sen-platform/sen/internal/vnd"
)

// receiptBody is a receipt: the payer's proof of one payment of one bill.
type receiptBody struct {
	ID         string        `json:"id" example:"rec_0c3k9x2m4p7q1"`
	Number     string        `json:"number" doc:"Số biên lai, liên tục theo cơ sở và năm" example:"2026/0001234"`
	Facility   string        `json:"facility"`
	Bill       string        `json:"bill"`
	BillCode   billcode.Code `json:"bill_code"`
	Payment    string        `json:"payment" example:"alo_0c3k9x2m4p7q1"`
	Credit     string        `json:"credit"`
	Amount     vnd.Amount    `json:"amount"`
	Currency   string        `json:"currency" enum:"VND"`
	Method     rail.Method   `json:"method" enum:"qr,website,mobile_money,card,cash"`
	State      receiptState  `json:"state" enum:"valid,reversed"`
	IssuedAt   *time.Time    `json:"issued_at"`
	ReversedAt *time.Time    `json:"reversed_at,omitempty"`
	CheckURL   string        `json:"check_url" format:"uri" doc:"Trang công khai nói biên lai thật hay giả, in trên biên lai"`
	PDFURL     string        `json:"pdf_url" format:"uri" doc:"Biên lai khổ A5"`
}

func (f *face) receiptBody(r collect.Receipt, b bill.Bill) receiptBody {
	check := f.BaseURL + "/r/" + r.ID.String() + "/" + f.Collect.CheckCode(r, string(b.Code))
	return receiptBody{
		ID: r.ID.String(), Number: r.No(), Facility: r.Facility.String(), Bill: r.Bill.String(), BillCode: b.Code, Payment: r.Allocation.String(),
		Credit: r.Credit.String(), Amount: r.Amount, Currency: currency, Method: r.Method, State: r.State, IssuedAt: at(r.IssuedAt),
		ReversedAt: at(r.ReversedAt), CheckURL: check, PDFURL: check + "/pdf",
	}
}

func (f *face) receiptRoutes() {
	add(f, operation(http.MethodGet, "/v1/receipts", "list-receipts", tagReceipts, "Danh sách biên lai",
		"Số mới nhất trước.", 404), f.listReceipts)
	add(f, operation(http.MethodGet, "/v1/receipts/{id}", "get-receipt", tagReceipts, "Một biên lai",
		"pdf_url là bản in; lần in sau ghi BẢN SAO.", 404), f.getReceipt)
	add(f, operation(http.MethodGet, "/v1/receipts/{id}/check", "check-receipt", tagReceipts, "Kiểm tra biên lai",
		"Nói biên lai cầm trên tay thật (genuine), đã bị sửa (changed), đã đảo (reversed) hay không có (unknown). Dùng được với biên lai của mọi cơ sở: "+
			"id và seal là hai phần cuối của địa chỉ in trên biên lai."), f.checkReceipt)
}

// receiptPage is one page of a facility's receipts.
func (f *face) receiptPage(ctx context.Context, tx *db.Tx, in *receiptsInput, a access.Action) ([]collect.Receipt, string, error) {
	of, err := callOf(ctx).own(ctx, in.Facility, a)
	if err != nil {
		return nil, "", err
	}
	filter := collect.ReceiptFilter{Facility: of, Method: in.Method, State: in.State, From: in.From, To: in.To, Limit: in.Limit}
	if in.Bill != "" {
		b, err := id.Parse[id.Bill](in.Bill)
		if err != nil {
			return nil, "", badParameter(ctx, "bill", "malformed", "Mã phiếu có dạng bil_….")
		}
		filter.Bills = []id.Bill{b}
	}
	if filter.BeforeYear, filter.BeforeNumber, err = readNumber(in.Cursor); err != nil {
		return nil, "", badCursor(ctx)
	}
	list, more, err := collect.Receipts(tx, filter)
	next := ""
	if more {
		last := list[len(list)-1]
		next = numberCursor(last.Year, last.Number)
	}
	return list, next, err
}

// numberCursor names a receipt by its place in the facility's series.
func numberCursor(year int, number int64) string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "no:%d:%d", year, number))
}

// readNumber is the inverse of numberCursor; zeros for the first page.
func readNumber(cursor string) (year int, number int64, err error) {
	if cursor == "" {
		return 0, 0, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return 0, 0, err
	}
	if _, err = fmt.Sscanf(string(b), "no:%d:%d", &year, &number); err == nil && numberCursor(year, number) != cursor {
		err = errors.New("api: cursor with a tail")
	}
	return year, number, err
}

func (f *face) listReceipts(ctx context.Context, in *receiptsInput) (*listOutput[receiptBody], error) {
	var out []receiptBody
	var next string
	err := f.DB.View(ctx, func(tx *db.Tx) error {
		list, cursor, err := f.receiptPage(ctx, tx, in, access.ViewReceipts)
		if err != nil {
			return err
		}
		next = cursor
		ids := make([]id.Bill, len(list))
		for i, r := range list {
			ids[i] = r.Bill
		}
		bills, err := bill.ByIDs(tx, ids)
		for _, r := range list {
			out = append(out, f.receiptBody(r, bills[r.Bill]))
		}
		return err
	})
	return pageOf(out, next), err
}

type ReceiptPath struct {
	ID string `path:"id" maxLength:"40" example:"rec_0c3k9x2m4p7q1"`
}

type receiptOutput struct{ Body receiptBody }

func (f *face) getReceipt(ctx context.Context, in *ReceiptPath) (*receiptOutput, error) {
	var out *receiptOutput
	err := f.DB.View(ctx, func(tx *db.Tx) error {
		r, b, err := receiptAndBill(tx, in.ID)
		if err != nil {
			return err
		}
		if err := callOf(ctx).may(access.ViewReceipts, r.Facility); err != nil {
			return err
		}
		out = &receiptOutput{Body: f.receiptBody(r, b)}
		return nil
	})
	return out, err
}

func receiptAndBill(tx *db.Tx, text string) (r collect.Receipt, b bill.Bill, err error) {
	want, err := parse[id.Receipt](text)
	if err != nil {
		return r, b, err
	}
	if r, err = collect.ReceiptByID(tx, want); err != nil {
		return r, b, err
	}
	b, err = bill.ByID(tx, r.Bill)
	return r, b, err
}

type checkOutput struct {
	Body struct {
		Verdict collect.CheckVerdict `json:"verdict" enum:"genuine,changed,reversed,unknown"`
		Message string               `json:"message_vi"`
		Number  string               `json:"number,omitempty" doc:"Chỉ khi biên lai thật"`
		Amount  vnd.Amount           `json:"amount,omitempty"`
		Issued  *time.Time           `json:"issued_at,omitempty"`
	}
}

var checkWords = map[collect.CheckVerdict]string{
	collect.CheckGenuine:  "Biên lai thật, khoản tiền này đã được nhận.",
	collect.CheckChanged:  "Nội dung trên giấy không khớp biên lai đã lập. Đừng chấp nhận; gọi cơ sở thu tiền.",
	collect.CheckReversed: "Biên lai thật nhưng khoản tiền đã được gỡ hoặc hoàn lại, không còn giá trị.",
	collect.CheckUnknown:  "Không có biên lai này. Đừng chấp nhận; gọi cơ sở thu tiền.",
}

// checkReceipt says about a receipt of any facility what its public page says.
func (f *face) checkReceipt(ctx context.Context, in *struct {
	ReceiptPath
	Seal string `query:"seal" required:"true" maxLength:"40" doc:"Phần sau mã biên lai trong địa chỉ in trên giấy"`
},
) (*checkOutput, error) {
	out := &checkOutput{}
	out.Body.Verdict = collect.CheckUnknown
	err := f.DB.View(ctx, func(tx *db.Tx) error {
		r, b, err := receiptAndBill(tx, in.ID)
		if errors.Is(err, db.ErrNotFound) || errors.Is(err, faultNotFound) {
			return nil
		} else if err != nil {
			return err
		}
		out.Body.Verdict = f.Collect.Check(r, string(b.Code), in.Seal)
		if out.Body.Verdict != collect.CheckChanged {
			out.Body.Number, out.Body.Amount, out.Body.Issued = r.No(), r.Amount, at(r.IssuedAt)
		}
		return nil
	})
	out.Body.Message = checkWords[out.Body.Verdict]
	return out, err
}
