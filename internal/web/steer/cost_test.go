package steer_test

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/db/dbtest"
	"github.com/sen-platform/sen/internal/id"
)

// counter stands between the program and PostgreSQL and counts the statements that run.
type counter struct{ n atomic.Int64 }

// counted opens a fresh PostgreSQL store through a counter.
func counted(t *testing.T) (*db.DB, *counter) {
	t.Helper()
	dsn, err := url.Parse(dbtest.DSN(t))
	if err != nil || dsn.Host == "" {
		t.Skipf("%s is no address of a server", dbtest.EnvPG)
	}
	server := dsn.Host
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &counter{}
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			go c.relay(in, server)
		}
	}()
	dsn.Host = l.Addr().String()
	d, err := db.OpenMigrated(context.Background(), db.Config{DSN: dsn.String()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
		_ = l.Close()
	})
	return d, c
}

// relay passes a connection on. A message of the client is a letter, its length and its body;
// the first has no letter. E executes a statement.
func (c *counter) relay(client net.Conn, server string) {
	defer client.Close()
	up, err := net.Dial("tcp", server)
	if err != nil {
		return
	}
	defer up.Close()
	go func() { _, _ = io.Copy(client, up) }()
	for first := true; ; first = false {
		head := make([]byte, 5)
		if first {
			head = head[:4]
		}
		if _, err := io.ReadFull(client, head); err != nil {
			return
		}
		body := make([]byte, binary.BigEndian.Uint32(head[len(head)-4:])-4)
		if _, err := io.ReadFull(client, body); err != nil {
			return
		}
		if !first && head[0] == 'E' {
			c.n.Add(1)
		}
		if _, err := up.Write(append(head, body...)); err != nil {
			return
		}
	}
}

// A page asks the database a fixed number of questions, however many facilities there are: three
// for every page of figures, besides the two that tell who is asking.
func TestQueriesPerPage(t *testing.T) {
	d, c := counted(t)
	h := newHouse(t, d)
	h.history(10)
	school := "/steer/facilities/" + h.code["TH-CATVANG"].ID.String()
	fee := h.fee["NUOC-UONG"].ID.String()
	h.page("so.khcn", "/steer")
	const asking = 2 // the session and its user
	for path, most := range map[string]int64{
		"/steer":                                      3, // directory, standings, months
		"/steer/facilities?part=y&year=2026":          2,
		"/steer/facilities?fee=" + fee:                3, // and the name of the fee kind
		"/steer/areas?part=y&year=2024":               2,
		"/steer/fees":                                 3, // directory, fee kinds, standings
		"/steer/months?part=y&year=2026":              2,
		"/steer?as=xlsx":                              3,
		school:                                        3, // directory, cells, fee kinds
		school + "/receipts?part=y&year=2026":         3, // directory, cells, receipts
		school + "/bills?set=open":                    3,
		school + "/receipts?fee=" + fee:               5, // and the name and the lines of the bills
		"/steer/definitions":                          0,
		"/steer/definitions?facility=BV-TINH&check=1": 7, // the recount reads bills, payments and their lines
	} {
		before := c.n.Load()
		h.page("so.khcn", path)
		if got := c.n.Load() - before - asking; got > most {
			t.Errorf("%s asks %d times, at most %d", path, got, most)
		}
	}
	if c.n.Load() < 30 {
		t.Errorf("only %d statements were seen", c.n.Load())
	}
}

// bigProvince is 600 facilities with 24 months of figures, four fee kinds each.
func bigProvince(b testing.TB, h *house) {
	b.Helper()
	base := h.code["TH-CATVANG"]
	fees := []id.FeeKind{0, h.fee["BAN-TRU"].ID, h.fee["NUOC-UONG"].ID, h.fee["KHAM-BENH"].ID, h.fee["DONG-PHUC"].ID}
	measures := []string{"issued", "settled", "qr", "website", "mobile_money", "card", "cash"}
	err := h.d.Update(h.ctx, func(tx *db.Tx) error {
		var facilities, places [][]any
		var all []id.Facility
		for f := range h.byID {
			all = append(all, f)
		}
		for i := len(all); i < 600; i++ {
			f := id.New[id.Facility](h.ids)
			all = append(all, f)
			name := fmt.Sprintf("Trường Tiểu học số %d", i)
			facilities = append(facilities, []any{f, fmt.Sprint("TH-", i), name, name, name, fmt.Sprintf("%04d", i), "education", "tieu_hoc", base.Area, base.Agency, "active", "2020-01-01", "HP"})
			places = append(places, []any{f, base.Area, base.Agency, "2020-01-01", nil})
		}
		if err := tx.Insert("facility", []string{"id", "code", "name", "short_name", "search", "sort_key", "sector", "level", "area_id", "agency_id", "status", "opened_on", "code_prefix"}, facilities); err != nil {
			return err
		}
		if err := tx.Insert("facility_place", []string{"facility_id", "area_id", "agency_id", "valid_from", "valid_to"}, places); err != nil {
			return err
		}
		for m := range 24 {
			var cells [][]any
			month := time.Date(2024, 12, 1, 0, 0, 0, 0, time.UTC).AddDate(0, m, 0).Format("2006-01")
			for i, f := range all {
				for _, fee := range fees {
					for k, measure := range measures {
						if measure != "settled" || fee == 0 {
							cells = append(cells, []any{f, month, fee, measure, int64(100 + i%7 + k), int64(1_000_000 * (1 + i%9))})
						}
					}
				}
			}
			if err := tx.Insert("rollup", []string{"facility_id", "month", "fee_kind_id", "measure", "n", "amount"}, cells); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}

// BenchmarkPages is the time of a page for a province of 600 facilities with 24 months of figures.
func BenchmarkPages(b *testing.B) {
	for _, engine := range []struct {
		name string
		open func(testing.TB) *db.DB
	}{{"sqlite", dbtest.SQLite}, {"postgres", dbtest.Postgres}} {
		b.Run(engine.name, func(b *testing.B) {
			h := newHouse(b, engine.open(b))
			bigProvince(b, h)
			c := h.as("so.khcn")
			for name, path := range map[string]string{
				"overview": "/steer", "facilities": "/steer/facilities", "areas": "/steer/areas", "fees": "/steer/fees", "months": "/steer/months?part=y&year=2026",
				"facility": "/steer/facilities/" + h.code["TH-CATVANG"].ID.String(), "excel": "/steer/facilities?as=xlsx",
			} {
				b.Run(name, func(b *testing.B) {
					for b.Loop() {
						resp, err := c.Get(h.srv.URL + path)
						if err != nil {
							b.Fatal(err)
						}
						n, err := io.Copy(io.Discard, resp.Body)
						if err != nil || resp.StatusCode != http.StatusOK {
							b.Fatal(resp.Status, err)
						}
						_ = resp.Body.Close()
						b.ReportMetric(float64(n)/1024, "kB")
					}
				})
			}
		})
	}
}
