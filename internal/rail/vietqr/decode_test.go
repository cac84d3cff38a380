package vietqr

import (
	"errors"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sen-platform/sen/internal/rail/railtest"
)

// sealed appends a right CRC, so that a test reaches the rule behind it.
func sealed(s string) string { return s + "6304" + crcText(s+"6304") }

func tlv(tag, value string) string {
	n := strconv.Itoa(len([]rune(value)))
	return tag + strings.Repeat("0", 2-len(n)) + n + value
}

func account(bin, number, service string) string {
	s := tlv("00", aidNAPAS) + tlv("01", tlv("00", bin)+tlv("01", number))
	if service != "" {
		s += tlv("02", service)
	}
	return tlv("38", s)
}

const (
	head = "000201"
	tail = "5802VN"
)

var to = account("970436", "0011001234567", "QRIBFTTA")

func TestDecodeRefuses(t *testing.T) {
	good := "00020101021238540010A00000072701240006970436011010175956000208QRIBFTTA530370454061800005802VN62230819thanh toan don hang630470FA"
	if _, err := Decode(good); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, text string
		kind       error
		path       string
	}{
		{"empty", "", ErrFormat, ""},
		{"not UTF-8", good[:20] + "\xff" + good[21:], ErrFormat, ""},
		{"too long", strings.Repeat("0", 513), ErrFormat, ""},
		{"only a tag", "00", ErrFormat, ""},
		{"letters as length", "00AA01", ErrFormat, ""},
		{"full-width digits", "00０２01", ErrFormat, ""},
		{"line end behind", good + "\n", ErrFormat, ""},
		{"blank before", " " + good, ErrFormat, ""},
		{"text behind", good + "5802VN", ErrFormat, "58"},
		{"a second CRC", good + "630470FA", ErrFormat, "63"},
		{"no CRC", good[:len(good)-8], ErrFormat, "63"},
		{"CRC of three", good[:len(good)-8] + "630370F", ErrFormat, "63"},
		{"CRC of one digit wrong", good[:len(good)-1] + "B", ErrCRC, "63"},
		{"amount changed", strings.Replace(good, "5406180000", "5406880000", 1), ErrCRC, "63"},
		{"CRC not hex", good[:len(good)-4] + "70FG", ErrCRC, "63"},
		{"length one too long", strings.Replace(good, "5406", "5407", 1), ErrFormat, ""},
		{"length beyond the end", good[:len(good)-8] + "6399" + "70FA", ErrFormat, "63"},
		{"no format indicator", sealed("010212" + to + "5303704" + "540510000" + tail), ErrFormat, "00"},
		{"format 02", sealed("000202010212" + to + "5303704540510000" + tail), ErrFormat, "00"},
		{"empty object", sealed(head + "0100" + to + "5303704" + tail), ErrFormat, "01"},
		{"same tag twice", sealed(head + "010212" + to + "5303704" + "54051000054051000" + "0" + tail), ErrFormat, "54"},
		{"two accounts", sealed(head + "010211" + to + to + "5303704" + tail), ErrFormat, "38"},
		{"descending", sealed(head + "010212" + to + "540510000" + "5303704" + tail), ErrFormat, "53"},
		{"descending inside 38", sealed(head + "010211" + tlv("38", tlv("00", aidNAPAS)+tlv("02", "QRIBFTTA")+tlv("01", tlv("00", "970436")+tlv("01", "1"))) + "5303704" + tail), ErrFormat, "38.01"},
		{"account before BIN", sealed(head + "010211" + tlv("38", tlv("00", aidNAPAS)+tlv("01", tlv("01", "1")+tlv("00", "970436"))+tlv("02", "QRIBFTTA")) + "5303704" + tail), ErrFormat, "38.01.00"},
		{"broken template", sealed(head + "010211" + tlv("38", tlv("00", aidNAPAS)+"0199") + "5303704" + tail), ErrFormat, "38.01"},
		{"static or dynamic?", sealed(head + "010213" + to + "5303704" + tail), ErrValue, "01"},
		{"transfer without 01", sealed(head + to + "5303704" + tail), ErrValue, "01"},
		{"dynamic without amount", sealed(head + "010212" + to + "5303704" + tail), ErrValue, "54"},
		{"BIN of five", sealed(head + "010211" + account("97043", "1", "QRIBFTTA") + "5303704" + tail), ErrValue, "38.01.00"},
		{"BIN of letters", sealed(head + "010211" + account("97O436", "1", "QRIBFTTA") + "5303704" + tail), ErrValue, "38.01.00"},
		{"no account", sealed(head + "010211" + tlv("38", tlv("00", aidNAPAS)+tlv("01", tlv("00", "970436"))+tlv("02", "QRIBFTTA")) + "5303704" + tail), ErrValue, "38.01.01"},
		{"no beneficiary", sealed(head + "010211" + tlv("38", tlv("00", aidNAPAS)+tlv("02", "QRIBFTTA")) + "5303704" + tail), ErrValue, "38.01.00"},
		{"account of twenty", sealed(head + "010211" + account("970436", "12345678901234567890", "QRIBFTTA") + "5303704" + tail), ErrValue, "38.01.01"},
		{"account with a blank", sealed(head + "010211" + account("970436", "0011 001", "QRIBFTTA") + "5303704" + tail), ErrValue, "38.01.01"},
		{"account with marks", sealed(head + "010211" + account("970436", "họcphí", "QRIBFTTA") + "5303704" + tail), ErrValue, "38.01.01"},
		{"unknown service", sealed(head + "010211" + account("970436", "1", "QRIBFTTX") + "5303704" + tail), ErrValue, "38.02"},
		{"card of letters", sealed(head + "010211" + account("970436", "97O4030092314258", "QRIBFTTC") + "5303704" + tail), ErrValue, "38.01.01"},
		{"card of eleven", sealed(head + "010211" + account("970436", "97040300923", "QRIBFTTC") + "5303704" + tail), ErrValue, "38.01.01"},
		{"dollars", sealed(head + "010211" + to + "5303840" + tail), ErrValue, "53"},
		{"no currency", sealed(head + "010211" + to + tail), ErrValue, "53"},
		{"no country", sealed(head + "010211" + to + "5303704"), ErrValue, "58"},
		{"country", sealed(head + "010211" + to + "5303704" + "5802US"), ErrValue, "58"},
		{"amount zero", sealed(head + "010212" + to + "5303704" + "54010" + tail), ErrValue, "54"},
		{"amount with a leading zero", sealed(head + "010212" + to + "5303704" + "54030" + "10" + tail), ErrValue, "54"},
		{"amount negative", sealed(head + "010212" + to + "5303704" + tlv("54", "-5") + tail), ErrValue, "54"},
		{"amount with decimals", sealed(head + "010212" + to + "5303704" + tlv("54", "1000.50") + tail), ErrValue, "54"},
		{"amount with separators", sealed(head + "010212" + to + "5303704" + tlv("54", "1.000.000") + tail), ErrValue, "54"},
		{"amount of 14 digits", sealed(head + "010212" + to + "5303704" + tlv("54", "99999999999999") + tail), ErrValue, "54"},
		{"amount in other digits", sealed(head + "010212" + to + "5303704" + tlv("54", "１０") + tail), ErrValue, "54"},
		{"purpose of 26", sealed(head + "010211" + to + "5303704" + tail + tlv("62", tlv("08", strings.Repeat("A", 26)))), ErrValue, "62.08"},
		{"purpose of blanks", sealed(head + "010211" + to + "5303704" + tail + tlv("62", tlv("08", "   "))), ErrValue, "62.08"},
		{"purpose with a tab", sealed(head + "010211" + to + "5303704" + tail + tlv("62", tlv("08", "A\tB"))), ErrValue, "62.08"},
		{"bill number with a slash", sealed(head + "010211" + to + "5303704" + tail + tlv("62", tlv("01", "HP/1"))), ErrValue, "62.01"},
		{"same label twice", sealed(head + "010211" + to + "5303704" + tail + tlv("62", tlv("08", "A")+tlv("08", "B"))), ErrFormat, "62.08"},
		{"additional data cut", sealed(head + "010211" + to + "5303704" + tail + tlv("62", "0805AB")), ErrFormat, "62.08"},
		{"category of letters", sealed(head + "010211" + to + "5204AB11" + "5303704" + tail), ErrValue, "52"},
		{"name of 26", sealed(head + "010211" + to + "5303704" + tail + tlv("59", strings.Repeat("A", 26))), ErrValue, "59"},
		{"tip on a transfer", sealed(head + "010211" + to + "5303704" + "550201" + tail), ErrValue, "55"},
		{"payment without city", sealed(head + "010211" + account("970436", "M1", "QRPUSH") + "52048211" + "5303704" + tail + tlv("59", "A")), ErrValue, "60"},
		{"fee without its kind", sealed(head + "010211" + account("970436", "M1", "QRPUSH") + "52048211" + "5303704" + tlv("56", "500") + tail + tlv("59", "A") + tlv("60", "B")), ErrValue, "56"},
		{"language without name", sealed(head + "010211" + to + "5303704" + tail + tlv("64", tlv("00", "vi"))), ErrValue, "64"},
		{"another country's code", sealed(head + "010211" + tlv("30", tlv("00", "A000000677010112")+tlv("01", "1")) + "5303764" + "5802TH"), ErrValue, "53"},
		{"another scheme", sealed(head + "010211" + tlv("27", tlv("00", "A000000999")) + "5303704" + tail), ErrUnsupported, ""},
		{"38 of another scheme", sealed(head + "010211" + tlv("38", tlv("00", "A000000728")+tlv("01", "x")) + "5303704" + tail), ErrUnsupported, ""},
		{"38 without identifier", sealed(head + "010211" + tlv("38", tlv("01", tlv("00", "970436")+tlv("01", "1"))) + "5303704" + tail), ErrUnsupported, ""},
		{"VNPAY without merchant", sealed(head + "010211" + tlv("26", tlv("00", aidVNPAY)) + "5303704" + tail), ErrValue, "26.01"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := Decode(c.text)
			var e *Error
			if !errors.As(err, &e) || !errors.Is(err, c.kind) || c.path != "" && e.Path != c.path || e.VI == "" {
				t.Fatalf("got %v for %s, want %v at %q", err, c.text, c.kind, c.path)
			}
			if p.Kind != "" && c.kind == ErrValue {
				t.Errorf("a refused code left %+v", p)
			}
			if e.Kind == ErrValue && e.Pos > 0 && !strings.HasPrefix(c.text[e.Pos-1:], e.Path[len(e.Path)-2:]) {
				t.Errorf("position %d does not point at tag %s", e.Pos, e.Path)
			}
		})
	}
}

