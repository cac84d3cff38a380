package api

import (
	"context"
	"net/http"
	"time"

	"github.com/sen-platform/sen/internal/access"
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/rail"
	"github.com/sen-platform/sen/internal/vnd"
)

// creditBody is money that arrived, and where each đồng of it is:
// allocated + surplus + suspense + returned + reversed = amount, always.
type creditBody struct {
	ID             string           `json:"id" example:"cre_0c3k9x2m4p7q1"`
	Facility       string           `json:"facility"`
	Account        string           `json:"account,omitempty" doc:"Tài khoản nhận; không có với tiền mặt"`
	Stream         string           `json:"stream" doc:"Nguồn báo: sepay, casso, payos, camt, mt940, sheet, cash"`
	PartnerRef     string           `json:"partner_ref" doc:"Mã của nguồn báo, mỗi mã một lần"`
	BankRef        string           `json:"bank_ref,omitempty" doc:"Mã giao dịch của ngân hàng"`
	Method         rail.Method      `json:"method" enum:"qr,website,mobile_money,card,cash"`
	Amount         vnd.Amount       `json:"amount"`
	Currency       string           `json:"currency" enum:"VND"`
	BookedOn       clock.Date       `json:"booked_on" format:"date"`
	OccurredAt     *time.Time       `json:"occurred_at,omitempty"`
	ReceivedAt     *time.Time       `json:"received_at"`
	Memo           string           `json:"memo" doc:"Nội dung chuyển khoản như ngân hàng báo"`
	PayerName      string           `json:"payer_name,omitempty"`
	PayerAccount   string           `json:"payer_account,omitempty"`
	PayerBank      string           `json:"payer_bank,omitempty"`
	VirtualAccount string           `json:"virtual_account,omitempty"`
	Status         collect.Status   `json:"status" enum:"matched,suspense,assigned,returned,reversed"`
	Reason         collect.Reason   `json:"reason,omitempty" doc:"Vì sao còn chờ xử lý"`
	Allocated      vnd.Amount       `json:"allocated" doc:"Đã vào phiếu"`
	Surplus        vnd.Amount       `json:"surplus" doc:"Trả thừa, giữ cho người trả"`
	Suspense       vnd.Amount       `json:"suspense" doc:"Chờ xử lý"`
	Returned       vnd.Amount       `json:"returned" doc:"Trả lại người gửi"`
	Reversed       vnd.Amount       `json:"reversed" doc:"Ngân hàng rút lại"`
	Allocations    []allocationBody `json:"allocations" doc:"Từng phần, cả phần đã gỡ"`
}

type allocationBody struct {
	ID       string     `json:"id" doc:"Với kind là bill, cũng là id của khoản đã trả" example:"alo_0c3k9x2m4p7q1"`
	Kind     string     `json:"kind" enum:"bill,surplus,return"`
	Bill     string     `json:"bill,omitempty"`
	Amount   vnd.Amount `json:"amount"`
	Rule     string     `json:"rule"`
	Evidence string     `json:"evidence,omitempty" doc:"Đã tìm thấy gì, ở đâu"`
	At       *time.Time `json:"at"`
	UndoneAt *time.Time `json:"undone_at,omitempty"`
}

func (f *face) creditRoutes() {
	add(f, operation(http.MethodGet, "/v1/credits", "list-credits", tagCredits, "Danh sách báo có",
		"Mọi khoản tiền đã đến, mới nhất trước, cả khoản chưa biết của phiếu nào (status=suspense).", 404), f.listCredits)
	add(f, operation(http.MethodGet, "/v1/credits/{id}", "get-credit", tagCredits, "Một báo có",
		"Kèm từng phần đã phân bổ.", 404), f.getCredit)
}

func creditStatuses() []collect.Status {
	return []collect.Status{collect.Matched, collect.Waiting, collect.Assigned, collect.Returned, collect.Reversed}
}

