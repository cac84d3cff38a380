package wire

import (
	"strconv"
	"strings"
	"time"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/vn"
	"github.com/sen-platform/sen/internal/vnd"
)

// MaxAmount is the bound of one credit: amounts at or above 10^15 đồng are refused.
const MaxAmount vnd.Amount = 1_000_000_000_000_000

// Fields reads the members of one object by name. The first member that has a wrong form is
// remembered; after it the readers return zero values, so a caller reads all and asks Err once.
type Fields struct {
	v   Value
	at  string
	err error
}

// Read opens v, which must be an object. at is its place in the message for error texts, "" or
// like "data." or "data[2].".
func Read(v Value, at string) *Fields {
	f := &Fields{v: v, at: at}
	if v.Kind != Object {
		f.Fail("", "Thiếu đối tượng này hoặc nó có dạng khác.")
	}
	return f
}

// Err is the first complaint, a *rail.Refusal, or nil.
func (f *Fields) Err() error { return f.err }

// Fail remembers a complaint about the member key, unless there was one before.
func (f *Fields) Fail(key, vi string) {
	if f.err == nil {
		f.err = Malformed(strings.TrimSuffix(f.at+key, "."), vi)
	}
}

// Text is a text as it is stored (vn.Clean: NFC, single spaces, nothing invisible). Null and
// absent are ""; an integer is its digits, because partners write account numbers both ways.
func (f *Fields) Text(key string) string {
	v := f.v.Get(key)
	switch {
	case v.Kind == Null:
		return ""
	case v.Kind == String:
		return vn.Clean(v.Text)
	case v.Kind == Number && Digits(v.Text, 32):
		return v.Text
	}
	f.Fail(key, "Phải là chuỗi.")
	return ""
}

// First is the Text of the first key that has one.
func (f *Fields) First(keys ...string) string {
	for _, k := range keys {
		if s := f.Text(k); s != "" {
			return s
		}
	}
	return ""
}

// Account is the first account number among keys, without spaces.
func (f *Fields) Account(keys ...string) string {
	s := f.First(keys...)
	if strings.Contains(s, " ") {
		s = strings.ReplaceAll(s, " ", "")
	}
	return s
}

// NeedAccount is Account that must not be empty.
func (f *Fields) NeedAccount(keys ...string) string {
	s := f.Account(keys...)
	if s == "" {
		f.Fail(keys[0], "Thiếu số tài khoản nhận.")
	}
	return s
}

// Reference is a bank's transaction reference, the first among keys: trimmed, in upper case.
func (f *Fields) Reference(keys ...string) string { return strings.ToUpper(f.First(keys...)) }

// ID is the partner's own number of the entry, as digits without leading zeros; it may come as
// number or as text, and may be 0.
func (f *Fields) ID(key string) string {
	v := f.v.Get(key)
	s := v.Text
	if v.Kind != Number && v.Kind != String || !Digits(s, 32) {
		f.Fail(key, "Phải là mã số nguyên của đối tác.")
		return ""
	}
	if s = strings.TrimLeft(s, "0"); s == "" {
		return "0"
	}
	return s
}

// Amount is money in whole đồng, possibly negative or 0, strictly below 10^15 either way. Only
// a JSON number without fraction and exponent is taken.
func (f *Fields) Amount(key string) vnd.Amount {
	v := f.v.Get(key)
	if v.Kind != Number {
		f.Fail(key, "Số tiền phải là số, không nằm trong dấu nháy.")
		return 0
	}
	if strings.ContainsAny(v.Text, ".eE") {
		f.Fail(key, "Số tiền phải là số đồng nguyên, không có phần lẻ hay số mũ.")
		return 0
	}
	n, err := strconv.ParseInt(v.Text, 10, 64)
	if a := vnd.Amount(n); err == nil && a < MaxAmount && a > -MaxAmount {
		return a
	}
	f.Fail(key, "Số tiền phải nhỏ hơn 1.000.000.000.000.000 ₫.")
	return 0
}

// MoneyIn is Amount that must be above 0.
func (f *Fields) MoneyIn(key string) vnd.Amount {
	a := f.Amount(key)
	if a <= 0 {
		f.Fail(key, "Số tiền thu phải lớn hơn 0.")
	}
	return a
}

// layouts of the partners' times; those without a zone are Viet Nam time (reference, rule 6).
var layouts = []string{time.DateTime, "2006-01-02T15:04:05", time.RFC3339}

// Time is the first time among keys, in UTC; it must be there.
func (f *Fields) Time(keys ...string) time.Time {
	s := f.First(keys...)
	for _, layout := range layouts {
		t, err := time.ParseInLocation(layout, s, clock.VN)
		if err == nil && t.Year() >= 2000 && t.Year() < 2100 {
			return t.UTC().Truncate(time.Microsecond)
		}
	}
	f.Fail(keys[0], "Thời gian phải có dạng 2026-11-22 10:19:15.")
	return time.Time{}
}