func TestErrorSaysWhere(t *testing.T) {
	_, err := Decode(sealed(head + "010211" + account("970436", "0011 001", "QRIBFTTA") + "5303704" + tail))
	var e *Error
	if !errors.As(err, &e) || e.Pos != 45 {
		t.Fatalf("got %#v", err)
	}
	want := "Số tài khoản chỉ gồm chữ số và chữ cái không dấu, không khoảng trắng (trường 38.01.01, ký tự thứ 45)"
	if got := e.Vietnamese(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestDecodeAlsoReads(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       Payload
	}{
		{
			"static code with an amount, as older generators write",
			sealed(head + "010211" + to + "5303704" + "540510000" + tail),
			Payload{Kind: NAPAS, Initiation: Static, BIN: "970436", Account: "0011001234567", Service: ToAccount, Amount: 10000},
		},
		{
			"diacritics, lengths in characters",
			sealed(head + "010211" + to + "5303704" + tail + tlv("59", "Trường Nguyễn Du") + tlv("62", tlv("08", "học phí tháng 9"))),
			Payload{Kind: NAPAS, Initiation: Static, BIN: "970436", Account: "0011001234567", Service: ToAccount, MerchantName: "Trường Nguyễn Du", Purpose: "học phí tháng 9"},
		},
		{
			"decomposed text comes back composed",
			sealed(head + "010211" + to + "5303704" + tail + tlv("62", tlv("08", "ho\u0323c phi\u0301"))),
			Payload{Kind: NAPAS, Initiation: Static, BIN: "970436", Account: "0011001234567", Service: ToAccount, Purpose: "học phí"},
		},
		{
			"payment without initiation method",
			sealed(head + account("970436", "M1", "") + "52048211" + "5303704" + tail + tlv("59", "A") + tlv("60", "B")),
			Payload{Kind: NAPAS, BIN: "970436", Account: "M1", MCC: "8211", MerchantName: "A", City: "B"},
		},
		{
			"withdrawal at an ATM",
			sealed(head + "010211" + account("970436", "ATM1", "QRCASH") + "5303704" + tail + tlv("62", tlv("05", "R")+tlv("07", "T"))),
			Payload{Kind: NAPAS, Initiation: Static, BIN: "970436", Account: "ATM1", Service: Cash, ReferenceLabel: "R", TerminalLabel: "T"},
		},
		{
			"one code for several schemes",
			sealed(head + "010211" + tlv("26", tlv("00", "vn.other")) + to + "5303704" + tail + tlv("62", tlv("50", "x")) + tlv("80", "y")),
			Payload{
				Kind: NAPAS, Initiation: Static, BIN: "970436", Account: "0011001234567", Service: ToAccount,
				Other: []Object{{"26", "0008vn.other"}, {"62.50", "x"}, {"80", "y"}},
			},
		},
		{
			"VNPAY-QR of a shop, from a public readme",
			"00020101021126280010A0000007750110010531314453037045408210900005802VN5910CELLPHONES62600312CPSHN ONLINE0517021908061613127850705ONLHN0810CellphoneS63047685",
			Payload{
				Kind: VNPAY, Initiation: Static, MerchantID: "0105313144", Amount: 21090000, MerchantName: "CELLPHONES",
				StoreLabel: "CPSHN ONLINE", ReferenceLabel: "02190806161312785", TerminalLabel: "ONLHN", Purpose: "CellphoneS",
			},
		},
		{
			"every object of a payment",
			sealed(head + "010212" + account("970436", "M1", "QRPUSH") + "52048062" + "5303704" + "540510000" + "550203" + tlv("57", "1.5") + tail +
				tlv("59", "BENH VIEN A") + tlv("60", "HA NOI") + tlv("61", "100000") +
				tlv("62", tlv("01", "B-1")+tlv("02", "0900000000")+tlv("03", "S")+tlv("04", "L")+tlv("05", "R")+tlv("06", "C")+tlv("07", "T")+tlv("08", "P")+tlv("09", "AME")) +
				tlv("64", tlv("00", "vi")+tlv("01", "Bệnh viện A")+tlv("02", "Hà Nội"))),
			Payload{
				Kind: NAPAS, Initiation: Dynamic, BIN: "970436", Account: "M1", Service: Push, MCC: "8062", Amount: 10000, Tip: "03", PercentFee: "1.5",
				MerchantName: "BENH VIEN A", City: "HA NOI", PostalCode: "100000",
				BillNumber: "B-1", Mobile: "0900000000", StoreLabel: "S", LoyaltyNumber: "L", ReferenceLabel: "R", CustomerLabel: "C", TerminalLabel: "T", Purpose: "P", ConsumerData: "AME",
				Language: "vi", LocalName: "Bệnh viện A", LocalCity: "Hà Nội",
			},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Decode(c.text)
			if err != nil {
				t.Fatalf("%v in %s", err, c.text)
			}
			got.CRC = ""
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("-want +got:\n%s", d)
			}
		})
	}
}

