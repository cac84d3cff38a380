package collect

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"

	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/billcode"
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/event"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/ledger"
	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/vn"
)

// Reasons for refusing an incoming credit. It is kept as evidence (table inbound) and can be
// sent again once the cause is mended.
const (
	RefusedAccount   = "unknown_account"   // no facility has this receiving account
	RefusedScope     = "foreign_account"   // the account is not the sender's facility's
	RefusedAmbiguous = "ambiguous_account" // two banks have the number and the bank was not named
	RefusedReversal  = "unknown_reversal"  // nothing booked fits what the bank takes back
	RefusedMalformed = "malformed"         // no amount, date or reference
)

var hooksActor = Actor{Name: "hook"}

// receive books one batch in one transaction.
func (s *Service) receive(ctx context.Context, in []Incoming) ([]Outcome, error) {
	var out []Outcome
	err := s.db.Update(ctx, func(tx *db.Tx) error {
		out = make([]Outcome, len(in)) // fn may run again: start afresh
		w := s.newWork(hooksActor)
		if err := s.receiveTx(tx, w, in, out); err != nil {
			return err
		}
		return w.flush(tx)
	})
	if err != nil {
		return nil, fmt.Errorf("receive %d credits: %w", len(in), err)
	}
	return out, nil
}

func (s *Service) receiveTx(tx *db.Tx, w *work, in []Incoming, out []Outcome) error {
	accounts, err := s.accountsOf(tx, in)
	if err != nil {
		return err
	}
	var cs []*Credit // credits to look at, in order of arrival
	var ks []keys
	var at []int // index into in
	for i := range in {
		acct, reason := choose(accounts, &in[i])
		if reason != "" {
			out[i] = Outcome{Verdict: Refused, Reason: reason}
			if err := s.refuse(tx, w, &in[i], reason); err != nil {
				return err
			}
			continue
		}
		c := newCredit(&in[i], acct, w)
		k := s.findKeys(c)
		c.bankKey, c.textKey = keysOf(c, k)
		cs, ks, at = append(cs, c), append(ks, k), append(at, i)
	}
	if len(cs) == 0 {
		return nil
	}
	if err := lockAccounts(tx, cs); err != nil {
		return err
	}
	known, err := lookUp(tx, cs, clock.Micros(w.now))
	if err != nil {
		return err
	}
	bs, err := gather(tx, w, cs, ks)
	if err != nil {
		return err
	}
	var sightings [][]any
	for n, c := range cs {
		i := at[n]
		if first, ok := known.refs[ref{c.Stream, c.PartnerRef}]; ok {
			out[i] = Outcome{Verdict: Duplicate, Credit: first}
			continue
		}
		if in[i].Reversal {
			o, err := s.takeBack(tx, w, c, bs)
			if err != nil {
				return err
			}
			out[i] = o
			if o.Verdict == Refused {
				if err := s.refuse(tx, w, &in[i], o.Reason); err != nil {
					return err
				}
			} else {
				known.refs[ref{c.Stream, c.PartnerRef}] = o.Credit
				sightings = append(sightings, sighting(c, o.Credit, w))
			}
			continue
		}
		if first := known.same(c); first != 0 {
			known.mark(first, c.Stream)
			known.refs[ref{c.Stream, c.PartnerRef}] = first
			sightings = append(sightings, sighting(c, first, w))
			out[i] = Outcome{Verdict: Sighted, Credit: first}
			continue
		}
		c.ID = id.New[id.Credit](s.ids)
		known.add(c)
		if out[i], err = w.post(c, bs.match(c, ks[n])); err != nil {
			return err
		}
	}
	if err := tx.Insert("sighting", []string{"stream", "partner_ref", "credit_id", "file_id", "at"}, sightings); err != nil {
		return err
	}
	return w.vouch()
}

func sighting(c *Credit, first id.Credit, w *work) []any {
	return []any{c.Stream, c.PartnerRef, int64(first), id.Null(c.File), clock.Micros(w.now)}
}

