package sheet

import (
	"strings"
	"unicode"

	"github.com/sen-platform/sen/internal/vn"
)

// role is what a column means.
type role string

const (
	posted      role = "posted"     // accounting date
	transacted  role = "transacted" // date, perhaps with time, of the transfer
	valued      role = "valued"     // value date
	requested   role = "requested"  // date the payer asked for it
	reference   role = "reference"
	debit       role = "debit"     // money out
	credit      role = "credit"    // money in: "Ghi có" is the bank's view of the customer's money
	signedMoney role = "amount"    // one column for both directions
	direction   role = "direction" // says in or out beside one amount column
	balance     role = "balance"
	memo        role = "memo"
	payerName   role = "payer_name"
	payerNumber role = "payer_account"
	payerBank   role = "payer_bank"
	virtual     role = "virtual_account"
	ownAccount  role = "own_account"
	currency    role = "currency"
	ordinal     role = "ordinal"
	ignored     role = "ignored" // known, and of no use
	ambiguousNo role = "no"      // "NO" without marks: Nợ, or English for number
)

// headerWords are the words of header cells, folded, by role (bank-and-pos, section 3.1).
// A bilingual cell is split first, so each language stands alone here.
var headerWords = map[role]string{
	posted: `ngay hach toan; posting date; accounting date; book date; booking date; post date; ngay ghi so; ngay but toan; ngay ht`,
	transacted: `ngay giao dich; transaction date; tnx date; txn date; trans date; tran date; ngay gd; ngay phat sinh; ngay; date;
		thoi gian; thoi gian giao dich; thoi diem giao dich; transaction time; ngay gio giao dich; ngay gio; ngay thang; date time; datetime;
		ngay ct; ngay chung tu; transaction date time; ngay gio gd; thoi gian gd; ngay thuc hien`,
	valued:    `ngay hieu luc; effective date; value date; ngay gia tri; eff date; ngay hl`,
	requested: `ngay kh thuc hien; requesting date; request date; ngay yeu cau; ngay khach hang thuc hien`,
	reference: `so ct; doc no; so chung tu; so tham chieu; reference; reference number; reference no; ref no; ref; so but toan; so giao dich;
		transaction number; transaction id; transaction no; ma giao dich; ma gd; so gd; ma tham chieu; trace; so trace; so ft; ma ft; ft; transaction ref;
		tran id; so hieu chung tu; chung tu; ma but toan; ma so giao dich; document no; doc number; so tham chieu giao dich; reference id; seq no; so ref`,
	debit: `ghi no; so tien ghi no; phat sinh no; debit; debit amount; tien ra; so tien no; rut ra; withdrawal; withdrawals; ps no;
		so phat sinh no; tien chi; rut tien; money out; chi ra; so tien rut; dr; debit vnd; tong ghi no; so tien chi; chi`,
	credit: `ghi co; so tien ghi co; phat sinh co; credit; credit amount; tien vao; so tien co; gui vao; deposit; deposits; ps co;
		so phat sinh co; tien thu; nop vao; money in; thu vao; so tien gui; cr; credit vnd; so tien thu; co; thu`,
	signedMoney: `so tien; so tien giao dich; amount; transaction amount; gia tri; gia tri giao dich; phat sinh; so tien gd; so tien phat sinh; gia tri gd`,
	direction:   `loai giao dich; loai gd; loai; type; transaction type; dau; no co; ghi no ghi co; debit credit; dr cr; d c; c d; cr dr; chieu giao dich; tang giam; thu chi; vao ra`,
	balance:     `so du; balance; so du tk; account balance; so du tai khoan; running balance; so du sau giao dich; so du luy ke; so du sau gd; so du sau; ending balance; so du cuoi; closing balance`,
	memo: `mo ta; dien giai; noi dung; noi dung chi tiet; noi dung giao dich; mo ta giao dich; transaction description; description; transactions in detail;
		transaction detail; transaction details; details; detail; remark; remarks; narrative; noi dung chuyen khoan; dien giai giao dich; particulars;
		noi dung thanh toan; dien giai chi tiet; mo ta chi tiet; noi dung gd; transaction content; content; chi tiet giao dich; explanation; noi dung ck; transaction remark`,
	payerName: `ten tai khoan doi ung; remitter s account name; remitter account name; ten nguoi chuyen; nguoi chuyen; ten tk doi ung; ten doi ung; doi tac; ten doi tac;
		nguoi chuyen tien; counter account name; corresponsive name; correspondent name; sender; sender name; ten nguoi chuyen tien; nguoi chuyen nguoi huong;
		don vi thu huong don vi chuyen; ten nguoi chuyen nguoi huong; offset name; ten doi tuong; remitter; remitter name; ten tai khoan dich`,
	payerNumber: `tai khoan dich; remitter s account number; remitter account number; tai khoan doi ung; so tai khoan doi ung; tk doi ung; counter account;
		so tk doi ung; tai khoan nguoi chuyen; corresponsive account; correspondent account; tk doi tac; so tai khoan nguoi chuyen; tai khoan chuyen; offset account;
		sender account; tai khoan doi tac; counter account number; so tai khoan dich; tai khoan nguon`,
	payerBank:  `ngan hang doi tac; remitter s bank; remitter bank; ngan hang doi ung; ngan hang chuyen; ngan hang nguoi chuyen; corresponsive bank; sender bank; counter bank; ten ngan hang doi ung`,
	virtual:    `tai khoan ao; virtual account; so dinh danh; tai khoan dinh danh; so tai khoan ao; va; ma dinh danh; virtual account number; tai khoan thu ho; so tk ao`,
	ownAccount: `so tai khoan; tai khoan; account number; account no; account; so tk; tai khoan thu huong`,
	currency:   `loai tien; currency; tien te; ccy; loai tien te; don vi tien te; don vi tien`,
	ordinal:    `stt; so thu tu; tt; #; stt no; s no; sn; order`,
	ignored: `so du kha dung; available balance; teller; giao dich vien; chi nhanh; branch; kenh; channel; phi; fee; vat; trang thai; status; ghi chu; note; kenh giao dich;
		so du dau; opening balance; ma khach hang; nguoi lap; user; may trang; ten chi nhanh; ma chi nhanh; thue`,
}

