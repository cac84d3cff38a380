package org

import (
	"strings"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/id"
)

// AccountStatus is whether a receiving account still takes money.
type AccountStatus string

// The states. Money that arrives on a closed account is still recognised as the facility's.
const (
	AccountActive AccountStatus = "active"
	AccountClosed AccountStatus = "closed"
)

var accountStatuses = []labelled[AccountStatus]{{AccountActive, "Đang dùng"}, {AccountClosed, "Đã đóng"}}

// Label is the Vietnamese name of the state.
func (s AccountStatus) Label() string { return label(accountStatuses, s) }

// Account is a bank account on which a facility receives money (đơn vị thu). Sen holds no
// money: every account is the facility's own.
type Account struct {
	ID        id.Account
	Facility  id.Facility
	BankBIN   string // 6 digits, as in the VietQR bank list
	Number    string // as the bank writes it, letters and digits only
	Holder    string // as the bank spells the holder
	IsDefault bool   // the one bills show when none is chosen; at most one per facility
	// VAPrefix and VALength describe the virtual accounts the bank gave: numbers of exactly
	// VALength characters that begin with VAPrefix. Empty when there are none.
	VAPrefix  string
	VALength  int
	Status    AccountStatus
	ValidFrom clock.Date
	ValidTo   clock.Date
}

// OwnsVirtual reports whether a number lies in the account's range of virtual accounts.
func (a Account) OwnsVirtual(number string) bool {
	return a.VAPrefix != "" && len(number) == a.VALength && strings.HasPrefix(number, a.VAPrefix)
}

// Usable reports whether new bills may name the account on the day.
func (a Account) Usable(on clock.Date) bool {
	return a.Status == AccountActive && validOn(a.ValidFrom, a.ValidTo, on)
}