// canonical tells whether Encode must give back the very text: none of Decode's leniencies.
func canonical(s string, p Payload) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return p.Kind == NAPAS && p.Service != Cash && p.MerchantID == "" && len(p.Other) == 0 && p.Initiation != "" &&
		(p.Initiation == Dynamic || p.Amount == 0)
}

func FuzzDecode(f *testing.F) {
	for _, name := range []string{"vietqr", "vnpayqr"} {
		for _, c := range railtest.File(f, "testdata/"+name+".json") {
			var in, out struct{ Payload string }
			railtest.Decode(f, c.Input, &in)
			railtest.Decode(f, c.Expected, &out)
			f.Add(in.Payload)
			f.Add(out.Payload)
		}
	}
	f.Add(sealed(head + "010211" + to + "5303704" + tail + tlv("64", tlv("00", "vi")+tlv("01", "Ừ"))))
	f.Fuzz(func(t *testing.T, s string) {
		check := func(s string) {
			p, err := Decode(s)
			if err != nil {
				var e *Error
				if !errors.As(err, &e) || e.VI == "" {
					t.Fatalf("error without a text: %v", err)
				}
				return
			}
			if p.Amount < 0 || p.Amount > 9_999_999_999_999 {
				t.Fatalf("amount %d", int64(p.Amount))
			}
			if !canonical(s, p) {
				return
			}
			again, err := Encode(p)
			if err != nil || !strings.EqualFold(again, s) || again[:len(again)-4] != s[:len(s)-4] {
				t.Fatalf("decoded %q, encoded %q, %v", s, again, err)
			}
		}
		check(s)
		if len(s) > 8 { // the fuzzer will not find a CRC by itself
			check(sealed(s[:len(s)-8]))
		}
	})
}
