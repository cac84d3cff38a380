package api

import (
	"context"
	"errors"
	"net/http"
	"reflect"

	"github.com/sen-platform/sen/internal/access"
	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/vn"
)

func (f *face) billChangeRoutes() {
	create := operation(http.MethodPost, "/v1/bills", "create-bill", tagBills, "Lập một phiếu thu",
		"Phiếu mới là bản nháp, hoặc phát hành ngay với publish. external_id đã có với cùng nội dung: trả lại phiếu cũ với mã 200; khác nội dung: 409.", 404)
	create.DefaultStatus = http.StatusCreated
	alsoAnswers(&create, billBody{}, f.api.OpenAPI().Components.Schemas, map[int]string{http.StatusOK: "Phiếu đã có từ trước, cùng nội dung"})
	add(f, create, f.createBill)
	add(f, operation(http.MethodPost, "/v1/bills/{id}/publish", "publish-bill", tagBills, "Phát hành phiếu",
		"Từ lúc này phiếu trả được. Phiếu đã phát hành thì giữ nguyên.", 404, 412), f.publishBill)
	add(f, operation(http.MethodPost, "/v1/bills/{id}/cancel", "cancel-bill", tagBills, "Hủy phiếu",
		"Chỉ hủy được phiếu chưa nhận tiền. Người nộp thấy lý do.", 404, 412), f.cancelBill)
	reissue := operation(http.MethodPost, "/v1/bills/{id}/reissue", "reissue-bill", tagBills, "Thay phiếu",
		"Hủy phiếu chưa nhận tiền và lập phiếu mới với mã mới; phiếu mới được phát hành nếu phiếu cũ đã phát hành. Tiền đến bằng mã cũ, đúng số tiền mới, vẫn vào phiếu mới.", 404, 412)
	reissue.DefaultStatus = http.StatusCreated
	alsoAnswers(&reissue, billBody{}, f.api.OpenAPI().Components.Schemas, map[int]string{http.StatusOK: "Phiếu đã được thay bằng đúng phiếu này từ trước"})
	add(f, reissue, f.reissueBill)
}

func (f *face) createBill(ctx context.Context, in *struct{ Body billInput }) (*billOutput, error) {
	c := callOf(ctx)
	of, err := f.issuer(ctx, in.Body.Facility, in.Body.Publish)
	if err != nil {
		return nil, err
	}
	var fees feeIndex
	if err := f.DB.View(ctx, func(tx *db.Tx) (err error) { fees, err = readFeeIndex(tx); return err }); err != nil {
		return nil, err
	}
	n, err := in.Body.content(fees)
	if err != nil {
		return nil, err
	}
	n.Facility, n.ExternalID = of, in.Body.ExternalID
	if vn.Clean(n.ExternalID) == "" {
		n.ExternalID = c.externalID("")
	}
	began := f.IDs.Next() // identifiers rise: a bill below this one existed before
	made, err := f.Collect.Issue(ctx, c.actor(), []bill.NewBill{n}, in.Body.Publish)
	if err != nil {
		return nil, err
	}
	status := http.StatusCreated
	if int64(made[0].ID) < began {
		status = http.StatusOK
	}
	return f.answerWith(ctx, status, made[0])
}

// issuer is the facility a caller may make bills for, and publish them when it means to.
func (f *face) issuer(ctx context.Context, named string, publish bool) (id.Facility, error) {
	c := callOf(ctx)
	of, err := c.own(ctx, named, access.EditBills)
	if err == nil && publish {
		err = c.may(access.PublishBills, of)
	}
	return of, err
}

// answerWith reads a bill as it now stands.
func (f *face) answerWith(ctx context.Context, status int, b bill.Bill) (*billOutput, error) {
	var out *billOutput
	err := f.DB.View(context.WithoutCancel(ctx), func(tx *db.Tx) error {
		now, err := bill.ByID(tx, b.ID)
		if err != nil {
			return err
		}
		list, err := f.billBodies(tx, []bill.Bill{now})
		if err == nil {
			out = billAnswer(status, list[0])
		}
		return err
	})
	return out, err
}

// Change is what every change of one bill takes.
type Change struct {
	BillPath
	IfMatch string `header:"If-Match" maxLength:"400" doc:"ETag đã đọc; khác thì 412 và không có gì thay đổi"`
}