// post books a new credit as decided.
func (w *work) post(c *Credit, d decision) (Outcome, error) {
	e := w.entry(c.BookedOn)
	from := arrival(c)
	o := Outcome{Verdict: Posted, Credit: c.ID}
	for _, p := range d.pays {
		if err := w.pay(c, p.bill, p.amount, d.rule, d.evidence, "", &e, rowOf(c), from); err != nil {
			return Outcome{}, err
		}
		o.Bills = append(o.Bills, p.bill.ID)
	}
	if d.surplus > 0 {
		rule := RuleOverpaid
		if len(d.pays) == 0 {
			rule = RuleSecond
		}
		w.keep(c, d.surplus, d.over, rule, d.evidence, "", &e, ledger.RowSurplus, from)
	}
	c.Status, c.Reason = Matched, ""
	if d.waits > 0 {
		c.Status, c.Reason, c.Suspense = Waiting, d.reason, d.waits
		e.Postings = append(e.Postings, ledger.Posting{
			Kind: ledger.RowSuspense, Debit: from, Credit: acc(c.Facility, ledger.Suspense), Amount: d.waits, ByCredit: c.ID,
		})
		w.event(c.Facility, event.CreditWaiting, int64(c.ID), `"credit":"`+c.ID.String()+`","amount":`+strconv.FormatInt(int64(d.waits), 10)+`,"reason":"`+string(d.reason)+`"`)
	}
	w.created = append(w.created, c)
	w.entries = append(w.entries, e)
	o.Status = c.Status
	return o, nil
}

func rowOf(c *Credit) string {
	if c.Stream == streamCash {
		return ledger.RowCash
	}
	return ledger.RowPayment
}

// vouch writes one audit record for the new credits of the batch.
func (w *work) vouch() error {
	if len(w.created) == 0 {
		return nil
	}
	ids := make([]int64, len(w.created)) // the first whole, the others as distance from the one before
	var sum int64
	for i, c := range w.created {
		ids[i] = int64(c.ID)
		if i > 0 {
			ids[i] -= int64(w.created[i-1].ID)
		}
		sum += int64(c.Amount)
	}
	return w.audit(actionReceive, "", 0, vouched{Credits: ids, Sum: sum, SHA256: digest(w.created)})
}

const actionReceive = "credits.receive"

// vouched is the detail of an audit record of new credits.
type vouched struct {
	Credits []int64 `json:"credits"`
	Sum     int64   `json:"sum"`
	SHA256  string  `json:"sha256"`
}

func newCredit(in *Incoming, acct org.Account, w *work) *Credit {
	c := &Credit{
		Stream: in.Stream, PartnerRef: in.PartnerRef, Facility: acct.Facility, Account: acct.ID, Method: in.Method,
		Amount: in.Amount, BookedOn: in.BookedOn, OccurredAt: in.OccurredAt, ReceivedAt: w.now,
		Memo: vn.NFC(in.Memo), PayerName: vn.NFC(in.PayerName), PayerAccount: in.PayerAccount, PayerBank: in.PayerBank,
		BankRef: in.BankRef, VirtualAccount: in.VirtualAccount, OrderID: in.OrderID, RF: in.RF, File: in.File, raw: in.Raw,
	}
	if c.VirtualAccount == "" && in.Account != acct.Number {
		c.VirtualAccount = in.Account
	}
	if in.Returned {
		c.Reason = OwnRefund
	}
	if in.Raw != nil {
		sum := sha256.Sum256(in.Raw)
		c.RawSHA256 = hex.EncodeToString(sum[:])
	}
	return c
}

// accountsOf finds the receiving accounts that the batch names, by number and by virtual
// account. Accounts are remembered: they never change their facility.
func (s *Service) accountsOf(tx *db.Tx, in []Incoming) (map[string][]org.Account, error) {
	found := make(map[string][]org.Account, 4)
	var missing []string
	s.accMu.RLock()
	for i := range in {
		for _, n := range [2]string{in[i].Account, in[i].VirtualAccount} {
			if n == "" || found[n] != nil {
				continue
			}
			if a := s.accounts[n]; a != nil {
				found[n] = a
			} else if !slices.Contains(missing, n) {
				missing = append(missing, n)
			}
		}
	}
	s.accMu.RUnlock()
	if len(missing) == 0 {
		return found, nil
	}
	got, err := org.AccountsByNumber(tx, missing)
	if err != nil {
		return nil, err
	}
	for n, as := range got {
		found[n] = as
	}
	tx.OnCommit(func() {
		s.accMu.Lock()
		defer s.accMu.Unlock()
		for n, as := range got {
			s.accounts[n] = as
		}
	})
	var rest []string
	for _, n := range missing {
		if len(found[n]) == 0 {
			rest = append(rest, n)
		}
	}
	vas, err := bill.VirtualAccounts(tx, rest)
	if err != nil {
		return nil, err
	}
	ranges, err := org.AccountsByVirtual(tx, rest)
	if err != nil {
		return nil, err
	}
	for _, n := range rest {
		found[n] = ranges[n]
		if v, ok := vas[n]; ok {
			a, err := org.AccountByID(tx, v.Account)
			if err != nil {
				return nil, err
			}
			found[n] = []org.Account{a}
		}
	}
	return found, nil
}

