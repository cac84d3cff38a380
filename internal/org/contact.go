package org

import "github.com/sen-platform/sen/internal/id"

// Contact is a named person at a facility who guides payers (requirement P8). A public
// contact is printed on notices and pay pages.
type Contact struct {
	ID       id.Contact
	Facility id.Facility
	Name     string
	Role     string // e.g. "Kế toán", "Bàn hướng dẫn thanh toán"
	Phone    string
	Email    string
	Hours    string // e.g. "Thứ 2 đến thứ 6, 7:30–16:30"
	Public   bool
	Position int // order on the page, from 0
}
