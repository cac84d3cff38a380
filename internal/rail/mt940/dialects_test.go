package mt940

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sen-platform/sen/internal/rail/passbook"
)

// parse reads a file of the given lines, joined with the line end.
func parse(t *testing.T, text string) *passbook.File {
	t.Helper()
	f, err := Read(strings.NewReader(text), passbook.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	passbook.Check(f)
	return f
}

// file joins lines with CRLF.
func file(lines ...string) string { return strings.Join(lines, "\r\n") + "\r\n" }

// brief is what dialect tests compare of a statement.
func brief(s *passbook.Statement) []string {
	out := []string{strings.Join([]string{s.Kind, s.ID, s.Account, s.Number, s.Currency, balance(s.Opening), balance(s.Closing)}, " | ")}
	for i := range s.Lines {
		l := &s.Lines[i]
		out = append(out, strings.Join([]string{
			l.StatusText, l.Sign.String(), l.Amount.String(), string(l.BookedOn), string(l.ValueOn), string(l.Status), l.BankRef, l.EndToEndID, l.Memo,
		}, " | "))
	}
	return out
}

func balance(b *passbook.Balance) string {
	if b == nil {
		return "-"
	}
	return b.Code + " " + b.Amount.String()
}

func TestDialects(t *testing.T) {
	for _, c := range []struct {
		name string
		in   string
		want [][]string
	}{
		{
			"a Vietnamese bank: plain text, no type code, final }", file(
				"{1:F01BFTVVNVXAXXX0000000000}{2:I940HOASENXXXXXXN}{4:", ":20:SK20261122", ":25:BFTVVNVX/0011000000001", ":28C:326/1",
				":60F:C261121VND10000000,", ":61:2611221122CD1550000,//FT26326000000001", ":86:MBVCB.4500000001.HPK7G3M9X077 LOP 3B.CT tu 0010000000001 NGUYEN",
				" VAN A", ":62F:C261122VND11550000,", "-}{5:{CHK:123456789ABC}}"),
			[][]string{{
				"MT940 | SK20261122 | BFTVVNVX/0011000000001 | 326/1 | VND | 60F 10000000 | 62F 11550000",
				"C | in | 1550000 | 2026-11-22 | 2026-11-22 | booked | FT26326000000001 |  | MBVCB.4500000001.HPK7G3M9X077 LOP 3B.CT tu 0010000000001 NGUYEN VAN A",
			}},
		},
		{
			"line feeds only, no final dash, blank lines, indented tags, lower case", ":20:a\n\n :25:1\n\t:28c:1\n:60f:c261121vnd10,00\n:61:261122c5,ntrfnonref//x\n\n:86:memo\n:62f:c261122vnd15\n",
			[][]string{{
				"MT940 | a | 1 | 1 | VND | 60F 10 | 62F 15",
				"C | in | 5 | 2026-11-22 | 2026-11-22 | booked | x |  | memo",
			}},
		},
		{
			"carriage returns only", ":20:A\r:25:1\r:28C:1\r:60F:C261121VND10,\r:61:2611221122D5,NMSCNONREF\r:62F:C261122VND5,\r-\r",
			[][]string{{"MT940 | A | 1 | 1 | VND | 60F 10 | 62F 5", "D | out | 5 | 2026-11-22 | 2026-11-22 | booked |  |  | "}},
		},
		{
			"German home banking separators", "@@:20:A@@:25:1@@:28C:0@@:60F:C261121EUR1,@@:61:2611221122CR2,NTRFNONREF@@:86:166?00GUTSCHRIFT?20EREF+E1?21SVWZ+Rechn?22ung 7?32MAX?33 MUSTER?30BIC1?31DE1@@:62F:C261122EUR3,@@-@@",
			[][]string{{"MT940 | A | 1 | 0 | EUR | 60F 1 | 62F 3", "C | in | 2 | 2026-11-22 | 2026-11-22 | booked |  | E1 | Rechnung 7"}},
		},
		{
			"reversals, expected lines, funds codes with and without R", file(":20:A", ":25:1", ":28C:1", ":60F:C261231EUR100,",
				":61:2612310101CR12,00NTRF1//b1", ":61:2612310101RC5,00NTRF2//b2", ":61:2612310101RD3,00NTRF3//b3", ":61:2612310101RCR1,00NTRF4//b4",
				":61:2612310101DR2,NTRF5//b5", ":61:2612310101EC7,NTRF6//b6", ":61:2612310101ED8,NTRF7//b7", ":62F:C270101EUR107,"),
			[][]string{{
				"MT940 | A | 1 | 1 | EUR | 60F 100 | 62F 107",
				"C | in | 12 | 2027-01-01 | 2026-12-31 | booked | b1 | 1 | ",
				"RC | out | 5 | 2027-01-01 | 2026-12-31 | booked | b2 | 2 | ",
				"RD | in | 3 | 2027-01-01 | 2026-12-31 | booked | b3 | 3 | ",
				"RC | out | 1 | 2027-01-01 | 2026-12-31 | booked | b4 | 4 | ",
				"D | out | 2 | 2027-01-01 | 2026-12-31 | booked | b5 | 5 | ",
				"EC | in | 7 | 2027-01-01 | 2026-12-31 | pending | b6 | 6 | ",
				"ED | out | 8 | 2027-01-01 | 2026-12-31 | pending | b7 | 7 | ",
			}},
		},
		{
			"entry date of the old year, point for comma, blanks, whole currency, century", file(":20:A", ":25:1", ":28C:1", ":60F:D 261231 VND 100.50",
				":61:270102 1231 C VND 12.50 NTRF REF 1 // B 1", ":61:20270102D1,234.50NMSCNONREF", ":62F:D270102VND1322,50"),
			[][]string{{
				"MT940 | A | 1 | 1 | VND | 60F -100.5 | 62F -1322.5",
				"C | in | 12.5 | 2026-12-31 | 2027-01-02 | booked | B 1 | REF 1 | ",
				"D | out | 1234.5 | 2027-01-02 | 2027-01-02 | booked |  |  | ",
			}},
		},
		{
			"pages and further statements without their own head", file(":20:A", ":25:1", ":28C:5/1", ":60F:C261121VND1,", ":61:2611221122C1,NTRF", ":62M:C261122VND2,",
				":28C:5/2", ":60M:C261122VND2,", ":61:2611221122C1,NTRF", ":62F:C261122VND3,", "-"),
			[][]string{
				{"MT940 | A | 1 | 5/1 | VND | 60F 1 | 62M 2", "C | in | 1 | 2026-11-22 | 2026-11-22 | booked |  |  | "},
				{"MT940 | A | 1 | 5/2 | VND | 60M 2 | 62F 3", "C | in | 1 | 2026-11-22 | 2026-11-22 | booked |  |  | "},
			},
		},
		{
			"interim report", file(":20:A", ":25:1", ":28C:7", ":34F:VNDC0,", ":13D:2611221030+0700", ":61:2611221122C5,NTRFX//Y", ":86:M", ":90D:0VND0,", ":90C:1VND5,", "-"),
			[][]string{{"MT942 | A | 1 | 7 | VND | - | -", "C | in | 5 | 2026-11-22 | 2026-11-22 | booked | Y | X | M"}},
		},
		{
			"both dates with the year, with the century", file(":20:A", ":25:1", ":28C:1", ":60F:C201101EUR0,", ":61:201101201102C1,NTRF", ":61:202611220122D1,NTRF", ":62F:C201102EUR0,"),
			[][]string{{
				"MT940 | A | 1 | 1 | EUR | 60F 0 | 62F 0", "C | in | 1 | 2020-11-02 | 2020-11-01 | booked |  |  | ",
				"D | out | 1 | 2027-01-22 | 2026-11-22 | booked |  |  | ",
			}},
		},
		{
			"headers between messages, entry date of zeros, 30 February", file("ABNANL2A", "940", "ABNANL2A", ":20:A", ":25:1", ":28C:1", ":60F:C270228EUR0,", ":61:2702300000C1,00NINTNONREF", ":86:INTEREST", "-",
				"ABNANL2A", "940", "ABNANL2A", ":20:B", ":25:1", ":28C:2", ":60F:C270228EUR1,", ":62F:C270301EUR1,", "-"),
			[][]string{
				{"MT940 | A | 1 | 1 | EUR | 60F 0 | -", "C | in | 1 | 2027-02-28 | 2027-02-28 | booked |  |  | INTEREST"},
				{"MT940 | B | 1 | 2 | EUR | 60F 1 | 62F 1"},
			},
		},
		{
			"field 86 before its field 61", file(":20:A", ":25:1", ":28C:1", ":60F:C261121VND0,", ":86:first", ":61:2611221122C1,NTRF", ":86:second", ":61:2611221122C2,NTRF", ":62F:C261122VND3,", ":86:bank greets"),
			[][]string{{"MT940 | A | 1 | 1 | VND | 60F 0 | 62F 3", "C | in | 1 | 2026-11-22 | 2026-11-22 | booked |  |  | first", "C | in | 2 | 2026-11-22 | 2026-11-22 | booked |  |  | second"}},
		},
		{
			"text that looks like a tag, unknown tags", file(":20:A", ":NS:22something", ":25:1", ":28C:1", ":60F:C261121VND0,", ":61:2611221122C1,NTRF", ":86:HEN GAP LUC", ":15:30: NHE", ":99Z: va", ":62F:C261122VND1,"),
			[][]string{{"MT940 | A | 1 | 1 | VND | 60F 0 | 62F 1", "C | in | 1 | 2026-11-22 | 2026-11-22 | booked |  |  | HEN GAP LUC :15:30: NHE :99Z: va"}},
		},
		{
			"control characters and a byte outside of UTF-8", "\x01:20:A\r\n:25:1\r\n:28C:1\r\n:60F:C261121VND0,\r\n:61:2611221122C1,NTRF\r\n:86:HO\x00C \x1bPH\xcd\r\n:62F:C261122VND1,\r\n-\x03",
			[][]string{{"MT940 | A | 1 | 1 | VND | 60F 0 | 62F 1", "C | in | 1 | 2026-11-22 | 2026-11-22 | booked |  |  | HOC PHÍ"}},
		},
		{
			"supplementary details, a slash dialect, references that point to field 86", file(":20:A", ":25:NL00BANK0123456789EUR", ":28C:1", ":60F:C261121EUR0,",
				":61:261122C1,00NTRFEREF//B1", "/OCMT/EUR1,", ":86:/EREF/INV-1/ORDP//NAME/J DOE/REMI/USTD//paid 7/CSID/X", ":62F:C261122EUR1,"),
			[][]string{{"MT940 | A | NL00BANK0123456789EUR | 1 | EUR | 60F 0 | 62F 1", "C | in | 1 | 2026-11-22 | 2026-11-22 | booked | B1 | INV-1 | paid 7 /OCMT/EUR1,"}},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := parse(t, c.in)
			var got [][]string
			for i := range f.Statements {
				got = append(got, brief(&f.Statements[i]))
				for _, p := range f.Statements[i].Problems {
					t.Errorf("problem %+v", p)
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestUnreadableLineRefusesTheStatement(t *testing.T) {
	f := parse(t, file(":20:A", ":25:1", ":28C:1", ":60F:C261121VND0,", ":61:2611221122X1,NTRF", ":61:2613311122C1,NTRF", ":61:2611221122C1,2,3NTRF", ":62F:C261122VND1,"))
	s := &f.Statements[0]
	var got []string
	for _, p := range s.Problems {
		got = append(got, p.Code+" "+p.Place)
	}
	want := []string{"unreadable dòng 5, :61:", "unreadable dòng 6, :61:", "unreadable dòng 7, :61:", "balance sao kê A, số 1, tài khoản 1"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if s.Worst() != passbook.Refuse {
		t.Errorf("worst = %v", s.Worst())
	}
}

func TestFlags(t *testing.T) {
	for _, c := range []struct {
		name string
		in   string
		want string // code and difference
	}{
		{"does not balance", file(":20:A", ":25:1", ":28C:1", ":60F:C261121VND0,", ":61:2611221122C1,NTRF", ":62F:C261122VND3,"), "balance 2"},
		{"a page is missing", file(":20:A", ":25:1", ":28C:1/1", ":60F:C261121VND0,", ":62M:C261122VND0,", ":20:A", ":25:1", ":28C:1/3", ":60M:C261122VND9,", ":62F:C261122VND9,"), "chain 9"},
		{"interim totals", file(":20:A", ":25:1", ":28C:1", ":34F:VND0,", ":61:2611221122C1,NTRF", ":90C:1VND2,"), "totals 1"},
		{"balance that cannot be read", file(":20:A", ":25:1", ":28C:1", ":60F:??", ":62F:C261122VND3,"), "unreadable "},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := parse(t, c.in)
			var got []string
			for i := range f.Statements {
				for _, p := range f.Statements[i].Problems {
					if p.Severity != passbook.KeepOpen {
						t.Errorf("severity %v", p.Severity)
					}
					got = append(got, p.Code+" "+p.Difference)
				}
			}
			if diff := cmp.Diff([]string{c.want}, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestParse86(t *testing.T) {
	for _, c := range []struct {
		name  string
		lines []string
		want  info
	}{
		{
			"a mark cut by the wrap",
			[]string{"166?00GUTSCHRIFT?20SVWZ+HOC PHI?", "21 LOP 3B?32NGUYEN VAN", " A?31001?30BFTVVNVX"},
			info{text: []string{"HOC PHI LOP 3B", "GUTSCHRIFT"}, memo: "HOC PHI LOP 3B", name: "NGUYEN VAN A", account: "001", bank: "BFTVVNVX"},
		},
		{
			"another separator, text above 60, a question",
			[]string{"020~00PRZELEW~20CO TO JEST?~60 DALEJ~32JAN~33 NOWAK"},
			info{text: []string{"CO TO JEST? DALEJ", "PRZELEW"}, memo: "CO TO JEST? DALEJ", name: "JAN NOWAK"},
		},
		{
			"returned transfer",
			[]string{"159?00RETOURE?20SVWZ+zurueck"},
			info{text: []string{"zurueck", "RETOURE"}, memo: "zurueck", returned: true},
		},
		{
			"counterparty in one tag, structured reference",
			[]string{"/EREF/NOTPROVIDED/CNTP/NL01X/ABNANL2A/J DOE/TOWN/REMI/STRD/CUR/RF18539007547034"},
			info{text: []string{"STRD/CUR/RF18539007547034"}, memo: "STRD/CUR/RF18539007547034", name: "J DOE", account: "NL01X", bank: "ABNANL2A", structured: []string{"RF18539007547034"}},
		},
		{
			"returned, by slash tag",
			[]string{"/RTRN/AC04/REMI/back"},
			info{text: []string{"back"}, memo: "back", returned: true},
		},
		{
			"full line goes on without a blank",
			[]string{strings.Repeat("A", 65), "B C", "D"},
			info{text: []string{strings.Repeat("A", 65), "B C", "D"}, memo: strings.Repeat("A", 65) + "B C D"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, parse86(c.lines), cmp.AllowUnexported(info{})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestReadErrors(t *testing.T) {
	if _, err := Read(strings.NewReader("hello"), passbook.Limits{}); err == nil || !strings.Contains(err.Error(), ":20:") {
		t.Errorf("%v", err)
	}
	long := strings.Repeat(":20:A\n:25:1\n:61:261122C1,NTRF\n", 50)
	if _, err := Read(strings.NewReader(long), passbook.Limits{Lines: 10}); err == nil {
		t.Error("more lines than allowed were read")
	}
	if _, err := Read(strings.NewReader(strings.Repeat(":20:A\n", 10_001)), passbook.Limits{}); err == nil {
		t.Error("more statements than allowed were read")
	}
	if _, err := Read(strings.NewReader(":20:A\n"+strings.Repeat(":86:x\n", 2000)), passbook.Limits{Lines: 10}); err == nil {
		t.Error("more fields than allowed were read")
	}
	if _, err := Read(strings.NewReader(long), passbook.Limits{Bytes: 100}); err == nil {
		t.Error("more bytes than allowed were read")
	}
}

// TestLongLinesAreCut: a line of megabytes costs no more than its size.
func TestLongLinesAreCut(t *testing.T) {
	f := parse(t, ":20:A\n:25:1\n:61:261122C1,NTRF\n:86:"+strings.Repeat("ạ/REMI/", 1<<16)+"\n")
	if n := len(f.Statements[0].Lines[0].Memo); n > maxLine {
		t.Errorf("memo of %d bytes", n)
	}
}
