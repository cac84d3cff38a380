package main

import (
	"fmt"

	"github.com/sen-platform/sen/internal/app"
	"github.com/sen-platform/sen/internal/collect"
)

type verifyCmd struct {
	storeFlags
	JSON bool `name:"json" help:"In kết quả dạng JSON."`
}

// verifySteps is about how many checks Verify makes; the bar needs an end.
const verifySteps = 20

// Run proves the invariants over the whole store.
func (c *verifyCmd) Run(env *console) error {
	return c.with(env, func(a *app.App) error {
		bar, n := newProgress(env, "Đang kiểm", verifySteps), 0
		rep, err := a.Collect.Verify(env.ctx, func(string) { n++; bar.to(n, max(n+1, verifySteps)) })
		bar.end()
		if err != nil {
			return err
		}
		if c.JSON {
			if rep.Findings == nil {
				rep.Findings = []collect.Finding{}
			}
			if rep.Notes == nil {
				rep.Notes = []collect.Finding{}
			}
			err = printJSON(env.out, rep)
		} else {
			err = tell(env, rep)
		}
		if err == nil && !rep.Clean() {
			err = &outcome{exitUnclean, fmt.Sprintf("sổ sách có %d chỗ không khớp", len(rep.Findings))}
		}
		return err
	})
}

func tell(env *console, rep collect.Report) error {
	for _, f := range rep.Findings {
		line(env.out, "KHÔNG KHỚP bất biến %d (%s): %s", f.Invariant, f.What, f.Text)
	}
	for _, f := range rep.Notes {
		line(env.out, "lưu ý (%s): %s", f.What, f.Text)
	}
	if rep.Clean() {
		line(env.out, "Đã kiểm %d mục, sổ sách khớp.", rep.Checks)
	}
	return nil
}
