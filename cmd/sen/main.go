// Command sen runs Sen: the server, the demonstration, and the tools of the command line.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/sen-platform/sen/sandbox/bank"
)

// Exit codes; `sen --help` tells them.
const (
	exitDone    = 0
	exitFailed  = 1 // the machine, the database or the network stood in the way
	exitUsage   = 2 // the command line cannot be understood
	exitRefused = 3 // what was given is wrong: a file, a row, a code; the text says where
	exitUnclean = 4 // verify found something wrong in the books
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run executes one command line and returns its exit code.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var c cli
	exit := -1
	parser, err := kong.New(&c,
		kong.Name("sen"),
		kong.Description(about),
		kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { exit = code }),
		kong.Vars{"habits": strings.Join(bank.Names(), ", ")},
		kong.Help(vietnameseHelp),
		kong.ShortHelp(vietnameseHelp),
		kong.HelpOptions{Compact: true, NoExpandSubcommands: false},
	)
	if err != nil {
		fmt.Fprintln(stderr, "sen:", err)
		return exitFailed
	}
	command, err := parser.Parse(args)
	if exit >= 0 { // --help or --version has answered
		return exit
	}
	if err != nil {
		fmt.Fprintln(stderr, "sen: "+usageText(err))
		return exitUsage
	}
	env := &console{ctx: ctx, in: stdin, out: stdout, err: stderr}
	err = command.Run(env)
	if err == nil {
		return exitDone
	}
	text, code := explain(err)
	if text != "" {
		fmt.Fprintln(stderr, "sen: "+text)
	}
	return code
}

// console is what a command talks to.
type console struct {
	ctx context.Context
	in  io.Reader
	out io.Writer
	err io.Writer
}

// outcome ends a command with a code of its own; the text may be empty when all was said.
type outcome struct {
	code int
	text string
}

func (o *outcome) Error() string { return o.text }

// refuse is an outcome for input that is wrong: what, and what to do.
func refuse(format string, args ...any) error {
	return &outcome{exitRefused, fmt.Sprintf(format, args...)}
}
