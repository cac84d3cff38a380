package main

import (
	"errors"
	"fmt"
	"path/filepath"

	"github.com/sen-platform/sen/internal/app"
	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/vn"
)

type importBillsCmd struct {
	storeFlags
	File     string `arg:"" placeholder:"TỆP" help:"Bảng của kế toán: XLSX, XLS dạng web hoặc CSV."`
	Facility string `required:"" placeholder:"MÃ" help:"Mã cơ sở thu tiền."`
	Round    string `placeholder:"TÊN" help:"Tên đợt thu; đợt đang mở cùng tên thì nhập tiếp vào. Mặc định: Đợt thu tháng này."`
	Due      string `placeholder:"NGÀY" help:"Hạn trả của đợt thu mới, 31/12/2026 hoặc 2026-12-31. Mặc định: 15 ngày nữa."`
	Publish  bool   `help:"Phát hành ngay khi mọi dòng đều tốt."`
	DryRun   bool   `help:"Chỉ đọc và đối chiếu, không ghi gì."`
	JSON     bool   `name:"json" help:"In kết quả dạng JSON."`
}

// defaultDue is how many days payers get when --due is not given.
const defaultDue = 15

// issue is a bad row as programs read it.
type issue struct {
	Sheet      string `json:"sheet"`
	Row        int    `json:"row"`
	Cell       string `json:"cell"`
	Value      string `json:"value"`
	Code       string `json:"code"`
	Reason     string `json:"reason"`
	Remedy     string `json:"remedy"`
	Suggestion string `json:"suggestion,omitempty"`
}

// Run imports a workbook into a round.
func (c *importBillsCmd) Run(env *console) error {
	if c.DryRun && c.Publish {
		return &outcome{exitUsage, "--dry-run và --publish không đi cùng nhau. Bỏ một trong hai."}
	}
	f, size, err := openFile(c.File)
	if err != nil {
		return err
	}
	defer f.Close() // only read from
	src := bill.Source{Name: filepath.Base(c.File), Data: f, Size: size}
	return c.with(env, func(a *app.App) error {
		round, made, err := c.round(env, a)
		if err != nil {
			return err
		}
		bar := newProgress(env, "Đang đọc", -1)
		res, err := a.Bills.Import(env.ctx, round.ID, src, bill.ImportOptions{DryRun: c.DryRun, Progress: func(rows int) { bar.to(rows, 0) }})
		bar.end()
		if made && (err != nil || c.DryRun || res.Blocked()) {
			// Nothing came in: do not leave an empty round behind.
			err = errors.Join(err, a.DB.Update(env.ctx, func(tx *db.Tx) error { return bill.DiscardRound(tx, round.ID) }))
		}
		if err != nil {
			return err
		}
		return c.report(env, a, round, res)
	})
}

// round finds the facility's round of the name, or makes it.
func (c *importBillsCmd) round(env *console, a *app.App) (r bill.Round, made bool, err error) {
	f, err := facility(env, a, c.Facility)
	if err != nil {
		return r, false, err
	}
	today := a.Collect.Today()
	month := fmt.Sprintf("tháng %s/%s", string(today)[5:7], string(today)[:4])
	name := vn.Clean(c.Round)
	n := bill.NewRound{Facility: f.ID, Name: name, DueOn: today.AddDays(defaultDue)}
	if name == "" {
		n.Name, n.Period = "Đợt thu "+month, month
	}
	if c.Due != "" {
		if n.DueOn, err = readDate(c.Due); err != nil {
			return r, false, err
		}
	}
	err = a.DB.Update(env.ctx, func(tx *db.Tx) error {
		made = false
		rounds, err := bill.Rounds(tx, f.ID, 0, 1000)
		if err != nil {
			return err
		}
		for _, old := range rounds {
			if old.Name == n.Name && old.State != bill.RoundClosed {
				r = old
				return nil
			}
		}
		made = true
		r, err = bill.CreateRound(tx, a.IDs, a.Collect.Now(), n)
		return err
	})
	return r, made, err
}

