package org

import (
	"context"
	"errors"

	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
)

// CreateFeeKind adds a fee kind to the province's catalogue.
func (s *Service) CreateFeeKind(ctx context.Context, by string, k FeeKind) (FeeKind, error) {
	if err := invalid(checkFeeKind(&k)); err != nil {
		return FeeKind{}, err
	}
	err := s.DB.Update(ctx, func(tx *db.Tx) error {
		if old, err := FeeKindByCode(tx, k.Code); err == nil {
			return invalid([]Problem{{Field: "code", Label: "Mã", Value: k.Code, Reason: "đã là mã của khoản thu " + old.Name, Remedy: "Chọn mã khác"}})
		} else if !errors.Is(err, db.ErrNotFound) {
			return err
		}
		k.ID = id.New[id.FeeKind](s.IDs)
		if err := insertFeeKinds(tx, []FeeKind{k}); err != nil {
			return err
		}
		return s.record(tx, by, "feekind.create", k.ID.String(), 0, change{After: k})
	})
	return k, taken(err)
}

// UpdateFeeKind changes a fee kind; its code stays. A new ceiling counts for bills issued
// from then on: to change it from a day on, end this kind and create its successor.
func (s *Service) UpdateFeeKind(ctx context.Context, by string, k FeeKind) (FeeKind, error) {
	err := s.DB.Update(ctx, func(tx *db.Tx) error {
		old, err := FeeKindByID(tx, k.ID)
		if err != nil {
			return err
		}
		k.Code = old.Code
		if err := invalid(checkFeeKind(&k)); err != nil {
			return err
		}
		if err := updateFeeKinds(tx, []FeeKind{k}); err != nil {
			return err
		}
		return s.record(tx, by, "feekind.update", k.ID.String(), 0, change{old, k})
	})
	return k, err
}
