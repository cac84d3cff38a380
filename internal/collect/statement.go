package collect

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/ledger"
	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/rail/passbook"
	"github.com/sen-platform/sen/internal/rail/statement"
	"github.com/sen-platform/sen/internal/vnd"
)

// importStep is how many credits of a file go through the inbox at once; webhooks that
// arrive meanwhile get their turn in between.
const importStep = 2000

// Import is what became of a statement file.
type Import struct {
	File    id.File  `json:"-"`
	Name    string   `json:"name"`
	Format  string   `json:"format"`
	SHA256  string   `json:"sha256"`
	Again   bool     `json:"imported_before"` // the very same bytes came in before
	Parts   []Sheet  `json:"statements"`
	Notices []Notice `json:"problems"` // of the file as a whole
}

// Sheet is what became of one statement of a file.
type Sheet struct {
	Account    id.Account  `json:"-"`
	Facility   id.Facility `json:"-"`
	Number     string      `json:"account"`
	Holder     string      `json:"-"`
	From, To   clock.Date  `json:"-"`
	Lines      int         `json:"lines"`
	In, Out    vnd.Amount  `json:"-"`
	Posted     int         `json:"posted"`
	Matched    int         `json:"matched"`
	Waiting    int         `json:"suspense"`
	Known      int         `json:"known"` // seen before in this or another stream
	Reversed   int         `json:"reversed"`
	Refused    int         `json:"refused"`
	Debits     int         `json:"debits"`
	Skipped    []Notice    `json:"skipped"`
	Notices    []Notice    `json:"problems"`
	Closing    *vnd.Amount `json:"closing"`
	Difference *vnd.Amount `json:"difference"` // bank's closing balance less the book's; nil when the bank gave none
	ClosesDay  bool        `json:"closes_day"`
	Credits    []id.Credit `json:"-"`
}

// Notice is something to tell the user: where, and what to do. Text is Vietnamese.
type Notice struct {
	Place string `json:"place,omitempty"`
	Text  string `json:"text"`
}

// ErrForeignStatement: none of the file's accounts is one the user may import for.
var ErrForeignStatement = errors.New("collect: statement of another facility")

// ImportStatement reads a bank's statement file and books its lines: credits as Receive
// does, money out as row "spent", the first opening balance as row "opening". scope 0 allows
// all facilities. The same or an overlapping file changes nothing twice, so after a crash the
// import is simply run again. progress, when not nil, is told lines done and lines in all.
//
// Files that do not balance are booked and flagged and close no day. Errors: *statement.Error
// with a Vietnamese text when the file cannot be read; ErrForeignStatement.
func (s *Service) ImportStatement(ctx context.Context, by Actor, scope id.Facility, name string, body []byte, progress func(done, all int)) (Import, error) {
	f, err := statement.Read(bytes.NewReader(body), name)
	if err != nil {
		return Import{}, err
	}
	imp := Import{Name: f.Name, Format: f.Message, SHA256: f.SHA256, Notices: notices(f.Problems)}
	accounts, err := s.accountsOfFile(ctx, f)
	if err != nil {
		return imp, err
	}
	foreign := 0
	for i := range f.Statements {
		if a, ok := accounts[passbook.AccountNumber(f.Statements[i].Account)]; ok && scope != 0 && a.Facility != scope {
			foreign++
		}
	}
	if foreign > 0 {
		return imp, ErrForeignStatement
	}
	if imp.File, imp.Again, err = s.keepFile(ctx, by, scope, f, body); err != nil {
		return imp, err
	}
	all, done := 0, 0
	for i := range f.Statements {
		all += len(f.Statements[i].Lines)
	}
	for i := range f.Statements {
		st := &f.Statements[i]
		acct, ok := accounts[passbook.AccountNumber(st.Account)]
		sh := Sheet{Number: st.Account, From: st.From, To: st.To, Lines: len(st.Lines), Notices: notices(st.Problems)}
		if !ok {
			sh.Refused = len(st.Lines)
			sh.Notices = append(sh.Notices, Notice{Text: fmt.Sprintf(
				"Tài khoản %s chưa đăng ký cho cơ sở nào nên chưa ghi sổ dòng nào. Thêm tài khoản này vào mục Tài khoản nhận tiền rồi nhập lại tệp.", st.Account)})
		} else {
			sh.Account, sh.Facility, sh.Holder = acct.ID, acct.Facility, acct.Holder
			if err := s.importOne(ctx, by, f, st, acct, imp.File, &sh, func(n int) {
				if progress != nil {
					progress(done+n, all)
				}
			}); err != nil {
				return imp, err
			}
		}
		done += len(st.Lines)
		imp.Parts = append(imp.Parts, sh)
	}
	return imp, nil
}

