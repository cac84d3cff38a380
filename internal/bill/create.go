package bill

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"slices"
	"strings"
	"time"

	"github.com/sen-platform/sen/internal/billcode"
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/vn"
)

// ErrDiffers: a bill with this external identifier exists and says something else. Correct
// or reissue that bill instead of creating it again.
var ErrDiffers = errors.New("bill: the same external identifier with other content")

// Differs is the error that names the bill in the way; it is ErrDiffers.
type Differs struct {
	ExternalID string
	Existing   id.Bill
}

func (e *Differs) Error() string {
	return fmt.Sprintf("Mã tham chiếu “%s” đã dùng cho phiếu %s có nội dung khác. Sửa phiếu đó hoặc dùng mã khác.", e.ExternalID, e.Existing)
}

// Unwrap makes the error an ErrDiffers.
func (e *Differs) Unwrap() error { return ErrDiffers }

// InvalidAt tells which bill of a list is invalid.
type InvalidAt struct {
	Index int // from 0
	*Invalid
}

// Unwrap gives the *Invalid.
func (e *InvalidAt) Unwrap() error { return e.Invalid }

// Create makes draft bills, all or none, and returns them in the order given. A bill whose
// external identifier is known is not made again: when it says the same, the existing one is
// returned in its place (it may be published or paid by now), otherwise the error is a
// *Differs. A bill of a round takes from it what it leaves empty. Other errors: *InvalidAt;
// db.ErrNotFound for an unknown facility.
//
// Codes come from the running number in counter 'bill', whose row is locked first, so that
// two callers with the same external identifier cannot both find it free.
func Create(tx *db.Tx, gen *id.Gen, seq *billcode.Sequence, now time.Time, list []NewBill) ([]Bill, error) {
	rules := map[id.Facility]Rules{}
	rounds, err := roundsOf(tx, list)
	if err != nil {
		return nil, err
	}
	checked := make([]NewBill, len(list))
	for i, n := range list {
		r, ok := rules[n.Facility]
		if !ok {
			var err error
			if r, err = LoadRules(tx, n.Facility, clock.DateOf(now)); err != nil {
				return nil, err
			}
			rules[n.Facility] = r
		}
		n, err := rounds.fill(n)
		if err == nil {
			n, err = r.Check(n)
		}
		var invalid *Invalid
		if errors.As(err, &invalid) {
			return nil, &InvalidAt{Index: i, Invalid: invalid}
		}
		checked[i] = n
	}
	codes, err := drawCodes(tx, seq, checked, func(f id.Facility) string { return rules[f].Facility.CodePrefix })
	if err != nil {
		return nil, err
	}
	known, err := byExternal(tx, checked)
	if err != nil {
		return nil, err
	}
	out := make([]Bill, len(checked))
	var fresh []made
	at := map[externalKey]int{} // where a new one of this call goes
	for i, n := range checked {
		key := externalKey{n.Facility, n.ExternalID}
		m := newDraft(gen, now, codes[i], n)
		if n.ExternalID != "" {
			if b, ok := known[key]; ok {
				if b.content != m.bill.content {
					return nil, &Differs{n.ExternalID, b.ID}
				}
				out[i] = b
				continue
			}
			if j, ok := at[key]; ok {
				if out[j].content != m.bill.content {
					return nil, &Differs{n.ExternalID, out[j].ID}
				}
				out[i] = out[j]
				continue
			}
			at[key] = i
		}
		out[i] = m.bill
		fresh = append(fresh, m)
	}
	return out, insert(tx, fresh)
}

// roundSet is the rounds that a list of new bills names.
type roundSet map[id.Round]Round

