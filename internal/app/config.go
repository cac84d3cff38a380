// Package app puts the house together: it opens the store and the keys, builds every
// service, mounts every face, runs what runs in the background, and stops all of it in order.
// Nothing else knows everything (design, section 1).
package app

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/web/session"
)

// Config says how to run. The zero value of everything but the store is usable.
type Config struct {
	// Data is the folder of the embedded database and of the file sen.key. With DSN it holds
	// the key only, and may be empty when SEN_KEY is set.
	Data string
	// DSN is a PostgreSQL connection string; empty means the embedded database in Data.
	DSN string
	// CommitDelay makes each durable commit take that much longer: a slow disk, for benchmarks.
	// Zero in service.
	CommitDelay time.Duration
	// Addr is where Serve listens, host:port; port 0 takes a free one.
	Addr string
	// BaseURL is the public origin for links on paper and in QR codes, such as
	// https://thu.tinh.gov.vn. Empty means http:// and the address served.
	BaseURL string
	// Province is the name beside the mark.
	Province string
	// TrustProxy takes the caller's address from the last entry of X-Forwarded-For. Set it
	// only behind a proxy that writes that header.
	TrustProxy bool
	// Sample marks every page: the data are invented. Hints are the sign-ins to show.
	Sample bool
	Hints  []session.Hint

	// Clock is the machine's when nil, Log slog.Default, Env os.LookupEnv.
	Clock clock.Clock
	Log   *slog.Logger
	Env   func(string) (string, bool)
}

// errStore is returned when neither a folder nor a DSN is given.
var errStore = errors.New("chưa biết dữ liệu ở đâu: dùng --data THƯ-MỤC hoặc --dsn")

// complete fills in defaults and checks what can be checked without opening anything.
func (c Config) complete() (Config, error) {
	if c.Clock == nil {
		c.Clock = clock.System{}
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.Env == nil {
		c.Env = os.LookupEnv
	}
	if c.Data == "" && c.DSN == "" {
		return c, errStore
	}
	if c.BaseURL != "" {
		u, err := url.Parse(c.BaseURL)
		if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.User != nil {
			return c, fmt.Errorf("địa chỉ công khai %q không đúng: ghi dạng https://tên-miền, không có đường dẫn phía sau", c.BaseURL)
		}
		c.BaseURL = u.Scheme + "://" + u.Host
	}
	if c.Addr != "" {
		if _, _, err := net.SplitHostPort(c.Addr); err != nil {
			return c, fmt.Errorf("địa chỉ lắng nghe %q không đúng: ghi dạng MÁY:CỔNG, ví dụ 127.0.0.1:8080", c.Addr)
		}
	}
	return c, nil
}

func (c Config) store() db.Config {
	if c.DSN != "" {
		return db.Config{DSN: c.DSN, CommitDelay: c.CommitDelay}
	}
	return db.Config{Dir: c.Data, CommitDelay: c.CommitDelay}
}

// originOf is the origin of a server that listens on addr, for people on this machine.
func originOf(addr net.Addr) string {
	tcp, ok := addr.(*net.TCPAddr)
	if !ok {
		return "http://" + addr.String()
	}
	host := tcp.IP.String()
	if tcp.IP.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, fmt.Sprint(tcp.Port))
}
