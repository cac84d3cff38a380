package collect

import (
	"hash/fnv"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/ledger"
	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/rail/passbook"
	"github.com/sen-platform/sen/internal/rail/statement"
	"github.com/sen-platform/sen/internal/vnd"
)

// debit is money out on a statement.
type debit struct {
	stream, ref, bankRef string
	memo                 string
	amount               vnd.Amount
	on                   clock.Date
	text                 uint64 // hash of the memo's letters and digits
}

// bookDebits books the statement's money out that is not known yet. What the money was spent
// on is no business of Sen's; that the balance can be proved is (invariant 5). As with
// credits, another stream's view of a booked debit is recognised by bank reference, else by
// day, amount and text, each booked one once per stream.
func (s *Service) bookDebits(tx *db.Tx, w *work, stream string, st *statement.Statement, acct org.Account, file id.File, sh *Sheet) error {
	list, first, last := debitsOf(stream, st)
	if len(list) == 0 {
		return nil
	}
	have, err := db.All(tx, `select stream, partner_ref, bank_ref, amount, booked_on, memo from bank_debit
		where account_id = $1 and booked_on >= $2 and booked_on <= $3 order by id`,
		[]any{acct.ID, first.AddDays(-sameDays), last.AddDays(sameDays)}, func(r db.Rows, d *debit) error {
			err := r.Scan(&d.stream, &d.ref, &d.bankRef, &d.amount, &d.on, &d.memo)
			d.text = letters(d.memo)
			return err
		})
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for _, d := range have {
		if d.stream == stream {
			known[d.ref] = true
		}
	}
	taken := make([]bool, len(have))
	var rows [][]any
	for _, d := range list {
		sh.Debits++
		sh.Out += d.amount
		if known[d.ref] || takes(have, taken, d) {
			continue
		}
		known[d.ref] = true
		rows = append(rows, []any{s.ids.Next(), d.stream, d.ref, acct.Facility, acct.ID, d.amount, d.on, d.memo, d.bankRef, file})
		e := w.entry(d.on)
		e.Postings = []ledger.Posting{{
			Kind: ledger.RowSpent, Debit: acc(acct.Facility, ledger.Spent),
			Credit: ledger.Account{Facility: acct.Facility, Kind: ledger.Bank, Ref: int64(acct.ID)}, Amount: d.amount,
		}}
		w.entries = append(w.entries, e)
	}
	return tx.Insert("bank_debit", []string{"id", "stream", "partner_ref", "facility_id", "account_id", "amount", "booked_on", "memo", "bank_ref", "file_id"}, rows)
}

// debitsOf lists the booked đồng going out, whole lines and parts of batches that mix both
// ways, and the days they span. What takes an earlier credit back is none: see takeBack.
func debitsOf(stream string, st *statement.Statement) (list []debit, first, last clock.Date) {
	add := func(l *statement.Line, d *passbook.Details, amount passbook.Decimal, key string) {
		v, err := amount.VND()
		if err != nil || v <= 0 || l.BookedOn == "" {
			return
		}
		list = append(list, debit{stream, key, d.BankRef, d.Memo, v, l.BookedOn, letters(d.Memo)})
		if first == "" || l.BookedOn < first {
			first = l.BookedOn
		}
		last = max(last, l.BookedOn)
	}
	for i := range st.Lines {
		l := &st.Lines[i]
		if l.Status != passbook.Booked || l.Currency != "VND" || l.Reversal || l.Return {
			continue
		}
		diff, known := passbook.BatchDifference(l)
		if len(l.Parts) < 2 || !known || !diff.IsZero() {
			if l.Sign == passbook.Out {
				add(l, &l.Details, l.Amount, l.Key)
			}
			continue
		}
		for n := range l.Parts {
			if p := &l.Parts[n]; p.Sign == passbook.Out && !p.Return {
				add(l, &p.Details, *p.Amount, p.Key)
			}
		}
	}
	return list, first, last
}

// takes reports whether d is another stream's view of one of have, and uses that one up.
func takes(have []debit, taken []bool, d debit) bool {
	for i, h := range have {
		if taken[i] || h.stream == d.stream || h.amount != d.amount {
			continue
		}
		sameRef := d.bankRef != "" && h.bankRef == d.bankRef
		if sameRef || (h.on == d.on && h.text == d.text) {
			taken[i] = true
			return true
		}
	}
	return false
}

func letters(memo string) uint64 {
	h := fnv.New64a()
	writeLetters(h, memo)
	return h.Sum64()
}
