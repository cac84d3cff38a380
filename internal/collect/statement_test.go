package collect_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/sen-platform/sen/internal/collect"
	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/db/dbtest"
	"github.com/sen-platform/sen/internal/ledger"
	"github.com/sen-platform/sen/internal/rail/statement"
	"github.com/sen-platform/sen/internal/vnd"
)

// camt053 is a day's statement of the school's first account.
func camt053(id, day string, opening, closing int64, entries ...string) []byte {
	return fmt.Appendf(nil, `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><GrpHdr><MsgId>%[1]s</MsgId><CreDtTm>%[2]sT20:00:00+07:00</CreDtTm></GrpHdr>
<Stmt><Id>%[1]s</Id><CreDtTm>%[2]sT20:00:00+07:00</CreDtTm><FrToDt><FrDtTm>%[2]sT00:00:00+07:00</FrDtTm><ToDtTm>%[2]sT23:59:59+07:00</ToDtTm></FrToDt>
<Acct><Id><Othr><Id>6800112233</Id></Othr></Id><Ccy>VND</Ccy></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="VND">%[3]d</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>%[2]s</Dt></Dt></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="VND">%[4]d</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>%[2]s</Dt></Dt></Bal>
%[5]s</Stmt></BkToCstmrStmt></Document>`, id, day, opening, closing, strings.Join(entries, "\n"))
}

func entry(sign, day, ref, memo string, amount int64) string {
	return fmt.Sprintf(`<Ntry><Amt Ccy="VND">%d</Amt><CdtDbtInd>%s</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>%s</Dt></BookgDt><ValDt><Dt>%s</Dt></ValDt>
<AcctSvcrRef>%s</AcctSvcrRef><NtryDtls><TxDtls><RmtInf><Ustrd>%s</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>`, amount, sign, day, day, ref, memo)
}

func (h *house) importFile(name string, body []byte) collect.Import {
	h.t.Helper()
	imp, err := h.s.ImportStatement(h.ctx, collect.System, 0, name, body, nil)
	h.must(err)
	return imp
}

func (h *house) bank() vnd.Amount {
	h.t.Helper()
	var v vnd.Amount
	h.view(func(tx *db.Tx) (err error) {
		v, err = ledger.NetAt(tx, ledger.Account{Facility: school, Kind: ledger.Bank, Ref: int64(schoolAcc)}, "9999-12-31")
		return err
	})
	return v
}

func TestStatementMeetsTheBook(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		a, b := h.issue(school, 1000), h.issue(school, 2000)
		in := h.credit(1000, string(a.Code)) // told by webhook first
		h.receive(in)
		day := camt053("S1", "2026-11-22", 500, 3200,
			entry("CRDT", "2026-11-22", in.BankRef, string(a.Code)+" LOP 3B", 1000),
			entry("CRDT", "2026-11-22", "FT900", string(b.Code), 2000),
			entry("DBIT", "2026-11-22", "FT901", "TRA TIEN DIEN", 300))
		imp := h.importFile("s1.xml", day)
		s := imp.Parts[0]
		if s.Posted != 1 || s.Matched != 1 || s.Known != 1 || s.Debits != 1 || !s.ClosesDay || s.Difference == nil || *s.Difference != 0 {
			t.Fatalf("first import: %+v", s)
		}
		if h.bank() != 3200 || h.bill(b.ID).Paid != 2000 || h.bill(a.ID).Paid != 1000 {
			t.Errorf("book %d, paid %d and %d", h.bank(), h.bill(a.ID).Paid, h.bill(b.ID).Paid)
		}
		// The same bytes, and the same lines in another message, change nothing.
		again := h.importFile("copy.xml", day)
		if !again.Again || again.Parts[0].Posted != 0 || again.Parts[0].Known != 2 {
			t.Errorf("again: %+v", again)
		}
		sheet := "Số tài khoản: 6800112233 VND\nNgày giao dịch,Số tham chiếu,Ghi nợ,Ghi có,Số dư,Nội dung\n" +
			"22/11/2026," + in.BankRef + ",,1.000,1.500," + string(a.Code) + "\n22/11/2026,FT900,,2.000,3.500," + string(b.Code) + "\n22/11/2026,FT901,300,,3.200,TRA TIEN DIEN\n"
		over := h.importFile("saoke.csv", []byte(strings.ReplaceAll(strings.ReplaceAll(sheet, "1.000", `"1.000"`), "\n", "\r\n")))
		if len(over.Parts) != 1 || over.Parts[0].Posted != 0 || over.Parts[0].Known != 2 {
			t.Errorf("the bank's Excel of the same day: %+v", over)
		}
		if h.bank() != 3200 {
			t.Errorf("book %d after overlapping files, want 3200", h.bank())
		}
		// A statement with a line missing is booked, flagged with the difference, and closes no day.
		bad := h.importFile("s2.xml", camt053("S2", "2026-11-23", 3200, 9000, entry("CRDT", "2026-11-23", "FT950", "nop tien", 4000)))
		if p := bad.Parts[0]; p.ClosesDay || p.Posted != 1 || p.Difference == nil || *p.Difference != 1800 || len(p.Notices) == 0 {
			t.Errorf("unbalanced: %+v", p)
		}
		// The chain: the next opening does not follow.
		gap := h.importFile("s3.xml", camt053("S3", "2026-11-25", 9999, 9999))
		if p := gap.Parts[0]; p.ClosesDay || len(p.Notices) == 0 {
			t.Errorf("gap: %+v", p)
		}
		h.verify()
	})
}

func TestStatementsThatAreNotOurs(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		h := newHouse(t, d)
		body := camt053("S1", "2026-11-22", 0, 1000, entry("CRDT", "2026-11-22", "F1", "x", 1000))
		if _, err := h.s.ImportStatement(h.ctx, collect.System, hospital, "s.xml", body, nil); !errors.Is(err, collect.ErrForeignStatement) {
			t.Errorf("the school's statement at the hospital: %v", err)
		}
		unknown := []byte(strings.ReplaceAll(string(body), schoolNo, "777"))
		imp := h.importFile("u.xml", unknown)
		if p := imp.Parts[0]; p.Posted != 0 || p.Refused != 1 || len(p.Notices) == 0 {
			t.Errorf("unknown account: %+v", p)
		}
		_, err := h.s.ImportStatement(h.ctx, collect.System, 0, "cut.xml", body[:len(body)/2], nil)
		var se *statement.Error
		if !errors.As(err, &se) {
			t.Errorf("cut file: %v, want a *statement.Error", err)
		}
		if h.bank() != 0 {
			t.Errorf("something was booked: %d", h.bank())
		}
		h.verify()
	})
}