func roundsOf(tx *db.Tx, list []NewBill) (roundSet, error) {
	var ids []id.Round
	for _, n := range list {
		if n.Round != 0 && !slices.Contains(ids, n.Round) {
			ids = append(ids, n.Round)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	found, err := db.All(tx, "select "+roundColumns+" from billing_round r where "+tx.In("r.id", 1), []any{db.List(tx, ids)}, scanRound)
	out := roundSet{}
	for _, r := range found {
		out[r.ID] = r
	}
	return out, err
}

// fill gives a bill of a round what it leaves empty. Error: *Invalid for a round that is not
// the facility's or is closed.
func (rs roundSet) fill(n NewBill) (NewBill, error) {
	if n.Round == 0 {
		return n, nil
	}
	r, ok := rs[n.Round]
	switch {
	case !ok || r.Facility != n.Facility:
		return n, &Invalid{[]FieldError{{"/round", CodeUnknown, "Đợt thu không có ở cơ sở này. Chọn đợt thu khác."}}}
	case r.State == RoundClosed:
		return n, &Invalid{[]FieldError{{"/round", CodeNotValid, "Đợt thu đã đóng, không thêm phiếu được. Mở đợt thu mới."}}}
	}
	n.Reason, n.Period = cmp.Or(n.Reason, r.Name), cmp.Or(n.Period, r.Period)
	n.DueOn, n.ExpiresOn = cmp.Or(n.DueOn, r.DueOn), cmp.Or(n.ExpiresOn, r.ExpiresOn)
	n.Account = cmp.Or(n.Account, r.Account)
	if n.PartPayment == "" {
		n.PartPayment = r.PartPayment
	}
	return n.divided(r.Plan), nil
}

// divided splits the bill by a round's plan when it is to be paid in instalments and names
// none of its own. A total that cannot be split is left for Rules.Check to refuse.
func (n NewBill) divided(plan []Share) NewBill {
	if n.PartPayment != org.Instalments || len(n.Instalments) > 0 {
		return n
	}
	total, err := n.Total()
	if err != nil || total <= 0 {
		return n
	}
	if parts, err := Divide(total, plan); err == nil {
		n.Instalments = parts
	}
	return n
}

type externalKey struct {
	facility id.Facility
	external string
}

// byExternal finds the bills whose external identifiers are in the list.
func byExternal(tx *db.Tx, list []NewBill) (map[externalKey]Bill, error) {
	ids := map[id.Facility][]string{}
	for _, n := range list {
		if n.ExternalID != "" {
			ids[n.Facility] = append(ids[n.Facility], n.ExternalID)
		}
	}
	out := map[externalKey]Bill{}
	for f, texts := range ids {
		bills, err := db.All(tx, "select "+billColumns+" from bill b where b.facility_id = $1 and "+tx.In("b.external_id", 2),
			[]any{f, db.List(tx, texts)}, scanBill)
		if err != nil {
			return nil, err
		}
		for _, b := range bills {
			out[externalKey{f, b.ExternalID}] = b
		}
	}
	return out, nil
}

// drawCodes takes one running number per bill and a few more, because about one in 4,200 is
// refused (ten digits); the row of the counter is touched once but for rare bad luck.
// Numbers left over are lost, which matters to nobody: there are 78 thousand million.
func drawCodes(tx *db.Tx, seq *billcode.Sequence, list []NewBill, prefix func(id.Facility) string) ([]billcode.Code, error) {
	codes := make([]billcode.Code, 0, len(list))
	for len(codes) < len(list) {
		missing := int64(len(list) - len(codes))
		draw := missing + missing/1000 + 1
		var last int64
		if err := tx.Row("update counter set value = value + $1 where name = 'bill' returning value", []any{draw}, &last); err != nil {
			return nil, fmt.Errorf("bill numbers: %w", err)
		}
		for n := last - draw + 1; n <= last && len(codes) < len(list); n++ {
			code, err := seq.Code(prefix(list[len(codes)].Facility), uint64(n))
			if errors.Is(err, billcode.ErrAllDigits) {
				continue
			}
			if err != nil {
				return nil, err
			}
			codes = append(codes, code)
		}
	}
	return codes, nil
}

// made is a bill on its way into the tables.
type made struct {
	bill   Bill
	rowKey string
	lines  []Line
	parts  []Instalment
}

// newDraft turns checked input into a draft.
func newDraft(gen *id.Gen, now time.Time, code billcode.Code, n NewBill) made {
	total, _ := n.Total() // checked: cannot overflow
	return made{rowKey: n.rowKey, lines: n.Lines, parts: n.Instalments, bill: Bill{
		ID: id.New[id.Bill](gen), Facility: n.Facility, Round: n.Round, ExternalID: n.ExternalID,
		Code: code, Token: id.NewToken(),
		PayerName: n.PayerName, PayerPhone: n.PayerPhone, BeneficiaryName: n.BeneficiaryName, BeneficiaryCode: n.BeneficiaryCode,
		Class: n.Class, BirthYear: n.BirthYear, Reason: n.Reason, Period: n.Period,
		Total: total, SoleFeeKind: soleKind(n.Lines), State: Draft, PartPayment: n.PartPayment, Account: n.Account,
		DueOn: n.DueOn, ExpiresOn: n.ExpiresOn, CreatedAt: now,
		content: n.content(), rowHash: n.rowHash, importID: n.importID,
	}}
}

func soleKind(lines []Line) id.FeeKind {
	for _, l := range lines {
		if l.FeeKind != lines[0].FeeKind {
			return 0
		}
	}
	return lines[0].FeeKind
}

var insertColumns = []string{
	"id", "facility_id", "round_id", "external_id", "row_key", "code", "token",
	"payer_name", "payer_phone", "beneficiary_name", "beneficiary_code", "class_name", "class_key", "birth_year",
	"reason", "period", "total", "sole_fee_kind", "state", "part_payment", "account_id", "due_on", "expires_on",
	"created_at", "replaces_id", "search", "sort_key", "content", "row_hash", "import_id",
}

// insert writes new bills with their lines and instalments.
func insert(tx *db.Tx, list []made) error {
	bills := make([][]any, len(list))
	classKeys := map[string]string{} // a few dozen classes among thousands of bills
	for i, m := range list {
		b := m.bill
		key, ok := classKeys[b.Class]
		if !ok {
			key = vn.Key(b.Class)
			classKeys[b.Class] = key
		}
		bills[i] = []any{
			b.ID, b.Facility, id.Null(b.Round), nullText(b.ExternalID), nullText(m.rowKey), b.Code, b.Token,
			b.PayerName, b.PayerPhone, b.BeneficiaryName, b.BeneficiaryCode, b.Class, key, b.BirthYear,
			b.Reason, b.Period, b.Total, b.SoleFeeKind, b.State, b.PartPayment, id.Null(b.Account), b.DueOn, nullText(string(b.ExpiresOn)),
			clock.Micros(b.CreatedAt), id.Null(b.Replaces), searchText(b), vn.NameKey(b.PersonName()), b.content, b.rowHash, b.importID,
		}
	}
	if err := tx.Insert("bill", insertColumns, bills); err != nil {
		return err
	}
	return insertParts(tx, list)
}

func insertParts(tx *db.Tx, list []made) error {
	var lines, parts [][]any
	for _, m := range list {
		for n, l := range m.lines {
			lines = append(lines, []any{m.bill.ID, n + 1, l.FeeKind, l.Name, l.Quantity, l.UnitPrice, l.Amount, l.Note})
		}
		for n, p := range m.parts {
			parts = append(parts, []any{m.bill.ID, n + 1, p.Amount, p.DueOn})
		}
	}
	err := tx.Insert("bill_line", []string{"bill_id", "n", "fee_kind_id", "name", "quantity", "unit_price", "amount", "note"}, lines)
	if err != nil {
		return err
	}
	return tx.Insert("bill_instalment", []string{"bill_id", "n", "amount", "due_on"}, parts)
}

func nullText(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// searchText is what a search looks through.
func searchText(b Bill) string {
	return vn.Fold(strings.Join([]string{b.BeneficiaryName, b.PayerName, b.Class, b.BeneficiaryCode, string(b.Code), b.PayerPhone, b.Reason}, " "))
}

// content is the fingerprint of all that the payer is told: two bills with the same content
// are the same demand. 128 bits of SHA-256.
func (n NewBill) content() string {
	h := sha256.New()
	for _, s := range []string{
		n.PayerName, n.PayerPhone, n.BeneficiaryName, n.BeneficiaryCode, n.Class, n.Reason, n.Period,
		string(n.PartPayment), string(n.DueOn), string(n.ExpiresOn),
	} {
		hashText(h, s)
	}
	hashInt(h, int64(n.BirthYear), int64(n.Account), int64(len(n.Lines)), int64(len(n.Instalments)))
	for _, l := range n.Lines {
		hashText(h, l.Name)
		hashText(h, l.Note)
		hashInt(h, int64(l.FeeKind), l.Quantity, int64(l.UnitPrice), int64(l.Amount))
	}
	for _, p := range n.Instalments {
		hashText(h, string(p.DueOn))
		hashInt(h, int64(p.Amount))
	}
	return short(h)
}

func short(h hash.Hash) string { return base64.RawURLEncoding.EncodeToString(h.Sum(nil)[:16]) }

func hashText(h hash.Hash, s string) {
	hashInt(h, int64(len(s)))
	h.Write([]byte(s))
}

func hashInt(h hash.Hash, vs ...int64) {
	var b [8]byte
	for _, v := range vs {
		binary.BigEndian.PutUint64(b[:], uint64(v))
		h.Write(b[:])
	}
}
