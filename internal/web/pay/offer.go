package pay

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/sen-platform/sen/internal/bill"
	"github.com/sen-platform/sen/internal/org"
	"github.com/sen-platform/sen/internal/rail/bank"
	"github.com/sen-platform/sen/internal/rail/vietqr"
	"github.com/sen-platform/sen/internal/vnd"
	"github.com/sen-platform/sen/internal/web/page"
)

// Parameters of the payer's page.
const (
	paramAmount  = "so-tien" // how much to pay now
	paramAccount = "tk"      // the receiving account to pay to
)

// minPart is the least that is offered as a part of a bill: banks refuse transfers of a few đồng.
const minPart vnd.Amount = 10_000

// offer is one way to pay now: how much, to which account, with which text.
type offer struct {
	amount  vnd.Amount
	usual   vnd.Amount // what is offered unless the payer chooses otherwise
	account *org.Account
	bank    bank.Bank
	memo    string
	payload string // of the QR code; "" when the account cannot be paid to by QR
	asked   string // the amount the payer typed, when it cannot be taken
	wrong   string // catalogue key: what is wrong with it
}

// offerOf is the offer a request asks for. Nonsense in the parameters falls back to the usual
// offer: a payer must never be left without a way to pay.
func (f *face) offerOf(r *http.Request, s *slip) offer {
	q := r.URL.Query()
	o := offer{usual: s.AmountDue(s.plan, s.today), memo: s.PaymentInfo(s.payee).Memo}
	o.amount = o.usual
	if text := q.Get(paramAmount); text != "" {
		amount, err := vnd.Parse(text)
		switch wrong := s.refuses(amount, err); wrong {
		case "":
			o.amount = amount
		default:
			o.asked, o.wrong = text, wrong
		}
	}
	if len(s.accounts) == 0 {
		return o
	}
	o.account = &s.accounts[0]
	for i := range s.accounts {
		if s.accounts[i].ID.String() == q.Get(paramAccount) {
			o.account = &s.accounts[i]
		}
	}
	o.bank, _ = bank.ByBIN(o.account.BankBIN)
	if o.bank.BIN == "" {
		o.bank = bank.Bank{BIN: o.account.BankBIN, ShortName: o.account.BankBIN, Name: o.account.BankBIN}
	}
	o.payload = f.payload(s, &o)
	return o
}

// payload is the text of the QR code, "" when this account has none: the page then shows the
// lines to copy.
func (f *face) payload(s *slip, o *offer) string {
	if err := vietqr.CheckBank(o.account.BankBIN); err != nil {
		return ""
	}
	text, err := vietqr.Transfer{BIN: o.account.BankBIN, Account: o.account.Number, Amount: o.amount, Memo: o.memo}.Encode()
	if err != nil {
		f.Log.Error("no QR code for this account", "account", o.account.ID.String(), "bill", s.ID.String(), "err", err)
		return ""
	}
	return text
}

// refuses says why an amount is not offered: the catalogue's key, "" when it is. Money that
// comes in another amount is taken all the same; these are offers only.
func (s *slip) refuses(amount vnd.Amount, err error) string {
	switch {
	case errors.Is(err, vnd.ErrFraction), err != nil, amount <= 0:
		return "amount.number"
	case amount > s.Open():
		return "amount.more"
	case amount == s.Open():
		return ""
	}
	switch s.PartPayment {
	case org.FreeParts:
		if amount < minPart {
			return "amount.less"
		}
		return ""
	case org.Instalments:
		for _, c := range s.steps() {
			if c.amount == amount {
				return ""
			}
		}
		return "amount.step"
	}
	return "amount.whole"
}

// step is one amount a bill in instalments can be paid up to.
type step struct {
	amount vnd.Amount // from what is paid now up to and including instalment to
	from   int        // first instalment it touches, counted from 1
	to     int
	part   bill.Instalment // the last one
}

// steps are the amounts that end with an instalment: the next one, the next two, … all.
func (s *slip) steps() []step {
	if s.PartPayment != org.Instalments || len(s.plan) < 2 {
		return nil
	}
	var out []step
	var sum vnd.Amount
	first := 0
	for i, p := range s.plan {
		sum += p.Amount // parts add up to the total, which fits
		if sum <= s.Paid {
			continue
		}
		if first == 0 {
			first = i + 1
		}
		out = append(out, step{sum - s.Paid, first, i + 1, p})
	}
	return out
}

// params are the parameters that keep this offer on the next page.
func (o offer) params(lang page.Lang, s *slip) url.Values {
	q := url.Values{}
	if lang == page.EN {
		q.Set("lang", string(lang))
	}
	if o.amount != o.usual {
		q.Set(paramAmount, strconv.FormatInt(int64(o.amount), 10))
	}
	if o.account != nil && len(s.accounts) > 0 && o.account.ID != s.accounts[0].ID {
		q.Set(paramAccount, o.account.ID.String())
	}
	return q
}

// at is an address below the bill's own, with the offer kept.
func (o offer) at(lang page.Lang, s *slip, below string) string {
	return with("/p/"+s.Token+below, o.params(lang, s))
}

// choose is this offer with another amount or account.
func (o offer) choose(amount vnd.Amount, account *org.Account) offer {
	o.amount, o.account = amount, account
	return o
}

// bankName is the brand of a bank, its BIN when it is not in the list.
func bankName(bin string) string {
	if b, ok := bank.ByBIN(bin); ok {
		return b.ShortName
	}
	return bin
}

// groups writes an account number for the eye, in groups of three from the right, a single first
// digit joined to the next group: "6800 112 233". Anything but digits stays as it is.
func groups(number string) string {
	if onlyDigits(number) != number {
		return number
	}
	var b strings.Builder
	for i, c := range []byte(number) {
		if left := len(number) - i; i > 1 && left%3 == 0 {
			b.WriteString("\u00a0")
		}
		b.WriteByte(c)
	}
	return b.String()
}