// choose picks the receiving account of a credit, or says why there is none.
func choose(found map[string][]org.Account, in *Incoming) (org.Account, string) {
	if in.Amount <= 0 || in.BookedOn == "" || in.PartnerRef == "" || in.Stream == "" || in.Method == "" {
		return org.Account{}, RefusedMalformed
	}
	as := found[in.Account]
	if len(as) == 0 {
		as = found[in.VirtualAccount]
	}
	if len(as) == 0 {
		return org.Account{}, RefusedAccount
	}
	var fit []org.Account
	for _, a := range as {
		if (in.Scope == 0 || a.Facility == in.Scope) && (in.BankBIN == "" || a.BankBIN == in.BankBIN) {
			fit = append(fit, a)
		}
	}
	switch {
	case len(fit) == 1:
		return fit[0], ""
	case len(fit) > 1:
		return org.Account{}, RefusedAmbiguous
	case in.Scope != 0:
		return org.Account{}, RefusedScope
	}
	return org.Account{}, RefusedAccount
}

// lockAccounts lets one transaction at a time book on a receiving account, so that two
// streams reporting one credit at the same moment cannot both find it new. SQLite has one
// writer anyway.
func lockAccounts(tx *db.Tx, cs []*Credit) error {
	if tx.Engine() != db.Postgres {
		return nil
	}
	var ids []id.Account
	for _, c := range cs {
		ids = append(ids, c.Account)
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	_, err := tx.Exec("select pg_advisory_xact_lock(a) from unnest($1::bigint[]) with ordinality as v(a, n) order by n", db.List(tx, ids))
	return err
}

// gather reads and locks every bill that the batch's keys can name.
func gather(tx *db.Tx, w *work, cs []*Credit, ks []keys) (*bills, error) {
	b := &bills{byCode: map[billcode.Code]*bill.Payable{}, byID: map[id.Bill]*bill.Payable{}, persons: map[person][]*bill.Payable{}}
	var codes []billcode.Code
	var numbers []string
	for i, k := range ks {
		codes = k.codes(codes)
		if cs[i].VirtualAccount != "" {
			numbers = append(numbers, cs[i].VirtualAccount)
		}
	}
	var err error
	if b.virtuals, err = bill.VirtualAccounts(tx, numbers); err != nil {
		return nil, err
	}
	found, err := bill.LockByCodes(tx, codes)
	if err != nil {
		return nil, err
	}
	b.add(w, found)
	var more []id.Bill // bills that took the place of cancelled ones, and those behind virtual accounts
	for _, p := range b.byID {
		if p.ReplacedBy != 0 && b.byID[p.ReplacedBy] == nil {
			more = append(more, p.ReplacedBy)
		}
	}
	people := map[person]bool{}
	for _, v := range b.virtuals {
		if v.Bill != 0 && b.byID[v.Bill] == nil {
			more = append(more, v.Bill)
		} else if v.Bill == 0 {
			people[person{v.Facility, v.BeneficiaryCode}] = true
		}
	}
	if found, err = bill.LockByIDs(tx, more); err != nil {
		return nil, err
	}
	b.add(w, found)
	for p := range people {
		found, err := bill.LockOpenOf(tx, p.facility, p.code)
		if err != nil {
			return nil, err
		}
		b.persons[p] = b.add(w, found)
	}
	return b, nil
}

func (b *bills) add(w *work, found []bill.Payable) []*bill.Payable {
	out := make([]*bill.Payable, len(found))
	for i := range found {
		p := w.touch(&found[i])
		b.byID[p.ID], b.byCode[p.Code], out[i] = p, p, p
	}
	return out
}

// refuse keeps a credit that could not be booked.
func (s *Service) refuse(tx *db.Tx, w *work, in *Incoming, reason string) error {
	body := in.Raw
	if body == nil {
		body = fmt.Appendf(nil, "%s %s: %d đồng on account %s, %s", in.Stream, in.PartnerRef, int64(in.Amount), in.Account, in.BookedOn)
	}
	return keepInbound(tx, s.ids, Inbound{Stream: in.Stream, At: w.now, Outcome: reason, Detail: in.PartnerRef, Body: body})
}