func notices(ps []passbook.Problem) []Notice {
	out := make([]Notice, len(ps))
	for i, p := range ps {
		out[i] = Notice{p.Place, p.Message}
	}
	return out
}

func (s *Service) accountsOfFile(ctx context.Context, f *statement.File) (map[string]org.Account, error) {
	var numbers []string
	for i := range f.Statements {
		numbers = append(numbers, passbook.AccountNumber(f.Statements[i].Account))
	}
	out := map[string]org.Account{}
	err := s.db.View(ctx, func(tx *db.Tx) error {
		found, err := org.AccountsByNumber(tx, numbers)
		if err != nil {
			return err
		}
		for i := range f.Statements {
			st := &f.Statements[i]
			n := passbook.AccountNumber(st.Account)
			var fit []org.Account
			for _, a := range found[n] {
				if st.BankBIN == "" || a.BankBIN == st.BankBIN {
					fit = append(fit, a)
				}
			}
			if len(fit) == 1 {
				out[n] = fit[0]
			}
		}
		return nil
	})
	return out, err
}

// keepFile stores the file's bytes once; again reports that they were there.
func (s *Service) keepFile(ctx context.Context, by Actor, scope id.Facility, f *statement.File, body []byte) (file id.File, again bool, err error) {
	err = s.db.Update(ctx, func(tx *db.Tx) error {
		again = false
		err := tx.Row("select id from imported_file where kind = 'statement' and sha256 = $1", []any{f.SHA256}, &file)
		if err == nil {
			again = true
			return nil
		}
		if !errors.Is(err, db.ErrNotFound) {
			return err
		}
		file = id.New[id.File](s.ids)
		if err := tx.Insert("imported_file", []string{"id", "facility_id", "kind", "name", "format", "sha256", "size", "at", "by_user", "body"},
			[][]any{{file, id.Null(scope), "statement", f.Name, f.Message, f.SHA256, len(body), clock.Micros(s.clk.Now()), id.Null(by.User), body}}); err != nil {
			return err
		}
		w := s.newWork(by)
		if err := w.audit("statement.import", file.String(), scope, map[string]any{"name": f.Name, "format": f.Message, "sha256": f.SHA256}); err != nil {
			return err
		}
		return w.flush(tx)
	})
	return file, again, err
}

// importOne books one statement of a registered account.
func (s *Service) importOne(ctx context.Context, by Actor, f *statement.File, st *statement.Statement, acct org.Account, file id.File, sh *Sheet, step func(int)) error {
	credits, skipped := statement.Credits(f.Format, st)
	for _, k := range skipped {
		sh.Skipped = append(sh.Skipped, Notice{k.Place, k.Message})
	}
	for n := 0; n < len(credits); n += importStep {
		part := credits[n:min(n+importStep, len(credits))]
		in := make([]Incoming, len(part))
		for i := range part {
			part[i].Account = acct.Number // the bank may write it with its code or currency
			in[i] = Incoming{Credit: part[i], Scope: acct.Facility, File: file}
			if !part[i].Reversal {
				sh.In += part[i].Amount
			}
		}
		out, err := s.Receive(ctx, in)
		if err != nil {
			return err
		}
		for _, o := range out {
			sh.count(o)
		}
		step(min(n+importStep, len(credits)))
	}
	if st.Worst() == passbook.Refuse {
		return nil
	}
	return s.db.Update(ctx, func(tx *db.Tx) error {
		sh.Debits, sh.Out = 0, 0
		w := s.newWork(by)
		if err := s.bookDebits(tx, w, f.Format, st, acct, file, sh); err != nil {
			return err
		}
		if err := w.bookOpening(tx, st, acct); err != nil {
			return err
		}
		if err := w.flush(tx); err != nil {
			return err
		}
		return s.keepStatement(tx, st, acct, file, sh)
	})
}

func (sh *Sheet) count(o Outcome) {
	switch o.Verdict {
	case Posted:
		sh.Posted++
		if o.Status == Waiting {
			sh.Waiting++
		} else {
			sh.Matched++
		}
		sh.Credits = append(sh.Credits, o.Credit)
	case Duplicate, Sighted:
		sh.Known++
	case Undone:
		sh.Reversed++
	case Refused:
		sh.Refused++
		text := "Dòng này chưa ghi sổ được. Xem lại tài khoản và số tiền của dòng."
		if o.Reason == RefusedReversal {
			text = "Ngân hàng thu hồi một khoản mà sổ không có hoặc đã trả lại. Đối chiếu với ngân hàng."
		}
		sh.Skipped = append(sh.Skipped, Notice{Text: text})
	}
}

