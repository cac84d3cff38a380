package api

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/db/dbtest"
	"github.com/sen-platform/sen/internal/rail"
)

// BenchmarkHook sends signed messages of SePay over 64 keep-alive connections; each is
// verified, matched, posted, receipted and durable before it is answered. "answer" replaces the
// booking by nothing: what HTTP, signature and decoding alone allow.
func BenchmarkHook(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) { benchmarkHook(b, dbtest.SQLite(b)) })
	b.Run("postgres", func(b *testing.B) { benchmarkHook(b, dbtest.Postgres(b)) })
	b.Run("answer", func(b *testing.B) {
		h := newHouse(b, dbtest.SQLite(b))
		k := h.hook(partners[0], h.School.ID)
		header, body := partners[0].sign(hookSecret, h.clk.Now(), bytes.Replace(saySePay(1, h.SchoolAccount.Number, 770000, "x"), []byte(`"in"`), []byte(`"none"`), 1))
		requests := make([][]byte, b.N)
		for i := range requests {
			requests[i] = wireRequest(address(k), header, body)
		}
		h.drive(b, requests, "HTTP/1.1 400")
	})
}

func benchmarkHook(b *testing.B, d *db.DB) {
	h := newHouse(b, d)
	p := partners[0]
	path := address(h.hook(p, h.School.ID))
	requests := make([][]byte, 0, b.N)
	for len(requests) < b.N {
		var drafts []bill.NewBill
		for range min(1000, b.N-len(requests)) {
			drafts = append(drafts, h.draft(770000))
		}
		list, err := h.deps.Collect.Issue(h.ctx, collect.System, drafts, true)
		h.must(err)
		for _, x := range list {
			n := len(requests) + 1
			header, body := p.sign(hookSecret, h.clk.Now(), saySePay(n, h.SchoolAccount.Number, 770000, "MBVCB.4500000001."+string(x.Code)+" LOP 3B.CT tu 0010000000001 NGUYEN VAN A"))
			requests = append(requests, wireRequest(path, header, body))
		}
	}
	h.drive(b, requests, "HTTP/1.1 200")
}

// wireRequest is a whole request as it goes over the wire.
func wireRequest(path string, header http.Header, body []byte) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "POST %s HTTP/1.1\r\nHost: sen\r\nContent-Type: application/json\r\nContent-Length: %d\r\n", path, len(body))
	for k, v := range header {
		fmt.Fprintf(&b, "%s: %s\r\n", k, v[0])
	}
	b.WriteString("\r\n")
	b.Write(body)
	return b.Bytes()
}

// drive sends the requests over 64 connections and demands one status line. The client is as
// thin as can be, since it shares the machine with the server.
func (h *house) drive(b *testing.B, requests [][]byte, want string) {
	const clients = 64
	var next atomic.Int64
	var wg sync.WaitGroup
	took := make([][]time.Duration, clients)
	b.ResetTimer()
	for c := range clients {
		wg.Go(func() {
			conn, err := net.Dial("tcp", strings.TrimPrefix(h.srv.URL, "http://"))
			if err != nil {
				b.Error(err)
				return
			}
			defer conn.Close()
			in := bufio.NewReader(conn)
			for {
				i := int(next.Add(1)) - 1
				if i >= len(requests) {
					return
				}
				begun := time.Now()
				if _, err := conn.Write(requests[i]); err != nil {
					b.Error(err)
					return
				}
				status, err := readAnswer(in)
				if err != nil || !strings.HasPrefix(status, want) {
					b.Errorf("%q %v", status, err)
					return
				}
				took[c] = append(took[c], time.Since(begun))
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	all := slices.Sorted(slices.Values(slices.Concat(took...)))
	b.ReportMetric(float64(len(requests))/b.Elapsed().Seconds(), "requests/s")
	b.ReportMetric(float64(all[len(all)*99/100].Microseconds())/1000, "p99-ms")
}

// readAnswer reads one answer and returns its status line.
func readAnswer(in *bufio.Reader) (string, error) {
	var status string
	length := 0
	for {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return status, err
		}
		switch {
		case status == "":
			status = string(line)
		case len(line) <= 2:
			_, err := in.Discard(length)
			return status, err
		case len(line) > 16 && bytes.EqualFold(line[:15], []byte("Content-Length:")):
			if length, err = strconv.Atoi(string(bytes.TrimSpace(line[15:]))); err != nil {
				return status, err
			}
		}
	}
}

// BenchmarkHookTake is what one message costs without HTTP and without booking: address,
// signature, decoding.
func BenchmarkHookTake(b *testing.B) {
	h := newHouse(b, dbtest.SQLite(b))
	k := h.hook(partners[0], h.School.ID)
	book := newHookBook(h.deps)
	header, body := partners[0].sign(hookSecret, h.clk.Now(), saySePay(1, h.SchoolAccount.Number, 770000, "MBVCB.4500000001.HPK7M3RXQ2WD LOP 3B"))
	b.ReportAllocs()
	for b.Loop() {
		e, err := book.find(h.ctx, k.Stream, k.Path)
		if err != nil {
			b.Fatal(err)
		}
		buf, err := readBody((*bodies.Get().(*[]byte))[:0], bytes.NewReader(body), int64(len(body)))
		if err != nil {
			b.Fatal(err)
		}
		in, err := e.receive(header, buf, h.clk.Now())
		if err != nil || len(in.Credits) != 1 || in.Credits[0].Method != rail.QR {
			b.Fatal(in, err)
		}
		bodies.Put(&buf)
	}
}
