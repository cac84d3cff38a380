package api

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/sen-platform/sen/internal/access"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/db/dbtest"
)

// batchAnswer is an answer of the batch, read.
type batchAnswer struct {
	rows []rowAnswer
	batchSummary
	replayed bool
}

func (c *client) batch(query string, body []byte, opts ...option) batchAnswer {
	c.t.Helper()
	a := c.call(http.MethodPost, batchPath+query, body, append([]option{header("Content-Type", mediaNDJSON)}, opts...)...).want(c.t, 200)
	return readBatch(c.t, a)
}

func readBatch(t testing.TB, a answerOf) batchAnswer {
	t.Helper()
	out := batchAnswer{replayed: a.header.Get(headerReplayed) == "true"}
	in := bufio.NewScanner(bytes.NewReader(a.body))
	for in.Scan() {
		if bytes.HasPrefix(in.Bytes(), []byte(`{"summary"`)) {
			if err := json.Unmarshal(in.Bytes(), &out.batchSummary); err != nil {
				t.Fatal(err)
			}
			continue
		}
		var row rowAnswer
		if err := json.Unmarshal(in.Bytes(), &row); err != nil {
			t.Fatalf("%v in %s", err, in.Bytes())
		}
		if row.Row != len(out.rows)+1 {
			t.Errorf("row %d stands at place %d", row.Row, len(out.rows)+1)
		}
		out.rows = append(out.rows, row)
	}
	return out
}

// ndjson joins rows; a []byte is taken as it is.
func ndjson(rows ...any) []byte {
	var b bytes.Buffer
	for _, r := range rows {
		if raw, ok := r.([]byte); ok {
			b.Write(raw)
		} else {
			b.Write(text(r))
		}
		b.WriteByte('\n')
	}
	return b.Bytes()
}

// TestBatchOf5000 sends a large batch with bad rows in between, again under the same key, and
// again under another.
func TestBatchOf5000(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		c := h.client(h.School.ID)
		const n = 5000
		rows := make([]any, n)
		bad := map[int]int{} // status by row
		for i := range rows {
			rows[i] = c.bill(fmt.Sprintf("HD-%05d", i+1), int64(1000+i))
			switch {
			case i%50 == 7:
				rows[i], bad[i+1] = c.bill(fmt.Sprintf("HD-%05d", i+1), 0), 422
			case i%500 == 11:
				rows[i], bad[i+1] = []byte(`{"reason": "dòng hỏng`), 400
			case i%500 == 13:
				rows[i], bad[i+1] = c.bill("HD-00001", 777), 409
			}
		}
		body, key := ndjson(rows...), header(headerIdempotency, "dot-thu-12")
		got := c.batch("?publish=true", body, key)
		want := batchCounts{Rows: n, Created: n - len(bad), Failed: len(bad), Complete: true}
		if got.Summary != want || got.replayed || got.Error != nil {
			t.Fatalf("summary %+v, want %+v", got.Summary, want)
		}
		for _, row := range got.rows {
			if status, isBad := bad[row.Row]; isBad {
				if row.Status != status || row.Error == nil || row.Error.MessageVI == "" || row.Bill != nil {
					t.Errorf("bad row %+v, want %d", row, status)
				}
			} else if row.Status != 201 || row.Bill == nil || row.Bill.State != "published" || row.Bill.Total != int64(999+row.Row) || !strings.HasPrefix(row.Bill.PayerURL, "https://") {
				t.Errorf("row %+v", row)
			}
		}
		if h.count("bill") != want.Created {
			t.Errorf("%d bills, want %d", h.count("bill"), want.Created)
		}
		again := c.batch("?publish=true", body, key)
		if !again.replayed || again.Summary.Replayed != n || again.Summary.Created != want.Created || again.rows[0].Bill.ID != got.rows[0].Bill.ID {
			t.Errorf("again: %+v", again.Summary)
		}
		other := c.batch("?publish=true", body)
		if want := (batchCounts{Rows: n, Existing: n - len(bad), Failed: len(bad), Complete: true}); other.Summary != want || other.replayed {
			t.Errorf("under another key: %+v, want %+v", other.Summary, want)
		}
		if h.count("bill") != want.Created {
			t.Errorf("%d bills after repeating", h.count("bill"))
		}
		h.verify()
	})
}