// roleOf is headerWords turned round.
var roleOf = func() map[string]role {
	m := map[string]role{"no": ambiguousNo}
	for r, list := range headerWords {
		for _, w := range strings.Split(list, ";") {
			m[strings.Join(strings.Fields(w), " ")] = r
		}
	}
	return m
}()

// words is text folded to plain words: marks, punctuation and footnote digits gone.
func words(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || r == '#' {
			return r
		}
		return ' '
	}, vn.Fold(s))
	return strings.Join(strings.Fields(s), " ")
}

// phrases splits a bilingual header cell: "Ngày1/ TNX Date/ Số CT/ Doc No" has four.
func phrases(s string) []string {
	var out []string
	for _, p := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune("/\\\n\r|()[]:;–", r) }) {
		if w := strings.TrimRight(words(p), "0123456789"); strings.TrimSpace(w) != "" {
			out = append(out, strings.TrimSpace(w))
		}
	}
	return out
}

// rolesOf are the meanings of one header cell, in the order of its words.
func rolesOf(s string) []role {
	var roles []role
	add := func(r role) {
		for _, have := range roles {
			if have == r {
				return
			}
		}
		roles = append(roles, r)
	}
	if len(s) > 200 {
		return nil // no header is that long; this is text
	}
	if r, known := roleOf[strings.TrimRight(words(s), "0123456789")]; known && r != ambiguousNo {
		return []role{r}
	}
	for _, p := range phrases(s) {
		r, known := roleOf[p]
		if !known {
			r, known = longest(p)
		}
		if r == ambiguousNo && strings.Contains(strings.ToLower(vn.NFC(s)), "nợ") {
			r = debit
		}
		if known {
			add(r)
		}
	}
	has := func(r role) bool {
		for _, have := range roles {
			if have == r {
				return true
			}
		}
		return false
	}
	switch {
	case has(debit) && has(credit):
		return []role{direction} // "Nợ/Có" in one cell
	case has(signedMoney) && (has(debit) || has(credit)):
		return without(roles, signedMoney) // "Số tiền / Ghi nợ"
	case has(ambiguousNo) && len(roles) > 1:
		return without(roles, ambiguousNo) // "STT / No."
	case has(ignored) && len(roles) > 1:
		return without(roles, ignored)
	}
	return roles
}

func without(roles []role, r role) []role {
	var out []role
	for _, have := range roles {
		if have != r {
			out = append(out, have)
		}
	}
	return out
}

// longest finds the longest known wording of at least two words inside a phrase, for cells
// that put two languages side by side without a separator.
func longest(phrase string) (role, bool) {
	tokens := strings.Fields(phrase)
	if len(tokens) > 8 {
		return "", false
	}
	for n := len(tokens) - 1; n >= 2; n-- {
		for i := 0; i+n <= len(tokens); i++ {
			if r, known := roleOf[strings.Join(tokens[i:i+n], " ")]; known {
				return r, true
			}
		}
	}
	return "", false
}
