package bill

import (
	"errors"
	"fmt"
	"time"

	"github.com/sen-platform/sen/internal/billcode"
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/vn"
	"github.com/sen-platform/sen/internal/vnd"
)

// ErrState: the bill or round is not in a state that allows the step.
var ErrState = errors.New("bill: not possible in this state")

// StateError says in Vietnamese why a step is not possible and what to do; it is ErrState.
type StateError struct{ Text string }

func (e *StateError) Error() string { return e.Text }

// Unwrap makes the error an ErrState.
func (e *StateError) Unwrap() error { return ErrState }

// ErrHasMoney: money was received for the bill, so it can be neither cancelled, taken back
// nor reissued; unmatch or refund the money first.
var ErrHasMoney = errors.New("bill: money was received")

// HasMoney is the error that names the bill and what it received; it is ErrHasMoney.
type HasMoney struct {
	Bill id.Bill
	Code billcode.Code
	Paid vnd.Amount
}

func (e *HasMoney) Error() string {
	return fmt.Sprintf("Phiếu %s đã nhận %s nên không hủy, thu lại hay sửa được. Chuyển hoặc trả lại số tiền đó trước.", e.Code.Display(), e.Paid)
}

// Unwrap makes the error an ErrHasMoney.
func (e *HasMoney) Unwrap() error { return ErrHasMoney }

// lockBill reads a bill and keeps other writers of it waiting.
func lockBill(tx *db.Tx, b id.Bill) (Bill, error) { return one(tx, "b.id = $1"+tx.ForUpdate(), b) }

// Publish turns at most limit drafts of a round into published bills and returns them in
// order of identifier; an empty result means that nothing is left. Classes narrow it; none
// means all. The caller posts them to ledger and rollups in the same transaction and calls
// again in the next one, so that a round of 100,000 needs neither one huge transaction nor
// much memory. The round is published with its first bill. Errors: *StateError for a closed
// round; *org.CanBillError when the facility may not issue bills today.
func Publish(tx *db.Tx, round id.Round, classes []string, limit int, now time.Time) ([]Bill, error) {
	r, err := lockRound(tx, round)
	if err != nil {
		return nil, err
	}
	if r.State == RoundClosed {
		return nil, &StateError{Text: "Đợt thu đã đóng, không phát hành thêm được. Mở đợt thu mới."}
	}
	rules, err := LoadRules(tx, r.Facility, clock.DateOf(now))
	if err != nil {
		return nil, err
	}
	if err := rules.Facility.CanBill(rules.On); err != nil {
		return nil, err
	}
	list, err := takeRound(tx, r, classes, Draft, limit)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	if r.State == RoundDraft {
		if _, err := tx.Exec("update billing_round set state = $2, published_at = $3 where id = $1", round, RoundPublished, clock.Micros(now)); err != nil {
			return nil, err
		}
	}
	return list, setPublished(tx, list, now)
}

// PublishBills publishes single drafts by identifier and returns them in order of identifier;
// bills that are published already are left out. Errors: *StateError for a cancelled bill;
// *org.CanBillError.
func PublishBills(tx *db.Tx, ids []id.Bill, now time.Time) ([]Bill, error) {
	list, err := db.All(tx, "select "+billColumns+" from bill b where "+tx.In("b.id", 1)+" order by b.id"+tx.ForUpdate(), []any{db.List(tx, ids)}, scanBill)
	if err != nil {
		return nil, err
	}
	var drafts []Bill
	asked := map[id.Facility]bool{}
	for _, b := range list {
		switch b.State {
		case Published:
			continue
		case Cancelled:
			return nil, &StateError{Text: fmt.Sprintf("Phiếu %s đã hủy, không phát hành được. Lập phiếu mới.", b.Code.Display())}
		}
		if !asked[b.Facility] {
			asked[b.Facility] = true
			rules, err := LoadRules(tx, b.Facility, clock.DateOf(now))
			if err != nil {
				return nil, err
			}
			if err := rules.Facility.CanBill(rules.On); err != nil {
				return nil, err
			}
		}
		drafts = append(drafts, b)
	}
	return drafts, setPublished(tx, drafts, now)
}

