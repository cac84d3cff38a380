package api

import (
	"context"
	"errors"
	"net/http"

	"github.com/sen-platform/sen/internal/access"
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/rail/bank"
)

// facilityBody is a facility as the API tells it.
type facilityBody struct {
	ID          string            `json:"id" example:"fac_0c3k9x2m4p7q1"`
	Code        string            `json:"code" doc:"Mã cơ sở, không đổi" example:"TH-CATVANG"`
	Name        string            `json:"name"`
	ShortName   string            `json:"short_name,omitempty"`
	Sector      org.Sector        `json:"sector" enum:"education,health"`
	Level       org.Level         `json:"level" example:"tieu_hoc"`
	LevelName   string            `json:"level_name" example:"Tiểu học"`
	Status      org.Status        `json:"status" enum:"active,paused,closed"`
	Area        string            `json:"area" example:"are_0c3k9x2m4p7q1"`
	Agency      string            `json:"agency,omitempty" doc:"Cơ quan quản lý"`
	TaxCode     string            `json:"tax_code,omitempty"`
	Address     string            `json:"address,omitempty"`
	Phone       string            `json:"phone,omitempty"`
	Hours       string            `json:"hours,omitempty"`
	OpenedOn    clock.Date        `json:"opened_on" format:"date"`
	ClosedOn    clock.Date        `json:"closed_on,omitempty" format:"date"`
	PartPayment org.PartPayment   `json:"part_payment" enum:"none,free,instalments" doc:"Cách trả từng phần mặc định"`
	Collects    bool              `json:"collects" doc:"false: cơ sở không thu khoản nào"`
	Codes       map[string]string `json:"codes" doc:"Mã do các hệ thống khác cấp, ví dụ moet, cskcb, mqhns"`
	Accounts    []accountBody     `json:"accounts" doc:"Tài khoản nhận tiền, tài khoản mặc định đứng đầu"`
	Methods     []methodBody      `json:"methods" doc:"Bốn cách trả không dùng tiền mặt"`
	Contacts    []contactBody     `json:"contacts" doc:"Người hướng dẫn thanh toán"`
}

type accountBody struct {
	ID       string            `json:"id" example:"acc_0c3k9x2m4p7q1"`
	BankBIN  string            `json:"bank_bin" example:"970436"`
	Bank     string            `json:"bank,omitempty" example:"Vietcombank"`
	Number   string            `json:"number"`
	Holder   string            `json:"holder"`
	Default  bool              `json:"default"`
	VAPrefix string            `json:"va_prefix,omitempty" doc:"Đầu số tài khoản định danh"`
	VALength int               `json:"va_length,omitempty"`
	Status   org.AccountStatus `json:"status" enum:"active,closed"`
}

type methodBody struct {
	Method org.Method       `json:"method" enum:"qr,website,mobile_money,card"`
	Status org.MethodStatus `json:"status" enum:"configured,off"`
	Since  clock.Date       `json:"since,omitempty" format:"date"`
}

type contactBody struct {
	ID    string `json:"id" example:"con_0c3k9x2m4p7q1"`
	Name  string `json:"name"`
	Role  string `json:"role"`
	Phone string `json:"phone"`
	Email string `json:"email,omitempty"`
	Hours string `json:"hours,omitempty"`
}

func (f *face) facilityRoutes() {
	add(f, operation(http.MethodGet, "/v1/facilities", "list-facilities", tagFacilities, "Danh sách cơ sở",
		"Khóa của cơ sở chỉ thấy cơ sở mình; khóa của tỉnh thấy mọi cơ sở, theo thứ tự tên.", 404), f.listFacilities)
	add(f, operation(http.MethodGet, "/v1/facilities/{id}", "get-facility", tagFacilities, "Một cơ sở",
		"Kèm tài khoản nhận tiền, cách trả và người hướng dẫn.", 404), f.getFacility)
}

type facilitiesInput struct {
	Paging
	Sector org.Sector `query:"sector" enum:"education,health"`
	Level  org.Level  `query:"level" maxLength:"40" example:"tieu_hoc"`
	Status org.Status `query:"status" enum:"active,paused,closed"`
	Q      string     `query:"q" maxLength:"200" doc:"Tìm theo tên, mã, viết có dấu hay không"`
}

