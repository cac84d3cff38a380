package api

import (
	"context"
	"net/http"

	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/collect"
)

// machine is a state machine as data: what a program may meet, and what leads where.
type machine struct {
	Name        string       `json:"name" example:"bill"`
	Field       string       `json:"field" doc:"Trường mang trạng thái" example:"status"`
	Derived     bool         `json:"derived" doc:"true: suy ra từ tiền và ngày, không đặt trực tiếp được"`
	States      []state      `json:"states"`
	Transitions []transition `json:"transitions"`
}

type state struct {
	Name  string `json:"name"`
	Label string `json:"label_vi"`
	Final bool   `json:"final" doc:"Không đi đâu nữa"`
}

type transition struct {
	From string `json:"from"`
	To   string `json:"to"`
	By   string `json:"by" doc:"Việc gây ra"`
}

func (f *face) machineRoutes() {
	op := operation(http.MethodGet, machinesPath, "list-state-machines", tagMachines, "Các máy trạng thái",
		"Trạng thái của phiếu, báo có, khoản đã trả và biên lai, cùng những bước chuyển có thể có. Không cần khóa.")
	op.Security = []map[string][]string{}
	list := machines()
	add(f, op, func(context.Context, *struct{}) (*struct{ Body listOf[machine] }, error) {
		return &struct{ Body listOf[machine] }{Body: listOf[machine]{Data: list}}, nil
	})
}

// machines are the state machines of the resources. A test holds them against the types.
func machines() []machine {
	var status []state
	for _, s := range bill.Statuses() {
		status = append(status, state{string(s), s.Label(), false})
	}
	b := func(s bill.Status) string { return string(s) }
	c := func(s collect.Status) string { return string(s) }
	paying := []bill.Status{bill.StatusOpen, bill.StatusPartlyPaid, bill.StatusExpired}
	steps := []transition{
		{b(bill.StatusDraft), b(bill.StatusOpen), "publish"},
		{b(bill.StatusOpen), b(bill.StatusDraft), "unpublish"},
		{b(bill.StatusExpired), b(bill.StatusDraft), "unpublish"},
		{b(bill.StatusDraft), b(bill.StatusCancelled), "cancel"},
		{b(bill.StatusOpen), b(bill.StatusCancelled), "cancel"},
		{b(bill.StatusExpired), b(bill.StatusCancelled), "cancel"},
		{b(bill.StatusOpen), b(bill.StatusPartlyPaid), "payment"},
		{b(bill.StatusOpen), b(bill.StatusExpired), "date"},
		{b(bill.StatusPartlyPaid), b(bill.StatusExpired), "date"},
		{b(bill.StatusPartlyPaid), b(bill.StatusOpen), "reversal"},
	}
	for _, s := range paying {
		steps = append(steps, transition{b(s), b(bill.StatusPaid), "payment"}, transition{b(bill.StatusPaid), b(s), "reversal"})
	}
	return []machine{
		{Name: "bill", Field: "status", Derived: true, States: status, Transitions: steps},
		{Name: "credit", Field: "status", States: []state{
			{c(collect.Matched), "Đã khớp phiếu", false},
			{c(collect.Waiting), "Chờ xử lý", false},
			{c(collect.Assigned), "Người phân bổ", false},
			{c(collect.Returned), "Đã trả lại người gửi", false},
			{c(collect.Reversed), "Ngân hàng rút lại", true},
		}, Transitions: []transition{
			{c(collect.Waiting), c(collect.Assigned), "assign"},
			{c(collect.Waiting), c(collect.Returned), "return"},
			{c(collect.Matched), c(collect.Waiting), "unmatch"},
			{c(collect.Assigned), c(collect.Waiting), "unmatch"},
			{c(collect.Matched), c(collect.Assigned), "return_surplus"},
			{c(collect.Matched), c(collect.Returned), "return_surplus"},
			{c(collect.Matched), c(collect.Reversed), "bank_reversal"},
			{c(collect.Waiting), c(collect.Reversed), "bank_reversal"},
			{c(collect.Assigned), c(collect.Reversed), "bank_reversal"},
		}},
		{
			Name: "payment", Field: "state", States: []state{{"matched", "Đã vào phiếu", false}, {"reversed", "Đã gỡ khỏi phiếu", true}},
			Transitions: []transition{{"matched", "reversed", "unmatch"}, {"matched", "reversed", "bank_reversal"}},
		},
		{
			Name: "receipt", Field: "state", States: []state{{string(collect.ReceiptValid), "Còn giá trị", false}, {string(collect.ReceiptReversed), "Đã đảo", true}},
			Transitions: []transition{{string(collect.ReceiptValid), string(collect.ReceiptReversed), "reversal"}},
		},
	}
}
