package api

import (
	"fmt"
	"strings"

	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/vnd"
)

// BillContent is what a bill says. What it may say is decided by bill.Rules; the limits here
// only keep nonsense out.
type BillContent struct {
	Payer       *payerInput       `json:"payer,omitempty" doc:"Người trả tiền; bỏ trống thì là người thụ hưởng"`
	Beneficiary *beneficiaryInput `json:"beneficiary,omitempty" doc:"Học sinh, người bệnh"`
	Reason      string            `json:"reason" doc:"Nội dung thu, nhiều nhất 200 ký tự" example:"Thu tháng 12/2026"`
	Period      string            `json:"period,omitempty" doc:"Kỳ thu, nhiều nhất 40 ký tự" example:"tháng 12/2026"`
	Lines       []lineInput       `json:"lines" doc:"Các khoản thu, từ 1 đến 60 dòng"`
	Instalments []instalmentBody  `json:"instalments,omitempty" maxItems:"60" doc:"Các đợt trả, cộng lại bằng tổng phiếu; chỉ khi part_payment là instalments"`
	PartPayment org.PartPayment   `json:"part_payment,omitempty" enum:"none,free,instalments" doc:"Bỏ trống thì theo cơ sở"`
	Account     string            `json:"account,omitempty" maxLength:"40" doc:"Tài khoản nhận tiền acc_…; bỏ trống thì tài khoản mặc định"`
	DueOn       clock.Date        `json:"due_on" format:"date" doc:"Hạn trả" example:"2026-12-31"`
	ExpiresOn   clock.Date        `json:"expires_on,omitempty" format:"date" doc:"Không sớm hơn hạn trả"`
}

// billInput is a bill to be made.
type billInput struct {
	BillContent
	ExternalID string `json:"external_id,omitempty" doc:"Mã phiếu trong phần mềm của cơ sở, nhiều nhất 64 ký tự, không dùng lại. Nên gửi: cùng mã thì không bao giờ thành hai phiếu. Bỏ trống thì Sen lấy một mã từ Idempotency-Key" example:"HD-2026-12-000187"`
	Facility   string `json:"facility,omitempty" maxLength:"40" doc:"Bỏ trống là cơ sở của khóa"`
	Publish    bool   `json:"publish,omitempty" doc:"true: phát hành ngay, phiếu trả được từ lúc này"`
}

type payerInput struct {
	Name  string `json:"name,omitempty" example:"Trần Thị Mẫu"`
	Phone string `json:"phone,omitempty" example:"0912345678"`
}

type beneficiaryInput struct {
	Name      string `json:"name,omitempty" example:"Nguyễn Minh Khôi"`
	Code      string `json:"code,omitempty" example:"HS001245"`
	Class     string `json:"class,omitempty" example:"3B"`
	BirthYear int    `json:"birth_year,omitempty" example:"2018"`
}

type lineInput struct {
	FeeKind   string     `json:"fee_kind" maxLength:"64" doc:"id (fee_…) hoặc mã của khoản thu" example:"BAN_TRU"`
	Name      string     `json:"name,omitempty" doc:"Bỏ trống thì lấy tên khoản thu"`
	Quantity  int64      `json:"quantity,omitempty" minimum:"1" maximum:"1000000" doc:"Bỏ trống là 1"`
	UnitPrice vnd.Amount `json:"unit_price,omitempty" minimum:"-999999999999999" maximum:"999999999999999"`
	Amount    vnd.Amount `json:"amount" minimum:"-999999999999999" maximum:"999999999999999" doc:"Thành tiền bằng số lượng nhân đơn giá; âm là giảm trừ" example:"700000"`
	Note      string     `json:"note,omitempty"`
}

// feeIndex finds fee kinds by what a caller may name them by.
type feeIndex map[string]id.FeeKind

func readFeeIndex(tx *db.Tx) (feeIndex, error) {
	kinds, err := org.FeeKinds(tx, "", "")
	out := make(feeIndex, 2*len(kinds))
	for _, k := range kinds {
		out[k.Code], out[k.ID.String()] = k.ID, k.ID
	}
	return out, err
}

// content turns what the caller wrote into a bill to be made. Names that mean nothing are
// left zero with their place, for bill.Rules to complain about everything at once.
func (in BillContent) content(fees feeIndex) (bill.NewBill, error) {
	n := bill.NewBill{
		Reason: in.Reason, Period: in.Period, PartPayment: in.PartPayment, DueOn: in.DueOn, ExpiresOn: in.ExpiresOn,
	}
	if p := in.Payer; p != nil {
		n.PayerName, n.PayerPhone = p.Name, p.Phone
	}
	if b := in.Beneficiary; b != nil {
		n.BeneficiaryName, n.BeneficiaryCode, n.Class, n.BirthYear = b.Name, b.Code, b.Class, b.BirthYear
	}
	var bad []bill.FieldError
	for i, l := range in.Lines {
		kind, known := fees[strings.TrimSpace(l.FeeKind)]
		if !known {
			bad = append(bad, bill.FieldError{
				Pointer: fmt.Sprintf("/lines/%d/fee_kind", i), Code: bill.CodeUnknown,
				MessageVI: fmt.Sprintf("Không có khoản thu “%.64s” trong danh mục. Xem GET /v1/fee_kinds.", l.FeeKind),
			})
		}
		n.Lines = append(n.Lines, bill.Line{FeeKind: kind, Name: l.Name, Quantity: l.Quantity, UnitPrice: l.UnitPrice, Amount: l.Amount, Note: l.Note})
	}
	for _, p := range in.Instalments {
		n.Instalments = append(n.Instalments, bill.Instalment{Amount: p.Amount, DueOn: p.DueOn})
	}
	if in.Account != "" {
		a, err := id.Parse[id.Account](in.Account)
		if err != nil {
			bad = append(bad, bill.FieldError{Pointer: "/account", Code: bill.CodeUnknown, MessageVI: "Mã tài khoản có dạng acc_…. Xem tài khoản của cơ sở ở GET /v1/facilities."})
		}
		n.Account = a
	}
	if bad != nil {
		return n, &bill.Invalid{Fields: bad}
	}
	return n, nil
}
