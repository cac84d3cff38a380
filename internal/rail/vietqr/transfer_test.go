package vietqr

import (
	"errors"
	"strings"
	"testing"

	"github.com/sen-platform/sen/internal/rail/bank"
)

func TestTransfer(t *testing.T) {
	for _, c := range []struct {
		name string
		in   Transfer
		want string
	}{
		{
			"static without amount",
			Transfer{BIN: "970418", Account: "96247HP0000123"},
			"00020101021138580010A00000072701280006970418011496247HP00001230208QRIBFTTA53037045802VN63048FF4",
		},
		{
			"dynamic with bill number and memo",
			Transfer{BIN: "970436", Account: "0011001234567", Amount: 1250000, BillNumber: "HP2627-000481", Memo: "hp2627-000481"},
			"00020101021238570010A00000072701270006970436011300110012345670208QRIBFTTA5303704540712500005802VN62330113HP2627-0004810812HP262700048163044962",
		},
	} {
		if got, err := c.in.Encode(); err != nil || got != c.want {
			t.Errorf("%s: got %s, %v\nwant %s", c.name, got, err, c.want)
		}
	}
	p := Transfer{BIN: "970403", Account: "9704030092314258", Card: true, Amount: 1, Memo: "Nộp tiền  Đợt 1", StoreLabel: "Lớp 10A1 – Đồi"}.Payload()
	if p.Service != ToCard || p.Initiation != Dynamic || p.Purpose != "NOP TIEN DOT 1" || p.StoreLabel != "Lop 10A1 Doi" {
		t.Errorf("got %+v", p)
	}
	for name, in := range map[string]Transfer{
		"memo of 26":                 {BIN: "970436", Account: "1", Memo: strings.Repeat("A", 26)},
		"bill number is not cut":     {BIN: "970436", Account: "1", BillNumber: strings.Repeat("A", 26)},
		"bill number is not cleaned": {BIN: "970436", Account: "1", BillNumber: "HP 1"},
		"negative amount":            {BIN: "970436", Account: "1", Amount: -5},
		"account with blanks":        {BIN: "970436", Account: "00 11"},
	} {
		if got, err := in.Encode(); !errors.Is(err, ErrValue) {
			t.Errorf("%s: %s, %v", name, got, err)
		}
	}
}

func TestPurpose(t *testing.T) {
	for _, c := range []struct{ code, rest, want string }{
		{"HPK7G3M9X077", "Lớp 3B Nguyễn Văn An", "HPK7G3M9X077 LOP 3B"},
		{"HPK7G3M9X077", "", "HPK7G3M9X077"},
		{"HPK7G3M9X077", "ABCDEFGHIJKL", "HPK7G3M9X077 ABCDEFGHIJKL"},
		{"HPK7G3M9X077", "ABCDEFGHIJKLM", "HPK7G3M9X077"},
		{"HPK7 G3M9 X077", "", "HPK7 G3M9 X077"},
	} {
		if got := Purpose(c.code, c.rest); got != c.want || len(got) > 25 {
			t.Errorf("Purpose(%s, %s) = %q, want %q", c.code, c.rest, got, c.want)
		}
	}
}

func TestPlain(t *testing.T) {
	for in, want := range map[string]string{
		"học phí tháng 9": "hoc phi thang 9", "ĐƯỜNG  Đi\tđâu": "DUONG Di dau", "ho\u0323c": "hoc",
		"“Trường” – 1": "Truong 1", "a/b_c": "a/b_c", "\xff": "", "日本": "",
	} {
		if got := Plain(in); got != want {
			t.Errorf("Plain(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestCheckBank(t *testing.T) {
	for _, b := range bank.All() {
		if err := CheckBank(b.BIN); err != nil {
			t.Errorf("%s: %v", b.ShortName, err)
		}
		if _, err := (Transfer{BIN: b.BIN, Account: "1", Amount: 1000, Memo: "X"}).Encode(); err != nil {
			t.Errorf("%s: %v", b.ShortName, err)
		}
	}
	for _, bin := range []string{"", "97043", "123456"} {
		var e *Error
		if err := CheckBank(bin); !errors.Is(err, ErrUnknownBank) || !errors.As(err, &e) || e.VI == "" {
			t.Errorf("CheckBank(%q) = %v", bin, err)
		}
	}
}
