package desk

import (
	"context"
	"slices"

	"github.com/sen-platform/sen/internal/access"
	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/vnd"
	"github.com/sen-platform/sen/internal/web/page"
)

// publishBox is the form that makes drafts owed.
type publishBox struct {
	Action  string
	Count   int
	Amount  vnd.Amount
	Due     any
	Hint    string
	Classes []page.Choice
	Open    int // rows that wait and are not published with the others
	Seen    string
	Wrong   string
}

// seenBox is the id of the box that says "I have looked at it".
const seenBox = "da-xem"

// publishBox is nil when there is nothing to publish or this person may not.
func (v *visit) publishBox(at string, c *chart) *publishBox {
	if c.sum.Drafts == 0 || !v.can(access.PublishBills) || c.State == bill.RoundClosed {
		return nil
	}
	box := &publishBox{Action: at + "/phat-hanh", Count: c.sum.Drafts, Amount: c.sum.DraftAmount, Due: c.DueOn, Open: c.openRows, Seen: seenBox}
	box.Hint = "Bỏ dấu để lại " + lower(classWord(v.facility)) + " nào phát hành sau"
	for _, k := range c.wall {
		if k.Drafts == 0 {
			continue
		}
		name := className(v.facility, k.Class)
		if name == "" {
			name = "Không ghi " + lower(classWord(v.facility))
		}
		box.Classes = append(box.Classes, page.Choice{
			Value: classParam(k.Class), Checked: true,
			Text: page.HTMLf(`%s<br><span class="note">%s, %s</span>`, capital(name), count(k.Drafts, "phiếu"), k.DraftAmount),
		})
	}
	if len(box.Classes) == 1 {
		box.Classes = nil
	}
	return box
}

// publishRound answers POST /desk/dot-thu/{round}/phat-hanh.
func (f *face) publishRound(v *visit) error {
	if err := v.form(); err != nil {
		return err
	}
	var r bill.Round
	var wall []bill.ClassCount
	err := v.view(func(tx *db.Tx) error {
		var err error
		if r, err = v.round(tx, access.PublishBills); err != nil {
			return err
		}
		wall, err = bill.Wall(tx, r.ID)
		return err
	})
	if err != nil {
		return err
	}
	picked, classes, total := pickClasses(v.r.PostForm["lop"], wall, func(k bill.ClassCount) int { return k.Drafts })
	wrong := ""
	switch {
	case !picked:
		wrong = "Chưa chọn lớp nào. Đánh dấu ít nhất một lớp để phát hành."
	case v.field(seenBox) == "":
		wrong = "Xem ba phiếu mẫu và tổng tiền, đánh dấu là đã xem rồi phát hành."
	}
	if wrong != "" {
		return f.roundPage(v, unprocessable, nil, &page.Notice{State: page.Danger, Strong: "Chưa phát hành.", Text: wrong, Live: true})
	}
	actor := v.actor()
	undo := ""
	if classes == nil && bill.Sum(wall).Issued == 0 { // the way back takes all unpaid bills of the round
		undo = "/desk/dot-thu/" + r.ID.String() + "/thu-lai"
	}
	return f.runOnRound(v, r, "Đang phát hành phiếu", total, undo, func(ctx context.Context, progress func(int)) (string, error) {
		n, err := f.Collect.Publish(ctx, actor, r.ID, classes, progress)
		return "Đã phát hành " + count(n, "phiếu"), err
	})
}

// pickClasses turns the boxes of a form into classes as stored. All of them, or a round with
// one class only, is nil: no narrowing. counts tells how many bills of a class are meant.
func pickClasses(boxes []string, wall []bill.ClassCount, counts func(bill.ClassCount) int) (picked bool, classes []string, total int) {
	var offered int
	for _, k := range wall {
		if counts(k) == 0 {
			continue
		}
		offered++
		if slices.Contains(boxes, classParam(k.Class)) {
			classes = append(classes, k.Class)
			total += counts(k)
		}
	}
	if offered == 1 { // no boxes were shown
		for _, k := range wall {
			total = max(total, counts(k))
		}
		return true, nil, total
	}
	if len(classes) == offered {
		return offered > 0, nil, total
	}
	return len(classes) > 0, classes, total
}

// runOnRound runs a long work on a round and goes to its page, with the result when it was
// quick, with the progress when not.
func (f *face) runOnRound(v *visit, r bill.Round, what string, total int, undo string, work func(ctx context.Context, progress func(int)) (string, error)) error {
	at := "/desk/dot-thu/" + r.ID.String()
	ctx := v.lasting()
	said := ""
	j, fresh := f.jobs.start(r.ID, what, total, func(progress func(int)) error {
		s, err := work(ctx, progress)
		said = s
		return err
	})
	if !fresh {
		return v.goTo(at, "Đợt thu đang chạy việc khác, chờ xong rồi làm lại", "")
	}
	if !j.wait(patience) {
		return v.goTo(at, "", "")
	}
	if err := f.jobs.failed(r.ID); err != nil {
		return refused(err, func(status int, n page.Notice) error { return f.roundPage(v, status, nil, &n) })
	}
	return v.goTo(at, said, undo)
}

// takeBackRound answers POST /desk/dot-thu/{round}/thu-lai: published bills that received no
// money are drafts again.
func (f *face) takeBackRound(v *visit) error {
	if err := v.form(); err != nil {
		return err
	}
	var r bill.Round
	var wall []bill.ClassCount
	err := v.view(func(tx *db.Tx) error {
		var err error
		if r, err = v.round(tx, access.PublishBills); err != nil {
			return err
		}
		wall, err = bill.Wall(tx, r.ID)
		return err
	})
	if err != nil {
		return err
	}
	free := func(k bill.ClassCount) int { return k.Issued - k.Paid - k.PartlyPaid }
	var classes []string
	total := free(bill.Sum(wall))
	if text := v.field("lop"); text != "" {
		picked, list, n := pickClasses([]string{text}, wall, free)
		if !picked {
			return v.goTo("/desk/dot-thu/"+r.ID.String(), "Không còn phiếu nào chưa có tiền để thu lại", "")
		}
		classes, total = list, n
	}
	actor := v.actor()
	return f.runOnRound(v, r, "Đang thu lại phiếu", total, "", func(ctx context.Context, progress func(int)) (string, error) {
		n, err := f.Collect.Unpublish(ctx, actor, r.ID, classes, progress)
		if n == 0 {
			return "Không còn phiếu nào chưa có tiền để thu lại", err
		}
		return "Đã thu lại " + count(n, "phiếu") + ", người trả không còn thấy", err
	})
}

// closeRound answers POST /desk/dot-thu/{round}/dong.
func (f *face) closeRound(v *visit) error {
	var r bill.Round
	if err := v.view(func(tx *db.Tx) (err error) { r, err = v.round(tx, access.PublishBills); return err }); err != nil {
		return err
	}
	err := f.DB.Update(v.r.Context(), func(tx *db.Tx) error {
		if err := bill.CloseRound(tx, r.ID); err != nil {
			return err
		}
		return v.record(tx, "round.close", r.ID.String(), map[string]any{"name": r.Name})
	})
	if err != nil {
		return refused(err, func(status int, n page.Notice) error { return f.roundPage(v, status, nil, &n) })
	}
	return v.goTo("/desk/dot-thu/"+r.ID.String(), "Đã đóng "+lowerFirst(r.Name), "")
}