// readDate reads a day in either way people write it.
func readDate(s string) (clock.Date, error) {
	if d, err := clock.ParseDate(s); err == nil {
		return d, nil
	}
	d, err := vn.ParseDate(s)
	if err != nil {
		return "", refuse("Ngày %q không đọc được. Ghi 31/12/2026 hoặc 2026-12-31.", s)
	}
	return d, nil
}

func (c *importBillsCmd) report(env *console, a *app.App, round bill.Round, res *bill.ImportResult) error {
	issues, err := issuesOf(env, a, round.ID, res)
	if err != nil {
		return err
	}
	ready := !res.Blocked() && len(issues) == 0
	published := 0
	if c.Publish && ready {
		bar := newProgress(env, "Đang phát hành", res.Good)
		published, err = a.Collect.Publish(env.ctx, collect.System, round.ID, nil, func(done int) { bar.to(done, 0) })
		bar.end()
		if err != nil {
			return err
		}
	}
	if c.JSON {
		err = printJSON(env.out, struct {
			Round     string  `json:"round"`
			Published int     `json:"published"`
			Issues    []issue `json:"issues"`
			*bill.ImportResult
		}{round.ID.String(), published, issues, res})
		if err != nil {
			return err
		}
	} else {
		tellBills(env, c, round, res, issues, published)
	}
	switch {
	case res.Blocked():
		return refuse("Chưa nhập gì: sửa những chỗ trên rồi nhập lại.")
	case len(issues) > 0 && c.Publish:
		return refuse("Có %d dòng cần sửa nên chưa phát hành. Sửa trong bảng rồi nhập lại, hoặc sửa trên trang Đợt thu.", len(issues))
	case len(issues) > 0:
		return refuse("Có %d dòng cần sửa; các dòng khác đã nhập.", len(issues))
	}
	return nil
}

// issuesOf lists the rows that need a person; a dry run has them in its result only.
func issuesOf(env *console, a *app.App, round id.Round, res *bill.ImportResult) ([]issue, error) {
	found := res.Issues
	if !res.DryRun && !res.Blocked() {
		found = nil
		err := a.DB.View(env.ctx, func(tx *db.Tx) error {
			for last := int64(0); ; last = found[len(found)-1].N {
				part, err := bill.Issues(tx, round, last, 1000)
				if err != nil || len(part) == 0 {
					return err
				}
				found = append(found, part...)
			}
		})
		if err != nil {
			return nil, err
		}
	}
	out := make([]issue, len(found))
	for i, f := range found {
		out[i] = issue{f.Sheet, f.Row, f.Cell, f.Value, f.Code, f.Reason, f.Remedy, f.Suggestion}
	}
	return out, nil
}

func tellBills(env *console, c *importBillsCmd, round bill.Round, res *bill.ImportResult, issues []issue, published int) {
	for _, p := range res.Problems {
		line(env.err, "%s", p.Error())
	}
	for _, i := range issues {
		at := i.Cell
		if at == "" {
			at = fmt.Sprintf("dòng %d", i.Row)
		} else {
			at = "ô " + at
		}
		line(env.err, "Trang tính %s, %s: %s %s", i.Sheet, at, i.Reason, i.Remedy)
	}
	if res.Blocked() {
		return
	}
	switch {
	case res.AlreadyThere:
		line(env.out, "%s: bảng này đã nhập, không có gì đổi.", round.Name)
	case c.DryRun:
		line(env.out, "%s: sẽ nhập %d phiếu, tổng %s (mới %d, sửa %d, như cũ %d). Chưa ghi gì.", round.Name, res.Good, res.Total, res.Created, res.Updated, res.Unchanged)
	default:
		line(env.out, "%s: %d phiếu, tổng %s (mới %d, sửa %d, như cũ %d).", round.Name, res.Good, res.Total, res.Created, res.Updated, res.Unchanged)
	}
	if res.VanishedCount > 0 {
		line(env.out, "%d phiếu của lần nhập trước không còn trong bảng; xem trên trang Đợt thu.", res.VanishedCount)
	}
	if c.Publish && len(issues) == 0 {
		line(env.out, "Đã phát hành %d phiếu.", published)
	}
}
