package camt

import (
	"bytes"
	"strings"
	"testing"

	"github.com/sen-platform/sen/internal/rail/passbook"
	"github.com/sen-platform/sen/internal/rail/passbooktest"
)

// FuzzCamt: no panic, and every answer is either a file whose lines keep their rules or an
// error of ours.
func FuzzCamt(f *testing.F) {
	for _, seed := range passbooktest.Seeds(f, ".xml") {
		f.Add(seed)
	}
	f.Add([]byte(doc("08", head+balanceXML("OPBD", "0", "CRDT", "2026-11-22"))))
	f.Add([]byte("\xff\xfe<\x00?\x00"))
	f.Add([]byte(`<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		file, err := Read(bytes.NewReader(raw), passbook.Limits{Bytes: 1 << 20, Lines: 1000})
		passbooktest.Check(t, file, err)
	})
}

// BenchmarkRead measures lines a second of a day's statement with 10,000 credits.
func BenchmarkRead(b *testing.B) {
	const lines = 10_000
	var body strings.Builder
	body.WriteString(head)
	for range lines {
		body.WriteString(`<Ntry><Amt Ccy="VND">1550000</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-11-22</Dt></BookgDt><ValDt><Dt>2026-11-22</Dt></ValDt>
<AcctSvcrRef>FT26326000000001</AcctSvcrRef><BkTxCd><Prtry><Cd>IBFT</Cd></Prtry></BkTxCd><NtryDtls><TxDtls><Refs><EndToEndId>E1</EndToEndId></Refs><Amt Ccy="VND">1550000</Amt><CdtDbtInd>CRDT</CdtDbtInd>
<RltdPties><Dbtr><Pty><Nm>Nguyễn Văn A</Nm></Pty></Dbtr><DbtrAcct><Id><Othr><Id>0010000000001</Id></Othr></Id></DbtrAcct></RltdPties><RmtInf><Ustrd>HPK7G3M9X077 LOP 3B</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>`)
	}
	text := doc("08", body.String())
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		f, err := Read(strings.NewReader(text), passbook.Limits{})
		if err != nil || len(f.Statements[0].Lines) != lines {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(lines)*float64(b.N)/b.Elapsed().Seconds(), "lines/s")
}
