package collect

import (
	"encoding/json"
	"math"
	"time"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/vnd"
)

// StatementRecord is one statement of an imported file as it was kept, held against the book
// as it is now.
type StatementRecord struct {
	ID         int64
	File       id.File
	FileName   string
	ImportedAt time.Time
	By         id.User
	Account    id.Account
	Number     string
	Currency   string
	From, To   clock.Date
	// Opening and Closing are what the bank says; nil when the file has none.
	Opening, Closing *vnd.Amount
	Credits          int // lines of money in, known ones included
	CreditSum        vnd.Amount
	Debits           int
	DebitSum         vnd.Amount
	Book             vnd.Amount // the account's balance in the ledger at the end of To
	ClosesDay        bool
	Notices          []Notice
}

// Difference is the bank's closing balance less the book's now (invariant 5): positive when
// the bank has more. nil when the file has no closing balance.
func (s StatementRecord) Difference() *vnd.Amount {
	if s.Closing == nil {
		return nil
	}
	d := *s.Closing - s.Book
	return &d
}

// statementFrom reads statements of a facility's accounts with the file they came in. The
// book's balance is the sum over the account's days up to the statement's last.
const statementFrom = `select s.id, s.file_id, f.name, f.at, coalesce(f.by_user, 0), s.account_id, s.account_number, s.currency, coalesce(s.from_on, ''), coalesce(s.to_on, ''),
	s.opening is not null, coalesce(s.opening, 0), s.closing is not null, coalesce(s.closing, 0),
	s.credits, s.credit_sum, s.debits, s.debit_sum, s.closes_day, s.problems,
	cast((select coalesce(sum(b.debit - b.credit), 0) from ledger_account l join ledger_balance b on b.account_id = l.id
		where l.facility_id = a.facility_id and l.kind = 'bank' and l.ref = a.id and b.booked_on <= s.to_on) as bigint)
	from receiving_account a join statement s on s.account_id = a.id join imported_file f on f.id = s.file_id
	where a.facility_id = $1`

func scanStatement(r db.Rows, s *StatementRecord) error {
	var at int64
	var opens, closes bool
	var opening, closing vnd.Amount
	var problems string
	err := r.Scan(&s.ID, &s.File, &s.FileName, &at, &s.By, &s.Account, &s.Number, &s.Currency, &s.From, &s.To,
		&opens, &opening, &closes, &closing, &s.Credits, &s.CreditSum, &s.Debits, &s.DebitSum, &s.ClosesDay, &problems, &s.Book)
	if err != nil {
		return err
	}
	s.ImportedAt = clock.FromMicros(at)
	if opens {
		s.Opening = &opening
	}
	if closes {
		s.Closing = &closing
	}
	return json.Unmarshal([]byte(problems), &s.Notices)
}

// StatementsOf lists the statements of a facility's accounts, the last imported first, at
// most limit, those kept before the one given when it is not 0.
func StatementsOf(tx *db.Tx, f id.Facility, before int64, limit int) ([]StatementRecord, error) {
	if before == 0 {
		before = math.MaxInt64
	}
	return db.All(tx, statementFrom+" and s.id < $2 order by s.id desc limit $3", []any{f, before, limit}, scanStatement)
}

// StatementsOfFile lists the statements of one file that are of a facility's accounts.
func StatementsOfFile(tx *db.Tx, f id.Facility, file id.File) ([]StatementRecord, error) {
	return db.All(tx, statementFrom+" and s.file_id = $2 order by s.account_number, s.from_on, s.id", []any{f, file}, scanStatement)
}

// LastStatements lists, per account of a facility, the statement with the latest closing
// balance of a day up to the one given. A day that is not over has no last word: money may
// come after its statement.
func LastStatements(tx *db.Tx, f id.Facility, upto clock.Date) ([]StatementRecord, error) {
	return db.All(tx, statementFrom+` and s.id = (select z.id from statement z where z.account_id = a.id and z.closing is not null and z.to_on <= $2
		order by z.to_on desc, z.id desc limit 1) order by s.account_number`, []any{f, upto}, scanStatement)
}

// StatementFile is a statement file as it came in.
type StatementFile struct {
	ID       id.File
	Facility id.Facility // who imported it; 0 for the province
	Name     string
	Format   string
	SHA256   string
	Size     int64
	At       time.Time
	By       id.User
}

// StatementFileByID reads what is known of a statement file; db.ErrNotFound when there is none.
func StatementFileByID(tx *db.Tx, file id.File) (StatementFile, error) {
	s := StatementFile{ID: file}
	var at int64
	err := tx.Row("select coalesce(facility_id, 0), name, format, sha256, size, at, coalesce(by_user, 0) from imported_file where id = $1 and kind = 'statement'",
		[]any{file}, &s.Facility, &s.Name, &s.Format, &s.SHA256, &s.Size, &at, &s.By)
	s.At = clock.FromMicros(at)
	return s, err
}

// StatementBody reads the bytes of a statement file; db.ErrNotFound when there is none.
func StatementBody(tx *db.Tx, file id.File) ([]byte, error) {
	var body []byte
	err := tx.Row("select body from imported_file where id = $1 and kind = 'statement'", []any{file}, &body)
	return body, err
}

// FileCredits sums up the credits that a file was the first to tell of.
type FileCredits struct {
	Account id.Account
	Posted  int
	Amount  vnd.Amount
	Waiting int // of Posted: how many wait for a person now
	Held    vnd.Amount
}

// CreditsOfFile sums up, per account of a facility, what a file brought.
func CreditsOfFile(tx *db.Tx, f id.Facility, file id.File) (map[id.Account]FileCredits, error) {
	// A credit of a file is made after the file: its identifier is greater.
	list, err := db.All(tx, `select account_id, count(*), cast(sum(amount) as bigint), count(*) filter (where suspense > 0), cast(sum(suspense) as bigint)
		from credit where facility_id = $1 and id > $2 and file_id = $2 group by account_id`, []any{f, file}, func(r db.Rows, c *FileCredits) error {
		return r.Scan(&c.Account, &c.Posted, &c.Amount, &c.Waiting, &c.Held)
	})
	out := make(map[id.Account]FileCredits, len(list))
	for _, c := range list {
		out[c.Account] = c
	}
	return out, err
}
