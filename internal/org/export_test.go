package org

import (
	"slices"

	"github.com/sen-platform/sen/internal/db"
)

// SucceedIn is Succeed inside a transaction of the test's, which can be rolled back.
func (s *Service) SucceedIn(tx *db.Tx, r Reform) error {
	return s.succeed(tx, r, slices.Clone(r.Successors))
}
