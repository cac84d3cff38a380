package bill

import (
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
)

// DiscardRound removes a draft round into which nothing was imported, for a trial or an
// import that was refused as a whole. Errors: *StateError when the round holds anything;
// db.ErrNotFound.
func DiscardRound(tx *db.Tx, round id.Round) error {
	if _, err := lockRound(tx, round); err != nil {
		return err
	}
	n, err := tx.Exec(`delete from billing_round where id = $1 and state = 'draft' and not exists (select 1 from bill where round_id = $1)
		and not exists (select 1 from round_import where round_id = $1) and not exists (select 1 from round_issue where round_id = $1)`, round)
	if err == nil && n == 0 {
		return &StateError{Text: "Đợt thu đã có phiếu hoặc bảng nhập, không xóa được. Đóng đợt thu nếu không dùng nữa."}
	}
	return err
}
