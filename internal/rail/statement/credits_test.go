package statement

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/sen-platform/sen/internal/rail"
)

func read(t *testing.T, text string) *File {
	t.Helper()
	f, err := Read(strings.NewReader(text), "test")
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// camt makes a message of one statement.
func camtFile(root, statement, body string) string {
	number := map[string]string{"BkToCstmrAcctRpt": "052", "BkToCstmrStmt": "053", "BkToCstmrDbtCdtNtfctn": "054"}[root]
	return `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.` + number + `.001.08"><` + root + `><` + statement + `><Id>X</Id>
<Acct><Id><Othr><Id>0011000000001</Id></Othr></Id><Ccy>VND</Ccy></Acct>` + body + `</` + statement + `></` + root + `></Document>`
}

func entry(amount, sign, status, ref, extra string) string {
	return `<Ntry><Amt Ccy="VND">` + amount + `</Amt><CdtDbtInd>` + sign + `</CdtDbtInd><Sts><Cd>` + status + `</Cd></Sts><BookgDt><Dt>2026-11-22</Dt></BookgDt>
<AcctSvcrRef>` + ref + `</AcctSvcrRef>` + extra + `</Ntry>`
}

func details(txs ...string) string {
	return `<NtryDtls><Btch><NbOfTxs>` + fmt.Sprint(len(txs)) + `</NbOfTxs></Btch>` + strings.Join(txs, "") + `</NtryDtls>`
}

func tx(ref, amount, memo string) string {
	return `<TxDtls><Refs><AcctSvcrRef>` + ref + `</AcctSvcrRef></Refs><Amt Ccy="VND">` + amount + `</Amt><RltdPties><Dbtr><Pty><Nm>Trần Thị B</Nm></Pty></Dbtr></RltdPties>
<RmtInf><Ustrd>` + memo + `</Ustrd></RmtInf><RltdDts><AccptncDtTm>2026-11-22T08:30:00+07:00</AccptncDtTm></RltdDts></TxDtls>`
}

// short is what tests compare of credits.
func short(credits []rail.Credit) []string {
	var out []string
	for _, c := range credits {
		s := fmt.Sprintf("%d %s %s", c.Amount, c.BankRef, c.Memo)
		if c.Reversal {
			s += " reversal"
		}
		if c.Returned {
			s += " returned"
		}
		out = append(out, strings.TrimSpace(s))
	}
	return out
}

func reasons(skipped []Skipped) []string {
	var out []string
	for _, s := range skipped {
		out = append(out, s.Amount+" "+string(s.Reason))
	}
	return out
}

func TestCreditsOfCamt(t *testing.T) {
	f := read(t, camtFile("BkToCstmrStmt", "Stmt",
		entry("1550000", "CRDT", "BOOK", "R1", details(tx("T1", "1550000", "HPK7G3M9X077 LOP 3B")))+
			entry("700", "CRDT", "BOOK", "R2", details(tx("T2", "300", "a"), tx("T3", "400", "b")))+
			entry("900", "DBIT", "BOOK", "R3", "")+
			entry("50", "CRDT", "PDNG", "R4", "")+
			entry("60", "CRDT", "INFO", "R5", "")+
			entry("70", "CRDT", "FUTR", "R6", "")+
			entry("80", "DBIT", "BOOK", "R7", "<RvslInd>true</RvslInd>")+
			entry("90", "CRDT", "BOOK", "R8", "<RvslInd>true</RvslInd>")+
			entry("95", "CRDT", "BOOK", "R9", `<NtryDtls><TxDtls><RtrInf/></TxDtls></NtryDtls>`)+
			entry("0", "CRDT", "BOOK", "R10", "")+
			entry("1.5", "CRDT", "BOOK", "R11", "")+
			strings.ReplaceAll(entry("100", "CRDT", "BOOK", "R12", ""), `"VND"`, `"USD"`)+
			entry("500", "CRDT", "BOOK", "R13", `<NtryDtls><Btch><NbOfTxs>3</NbOfTxs></Btch></NtryDtls>`)+
			entry("500", "CRDT", "BOOK", "R14", details(tx("T4", "100", "c"), tx("T5", "100", "d")))+
			strings.Replace(entry("7", "CRDT", "BOOK", "R15", ""), "<BookgDt><Dt>2026-11-22</Dt></BookgDt>", "", 1)))
	credits, skipped := Credits(f.Format, &f.Statements[0])
	want := []string{
		"1550000 R1 HPK7G3M9X077 LOP 3B", "300 T2 a", "400 T3 b", "80 R7  reversal", "90 R8  returned", "95 R9  returned",
	}
	if diff := cmp.Diff(want, short(credits)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	wantSkipped := []string{
		"50 not_booked", "60 not_booked", "70 not_booked", "0 zero_amount", "1.5 fraction", "100 other_currency",
		"500 awaits_details", "500 batch_mismatch", "7 no_date",
	}
	if diff := cmp.Diff(wantSkipped, reasons(skipped)); diff != "" {
		t.Errorf("skipped (-want +got):\n%s", diff)
	}
	for _, s := range skipped {
		if s.Message == "" || s.Place == "" || s.Key == "" {
			t.Errorf("%+v", s)
		}
	}
	first := rail.Credit{
		Stream: "camt", PartnerRef: f.Statements[0].Lines[0].Key, Account: "0011000000001", Amount: 1550000, BankRef: "R1",
		Memo: "HPK7G3M9X077 LOP 3B", PayerName: "Trần Thị B", BookedOn: "2026-11-22",
		OccurredAt: time.Date(2026, 11, 22, 1, 30, 0, 0, time.UTC), Method: rail.QR,
	}
	if diff := cmp.Diff(first, credits[0]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestCreditsOfMT(t *testing.T) {
	f := read(t, ":20:A\n:25:BFTVVNVX/0011000000001\n:28C:1\n:60F:C261121VND100,\n"+
		":61:2611221122C1000,NTRFX//FT1\n:86:HP A\n:61:2611221122RC30,NTRFX//FT2\n:61:2611221122RD40,NTRFX//FT3\n:61:2611221122EC50,NTRFX//FT4\n:61:2611221122D60,NTRFX//FT5\n:62F:C261122VND1050,\n")
	credits, skipped := Credits(f.Format, &f.Statements[0])
	if diff := cmp.Diff([]string{"1000 FT1 HP A", "30 FT2  reversal", "40 FT3  returned"}, short(credits)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"50 not_booked"}, reasons(skipped)); diff != "" {
		t.Errorf("skipped (-want +got):\n%s", diff)
	}
	if c := credits[0]; c.Stream != "mt940" || c.Account != "0011000000001" || c.BankBIN != "970436" {
		t.Errorf("%+v", c)
	}
}

// TestNothingHalfDone: a copy, or one line that cannot be read, and no credit is made.
func TestNothingHalfDone(t *testing.T) {
	good := entry("5", "CRDT", "BOOK", "R1", "")
	for name, body := range map[string]string{
		"copy":       "<CpyDplctInd>DUPL</CpyDplctInd>" + good,
		"unreadable": good + `<Ntry><Amt Ccy="VND">x</Amt></Ntry>`,
	} {
		f := read(t, camtFile("BkToCstmrStmt", "Stmt", body))
		credits, skipped := Credits(f.Format, &f.Statements[0])
		if len(credits) != 0 || cmp.Diff([]string{"5 refused"}, reasons(skipped)) != "" {
			t.Errorf("%s: %v %v", name, credits, skipped)
		}
	}
	f := read(t, camtFile("BkToCstmrStmt", "Stmt", `<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="VND">0</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="VND">9</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>`+good))
	if credits, _ := Credits(f.Format, &f.Statements[0]); len(credits) != 1 || f.Statements[0].Problems[0].Difference != "4" {
		t.Errorf("a file that does not balance is read and flagged: %v %v", credits, f.Statements[0].Problems)
	}
}

// TestOverlappingMessages: the same money in camt.052, .054 and .053 has one key and one bank
// reference, so that it is posted once.
func TestOverlappingMessages(t *testing.T) {
	single := entry("1000", "CRDT", "BOOK", "R1", details(tx("R1", "1000", "HP A")))
	batch := entry("700", "CRDT", "BOOK", "R2", details(tx("T2", "300", "a"), tx("T3", "400", "b")))
	later := entry("5", "CRDT", "BOOK", "R9", "")
	files := []string{
		camtFile("BkToCstmrAcctRpt", "Rpt", single),
		camtFile("BkToCstmrDbtCdtNtfctn", "Ntfctn", batch+single),
		camtFile("BkToCstmrStmt", "Stmt", single+batch+later),
		camtFile("BkToCstmrStmt", "Stmt", entry("700", "CRDT", "BOOK", "R2", `<NtryDtls><Btch><NbOfTxs>2</NbOfTxs></Btch></NtryDtls>`)+entry("1000", "CRDT", "BOOK", "R1", "")),
	}
	byKey, byRef := map[string]int{}, map[string]int{}
	for _, text := range append(files, files...) { // everything arrives twice
		f := read(t, text)
		credits, _ := Credits(f.Format, &f.Statements[0])
		for _, c := range credits {
			byKey[c.Stream+c.PartnerRef]++
			byRef[fmt.Sprint(c.Account, c.BankRef, c.Amount, c.BookedOn)]++
		}
	}
	if len(byKey) != 4 || len(byRef) != 4 {
		t.Errorf("4 payments have %d keys and %d references: %v", len(byKey), len(byRef), byRef)
	}
}

// TestKeysProperty: any mixture of lines, identical ones among them, has as many keys as
// lines; reading again gives the same; an export of a part of the period gives a part of the
// keys.
func TestKeysProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		type line struct {
			day, amount int
			ref         bool
			memo        string
		}
		gen := rapid.Custom(func(t *rapid.T) line {
			return line{rapid.IntRange(1, 3).Draw(t, "day"), rapid.IntRange(1, 2).Draw(t, "amount"), rapid.Bool().Draw(t, "ref"), rapid.SampledFrom([]string{"HP", "VP"}).Draw(t, "memo")}
		})
		all := rapid.SliceOfN(gen, 1, 30).Draw(t, "lines")
		days := map[int][]line{}
		for _, l := range all {
			days[l.day] = append(days[l.day], l)
		}
		mt := func(from, to int) string {
			var b strings.Builder
			b.WriteString(":20:A\n:25:1\n:28C:1\n")
			for d := from; d <= to; d++ {
				for _, l := range days[d] {
					ref := ""
					if l.ref {
						ref = "//R"
					}
					fmt.Fprintf(&b, ":61:26110%dC%d,NTRF%s\n:86:%s\n", d, l.amount, ref, l.memo)
				}
			}
			return b.String()
		}
		keys := func(text string) map[string]bool {
			f, err := Read(strings.NewReader(text), "x")
			if err != nil {
				t.Fatal(err)
			}
			m := map[string]bool{}
			for _, l := range f.Statements[0].Lines {
				m[l.Key] = true
			}
			return m
		}
		whole, again, part := keys(mt(1, 3)), keys(mt(1, 3)), keys(mt(2, 3))
		if len(whole) != len(all) {
			t.Fatalf("%d keys for %d lines", len(whole), len(all))
		}
		if cmp.Diff(whole, again) != "" {
			t.Fatal("reading again gives other keys")
		}
		for k := range part {
			if !whole[k] {
				t.Fatal("a part of the period has a key of its own")
			}
		}
	})
}
