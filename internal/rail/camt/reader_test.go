package camt

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"github.com/sen-platform/sen/internal/rail"
	"github.com/sen-platform/sen/internal/rail/passbook"
)

// document of one statement in the given version; body stands inside Stmt.
func doc(version, body string) string {
	return `<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.` + version + `"><BkToCstmrStmt>
<GrpHdr><MsgId>M</MsgId></GrpHdr><Stmt>` + body + `</Stmt></BkToCstmrStmt></Document>`
}

const head = `<Id>S1</Id><ElctrncSeqNb>7</ElctrncSeqNb><Acct><Id><Othr><Id>0011000000001</Id></Othr></Id><Ccy>VND</Ccy>
<Svcr><FinInstnId><BICFI>BFTVVNVXXXX</BICFI></FinInstnId></Svcr></Acct>`

func balanceXML(code, amount, sign, day string) string {
	return `<Bal><Tp><CdOrPrtry><Cd>` + code + `</Cd></CdOrPrtry></Tp><Amt Ccy="VND">` + amount + `</Amt><CdtDbtInd>` + sign + `</CdtDbtInd><Dt><Dt>` + day + `</Dt></Dt></Bal>`
}

func parse(t *testing.T, text string) *passbook.File {
	t.Helper()
	f, err := Read(strings.NewReader(text), passbook.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	passbook.Check(f)
	return f
}

// TestVersions: parties and statuses stand elsewhere in later versions; the result is one.
func TestVersions(t *testing.T) {
	entry := func(status, name, amount string) string {
		return `<Ntry><Amt Ccy="VND">1550000</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>` + status + `</Sts><BookgDt><Dt>2026-11-22</Dt></BookgDt>
<AcctSvcrRef>FT1</AcctSvcrRef><NtryDtls><TxDtls><Refs><EndToEndId>E1</EndToEndId></Refs>` + amount + `<RltdPties><Dbtr>` + name + `</Dbtr>
<DbtrAcct><Id><Othr><Id>001</Id></Othr></Id></DbtrAcct></RltdPties><RltdAgts><DbtrAgt><FinInstnId><Nm>MB</Nm></FinInstnId></DbtrAgt></RltdAgts>
<RmtInf><Ustrd>HPK7G3M9</Ustrd><Ustrd>X077 LOP 3B</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>`
	}
	for _, version := range []string{"02", "03", "04", "06", "08", "09", "10", "11", "12", "13"} {
		t.Run(version, func(t *testing.T) {
			body := entry("BOOK", "<Nm>Nguyễn Văn A</Nm>", `<AmtDtls><TxAmt><Amt Ccy="VND">1550000</Amt></TxAmt></AmtDtls>`)
			if version >= "08" {
				body = entry("<Cd>BOOK</Cd>", "<Pty><Nm>Nguyễn Văn A</Nm></Pty>", `<Amt Ccy="VND">1550000</Amt>`)
			}
			f := parse(t, doc(version, head+balanceXML("OPBD", "0", "CRDT", "2026-11-22")+balanceXML("CLBD", "1550000.00", "CRDT", "2026-11-22")+body))
			if want := "camt.053.001." + version; f.Message != want {
				t.Errorf("message %s, want %s", f.Message, want)
			}
			s := &f.Statements[0]
			if s.Account != "0011000000001" || s.BankBIN != "970436" || s.Seq != 7 || len(s.Problems) > 0 {
				t.Errorf("statement %+v", s)
			}
			l := s.Lines[0]
			want := passbook.Details{
				BankRef: "FT1", EndToEndID: "E1", Memo: "HPK7G3M9X077 LOP 3B", MemoParts: []string{"HPK7G3M9", "X077 LOP 3B"},
				PayerName: "Nguyễn Văn A", PayerAccount: "001", PayerBank: "MB",
			}
			if diff := cmp.Diff(want, l.Details); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if l.Sign != passbook.In || l.Status != passbook.Booked || l.Amount.String() != "1550000" || l.Parts[0].Amount.String() != "1550000" {
				t.Errorf("line %+v", l)
			}
		})
	}
}

// TestOpeningAndClosing: the choice of balances of section 1.5.
func TestOpeningAndClosing(t *testing.T) {
	for _, c := range []struct {
		codes         string // code=amount@day, separated by blanks
		opening, last string
	}{
		{"OPBD=1@01 CLBD=2@01", "OPBD 1", "CLBD 2"},
		{"PRCD=1@01 CLBD=2@01", "PRCD 1", "CLBD 2"},
		{"PRCD=9@01 OPBD=1@01 CLBD=2@01 CLAV=3@01", "OPBD 1", "CLBD 2"},
		{"OPBD=1@01 ITBD=2@01", "OPBD 1", "ITBD 2"},
		{"ITBD=1@01 ITBD=2@02", "ITBD 1", "ITBD 2"},
		{"ITBD=1@01 CLBD=2@01", "ITBD 1", "CLBD 2"},
		{"ITBD=1@01", "", "ITBD 1"},
		{"OPBD=3@02 CLBD=4@02 OPBD=1@01 CLBD=3@01", "OPBD 1", "CLBD 4"},
		{"CLAV=3@01", "", ""},
	} {
		body := head
		for _, b := range strings.Fields(c.codes) {
			code, rest, _ := strings.Cut(b, "=")
			amount, day, _ := strings.Cut(rest, "@")
			body += balanceXML(code, amount, "CRDT", "2026-11-"+day)
		}
		s := parse(t, doc("08", body)).Statements[0]
		text := func(b *passbook.Balance) string {
			if b == nil {
				return ""
			}
			return b.Code + " " + b.Amount.String()
		}
		if text(s.Opening) != c.opening || text(s.Closing) != c.last {
			t.Errorf("%s: %q and %q, want %q and %q", c.codes, text(s.Opening), text(s.Closing), c.opening, c.last)
		}
	}
}

func TestEntries(t *testing.T) {
	body := head +
		`<Ntry><Amt Ccy="VND">100</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>PDNG</Sts></Ntry>` +
		`<Ntry><Amt Ccy="VND">100</Amt><CdtDbtInd>DBIT</CdtDbtInd><RvslInd>1</RvslInd><Sts>BOOK</Sts><ValDt><DtTm>2026-11-21T20:30:00.123456789+02:00</DtTm></ValDt></Ntry>` +
		`<Ntry><Amt Ccy="VND">100</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-11-22+07:00</Dt></BookgDt><NtryDtls><TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs>
<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf></TxDtls></NtryDtls></Ntry>` +
		`<Ntry><Amt Ccy="VND">100</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>FUTR</Cd></Sts></Ntry>` +
		`<Ntry><Amt Ccy="VND">100</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>INFO</Sts></Ntry>` +
		`<Ntry><Amt Ccy="VND">100</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Prtry>XX</Prtry></Sts></Ntry>` +
		`<Ntry><Amt Ccy="VND">-1</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts></Ntry>` +
		`<Ntry><Amt Ccy="VND">1</Amt><Sts>BOOK</Sts></Ntry>`
	s := parse(t, doc("04", body)).Statements[0]
	var got []string
	for _, l := range s.Lines {
		got = append(got, fmt.Sprintf("%s %s %s rev=%v ret=%v", l.Sign, l.Status, l.BookedOn, l.Reversal, l.Return))
	}
	want := []string{
		"in pending  rev=false ret=false", "out booked 2026-11-22 rev=true ret=false", "in booked 2026-11-22 rev=false ret=true",
		"in future  rev=false ret=false", "in info  rev=false ret=false", "in pending  rev=false ret=false",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	var places []string
	for _, p := range s.Problems {
		places = append(places, p.Code+" "+p.Severity.String()+" "+p.Place[strings.Index(p.Place, "Ntry"):])
	}
	if diff := cmp.Diff([]string{"unreadable refuse Ntry[7]", "unreadable refuse Ntry[8]"}, places); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestBatchParts(t *testing.T) {
	part := func(ref, amount, memo string) string {
		return `<TxDtls><Refs>` + ref + `</Refs><Amt Ccy="VND">` + amount + `</Amt><RltdPties><CdtrAcct><Id><Othr><Id>VA123</Id></Othr></Id></CdtrAcct></RltdPties>
<RmtInf><Ustrd>` + memo + `</Ustrd><Strd><CdtrRefInf><Ref>RF84K7G3M9X0</Ref></CdtrRefInf></Strd></RmtInf></TxDtls>`
	}
	body := head + `<Ntry><Amt Ccy="VND">300</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-11-22</Dt></BookgDt><AcctSvcrRef>B1</AcctSvcrRef>
<NtryDtls><Btch><PmtInfId>P1</PmtInfId><NbOfTxs>3</NbOfTxs></Btch>` +
		part("<AcctSvcrRef>T1</AcctSvcrRef>", "100", "a") + part("", "100", "b") + part("", "100", "b") + `</NtryDtls></Ntry>`
	s := parse(t, doc("08", body)).Statements[0]
	l := s.Lines[0]
	var refs []string
	keys := map[string]bool{l.Key: true}
	for _, p := range l.Parts {
		refs = append(refs, p.BankRef+" "+p.Memo+" "+p.VirtualAccount+" "+p.RF)
		keys[p.Key] = true
	}
	want := []string{"T1 a VA123 RF84K7G3M9X0", "B1/2 b VA123 RF84K7G3M9X0", "B1/3 b VA123 RF84K7G3M9X0"}
	if diff := cmp.Diff(want, refs); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if len(keys) != 4 || l.BatchID != "P1" || l.BatchCount != 3 || len(s.Problems) != 0 {
		t.Errorf("%d keys, batch %s of %d, problems %v", len(keys), l.BatchID, l.BatchCount, s.Problems)
	}
}

// TestEnvelopesAndPrefixes: namespaces with prefixes, and a document inside an envelope.
func TestEnvelopesAndPrefixes(t *testing.T) {
	text := `<env:Envelope xmlns:env="urn:e"><AppHdr xmlns="urn:iso:std:iso:20022:tech:xsd:head.001.001.02"><BizMsgIdr>x</BizMsgIdr></AppHdr>
<ns2:Document xmlns:ns2="urn:iso:std:iso:20022:tech:xsd:camt.052.001.11"><ns2:BkToCstmrAcctRpt><ns2:Rpt><ns2:Id>R</ns2:Id></ns2:Rpt></ns2:BkToCstmrAcctRpt></ns2:Document></env:Envelope>`
	f := parse(t, text)
	if f.Message != "camt.052.001.11" || f.Statements[0].Kind != "Rpt" || f.Statements[0].ID != "R" {
		t.Errorf("%+v", f)
	}
}

func TestEncodings(t *testing.T) {
	text := doc("08", `<Id>S</Id><AddtlStmtInf>Học phí lớp 3B – Straße</AddtlStmtInf>`)
	wide := func(order func(uint16) []byte, mark bool) string {
		var b []byte
		if mark {
			b = order(0xfeff)
		}
		for _, u := range utf16.Encode([]rune(strings.Replace(text, "UTF-8", "UTF-16", 1))) {
			b = append(b, order(u)...)
		}
		return string(b)
	}
	little := func(u uint16) []byte { return []byte{byte(u), byte(u >> 8)} }
	big := func(u uint16) []byte { return []byte{byte(u >> 8), byte(u)} }
	for name, in := range map[string]string{
		"utf-8": text, "utf-8 with mark": "\ufeff" + text, "utf-16 little": wide(little, true), "utf-16 big": wide(big, true),
		"utf-16 little without mark": wide(little, false), "utf-16 big without mark": wide(big, false),
	} {
		if got := parse(t, in).Statements[0].Note; got != "Học phí lớp 3B – Straße" {
			t.Errorf("%s: %q", name, got)
		}
	}
	latin := doc("08", "<Id>S</Id><AddtlStmtInf>Stra\xdfe</AddtlStmtInf>")
	for _, label := range []string{"ISO-8859-1", "windows-1252", "windows-1258"} {
		f := parse(t, strings.Replace(latin, "UTF-8", label, 1))
		if got := f.Statements[0].Note; got != "Straße" || f.Problems != nil {
			t.Errorf("%s: %q %v", label, got, f.Problems)
		}
	}
	f := parse(t, latin) // says UTF-8 and is not
	if f.Statements[0].Note != "Straße" || len(f.Problems) != 1 || f.Problems[0].Code != passbook.CodeRepaired {
		t.Errorf("%q %v", f.Statements[0].Note, f.Problems)
	}
	vietnamese := doc("08", "<Id>S</Id><AddtlStmtInf>H\xf2oc ph\xed</AddtlStmtInf>")
	if got := parse(t, strings.Replace(vietnamese, "UTF-8", "windows-1258", 1)).Statements[0].Note; !strings.HasSuffix(got, "phí") {
		t.Errorf("windows-1258: %q", got)
	}
}

// TestReadErrors: broken and hostile documents.
func TestReadErrors(t *testing.T) {
	good := doc("08", head)
	deep := strings.Repeat("<a>", 100)
	for _, c := range []struct {
		name, in string
		kind     passbook.Kind
	}{
		{"truncated", good[:len(good)-30], passbook.Malformed},
		{"truncated inside a statement", good[:len(good)-90], passbook.Malformed},
		{"wrong end tag", strings.Replace(good, "</Acct>", "</Acc>", 1), passbook.Malformed},
		{"not XML behind the head", `<?xml version="1.0"?> hello`, passbook.Malformed},
		{"another message", `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"><CstmrCdtTrfInitn></CstmrCdtTrfInitn></Document>`, passbook.Malformed},
		{"document type", `<!DOCTYPE lolz [<!ENTITY lol "lol">]>` + good, passbook.Hostile},
		{"entity", strings.Replace(good, "<Id>S1", "<Id>&lol;", 1), passbook.Hostile},
		{"depth", doc("08", deep), passbook.Hostile},
		{"depth before the message", deep, passbook.Hostile},
		{"one payment without end", doc("08", "<Ntry>"+strings.Repeat("<a/>", 30_000)+"</Ntry>"), passbook.Hostile},
		{"character set", strings.Replace(good, "UTF-8", "EBCDIC", 1), passbook.Unsupported},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Read(strings.NewReader(c.in), passbook.Limits{})
			var ours *passbook.Error
			if !errors.As(err, &ours) || ours.Kind != c.kind || !errors.Is(err, rail.ErrMalformed) {
				t.Errorf("error = %v, want kind %s", err, c.kind)
			}
		})
	}
	for _, limits := range []passbook.Limits{{Bytes: 100}, {Lines: 1}} {
		two := doc("08", head+strings.Repeat(`<Ntry><Amt Ccy="VND">1</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts></Ntry>`, 2))
		_, err := Read(strings.NewReader(two), limits)
		var ours *passbook.Error
		if !errors.As(err, &ours) || ours.Kind != passbook.TooLarge {
			t.Errorf("%+v: %v", limits, err)
		}
	}
}

func TestDates(t *testing.T) {
	for in, want := range map[string]string{
		"2026-11-22":                          "2026-11-22 ",
		"2026-11-22+01:00":                    "2026-11-22 ",
		"2026-11-22T23:30:00+02:00":           "2026-11-23 04:30:00",
		"2026-11-22T10:00:00.123456789+07:00": "2026-11-22 10:00:00",
		"2026-11-22T10:00:00":                 "2026-11-22 10:00:00",
		"22/11/2026":                          " ",
		"":                                    " ",
	} {
		d, at := date(in)
		clockTime := ""
		if !at.IsZero() {
			clockTime = at.In(time.FixedZone("", 7*3600)).Format(time.TimeOnly)
		}
		if got := string(d) + " " + clockTime; got != want {
			t.Errorf("date(%q) = %q, want %q", in, got, want)
		}
	}
}
