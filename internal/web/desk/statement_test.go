package desk

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/rail"
)

// camt053 is a day's statement of an account.
func camt053(account string, on clock.Date, opening, closing int64, entries ...string) []byte {
	return fmt.Appendf(nil, `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><GrpHdr><MsgId>M%[1]s</MsgId><CreDtTm>%[2]sT20:00:00+07:00</CreDtTm></GrpHdr>
<Stmt><Id>S%[1]s</Id><CreDtTm>%[2]sT20:00:00+07:00</CreDtTm><FrToDt><FrDtTm>%[2]sT00:00:00+07:00</FrDtTm><ToDtTm>%[2]sT23:59:59+07:00</ToDtTm></FrToDt>
<Acct><Id><Othr><Id>%[1]s</Id></Othr></Id><Ccy>VND</Ccy></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="VND">%[3]d</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>%[2]s</Dt></Dt></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="VND">%[4]d</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>%[2]s</Dt></Dt></Bal>
%[5]s</Stmt></BkToCstmrStmt></Document>`, account, on, opening, closing, strings.Join(entries, "\n"))
}

func entry(sign string, on clock.Date, ref, memo string, amount int64) string {
	return fmt.Sprintf(`<Ntry><Amt Ccy="VND">%d</Amt><CdtDbtInd>%s</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>%s</Dt></BookgDt><ValDt><Dt>%s</Dt></ValDt>
<AcctSvcrRef>%s</AcctSvcrRef><NtryDtls><TxDtls><RmtInf><Ustrd>%s</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>`, amount, sign, on, on, ref, memo)
}

func TestStatementIsHeldAgainstTheBook(t *testing.T) {
	each(t, func(h *house) {
		t := h.t
		b := h.issue()
		on := h.today().AddDays(-1)
		yesterday := func(c *rail.Credit) { c.BookedOn, c.OccurredAt = on, h.clk.Now().Add(-24*time.Hour) }
		h.transfer(b.Total, string(b.Code), yesterday, func(c *rail.Credit) { c.BankRef = "FT77" }) // told by webhook first
		no := h.world.SchoolAccount.Number
		file := camt053(no, on, 500_000, 3_000_000, entry("CRDT", on, "FT77", string(b.Code), int64(b.Total)),
			entry("CRDT", on, "FT78", "khong ma", 240_000), entry("DBIT", on, "FT79", "TIEN DIEN", 90_000))
		a := h.as(accountant)
		a.page("/desk/sao-ke").says(t, "Chưa nhập sao kê nào")
		to := a.upload("/desk/sao-ke", "tep", "ngay.xml", file).went(t)
		a.page(to).says(t, "Đã đọc ngay.xml", "Tài khoản "+no, "Ghi sổ mới 1 khoản 240.000 ₫", "Đã biết từ trước 1 khoản", "Chờ xử lý 1 khoản", "Tiền ra 1 dòng 90.000 ₫",
			"Lệch +1.100.000 ₫", "Ngân hàng có nhiều hơn sổ 1.100.000 ₫", "Số dư trên sổ cùng ngày 1.900.000 ₫")
		a.page("/desk").says(t, "Sổ và ngân hàng lệch nhau ngày "+on.VN(), "sao kê nhiều hơn sổ 1.100.000 ₫")
		a.page("/desk/sao-ke").says(t, "ngay.xml", "Lệch +1.100.000 ₫", "3.000.000 ₫")
		h.transfer(1_100_000, "dong bi thieu", yesterday) // it comes by another way: the difference is gone by itself
		a.page(to).says(t, "Khớp", "Lệch 0 ₫")
		a.page("/desk").silent(t, "lệch nhau")
		if again := a.upload("/desk/sao-ke", "tep", "ngay.xml", file).went(t); again != to {
			t.Errorf("the same file is %s", again)
		}
		a.page(to).says(t, "Tệp này đã nhập từ trước", "Ghi sổ mới 1 khoản", "Đã biết từ trước 1 khoản")
		if got := a.get(to + "/tep"); got.status != http.StatusOK || got.body != string(file) {
			t.Errorf("the file that was kept: %d, %d bytes", got.status, len(got.body))
		}
		h.verify()
	})
}

// Money may come after a statement of a day that is not over: that is no difference to chase.
func TestStatementOfTodayIsNoDifferenceYet(t *testing.T) {
	each(t, func(h *house) {
		a := h.as(accountant)
		to := a.upload("/desk/sao-ke", "tep", "nay.xml", camt053(h.world.SchoolAccount.Number, h.today(), 0, 5_000, entry("CRDT", h.today(), "FT1", "x", 5_000))).went(h.t)
		h.transfer(7_000, "den sau")
		a.page(to).says(h.t, "Chưa hết ngày, lệch −7.000 ₫", "Ngày này chưa hết")
		a.page("/desk").silent(h.t, "lệch nhau")
	})
}

func TestBadStatementsSayWhatToDo(t *testing.T) {
	each(t, func(h *house) {
		t := h.t
		a := h.as(accountant)
		for name, c := range map[string]struct {
			body []byte
			says string
		}{
			"empty":              {nil, "Tệp rỗng"},
			"nonsense":           {[]byte("\x00\x01\x02\x03 gi do"), "Chưa làm được"},
			"cut off":            {camt053(h.world.SchoolAccount.Number, h.today(), 0, 0)[:300], "Chưa làm được"},
			"another facility's": {camt053(h.world.HospitalAccount.Number, h.today(), 0, 0), "Sao kê này của tài khoản cơ sở khác"},
		} {
			got := a.upload("/desk/sao-ke", "tep", "x.xml", c.body)
			if got.status != http.StatusUnprocessableEntity {
				t.Errorf("%s: %d", name, got.status)
				continue
			}
			got.says(t, c.says)
		}
		to := a.upload("/desk/sao-ke", "tep", "la.xml", camt053("123456789", h.today(), 0, 5, entry("CRDT", h.today(), "FT1", "x", 5))).went(t)
		a.page(to).says(t, "Tài khoản 123456789", "Chưa ghi sổ", "chưa đăng ký cho cơ sở nào", "1 dòng chưa ghi")
		if got := h.as(manager).upload("/desk/sao-ke", "tep", "x.xml", nil); got.status != http.StatusForbidden {
			t.Errorf("a manager imports: %d", got.status)
		}
		h.verify()
	})
}