func TestBatchRows(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		c := h.client(h.School.ID)
		c.create(c.bill("HD-0", 100))
		anonymous := c.bill("", 100, m{"external_id": nil})
		rows := ndjson(
			append([]byte("\ufeff"), text(c.bill("HD-1", 100))...), c.bill("HD-1", 100), c.bill("HD-1", 200), c.bill("HD-0", 100), c.bill("HD-0", 900), []byte(""), c.bill("HD-2", 100, m{"publish": true}),
			anonymous, anonymous, c.bill("HD-3", 0, m{"lines": []m{{"fee_kind": "BAN_TRU", "amount": 0.55}}}), c.bill("HD-4", 100, m{"facility": h.Hospital.ID.String()}), c.bill("HD-5", 100, m{"x": 1}), c.bill("HD-6", 100, m{"reason": "Thu tiền"}),
		)
		key := header(headerIdempotency, "hang-hai")
		got := c.batch("", rows, key)
		var statuses []string
		for _, r := range got.rows {
			statuses = append(statuses, itoa(int64(r.Status)))
		}
		// The second HD-1 is the first once more; nobody can tell which of the two was made.
		if s := strings.Join(statuses, " "); s != "201 201 409 200 409 201 201 201 422 422 422 201" {
			t.Errorf("statuses %s", s)
		}
		if got.rows[0].Bill.ID != got.rows[1].Bill.ID || got.rows[6].Bill.ID == got.rows[7].Bill.ID || got.rows[5].Bill.State != "published" || got.rows[0].Bill.State != "draft" {
			t.Errorf("%+v", got.rows)
		}
		if e := got.rows[2].Error; e.Code != "external_id_used" || !strings.Contains(e.MessageVI, "dòng 1") {
			t.Errorf("twice in one batch: %+v", e)
		}
		if e := got.rows[4].Error; !strings.Contains(e.MessageVI, "HD-0") {
			t.Errorf("used before: %+v", e)
		}
		if e := got.rows[9].Error.Errors[0]; e.Pointer != "/facility" {
			t.Errorf("another facility: %+v", e)
		}
		if e := got.rows[10].Error.Errors[0]; e.Pointer != "/x" || e.Code != "unknown_field" {
			t.Errorf("unknown field: %+v", e)
		}
		if again := c.batch("", rows, key); !again.replayed || again.rows[7].Bill.ID != got.rows[7].Bill.ID {
			t.Errorf("again: %+v", again.Summary)
		}
		if p := c.call(http.MethodPost, batchPath, append(rows, ndjson(c.bill("HD-9", 1))...), key, header("Content-Type", mediaNDJSON)).want(t, 422).problem(t); p.Code != "idempotency_key_reused" {
			t.Errorf("other rows under the key: %+v", p)
		}
		if empty := c.batch("", nil); empty.Summary != (batchCounts{Complete: true}) {
			t.Errorf("nothing: %+v", empty.Summary)
		}
		h.verify()
	})
}

func TestBatchDryRun(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		c := h.client(h.School.ID)
		c.create(c.bill("HD-0", 100))
		got := c.batch("?dry_run=true&publish=true", ndjson(c.bill("HD-1", 100), c.bill("HD-0", 900), c.bill("HD-2", 0), c.bill("", 100, m{"external_id": nil})), without(headerIdempotency))
		if want := (batchCounts{Rows: 4, Valid: 2, Failed: 2, DryRun: true, Complete: true}); got.Summary != want {
			t.Errorf("%+v, want %+v", got.Summary, want)
		}
		if got.rows[0].Status != 200 || got.rows[1].Status != 409 || got.rows[2].Status != 422 || got.rows[0].Bill != nil {
			t.Errorf("%+v", got.rows)
		}
		if h.count("bill") != 1 {
			t.Errorf("a dry run made bills: %d", h.count("bill"))
		}
	})
}

