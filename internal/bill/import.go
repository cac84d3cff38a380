package bill

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"github.com/sen-platform/sen/internal/billcode"
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/doc"
	"github.com/sen-platform/sen/internal/id"
)

// Service holds the use cases of billing rounds that open transactions of their own: the
// import of a workbook and the fixing of its rows. Use cases that move money figures are in
// room collect.
type Service struct {
	DB    *db.DB
	IDs   *id.Gen
	Codes *billcode.Sequence
	Clock clock.Clock
}

// Source is a workbook as it came: XLSX, a web page named .xls, or CSV.
type Source struct {
	Name string // the file's name, for messages and for recognising a corrected version
	Data io.ReaderAt
	Size int64
}

// ImportOptions say how to import.
type ImportOptions struct {
	// Choices are a person's words on columns; they are remembered for the facility's next import.
	Choices []Choice
	// DryRun reads and compares everything and writes nothing.
	DryRun bool
	By     id.User
	// Progress is called after each step with the number of rows done; may be nil.
	Progress func(rows int)
}

// importStep is how many rows one transaction takes in.
const importStep = 2000

// Import reads a workbook into a round: good rows become drafts, bad rows wait as issues, and
// the mapping tells how each column was read. Importing the same workbook twice changes
// nothing. A corrected workbook updates drafts, adds new ones and lists bills that vanished;
// published bills and drafts changed by hand are never altered, only listed.
//
// It runs in steps of 2,000 rows, one transaction each, and holds neither the workbook's rows
// nor the bills in memory (of each row 20 bytes, to find duplicates). An import that dies is
// carried on by importing the same workbook again.
//
// Errors: *doc.FileError for a file that cannot be read; *StateError for a closed round;
// *Invalid when the round's date has passed; *org.CanBillError; db.ErrNotFound. A workbook
// whose columns are not clear is no error: the result's Problems say what to choose.
func (s *Service) Import(ctx context.Context, round id.Round, src Source, opt ImportOptions) (*ImportResult, error) {
	im := &importer{Service: s, opt: opt, seen: map[fingerprint]place{}, bad: map[string]bool{}, classes: map[string]int{}, adopted: map[string]bool{}}
	if err := im.load(ctx, round); err != nil {
		return nil, err
	}
	table, err := doc.OpenTable(src.Data, src.Size, src.Name, doc.Limits{})
	if err != nil {
		return nil, err
	}
	im.record = ImportRecord{Round: round, Name: src.Name, Size: src.Size, Choices: mergeChoices(im.remembered, opt.Choices), At: s.Clock.Now(), By: opt.By}
	im.record.Result = ImportResult{Name: src.Name, DryRun: opt.DryRun}
	if err := im.detect(ctx, table); err != nil {
		return nil, err
	}
	if im.record.Result.Blocked() {
		return &im.record.Result, nil
	}
	if !opt.DryRun {
		if err := im.begin(ctx, src); err != nil {
			return nil, err
		}
		if im.record.Result.AlreadyThere {
			return &im.record.Result, nil
		}
	}
	if err := im.rows(ctx, table); err != nil {
		return nil, err
	}
	if err := im.finish(ctx); err != nil {
		return nil, err
	}
	return &im.record.Result, nil
}

// importer is one import under way.
type importer struct {
	*Service
	opt        ImportOptions
	round      Round
	rules      Rules
	remembered []Choice
	record     ImportRecord
	empty      bool // the round had no bills before this import
	resumeAt   int  // rows that an earlier run has taken in

	seen    map[fingerprint]place // rows by key, to find duplicates and what vanished
	bad     map[string]bool       // hashes of bad rows
	classes map[string]int        // rows per class
	adopted map[string]bool       // keys of bills that were found by name
}

// fingerprint is 128 bits of the SHA-256 of a row's key.
type fingerprint [16]byte

func fingerprintOf(key string) fingerprint {
	h := sha256.Sum256([]byte(key))
	return fingerprint(h[:16])
}

// place is where a row stands.
type place struct{ sheet, row int32 }

func (im *importer) load(ctx context.Context, round id.Round) error {
	return im.DB.View(ctx, func(tx *db.Tx) error {
		var err error
		if im.round, err = RoundByID(tx, round); err != nil {
			return err
		}
		if im.round.State == RoundClosed {
			return &StateError{Text: "Đợt thu đã đóng, không nhập thêm được. Mở đợt thu mới."}
		}
		if im.rules, err = LoadRules(tx, im.round.Facility, clock.Today(im.Clock)); err != nil {
			return err
		}
		if err := im.rules.Facility.CanBill(im.rules.On); err != nil {
			return err
		}
		if im.round.DueOn < im.rules.On {
			return &Invalid{[]FieldError{{"/due_on", CodeDate, fmt.Sprintf("Hạn trả của đợt thu, %s, đã qua. Mở đợt thu mới với hạn từ hôm nay trở đi.", im.round.DueOn.VN())}}}
		}
		var n int
		if err := tx.Row("select count(*) from bill where round_id = $1", []any{round}, &n); err != nil {
			return err
		}
		im.empty = n == 0
		im.remembered, err = rememberedChoices(tx, im.round.Facility)
		return err
	})
}

