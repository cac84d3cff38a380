package casso

import (
	"strconv"

	"github.com/sen-platform/sen/internal/clock"
	"github.com/sen-platform/sen/internal/rail"
	"github.com/sen-platform/sen/internal/rail/bank"
	"github.com/sen-platform/sen/internal/rail/wire"
)

// Decode reads a delivery of either version without verifying it: for a stored body whose
// signature was checked when it came.
func Decode(body []byte) (rail.Inbound, error) {
	v, err := wire.Parse(body)
	if err != nil {
		return rail.Inbound{}, err
	}
	return read(v, body)
}

// read takes version 2 (data is one transaction) or version 1 (data is a list). One entry that
// cannot be read refuses the whole delivery: nothing half-done, and Casso sends it again.
func read(v wire.Value, body []byte) (rail.Inbound, error) {
	var in rail.Inbound
	f := wire.Read(v, "")
	if v.Get("error").Kind != wire.Null && f.ID("error") != "0" && f.Err() == nil {
		return in, wire.Malformed("error", "Casso báo lỗi trong tin này, không có dữ liệu tiền về.")
	}
	if err := f.Err(); err != nil {
		return in, err
	}
	data := v.Get("data")
	if data.Kind != wire.Array {
		if err := add(&in, data, "data."); err != nil {
			return rail.Inbound{}, err
		}
	} else {
		for i, entry := range data.Members {
			if err := add(&in, entry.Value, "data["+strconv.Itoa(i)+"]."); err != nil {
				return rail.Inbound{}, err
			}
		}
	}
	if len(in.Credits)+len(in.Skipped) == 1 && len(in.Credits) == 1 {
		in.Credits[0].Raw = body
	}
	return in, nil
}

// add reads one transaction. Where two names stand, the first is of version 2, the others are
// spellings seen in version 1.
func add(in *rail.Inbound, entry wire.Value, at string) error {
	f := wire.Read(entry, at)
	id, amount := f.ID("id"), f.Amount("amount")
	if err := f.Err(); err != nil {
		return err
	}
	switch {
	case id == "0":
		in.Skipped = append(in.Skipped, rail.Skipped{PartnerRef: id, Reason: rail.TestDelivery})
		return nil
	case amount < 0:
		in.Skipped = append(in.Skipped, rail.Skipped{PartnerRef: id, Reason: rail.MoneyOut})
		return nil
	}
	when := f.Time("transactionDateTime", "when")
	c := rail.Credit{
		Stream:         Stream,
		PartnerRef:     id,
		Account:        f.NeedAccount("accountNumber", "bank_sub_acc_id", "subAccId"),
		VirtualAccount: f.Account("virtualAccountNumber", "virtualAccount", "virtual_account"),
		Amount:         f.MoneyIn("amount"),
		BankRef:        f.Reference("reference", "tid"),
		Memo:           f.Text("description"),
		PayerName:      f.First("counterAccountName", "corresponsiveName", "corresponsive_name"),
		PayerAccount:   f.Account("counterAccountNumber", "corresponsiveAccount", "corresponsive_account"),
		PayerBank:      f.First("counterAccountBankName", "corresponsiveBankName", "corresponsive_bank_name"),
		BookedOn:       clock.DateOf(when),
		OccurredAt:     when,
		Method:         rail.QR,
	}
	for _, name := range []string{f.First("bankAbbreviation", "bank_abbr"), f.First("bankName", "bank_name")} {
		if b, ok := bank.ByName(name); ok && c.BankBIN == "" {
			c.BankBIN = b.BIN
		}
	}
	if b, ok := bank.ByBIN(f.First("counterAccountBankId", "corresponsiveBankId", "corresponsive_bank_id")); ok && c.PayerBank == "" {
		c.PayerBank = b.ShortName
	}
	if err := f.Err(); err != nil {
		return err
	}
	in.Credits = append(in.Credits, c)
	return nil
}