// A batch that breaks off is finished by sending it again under the same key.
func TestBatchBreaksOff(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		c := h.client(h.School.ID)
		rows := make([]any, 350)
		for i := range rows {
			rows[i] = c.bill("", int64(1000+i), m{"external_id": nil})
		}
		body := ndjson(rows...)
		conn, err := net.Dial("tcp", strings.TrimPrefix(h.srv.URL, "http://"))
		h.must(err)
		fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: sen\r\nAuthorization: Bearer %s\r\nContent-Type: %s\r\nIdempotency-Key: dut\r\nContent-Length: %d\r\n\r\n", batchPath, c.key, mediaNDJSON, len(body))
		_, err = conn.Write(body[:len(body)*2/3])
		h.must(err)
		h.must(conn.(*net.TCPConn).CloseWrite())
		res, err := http.ReadResponse(bufio.NewReader(conn), nil)
		h.must(err)
		part, err := io.ReadAll(res.Body)
		h.must(err)
		conn.Close()
		half := readBatch(t, answerOf{res.StatusCode, res.Header, part})
		if half.Summary.Complete || half.Error == nil || half.Error.Code != "malformed_body" || half.Summary.Created != 200 {
			t.Errorf("broken off: %+v %+v", half.Summary, half.Error)
		}
		whole := c.batch("", body, header(headerIdempotency, "dut"))
		if want := (batchCounts{Rows: 350, Created: 350, Replayed: 200, Complete: true}); whole.Summary != want || whole.replayed {
			t.Errorf("sent again: %+v, want %+v", whole.Summary, want)
		}
		if whole.rows[199].Bill.ID != half.rows[199].Bill.ID || h.count("bill") != 350 {
			t.Errorf("%d bills", h.count("bill"))
		}
		// The process died after a chunk's bills were made and before its answer was kept.
		h.must(d.Update(h.ctx, func(tx *db.Tx) error {
			_, err := tx.Exec("delete from idempotency where route like $1", "%#100")
			return err
		}))
		after := c.batch("", body, header(headerIdempotency, "dut"))
		if want := (batchCounts{Rows: 350, Created: 250, Existing: 100, Replayed: 250, Complete: true}); after.Summary != want || h.count("bill") != 350 {
			t.Errorf("after a crash: %+v, want %+v; %d bills", after.Summary, want, h.count("bill"))
		}
	})
}

func TestBatchBounds(t *testing.T) {
	h := newHouse(t, dbtest.SQLite(t))
	c := h.client(h.School.ID)
	rows := make([]any, batchChunk, 2*batchChunk)
	for i := range rows {
		rows[i] = c.bill("HD-"+itoa(int64(i)), 100)
	}
	long := []byte(`{"reason":"` + strings.Repeat("x", batchMaxLine) + `"}`)
	got := c.batch("", ndjson(append(rows, c.bill("HD-X", 100), long)...))
	if got.Summary.Created != batchChunk || got.Summary.Complete || got.Error == nil || got.Error.Code != "body_too_large" || !strings.Contains(got.Error.Detail, "row 102") {
		t.Errorf("a long row: %+v %+v", got.Summary, got.Error)
	}
	if p := c.call(http.MethodPost, batchPath, ndjson(c.bill("HD-Y", 100), long), header("Content-Type", mediaNDJSON)).want(t, 413).problem(t); p.Code != "body_too_large" {
		t.Errorf("a long row at the beginning: %+v", p)
	}
	b := &batch{face: nil}
	b.sum.Summary.Rows = batchMaxRows - 1
	chunk, _, broke := b.read(bufio.NewReader(strings.NewReader("{}\n{}\n")))
	if len(chunk) != 1 || broke == nil {
		t.Errorf("row %d: %d rows, %v", batchMaxRows+1, len(chunk), broke)
	}
	editor := h.client(h.School.ID, access.ViewBills, access.EditBills)
	if got := editor.batch("", ndjson(c.bill("HD-A", 100), c.bill("HD-B", 100, m{"publish": true}))); got.rows[0].Status != 201 || got.rows[1].Status != 403 {
		t.Errorf("publishing rows without the scope: %+v", got.rows)
	}
}

func TestSpool(t *testing.T) {
	s := &spool{}
	defer s.close()
	var want bytes.Buffer
	for i := range 40000 {
		line := fmt.Sprintf("dòng %d %s", i, strings.Repeat("x", i%90))
		if err := s.line(line); err != nil {
			t.Fatal(err)
		}
		want.Write(append(text(line), '\n'))
	}
	if s.tail == nil || s.head.Len() > batchSpool {
		t.Errorf("%d bytes are held in memory", s.head.Len())
	}
	var got bytes.Buffer
	if err := s.send(&got); err != nil || !bytes.Equal(got.Bytes(), want.Bytes()) {
		t.Errorf("%d bytes came out, want %d: %v", got.Len(), want.Len(), err)
	}
}
