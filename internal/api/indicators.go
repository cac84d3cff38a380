package api

import (
	"context"
	"math/big"
	"net/http"
	"slices"
	"time"

	"github.com/sen-platform/sen/internal/access"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/indicator"
	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/rail"
	"github.com/sen-platform/sen/internal/vnd"
)

// figuresBody is what the rollups say about one group. Shares have four digits behind the
// point; what they are shares of stands beside them.
type figuresBody struct {
	Facility    string                  `json:"facility,omitempty" doc:"Khi by có facility"`
	Month       string                  `json:"month,omitempty" doc:"Khi by có month" example:"2026-11"`
	FeeKind     string                  `json:"fee_kind,omitempty" doc:"Khi by có fee_kind"`
	Issued      sumBody                 `json:"issued" doc:"Phiếu đã phát hành trong kỳ"`
	Cancelled   sumBody                 `json:"cancelled" doc:"Phiếu đã hủy trong kỳ"`
	Settled     sumBody                 `json:"settled" doc:"Phiếu trả đủ trong kỳ; bằng 0 khi chia theo khoản thu, vì một phiếu trả đủ là trả đủ cả phiếu"`
	Payments    sumBody                 `json:"payments" doc:"Mọi lần trả, cả tiền mặt: mẫu số của T3, T4"`
	Cashless    sumBody                 `json:"cashless" doc:"Lần trả không dùng tiền mặt: tử số của T3, T4"`
	Methods     map[rail.Method]sumBody `json:"methods" doc:"Theo qr, website, mobile_money, card, cash"`
	Share       *shareBody              `json:"cashless_share,omitempty" doc:"Tỷ lệ không dùng tiền mặt; không có khi chưa thu gì: chưa có không phải là 0 %"`
	Outstanding *vnd.Amount             `json:"outstanding,omitempty" doc:"Còn phải thu đến hết kỳ, tính từ đầu; không có khi chia theo tháng"`
	Currency    string                  `json:"currency" enum:"VND"`
}

type sumBody struct {
	Count  int64      `json:"count"`
	Amount vnd.Amount `json:"amount"`
}

type shareBody struct {
	ByCount float64 `json:"by_count" minimum:"0" maximum:"1" doc:"T3" example:"0.8767"`
	ByValue float64 `json:"by_value" minimum:"0" maximum:"1" doc:"T4" example:"0.9120"`
}

func (f *face) indicatorRoutes() {
	add(f, operation(http.MethodGet, "/v1/indicators", "get-indicators", tagFigures, "Chỉ số thanh toán",
		"Cộng từ số liệu tổng hợp được ghi cùng lúc với từng khoản tiền, nên luôn bằng số liệu gốc. Khóa của tỉnh thấy mọi cơ sở.", 404), f.getIndicators)
}

type indicatorsInput struct {
	Facility string `query:"facility" maxLength:"40" doc:"fac_…; bỏ trống là cơ sở của khóa, hoặc cả tỉnh với khóa của tỉnh"`
	From     string `query:"from" maxLength:"7" example:"2026-01" doc:"Từ tháng"`
	To       string `query:"to" maxLength:"7" example:"2026-12" doc:"Đến hết tháng"`
	FeeKind  string `query:"fee_kind" maxLength:"64" doc:"id hoặc mã khoản thu"`
	By       string `query:"by" maxLength:"60" doc:"Chia theo một hay nhiều trong facility, month, fee_kind" example:"facility,month"`
}

type indicatorsOutput struct {
	Body struct {
		Data  []figuresBody `json:"data" doc:"Mỗi nhóm một mục; một mục khi không chia"`
		Total figuresBody   `json:"total" doc:"Cả kỳ, mọi nhóm"`
	}
}

// dims are the dimensions by the names callers use.
var dims = map[string]indicator.Dim{"facility": indicator.ByFacility, "month": indicator.ByMonth, "fee_kind": indicator.ByFeeKind}

