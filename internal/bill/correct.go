package bill

import (
	"fmt"
	"strings"
	"time"

	"github.com/sen-platform/sen/internal/billcode"
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/vn"
)

// edited marks the row_hash of a bill that a person has changed since it was imported: a
// later import lists such a bill instead of overwriting it.
const edited = "*"

// Replace reissues a bill: the old one is cancelled and points to the new one, which is a
// draft with a code of its own (a code is never used again) and takes over the old one's
// round and external identifier. It returns both, the old one as it was before, so that the
// caller can take its receivable back and publish the new one. Errors: *Invalid; *HasMoney;
// *StateError for a cancelled bill.
func Replace(tx *db.Tx, gen *id.Gen, seq *billcode.Sequence, now time.Time, bill id.Bill, n NewBill) (before, after Bill, err error) {
	if before, err = lockUnpaid(tx, bill); err != nil {
		return before, after, err
	}
	after, err = replace(tx, gen, seq, now, before, n)
	return before, after, err
}

func replace(tx *db.Tx, gen *id.Gen, seq *billcode.Sequence, now time.Time, old Bill, n NewBill) (Bill, error) {
	n, rules, err := checkFor(tx, old, n, now)
	if err != nil {
		return Bill{}, err
	}
	var rowKey string
	if err := tx.Row("select coalesce(row_key, '') from bill where id = $1", []any{old.ID}, &rowKey); err != nil {
		return Bill{}, err
	}
	codes, err := drawCodes(tx, seq, []NewBill{n}, func(id.Facility) string { return rules.Facility.CodePrefix })
	if err != nil {
		return Bill{}, err
	}
	n.rowKey, n.rowHash, n.importID = rowKey, markEdited(old.rowHash), old.importID
	m := newDraft(gen, now, codes[0], n)
	m.bill.Replaces = old.ID
	_, err = tx.Exec(`update bill set state = 'cancelled', cancelled_at = $2, cancel_reason = $3, replaced_by_id = $4, external_id = null, row_key = null where id = $1`,
		old.ID, clock.Micros(now), fmt.Sprintf("Thay bằng phiếu %s", m.bill.Code.Display()), m.bill.ID)
	if err != nil {
		return Bill{}, err
	}
	return m.bill, insert(tx, []made{m})
}

// checkFor checks new content for an existing bill: it stays with its facility and round, and
// keeps its external identifier unless it had none.
func checkFor(tx *db.Tx, old Bill, n NewBill, now time.Time) (NewBill, Rules, error) {
	rules, err := LoadRules(tx, old.Facility, clock.DateOf(now))
	if err != nil {
		return n, rules, err
	}
	n.Facility, n.Round = old.Facility, old.Round
	if old.ExternalID != "" {
		n.ExternalID = old.ExternalID
	}
	n, err = rules.Check(n)
	return n, rules, err
}

func markEdited(rowHash string) string {
	if rowHash == "" || rowHash[:1] == edited {
		return rowHash
	}
	return edited + rowHash
}

// Correction is what Correct did.
type Correction struct {
	Before Bill
	After  Bill
	// Reissued: the bill was published, so it was cancelled and After is a new draft with a
	// new code. Otherwise After is the same draft, changed.
	Reissued bool
}

// Correct changes what a bill says: a draft in place, a published bill without money by
// reissue. Errors are those of Replace.
func Correct(tx *db.Tx, gen *id.Gen, seq *billcode.Sequence, now time.Time, bill id.Bill, n NewBill) (Correction, error) {
	b, err := lockUnpaid(tx, bill)
	if err != nil {
		return Correction{Before: b}, err
	}
	if b.State == Published {
		after, err := replace(tx, gen, seq, now, b, n)
		return Correction{Before: b, After: after, Reissued: true}, err
	}
	if n, _, err = checkFor(tx, b, n, now); err != nil {
		return Correction{Before: b}, err
	}
	n.rowHash, n.importID = markEdited(b.rowHash), b.importID
	var rowKey string
	if err := tx.Row("select coalesce(row_key, '') from bill where id = $1", []any{b.ID}, &rowKey); err != nil {
		return Correction{Before: b}, err
	}
	n.rowKey = rowKey
	changed, err := updateDrafts(tx, []edit{{b, n}})
	if err != nil {
		return Correction{Before: b}, err
	}
	return Correction{Before: b, After: changed[0]}, nil
}

// edit is a draft and what it shall say from now on (checked).
type edit struct {
	bill Bill
	to   NewBill
}