// detect recognises the header of every sheet and gathers what is not clear.
func (im *importer) detect(ctx context.Context, table *doc.Table) error {
	res := &im.record.Result
	used := 0
	for _, sheet := range table.Sheets() {
		if err := ctx.Err(); err != nil {
			return err
		}
		var first []doc.Row
		for r, err := range table.Rows(sheet) {
			if err != nil {
				return err
			}
			if first = append(first, keep(r)); len(first) == detectRows {
				break
			}
		}
		if len(first) == 0 {
			continue
		}
		m := Detect(im.rules, sheet, first, im.record.Choices)
		res.Mapping.Sheets = append(res.Mapping.Sheets, m)
		if m.Skipped != "" {
			continue
		}
		used++
		res.Problems = append(res.Problems, m.problems()...)
		g := newGrid(first)
		if p, bad := unitProblem(sheet, g, g.index[m.HeaderRows[1]]+1); bad {
			res.Problems = append(res.Problems, p)
		}
	}
	if used == 0 {
		res.Problems = append(res.Problems, Problem{
			Code: ProblemNoHeader, Reason: "Không thấy dòng tiêu đề trong trang tính nào.",
			Remedy: "Bảng cần một dòng tiêu đề có cột Họ và tên (hoặc mã) và ít nhất một cột số tiền.",
		})
	}
	return nil
}

// begin finds out whether this workbook was imported before, wholly or in part, and otherwise
// stores it.
func (im *importer) begin(ctx context.Context, src Source) error {
	body, err := io.ReadAll(io.NewSectionReader(src.Data, 0, src.Size))
	if err != nil {
		return fmt.Errorf("import: read workbook: %w", err)
	}
	sum := sha256.Sum256(body)
	im.record.SHA256 = hex.EncodeToString(sum[:])
	choices, _, _, err := im.record.texts()
	if err != nil {
		return err
	}
	return im.DB.Update(ctx, func(tx *db.Tx) error {
		if _, err := lockRound(tx, im.round.ID); err != nil {
			return err
		}
		before, err := Imports(tx, im.round.ID)
		if err != nil {
			return err
		}
		for i, b := range before {
			known, _, _, err := b.texts()
			if err != nil {
				return err
			}
			if b.SHA256 != im.record.SHA256 || known != choices {
				continue
			}
			switch {
			case !b.FinishedAt.IsZero() && i > 0:
				continue // another workbook came after it: read it again
			case !b.FinishedAt.IsZero():
				b.Result.AlreadyThere = true
			case b.RowsRead == 0: // drafts were deleted since, or nothing was done yet
				b.Result = im.record.Result
				if _, err := tx.Exec("delete from round_issue where round_id = $1 and import_id = $2 and state = 'open'", im.round.ID, b.ID); err != nil {
					return err
				}
			default:
				b.Result.Resumed = true
			}
			b.Name, b.Result.Name = im.record.Name, im.record.Name
			im.record, im.resumeAt = b, b.RowsRead
			im.record.Result.Import = b.ID
			return nil
		}
		m := im.record
		m.ID = id.New[id.File](im.IDs)
		m.Result.Import = m.ID
		if err := insertRecord(tx, m, body); err != nil {
			return err
		}
		im.record = m
		return nil
	})
}

// step takes rows into the round in one transaction, together with how far the import has come.
func (im *importer) step(ctx context.Context, rows []reading, done int) error {
	st := step{round: im.round, rules: im.rules, im: im.record.ID, empty: im.empty, dry: im.opt.DryRun, adopted: im.adopted, gen: im.IDs, seq: im.Codes, now: im.Clock.Now()}
	if im.opt.DryRun {
		return im.DB.View(ctx, func(tx *db.Tx) error {
			res, err := st.run(tx, rows, im.record.Result)
			im.record.Result = res
			return err
		})
	}
	var next ImportRecord
	err := im.DB.Update(ctx, func(tx *db.Tx) error {
		if _, err := lockRound(tx, im.round.ID); err != nil {
			return err
		}
		res, err := st.run(tx, rows, im.record.Result)
		if err != nil {
			return err
		}
		next = im.record
		next.Result, next.RowsRead = res, done
		return saveProgress(tx, next)
	})
	if errors.Is(err, db.ErrConflict) {
		return fmt.Errorf("%w (%w)", &StateError{Text: "Đợt thu vừa được nhập ở nơi khác. Nhập lại tệp này."}, err)
	}
	if err == nil {
		im.record = next
	}
	return err
}

// Bytes is a Source over a workbook in memory.
func Bytes(name string, b []byte) Source {
	return Source{Name: name, Data: bytes.NewReader(b), Size: int64(len(b))}
}