func (f *face) getIndicators(ctx context.Context, in *indicatorsInput) (*indicatorsOutput, error) {
	c := callOf(ctx)
	of, err := c.own(ctx, in.Facility, access.ViewFigures)
	if err != nil {
		return nil, err
	}
	for name, month := range map[string]string{"from": in.From, "to": in.To} {
		if _, err := time.Parse("2006-01", month); month != "" && err != nil {
			return nil, badParameter(ctx, name, "malformed", "Phải là tháng, ví dụ 2026-11.")
		}
	}
	filter := indicator.Filter{From: in.From, To: in.To}
	if of != 0 {
		filter.Facilities = []id.Facility{of}
	}
	names, err := choices(ctx, "by", in.By, []string{"facility", "month", "fee_kind"})
	if err != nil {
		return nil, err
	}
	var by []indicator.Dim
	for _, n := range names {
		if !slices.Contains(by, dims[n]) {
			by = append(by, dims[n])
		}
	}
	out := &indicatorsOutput{}
	out.Body.Data = []figuresBody{}
	err = f.DB.View(ctx, func(tx *db.Tx) error {
		if in.Facility != "" {
			if _, err := org.FacilityByID(tx, of); err != nil {
				return err
			}
		}
		if filter.FeeKind, err = readFeeKind(ctx, tx, in.FeeKind); err != nil {
			return err
		}
		if out.Body.Data, err = figures(tx, filter, by); err != nil {
			return err
		}
		total, err := figures(tx, filter, nil)
		if len(total) > 0 {
			out.Body.Total = total[0]
		} else {
			out.Body.Total = figuresOf(indicator.Row{}, nil)
		}
		return err
	})
	return out, err
}

// figures are the groups of a filter, with what is outstanding where that has a meaning: it is
// a stock, so it is summed from the beginning, and it has no month.
func figures(tx *db.Tx, filter indicator.Filter, by []indicator.Dim) ([]figuresBody, error) {
	rows, err := indicator.Query(tx, filter, by...)
	if err != nil {
		return nil, err
	}
	out := []figuresBody{}
	if slices.Contains(by, indicator.ByMonth) {
		for _, r := range rows {
			out = append(out, figuresOf(r, nil))
		}
		return out, nil
	}
	filter.From = ""
	since, err := indicator.Query(tx, filter, by...)
	if err != nil {
		return nil, err
	}
	type group struct {
		facility id.Facility
		fee      id.FeeKind
	}
	flows := map[group]indicator.Row{}
	for _, r := range rows {
		flows[group{r.Facility, r.FeeKind}] = r
	}
	for _, s := range since { // every group of the period is a group since the beginning
		r, ok := flows[group{s.Facility, s.FeeKind}]
		if !ok {
			r = indicator.Row{Facility: s.Facility, FeeKind: s.FeeKind}
		}
		open := s.Outstanding()
		out = append(out, figuresOf(r, &open))
	}
	return out, nil
}

func figuresOf(r indicator.Row, outstanding *vnd.Amount) figuresBody {
	sum := func(s indicator.Sum) sumBody { return sumBody{Count: s.N, Amount: s.Amount} }
	b := figuresBody{
		Facility: r.Facility.String(), Month: r.Month, FeeKind: r.FeeKind.String(), Issued: sum(r.Issued), Cancelled: sum(r.Cancelled), Settled: sum(r.Settled),
		Payments: sum(r.Payments()), Cashless: sum(r.Cashless()), Methods: map[rail.Method]sumBody{}, Outstanding: outstanding, Currency: currency,
	}
	for _, m := range append(rail.Methods(), rail.Cash) {
		b.Methods[m] = sum(r.Methods[m])
	}
	if r.Applicable() {
		all, part := r.Payments(), r.Cashless()
		b.Share = &shareBody{ByCount: share(part.N, all.N), ByValue: share(int64(part.Amount), int64(all.Amount))}
	}
	return b
}

// share is part of whole, cut to four digits so that what is not all never reads 1.
func share(part, whole int64) float64 {
	if whole <= 0 {
		return 0
	}
	q := new(big.Int).Mul(big.NewInt(part), big.NewInt(10000))
	return float64(q.Quo(q, big.NewInt(whole)).Int64()) / 10000
}

// readFeeKind finds a fee kind by identifier or code; zero for an empty text.
func readFeeKind(ctx context.Context, tx *db.Tx, text string) (id.FeeKind, error) {
	if text == "" {
		return 0, nil
	}
	fees, err := readFeeIndex(tx)
	if err != nil {
		return 0, err
	}
	kind, known := fees[text]
	if !known {
		return 0, badParameter(ctx, "fee_kind", "unknown", "Không có khoản thu này. Xem GET /v1/fee_kinds.")
	}
	return kind, nil
}