// bookOpening books what the account held before its first statement, once per account, so
// that the book can be held against the bank from then on.
func (w *work) bookOpening(tx *db.Tx, st *statement.Statement, acct org.Account) error {
	if st.Opening == nil || st.From == "" || st.Currency != "VND" || st.Opening.Currency != "VND" && st.Opening.Currency != "" {
		return nil
	}
	opening, err := st.Opening.Amount.VND()
	if err != nil {
		return nil // a fraction of a đồng: the statement is flagged, nothing can be carried in
	}
	var n int64
	err = tx.Row("select count(*) from statement where account_id = $1 and opening is not null", []any{acct.ID}, &n)
	if err != nil || n > 0 {
		return err
	}
	bank := ledger.Account{Facility: acct.Facility, Kind: ledger.Bank, Ref: int64(acct.ID)}
	before := st.From.AddDays(-1)
	have, err := ledger.NetAt(tx, bank, before)
	if err != nil {
		return err
	}
	p := ledger.Posting{Kind: ledger.RowOpening, Debit: bank, Credit: acc(acct.Facility, ledger.Opening), Amount: opening - have}
	if p.Amount < 0 {
		p.Debit, p.Credit, p.Amount = p.Credit, p.Debit, -p.Amount
	}
	if p.Amount == 0 {
		return nil
	}
	e := w.entry(before)
	e.Postings = []ledger.Posting{p}
	w.entries = append(w.entries, e)
	return nil
}

// keepStatement stores the statement's figures and compares its closing balance with the book.
func (s *Service) keepStatement(tx *db.Tx, st *statement.Statement, acct org.Account, file id.File, sh *Sheet) error {
	var opening, closing, difference any
	if st.Opening != nil && !st.Opening.Derived {
		if v, err := st.Opening.Amount.VND(); err == nil {
			opening = v
		}
	}
	if st.Closing != nil && !st.Closing.Derived && st.To != "" {
		if v, err := st.Closing.Amount.VND(); err == nil {
			closing = v
			have, err := ledger.NetAt(tx, ledger.Account{Facility: acct.Facility, Kind: ledger.Bank, Ref: int64(acct.ID)}, st.To)
			if err != nil {
				return err
			}
			d := v - have
			difference, sh.Closing, sh.Difference = d, &v, &d
		}
	}
	ns, err := chainNotices(tx, st, acct)
	if err != nil {
		return err
	}
	sh.Notices = append(sh.Notices, ns...)
	sh.ClosesDay = opening != nil && closing != nil && st.Worst() < passbook.KeepOpen && len(ns) == 0 && st.Currency == "VND" && closesDays(st.Kind)
	problems, err := json.Marshal(sh.Notices)
	if err != nil {
		return err
	}
	if _, err := tx.Exec("delete from statement where file_id = $1 and account_id = $2 and statement_ref = $3 and coalesce(from_on, '') = $4",
		file, acct.ID, st.ID, string(st.From)); err != nil { // a repeated import of the same bytes
		return err
	}
	return tx.Insert("statement", []string{
		"id", "file_id", "account_id", "account_number", "statement_ref", "currency", "from_on", "to_on", "opening", "closing",
		"credits", "credit_sum", "debits", "debit_sum", "difference", "closes_day", "problems",
	}, [][]any{{
		s.ids.Next(), file, acct.ID, st.Account, st.ID, st.Currency, nullDate(st.From), nullDate(st.To), opening, closing,
		len(sh.Credits) + sh.Known, sh.In, sh.Debits, sh.Out, difference, sh.ClosesDay, string(problems),
	}})
}

// closesDays reports whether a kind of message is a record of whole days; camt.052, camt.054
// and MT942 only tell early (reference 1.1, 2).
func closesDays(kind string) bool { return kind == "Stmt" || kind == "MT940" || kind == "Sheet" }

func nullDate(d clock.Date) any {
	if d == "" {
		return nil
	}
	return d
}

// chainNotices is check C against the statement before this one in the store.
func chainNotices(tx *db.Tx, st *statement.Statement, acct org.Account) ([]Notice, error) {
	if st.Opening == nil || st.From == "" || !closesDays(st.Kind) {
		return nil, nil
	}
	var before vnd.Amount
	err := tx.Row(`select closing from statement where account_id = $1 and closing is not null and to_on < $2
		order by to_on desc, id desc limit 1`, []any{acct.ID, st.From}, &before)
	if errors.Is(err, db.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	prev, err := passbook.ParseDecimal(fmt.Sprint(int64(before)))
	if err != nil {
		return nil, err
	}
	return notices(passbook.CheckChain(passbook.Previous{Closing: prev}, st)), nil
}
