package sheet

import (
	"github.com/sen-platform/sen/internal/rail/passbook"
)

// wantLine is a line as a test states it.
type wantLine struct {
	Row     int
	Sign    string
	Amount  string
	Booked  string
	Value   string
	At      string // time of day in Viet Nam, "" for none
	Ref     string
	Memo    string
	Running string
	Payer   string // name|account|bank
	Flags   string // "reversal"
}

// layout is one bank's export in invented data, as rows of cells: strings are text, ints are
// numbers.
type layout struct {
	name     string
	fileName string
	rows     [][]any

	bank             string
	account          string
	currency         string
	from, to         string
	opening, closing string
	debits, credits  string // declared sums
	lines            []wantLine
	problems         []string // codes
}

// number cells of tests
type num string

var layouts = []layout{
	{
		name: "vietcombank classic", fileName: "saoke.xlsx",
		rows: [][]any{
			{"NGÂN HÀNG TMCP NGOẠI THƯƠNG VIỆT NAM"},
			{"SAO KÊ TÀI KHOẢN / ACCOUNT STATEMENT"},
			{"Từ/ From: 01/11/2026", "", "Đến/ To: 30/11/2026"},
			{"Số tài khoản/ Account number:", "0011000000001", "", "Loại tiền/ Currency:", "VND"},
			{"Tên tài khoản/ Account name:", "TRUONG TH HOA SEN"},
			{},
			{"STT\nNo.", "Ngày1/\nTNX Date\nSố CT/ Doc No", "Ngày hiệu lực2/\nEffective date", "Số tiền ghi nợ/\nDebit", "Số tiền ghi có/\nCredit", "Số dư/\nBalance", "Nội dung chi tiết/\nTransactions in detail"},
			{"Số dư đầu kỳ/ Opening balance", "", "", "", "", "10,000,000", ""},
			{num("1"), "02/11/2026\n5242.74128", "02/11/2026", "", "1,550,000", "11,550,000", "MBVCB.4500000001.HPK7G3M9X077 LOP 3B.CT tu 0010000000001 NGUYEN VAN A toi 0011000000001 TRUONG TH HOA SEN"},
			{num("2"), "03/11/2026\n5243.00911", "04/11/2026", "550,000", "", "11,000,000", "TRA TIEN DIEN T10"},
			{"Tổng số/ Total", "", "", "550,000", "1,550,000", "", ""},
			{"Số dư cuối kỳ/ Closing balance", "", "", "", "", "11,000,000", ""},
			{"Người lập bảng"},
		},
		bank: "vietcombank", account: "0011000000001", currency: "VND", from: "2026-11-01", to: "2026-11-30",
		opening: "10000000", closing: "11000000", debits: "550000", credits: "1550000",
		lines: []wantLine{
			{
				Row: 9, Sign: "in", Amount: "1550000", Booked: "2026-11-02", Value: "2026-11-02", Ref: "5242.74128", Running: "11550000",
				Memo: "MBVCB.4500000001.HPK7G3M9X077 LOP 3B.CT tu 0010000000001 NGUYEN VAN A toi 0011000000001 TRUONG TH HOA SEN",
			},
			{Row: 10, Sign: "out", Amount: "550000", Booked: "2026-11-03", Value: "2026-11-04", Ref: "5243.00911", Running: "11000000", Memo: "TRA TIEN DIEN T10"},
		},
	},
	{
		name: "vietcombank simple", fileName: "export.xls",
		rows: [][]any{
			{"NGÀY GIAO DỊCH", "SỐ THAM CHIẾU", "SỐ TIỀN", "MÔ TẢ"},
			{"20/11/2026", "FT26324000000001", "+465.000", "VP12345C78CM VIEN PHI"},
			{"21/11/2026", "FT26325000000002", "-20.000", "PHI DICH VU"},
		},
		bank: "vietcombank", currency: "VND",
		lines: []wantLine{
			{Row: 2, Sign: "in", Amount: "465000", Booked: "2026-11-20", Ref: "FT26324000000001", Memo: "VP12345C78CM VIEN PHI"},
			{Row: 3, Sign: "out", Amount: "20000", Booked: "2026-11-21", Ref: "FT26325000000002", Memo: "PHI DICH VU"},
		},
		problems: []string{passbook.CodeNoAccount},
	},
	{
		name: "bidv balance report", fileName: "bidv.xlsx",
		rows: [][]any{
			{"NGÂN HÀNG TMCP ĐẦU TƯ VÀ PHÁT TRIỂN VIỆT NAM"},
			{"BÁO CÁO CHI TIẾT SỐ DƯ TÀI KHOẢN"},
			{"Số tài khoản cũ: 21110000000099"},
			{"Số tài khoản: 21110000000012", "", "Loại tiền tệ: VND"},
			{"Từ ngày 01/11/2026 đến ngày 03/11/2026"},
			{},
			{"Ngày hiệu lực", "Ghi nợ", "Ghi có", "Số dư", "Mô tả"},
			{"Dư đầu", "", "", "5.000.000", ""},
			{"01/11/2026 08:15:30", "", "500.000", "5.500.000", "NGUYEN THI B NOP TIEN AN THANG 11"},
			{"01/11/2026 08:16:02", "", "500.000", "6.000.000", "NGUYEN THI B NOP TIEN AN THANG 11"},
			{"02/11/2026", "1.200.000", "", "4.800.000", "RUT TIEN MAT"},
			{"Cuối ngày", "", "", "4.800.000", ""},
		},
		bank: "bidv", account: "21110000000012", currency: "VND", from: "2026-11-01", to: "2026-11-03", opening: "5000000", closing: "4800000",
		lines: []wantLine{
			{Row: 9, Sign: "in", Amount: "500000", Booked: "2026-11-01", Value: "2026-11-01", At: "08:15:30", Running: "5500000", Memo: "NGUYEN THI B NOP TIEN AN THANG 11"},
			{Row: 10, Sign: "in", Amount: "500000", Booked: "2026-11-01", Value: "2026-11-01", At: "08:16:02", Running: "6000000", Memo: "NGUYEN THI B NOP TIEN AN THANG 11"},
			{Row: 11, Sign: "out", Amount: "1200000", Booked: "2026-11-02", Value: "2026-11-02", Running: "4800000", Memo: "RUT TIEN MAT"},
		},
	},
	{
		name: "bidv transactions, newest first", fileName: "transactions.csv",
		rows: [][]any{
			{"STT", "Ngày GD", "Số tham chiếu", "Mô tả", "Phát sinh Nợ", "Phát sinh Có", "Số dư"},
			{num("1"), "05/11/2026 17:00:00", "020097", "TIEN BAN TRU", num("0"), num("350000"), num("2350000")},
			{num("2"), "04/11/2026 09:30:00", "000123", "HOC PHI", num("0"), num("2000000"), num("2000000")},
		},
		bank: "bidv", currency: "VND", opening: "0 derived", closing: "2350000 derived",
		lines: []wantLine{
			{Row: 2, Sign: "in", Amount: "350000", Booked: "2026-11-05", At: "17:00:00", Ref: "020097", Memo: "TIEN BAN TRU", Running: "2350000"},
			{Row: 3, Sign: "in", Amount: "2000000", Booked: "2026-11-04", At: "09:30:00", Ref: "000123", Memo: "HOC PHI", Running: "2000000"},
		},
		problems: []string{passbook.CodeNoAccount},
	},
	{
		name: "vietinbank efast", fileName: "LSGD.xlsx",
		rows: [][]any{
			{"", "VIETINBANK eFAST"},
			{"", "LỊCH SỬ GIAO DỊCH - TRANSACTION HISTORY"},
			{"", "Số tài khoản/Account number", "110000000077", "", "Tiền tệ/Currency", "VND"},
			{"", "Từ ngày/From date 01/11/2026 Đến ngày/To date 05/11/2026"},
			{"", "Số dư đầu kỳ/Opening balance", num("0")},
			{"", "Số dư cuối kỳ/Closing balance", num("900000")},
			{},
			{"STT", "Ngày phát sinh/Transaction date", "Ngày hạch toán/Accounting date", "Mô tả giao dịch/Transaction description", "Nợ/ Debit", "Có / Credit", "Số dư TK/Account balance", "Số giao dịch/Transaction number"},
			{num("1"), "04/11/2026 10:00:01", "04/11/2026", "HP LE VAN C LOP 5A", "", num("300000"), num("300000"), "0450912"},
			{num("2"), "", "", "HP PHAM D LOP 5A", "", num("300000"), num("600000"), "0450913"},
			{num("3"), "05/11/2026 11:22:33", "05/11/2026", "HP TRAN E LOP 1C", "", num("300000"), num("900000"), "0450999"},
			{"", "Tổng cộng", "", "", num("0"), num("900000"), "", ""},
		},
		bank: "vietinbank", account: "110000000077", currency: "VND", from: "2026-11-01", to: "2026-11-05", opening: "0", closing: "900000", debits: "0", credits: "900000",
		lines: []wantLine{
			{Row: 9, Sign: "in", Amount: "300000", Booked: "2026-11-04", At: "10:00:01", Ref: "0450912", Memo: "HP LE VAN C LOP 5A", Running: "300000"},
			{Row: 10, Sign: "in", Amount: "300000", Booked: "2026-11-04", Ref: "0450913", Memo: "HP PHAM D LOP 5A", Running: "600000"},
			{Row: 11, Sign: "in", Amount: "300000", Booked: "2026-11-05", At: "11:22:33", Ref: "0450999", Memo: "HP TRAN E LOP 1C", Running: "900000"},
		},
	},
	{
		name: "mb, total without a word", fileName: "mb.xlsx",
		rows: [][]any{
			{"NGÂN HÀNG TMCP QUÂN ĐỘI"},
			{"SAO KÊ CHI TIẾT TÀI KHOẢN"},
			{"Số tài khoản: 0880100000000"},
			{"Ngày hạch toán/Posting date", "Ngày giao dịch/Transaction date", "Phát sinh nợ/Debit", "Phát sinh có/Credit", "Số dư/Balance", "Nội dung/Description"},
			{"22/11/2026", "21/11/2026 23:59:59", "0", "1,000,000", "1,000,000", "FT26326111111111 TRAN THI B chuyen tien"},
			{"", "", "0", "1,000,000", "", ""},
		},
		bank: "mb", account: "0880100000000", currency: "VND", credits: "1000000", opening: "0 derived", closing: "1000000 derived",
		lines: []wantLine{
			{Row: 5, Sign: "in", Amount: "1000000", Booked: "2026-11-22", At: "23:59:59", Memo: "FT26326111111111 TRAN THI B chuyen tien", Running: "1000000"},
		},
	},
	{
		name: "techcombank", fileName: "TRANSACTION_HISTORY_20261122.xlsx",
		rows: [][]any{
			{"Số tài khoản/Account number", "19030000000011"},
			{"Số bút toán nợ/Number of debit", num("0"), "Số bút toán có/Number of credit", num("1")},
			{"Doanh số nợ/Total debit", "0", "Doanh số có/Total credit", "2,000,000"},
			{"Ngày KH thực hiện/Requesting date", "Ngày giao dịch/Transaction date", "Số bút toán/Reference number", "Ngân hàng đối tác/Remitter's bank", "Tài khoản đích/Remitter's account number", "Tên tài khoản đối ứng/Remitter's account name", "Diễn giải/Description", "Nợ/Debit", "Có/Credit", "Số dư"},
			{"20/11/2026", "21/11/2026", "FT26325900001234\\BNK", "MB", "0000123456789", "HOANG VAN F", "HP CFGHJKMNJN", "", "2,000,000", "7,000,000"},
		},
		bank: "techcombank", account: "19030000000011", currency: "VND", debits: "0", credits: "2000000", opening: "5000000 derived", closing: "7000000 derived",
		lines: []wantLine{
			{Row: 5, Sign: "in", Amount: "2000000", Booked: "2026-11-21", Ref: "FT26325900001234\\BNK", Memo: "HP CFGHJKMNJN", Running: "7000000", Payer: "HOANG VAN F|0000123456789|MB"},
		},
	},
	{
		name: "agribank", fileName: "agri.xlsx",
		rows: [][]any{
			{"AGRIBANK - NGÂN HÀNG NÔNG NGHIỆP VÀ PHÁT TRIỂN NÔNG THÔN"},
			{"Tài khoản:", "5900200000000", "Tiền tệ:", "VND"},
			{"Ngày giao dịch", "Số bút toán", "Diễn giải", "Số phát sinh", ""},
			{"", "", "", "Nợ", "Có"},
			{"19/11/2026 14:02:11", "5901.22", "NOP HOC PHI KY 1", "", "1.500.000"},
			{"19/11/2026 14:05:00", "5901.23", "PHI SMS", "11.000", ""},
		},
		bank: "agribank", account: "5900200000000", currency: "VND",
		lines: []wantLine{
			{Row: 5, Sign: "in", Amount: "1500000", Booked: "2026-11-19", At: "14:02:11", Ref: "5901.22", Memo: "NOP HOC PHI KY 1"},
			{Row: 6, Sign: "out", Amount: "11000", Booked: "2026-11-19", At: "14:05:00", Ref: "5901.23", Memo: "PHI SMS"},
		},
	},
	{
		name: "unknown bank, direction in a word, text that goes on below", fileName: "bank.csv",
		rows: [][]any{
			{"Sổ phụ tài khoản 123456789012"},
			{"Thời gian", "Mã giao dịch", "Loại giao dịch", "Số tiền (VND)", "Nội dung giao dịch"},
			{"18/11/2026 07:00", "A000000001", "Ghi có", "250000", "NOP TIEN DONG PHUC"},
			{"", "", "", "", "LOP 2A EM NGUYEN G"},
			{"18/11/2026 07:05", "A000000002", "Ghi nợ", "100000", "TRA LAI"},
		},
		bank: "unknown", account: "", currency: "VND",
		lines: []wantLine{
			{Row: 3, Sign: "in", Amount: "250000", Booked: "2026-11-18", At: "07:00:00", Ref: "A000000001", Memo: "NOP TIEN DONG PHUC LOP 2A EM NGUYEN G"},
			{Row: 5, Sign: "out", Amount: "100000", Booked: "2026-11-18", At: "07:05:00", Ref: "A000000002", Memo: "TRA LAI"},
		},
		problems: []string{passbook.CodeNoAccount},
	},
}
