package bill

import (
	"time"

	"github.com/sen-platform/sen/internal/billcode"
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
)

const billColumns = `b.id, b.facility_id, coalesce(b.round_id, 0), coalesce(b.external_id, ''), b.code, b.token,
	b.payer_name, b.payer_phone, b.beneficiary_name, b.beneficiary_code, b.class_name, b.birth_year, b.reason, b.period,
	b.total, b.paid, b.sole_fee_kind, b.state, b.part_payment, coalesce(b.account_id, 0), b.due_on, coalesce(b.expires_on, ''),
	b.created_at, coalesce(b.published_at, 0), coalesce(b.cancelled_at, 0), coalesce(b.paid_at, 0), b.cancel_reason,
	coalesce(b.replaces_id, 0), coalesce(b.replaced_by_id, 0), b.content, b.row_hash, b.import_id`

func scanBill(r db.Rows, b *Bill) error {
	var created, published, cancelled, paid int64
	err := r.Scan(&b.ID, &b.Facility, &b.Round, &b.ExternalID, &b.Code, &b.Token,
		&b.PayerName, &b.PayerPhone, &b.BeneficiaryName, &b.BeneficiaryCode, &b.Class, &b.BirthYear, &b.Reason, &b.Period,
		&b.Total, &b.Paid, &b.SoleFeeKind, &b.State, &b.PartPayment, &b.Account, &b.DueOn, &b.ExpiresOn,
		&created, &published, &cancelled, &paid, &b.CancelReason,
		&b.Replaces, &b.ReplacedBy, &b.content, &b.rowHash, &b.importID)
	b.CreatedAt, b.PublishedAt = instant(created), instant(published)
	b.CancelledAt, b.PaidAt = instant(cancelled), instant(paid)
	return err
}

// instant is a stored time; 0 stands for "has not happened".
func instant(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return clock.FromMicros(us)
}

func one(tx *db.Tx, where string, args ...any) (Bill, error) {
	list, err := db.All(tx, "select "+billColumns+" from bill b where "+where, args, scanBill)
	if err != nil {
		return Bill{}, err
	}
	if len(list) == 0 {
		return Bill{}, db.ErrNotFound
	}
	return list[0], nil
}

// ByID reads one bill; db.ErrNotFound when there is none.
func ByID(tx *db.Tx, bill id.Bill) (Bill, error) { return one(tx, "b.id = $1", bill) }

// ByCode reads the bill with this code; db.ErrNotFound when there is none.
func ByCode(tx *db.Tx, code billcode.Code) (Bill, error) { return one(tx, "b.code = $1", code) }

// ByToken reads the bill a payer's link opens; db.ErrNotFound when there is none.
func ByToken(tx *db.Tx, token string) (Bill, error) { return one(tx, "b.token = $1", token) }

// ByExternalID reads a facility's bill by the key of its own software; db.ErrNotFound when
// there is none.
func ByExternalID(tx *db.Tx, f id.Facility, external string) (Bill, error) {
	return one(tx, "b.facility_id = $1 and b.external_id = $2", f, external)
}

// ByIDs reads many bills in one query; unknown identifiers are absent from the result.
func ByIDs(tx *db.Tx, ids []id.Bill) (map[id.Bill]Bill, error) {
	list, err := db.All(tx, "select "+billColumns+" from bill b where "+tx.In("b.id", 1), []any{db.List(tx, ids)}, scanBill)
	out := make(map[id.Bill]Bill, len(list))
	for _, b := range list {
		out[b.ID] = b
	}
	return out, err
}

// LinesOf reads the lines of many bills in one query, in their order on the bill.
func LinesOf(tx *db.Tx, ids []id.Bill) (map[id.Bill][]Line, error) {
	out := make(map[id.Bill][]Line, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	rows, err := tx.Query("select bill_id, fee_kind_id, name, quantity, unit_price, amount, note from bill_line where "+
		tx.In("bill_id", 1)+" order by bill_id, n", db.List(tx, ids))
	err = db.Each(rows, err, func(r db.Rows) error {
		var b id.Bill
		var l Line
		if err := r.Scan(&b, &l.FeeKind, &l.Name, &l.Quantity, &l.UnitPrice, &l.Amount, &l.Note); err != nil {
			return err
		}
		out[b] = append(out[b], l)
		return nil
	})
	return out, err
}

// InstalmentsOf reads the instalments of many bills in one query; bills without any are
// absent from the result.
func InstalmentsOf(tx *db.Tx, ids []id.Bill) (map[id.Bill][]Instalment, error) {
	out := map[id.Bill][]Instalment{}
	if len(ids) == 0 {
		return out, nil
	}
	rows, err := tx.Query("select bill_id, amount, due_on from bill_instalment where "+tx.In("bill_id", 1)+" order by bill_id, n", db.List(tx, ids))
	err = db.Each(rows, err, func(r db.Rows) error {
		var b id.Bill
		var p Instalment
		if err := r.Scan(&b, &p.Amount, &p.DueOn); err != nil {
			return err
		}
		out[b] = append(out[b], p)
		return nil
	})
	return out, err
}
