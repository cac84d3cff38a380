package bank

import (
	"fmt"
	"math/rand/v2"
)

// sender is a payer's bank and how it dresses a memo (reference bank-and-pos, section 3.2).
type sender struct {
	brand, prefix string
	frame         func(*rand.Rand, Movement, Account) string
}

var senders = []sender{
	{"Vietcombank", "001100", func(r *rand.Rand, m Movement, a Account) string {
		return fmt.Sprintf("MBVCB.%010d.%06d.%s.CT tu %s %s toi %s %s tai %s",
			r.Int64N(1e10), r.IntN(1e6), m.Memo, m.PayerAccount, m.PayerName, a.Number, a.Holder, a.Brand)
	}},
	{"Vietcombank", "001100", func(r *rand.Rand, m Movement, a Account) string { // the same at another bank: dots gone, trace behind
		trace := r.IntN(1e6)
		return fmt.Sprintf("CUSTOMER MBVCB %010d %06d %s CT tu %s %s toi %s %s Trace %06d", r.Int64N(1e10), trace, m.Memo, m.PayerAccount, m.PayerName, a.Number, a.Holder, trace)
	}},
	{"BIDV", "211100", func(r *rand.Rand, m Movement, _ Account) string { // interbank 24/7
		at := m.At.In(zone)
		return fmt.Sprintf("%06d.%s.%s.%s", r.IntN(1e6), at.Format("020106"), at.Format("150405"), m.Memo)
	}},
	{"MB", "076000", func(r *rand.Rand, m Movement, _ Account) string {
		at := m.At.In(zone)
		return fmt.Sprintf("FT%014d %06d.%s.%s.%s", r.Int64N(1e14), r.IntN(1e6), at.Format("020106"), at.Format("150405"), m.Memo)
	}},
	{"Momo", "90000", func(r *rand.Rand, m Movement, _ Account) string {
		return fmt.Sprintf("%012d 0900%06d %s", r.Int64N(1e12), r.IntN(1e6), m.Memo)
	}},
	{"ZaloPay", "99000", func(r *rand.Rand, m Movement, _ Account) string {
		return fmt.Sprintf("ZP%d, %s", r.Int64N(1e9), m.Memo)
	}},
	{"Agribank", "150020", func(_ *rand.Rand, m Movement, _ Account) string { return m.Memo }},
}
