package org

import (
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/vnd"
)

// FeeKind is what may be charged: tuition, meals, hospital fee… (khoản thu, requirement P7).
type FeeKind struct {
	ID     id.FeeKind
	Code   string // unique for ever, e.g. "BAN_TRU"
	Name   string
	Sector Sector // Both for kinds that schools and hospitals share
	// Ceiling is the most one line of a bill may charge; nil when there is no ceiling.
	// A ceiling of 0 ₫ means that the kind may not be charged at all.
	Ceiling    *vnd.Amount
	LegalBasis string // the text that allows it, shown to payers
	Voluntary  bool   // agreed with the payer, may be declined
	ValidFrom  clock.Date
	ValidTo    clock.Date
}

// ValidOn reports whether the kind may be charged on the day.
func (k FeeKind) ValidOn(on clock.Date) bool { return validOn(k.ValidFrom, k.ValidTo, on) }

// For reports whether facilities of the sector may charge the kind.
func (k FeeKind) For(s Sector) bool { return k.Sector == Both || k.Sector == s }
