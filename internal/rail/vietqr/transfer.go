package vietqr

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/sen-platform/sen/internal/rail/bank"
	"github.com/sen-platform/sen/internal/vn"
	"github.com/sen-platform/sen/internal/vnd"
)

// maxPurpose is the length of tag 62.08.
const maxPurpose = 25

// Transfer is the code a payer scans to send money to an account: what the platform prints.
type Transfer struct {
	BIN, Account string
	// Card: Account is a card number.
	Card bool
	// Amount 0 makes a static code, reusable, the payer types the sum; otherwise the code is
	// dynamic and fixes the sum.
	Amount vnd.Amount
	// Memo becomes the transfer text. It is cleaned for banks (vn.Memo: A-Z, 0-9, single
	// spaces) and must then have at most 25 characters; Purpose builds one that fits.
	Memo string
	// BillNumber is refused, never cleaned or cut: 1 to 25 of 0-9A-Za-z_-.
	BillNumber string
	// Labels, optional, at most 25 each after their diacritics are dropped.
	StoreLabel, ReferenceLabel, CustomerLabel, TerminalLabel string
}

// Payload is the content of the code, with texts cleaned; Encode checks it.
func (t Transfer) Payload() Payload {
	p := Payload{
		Kind: NAPAS, Initiation: Static, Service: ToAccount,
		BIN: t.BIN, Account: t.Account, Amount: t.Amount,
		BillNumber:     t.BillNumber,
		StoreLabel:     Plain(t.StoreLabel),
		ReferenceLabel: Plain(t.ReferenceLabel),
		CustomerLabel:  Plain(t.CustomerLabel),
		TerminalLabel:  Plain(t.TerminalLabel),
		Purpose:        vn.Memo(t.Memo),
	}
	if t.Card {
		p.Service = ToCard
	}
	if t.Amount != 0 {
		p.Initiation = Dynamic
	}
	return p
}

// Encode is the text of the code; errors as from the function Encode. Whether a bank stands
// behind the BIN is asked once, when the account is registered: CheckBank.
func (t Transfer) Encode() (string, error) { return Encode(t.Payload()) }

// CheckBank tells whether a code for bin can be paid: ErrUnknownBank when no bank of the table
// has it, ErrUnsupported when that bank is known not to receive through VietQR. Banks of which
// nothing is known pass; bank.Bank.Unverified marks them.
func CheckBank(bin string) error {
	b, ok := bank.ByBIN(bin)
	switch {
	case !ok:
		return &Error{Kind: ErrUnknownBank, Path: "38.01.00", VI: "Không có ngân hàng nào mang mã " + bin + "; kiểm tra lại sáu chữ số đầu (BIN)"}
	case !b.CanReceive && !b.Unverified:
		return &Error{Kind: ErrUnsupported, Path: "38.01.00", VI: b.ShortName + " chưa nhận tiền qua VietQR; hãy dùng tài khoản ở ngân hàng khác"}
	}
	return nil
}

// Purpose joins a bill code with as many whole words of rest as the 25 characters of the
// transfer text hold, the code first: banks cut at the end. A code longer than that comes back
// whole, for Encode to refuse.
func Purpose(code, rest string) string {
	s := vn.Memo(code)
	for _, word := range strings.Fields(vn.Memo(rest)) {
		if len(s)+1+len(word) > maxPurpose {
			break
		}
		s += " " + word
	}
	return s
}

// Plain is s in printable ASCII with its case kept: marks dropped, đ as d, whatever else has
// no ASCII form left out, runs of spaces as one. It is what "strip the diacritics first" means
// for labels and names in a code.
func Plain(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == 'đ':
			return 'd'
		case r == 'Đ':
			return 'D'
		case unicode.IsSpace(r):
			return ' '
		case r < ' ' || r > '~':
			return -1
		}
		return r
	}, norm.NFD.String(strings.ToValidUTF8(s, "")))
	return strings.Join(strings.Fields(s), " ")
}