func (f *face) listFacilities(ctx context.Context, in *facilitiesInput) (*listOutput[facilityBody], error) {
	c := callOf(ctx)
	if err := c.may(access.ViewFacility, c.subject.Facility); err != nil {
		return nil, err
	}
	var out []facilityBody
	var next string
	err := f.DB.View(ctx, func(tx *db.Tx) error {
		if own := c.subject.Facility; own != 0 {
			one, err := org.FacilityByID(tx, own)
			if err != nil {
				return err
			}
			if in.Cursor != "" {
				return org.ErrCursor
			}
			if in.Sector != "" && in.Sector != one.Sector || in.Level != "" && in.Level != one.Level || in.Status != "" && in.Status != one.Status {
				return nil
			}
			out, err = facilityBodies(tx, []org.Facility{one}, c)
			return err
		}
		list, cursor, err := org.Facilities(tx, org.Filter{Sector: in.Sector, Level: in.Level, Status: in.Status, Search: in.Q, Cursor: in.Cursor, Limit: in.Limit})
		if err != nil {
			return err
		}
		next = cursor
		out, err = facilityBodies(tx, list, c)
		return err
	})
	if errors.Is(err, org.ErrCursor) {
		return nil, badCursor(ctx)
	}
	return pageOf(out, next), err
}

type facilityOutput struct{ Body facilityBody }

func (f *face) getFacility(ctx context.Context, in *struct {
	ID string `path:"id" maxLength:"40" example:"fac_0c3k9x2m4p7q1"`
},
) (*facilityOutput, error) {
	of, err := parse[id.Facility](in.ID)
	if err != nil {
		return nil, err
	}
	c := callOf(ctx)
	if err := c.may(access.ViewFacility, of); err != nil {
		return nil, err
	}
	var out *facilityOutput
	err = f.DB.View(ctx, func(tx *db.Tx) error {
		one, err := org.FacilityByID(tx, of)
		if err != nil {
			return err
		}
		list, err := facilityBodies(tx, []org.Facility{one}, c)
		if err == nil {
			out = &facilityOutput{Body: list[0]}
		}
		return err
	})
	return out, err
}

// facilityBodies reads what belongs to the facilities, in one query per table. Contacts that
// are not public are shown to the facility's own key only.
func facilityBodies(tx *db.Tx, list []org.Facility, c *call) ([]facilityBody, error) {
	ids := make([]id.Facility, len(list))
	for i, x := range list {
		ids[i] = x.ID
	}
	accounts, err := org.AccountsOfMany(tx, ids)
	if err != nil {
		return nil, err
	}
	methods, err := org.MethodsOf(tx, ids)
	if err != nil {
		return nil, err
	}
	contacts, err := org.ContactsOfMany(tx, ids)
	if err != nil {
		return nil, err
	}
	out := make([]facilityBody, len(list))
	for i, x := range list {
		b := facilityBody{
			ID: x.ID.String(), Code: x.Code, Name: x.Name, ShortName: x.ShortName, Sector: x.Sector, Level: x.Level, LevelName: x.Level.Label(), Status: x.Status,
			Area: x.Area.String(), Agency: x.Agency.String(), TaxCode: x.TaxCode, Address: x.Address, Phone: x.Phone, Hours: x.Hours,
			OpenedOn: x.OpenedOn, ClosedOn: x.ClosedOn, PartPayment: x.PartPayment, Collects: x.Collects,
			Codes: map[string]string{}, Accounts: []accountBody{}, Methods: []methodBody{}, Contacts: []contactBody{},
		}
		for scheme, code := range x.Codes {
			b.Codes[string(scheme)] = code
		}
		for _, a := range accounts[x.ID] {
			known, _ := bank.ByBIN(a.BankBIN)
			b.Accounts = append(b.Accounts, accountBody{
				ID: a.ID.String(), BankBIN: a.BankBIN, Bank: known.ShortName, Number: a.Number, Holder: a.Holder, Default: a.IsDefault,
				VAPrefix: a.VAPrefix, VALength: a.VALength, Status: a.Status,
			})
		}
		for _, m := range methods[x.ID] {
			b.Methods = append(b.Methods, methodBody{Method: m.Method, Status: m.Status, Since: m.Since})
		}
		for _, p := range contacts[x.ID] {
			if p.Public || c.subject.Facility == x.ID {
				b.Contacts = append(b.Contacts, contactBody{ID: p.ID.String(), Name: p.Name, Role: p.Role, Phone: p.Phone, Email: p.Email, Hours: p.Hours})
			}
		}
		out[i] = b
	}
	return out, nil
}
