package bench

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/rail/sepay"
)

// secret signs the bench's webhooks.
const secret = "bench-secret-bench-secret-bench-00"

// server is `sen serve` in a process of its own, so that its memory and processor time can be
// told from those of the clients.
type server struct {
	cmd   *exec.Cmd
	addr  string
	paths map[string]string // by account number
}

// startServer hands the store over to a new process. The house keeps it open and idle: on
// SQLite the one writer is whoever asks.
func (h *house) startServer(ctx context.Context) (*server, error) {
	s := &server{}
	var err error
	if s.paths, err = h.hooks(ctx); err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	s.cmd = exec.CommandContext(ctx, self, "serve", "--addr", "127.0.0.1:0", "--data", h.opt.Data, "--commit-delay", h.opt.CommitDelay.String())
	s.cmd.Cancel = func() error { return s.cmd.Process.Signal(syscall.SIGTERM) }
	s.cmd.Env = append(os.Environ(), "SEN_DSN="+h.opt.DSN)
	s.cmd.Stderr = os.Stderr
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if _, addr, ok := strings.Cut(lines.Text(), "http://"); ok {
			s.addr = strings.TrimSpace(addr)
			go func() { _, _ = io.Copy(io.Discard, out) }() // nothing more is read; the pipe must not fill
			return s, nil
		}
	}
	return nil, errors.Join(errors.New("bench: the server did not start"), s.close())
}

func (s *server) close() error {
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	return s.cmd.Wait()
}

// hooks gives every facility of the bench an address for signed SePay webhooks.
func (h *house) hooks(ctx context.Context) (map[string]string, error) {
	paths := map[string]string{}
	for i := range facilities {
		f := firstFacility + id.Facility(i)
		var have []collect.Hook
		var accounts []org.Account
		err := h.DB.View(ctx, func(tx *db.Tx) (err error) {
			if have, err = collect.HooksOf(tx, f); err != nil {
				return err
			}
			accounts, err = org.AccountsOf(tx, f)
			return err
		})
		if err != nil {
			return nil, err
		}
		if len(have) == 0 {
			hook, err := h.Collect.AddHook(ctx, collect.System, h.Keys, f, sepay.Stream, collect.HookModes(sepay.Stream)[0], secret)
			if err != nil {
				return nil, err
			}
			have = append(have, hook)
		}
		paths[accounts[0].Number] = "/hooks/sepay/" + have[0].Path
	}
	return paths, nil
}

// client is one keep-alive connection that writes prepared requests and reads as little of
// the answer as it can: what is measured is the server.
func (s *server) client() (func(target) error, func(), error) {
	c, err := net.Dial("tcp", s.addr)
	if err != nil {
		return nil, nil, err
	}
	in := bufio.NewReaderSize(c, 4096)
	var req bytes.Buffer
	pay := func(t target) error {
		now := time.Now()
		body := webhook(t, now)
		req.Reset()
		fmt.Fprintf(&req, "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n%s: %d\r\n%s: %s\r\n\r\n",
			s.paths[t.account], s.addr, len(body), sepay.HeaderTimestamp, now.Unix(), sepay.HeaderSignature, sepay.Sign(secret, now.Unix(), body))
		req.Write(body)
		if _, err := c.Write(req.Bytes()); err != nil {
			return err
		}
		return readAnswer(in)
	}
	return pay, func() { _ = c.Close() }, nil // closed at the end, when nothing is under way
}

// readAnswer reads one HTTP/1.1 answer with a length and demands status 200.
func readAnswer(in *bufio.Reader) error {
	status, err := in.ReadSlice('\n')
	if err != nil {
		return err
	}
	ok := bytes.HasPrefix(status, []byte("HTTP/1.1 200 "))
	first := string(bytes.TrimSpace(status))
	length := 0
	for {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return err
		}
		if len(bytes.TrimSpace(line)) == 0 {
			break
		}
		if v, found := bytes.CutPrefix(bytes.ToLower(line), []byte("content-length:")); found {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(v))); err != nil {
				return err
			}
		}
	}
	if _, err := in.Discard(length); err != nil {
		return err
	}
	if !ok {
		return fmt.Errorf("bench: the server answered %s", first)
	}
	return nil
}

func (s *server) cpu() (time.Duration, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.cmd.Process.Pid))
	if err != nil {
		return 0, nil // not Linux: the figure is left out
	}
	f := strings.Fields(string(b[bytes.LastIndexByte(b, ')')+1:]))
	var ticks int64
	for _, v := range f[11:13] { // utime and stime, in hundredths of a second
		n, err := strconv.ParseInt(v, 10, 64)
		if err != nil {
			return 0, err
		}
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond, nil
}

func (s *server) peakMB() (float64, error) { return peak(strconv.Itoa(s.cmd.Process.Pid)) }
