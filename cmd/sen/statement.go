package main

import (
	"errors"

	"github.com/sen-platform/sen/internal/rail/statement"
)

type statementCmd struct {
	Read statementReadCmd `cmd:"" help:"In tóm tắt JSON của một tệp sao kê (camt, MT940, Excel, CSV); không ghi sổ."`
}

type statementReadCmd struct {
	File string `arg:"" placeholder:"TỆP" help:"Tệp sao kê của ngân hàng."`
}

// Run prints the summary; problems that do not keep the file from being read go to the
// error stream.
func (c *statementReadCmd) Run(env *console) error {
	f, _, err := openFile(c.File)
	if err != nil {
		return err
	}
	file, err := statement.Read(f, c.File)
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	for _, p := range file.Problems {
		warn(env, p.Place, p.Message)
	}
	for i := range file.Statements {
		for _, p := range file.Statements[i].Problems {
			warn(env, p.Place, p.Message)
		}
	}
	return printJSON(env.out, statement.Summarize(file))
}

func warn(env *console, place, text string) {
	if place != "" {
		place += ": "
	}
	line(env.err, "lưu ý: %s%s", place, text)
}
