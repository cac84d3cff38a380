package api

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/sen-platform/sen/internal/access"
	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/billcode"
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/rail"
	"github.com/sen-platform/sen/internal/vnd"
)

// paymentBody is a payment of a bill: the part of one credit that was booked on it. Each has
// one receipt.
type paymentBody struct {
	ID         string        `json:"id" example:"alo_0c3k9x2m4p7q1"`
	Bill       string        `json:"bill" example:"bil_0c3k9x2m4p7q1"`
	BillCode   billcode.Code `json:"bill_code" example:"HPK7G3M9X077"`
	Credit     string        `json:"credit" doc:"Báo có mà khoản này lấy tiền từ đó" example:"cre_0c3k9x2m4p7q1"`
	Facility   string        `json:"facility"`
	Amount     vnd.Amount    `json:"amount" example:"1250000"`
	Currency   string        `json:"currency" enum:"VND"`
	Method     rail.Method   `json:"method" enum:"qr,website,mobile_money,card,cash"`
	State      string        `json:"state" enum:"matched,reversed" doc:"reversed: đã gỡ khỏi phiếu, biên lai không còn giá trị"`
	Rule       string        `json:"rule" doc:"Vì sao khớp: code, codes, virtual_account, rf, order, human, cash…"`
	BookedOn   clock.Date    `json:"booked_on" format:"date" doc:"Ngày hạch toán ở ngân hàng"`
	MatchedAt  *time.Time    `json:"matched_at"`
	ReversedAt *time.Time    `json:"reversed_at,omitempty"`
	Receipt    receiptBody   `json:"receipt"`
}

func (f *face) paymentRoutes() {
	add(f, operation(http.MethodGet, "/v1/payments", "list-payments", tagPayments, "Danh sách khoản đã trả",
		"Mỗi mục là phần của một báo có đã vào một phiếu, kèm biên lai; biên lai mới nhất trước.", 404), f.listPayments)
	add(f, operation(http.MethodGet, "/v1/payments/{id}", "get-payment", tagPayments, "Một khoản đã trả",
		"Khoản đã gỡ vẫn đọc được, state là reversed.", 404), f.getPayment)
	cash := operation(http.MethodPost, "/v1/payments", "record-cash", tagPayments, "Ghi thu tiền mặt",
		"Ghi tiền mặt vừa thu ở quầy cho một phiếu, để tỷ lệ không dùng tiền mặt tính đủ (T3, T4). Tiền qua ngân hàng không ghi ở đây: ngân hàng tự báo.", 404)
	cash.DefaultStatus = http.StatusCreated
	add(f, cash, f.recordCash)
}

type receiptsInput struct {
	Paging
	Facility string       `query:"facility" maxLength:"40" doc:"fac_…; bỏ trống là cơ sở của khóa"`
	Bill     string       `query:"bill" maxLength:"40" doc:"Chỉ của phiếu này"`
	Method   rail.Method  `query:"method" enum:"qr,website,mobile_money,card,cash"`
	From     clock.Date   `query:"issued_on[gte]" format:"date" doc:"Ngày lập biên lai, từ"`
	To       clock.Date   `query:"issued_on[lte]" format:"date" doc:"Ngày lập biên lai, đến hết"`
	State    receiptState `query:"state" enum:"valid,reversed" doc:"Biên lai còn giá trị hay không"`
}

type receiptState = collect.ReceiptState

func (f *face) listPayments(ctx context.Context, in *receiptsInput) (*listOutput[paymentBody], error) {
	var out []paymentBody
	var next string
	err := f.DB.View(ctx, func(tx *db.Tx) error {
		list, cursor, err := f.receiptPage(ctx, tx, in, access.ViewCredits)
		if err != nil {
			return err
		}
		next = cursor
		out, err = f.paymentBodies(tx, list)
		return err
	})
	return pageOf(out, next), err
}

// paymentBodies reads what belongs to the payments behind receipts.
func (f *face) paymentBodies(tx *db.Tx, list []collect.Receipt) ([]paymentBody, error) {
	var credits []id.Credit
	var bills []id.Bill
	for _, r := range list {
		credits, bills = append(credits, r.Credit), append(bills, r.Bill)
	}
	byCredit, err := collect.CreditsByID(tx, credits)
	if err != nil {
		return nil, err
	}
	byBill, err := bill.ByIDs(tx, bills)
	if err != nil {
		return nil, err
	}
	allocs, err := collect.AllocationsOf(tx, credits...)
	if err != nil {
		return nil, err
	}
	byAlloc := make(map[id.Alloc]collect.Allocation, len(allocs))
	for _, a := range allocs {
		byAlloc[a.ID] = a
	}
	out := make([]paymentBody, len(list))
	for i, r := range list {
		out[i] = f.paymentBody(byAlloc[r.Allocation], byCredit[r.Credit], byBill[r.Bill], r)
	}
	return out, nil
}

