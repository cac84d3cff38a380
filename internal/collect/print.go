package collect

import (
	"context"

	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
)

// CountPrint counts one print of a receipt and returns its number: 1 is the original, n > 1
// is copy n−1 ("BẢN SAO"). db.ErrNotFound when there is no such receipt.
func (s *Service) CountPrint(ctx context.Context, r id.Receipt) (int64, error) {
	var n int64
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		return tx.Row("update receipt set copies = copies + 1 where id = $1 returning copies", []any{r}, &n)
	})
	return n, err
}
