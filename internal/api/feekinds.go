package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/vnd"
)

type feeKindBody struct {
	ID         string      `json:"id" example:"fee_0c3k9x2m4p7q1"`
	Code       string      `json:"code" doc:"Mã khoản thu, không đổi; dùng được thay cho id khi lập phiếu" example:"BAN_TRU"`
	Name       string      `json:"name"`
	Sector     org.Sector  `json:"sector" enum:"education,health,both"`
	Ceiling    *vnd.Amount `json:"ceiling,omitempty" doc:"Mức thu cao nhất của một dòng, đồng; không có là không giới hạn"`
	Currency   string      `json:"currency" enum:"VND"`
	LegalBasis string      `json:"legal_basis,omitempty" doc:"Văn bản cho phép thu"`
	Voluntary  bool        `json:"voluntary" doc:"Thu theo thỏa thuận, người trả có thể từ chối"`
	ValidFrom  clock.Date  `json:"valid_from" format:"date"`
	ValidTo    clock.Date  `json:"valid_to,omitempty" format:"date" doc:"Ngày đầu tiên không còn hiệu lực"`
}

func feeKind(k org.FeeKind) feeKindBody {
	return feeKindBody{
		ID: k.ID.String(), Code: k.Code, Name: k.Name, Sector: k.Sector, Ceiling: k.Ceiling, Currency: currency, LegalBasis: k.LegalBasis,
		Voluntary: k.Voluntary, ValidFrom: k.ValidFrom, ValidTo: k.ValidTo,
	}
}

func (f *face) feeKindRoutes() {
	add(f, operation(http.MethodGet, "/v1/fee_kinds", "list-fee-kinds", tagFeeKinds, "Danh mục khoản thu",
		"Danh mục chung của tỉnh, mọi khóa đều đọc được. Một trang là cả danh mục."), f.listFeeKinds)
	add(f, operation(http.MethodGet, "/v1/fee_kinds/{id}", "get-fee-kind", tagFeeKinds, "Một khoản thu",
		"Gọi bằng id (fee_…) hoặc bằng mã.", 404), f.getFeeKind)
}

func (f *face) listFeeKinds(ctx context.Context, in *struct {
	Sector org.Sector `query:"sector" enum:"education,health,both"`
	On     clock.Date `query:"on" format:"date" doc:"Chỉ khoản còn hiệu lực vào ngày này; bỏ trống là mọi thời gian"`
},
) (*listOutput[feeKindBody], error) {
	var out []feeKindBody
	err := f.DB.View(ctx, func(tx *db.Tx) error {
		list, err := org.FeeKinds(tx, in.Sector, in.On)
		for _, k := range list {
			out = append(out, feeKind(k))
		}
		return err
	})
	return pageOf(out, ""), err
}

type feeKindOutput struct{ Body feeKindBody }

func (f *face) getFeeKind(ctx context.Context, in *struct {
	ID string `path:"id" maxLength:"64" example:"BAN_TRU"`
},
) (*feeKindOutput, error) {
	var k org.FeeKind
	err := f.DB.View(ctx, func(tx *db.Tx) (err error) {
		if !strings.HasPrefix(in.ID, "fee_") {
			k, err = org.FeeKindByCode(tx, in.ID)
			return err
		}
		kind, err := parse[id.FeeKind](in.ID)
		if err != nil {
			return err
		}
		k, err = org.FeeKindByID(tx, kind)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &feeKindOutput{Body: feeKind(k)}, nil
}
