package main

import (
	"errors"
	"io"
	"path/filepath"
	"strings"

	"github.com/sen-platform/sen/internal/app"
	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/rail/passbook"
)

type importCmd struct {
	Bills     importBillsCmd     `cmd:"" help:"Nhập danh sách thu của kế toán (XLSX, CSV) thành một đợt thu."`
	Statement importStatementCmd `cmd:"" help:"Nhập sao kê ngân hàng: ghi có, tự khớp phiếu, ghi sổ."`
	Org       importOrgCmd       `cmd:"" help:"Nhập danh mục: địa bàn, cơ quan, cơ sở, tài khoản, khoản thu."`
}

type importStatementCmd struct {
	storeFlags
	File     string `arg:"" placeholder:"TỆP" help:"Tệp sao kê: camt, MT940, XLSX, XLS, CSV."`
	Facility string `placeholder:"MÃ" help:"Chỉ nhận tài khoản của cơ sở này."`
	JSON     bool   `name:"json" help:"In kết quả dạng JSON."`
}

// Run books a statement.
func (c *importStatementCmd) Run(env *console) error {
	f, size, err := openFile(c.File)
	if err != nil {
		return err
	}
	limits := passbook.Limits{}.WithDefaults()
	if size > limits.Bytes {
		return errors.Join(limits.TooManyBytes(size).At("Tệp %s", filepath.Base(c.File)), f.Close())
	}
	body, err := io.ReadAll(f)
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	return c.with(env, func(a *app.App) error {
		var scope id.Facility
		if c.Facility != "" {
			f, err := facility(env, a, c.Facility)
			if err != nil {
				return err
			}
			scope = f.ID
		}
		a.Start(env.ctx)
		bar := newProgress(env, "Đang ghi sổ", 0)
		imp, err := a.Collect.ImportStatement(env.ctx, collect.System, scope, filepath.Base(c.File), body, bar.to)
		bar.end()
		if err != nil {
			return err
		}
		if c.JSON {
			err = printJSON(env.out, imp)
		} else {
			tellStatement(env, imp)
		}
		if refused := refusedLines(imp); err == nil && refused > 0 {
			err = refuse("%d dòng chưa ghi sổ được, lý do ở trên. Sửa rồi nhập lại tệp này: dòng đã ghi không bị ghi hai lần.", refused)
		}
		return err
	})
}

func refusedLines(imp collect.Import) int {
	n := 0
	for _, s := range imp.Parts {
		n += s.Refused
	}
	return n
}

func tellStatement(env *console, imp collect.Import) {
	if imp.Again {
		line(env.out, "Tệp này đã nhập trước đây; dòng đã có không ghi lại.")
	}
	for _, n := range imp.Notices {
		warn(env, n.Place, n.Text)
	}
	for _, s := range imp.Parts {
		line(env.out, "Tài khoản %s (%s): %d dòng, ghi mới %d, tự khớp %d, chờ xử lý %d, đã có %d, tiền ra %d, không nhận %d.",
			s.Number, s.Holder, s.Lines, s.Posted, s.Matched, s.Waiting, s.Known, s.Debits, s.Refused)
		for _, list := range [][]collect.Notice{s.Notices, s.Skipped} {
			for _, n := range list {
				warn(env, n.Place, n.Text)
			}
		}
		switch {
		case s.Difference != nil && *s.Difference != 0:
			line(env.out, "  Số dư ngân hàng lệch sổ %s: chưa đóng ngày.", *s.Difference)
		case s.ClosesDay:
			line(env.out, "  Số dư khớp, đóng ngày %s.", s.To.VN())
		}
	}
}

type importOrgCmd struct {
	storeFlags
	Files  []string `arg:"" placeholder:"TỆP" help:"Một tệp XLSX nhiều trang tính, hoặc nhiều tệp CSV."`
	DryRun bool     `help:"Chỉ kiểm, không ghi gì."`
	JSON   bool     `name:"json" help:"In kết quả dạng JSON."`
}

// Run imports the register, all or nothing.
func (c *importOrgCmd) Run(env *console) (err error) {
	var files []org.File
	for _, path := range c.Files {
		f, size, err := openFile(path)
		if err != nil {
			return err
		}
		defer f.Close()
		files = append(files, org.File{Name: filepath.Base(path), Body: f, Size: size})
	}
	return c.with(env, func(a *app.App) error {
		res, err := a.Org.Import(env.ctx, collect.System.Name, files, c.DryRun)
		if err != nil {
			return err
		}
		if c.JSON {
			if err := printJSON(env.out, orgJSON(res)); err != nil {
				return err
			}
		} else {
			for _, t := range res.Tables {
				if res.Applied || c.DryRun {
					line(env.out, "%s: %d dòng, mới %d, đổi %d, như cũ %d.", t.Table.Label(), t.Rows, t.New, t.Changed, t.Same)
				}
			}
			if c.DryRun {
				line(env.out, "Chưa ghi gì.")
			}
			for _, s := range res.Ignored {
				line(env.err, "lưu ý: %s", s)
			}
			for _, p := range res.Problems {
				line(env.err, "%s", p.String())
			}
		}
		if n := len(res.Problems); n > 0 {
			return refuse("Chưa ghi gì: có %d chỗ cần sửa.", n)
		}
		return nil
	})
}

func orgJSON(res org.ImportResult) any {
	type table struct {
		Table   string `json:"table"`
		Rows    int    `json:"rows"`
		New     int    `json:"new"`
		Changed int    `json:"changed"`
		Same    int    `json:"same"`
	}
	type problem struct {
		Place  string `json:"place"`
		Field  string `json:"field"`
		Value  string `json:"value"`
		Reason string `json:"reason"`
		Remedy string `json:"remedy"`
	}
	out := struct {
		Applied  bool      `json:"applied"`
		Tables   []table   `json:"tables"`
		Problems []problem `json:"problems"`
		Ignored  []string  `json:"ignored"`
	}{res.Applied, []table{}, []problem{}, append([]string{}, res.Ignored...)}
	for _, t := range res.Tables {
		out.Tables = append(out.Tables, table{string(t.Table), t.Rows, t.New, t.Changed, t.Same})
	}
	for _, p := range res.Problems {
		out.Problems = append(out.Problems, problem{p.Place, p.Field, p.Value, p.Reason, strings.TrimSpace(p.Remedy)})
	}
	return out
}