func (f *face) listCredits(ctx context.Context, in *struct {
	Paging
	Facility string      `query:"facility" maxLength:"40" doc:"fac_…; bỏ trống là cơ sở của khóa"`
	Status   string      `query:"status" maxLength:"200" doc:"Một hay nhiều trong matched, suspense, assigned, returned, reversed"`
	Method   rail.Method `query:"method" enum:"qr,website,mobile_money,card,cash"`
	Q        string      `query:"q" maxLength:"200" doc:"Tìm trong nội dung, người gửi, tài khoản, mã giao dịch"`
	From     clock.Date  `query:"booked_on[gte]" format:"date"`
	To       clock.Date  `query:"booked_on[lte]" format:"date"`
},
) (*listOutput[creditBody], error) {
	of, err := callOf(ctx).own(ctx, in.Facility, access.ViewCredits)
	if err != nil {
		return nil, err
	}
	filter := collect.CreditFilter{Facility: of, Method: in.Method, Text: in.Q, From: in.From, To: in.To, Limit: in.Limit}
	if filter.Status, err = choices(ctx, "status", in.Status, creditStatuses()); err != nil {
		return nil, err
	}
	if filter.Before, err = readCursor[id.Credit](ctx, in.Cursor); err != nil {
		return nil, err
	}
	var out []creditBody
	var next id.Credit
	err = f.DB.View(ctx, func(tx *db.Tx) error {
		list, before, err := collect.Credits(tx, filter)
		if err != nil {
			return err
		}
		next = before
		out, err = creditBodies(tx, list)
		return err
	})
	return pageOf(out, cursorOf(next)), err
}

type creditOutput struct{ Body creditBody }

func (f *face) getCredit(ctx context.Context, in *struct {
	ID string `path:"id" maxLength:"40" example:"cre_0c3k9x2m4p7q1"`
},
) (*creditOutput, error) {
	want, err := parse[id.Credit](in.ID)
	if err != nil {
		return nil, err
	}
	var out *creditOutput
	err = f.DB.View(ctx, func(tx *db.Tx) error {
		c, err := collect.CreditByID(tx, want)
		if err != nil {
			return err
		}
		if err := callOf(ctx).may(access.ViewCredits, c.Facility); err != nil {
			return err
		}
		list, err := creditBodies(tx, []collect.Credit{c})
		if err == nil {
			out = &creditOutput{Body: list[0]}
		}
		return err
	})
	return out, err
}

func creditBodies(tx *db.Tx, list []collect.Credit) ([]creditBody, error) {
	ids := make([]id.Credit, len(list))
	for i, c := range list {
		ids[i] = c.ID
	}
	allocs, err := collect.AllocationsOf(tx, ids...)
	if err != nil {
		return nil, err
	}
	parts := map[id.Credit][]allocationBody{}
	for _, a := range allocs {
		parts[a.Credit] = append(parts[a.Credit], allocationBody{
			ID: a.ID.String(), Kind: a.Kind, Bill: a.Bill.String(), Amount: a.Amount, Rule: a.Rule, Evidence: a.Evidence, At: at(a.At), UndoneAt: at(a.UndoneAt),
		})
	}
	out := make([]creditBody, len(list))
	for i, c := range list {
		out[i] = creditBody{
			ID: c.ID.String(), Facility: c.Facility.String(), Account: c.Account.String(), Stream: c.Stream, PartnerRef: c.PartnerRef, BankRef: c.BankRef,
			Method: c.Method, Amount: c.Amount, Currency: currency, BookedOn: c.BookedOn, OccurredAt: at(c.OccurredAt), ReceivedAt: at(c.ReceivedAt),
			Memo: c.Memo, PayerName: c.PayerName, PayerAccount: c.PayerAccount, PayerBank: c.PayerBank, VirtualAccount: c.VirtualAccount,
			Status: c.Status, Reason: c.Reason, Allocated: c.Allocated, Surplus: c.Surplus, Suspense: c.Suspense, Returned: c.Returned, Reversed: c.Reversed,
			Allocations: parts[c.ID],
		}
		if out[i].Allocations == nil {
			out[i].Allocations = []allocationBody{}
		}
	}
	return out, nil
}