// updateDrafts rewrites drafts in place; their identity, code and link stay.
func updateDrafts(tx *db.Tx, list []edit) ([]Bill, error) {
	if len(list) == 0 {
		return nil, nil
	}
	out := make([]Bill, len(list))
	rows := make([][]any, len(list))
	parts := make([]made, len(list))
	for i, e := range list {
		b, n := e.bill, e.to
		b.ExternalID, b.PayerName, b.PayerPhone = n.ExternalID, n.PayerName, n.PayerPhone
		b.BeneficiaryName, b.BeneficiaryCode, b.Class, b.BirthYear = n.BeneficiaryName, n.BeneficiaryCode, n.Class, n.BirthYear
		b.Reason, b.Period, b.PartPayment, b.Account, b.DueOn, b.ExpiresOn = n.Reason, n.Period, n.PartPayment, n.Account, n.DueOn, n.ExpiresOn
		b.Total, _ = n.Total() // checked: cannot overflow
		b.SoleFeeKind, b.content, b.rowHash, b.importID = soleKind(n.Lines), n.content(), n.rowHash, n.importID
		out[i], parts[i] = b, made{bill: b, lines: n.Lines, parts: n.Instalments}
		rows[i] = []any{
			b.ID, nullText(b.ExternalID), nullText(n.rowKey), b.PayerName, b.PayerPhone, b.BeneficiaryName, b.BeneficiaryCode, b.Class, vn.Key(b.Class), b.BirthYear,
			b.Reason, b.Period, b.Total, b.SoleFeeKind, b.PartPayment, id.Null(b.Account), b.DueOn, nullText(string(b.ExpiresOn)),
			searchText(b), vn.NameKey(b.PersonName()), b.content, b.rowHash, b.importID,
		}
	}
	n, err := tx.ExecMany(`update bill set external_id = $2, row_key = $3, payer_name = $4, payer_phone = $5, beneficiary_name = $6, beneficiary_code = $7,
		class_name = $8, class_key = $9, birth_year = $10, reason = $11, period = $12, total = $13, sole_fee_kind = $14, part_payment = $15,
		account_id = $16, due_on = $17, expires_on = $18, search = $19, sort_key = $20, content = $21, row_hash = $22, import_id = $23
		where id = $1 and state = 'draft'`, rows)
	if err != nil {
		return nil, err
	}
	if n != int64(len(list)) {
		return nil, &StateError{Text: "Có phiếu vừa được phát hành trong lúc sửa. Tải lại trang rồi sửa lại."}
	}
	for _, table := range []string{"bill_line", "bill_instalment"} {
		if _, err := tx.Exec("delete from "+table+" where "+tx.In("bill_id", 1), db.List(tx, billIDs(out))); err != nil {
			return nil, err
		}
	}
	return out, insertParts(tx, parts)
}

// DeleteDrafts removes drafts for good: nobody outside has seen them. For rows that vanished
// from a corrected workbook and for a workbook imported by mistake. Errors: *StateError when
// one of them is no draft; nothing is deleted then.
func DeleteDrafts(tx *db.Tx, ids []id.Bill) error {
	list, err := db.All(tx, "select "+billColumns+" from bill b where "+tx.In("b.id", 1)+" order by b.id"+tx.ForUpdate(), []any{db.List(tx, ids)}, scanBill)
	if err != nil {
		return err
	}
	rounds := map[id.Round]bool{}
	for _, b := range list {
		if b.State != Draft {
			return &StateError{Text: fmt.Sprintf("Phiếu %s không còn là bản nháp nên không xóa được. Hủy phiếu nếu cần.", b.Code.Display())}
		}
		rounds[b.Round] = true
	}
	gone := db.List(tx, billIDs(list))
	for _, t := range [...]struct{ table, key string }{{"bill_line", "bill_id"}, {"bill_instalment", "bill_id"}, {"bill", "id"}} {
		if _, err := tx.Exec("delete from "+t.table+" where "+tx.In(t.key, 1), gone); err != nil {
			return err
		}
	}
	// Rows that were fixed by hand are open again with their bill gone.
	for _, b := range list {
		if b.rowHash == "" {
			continue
		}
		_, err := tx.Exec("update round_issue set state = 'open' where round_id = $1 and row_hash = $2 and state = 'fixed'", b.Round, strings.TrimPrefix(b.rowHash, edited))
		if err != nil {
			return err
		}
	}
	// The rounds' imports are no longer whole: the same workbook may bring the bills back.
	for r := range rounds {
		if _, err := tx.Exec("update round_import set finished_at = null, rows_read = 0 where round_id = $1", r); err != nil {
			return err
		}
	}
	return nil
}
