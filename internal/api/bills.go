package api

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/sen-platform/sen/internal/access"
	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/billcode"
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
)

func (f *face) billRoutes() {
	add(f, operation(http.MethodGet, "/v1/bills", "list-bills", tagBills, "Danh sách phiếu thu",
		"Mới nhất trước, hoặc theo lớp và tên với order=roll. code và external_id tìm đúng một phiếu.", 404), f.listBills)
	one := operation(http.MethodGet, "/v1/bills/{id}", "get-bill", tagBills, "Một phiếu thu",
		"Trả kèm ETag; gửi lại ở If-None-Match để chỉ nhận nội dung khi phiếu đã đổi.", 404)
	alsoAnswers(&one, nil, nil, map[int]string{http.StatusNotModified: "Phiếu chưa đổi"})
	add(f, one, f.getBill)
}

type billsInput struct {
	Paging
	Facility    string     `query:"facility" maxLength:"40" doc:"fac_…; bỏ trống là cơ sở của khóa"`
	Status      string     `query:"status" maxLength:"200" doc:"Một hay nhiều trong draft, open, partly_paid, paid, cancelled, expired" example:"in:open,partly_paid"`
	Round       string     `query:"round" maxLength:"40"`
	Class       string     `query:"class" maxLength:"60"`
	Beneficiary string     `query:"beneficiary_code" maxLength:"100"`
	Q           string     `query:"q" maxLength:"200" doc:"Tìm theo tên, lớp, mã, số điện thoại, viết có dấu hay không"`
	Code        string     `query:"code" maxLength:"40"`
	ExternalID  string     `query:"external_id" maxLength:"100"`
	DueFrom     clock.Date `query:"due_on[gte]" format:"date"`
	DueTo       clock.Date `query:"due_on[lte]" format:"date"`
	Overdue     bool       `query:"overdue" doc:"true: chỉ phiếu quá hạn còn nợ"`
	Order       string     `query:"order" enum:"newest,roll" default:"newest"`
}

func (f *face) listBills(ctx context.Context, in *billsInput) (*listOutput[billBody], error) {
	of, err := callOf(ctx).own(ctx, in.Facility, access.ViewBills)
	if err != nil {
		return nil, err
	}
	filter := bill.Filter{
		Facility: of, Beneficiary: in.Beneficiary, Text: in.Q, DueFrom: in.DueFrom, DueTo: in.DueTo, Overdue: in.Overdue,
		Cursor: in.Cursor, Limit: in.Limit, Today: clock.Today(f.Clock),
	}
	if in.Order == "roll" {
		filter.Order = bill.ByRoll
	}
	if in.Class != "" {
		filter.Class = &in.Class
	}
	if filter.Status, err = choices(ctx, "status", in.Status, bill.Statuses()); err != nil {
		return nil, err
	}
	if in.Round != "" {
		if filter.Round, err = id.Parse[id.Round](in.Round); err != nil {
			return nil, badParameter(ctx, "round", "malformed", "Mã đợt thu có dạng rnd_….")
		}
	}
	var out []billBody
	var next string
	err = f.DB.View(ctx, func(tx *db.Tx) error {
		if in.Code != "" || in.ExternalID != "" {
			one, err := exactBill(tx, of, in)
			if err != nil {
				return err
			}
			out, err = f.billBodies(tx, one)
			return err
		}
		page, err := bill.Search(tx, filter)
		if err != nil {
			return err
		}
		next = page.Next
		out, err = f.billBodies(tx, page.Bills)
		return err
	})
	if errors.Is(err, bill.ErrCursor) {
		return nil, badCursor(ctx)
	}
	return pageOf(out, next), err
}

// exactBill finds the one bill of a facility with a code, an external identifier, or both.
func exactBill(tx *db.Tx, of id.Facility, in *billsInput) ([]bill.Bill, error) {
	var b bill.Bill
	var err error
	if in.ExternalID != "" {
		b, err = bill.ByExternalID(tx, of, in.ExternalID)
	} else {
		code, wrong := billcode.Parse(in.Code)
		if wrong != nil {
			return nil, nil
		}
		b, err = bill.ByCode(tx, code)
	}
	switch {
	case errors.Is(err, db.ErrNotFound):
		return nil, nil
	case err != nil:
		return nil, err
	case b.Facility != of || in.Code != "" && !sameCode(b.Code, in.Code):
		return nil, nil
	}
	return []bill.Bill{b}, nil
}

func sameCode(have billcode.Code, asked string) bool {
	code, err := billcode.Parse(asked)
	return err == nil && code == have
}

// billOutput is one bill with its version.
type billOutput struct {
	Status   int
	ETag     string `header:"ETag" doc:"Phiên bản của phiếu, gửi lại ở If-Match hoặc If-None-Match"`
	Location string `header:"Location" doc:"Địa chỉ của phiếu"`
	Body     billBody
}

func billAnswer(status int, b billBody) *billOutput {
	return &billOutput{Status: status, ETag: b.etag(), Location: "/v1/bills/" + b.ID, Body: b}
}

type BillPath struct {
	ID string `path:"id" maxLength:"40" example:"bil_0c3k9x2m4p7q1"`
}

func (f *face) getBill(ctx context.Context, in *struct {
	BillPath
	IfNoneMatch string `header:"If-None-Match" maxLength:"400"`
},
) (*billOutput, error) {
	var out *billOutput
	err := f.DB.View(ctx, func(tx *db.Tx) error {
		_, body, err := f.billFor(ctx, tx, in.ID, access.ViewBills)
		if err == nil {
			out = billAnswer(http.StatusOK, body)
		}
		return err
	})
	if err == nil && matches(in.IfNoneMatch, out.ETag) {
		out.Status = http.StatusNotModified
	}
	return out, err
}

// billFor reads a bill on which the caller may do an action; a bill out of reach does not exist.
func (f *face) billFor(ctx context.Context, tx *db.Tx, text string, a access.Action) (bill.Bill, billBody, error) {
	want, err := parse[id.Bill](text)
	if err != nil {
		return bill.Bill{}, billBody{}, err
	}
	b, err := bill.ByID(tx, want)
	if err != nil {
		return b, billBody{}, err
	}
	if err := callOf(ctx).may(a, b.Facility); err != nil {
		return b, billBody{}, err
	}
	list, err := f.billBodies(tx, []bill.Bill{b})
	if err != nil {
		return b, billBody{}, err
	}
	return b, list[0], nil
}

// matches reports whether a list of entity tags names this one (RFC 9110, section 8.8.3).
func matches(header, etag string) bool {
	for tag := range strings.SplitSeq(header, ",") {
		if tag = strings.TrimPrefix(strings.TrimSpace(tag), "W/"); tag == "*" || tag == etag {
			return true
		}
	}
	return false
}
