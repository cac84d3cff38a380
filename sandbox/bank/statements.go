package bank

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strconv"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/sen-platform/sen/internal/vnd"
)

// Camt is an account's statement of the days first to last (YYYY-MM-DD) as camt.053.001.08.
func (b *Bank) Camt(number, first, last string, made time.Time) ([]byte, error) {
	a, opening, list, err := b.between(number, first, last)
	if err != nil {
		return nil, err
	}
	doc := camtDocument{Space: "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"}
	doc.Header.ID = fmt.Sprintf("%s%s%d", number[len(number)-6:], made.In(zone).Format("060102150405"), len(list))
	doc.Header.Created = stamp(made)
	s := &doc.Statement
	s.ID = number + "-" + first
	s.Created = stamp(made)
	s.Period.From, s.Period.To = first+"T00:00:00+07:00", last+"T23:59:59+07:00"
	s.Account.Number, s.Account.Currency, s.Account.Owner, s.Account.Servicer = number, "VND", a.Holder, a.Brand
	var in vnd.Amount
	for _, m := range list {
		in += m.Amount
		e := camtEntry{Amount: money(m.Amount), Sign: "CRDT", Status: "BOOK", Ref: m.Ref}
		e.Booked, e.Valued = day(m.At), day(m.At)
		e.Code.Domain, e.Code.Family, e.Code.Sub = "PMNT", "RCDT", "DMCT"
		e.Detail.Ref, e.Detail.EndToEnd = m.Ref, "NOTPROVIDED"
		e.Detail.Payer, e.Detail.PayerAccount = m.PayerName, m.PayerAccount
		e.Detail.Memo = pieces(m.Memo, 140)
		s.Entries = append(s.Entries, e)
	}
	s.Balances = []camtBalance{balance("OPBD", opening, first), balance("CLBD", opening+in, last)}
	s.Summary.Count, s.Summary.Sum = len(list), plainMoney(in)
	s.Summary.CreditCount, s.Summary.CreditSum = len(list), plainMoney(in)
	body, err := xml.MarshalIndent(doc, "", " ")
	return append([]byte(xml.Header), body...), err
}

// stamp is an instant as camt writes it.
func stamp(t time.Time) string { return t.In(zone).Format("2006-01-02T15:04:05-07:00") }

func plainMoney(a vnd.Amount) string { return strconv.FormatInt(int64(a), 10) }

func money(a vnd.Amount) camtAmount { return camtAmount{Currency: "VND", Value: plainMoney(a)} }

func balance(code string, a vnd.Amount, on string) camtBalance {
	b := camtBalance{Code: code, Amount: money(a), Sign: "CRDT", On: on}
	if a < 0 {
		b.Amount, b.Sign = money(-a), "DBIT"
	}
	return b
}

// pieces cuts a text as banks do, in the middle of a word if need be.
func pieces(s string, n int) []string {
	var out []string
	for len(s) > n {
		out, s = append(out, s[:n]), s[n:]
	}
	return append(out, s)
}

type camtDocument struct {
	XMLName xml.Name `xml:"Document"`
	Space   string   `xml:"xmlns,attr"`
	Header  struct {
		ID      string `xml:"MsgId"`
		Created string `xml:"CreDtTm"`
	} `xml:"BkToCstmrStmt>GrpHdr"`
	Statement camtStatement `xml:"BkToCstmrStmt>Stmt"`
}

type camtStatement struct {
	ID      string `xml:"Id"`
	Created string `xml:"CreDtTm"`
	Period  struct {
		From string `xml:"FrDtTm"`
		To   string `xml:"ToDtTm"`
	} `xml:"FrToDt"`
	Account struct {
		Number   string `xml:"Id>Othr>Id"`
		Currency string `xml:"Ccy"`
		Owner    string `xml:"Ownr>Nm"`
		Servicer string `xml:"Svcr>FinInstnId>Nm"`
	} `xml:"Acct"`
	Balances []camtBalance `xml:"Bal"`
	Summary  struct {
		Count       int    `xml:"TtlNtries>NbOfNtries"`
		Sum         string `xml:"TtlNtries>Sum"`
		CreditCount int    `xml:"TtlCdtNtries>NbOfNtries"`
		CreditSum   string `xml:"TtlCdtNtries>Sum"`
	} `xml:"TxsSummry"`
	Entries []camtEntry `xml:"Ntry"`
}