// takeRound locks at most limit bills of a round in a state, in order of identifier. The
// facility is named because its index by state makes each call cost what it returns.
func takeRound(tx *db.Tx, r Round, classes []string, state State, limit int) ([]Bill, error) {
	where, args := "b.facility_id = $1 and b.state = $2 and b.round_id = $3 and b.paid = 0", []any{r.Facility, state, r.ID, limit}
	if len(classes) > 0 {
		keys := make([]string, len(classes))
		for i, c := range classes {
			keys[i] = vn.Key(vn.Clean(c))
		}
		where, args = where+" and "+tx.In("b.class_key", 5), append(args, db.List(tx, keys))
	}
	return db.All(tx, "select "+billColumns+" from bill b where "+where+" order by b.id limit $4"+tx.ForUpdate(), args, scanBill)
}

func setPublished(tx *db.Tx, list []Bill, now time.Time) error {
	for i := range list {
		list[i].State, list[i].PublishedAt = Published, now
	}
	_, err := tx.Exec("update bill set state = 'published', published_at = $2 where "+tx.In("id", 1), db.List(tx, billIDs(list)), clock.Micros(now))
	return err
}

func billIDs(list []Bill) []id.Bill {
	ids := make([]id.Bill, len(list))
	for i, b := range list {
		ids[i] = b.ID
	}
	return ids
}

// Unpublish takes at most limit published bills of a round back to drafts (thu lại phiếu)
// and returns them, as Publish does, with PublishedAt as it was: the caller takes the figures
// back from where they were counted. Bills that received money stay as they are and are not
// returned. Classes narrow it.
func Unpublish(tx *db.Tx, round id.Round, classes []string, limit int) ([]Bill, error) {
	r, err := lockRound(tx, round)
	if err != nil {
		return nil, err
	}
	list, err := takeRound(tx, r, classes, Published, limit)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return list, setDraft(tx, list)
}

// UnpublishBill takes one published bill back to a draft. Errors: *HasMoney; *StateError when
// it is not published.
func UnpublishBill(tx *db.Tx, bill id.Bill) (Bill, error) {
	b, err := lockBill(tx, bill)
	switch {
	case err != nil:
		return b, err
	case b.State != Published:
		return b, &StateError{Text: fmt.Sprintf("Phiếu %s chưa phát hành hoặc đã hủy, không có gì để thu lại.", b.Code.Display())}
	case b.Paid > 0:
		return b, &HasMoney{b.ID, b.Code, b.Paid}
	}
	list := []Bill{b}
	err = setDraft(tx, list)
	return list[0], err
}

func setDraft(tx *db.Tx, list []Bill) error {
	for i := range list {
		list[i].State = Draft // PublishedAt stays: the caller takes figures back where they were counted
	}
	_, err := tx.Exec("update bill set state = 'draft', published_at = null where "+tx.In("id", 1), db.List(tx, billIDs(list)))
	return err
}

// Cancel ends a bill (hủy phiếu) and returns it as it was before, so that the caller can
// take its receivable back when it was published. The reason is kept and shown. Errors:
// *Invalid without a reason; *HasMoney when money was received; *StateError when it is
// cancelled already.
func Cancel(tx *db.Tx, bill id.Bill, reason string, now time.Time) (before Bill, err error) {
	f := &faults{}
	text(f, "/reason", "Lý do hủy", &reason, MaxReason)
	if reason == "" {
		f.add("/reason", CodeRequired, "Thiếu lý do hủy. Người nộp sẽ thấy lý do này.")
	}
	if err := f.err(); err != nil {
		return Bill{}, err
	}
	b, err := lockUnpaid(tx, bill)
	if err != nil {
		return b, err
	}
	_, err = tx.Exec("update bill set state = 'cancelled', cancelled_at = $2, cancel_reason = $3 where id = $1", bill, clock.Micros(now), reason)
	return b, err
}

// lockUnpaid locks a bill that is not cancelled and has received nothing.
func lockUnpaid(tx *db.Tx, bill id.Bill) (Bill, error) {
	b, err := lockBill(tx, bill)
	switch {
	case err != nil:
		return b, err
	case b.State == Cancelled:
		return b, &StateError{Text: fmt.Sprintf("Phiếu %s đã hủy ngày %s.", b.Code.Display(), clock.DateOf(b.CancelledAt).VN())}
	case b.Paid > 0:
		return b, &HasMoney{b.ID, b.Code, b.Paid}
	}
	return b, nil
}
