package org

import (
	"context"

	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
)

// CreateContact adds a person who guides payers (P8).
func (s *Service) CreateContact(ctx context.Context, by string, c Contact) (Contact, error) {
	if err := invalid(checkContact(&c)); err != nil {
		return Contact{}, err
	}
	err := s.DB.Update(ctx, func(tx *db.Tx) error {
		if _, err := FacilityByID(tx, c.Facility); err != nil {
			return err
		}
		c.ID = id.New[id.Contact](s.IDs)
		if err := insertContacts(tx, []Contact{c}); err != nil {
			return err
		}
		return s.record(tx, by, "contact.create", c.ID.String(), c.Facility, change{After: c})
	})
	return c, err
}

// UpdateContact changes a contact of the same facility.
func (s *Service) UpdateContact(ctx context.Context, by string, c Contact) (Contact, error) {
	if err := invalid(checkContact(&c)); err != nil {
		return Contact{}, err
	}
	err := s.DB.Update(ctx, func(tx *db.Tx) error {
		old, err := ContactByID(tx, c.ID)
		if err != nil {
			return err
		}
		c.Facility = old.Facility
		if err := updateContacts(tx, []Contact{c}); err != nil {
			return err
		}
		return s.record(tx, by, "contact.update", c.ID.String(), c.Facility, change{old, c})
	})
	return c, err
}

// DeleteContact removes a contact; the audit log keeps only that it happened, since the
// person's data has no further use.
func (s *Service) DeleteContact(ctx context.Context, by string, contact id.Contact) error {
	return s.DB.Update(ctx, func(tx *db.Tx) error {
		old, err := ContactByID(tx, contact)
		if err != nil {
			return err
		}
		if _, err := tx.Exec("delete from contact where id = $1", contact); err != nil {
			return err
		}
		return s.record(tx, by, "contact.delete", contact.String(), old.Facility, struct{}{})
	})
}

// SetMethod records that a facility has, or no longer has, one of the four methods (T8).
func (s *Service) SetMethod(ctx context.Context, by string, m MethodState) error {
	if err := invalid(checkMethod(&m)); err != nil {
		return err
	}
	return s.DB.Update(ctx, func(tx *db.Tx) error {
		if _, err := FacilityByID(tx, m.Facility); err != nil {
			return err
		}
		if err := setMethods(tx, []MethodState{m}); err != nil {
			return err
		}
		return s.record(tx, by, "method.set", m.Facility.String(), m.Facility, change{After: m})
	})
}
