package org

import (
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/id"
)

// Method is one of the four cashless ways to pay (requirements P1–P4). The values are those
// of rail.Method, which lives a floor above.
type Method string

// The four methods.
const (
	MethodQR          Method = "qr"
	MethodWebsite     Method = "website"
	MethodMobileMoney Method = "mobile_money"
	MethodCard        Method = "card"
)

var methods = []labelled[Method]{
	{MethodQR, "Mã QR"}, {MethodWebsite, "Website"}, {MethodMobileMoney, "Mobile Money"}, {MethodCard, "Thẻ (POS)"},
}

// Label is the Vietnamese name of the method.
func (m Method) Label() string { return label(methods, m) }

// Methods lists the four methods in the order P1–P4.
func Methods() []Method { return values(methods) }

// MethodStatus is what a facility declares about a method. That it works is measured from
// payments, not declared (T8).
type MethodStatus string

// The states.
const (
	MethodConfigured MethodStatus = "configured"
	MethodOff        MethodStatus = "off"
)

var methodStatuses = []labelled[MethodStatus]{{MethodConfigured, "Đã thiết lập"}, {MethodOff, "Chưa có"}}

// Label is the Vietnamese name of the state.
func (s MethodStatus) Label() string { return label(methodStatuses, s) }

// MethodState is one facility's state of one method.
type MethodState struct {
	Facility id.Facility
	Method   Method
	Status   MethodStatus
	Since    clock.Date
	Note     string // e.g. the terminal's or the partner's name
}

// MethodsNeeded is how many of the four methods every facility must be ready on (T8).
const MethodsNeeded = 3