func (f *face) paymentBody(a collect.Allocation, c collect.Credit, b bill.Bill, r collect.Receipt) paymentBody {
	out := paymentBody{
		ID: r.Allocation.String(), Bill: r.Bill.String(), BillCode: b.Code, Credit: r.Credit.String(), Facility: r.Facility.String(),
		Amount: r.Amount, Currency: currency, Method: r.Method, State: "matched", Rule: a.Rule, BookedOn: c.BookedOn,
		MatchedAt: at(a.At), ReversedAt: at(a.UndoneAt), Receipt: f.receiptBody(r, b),
	}
	if !a.UndoneAt.IsZero() {
		out.State = "reversed"
	}
	return out
}

type paymentOutput struct {
	Location string `header:"Location" doc:"Địa chỉ của khoản đã trả"`
	Body     paymentBody
}

func (f *face) getPayment(ctx context.Context, in *struct {
	ID string `path:"id" maxLength:"40" example:"alo_0c3k9x2m4p7q1"`
},
) (*paymentOutput, error) {
	want, err := parse[id.Alloc](in.ID)
	if err != nil {
		return nil, err
	}
	var out *paymentOutput
	err = f.DB.View(ctx, func(tx *db.Tx) error {
		a, err := collect.AllocationByID(tx, want)
		if err != nil {
			return err
		}
		if err := callOf(ctx).may(access.ViewCredits, a.Facility); err != nil {
			return err
		}
		rs, err := collect.ReceiptsOfCredit(tx, a.Credit)
		if err != nil {
			return err
		}
		for _, r := range rs {
			if r.Allocation == want {
				list, err := f.paymentBodies(tx, []collect.Receipt{r})
				if err != nil {
					return err
				}
				out = &paymentOutput{Location: "/v1/payments/" + list[0].ID, Body: list[0]}
				return nil
			}
		}
		return db.ErrNotFound // payer's credit, or money given back: no payment of a bill
	})
	return out, err
}

type cashInput struct {
	Bill   string     `json:"bill" maxLength:"40" doc:"Phiếu được trả" example:"bil_0c3k9x2m4p7q1"`
	Amount vnd.Amount `json:"amount" minimum:"1" maximum:"999999999999999" doc:"Không quá số còn phải trả; tiền thừa trả lại tại quầy" example:"1250000"`
	Payer  string     `json:"payer,omitempty" maxLength:"100" doc:"Người đưa tiền; bỏ trống là người trả tiền trên phiếu"`
	Note   string     `json:"note,omitempty" maxLength:"200"`
}

func (f *face) recordCash(ctx context.Context, in *struct{ Body cashInput }) (*paymentOutput, error) {
	c := callOf(ctx)
	var b bill.Bill
	err := f.DB.View(ctx, func(tx *db.Tx) (err error) {
		b, _, err = f.billFor(ctx, tx, in.Body.Bill, access.TakeCash)
		return err
	})
	if err != nil {
		return nil, err
	}
	// The same money, however often the call runs; another bill or sum is other money, even when
	// a caller uses a key again after the weeks it is kept for.
	key := c.externalID("cash " + b.ID.String() + " " + strconv.FormatInt(int64(in.Body.Amount), 10))
	credit, _, err := f.Collect.TakeCash(ctx, c.actor(), collect.Cash{
		Facility: b.Facility, Bill: b.ID, Amount: in.Body.Amount, Payer: in.Body.Payer, Note: in.Body.Note, Key: key,
	})
	if err != nil {
		return nil, err
	}
	var out *paymentOutput
	err = f.DB.View(context.WithoutCancel(ctx), func(tx *db.Tx) error {
		rs, err := collect.ReceiptsOfCredit(tx, credit.ID)
		if err != nil {
			return err
		}
		list, err := f.paymentBodies(tx, rs[:1])
		if err == nil {
			out = &paymentOutput{Location: "/v1/payments/" + list[0].ID, Body: list[0]}
		}
		return err
	})
	return out, err
}
