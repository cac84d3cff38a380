package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/sen-platform/sen/internal/access"
	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/vn"
)

// batchRow is one row of a chunk on its way.
type batchRow struct {
	bill    bill.NewBill
	publish bool
}

// decode reads and checks the rows of a chunk. answers holds the answers of bad rows; rows
// those that are left to do, by their index in the chunk.
func (b *batch) decode(chunk [][]byte) (rows map[int]batchRow, answers []rowAnswer) {
	rows, answers = map[int]batchRow{}, make([]rowAnswer, len(chunk))
	for i, line := range chunk {
		n := b.sum.Summary.Rows + i + 1
		answers[i].Row = n
		row, err := b.decodeRow(line, n)
		if err != nil {
			b.bad(&answers[i], err)
			continue
		}
		if first, seen := b.sameID(rows, i, row); seen {
			b.bad(&answers[i], faultExternalID.saying(b.ctx, fmt.Sprintf("Mã tham chiếu “%s” đã dùng ở dòng %d với nội dung khác. Mỗi phiếu một mã.", row.bill.ExternalID, answers[first].Row)))
			continue
		}
		rows[i] = row
	}
	return rows, answers
}

// sameID finds an earlier good row of the chunk with the same identifier and other content.
func (b *batch) sameID(rows map[int]batchRow, before int, row batchRow) (first int, seen bool) {
	for i := range before {
		if r, good := rows[i]; good && r.bill.ExternalID != "" && r.bill.ExternalID == row.bill.ExternalID {
			return i, !reflect.DeepEqual(r, row)
		}
	}
	return 0, false
}

func (b *batch) bad(a *rowAnswer, err error) {
	p := b.problemFor(b.ctx, err)
	a.Status, a.Error = p.Status, p
}

func (b *batch) decodeRow(line []byte, n int) (batchRow, error) {
	in, err := b.rowInput(line)
	if err != nil {
		return batchRow{}, err
	}
	publish := b.publish || in.Publish
	if publish && !b.publish {
		if err := b.call.may(access.PublishBills, b.of); err != nil {
			return batchRow{}, err
		}
	}
	if in.Facility != "" && in.Facility != b.of.String() {
		return batchRow{}, &bill.Invalid{Fields: []bill.FieldError{{Pointer: "/facility", Code: bill.CodeUnknown, MessageVI: "Không tìm thấy cơ sở này, hoặc khóa không thuộc cơ sở đó."}}}
	}
	nb, err := in.content(b.fees)
	if err != nil {
		return batchRow{}, err
	}
	nb.Facility, nb.ExternalID = b.of, in.ExternalID
	if vn.Clean(nb.ExternalID) == "" && b.call.idem != "" {
		nb.ExternalID = b.call.externalID(strconv.Itoa(n))
	}
	nb, err = b.rules.Check(nb)
	return batchRow{nb, publish}, err
}

// rowInput reads one row with the checks that huma makes for a single bill.
func (b *batch) rowInput(line []byte) (in billInput, err error) {
	var loose any
	if err := json.Unmarshal(line, &loose); err != nil {
		return in, faultBody.because(err.Error())
	}
	r := b.api.OpenAPI().Components.Schemas
	res, pb := &huma.ValidateResult{}, huma.NewPathBuffer([]byte{}, 0)
	pb.Push("body")
	huma.Validate(r, r.Schema(typeOf(in), true, ""), pb, huma.ModeWriteToServer, loose, res)
	if len(res.Errors) > 0 {
		return in, inputProblem(b.ctx, http.StatusUnprocessableEntity, "", res.Errors)
	}
	if err := json.Unmarshal(line, &in); err != nil {
		p := inputProblem(b.ctx, http.StatusUnprocessableEntity, "", nil)
		p.Detail = err.Error()
		return in, p
	}
	return in, nil
}

// try tells what issue would do, and does nothing: the bills are made and unmade in one
// transaction, so that identifiers used before and twice in the batch's chunk are found too.
func (b *batch) try(chunk [][]byte) ([]rowAnswer, error) {
	rows, answers := b.decode(chunk)
	err := b.each(rows, answers, func(list []bill.NewBill, _ bool) ([]bill.Bill, error) {
		err := b.DB.Update(b.ctx, func(tx *db.Tx) error {
			if _, err := bill.Create(tx, b.IDs, b.Codes, b.Clock.Now(), list); err != nil {
				return err
			}
			return errUndo
		})
		if errors.Is(err, errUndo) {
			err = nil
		}
		return nil, err
	})
	return answers, err
}

// issue makes the bills of a chunk.
func (b *batch) issue(chunk [][]byte) ([]rowAnswer, error) {
	rows, answers := b.decode(chunk)
	err := b.each(rows, answers, func(list []bill.NewBill, publish bool) ([]bill.Bill, error) {
		return b.Collect.Issue(b.ctx, b.call.actor(), list, publish)
	})
	return answers, err
}

// each hands the good rows to do, those to be published apart from those that are not, and
// fills in their answers. do makes all of its list or none: a row it refuses is answered and
// taken out, and the rest tried again.
func (b *batch) each(rows map[int]batchRow, answers []rowAnswer, do func([]bill.NewBill, bool) ([]bill.Bill, error)) error {
	for _, publish := range []bool{false, true} {
		var at []int
		for i := range answers {
			if row, good := rows[i]; good && row.publish == publish {
				at = append(at, i)
			}
		}
		for len(at) > 0 {
			list := make([]bill.NewBill, len(at))
			for j, i := range at {
				list[j] = rows[i].bill
			}
			began := b.IDs.Next() // identifiers rise: a bill below this one existed before
			made, err := do(list, publish)
			if err == nil {
				for j, i := range at {
					answers[i].Status = http.StatusOK
					if made != nil {
						if int64(made[j].ID) >= began {
							answers[i].Status = http.StatusCreated
						}
						answers[i].Bill = b.rowBill(made[j])
					}
				}
				break
			}
			if at = b.without(at, list, answers, err); at == nil {
				return err
			}
		}
	}
	return nil
}

// without answers the rows that made a list fail, and returns the rest; nil when the failure
// is no row's.
func (b *batch) without(at []int, list []bill.NewBill, answers []rowAnswer, err error) []int {
	var differs *bill.Differs
	var invalid *bill.InvalidAt
	if !errors.As(err, &differs) && !errors.As(err, &invalid) {
		return nil
	}
	rest := make([]int, 0, len(at))
	for j, i := range at {
		if differs != nil && list[j].ExternalID == differs.ExternalID || invalid != nil && j == invalid.Index {
			b.bad(&answers[i], err)
		} else {
			rest = append(rest, i)
		}
	}
	if len(rest) == len(at) {
		return nil
	}
	return rest
}

func (b *batch) rowBill(x bill.Bill) *rowBill {
	out := &rowBill{ID: x.ID.String(), Code: string(x.Code), ExternalID: x.ExternalID, State: x.State, Total: int64(x.Total)}
	if x.State != bill.Draft {
		out.PayerURL = b.payerURL(x)
	}
	return out
}
