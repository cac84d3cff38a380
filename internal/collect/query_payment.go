package collect

import (
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
)

// AllocationByID reads one allocation, undone ones too; db.ErrNotFound when there is none.
func AllocationByID(tx *db.Tx, a id.Alloc) (Allocation, error) {
	list, err := db.All(tx, "select "+allocColumns+" from allocation where id = $1", []any{a}, scanAlloc)
	if err != nil {
		return Allocation{}, err
	}
	if len(list) == 0 {
		return Allocation{}, db.ErrNotFound
	}
	return list[0], nil
}
