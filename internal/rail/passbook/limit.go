package passbook

import (
	"io"
)

// Limits bound what reading a file may cost. The zero Limits are the defaults.
type Limits struct {
	// Bytes is the largest file, packed or unpacked; default 64 MiB.
	Bytes int64
	// Lines is the largest number of lines in one file, parts of batches included; default
	// 300,000, which takes about 200 MB while they are held.
	Lines int
}

// Defaults of Limits.
const (
	DefaultBytes = 64 << 20
	DefaultLines = 300_000
)

// maxStatements is how many statements one file may hold: a year of days for some dozens of
// accounts.
const maxStatements = 10_000

// Statements is the error when a file has more than n statements than is reasonable, nil
// otherwise.
func (l Limits) Statements(n int) error {
	if n <= maxStatements {
		return nil
	}
	return Errorf(TooLarge, "Tệp có hơn %d sao kê. Hãy tải sao kê theo từng tháng rồi nhập lại.", maxStatements)
}

// WithDefaults fills in what is zero.
func (l Limits) WithDefaults() Limits {
	if l.Bytes <= 0 {
		l.Bytes = DefaultBytes
	}
	if l.Lines <= 0 {
		l.Lines = DefaultLines
	}
	return l
}

// TooManyBytes is the error for a file beyond l.Bytes; size 0 means not known exactly.
func (l Limits) TooManyBytes(size int64) *Error {
	const mib = 1 << 20
	if size > 0 {
		return Errorf(TooLarge, "Tệp quá lớn (%d MB, tối đa %d MB). Hãy tải sao kê theo từng ngày hoặc từng tuần rồi nhập lại.",
			(size+mib-1)/mib, l.Bytes/mib)
	}
	return Errorf(TooLarge, "Tệp quá lớn (hơn %d MB sau khi giải nén). Hãy tải sao kê theo từng ngày hoặc từng tuần rồi nhập lại.", l.Bytes/mib)
}

// TooManyLines is the error for a file with more than l.Lines lines.
func (l Limits) TooManyLines() *Error {
	return Errorf(TooLarge, "Tệp có hơn %d dòng giao dịch. Hãy tải sao kê theo khoảng thời gian ngắn hơn rồi nhập lại.", l.Lines)
}

// Reader passes at most l.Bytes through and then fails with TooManyBytes instead of ending
// silently, so that a cut file cannot pass for a whole one.
func (l Limits) Reader(r io.Reader) io.Reader {
	return &limitedReader{r: r, left: l.Bytes, limits: l}
}

type limitedReader struct {
	r      io.Reader
	left   int64
	limits Limits
}

func (l *limitedReader) Read(p []byte) (int, error) {
	if l.left < 0 {
		return 0, l.limits.TooManyBytes(0)
	}
	if int64(len(p)) > l.left+1 {
		p = p[:l.left+1]
	}
	n, err := l.r.Read(p)
	l.left -= int64(n)
	if l.left < 0 {
		return n - 1, l.limits.TooManyBytes(0)
	}
	return n, err
}
