package org

import (
	"slices"

	"github.com/sen-platform/sen/internal/db"
	"github.com/sen-platform/sen/internal/id"
)

const accountCols = "a.id, a.facility_id, a.bank_bin, a.number, a.holder, a.is_default, a.va_prefix, a.va_length, a.status, a.valid_from, coalesce(a.valid_to, '')"

const accountOrder = " order by a.facility_id, a.is_default desc, a.valid_from, a.id"

func scanAccount(r db.Rows, a *Account) error {
	return r.Scan(&a.ID, &a.Facility, &a.BankBIN, &a.Number, &a.Holder, &a.IsDefault, &a.VAPrefix, &a.VALength, &a.Status, &a.ValidFrom, &a.ValidTo)
}

// AccountByID reads one receiving account, closed ones too; db.ErrNotFound when there is none.
func AccountByID(tx *db.Tx, account id.Account) (Account, error) {
	return one(tx, "select "+accountCols+" from receiving_account a where a.id = $1", scanAccount, account)
}

// AccountsOf lists a facility's receiving accounts, the default one first, closed ones too.
func AccountsOf(tx *db.Tx, facility id.Facility) ([]Account, error) {
	return db.All(tx, "select "+accountCols+" from receiving_account a where a.facility_id = $1"+accountOrder, []any{facility}, scanAccount)
}

// AccountsOfMany is AccountsOf for a list of facilities, in one query.
func AccountsOfMany(tx *db.Tx, facilities []id.Facility) (map[id.Facility][]Account, error) {
	list, err := db.All(tx, "select "+accountCols+" from receiving_account a where "+tx.In("a.facility_id", 1)+accountOrder,
		[]any{db.List(tx, facilities)}, scanAccount)
	return groupBy(list, func(a Account) id.Facility { return a.Facility }), err
}

// AccountsByNumber finds receiving accounts by number, at whatever bank, in one query. The
// same number can exist at two banks; numbers nobody owns are absent from the result.
func AccountsByNumber(tx *db.Tx, numbers []string) (map[string][]Account, error) {
	list, err := db.All(tx, "select "+accountCols+" from receiving_account a where "+tx.In("a.number", 1)+" order by a.number, a.bank_bin",
		[]any{db.List(tx, numbers)}, scanAccount)
	return groupBy(list, func(a Account) string { return a.Number }), err
}

// AccountsByVirtual finds, for each virtual account number, the receiving accounts whose
// range it lies in, in one query; several when banks gave overlapping ranges. Numbers in no
// range are absent from the result.
func AccountsByVirtual(tx *db.Tx, numbers []string) (map[string][]Account, error) {
	var prefixes []string
	for _, n := range numbers {
		for i := 1; i <= len(n); i++ {
			prefixes = append(prefixes, n[:i])
		}
	}
	slices.Sort(prefixes)
	prefixes = slices.Compact(prefixes)
	list, err := db.All(tx, "select "+accountCols+" from receiving_account a where a.va_prefix <> '' and "+tx.In("a.va_prefix", 1)+" order by a.id",
		[]any{db.List(tx, prefixes)}, scanAccount)
	if err != nil {
		return nil, err
	}
	out := map[string][]Account{}
	for _, n := range numbers {
		if _, done := out[n]; done {
			continue
		}
		for _, a := range list {
			if a.OwnsVirtual(n) {
				out[n] = append(out[n], a)
			}
		}
	}
	return out, nil
}

// AccountByVirtual finds the receiving account whose range a virtual account number lies in.
// bankBIN narrows the search when the partner told it; "" matches every bank. db.ErrNotFound
// when no range or more than one range holds the number: money is never booked on a guess.
func AccountByVirtual(tx *db.Tx, bankBIN, number string) (Account, error) {
	found, err := AccountsByVirtual(tx, []string{number})
	if err != nil {
		return Account{}, err
	}
	list := slices.DeleteFunc(found[number], func(a Account) bool { return bankBIN != "" && a.BankBIN != bankBIN })
	if len(list) != 1 {
		return Account{}, db.ErrNotFound
	}
	return list[0], nil
}

func groupBy[K comparable, T any](list []T, key func(T) K) map[K][]T {
	out := make(map[K][]T)
	for _, v := range list {
		out[key(v)] = append(out[key(v)], v)
	}
	return out
}

func insertAccounts(tx *db.Tx, list []Account) error {
	rows := make([][]any, len(list))
	for i, a := range list {
		rows[i] = []any{a.ID, a.Facility, a.BankBIN, a.Number, a.Holder, a.IsDefault, a.VAPrefix, a.VALength, a.Status, a.ValidFrom, nullDate(a.ValidTo)}
	}
	return tx.Insert("receiving_account", []string{"id", "facility_id", "bank_bin", "number", "holder", "is_default", "va_prefix", "va_length", "status", "valid_from", "valid_to"}, rows)
}

func updateAccounts(tx *db.Tx, list []Account) error {
	rows := make([][]any, len(list))
	for i, a := range list {
		rows[i] = []any{a.ID, a.BankBIN, a.Number, a.Holder, a.IsDefault, a.VAPrefix, a.VALength, a.Status, a.ValidFrom, nullDate(a.ValidTo)}
	}
	_, err := tx.ExecMany("update receiving_account set bank_bin = $2, number = $3, holder = $4, is_default = $5, va_prefix = $6, va_length = $7, status = $8,"+
		" valid_from = $9, valid_to = $10 where id = $1", rows)
	return err
}