// target reads the bill to be changed and holds it against If-Match. A change that comes
// between this and the use case is caught by the rules of the use case itself.
func (f *face) target(ctx context.Context, in Change, a access.Action) (bill.Bill, error) {
	var b bill.Bill
	err := f.DB.View(ctx, func(tx *db.Tx) error {
		found, body, err := f.billFor(ctx, tx, in.ID, a)
		if err == nil && in.IfMatch != "" && !matches(in.IfMatch, body.etag()) {
			err = faultPrecondition
		}
		b = found
		return err
	})
	return b, err
}

func (f *face) publishBill(ctx context.Context, in *struct{ Change }) (*billOutput, error) {
	b, err := f.target(ctx, in.Change, access.PublishBills)
	if err != nil {
		return nil, err
	}
	if _, err := f.Collect.PublishBills(ctx, callOf(ctx).actor(), []id.Bill{b.ID}); err != nil {
		return nil, err
	}
	return f.answerWith(ctx, http.StatusOK, b)
}

type cancelInput struct {
	Reason string `json:"reason" doc:"Lý do hủy, người nộp sẽ thấy" example:"Học sinh chuyển trường"`
}

func (f *face) cancelBill(ctx context.Context, in *struct {
	Change
	Body cancelInput
},
) (*billOutput, error) {
	b, err := f.target(ctx, in.Change, access.CancelBills)
	if err != nil {
		return nil, err
	}
	// Cancelled before with these words: the call is a repetition of the one that did it.
	repeated := b.State == bill.Cancelled && b.ReplacedBy == 0 && b.CancelReason == vn.Clean(in.Body.Reason)
	if !repeated {
		if err := f.Collect.Cancel(ctx, callOf(ctx).actor(), b.ID, in.Body.Reason); err != nil {
			return nil, err
		}
	}
	return f.answerWith(ctx, http.StatusOK, b)
}

func (f *face) reissueBill(ctx context.Context, in *struct {
	Change
	Body BillContent
},
) (*billOutput, error) {
	c := callOf(ctx)
	old, err := f.target(ctx, in.Change, access.CancelBills)
	if err == nil {
		_, err = f.issuer(ctx, old.Facility.String(), old.State == bill.Published)
	}
	if err != nil {
		return nil, err
	}
	var n bill.NewBill
	var before *bill.Bill
	err = f.DB.View(ctx, func(tx *db.Tx) error {
		fees, err := readFeeIndex(tx)
		if err != nil {
			return err
		}
		if n, err = in.Body.content(fees); err != nil || old.ReplacedBy == 0 {
			return err
		}
		before, err = reissuedAs(tx, old, n, clock.Today(f.Clock))
		return err
	})
	switch {
	case err != nil:
		return nil, err
	case before != nil:
		return f.answerWith(ctx, http.StatusOK, *before)
	case old.ReplacedBy != 0:
		p := faultHasReplacement.problem(ctx)
		p.Detail = "replaced by: " + old.ReplacedBy.String()
		return nil, p
	}
	next, err := f.Collect.Reissue(ctx, c.actor(), old.ID, n)
	if err != nil {
		return nil, err
	}
	return f.answerWith(ctx, http.StatusCreated, next)
}

// reissuedAs is the bill that replaced old when it says just what n would: then the call is a
// repetition of the one that did it. nil when it says something else.
func reissuedAs(tx *db.Tx, old bill.Bill, n bill.NewBill, today clock.Date) (*bill.Bill, error) {
	next, err := bill.ByID(tx, old.ReplacedBy)
	if errors.Is(err, db.ErrNotFound) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	lines, err := bill.LinesOf(tx, []id.Bill{next.ID})
	if err != nil {
		return nil, err
	}
	plans, err := bill.InstalmentsOf(tx, []id.Bill{next.ID})
	if err != nil {
		return nil, err
	}
	rules, err := bill.LoadRules(tx, next.Facility, today)
	if err != nil {
		return nil, err
	}
	stored := bill.NewBill{
		Facility: next.Facility, Round: next.Round, ExternalID: next.ExternalID, PayerName: next.PayerName, PayerPhone: next.PayerPhone,
		BeneficiaryName: next.BeneficiaryName, BeneficiaryCode: next.BeneficiaryCode, Class: next.Class, BirthYear: next.BirthYear,
		Reason: next.Reason, Period: next.Period, Lines: lines[next.ID], Instalments: plans[next.ID], PartPayment: next.PartPayment,
		Account: next.Account, DueOn: next.DueOn, ExpiresOn: next.ExpiresOn,
	}
	n.Facility, n.Round, n.ExternalID = next.Facility, next.Round, next.ExternalID
	if n, err = rules.Check(n); err != nil || !reflect.DeepEqual(n, stored) {
		return nil, err
	}
	return &next, nil
}
