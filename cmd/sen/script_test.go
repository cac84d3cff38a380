package main

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/xuri/excelize/v2"

	"github.com/sen-platform/sen/internal/access"
	"github.com/sen-platform/sen/internal/billcode"
	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db/dbtest"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"sen": main})
}

// masterKey makes bill codes of scripts the same each run.
var masterKey = base64.StdEncoding.EncodeToString(bytes.Repeat([]byte("sen-"), 8))

// TestScripts runs the commands that need no store.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata/script", Cmds: commands, Setup: func(e *testscript.Env) error { return setup(e, "") }})
}

// TestStoreScripts runs the others, on each engine.
func TestStoreScripts(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		testscript.Run(t, testscript.Params{Dir: "testdata/store", Cmds: commands, Setup: func(e *testscript.Env) error { return setup(e, "") }})
	})
	t.Run("postgres", func(t *testing.T) {
		if os.Getenv(dbtest.EnvPG) == "" {
			dbtest.DSN(t) // says why, or fails in CI
		}
		testscript.Run(t, testscript.Params{Dir: "testdata/store", Cmds: commands, Setup: func(e *testscript.Env) error {
			return setup(e, dbtest.DSN(t))
		}})
	})
}

func setup(e *testscript.Env, dsn string) error {
	keys, err := access.OpenKeyring("", func(string) (string, bool) { return masterKey, true })
	if err != nil {
		return err
	}
	codes, err := billcode.NewSequence(keys.Code())
	if err != nil {
		return err
	}
	for n := range 6 {
		c, err := codes.Code(billcode.Tuition, uint64(n))
		if err != nil {
			return err
		}
		e.Setenv("CODE"+strconv.Itoa(n), string(c))
	}
	today := clock.DateOf(time.Now())
	e.Setenv("TODAY", string(today))
	e.Setenv("DUE", string(today.AddDays(10)))
	e.Setenv("PAST", today.AddDays(-10).VN())
	e.Setenv("SEN_KEY", masterKey)
	e.Setenv("SEN_DSN", dsn)
	return nil
}

var commands = map[string]func(ts *testscript.TestScript, neg bool, args []string){
	"code":   code,
	"expand": expand,
	"sparse": sparse,
	"xlsx":   xlsx,
}

// code N PROGRAM ARGS… runs a program and wants it to end with code N.
func code(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		got = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("%s ended with code %d, want %d", strings.Join(args[1:], " "), got, want)
	}
}

// expand FILE… replaces $NAMES in files by the environment's values.
func expand(ts *testscript.TestScript, _ bool, args []string) {
	for _, name := range args {
		ts.Check(os.WriteFile(ts.MkAbs(name), []byte(os.Expand(ts.ReadFile(name), ts.Getenv)), 0o644))
	}
}

// sparse FILE MB makes a file of so many megabytes that holds nothing.
func sparse(ts *testscript.TestScript, _ bool, args []string) {
	mb, err := strconv.Atoi(args[1])
	ts.Check(err)
	f, err := os.Create(ts.MkAbs(args[0]))
	ts.Check(err)
	ts.Check(f.Truncate(int64(mb) << 20))
	ts.Check(f.Close())
}

// xlsx TEXT FILE makes a workbook of lines with cells between bars; whole numbers become numbers.
func xlsx(ts *testscript.TestScript, _ bool, args []string) {
	f := excelize.NewFile()
	defer f.Close()
	for r, row := range strings.Split(strings.TrimRight(ts.ReadFile(args[0]), "\n"), "\n") {
		for c, cell := range strings.Split(row, "|") {
			at, err := excelize.CoordinatesToCellName(c+1, r+1)
			ts.Check(err)
			cell = strings.TrimSpace(cell)
			var value any = cell
			if n, err := strconv.ParseInt(cell, 10, 64); err == nil {
				value = n
			}
			ts.Check(f.SetCellValue("Sheet1", at, value))
		}
	}
	ts.Check(f.SaveAs(ts.MkAbs(args[1])))
}

// What a person reads of a wrong command line never holds the password in it.
func TestRedact(t *testing.T) {
	for in, want := range map[string]string{
		"cannot reach postgres://sen:bimat@10.0.0.1/x":  "cannot reach postgres://…@10.0.0.1/x",
		"postgresql://sen:a:b@h/x and password=bimat x": "postgresql://…@h/x and password=… x",
		"nothing here": "nothing here",
	} {
		if got := redact(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
	for in, want := range map[error]string{
		fmt.Errorf("unknown flag --foo, did you mean --for?"): "không có tham số --foo,",
		fmt.Errorf("missing flags: --bin=BIN, --account=SỐ"):  "còn thiếu --bin=BIN, --account=SỐ",
		fmt.Errorf(`expected one of "encode", "decode"`):      `còn thiếu một trong: "encode", "decode"`,
		fmt.Errorf("--speed: expected a float but got x"):     "giá trị của --speed không đúng",
		fmt.Errorf("unexpected argument extra"):               "thừa hoặc sai chữ extra",
	} {
		if got := usageText(in); !strings.HasPrefix(got, want) || !strings.Contains(got, "sen --help") {
			t.Errorf("%q became %q", in, got)
		}
	}
}
