package org

import (
	"context"
	"errors"
	"fmt"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
)

// CreateAccount adds a receiving account. A facility's first account becomes its default;
// a new default replaces the former one.
func (s *Service) CreateAccount(ctx context.Context, by string, a Account) (Account, error) {
	err := s.DB.Update(ctx, func(tx *db.Tx) error {
		if _, err := FacilityByID(tx, a.Facility); err != nil {
			return err
		}
		a.ID = id.New[id.Account](s.IDs)
		if err := s.saveAccount(tx, &a, nil); err != nil {
			return err
		}
		return s.record(tx, by, "account.create", a.ID.String(), a.Facility, change{After: a})
	})
	return a, taken(err)
}

// UpdateAccount changes a receiving account of the same facility.
func (s *Service) UpdateAccount(ctx context.Context, by string, a Account) (Account, error) {
	err := s.DB.Update(ctx, func(tx *db.Tx) error {
		old, err := AccountByID(tx, a.ID)
		if err != nil {
			return err
		}
		a.Facility = old.Facility
		if err := s.saveAccount(tx, &a, &old); err != nil {
			return err
		}
		return s.record(tx, by, "account.update", a.ID.String(), a.Facility, change{old, a})
	})
	return a, taken(err)
}

// CloseAccount ends a receiving account. When it was the default, the facility's oldest
// active account takes its place.
func (s *Service) CloseAccount(ctx context.Context, by string, account id.Account, on clock.Date) error {
	return s.DB.Update(ctx, func(tx *db.Tx) error {
		old, err := AccountByID(tx, account)
		if err != nil {
			return err
		}
		a := old
		a.Status, a.ValidTo, a.IsDefault = AccountClosed, on, false
		if err := s.saveAccount(tx, &a, &old); err != nil {
			return err
		}
		return s.record(tx, by, "account.close", a.ID.String(), a.Facility, change{old, a})
	})
}

// saveAccount checks a against itself and its neighbours and writes it; old is nil for a new one.
func (s *Service) saveAccount(tx *db.Tx, a, old *Account) error {
	if err := invalid(checkAccount(a, s.KnownBank)); err != nil {
		return err
	}
	var owner string
	err := tx.Row("select f.name from receiving_account a join facility f on f.id = a.facility_id where a.bank_bin = $1 and a.number = $2 and a.id <> $3",
		[]any{a.BankBIN, a.Number, a.ID}, &owner)
	if err == nil {
		return invalid([]Problem{{Field: "number", Label: "Số tài khoản", Value: a.Number, Reason: "đã là tài khoản của " + owner, Remedy: "Kiểm tra lại số tài khoản"}})
	} else if !errors.Is(err, db.ErrNotFound) {
		return err
	}
	siblings, err := AccountsOf(tx, a.Facility)
	if err != nil {
		return err
	}
	changed := settleDefault(a, siblings)
	ranges, err := db.All(tx, "select "+accountCols+" from receiving_account a where a.bank_bin = $1 and a.va_prefix <> '' and a.id <> $2 and a.facility_id <> $3",
		[]any{a.BankBIN, a.ID, a.Facility}, scanAccount)
	if err != nil {
		return err
	}
	for i := range ranges {
		ranges[i].IsDefault = false // other facilities' defaults are not asked about here
	}
	for _, b := range siblings {
		if b.ID != a.ID {
			ranges = append(ranges, b)
		}
	}
	if err := invalid(CheckAccounts(append(ranges, *a))); err != nil {
		return err
	}
	if old == nil {
		err = insertAccounts(tx, []Account{*a})
	} else {
		err = updateAccounts(tx, []Account{*a})
	}
	if err != nil {
		return err
	}
	return updateAccounts(tx, changed)
}

// settleDefault keeps exactly one default among a facility's usable accounts, as far as
// there is one: a wins when it asks for it, else the present default stays, else the oldest
// active account takes over. It returns the siblings it changed.
func settleDefault(a *Account, siblings []Account) (changed []Account) {
	var present, heir *Account
	for i := range siblings {
		b := &siblings[i]
		switch {
		case b.ID == a.ID:
		case b.IsDefault:
			present = b
		case b.Status == AccountActive && heir == nil:
			heir = b
		}
	}
	switch {
	case a.IsDefault && present != nil:
		present.IsDefault = false
		return []Account{*present}
	case a.IsDefault || present != nil:
		return nil
	case heir != nil:
		heir.IsDefault = true
		return []Account{*heir}
	case a.Status == AccountActive:
		a.IsDefault = true
	}
	return nil
}

// DefaultAccount is the account a facility's bills show when none is chosen; db.ErrNotFound
// when no account of it is usable on the day.
func DefaultAccount(tx *db.Tx, facility id.Facility, on clock.Date) (Account, error) {
	list, err := AccountsOf(tx, facility)
	if err != nil {
		return Account{}, err
	}
	for _, a := range list { // the default comes first
		if a.Usable(on) {
			return a, nil
		}
	}
	return Account{}, fmt.Errorf("receiving account of %v: %w", facility, db.ErrNotFound)
}