type camtAmount struct {
	Currency string `xml:"Ccy,attr"`
	Value    string `xml:",chardata"`
}

type camtBalance struct {
	Code   string     `xml:"Tp>CdOrPrtry>Cd"`
	Amount camtAmount `xml:"Amt"`
	Sign   string     `xml:"CdtDbtInd"`
	On     string     `xml:"Dt>Dt"`
}

type camtEntry struct {
	Amount camtAmount `xml:"Amt"`
	Sign   string     `xml:"CdtDbtInd"`
	Status string     `xml:"Sts>Cd"`
	Booked string     `xml:"BookgDt>Dt"`
	Valued string     `xml:"ValDt>Dt"`
	Ref    string     `xml:"AcctSvcrRef"`
	Code   struct {
		Domain string `xml:"Domn>Cd"`
		Family string `xml:"Domn>Fmly>Cd"`
		Sub    string `xml:"Domn>Fmly>SubFmlyCd"`
	} `xml:"BkTxCd"`
	Detail struct {
		Ref          string   `xml:"Refs>AcctSvcrRef"`
		EndToEnd     string   `xml:"Refs>EndToEndId"`
		Payer        string   `xml:"RltdPties>Dbtr>Pty>Nm"`
		PayerAccount string   `xml:"RltdPties>DbtrAcct>Id>Othr>Id"`
		Memo         []string `xml:"RmtInf>Ustrd"`
	} `xml:"NtryDtls>TxDtls"`
}

// Vietcombank is the same statement as the workbook that Vietcombank's customers download.
func (b *Bank) Vietcombank(number, first, last string) ([]byte, error) {
	a, opening, list, err := b.between(number, first, last)
	if err != nil {
		return nil, err
	}
	rows := [][]any{
		{"NGÂN HÀNG TMCP NGOẠI THƯƠNG VIỆT NAM"},
		{"SAO KÊ TÀI KHOẢN / ACCOUNT STATEMENT"},
		{"Từ/ From: " + slashed(first), "", "Đến/ To: " + slashed(last)},
		{"Số tài khoản/ Account number:", number, "", "Loại tiền/ Currency:", "VND"},
		{"Tên tài khoản/ Account name:", a.Holder},
		{},
		{"STT\nNo.", "Ngày1/\nTNX Date\nSố CT/ Doc No", "Ngày hiệu lực2/\nEffective date", "Số tiền ghi nợ/\nDebit", "Số tiền ghi có/\nCredit", "Số dư/\nBalance", "Nội dung chi tiết/\nTransactions in detail"},
		{"Số dư đầu kỳ/ Opening balance", "", "", "", "", commas(opening), ""},
	}
	var in vnd.Amount
	for i, m := range list {
		in += m.Amount
		on := slashed(day(m.At))
		rows = append(rows, []any{i + 1, on + "\n" + m.Ref, on, "", commas(m.Amount), commas(opening + in), m.Memo})
	}
	rows = append(
		rows, []any{"Tổng số/ Total", "", "", "", commas(in), "", ""},
		[]any{"Số dư cuối kỳ/ Closing balance", "", "", "", "", commas(opening + in), ""},
	)
	return sheet(rows)
}

func sheet(rows [][]any) ([]byte, error) {
	f := excelize.NewFile()
	defer f.Close() // holds nothing but memory
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		return nil, err
	}
	for i, r := range rows {
		if err := w.SetRow(fmt.Sprintf("A%d", i+1), r); err != nil {
			return nil, err
		}
	}
	if err := w.Flush(); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = f.Write(&out)
	return out.Bytes(), err
}

func slashed(d string) string { return d[8:] + "/" + d[5:7] + "/" + d[:4] }

// commas groups an amount as this bank does.
func commas(a vnd.Amount) string {
	s := plainMoney(a)
	sign := ""
	if a < 0 {
		sign, s = "-", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + s
}
