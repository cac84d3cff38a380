package desk

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/id"
	"github.com/sen-platform/sen/internal/vn"
)

// Bounds of files. The readers below take 64 MiB as well (doc.Limits, passbook.Limits).
const (
	maxUpload = 64 << 20
	// maxDrain is how much of a file that is too large is still read, so that the browser gets
	// to see the answer instead of a broken connection.
	maxDrain = 512 << 20
	inMemory = 8 << 20 // the rest of an upload lies in a temporary file while it is read
)

// upload reads the one file of a posted form. Its errors are words for the reader.
func (v *visit) upload(field string) (name string, body []byte, err error) {
	if v.r.ContentLength > maxUpload+maxForm {
		_, _ = io.Copy(io.Discard, io.LimitReader(v.r.Body, maxDrain))
		return "", nil, tooLarge(v.r.ContentLength)
	}
	v.r.Body = http.MaxBytesReader(v.w, v.r.Body, maxUpload+maxForm)
	if err := v.r.ParseMultipartForm(inMemory); err != nil {
		var big *http.MaxBytesError
		if errors.As(err, &big) {
			return "", nil, tooLarge(0)
		}
		return "", nil, slip("Tệp chưa gửi lên được trọn vẹn. Chọn lại tệp rồi gửi lần nữa.")
	}
	defer func() { _ = v.r.MultipartForm.RemoveAll() }() // temporary files of ours: the system clears what is left
	file, head, err := v.r.FormFile(field)
	if errors.Is(err, http.ErrMissingFile) {
		return "", nil, slip("Chưa chọn tệp. Bấm chọn tệp, chọn tệp trên máy rồi gửi.")
	}
	if err != nil {
		return "", nil, err
	}
	defer file.Close()
	if head.Size > maxUpload {
		return "", nil, tooLarge(head.Size)
	}
	if head.Size == 0 {
		return "", nil, slip("Tệp rỗng, không có gì để đọc. Chọn tệp khác.")
	}
	body, err = io.ReadAll(file)
	return fileName(head.Filename), body, err
}

func tooLarge(size int64) error {
	const mib = 1 << 20
	if size > 0 {
		return slip(fmt.Sprintf("Tệp quá lớn: %d MB, nhiều nhất %d MB. Chia tệp theo khối, theo tháng rồi gửi từng tệp.", (size+mib-1)/mib, maxUpload/mib))
	}
	return slip(fmt.Sprintf("Tệp quá lớn, nhiều nhất %d MB. Chia tệp theo khối, theo tháng rồi gửi từng tệp.", maxUpload/mib))
}

// fileName is a file's name without folders, as browsers of old sent them.
func fileName(s string) string {
	name := vn.Clean(filepath.Base(strings.ReplaceAll(s, `\`, "/")))
	if r := []rune(name); len(r) > 120 {
		name = string(r[:120])
	}
	if name == "" || name == "." || name == "/" {
		return "tep"
	}
	return name
}

// uploads keeps workbooks whose columns a person must name first, so that the file needs not
// be chosen twice. They live in this process for a while; who comes too late, or to another
// process, is asked for the file again.
type uploads struct {
	clk clock.Clock
	mu  sync.Mutex
	all map[id.Round]kept
}

type kept struct {
	name string
	body []byte
	till time.Time
}

// Bounds of what is kept: how long, and how many bytes in all.
const (
	keepFor   = time.Hour
	keepBytes = 4 * maxUpload
)

func newUploads(clk clock.Clock) *uploads { return &uploads{clk: clk, all: map[id.Round]kept{}} }

// keep holds the round's workbook; the oldest ones go when there is no room.
func (u *uploads) keep(r id.Round, name string, body []byte) {
	u.mu.Lock()
	defer u.mu.Unlock()
	delete(u.all, r)
	for {
		var oldest id.Round
		size := len(body)
		for key, k := range u.all {
			size += len(k.body)
			if oldest == 0 || k.till.Before(u.all[oldest].till) {
				oldest = key
			}
		}
		if oldest == 0 || size <= keepBytes && u.all[oldest].till.After(u.clk.Now()) {
			break
		}
		delete(u.all, oldest)
	}
	u.all[r] = kept{name, body, u.clk.Now().Add(keepFor)}
}

// find is the round's workbook; false when it is not here any more.
func (u *uploads) find(r id.Round) (name string, body []byte, ok bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	k, ok := u.all[r]
	if !ok || k.till.Before(u.clk.Now()) {
		delete(u.all, r)
		return "", nil, false
	}
	return k.name, k.body, true
}

func (u *uploads) drop(r id.Round) {
	u.mu.Lock()
	defer u.mu.Unlock()
	delete(u.all, r)
}
